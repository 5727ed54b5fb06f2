/* Text as tokens: words folded to lower case, numbers, emoji, emoticons and marks, each with its
 * place. One pass, any bytes; nothing is looked up here. */
#ifndef SENTIMENT_TOKEN_H
#define SENTIMENT_TOKEN_H

#include "base/arena.h"

struct sense;

enum token_kind {
    TOKEN_WORD,
    TOKEN_EMOJI,    /* folded: without skin tone and variation selectors */
    TOKEN_EMOTICON, /* folded: eyes and mouth, ":-)))" is ":)" */
    TOKEN_MARK,     /* punctuation; `mark` says which, `repeats` how often in a row */
    TOKEN_NAME,     /* @name, address or URL: kept from being understood */
};

enum token_flag {
    TOKEN_CAPITALS = 1 << 0,  /* shouted: three letters or more, all capital */
    TOKEN_ELONGATED = 1 << 1, /* a letter three times or more in a row */
    TOKEN_HASHTAG = 1 << 2,   /* part of a hashtag */
    TOKEN_SPOKEN = 1 << 3,    /* a word, and in no hashtag: it tells the language */
    TOKEN_MASKED = 1 << 5,    /* set by the analysis: the name of a brand */
    TOKEN_ACCENTED = 1 << 7,  /* has letters beyond ASCII */
    TOKEN_PART = 1 << 6,      /* set by the analysis: in a phrase, but not its first word */
};

struct token {
    struct span folded;        /* in the arena; zeros follow up to a multiple of eight bytes,
                                  at least eight; empty for marks and names */
    const struct sense *sense; /* set by the analysis: of the word or the phrase; never NULL
                                  then, but the lexicon's senses[0] */
    const struct sense *aside; /* what else it tells of topic, stage and urgency: a phrase that
                                  does no more, or the word within a phrase */
    uint32_t begin;            /* byte offsets in the text */
    uint32_t end;
    union {
        uint64_t hash; /* of the folded text (blocks_hash); 0 where it is empty */
        struct {
            uint32_t form; /* set by the analysis instead, as the following */
            uint32_t last; /* last token of the phrase that begins here; itself for a word */
        };
    };
    uint32_t clause;   /* counted over the whole text */
    uint32_t sentence; /* counted from 0 */
    uint32_t ordinal;  /* words before it */
    uint8_t repeats;   /* at most 255 */
    uint8_t kind;
    uint8_t flags;
    char mark; /* one of . ! ? , ; : ( ) " - / * and newline; other punctuation is ' ' */
};

struct tokens {
    struct token *list;
    size_t count;
    size_t words;
};

/* At most LIMIT_TEXT bytes are looked at. */
void tokens_split(struct span text, struct arena *arena, struct tokens *tokens);

/* Writes `folded` without accents to `plain`, which has room for twice its bytes; returns the size.
 * `two`: a-umlaut becomes "ae" and sharp s "ss" (German), otherwise "a" and "ss". */
size_t token_without_accents(struct span folded, bool two, char *plain);

/* Writes `folded` with every run of three or more equal letters cut to `length` letters; returns
 * the size. `shorter` has room for the bytes of `folded`. */
size_t token_shorten(struct span folded, size_t length, char *shorter);

#endif
