/* People's rights over what they have written: to see it, to have it forgotten, to be left alone. */
#include "app/app.h"

#include "base/print.h"

static struct store_author author_given(const struct app *app) {
    return (struct store_author){app->words[0], span_of(app_value(app, "source"))};
}

enum exit_code command_privacy_export(struct app *app) {
    struct snapshot *snapshot = NULL;
    enum exit_code code = EXIT_CODE_OK;
    struct error error;
    if (!app_open_snapshot(app, &snapshot, &code)) {
        return code;
    }
    struct store_author author = author_given(app);
    struct arena *scratch = arena_create();
    size_t count = 0;
    const uint64_t *list = snapshot_author(snapshot, &author, app->arena, &count);
    for (size_t i = 0; i < count; i++) {
        struct mention mention;
        if (snapshot_mention(snapshot, list[i], scratch, &mention)) {
            app_print_mention(app, &mention);
        }
        if (app->out.size >= MIB) {
            app_flush(app);
        }
        arena_reset(scratch);
    }
    bool sound = snapshot_check(snapshot, &error);
    arena_free(scratch);
    snapshot_close(snapshot);
    app_say(app, "%zu mentions", count);
    return sound ? EXIT_CODE_OK : app_fail_error(app, &error);
}

/* Opens the store to write; with a key to know authors by, where one is to be blocked. */
static bool open_store(struct app *app, bool blocks, enum exit_code *code) {
    struct error error;
    if (!app_load_config(app, code)) {
        return false;
    }
    if (blocks && !app_make_author_key(app, &error)) {
        *code = app_fail_error(app, &error);
        return false;
    }
    return app_open_store(app, STORE_WRITE, code);
}

static enum exit_code block(struct app *app, bool blocked) {
    enum exit_code code = EXIT_CODE_OK;
    struct error error;
    struct store_author author = author_given(app);
    if (!open_store(app, true, &code)) {
        return code;
    }
    if (!store_block(app->store, &author, blocked, &error)) {
        return app_fail_error(app, &error);
    }
    app_say(app, blocked ? "nothing by this author is taken in any more"
                         : "what this author writes is taken in again");
    return EXIT_CODE_OK;
}

enum exit_code command_privacy_block(struct app *app) {
    return block(app, true);
}

enum exit_code command_privacy_unblock(struct app *app) {
    return block(app, false);
}

enum exit_code command_privacy_erase(struct app *app) {
    enum exit_code code = EXIT_CODE_OK;
    struct error error;
    struct store_author author = author_given(app);
    uint64_t erased = 0;
    bool blocks = app_given(app, "block");
    if (!open_store(app, blocks, &code)) {
        return code;
    }
    if ((blocks && !store_block(app->store, &author, true, &error)) ||
        !store_erase(app->store, &author, &erased, &error)) {
        return app_fail_error(app, &error);
    }
    app_say(app, "%llu mentions emptied%s; \"earshot store compact\" leaves nothing in the file",
            (unsigned long long)erased, blocks ? ", and the author is blocked" : "");
    return EXIT_CODE_OK;
}
