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
    bool aspect; /* a part of something ("the food"): other parts compete with it for an opinion;
                    a brand owns its parts and competes with other brands only */
    bool alone;  /* there is nothing that competes */
};

void sites_add(struct sites *sites, struct arena *arena, size_t first, size_t last);

/* Where nothing in reach speaks of the thing: how much of each opinion nearby (see target_is_near)
 * does, all of which must agree; 0 when they do not. `text`: near is the whole text, not only the
 * sentences that name the thing. */
double target_consensus(const struct analysis *analysis, const struct sites *sites, bool text);
bool target_is_near(const struct analysis *analysis, const struct sites *sites,
                    const struct opinion *opinion, bool text);

/* How much of an opinion (a factor, negative when it turns) speaks of the thing at the sites. */
double target_share(const struct analysis *analysis, const struct sites *sites,
                    const struct opinion *opinion);

/* The places of a target, and pronouns that stand for it: "Acme is new. It crashes." Pronouns count
 * when the text has no other target (`alone`). */
void target_find(const struct analysis *analysis, const struct sentiment_target *target, bool alone,
                 struct arena *arena, struct sites *sites);

#endif
