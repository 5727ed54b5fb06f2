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
#include "sentiment/form.h"
#include "sentiment/reason.h"

enum { CLASS_NEGATIVE, CLASS_NEUTRAL, CLASS_POSITIVE, CLASS_COUNT };

struct overlay_row {
    uint64_t hash; /* of the form (form_hash) */
    struct span form;
    double valence;
    double plain;
    double was;
    uint32_t texts;
};

struct overlay_slot {
    uint32_t tag; /* high bits of the hash */
    uint32_t row; /* 1 + its number; 0 = none */
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
    struct overlay_slot *index; /* by the low bits of the row's hash, or behind */
    size_t index_mask;
    uint32_t *words; /* the words of all forms, in the same way: see overlay_word_slot */
    size_t words_mask;
};

struct sentiment_overlay *overlay_create(void);

/* A slot of `words` holds the low half of a word's hash, and in its lowest bits the forms that the
 * word stands in: two words that differ elsewhere alone share them, which costs a question. */
static inline size_t overlay_word_slot(const struct sentiment_overlay *overlay, uint64_t word) {
    size_t slot = (word >> 32) & overlay->words_mask;
    while (overlay->words[slot] != 0 &&
           ((overlay->words[slot] ^ (uint32_t)word) & ~(uint32_t)FORM_ANY) != 0) {
        slot = (slot + 1) & overlay->words_mask;
    }
    return slot;
}

/* FORM_*: most words stand in few. */
static inline unsigned overlay_uses(const struct sentiment_overlay *overlay, uint64_t word) {
    return overlay->words[overlay_word_slot(overlay, word)] & FORM_ANY;
}

/* Says that the row of this hash will be asked for soon. */
static inline void overlay_prefetch(const struct sentiment_overlay *overlay, uint64_t hash) {
    __builtin_prefetch(&overlay->index[hash & overlay->index_mask]);
}

/* The row of a form; false where there is none, or it was met before. `seen` has a bit per row. */
bool overlay_meet(const struct sentiment_overlay *overlay, uint64_t hash, uint64_t *seen,
                  const struct overlay_row **row);

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
