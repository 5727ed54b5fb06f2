/* Incidents by hand: look at them, and say what of them is still to be told. */
#include "app/app.h"

enum exit_code command_incident_list(struct app *app) {
    struct snapshot *snapshot = NULL;
    enum exit_code code = EXIT_CODE_OK;
    if (app_open_snapshot(app, &snapshot, &code)) {
        incidents_print(&app->out, snapshot, &app->style);
        snapshot_close(snapshot);
    }
    return code;
}

static bool understand_id(struct app *app, struct span word, uint64_t *id) {
    int64_t number = 0;
    word = span_starts_with(word, SPAN("#")) ? span_from(word, 1) : word;
    bool read = span_to_int64(word, &number) && number > 0;
    *id = read ? (uint64_t)number : 0;
    if (!read) {
        app_fail(app, EXIT_CODE_USAGE, "\"%.*s\" is no number of `earshot incident list`",
                 SPAN_ARG(word));
    }
    return read;
}

enum exit_code command_incident_show(struct app *app) {
    struct snapshot *snapshot = NULL;
    enum exit_code code = EXIT_CODE_USAGE;
    uint64_t id = 0;
    struct incident incident;
    if (!understand_id(app, app->words[0], &id)) {
        return code;
    }
    if (app->style.format > OUTPUT_JSONL) {
        return app_fail(app, code, "an incident is shown as table, json or jsonl");
    }
    if (!app_open_snapshot(app, &snapshot, &code)) {
        return code;
    }
    bool found = snapshot_incident(snapshot, id, app->arena, &incident);
    if (found) {
        incident_print(&app->out, snapshot, &incident, app->now_ms, &app->style);
    }
    snapshot_close(snapshot);
    return found ? EXIT_CODE_OK
                 : app_fail(app, EXIT_CODE_FAILED, "there is no incident %llu",
                            (unsigned long long)id);
}

/* --- Handling --------------------------------------------------------------------------------- */

static enum exit_code handle(struct app *app, size_t count, struct incident_handling handling,
                             const char *done) {
    enum exit_code code = EXIT_CODE_OK;
    struct error error;
    size_t changed_count = 0;
    uint64_t *ids = ARENA_ARRAY(app->arena, uint64_t, count);
    for (size_t i = 0; i < count; i++) {
        if (!understand_id(app, app->words[i], &ids[i])) {
            return EXIT_CODE_USAGE;
        }
    }
    handling.time_ms = app->now_ms;
    handling.who = app_doer(app);
    handling.note = span_of(app_value(app, "note"));
    if (!app_load_config(app, &code) || !app_open_store(app, STORE_EDIT, &code)) {
        return code;
    }
    for (size_t i = 0; i < count; i++) {
        bool changed = false;
        if (!store_handle_incident(app->store, ids[i], &handling, &changed, &error)) {
            code = app_fail_error(app, &error);
        }
        changed_count += changed;
    }
    app_say(app, "%zu of %zu incident%s %s", changed_count, count, count == 1 ? "" : "s", done);
    return code;
}

enum exit_code command_incident_ack(struct app *app) {
    return handle(app, app->word_count, (struct incident_handling){.care = CARE_ACKNOWLEDGED},
                  "acknowledged; only its end is told");
}

enum exit_code command_incident_mute(struct app *app) {
    return handle(app, app->word_count, (struct incident_handling){.care = CARE_MUTED},
                  "muted; nothing more is told of it");
}

enum exit_code command_incident_resume(struct app *app) {
    return handle(app, app->word_count, (struct incident_handling){.care = CARE_NONE},
                  "told of again");
}

/* The last number is the whole. */
enum exit_code command_incident_merge(struct app *app) {
    struct incident_handling handling = {.care = CARE_MERGED};
    size_t parts = app->word_count - 1;
    return understand_id(app, app->words[parts], &handling.into)
               ? handle(app, parts, handling, "merged; what is to tell is told of the other")
               : EXIT_CODE_USAGE;
}
