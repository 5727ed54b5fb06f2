/* From contributions to a score, a label and how sure it is. */
#ifndef SENTIMENT_SCORE_H
#define SENTIMENT_SCORE_H

#include "sentiment/settings.h"

/* Evidence: contributions added up. */
struct tally {
    double positive; /* sum of those above 0 */
    double negative; /* sum of those below 0, as a positive number */
    size_t count;
};

static inline void tally_add(struct tally *tally, double contribution) {
    if (contribution > 0) {
        tally->positive += contribution;
    } else {
        tally->negative -= contribution;
    }
    tally->count += contribution != 0;
}

/* Where the labels begin. */
struct thresholds {
    double positive;
    double negative;
};

struct score score_make(const struct settings *settings, struct thresholds thresholds,
                        const struct tally *tally, bool three);

#endif
