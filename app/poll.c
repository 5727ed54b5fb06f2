/* One poll: ask, parse and score on the pool, commit, ask again; until the source has no more.
 *
 *   begin -> ask -> (wire) -> fetched -> (pool) -> judged -> (writer) -> committed -> ask ... over
 */
#include "app/pipeline_private.h"

#include "app/crawling.h"

#include <stdlib.h>

enum run_step { RUN_ASKING, RUN_JUDGING, RUN_COMMITTING };

struct poll_run {
    struct pipeline *pipeline;
    struct poll_run *next; /* in pipeline->runs */
    struct poll_run *next_committed;
    size_t index;
    const struct task *task;
    enum run_step step;

    struct arena *arena; /* of the poll: state, cursors, requests */
    struct poll *poll;
    struct source_state state;
    struct span login; /* what is kept of it, for all polls of the source */
    bool login_is_new; /* and must be stored */
    struct web_request request;
    struct fetch *fetch;

    struct arena *page; /* of the page: body, items, mentions */
    struct web_response response;
    struct span etag, last_modified; /* of the top of the listing */
    struct mention *mentions;
    size_t mention_count;
    bool parsed;
    struct error error;
    uv_work_t work;

    bool back_fill;
    bool last; /* this commit ends the poll */
    bool ok;
    bool caught_up;     /* the source has nothing more for now */
    int64_t since_ms;   /* how far back the first poll of a source goes */
    int64_t oldest_ms;  /* of the items met; DATE_NONE = none */
    int64_t covered_ms; /* the last success before this poll; DATE_NONE = never */
    int64_t again_ms;   /* from now */
    struct store_batch batch;
    struct store_result result;
};

static void run_ask(struct poll_run *run);

static void run_free(struct poll_run *run) {
    struct poll_run **link = &run->pipeline->runs;
    while (*link != run) {
        link = &(*link)->next;
    }
    *link = run->next;
    arena_free(run->arena);
    arena_free(run->page);
    free(run);
}

static void run_over(struct poll_run *run) {
    struct pipeline *pipeline = run->pipeline;
    size_t index = run->index;
    bool ok = run->ok;
    bool caught_up = run->caught_up;
    int64_t again_ms = run->again_ms;
    run_free(run);
    pipeline_poll_over(pipeline, index, ok, caught_up, again_ms);
}

static void tell_failure(struct poll_run *run) {
    const struct pipeline_options *options = &run->pipeline->options;
    if (options->on_failure != NULL) {
        options->on_failure(options->context, run->task->key, &run->error);
    }
}

/* --- Committing ------------------------------------------------------------------------------- */

/* On the writer thread. */
static void on_committed(void *context, const struct store_result *result) {
    struct poll_run *run = context;
    struct pipeline *pipeline = run->pipeline;
    run->result = *result;
    uv_mutex_lock(&pipeline->mutex);
    run->next_committed = pipeline->committed_runs;
    pipeline->committed_runs = run;
    uv_mutex_unlock(&pipeline->mutex);
    uv_async_send(&pipeline->committed);
}

static void run_committed(struct poll_run *run) {
    struct pipeline *pipeline = run->pipeline;
    pipeline->progress.added += run->result.added;
    pipeline->progress.updated += run->result.updated;
    if (run->result.stored) {
        pipeline->writer_complained = false;
        run->login_is_new = false;
        pipeline->alerts_wanted |=
            run->result.added + run->result.updated + run->result.removed > 0;
    } else {
        run->ok = false;
        run->last = true;
        run->again_ms = MINUTE_MS;
        if (!pipeline->writer_complained) {
            pipeline->writer_complained = true;
            log_error(pipeline->parts.log, "store_failed", LOG_TEXT("source", run->task->key),
                      LOG_ERROR_TEXT(&run->result.error));
            run->error = run->result.error;
            tell_failure(run);
        }
    }
    if (run->last || pipeline->stopping) {
        run_over(run);
    } else {
        run_ask(run);
    }
}

/* A poll that has caught up saw everything since the last one; a first poll, since its oldest item
 * (a feed holds only so many) or where it was told to begin. */
static int64_t run_covered_since(const struct poll_run *run) {
    if (!run->caught_up) {
        return DATE_NONE;
    }
    if (run->covered_ms != DATE_NONE && !run->back_fill) {
        return run->covered_ms;
    }
    if (run->back_fill && run->oldest_ms == DATE_NONE) {
        return DATE_NONE; /* nothing older was there: that proves nothing */
    }
    return run->oldest_ms > run->since_ms ? run->oldest_ms : run->since_ms;
}

static void take_login(struct poll_run *run) {
    struct span login = run->poll == NULL ? (struct span){NULL, 0} : poll_login(run->poll);
    if (login.data != NULL) {
        run->login = login;
        run->login_is_new = true;
    }
}

/* Hands the page to the writer. A full queue is tried again at the next commit. */
static void run_commit(struct poll_run *run) {
    struct pipeline *pipeline = run->pipeline;
    run->step = RUN_COMMITTING;
    take_login(run);
    run->batch = (struct store_batch){
        .source = run->task->key,
        .state = &run->state,
        .mentions = run->mentions,
        .mention_count = run->mention_count,
        .brand_names = assessor_brand_names(pipeline->parts.assessor),
        .brand_name_count = assessor_brand_count(pipeline->parts.assessor),
        .login_name = run->task->source,
        .login = run->login_is_new ? run->login : (struct span){NULL, 0},
        .now_ms = clock_wall_ms(pipeline->parts.clock),
        .polled_ok = run->ok,
        .covered_since_ms = run->ok && run->last ? run_covered_since(run) : DATE_NONE,
    };
    run->result = (struct store_result){.stored = false};
    if (!store_submit(pipeline->parts.store, &run->batch, on_committed, run)) {
        run->batch.source = (struct span){NULL, 0}; /* marks it as waiting */
    }
}

void poll_collect_commits(struct pipeline *pipeline) {
    uv_mutex_lock(&pipeline->mutex);
    struct poll_run *run = pipeline->committed_runs;
    pipeline->committed_runs = NULL;
    uv_mutex_unlock(&pipeline->mutex);
    while (run != NULL) {
        struct poll_run *next = run->next_committed;
        run_committed(run);
        run = next;
    }
    for (run = pipeline->runs; run != NULL; run = run->next) {
        if (run->step == RUN_COMMITTING && run->batch.source.data == NULL) {
            run_commit(run);
        }
    }
}

/* --- Ending a poll ---------------------------------------------------------------------------- */

/* Doubles with every failure in a row, from the source's interval up to a day. */
static int64_t failure_pause_ms(const struct poll_run *run) {
    uint32_t doublings = run->state.failures > 8 ? 8 : run->state.failures - 1;
    int64_t pause = (run->task->interval_ms > 0 ? run->task->interval_ms : HOUR_MS) << doublings;
    return pause > DAY_MS ? DAY_MS : pause;
}

static void state_touch(struct poll_run *run, int64_t closed_ms) {
    int64_t now = clock_wall_ms(run->pipeline->parts.clock);
    run->state.polled_ms = now;
    run->state.next_ms = now + run->again_ms;
    run->state.closed_until_ms = closed_ms > 0 ? now + closed_ms : DATE_NONE;
}

/* In a list of sources the address is known, and would hide what went wrong. */
static struct span without_url(struct span message) {
    size_t end = span_find(message, SPAN(": "));
    bool has_url = end != SPAN_NOT_FOUND && (span_starts_with(message, SPAN("http")) ||
                                             span_starts_with(message, SPAN("imap")));
    return has_url ? span_from(message, end + 2) : message;
}

/* The poll ends with an error: remembered in the state, told once. */
static void run_fail(struct poll_run *run, const char *reason, int64_t retry_after_ms) {
    struct pipeline *pipeline = run->pipeline;
    run->ok = false;
    run->last = true;
    run->mentions = NULL;
    run->mention_count = 0;
    run->state.failures++;
    run->state.polls++;
    run->state.reason = span_of(reason);
    run->state.message = arena_copy(run->arena, without_url(span_of(run->error.message)));
    run->again_ms = failure_pause_ms(run);
    if (retry_after_ms > run->again_ms) {
        run->again_ms = retry_after_ms;
    }
    state_touch(run, retry_after_ms);
    log_warning(pipeline->parts.log, "source_failed", LOG_TEXT("source", run->task->key),
                LOG_STRING("reason", reason), LOG_INT("failures", run->state.failures),
                LOG_INT("retry_s", run->again_ms / SECOND_MS), LOG_ERROR_TEXT(&run->error));
    tell_failure(run);
    run_commit(run);
}

static void run_succeed(struct poll_run *run) {
    const struct poll_report *report = poll_report(run->poll);
    if (report->given_up > 0) {
        log_warning(run->pipeline->parts.log, "follow_given_up", LOG_TEXT("source", run->task->key),
                    LOG_INT("items", report->given_up));
    }
    run->last = true;
    run->caught_up = report->complete;
    if (run->back_fill) {
        run->caught_up &= report->waiting == 0;
        run->state.cursor = poll_cursor(run->poll);
    }
    run->again_ms = report->more_soon ? SECOND_MS : run->task->interval_ms;
    if (report->backoff_ms > run->again_ms) {
        run->again_ms = report->backoff_ms;
    }
    run->state.failures = 0;
    run->state.reason = (struct span){NULL, 0};
    run->state.message = (struct span){NULL, 0};
    run->state.polls++;
    run->state.succeeded_ms = clock_wall_ms(run->pipeline->parts.clock);
    state_touch(run, report->backoff_ms);
    run_commit(run);
}

/* --- Parsing and scoring ---------------------------------------------------------------------- */

static void judge_items(struct poll_run *run, const struct items *items) {
    struct pipeline *pipeline = run->pipeline;
    struct assessor_origin origin = task_origin(run->task, clock_wall_ms(pipeline->parts.clock));
    run->mentions = ARENA_ARRAY(run->page, struct mention, items->count);
    run->mention_count = items->count;
    for (size_t i = 0; i < items->count; i++) {
        assessor_judge(pipeline->parts.assessor, &origin, &items->list[i], run->page,
                       &run->mentions[i]);
        int64_t time_ms = mention_time_ms(&run->mentions[i]);
        if (run->oldest_ms == DATE_NONE || time_ms < run->oldest_ms) {
            run->oldest_ms = time_ms;
        }
    }
}

/* On a pool thread. */
static void judge_page(uv_work_t *work) {
    struct poll_run *run = work->data;
    struct items items = {.arena = run->page};
    run->parsed = poll_response(run->poll, &run->response, run->page, &items, &run->error);
    if (run->parsed) {
        judge_items(run, &items);
    }
}

static void count_page(struct poll_run *run) {
    struct pipeline_progress *progress = &run->pipeline->progress;
    progress->pages++;
    progress->items += run->mention_count;
    if (run->back_fill && run->oldest_ms != DATE_NONE) {
        progress->back_to_ms = run->oldest_ms;
    }
    for (size_t i = 0; i < run->mention_count; i++) {
        progress->matched += run->mentions[i].brand_count > 0;
    }
}

/* The site answers but what must be there is not: it has changed its shape. */
static bool shape_changed(struct poll_run *run) {
    const struct poll_report *report = poll_report(run->poll);
    if (report->missing.size == 0) {
        return false;
    }
    return !error_set(&run->error, ERROR_INPUT, "%.*s", SPAN_ARG(report->missing));
}

/* Validators speak of the top of the listing: they hold only where that was the whole of it. */
static void keep_validators(struct poll_run *run) {
    const struct poll_report *report = poll_report(run->poll);
    bool whole = report->walked && report->pages <= 1;
    if (run->back_fill) {
        return;
    }
    run->state.etag = whole ? run->etag : (struct span){NULL, 0};
    run->state.last_modified = whole ? run->last_modified : (struct span){NULL, 0};
}

/* What is asked next. */
static bool run_next(struct poll_run *run) {
    poll_clock(run->poll, clock_wall_ms(run->pipeline->parts.clock));
    return poll_request(run->poll, &run->request);
}

/* The token is stored before it is used: the site may have taken back what was kept before. */
static void run_logged_in(struct poll_run *run) {
    if (run_next(run)) {
        run_commit(run);
    } else {
        run_succeed(run);
    }
}

/* What the answer brought is stored; then the next question, if there is one. */
static void run_go_on(struct poll_run *run) {
    run->ok = true;
    run->state.cursor = poll_cursor(run->poll);
    bool more = run_next(run);
    keep_validators(run);
    int64_t backoff_ms = poll_report(run->poll)->backoff_ms;
    if (backoff_ms > 0) {
        struct span key = crawling_options(run->task).governor_key;
        crawler_hold(run->pipeline->crawler, key.size > 0 ? key : run->request.url, backoff_ms);
    }
    if (more) {
        run->again_ms = 0;
        state_touch(run, backoff_ms);
        run_commit(run);
    } else {
        run_succeed(run);
    }
}

static void on_judged(uv_work_t *work, int status) {
    struct poll_run *run = work->data;
    (void)status; /* the work is never cancelled */
    if (run->parsed && run->request.secret) {
        run_logged_in(run); /* also while stopping: what was kept before may be worth nothing now */
        return;
    }
    if (run->pipeline->stopping) {
        run_over(run); /* nothing was stored: the next run asks for this page again */
        return;
    }
    if (!run->parsed) {
        run->state.cursor = poll_cursor(run->poll); /* which follow-up fails is remembered */
        run_fail(run, "parse", 0);
    } else if (shape_changed(run)) {
        run_fail(run, "changed-shape", 0);
    } else {
        count_page(run);
        run_go_on(run);
    }
}

/* --- Asking ----------------------------------------------------------------------------------- */

/* The response belongs to the crawler; the page keeps what the pool needs. */
static void keep_response(struct poll_run *run, const struct web_response *response) {
    struct web_header *headers = ARENA_ARRAY(run->page, struct web_header, response->header_count);
    for (size_t i = 0; i < response->header_count; i++) {
        headers[i].name = arena_copy(run->page, response->headers[i].name);
        headers[i].value = arena_copy(run->page, response->headers[i].value);
    }
    run->response = *response;
    run->response.headers = headers;
    run->response.url = arena_copy(run->page, response->url);
    run->response.body = arena_copy(run->page, response->body);
}

static void new_page(struct poll_run *run) {
    arena_free(run->page);
    run->page = arena_create();
    run->mentions = NULL;
    run->mention_count = 0;
}

/* Nothing new in the listing; what is followed of its items may still be due. */
static void take_unchanged(struct poll_run *run, const struct fetch_result *result) {
    run->pipeline->progress.not_modified++;
    run->etag = arena_copy(run->arena, result->etag);
    run->last_modified = arena_copy(run->arena, result->last_modified);
    new_page(run);
    poll_unchanged(run->poll);
    run_go_on(run);
}

/* A follow-up of something that is gone is no failure of the source. */
static void take_failure(struct poll_run *run, const struct fetch_result *result) {
    new_page(run);
    struct items items = {.arena = run->page};
    bool answered = result->reason == FETCH_REASON_STATUS;
    run->error = result->error;
    if (answered && poll_refused(run->poll, &result->response, &run->error) && run_next(run)) {
        run_ask(run);
        return;
    }
    bool on = poll_unanswered(run->poll, answered ? result->response.status : 0, &items);
    judge_items(run, &items);
    if (on) {
        run_go_on(run);
        return;
    }
    run->state.cursor = poll_cursor(run->poll);
    run_fail(run, fetch_reason_name(result->reason), result->retry_after_ms);
}

static void on_fetched(void *context, const struct fetch_result *result) {
    struct poll_run *run = context;
    run->fetch = NULL;
    if (result->outcome == FETCH_NOT_MODIFIED) {
        take_unchanged(run, result);
        return;
    }
    if (result->outcome != FETCH_OK) {
        take_failure(run, result);
        return;
    }
    new_page(run);
    run->pipeline->progress.bytes += result->response.body.size;
    keep_response(run, &result->response);
    if (poll_asks_top(run->poll)) {
        run->etag = arena_copy(run->arena, result->etag);
        run->last_modified = arena_copy(run->arena, result->last_modified);
    }
    run->step = RUN_JUDGING;
    run->work.data = run;
    uv_queue_work(run->pipeline->parts.loop, &run->work, judge_page, on_judged);
}

static void run_ask(struct poll_run *run) {
    struct fetch_options options = crawling_options(run->task);
    if (poll_asks_top(run->poll) && !run->back_fill) {
        run->request.etag = run->state.etag;
        run->request.last_modified = run->state.last_modified;
    }
    run->request.api |= run->task->info->api;
    run->step = RUN_ASKING;
    run->fetch = crawler_fetch(run->pipeline->crawler, &run->request, &options, on_fetched, run);
}

/* --- Beginning -------------------------------------------------------------------------------- */

static bool read_state(struct poll_run *run) {
    struct snapshot *snapshot = NULL;
    if (!snapshot_open(run->pipeline->parts.store, &snapshot, &run->error)) {
        return false;
    }
    source_state_init(&run->state);
    snapshot_source(snapshot, run->task->key, run->arena, &run->state);
    run->login = snapshot_login(snapshot, run->task->source, run->arena);
    snapshot_close(snapshot);
    run->covered_ms = run->state.succeeded_ms;
    run->oldest_ms = DATE_NONE;
    return true;
}

/* What another run of the program was told holds for this one: a site that asked to be left alone
 * is. Short waits are waited for. */
static bool is_closed(struct poll_run *run) {
    int64_t now = clock_wall_ms(run->pipeline->parts.clock);
    int64_t until = run->state.closed_until_ms;
    if (until == DATE_NONE || until <= now) {
        return false;
    }
    char time[DATE_TEXT_SIZE];
    run->again_ms = until - now;
    run->ok = run->again_ms <= MINUTE_MS;
    if (!run->ok) {
        error_set(&run->error, ERROR_REFUSED, "the site asked not to be polled before %s",
                  date_print(until, time));
        tell_failure(run);
    }
    return true;
}

/* A walk that was cut short goes on there so many times; then the place is taken for lost (tokens run
 * out, sites change), and the next one begins at the top: pages are read twice, none is left out. */
#define WALK_TRIES 3

static bool run_begin(struct poll_run *run) {
    const struct pipeline *pipeline = run->pipeline;
    const struct task *task = run->task;
    int64_t now = clock_wall_ms(pipeline->parts.clock);
    run->since_ms = pipeline->options.since_ms != DATE_NONE ? pipeline->options.since_ms
                                                            : now - task->config->since_ms;
    struct poll_options options = task_poll_options(task);
    options.login = run->login;
    options.now_ms = now;
    options.since_ms = run->since_ms;
    options.back_fill = run->back_fill;
    options.afresh = run->state.failures >= WALK_TRIES;
    return poll_begin(task->recipe, &options, run->state.cursor, run->arena, &run->poll,
                      &run->error);
}

void poll_start(struct pipeline *pipeline, size_t index) {
    struct poll_run *run = NEW(struct poll_run);
    run->pipeline = pipeline;
    run->index = index;
    run->task = &pipeline->parts.tasks->list[index];
    run->back_fill = pipeline->back_filling[index];
    run->arena = arena_create();
    run->next = pipeline->runs;
    pipeline->runs = run;
    if (!read_state(run)) {
        tell_failure(run);
        run->again_ms = MINUTE_MS;
        run_over(run);
    } else if (is_closed(run)) {
        run_over(run);
    } else if (!run_begin(run)) {
        run_fail(run, run->error.kind == ERROR_NETWORK ? "login" : "recipe", 0);
    } else if (!run_next(run)) {
        run->ok = true;
        run_succeed(run);
    } else {
        run_ask(run);
    }
}

void poll_cancel_all(struct pipeline *pipeline) {
    struct poll_run *next = NULL;
    for (struct poll_run *run = pipeline->runs; run != NULL; run = next) {
        next = run->next;
        bool waits_for_writer = run->step == RUN_COMMITTING && run->batch.source.data == NULL;
        if (run->step == RUN_ASKING && run->fetch != NULL) {
            fetch_cancel(run->fetch);
            run_over(run);
        } else if (waits_for_writer && !run->login_is_new) {
            run_over(run);
        }
    }
}
