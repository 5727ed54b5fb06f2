/* `earshot kpi`: the KPIs of a segment, side by side with others. */
#include "base/buffer.h"
#include "report/grid.h"
#include "report/kpi.h"
#include "report/paint.h"
#include "report/sheet.h"

#include <math.h>

struct view_row {
    struct span name; /* "review", "purchase, review", "24 h" */
    struct period period;
    double coverage;
    struct kpi kpis[KPI_COUNT];
};

struct view {
    const struct snapshot *snapshot;
    const struct config *config;
    const struct kpi_request *request;
    struct arena *arena;
    struct view_row *rows;
    size_t count;
    size_t capacity;
};

static struct view_row *row_add(struct view *view, struct span name, const struct segment *segment,
                                struct period period, bool usual) {
    struct market now;
    struct market before;
    view->rows =
        arena_grow(view->arena, view->rows, view->count, &view->capacity, sizeof *view->rows);
    struct view_row *row = &view->rows[view->count++];
    *row = (struct view_row){.name = name, .period = period};
    market_gather(view->snapshot, view->config, segment, period, view->arena, &now);
    market_gather(view->snapshot, view->config, segment, period_before(period), view->arena,
                  &before);
    kpi_compute_market(view->snapshot, &now, &before, row->kpis);
    row->coverage = now.coverage;
    if (usual) {
        kpi_compute_usual(view->snapshot, view->config, &now, row->kpis);
    }
    return row;
}

/* --- By dimensions ---------------------------------------------------------------------------- */

static const struct dimension {
    const char *name;
    const char *field; /* of the query language */
    enum series_dimension series;
} dimensions[] = {
    {"channel", "channel", SERIES_CHANNEL}, {"source", "source", SERIES_SOURCE},
    {"language", "lang", SERIES_LANGUAGE},  {"country", "country", SERIES_COUNTRY},
    {"topic", "topic", SERIES_TOPIC},       {"stage", "stage", SERIES_STAGE},
};
#define DIMENSION_COUNT (sizeof dimensions / sizeof dimensions[0])

static bool dimension_find(struct span name, struct arena *arena,
                           const struct dimension **dimension, struct error *error) {
    struct span names[DIMENSION_COUNT + 1];
    for (size_t i = 0; i < DIMENSION_COUNT; i++) {
        names[i] = span_of(dimensions[i].name);
        if (span_equal(names[i], name)) {
            *dimension = &dimensions[i];
            return true;
        }
    }
    names[DIMENSION_COUNT] = SPAN("brand");
    struct span all = arena_join(arena, names, DIMENSION_COUNT + 1, ", ");
    return error_set(error, ERROR_USAGE, "KPIs are told by %.*s; not by \"%.*s\"", SPAN_ARG(all),
                     SPAN_ARG(name));
}

static bool add_members(struct view *view, const struct segment *segment, struct span above,
                        size_t depth, struct error *error);

static bool add_member(struct view *view, const struct segment *segment, struct span above,
                       struct span name, size_t depth, struct error *error) {
    struct span title =
        above.size == 0 ? name
                        : arena_print(view->arena, "%.*s, %.*s", SPAN_ARG(above), SPAN_ARG(name));
    if (depth + 1 < view->request->dimension_count) {
        return add_members(view, segment, title, depth + 1, error);
    }
    row_add(view, title, segment, view->request->period, false);
    return true;
}

static bool add_brands(struct view *view, const struct segment *segment, struct span above,
                       size_t depth, struct error *error) {
    const struct segment *family = NULL;
    size_t count = segment_family(view->config, segment, &family, view->arena);
    bool good = true;
    for (size_t i = 0; good && i < count && i < view->request->limit; i++) {
        good = span_is_empty(family[i].brand) ||
               add_member(view, &family[i], above, family[i].brand, depth, error);
    }
    return good;
}

static bool add_members(struct view *view, const struct segment *segment, struct span above,
                        size_t depth, struct error *error) {
    struct span name = view->request->dimensions[depth];
    const struct dimension *dimension = NULL;
    struct subject subject;
    size_t count = 0;
    if (span_equal(name, SPAN("brand"))) {
        return add_brands(view, segment, above, depth, error);
    }
    if (!dimension_find(name, view->arena, &dimension, error)) {
        return false;
    }
    if (!segment_subject(view->snapshot, segment, &subject)) {
        return true;
    }
    struct census *census = census_open(view->snapshot, &subject, view->request->period.since_ms,
                                        view->request->period.until_ms);
    struct tally_member *members = census_members(census, dimension->series, view->arena, &count);
    census_close(census);
    bool good = true;
    for (size_t i = 0; good && i < count && i < view->request->limit; i++) {
        struct segment narrow;
        good = span_is_empty(members[i].name) ||
               (segment_narrow(segment, dimension->field, members[i].name,
                               view->request->period.until_ms, view->arena, &narrow, error) &&
                add_member(view, &narrow, above, members[i].name, depth, error));
    }
    return good;
}

/* --- Gathering -------------------------------------------------------------------------------- */

static void add_views(struct view *view) {
    static const struct {
        const char *name;
        int64_t length_ms;
    } lengths[] = {
        {"24 h", DAY_MS}, {"7 d", 7 * DAY_MS}, {"30 d", 30 * DAY_MS}, {"13 months", 396 * DAY_MS}};
    int64_t until_ms = view->request->period.until_ms;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        row_add(view, span_of(lengths[i].name), &view->request->segment,
                (struct period){until_ms - lengths[i].length_ms, until_ms}, false);
    }
}

static bool view_gather(struct view *view, struct error *error) {
    const struct kpi_request *request = view->request;
    if (request->dimension_count > 0) {
        return add_members(view, &request->segment, SPAN(""), 0, error);
    }
    if (request->views) {
        add_views(view);
        return true;
    }
    row_add(view, segment_title(&request->segment, view->arena), &request->segment, request->period,
            true);
    return true;
}

/* --- Tables for people ------------------------------------------------------------------------ */

static struct span change_text(struct arena *arena, const struct kpi *kpi, enum tone *tone) {
    struct kpi_text text = paint_kpi(arena, kpi);
    bool told = text.certain && kpi_feels(kpi);
    *tone = !told ? TONE_DIM : kpi_is_better(kpi, text.direction) ? TONE_GOOD : TONE_BAD;
    return text.change;
}

static void grid_change(struct grid *grid, const struct kpi *kpi) {
    enum tone tone = TONE_PLAIN;
    struct span text = change_text(grid->arena, kpi, &tone);
    grid_tone(grid, text, tone);
}

/* The same KPI with the usual in the place of the period before. */
static struct kpi against_usual(const struct kpi *kpi) {
    struct kpi usual = *kpi;
    usual.compared = kpi->has_usual;
    usual.previous = kpi->usual;
    return usual;
}

static struct span count_text(struct arena *arena, const struct kpi *kpi) {
    if (!kpi->known) {
        return SPAN("");
    }
    return arena_print(arena, "%.*s%s", SPAN_ARG(paint_count(arena, (double)kpi->n)),
                       kpi->provisional ? " few" : "");
}

/* One segment: a KPI a row. */
static struct grid grid_alone(const struct view *view) {
    static const struct grid_column columns[] = {
        {"name", "KPI", GRID_TEXT, 16},
        {"value", "value", GRID_TEXT, 12},
        {"interval", "95 % interval", GRID_TEXT, 20},
        {"n", "n", GRID_TEXT, 9},
        {"before", "before", GRID_TEXT, 9},
        {"usual", "usual weeks", GRID_TEXT, 11},
    };
    struct grid grid = grid_make(view->arena, columns, sizeof columns / sizeof columns[0], "");
    for (size_t i = 0; i < KPI_COUNT; i++) {
        const struct kpi *kpi = &view->rows[0].kpis[i];
        struct kpi usual = against_usual(kpi);
        struct kpi_text text = paint_kpi(view->arena, kpi);
        if (kpi_is_shown(kpi)) {
            grid_text(&grid, span_of(kpi->name));
            grid_text(&grid, text.value);
            grid_text(&grid, text.interval);
            grid_text(&grid, count_text(view->arena, kpi));
            grid_change(&grid, kpi);
            grid_change(&grid, &usual);
        }
    }
    return grid;
}

/* Members: one a row, with the KPIs that fit. */
static struct grid grid_members(const struct view *view) {
    static const struct grid_column columns[] = {
        {"member", "", GRID_TEXT, 22},      {"volume", "volume", GRID_TEXT, 8},
        {"net", "net", GRID_TEXT, 7},       {"interval", "95 % interval", GRID_TEXT, 16},
        {"before", "before", GRID_TEXT, 7}, {"health", "health", GRID_TEXT, 8},
        {"rating", "rating", GRID_TEXT, 7}, {"answered", "answered", GRID_TEXT, 8},
    };
    struct grid grid = grid_make(view->arena, columns, sizeof columns / sizeof columns[0],
                                 "No mention in that time.");
    for (size_t i = 0; i < view->count; i++) {
        const struct kpi *kpis = view->rows[i].kpis;
        struct kpi_text net = paint_kpi(view->arena, &kpis[KPI_NET_SENTIMENT]);
        grid_text(&grid, view->rows[i].name);
        grid_text(&grid, paint_kpi(view->arena, &kpis[KPI_VOLUME]).value);
        grid_tone(&grid, net.value,
                  kpis[KPI_NET_SENTIMENT].provisional ? TONE_DIM
                  : kpis[KPI_NET_SENTIMENT].low > 0   ? TONE_GOOD
                  : kpis[KPI_NET_SENTIMENT].high < 0  ? TONE_BAD
                                                      : TONE_PLAIN);
        grid_text(&grid, net.interval);
        grid_change(&grid, &kpis[KPI_NET_SENTIMENT]);
        grid_text(&grid, paint_kpi(view->arena, &kpis[KPI_BRAND_HEALTH]).value);
        grid_text(&grid, kpis[KPI_RATING].known ? paint_kpi(view->arena, &kpis[KPI_RATING]).value
                                                : SPAN("-"));
        grid_text(&grid, kpis[KPI_RESPONSE_RATE].known
                             ? paint_kpi(view->arena, &kpis[KPI_RESPONSE_RATE]).value
                             : SPAN("-"));
    }
    return grid;
}

/* Views: a KPI a row, a length a column, with the n that each rests on. */
static struct grid grid_views(const struct view *view) {
    struct grid_column *columns = ARENA_ARRAY(view->arena, struct grid_column, view->count + 1);
    columns[0] = (struct grid_column){"name", "KPI", GRID_TEXT, 16};
    for (size_t i = 0; i < view->count; i++) {
        const char *name = view->rows[i].name.data;
        columns[i + 1] = (struct grid_column){name, name, GRID_TEXT, 20};
    }
    struct grid grid = grid_make(view->arena, columns, view->count + 1, "");
    for (size_t k = 0; k < KPI_COUNT; k++) {
        if (!kpi_is_shown(&view->rows[view->count - 1].kpis[k])) {
            continue;
        }
        grid_text(&grid, span_of(kpi_definitions[k].name));
        for (size_t i = 0; i < view->count; i++) {
            const struct kpi *kpi = &view->rows[i].kpis[k];
            struct kpi_text text = paint_kpi(view->arena, kpi);
            bool sum = kpi_is_sum(kpi) || !kpi->known;
            grid_tone(&grid,
                      sum ? text.value
                          : arena_print(view->arena, "%.*s (n %.*s)", SPAN_ARG(text.value),
                                        SPAN_ARG(paint_count(view->arena, (double)kpi->n))),
                      kpi->known && !kpi->provisional ? TONE_PLAIN : TONE_DIM);
        }
    }
    return grid;
}

/* --- For machines ----------------------------------------------------------------------------- */

/* Every KPI of every row, all that is known of it. */
static struct grid grid_data(const struct view *view) {
    static const struct grid_column columns[] = {
        {"segment", "segment", GRID_TEXT, 0},
        {"since", "since", GRID_TIME, 0},
        {"until", "until", GRID_TIME, 0},
        {"key", "KPI", GRID_TEXT, 0},
        {"version", "version", GRID_COUNT, 0},
        {"value", "value", GRID_REAL, 0},
        {"low", "low", GRID_REAL, 0},
        {"high", "high", GRID_REAL, 0},
        {"n", "n", GRID_COUNT, 0},
        {"unit", "unit", GRID_TEXT, 0},
        {"previous", "previous", GRID_REAL, 0},
        {"usual", "usual", GRID_REAL, 0},
        {"coverage", "coverage", GRID_SHARE, 0},
    };
    struct grid grid =
        grid_make(view->arena, columns, sizeof columns / sizeof columns[0], "No data.");
    for (size_t i = 0; i < view->count * KPI_COUNT; i++) {
        const struct view_row *row = &view->rows[i / KPI_COUNT];
        const struct kpi *kpi = &row->kpis[i % KPI_COUNT];
        grid_text(&grid, row->name);
        grid_time(&grid, row->period.since_ms);
        grid_time(&grid, row->period.until_ms);
        grid_text(&grid, span_of(kpi->key));
        grid_number(&grid, kpi->version);
        grid_number(&grid, kpi->known ? kpi->value : NAN);
        grid_number(&grid, kpi->known ? kpi->low : NAN);
        grid_number(&grid, kpi->known ? kpi->high : NAN);
        grid_number(&grid, (double)kpi->n);
        grid_text(&grid, span_of(kpi->unit));
        grid_number(&grid, kpi->compared ? kpi->previous : NAN);
        grid_number(&grid, kpi->has_usual ? kpi->usual : NAN);
        grid_number(&grid, row->coverage);
    }
    return grid;
}

static void print_head(struct buffer *out, const struct view *view,
                       const struct output_style *style) {
    struct span title = segment_title(&view->request->segment, view->arena);
    paint_begin(out, style, PAINT_BOLD);
    buffer_append(out, paint_line(view->arena, title, paint_width(style), style));
    paint_end(out, style, PAINT_BOLD);
    buffer_append_byte(out, '\n');
}

static void print_foot(struct buffer *out, const struct view *view,
                       const struct output_style *style) {
    char since[DATE_TEXT_SIZE];
    char until[DATE_TEXT_SIZE];
    struct period period = view->rows[view->count - 1].period;
    double coverage = view->rows[view->count - 1].coverage;
    struct span zone = span_is_empty(view->request->zone) ? SPAN("UTC") : view->request->zone;
    paint_begin(out, style, PAINT_DIM);
    struct span line = arena_print(
        view->arena,
        "%.16s to %.16s UTC (days of %.*s); sources asked in %.0f %% of the hours. before: the "
        "same length right before%s. Formulas: earshot kpi list",
        date_print(period.since_ms, since), date_print(period.until_ms, until), SPAN_ARG(zone),
        coverage * 100,
        view->request->dimension_count == 0 && !view->request->views
            ? "; usual weeks: the same weekdays of the weeks before"
            : "");
    buffer_append_byte(out, '\n');
    paint_wrapped(out, line, 0, 4, style);
    paint_end(out, style, PAINT_DIM);
}

bool kpis_print(struct buffer *out, const struct snapshot *snapshot, const struct config *config,
                const struct kpi_request *request, const struct output_style *style,
                struct error *error) {
    struct view view = {snapshot, config, request, arena_create(), NULL, 0, 0};
    bool people = style->format == OUTPUT_TABLE || style->format == OUTPUT_MARKDOWN ||
                  style->format == OUTPUT_HTML;
    bool done = view_gather(&view, error);
    if (done && style->format == OUTPUT_TABLE) {
        print_head(out, &view, style);
    }
    if (done) {
        struct grid grid = !people                        ? grid_data(&view)
                           : request->dimension_count > 0 ? grid_members(&view)
                           : request->views               ? grid_views(&view)
                                                          : grid_alone(&view);
        grid_print(out, &grid, style);
    }
    if (done && style->format == OUTPUT_TABLE && view.count > 0) {
        print_foot(out, &view, style);
    }
    arena_free(view.arena);
    return done;
}
