/* Rows packed into blocks: what a table of many small rows is kept as.
 *
 * A row is a key of 16 bytes, the first four of them its scope (a brand; a source and kind), and a
 * short value. LMDB alone takes 20 bytes for each row besides, fills pages to two thirds, and
 * repeats what neighbouring keys have in common. Here rows that follow each other share a value of
 * LMDB's, under the key of the first:
 *
 *   block   u32 checksum, then rows, ascending
 *   row     which bytes of the key differ from the key before (varint, bit 0 = the last byte; not of
 *           the first row, whose key is the block's), these bytes XOR the ones before, low byte
 *           first; u8 size, value
 *
 * A block fills one page of LMDB's for long values at most. */
#ifndef STORE_BLOCK_H
#define STORE_BLOCK_H

#include "store/pack.h"

#define BLOCK_MOST ((size_t)4080) /* 4,096 bytes less the page's head */
#define ROW_KEY_SIZE ((size_t)16)
#define ROW_VALUE_MAX ((size_t)255)
#define ROW_SIZE_MAX (VARINT_MAX + ROW_KEY_SIZE + 1 + ROW_VALUE_MAX)
#define BLOCK_ROWS_MOST (BLOCK_MOST / 3)

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

/* --- Reading ---------------------------------------------------------------------------------- */

struct block_reader {
    struct unpacker unpacker;
    struct row_key key; /* of the row it stands on */
    struct span value;
    struct row_key before; /* of the row before it */
    struct span bytes;     /* the row as it is packed */
    bool begun;
};

/* Stands before the first row. False: the block is damaged. */
MUST_CHECK bool block_open(struct block_reader *reader, struct span key, struct span bytes);
/* False at the end, or where the rows are not what they should be: `unpacker.bad`. */
bool block_next(struct block_reader *reader);

/* --- Writing ---------------------------------------------------------------------------------- */

struct block_mark { /* where a row begins */
    struct row_key key;
    size_t begin;
    size_t value; /* its size and value */
};

/* A run of rows, ascending, on its way into blocks. */
struct block_writer {
    uint8_t *bytes;
    size_t size;
    size_t capacity;
    struct block_mark *marks;
    size_t count;
    size_t mark_capacity;
};
void block_writer_clear(struct block_writer *writer);
void block_writer_done(struct block_writer *writer);
void block_add(struct block_writer *writer, struct row_key key, struct span value);
/* The row that the reader stands on. */
void block_copy(struct block_writer *writer, const struct block_reader *reader);

/* The most rows from `first` on, before `end`, that a block of `most` bytes takes: at least one. */
size_t block_fit(const struct block_writer *writer, size_t first, size_t end, size_t most);
/* Bytes of the rows as one block. */
size_t block_size(const struct block_writer *writer, size_t first, size_t end);
/* The rows as a block, in `bytes` (room for BLOCK_MOST). */
struct span block_make(const struct block_writer *writer, size_t first, size_t end, uint8_t *bytes);

#endif
