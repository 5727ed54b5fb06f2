/* A table of rows in blocks (store/block.h): what one transaction changes in it, and reading.
 *
 * Changes gather and are written in the order of their keys, each block once. */
#ifndef STORE_ROWS_H
#define STORE_ROWS_H

#include "store/block.h"
#include "store/transaction.h"

/* --- Changing --------------------------------------------------------------------------------- */

struct rows; /* opaque; of one table */

struct rows *rows_create(enum table table);
void rows_free(struct rows *rows);

/* What is put from now on is a change: `combine` makes the new value (in `bytes`, room for
 * ROW_VALUE_MAX) of the old one, empty where there is none, and the change; empty: no row. False: the
 * old one is damaged. Rows are then neither dropped nor found. */
typedef bool row_combine(struct span old, struct span change, uint8_t *bytes, struct span *value);
void rows_combine_by(struct rows *rows, row_combine *combine);

/* At most ROW_VALUE_MAX bytes; the last word on a key counts. */
void rows_put(struct rows *rows, struct row_key key, struct span value);
void rows_drop(struct rows *rows, struct row_key key);

/* The row as it will be once all is written; valid until the next change. */
bool rows_find(struct rows *rows, struct transaction *transaction, struct row_key key,
               struct span *value);

/* Writes what has gathered; nothing of it is left, whether that succeeds or not. */
void rows_flush(struct rows *rows, struct transaction *transaction);

/* --- Reading what is written ------------------------------------------------------------------ */

bool rows_get(struct transaction *transaction, enum table table, struct row_key key,
              struct span *value);

/* Calls `visit` for the rows from `first` to `last`, both included, until it returns false. `cursor` is
 * open on the table, wherever it stands. Whether a row follows these, and its key. */
typedef bool row_visitor(void *context, struct row_key key, struct span value);
bool rows_visit(struct cursor *cursor, struct row_key first, struct row_key last,
                row_visitor *visit, void *context, struct row_key *next);

/* Rows looked for one after the other: near each other, each costs less than to seek its block. */
struct row_finder {
    struct cursor cursor;
    struct block block;
    bool open; /* the block is one */
};
void row_finder_open(struct row_finder *finder, struct transaction *transaction, enum table table);
void row_finder_close(struct row_finder *finder);
bool row_finder_find(struct row_finder *finder, struct row_key key, struct span *value);

struct row_cursor {
    struct cursor cursor;
    struct row *rows; /* of the block it stands in */
    size_t count;
    size_t at;
    struct row_key key; /* where it stands, after a move that was true */
    struct span value;
};
void row_cursor_open(struct row_cursor *cursor, struct transaction *transaction, enum table table);
void row_cursor_close(struct row_cursor *cursor);
bool row_cursor_seek(struct row_cursor *cursor, struct row_key key);        /* first key >= */
bool row_cursor_seek_before(struct row_cursor *cursor, struct row_key key); /* last key < */
bool row_cursor_next(struct row_cursor *cursor);
bool row_cursor_previous(struct row_cursor *cursor);

#endif
