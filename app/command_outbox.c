/* The outbox by hand: look at it, queue a message again, give one up. */
#include "app/app.h"

static bool understand_id(struct app *app, struct span word, uint64_t *id) {
    int64_t number = 0;
    bool read = span_to_int64(word, &number) && number > 0;
    *id = read ? (uint64_t)number : 0;
    if (!read) {
        app_fail(app, EXIT_CODE_USAGE, "\"%.*s\" is no number of `earshot outbox list`",
                 SPAN_ARG(word));
    }
    return read;
}

/* The row of that number, in the app's arena; NULL after saying that there is none. */
static struct outbox_row *find_row(struct app *app, const struct snapshot *snapshot, uint64_t id) {
    size_t count = 0;
    struct outbox_row *rows = snapshot_outbox(snapshot, false, app->arena, &count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].id == id) {
            return &rows[i];
        }
    }
    app_fail(app, EXIT_CODE_FAILED, "there is no number %llu in the outbox",
             (unsigned long long)id);
    return NULL;
}

enum exit_code command_outbox_list(struct app *app) {
    struct snapshot *snapshot = NULL;
    enum exit_code code = EXIT_CODE_OK;
    if (app_open_snapshot(app, &snapshot, &code)) {
        outbox_print(&app->out, snapshot, &app->style);
        snapshot_close(snapshot);
    }
    return code;
}

enum exit_code command_outbox_show(struct app *app) {
    struct snapshot *snapshot = NULL;
    enum exit_code code = EXIT_CODE_USAGE;
    uint64_t id = 0;
    if (!understand_id(app, app->words[0], &id) || !app_open_snapshot(app, &snapshot, &code)) {
        return code;
    }
    const struct outbox_row *row = find_row(app, snapshot, id);
    if (row != NULL) {
        outbox_row_print(&app->out, row, &app->style);
    }
    snapshot_close(snapshot);
    return row != NULL ? EXIT_CODE_OK : EXIT_CODE_FAILED;
}

/* --- Changing --------------------------------------------------------------------------------- */

/* False when the row is what it is: the reason is told. */
typedef bool row_change(struct app *app, struct outbox_row *row);

static bool requeue(struct app *app, struct outbox_row *row) {
    if (row->state == OUTBOX_SENT) {
        app_fail(app, EXIT_CODE_FAILED, "number %llu was sent already",
                 (unsigned long long)row->id);
        return false;
    }
    if (span_is_empty(row->body)) {
        app_fail(app, EXIT_CODE_FAILED, "nothing is left of number %llu: its text was erased",
                 (unsigned long long)row->id);
        return false;
    }
    row->state = OUTBOX_QUEUED;
    row->attempts = 0;
    row->reply = SPAN("");
    row->created_ms = app->now_ms; /* from which its expiry counts */
    row->due_ms = app->now_ms;
    row->finished_ms = DATE_NONE;
    return true;
}

static bool drop(struct app *app, struct outbox_row *row) {
    if (row->state != OUTBOX_QUEUED && row->state != OUTBOX_IN_FLIGHT) {
        app_fail(app, EXIT_CODE_FAILED, "number %llu does not wait: it is %s",
                 (unsigned long long)row->id, outbox_state_name(row->state));
        return false;
    }
    row->state = OUTBOX_DROPPED;
    row->finished_ms = app->now_ms;
    return true;
}

/* All the numbers given, or none of them. */
static enum exit_code change_rows(struct app *app, row_change *change, const char *done) {
    struct snapshot *snapshot = NULL;
    enum exit_code code = EXIT_CODE_OK;
    struct error error;
    struct outbox_row *rows = ARENA_ARRAY(app->arena, struct outbox_row, app->word_count);
    if (!app_load_config(app, &code) || !app_open_store(app, STORE_WRITE, &code)) {
        return code;
    }
    if (!snapshot_open(app->store, &snapshot, &error)) {
        return app_fail_error(app, &error);
    }
    bool good = true;
    for (size_t i = 0; good && i < app->word_count; i++) {
        uint64_t id = 0;
        const struct outbox_row *row =
            understand_id(app, app->words[i], &id) ? find_row(app, snapshot, id) : NULL;
        rows[i] = row != NULL ? *row : (struct outbox_row){0};
        good = row != NULL && change(app, &rows[i]);
    }
    snapshot_close(snapshot);
    if (!good) {
        return EXIT_CODE_FAILED;
    }
    if (!store_put_messages(app->store, rows, app->word_count, NULL, 0, &error)) {
        return app_fail_error(app, &error);
    }
    app_say(app, "%zu message%s %s", app->word_count, app->word_count == 1 ? "" : "s", done);
    return EXIT_CODE_OK;
}

enum exit_code command_outbox_retry(struct app *app) {
    return change_rows(app, requeue, "queued again; the next crawl or run sends");
}

enum exit_code command_outbox_drop(struct app *app) {
    return change_rows(app, drop, "dropped");
}
