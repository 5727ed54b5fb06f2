/* The pipeline joins the rooms: it polls what is due, parses and scores on the thread pool, hands
 * pages to the store's writer, and has alerts looked at and mail sent.
 *
 *   loop thread     schedule, transfers, mail                      (all calls here belong to it)
 *   pool threads    parse, match, score: one page each
 *   writer thread   the store's own: commits, then wakes the loop
 *
 * What is delivered (webhooks) goes the same way from the pool on, and is answered when it is stored.
 *
 * A poll's next page is asked for only after its last one is committed, so its cursor never runs
 * ahead of what is stored. What waits is bounded: polls under way, and the writer's queue. */
#ifndef APP_PIPELINE_H
#define APP_PIPELINE_H

#include "app/assessor.h"
#include "app/ledger.h"
#include "app/tasks.h"
#include "crawler/crawler.h"
#include "report/report.h"
#include "store/store.h"

#include <uv.h>

struct pipeline; /* opaque */

struct pipeline_progress {
    size_t tasks;  /* to be polled */
    size_t done;   /* of these, finished (in a run: with a first poll finished) */
    size_t failed; /* of these, with an error */
    size_t running;
    uint64_t pages;
    uint64_t not_modified;
    uint64_t items; /* found by the parsers */
    uint64_t added; /* new mentions stored */
    uint64_t updated;
    uint64_t matched;   /* of the items, those that speak of a brand */
    uint64_t bytes;     /* of bodies, decoded */
    int64_t lag_ms;     /* how late the last poll began */
    int64_t back_to_ms; /* where the back-fill that has moved last stands; DATE_NONE = none has */
    size_t unfinished;  /* of those done, some have more to bring in the next run */
    struct alert_summary alerts;
    size_t digests; /* queued */
};

struct pipeline_options {
    bool once;               /* every task until it has caught up, then `on_finished` */
    int64_t since_ms;        /* go back to here: first polls, and back-fills of what is polled
                                already; DATE_NONE: first polls, as each source says */
    const struct span *only; /* names of sources; NULL = all */
    size_t only_count;
    void (*on_progress)(void *context, const struct pipeline_progress *progress); /* may be NULL */
    void (*on_failure)(void *context, struct span source, const struct error *error); /* or NULL */
    void (*on_finished)(void *context);
    void *context;
};

struct pipeline_parts { /* borrowed; they outlive the pipeline */
    uv_loop_t *loop;
    const struct config *config;
    const struct assessor *assessor;
    const struct tasks *tasks;
    struct ledger *ledger;         /* of these tasks; the pipeline's alone while it runs */
    const struct task *mail_login; /* whose token logs in at the mail server; NULL = none */
    struct store *store;
    const struct clock *clock;
    struct log *log;
};

/* Starts polling. Nothing is called back before this returns. */
struct pipeline *pipeline_start(const struct pipeline_parts *parts,
                                const struct pipeline_options *options);

const struct pipeline_progress *pipeline_progress(const struct pipeline *pipeline);

struct append_result {
    bool readable; /* false: `error` says what is wrong with it */
    bool stored;   /* false: the store cannot take it now */
    size_t items;  /* found in it */
    struct error error;
};
typedef void append_callback(void *context, const struct append_result *result);

/* Takes what was delivered for a task whose recipe is a hook. `body` must stay until `on_done` has run:
 * once, from the loop, when all of it is durable or it is known that it will not be. */
void pipeline_append(struct pipeline *pipeline, size_t task, struct span body,
                     append_callback *on_done, void *context);

/* From now on deliveries can come in: hours in which none came are hours without mentions, and not hours
 * without data. */
void pipeline_listen(struct pipeline *pipeline);

/* Stops asking, lets what is being committed finish, closes everything on the loop; `on_stopped`
 * runs when the loop is clear of it and the pipeline is freed. */
void pipeline_stop(struct pipeline *pipeline, void (*on_stopped)(void *context), void *context);

#endif
