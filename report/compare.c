/* `earshot compare`: before and after a day, or one segment against another. */
#include "base/print.h"
#include "base/zone.h"
#include "report/contrast.h"
#include "report/grid.h"
#include "report/paint.h"
#include "report/sheet.h"
#include "report/stories.h"

#include <math.h>

/* Shuffles: enough for p = 0.001 at least; more where they cost little. */
#define SHUFFLES_MOST 9999
#define SHUFFLES_LEAST 999
#define SHUFFLED_MOST ((size_t)20 * 1000 * 1000) /* units in all: some two seconds */

struct comparing {
    const struct snapshot *snapshot;
    const struct config *config;
    const struct compare_request *request;
    struct arena *arena;
    struct contrast_unit *units;
    size_t count;
    size_t capacity;
    struct contrast contrasts[KPI_COUNT];
};

/* --- Stories as units ------------------------------------------------------------------------- */

struct telling { /* the stories of one side */
    struct comparing *comparing;
    size_t side;
    struct stories stories; /* of both: their numbers are the units' */
};

/* Valid until the next one. */
static struct contrast_unit *unit_add(struct comparing *comparing) {
    comparing->units = arena_grow(comparing->arena, comparing->units, comparing->count,
                                  &comparing->capacity, sizeof *comparing->units);
    comparing->units[comparing->count] = (struct contrast_unit){.on = {false, false}};
    return &comparing->units[comparing->count++];
}

static bool entry_story(void *context, const struct timeline_entry *entry) {
    struct telling *telling = context;
    bool fresh = false;
    size_t number = stories_place(&telling->stories, entry, &fresh);
    if (fresh) {
        unit_add(telling->comparing);
    }
    struct contrast_unit *unit = &telling->comparing->units[number];
    unit->on[telling->side] = true;
    unit->side[telling->side].stories = 1;
    tally_add(&unit->side[telling->side], entry);
    return true;
}

static void gather_stories(struct comparing *comparing) {
    struct telling telling = {.comparing = comparing};
    for (size_t side = 0; side < 2; side++) {
        const struct compare_side *wanted = &comparing->request->sides[side];
        struct subject subject;
        telling.side = side;
        if (segment_subject(comparing->snapshot, &wanted->segment, &subject)) {
            struct census *census = census_open(comparing->snapshot, &subject,
                                                wanted->period.since_ms, wanted->period.until_ms);
            census_visit(census, entry_story, &telling);
            census_close(census);
        }
    }
    stories_done(&telling.stories);
}

/* --- Days as units ---------------------------------------------------------------------------- */

struct days { /* of one side */
    int64_t *times_ms;
    size_t count;
    struct tally *tallies;
    struct tally *rival; /* of one of the family */
    uint64_t *family;
    struct stories seen;
};

/* Whole days only: of a day that is not over, less is known than of the others. */
static void days_cut(struct days *days, struct zone *zone, struct period period,
                     struct arena *arena) {
    size_t most = (size_t)((period.until_ms - period.since_ms) / DAY_MS) + 2;
    days->times_ms = ARENA_ARRAY(arena, int64_t, most + 1);
    days->times_ms[0] = period.since_ms;
    while (days->count < most) {
        int64_t next_ms = zone_day_start(zone, days->times_ms[days->count], 1);
        if (next_ms > period.until_ms) {
            break;
        }
        days->times_ms[++days->count] = next_ms;
    }
}

static bool entry_day(void *context, const struct timeline_entry *entry) {
    struct days *days = context;
    bool fresh = false;
    size_t day = 0;
    stories_place(&days->seen, entry, &fresh);
    while (day + 1 < days->count && days->times_ms[day + 1] <= entry->time_ms) {
        day++;
    }
    days->tallies[day].stories += fresh;
    return true;
}

static void days_count(struct comparing *comparing, struct days *days,
                       const struct segment *segment, bool own) {
    struct subject subject;
    if (!segment_subject(comparing->snapshot, segment, &subject)) {
        return;
    }
    struct tally *tallies = own ? days->tallies : days->rival;
    struct census *census =
        census_open(comparing->snapshot, &subject, days->times_ms[0], days->times_ms[days->count]);
    census_count(census, days->times_ms, days->count, tallies);
    for (size_t i = 0; i < days->count; i++) {
        days->family[i] += tallies[i].mentions;
    }
    if (own) {
        census_visit(census, entry_day, days);
    }
    census_close(census);
}

/* Days that nobody listened on say nothing. */
static void days_keep(struct comparing *comparing, const struct days *days, size_t side) {
    for (size_t i = 0; i < days->count; i++) {
        if (days->tallies[i].covered || days->tallies[i].mentions > 0) {
            struct contrast_unit *unit = unit_add(comparing);
            unit->on[side] = true;
            unit->side[side] = days->tallies[i];
            unit->family[side] = days->family[i];
        }
    }
}

static void gather_days(struct comparing *comparing, struct zone *zone) {
    for (size_t side = 0; side < 2; side++) {
        const struct compare_side *wanted = &comparing->request->sides[side];
        const struct segment *family = NULL;
        struct days days = {.count = 0};
        size_t count =
            segment_family(comparing->config, &wanted->segment, &family, comparing->arena);
        days_cut(&days, zone, wanted->period, comparing->arena);
        if (days.count == 0) {
            continue;
        }
        days.tallies = ARENA_ARRAY(comparing->arena, struct tally, days.count);
        days.rival = ARENA_ARRAY(comparing->arena, struct tally, days.count);
        days.family = ARENA_ARRAY(comparing->arena, uint64_t, days.count);
        for (size_t i = 0; i < count; i++) {
            days_count(comparing, &days, &family[i], i == 0);
        }
        stories_done(&days.seen);
        days_keep(comparing, &days, side);
    }
}

static bool gather(struct comparing *comparing, struct error *error) {
    struct zone *zone = NULL;
    size_t on[2] = {0, 0};
    if (!zone_open(comparing->request->zone, &zone, error)) {
        return false;
    }
    if (comparing->request->daily) {
        gather_days(comparing, zone);
    } else {
        gather_stories(comparing);
    }
    zone_close(zone);
    for (size_t i = 0; i < comparing->count; i++) {
        on[0] += comparing->units[i].on[0];
        on[1] += comparing->units[i].on[1];
    }
    if (on[0] < 2 || on[1] < 2) {
        const struct compare_side *few = &comparing->request->sides[on[0] < 2 ? 0 : 1];
        return error_set(error, ERROR_USAGE,
                         "there is too little to compare: %zu %s of \"%.*s\"; it takes two at "
                         "least",
                         on[on[0] < 2 ? 0 : 1],
                         comparing->request->daily ? "whole days" : "stories", SPAN_ARG(few->name));
    }
    return true;
}

static void contrast(struct comparing *comparing) {
    size_t affordable = SHUFFLED_MOST / comparing->count;
    struct contrast_request request = {
        .units = comparing->units,
        .count = comparing->count,
        .daily = comparing->request->daily,
        .shuffles = affordable > SHUFFLES_MOST    ? SHUFFLES_MOST
                    : affordable < SHUFFLES_LEAST ? SHUFFLES_LEAST
                                                  : affordable,
    };
    contrast_compute(&request, comparing->contrasts);
}

/* --- In words --------------------------------------------------------------------------------- */

/* "3 of 1,000": as coarse as the shuffles allow. */
static struct span chance_text(struct arena *arena, const struct contrast *contrast) {
    if (isnan(contrast->p)) {
        return SPAN("-");
    }
    if (contrast->p < 0.00095) {
        return arena_print(arena, "<1 of 1,000");
    }
    return contrast->p < 0.1 ? arena_print(arena, "%.0f of 1,000", contrast->p * 1000)
                             : arena_print(arena, "%.0f of 100", contrast->p * 100);
}

static struct span difference_text(struct arena *arena, const struct contrast *contrast) {
    struct kpi kpi = contrast->sides[1];
    kpi.previous = contrast->sides[0].value;
    return paint_kpi_change(arena, &kpi, contrast->difference);
}

/* Without its sign: "fell by ...". */
static struct span size_text(struct arena *arena, const struct contrast *contrast) {
    struct span text = difference_text(arena, contrast);
    return byte_is_any_of(text.data[0], "+-") ? span_from(text, 1) : text;
}

static struct span interval_text(struct arena *arena, const struct contrast *contrast) {
    const struct kpi *kpi = &contrast->sides[0];
    if (!(contrast->interval.low < contrast->interval.high)) {
        return SPAN("");
    }
    struct contrast low = *contrast;
    struct contrast high = *contrast;
    low.difference = contrast->interval.low;
    high.difference = contrast->interval.high;
    if (kpi_is_sum(kpi) && kpi->value <= 0) {
        return SPAN("");
    }
    return arena_print(arena, "%.*s to %.*s", SPAN_ARG(difference_text(arena, &low)),
                       SPAN_ARG(difference_text(arena, &high)));
}

static struct span sentence(const struct comparing *comparing, size_t id) {
    struct arena *arena = comparing->arena;
    const struct compare_request *request = comparing->request;
    const struct contrast *contrast = &comparing->contrasts[id];
    const struct kpi *a = &contrast->sides[0];
    const struct kpi *b = &contrast->sides[1];
    const char *units = request->daily ? "days" : "stories";
    const char *per = request->daily && kpi_is_sum(a) ? " a day" : "";
    if (!contrast->known) {
        return arena_print(arena, "Of %s there is no data on one of the sides.", a->name);
    }
    struct span interval = interval_text(arena, contrast);
    struct span head = arena_print(
        arena, "%c%s: %.*s%s %.*s, %.*s%s %.*s: %s%s%.*s%s%.*s%s.", a->name[0] - 'a' + 'A',
        a->name + 1, SPAN_ARG(paint_kpi_number(arena, a, a->value)), per,
        SPAN_ARG(request->sides[0].name), SPAN_ARG(paint_kpi_number(arena, b, b->value)), per,
        SPAN_ARG(request->sides[1].name),
        contrast->difference > 0   ? (request->daily ? "up" : "higher")
        : contrast->difference < 0 ? (request->daily ? "down" : "lower")
                                   : "the same",
        contrast->difference == 0 ? "" : " by ",
        SPAN_ARG(contrast->difference == 0 ? SPAN("") : size_text(arena, contrast)),
        interval.size > 0 ? " (95 %: " : "", SPAN_ARG(interval), interval.size > 0 ? ")" : "");
    if (isnan(contrast->p)) {
        return head;
    }
    struct span chance = chance_text(arena, contrast);
    return arena_print(arena,
                       contrast->p < 0.05
                           ? "%.*s A difference this large comes by chance in %.*s shuffles of %s."
                           : "%.*s That is within chance: %.*s shuffles of %s differ as much.",
                       SPAN_ARG(head), SPAN_ARG(chance), units);
}

/* --- Forms ------------------------------------------------------------------------------------ */

static struct grid grid_people(const struct comparing *comparing) {
    struct grid_column *columns = ARENA_ARRAY(comparing->arena, struct grid_column, 6);
    const struct compare_side *sides = comparing->request->sides;
    columns[0] = (struct grid_column){"name", "KPI", GRID_TEXT, 16};
    columns[1] = (struct grid_column){"a", arena_copy_string(comparing->arena, sides[0].name),
                                      GRID_TEXT, 14};
    columns[2] = (struct grid_column){"b", arena_copy_string(comparing->arena, sides[1].name),
                                      GRID_TEXT, 14};
    columns[3] = (struct grid_column){"difference", "difference", GRID_TEXT, 10};
    columns[4] = (struct grid_column){"interval", "95 % interval", GRID_TEXT, 20};
    columns[5] = (struct grid_column){"p", "by chance", GRID_TEXT, 11};
    struct grid grid = grid_make(comparing->arena, columns, 6, "");
    for (size_t k = 0; k < KPI_COUNT; k++) {
        const struct contrast *contrast = &comparing->contrasts[k];
        const struct kpi *a = &contrast->sides[0];
        const struct kpi *b = &contrast->sides[1];
        if (!contrast->known) {
            continue;
        }
        bool sure = contrast->p < 0.05;
        bool feels = sure && kpi_feels(a);
        enum tone tone = !sure                                                 ? TONE_DIM
                         : !feels                                              ? TONE_PLAIN
                         : kpi_is_better(a, contrast->difference > 0 ? 1 : -1) ? TONE_GOOD
                                                                               : TONE_BAD;
        const char *per = comparing->request->daily && kpi_is_sum(a) ? " a day" : "";
        grid_text(&grid, arena_print(comparing->arena, "%s%s", a->name, per));
        grid_text(&grid, paint_kpi_number(comparing->arena, a, a->value));
        grid_text(&grid, paint_kpi_number(comparing->arena, b, b->value));
        grid_tone(&grid, difference_text(comparing->arena, contrast), tone);
        grid_text(&grid, interval_text(comparing->arena, contrast));
        grid_text(&grid, chance_text(comparing->arena, contrast));
    }
    return grid;
}

static struct grid grid_machines(const struct comparing *comparing) {
    static const struct grid_column columns[] = {
        {"key", "KPI", GRID_TEXT, 0},
        {"version", "version", GRID_COUNT, 0},
        {"unit", "unit", GRID_TEXT, 0},
        {"a", "a", GRID_REAL, 0},
        {"a_low", "a low", GRID_REAL, 0},
        {"a_high", "a high", GRID_REAL, 0},
        {"a_n", "a n", GRID_COUNT, 0},
        {"b", "b", GRID_REAL, 0},
        {"b_low", "b low", GRID_REAL, 0},
        {"b_high", "b high", GRID_REAL, 0},
        {"b_n", "b n", GRID_COUNT, 0},
        {"difference", "difference", GRID_REAL, 0},
        {"low", "low", GRID_REAL, 0},
        {"high", "high", GRID_REAL, 0},
        {"p", "p", GRID_REAL, 0},
        {"shuffles", "shuffles", GRID_COUNT, 0},
        {"sentence", "in words", GRID_TEXT, 0},
    };
    struct grid grid =
        grid_make(comparing->arena, columns, sizeof columns / sizeof columns[0], "No data.");
    for (size_t k = 0; k < KPI_COUNT; k++) {
        const struct contrast *contrast = &comparing->contrasts[k];
        if (!contrast->known) {
            continue;
        }
        grid_text(&grid, span_of(contrast->sides[0].key));
        grid_number(&grid, contrast->sides[0].version);
        grid_text(&grid, span_of(contrast->sides[0].unit));
        for (size_t side = 0; side < 2; side++) {
            grid_number(&grid, contrast->sides[side].value);
            grid_number(&grid, contrast->sides[side].low);
            grid_number(&grid, contrast->sides[side].high);
            grid_number(&grid, (double)contrast->sides[side].n);
        }
        grid_number(&grid, contrast->difference);
        grid_number(&grid, contrast->interval.low);
        grid_number(&grid, contrast->interval.high);
        grid_number(&grid, contrast->p);
        grid_number(&grid, (double)contrast->shuffles);
        grid_text(&grid, sentence(comparing, k));
    }
    return grid;
}

static void print_people(struct buffer *out, const struct comparing *comparing,
                         const struct output_style *style) {
    struct grid grid = grid_people(comparing);
    struct span words = sentence(comparing, KPI_NET_SENTIMENT);
    if (style->format != OUTPUT_TABLE) {
        if (style->format == OUTPUT_MARKDOWN) {
            print_markdown(out, words);
            buffer_append_string(out, "\n\n");
        }
        grid_print(out, &grid, style);
        return;
    }
    paint_begin(out, style, PAINT_BOLD);
    paint_wrapped(out, words, 0, 5, style);
    paint_end(out, style, PAINT_BOLD);
    buffer_append_byte(out, '\n');
    grid_print(out, &grid, style);
    buffer_append_byte(out, '\n');
    paint_begin(out, style, PAINT_DIM);
    paint_wrapped(
        out,
        comparing->request->daily
            ? SPAN("Units are days: had nothing changed, any day might as well have been on the "
                   "other side. Sums are told per day; days that nobody listened on are left out. "
                   "Of twenty KPIs, one shows 50 of 1,000 or less without any reason.")
            : SPAN("Units are stories with all their copies: had the segments nothing to do with "
                   "it, any story might as well have been in the other one. Sums cannot be "
                   "shuffled. Of twenty KPIs, one shows 50 of 1,000 or less without any "
                   "reason."),
        0, 5, style);
    paint_end(out, style, PAINT_DIM);
}

bool compare_print(struct buffer *out, const struct snapshot *snapshot, const struct config *config,
                   const struct compare_request *request, const struct output_style *style,
                   struct error *error) {
    struct comparing comparing = {
        .snapshot = snapshot, .config = config, .request = request, .arena = arena_create()};
    bool done = gather(&comparing, error);
    if (done) {
        contrast(&comparing);
        bool people = style->format == OUTPUT_TABLE || style->format == OUTPUT_MARKDOWN ||
                      style->format == OUTPUT_HTML;
        if (people) {
            print_people(out, &comparing, style);
        } else {
            struct grid grid = grid_machines(&comparing);
            grid_print(out, &grid, style);
        }
    }
    arena_free(comparing.arena);
    return done;
}
