/* What is watched of a brand: each signal is a series of the history, one direction, and its part of
 * the budget of false alerts. The rows of one table; an incident's kind comes from it. */
#ifndef REPORT_SIGNALS_H
#define REPORT_SIGNALS_H

#include "report/history.h"

struct signal {
    const char *kind; /* of the incident: "volume", "negative", "share", "rating", ... */
    double weight;    /* its part of the budget, against the others' that have data */
    double start;     /* what an hour of the event gains at least */
    bool slow;        /* its window is a day: what is faster tells when an event ends */
};

struct signal_options {
    size_t window; /* hours, of the signals that are not slow */
    double minimum;
    double false_per_week; /* for all signals together */
};

struct lane { /* one signal of one brand; one topic of it */
    const struct signal *signal;
    struct span topic;               /* empty: of none */
    size_t window;                   /* hours */
    size_t rank;                     /* of two that surprise in one event the lower names it */
    struct detector_result *results; /* of all hours; those before `first` are zero */
};

/* Runs every signal that the history has data for over its hours from `first` on; by rank. */
struct lane *signals_run(const struct history *history, const struct signal_options *options,
                         size_t first, struct arena *arena, size_t *count);

#endif
