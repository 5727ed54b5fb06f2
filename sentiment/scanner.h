/* A text while it is taken apart into tokens: what the scanners of words and of everything else
 * share (token.c, word.c). */
#ifndef SENTIMENT_SCANNER_H
#define SENTIMENT_SCANNER_H

#include "sentiment/block.h"
#include "sentiment/token.h"

struct scanner {
    struct span text; /* at least two blocks of zeros follow */
    size_t at;
    char *folded; /* zeroed */
    size_t used;  /* where a token's begins, a multiple of BLOCK_SIZE */
    struct arena *arena;
    struct tokens *tokens;
    size_t capacity;
};

/* What a byte may begin or be part of. */
enum byte_class {
    BYTE_LETTER = 1 << 0, /* of ASCII */
    BYTE_DIGIT = 1 << 1,
    BYTE_WORD = 1 << 2,  /* behind letters, it may belong to their word */
    BYTE_BLANK = 1 << 3, /* nothing; a new line is a mark */
};
extern const uint8_t byte_classes[256];

static inline unsigned byte_class(char byte) {
    return byte_classes[(unsigned char)byte];
}

/* The byte at an offset up to a block behind the end, where there are zeros. */
static inline char byte_at(const struct scanner *scanner, size_t offset) {
    return scanner->text.data[offset];
}

/* A token that ends where the scanner stands. Its memory is zeroed. */
static inline struct token *token_add(struct scanner *scanner, enum token_kind kind, size_t begin) {
    struct tokens *tokens = scanner->tokens;
    if (tokens->count == scanner->capacity) {
        tokens->list = arena_grow(scanner->arena, tokens->list, tokens->count, &scanner->capacity,
                                  sizeof *tokens->list);
    }
    struct token *token = &tokens->list[tokens->count++];
    token->kind = (uint8_t)kind;
    token->begin = (uint32_t)begin;
    token->end = (uint32_t)scanner->at;
    token->repeats = 1;
    token->folded.data = scanner->folded + scanner->used;
    token->ordinal = (uint32_t)tokens->words;
    tokens->words += kind != TOKEN_MARK;
    return token;
}

/* The token's folded text is what was written from `scanner->used` on: so many bytes. */
static inline void token_fold(struct scanner *scanner, struct token *token, size_t size,
                              uint64_t hash) {
    token->folded.size = size;
    token->hash = hash;
    scanner->used += (size + BLOCK_SIZE - 1) & ~(size_t)(BLOCK_SIZE - 1);
}

/* The ASCII letters that a block of the text begins with. */
struct stretch {
    uint64_t run;    /* all bits of them */
    uint64_t folded; /* zeros behind */
    uint64_t small;  /* marks of those that are no capitals */
};

static inline struct stretch stretch_load(const char *at) {
    uint64_t block = block_load(at);
    uint64_t letters = block_letters(block);
    uint64_t run = block_run(letters);
    return (struct stretch){.run = run,
                            .folded = (block | BLOCK_EACH(0x20)) & run,
                            .small = block_small(block, letters) & run};
}

/* The flags of a stretch that lies at `folded`, behind `before` other bytes of its word: a letter
 * may stand three times in a row across them. */
static inline uint8_t stretch_flags(const struct stretch *stretch, const char *folded,
                                    size_t before) {
    bool repeats = block_repeats(stretch->folded, stretch->run);
    if (before > 1) {
        uint64_t across = block_load(folded - 2);
        repeats = repeats || block_repeats(across, stretch->run << 16 | UINT16_MAX);
    }
    return (uint8_t)(repeats * TOKEN_ELONGATED);
}

static inline uint8_t capitals_flag(size_t letters, bool small) {
    return (uint8_t)(((letters >= 3) & !small) * TOKEN_CAPITALS);
}

/* Words, numbers and hashtags: from a letter or digit; from the "#" in front of a letter. */
void scan_word(struct scanner *scanner);
void scan_hashtag(struct scanner *scanner);

/* Does a letter of any script stand there? */
bool letter_at(const struct scanner *scanner, size_t offset);

/* A word of ASCII letters and nothing else, as nine of ten are: false where it is none. The first
 * stretch of a long one is full, and was written already. */
bool scan_long_word(struct scanner *scanner, struct stretch stretch);
static inline bool scan_plain_word(struct scanner *scanner) {
    const char *at = scanner->text.data + scanner->at;
    struct stretch stretch = stretch_load(at);
    block_store(stretch.folded, scanner->folded + scanner->used);
    if (stretch.run == UINT64_MAX) {
        return scan_long_word(scanner, stretch);
    }
    unsigned size = block_size(stretch.run);
    if ((byte_class(at[size]) & BYTE_WORD) != 0) {
        return false;
    }
    scanner->at += size;
    struct token *token = token_add(scanner, TOKEN_WORD, scanner->at - size);
    token->flags =
        TOKEN_SPOKEN | stretch_flags(&stretch, NULL, 0) | capitals_flag(size, stretch.small != 0);
    token_fold(scanner, token, size, block_hash(0, stretch.folded));
    return true;
}

#endif
