/* `earshot crawl --once`. */
#include "app/progress.h"
#include "app/session.h"

static void say_summary(const struct session *session) {
    const struct pipeline_progress *sum = &session->last;
    app_say(session->app,
            "%zu of %zu polls, %llu pages, %llu items: %llu new mentions, %llu updated, %llu of "
            "the items speak of your brands",
            sum->done - sum->failed, sum->tasks, (unsigned long long)sum->pages,
            (unsigned long long)sum->items, (unsigned long long)sum->added,
            (unsigned long long)sum->updated, (unsigned long long)sum->matched);
    if (sum->unfinished > 0) {
        app_say(session->app, "%zu polls have more to fetch: the same command goes on there",
                sum->unfinished);
    }
    if (sum->alerts.opened + sum->alerts.updated + sum->alerts.closed > 0) {
        app_say(session->app, "incidents: %zu opened, %zu grown, %zu closed; %zu messages queued",
                sum->alerts.opened, sum->alerts.updated, sum->alerts.closed, sum->alerts.messages);
    }
    if (sum->digests > 0) {
        app_say(session->app, "%zu digest%s queued", sum->digests, sum->digests == 1 ? "" : "s");
    }
}

enum exit_code command_crawl(struct app *app) {
    struct session session = {.app = app};
    enum exit_code code = EXIT_CODE_OK;
    if (app_given(app, "dry-run")) {
        return command_crawl_plan(app);
    }
    if (!app_given(app, "once")) {
        return app_fail(app, EXIT_CODE_USAGE,
                        "say --once to fetch what is new and stop, or use: earshot run");
    }
    session_open(&session, app);
    bool ready = session_prepare(&session, true, &code) && session_begin(&session, &code);
    session_run(&session, ready);
    if (app->progress) {
        progress_clear();
    }
    if (!ready) {
        return code;
    }
    say_summary(&session);
    if (session.interrupted) {
        return EXIT_CODE_INTERRUPTED;
    }
    return session.last.failed > 0 ? EXIT_CODE_PARTIAL : EXIT_CODE_OK;
}
