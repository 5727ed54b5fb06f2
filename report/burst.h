/* Bursts in a fine-grained series: the fast channel, where minutes count. Pure; step i sees nothing
 * after i.
 *
 * How loud is it? The last quarter of an hour and the last six hours are each held against the
 * loudest hundredth of such windows in the last two weeks, and the two ratios are joined by their
 * geometric mean: a burst is sharp and goes on. The loudest hundredth, and not the record, so that
 * an old burst does not hide a somewhat smaller one; not an average, because talk is bursty every
 * day. An alarm is a ratio above 1.25 that is the highest of the last day, at most one a day: one
 * event, one alarm. Measured on public series of tweets by tests/conformance/nab.c. */
#ifndef REPORT_BURST_H
#define REPORT_BURST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct burst_options {
    size_t brief;     /* steps of the short window */
    size_t broad;     /* steps of the long window */
    size_t history;   /* steps looked back */
    size_t refresh;   /* steps between two looks at the history */
    size_t rest;      /* steps: an alarm is the highest of so many, and the only one in them */
    double loud;      /* quantile of the history that a burst is held against */
    double floor;     /* added to short windows: a few mentions more than none are no burst */
    double threshold; /* ratio of an alarm */
};

/* Options for steps of `step_ms`. */
struct burst_options burst_options_for(int64_t step_ms);

struct burst_result {
    double ratio; /* to what is loud; 0 while there is too little history */
    double loud; /* count of the short window at which it would be 1, the long one being as it is */
    bool alarm;
};
void burst_run(const struct burst_options *options, const double *counts, size_t count,
               struct burst_result *results);

#endif
