#include "report/digest.h"

#include "report/paint.h"

#include <math.h>
#include <stdlib.h>

/* A topic of fewer mentions rises and falls by chance. */
#define TOPIC_LEAST 5

#define STEPS_MOST ((size_t)100)
#define SHORT_MS (2 * DAY_MS) /* so long a trend is of hours */

static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

/* --- Time ------------------------------------------------------------------------------------- */

static struct span day_name(struct arena *arena, const struct date *day) {
    return arena_print(arena, "%s %d %s", weekdays[day->weekday], day->day, months[day->month - 1]);
}

static struct span period_name(const struct digest *digest) {
    struct date first = zone_date(digest->zone, digest->terms.period.since_ms);
    struct date last = zone_date(digest->zone, digest->terms.period.until_ms - 1);
    bool whole_month = first.day == 1 && last.month == first.month && last.year == first.year &&
                       last.day == date_days_in_month(last.year, last.month);
    if (first.day == last.day && first.month == last.month) {
        return day_name(digest->arena, &first);
    }
    if (whole_month) {
        return arena_print(digest->arena, "%s %d", months[first.month - 1], first.year);
    }
    return first.month == last.month
               ? arena_print(digest->arena, "%d to %d %s", first.day, last.day,
                             months[last.month - 1])
               : arena_print(digest->arena, "%d %s to %d %s", first.day, months[first.month - 1],
                             last.day, months[last.month - 1]);
}

/* --- Trend ------------------------------------------------------------------------------------ */

static size_t step_edges(const struct digest *digest, int64_t *times_ms) {
    struct period period = digest->terms.period;
    size_t count = 0;
    int64_t at_ms = period.since_ms;
    while (at_ms < period.until_ms && count < STEPS_MOST) {
        times_ms[count++] = at_ms;
        at_ms = digest->hourly ? at_ms + HOUR_MS : zone_day_start(digest->zone, at_ms, 1);
    }
    times_ms[count] = period.until_ms;
    return count;
}

static void gather_steps(const struct digest *digest, struct census *census,
                         struct digest_brand *brand) {
    int64_t times_ms[STEPS_MOST + 1];
    size_t count = step_edges(digest, times_ms);
    struct tally *tallies = ARENA_ARRAY(digest->arena, struct tally, count + 1);
    census_count(census, times_ms, count, tallies);
    brand->steps = ARENA_ARRAY(digest->arena, struct digest_step, count + 1);
    brand->step_count = count;
    for (size_t i = 0; i < count; i++) {
        bool known = tallies[i].covered || tallies[i].mentions > 0;
        struct date day = zone_date(digest->zone, times_ms[i]);
        brand->steps[i] = (struct digest_step){
            .name = digest->hourly ? arena_print(digest->arena, "%02d:%02d", day.hour, day.minute)
                                   : day_name(digest->arena, &day),
            .mentions = known ? (double)tallies[i].mentions : NAN,
            .net = tally_net(&tallies[i])};
    }
}

/* --- Topics ----------------------------------------------------------------------------------- */

static uint64_t mentions_of(const struct tally_member *members, size_t count, struct span name) {
    for (size_t i = 0; i < count; i++) {
        if (span_equal(members[i].name, name)) {
            return members[i].tally.mentions;
        }
    }
    return 0;
}

static double share_of(uint64_t part, uint64_t all) {
    return all == 0 ? 0 : (double)part / (double)all;
}

static int compare_shift(const void *a, const void *b) {
    const struct digest_topic *x = a;
    const struct digest_topic *y = b;
    return (x->shift < y->shift) - (x->shift > y->shift);
}

/* More than chance moves: two standard errors of the difference of two shares. */
static bool shift_is_certain(const struct digest_topic *topic, uint64_t all, uint64_t all_before) {
    double a = share_of(topic->now, all);
    double b = share_of(topic->before, all_before);
    double variance = a * (1 - a) / (double)all + b * (1 - b) / (double)all_before;
    return fabs(topic->shift) > 2 * sqrt(variance);
}

static void gather_topics(const struct digest *digest, const struct snapshot *snapshot,
                          const struct subject *subject, struct census *census,
                          struct digest_brand *brand) {
    struct period before = period_before(digest->terms.period);
    struct census *earlier = census_open(snapshot, subject, before.since_ms, before.until_ms);
    struct tally all_before;
    size_t count = 0;
    size_t count_before = 0;
    census_total(earlier, &all_before);
    struct tally_member *list = census_members(census, SERIES_TOPIC, digest->arena, &count);
    struct tally_member *old = census_members(earlier, SERIES_TOPIC, digest->arena, &count_before);
    uint64_t all = brand->sheet.tally.mentions;
    struct digest_topic *topics =
        ARENA_ARRAY(digest->arena, struct digest_topic, count + count_before + 1);
    size_t found = 0;
    for (size_t i = 0; i < count + count_before && all > 0 && all_before.mentions > 0; i++) {
        const struct tally_member *member = i < count ? &list[i] : &old[i - count];
        uint64_t now = mentions_of(list, count, member->name);
        struct digest_topic topic = {.name = member->name,
                                     .now = now,
                                     .before = mentions_of(old, count_before, member->name),
                                     .net = i < count ? tally_net(&member->tally) : NAN};
        bool told = i >= count && now > 0;
        topic.shift = share_of(now, all) - share_of(topic.before, all_before.mentions);
        if (!told && topic.now + topic.before >= TOPIC_LEAST &&
            shift_is_certain(&topic, all, all_before.mentions)) {
            topics[found++] = topic;
        }
    }
    qsort(topics, found, sizeof *topics, compare_shift);
    for (size_t i = 0; i < found && i < DIGEST_TOPICS && topics[i].shift > 0; i++) {
        brand->up[brand->up_count++] = topics[i];
    }
    for (size_t i = found; i > 0 && found - i < DIGEST_TOPICS && topics[i - 1].shift < 0; i--) {
        brand->down[brand->down_count++] = topics[i - 1];
    }
    census_close(earlier);
}

/* --- Brands ----------------------------------------------------------------------------------- */

static void gather_quotes(struct digest_brand *brand, const struct explainer *explainer,
                          struct arena *arena) {
    const struct extremes *extremes = &brand->sheet.extremes;
    struct span name = brand->sheet.segment.brand;
    for (size_t i = 0; i < extremes->best_count && i < SHEET_MENTIONS; i++) {
        brand->best[brand->best_count++] =
            notice_quote_of(arena, &extremes->best[i], name, explainer);
    }
    for (size_t i = 0; i < extremes->worst_count && i < SHEET_MENTIONS; i++) {
        brand->worst[brand->worst_count++] =
            notice_quote_of(arena, &extremes->worst[i], name, explainer);
    }
}

static void gather_brand(const struct digest *digest, const struct snapshot *snapshot,
                         const struct explainer *explainer, struct span name,
                         struct digest_brand *brand) {
    const struct segment segment = {.brand = name};
    struct period period = digest->terms.period;
    struct subject subject;
    sheet_gather(&brand->sheet, snapshot, digest->config, &segment, period, digest->arena);
    if (segment_subject(snapshot, &segment, &subject)) {
        struct census *census = census_open(snapshot, &subject, period.since_ms, period.until_ms);
        gather_steps(digest, census, brand);
        gather_topics(digest, snapshot, &subject, census, brand);
        census_close(census);
    }
    gather_quotes(brand, explainer, digest->arena);
}

/* Named ones, or all own ones. */
static bool brand_is_wanted(const struct config_list *brands, const struct config_brand *brand) {
    for (size_t i = 0; i < brands->count; i++) {
        if (span_equal(brands->list[i], brand->name)) {
            return true;
        }
    }
    return brands->count == 0 && brand->own;
}

void digest_gather(struct digest *digest, const struct snapshot *snapshot,
                   const struct config *config, const struct explainer *explainer,
                   const struct digest_terms *terms, struct zone *zone, struct arena *arena) {
    *digest = (struct digest){.arena = arena, .config = config, .terms = *terms, .zone = zone};
    digest->hourly = terms->period.until_ms - terms->period.since_ms < SHORT_MS;
    digest->when = period_name(digest);
    digest->brands = ARENA_ARRAY(arena, struct digest_brand, config->brand_count + 1);
    for (size_t i = 0; i < config->brand_count; i++) {
        if (brand_is_wanted(&terms->brands, &config->brands[i])) {
            gather_brand(digest, snapshot, explainer, config->brands[i].name,
                         &digest->brands[digest->brand_count++]);
        }
    }
}

bool digest_is_empty(const struct digest *digest) {
    for (size_t i = 0; i < digest->brand_count; i++) {
        const struct sheet *sheet = &digest->brands[i].sheet;
        bool asked = sheet->coverage > 0 && sheet->sources_good == sheet->source_count;
        if (sheet->tally.mentions > 0 || sheet->incident_count > 0 || !asked) {
            return false;
        }
    }
    return true;
}

/* --- Words ------------------------------------------------------------------------------------ */

struct span digest_comparison(const struct digest *digest) {
    struct period period = digest->terms.period;
    int64_t days = (period.until_ms - period.since_ms + DAY_MS / 2) / DAY_MS;
    return days == 1 ? SPAN("Changes are against the day before; what may be chance is called so.")
                     : arena_print(digest->arena,
                                   "Changes are against the %d days before; what may be chance "
                                   "is called so.",
                                   (int)days);
}

struct span digest_volume(const struct digest_brand *brand, struct arena *arena) {
    const struct sheet *sheet = &brand->sheet;
    if (sheet->coverage <= 0 && sheet->tally.mentions == 0) {
        return SPAN("no data");
    }
    if (sheet->tally.mentions == 0) {
        return SPAN("no mentions");
    }
    struct span count = paint_count(arena, (double)sheet->tally.mentions);
    return arena_print(arena, "%.*s mention%s", SPAN_ARG(count),
                       sheet->tally.mentions == 1 ? "" : "s");
}

struct span digest_coverage(const struct digest_brand *brand, struct arena *arena) {
    const struct sheet *sheet = &brand->sheet;
    if (sheet->source_count == 0) {
        return SPAN("No source was polled yet.");
    }
    return arena_print(arena, "%zu of %zu sources answer; polled in %.0f %% of the hours.",
                       sheet->sources_good, sheet->source_count, sheet->coverage * 100);
}

struct span digest_title(const struct digest *digest) {
    struct arena *arena = digest->arena;
    if (digest->brand_count == 1) {
        const struct digest_brand *brand = &digest->brands[0];
        struct span volume = digest_volume(brand, arena);
        return arena_print(arena, "%.*s, %.*s: %.*s", SPAN_ARG(brand->sheet.brand),
                           SPAN_ARG(digest->when), SPAN_ARG(volume));
    }
    return arena_print(arena, "%.*s: %zu brands", SPAN_ARG(digest->when), digest->brand_count);
}

size_t digest_tiles(const struct digest_brand *brand, struct arena *arena,
                    struct digest_tile tiles[KPI_COUNT]) {
    static const enum kpi_id order[] = {KPI_VOLUME, KPI_NET_SENTIMENT,  KPI_BRAND_HEALTH,
                                        KPI_RATING, KPI_SHARE_OF_VOICE, KPI_REACH,
                                        KPI_NPS,    KPI_CSAT,           KPI_CES};
    size_t count = 0;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        const struct kpi *kpi = &brand->sheet.kpis[order[i]];
        if (kpi_is_shown(kpi)) {
            tiles[count++] = (struct digest_tile){kpi, paint_kpi(arena, kpi)};
        }
    }
    return count;
}
