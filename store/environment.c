#include "store/environment.h"

#include "base/clock.h"
#include "store/meta.h"
#include "store/pages.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Address space, not disk: LMDB maps the file, and the file only grows with what is in it. */
#define MAP_DEFAULT ((size_t)256 << 30)
#define MAP_LEAST ((size_t)64 << 10)
#define MAP_RETRY_LEAST ((size_t)1 << 30) /* how far a refused mapping is halved */
#define READERS_MAX 510                   /* 126 is LMDB's default; a slot costs 64 bytes */
#define GROW_WAIT_MS 10000 /* for snapshots to close: they are meant to last milliseconds */

struct environment {
    MDB_env *handle;
    MDB_dbi tables[TABLE_COUNT];
    char *folder;
    int lock; /* descriptor of writer.lock or edit.lock; -1 when reading */
    pthread_mutex_t mutex;
    pthread_cond_t changed; /* `snapshots` or `resizing` */
    size_t snapshots;
    bool resizing;
    uint32_t schema; /* found at opening */
};

/* --- Who may write ---------------------------------------------------------------------------- */

char *folder_path(const char *folder, const char *name) {
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = memory_new(size, 1);
    snprintf(path, size, "%s/%s", folder, name);
    return path;
}

/* The folder and those above it, as far as they are missing, for the owner only. */
static bool folder_make(const char *folder, struct error *error) {
    char *path = memory_copy_string(folder);
    bool made = true;
    for (char *at = path + 1; made && *at != '\0'; at++) {
        if (*at == '/') {
            *at = '\0';
            made = mkdir(path, 0700) == 0 || errno == EEXIST || errno == EROFS || errno == EACCES;
            *at = '/';
        }
    }
    made = made && (mkdir(path, 0700) == 0 || errno == EEXIST);
    if (!made) {
        error_set_errno(error, errno, "folder %s cannot be made", folder);
    }
    free(path);
    return made;
}

static bool lock_refuse(const char *folder, int lock, struct error *error) {
    char holder[300] = "";
    ssize_t size = pread(lock, holder, sizeof holder - 1, 0);
    holder[size > 0 ? size : 0] = '\0';
    holder[strcspn(holder, "\n")] = '\0';
    return error_set(error, ERROR_STORE, "the store in %s is being written by %s; stop it first",
                     folder, holder[0] != '\0' ? holder : "another process");
}

/* Names the holder. A courtesy for whoever is refused: the lock holds without it, on a full disk
 * too. */
static void lock_sign(int lock) {
    char host[200] = "";
    char text[300];
    gethostname(host, sizeof host - 1);
    int size = snprintf(text, sizeof text, "process %ld on host %s\n", (long)getpid(), host);
    ssize_t written = ftruncate(lock, 0) == 0 ? pwrite(lock, text, (size_t)size, 0) : 0;
    (void)written;
}

/* LMDB would let two writers take turns, but each would look for copies in a memory of its own. The
 * lock ends with the process, however that ends. */
static bool lock_take(const char *folder, const char *name, int operation, int *lock,
                      struct error *error) {
    char *path = folder_path(folder, name);
    int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    free(path);
    if (descriptor < 0) {
        return error_set_errno(error, errno, "the store in %s cannot be locked", folder);
    }
    if (flock(descriptor, operation | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) {
            lock_refuse(folder, descriptor, error);
        } else {
            error_set_errno(error, errno, "the store in %s cannot be locked", folder);
        }
        close(descriptor);
        return false;
    }
    lock_sign(descriptor);
    *lock = descriptor;
    return true;
}

bool environment_lock(const char *folder, int *lock, struct error *error) {
    return folder_make(folder, error) && lock_take(folder, "writer.lock", LOCK_EX, lock, error);
}

bool environment_lock_edits(const char *folder, bool alone, int *lock, struct error *error) {
    return lock_take(folder, "edit.lock", alone ? LOCK_EX : LOCK_SH, lock, error);
}

/* --- Map and readers -------------------------------------------------------------------------- */

/* Sets the map's size (0: what the file says) once no snapshot is open. */
static bool map_resize(struct environment *environment, size_t size) {
    struct timespec until = clock_deadline(GROW_WAIT_MS);
    pthread_mutex_lock(&environment->mutex);
    while (environment->resizing) {
        pthread_cond_wait(&environment->changed, &environment->mutex);
    }
    environment->resizing = true;
    int waited = 0;
    while (environment->snapshots > 0 && waited == 0) {
        waited = pthread_cond_timedwait(&environment->changed, &environment->mutex, &until);
    }
    bool resized = environment->snapshots == 0 &&
                   mdb_env_set_mapsize(environment->handle, size) == MDB_SUCCESS;
    environment->resizing = false;
    pthread_cond_broadcast(&environment->changed);
    pthread_mutex_unlock(&environment->mutex);
    return resized;
}

bool environment_grow(struct environment *environment) {
    MDB_envinfo info;
    mdb_env_info(environment->handle, &info);
    return info.me_mapsize <= SIZE_MAX / 2 && map_resize(environment, info.me_mapsize * 2);
}

static int read_once(struct environment *environment, struct transaction *transaction) {
    pthread_mutex_lock(&environment->mutex);
    while (environment->resizing) {
        pthread_cond_wait(&environment->changed, &environment->mutex);
    }
    bool begun = transaction_begin(transaction, environment->handle, environment->tables, false);
    environment->snapshots += begun;
    pthread_mutex_unlock(&environment->mutex);
    return begun ? 0 : transaction->failure;
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
    return code == 0 || error_set_store(error, code, environment->folder);
}

void environment_read_end(struct environment *environment, struct transaction *transaction) {
    pthread_mutex_lock(&environment->mutex);
    transaction_abort(transaction);
    environment->snapshots--;
    pthread_cond_broadcast(&environment->changed);
    pthread_mutex_unlock(&environment->mutex);
}

int environment_write(struct environment *environment, struct transaction *transaction) {
    return transaction_begin(transaction, environment->handle, environment->tables, true)
               ? 0
               : transaction->failure;
}

/* --- Opening ---------------------------------------------------------------------------------- */

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

static bool environment_prepare(struct environment *environment,
                                const struct store_options *options, struct error *error) {
    bool writing = options->mode == STORE_WRITE;
    if (writing && !environment_lock(environment->folder, &environment->lock, error)) {
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
        !environment_lock_edits(environment->folder, false, &environment->lock, error)) {
        return false;
    }
    if (!sound) {
        return error_add_context(error, "%s", environment->folder);
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
    opened->lock = -1;
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
    free(environment->folder);
    free(environment);
}

uint32_t environment_schema(const struct environment *environment) {
    return environment->schema;
}

MDB_env *environment_handle(const struct environment *environment) {
    return environment->handle;
}

void environment_reap(struct environment *environment) {
    int dead = 0;
    mdb_reader_check(environment->handle, &dead);
}
