/* Whether two groups differ by more than chance: every KPI of each, the difference with its interval,
 * and how often shuffling makes one as large. Pure.
 *
 * A unit is what counts as one observation: a day, or a story with its copies. Units are taken to be
 * exchangeable: had nothing changed, each might as well have stood in the other group. Mentions are
 * not: those of one story, or of one day's event, come together.
 *
 *   interval  of each group: the KPI's own, scaled to Student's with the jackknife error over units
 *             (Efron & Stein 1981); of the difference: MOVER (Zou & Donner 2008)
 *   p         two-sided permutation test over the units; units in both groups change sides with a
 *             chance of a half. Stops for a KPI once CONTRAST_HITS shuffles were as large (Besag &
 *             Clifford 1991), at the latest after `shuffles` */
#ifndef REPORT_CONTRAST_H
#define REPORT_CONTRAST_H

#include "report/kpi.h"
#include "report/statistics.h"

#define CONTRAST_HITS 50

struct contrast_unit {
    bool on[2];           /* which groups it is in */
    struct tally side[2]; /* what each has of it; `stories` too */
    uint64_t family[2];   /* mentions of the brand and its competitors, where that is known */
};

struct contrast_request {
    struct contrast_unit *units;
    size_t count;
    bool daily;      /* units are days: sums are told per day, and shares of voice are known */
    size_t shuffles; /* at most */
};

struct contrast {
    struct kpi sides[2]; /* sums: per day */
    bool known;          /* both are */
    double difference;   /* of the second from the first */
    struct interval interval;
    double p; /* NAN: sums of stories, which no shuffle changes */
    size_t hits;
    size_t shuffles; /* done for this KPI */
};

/* KPI_COUNT contrasts. The same request gives the same p: the seed is fixed. */
void contrast_compute(const struct contrast_request *request, struct contrast *contrasts);

#endif
