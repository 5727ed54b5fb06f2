/* One poll under way, and what its two halves call of each other: poll.c asks and understands, poll_end.c
 * commits and ends. All of it on the loop's thread unless it says otherwise. */
#ifndef APP_POLL_RUN_H
#define APP_POLL_RUN_H

#include "app/pipeline_private.h"

enum run_step {
    RUN_PAYING, /* what is paid for is written down before it is asked for */
    RUN_ASKING,
    RUN_JUDGING,
    RUN_COMMITTING,
};

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

    enum poll_asks asks; /* the request at hand */
    size_t shown;        /* poll_report.shown before its answer */
    size_t requests;     /* of this poll, logins aside */
    size_t fresh;        /* items published since the last success */
    size_t matched;      /* of these, those that speak of a brand */
    int64_t fresh_ms;    /* how long the top of the listing may be kept, by its own word */

    bool back_fill;
    bool last; /* this commit ends the poll */
    bool ok;
    bool caught_up;     /* the source has nothing more for now */
    int64_t since_ms;   /* how far back the first poll of a source goes */
    int64_t oldest_ms;  /* of the items met; DATE_NONE = none */
    int64_t covered_ms; /* the last success before this poll; DATE_NONE = never */
    int64_t again_ms;   /* from now */
    bool waits;         /* for room in the writer's queue */
    struct store_batch batch;
    struct store_result result;
};

/* Asks what run->request says, if it can be paid for; without looking at what it costs. */
void run_ask(struct poll_run *run);
void run_send(struct poll_run *run);

/* Hands what the run has brought so far to the writer; it goes on once that is durable. */
void run_commit(struct poll_run *run);

/* The poll is over: with all there is for now; with an error, remembered in the state and told once;
 * or for want of money or quota, until `until_ms`. */
void run_succeed(struct poll_run *run);
void run_fail(struct poll_run *run, const char *reason, int64_t retry_after_ms);
void run_short_of(struct poll_run *run, const struct ledger_account *account);

/* The same without a word to the store. */
void run_over(struct poll_run *run);

/* The next time and the last one, for the state; `closed_ms`: the site asked for so long. */
void state_touch(struct poll_run *run, int64_t closed_ms);

/* Tells run->error to who started the pipeline. */
void tell_failure(const struct poll_run *run);

#endif
