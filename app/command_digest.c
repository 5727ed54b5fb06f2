/* `earshot digest`: what people get daily, weekly or monthly, to be looked at or sent now. */
#include "app/app.h"
#include "app/reasons.h"
#include "base/file.h"

static bool understand_rhythm(struct app *app, enum rhythm *rhythm) {
    const char *period = app_value(app, "period");
    for (size_t i = 0; i < RHYTHM_COUNT; i++) {
        if (span_equal(span_of(period == NULL ? "daily" : period), span_of(config_rhythms[i]))) {
            *rhythm = (enum rhythm)i;
            return true;
        }
    }
    app_fail(app, EXIT_CODE_USAGE, "--period %s is unknown; it may be daily, weekly or monthly",
             period);
    return false;
}

static bool understand(struct app *app, struct digest_request *request) {
    *request = (struct digest_request){
        .until_now = app_given(app, "so-far"), .zone = app->config->zone, .now_ms = app->now_ms};
    const struct config_brand *brand = NULL;
    if (app->word_count == 1) {
        brand = app_find_brand(app, app->words[0]);
        if (brand == NULL) {
            return false;
        }
        request->brand = brand->name;
    }
    if (app_given(app, "zone")) {
        request->zone = span_of(app_value(app, "zone"));
    }
    return understand_rhythm(app, &request->rhythm);
}

static enum exit_code send_it(struct app *app, const struct explainer *explainer,
                              const struct digest_request *request) {
    size_t messages = 0;
    struct error error;
    if (!digest_send(app->store, app->config, explainer, request, &messages, &error)) {
        return app_fail_error(app, &error);
    }
    if (messages == 0) {
        return app_fail(
            app, EXIT_CODE_FAILED,
            "nobody gets %s digests of it (digests: at people or webhooks), or there is "
            "nothing to tell (digest.empty: send)",
            config_rhythms[request->rhythm]);
    }
    app_say(app, "%zu message%s queued; with earshot crawl or run they go out", messages,
            messages == 1 ? "" : "s");
    return EXIT_CODE_OK;
}

static enum exit_code show_it(struct app *app, const struct explainer *explainer,
                              const struct digest_request *request) {
    struct snapshot *snapshot = NULL;
    struct error error;
    const char *file = app_value(app, "html");
    if (!snapshot_open(app->store, &snapshot, &error)) {
        return app_fail_error(app, &error);
    }
    bool html = file != NULL || app->style.format == OUTPUT_HTML;
    bool done = digest_print(&app->out, snapshot, app->config, explainer, request, html, &error);
    snapshot_close(snapshot);
    if (done && file != NULL) {
        done = file_write(file, buffer_span(&app->out), &error) ||
               error_add_context(&error, "%s", file);
        buffer_clear(&app->out);
        if (done) {
            app_say(app, "wrote %s", file);
        }
    }
    return done ? EXIT_CODE_OK : app_fail_error(app, &error);
}

enum exit_code command_digest(struct app *app) {
    struct digest_request request;
    struct assessor *assessor = NULL;
    struct error error;
    enum exit_code code = EXIT_CODE_USAGE;
    bool sends = app_given(app, "send");
    if (!app_load_config(app, &code) || !understand(app, &request)) {
        return code == EXIT_CODE_OK ? EXIT_CODE_USAGE : code;
    }
    if (!app_open_store(app, sends ? STORE_WRITE : STORE_READ, &code)) {
        return code;
    }
    if (!assessor_create(app->config, app->now_ms, &assessor, &error)) {
        return app_fail_error(app, &error);
    }
    const struct explainer explainer = reasons_explainer(assessor);
    code = sends ? send_it(app, &explainer, &request) : show_it(app, &explainer, &request);
    assessor_free(assessor);
    return code;
}
