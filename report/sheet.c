#include "report/sheet.h"

#include "base/zone.h"

#include <math.h>
#include <stdlib.h>

const char *health_name(enum health health) {
    static const char *const names[] = {
        [HEALTH_NEVER] = "never polled", [HEALTH_GOOD] = "ok", [HEALTH_FAILING] = "failing"};
    return names[health];
}

/* Whether a step's zeros are real: somebody asked, or it lies between the first mention and the first
 * poll (what the first poll brought from the time before it ran). */
static void trend_know(struct sheet *sheet) {
    size_t asked = 0;
    bool heard = false;
    while (asked < sheet->point_count && !sheet->points[asked].counts.covered) {
        asked++;
    }
    for (size_t i = 0; i < sheet->point_count; i++) {
        struct sheet_point *point = &sheet->points[i];
        heard = heard || point->counts.mentions > 0;
        point->known = point->counts.covered || point->counts.mentions > 0 || (heard && i < asked);
    }
}

/* When the wall clock's next hour or day begins. */
static int64_t step_end(struct zone *zone, enum series_step step, int64_t ms) {
    int64_t wall_ms = ms + zone_offset_ms(zone, ms);
    return step == SERIES_DAY ? zone_day_start(zone, ms, 1)
                              : ms + HOUR_MS - (wall_ms - date_hour_start(wall_ms));
}

/* The hours or days of the zone that touch the period, cut off at its ends. Returns how many. */
static size_t trend_steps(const struct sheet *sheet, struct zone *zone, int64_t **times_ms) {
    size_t capacity = 0;
    size_t count = 0;
    *times_ms = NULL;
    for (int64_t at_ms = sheet->period.since_ms; at_ms < sheet->period.until_ms;
         at_ms = step_end(zone, sheet->step, at_ms)) {
        *times_ms = arena_grow(sheet->arena, *times_ms, count, &capacity, sizeof **times_ms);
        (*times_ms)[count++] = at_ms;
    }
    *times_ms = arena_grow(sheet->arena, *times_ms, count, &capacity, sizeof **times_ms);
    (*times_ms)[count] = sheet->period.until_ms;
    return count;
}

static void gather_trend(struct sheet *sheet, struct census *census, struct zone *zone) {
    int64_t *times_ms = NULL;
    int64_t length_ms = sheet->period.until_ms - sheet->period.since_ms;
    sheet->step = length_ms <= 3 * DAY_MS ? SERIES_HOUR : SERIES_DAY;
    size_t count = trend_steps(sheet, zone, &times_ms);
    struct tally *tallies = ARENA_ARRAY(sheet->arena, struct tally, count + 1);
    census_count(census, times_ms, count, tallies);
    sheet->points = ARENA_ARRAY(sheet->arena, struct sheet_point, count + 1);
    sheet->point_count = count;
    for (size_t i = 0; i < count; i++) {
        sheet->points[i] =
            (struct sheet_point){.time_ms = times_ms[i],
                                 .wall_ms = times_ms[i] + zone_offset_ms(zone, times_ms[i]),
                                 .counts = tallies[i],
                                 .net = tally_net(&tallies[i])};
    }
    trend_know(sheet);
}

/* What is left of the brand's counts without the topic. */
static double net_without(const struct tally *all, const struct tally *topic) {
    double positive = (double)all->labels[LABEL_POSITIVE] - (double)topic->labels[LABEL_POSITIVE];
    double negative = (double)all->labels[LABEL_NEGATIVE] - (double)topic->labels[LABEL_NEGATIVE];
    double neutral = (double)all->labels[LABEL_NEUTRAL] - (double)topic->labels[LABEL_NEUTRAL];
    double judged = positive + negative + neutral;
    return judged <= 0 ? NAN : (positive - negative) / judged;
}

static void gather_members(struct sheet *sheet, struct census *census,
                           enum series_dimension dimension, struct sheet_members *members) {
    size_t count = 0;
    struct tally_member *list = census_members(census, dimension, sheet->arena, &count);
    count = count > SHEET_TOPICS ? SHEET_TOPICS : count;
    members->list = ARENA_ARRAY(sheet->arena, struct sheet_member, count + 1);
    members->count = count;
    for (size_t i = 0; i < count; i++) {
        struct sheet_member *member = &members->list[i];
        *member = (struct sheet_member){.name = list[i].name, .counts = list[i].tally};
        member->net = tally_net(&member->counts);
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
    market_gather(snapshot, config, &sheet->segment, sheet->period, sheet->arena, &now);
    market_gather(snapshot, config, &sheet->segment, period_before(sheet->period), sheet->arena,
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
        rival->name = segment_title(&now.segments[i], sheet->arena);
        rival->counts = *tally;
        rival->net = tally_net(tally);
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

static void source_count_mentions(struct sheet_source *source, const struct tally_member *members,
                                  size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (span_equal(source->name, members[i].name)) {
            source->mentions = members[i].tally.mentions;
            source->net = tally_net(&members[i].tally);
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

/* `census` NULL: nothing was stored. */
static void gather_sources(struct sheet *sheet, const struct snapshot *snapshot,
                           struct census *census) {
    size_t member_count = 0;
    size_t count = 0;
    struct tally_member *members =
        census == NULL ? NULL : census_members(census, SERIES_SOURCE, sheet->arena, &member_count);
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
        if (incident_in(&incidents[i], sheet->segment.brand, sheet->period)) {
            struct sheet_incident *entry = &sheet->incidents[sheet->incident_count++];
            entry->incident = incidents[i];
            evidence_collect(snapshot, &incidents[i], sheet->period.until_ms, sheet->arena,
                             &entry->evidence);
        }
    }
}

static void gather_census(struct sheet *sheet, struct census *census, struct zone *zone) {
    gather_trend(sheet, census, zone);
    gather_members(sheet, census, SERIES_TOPIC, &sheet->topics);
    gather_members(sheet, census, SERIES_CHANNEL, &sheet->channels);
    gather_members(sheet, census, SERIES_LANGUAGE, &sheet->languages);
}

static void mentions_date(struct sheet_mention *list, size_t count, struct zone *zone) {
    for (size_t i = 0; i < count; i++) {
        int64_t time_ms = mention_time_ms(&list[i].mention);
        list[i].wall_ms = time_ms + zone_offset_ms(zone, time_ms);
    }
}

/* The configuration has checked its zone. */
static struct zone *sheet_zone(struct sheet *sheet, const struct config *config) {
    struct zone *zone = NULL;
    sheet->zone = span_is_empty(config->zone) ? SPAN("UTC") : config->zone;
    if (!zone_open(sheet->zone, &zone, NULL)) {
        fatal("no time zone \"%.*s\"", SPAN_ARG(sheet->zone));
    }
    sheet->wall.since_ms = sheet->period.since_ms + zone_offset_ms(zone, sheet->period.since_ms);
    sheet->wall.until_ms =
        sheet->period.until_ms + zone_offset_ms(zone, sheet->period.until_ms - 1);
    return zone;
}

void sheet_gather(struct sheet *sheet, const struct snapshot *snapshot, const struct config *config,
                  const struct segment *segment, struct period period, struct arena *arena) {
    *sheet = (struct sheet){.arena = arena,
                            .segment = *segment,
                            .brand = segment_title(segment, arena),
                            .period = period,
                            .snapshot_id = snapshot_id(snapshot)};
    struct subject subject;
    struct zone *zone = sheet_zone(sheet, config);
    bool stored = segment_subject(snapshot, segment, &subject);
    struct census *census =
        stored ? census_open(snapshot, &subject, period.since_ms, period.until_ms) : NULL;
    gather_market(sheet, snapshot, config);
    gather_incidents(sheet, snapshot);
    gather_sources(sheet, snapshot, census);
    if (stored) {
        struct extremes *extremes = &sheet->extremes;
        gather_census(sheet, census, zone);
        mentions_extreme(snapshot, &subject, period, SHEET_MENTIONS, arena, extremes);
        mentions_date(extremes->best, extremes->best_count, zone);
        mentions_date(extremes->worst, extremes->worst_count, zone);
    }
    census_close(census);
    zone_close(zone);
}
