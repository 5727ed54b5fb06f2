/* The series read back: points over time, and the members of a dimension. */
#include "store/series.h"

#include "store/snapshot.h"
#include "store/sources.h"

#include <stdlib.h>

static void point_add(struct series_point *point, const struct counts *counts) {
    point->mentions += (uint64_t)counts->of[COUNT_MENTIONS];
    point->positive += (uint64_t)counts->of[COUNT_POSITIVE];
    point->negative += (uint64_t)counts->of[COUNT_NEGATIVE];
    point->neutral += (uint64_t)counts->of[COUNT_NEUTRAL];
    point->unsure += (uint64_t)counts->of[COUNT_UNSURE];
    point->sum += (double)counts->of[COUNT_SUM] / SCORE_UNITS;
    point->sum_squares += (double)counts->of[COUNT_SQUARES] / SCORE_UNITS / SCORE_UNITS;
    point->ratings += (uint64_t)counts->of[COUNT_RATINGS];
    point->rating_sum += (double)counts->of[COUNT_RATING_SUM] / RATING_UNITS;
    point->rating_squares += (double)counts->of[COUNT_RATING_SQUARES] / RATING_UNITS / RATING_UNITS;
    point->reach += (uint64_t)counts->of[COUNT_REACH];
    point->engagement += (uint64_t)counts->of[COUNT_ENGAGEMENT];
    point->stories += (uint64_t)counts->of[COUNT_STORIES];
    point->covered = point->covered || counts->of[COUNT_MENTIONS] > 0;
}

/* What a reading of points needs to know of its range. */
struct range {
    int64_t since_ms; /* start of the first step */
    int64_t step_ms;
    size_t count;
};

/* Whole hours or days that overlap [since, until). */
static struct range range_make(enum series_step step, int64_t since_ms, int64_t until_ms) {
    struct range range = {.step_ms = step == SERIES_DAY ? DAY_MS : HOUR_MS};
    range.since_ms = step == SERIES_DAY ? date_day_start(since_ms) : date_hour_start(since_ms);
    if (until_ms > range.since_ms) {
        range.count = (size_t)((until_ms - range.since_ms + range.step_ms - 1) / range.step_ms);
    }
    return range;
}

static int64_t range_end(const struct range *range) {
    return range->since_ms + (int64_t)range->count * range->step_ms;
}

static struct series_point *range_point(const struct range *range, struct series_point *points,
                                        int64_t time_ms) {
    if (time_ms < range->since_ms) {
        return NULL;
    }
    size_t index = (size_t)((time_ms - range->since_ms) / range->step_ms);
    return index < range->count ? &points[index] : NULL;
}

static void points_cover(const struct range *range, struct series_point *points, int32_t day,
                         uint32_t hours) {
    for (int hour = 0; hour < 24; hour++) {
        struct series_point *point =
            range_point(range, points, (int64_t)day * DAY_MS + hour * HOUR_MS);
        if (point != NULL && (hours >> hour & 1) != 0) {
            point->covered = true;
        }
    }
}

/* Hours in which somebody asked for what the series counts: that source; or any source that was
 * asked for all brands or for this one. */
static uint32_t hours_asked(struct transaction *transaction, const struct series_key *key) {
    if (key->dimension == SERIES_SOURCE) {
        return coverage_hours(transaction, COVERAGE_SOURCE, key->member, key->day);
    }
    if (key->brand == BRAND_ANY || key->brand == BRAND_NONE) {
        return coverage_hours(transaction, COVERAGE_ANY, 0, key->day);
    }
    return coverage_hours(transaction, COVERAGE_BRAND, 0, key->day) |
           coverage_hours(transaction, COVERAGE_BRAND, key->brand, key->day);
}

struct points_filling {
    const struct range *range;
    struct series_point *points;
};

static void point_fill(void *context, const struct series_key *key, const struct counts *counts) {
    const struct points_filling *filling = context;
    struct series_point *point = range_point(filling->range, filling->points, series_time_ms(key));
    if (point != NULL) {
        point_add(point, counts);
    }
}

static void points_read(const struct snapshot *snapshot, struct series_key *key,
                        const struct range *range, struct series_point *points) {
    int32_t last = date_day_number(range_end(range) - 1);
    struct points_filling filling = {range, points};
    bool days = range->step_ms == DAY_MS && key->dimension == SERIES_ALL;
    key->half = days ? DAY_WHOLE : 0;
    series_visit(snapshot->transaction, TABLE_SERIES, key, range->since_ms, range_end(range),
                 point_fill, &filling);
    for (key->day = date_day_number(range->since_ms); key->day <= last; key->day++) {
        points_cover(range, points, key->day, hours_asked(snapshot->transaction, key));
    }
}

struct series_point *snapshot_series(const struct snapshot *snapshot, uint32_t brand,
                                     enum series_dimension dimension, struct span member,
                                     enum series_step step, int64_t since_ms, int64_t until_ms,
                                     struct arena *arena, size_t *count) {
    struct range range = range_make(step, since_ms, until_ms);
    range.count = range.count < LIMIT_POINTS ? range.count : LIMIT_POINTS;
    struct series_point *points = ARENA_ARRAY(arena, struct series_point, range.count + 1);
    for (size_t i = 0; i < range.count; i++) {
        points[i].time_ms = range.since_ms + (int64_t)i * range.step_ms;
    }
    *count = range.count;
    struct series_key key = {.brand = brand, .dimension = dimension};
    if (range.count > 0 &&
        series_member_number(snapshot->transaction, dimension, member, &key.member)) {
        points_read(snapshot, &key, &range, points);
    }
    return points;
}

/* --- Members ---------------------------------------------------------------------------------- */

static int member_compare(const void *left, const void *right) {
    const struct series_member *a = left;
    const struct series_member *b = right;
    if (a->total.mentions != b->total.mentions) {
        return a->total.mentions < b->total.mentions ? 1 : -1;
    }
    return span_compare(a->name, b->name);
}

struct members { /* found so far, by number */
    struct arena *arena;
    struct member {
        uint32_t number;
        struct series_point total;
    } * list;
    size_t count;
    size_t capacity;
    size_t hint; /* where the last one was found: members of a day come in order */
};

/* The member's place, made if it has none. */
static struct series_point *members_find(struct members *members, uint32_t number) {
    size_t at = members->hint < members->count && members->list[members->hint].number <= number
                    ? members->hint
                    : 0;
    while (at < members->count && members->list[at].number < number) {
        at++;
    }
    members->hint = at;
    if (at == members->count || members->list[at].number != number) {
        members->list = arena_grow(members->arena, members->list, members->count,
                                   &members->capacity, sizeof *members->list);
        memmove(members->list + at + 1, members->list + at,
                (members->count++ - at) * sizeof *members->list);
        members->list[at] = (struct member){.number = number};
    }
    return &members->list[at].total;
}

static void member_fill(void *context, const struct series_key *key, const struct counts *counts) {
    point_add(members_find(context, key->member), counts);
}

struct series_member *snapshot_members(const struct snapshot *snapshot, uint32_t brand,
                                       enum series_dimension dimension, int64_t since_ms,
                                       int64_t until_ms, struct arena *arena, size_t *count) {
    struct range range =
        range_make(SERIES_HOUR, since_ms == DATE_NONE ? moment_unbias(0) : since_ms,
                   until_ms == DATE_NONE ? moment_unbias(MOMENT_LAST) : until_ms);
    struct series_key key = {.brand = brand, .dimension = dimension, .member = SERIES_EVERY};
    struct members members = {.arena = arena};
    series_visit(snapshot->transaction, TABLE_SERIES, &key, range.since_ms, range_end(&range),
                 member_fill, &members);
    struct series_member *list = ARENA_ARRAY(arena, struct series_member, members.count + 1);
    *count = 0;
    for (size_t i = 0; i < members.count; i++) {
        if (members.list[i].total.mentions > 0) {
            struct series_member *member = &list[(*count)++];
            member->name =
                series_member_name(snapshot->transaction, dimension, members.list[i].number, arena);
            member->total = members.list[i].total;
            member->total.time_ms = range.since_ms;
        }
    }
    if (*count > 1) {
        qsort(list, *count, sizeof *list, member_compare);
    }
    return list;
}
