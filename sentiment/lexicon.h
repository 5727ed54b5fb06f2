/* The lexicon as scoring reads it: one image of all words of all languages, made from the text files
 * of sentiment/lexicons when the program is built, so that opening it costs a look at its head.
 *
 * A *form* is a folded spelling ("amazing"); a *sense* is what it means in one language: valence,
 * roles, topics. Inflected forms share the sense of their lemma: the inflection rules of a language
 * (data too) are applied when the image is made, never while scoring. A perfect hash leads to a
 * form, so that a token costs one probe, whether it is listed or not and whatever language it turns
 * out to be in. Everything in the image is a number or an offset: it may lie anywhere, in the
 * program or in a mapped file. Immutable once open. */
#ifndef SENTIMENT_LEXICON_H
#define SENTIMENT_LEXICON_H

#include "sentiment/block.h"
#include "sentiment/sentiment.h"
#include "sentiment/settings.h"

/* Fields that have no entry carry this. */
#define NO_FORM ((uint32_t)0)

enum {
    PHRASE_WORDS = 8,
    LIMIT_FORM = 96, /* bytes of a form: more than the longest German compound a person writes */
    LIMIT_TOPICS = 64,
};

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
    ROLE_ASIDE = 1 << 11,    /* "unfortunately": said of the whole statement, never negated */
    ROLE_THANKS = 1 << 12,   /* "thanks": mockery when something bad follows */
    ROLE_FUNCTION = 1 << 13, /* a function word: never taken for a form of another word */
    ROLE_PLAIN = 1 << 14,    /* a phrase that only keeps its words from meaning something */
    ROLE_ARRIVE = 1 << 15,   /* "switched to": the name behind it won */
    ROLE_URGENT = 1 << 16,   /* safety, legal, outage, leaving */
    ROLE_JOIN = 1 << 19,     /* "and": joins two statements */
    ROLE_TOWARD = 1 << 18,   /* "to" behind "switched from": the name behind it won */
    ROLE_CLAUSE = 1 << 17,   /* "while", "whereas": a new clause, nothing more */
    ROLE_WITHOUT = 1 << 20,  /* a negation that refuses nothing by itself: "without", "hardly" */
    ROLE_END = 1 << 21,      /* "resolved", "end of": something bad near it is over */
    ROLE_ARTICLE = 1 << 23,  /* "the", "my": a thing follows */
    ROLE_TAIL = 1 << 22,     /* "streik": German words that end in it speak of one */
};

enum { SENSE_TOPICS = 3 };

struct text { /* in the pool of the lexicon */
    uint32_t offset;
    uint32_t size;
};

/* What a form means in one language. */
struct sense {
    struct text text;             /* the entry as listed */
    uint64_t seconds;             /* form_bit() of the second word of each of its phrases */
    float valence[GENRE_COUNT];   /* -4..4; 0: says nothing in that genre */
    float strength;               /* of a booster or dampener */
    uint32_t roles;               /* enum role */
    uint32_t phrases;             /* first phrase that begins with this form; 0 = none */
    uint32_t phrase_count;        /* they lie behind each other, longer ones first */
    uint32_t owner;               /* the form it was listed for */
    uint8_t topics[SENSE_TOPICS]; /* 1 + index of a topic; 0 = none */
    uint8_t language;             /* enum language */
    uint8_t stage;                /* enum stage */
    uint8_t spare[7];             /* 0: a sense fills a cache line */
};

/* A row of the hash table. The hash tells a form of up to eight bytes for certain (no two have the
 * same) and a longer one as surely as 64 bits can. */
struct form {
    uint64_t hash;      /* of its text (blocks_hash); FORM_FREE: no form */
    uint32_t meanings;  /* first of its meanings, one per bit of `vocabulary`, lowest bit first */
    uint8_t function;   /* languages (bits) that have it as a function word; LANGUAGE_ANY: a word of
                           a language that is not ours */
    uint8_t vocabulary; /* languages (bits) in which it means something */
    uint8_t evidence;   /* what it tells of the language of a text (enum evidence_bit) */
    uint8_t spare;      /* 0 */
};
#define FORM_FREE UINT64_MAX

/* The languages (bits) that have a word, and whether as a function word in one of ours or as a word
 * that belongs to none of ours. */
enum evidence_bit { EVIDENCE_FUNCTION = 1 << 6, EVIDENCE_FOREIGN = 1 << 7 };

/* A set of forms in 64 bits, which errs on the side of holding too many. */
static inline uint64_t form_bit(uint32_t form) {
    return UINT64_C(1) << (form * UINT32_C(0x9E3779B1) >> 26);
}

/* Rows of words behind each other that mean something together. */
struct phrase {
    uint32_t forms[PHRASE_WORDS]; /* NO_FORM matches any one word */
    uint32_t count;
    uint32_t sense;
};

/* Which phrases begin with two words is kept as a set too, which errs as that does, one time in
 * twenty: "no" begins a thousand. The first is named by where its phrases begin. */
enum { PAIRS_BITS = 19 };
static inline uint32_t pair_bit(uint32_t phrases, uint32_t second) {
    return (phrases * UINT32_C(0x9E3779B1) ^ second * UINT32_C(0x85EBCA6B)) >> (32 - PAIRS_BITS);
}

/* How much three letters in a row speak for each language: 15 times the natural logarithm of how
 * much more often they stand in its words than chance would have it. */
struct letters {
    int8_t weight[8]; /* by enum language; the last two are 0 */
};

enum { LETTERS_BITS = 13 };

/* The row of three bytes; the lowest is the first. 0 stands in front of and behind a word. Some share
 * a row, which the weights average over. */
static inline uint32_t letters_row(uint32_t three) {
    return three * UINT32_C(0x9E3779B1) >> (32 - LETTERS_BITS);
}

/* An open image; the pointers lead into it. */
struct lexicon {
    const struct form *forms; /* [0] is NO_FORM */
    uint32_t form_count;      /* rows behind NO_FORM */
    const uint16_t *displacements;
    uint32_t displacement_count; /* a power of two */
    const uint32_t *meanings;    /* numbers of senses */
    const struct sense *senses;  /* [0] is none, as with phrases */
    uint32_t sense_count;
    const struct phrase *phrases;
    const uint32_t *seconds; /* forms[1] of each phrase: which may follow is seen without it */
    uint32_t phrase_count;
    const uint64_t *pairs; /* the bits of pair_bit() of all phrases */
    const struct letters *letters;
    const struct settings *settings; /* GENRE_COUNT of each language */
    const char *pool;
    struct span topics[LIMIT_TOPICS];
    size_t topic_count;
    void *owned; /* the image, where it was made at run time */
};

/* A text file of sentiment/lexicons' formats, by its name: "en.review.tsv". */
struct lexicon_file {
    struct span name;
    struct span text;
};

/* The built-in lexicon; with overlays, a lexicon made from the built-in text files and then those,
 * which takes some 50 ms. */
MUST_CHECK bool lexicon_open(const struct lexicon_file *overlays, size_t count,
                             struct lexicon **lexicon, struct error *error);
/* An image that lies somewhere, at a multiple of eight bytes, and stays there. Refused when it is
 * not one, or of another version or machine, or damaged. */
MUST_CHECK bool lexicon_open_image(struct span image, struct lexicon **lexicon,
                                   struct error *error);
void lexicon_close(struct lexicon *lexicon); /* NULL is fine */

/* What an engine reads from; an engine on a lexicon of its own, which it closes with itself, also
 * when it cannot be made. */
const struct lexicon *sentiment_lexicon(const struct sentiment *sentiment);
MUST_CHECK bool sentiment_of(struct lexicon *lexicon, struct sentiment **sentiment,
                             struct error *error);

/* --- Finding: one multiplication per eight bytes, one displacement, one row ------------------- */

/* The row of a hash under a displacement, 1..rows. */
static inline uint32_t form_row(uint64_t hash, uint16_t displacement, uint32_t rows) {
    uint64_t mixed = (hash + displacement) * UINT64_C(0xD6E8FEB86659FD93);
    return 1 + (uint32_t)(((mixed >> 32) * rows) >> 32);
}

/* Where the form whose text has this hash (blocks_hash) would lie, asked for from memory. */
static inline uint32_t lexicon_row(const struct lexicon *lexicon, uint64_t hash) {
    uint16_t displacement = lexicon->displacements[hash & (lexicon->displacement_count - 1)];
    uint32_t row = form_row(hash, displacement, lexicon->form_count);
    __builtin_prefetch(&lexicon->forms[row]);
    return row;
}

/* The row, if it is of a form with this hash; else NO_FORM. That of the empty text, 0, is none's. */
static inline uint32_t lexicon_confirm(const struct lexicon *lexicon, uint32_t row, uint64_t hash) {
    return lexicon->forms[row].hash == hash ? row : NO_FORM;
}

/* The form with this folded text, which nothing need follow, or NO_FORM. */
uint32_t lexicon_find(const struct lexicon *lexicon, struct span folded);

static inline const struct form *lexicon_form(const struct lexicon *lexicon, uint32_t form) {
    return &lexicon->forms[form];
}

/* --- Meaning ---------------------------------------------------------------------------------- */

/* How many languages a set of bits holds. */
static inline unsigned languages_count(unsigned languages) {
#define COUNT_2(count) count, count + 1, count + 1, count + 2
#define COUNT_4(count) COUNT_2(count), COUNT_2(count + 1), COUNT_2(count + 1), COUNT_2(count + 2)
#define COUNT_6(count) COUNT_4(count), COUNT_4(count + 1), COUNT_4(count + 1), COUNT_4(count + 2)
    static const uint8_t counts[1 << LANGUAGE_SLOTS] = {COUNT_6(0), COUNT_6(1)};
#undef COUNT_2
#undef COUNT_4
#undef COUNT_6
    return counts[languages];
}

/* What a form means in a language; what it means everywhere (emoji) else; senses[0], which says
 * nothing, when it means nothing. Without a branch: whether a word means something cannot be
 * foreseen, and a wrong guess costs more than all of this. */
static inline const struct sense *lexicon_sense(const struct lexicon *lexicon, uint32_t number,
                                                enum language language) {
    const struct form *form = &lexicon->forms[number];
    unsigned meant = form->vocabulary & (1U << language | 1U << LANGUAGE_ANY);
    unsigned before = form->vocabulary & ((meant & -meant) - 1);
    uint32_t sense = lexicon->meanings[form->meanings + languages_count(before)];
    return &lexicon->senses[sense & (0U - (meant != 0))];
}

static inline bool sense_is_none(const struct sense *sense) {
    return sense->language == LANGUAGE_SLOTS;
}

static inline struct span lexicon_text(const struct lexicon *lexicon, struct text text) {
    return (struct span){lexicon->pool + text.offset, text.size};
}

/* May a phrase of these have this second word (NO_FORM: any)? */
static inline bool lexicon_pair(const struct lexicon *lexicon, uint32_t phrases, uint32_t second) {
    uint32_t bit = pair_bit(phrases, second);
    return (lexicon->pairs[bit / 64] >> bit % 64 & 1) != 0;
}

/* Phrases by number, and what they mean. */
static inline const struct phrase *lexicon_phrase(const struct lexicon *lexicon, uint32_t phrase) {
    return &lexicon->phrases[phrase];
}
static inline const struct sense *lexicon_phrase_sense(const struct lexicon *lexicon,
                                                       const struct phrase *phrase) {
    return &lexicon->senses[phrase->sense];
}

static inline const struct settings *lexicon_settings(const struct lexicon *lexicon,
                                                      enum language language, enum genre genre) {
    return &lexicon->settings[(size_t)language * GENRE_COUNT + genre];
}

#endif
