/* `earshot run` and `earshot serve`: the daemon, which changes its plan by SIGHUP, and the server
 * alone. */
#include "app/session.h"

#include <signal.h>

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
    const struct tasks *tasks = &session->plan.tasks;
    struct hook *list = ARENA_ARRAY(session->plan.arena, struct hook, tasks->count);
    session->hook_tasks = ARENA_ARRAY(session->plan.arena, size_t, tasks->count);
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

/* The pipeline, and the server where there is an address to listen on. */
static bool daemon_begin(struct session *session, enum exit_code *code) {
    struct app *app = session->app;
    if (!session_begin(session, code)) {
        return false;
    }
    open_hooks(session);
    if (app->config->serve.listen.size > 0 && !start_server(session, code)) {
        return false;
    }
    if (session->server != NULL) {
        pipeline_listen(session->pipeline);
    }
    log_info(app->log, "started", LOG_INT("sources", session->plan.tasks.count),
             LOG_INT("brands", app->config->brand_count));
    return true;
}

static void on_next(struct session *session) {
    enum exit_code code = EXIT_CODE_OK;
    if (!daemon_begin(session, &code)) {
        session_stop(session);
    }
}

/* The configuration is read anew. One with mistakes changes nothing; what sources remember between
 * polls is in the store, and stays. */
static void on_reload(uv_signal_t *handle, int number) {
    (void)number;
    struct session *session = handle->data;
    struct app *app = session->app;
    struct session_plan next;
    enum exit_code code = EXIT_CODE_OK;
    if (session->stopping) {
        return;
    }
    app->now_ms = clock_wall_ms(&app->clock.clock);
    if (!session_plan_make(app, &next, &code)) {
        session_plan_free(&next);
        log_error(app->log, "reload_refused", LOG_STRING("why", "the configuration has mistakes"));
    } else if (!span_equal(next.config->data_dir, app->config->data_dir)) {
        session_plan_free(&next);
        log_error(app->log, "reload_refused",
                  LOG_STRING("why", "another data_dir wants a new start"));
    } else {
        log_info(app->log, "reloading", LOG_INT("sources", next.tasks.count));
        session_change(session, &next);
    }
}

static void watch_reload(struct session *session) {
    uv_signal_t *signal = &session->signals[session->signal_count++];
    uv_signal_init(&session->loop, signal);
    signal->data = session;
    uv_signal_start(signal, on_reload, SIGHUP);
}

enum exit_code command_run(struct app *app) {
    struct session session = {.app = app, .on_next = on_next};
    enum exit_code code = EXIT_CODE_OK;
    app->progress = false; /* a daemon logs; it does not draw */
    session_open(&session, app);
    watch_reload(&session);
    bool ready = session_prepare(&session, false, &code) && daemon_begin(&session, &code);
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
