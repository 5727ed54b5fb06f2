/* Numbers of any segment: KPIs by whatever dimension, what drives them, and comparisons. */
#include "app/ask.h"
#include "base/zone.h"

/* A moment as --since takes it; a bare date is midnight in the zone. */
static bool ask_moment(struct app *app, const char *option, struct zone *zone, int64_t *ms) {
    const char *text = app_value(app, option);
    if (text == NULL) {
        return true;
    }
    if (!date_parse_since(span_of(text), app->now_ms, ms)) {
        app_fail(app, EXIT_CODE_USAGE, "--%s %s is no time; it looks like 2026-11-21 or 7d", option,
                 text);
        return false;
    }
    if (span_of(text).size == strlen("2026-11-21") && text[4] == '-') {
        struct date day = date_from_ms(*ms);
        *ms = zone_moment(zone, &day);
    }
    return true;
}

static bool ask_zone(struct app *app, struct span *name, struct zone **zone) {
    const char *given = app_value(app, "zone");
    struct error error;
    *name = given != NULL ? span_of(given) : app->config->zone;
    if (!zone_open(*name, zone, &error)) {
        app_fail(app, EXIT_CODE_USAGE, "--zone: %s", error.message);
        return false;
    }
    return true;
}

/* --since, --until and --zone; the last `days` where they do not say otherwise. */
static bool ask_period(struct app *app, int days, struct span *name, struct period *period) {
    struct zone *zone = NULL;
    if (!ask_zone(app, name, &zone)) {
        return false;
    }
    period->until_ms = app->now_ms;
    bool good = ask_moment(app, "until", zone, &period->until_ms);
    period->since_ms = date_hour_start(period->until_ms) - days * DAY_MS;
    good = good && ask_moment(app, "since", zone, &period->since_ms);
    zone_close(zone);
    if (good && period->since_ms >= period->until_ms) {
        app_fail(app, EXIT_CODE_USAGE, "the period is empty: it begins at or after its end");
        return false;
    }
    return good;
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
        !app_open_snapshot(app, &snapshot, &code)) {
        return code;
    }
    if (!ask_period(app, 30, &request.zone, &request.period) ||
        !ask_subject(app, &request.segment)) {
        snapshot_close(snapshot);
        return EXIT_CODE_USAGE;
    }
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
    struct span zone;
    const char *least = app_value(app, "least");
    int64_t number = (int64_t)request.least;
    if (least != NULL && (!span_to_int64(span_of(least), &number) || number < 1)) {
        return app_fail(app, EXIT_CODE_USAGE, "--least is a number of mentions, 1 or more");
    }
    request.least = (uint64_t)number;
    if (!app_open_snapshot(app, &snapshot, &code)) {
        return code;
    }
    if (!ask_period(app, 30, &zone, &request.period) || !ask_subject(app, &request.segment)) {
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
    struct zone *zone = NULL;
    struct compare_side *sides = request->sides;
    int64_t at_ms = app->now_ms;
    int days = 0;
    if (!ask_window_days(app, &days) || !ask_zone(app, &request->zone, &zone)) {
        return false;
    }
    bool good = ask_moment(app, "before", zone, &at_ms);
    at_ms = zone_day_start(zone, at_ms, 0);
    int64_t until_ms = zone_day_start(zone, at_ms, days);
    sides[0].period = (struct period){zone_day_start(zone, at_ms, -days), at_ms};
    sides[1].period = (struct period){at_ms, until_ms < app->now_ms ? until_ms : app->now_ms};
    zone_close(zone);
    sides[0].segment = sides[1].segment = *segment;
    sides[0].name = SPAN("before");
    sides[1].name = SPAN("after");
    request->daily = true;
    if (good && at_ms >= app->now_ms) {
        return app_fail(app, EXIT_CODE_USAGE, "--before %s has not come yet",
                        app_value(app, "before")) == EXIT_CODE_OK;
    }
    return good;
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
    if (!ask_side(app, "a", segment, &request->sides[0]) ||
        !ask_side(app, "b", segment, &request->sides[1]) ||
        !ask_period(app, 30, &request->zone, &period)) {
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
    if (!app_open_snapshot(app, &snapshot, &code)) {
        return code;
    }
    if (!understand_compare(app, &request)) {
        snapshot_close(snapshot);
        return EXIT_CODE_USAGE;
    }
    bool done = compare_print(&app->out, snapshot, app->config, &request, &app->style, &error);
    snapshot_close(snapshot);
    return done ? EXIT_CODE_OK : app_fail_error(app, &error);
}
