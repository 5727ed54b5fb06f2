#include "store/writer.h"

#include "base/clock.h"
#include "base/limits.h"
#include "store/pack.h"

#include <pthread.h>
#include <stdlib.h>

/* Larger groups share the pages they touch: with random identity keys 10,000 mentions a commit
 * store twice as fast as 1,000, and take a tenth of a second. */
#define GROUP_COUNT_DEFAULT 8192
#define GROUP_MS_DEFAULT 5
#define REAP_EVERY 256 /* commits between looks for readers that died */

struct writer {
    struct environment *environment;
    bool takes_in; /* mentions, which may be copies of others */
    size_t group_count;
    int64_t group_ms;
    struct change change; /* writer thread only */
    struct arena *keys;   /* the author key's */
    unsigned commits;

    pthread_t thread;
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t work;   /* something was queued, or `stopping` */
    pthread_cond_t room;   /* tasks were done */
    struct task *first;    /* queue, oldest first */
    struct task *last;
    size_t queued_weight;
    size_t pending; /* queued or under way; done ones no longer */
    bool urgent;    /* one of the queued is */
    bool stopping;
};

/* --- One transaction -------------------------------------------------------------------------- */

static int change_try(struct writer *writer, struct task *const *tasks, size_t count) {
    struct change *change = &writer->change;
    arena_reset(change->arena);
    index_changes_clear(change->index);
    int code = environment_write(writer->environment, &change->transaction);
    if (code != 0) {
        return code;
    }
    counters_load(&change->transaction, &change->counters);
    for (size_t i = 0; i < count && change->transaction.failure == 0; i++) {
        tasks[i]->apply(change, tasks[i]->context);
    }
    rows_flush(change->identity, &change->transaction);
    rows_flush(change->timeline, &change->transaction);
    deltas_flush(change->series, &change->transaction);
    deltas_flush(change->residue, &change->transaction);
    sketches_flush(change->sketches, &change->transaction);
    index_flush(change->index, &change->transaction);
    counters_save(&change->transaction, &change->counters);
    code = transaction_commit(&change->transaction);
    if (code == 0) {
        prints_commit(change->prints);
    } else {
        prints_rollback(change->prints);
    }
    return code;
}

/* Makes room first: whoever was refused may try again from a callback. */
static void tasks_done(struct writer *writer, struct task *const *tasks, size_t count,
                       const struct error *failure) {
    pthread_mutex_lock(&writer->mutex);
    writer->pending -= count;
    pthread_cond_broadcast(&writer->room);
    pthread_mutex_unlock(&writer->mutex);
    for (size_t i = 0; i < count; i++) {
        tasks[i]->done(tasks[i]->context, failure);
    }
}

/* Whether half of the group might do better. */
static bool code_is_divisible(int code) {
    return code == MDB_TXN_FULL || code == MDB_BAD_VALSIZE || code == MDB_CORRUPTED ||
           code == MDB_PAGE_FULL;
}

/* After a failed write LMDB may be of no use, to readers neither, until it is opened anew. */
static void writer_recover(struct writer *writer) {
    struct transaction transaction;
    if (environment_write(writer->environment, &transaction) == 0) {
        transaction_abort(&transaction);
    }
}

static void group_store(struct writer *writer, struct task *const *tasks, size_t count) {
    int code = change_try(writer, tasks, count);
    while (code == MDB_MAP_FULL && environment_grow(writer->environment)) {
        code = change_try(writer, tasks, count);
    }
    if (code != 0 && count > 1 && code_is_divisible(code)) {
        group_store(writer, tasks, count / 2);
        group_store(writer, tasks + count / 2, count - count / 2);
        return;
    }
    struct error failure;
    if (code != 0) {
        writer_recover(writer);
        error_set_store(&failure, code, "nothing of this batch was stored");
    }
    tasks_done(writer, tasks, count, code == 0 ? NULL : &failure);
}

/* --- The thread ------------------------------------------------------------------------------- */

/* Fills the window of copies from the newest records: as many as it can hold, so that a restart
 * changes nothing in what is found. What cannot be read is left out: it only means that copies of
 * it will not be recognised. */
static void prints_load(struct writer *writer) {
    struct transaction transaction;
    struct cursor cursor;
    if (!environment_read(writer->environment, &transaction, NULL)) {
        return;
    }
    struct arena *arena = arena_create();
    cursor_open(&cursor, &transaction, TABLE_MENTIONS);
    bool more = cursor_last(&cursor);
    if (more) {
        uint64_t last = key_number(cursor.key);
        struct key first = key_make();
        key_add(&first, last > LIMIT_PRINTS ? last - LIMIT_PRINTS : 0, 8);
        more = cursor_seek(&cursor, key_span(&first));
    }
    for (; more; more = cursor_next(&cursor)) {
        struct record record;
        arena_reset(arena);
        if (record_decode(cursor.value, key_number(cursor.key), writer->change.squeeze, arena,
                          &record) &&
            record.state == RECORD_LIVE) {
            record_fingerprint(&record);
            prints_add_record(writer->change.prints, &record);
        }
    }
    prints_commit(writer->change.prints);
    arena_free(arena);
    cursor_close(&cursor);
    environment_read_end(writer->environment, &transaction);
}

/* Until company has come, the oldest has waited enough, or somebody cannot wait. Locked. */
static void writer_gather(struct writer *writer) {
    struct timespec until = clock_deadline(writer->group_ms);
    int waited = 0;
    while (waited == 0 && !writer->stopping && !writer->urgent &&
           writer->queued_weight < writer->group_count) {
        waited = pthread_cond_timedwait(&writer->work, &writer->mutex, &until);
    }
}

/* Takes the oldest tasks off the queue: at least one, at most a group. Locked. */
static size_t writer_take(struct writer *writer, struct task **tasks) {
    size_t count = 0;
    size_t weight = 0;
    while (writer->first != NULL && count < LIMIT_STORE_QUEUE &&
           (count == 0 || weight + writer->first->weight <= writer->group_count)) {
        tasks[count] = writer->first;
        weight += writer->first->weight;
        writer->first = writer->first->next;
        count++;
    }
    writer->queued_weight -= weight;
    if (writer->first == NULL) {
        writer->last = NULL;
        writer->urgent = false;
    }
    return count;
}

static void *writer_main(void *context) {
    struct writer *writer = context;
    struct task *tasks[LIMIT_STORE_QUEUE];
    if (writer->takes_in) {
        prints_load(writer);
    }
    pthread_mutex_lock(&writer->mutex);
    while (true) {
        while (writer->first == NULL && !writer->stopping) {
            pthread_cond_wait(&writer->work, &writer->mutex);
        }
        if (writer->first == NULL) {
            break;
        }
        writer_gather(writer);
        size_t count = writer_take(writer, tasks);
        pthread_mutex_unlock(&writer->mutex);
        group_store(writer, tasks, count);
        if (++writer->commits % REAP_EVERY == 0) {
            environment_reap(writer->environment);
        }
        pthread_mutex_lock(&writer->mutex);
    }
    pthread_mutex_unlock(&writer->mutex);
    return NULL;
}

static void writer_free(struct writer *writer) {
    prints_free(writer->change.prints);
    rows_free(writer->change.timeline);
    rows_free(writer->change.identity);
    deltas_free(writer->change.series);
    deltas_free(writer->change.residue);
    sketches_free(writer->change.sketches);
    index_changes_free(writer->change.index);
    arena_free(writer->keys);
    arena_free(writer->change.arena);
    pthread_cond_destroy(&writer->work);
    pthread_cond_destroy(&writer->room);
    pthread_mutex_destroy(&writer->mutex);
    free(writer);
}

bool writer_start(struct environment *environment, const struct store_options *options,
                  struct writer **writer, struct error *error) {
    struct writer *started = NEW(struct writer);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&started->work, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_cond_init(&started->room, NULL);
    pthread_mutex_init(&started->mutex, NULL);
    started->environment = environment;
    started->takes_in = options->mode == STORE_WRITE;
    started->group_count = options->group_count == 0 ? GROUP_COUNT_DEFAULT : options->group_count;
    started->group_ms = options->group_ms == 0 ? GROUP_MS_DEFAULT : options->group_ms;
    started->change.prints = prints_create();
    started->change.squeeze = environment_squeeze(environment);
    started->change.timeline = rows_create(TABLE_TIMELINE);
    started->change.identity = rows_create(TABLE_IDENTITY);
    started->change.series = deltas_create(TABLE_SERIES);
    started->change.residue = deltas_create(TABLE_RESIDUE);
    started->change.sketches = sketches_create();
    started->change.index = index_changes_create();
    started->keys = arena_create();
    started->change.author_key = arena_copy(started->keys, options->author_key);
    started->change.arena = arena_create();
    int code = pthread_create(&started->thread, NULL, writer_main, started);
    if (code != 0) {
        writer_free(started);
        return error_set_errno(error, code, "the store's writer cannot be started");
    }
    *writer = started;
    return true;
}

void writer_stop(struct writer *writer) {
    if (writer == NULL) {
        return;
    }
    pthread_mutex_lock(&writer->mutex);
    writer->stopping = true;
    pthread_cond_broadcast(&writer->work);
    pthread_mutex_unlock(&writer->mutex);
    pthread_join(writer->thread, NULL);
    writer_free(writer);
}

/* --- Submitting ------------------------------------------------------------------------------- */

/* Locked; there is room. */
static void writer_queue(struct writer *writer, struct task *task) {
    task->next = NULL;
    if (writer->last != NULL) {
        writer->last->next = task;
    } else {
        writer->first = task;
    }
    writer->last = task;
    writer->pending++;
    writer->queued_weight += task->weight;
    writer->urgent = writer->urgent || task->urgent;
    pthread_cond_signal(&writer->work);
}

bool writer_submit(struct writer *writer, struct task *task) {
    pthread_mutex_lock(&writer->mutex);
    bool room = writer->pending < LIMIT_STORE_QUEUE;
    if (room) {
        writer_queue(writer, task);
    }
    pthread_mutex_unlock(&writer->mutex);
    return room;
}

struct waiting { /* a task that a thread waits for */
    struct task *task;
    pthread_mutex_t mutex;
    pthread_cond_t finished;
    bool done;
    bool stored;
    struct error *error;
};

static void waiting_apply(struct change *change, void *context) {
    const struct waiting *waiting = context;
    waiting->task->apply(change, waiting->task->context);
}

static void waiting_done(void *context, const struct error *failure) {
    struct waiting *waiting = context;
    pthread_mutex_lock(&waiting->mutex);
    if (waiting->task->done != NULL) {
        waiting->task->done(waiting->task->context, failure);
    }
    if (failure != NULL && waiting->error != NULL) {
        *waiting->error = *failure;
    }
    waiting->stored = failure == NULL;
    waiting->done = true;
    pthread_cond_signal(&waiting->finished);
    pthread_mutex_unlock(&waiting->mutex);
}

bool writer_run(struct writer *writer, struct task *task, struct error *error) {
    struct waiting waiting = {.task = task, .error = error};
    pthread_mutex_init(&waiting.mutex, NULL);
    pthread_cond_init(&waiting.finished, NULL);
    struct task outer = {waiting_apply, waiting_done, &waiting, task->weight, true, NULL};
    pthread_mutex_lock(&writer->mutex);
    while (writer->pending >= LIMIT_STORE_QUEUE) {
        pthread_cond_wait(&writer->room, &writer->mutex);
    }
    writer_queue(writer, &outer);
    pthread_mutex_unlock(&writer->mutex);
    pthread_mutex_lock(&waiting.mutex);
    while (!waiting.done) {
        pthread_cond_wait(&waiting.finished, &waiting.mutex);
    }
    pthread_mutex_unlock(&waiting.mutex);
    pthread_cond_destroy(&waiting.finished);
    pthread_mutex_destroy(&waiting.mutex);
    return waiting.stored;
}
