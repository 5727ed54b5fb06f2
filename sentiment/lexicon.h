/* The compiled lexicon: every word form of every language in one hash table, so that a token costs
 * one probe whatever language it turns out to be in.
 *
 * A *form* is a folded spelling ("amazing"); a *sense* is what it means in one language: valence,
 * roles, topics. Inflected forms share the sense of their lemma: the inflection rules of a language
 * (data too) are applied when the lexicon is loaded, never while scoring. Immutable once open. */
#ifndef SENTIMENT_LEXICON_H
#define SENTIMENT_LEXICON_H

#include "sentiment/sentiment.h"
#include "sentiment/settings.h"

/* Fields that have no entry carry this. */
#define NO_FORM ((uint32_t)0)

enum { PHRASE_WORDS = 8 };

enum role {
    ROLE_NEGATION = 1 << 0,  /* "not": turns what follows within its scope */
    ROLE_BACKWARD = 1 << 1,  /* a negation that also reaches back: German "nicht", French "pas" */
    ROLE_BOOSTER = 1 << 2,   /* "very" (strength > 0), "slightly" (< 0) */
    ROLE_CONTRAST = 1 << 3,  /* "but": what follows weighs more */
    ROLE_CONCEDE = 1 << 4,   /* "although": what follows weighs less */
    ROLE_IRREALIS = 1 << 5,  /* "would", "if": not said to be so */
    ROLE_PRONOUN = 1 << 6,   /* "it", "they": may stand for the brand */
    ROLE_THAN = 1 << 7,      /* "than": what stands behind it is the worse one */
    ROLE_COMPARE = 1 << 8,   /* "better", "prefer": a comparison when "than" or "to" follows */
    ROLE_UNLIKE = 1 << 9,    /* "unlike": the name behind it is the other side */
    ROLE_LEAVE = 1 << 10,    /* "switched from": the name behind it lost */
    ROLE_THANKS = 1 << 12,   /* "thanks": mockery when something bad follows */
    ROLE_FUNCTION = 1 << 13, /* a function word: never taken for a form of another word */
    ROLE_PLAIN = 1 << 14,    /* a phrase that only keeps its words from meaning something */
    ROLE_ARRIVE = 1 << 15,   /* "switched to": the name behind it won */
    ROLE_URGENT = 1 << 16,   /* safety, legal, outage, leaving */
    ROLE_JOIN = 1 << 19,     /* "and": joins two statements */
    ROLE_TOWARD = 1 << 18,   /* "to" behind "switched from": the name behind it won */
    ROLE_CLAUSE = 1 << 17,   /* "while", "whereas": a new clause, nothing more */
};

enum { SENSE_TOPICS = 3 };

/* What a form means in one language. */
struct sense {
    struct span text;             /* the entry as listed */
    float valence[GENRE_COUNT];   /* -4..4; 0: says nothing in that genre */
    float strength;               /* of a booster or dampener */
    uint32_t roles;               /* enum role */
    uint32_t phrases;             /* first phrase that begins with this form; 0 = none */
    uint32_t owner;               /* the form it was listed for */
    uint8_t topics[SENSE_TOPICS]; /* 1 + index of a topic; 0 = none */
    uint8_t language;             /* enum language */
    uint8_t stage;                /* enum stage */
};

struct form {
    uint32_t text; /* offset in the pool */
    uint32_t size;
    uint32_t links;     /* first of its senses */
    uint8_t function;   /* languages (bits) that have it as a function word */
    uint8_t vocabulary; /* languages (bits) that have it at all */
};

/* Rows of words behind each other that mean something together. */
struct phrase {
    uint32_t forms[PHRASE_WORDS]; /* NO_FORM matches any one word */
    uint32_t count;
    uint32_t next; /* another phrase with the same first form; longer ones come first */
    uint32_t sense;
};

struct lexicon;

MUST_CHECK bool lexicon_open(struct lexicon **lexicon, struct error *error);
void lexicon_close(struct lexicon *lexicon); /* NULL is fine */

/* The form with this folded text, or NO_FORM. */
uint32_t lexicon_find(const struct lexicon *lexicon, struct span folded);
const struct form *lexicon_form(const struct lexicon *lexicon, uint32_t form);

/* What a form means in a language; what it means everywhere (emoji) else; NULL when nothing. */
const struct sense *lexicon_sense(const struct lexicon *lexicon, uint32_t form,
                                  enum language language);

/* Phrases by number, and what they mean. */
const struct phrase *lexicon_phrase(const struct lexicon *lexicon, uint32_t phrase);
const struct sense *lexicon_phrase_sense(const struct lexicon *lexicon,
                                         const struct phrase *phrase);

const struct settings *lexicon_settings(const struct lexicon *lexicon, enum language language,
                                        enum genre genre);
const struct span *lexicon_topics(const struct lexicon *lexicon, size_t *count);

/* Forms and senses held: what `lexicon_open` built. */
struct lexicon_size {
    size_t forms;
    size_t senses;
    size_t phrases;
};
struct lexicon_size lexicon_size(const struct lexicon *lexicon);

#endif
