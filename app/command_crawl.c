/* `earshot crawl --once` and `earshot run`: the pipeline under a loop, ended by its work or a
 * signal. */
#include "app/app.h"
#include "app/pipeline.h"
#include "app/progress.h"

#include "base/print.h"

#include <signal.h>
#include <stdlib.h>

/* A crawl or a daemon while it runs. */
struct session {
    struct app *app;
    uv_loop_t loop;
    struct assessor *assessor;
    struct tasks tasks;
    struct ledger *ledger;
    struct pipeline *pipeline;
    struct pipeline_progress last; /* for the summary, after the pipeline is gone */
    struct server *server;         /* `serve`, and `run` with an address to listen on */
    struct hooks hooks;            /* of `run`: where sources deliver to */
    size_t *hook_tasks;            /* by hook */
    uv_signal_t signals[2];
    size_t signal_count;
    bool stopping;
    bool interrupted;
    int64_t started_ms;
};

static void on_progress(void *context, const struct pipeline_progress *progress) {
    struct session *session = context;
    session->last = *progress;
    if (session->app->progress) {
        progress_draw(progress, clock_monotonic_ms(&system_clock) - session->started_ms,
                      session->app->style.width, session->app->style.unicode);
    }
}

/* A person is told in a sentence; a daemon has logged it already. */
static void on_failure(void *context, struct span source, const struct error *error) {
    struct session *session = context;
    if (session->app->progress) {
        progress_clear();
    }
    app_fail(session->app, EXIT_CODE_PARTIAL, "%.*s: %s", SPAN_ARG(source), error->message);
}

/* --- Ending ----------------------------------------------------------------------------------- */

static void on_part_stopped(void *context);

/* Stops one part after the other; the signals last, so that a second one is heard until then. */
static void session_stop_next(struct session *session) {
    if (session->server != NULL) {
        struct server *server = session->server;
        session->server = NULL;
        server_stop(server, on_part_stopped, session);
    } else if (session->pipeline != NULL) {
        struct pipeline *pipeline = session->pipeline;
        session->pipeline = NULL;
        session->last = *pipeline_progress(pipeline);
        pipeline_stop(pipeline, on_part_stopped, session);
    } else {
        for (size_t i = 0; i < session->signal_count; i++) {
            uv_close((uv_handle_t *)&session->signals[i], NULL);
        }
    }
}

static void on_part_stopped(void *context) {
    session_stop_next(context);
}

static void session_stop(struct session *session) {
    if (!session->stopping) {
        session->stopping = true;
        session_stop_next(session);
    }
}

static void on_finished(void *context) {
    session_stop(context);
}

/* The first signal ends cleanly, the second at once. What is committed is safe either way. */
static void on_signal(uv_signal_t *handle, int number) {
    struct session *session = handle->data;
    if (session->stopping) {
        _Exit(128 + number);
    }
    session->interrupted = true;
    if (session->app->progress) {
        progress_clear();
        app_say(session->app, "stopping; once more to stop at once");
    }
    session_stop(session);
}

/* --- Beginning -------------------------------------------------------------------------------- */

static void watch_signals(struct session *session) {
    static const int numbers[] = {SIGINT, SIGTERM};
    for (size_t i = 0; i < 2; i++) {
        uv_signal_init(&session->loop, &session->signals[i]);
        session->signals[i].data = session;
        uv_signal_start(&session->signals[i], on_signal, numbers[i]);
    }
    session->signal_count = 2;
}

static void session_open(struct session *session, struct app *app) {
    session->app = app;
    session->started_ms = clock_monotonic_ms(&system_clock);
    uv_loop_init(&session->loop);
    watch_signals(session);
}

/* Whoever turned certificates off for an afternoon is reminded every day. */
static void warn_insecure(const struct app *app) {
    for (size_t i = 0; i < app->config->source_count; i++) {
        const struct config_source *source = &app->config->sources[i];
        if (source->enabled && source->insecure) {
            app_say(app,
                    "%.*s:%u: source \"%.*s\" is insecure: whoever stands between can forge it",
                    SPAN_ARG(app->config->file), source->line, SPAN_ARG(source->name));
        }
    }
}

static bool open_ledger(struct session *session, struct error *error) {
    struct snapshot *snapshot = NULL;
    bool opened = snapshot_open(session->app->store, &snapshot, error) &&
                  ledger_open(&session->tasks, snapshot, &session->ledger, error);
    if (snapshot != NULL) {
        snapshot_close(snapshot);
    }
    return opened;
}

static bool session_prepare(struct session *session, enum exit_code *code) {
    struct app *app = session->app;
    struct error error;
    if (!app_load_config(app, code)) {
        return false;
    }
    if (!assessor_create(app->config, app->now_ms, &session->assessor, &error) ||
        !tasks_create(app->config, session->assessor, app->arena, &session->tasks, &error)) {
        *code = app_fail_error(app, &error);
        return false;
    }
    if (session->tasks.count == 0) {
        *code = app_fail(app, EXIT_CODE_USAGE, "%.*s: no source is enabled",
                         SPAN_ARG(app->config->file));
        return false;
    }
    warn_insecure(app);
    if (!app_open_store(app, STORE_WRITE, code)) {
        return false;
    }
    if (!open_ledger(session, &error)) {
        *code = app_fail_error(app, &error);
        return false;
    }
    return true;
}

static bool session_options(struct session *session, bool once, struct pipeline_options *options,
                            enum exit_code *code) {
    struct app *app = session->app;
    const char *since = app_value(app, "since");
    const char *source = app_value(app, "source");
    *options = (struct pipeline_options){
        .once = once,
        .since_ms = DATE_NONE,
        .on_progress = on_progress,
        .on_failure = once ? on_failure : NULL,
        .on_finished = on_finished,
        .context = session,
    };
    if (since != NULL && !date_parse_since(span_of(since), app->now_ms, &options->since_ms)) {
        *code = app_fail(app, EXIT_CODE_USAGE,
                         "--since %s is no time; it looks like 2026-11-21 or 30d", since);
        return false;
    }
    if (source != NULL) {
        struct span *only = ARENA_NEW(app->arena, struct span);
        *only = span_of(source);
        options->only = only;
        options->only_count = 1;
        for (size_t i = 0; i < session->tasks.count; i++) {
            if (task_is_named(&session->tasks.list[i], *only)) {
                return true;
            }
        }
        *code = app_fail(app, EXIT_CODE_USAGE,
                         "there is no source \"%s\"; see: earshot source list", source);
        return false;
    }
    return true;
}

static void session_begin(struct session *session, const struct pipeline_options *options) {
    struct app *app = session->app;
    struct pipeline_parts parts = {
        .loop = &session->loop,
        .config = app->config,
        .assessor = session->assessor,
        .tasks = &session->tasks,
        .ledger = session->ledger,
        .store = app->store,
        .clock = &app->clock.clock,
        .log = app->log,
    };
    session->pipeline = pipeline_start(&parts, options);
}

/* Runs until everything is stopped; what could not even be begun is stopped at once. */
static void session_run(struct session *session, bool begun) {
    if (!begun) {
        session_stop(session);
    }
    uv_run(&session->loop, UV_RUN_DEFAULT);
    if (uv_loop_close(&session->loop) != 0) {
        fatal("handles were left on the event loop");
    }
    ledger_close(session->ledger);
    assessor_free(session->assessor);
}

/* --- The commands ----------------------------------------------------------------------------- */

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
    struct pipeline_options options;
    enum exit_code code = EXIT_CODE_OK;
    if (app_given(app, "dry-run")) {
        return command_crawl_plan(app);
    }
    if (!app_given(app, "once")) {
        return app_fail(app, EXIT_CODE_USAGE,
                        "say --once to fetch what is new and stop, or use: earshot run");
    }
    session_open(&session, app);
    bool ready =
        session_prepare(&session, &code) && session_options(&session, true, &options, &code);
    if (ready) {
        session_begin(&session, &options);
    }
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

static void on_appended(void *context, const struct append_result *appended) {
    struct hook_result result = {
        .outcome = !appended->readable ? HOOK_UNREADABLE
                   : appended->stored  ? HOOK_STORED
                                       : HOOK_LATER,
        .items = appended->items,
        .why = span_of(appended->error.message),
    };
    hook_answer(context, &result);
}

static void on_delivery(void *context, struct hook_delivery *delivery, size_t hook,
                        struct span body) {
    struct session *session = context;
    pipeline_append(session->pipeline, session->hook_tasks[hook], body, on_appended, delivery);
}

static void open_hooks(struct session *session) {
    const struct tasks *tasks = &session->tasks;
    struct hook *list = ARENA_ARRAY(session->app->arena, struct hook, tasks->count);
    session->hook_tasks = ARENA_ARRAY(session->app->arena, size_t, tasks->count);
    session->hooks = (struct hooks){.list = list, .on_delivery = on_delivery, .context = session};
    for (size_t i = 0; i < tasks->count; i++) {
        const struct task *task = &tasks->list[i];
        if (task->info->hooks != 0) {
            session->hook_tasks[session->hooks.count] = i;
            list[session->hooks.count++] =
                (struct hook){task->source, {task->info->hooks, task->config->key.value}};
        }
    }
}

static bool start_server(struct session *session, enum exit_code *code) {
    struct app *app = session->app;
    struct error error;
    const struct hooks *hooks = session->pipeline == NULL ? NULL : &session->hooks;
    if (!server_start(&session->loop, app->store, app->config, hooks, &app->clock.clock, app->log,
                      &session->server, &error)) {
        *code = app_fail_error(app, &error);
        return false;
    }
    app_say(app, "serving on http://127.0.0.1:%d/ (Ctrl-C ends)", server_port(session->server));
    return true;
}

enum exit_code command_run(struct app *app) {
    struct session session = {.app = app};
    struct pipeline_options options;
    enum exit_code code = EXIT_CODE_OK;
    app->progress = false; /* a daemon logs; it does not draw */
    session_open(&session, app);
    bool ready =
        session_prepare(&session, &code) && session_options(&session, false, &options, &code);
    if (ready) {
        session_begin(&session, &options);
        open_hooks(&session);
        ready = app->config->serve.listen.size == 0 || start_server(&session, &code);
    }
    if (ready && session.server != NULL) {
        pipeline_listen(session.pipeline);
    }
    if (ready) {
        log_info(app->log, "started", LOG_INT("sources", session.tasks.count),
                 LOG_INT("brands", app->config->brand_count));
    }
    session_run(&session, ready);
    log_info(app->log, "stopped", LOG_INT("added", session.last.added));
    return code;
}

enum exit_code command_serve(struct app *app) {
    struct session session = {.app = app};
    enum exit_code code = EXIT_CODE_OK;
    session_open(&session, app);
    bool ready = app_load_config(app, &code) && app_open_store(app, STORE_READ, &code) &&
                 start_server(&session, &code);
    session_run(&session, ready);
    return code;
}
