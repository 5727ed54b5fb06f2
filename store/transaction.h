/* One LMDB transaction that remembers its first failure: put many things, ask once at the end.
 *
 * After a failure every further put does nothing and every get finds nothing. What a get or a
 * cursor returns points into the database: valid until the next put of the same transaction, or
 * its end. For one thread at a time. */
#ifndef STORE_TRANSACTION_H
#define STORE_TRANSACTION_H

#include "base/error.h"
#include "base/span.h"
#include "store/tables.h"

#include <lmdb.h>

struct transaction {
    MDB_txn *handle; /* NULL: ended */
    const MDB_dbi *tables;
    int failure; /* first LMDB code that was neither success nor "not found"; 0 = none */
};

/* False: `failure` says why (MDB_MAP_RESIZED among others), nothing is open. */
MUST_CHECK bool transaction_begin(struct transaction *transaction, MDB_env *environment,
                                  const MDB_dbi *tables, bool writing);

/* The LMDB code of the first failure or of the commit; 0 = durable. Ends the transaction. */
MUST_CHECK int transaction_commit(struct transaction *transaction);
void transaction_abort(struct transaction *transaction); /* also after a commit: does nothing */

/* Notes a failure that is not LMDB's, such as MDB_CORRUPTED for a record that cannot be read. */
void transaction_fail(struct transaction *transaction, int code);

bool transaction_get(struct transaction *transaction, enum table table, struct span key,
                     struct span *value);
void transaction_put(struct transaction *transaction, enum table table, struct span key,
                     struct span value);
/* The same for a key above all others of its table: fills pages instead of splitting them. */
void transaction_append(struct transaction *transaction, enum table table, struct span key,
                        struct span value);
/* Puts the value unless the key has one: then false, and `*value` is that one. */
bool transaction_put_new(struct transaction *transaction, enum table table, struct span key,
                         struct span *value);
void transaction_delete(struct transaction *transaction, enum table table, struct span key);

uint64_t transaction_entries(struct transaction *transaction, enum table table);

/* --- Walking a table -------------------------------------------------------------------------- */

struct cursor {
    struct transaction *transaction;
    MDB_cursor *handle;
    struct span key; /* where it stands, after a move that was true */
    struct span value;
};
void cursor_open(struct cursor *cursor, struct transaction *transaction, enum table table);
void cursor_close(struct cursor *cursor);
bool cursor_seek(struct cursor *cursor, struct span key);        /* first key >= */
bool cursor_seek_before(struct cursor *cursor, struct span key); /* last key < */
bool cursor_first(struct cursor *cursor);
bool cursor_last(struct cursor *cursor);
bool cursor_next(struct cursor *cursor);
bool cursor_previous(struct cursor *cursor);
/* Takes away what it stands on; the next move to the next one goes to what followed. */
void cursor_delete(struct cursor *cursor);

/* ERROR_STORE in words for an LMDB or system code. Returns false. */
bool error_set_store(struct error *error, int code, const char *doing);

#endif
