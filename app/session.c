#include "app/session.h"

#include "app/progress.h"

#include <signal.h>
#include <stdlib.h>

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

static void take_next(struct session *session) {
    session_plan_free(&session->plan);
    session->plan = session->next;
    session->app->config = session->plan.config;
    session->has_next = false;
    session->stopping = false;
    session->on_next(session);
}

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
    } else if (session->has_next) {
        take_next(session);
    } else {
        for (size_t i = 0; i < session->signal_count; i++) {
            uv_close((uv_handle_t *)&session->signals[i], NULL);
        }
    }
}

static void on_part_stopped(void *context) {
    session_stop_next(context);
}

void session_stop(struct session *session) {
    bool under_way = session->stopping;
    if (session->has_next) { /* it never comes to that */
        session_plan_free(&session->next);
        session->has_next = false;
    }
    session->stopping = true;
    if (!under_way) {
        session_stop_next(session);
    }
}

void session_change(struct session *session, const struct session_plan *next) {
    session->next = *next;
    session->has_next = true;
    session->stopping = true;
    session_stop_next(session);
}

static void on_finished(void *context) {
    session_stop(context);
}

/* The first signal ends cleanly, the second at once. What is committed is safe either way. */
static void on_signal(uv_signal_t *handle, int number) {
    struct session *session = handle->data;
    if (session->interrupted) {
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

void session_open(struct session *session, struct app *app) {
    session->app = app;
    session->started_ms = clock_monotonic_ms(&system_clock);
    uv_loop_init(&session->loop);
    watch_signals(session);
}

/* Whoever turned certificates off for an afternoon is reminded every day. */
static void warn_insecure(const struct app *app, const struct config *config) {
    for (size_t i = 0; i < config->source_count; i++) {
        const struct config_source *source = &config->sources[i];
        if (source->enabled && source->insecure) {
            app_say(app,
                    "%.*s:%u: source \"%.*s\" is insecure: whoever stands between can forge it",
                    SPAN_ARG(config->file), source->line, SPAN_ARG(source->name));
        }
    }
}

bool session_plan_make(struct app *app, struct session_plan *plan, enum exit_code *code) {
    struct error error;
    *plan = (struct session_plan){.arena = arena_create()};
    if (!app_read_config(app, plan->arena, &plan->config, code)) {
        return false;
    }
    if (!assessor_create(plan->config, app->now_ms, &plan->assessor, &error) ||
        !tasks_create(plan->config, plan->assessor, plan->arena, &plan->tasks, &error)) {
        *code = app_fail_error(app, &error);
        return false;
    }
    if (plan->config->mail.login.size > 0 &&
        !task_of_login(plan->config, plan->config->mail.login, plan->arena, &plan->mail_login,
                       &error)) {
        *code = app_fail_error(app, &error);
        return false;
    }
    if (plan->tasks.count == 0) {
        *code = app_fail(app, EXIT_CODE_USAGE, "%.*s: no source is enabled",
                         SPAN_ARG(plan->config->file));
        return false;
    }
    warn_insecure(app, plan->config);
    return true;
}

void session_plan_free(struct session_plan *plan) {
    ledger_close(plan->ledger);
    assessor_free(plan->assessor);
    config_free(plan->config);
    arena_free(plan->arena);
    *plan = (struct session_plan){0};
}

static bool session_options(struct session *session, bool once, enum exit_code *code) {
    struct app *app = session->app;
    const char *since = app_value(app, "since");
    const char *source = app_value(app, "source");
    struct pipeline_options *options = &session->options;
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
        for (size_t i = 0; i < session->plan.tasks.count; i++) {
            if (task_is_named(&session->plan.tasks.list[i], *only)) {
                return true;
            }
        }
        *code = app_fail(app, EXIT_CODE_USAGE,
                         "there is no source \"%s\"; see: earshot source list", source);
        return false;
    }
    return true;
}

bool session_prepare(struct session *session, bool once, enum exit_code *code) {
    struct app *app = session->app;
    if (!session_plan_make(app, &session->plan, code)) {
        return false;
    }
    app->config = session->plan.config;
    return app_open_store(app, STORE_WRITE, code) && session_options(session, once, code);
}

static bool open_ledger(struct session *session, struct error *error) {
    struct snapshot *snapshot = NULL;
    struct session_plan *plan = &session->plan;
    bool opened = snapshot_open(session->app->store, &snapshot, error) &&
                  ledger_open(&plan->tasks, snapshot, &plan->ledger, error);
    if (snapshot != NULL) {
        snapshot_close(snapshot);
    }
    return opened;
}

bool session_begin(struct session *session, enum exit_code *code) {
    struct app *app = session->app;
    struct error error;
    if (!open_ledger(session, &error)) {
        *code = app_fail_error(app, &error);
        return false;
    }
    struct pipeline_parts parts = {
        .loop = &session->loop,
        .config = app->config,
        .assessor = session->plan.assessor,
        .tasks = &session->plan.tasks,
        .mail_login = session->plan.mail_login.recipe == NULL ? NULL : &session->plan.mail_login,
        .ledger = session->plan.ledger,
        .store = app->store,
        .clock = &app->clock.clock,
        .log = app->log,
    };
    session->pipeline = pipeline_start(&parts, &session->options);
    return true;
}

void session_run(struct session *session, bool begun) {
    if (!begun) {
        session_stop(session);
    }
    uv_run(&session->loop, UV_RUN_DEFAULT);
    if (uv_loop_close(&session->loop) != 0) {
        fatal("handles were left on the event loop");
    }
    if (session->plan.config != NULL) {
        session->app->config = NULL;
    }
    session_plan_free(&session->plan);
}
