/* What labelled texts taught, laid over the lexicon; the lexicon itself stays as it is.
 *
 * The probability of a class is a softmax of sums (multinomial logistic regression):
 *
 *     z(class) = sum over GROUND_* of ground * weight(class)
 *              + sum over the features of the text of their weight(class)
 *
 * The lexicon's evidence is part of the ground, so a word's weight is what is to be added to what
 * the lexicon already says of it. A weight has two parts, both on the scale of valences, where 2 is
 * one natural logarithm of odds: `valence - was` pulls from negative to positive, `plain` towards
 * neutral (news, questions, adverts) and away from both.
 *
 * As a file: tab-separated, readable, made to be looked at and edited.
 *
 *     = NAME VALUES            texts, genre, target (yes: labels were about a target),
 *                              negative, neutral, positive (weights of the ground, then the tilt)
 *     FORM VALENCE PLAIN TEXTS WAS
 *                              form as in feature.h, texts it was seen in, valence in the lexicon
 *
 * The tilt is added to z when a label is chosen: half the logarithm of how rare the class was, so
 * that rare classes are not forgotten (it favours macro-F1). Confidence is told without it. */
#ifndef SENTIMENT_OVERLAY_H
#define SENTIMENT_OVERLAY_H

#include "base/buffer.h"
#include "sentiment/feature.h"
#include "sentiment/reason.h"

enum { CLASS_NEGATIVE, CLASS_NEUTRAL, CLASS_POSITIVE, CLASS_COUNT };

struct overlay_row {
    uint64_t hash; /* of the form */
    struct span form;
    double valence;
    double plain;
    double was;
    uint32_t texts;
};

struct sentiment_overlay {
    struct arena *arena;
    enum genre genre; /* GENRE_ANY: applies everywhere */
    bool target;      /* learned from labels about a target */
    size_t texts;     /* learned from */
    double ground[CLASS_COUNT][GROUND_COUNT];
    double tilt[CLASS_COUNT];
    struct overlay_row *rows; /* in order of hash */
    size_t count;
    uint32_t *index; /* 1 + row, by the low bits of its hash or behind; 0 = none */
    size_t index_mask;
};

struct sentiment_overlay *overlay_create(void);
const struct overlay_row *overlay_find(const struct sentiment_overlay *overlay, uint64_t hash);

/* What a row adds to z of each class. */
void overlay_weigh(const struct overlay_row *row, double weights[CLASS_COUNT]);

extern const double overlay_valence_per_log;

/* How loudly a row speaks: the most it does to any class. */
double overlay_loudness(const struct overlay_row *row);

/* Makes the rows ready to be found; once, when all are there. */
void overlay_index(struct sentiment_overlay *overlay);

/* `features` as found with the overlay. */
struct score overlay_score(const struct sentiment_overlay *overlay, const struct features *features,
                           const struct settings *settings, bool three);

/* Adds the rows that spoke, the strongest first, at most a dozen. */
void overlay_explain(const struct features *features, size_t target, struct reasons *reasons);

#endif
