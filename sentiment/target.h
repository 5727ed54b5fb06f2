/* What a text says about one thing in it: a brand, or a topic. */
#ifndef SENTIMENT_TARGET_H
#define SENTIMENT_TARGET_H

#include "sentiment/analysis.h"

struct site { /* tokens that name the thing */
    uint32_t first;
    uint32_t last;
};

struct sites {
    struct site *list;
    size_t count;
    size_t capacity;
};

void sites_add(struct sites *sites, struct arena *arena, size_t first, size_t last);

/* How much of an opinion (a factor, negative when it turns) speaks of the thing at the sites. */
double target_share(const struct analysis *analysis, const struct sites *sites,
                    const struct opinion *opinion);

/* The places of a target, and pronouns that stand for it: "Acme is new. It crashes." Pronouns count
 * when the text has no other target (`alone`). */
void target_find(const struct analysis *analysis, const struct sentiment_target *target, bool alone,
                 struct arena *arena, struct sites *sites);

#endif
