#include "store/transaction.h"

#include <errno.h>

const char *const table_names[TABLE_COUNT] = {
    "meta",      "names",    "mentions", "identities", "timelines",
    "counts",    "residues", "clusters", "sources",    "coverage",
    "incidents", "outbox",   "terms",    "blocked",    "sketches",
};

static MDB_val value_of(struct span span) {
    return (MDB_val){.mv_size = span.size, .mv_data = (void *)(uintptr_t)span.data};
}

static struct span span_from_value(const MDB_val *value) {
    return (struct span){value->mv_data, value->mv_size};
}

bool transaction_begin(struct transaction *transaction, MDB_env *environment, const MDB_dbi *tables,
                       bool writing) {
    *transaction = (struct transaction){.tables = tables};
    transaction->failure =
        mdb_txn_begin(environment, NULL, writing ? 0 : MDB_RDONLY, &transaction->handle);
    if (transaction->failure != 0) {
        transaction->handle = NULL;
    }
    return transaction->failure == 0;
}

int transaction_commit(struct transaction *transaction) {
    if (transaction->failure == 0) {
        transaction->failure = mdb_txn_commit(transaction->handle); /* frees it either way */
        transaction->handle = NULL;
    }
    transaction_abort(transaction);
    return transaction->failure;
}

void transaction_abort(struct transaction *transaction) {
    if (transaction->handle != NULL) {
        mdb_txn_abort(transaction->handle);
        transaction->handle = NULL;
    }
}

void transaction_fail(struct transaction *transaction, int code) {
    if (transaction->failure == 0) {
        transaction->failure = code;
    }
}

/* True for success; "not found" is no failure. */
static bool transaction_note(struct transaction *transaction, int code) {
    if (code != MDB_SUCCESS && code != MDB_NOTFOUND) {
        transaction_fail(transaction, code);
    }
    return code == MDB_SUCCESS;
}

bool transaction_get(struct transaction *transaction, enum table table, struct span key,
                     struct span *value) {
    if (transaction->failure != 0) {
        return false;
    }
    MDB_val wanted = value_of(key);
    MDB_val found;
    int code = mdb_get(transaction->handle, transaction->tables[table], &wanted, &found);
    if (!transaction_note(transaction, code)) {
        return false;
    }
    *value = span_from_value(&found);
    return true;
}

static void put(struct transaction *transaction, enum table table, struct span key,
                struct span value, unsigned flags) {
    if (transaction->failure == 0) {
        MDB_val put_key = value_of(key);
        MDB_val put_value = value_of(value);
        transaction_note(transaction, mdb_put(transaction->handle, transaction->tables[table],
                                              &put_key, &put_value, flags));
    }
}

void transaction_put(struct transaction *transaction, enum table table, struct span key,
                     struct span value) {
    put(transaction, table, key, value, 0);
}

void transaction_append(struct transaction *transaction, enum table table, struct span key,
                        struct span value) {
    put(transaction, table, key, value, MDB_APPEND);
}

bool transaction_put_new(struct transaction *transaction, enum table table, struct span key,
                         struct span *value) {
    if (transaction->failure != 0) {
        return false;
    }
    MDB_val put_key = value_of(key);
    MDB_val put_value = value_of(*value);
    int code = mdb_put(transaction->handle, transaction->tables[table], &put_key, &put_value,
                       MDB_NOOVERWRITE);
    if (code == MDB_KEYEXIST) {
        *value = span_from_value(&put_value);
        return false;
    }
    return transaction_note(transaction, code);
}

void transaction_delete(struct transaction *transaction, enum table table, struct span key) {
    if (transaction->failure == 0) {
        MDB_val wanted = value_of(key);
        transaction_note(transaction,
                         mdb_del(transaction->handle, transaction->tables[table], &wanted, NULL));
    }
}

uint64_t transaction_entries(struct transaction *transaction, enum table table) {
    MDB_stat statistics = {0};
    if (transaction->failure == 0) {
        transaction_note(transaction,
                         mdb_stat(transaction->handle, transaction->tables[table], &statistics));
    }
    return statistics.ms_entries;
}

void cursor_open(struct cursor *cursor, struct transaction *transaction, enum table table) {
    *cursor = (struct cursor){.transaction = transaction};
    if (transaction->failure == 0) {
        transaction_note(transaction, mdb_cursor_open(transaction->handle,
                                                      transaction->tables[table], &cursor->handle));
    }
}

void cursor_close(struct cursor *cursor) {
    if (cursor->handle != NULL) {
        mdb_cursor_close(cursor->handle);
        cursor->handle = NULL;
    }
}

static bool cursor_move(struct cursor *cursor, struct span key, MDB_cursor_op operation) {
    if (cursor->handle == NULL || cursor->transaction->failure != 0) {
        return false;
    }
    MDB_val found_key = value_of(key);
    MDB_val found_value;
    int code = mdb_cursor_get(cursor->handle, &found_key, &found_value, operation);
    if (!transaction_note(cursor->transaction, code)) {
        return false;
    }
    cursor->key = span_from_value(&found_key);
    cursor->value = span_from_value(&found_value);
    return true;
}

bool cursor_seek(struct cursor *cursor, struct span key) {
    return cursor_move(cursor, key, MDB_SET_RANGE);
}

bool cursor_seek_before(struct cursor *cursor, struct span key) {
    return cursor_move(cursor, key, MDB_SET_RANGE) ? cursor_previous(cursor) : cursor_last(cursor);
}

bool cursor_first(struct cursor *cursor) {
    return cursor_move(cursor, SPAN(""), MDB_FIRST);
}

bool cursor_last(struct cursor *cursor) {
    return cursor_move(cursor, SPAN(""), MDB_LAST);
}

bool cursor_next(struct cursor *cursor) {
    return cursor_move(cursor, SPAN(""), MDB_NEXT);
}

bool cursor_previous(struct cursor *cursor) {
    return cursor_move(cursor, SPAN(""), MDB_PREV);
}

void cursor_delete(struct cursor *cursor) {
    if (cursor->handle != NULL && cursor->transaction->failure == 0) {
        transaction_note(cursor->transaction, mdb_cursor_del(cursor->handle, 0));
    }
}

/* What people can do about it, for the codes they can meet. */
static const struct {
    int code;
    const char *advice;
} advices[] = {
    {ENOSPC, "the disk is full; what was committed stays readable"},
    {EDQUOT, "the disk quota is used up; what was committed stays readable"},
    {EFBIG, "the file may not grow further (file size limit); what was committed stays readable"},
    /* LMDB says the same of a write that found room for a part of it. */
    {EIO, "the disk is full, or reported an error; what was committed stays readable"},
    {EACCES, "permission denied"},
    {MDB_MAP_FULL, "the map is full and cannot grow now: snapshots are open, or memory is short"},
    {MDB_CORRUPTED, "the store is damaged; restore a backup or export what can be read"},
    {MDB_PAGE_NOTFOUND, "the store is damaged; restore a backup or export what can be read"},
    {MDB_PANIC, "an earlier write failed half-way, and the file cannot be opened anew"},
    {MDB_READERS_FULL, "too many readers have the store open"},
    {MDB_INVALID, "the file is no store, or its first pages are damaged"},
    {MDB_VERSION_MISMATCH, "the file was written by another version of LMDB"},
};

bool error_set_store(struct error *error, int code, const char *doing) {
    const char *why = mdb_strerror(code);
    for (size_t i = 0; i < sizeof advices / sizeof *advices; i++) {
        if (advices[i].code == code) {
            why = advices[i].advice;
        }
    }
    error_set(error, ERROR_STORE, "%s: %s", doing, why);
    if (error != NULL) {
        error->code = code;
    }
    return false;
}
