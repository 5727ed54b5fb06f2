/* Words, numbers and hashtags. */
#include "sentiment/runes.h"
#include "sentiment/scanner.h"

/* A word while it is read. */
struct word_state {
    size_t begin;
    size_t folded; /* where its folded text begins */
    unsigned letters;
    unsigned run; /* equal letters in a row, the last of which is this */
    uint32_t last;
    bool small; /* a letter is no capital */
    uint8_t flags;
};

/* --- ASCII letters, eight at once ----------------------------------------------------------------- */

/* The blocks of a word behind its first, which is full. */
bool scan_long_word(struct scanner *scanner, struct stretch stretch) {
    const char *at = scanner->text.data + scanner->at;
    char *folded = scanner->folded + scanner->used;
    size_t size = BLOCK_SIZE;
    uint64_t hash = block_hash(0, stretch.folded);
    uint64_t small = stretch.small;
    uint8_t flags = stretch_flags(&stretch, folded, 0);
    while (stretch.run == UINT64_MAX) {
        stretch = stretch_load(at + size);
        block_store(stretch.folded, folded + size);
        flags |= stretch_flags(&stretch, folded + size, size);
        small |= stretch.small;
        hash = stretch.run != 0 ? block_hash(hash, stretch.folded) : hash;
        size += block_size(stretch.run);
    }
    if ((byte_class(at[size]) & BYTE_WORD) != 0) {
        return false;
    }
    scanner->at += size;
    struct token *token = token_add(scanner, TOKEN_WORD, scanner->at - size);
    token->flags = TOKEN_SPOKEN | flags | capitals_flag(size, small != 0);
    token_fold(scanner, token, size, hash);
    return true;
}

/* --- Any word ------------------------------------------------------------------------------------- */

/* Articles and pronouns that lose their vowel before another: "l'hotel", "dell'albergo". None of
 * them is the first half of an English contraction. */
static const char elisions[][BLOCK_SIZE] = {
    "l",    "d",    "n",    "j",     "m",      "t",      "s",      "c",     "qu",
    "un",   "all",  "dell", "dall",  "nell",   "sull",   "coll",   "quell", "quest",
    "com",  "cos",  "dov",  "jusqu", "lorsqu", "puisqu", "quoiqu", "bell",  "tutt",
    "sant", "senz", "anch", "mezz",  "quant",  "nient",  "ch",     "gl",    "v",
};

/* `folded` is followed by zeros. */
static bool is_elision(struct span folded) {
    for (size_t i = 0; folded.size < BLOCK_SIZE && i < sizeof elisions / sizeof *elisions; i++) {
        if (block_load(folded.data) == block_load(elisions[i])) {
            return true;
        }
    }
    return false;
}

bool letter_at(const struct scanner *scanner, size_t offset) {
    size_t size = 0;
    return offset < scanner->text.size &&
           rune_is_letter(runes_decode(scanner->text, offset, &size));
}

static void word_letter(struct scanner *scanner, struct word_state *word, uint32_t rune) {
    uint32_t lower = rune_lower(rune);
    word->flags |= rune >= 0x80 ? TOKEN_ACCENTED : 0;
    word->letters++;
    word->small = word->small || lower == rune;
    word->run = lower == word->last ? word->run + 1 : 1;
    word->last = lower;
    if (word->run == 3) {
        word->flags |= TOKEN_ELONGATED;
    }
    scanner->used += runes_encode(lower, scanner->folded + scanner->used);
}

/* The same for a run of ASCII letters, which most text is. */
static void word_ascii(struct scanner *scanner, struct word_state *word) {
    struct stretch stretch = {.run = UINT64_MAX};
    while (stretch.run == UINT64_MAX) {
        char *folded = scanner->folded + scanner->used;
        stretch = stretch_load(scanner->text.data + scanner->at);
        unsigned size = block_size(stretch.run);
        block_store(stretch.folded, folded);
        word->flags |= stretch_flags(&stretch, folded, scanner->used - word->folded);
        word->small = word->small || stretch.small != 0;
        word->letters += size;
        scanner->used += size;
        scanner->at += size;
    }
    word->last = (unsigned char)scanner->folded[scanner->used - 1];
}

static void word_accent(struct scanner *scanner, struct word_state *word, uint32_t accent) {
    uint32_t composed = rune_compose(word->last, accent);
    if (composed != 0 && word->last < 0x80) {
        word->flags |= TOKEN_ACCENTED;
        scanner->used--;
        scanner->used += runes_encode(composed, scanner->folded + scanner->used);
        word->last = composed;
    }
}

static void word_end(struct scanner *scanner, const struct word_state *word) {
    size_t size = scanner->used - word->folded;
    if (size == 0) {
        return;
    }
    const char *folded = scanner->folded + word->folded;
    bool address = folded[0] == 'h' && (span_equal((struct span){folded, size}, SPAN("http")) ||
                                        span_equal((struct span){folded, size}, SPAN("https")));
    scanner->used = word->folded;
    struct token *token = token_add(scanner, address ? TOKEN_NAME : TOKEN_WORD, word->begin);
    if (address) {
        scanner->used += BLOCK_SIZE;
        return;
    }
    token_fold(scanner, token, size, blocks_hash(folded, size));
    token->flags = word->flags | capitals_flag(word->letters, word->small) |
                   ((word->flags & TOKEN_HASHTAG) != 0 ? 0 : TOKEN_SPOKEN);
}

static struct word_state word_begin(const struct scanner *scanner, uint8_t flags) {
    return (struct word_state){.begin = scanner->at, .folded = scanner->used, .flags = flags};
}

static void word_byte(struct scanner *scanner, char byte) {
    scanner->folded[scanner->used++] = byte;
}

/* An apostrophe of `size` bytes inside a word: goes on ("don't"), or ends it ("l'" hotel). */
static bool word_apostrophe(struct scanner *scanner, struct word_state *word, size_t size) {
    if (!letter_at(scanner, scanner->at + size)) {
        return false;
    }
    bool elision =
        is_elision((struct span){scanner->folded + word->folded, scanner->used - word->folded});
    word_byte(scanner, '\'');
    scanner->at += size;
    if (elision) {
        word_end(scanner, word);
        *word = word_begin(scanner, (uint8_t)(word->flags & TOKEN_HASHTAG));
    }
    return true;
}

/* "3.5", "10/10", "24/7", "f*ck" stay together. */
static bool word_joins(const struct scanner *scanner, char byte) {
    char before = scanner->at > 0 ? scanner->text.data[scanner->at - 1] : '\0';
    char behind = byte_at(scanner, scanner->at + 1);
    if (byte == '*') {
        return byte_is_alpha(before) && (byte_is_alpha(behind) || behind == '*');
    }
    return (byte == '.' || byte == ',' || byte == '/' || byte == ':') && byte_is_digit(before) &&
           byte_is_digit(behind);
}

/* A letter of Latin-1, which nearly all that are not ASCII are: 0 for anything else. */
static uint32_t latin_at(const struct scanner *scanner) {
    unsigned char first = (unsigned char)byte_at(scanner, scanner->at);
    unsigned char second = (unsigned char)byte_at(scanner, scanner->at + 1);
    bool sign = second == 0x97 || second == 0xB7; /* times, divided by */
    return first == 0xC3 && second >= 0x80 && second <= 0xBF && !sign ? second + 0x40U : 0;
}

/* Takes one character beyond ASCII (or an escape that names one). */
static bool word_take_rune(struct scanner *scanner, struct word_state *word) {
    size_t size = 2;
    uint32_t rune = latin_at(scanner);
    if (rune != 0) {
        word_letter(scanner, word, rune);
        scanner->at += size;
        return true;
    }
    rune = runes_decode(scanner->text, scanner->at, &size);
    if (rune == 0x2019 || rune == 0x2BC || rune == 0x2018) {
        return word_apostrophe(scanner, word, size);
    }
    if (rune >= 0x300 && rune <= 0x36F) {
        word_accent(scanner, word, rune);
    } else if (rune_is_letter(rune)) {
        word_letter(scanner, word, rune);
    } else if (!rune_is_ignored(rune)) {
        return false;
    }
    scanner->at += size;
    return true;
}

static void word_take_letters(struct scanner *scanner, struct word_state *word) {
    if ((word->flags & TOKEN_HASHTAG) == 0) {
        word_ascii(scanner, word);
        return;
    }
    /* Hashtags are looked at letter by letter: a capital may begin the next word. */
    word_letter(scanner, word, (unsigned char)scanner->text.data[scanner->at]);
    scanner->at++;
}

/* "sh**": a star goes on where one stands already. */
static bool word_is_starred(const struct scanner *scanner, const struct word_state *word) {
    return scanner->used > word->folded && scanner->folded[scanner->used - 1] == '*' &&
           word->letters > 0;
}

/* Takes what comes next into the word; false where the word ends before it. */
static bool word_take(struct scanner *scanner, struct word_state *word) {
    char byte = scanner->text.data[scanner->at];
    unsigned class = byte_class(byte);
    if ((class & BYTE_LETTER) != 0) {
        word_take_letters(scanner, word);
        return true;
    }
    if ((class & BYTE_DIGIT) != 0 || word_joins(scanner, byte) ||
        (byte == '*' && word_is_starred(scanner, word))) {
        word_byte(scanner, byte);
        scanner->at++;
        word->last = 0;
        return true;
    }
    if (byte == '\'') {
        return word_apostrophe(scanner, word, 1);
    }
    bool plain = (unsigned char)byte < 0x80 && byte != '\\';
    return !plain && word_take_rune(scanner, word);
}

void scan_word(struct scanner *scanner) {
    struct word_state word = word_begin(scanner, 0);
    while (scanner->at < scanner->text.size && word_take(scanner, &word)) {
    }
    word_end(scanner, &word);
}

/* --- Hashtags ------------------------------------------------------------------------------------- */

/* "#WorstServiceEver2024" is four words. */
void scan_hashtag(struct scanner *scanner) {
    scanner->at++;
    struct word_state word = word_begin(scanner, TOKEN_HASHTAG);
    bool lower = false; /* the character before is a small letter */
    while (scanner->at < scanner->text.size) {
        size_t size = 0;
        uint32_t rune = runes_decode(scanner->text, scanner->at, &size);
        bool digit = rune >= '0' && rune <= '9';
        if (rune == '_' || (lower && (rune_is_upper(rune) || digit))) {
            word_end(scanner, &word);
            scanner->at += rune == '_';
            word = word_begin(scanner, TOKEN_HASHTAG);
            lower = false;
            if (rune == '_') {
                continue;
            }
        }
        if (rune == '\'' || rune == '*' || !word_take(scanner, &word)) {
            break;
        }
        lower = !digit && !rune_is_upper(rune);
    }
    word_end(scanner, &word);
}
