/* From surprising hours to events: hours at most a day apart are one story; it is open while it
 * surprises, calm for a day after, then closed. Follows from the data alone, so that looking again
 * finds the same. */
#ifndef REPORT_EVENTS_H
#define REPORT_EVENTS_H

#include "report/history.h"

struct event {
    bool negative; /* of negative mentions, beyond what more talk brings by itself */
    size_t first;  /* hours of the history: first and last that surprise, and the highest */
    size_t last;
    size_t peak;
    int64_t started_ms; /* first hour above what was expected */
    enum incident_state state;
    int64_t ended_ms;                      /* DATE_NONE until closed */
    struct detector_result at;             /* the window at the peak */
    struct detector_result now;            /* the last window that surprised */
    const struct detector_result *results; /* of all hours, of the kind */
};

struct event_options {
    size_t window;         /* hours */
    double false_per_week; /* for this brand */
    double minimum;
    int64_t lookback_ms; /* events that ended earlier are not looked for */
};

/* The events of a history that ends now, oldest first, in `arena`. */
struct event *events_find(const struct history *history, const struct event_options *options,
                          struct arena *arena, size_t *count);

/* The highest window of the event that had ended at `ms`. */
double event_peak_until(const struct event *event, const struct history *history, int64_t ms);

#endif
