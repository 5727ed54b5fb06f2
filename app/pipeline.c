#include "app/pipeline_private.h"

#include "app/crawling.h"
#include "app/reasons.h"
#include "app/terms.h"

#include <stdlib.h>

#define LISTENED_EVERY_MS (30 * MINUTE_MS) /* twice in the hours that coverage is counted in */
#define TICK_MS 100                        /* progress is drawn, the end of a run is noticed */
#define ALERTS_EVERY_MS MINUTE_MS
#define FIRST_ROUND_MS (6 * HOUR_MS) /* a back-fill that takes longer does not silence alerts */
#define START_SPREAD_MS 250          /* a daemon's first polls are this far apart: no stampede */

static int64_t now_ms(const struct pipeline *pipeline) {
    return clock_monotonic_ms(pipeline->parts.clock);
}

static bool is_wanted(const struct pipeline *pipeline, const struct task *task) {
    if (task->info->hooks != 0) {
        return false; /* it comes by itself */
    }
    for (size_t i = 0; i < pipeline->options.only_count; i++) {
        if (task_is_named(task, pipeline->options.only[i])) {
            return true;
        }
    }
    return pipeline->options.only == NULL;
}

/* --- One question at a time ------------------------------------------------------------------- */

/* The tasks of one source stand side by side. */
struct neighbours {
    size_t first, end; /* tasks [first, end) */
};

static struct neighbours task_neighbours(const struct pipeline *pipeline, size_t task) {
    const struct tasks *tasks = pipeline->parts.tasks;
    struct neighbours found = {task, task + 1};
    while (found.first > 0 && tasks->list[found.first - 1].config == tasks->list[task].config) {
        found.first--;
    }
    while (found.end < tasks->count && tasks->list[found.end].config == tasks->list[task].config) {
        found.end++;
    }
    return found;
}

static bool source_is_polled(const struct pipeline *pipeline, size_t task) {
    struct neighbours near = task_neighbours(pipeline, task);
    for (size_t i = near.first; i < near.end; i++) {
        if (pipeline->states[i] == TASK_POLLING) {
            return true;
        }
    }
    return false;
}

static void wake_neighbours(struct pipeline *pipeline, size_t task) {
    struct neighbours near = task_neighbours(pipeline, task);
    for (size_t i = near.first; i < near.end; i++) {
        if (pipeline->states[i] == TASK_WAITING) {
            pipeline->states[i] = TASK_IDLE;
            schedule_set(pipeline->schedule, i, now_ms(pipeline));
        }
    }
}

/* --- What is due ------------------------------------------------------------------------------ */

static void on_due(uv_timer_t *timer);

static void set_due_timer(struct pipeline *pipeline) {
    size_t task = 0;
    int64_t due = 0;
    if (pipeline->stopping || pipeline->progress.running >= PIPELINE_POLLS ||
        !schedule_next(pipeline->schedule, &task, &due)) {
        uv_timer_stop(&pipeline->due_timer);
        return;
    }
    int64_t wait = due - now_ms(pipeline);
    uv_timer_start(&pipeline->due_timer, on_due, wait > 0 ? (uint64_t)wait : 0, 0);
}

static void on_due(uv_timer_t *timer) {
    struct pipeline *pipeline = timer->data;
    size_t task = 0;
    int64_t due = 0;
    while (pipeline->progress.running < PIPELINE_POLLS &&
           schedule_next(pipeline->schedule, &task, &due) && due <= now_ms(pipeline)) {
        schedule_remove(pipeline->schedule, task);
        pipeline->progress.lag_ms = now_ms(pipeline) - due;
        if (source_is_polled(pipeline, task)) {
            pipeline->states[task] = TASK_WAITING;
        } else {
            pipeline->states[task] = TASK_POLLING;
            pipeline->progress.running++;
            poll_start(pipeline, task);
        }
    }
    set_due_timer(pipeline);
}

/* A run that was told how far to go back goes there, once nothing new is left. */
static bool back_fill_begins(struct pipeline *pipeline, size_t task) {
    bool told = pipeline->options.once && pipeline->options.since_ms != DATE_NONE;
    bool begins = told && !pipeline->back_filling[task];
    if (begins) {
        pipeline->back_filling[task] = true;
        pipeline->rounds[task] = 0;
    }
    return begins;
}

void pipeline_note_stored(struct pipeline *pipeline, struct span source,
                          const struct store_result *stored) {
    pipeline->progress.added += stored->added;
    pipeline->progress.updated += stored->updated;
    pipeline->alerts_wanted |= stored->added + stored->updated + stored->removed > 0;
    if (stored->crowded) {
        log_warning(pipeline->parts.log, "series_crowded", LOG_TEXT("source", source),
                    LOG_INT("counted", LIMIT_SERIES_MEMBERS),
                    LOG_STRING("hint", "further topics or sources are counted as \"other\""));
    }
}

void pipeline_poll_over(struct pipeline *pipeline, size_t task, bool ok, bool caught_up,
                        int64_t again_ms) {
    pipeline->progress.running--;
    pipeline->states[task] = TASK_IDLE;
    bool again = !pipeline->options.once;
    bool goes_back = caught_up && back_fill_begins(pipeline, task);
    if (pipeline->options.once && ok && (goes_back || !caught_up)) {
        again = goes_back || ++pipeline->rounds[task] < PIPELINE_ROUNDS;
        again_ms = again_ms > MINUTE_MS ? 0 : again_ms; /* an interval is for daemons */
        pipeline->progress.unfinished += again ? 0 : 1;
    }
    bool round_is_over = pipeline->options.once ? !again : !ok || caught_up;
    if (round_is_over && !pipeline->finished[task]) {
        pipeline->finished[task] = true;
        pipeline->progress.done++;
        pipeline->progress.failed += ok ? 0 : 1;
    }
    if (again && !pipeline->stopping) {
        schedule_set(pipeline->schedule, task, now_ms(pipeline) + again_ms);
    }
    wake_neighbours(pipeline, task);
    set_due_timer(pipeline);
}

/* What a site asked an earlier run for, it asked of all sources that it counts as one customer. */
static void hold_key(const struct pipeline *pipeline, const struct task *task,
                     const struct source_state *state) {
    int64_t now = clock_wall_ms(pipeline->parts.clock);
    struct span key = crawling_options(task).governor_key;
    key = key.size > 0 ? key : task->config->url;
    if (state->closed_until_ms > now && key.size > 0) { /* DATE_NONE is long ago */
        crawler_hold(pipeline->crawler, key, state->closed_until_ms - now);
    }
}

/* A daemon goes on where the last one stopped: what was polled a minute ago is not polled again. */
static int64_t first_wait_ms(const struct pipeline *pipeline, const struct source_state *state,
                             size_t position) {
    int64_t wait = (int64_t)position * START_SPREAD_MS;
    if (state->next_ms != DATE_NONE) {
        int64_t left = state->next_ms - clock_wall_ms(pipeline->parts.clock);
        wait = left > wait ? left : wait;
    }
    return pipeline->options.once ? 0 : wait;
}

static void schedule_all(struct pipeline *pipeline) {
    struct snapshot *snapshot = NULL;
    struct error error;
    if (!snapshot_open(pipeline->parts.store, &snapshot, &error)) {
        log_error(pipeline->parts.log, "store_failed", LOG_ERROR_TEXT(&error));
    }
    struct arena *arena = arena_create();
    for (size_t i = 0; i < pipeline->parts.tasks->count; i++) {
        const struct task *task = &pipeline->parts.tasks->list[i];
        struct source_state state;
        source_state_init(&state);
        if (snapshot != NULL) {
            snapshot_source(snapshot, task->key, arena, &state);
            hold_key(pipeline, task, &state);
        }
        if (is_wanted(pipeline, task)) {
            int64_t wait = first_wait_ms(pipeline, &state, pipeline->progress.tasks);
            schedule_set(pipeline->schedule, i, now_ms(pipeline) + wait);
            pipeline->progress.tasks++;
        }
    }
    arena_free(arena);
    if (snapshot != NULL) {
        snapshot_close(snapshot);
    }
    set_due_timer(pipeline);
}

/* --- Alerts ----------------------------------------------------------------------------------- */

/* What has been kept long enough goes. */
static bool retain_terms(const struct pipeline *pipeline, struct error *error) {
    struct arena *arena = arena_create();
    struct store_retained retained;
    size_t count = 0;
    const struct store_term *terms =
        terms_make(pipeline->parts.config, clock_wall_ms(pipeline->parts.clock), arena, &count);
    bool kept = store_retain(pipeline->parts.store, terms, count, &retained, error);
    arena_free(arena);
    return kept;
}

/* Hourly: each time every mention that may be due is looked at. */
static bool retain_if_due(struct pipeline *pipeline, struct error *error) {
    int64_t now = now_ms(pipeline);
    bool due = pipeline->retained_ms == DATE_NONE || now - pipeline->retained_ms >= HOUR_MS;
    if (due && !retain_terms(pipeline, error)) {
        return false;
    }
    pipeline->retained_ms = due ? now : pipeline->retained_ms;
    return true;
}

static void evaluate_alerts(uv_work_t *work) {
    struct pipeline *pipeline = work->data;
    struct store *store = pipeline->parts.store;
    int64_t now = clock_wall_ms(pipeline->parts.clock);
    const struct config *config = pipeline->parts.config;
    const struct explainer explainer = reasons_explainer(pipeline->parts.assessor);
    pipeline->alert_ok = alerts_evaluate(store, config, &explainer, now, &pipeline->alert_summary,
                                         &pipeline->alert_error) &&
                         digests_write(store, config, &explainer, now, &pipeline->alert_digests,
                                       &pipeline->alert_error) &&
                         retain_if_due(pipeline, &pipeline->alert_error);
}

static void on_alerts_evaluated(uv_work_t *work, int status) {
    (void)status;
    struct pipeline *pipeline = work->data;
    pipeline->alerts_running = false;
    if (!pipeline->alert_ok) {
        log_error(pipeline->parts.log, "alerts_failed", LOG_ERROR_TEXT(&pipeline->alert_error));
        return;
    }
    struct alert_summary *sum = &pipeline->progress.alerts;
    sum->opened += pipeline->alert_summary.opened;
    sum->updated += pipeline->alert_summary.updated;
    sum->closed += pipeline->alert_summary.closed;
    sum->messages += pipeline->alert_summary.messages;
    pipeline->progress.digests += pipeline->alert_digests;
    if (pipeline->delivery != NULL && !pipeline->stopping) {
        delivery_wake(pipeline->delivery);
    }
}

static void look_at_alerts(struct pipeline *pipeline) {
    pipeline->alerts_running = true;
    pipeline->alerts_wanted = false;
    pipeline->alerts_looked = true;
    pipeline->alerts_ms = now_ms(pipeline);
    pipeline->alert_summary = (struct alert_summary){0};
    pipeline->alert_digests = 0;
    pipeline->digest_ms =
        digests_next_ms(pipeline->parts.config, clock_wall_ms(pipeline->parts.clock));
    pipeline->alert_work.data = pipeline;
    uv_queue_work(pipeline->parts.loop, &pipeline->alert_work, evaluate_alerts,
                  on_alerts_evaluated);
}

/* --- Life ------------------------------------------------------------------------------------- */

static bool polls_are_over(const struct pipeline *pipeline) {
    return pipeline->progress.running == 0 && pipeline->progress.done == pipeline->progress.tasks;
}

/* A daemon looks once the first round of polls is in, as a half-loaded past looks like a surge; then
 * soon after something came, and hourly at least. */
static bool alerts_are_due(const struct pipeline *pipeline) {
    int64_t waited_ms = now_ms(pipeline) - pipeline->alerts_ms;
    bool first_round = pipeline->progress.done < pipeline->progress.tasks;
    if (!pipeline->alerts_looked && first_round) {
        return waited_ms >= FIRST_ROUND_MS;
    }
    bool digest = pipeline->digest_ms != DATE_NONE &&
                  pipeline->digest_ms <= clock_wall_ms(pipeline->parts.clock);
    return digest || waited_ms >= HOUR_MS ||
           (pipeline->alerts_wanted && waited_ms >= ALERTS_EVERY_MS);
}

/* A message that waits is due by the clock; nothing else would tell. */
static void deliver_due(struct pipeline *pipeline) {
    if (pipeline->delivery == NULL) {
        return;
    }
    int64_t next_ms = delivery_next_ms(pipeline->delivery);
    if (next_ms != DATE_NONE && next_ms <= clock_wall_ms(pipeline->parts.clock)) {
        delivery_wake(pipeline->delivery);
    }
}

void pipeline_listen(struct pipeline *pipeline) {
    pipeline->listening_ms = clock_wall_ms(pipeline->parts.clock);
    pipeline->listened_ms = now_ms(pipeline);
    append_note_listening(pipeline);
}

static void note_listening(struct pipeline *pipeline) {
    bool due = now_ms(pipeline) - pipeline->listened_ms >= LISTENED_EVERY_MS;
    if (pipeline->listening_ms != DATE_NONE && due) {
        pipeline->listened_ms = now_ms(pipeline);
        append_note_listening(pipeline);
    }
}

static void on_tick(uv_timer_t *timer) {
    struct pipeline *pipeline = timer->data;
    note_listening(pipeline);
    deliver_due(pipeline);
    bool over = pipeline->options.once && polls_are_over(pipeline);
    if (pipeline->options.on_progress != NULL) {
        pipeline->options.on_progress(pipeline->options.context, &pipeline->progress);
    }
    bool due = pipeline->options.once
                   ? over && (!pipeline->alerts_looked || pipeline->alerts_wanted)
                   : alerts_are_due(pipeline);
    if (due && !pipeline->alerts_running) {
        look_at_alerts(pipeline);
    } else if (over && !pipeline->alerts_running && !pipeline->finishing &&
               (pipeline->delivery == NULL || delivery_is_idle(pipeline->delivery))) {
        pipeline->finishing = true;
        uv_timer_stop(timer);
        pipeline->options.on_finished(pipeline->options.context);
    }
}

static void on_committed_async(uv_async_t *async) {
    poll_collect_commits(async->data);
    append_collect_commits(async->data);
}

struct pipeline *pipeline_start(const struct pipeline_parts *parts,
                                const struct pipeline_options *options) {
    struct pipeline *pipeline = NEW(struct pipeline);
    pipeline->parts = *parts;
    pipeline->options = *options;
    pipeline->alerts_ms = now_ms(pipeline);
    pipeline->listening_ms = DATE_NONE;
    pipeline->retained_ms = DATE_NONE;
    pipeline->digest_ms = DATE_NONE;
    pipeline->crawler = crawling_open(parts->loop, parts->config, parts->clock, parts->log);
    if (parts->config->mail.url.size > 0 || parts->config->webhook_count > 0) {
        const struct mail_token_parts token = {parts->loop, parts->mail_login, parts->store,
                                               pipeline->crawler, parts->clock};
        pipeline->mail_token = parts->mail_login == NULL ? NULL : mail_token_open(&token);
        pipeline->delivery =
            delivery_start(parts->store, pipeline->crawler, parts->config,
                           mail_token_source(pipeline->mail_token), parts->clock, parts->log);
    }
    pipeline->schedule = schedule_create();
    pipeline->finished = NEW_ARRAY(bool, parts->tasks->count);
    pipeline->rounds = NEW_ARRAY(uint8_t, parts->tasks->count);
    pipeline->progress.back_to_ms = DATE_NONE;
    pipeline->back_filling = NEW_ARRAY(bool, parts->tasks->count);
    pipeline->states = NEW_ARRAY(enum task_state, parts->tasks->count);
    uv_mutex_init(&pipeline->mutex);
    uv_timer_init(parts->loop, &pipeline->due_timer);
    uv_timer_init(parts->loop, &pipeline->tick_timer);
    uv_async_init(parts->loop, &pipeline->committed, on_committed_async);
    pipeline->due_timer.data = pipeline;
    pipeline->tick_timer.data = pipeline;
    pipeline->committed.data = pipeline;
    pipeline->handles = 3;
    uv_timer_start(&pipeline->tick_timer, on_tick, TICK_MS, TICK_MS);
    schedule_all(pipeline);
    return pipeline;
}

const struct pipeline_progress *pipeline_progress(const struct pipeline *pipeline) {
    return &pipeline->progress;
}

static void pipeline_free(struct pipeline *pipeline) {
    void (*on_stopped)(void *) = pipeline->on_stopped;
    void *context = pipeline->stop_context;
    schedule_free(pipeline->schedule);
    uv_mutex_destroy(&pipeline->mutex);
    free(pipeline->finished);
    free(pipeline->rounds);
    free(pipeline->back_filling);
    free(pipeline->states);
    free(pipeline);
    on_stopped(context);
}

static void on_handle_closed(uv_handle_t *handle) {
    struct pipeline *pipeline = handle->data;
    if (--pipeline->handles == 0) {
        pipeline_free(pipeline);
    }
}

static void on_crawler_closed(void *context) {
    struct pipeline *pipeline = context;
    uv_close((uv_handle_t *)&pipeline->due_timer, on_handle_closed);
    uv_close((uv_handle_t *)&pipeline->tick_timer, on_handle_closed);
    uv_close((uv_handle_t *)&pipeline->committed, on_handle_closed);
}

/* What the pool and the writer hold must come back before anything is closed. */
static void on_stop_tick(uv_timer_t *timer) {
    struct pipeline *pipeline = timer->data;
    if (pipeline->progress.running == 0 && pipeline->appending == 0 && !pipeline->alerts_running) {
        uv_timer_stop(timer);
        crawler_close(pipeline->crawler, on_crawler_closed, pipeline);
    }
}

void pipeline_stop(struct pipeline *pipeline, void (*on_stopped)(void *context), void *context) {
    pipeline->stopping = true;
    pipeline->on_stopped = on_stopped;
    pipeline->stop_context = context;
    uv_timer_stop(&pipeline->due_timer);
    poll_cancel_all(pipeline);
    if (pipeline->delivery != NULL) {
        delivery_stop(pipeline->delivery);
    }
    mail_token_close(pipeline->mail_token);
    uv_timer_start(&pipeline->tick_timer, on_stop_tick, 0, 10);
}
