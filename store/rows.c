#include "store/rows.h"

#include "base/hash.h"
#include "base/memory.h"

#include <stdlib.h>

struct row_change {
    struct row_key key;
    uint32_t value; /* offset into `values` */
    uint8_t size;
    bool drop;
};

struct rows {
    enum table table;
    row_combine *combine; /* NULL: what is put replaces */
    struct row_change *list;
    size_t count;
    size_t capacity;
    uint32_t *slots; /* index + 1 into `list`; 0 = free; twice as many as can be in the list */
    size_t slot_count;
    uint8_t *values;
    size_t value_size;
    size_t value_capacity;
    struct block_writer writer;
};

struct rows *rows_create(enum table table) {
    struct rows *rows = NEW(struct rows);
    rows->table = table;
    return rows;
}

void rows_combine_by(struct rows *rows, row_combine *combine) {
    rows->combine = combine;
}

void rows_free(struct rows *rows) {
    if (rows != NULL) {
        block_writer_done(&rows->writer);
        free(rows->list);
        free(rows->slots);
        free(rows->values);
        free(rows);
    }
}

/* --- Gathering -------------------------------------------------------------------------------- */

/* Where the key stands, or would. */
static uint32_t *slot_of(const struct rows *rows, struct row_key key) {
    size_t slot = hash_combine(key.high, key.low);
    while (rows->slots[slot &= rows->slot_count - 1] != 0 &&
           row_key_compare(rows->list[rows->slots[slot] - 1].key, key) != 0) {
        slot++;
    }
    return &rows->slots[slot];
}

static void slots_grow(struct rows *rows) {
    free(rows->slots);
    rows->slot_count = rows->slot_count == 0 ? 1024 : rows->slot_count * 2;
    rows->slots = NEW_ARRAY(uint32_t, rows->slot_count);
    for (size_t i = 0; i < rows->count; i++) {
        *slot_of(rows, rows->list[i].key) = (uint32_t)i + 1;
    }
}

static struct row_change *change_of(struct rows *rows, struct row_key key) {
    if (rows->count * 2 >= rows->slot_count) {
        slots_grow(rows);
    }
    uint32_t *slot = slot_of(rows, key);
    if (*slot == 0) {
        rows->list = memory_grow(rows->list, rows->count, &rows->capacity, sizeof *rows->list);
        rows->list[rows->count++].key = key;
        *slot = (uint32_t)rows->count;
    }
    return &rows->list[*slot - 1];
}

void rows_put(struct rows *rows, struct row_key key, struct span value) {
    struct row_change *change = change_of(rows, key);
    while (rows->value_capacity - rows->value_size < value.size) {
        rows->value_capacity = rows->value_capacity * 2 + BLOCK_MOST;
        rows->values = memory_resize(rows->values, rows->value_capacity, 1);
    }
    memcpy(rows->values + rows->value_size, value.data, value.size);
    change->value = (uint32_t)rows->value_size;
    change->size = (uint8_t)value.size;
    change->drop = false;
    rows->value_size += value.size;
}

void rows_drop(struct rows *rows, struct row_key key) {
    change_of(rows, key)->drop = true;
}

static struct span change_value(const struct rows *rows, const struct row_change *change) {
    return (struct span){(const char *)rows->values + change->value, change->size};
}

bool rows_find(const struct rows *rows, struct transaction *transaction, struct row_key key,
               struct span *value) {
    uint32_t index = rows->slot_count == 0 ? 0 : *slot_of(rows, key);
    if (index == 0) {
        return rows_get(transaction, rows->table, key, value);
    }
    *value = change_value(rows, &rows->list[index - 1]);
    return !rows->list[index - 1].drop;
}

/* --- Writing ---------------------------------------------------------------------------------- */

/* Of a run that grows at its end, some room is left for those that come late. */
#define BLOCK_FILL (BLOCK_MOST / 16 * 15)

struct old_block { /* the block that changes fall into, out of LMDB's hands */
    bool exists;
    struct key key;
    uint8_t bytes[BLOCK_MOST];
    size_t size;
    bool bounded; /* another one follows */
    struct row_key bound;
};

/* Moves to the block in which the key has its place: the last that begins at or before it, else the
 * first. */
static bool cursor_seek_block(struct cursor *cursor, struct span key) {
    bool found = cursor_seek(cursor, key);
    if (found && span_equal(cursor->key, key)) {
        return true;
    }
    return (found ? cursor_previous(cursor) : cursor_last(cursor)) ||
           (found && cursor_seek(cursor, key));
}

static void old_block_find(struct cursor *cursor, struct row_key key, struct old_block *old) {
    struct key bytes = row_key_bytes(key);
    old->exists = cursor_seek_block(cursor, key_span(&bytes));
    old->bounded = false;
    old->size = 0;
    if (!old->exists) {
        return;
    }
    if (cursor->value.size > BLOCK_MOST || cursor->key.size != ROW_KEY_SIZE) {
        transaction_fail(cursor->transaction, MDB_CORRUPTED);
        return;
    }
    old->key = row_key_bytes(row_key_read(cursor->key));
    old->size = cursor->value.size;
    memcpy(old->bytes, cursor->value.data, old->size);
    if (cursor_next(cursor)) {
        old->bounded = true;
        old->bound = row_key_read(cursor->key);
    }
}

/* What the change makes of the value that was there. */
static void change_add(struct rows *rows, struct transaction *transaction,
                       const struct row_change *change, struct span was) {
    uint8_t bytes[ROW_VALUE_MAX];
    struct span value = change_value(rows, change);
    if (rows->combine == NULL) {
        if (!change->drop) {
            block_add(&rows->writer, change->key, value);
        }
        return;
    }
    if (!rows->combine(was, value, bytes, &value)) {
        transaction_fail(transaction, MDB_CORRUPTED);
    } else if (value.size > 0) {
        block_add(&rows->writer, change->key, value);
    }
}

/* The old block's rows and the changes [begin, end), as one run. Returns how many rows of it end
 * with the last change. */
static size_t rows_merge(struct rows *rows, struct transaction *transaction,
                         const struct old_block *old, size_t begin, size_t end) {
    struct block_reader reader = {0};
    struct span bytes = {(const char *)old->bytes, old->size};
    bool more = false;
    block_writer_clear(&rows->writer);
    if (old->exists) {
        if (!block_open(&reader, key_span(&old->key), bytes)) {
            transaction_fail(transaction, MDB_CORRUPTED);
            return 0;
        }
        more = block_next(&reader);
    }
    for (size_t i = begin; i < end; i++) {
        const struct row_change *change = &rows->list[i];
        for (; more && row_key_compare(reader.key, change->key) < 0; more = block_next(&reader)) {
            block_copy(&rows->writer, &reader);
        }
        struct span was = SPAN("");
        if (more && row_key_compare(reader.key, change->key) == 0) {
            was = reader.value;
            more = block_next(&reader);
        }
        change_add(rows, transaction, change, was);
    }
    size_t changed = rows->writer.count;
    for (; more; more = block_next(&reader)) {
        block_copy(&rows->writer, &reader);
    }
    if (reader.unpacker.bad) {
        transaction_fail(transaction, MDB_CORRUPTED);
    }
    return changed;
}

/* The rows [first, end) as blocks of `most` bytes at most. */
static void blocks_put(struct rows *rows, struct transaction *transaction, size_t first, size_t end,
                       size_t most) {
    uint8_t bytes[BLOCK_MOST];
    while (first < end) {
        size_t count = block_fit(&rows->writer, first, end, most);
        struct key key = row_key_bytes(rows->writer.marks[first].key);
        transaction_put(transaction, rows->table, key_span(&key),
                        block_make(&rows->writer, first, first + count, bytes));
        first += count;
    }
}

/* Blocks of about one size, as few as can be. */
static void blocks_put_evenly(struct rows *rows, struct transaction *transaction, size_t first,
                              size_t end) {
    size_t size = block_size(&rows->writer, first, end);
    size_t count = (size + BLOCK_MOST - 1) / BLOCK_MOST;
    size_t most = size / count + ROW_SIZE_MAX;
    blocks_put(rows, transaction, first, end, most < BLOCK_MOST ? most : BLOCK_MOST);
}

/* Where the last change is the last of its scope, more of its kind will follow it: what grows at
 * its end is packed full, and parted from what comes behind. Elsewhere halves have room for more. */
static void run_put(struct rows *rows, struct transaction *transaction, size_t changed) {
    const struct block_writer *writer = &rows->writer;
    bool last = changed == writer->count;
    bool grows = changed > 0 && (last || row_key_scope(writer->marks[changed - 1].key) !=
                                             row_key_scope(writer->marks[changed].key));
    if (writer->count == 0) {
        return;
    }
    if (block_size(writer, 0, writer->count) <= BLOCK_MOST) {
        blocks_put(rows, transaction, 0, writer->count, BLOCK_MOST);
    } else if (!grows) {
        blocks_put_evenly(rows, transaction, 0, writer->count);
    } else {
        blocks_put(rows, transaction, 0, changed, BLOCK_FILL);
        if (!last) {
            blocks_put_evenly(rows, transaction, changed, writer->count);
        }
    }
}

/* Writes the block that the change at `begin` falls into, with all others that do; returns the first
 * that does not. */
static size_t block_rewrite(struct rows *rows, struct cursor *cursor, struct old_block *old,
                            size_t begin) {
    struct transaction *transaction = cursor->transaction;
    size_t end = begin + 1;
    old_block_find(cursor, rows->list[begin].key, old);
    while (end < rows->count &&
           (!old->bounded || row_key_compare(rows->list[end].key, old->bound) < 0)) {
        end++;
    }
    size_t changed = rows_merge(rows, transaction, old, begin, end);
    struct key first =
        row_key_bytes(rows->writer.count > 0 ? rows->writer.marks[0].key : rows->list[begin].key);
    if (old->exists &&
        (rows->writer.count == 0 || !span_equal(key_span(&first), key_span(&old->key)))) {
        transaction_delete(transaction, rows->table, key_span(&old->key));
    }
    run_put(rows, transaction, changed);
    return end;
}

static int change_compare(const void *left, const void *right) {
    return row_key_compare(((const struct row_change *)left)->key,
                           ((const struct row_change *)right)->key);
}

static void rows_clear(struct rows *rows) {
    rows->count = 0;
    rows->value_size = 0;
    if (rows->slot_count > 0) {
        memset(rows->slots, 0, rows->slot_count * sizeof *rows->slots);
    }
}

void rows_flush(struct rows *rows, struct transaction *transaction) {
    struct cursor cursor;
    struct old_block old;
    if (rows->count > 1) {
        qsort(rows->list, rows->count, sizeof *rows->list, change_compare);
    }
    cursor_open(&cursor, transaction, rows->table);
    for (size_t i = 0; i < rows->count && transaction->failure == 0;) {
        i = block_rewrite(rows, &cursor, &old, i);
    }
    cursor_close(&cursor);
    rows_clear(rows);
}

/* --- Reading ---------------------------------------------------------------------------------- */

static bool block_find(struct transaction *transaction, struct span block_key, struct span bytes,
                       struct row_key key, struct span *value) {
    struct block_reader reader;
    if (!block_open(&reader, block_key, bytes)) {
        transaction_fail(transaction, MDB_CORRUPTED);
        return false;
    }
    while (block_next(&reader)) {
        int order = row_key_compare(reader.key, key);
        if (order >= 0) {
            *value = reader.value;
            return order == 0;
        }
    }
    if (reader.unpacker.bad) {
        transaction_fail(transaction, MDB_CORRUPTED);
    }
    return false;
}

bool rows_get(struct transaction *transaction, enum table table, struct row_key key,
              struct span *value) {
    struct cursor cursor;
    struct key bytes = row_key_bytes(key);
    cursor_open(&cursor, transaction, table);
    bool found = cursor_seek_block(&cursor, key_span(&bytes)) &&
                 block_find(transaction, cursor.key, cursor.value, key, value);
    cursor_close(&cursor);
    return found;
}

/* Stands on the first row from `key` on within its block, or the blocks that follow. */
static bool rows_enter(struct cursor *cursor, struct row_key key, struct block_reader *reader) {
    struct key bytes = row_key_bytes(key);
    for (bool more = cursor_seek_block(cursor, key_span(&bytes)); more;
         more = cursor_next(cursor)) {
        bool sound = block_open(reader, cursor->key, cursor->value);
        while (sound && block_next(reader)) {
            if (row_key_compare(reader->key, key) >= 0) {
                return true;
            }
        }
        if (!sound || reader->unpacker.bad) {
            transaction_fail(cursor->transaction, MDB_CORRUPTED);
            return false;
        }
    }
    return false;
}

/* The row after the one that the reader stands on. */
static bool rows_step(struct cursor *cursor, struct block_reader *reader) {
    struct row_key at = reader->key;
    if (block_next(reader)) {
        return true;
    }
    return at.low < UINT64_MAX && rows_enter(cursor, (struct row_key){at.high, at.low + 1}, reader);
}

bool rows_visit(struct cursor *cursor, struct row_key first, struct row_key last,
                row_visitor *visit, void *context, struct row_key *next) {
    struct block_reader reader;
    bool more = rows_enter(cursor, first, &reader);
    while (more && row_key_compare(reader.key, last) <= 0 &&
           visit(context, reader.key, reader.value)) {
        more = rows_step(cursor, &reader);
    }
    *next = more ? reader.key : last;
    return more;
}

void row_cursor_open(struct row_cursor *cursor, struct transaction *transaction, enum table table) {
    *cursor = (struct row_cursor){.rows = NEW_ARRAY(struct row, BLOCK_ROWS_MOST)};
    cursor_open(&cursor->cursor, transaction, table);
}

void row_cursor_close(struct row_cursor *cursor) {
    cursor_close(&cursor->cursor);
    free(cursor->rows);
    cursor->rows = NULL;
}

/* Unpacks the block that the LMDB cursor stands on. */
static bool block_enter(struct row_cursor *cursor, bool found) {
    struct block_reader reader;
    cursor->count = 0;
    if (!found) {
        return false;
    }
    bool sound = block_open(&reader, cursor->cursor.key, cursor->cursor.value);
    while (sound && cursor->count < BLOCK_ROWS_MOST && block_next(&reader)) {
        cursor->rows[cursor->count++] = (struct row){reader.key, reader.value};
    }
    if (!sound || !unpacker_is_done(&reader.unpacker) || cursor->count == 0) {
        transaction_fail(cursor->cursor.transaction, MDB_CORRUPTED);
        cursor->count = 0;
    }
    return cursor->count > 0;
}

/* Stands on a row of the block; false: it has none so far. */
static bool row_stand(struct row_cursor *cursor, size_t at) {
    if (at >= cursor->count) {
        return false;
    }
    cursor->at = at;
    cursor->key = cursor->rows[at].key;
    cursor->value = cursor->rows[at].value;
    return true;
}

/* How many rows of the block have lesser keys. */
static size_t rows_before(const struct row_cursor *cursor, struct row_key key) {
    size_t low = 0;
    size_t high = cursor->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (row_key_compare(cursor->rows[middle].key, key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool row_cursor_seek(struct row_cursor *cursor, struct row_key key) {
    struct key bytes = row_key_bytes(key);
    if (!block_enter(cursor, cursor_seek_block(&cursor->cursor, key_span(&bytes)))) {
        return false;
    }
    return row_stand(cursor, rows_before(cursor, key)) ||
           (block_enter(cursor, cursor_next(&cursor->cursor)) && row_stand(cursor, 0));
}

bool row_cursor_seek_before(struct row_cursor *cursor, struct row_key key) {
    struct key bytes = row_key_bytes(key);
    if (!block_enter(cursor, cursor_seek_block(&cursor->cursor, key_span(&bytes)))) {
        return false;
    }
    size_t before = rows_before(cursor, key);
    return before > 0 ? row_stand(cursor, before - 1)
                      : block_enter(cursor, cursor_previous(&cursor->cursor)) &&
                            row_stand(cursor, cursor->count - 1);
}

bool row_cursor_next(struct row_cursor *cursor) {
    return row_stand(cursor, cursor->at + 1) ||
           (block_enter(cursor, cursor_next(&cursor->cursor)) && row_stand(cursor, 0));
}

bool row_cursor_previous(struct row_cursor *cursor) {
    return (cursor->at > 0 && row_stand(cursor, cursor->at - 1)) ||
           (block_enter(cursor, cursor_previous(&cursor->cursor)) &&
            row_stand(cursor, cursor->count - 1));
}
