#include "report/sheet.h"

#include <math.h>
#include <stdlib.h>

double series_net(const struct series_point *counts) {
    uint64_t judged = counts->positive + counts->negative + counts->neutral;
    if (judged == 0) {
        return NAN;
    }
    return ((double)counts->positive - (double)counts->negative) / (double)judged;
}

const char *health_name(enum health health) {
    static const char *const names[] = {
        [HEALTH_NEVER] = "never polled", [HEALTH_GOOD] = "ok", [HEALTH_FAILING] = "failing"};
    return names[health];
}

static void gather_trend(struct sheet *sheet, const struct snapshot *snapshot, uint32_t brand) {
    size_t count = 0;
    int64_t length = sheet->period.until_ms - sheet->period.since_ms;
    sheet->step = length <= 3 * DAY_MS ? SERIES_HOUR : SERIES_DAY;
    struct series_point *points =
        snapshot_series(snapshot, brand, SERIES_ALL, (struct span){0}, sheet->step,
                        sheet->period.since_ms, sheet->period.until_ms, sheet->arena, &count);
    bool *known = series_known(snapshot, points, count, sheet->period.until_ms, sheet->arena);
    sheet->points = ARENA_ARRAY(sheet->arena, struct sheet_point, count + 1);
    sheet->point_count = count;
    for (size_t i = 0; i < count; i++) {
        sheet->points[i] = (struct sheet_point){
            .time_ms = points[i].time_ms,
            .known = known[i],
            .counts = points[i],
            .net = series_net(&points[i]),
        };
    }
}

/* What is left of the brand's counts without the topic. */
static double net_without(const struct tally *all, const struct series_point *topic) {
    double positive = (double)all->labels[LABEL_POSITIVE] - (double)topic->positive;
    double negative = (double)all->labels[LABEL_NEGATIVE] - (double)topic->negative;
    double neutral = (double)all->labels[LABEL_NEUTRAL] - (double)topic->neutral;
    double judged = positive + negative + neutral;
    return judged <= 0 ? NAN : (positive - negative) / judged;
}

static void gather_members(struct sheet *sheet, const struct snapshot *snapshot, uint32_t brand,
                           enum series_dimension dimension, struct sheet_members *members) {
    size_t count = 0;
    struct series_member *list =
        snapshot_members(snapshot, brand, dimension, sheet->period.since_ms, sheet->period.until_ms,
                         sheet->arena, &count);
    count = count > SHEET_TOPICS ? SHEET_TOPICS : count;
    members->list = ARENA_ARRAY(sheet->arena, struct sheet_member, count + 1);
    members->count = count;
    for (size_t i = 0; i < count; i++) {
        struct sheet_member *member = &members->list[i];
        *member = (struct sheet_member){.name = list[i].name, .counts = list[i].total};
        member->net = series_net(&member->counts);
        if (sheet->tally.mentions > 0) {
            member->share = (double)member->counts.mentions / (double)sheet->tally.mentions;
        }
        double below = net_without(&sheet->tally, &member->counts) - member->net;
        member->impact = below > 0 ? member->share * below : 0;
    }
}

static void gather_market(struct sheet *sheet, const struct snapshot *snapshot,
                          const struct config *config) {
    struct market now;
    struct market before;
    market_gather(snapshot, config, sheet->brand, sheet->period, sheet->arena, &now);
    market_gather(snapshot, config, sheet->brand, period_before(sheet->period), sheet->arena,
                  &before);
    kpi_compute_market(snapshot, &now, &before, sheet->kpis);
    sheet->tally = now.tallies[0];
    sheet->coverage = now.coverage;
    sheet->rivals.list = ARENA_ARRAY(sheet->arena, struct sheet_member, now.count);
    sheet->rivals.count = now.count > 1 ? now.count : 0;
    uint64_t all = 0;
    for (size_t i = 0; i < now.count; i++) {
        const struct tally *tally = &now.tallies[i];
        struct sheet_member *rival = &sheet->rivals.list[i];
        rival->name = now.names[i];
        rival->counts.mentions = tally->mentions;
        rival->counts.positive = tally->labels[LABEL_POSITIVE];
        rival->counts.negative = tally->labels[LABEL_NEGATIVE];
        rival->counts.neutral = tally->labels[LABEL_NEUTRAL];
        rival->counts.unsure = tally->labels[LABEL_UNSURE];
        rival->net = series_net(&rival->counts);
        all += tally->mentions;
    }
    for (size_t i = 0; i < now.count && all > 0; i++) {
        sheet->rivals.list[i].share = (double)sheet->rivals.list[i].counts.mentions / (double)all;
    }
}

/* A source that is polled brand by brand is stored as "name/brand"; its mentions as "name". */
static struct span source_name(struct span key) {
    size_t slash = span_find_byte(key, '/');
    return slash == SPAN_NOT_FOUND ? key : span_first(key, slash);
}

static struct sheet_source *source_slot(struct sheet *sheet, struct span name) {
    for (size_t i = 0; i < sheet->source_count; i++) {
        if (span_equal(sheet->sources[i].name, name)) {
            return &sheet->sources[i];
        }
    }
    struct sheet_source *source = &sheet->sources[sheet->source_count++];
    *source = (struct sheet_source){.name = name, .net = NAN, .coverage = 1};
    return source;
}

/* Polled in parts, a source is as well as the worst of them. */
static void source_join(struct sheet_source *source, const struct source_row *row,
                        double coverage) {
    enum health health = row->state.polls == 0     ? HEALTH_NEVER
                         : row->state.failures > 0 ? HEALTH_FAILING
                                                   : HEALTH_GOOD;
    bool first = span_is_empty(source->key);
    source->coverage = fmin(source->coverage, coverage);
    if (first || health == HEALTH_FAILING) {
        source->key = row->key;
        source->health = health;
        source->state = row->state;
    }
}

static void source_count_mentions(struct sheet_source *source, const struct series_member *members,
                                  size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (span_equal(source->name, members[i].name)) {
            source->mentions = members[i].total.mentions;
            source->net = series_net(&members[i].total);
        }
    }
}

static int compare_sources(const void *a, const void *b) {
    const struct sheet_source *x = a;
    const struct sheet_source *y = b;
    if (x->mentions != y->mentions) {
        return x->mentions < y->mentions ? 1 : -1;
    }
    return span_compare(x->name, y->name);
}

static void gather_sources(struct sheet *sheet, const struct snapshot *snapshot, uint32_t brand) {
    size_t member_count = 0;
    size_t count = 0;
    struct series_member *members =
        snapshot_members(snapshot, brand, SERIES_SOURCE, sheet->period.since_ms,
                         sheet->period.until_ms, sheet->arena, &member_count);
    struct source_row *rows = snapshot_sources(snapshot, sheet->arena, &count);
    sheet->sources = ARENA_ARRAY(sheet->arena, struct sheet_source, count + 1);
    for (size_t i = 0; i < count; i++) {
        double coverage = snapshot_coverage(snapshot, rows[i].key, sheet->period.since_ms,
                                            sheet->period.until_ms);
        source_join(source_slot(sheet, source_name(rows[i].key)), &rows[i], coverage);
    }
    for (size_t i = 0; i < sheet->source_count; i++) {
        source_count_mentions(&sheet->sources[i], members, member_count);
        sheet->sources_good += sheet->sources[i].health == HEALTH_GOOD ? 1 : 0;
    }
    qsort(sheet->sources, sheet->source_count, sizeof(*sheet->sources), compare_sources);
}

static bool incident_in(const struct incident *incident, struct span brand, struct period period) {
    int64_t end = incident->ended_ms == DATE_NONE ? INT64_MAX : incident->ended_ms;
    bool of_brand = span_is_empty(incident->brand) || span_equal(incident->brand, brand);
    return of_brand && incident->started_ms < period.until_ms && end >= period.since_ms;
}

static void gather_incidents(struct sheet *sheet, const struct snapshot *snapshot) {
    size_t count = 0;
    struct incident *incidents = snapshot_incidents(snapshot, sheet->arena, &count);
    sheet->incidents = ARENA_ARRAY(sheet->arena, struct sheet_incident, SHEET_INCIDENTS);
    for (size_t i = 0; i < count && sheet->incident_count < SHEET_INCIDENTS; i++) {
        if (incident_in(&incidents[i], sheet->brand, sheet->period)) {
            struct sheet_incident *entry = &sheet->incidents[sheet->incident_count++];
            entry->incident = incidents[i];
            evidence_collect(snapshot, &incidents[i], sheet->period.until_ms, sheet->arena,
                             &entry->evidence);
        }
    }
}

void sheet_gather(struct sheet *sheet, const struct snapshot *snapshot, const struct config *config,
                  struct span brand, struct period period, struct arena *arena) {
    *sheet = (struct sheet){
        .arena = arena, .brand = brand, .period = period, .snapshot_id = snapshot_id(snapshot)};
    uint32_t number = 0;
    bool stored = snapshot_brand(snapshot, brand, &number);
    gather_market(sheet, snapshot, config);
    gather_incidents(sheet, snapshot);
    gather_sources(sheet, snapshot, stored ? number : BRAND_NONE);
    if (!stored) {
        return;
    }
    gather_trend(sheet, snapshot, number);
    gather_members(sheet, snapshot, number, SERIES_TOPIC, &sheet->topics);
    gather_members(sheet, snapshot, number, SERIES_CHANNEL, &sheet->channels);
    gather_members(sheet, snapshot, number, SERIES_LANGUAGE, &sheet->languages);
    mentions_extreme(snapshot, number, period, SHEET_MENTIONS, arena, &sheet->extremes);
}
