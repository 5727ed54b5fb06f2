/* Rows packed into blocks: what a table of many small rows is kept as.
 *
 * A row is a key of 16 bytes, the first four of them its scope (a brand; a source and kind), and a
 * short value. LMDB alone takes 20 bytes for each row besides, fills pages to two thirds, and
 * repeats what neighbouring keys have in common. Here rows that follow each other share a value of
 * LMDB's, under the key of the first:
 *
 *   block   u32 checksum of all that follows, u16 how many rows, u16 which bytes of their keys are
 *           not the same in all (bit 0: the last byte), u8 size of every value, or 0xFF: they differ,
 *           these bytes of each key,
 *           where they differ: u8 size of each value,
 *           the values
 *
 * A block fills one page of LMDB's for long values at most. Keys are of one width, so that a row is
 * found by halving. */
#ifndef STORE_BLOCK_H
#define STORE_BLOCK_H

#include "store/pack.h"

#define BLOCK_MOST ((size_t)4080) /* 4,096 bytes less the page's head */
#define ROW_KEY_SIZE ((size_t)16)
#define ROW_VALUE_MAX ((size_t)255)
#define BLOCK_ROWS_MOST (BLOCK_MOST / 2) /* more have keys of two different bytes at least */

struct row_key { /* sorts by `high`, then `low` */
    uint64_t high;
    uint64_t low;
};
struct row_key row_key_read(struct span bytes);
struct key row_key_bytes(struct row_key key);
static inline int row_key_compare(struct row_key a, struct row_key b) {
    return a.high != b.high ? (a.high < b.high ? -1 : 1) : (a.low > b.low) - (a.low < b.low);
}
static inline uint32_t row_key_scope(struct row_key key) {
    return (uint32_t)(key.high >> 32);
}

struct row {
    struct row_key key;
    struct span value;
};

/* --- Reading ---------------------------------------------------------------------------------- */

struct block {
    struct row_key first;
    size_t count;
    unsigned mask;
    size_t key_size;              /* bytes that are not the same in all keys */
    uint8_t places[ROW_KEY_SIZE]; /* of these, counted from the key's end, high to low */
    const uint8_t *keys;
    const uint8_t *sizes; /* NULL: all values have `value_size` bytes */
    size_t value_size;
    const uint8_t *values;
    const uint8_t *end;
};

/* False: the block is damaged. */
MUST_CHECK bool block_open(struct block *block, struct span key, struct span bytes);
/* The same without the checksum, which would cost more than to look for one row: for the writer's
 * own search, whose every block that changes is opened as above. */
MUST_CHECK bool block_open_unchecked(struct block *block, struct span key, struct span bytes);

struct row_key block_key(const struct block *block, size_t row);
/* How many rows have lesser keys. */
size_t block_rows_before(const struct block *block, struct row_key key);
struct span block_value(const struct block *block, size_t row);

/* Its rows in order, from the first that is not before `key`. */
struct block_walk {
    const struct block *block;
    size_t next;
    size_t value;   /* where the next one's begins */
    struct row row; /* where it stands, after a step that was true */
};
struct block_walk block_walk_from(const struct block *block, struct row_key key);
bool block_walk_next(struct block_walk *walk);

/* All rows into `rows` (room for BLOCK_ROWS_MOST); false: they do not ascend. */
MUST_CHECK bool block_rows(const struct block *block, struct row *rows);

/* --- Writing ---------------------------------------------------------------------------------- */

/* How many of the rows, which ascend, a block of `most` bytes takes: at least one. */
size_t block_fit(const struct row *rows, size_t count, size_t most);
/* Bytes of the rows, were they one block. */
size_t block_measure(const struct row *rows, size_t count);
/* The rows as a block, in `bytes` (room for what they measure). */
struct span block_make(const struct row *rows, size_t count, uint8_t *bytes);

struct row_change {
    struct row row;
    bool drop;
};

#define BLOCK_CHANGE_ROOM (3 * BLOCK_MOST)
/* The block with the changes made, in `bytes` (room for BLOCK_CHANGE_ROOM), where that takes no more than
 * moving what there is; else false: unpack it. */
bool block_change(const struct block *block, const struct row_change *changes, size_t count,
                  uint8_t *bytes, struct span *changed);

#endif
