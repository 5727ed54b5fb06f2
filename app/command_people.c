/* Who is told what; and mail for those who had enough of it and changed their mind. */
#include "app/app.h"

enum exit_code command_people_list(struct app *app) {
    struct snapshot *snapshot = NULL;
    enum exit_code code = EXIT_CODE_OK;
    if (app_open_snapshot(app, &snapshot, &code)) {
        people_print(&app->out, snapshot, app->config, &app->style);
        snapshot_close(snapshot);
    }
    return code;
}

enum exit_code command_people_resume(struct app *app) {
    enum exit_code code = EXIT_CODE_OK;
    struct error error;
    if (!app_load_config(app, &code)) {
        return code;
    }
    for (size_t i = 0; i < app->config->person_count; i++) {
        struct span email = app->config->people[i].email;
        if (!span_equal_nocase(email, app->words[0])) {
            continue;
        }
        if (!app_open_store(app, STORE_WRITE, &code)) {
            return code;
        }
        if (!people_resume(app->store, email, app->now_ms, &error)) {
            return app_fail_error(app, &error);
        }
        app_say(app, "%.*s gets what the configuration says again", SPAN_ARG(email));
        return EXIT_CODE_OK;
    }
    return app_fail(app, EXIT_CODE_USAGE, "the configuration names no \"%.*s\" among people",
                    SPAN_ARG(app->words[0]));
}
