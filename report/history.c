#include "report/history.h"

#include <math.h>

/* Sources that start within this time of each other start together: the same back-fill. */
#define TOGETHER_MS (3 * DAY_MS)

/* A source that brings this share of all: without it talk looks to have fallen. */
#define MUCH 0.05
/* Hours at the end that are not told whole. */
#define PARTIAL_HOURS 2

/* The first hour of [since, until) in which a source answered; `until` when none did. Coverage of
 * a growing range grows from zero, so halving finds it. */
static int64_t first_poll(const struct snapshot *snapshot, int64_t since_ms, int64_t until_ms) {
    int64_t low = 0;
    int64_t high = (until_ms - since_ms + HOUR_MS - 1) / HOUR_MS;
    if (snapshot_coverage(snapshot, (struct span){0}, since_ms, until_ms) <= 0) {
        return until_ms;
    }
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        double share = snapshot_coverage(snapshot, (struct span){0}, since_ms,
                                         since_ms + (middle + 1) * HOUR_MS);
        if (share > 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return since_ms + low * HOUR_MS;
}

bool *series_known(const struct snapshot *snapshot, const struct series_point *points, size_t count,
                   int64_t until_ms, struct arena *arena) {
    bool *known = ARENA_ARRAY(arena, bool, count + 1);
    if (count == 0) {
        return known;
    }
    int64_t polled_ms = first_poll(snapshot, points[0].time_ms, until_ms);
    bool heard = false;
    for (size_t i = 0; i < count; i++) {
        heard = heard || points[i].mentions > 0;
        known[i] =
            points[i].covered || points[i].mentions > 0 || (heard && points[i].time_ms < polled_ms);
    }
    return known;
}

static size_t first_mention(const struct series_point *points, size_t count) {
    size_t first = 0;
    while (first < count && points[first].mentions == 0) {
        first++;
    }
    return first;
}

/* Each rating as what it lacks: n stars of five lack (5 - n) / 5. */
static struct share_point share_of_ratings(const struct series_point *point) {
    double n = (double)point->ratings;
    double squares = n * HISTORY_STARS * HISTORY_STARS - 2 * HISTORY_STARS * point->rating_sum +
                     point->rating_squares;
    return (struct share_point){.total = n,
                                .sum = n - point->rating_sum / HISTORY_STARS,
                                .squares = squares / (HISTORY_STARS * HISTORY_STARS)};
}

static double less(double whole, double part) {
    return fmax(0, whole - part);
}

/* Takes a young source's hour out of what is expected, and of the shares altogether. */
static void hour_is_young(struct history *history, size_t i, const struct series_point *point) {
    struct share_point lacking = share_of_ratings(point);
    history->volume[i].fresh += (double)point->mentions;
    history->negative[i].fresh += (double)point->negative;
    history->reach[i].fresh += (double)point->reach;
    history->rating[i].total = less(history->rating[i].total, lacking.total);
    history->rating[i].sum = less(history->rating[i].sum, lacking.sum);
    history->rating[i].squares = less(history->rating[i].squares, lacking.squares);
}

static double mentions_of(const struct series_point *points, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += (double)points[i].mentions;
    }
    return sum;
}

/* Marks the hours in which a source that brings much was not asked: fewer mentions say nothing. */
static void mark_gaps(const struct snapshot *snapshot, const struct series_point *points,
                      size_t count, struct arena *arena, struct history *history) {
    double all = 0;
    for (size_t i = 0; i < history->count; i++) {
        all += history->volume[i].count;
    }
    if (mentions_of(points, count) < MUCH * all) {
        return;
    }
    int64_t until_ms = history->start_ms + (int64_t)history->count * HOUR_MS;
    const bool *known = series_known(snapshot, points, count, until_ms, arena);
    for (size_t i = 0; i < count; i++) {
        history->volume[i].partial = history->volume[i].partial || !known[i];
    }
}

/* Marks what a source brought while it was young. A source that was polled for days and brought
 * nothing is not young when it first speaks: its silence was real. */
static void mark_source(const struct snapshot *snapshot, uint32_t brand, struct span source,
                        size_t first_of_all, struct history *history) {
    struct arena *arena = arena_create();
    size_t count = 0;
    struct series_point *points =
        snapshot_series(snapshot, brand, SERIES_SOURCE, source, SERIES_HOUR, history->start_ms,
                        history->start_ms + (int64_t)history->count * HOUR_MS, arena, &count);
    size_t first = first_mention(points, count);
    int64_t first_ms = history->start_ms + (int64_t)first * HOUR_MS;
    bool together = (int64_t)(first - first_of_all) * HOUR_MS <= TOGETHER_MS;
    bool asked = snapshot_coverage(snapshot, source, first_ms - DAY_MS, first_ms) > 0;
    if (!together && !asked) {
        int64_t grown_ms = first_ms + HISTORY_YOUNG_MS;
        for (size_t i = first; i < count && points[i].time_ms < grown_ms; i++) {
            hour_is_young(history, i, &points[i]);
        }
    }
    mark_gaps(snapshot, points, count, arena, history);
    arena_free(arena);
}

static struct share_point share_of_counts(double total, double hits) {
    return (struct share_point){.total = total, .sum = hits, .squares = hits};
}

/* Of the old sources alone, as far as can be told: no series is of a topic in a source. */
static void gather_topics(const struct snapshot *snapshot, uint32_t brand, struct arena *arena,
                          struct history *history) {
    int64_t until_ms = history->start_ms + (int64_t)history->count * HOUR_MS;
    size_t count = 0;
    struct series_member *members =
        snapshot_members(snapshot, brand, SERIES_TOPIC, history->start_ms, until_ms, arena, &count);
    history->topic_count = count > HISTORY_TOPICS ? HISTORY_TOPICS : count;
    history->topics = ARENA_ARRAY(arena, struct history_topic, history->topic_count + 1);
    for (size_t t = 0; t < history->topic_count; t++) {
        struct history_topic *topic = &history->topics[t];
        struct arena *scratch = arena_create();
        size_t hours = 0;
        struct series_point *points =
            snapshot_series(snapshot, brand, SERIES_TOPIC, members[t].name, SERIES_HOUR,
                            history->start_ms, until_ms, scratch, &hours);
        topic->name = members[t].name;
        topic->points = ARENA_ARRAY(arena, struct share_point, history->count + 1);
        for (size_t i = 0; i < history->count && i < hours; i++) {
            const struct detector_point *volume = &history->volume[i];
            if (volume->fresh <= 0) {
                topic->points[i] = share_of_counts(volume->count, (double)points[i].mentions);
            }
        }
        arena_free(scratch);
    }
}

static void history_reserve(struct history *history, struct arena *arena) {
    history->volume = ARENA_ARRAY(arena, struct detector_point, history->count + 1);
    history->negative = ARENA_ARRAY(arena, struct detector_point, history->count + 1);
    history->reach = ARENA_ARRAY(arena, struct detector_point, history->count + 1);
    history->negativity = ARENA_ARRAY(arena, struct share_point, history->count + 1);
    history->rating = ARENA_ARRAY(arena, struct share_point, history->count + 1);
}

static struct detector_point point_of(uint64_t count, bool known) {
    return (struct detector_point){.count = (double)count, .known = known};
}

static void gather_all(const struct series_point *points, const bool *known,
                       struct history *history) {
    for (size_t i = 0; i < history->count; i++) {
        history->volume[i] = point_of(points[i].mentions, known[i]);
        history->volume[i].partial = i + PARTIAL_HOURS >= history->count;
        history->negative[i] = point_of(points[i].negative, known[i]);
        history->reach[i] = point_of(points[i].reach, known[i]);
        history->rating[i] = share_of_ratings(&points[i]);
    }
}

void history_gather(const struct snapshot *snapshot, uint32_t brand, int64_t since_ms,
                    int64_t until_ms, struct arena *arena, struct history *history) {
    size_t count = 0;
    struct series_point *points = snapshot_series(snapshot, brand, SERIES_ALL, (struct span){0},
                                                  SERIES_HOUR, since_ms, until_ms, arena, &count);
    *history = (struct history){.start_ms = since_ms, .count = count};
    history_reserve(history, arena);
    gather_all(points, series_known(snapshot, points, count, until_ms, arena), history);
    size_t first = first_mention(points, count);
    size_t member_count = 0;
    struct series_member *members =
        snapshot_members(snapshot, brand, SERIES_SOURCE, since_ms, until_ms, arena, &member_count);
    for (size_t i = 0; i < member_count; i++) {
        mark_source(snapshot, brand, members[i].name, first, history);
    }
    for (size_t i = 0; i < count; i++) {
        history->negativity[i] =
            share_of_counts(less(history->volume[i].count, history->volume[i].fresh),
                            less(history->negative[i].count, history->negative[i].fresh));
    }
    gather_topics(snapshot, brand, arena, history);
}
