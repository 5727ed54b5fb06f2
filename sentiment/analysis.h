/* A text taken apart: tokens with their senses, clauses and sentences, and its opinions, bent by
 * the rules. Whole scores, targets and topics all read from this. */
#ifndef SENTIMENT_ANALYSIS_H
#define SENTIMENT_ANALYSIS_H

#include "sentiment/lexicon.h"
#include "sentiment/token.h"

/* What the rules did to an opinion; in the order in which they apply. */
enum bend {
    BEND_BOOSTED = 1 << 0,
    BEND_DAMPED = 1 << 1,
    BEND_NEGATED = 1 << 2,
    BEND_CAPITALS = 1 << 3,
    BEND_ENDED = 1 << 4,
    BEND_EXCLAIMED = 1 << 5,
    BEND_REPEATED = 1 << 6,
    BEND_IRREALIS = 1 << 7,
    BEND_QUESTION = 1 << 8,
    BEND_BEFORE = 1 << 9,
    BEND_BEHIND = 1 << 10,
    BEND_CONCEDED = 1 << 11,
    BEND_MOCKED = 1 << 13,
    BEND_NEGATIVE = 1 << 14,
    BEND_HASHTAG = 1 << 15,
    BEND_LONG = 1 << 16,
    BEND_REFUSED = 1 << 17, /* a negation that turns nothing; behind all other opinions */
};

struct opinion {
    uint32_t token; /* first token; its sense is the entry */
    uint32_t last;
    float valence;
    float factor; /* contribution = valence * factor */
    uint32_t bends;
    bool directed;    /* "switched from": speaks of the name behind it only, not of the whole */
    uint32_t negator; /* token that negates or ends, where BEND_NEGATED or BEND_ENDED */
    uint32_t booster; /* token that boosts or dampens */
};

struct sentence {
    uint32_t exclamations;
    bool question;
    uint32_t contrast; /* 1 + token of its last "but"; 0 = none */
    uint32_t first;    /* its first token */
};

struct analysis {
    const struct lexicon *lexicon;
    const struct settings *settings;
    struct span text;
    enum language language; /* LANGUAGE_ANY: none of ours */
    double language_confidence;
    const uint8_t *languages; /* of each token, where they are not all the text's; else NULL */
    enum genre genre;
    struct tokens tokens;
    uint32_t *notable; /* numbers of the tokens that have a sense or an aside, in order */
    size_t notable_count;
    struct sentence *sentences;
    size_t sentence_count;
    struct opinion *opinions;
    size_t opinion_count;
    uint32_t roles; /* enum role: all that its senses have; no other need be looked for */
    double length;  /* factor on everything said in a text of its length */
    bool tells;     /* some sense tells of a topic, a stage or urgency */
    bool mixed;     /* there are good and bad opinions */
    bool masked;    /* brands are named */
    bool shouting;  /* most of it is in capitals */
    bool hashtags;  /* it has some that are not listed */
};

/* Takes the request's text apart. Everything lives in `arena`. */
void analysis_make(const struct lexicon *lexicon, const struct sentiment_request *request,
                   struct arena *arena, struct analysis *analysis);

/* The steps of it, in order. */
void analysis_read(struct analysis *analysis, const struct sentiment_request *request,
                   struct arena *arena);                              /* tokens, language, senses */
void analysis_divide(struct analysis *analysis, struct arena *arena); /* clauses, sentences */
void analysis_judge(struct analysis *analysis, struct arena *arena);  /* opinions */

/* The tokens that a place in the text touches; false when there are none. */
bool analysis_place(const struct analysis *analysis, const struct sentiment_place *place,
                    size_t *first, size_t *last);

static inline bool token_has(const struct token *token, uint32_t role) {
    return (token->sense->roles & role) != 0;
}
static inline float opinion_contribution(const struct opinion *opinion) {
    return opinion->valence * opinion->factor;
}

#endif
