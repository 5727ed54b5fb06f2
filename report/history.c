#include "report/history.h"

/* Sources that start within this time of each other start together: the same back-fill. */
#define TOGETHER_MS (3 * DAY_MS)

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

/* Marks what a source brought while it was young. A source that was polled for days and brought
 * nothing is not young when it first speaks: its silence was real. */
static void mark_young(const struct snapshot *snapshot, uint32_t brand, struct span source,
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
            history->volume[i].fresh += (double)points[i].mentions;
            history->negative[i].fresh += (double)points[i].negative;
        }
    }
    arena_free(arena);
}

void history_gather(const struct snapshot *snapshot, uint32_t brand, int64_t since_ms,
                    int64_t until_ms, struct arena *arena, struct history *history) {
    size_t count = 0;
    struct series_point *points = snapshot_series(snapshot, brand, SERIES_ALL, (struct span){0},
                                                  SERIES_HOUR, since_ms, until_ms, arena, &count);
    bool *known = series_known(snapshot, points, count, until_ms, arena);
    *history = (struct history){.start_ms = since_ms,
                                .count = count,
                                .volume = ARENA_ARRAY(arena, struct detector_point, count + 1),
                                .negative = ARENA_ARRAY(arena, struct detector_point, count + 1)};
    for (size_t i = 0; i < count; i++) {
        history->volume[i] =
            (struct detector_point){.count = (double)points[i].mentions, .known = known[i]};
        history->negative[i] =
            (struct detector_point){.count = (double)points[i].negative, .known = known[i]};
    }
    size_t first = first_mention(points, count);
    size_t member_count = 0;
    struct series_member *members =
        snapshot_members(snapshot, brand, SERIES_SOURCE, since_ms, until_ms, arena, &member_count);
    for (size_t i = 0; i < member_count; i++) {
        mark_young(snapshot, brand, members[i].name, first, history);
    }
}
