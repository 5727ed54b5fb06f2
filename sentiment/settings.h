/* The numbers behind the rules: scopes, factors, thresholds. They are data: `set` rows of the rules
 * files give them per language and genre; the defaults stand in any.rules.tsv. */
#ifndef SENTIMENT_SETTINGS_H
#define SENTIMENT_SETTINGS_H

#include "sentiment/sentiment.h"

enum language {
    LANGUAGE_EN,
    LANGUAGE_ES,
    LANGUAGE_PT,
    LANGUAGE_IT,
    LANGUAGE_DE,
    LANGUAGE_FR,
    LANGUAGE_COUNT,
    LANGUAGE_ANY = LANGUAGE_COUNT, /* emoji, emoticons: the same everywhere */
    LANGUAGE_SLOTS,
};
const char *language_code(enum language language);              /* "en"; "" for LANGUAGE_ANY */
bool language_parse(struct span code, enum language *language); /* "pt-BR" is pt; "any" too */

enum { GENRE_COUNT = GENRE_NEWS + 1 };

struct settings {
    double negation_scope;    /* words before an opinion word in which a negation reaches it */
    double negation_backward; /* words behind, for negations that reach back */
    double negation_positive; /* factor on a negated good word: "not good" */
    double negation_negative; /* factor on a negated bad word: "not bad" */
    double booster_scope;     /* words before an opinion word in which a booster reaches it */
    double booster_after;     /* words behind */
    double capitals;          /* factor on a word shouted in a text that is not */
    double exclamation;       /* added to the factor per "!", up to three */
    double refusal;           /* valence of a negation that turns nothing */
    double lack;              /* the same of "without" and its like */
    double ended;             /* factor on something bad that is over: "the strike has ended" */
    double ended_scope;       /* words between it and what ended it */
    double irrealis;          /* factor behind "if", "would" */
    double question;          /* factor in a question */
    double contrast_before;   /* factor before "but" */
    double contrast_after;    /* factor behind it */
    double concede;           /* factor behind "although" */
    double mockery;           /* factor on thanks and praise that something bad follows */
    double hashtag;           /* factor in a hashtag, which names more often than it judges */
    double hashtag_part;      /* letters of a part of a hashtag without capitals, at least */
    double compound_tail;     /* letters of the tail of a compound, at least; 0: no compounds */
    double long_text;         /* words above which evidence counts less ... */
    double long_power;        /* ... by (long_text / words) to this power: 1 is the density alone */
    double repetition;        /* factor on the same word said again */
    double negative_weight;   /* factor on everything bad */
    double positive_from;     /* sums above are positive */
    double negative_from;     /* sums below are negative */
    double unsure_below;      /* confidence under which the label is "unsure" */
    double confidence_base;   /* logit of the confidence: base */
    double confidence_slope;  /* ... + slope * how far the sum lies from the nearest threshold */
    double confidence_clash;  /* ... - this * share of the evidence that says the opposite */
    double target_reach;      /* words between an opinion and a target it speaks of */
    double target_outside;    /* factor on opinions in the sentence but outside the clause */
    double target_consensus;  /* factor on those where all in the sentence agree */
    double target_text;       /* the same where all in the text agree, for its only brand */
    double target_decay;      /* 1 / (1 + decay * distance) */
    double target_other;      /* factor on an opinion that stands nearer to another thing */
    double target_comma;      /* words that a comma counts for in that */
    double target_positive;   /* thresholds for targets */
    double target_negative;
    double move;         /* valence of having left (-) or gone over to (+) a brand */
    double compare_than; /* factor on what stands behind "than" */
};

/* Sets one by name; false when there is no such setting. */
bool settings_set(struct settings *settings, struct span name, double value);

#endif
