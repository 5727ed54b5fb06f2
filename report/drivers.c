#include "report/drivers.h"

#include "report/grid.h"
#include "report/paint.h"
#include "report/stories.h"
#include "report/tally.h"

#include <math.h>
#include <stdlib.h>

/* --- The numbers ------------------------------------------------------------------------------ */

struct totals { /* over all stories */
    struct story_sums sums;
    double topic_stories;
};

static struct totals totals_of(const struct story_sums *stories, size_t count) {
    struct totals totals = {.topic_stories = 0};
    for (size_t i = 0; i < count; i++) {
        totals.sums.mentions += stories[i].mentions;
        totals.sums.balance += stories[i].balance;
        totals.sums.judged += stories[i].judged;
        totals.sums.topic_mentions += stories[i].topic_mentions;
        totals.sums.topic_balance += stories[i].topic_balance;
        totals.sums.topic_judged += stories[i].topic_judged;
        totals.topic_stories += stories[i].topic_mentions > 0;
    }
    return totals;
}

/* By how much the product moves with one story: each factor's own move times the others. */
static double influence(const struct driver *driver, const struct totals *totals,
                        const struct story_sums *story) {
    const struct story_sums *all = &totals->sums;
    double rest_judged = all->judged - all->topic_judged;
    double share = (story->topic_mentions - driver->share * story->mentions) / all->mentions;
    double spread = (story->topic_mentions - driver->spread * (double)(story->topic_mentions > 0)) /
                    totals->topic_stories;
    double net = (story->topic_balance - driver->net * story->topic_judged) / all->topic_judged;
    double rest = (story->balance - story->topic_balance -
                   driver->rest * (story->judged - story->topic_judged)) /
                  rest_judged;
    double below = driver->rest - driver->net;
    return share * below * driver->spread + driver->share * (rest - net) * driver->spread +
           driver->share * below * spread;
}

struct driver driver_compute(const struct story_sums *stories, size_t count) {
    struct totals totals = totals_of(stories, count);
    const struct story_sums *all = &totals.sums;
    double rest_judged = all->judged - all->topic_judged;
    struct driver driver = {.known = all->topic_judged > 0 && rest_judged > 0};
    double squares = 0;
    if (!driver.known) {
        return driver;
    }
    driver.share = all->topic_mentions / all->mentions;
    driver.net = all->topic_balance / all->topic_judged;
    driver.rest = (all->balance - all->topic_balance) / rest_judged;
    driver.spread = all->topic_mentions / totals.topic_stories;
    driver.impact = driver.share * (driver.rest - driver.net) * driver.spread;
    for (size_t i = 0; i < count; i++) {
        double one = influence(&driver, &totals, &stories[i]);
        squares += one * one;
    }
    double n = (double)count;
    double half = n < 2 ? INFINITY : statistics_t95(n - 1) * sqrt(squares * n / (n - 1));
    driver.interval = (struct interval){driver.impact - half, driver.impact + half};
    return driver;
}

/* --- From the store --------------------------------------------------------------------------- */

struct topic_row {
    struct span name;
    uint64_t mentions;
    struct driver driver;
};

struct weighing {
    struct stories stories;
    struct arena *arena;
    struct story_sums *sums; /* by story */
    size_t capacity;
    bool topic; /* what is visited speaks of it */
};

static bool entry_weigh(void *context, const struct timeline_entry *entry) {
    struct weighing *weighing = context;
    bool fresh = false;
    size_t number = stories_place(&weighing->stories, entry, &fresh);
    if (fresh) {
        weighing->sums = arena_grow(weighing->arena, weighing->sums, number, &weighing->capacity,
                                    sizeof *weighing->sums);
        weighing->sums[number] = (struct story_sums){.mentions = 0};
    }
    struct story_sums *sums = &weighing->sums[number];
    double balance = (entry->label == LABEL_POSITIVE) - (entry->label == LABEL_NEGATIVE);
    double judged = entry->label != LABEL_UNSURE;
    *(weighing->topic ? &sums->topic_mentions : &sums->mentions) += 1;
    *(weighing->topic ? &sums->topic_balance : &sums->balance) += balance;
    *(weighing->topic ? &sums->topic_judged : &sums->judged) += judged;
    return true;
}

static void weigh(struct weighing *weighing, const struct snapshot *snapshot,
                  const struct subject *subject, struct period period, bool topic) {
    struct census *census = census_open(snapshot, subject, period.since_ms, period.until_ms);
    weighing->topic = topic;
    census_visit(census, entry_weigh, weighing);
    census_close(census);
}

static void topic_weigh(struct weighing *weighing, const struct snapshot *snapshot,
                        const struct segment *segment, struct period period,
                        struct topic_row *row) {
    struct segment narrow;
    struct subject subject;
    for (size_t i = 0; i < weighing->stories.count; i++) {
        struct story_sums *sums = &weighing->sums[i];
        sums->topic_mentions = sums->topic_balance = sums->topic_judged = 0;
    }
    if (segment_narrow(segment, "topic", row->name, period.until_ms, weighing->arena, &narrow,
                       NULL) &&
        segment_subject(snapshot, &narrow, &subject)) {
        weigh(weighing, snapshot, &subject, period, true);
        row->driver = driver_compute(weighing->sums, weighing->stories.count);
    }
}

static int row_compare(const void *left, const void *right) {
    const struct topic_row *a = left;
    const struct topic_row *b = right;
    double one = a->driver.known ? a->driver.impact : -INFINITY;
    double two = b->driver.known ? b->driver.impact : -INFINITY;
    return one > two ? -1 : one < two;
}

static struct topic_row *rows_gather(const struct snapshot *snapshot,
                                     const struct drivers_request *request, struct arena *arena,
                                     size_t *count) {
    struct weighing weighing = {.arena = arena};
    struct subject subject;
    *count = 0;
    if (!segment_subject(snapshot, &request->segment, &subject)) {
        return NULL;
    }
    weigh(&weighing, snapshot, &subject, request->period, false);
    struct census *census =
        census_open(snapshot, &subject, request->period.since_ms, request->period.until_ms);
    struct tally_member *members = census_members(census, SERIES_TOPIC, arena, count);
    census_close(census);
    struct topic_row *rows = ARENA_ARRAY(arena, struct topic_row, *count + 1);
    for (size_t i = 0; i < *count; i++) {
        rows[i] =
            (struct topic_row){.name = members[i].name, .mentions = members[i].tally.mentions};
        topic_weigh(&weighing, snapshot, &request->segment, request->period, &rows[i]);
    }
    stories_done(&weighing.stories);
    if (*count > 1) {
        qsort(rows, *count, sizeof *rows, row_compare);
    }
    return rows;
}

/* --- Printing --------------------------------------------------------------------------------- */

/* For people signs and colours, for machines all the digits. */
static void row_fill(struct grid *grid, const struct topic_row *row, bool people) {
    const struct driver *driver = &row->driver;
    struct arena *arena = grid->arena;
    const double numbers[] = {driver->net,    driver->rest,         driver->spread,
                              driver->impact, driver->interval.low, driver->interval.high};
    enum tone tone = driver->interval.low > 0    ? TONE_BAD
                     : driver->interval.high < 0 ? TONE_GOOD
                                                 : TONE_DIM;
    grid_text(grid, row->name);
    grid_number(grid, (double)row->mentions);
    grid_number(grid, driver->share);
    for (size_t i = 0; !people && i < sizeof numbers / sizeof numbers[0]; i++) {
        grid_number(grid, numbers[i]);
    }
    if (people) {
        grid_text(grid, paint_signed(arena, driver->net));
        grid_text(grid, paint_signed(arena, driver->rest));
        grid_text(grid, arena_print(arena, "%.2f", driver->spread));
        grid_tone(grid, arena_print(arena, "%+.3f", driver->impact), tone);
        grid_text(grid, arena_print(arena, "%+.3f to %+.3f", driver->interval.low,
                                    driver->interval.high));
    }
}

static struct grid grid_drivers(struct arena *arena, bool people) {
    static const struct grid_column for_people[] = {
        {"topic", "topic", GRID_TEXT, 18},  {"mentions", "mentions", GRID_COUNT, 8},
        {"share", "share", GRID_SHARE, 6},  {"net", "net", GRID_TEXT, 6},
        {"rest", "rest", GRID_TEXT, 6},     {"spread", "spread", GRID_TEXT, 6},
        {"impact", "impact", GRID_TEXT, 7}, {"interval", "95 % interval", GRID_TEXT, 18},
    };
    static const struct grid_column for_machines[] = {
        {"topic", "topic", GRID_TEXT, 0},   {"mentions", "mentions", GRID_COUNT, 0},
        {"share", "share", GRID_REAL, 0},   {"net", "net", GRID_REAL, 0},
        {"rest", "rest", GRID_REAL, 0},     {"spread", "spread", GRID_REAL, 0},
        {"impact", "impact", GRID_REAL, 0}, {"low", "low", GRID_REAL, 0},
        {"high", "high", GRID_REAL, 0},
    };
    return people
               ? grid_make(arena, for_people, sizeof for_people / sizeof for_people[0],
                           "No topic was spoken of that often in that time.")
               : grid_make(arena, for_machines, sizeof for_machines / sizeof for_machines[0], "");
}

bool drivers_print(struct buffer *out, const struct snapshot *snapshot,
                   const struct drivers_request *request, const struct output_style *style,
                   struct error *error) {
    struct arena *arena = arena_create();
    size_t count = 0;
    struct topic_row *rows = rows_gather(snapshot, request, arena, &count);
    bool people = style->format == OUTPUT_TABLE || style->format == OUTPUT_MARKDOWN ||
                  style->format == OUTPUT_HTML;
    struct grid grid = grid_drivers(arena, people);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].driver.known && rows[i].mentions >= request->least) {
            row_fill(&grid, &rows[i], people);
        }
    }
    grid_print(out, &grid, style);
    if (style->format == OUTPUT_TABLE && grid.cell_count > 0) {
        buffer_append_byte(out, '\n');
        paint_begin(out, style, PAINT_DIM);
        paint_wrapped(out,
                      SPAN("What costs most stands first. impact = share x (net of the rest - net "
                           "of the topic) x spread; spread = mentions by distinct stories; the "
                           "interval is of the delta method over stories. Where it holds 0, "
                           "chance will do."),
                      0, 5, style);
        paint_end(out, style, PAINT_DIM);
    }
    arena_free(arena);
    return snapshot_check(snapshot, error);
}
