/* A crawl or a daemon while it runs: the pipeline, and for a daemon the server, under one loop, ended by
 * their work or a signal. What it does is decided by a plan, which a daemon can change for another. */
#ifndef APP_SESSION_H
#define APP_SESSION_H

#include "app/app.h"
#include "app/pipeline.h"

/* The configuration and what was made of it. */
struct session_plan {
    struct arena *arena; /* of all of it */
    struct config *config;
    struct assessor *assessor;
    struct tasks tasks;
    struct task mail_login; /* its recipe NULL: mail needs no token */
    struct ledger *ledger;  /* once the store is open */
};

struct session {
    struct app *app;
    uv_loop_t loop;
    struct session_plan plan;
    struct pipeline *pipeline;
    struct pipeline_options options;
    struct pipeline_progress last; /* for the summary, after the pipeline is gone */
    struct server *server;         /* `serve`, and `run` with an address to listen on */
    struct hooks hooks;            /* of `run`: where sources deliver to */
    size_t *hook_tasks;            /* by hook */
    uv_signal_t signals[3];
    size_t signal_count;
    bool stopping;
    bool interrupted;
    bool has_next; /* another plan takes over once everything has stopped */
    struct session_plan next;
    void (*on_next)(struct session *session); /* begins with it */
    int64_t started_ms;
};

/* Watches the signals that end it. */
void session_open(struct session *session, struct app *app);

/* Reads the configuration and makes a plan of it; what is wrong is told. */
MUST_CHECK bool session_plan_make(struct app *app, struct session_plan *plan, enum exit_code *code);
void session_plan_free(struct session_plan *plan);

/* Makes the plan, opens the store, understands the options of the command. */
MUST_CHECK bool session_prepare(struct session *session, bool once, enum exit_code *code);

/* Starts the pipeline of the plan. */
MUST_CHECK bool session_begin(struct session *session, enum exit_code *code);

/* Has the parts stopped one after the other, and then the loop; or goes on with the next plan. */
void session_stop(struct session *session);
void session_change(struct session *session, const struct session_plan *next);

/* Runs until everything is stopped; what could not even be begun is stopped at once. */
void session_run(struct session *session, bool begun);

#endif
