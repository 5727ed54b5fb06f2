/* Surges of sums that few voices make: reach, where one mention may be heard by more people than all
 * others of a month. Counting does not tell what chance does there, magnitudes do: the logarithm of a
 * day's sum is held against that of the same hours of the last four weeks of days. With so few of them
 * the probability of the next is Student's t (the predictive distribution of a normal sample: Geisser
 * 1993, section 2.3), exact for its mean and spread unknown. Past surges are drawn in to three robust
 * deviations. Pure; hour i sees nothing after i. */
#ifndef REPORT_REACH_H
#define REPORT_REACH_H

#include "report/detector.h"

#define REACH_WINDOW ((size_t)24)
#define REACH_DAYS 28
#define REACH_READY_DAYS 10

/* Fills results[first..count). */
void reach_run(double false_per_week, const struct detector_point *points, size_t count,
               size_t first, struct detector_result *results);

#endif
