/* How a poll's pages are committed, and how it ends. */
#include "app/poll_run.h"
#include "app/yield.h"

#include <stdlib.h>

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

void run_over(struct poll_run *run) {
    struct pipeline *pipeline = run->pipeline;
    size_t index = run->index;
    bool ok = run->ok;
    bool caught_up = run->caught_up;
    int64_t again_ms = run->again_ms;
    run_free(run);
    pipeline_poll_over(pipeline, index, ok, caught_up, again_ms);
}

void tell_failure(const struct poll_run *run) {
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
    if (run->result.stored) {
        pipeline->writer_complained = false;
        run->login_is_new = false;
        pipeline_note_stored(pipeline, run->task->key, &run->result);
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
    } else if (run->step == RUN_PAYING) {
        run_send(run);
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
void run_commit(struct poll_run *run) {
    struct pipeline *pipeline = run->pipeline;
    run->step = run->step == RUN_PAYING ? RUN_PAYING : RUN_COMMITTING;
    run->waits = false;
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
        .polled_ok = run->ok && run->step == RUN_COMMITTING,
        .covered_since_ms = run->ok && run->last ? run_covered_since(run) : DATE_NONE,
    };
    run->batch.spendings = ledger_spendings(pipeline->parts.ledger, run->index, run->arena,
                                            &run->batch.spending_count);
    run->result = (struct store_result){.stored = false};
    run->waits = !store_submit(pipeline->parts.store, &run->batch, on_committed, run);
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
        if (run->waits) {
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

void state_touch(struct poll_run *run, int64_t closed_ms) {
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
void run_fail(struct poll_run *run, const char *reason, int64_t retry_after_ms) {
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

/* What this poll found out about how much comes. A back-fill says nothing of the future. */
static void run_learn(struct poll_run *run) {
    int64_t now = clock_wall_ms(run->pipeline->parts.clock);
    int64_t from = run->covered_ms != DATE_NONE ? run->covered_ms : run->since_ms;
    if (!run->caught_up || run->back_fill || now <= from) {
        return;
    }
    double hours = (double)(now - from) / HOUR_MS;
    yield_add(&run->state, run->fresh, now - from);
    ledger_learn(run->pipeline->parts.ledger, run->index, run->requests,
                 poll_report(run->poll)->shown, (double)run->matched, hours);
}

/* As often as something new is likely to wait, and the accounts last. What the site says of how long
 * its answer keeps makes it longer. */
static int64_t run_interval_ms(const struct poll_run *run) {
    const struct task *task = run->task;
    int64_t now = clock_wall_ms(run->pipeline->parts.clock);
    int64_t hint = poll_report(run->poll)->hint_ms;
    int64_t wait = yield_interval_ms(&run->state);
    wait = hint > wait ? hint : wait;
    wait = run->fresh_ms > wait ? run->fresh_ms : wait;
    wait = wait > task->interval_longest_ms ? task->interval_longest_ms : wait;
    wait = wait < task->interval_ms ? task->interval_ms : wait;
    int64_t pace = ledger_pace_ms(run->pipeline->parts.ledger, run->index, now);
    return pace > wait ? pace : wait;
}

void run_succeed(struct poll_run *run) {
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
    run_learn(run);
    run->again_ms = report->more_soon ? SECOND_MS : run_interval_ms(run);
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

/* Nothing is wrong with the source: it is asked again when the account's next period begins. */
void run_short_of(struct poll_run *run, const struct ledger_account *account) {
    char most[BUDGET_TEXT_SIZE];
    char time[DATE_TEXT_SIZE];
    const struct budget *rule = account->rule;
    error_set(&run->error, ERROR_REFUSED,
              "what may be spent is spent: %s %.*s a %s; it goes on at %s",
              budget_print(rule, account->most, most),
              SPAN_ARG(rule->money.size > 0 ? SPAN("") : rule->name),
              budget_period_name(rule->period), date_print(account->end_ms, time));
    run->ok = false;
    run->last = true;
    run->mentions = NULL;
    run->mention_count = 0;
    run->state.polls += run->requests > 0;
    run->state.reason = SPAN("budget");
    run->state.message = arena_copy(run->arena, span_of(run->error.message));
    run->again_ms = account->end_ms - clock_wall_ms(run->pipeline->parts.clock);
    state_touch(run, 0);
    log_info(run->pipeline->parts.log, "budget_spent", LOG_TEXT("source", run->task->key),
             LOG_TEXT("account", account->name), LOG_INT("wait_s", run->again_ms / SECOND_MS));
    tell_failure(run);
    run_commit(run);
}
