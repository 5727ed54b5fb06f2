#include "store/rows.h"

#include "base/arena.h"
#include "base/hash.h"
#include "base/memory.h"

#include <stdlib.h>

struct old_block { /* the block that changes fall into, out of LMDB's hands */
    bool exists;
    struct key key;
    struct block block;
    uint8_t bytes[BLOCK_MOST];
    bool bounded; /* another one follows */
    struct row_key bound;
};

struct rows {
    enum table table;
    row_combine *combine; /* NULL: what is put replaces */
    struct cursor cursor; /* of the transaction under way, once something was looked for */
    struct row_change *list;
    size_t count;
    size_t capacity;
    uint32_t *slots; /* index + 1 into `list`; 0 = free; twice as many as can be in the list */
    size_t slot_count;
    struct arena *values;
    struct row *run; /* what a block and its changes come to */
    size_t run_capacity;
    /* Of the block under way: here, since what is on the stack is filled at every call. */
    struct old_block old;
    struct row unpacked[BLOCK_ROWS_MOST];
    uint8_t bytes[BLOCK_CHANGE_ROOM];
};

struct rows *rows_create(enum table table) {
    struct rows *rows = NEW(struct rows);
    rows->table = table;
    rows->values = arena_create();
    return rows;
}

void rows_combine_by(struct rows *rows, row_combine *combine) {
    rows->combine = combine;
}

void rows_free(struct rows *rows) {
    if (rows != NULL) {
        arena_free(rows->values);
        free(rows->list);
        free(rows->slots);
        free(rows->run);
        free(rows);
    }
}

/* --- Finding ---------------------------------------------------------------------------------- */

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

/* The value of a key's row where the cursor finds it. */
static bool cursor_find(struct cursor *cursor, struct row_key key, bool checked,
                        struct span *value) {
    struct block block;
    struct key bytes = row_key_bytes(key);
    if (!cursor_seek_block(cursor, key_span(&bytes))) {
        return false;
    }
    if (!(checked ? block_open : block_open_unchecked)(&block, cursor->key, cursor->value)) {
        transaction_fail(cursor->transaction, MDB_CORRUPTED);
        return false;
    }
    size_t row = block_rows_before(&block, key);
    if (row == block.count || row_key_compare(block_key(&block, row), key) != 0) {
        return false;
    }
    *value = block_value(&block, row);
    return true;
}

/* --- Gathering -------------------------------------------------------------------------------- */

/* Where the key stands, or would. */
static uint32_t *slot_of(const struct rows *rows, struct row_key key) {
    size_t slot = hash_combine(key.high, key.low);
    while (rows->slots[slot &= rows->slot_count - 1] != 0 &&
           row_key_compare(rows->list[rows->slots[slot] - 1].row.key, key) != 0) {
        slot++;
    }
    return &rows->slots[slot];
}

static void slots_grow(struct rows *rows) {
    free(rows->slots);
    rows->slot_count = rows->slot_count == 0 ? 1024 : rows->slot_count * 2;
    rows->slots = NEW_ARRAY(uint32_t, rows->slot_count);
    for (size_t i = 0; i < rows->count; i++) {
        *slot_of(rows, rows->list[i].row.key) = (uint32_t)i + 1;
    }
}

static struct row_change *change_of(struct rows *rows, struct row_key key) {
    if (rows->count * 2 >= rows->slot_count) {
        slots_grow(rows);
    }
    uint32_t *slot = slot_of(rows, key);
    if (*slot == 0) {
        rows->list = memory_grow(rows->list, rows->count, &rows->capacity, sizeof *rows->list);
        rows->list[rows->count++] = (struct row_change){.row.key = key};
        *slot = (uint32_t)rows->count;
    }
    return &rows->list[*slot - 1];
}

void rows_put(struct rows *rows, struct row_key key, struct span value) {
    struct row_change *change = change_of(rows, key);
    change->row.value = arena_copy(rows->values, value);
    change->drop = false;
}

void rows_drop(struct rows *rows, struct row_key key) {
    change_of(rows, key)->drop = true;
}

/* Opens the cursor for this transaction. */
static void rows_point(struct rows *rows, struct transaction *transaction) {
    if (rows->cursor.handle == NULL) {
        cursor_open(&rows->cursor, transaction, rows->table);
    }
}

bool rows_find(struct rows *rows, struct transaction *transaction, struct row_key key,
               struct span *value) {
    uint32_t index = rows->slot_count == 0 ? 0 : *slot_of(rows, key);
    if (index == 0) {
        rows_point(rows, transaction);
        return cursor_find(&rows->cursor, key, false, value);
    }
    *value = rows->list[index - 1].row.value;
    return !rows->list[index - 1].drop;
}

/* --- Writing ---------------------------------------------------------------------------------- */

/* Of a run that grows at its end, some room is left for those that come late. */
#define BLOCK_FILL (BLOCK_MOST / 16 * 15)
#define ROW_SIZE_MAX (ROW_KEY_SIZE + 1 + ROW_VALUE_MAX)

static void old_block_find(struct cursor *cursor, struct row_key key, struct old_block *old) {
    struct key bytes = row_key_bytes(key);
    old->bounded = false;
    old->exists = cursor_seek_block(cursor, key_span(&bytes));
    if (!old->exists) {
        return;
    }
    if (cursor->value.size > BLOCK_MOST) {
        transaction_fail(cursor->transaction, MDB_CORRUPTED);
        old->exists = false;
        return;
    }
    struct span copy = {(const char *)old->bytes, cursor->value.size};
    memcpy(old->bytes, cursor->value.data, copy.size);
    if (!block_open(&old->block, cursor->key, copy)) {
        transaction_fail(cursor->transaction, MDB_CORRUPTED);
        old->exists = false;
        return;
    }
    old->key = row_key_bytes(old->block.first);
    if (cursor_next(cursor)) {
        old->bounded = true;
        old->bound = row_key_read(cursor->key);
    }
}

static void run_add(struct rows *rows, size_t *count, const struct row *row) {
    rows->run = memory_grow(rows->run, *count, &rows->run_capacity, sizeof *rows->run);
    rows->run[(*count)++] = *row;
}

/* The old rows with the changes made, as a run; returns how many of it end with the last change. */
static size_t rows_merge(struct rows *rows, const struct row *old, size_t old_count,
                         const struct row_change *changes, size_t change_count, size_t *count) {
    size_t at = 0;
    *count = 0;
    for (size_t i = 0; i < change_count; i++) {
        struct row_key key = changes[i].row.key;
        for (; at < old_count && row_key_compare(old[at].key, key) < 0; at++) {
            run_add(rows, count, &old[at]);
        }
        at += at < old_count && row_key_compare(old[at].key, key) == 0;
        if (!changes[i].drop) {
            run_add(rows, count, &changes[i].row);
        }
    }
    size_t changed = *count;
    for (; at < old_count; at++) {
        run_add(rows, count, &old[at]);
    }
    return changed;
}

/* Rows of the run as blocks of `most` bytes at most. */
static void blocks_put(struct rows *rows, struct transaction *transaction, size_t first, size_t end,
                       size_t most) {
    while (first < end) {
        const struct row *from = &rows->run[first];
        size_t count = block_fit(from, end - first, most);
        struct key key = row_key_bytes(from->key);
        transaction_put(transaction, rows->table, key_span(&key),
                        block_make(from, count, rows->bytes));
        first += count;
    }
}

/* Blocks of about one size, as few as can be. */
static void blocks_put_evenly(struct rows *rows, struct transaction *transaction, size_t first,
                              size_t end) {
    size_t size = block_measure(&rows->run[first], end - first);
    size_t count = (size + BLOCK_MOST - 1) / BLOCK_MOST;
    size_t most = size / count + ROW_SIZE_MAX;
    blocks_put(rows, transaction, first, end, most < BLOCK_MOST ? most : BLOCK_MOST);
}

/* Where the last change is the last of its scope, more of its kind will follow it: what grows at
 * its end is packed full, and parted from what comes behind. Elsewhere halves have room for more. */
static void run_put(struct rows *rows, struct transaction *transaction, size_t changed,
                    size_t count) {
    bool grows = changed > 0 && (changed == count || row_key_scope(rows->run[changed - 1].key) !=
                                                         row_key_scope(rows->run[changed].key));
    if (count == 0) {
        return;
    }
    if (block_measure(rows->run, count) <= BLOCK_MOST) {
        blocks_put(rows, transaction, 0, count, BLOCK_MOST);
    } else if (!grows) {
        blocks_put_evenly(rows, transaction, 0, count);
    } else {
        blocks_put(rows, transaction, 0, changed, BLOCK_FILL);
        if (changed < count) {
            blocks_put_evenly(rows, transaction, changed, count);
        }
    }
}

/* Unpacks the block, if there is one, and packs it with the changes made. */
static void changes_merge(struct rows *rows, struct transaction *transaction,
                          const struct old_block *old, const struct row_change *changes,
                          size_t change_count) {
    size_t count = 0;
    size_t old_count = old->exists ? old->block.count : 0;
    if (old->exists && !block_rows(&old->block, rows->unpacked)) {
        transaction_fail(transaction, MDB_CORRUPTED);
    }
    size_t changed = rows_merge(rows, rows->unpacked, old_count, changes, change_count, &count);
    if (old->exists && (count == 0 || row_key_compare(rows->run[0].key, old->block.first) != 0)) {
        transaction_delete(transaction, rows->table, key_span(&old->key));
    }
    run_put(rows, transaction, changed, count);
}

/* What the change makes of the value that was there. */
static void change_resolve(struct rows *rows, struct transaction *transaction,
                           const struct old_block *old, struct row_change *change) {
    uint8_t bytes[ROW_VALUE_MAX];
    struct span was = SPAN("");
    struct span value;
    size_t row = old->exists ? block_rows_before(&old->block, change->row.key) : 0;
    if (old->exists && row < old->block.count &&
        row_key_compare(block_key(&old->block, row), change->row.key) == 0) {
        was = block_value(&old->block, row);
    }
    if (!rows->combine(was, change->row.value, bytes, &value)) {
        transaction_fail(transaction, MDB_CORRUPTED);
        return;
    }
    change->row.value = arena_copy(rows->values, value);
    change->drop = value.size == 0;
}

/* Writes the block that the change at `begin` falls into, with all others that do; returns the first
 * that does not. */
static size_t block_rewrite(struct rows *rows, struct cursor *cursor, struct old_block *old,
                            size_t begin) {
    struct transaction *transaction = cursor->transaction;
    struct row_change *changes = &rows->list[begin];
    struct span changed;
    size_t end = begin + 1;
    old_block_find(cursor, changes->row.key, old);
    while (end < rows->count &&
           (!old->bounded || row_key_compare(rows->list[end].row.key, old->bound) < 0)) {
        end++;
    }
    for (size_t i = begin; i < end && rows->combine != NULL; i++) {
        change_resolve(rows, transaction, old, &rows->list[i]);
    }
    if (old->exists && block_change(&old->block, changes, end - begin, rows->bytes, &changed)) {
        transaction_put(transaction, rows->table, key_span(&old->key), changed);
    } else {
        changes_merge(rows, transaction, old, changes, end - begin);
    }
    return end;
}

static int change_compare(const void *left, const void *right) {
    return row_key_compare(((const struct row_change *)left)->row.key,
                           ((const struct row_change *)right)->row.key);
}

static void rows_clear(struct rows *rows) {
    rows->count = 0;
    arena_reset(rows->values);
    if (rows->slot_count > 0) {
        memset(rows->slots, 0, rows->slot_count * sizeof *rows->slots);
    }
}

void rows_flush(struct rows *rows, struct transaction *transaction) {
    if (rows->count > 1) {
        qsort(rows->list, rows->count, sizeof *rows->list, change_compare);
    }
    rows_point(rows, transaction);
    for (size_t i = 0; i < rows->count && transaction->failure == 0;) {
        i = block_rewrite(rows, &rows->cursor, &rows->old, i);
    }
    cursor_close(&rows->cursor);
    rows_clear(rows);
}

/* --- Reading ---------------------------------------------------------------------------------- */

bool rows_get(struct transaction *transaction, enum table table, struct row_key key,
              struct span *value) {
    struct cursor cursor;
    cursor_open(&cursor, transaction, table);
    bool found = cursor_find(&cursor, key, true, value);
    cursor_close(&cursor);
    return found;
}

bool rows_visit(struct cursor *cursor, struct row_key first, struct row_key last,
                row_visitor *visit, void *context, struct row_key *next) {
    struct key bytes = row_key_bytes(first);
    *next = last;
    for (bool more = cursor_seek_block(cursor, key_span(&bytes)); more;
         more = cursor_next(cursor)) {
        struct block block;
        if (!block_open(&block, cursor->key, cursor->value)) {
            transaction_fail(cursor->transaction, MDB_CORRUPTED);
            return false;
        }
        struct block_walk walk = block_walk_from(&block, first);
        while (block_walk_next(&walk)) {
            if (row_key_compare(walk.row.key, last) > 0 ||
                !visit(context, walk.row.key, walk.row.value)) {
                *next = walk.row.key;
                return true;
            }
        }
    }
    return false;
}

void row_finder_open(struct row_finder *finder, struct transaction *transaction, enum table table) {
    *finder = (struct row_finder){.open = false};
    cursor_open(&finder->cursor, transaction, table);
}

void row_finder_close(struct row_finder *finder) {
    cursor_close(&finder->cursor);
}

/* Whether the block at hand says where the key is, or that it is nowhere. */
static bool block_tells(const struct block *block, struct row_key key, size_t *row) {
    if (row_key_compare(key, block->first) < 0) {
        return false;
    }
    *row = block_rows_before(block, key);
    return *row < block->count;
}

bool row_finder_find(struct row_finder *finder, struct row_key key, struct span *value) {
    struct key bytes = row_key_bytes(key);
    size_t row = 0;
    if (!finder->open || !block_tells(&finder->block, key, &row)) {
        finder->open = cursor_seek_block(&finder->cursor, key_span(&bytes));
        if (finder->open && !block_open(&finder->block, finder->cursor.key, finder->cursor.value)) {
            transaction_fail(finder->cursor.transaction, MDB_CORRUPTED);
            finder->open = false;
        }
        if (!finder->open || !block_tells(&finder->block, key, &row)) {
            return false;
        }
    }
    *value = block_value(&finder->block, row);
    return row_key_compare(block_key(&finder->block, row), key) == 0;
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
    struct block block;
    cursor->count = 0;
    if (!found) {
        return false;
    }
    if (!block_open(&block, cursor->cursor.key, cursor->cursor.value) ||
        !block_rows(&block, cursor->rows)) {
        transaction_fail(cursor->cursor.transaction, MDB_CORRUPTED);
        return false;
    }
    cursor->count = block.count;
    return true;
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
