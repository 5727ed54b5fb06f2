/* Why a score is what it is: one line per opinion that counted. */
#ifndef SENTIMENT_REASON_H
#define SENTIMENT_REASON_H

#include "sentiment/analysis.h"

struct reasons {
    struct arena *arena;
    struct sentiment_reason *list;
    size_t count;
    size_t capacity;
};

/* `share`: how much of the opinion speaks of the target. */
void reasons_add(struct reasons *reasons, const struct analysis *analysis, size_t target,
                 const struct opinion *opinion, double share);

void reasons_append(struct reasons *reasons, struct sentiment_reason reason);

#endif
