/* The door's writing half: opening, submitting, waiting. */
#include "store/store.h"

#include "store/alerts.h"
#include "store/authors.h"
#include "store/incidents.h"
#include "store/internal.h"
#include "store/mentions.h"
#include "store/retention.h"
#include "store/upgrade.h"
#include "store/work.h"

#include <stdlib.h>

bool store_open(const char *folder, const struct store_options *options, struct store **store,
                struct error *error) {
    struct store *opened = NEW(struct store);
    opened->knows_authors = options->author_key.size > 0;
    opened->edits_only = options->mode == STORE_EDIT;
    if (!environment_open(folder, options, &opened->environment, error) ||
        (options->mode == STORE_WRITE && !environment_upgrade(opened->environment, error)) ||
        (options->mode != STORE_READ &&
         !writer_start(opened->environment, options, &opened->writer, error))) {
        store_close(opened);
        return false;
    }
    *store = opened;
    return true;
}

void store_close(struct store *store) {
    if (store != NULL) {
        writer_stop(store->writer);
        environment_close(store->environment);
        free(store);
    }
}

static bool store_may_write(const struct store *store, struct error *error) {
    return (store->writer != NULL && !store->edits_only) ||
           error_set(error, ERROR_STORE, "the store was opened for %s only",
                     store->edits_only ? "editing" : "reading");
}

/* --- Batches ---------------------------------------------------------------------------------- */

struct batch_task {
    struct task task;
    const struct store_batch *batch;
    struct prepared_batch *prepared;
    struct store_result result;
    struct error refused; /* ERROR_NONE: the batch is fit to be stored */
    store_callback *on_done;
    void *context;
};

static void batch_task_apply(struct change *change, void *context) {
    struct batch_task *task = context;
    if (task->refused.kind == ERROR_NONE) {
        batch_apply(change, task->batch, task->prepared->list, &task->result);
    }
}

static void batch_task_finish(struct batch_task *task, const struct error *failure) {
    if (task->refused.kind != ERROR_NONE) {
        failure = &task->refused;
    }
    if (failure != NULL) {
        task->result = (struct store_result){.stored = false, .error = *failure};
    }
    prepared_free(task->prepared);
}

static void batch_task_done(void *context, const struct error *failure) {
    struct batch_task *task = context;
    batch_task_finish(task, failure);
    task->on_done(task->context, &task->result);
    free(task);
}

static void batch_task_init(struct batch_task *task, const struct store *store,
                            const struct store_batch *batch) {
    *task = (struct batch_task){.batch = batch};
    if (batch_check(batch, &task->refused)) {
        task->prepared = batch_prepare(batch, environment_squeeze(store->environment));
    }
    task->task = (struct task){
        .apply = batch_task_apply, .context = task, .weight = batch->mention_count + 1};
}

bool store_submit(struct store *store, const struct store_batch *batch, store_callback *on_done,
                  void *context) {
    if (!store_may_write(store, NULL)) {
        return false;
    }
    struct batch_task *task = NEW(struct batch_task);
    batch_task_init(task, store, batch);
    task->task.done = batch_task_done;
    task->on_done = on_done;
    task->context = context;
    if (!writer_submit(store->writer, &task->task)) {
        prepared_free(task->prepared);
        free(task);
        return false;
    }
    return true;
}

bool store_write(struct store *store, const struct store_batch *batch, struct store_result *result,
                 struct error *error) {
    struct batch_task task;
    *result = (struct store_result){0};
    if (!store_may_write(store, error)) {
        return false;
    }
    batch_task_init(&task, store, batch);
    struct error failure;
    bool stored = writer_run(store->writer, &task.task, &failure);
    batch_task_finish(&task, stored ? NULL : &failure);
    *result = task.result;
    if (!result->stored && error != NULL) {
        *error = result->error;
    }
    return result->stored;
}

/* --- Work ------------------------------------------------------------------------------------- */

static void edit_task_apply(struct change *change, void *context) {
    work_task_apply(change, context);
}

bool store_edit(struct store *store, uint64_t sequence, const struct work_edit *edit, bool *changed,
                struct error *error) {
    struct work_task work = {.sequence = sequence, .edit = edit};
    struct task task = {.apply = edit_task_apply, .context = &work, .weight = 1};
    *changed = false;
    if (store->writer == NULL) {
        return error_set(error, ERROR_STORE, "the store was opened for reading only");
    }
    if (!writer_run(store->writer, &task, error)) {
        return false;
    }
    if (work.outcome == WORK_REFUSED && error != NULL) {
        *error = work.refusal;
    }
    *changed = work.outcome == WORK_CHANGED;
    return work.outcome != WORK_REFUSED;
}

static void incident_handling_apply(struct change *change, void *context) {
    incident_task_apply(change, context);
}

bool store_handle_incident(struct store *store, uint64_t id,
                           const struct incident_handling *handling, bool *changed,
                           struct error *error) {
    struct incident_task handled = {.id = id, .handling = handling};
    struct task task = {.apply = incident_handling_apply, .context = &handled, .weight = 1};
    *changed = false;
    if (store->writer == NULL) {
        return error_set(error, ERROR_STORE, "the store was opened for reading only");
    }
    if (!writer_run(store->writer, &task, error)) {
        return false;
    }
    *changed = handled.changed;
    if (handled.refusal.kind != ERROR_NONE && error != NULL) {
        *error = handled.refusal;
    }
    return handled.refusal.kind == ERROR_NONE;
}

/* --- Alerts ----------------------------------------------------------------------------------- */

static void alerts_task_apply(struct change *change, void *context) {
    alerts_apply(change, context);
}

static bool alerts_put(struct store *store, struct alerts *alerts, struct error *error) {
    if (!store_may_write(store, error)) {
        return false;
    }
    if (alerts->incident_count > LIMIT_ALERTS || alerts->row_count > LIMIT_ALERTS) {
        return error_set(error, ERROR_LIMIT, "more than %zu incidents or messages at once",
                         (size_t)LIMIT_ALERTS);
    }
    alerts->incident_ids = NEW_ARRAY(uint64_t, alerts->incident_count + alerts->row_count);
    alerts->row_ids = alerts->incident_ids + alerts->incident_count;
    struct task task = {.apply = alerts_task_apply, .context = alerts, .weight = 1};
    return writer_run(store->writer, &task, error);
}

bool store_put_alerts(struct store *store, struct incident *incidents, size_t incident_count,
                      struct outbox_row *rows, size_t row_count, struct error *error) {
    struct alerts alerts = {.incidents = incidents,
                            .incident_count = incident_count,
                            .rows = rows,
                            .row_count = row_count};
    bool stored = alerts_put(store, &alerts, error);
    for (size_t i = 0; stored && i < incident_count; i++) {
        incidents[i].id = alerts.incident_ids[i];
    }
    for (size_t i = 0; stored && i < row_count; i++) {
        rows[i].id = alerts.row_ids[i];
    }
    free(alerts.incident_ids);
    return stored;
}

bool store_put_messages(struct store *store, struct outbox_row *rows, size_t row_count,
                        const struct mark *marks, size_t mark_count, struct error *error) {
    struct alerts alerts = {
        .rows = rows, .row_count = row_count, .marks = marks, .mark_count = mark_count};
    bool stored = alerts_put(store, &alerts, error);
    for (size_t i = 0; stored && i < row_count; i++) {
        rows[i].id = alerts.row_ids[i];
    }
    free(alerts.incident_ids);
    return stored;
}

/* --- Persons ---------------------------------------------------------------------------------- */

#define ERASE_SLICE 1000 /* mentions in one transaction */

struct author_task {
    const struct store_author *author;
    bool blocked;
};

static void block_task_apply(struct change *change, void *context) {
    const struct author_task *task = context;
    author_block(change, task->author, task->blocked);
}

bool store_block(struct store *store, const struct store_author *author, bool blocked,
                 struct error *error) {
    struct author_task block = {author, blocked};
    struct task task = {.apply = block_task_apply, .context = &block, .weight = 1};
    if (!store_may_write(store, error)) {
        return false;
    }
    if (!store->knows_authors) {
        return error_set(error, ERROR_USAGE, "nobody can be blocked without an author key");
    }
    return writer_run(store->writer, &task, error);
}

static void erase_task_apply(struct change *change, void *context) {
    struct erase *erase = context;
    erase->erased = 0;
    erase_mentions(change, erase);
}

static void bodies_task_apply(struct change *change, void *context) {
    (void)context;
    outbox_drop_bodies(change);
}

bool store_erase(struct store *store, const struct store_author *author, uint64_t *erased,
                 struct error *error) {
    struct snapshot *snapshot = NULL;
    *erased = 0;
    if (!store_may_write(store, error) || !snapshot_open(store, &snapshot, error)) {
        return false;
    }
    struct arena *arena = arena_create();
    size_t count = 0;
    const uint64_t *list = snapshot_author(snapshot, author, arena, &count);
    bool done = snapshot_check(snapshot, error);
    snapshot_close(snapshot);
    for (size_t at = 0; at < count && done; at += ERASE_SLICE) {
        size_t slice = count - at < ERASE_SLICE ? count - at : ERASE_SLICE;
        struct erase erase = {.list = list + at, .count = slice};
        struct task task = {.apply = erase_task_apply, .context = &erase, .weight = slice};
        done = writer_run(store->writer, &task, error);
        *erased += erase.erased;
    }
    struct task bodies = {.apply = bodies_task_apply, .weight = 1};
    done = done && (count == 0 || writer_run(store->writer, &bodies, error));
    arena_free(arena);
    return done;
}
