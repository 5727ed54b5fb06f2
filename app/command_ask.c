/* Questions to the store: query, report, feed, incidents, KPI definitions. */
#include "app/ask.h"
#include "base/file.h"

#include <stdlib.h>

bool ask_query(struct app *app, struct span text, const struct query **query) {
    struct error error;
    if (query_parse(text, app->now_ms, app->arena, query, &error)) {
        return true;
    }
    app_fail(app, EXIT_CODE_USAGE, "%s", error.message);
    if (error.column > 0) {
        fprintf(stderr, "  %.*s\n  %*s^\n", SPAN_ARG(text), (int)error.column - 1, "");
    }
    return false;
}

bool ask_limit(struct app *app, size_t *limit) {
    const char *text = app_value(app, "limit");
    int64_t number = (int64_t)*limit;
    bool read = text == NULL || span_to_int64(span_of(text), &number);
    if (!read || number < 0 || number > 1000 * 1000) {
        app_fail(app, EXIT_CODE_USAGE, "--limit %s is no number up to 1000000", text);
        return false;
    }
    *limit = (size_t)number;
    return true;
}

void ask_window(const struct app *app, const struct query *query, struct period *period) {
    int64_t since = DATE_NONE;
    int64_t until = DATE_NONE;
    query_window(query, &since, &until);
    if (since != DATE_NONE && !app_given(app, "since")) {
        period->since_ms = since;
    }
    if (until != DATE_NONE && !app_given(app, "until")) {
        period->until_ms = until;
    }
}

enum exit_code command_query(struct app *app) {
    struct snapshot *snapshot = NULL;
    struct error error;
    enum exit_code code = EXIT_CODE_USAGE;
    struct query_request request = {.limit = 20, .explain = app_given(app, "explain")};
    /* The words of the command line as one query. */
    request.text = app->word_count == 1 ? app->words[0]
                                        : arena_join(app->arena, app->words, app->word_count, " ");
    if (!ask_query(app, request.text, &request.query) || !ask_limit(app, &request.limit) ||
        !app_period(app, 30 * DAY_MS, &request.period, &code) ||
        !app_open_snapshot(app, &snapshot, &code)) {
        return code;
    }
    ask_window(app, request.query, &request.period);
    uint64_t matched = 0;
    bool done = query_run(&app->out, snapshot, &request, &app->style, &matched, &error);
    snapshot_close(snapshot);
    if (!done) {
        return app_fail_error(app, &error);
    }
    return matched > 0 && app_given(app, "fail-on-match") ? EXIT_CODE_THRESHOLD : EXIT_CODE_OK;
}

bool ask_segment(struct app *app, struct segment *segment) {
    const char *text = app_value(app, "query");
    if (app->word_count == 1) {
        const struct config_brand *brand = app_find_brand(app, app->words[0]);
        if (brand == NULL) {
            return false;
        }
        segment->brand = brand->name;
    }
    if (text == NULL) {
        return true;
    }
    segment->text = span_of(text);
    return ask_query(app, segment->text, &segment->query);
}

static bool write_page(struct app *app, const char *path, struct error *error) {
    bool done =
        file_write(path, buffer_span(&app->out), error) || error_add_context(error, "%s", path);
    buffer_clear(&app->out);
    if (done) {
        app_say(app, "wrote %s", path);
    }
    return done;
}

enum exit_code command_report(struct app *app) {
    struct snapshot *snapshot = NULL;
    struct error error;
    enum exit_code code = EXIT_CODE_OK;
    struct report_request request = {.period = {0}};
    const char *html = app_value(app, "html");
    if (!app_period(app, 30 * DAY_MS, &request.period, &code) ||
        !app_open_snapshot(app, &snapshot, &code)) {
        return code;
    }
    if (!ask_segment(app, &request.segment)) {
        snapshot_close(snapshot);
        return EXIT_CODE_USAGE;
    }
    if (request.segment.query != NULL) {
        ask_window(app, request.segment.query, &request.period);
    }
    if (html != NULL) {
        app->style.format = OUTPUT_HTML;
    }
    bool done = report_print(&app->out, snapshot, app->config, &request, &app->style, &error);
    snapshot_close(snapshot);
    done = done && (html == NULL || write_page(app, html, &error));
    return done ? EXIT_CODE_OK : app_fail_error(app, &error);
}

enum exit_code command_feed(struct app *app) {
    struct snapshot *snapshot = NULL;
    struct error error;
    enum exit_code code = EXIT_CODE_OK;
    if (!app_open_snapshot(app, &snapshot, &code)) {
        return code;
    }
    const struct config_brand *brand = app_find_brand(app, app->words[0]);
    bool done =
        brand != NULL && feed_print(&app->out, snapshot, app->config, brand->name, 0, 50, &error);
    snapshot_close(snapshot);
    if (brand == NULL) {
        return EXIT_CODE_USAGE;
    }
    return done ? EXIT_CODE_OK : app_fail_error(app, &error);
}

enum exit_code command_detect(struct app *app) {
    const char *file = app_value(app, "csv");
    struct span csv;
    struct error error;
    if (file == NULL) {
        return app_fail(app, EXIT_CODE_USAGE, "say which series: --csv FILE (\"-\" = stdin)");
    }
    if (!app_read_file(app, file, LIMIT_DOCUMENT, &csv, &error) ||
        !detect_csv(&app->out, csv, &error)) {
        return app_fail_error(app, &error);
    }
    return EXIT_CODE_OK;
}

enum exit_code command_kpi_list(struct app *app) {
    kpi_print_definitions(&app->out, &app->style);
    return EXIT_CODE_OK;
}
