/* A binary heap of deadlines, with the place of every source in it, so that moving one costs the
 * same as adding one. */
#include "crawler/crawler.h"

#include <stdlib.h>

#define NOWHERE ((size_t)-1)

struct deadline {
    int64_t due_ms;
    size_t source;
};

struct schedule {
    struct deadline *heap;
    size_t count;
    size_t capacity;
    size_t *places; /* by source: its index in `heap`, or NOWHERE */
    size_t place_count;
};

struct schedule *schedule_create(void) {
    return NEW(struct schedule);
}

void schedule_free(struct schedule *schedule) {
    if (schedule != NULL) {
        free(schedule->heap);
        free(schedule->places);
        free(schedule);
    }
}

static bool deadline_before(const struct deadline *a, const struct deadline *b) {
    return a->due_ms < b->due_ms || (a->due_ms == b->due_ms && a->source < b->source);
}

static void schedule_put(struct schedule *schedule, size_t at, struct deadline deadline) {
    schedule->heap[at] = deadline;
    schedule->places[deadline.source] = at;
}

static void schedule_rise(struct schedule *schedule, size_t at) {
    struct deadline moved = schedule->heap[at];
    while (at > 0 && deadline_before(&moved, &schedule->heap[(at - 1) / 2])) {
        schedule_put(schedule, at, schedule->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    schedule_put(schedule, at, moved);
}

static void schedule_sink(struct schedule *schedule, size_t at) {
    struct deadline moved = schedule->heap[at];
    for (;;) {
        size_t child = 2 * at + 1;
        if (child + 1 < schedule->count &&
            deadline_before(&schedule->heap[child + 1], &schedule->heap[child])) {
            child++;
        }
        if (child >= schedule->count || !deadline_before(&schedule->heap[child], &moved)) {
            break;
        }
        schedule_put(schedule, at, schedule->heap[child]);
        at = child;
    }
    schedule_put(schedule, at, moved);
}

static size_t schedule_place(struct schedule *schedule, size_t source) {
    return source < schedule->place_count ? schedule->places[source] : NOWHERE;
}

static void schedule_reserve(struct schedule *schedule, size_t source) {
    if (source < schedule->place_count) {
        return;
    }
    size_t count = schedule->place_count * 2 > source + 1 ? schedule->place_count * 2 : source + 1;
    schedule->places = memory_resize(schedule->places, count, sizeof *schedule->places);
    for (size_t i = schedule->place_count; i < count; i++) {
        schedule->places[i] = NOWHERE;
    }
    schedule->place_count = count;
}

void schedule_set(struct schedule *schedule, size_t source, int64_t due_ms) {
    schedule_reserve(schedule, source);
    size_t at = schedule_place(schedule, source);
    if (at == NOWHERE) {
        schedule->heap = memory_grow(schedule->heap, schedule->count, &schedule->capacity,
                                     sizeof *schedule->heap);
        at = schedule->count++;
    }
    schedule_put(schedule, at, (struct deadline){due_ms, source});
    schedule_rise(schedule, at);
    schedule_sink(schedule, schedule->places[source]);
}

void schedule_remove(struct schedule *schedule, size_t source) {
    size_t at = schedule_place(schedule, source);
    if (at == NOWHERE) {
        return;
    }
    schedule->places[source] = NOWHERE;
    struct deadline last = schedule->heap[--schedule->count];
    if (at < schedule->count) {
        schedule_put(schedule, at, last);
        schedule_rise(schedule, at);
        schedule_sink(schedule, schedule->places[last.source]);
    }
}

bool schedule_next(const struct schedule *schedule, size_t *source, int64_t *due_ms) {
    if (schedule->count == 0) {
        return false;
    }
    *source = schedule->heap[0].source;
    *due_ms = schedule->heap[0].due_ms;
    return true;
}
