#include "report/events.h"

#include <math.h>

#define HOURS_APART 24 /* between surprising hours of one story */
#define HOURS_OPEN 3   /* still open so long after the last */

/* Negative mentions rise with all mentions; only a larger share of them is a matter of its own. */
#define SHARE_RISE 1.25

struct search {
    const struct history *history;
    const struct event_options *options;
    struct detector_result *volume;
    struct detector_result *negative;
    struct arena *arena;
    struct event *list;
    size_t count;
    size_t capacity;
};

static bool hour_is_negative(const struct search *search, size_t i) {
    const struct detector_result *negative = &search->negative[i];
    const struct detector_result *volume = &search->volume[i];
    if (!negative->surprising) {
        return false;
    }
    double usual = volume->expected > 0 ? negative->expected / volume->expected : 0;
    return negative->observed > volume->observed * fmin(usual * SHARE_RISE, 0.9);
}

static void event_add(struct search *search, size_t hour) {
    struct event *last = search->count > 0 ? &search->list[search->count - 1] : NULL;
    if (last == NULL || hour - last->last > HOURS_APART) {
        search->list = arena_grow(search->arena, search->list, search->count, &search->capacity,
                                  sizeof(*search->list));
        last = &search->list[search->count++];
        *last = (struct event){.first = hour};
    }
    last->last = hour;
    last->negative = last->negative || hour_is_negative(search, hour);
}

/* The window that first surprised may hold quiet hours: the event starts where it got loud. */
static int64_t event_start(const struct search *search, const struct event *event) {
    const struct detector_point *points =
        event->negative ? search->history->negative : search->history->volume;
    size_t window = search->options->window;
    double usual = event->results[event->first].expected / (double)window;
    size_t hour = event->first + 1 - window;
    while (hour < event->first && points[hour].count <= usual + 1) {
        hour++;
    }
    return search->history->start_ms + (int64_t)hour * HOUR_MS;
}

static void event_finish(const struct search *search, struct event *event) {
    size_t quiet = search->history->count - 1 - event->last;
    event->results = event->negative ? search->negative : search->volume;
    event->peak = event->first;
    for (size_t i = event->first; i <= event->last; i++) {
        event->peak =
            event->results[i].observed > event->results[event->peak].observed ? i : event->peak;
    }
    event->at = event->results[event->peak];
    event->now = event->results[event->last];
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
    struct search search = {.history = history, .options = options, .arena = arena};
    struct detector_options detector = {.window = options->window,
                                        .false_per_week = options->false_per_week / 2,
                                        .minimum = options->minimum};
    size_t lookback = (size_t)(options->lookback_ms / HOUR_MS);
    size_t first = history->count > lookback ? history->count - lookback : 0;
    search.volume = ARENA_ARRAY(arena, struct detector_result, history->count + 1);
    search.negative = ARENA_ARRAY(arena, struct detector_result, history->count + 1);
    detector_run(&detector, history->start_ms, history->volume, history->count, first,
                 search.volume);
    detector_run(&detector, history->start_ms, history->negative, history->count, first,
                 search.negative);
    for (size_t i = first; i < history->count; i++) {
        if (search.volume[i].surprising || hour_is_negative(&search, i)) {
            event_add(&search, i);
        }
    }
    for (size_t i = 0; i < search.count; i++) {
        event_finish(&search, &search.list[i]);
    }
    *count = search.count;
    return search.list;
}

double event_peak_until(const struct event *event, const struct history *history, int64_t ms) {
    double peak = 0;
    for (size_t i = event->first; i <= event->last; i++) {
        int64_t end_ms = history->start_ms + ((int64_t)i + 1) * HOUR_MS;
        peak = end_ms <= ms ? fmax(peak, event->results[i].observed) : peak;
    }
    return peak;
}
