/* Surges and falls of shares: how much of the talk is negative or of a topic, how far ratings lie
 * below the best. Pure, as the detector of counts is: a series in, a result an hour out; hour i sees
 * nothing after i.
 *
 * Things that lie between 0 and 1 (a mention is negative or not; a rating of two stars in five is 0.4)
 * are held against those of the last four weeks. What chance brings is beta-binomial (Skellam 1948):
 * the share is the same for all of one day and differs from day to day, by as much as the days did
 * (moments, with a prior that rules while days are few), and what is not known about the usual share
 * widens it. The probability is that distribution's exact tail. Ratings vary less than things that are
 * only 0 or 1: so many of them as have the same variance stand for them, and what is exact for counts
 * is interpolated. Days that the first fit finds impossible are left out, so that a past surge does
 * not become what is usual. How many speak does not matter: a louder crowd is not an angrier one. */
#ifndef REPORT_SHARES_H
#define REPORT_SHARES_H

#include "report/detector.h"

struct share_point { /* one hour */
    double total;    /* things counted; 0 where nobody looked, or nothing can be expected */
    double sum;      /* of them, each between 0 and 1 */
    double squares;  /* the same as the sum where each is 0 or 1 */
};

struct share_options {
    double false_per_week; /* false alerts accepted for this series */
    double minimum;        /* least things in a window that may surprise: on its side of the mean */
    bool falls;            /* too small shares surprise, and not too large ones */
};

/* Hours of a window: a day, so that nights and days are in each. */
#define SHARES_WINDOW ((size_t)24)
#define SHARES_HISTORY_DAYS 28
#define SHARES_READY_DAYS 5

/* Fills results[first..count): observed, expected, low and high are shares; the probability is 1
 * where the window does not lie on the side that would surprise, or is of too few. */
void shares_run(const struct share_options *options, const struct share_point *points, size_t count,
                size_t first, struct detector_result *results);

#endif
