/* What the files of the pipeline share: pipeline.c (schedule, life), poll.c (one poll), append.c (one
 * delivery). */
#ifndef APP_PIPELINE_PRIVATE_H
#define APP_PIPELINE_PRIVATE_H

#include "app/mail_token.h"
#include "app/pipeline.h"

/* Polls under way at once. Each holds at most one page in memory; the crawler has limits of its own
 * for what is on the wire. */
#define PIPELINE_POLLS 64

/* Polls of one source that follow each other in a catching-up run: what 20 times LIMIT_PAGES pages
 * have not brought is left to the next run. */
#define PIPELINE_ROUNDS 20

struct poll_run;
struct append;

/* A source is asked one thing at a time: what its answer says (try later, back off, so much is left)
 * must be heard before the next question. */
enum task_state {
    TASK_IDLE,
    TASK_POLLING,
    TASK_WAITING, /* due, but another task of its source is polling */
};

struct pipeline {
    struct pipeline_parts parts;
    struct pipeline_options options;
    struct pipeline_progress progress;
    struct crawler *crawler;
    struct delivery *delivery;     /* NULL when there is nowhere to send to */
    struct mail_token *mail_token; /* NULL when mail is logged in to by password, or not at all */
    struct schedule *schedule;
    bool *finished;          /* by task: its first poll is over */
    uint8_t *rounds;         /* by task: polls in this run */
    bool *back_filling;      /* by task: has caught up, and now fetches what is older */
    enum task_state *states; /* by task */
    struct poll_run *runs;   /* under way, linked */
    uv_timer_t due_timer;    /* next due poll */
    uv_timer_t tick_timer;   /* progress, alerts, the end of a `once` run */
    uv_async_t committed;    /* the writer thread has news */
    uv_mutex_t mutex;        /* guards committed_runs, committed_appends */
    struct poll_run *committed_runs;
    struct append *committed_appends;
    size_t appending;     /* deliveries under way */
    int64_t listening_ms; /* since when they can come in, by the wall; DATE_NONE: they cannot */
    int64_t listened_ms;  /* when that was last noted; monotonic */
    uv_work_t alert_work;
    bool alerts_running;
    bool alerts_wanted; /* something was stored since the last look */
    bool alerts_looked; /* at least once */
    int64_t alerts_ms;  /* last look, or the start; monotonic */
    int64_t
        retained_ms;   /* when what had had its time was taken away; monotonic, DATE_NONE = never */
    int64_t digest_ms; /* the next digest is due then, by the wall; DATE_NONE = none */
    struct alert_summary alert_summary;
    size_t alert_digests;
    struct error alert_error;
    bool alert_ok;
    bool writer_complained; /* a failing disk is told once, not at every page */
    bool finishing;         /* on_finished was called */
    bool stopping;
    size_t handles; /* still to be closed */
    void (*on_stopped)(void *context);
    void *stop_context;
};

/* Starts a poll of the task; it reports back through poll_over(). */
void poll_start(struct pipeline *pipeline, size_t task);

/* Cancels what can be cancelled of all polls; the rest ends at its next step. */
void poll_cancel_all(struct pipeline *pipeline);

/* Moves on what the writer has committed. Loop thread. */
void poll_collect_commits(struct pipeline *pipeline);

/* Notes of every hook that it was listened to until now. */
void append_note_listening(struct pipeline *pipeline);

/* The same for deliveries. */
void append_collect_commits(struct pipeline *pipeline);

/* Adds what was stored of a source to the progress, and says what has to be said of it. */
void pipeline_note_stored(struct pipeline *pipeline, struct span source,
                          const struct store_result *stored);

/* Called by poll.c when a poll has ended and its run is freed: `again_ms` from now (monotonic). */
void pipeline_poll_over(struct pipeline *pipeline, size_t task, bool ok, bool caught_up,
                        int64_t again_ms);

#endif
