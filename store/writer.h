/* The writer: one thread, a bounded queue, group commits.
 *
 * It takes what waits, up to a number of mentions or an age, into one transaction; a failure takes
 * all of it back. A full map is grown and the group done again; a group too large for one
 * transaction, or with something in it that cannot be stored, is halved, so that one bad batch does
 * not take others with it. */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include "store/change.h"
#include "store/environment.h"

struct writer; /* opaque */

/* What to do in a transaction. `apply` may be called again after a rollback. */
struct task {
    void (*apply)(struct change *change, void *context);
    /* On the writer thread, once, after the commit (failure NULL) or for good without. The task is
     * no longer the writer's then. */
    void (*done)(void *context, const struct error *failure);
    void *context;
    size_t weight;     /* mentions */
    bool urgent;       /* somebody waits: commit without waiting for company */
    struct task *next; /* the writer's own */
};

MUST_CHECK bool writer_start(struct environment *environment, const struct store_options *options,
                             struct writer **writer, struct error *error);

/* Does everything queued, then stops. */
void writer_stop(struct writer *writer);

/* False when the queue is full. */
bool writer_submit(struct writer *writer, struct task *task);

/* Waits for room in the queue and for the task to be done. */
MUST_CHECK bool writer_run(struct writer *writer, struct task *task, struct error *error);

#endif
