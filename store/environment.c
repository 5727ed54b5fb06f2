#include "store/environment.h"

#include "base/clock.h"
#include "store/folder.h"
#include "store/meta.h"
#include "store/pages.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Address space, not disk: LMDB maps the file, and the file only grows with what is in it. */
#define MAP_DEFAULT ((size_t)256 << 30)
#define MAP_LEAST ((size_t)64 << 10)
#define MAP_RETRY_LEAST ((size_t)1 << 30) /* how far a refused mapping is halved */
#define READERS_MAX 510                   /* 126 is LMDB's default; a slot costs 64 bytes */
#define GROW_WAIT_MS 10000 /* for snapshots to close: they are meant to last milliseconds */

struct environment {
    MDB_env *handle; /* NULL: LMDB has given it up, and it could not be opened anew yet */
    struct store_options options;
    MDB_dbi tables[TABLE_COUNT];
    char *folder;
    int lock; /* descriptor of writer.lock or edit.lock; -1 when reading */
    pthread_mutex_t mutex;
    pthread_cond_t changed; /* `snapshots` or `exclusive` */
    size_t snapshots;
    bool exclusive;    /* somebody changes map or handle, once no snapshot is open */
    unsigned renewals; /* of the handle */
    size_t map;        /* its size when it was last seen */
    uint32_t schema;   /* found at opening */
    struct squeeze *squeeze;
};

/* --- Handle and tables ------------------------------------------------------------------------ */

static unsigned environment_flags(const struct store_options *options) {
    unsigned flags = MDB_NOTLS; /* a snapshot may be used by another thread than opened it */
    flags |= options->mode == STORE_READ ? (unsigned)MDB_RDONLY : 0u;
    flags |= options->no_sync ? (unsigned)MDB_NOSYNC : 0u;
    return flags;
}

static int handle_open(const char *folder, const struct store_options *options, size_t map,
                       MDB_env **handle) {
    int code = mdb_env_create(handle);
    if (code != 0) {
        *handle = NULL;
        return code;
    }
    mdb_env_set_maxreaders(*handle, READERS_MAX);
    mdb_env_set_maxdbs(*handle, TABLE_COUNT + TABLES_FORMER);
    mdb_env_set_mapsize(*handle, map);
    code = mdb_env_open(*handle, folder, environment_flags(options), 0600);
    if (code != 0) {
        mdb_env_close(*handle);
        *handle = NULL;
    }
    return code;
}

static size_t map_rounded(size_t size) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size = size < MAP_LEAST ? MAP_LEAST : size;
    return (size + page - 1) / page * page;
}

static bool handle_map(struct environment *environment, const struct store_options *options,
                       struct error *error) {
    size_t map = map_rounded(options->map_size == 0 ? MAP_DEFAULT : options->map_size);
    int code = handle_open(environment->folder, options, map, &environment->handle);
    while (code == ENOMEM && map / 2 >= MAP_RETRY_LEAST) {
        map /= 2;
        code = handle_open(environment->folder, options, map, &environment->handle);
    }
    return code == 0 || error_set_store(error, code, environment->folder);
}

static bool schema_check(const struct environment *environment, bool writing, struct error *error) {
    if (environment->schema > SCHEMA_VERSION) {
        return error_set(error, ERROR_STORE,
                         "the store in %s has layout %u, this program knows %u: use a newer one",
                         environment->folder, environment->schema, SCHEMA_VERSION);
    }
    if (!writing && environment->schema < SCHEMA_VERSION) {
        return error_set(error, ERROR_STORE,
                         "the store in %s has the older layout %u: start \"earshot run\" or "
                         "\"earshot crawl --once\", which bring it forward",
                         environment->folder, environment->schema);
    }
    return true;
}

/* The first tables suffice to learn the layout; an older one lacks the last. */
static void tables_find(struct environment *environment, struct transaction *transaction,
                        bool writing) {
    for (size_t i = 0; i < TABLE_COUNT && transaction->failure == 0; i++) {
        if (i == TABLE_META + 1) {
            environment->schema = schema_load(transaction);
        }
        bool missing_is_fine = i > TABLE_META && environment->schema != SCHEMA_VERSION && !writing;
        int code = mdb_dbi_open(transaction->handle, table_names[i], writing ? MDB_CREATE : 0u,
                                &environment->tables[i]);
        transaction_fail(transaction, missing_is_fine && code == MDB_NOTFOUND ? 0 : code);
    }
}

/* `writing`: may make what is missing. */
static bool tables_open(struct environment *environment, bool writing, struct error *error) {
    struct transaction transaction;
    if (!transaction_begin(&transaction, environment->handle, environment->tables, writing)) {
        return error_set_store(error, transaction.failure, environment->folder);
    }
    tables_find(environment, &transaction, writing);
    if (transaction.failure == 0 && environment->schema == 0 && writing) { /* a fresh one */
        environment->schema = SCHEMA_VERSION;
        schema_save(&transaction, SCHEMA_VERSION);
    }
    bool known = transaction.failure != 0 || schema_check(environment, writing, error);
    if (!known) {
        transaction_abort(&transaction);
        return false;
    }
    int code = transaction_commit(&transaction);
    if (code == MDB_NOTFOUND) {
        return error_set(error, ERROR_STORE, "the store in %s was never filled",
                         environment->folder);
    }
    return code == 0 || error_set_store(error, code, environment->folder);
}

/* --- Map and readers -------------------------------------------------------------------------- */

/* Waits until no snapshot is open, and lets none begin before handle_release(). False: some stayed
 * open. */
static bool handle_claim(struct environment *environment) {
    struct timespec until = clock_deadline(GROW_WAIT_MS);
    pthread_mutex_lock(&environment->mutex);
    while (environment->exclusive) {
        pthread_cond_wait(&environment->changed, &environment->mutex);
    }
    environment->exclusive = true;
    int waited = 0;
    while (environment->snapshots > 0 && waited == 0) {
        waited = pthread_cond_timedwait(&environment->changed, &environment->mutex, &until);
    }
    bool alone = environment->snapshots == 0;
    pthread_mutex_unlock(&environment->mutex);
    return alone;
}

static void handle_release(struct environment *environment) {
    pthread_mutex_lock(&environment->mutex);
    environment->exclusive = false;
    pthread_cond_broadcast(&environment->changed);
    pthread_mutex_unlock(&environment->mutex);
}

/* Claimed. Opens the file anew, in place of a handle that is of no use any more. */
static int handle_renew(struct environment *environment) {
    struct error error = {0};
    mdb_env_close(environment->handle);
    int code = handle_open(environment->folder, &environment->options, environment->map,
                           &environment->handle);
    if (code == 0 && !tables_open(environment, false, &error)) {
        code = error.code != 0 ? error.code : MDB_CORRUPTED;
        mdb_env_close(environment->handle);
        environment->handle = NULL;
    }
    environment->renewals++;
    return code;
}

static size_t map_size(const struct environment *environment) {
    MDB_envinfo info = {0};
    mdb_env_info(environment->handle, &info);
    return info.me_mapsize;
}

/* Sets the map's size; 0: what the file says. A map that was refused is gone, and the handle with it:
 * it is opened anew with what it had. */
static bool map_resize(struct environment *environment, size_t size) {
    bool resized = false;
    if (handle_claim(environment) && environment->handle != NULL) {
        environment->map = map_size(environment);
        int code = mdb_env_set_mapsize(environment->handle, size);
        resized = code == MDB_SUCCESS;
        if (!resized && code != EINVAL) { /* that is said before anything is done */
            (void)handle_renew(environment);
        }
    }
    handle_release(environment);
    return resized;
}

bool environment_grow(struct environment *environment) {
    size_t size = environment->handle == NULL ? 0 : map_size(environment);
    return size > 0 && size <= SIZE_MAX / 2 && map_resize(environment, size * 2);
}

/* Opens the file anew: LMDB has given the handle up, as a page of its own could not be written
 * (MDB_PANIC), or there is none. */
static int environment_revive(struct environment *environment) {
    int code = MDB_PANIC;
    if (handle_claim(environment)) {
        if (environment->handle != NULL) {
            environment->map = map_size(environment);
        }
        code = handle_renew(environment);
    }
    handle_release(environment);
    return code;
}

#define REVIVE_WAIT_MS 1000 /* for the writer to notice, and do it */

/* For a reader beside the writer, who may still be in the call that failed. */
static void revival_await(struct environment *environment) {
    struct timespec until = clock_deadline(REVIVE_WAIT_MS);
    pthread_mutex_lock(&environment->mutex);
    unsigned renewals = environment->renewals;
    int waited = 0;
    while (environment->renewals == renewals && waited == 0) {
        waited = pthread_cond_timedwait(&environment->changed, &environment->mutex, &until);
    }
    pthread_mutex_unlock(&environment->mutex);
}

static int read_once(struct environment *environment, struct transaction *transaction) {
    pthread_mutex_lock(&environment->mutex);
    while (environment->exclusive) {
        pthread_cond_wait(&environment->changed, &environment->mutex);
    }
    bool begun = environment->handle != NULL &&
                 transaction_begin(transaction, environment->handle, environment->tables, false);
    int code = environment->handle == NULL ? MDB_PANIC : transaction->failure;
    environment->snapshots += begun;
    pthread_mutex_unlock(&environment->mutex);
    return begun ? 0 : code;
}

static int read_revived(struct environment *environment, struct transaction *transaction) {
    bool writing = environment->options.mode != STORE_READ;
    if (writing && environment->handle != NULL) {
        revival_await(environment);
        return read_once(environment, transaction);
    }
    int code = environment_revive(environment);
    return code == 0 ? read_once(environment, transaction) : code;
}

bool environment_read(struct environment *environment, struct transaction *transaction,
                      struct error *error) {
    int code = read_once(environment, transaction);
    if (code == MDB_READERS_FULL) {
        environment_reap(environment);
        code = read_once(environment, transaction);
    }
    if (code == MDB_MAP_RESIZED && map_resize(environment, 0)) {
        code = read_once(environment, transaction);
    }
    if (code == MDB_PANIC) {
        code = read_revived(environment, transaction);
    }
    return code == 0 || error_set_store(error, code, environment->folder);
}

void environment_read_end(struct environment *environment, struct transaction *transaction) {
    pthread_mutex_lock(&environment->mutex);
    transaction_abort(transaction);
    environment->snapshots--;
    pthread_cond_broadcast(&environment->changed);
    pthread_mutex_unlock(&environment->mutex);
}

static int write_once(struct environment *environment, struct transaction *transaction) {
    pthread_mutex_lock(&environment->mutex);
    while (environment->exclusive) {
        pthread_cond_wait(&environment->changed, &environment->mutex);
    }
    MDB_env *handle = environment->handle; /* only this thread takes it away */
    pthread_mutex_unlock(&environment->mutex);
    if (handle == NULL) {
        return MDB_PANIC;
    }
    return transaction_begin(transaction, handle, environment->tables, true) ? 0
                                                                             : transaction->failure;
}

int environment_write(struct environment *environment, struct transaction *transaction) {
    int code = write_once(environment, transaction);
    if (code == MDB_MAP_RESIZED && map_resize(environment, 0)) {
        code = write_once(environment, transaction);
    }
    if (code == MDB_PANIC) {
        code = environment_revive(environment);
        code = code == 0 ? write_once(environment, transaction) : code;
    }
    return code;
}

/* --- Opening ---------------------------------------------------------------------------------- */

#define CHECK_TRIES 100 /* a busy writer overtakes a shallow check once in a while */

bool environment_check(struct environment *environment, bool deep, struct error *error) {
    enum pages_outcome outcome = PAGES_MOVED;
    int descriptor = -1;
    mdb_env_get_fd(environment->handle, &descriptor);
    for (int i = 0; i < CHECK_TRIES && outcome == PAGES_MOVED; i++) {
        struct transaction transaction;
        if (!environment_read(environment, &transaction, error)) {
            return false;
        }
        outcome = pages_check(descriptor, mdb_txn_id(transaction.handle), deep, error);
        environment_read_end(environment, &transaction);
    }
    if (outcome == PAGES_DAMAGED) {
        return error_add_context(error, "%s", environment->folder);
    }
    return true;
}

/* --- A new one -------------------------------------------------------------------------------- */

#define MAKING "making" /* folder in which it is made */

static void making_drop(const char *making) {
    static const char *const names[] = {"data.mdb", "lock.mdb"};
    for (size_t i = 0; i < 2; i++) {
        char *path = folder_path(making, names[i]);
        unlink(path);
        free(path);
    }
    rmdir(making);
}

/* An empty environment takes its place at once, whole and on the disk: LMDB would write its first
 * pages one by one, and what a full disk or an end of the process left of them could not be opened. */
static bool environment_make(const char *folder, const struct store_options *options,
                             struct error *error) {
    struct environment made = {.folder = folder_path(folder, MAKING)};
    making_drop(made.folder);
    bool good = folder_make(made.folder, error) && handle_map(&made, options, error) &&
                tables_open(&made, true, error);
    mdb_env_close(made.handle);
    good = good && folder_rename(folder, MAKING "/data.mdb", "data.mdb", error);
    making_drop(made.folder);
    free(made.folder);
    return good;
}

static bool environment_prepare(struct environment *environment,
                                const struct store_options *options, struct error *error) {
    bool writing = options->mode == STORE_WRITE;
    if (writing && !folder_lock(environment->folder, &environment->lock, error)) {
        return false;
    }
    char *data = folder_path(environment->folder, "data.mdb");
    struct stat file;
    bool exists = stat(data, &file) == 0 && file.st_size > 0;
    bool sound = pages_check_file(data, error);
    free(data);
    if (!writing && !exists) {
        return error_set(error, ERROR_STORE, "there is no store in %s yet", environment->folder);
    }
    if (options->mode == STORE_EDIT &&
        !folder_lock_edits(environment->folder, false, &environment->lock, error)) {
        return false;
    }
    if (!sound) {
        return error_add_context(error, "%s", environment->folder);
    }
    if (!exists && !environment_make(environment->folder, options, error)) {
        return false;
    }
    if (!handle_map(environment, options, error)) {
        return false;
    }
    environment_reap(environment);
    return environment_check(environment, false, error) && tables_open(environment, writing, error);
}

bool environment_open(const char *folder, const struct store_options *options,
                      struct environment **environment, struct error *error) {
    struct environment *opened = NEW(struct environment);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&opened->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&opened->mutex, NULL);
    opened->folder = memory_copy_string(folder);
    opened->options = *options;
    opened->options.author_key = SPAN(""); /* the caller's */
    opened->lock = -1;
    opened->squeeze = squeeze_create();
    if (!environment_prepare(opened, options, error)) {
        environment_close(opened);
        return false;
    }
    *environment = opened;
    return true;
}

void environment_close(struct environment *environment) {
    if (environment == NULL) {
        return;
    }
    if (environment->handle != NULL) {
        mdb_env_close(environment->handle);
    }
    if (environment->lock >= 0) {
        close(environment->lock);
    }
    pthread_cond_destroy(&environment->changed);
    pthread_mutex_destroy(&environment->mutex);
    squeeze_free(environment->squeeze);
    free(environment->folder);
    free(environment);
}

uint32_t environment_schema(const struct environment *environment) {
    return environment->schema;
}

struct squeeze *environment_squeeze(const struct environment *environment) {
    return environment->squeeze;
}

MDB_env *environment_handle(const struct environment *environment) {
    return environment->handle;
}

void environment_reap(struct environment *environment) {
    int dead = 0;
    mdb_reader_check(environment->handle, &dead);
}
