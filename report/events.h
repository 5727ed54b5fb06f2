/* From surprising hours to events: hours at most a day apart are one story; it is open while it
 * surprises, calm for a day after, then closed. What is slow (a day's share of negative talk) does
 * not draw out what something faster saw begin and end. Follows from the data alone, so that looking
 * again finds the same. */
#ifndef REPORT_EVENTS_H
#define REPORT_EVENTS_H

#include "report/signals.h"

struct event {
    const struct lane
        *lane;    /* the signal that names it: of those that surprise the one of lowest rank */
    size_t first; /* hours of the history: first and last that surprise, and the furthest off */
    size_t last;
    size_t peak;
    int64_t started_ms; /* first hour that was other than expected */
    enum incident_state state;
    int64_t ended_ms;           /* DATE_NONE until closed */
    struct detector_result at;  /* the window at the peak */
    struct detector_result now; /* the last window that surprised */
};

struct event_options {
    struct signal_options signals;
    int64_t lookback_ms; /* events that ended earlier are not looked for */
};

/* The events of a history that ends now, oldest first, in `arena`. */
struct event *events_find(const struct history *history, const struct event_options *options,
                          struct arena *arena, size_t *count);

/* How far the furthest window of the event that had ended at `ms` lay from what was expected. */
double event_distance_until(const struct event *event, const struct history *history, int64_t ms);

#endif
