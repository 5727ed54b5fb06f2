/* Surges in a series of counts: what this hour of this week usually brings, and how improbable it
 * is to see so much more. Pure: a series in, a result a step out; step i sees nothing after i.
 *
 * Model, fitted anew for each day: mean = level x hour-of-day factor x weekday factor; level from
 * the last 14 days, factors from the last 56, both without the hours that the model itself finds
 * impossible, so that past surges do not lift what is expected; factors are shrunk towards 1 as
 * far as counts are few (weekdays from one week on). Over-dispersion (variance = mean + a mean^2)
 * is estimated from the windows with a prior that rules when history is short, and what is not
 * known about level and factors widens the prediction. The probability is the exact tail of the
 * negative binomial with that mean and variance. (After Farrington 1996 and Noufaily 2013, with a
 * count model in place of their power transform.) */
#ifndef REPORT_DETECTOR_H
#define REPORT_DETECTOR_H

#include "base/date.h"

#include <stdbool.h>
#include <stddef.h>

struct detector_options {
    size_t window;         /* hours summed and compared */
    double false_per_week; /* false alerts accepted for this series */
    double minimum; /* least count in a window that may surprise; of a fall, least expected */
    bool falls;     /* too few surprise, and not too many */
};

struct detector_point { /* one hour */
    double count;
    double fresh; /* of these from sources too young to be expected: not held to be a surge */
    bool known;   /* false: nobody looked; the count means nothing */
    bool partial; /* the hour is not over, or not all were asked: the count may be too small */
};

struct detector_result { /* of the window that ends with this hour */
    bool ready;          /* enough history to say anything */
    double observed;
    double expected;
    double low, high;   /* nineteen windows of twenty lie between */
    double probability; /* of at least as much by chance; of a fall, of at most */
    double gain;        /* of the last hour alone over what is usual in it; of a fall, under it */
    bool suspected;     /* improbable enough, when it lasts */
    bool surprising;    /* sure at once, or suspected before and confirmed by an hour more */
};

/* Hours of history before the first verdict. */
#define DETECTOR_READY_HOURS 48
#define DETECTOR_LEVEL_DAYS 14
#define DETECTOR_HISTORY_DAYS 56

/* Fills results[first..count); `start_ms` is the start of points[0], on an hour. */
void detector_run(const struct detector_options *options, int64_t start_ms,
                  const struct detector_point *points, size_t count, size_t first,
                  struct detector_result *results);

/* The probability below which a window is suspected, for a budget. */
double detector_threshold(const struct detector_options *options);

/* Two stages: what is ten times less probable than the threshold is believed at once; what is below
 * it, once the next hour, which has news of its own, goes the same way. `before`: the hour's before;
 * `beyond`: the window lies on the side that would surprise, and is of enough. */
void detector_confirm(struct detector_result *result, const struct detector_result *before,
                      double threshold, bool beyond);

#endif
