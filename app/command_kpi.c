/* Numbers of any segment: KPIs by whatever dimension, what drives them, and comparisons. */
#include "app/ask.h"
#include "base/zone.h"

/* --zone goes before the configuration's, for this command. Loads the configuration. */
static bool ask_zone(struct app *app, enum exit_code *code) {
    const char *zone = app_value(app, "zone");
    if (!app_load_config(app, code)) {
        return false;
    }
    if (zone != NULL && !zone_is_known(span_of(zone))) {
        *code = app_fail(app, EXIT_CODE_USAGE,
                         "--zone %s is no time zone; write it like Europe/Madrid", zone);
        return false;
    }
    app->config->zone = zone != NULL ? span_of(zone) : app->config->zone;
    return true;
}

/* BRAND and --query; the first own brand where nothing is said. */
static bool ask_subject(struct app *app, struct segment *segment) {
    if (!ask_segment(app, segment)) {
        return false;
    }
    for (size_t i = 0;
         i < app->config->brand_count && span_is_empty(segment->brand) && segment->query == NULL;
         i++) {
        if (app->config->brands[i].own) {
            segment->brand = app->config->brands[i].name;
        }
    }
    return true;
}

static bool ask_dimensions(struct app *app, struct kpi_request *request) {
    struct span rest = span_of(app_value(app, "by"));
    struct span name;
    while (rest.size > 0 && span_split(&rest, ',', &name)) {
        if (request->dimension_count == KPI_DIMENSIONS_MOST) {
            app_fail(app, EXIT_CODE_USAGE, "--by takes two dimensions at most");
            return false;
        }
        request->dimensions[request->dimension_count++] = span_trim(name);
    }
    if (request->views && request->dimension_count > 0) {
        app_fail(app, EXIT_CODE_USAGE, "give either --by or --views");
        return false;
    }
    return true;
}

enum exit_code command_kpi(struct app *app) {
    struct snapshot *snapshot = NULL;
    struct error error;
    enum exit_code code = EXIT_CODE_USAGE;
    struct kpi_request request = {.limit = 20, .views = app_given(app, "views")};
    if (!ask_limit(app, &request.limit) || !ask_dimensions(app, &request) ||
        !ask_zone(app, &code) || !app_period(app, 30 * DAY_MS, &request.period, &code) ||
        !app_open_snapshot(app, &snapshot, &code)) {
        return code;
    }
    if (!ask_subject(app, &request.segment)) {
        snapshot_close(snapshot);
        return EXIT_CODE_USAGE;
    }
    request.zone = app->config->zone;
    if (request.segment.query != NULL) {
        ask_window(app, request.segment.query, &request.period);
    }
    bool done = kpis_print(&app->out, snapshot, app->config, &request, &app->style, &error);
    snapshot_close(snapshot);
    return done ? EXIT_CODE_OK : app_fail_error(app, &error);
}

enum exit_code command_drivers(struct app *app) {
    struct snapshot *snapshot = NULL;
    struct error error;
    enum exit_code code = EXIT_CODE_USAGE;
    struct drivers_request request = {.least = 10};
    const char *least = app_value(app, "least");
    int64_t number = (int64_t)request.least;
    if (least != NULL && (!span_to_int64(span_of(least), &number) || number < 1)) {
        return app_fail(app, EXIT_CODE_USAGE, "--least is a number of mentions, 1 or more");
    }
    request.least = (uint64_t)number;
    if (!ask_zone(app, &code) || !app_period(app, 30 * DAY_MS, &request.period, &code) ||
        !app_open_snapshot(app, &snapshot, &code)) {
        return code;
    }
    if (!ask_subject(app, &request.segment)) {
        snapshot_close(snapshot);
        return EXIT_CODE_USAGE;
    }
    bool done = drivers_print(&app->out, snapshot, &request, &app->style, &error);
    snapshot_close(snapshot);
    return done ? EXIT_CODE_OK : app_fail_error(app, &error);
}

/* --- Comparing -------------------------------------------------------------------------------- */

static bool ask_window_days(struct app *app, int *days) {
    const char *text = app_value(app, "window");
    int64_t length_ms = 28 * DAY_MS;
    bool read = text == NULL || duration_parse(span_of(text), &length_ms);
    if (!read || length_ms < 2 * DAY_MS || length_ms > 3660 * DAY_MS) {
        app_fail(app, EXIT_CODE_USAGE, "--window is a length of two days to ten years, as 28d");
        return false;
    }
    *days = (int)(length_ms / DAY_MS);
    return true;
}

static bool ask_before(struct app *app, const struct segment *segment,
                       struct compare_request *request) {
    const char *before = app_value(app, "before");
    struct compare_side *sides = request->sides;
    struct zone *zone = NULL;
    struct error error;
    int64_t at_ms = app->now_ms;
    int days = 0;
    if (!app_moment(app, before, &at_ms)) {
        app_fail(app, EXIT_CODE_USAGE, "--before %s is no date; it looks like 2026-10-01", before);
        return false;
    }
    if (!ask_window_days(app, &days) || !zone_open(app->config->zone, &zone, &error)) {
        return false;
    }
    at_ms = zone_day_start(zone, at_ms, 0);
    int64_t until_ms = zone_day_start(zone, at_ms, days);
    sides[0].period = (struct period){zone_day_start(zone, at_ms, -days), at_ms};
    sides[1].period = (struct period){at_ms, until_ms < app->now_ms ? until_ms : app->now_ms};
    zone_close(zone);
    sides[0].segment = sides[1].segment = *segment;
    sides[0].name = SPAN("before");
    sides[1].name = SPAN("after");
    request->daily = true;
    if (at_ms >= app->now_ms) {
        app_fail(app, EXIT_CODE_USAGE, "--before %s has not come yet", before);
    }
    return at_ms < app->now_ms;
}

/* The segment's own query and the side's. */
static bool ask_side(struct app *app, const char *option, const struct segment *segment,
                     struct compare_side *side) {
    struct span text = span_of(app_value(app, option));
    struct span whole =
        segment->query == NULL
            ? text
            : arena_print(app->arena, "(%.*s) AND (%.*s)", SPAN_ARG(segment->text), SPAN_ARG(text));
    side->name = text;
    side->segment = *segment;
    side->segment.text = whole;
    return ask_query(app, text, &side->segment.query) &&
           ask_query(app, whole, &side->segment.query);
}

static bool ask_sides(struct app *app, const struct segment *segment,
                      struct compare_request *request) {
    struct period period;
    enum exit_code code = EXIT_CODE_USAGE;
    if (!ask_side(app, "a", segment, &request->sides[0]) ||
        !ask_side(app, "b", segment, &request->sides[1]) ||
        !app_period(app, 30 * DAY_MS, &period, &code)) {
        return false;
    }
    request->sides[0].period = request->sides[1].period = period;
    return true;
}

static bool understand_compare(struct app *app, struct compare_request *request) {
    struct segment segment = {.query = NULL};
    bool timed = app_given(app, "before");
    if (!ask_subject(app, &segment)) {
        return false;
    }
    return timed ? ask_before(app, &segment, request) : ask_sides(app, &segment, request);
}

enum exit_code command_compare(struct app *app) {
    struct snapshot *snapshot = NULL;
    struct compare_request request = {.daily = false};
    struct error error;
    enum exit_code code = EXIT_CODE_OK;
    bool timed = app_given(app, "before");
    bool paired = app_given(app, "a") && app_given(app, "b");
    if (timed == (app_given(app, "a") || app_given(app, "b")) || timed == paired) {
        return app_fail(app, EXIT_CODE_USAGE,
                        "say what to compare: --before DATE, or --a QUERY and --b QUERY");
    }
    if (!ask_zone(app, &code) || !app_open_snapshot(app, &snapshot, &code)) {
        return code;
    }
    request.zone = app->config->zone;
    if (!understand_compare(app, &request)) {
        snapshot_close(snapshot);
        return EXIT_CODE_USAGE;
    }
    bool done = compare_print(&app->out, snapshot, app->config, &request, &app->style, &error);
    snapshot_close(snapshot);
    return done ? EXIT_CODE_OK : app_fail_error(app, &error);
}
