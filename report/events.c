#include "report/events.h"

#include <math.h>

#define HOURS_APART 24 /* between surprising hours of one story */
#define HOURS_OPEN 3   /* still open so long after the last */

struct search {
    const struct history *history;
    struct arena *arena;
    struct event *list;
    size_t count;
    size_t capacity;
};

static struct event *event_open(struct search *search, const struct lane *lane, size_t hour) {
    search->list = arena_grow(search->arena, search->list, search->count, &search->capacity,
                              sizeof(*search->list));
    struct event *event = &search->list[search->count++];
    *event = (struct event){.lane = lane, .first = hour, .last = hour};
    return event;
}

static void event_meet(struct search *search, const struct lane *lane, size_t hour) {
    struct event *last = search->count > 0 ? &search->list[search->count - 1] : NULL;
    if (last == NULL || hour - last->last > HOURS_APART) {
        (void)event_open(search, lane, hour);
        return;
    }
    bool echo = lane->signal->slow && !last->lane->signal->slow;
    last->last = echo ? last->last : hour;
    last->lane = lane->rank < last->lane->rank ? lane : last->lane;
}

static double distance(const struct detector_result *result) {
    return fabs(result->observed - result->expected);
}

/* The first hour at which the signal that names it surprises; it may have joined later. */
static size_t first_of_lane(const struct event *event) {
    size_t hour = event->first;
    while (hour < event->last && !event->lane->results[hour].surprising) {
        hour++;
    }
    return hour;
}

/* The window that first surprised may hold quiet hours: the event starts where the gains from there
 * on are the most (the change point of a cumulative sum: Page 1954). */
static int64_t event_start(const struct search *search, const struct event *event) {
    const struct lane *lane = event->lane;
    size_t surprised = first_of_lane(event);
    size_t start = surprised;
    double sum = 0;
    double most = 0;
    for (size_t back = 0; back < lane->window && back <= surprised; back++) {
        sum += lane->results[surprised - back].gain - lane->signal->start;
        start = sum > most ? surprised - back : start;
        most = fmax(most, sum);
    }
    return search->history->start_ms + (int64_t)start * HOUR_MS;
}

static void event_finish(const struct search *search, struct event *event) {
    const struct detector_result *results = event->lane->results;
    size_t quiet = search->history->count - 1 - event->last;
    event->peak = first_of_lane(event);
    event->now = results[event->peak];
    for (size_t i = event->peak; i <= event->last; i++) {
        event->now = results[i].surprising ? results[i] : event->now;
        if (results[i].ready && distance(&results[i]) > distance(&results[event->peak])) {
            event->peak = i;
        }
    }
    event->at = results[event->peak];
    event->started_ms = event_start(search, event);
    event->state = quiet < HOURS_OPEN    ? INCIDENT_OPEN
                   : quiet < HOURS_APART ? INCIDENT_CALM
                                         : INCIDENT_CLOSED;
    event->ended_ms = event->state == INCIDENT_CLOSED
                          ? search->history->start_ms + ((int64_t)event->last + 1) * HOUR_MS
                          : DATE_NONE;
}

struct event *events_find(const struct history *history, const struct event_options *options,
                          struct arena *arena, size_t *count) {
    struct search search = {.history = history, .arena = arena};
    size_t lookback = (size_t)(options->lookback_ms / HOUR_MS);
    size_t first = history->count > lookback ? history->count - lookback : 0;
    size_t lane_count = 0;
    struct lane *lanes = signals_run(history, &options->signals, first, arena, &lane_count);
    for (size_t i = first; i < history->count; i++) {
        for (size_t l = 0; l < lane_count; l++) {
            if (lanes[l].results[i].surprising) {
                event_meet(&search, &lanes[l], i);
            }
        }
    }
    for (size_t i = 0; i < search.count; i++) {
        event_finish(&search, &search.list[i]);
    }
    *count = search.count;
    return search.list;
}

double event_distance_until(const struct event *event, const struct history *history, int64_t ms) {
    double furthest = 0;
    for (size_t i = event->first; i <= event->last; i++) {
        const struct detector_result *result = &event->lane->results[i];
        int64_t end_ms = history->start_ms + ((int64_t)i + 1) * HOUR_MS;
        furthest = end_ms <= ms && result->ready ? fmax(furthest, distance(result)) : furthest;
    }
    return furthest;
}
