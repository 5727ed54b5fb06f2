/* One poll: ask, parse and score on the pool, commit, ask again; until the source has no more.
 *
 *   begin -> ask -> (wire) -> fetched -> (pool) -> judged -> (writer) -> committed -> ask ... over
 */
#include "app/crawling.h"
#include "app/poll_run.h"

#include <stdlib.h>

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
        bool matches = run->mentions[i].brand_count > 0;
        bool fresh =
            run->covered_ms == DATE_NONE || mention_time_ms(&run->mentions[i]) > run->covered_ms;
        progress->matched += matches;
        run->fresh += fresh;
        run->matched += fresh && matches;
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
    ledger_settle(run->pipeline->parts.ledger, run->index, run->asks,
                  poll_report(run->poll)->shown - run->shown);
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

/* A refusal of our own, or of the governor's, never reached the site. */
static bool was_sent(const struct fetch_result *result) {
    bool held = result->outcome == FETCH_REFUSED || result->outcome == FETCH_RETRY_LATER;
    return !held || result->response.status != 0;
}

static void settle_failure(struct poll_run *run, const struct fetch_result *result) {
    struct ledger *ledger = run->pipeline->parts.ledger;
    if (was_sent(result)) {
        ledger_settle(ledger, run->index, run->asks, 0);
    } else {
        ledger_refund(ledger, run->index, run->asks);
    }
}

static void on_fetched(void *context, const struct fetch_result *result) {
    struct poll_run *run = context;
    run->fetch = NULL;
    if (result->outcome != FETCH_OK) {
        settle_failure(run, result);
    }
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
        run->fresh_ms = result->fresh_ms;
    }
    run->step = RUN_JUDGING;
    run->work.data = run;
    uv_queue_work(run->pipeline->parts.loop, &run->work, judge_page, on_judged);
}

void run_send(struct poll_run *run) {
    struct fetch_options options = crawling_options(run->task);
    if (poll_asks_top(run->poll) && !run->back_fill) {
        run->request.etag = run->state.etag;
        run->request.last_modified = run->state.last_modified;
    }
    run->request.api |= run->task->info->api;
    run->step = RUN_ASKING;
    run->fetch = crawler_fetch(run->pipeline->crawler, &run->request, &options, on_fetched, run);
}

void run_ask(struct poll_run *run) {
    struct ledger *ledger = run->pipeline->parts.ledger;
    int64_t now = clock_wall_ms(run->pipeline->parts.clock);
    const struct ledger_account *account = NULL;
    run->asks = poll_asks(run->poll);
    run->shown = poll_report(run->poll)->shown;
    if (!ledger_allows(ledger, run->index, run->asks, now, &account)) {
        run_short_of(run, account);
        return;
    }
    run->requests += run->asks != POLL_ASKS_LOGIN;
    run->state.requests++;
    if (ledger_ask(ledger, run->index, run->asks, now)) {
        run->step = RUN_PAYING;
        run->mentions = NULL;
        run->mention_count = 0;
        run_commit(run);
    } else {
        run_send(run);
    }
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
        if (run->step == RUN_ASKING && run->fetch != NULL) {
            fetch_cancel(run->fetch);
            run_over(run);
        } else if (run->waits && !run->login_is_new) {
            run_over(run);
        }
    }
}
