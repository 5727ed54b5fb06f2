/* What to mend first: how much a topic costs.
 *
 *   impact = share x (net of the rest - net of the topic) x spread
 *
 * share: of the segment's mentions; net: sentiment towards the brand, of the mentions that speak of the
 * topic and of those that do not; spread: the topic's mentions by its distinct stories. Above 0 it
 * costs, below 0 it earns. The interval is Student's with the error of the delta method over stories,
 * which are the independent observations (Efron & Tibshirani 1993, ch. 21). Pure. */
#ifndef REPORT_DRIVERS_H
#define REPORT_DRIVERS_H

#include "report/report.h"
#include "report/statistics.h"

struct story_sums { /* of one story: all its mentions, and those that speak of the topic */
    double mentions, balance, judged; /* balance: positive - negative */
    double topic_mentions, topic_balance, topic_judged;
};

struct driver {
    bool known; /* both the topic and the rest were judged */
    double share, net, rest, spread, impact;
    struct interval interval;
};
struct driver driver_compute(const struct story_sums *stories, size_t count);

#endif
