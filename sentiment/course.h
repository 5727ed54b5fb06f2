/* Learning from labelled texts: what a course holds, and how it is fitted.
 *
 * Multinomial logistic regression over the features of the texts, with the lexicon as its prior: a
 * word weighs what the lexicon says plus a correction that is drawn towards 0 by a Gaussian,
 * w ~ N(w_lexicon, s^2) with s^2 = 1/10 in natural logarithms of odds. It minimises
 *
 *     -sum over texts log p(label) + 10/2 sum over words |correction|^2 + 1/2 sum over ground^2
 *
 * which is convex. Word after word is moved to the minimum of a quadratic bound (the Hessian of a
 * softmax is at most 1/2: Boehning and Lindsay 1988), round after round, until nothing moves: every
 * step makes it better, and the same texts in the same order always give the same weights. Words
 * seen in one text only are left out. Where there are to be fewer rows, those stay that speak loudest,
 * by the most they do to a class times the root of the texts they are in, and all is fitted anew. */
#ifndef SENTIMENT_COURSE_H
#define SENTIMENT_COURSE_H

#include "sentiment/overlay.h"
#include "sentiment/sentiment.h"

/* That a feature is in a text. */
struct course_cell {
    uint64_t hash;
    struct span form;
    uint32_t text;
    float valence;
    uint8_t spelling; /* enum spelling */
};

struct course_text {
    double ground[GROUND_COUNT];
    size_t first; /* its cells */
    size_t count;
    int class; /* CLASS_* */
};

struct sentiment_course {
    struct arena *arena;
    struct course_text *texts;
    size_t text_count, text_capacity;
    struct course_cell *cells;
    size_t cell_count, cell_capacity;
    enum genre genre; /* of all texts; GENRE_ANY where they differ */
    bool target;      /* labels are about targets */
    struct sentiment_sieve sieve;
};

#endif
