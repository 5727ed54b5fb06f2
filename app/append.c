/* One delivery: parsed and scored on the pool, committed, answered.
 *
 *   append -> (pool) -> judged -> (writer) -> committed -> told
 *
 * It is not asked for again when it fails: whoever sent it does that. So nothing waits here, and what
 * the writer has no room for is sent back. */
#include "app/pipeline_private.h"

#include <stdlib.h>

struct append {
    struct pipeline *pipeline;
    struct append *next; /* in pipeline->committed_appends */
    const struct task *task;
    struct span body; /* data NULL: only noted that it was listened to */
    append_callback *on_done;
    void *context;

    struct arena *arena;
    struct source_state state;
    struct mention *mentions;
    uv_work_t work;
    struct store_batch batch;
    struct store_result stored;
    struct append_result result;
};

static void append_over(struct append *append) {
    append->pipeline->appending--;
    if (append->on_done != NULL) {
        append->on_done(append->context, &append->result);
    }
    arena_free(append->arena);
    free(append);
}

/* --- Committing ------------------------------------------------------------------------------- */

/* On the writer thread. */
static void on_committed(void *context, const struct store_result *result) {
    struct append *append = context;
    struct pipeline *pipeline = append->pipeline;
    append->stored = *result;
    uv_mutex_lock(&pipeline->mutex);
    append->next = pipeline->committed_appends;
    pipeline->committed_appends = append;
    uv_mutex_unlock(&pipeline->mutex);
    uv_async_send(&pipeline->committed);
}

static void append_committed(struct append *append) {
    struct pipeline *pipeline = append->pipeline;
    const struct store_result *stored = &append->stored;
    append->result.stored = stored->stored;
    if (stored->stored) {
        pipeline_note_stored(pipeline, append->task->key, stored);
    } else {
        append->result.error = stored->error;
        log_error(pipeline->parts.log, "store_failed", LOG_TEXT("source", append->task->key),
                  LOG_ERROR_TEXT(&stored->error));
    }
    append_over(append);
}

void append_collect_commits(struct pipeline *pipeline) {
    uv_mutex_lock(&pipeline->mutex);
    struct append *append = pipeline->committed_appends;
    pipeline->committed_appends = NULL;
    uv_mutex_unlock(&pipeline->mutex);
    while (append != NULL) {
        struct append *next = append->next;
        append_committed(append);
        append = next;
    }
}

/* A sender that has nothing to say sends nothing: what was listened to is covered, up to now. While
 * nobody listened, a sender may have given up. */
static int64_t covered_since(const struct append *append, int64_t now_ms) {
    int64_t noted_ms = append->state.succeeded_ms;
    int64_t since_ms = append->pipeline->listening_ms;
    since_ms = noted_ms != DATE_NONE && noted_ms > since_ms ? noted_ms : since_ms;
    return since_ms == DATE_NONE || since_ms > now_ms ? now_ms : since_ms;
}

static bool append_commit(struct append *append) {
    const struct pipeline *pipeline = append->pipeline;
    int64_t now_ms = clock_wall_ms(pipeline->parts.clock);
    int64_t since_ms = covered_since(append, now_ms);
    append->state.polls++;
    append->state.failures = 0;
    append->state.reason = (struct span){NULL, 0};
    append->state.message = (struct span){NULL, 0};
    append->state.polled_ms = now_ms;
    append->state.succeeded_ms = now_ms;
    append->batch = (struct store_batch){
        .source = append->task->key,
        .state = &append->state,
        .mentions = append->mentions,
        .mention_count = append->result.items,
        .brand_names = assessor_brand_names(pipeline->parts.assessor),
        .brand_name_count = assessor_brand_count(pipeline->parts.assessor),
        .now_ms = now_ms,
        .polled_ok = true,
        .covered_since_ms = since_ms,
    };
    return store_submit(pipeline->parts.store, &append->batch, on_committed, append);
}

/* --- Parsing and scoring ---------------------------------------------------------------------- */

/* A delivery is the one page of a poll that was never asked for. */
static bool read_items(struct append *append, struct items *items, struct error *error) {
    const struct task *task = append->task;
    struct poll_options options = {
        .params = task->params,
        .param_count = task->param_count,
        .key = task->config->key.value,
        .now_ms = clock_wall_ms(append->pipeline->parts.clock),
        .since_ms = DATE_NONE,
        .language = task->config->language,
        .no_follow = true,
        .saved = true,
    };
    struct poll *poll = NULL;
    struct web_request request;
    struct web_response response = {.status = 200, .body = append->body};
    if (!poll_begin(task->recipe, &options, (struct span){NULL, 0}, append->arena, &poll, error) ||
        !poll_request(poll, &request) ||
        !poll_response(poll, &response, append->arena, items, error)) {
        return false;
    }
    struct span missing = poll_report(poll)->missing;
    return missing.size == 0 || error_set(error, ERROR_INPUT, "%.*s", SPAN_ARG(missing));
}

/* On a pool thread. */
static void judge_delivery(uv_work_t *work) {
    struct append *append = work->data;
    const struct pipeline *pipeline = append->pipeline;
    struct items items = {.arena = append->arena};
    append->result.readable = read_items(append, &items, &append->result.error);
    if (!append->result.readable) {
        return;
    }
    struct assessor_origin origin = task_origin(append->task, clock_wall_ms(pipeline->parts.clock));
    append->result.items = items.count;
    append->mentions = ARENA_ARRAY(append->arena, struct mention, items.count);
    for (size_t i = 0; i < items.count; i++) {
        assessor_judge(pipeline->parts.assessor, &origin, &items.list[i], append->arena,
                       &append->mentions[i]);
    }
}

static bool read_state(struct append *append) {
    struct snapshot *snapshot = NULL;
    source_state_init(&append->state);
    if (!snapshot_open(append->pipeline->parts.store, &snapshot, &append->result.error)) {
        return false;
    }
    snapshot_source(snapshot, append->task->key, append->arena, &append->state);
    snapshot_close(snapshot);
    return true;
}

static void on_judged(uv_work_t *work, int status) {
    struct append *append = work->data;
    struct pipeline *pipeline = append->pipeline;
    (void)status; /* the work is never cancelled */
    if (!append->result.readable) {
        log_warning(pipeline->parts.log, "delivery_unreadable",
                    LOG_TEXT("source", append->task->key), LOG_ERROR_TEXT(&append->result.error));
        append_over(append);
        return;
    }
    pipeline->progress.pages++;
    pipeline->progress.items += append->result.items;
    pipeline->progress.bytes += append->body.size;
    for (size_t i = 0; i < append->result.items; i++) {
        pipeline->progress.matched += append->mentions[i].brand_count > 0;
    }
    if (!read_state(append) || !append_commit(append)) {
        append_over(append);
    }
}

static struct append *append_create(struct pipeline *pipeline, size_t task) {
    struct append *append = NEW(struct append);
    *append = (struct append){
        .pipeline = pipeline,
        .task = &pipeline->parts.tasks->list[task],
        .arena = arena_create(),
    };
    pipeline->appending++;
    return append;
}

void pipeline_append(struct pipeline *pipeline, size_t task, struct span body,
                     append_callback *on_done, void *context) {
    struct append *append = append_create(pipeline, task);
    append->body = body;
    append->on_done = on_done;
    append->context = context;
    append->work.data = append;
    uv_queue_work(pipeline->parts.loop, &append->work, judge_delivery, on_judged);
}

void append_note_listening(struct pipeline *pipeline) {
    for (size_t i = 0; i < pipeline->parts.tasks->count; i++) {
        if (pipeline->parts.tasks->list[i].info->hooks == 0) {
            continue;
        }
        struct append *append = append_create(pipeline, i);
        if (!read_state(append) || !append_commit(append)) {
            append_over(append); /* the next note reaches back as far */
        }
    }
}
