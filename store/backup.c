/* Copies of the whole store: made while it is in use, checked before they are put back. */
#include "store/environment.h"
#include "store/folder.h"
#include "store/index.h"
#include "store/internal.h"
#include "store/meta.h"
#include "store/store.h"
#include "store/upgrade.h"

#include "base/file.h"
#include "base/sign.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define DATA "data.mdb"
#define PARTIAL "data.mdb.partial"
#define REPLACED "data.mdb.replaced"
#define MANIFEST "MANIFEST"
#define MANIFEST_SIZE_MAX ((size_t)4096)
#define COPY_SIZE ((size_t)256 * 1024)

/* --- Files ------------------------------------------------------------------------------------ */

static bool file_exists(const char *folder, const char *name) {
    char *path = folder_path(folder, name);
    bool exists = access(path, F_OK) == 0;
    free(path);
    return exists;
}

static int file_open(const char *folder, const char *name, int flags, struct error *error) {
    char *path = folder_path(folder, name);
    int descriptor = open(path, flags | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        error_set_errno(error, errno, "%s", path);
    }
    free(path);
    return descriptor;
}

static void file_drop(const char *folder, const char *name) {
    char *path = folder_path(folder, name);
    unlink(path);
    free(path);
}

static bool write_all(int descriptor, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t written = write(descriptor, bytes, size);
        if (written < 0 && errno != EINTR) {
            return false;
        }
        bytes += written > 0 ? written : 0;
        size -= written > 0 ? (size_t)written : 0;
    }
    return true;
}

/* Reads `from` to its end: sums it up, and copies it to `to` (-1: nowhere). */
static bool file_read_on(int from, int to, struct store_manifest *manifest, struct error *error) {
    char *bytes = memory_new(COPY_SIZE, 1);
    struct sign_digest *digest = sign_digest_begin();
    ssize_t size = 0;
    bool good = true;
    manifest->bytes = 0;
    while (good && (size = read(from, bytes, COPY_SIZE)) > 0) {
        sign_digest_add(digest, (struct span){bytes, (size_t)size});
        manifest->bytes += (uint64_t)size;
        good = to < 0 || write_all(to, bytes, (size_t)size);
    }
    good = good && size == 0 && (to < 0 || fsync(to) == 0);
    if (!good) {
        error_set_errno(error, errno, "copying the store");
    }
    sign_digest_end(digest, manifest->sha256);
    free(bytes);
    return good;
}

/* --- The manifest ----------------------------------------------------------------------------- */

static bool manifest_write(const char *folder, const struct store_manifest *manifest,
                           struct error *error) {
    char text[400];
    int size = snprintf(text, sizeof text,
                        "earshot-backup 1\nschema %u\nmentions %llu\nlast_sequence %llu\n"
                        "bytes %llu\nsha256 %s\n",
                        manifest->schema, (unsigned long long)manifest->mentions,
                        (unsigned long long)manifest->last_sequence,
                        (unsigned long long)manifest->bytes, manifest->sha256);
    int descriptor = file_open(folder, MANIFEST, O_WRONLY | O_CREAT | O_EXCL, error);
    if (descriptor < 0) {
        return false;
    }
    bool written = write_all(descriptor, text, (size_t)size) && fsync(descriptor) == 0;
    close(descriptor);
    return written || error_set_errno(error, errno, "the manifest in %s", folder);
}

/* The number behind a name; false: it is not there. */
static bool manifest_number(struct span text, struct span name, uint64_t *number) {
    struct span line;
    int64_t value = 0;
    while (span_split(&text, '\n', &line)) {
        struct span rest = line;
        struct span first;
        if (span_split(&rest, ' ', &first) && span_equal(first, name) &&
            span_to_int64(rest, &value) && value >= 0) {
            *number = (uint64_t)value;
            return true;
        }
    }
    return false;
}

static bool manifest_parse(struct span text, struct store_manifest *manifest) {
    uint64_t format = 0;
    uint64_t schema = 0;
    size_t sum = span_find(text, SPAN("\nsha256 "));
    struct span hex = span_first(span_from(text, sum == SPAN_NOT_FOUND ? text.size : sum + 8), 64);
    bool known = manifest_number(text, SPAN("earshot-backup"), &format) && format == 1 &&
                 manifest_number(text, SPAN("schema"), &schema) &&
                 manifest_number(text, SPAN("mentions"), &manifest->mentions) &&
                 manifest_number(text, SPAN("last_sequence"), &manifest->last_sequence) &&
                 manifest_number(text, SPAN("bytes"), &manifest->bytes) && hex.size == 64;
    manifest->schema = (uint32_t)schema;
    snprintf(manifest->sha256, sizeof manifest->sha256, "%.*s", SPAN_ARG(hex));
    return known;
}

static bool manifest_read(const char *folder, struct store_manifest *manifest,
                          struct error *error) {
    struct arena *arena = arena_create();
    char *path = folder_path(folder, MANIFEST);
    struct span text;
    bool read = file_read(path, MANIFEST_SIZE_MAX, arena, &text, NULL);
    if (!read) {
        error_set(error, ERROR_USAGE, "there is no complete backup in %s: it has no %s", folder,
                  MANIFEST);
    } else if (!manifest_parse(text, manifest)) {
        read = error_set(error, ERROR_STORE, "%s is not the manifest of a backup", path);
    } else if (manifest->schema > SCHEMA_VERSION) {
        read = error_set(error, ERROR_STORE,
                         "the backup has layout %u, this program knows %u: use a newer one",
                         manifest->schema, SCHEMA_VERSION);
    }
    free(path);
    arena_free(arena);
    return read;
}

/* --- Backing up ------------------------------------------------------------------------------- */

static bool folder_begin(const char *folder, struct error *error) {
    if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
        return error_set_errno(error, errno, "%s cannot be made", folder);
    }
    if (file_exists(folder, MANIFEST) || file_exists(folder, DATA)) {
        return error_set(error, ERROR_USAGE, "%s holds a backup already; name a new folder",
                         folder);
    }
    return true;
}

/* The environment without its free pages, as `name` in `folder`. */
static bool environment_copy(struct environment *environment, const char *folder, const char *name,
                             struct error *error) {
    int descriptor = file_open(folder, name, O_WRONLY | O_CREAT | O_TRUNC, error);
    if (descriptor < 0) {
        return false;
    }
    int code = mdb_env_copyfd2(environment_handle(environment), descriptor, MDB_CP_COMPACT);
    code = code == 0 && fsync(descriptor) != 0 ? errno : code;
    close(descriptor);
    return code == 0 || error_set_store(error, code, folder);
}

/* What a copy says of itself, opened as a store. */
static bool copy_count(const char *folder, struct store_manifest *manifest, struct error *error) {
    struct store *copy = NULL;
    struct store_statistics sum;
    if (!store_open(folder, &(struct store_options){.mode = STORE_READ}, &copy, error)) {
        return false;
    }
    bool counted = store_statistics(copy, &sum, error);
    store_close(copy);
    file_drop(folder, "lock.mdb");
    manifest->schema = sum.schema;
    manifest->mentions = sum.mentions;
    manifest->last_sequence = sum.last_sequence;
    return counted;
}

static bool copy_sum(const char *folder, struct store_manifest *manifest, struct error *error) {
    int descriptor = file_open(folder, DATA, O_RDONLY, error);
    bool summed = descriptor >= 0 && file_read_on(descriptor, -1, manifest, error);
    if (descriptor >= 0) {
        close(descriptor);
    }
    return summed;
}

bool store_backup(struct store *store, const char *folder, struct store_manifest *manifest,
                  struct error *error) {
    *manifest = (struct store_manifest){0};
    return folder_begin(folder, error) &&
           environment_copy(store->environment, folder, PARTIAL, error) &&
           folder_rename(folder, PARTIAL, DATA, error) && copy_count(folder, manifest, error) &&
           copy_sum(folder, manifest, error) && manifest_write(folder, manifest, error);
}

/* --- Putting a file in the store's place ------------------------------------------------------ */

/* The new data has readers and transaction numbers of its own: processes that have the old one open
 * keep the old lock file with it. Dropped twice for those that come in between. */
static bool data_replace(const char *folder, struct error *error) {
    file_drop(folder, "lock.mdb");
    bool replaced = folder_rename(folder, PARTIAL, DATA, error);
    file_drop(folder, "lock.mdb");
    return replaced;
}

/* --- Restoring -------------------------------------------------------------------------------- */

/* Copies the backup's file beside the store's own, and checks it on the way. */
static bool backup_fetch(const char *backup, const char *folder,
                         const struct store_manifest *manifest, struct error *error) {
    struct store_manifest found = {0};
    int from = file_open(backup, DATA, O_RDONLY, error);
    int to = from < 0 ? -1 : file_open(folder, PARTIAL, O_WRONLY | O_CREAT | O_TRUNC, error);
    bool copied = to >= 0 && file_read_on(from, to, &found, error);
    if (from >= 0) {
        close(from);
    }
    if (to >= 0) {
        close(to);
    }
    if (copied && (found.bytes != manifest->bytes || strcmp(found.sha256, manifest->sha256) != 0)) {
        copied = error_set(error, ERROR_STORE,
                           "%s/" DATA " is not what its manifest says (%llu bytes, SHA-256 %.12s"
                           "...): the backup is damaged",
                           backup, (unsigned long long)manifest->bytes, manifest->sha256);
    }
    if (!copied) {
        file_drop(folder, PARTIAL);
    }
    return copied;
}

static bool restore_locked(const char *backup, const char *folder, bool replace,
                           const struct store_manifest *manifest, struct error *error) {
    bool exists = file_exists(folder, DATA);
    if (exists && !replace) {
        return error_set(error, ERROR_USAGE,
                         "there is a store in %s already; --replace keeps it as " REPLACED, folder);
    }
    if (!backup_fetch(backup, folder, manifest, error) ||
        (exists && !folder_rename(folder, DATA, REPLACED, error))) {
        return false;
    }
    return data_replace(folder, error);
}

bool store_restore(const char *backup, const char *folder, bool replace,
                   struct store_manifest *manifest, struct error *error) {
    int lock = -1;
    int edits = -1;
    if (!manifest_read(backup, manifest, error) || !folder_lock(folder, &lock, error)) {
        return false;
    }
    bool restored = folder_lock_edits(folder, true, &edits, error) &&
                    restore_locked(backup, folder, replace, manifest, error);
    if (edits >= 0) {
        close(edits);
    }
    close(lock);
    return restored;
}

/* --- Compacting ------------------------------------------------------------------------------- */

#define REWRITE "rewrite"                /* folder of the new environment, in the old one's */
#define REWRITE_BYTES ((size_t)32 << 20) /* of values in one transaction */

static uint64_t data_size(const char *folder) {
    char *path = folder_path(folder, DATA);
    struct stat file = {0};
    uint64_t size = stat(path, &file) == 0 ? (uint64_t)file.st_size : 0;
    free(path);
    return size;
}

static void rewrite_drop(const char *folder) {
    static const char *const names[] = {DATA, "lock.mdb", "writer.lock"};
    char *rewrite = folder_path(folder, REWRITE);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        file_drop(rewrite, names[i]);
    }
    rmdir(rewrite);
    free(rewrite);
}

/* Puts what the cursor stands on, and what follows, until the transaction is large enough. Returns
 * whether there is more. */
static bool entries_append(struct cursor *cursor, struct transaction *to, enum table table) {
    size_t bytes = 0;
    bool more = true;
    while (more && bytes < REWRITE_BYTES && to->failure == 0) {
        if (table == TABLE_META) { /* the new one has its schema already */
            transaction_put(to, table, cursor->key, cursor->value);
        } else {
            transaction_append(to, table, cursor->key, cursor->value);
        }
        bytes += cursor->key.size + cursor->value.size;
        more = cursor_next(cursor);
    }
    return more;
}

static int table_rewrite(struct transaction *from, struct environment *to, enum table table) {
    struct cursor cursor;
    int code = 0;
    cursor_open(&cursor, from, table);
    bool more = cursor_first(&cursor);
    while (more && code == 0) {
        struct transaction transaction;
        code = environment_write(to, &transaction);
        if (code == 0) {
            more = entries_append(&cursor, &transaction, table);
            code = transaction_commit(&transaction);
        }
    }
    cursor_close(&cursor);
    return from->failure != 0 ? from->failure : code;
}

/* Entry by entry: a page that is copied keeps what was taken off it, in the room between its
 * entries. */
static bool environment_rewrite(struct environment *from, struct environment *to,
                                struct error *error) {
    struct transaction transaction;
    if (!environment_read(from, &transaction, error)) {
        return false;
    }
    int code = 0;
    for (size_t table = 0; table < TABLE_COUNT && code == 0; table++) {
        code = table_rewrite(&transaction, to, (enum table)table);
    }
    environment_read_end(from, &transaction);
    code = code == 0 ? mdb_env_sync(environment_handle(to), 1) : code;
    return code == 0 || error_set_store(error, code, "rewriting the store");
}

/* A chunk's later segments hide what earlier ones say of erased mentions; one segment says nothing
 * of them. */
static bool index_settle(struct environment *environment, struct error *error) {
    struct transaction transaction;
    uint32_t chunk = UINT32_MAX;
    bool more = true;
    int code = 0;
    while (more && code == 0) {
        code = environment_write(environment, &transaction);
        if (code == 0) {
            more = index_merge_before(&transaction, &chunk);
            code = transaction_commit(&transaction);
        }
    }
    return code == 0 || error_set_store(error, code, "merging the text index");
}

/* The new file takes the place of the old before the old one's lock is given up. */
static bool rewrite_take(const char *folder, struct error *error) {
    char *rewrite = folder_path(folder, REWRITE);
    char *made = folder_path(rewrite, DATA);
    char *partial = folder_path(folder, PARTIAL);
    bool taken = (rename(made, partial) == 0 || error_set_errno(error, errno, "%s", partial)) &&
                 data_replace(folder, error);
    free(partial);
    free(made);
    free(rewrite);
    return taken;
}

static bool environment_compact(struct environment *from, const char *folder, struct error *error) {
    struct environment *to = NULL;
    char *rewrite = folder_path(folder, REWRITE);
    rewrite_drop(folder);
    bool good =
        environment_upgrade(from, error) && index_settle(from, error) &&
        environment_open(rewrite, &(struct store_options){.mode = STORE_WRITE, .no_sync = true},
                         &to, error) &&
        environment_rewrite(from, to, error);
    environment_close(to);
    good = good && rewrite_take(folder, error);
    rewrite_drop(folder);
    free(rewrite);
    return good;
}

bool store_compact(const char *folder, uint64_t *bytes_before, uint64_t *bytes_after,
                   struct error *error) {
    struct environment *environment = NULL;
    if (!file_exists(folder, DATA)) {
        return error_set(error, ERROR_STORE, "there is no store in %s yet", folder);
    }
    *bytes_before = data_size(folder);
    if (!environment_open(folder, &(struct store_options){.mode = STORE_WRITE}, &environment,
                          error)) {
        return false;
    }
    int edits = -1;
    bool compacted = folder_lock_edits(folder, true, &edits, error) &&
                     environment_compact(environment, folder, error);
    *bytes_after = data_size(folder);
    environment_close(environment);
    if (edits >= 0) {
        close(edits);
    }
    return compacted;
}
