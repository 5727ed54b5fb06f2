#include "store/block.h"

#include "base/hash.h"
#include "base/memory.h"

#include <stdlib.h>

#define CHECKSUM_SIZE ((size_t)4)

struct row_key row_key_read(struct span bytes) {
    struct unpacker unpacker = unpacker_make(bytes);
    struct row_key key;
    key.high = unpack_big(&unpacker, 8);
    key.low = unpack_big(&unpacker, 8);
    return key;
}

struct key row_key_bytes(struct row_key key) {
    struct key bytes = key_make();
    key_add(&bytes, key.high, 8);
    key_add(&bytes, key.low, 8);
    return bytes;
}

static uint32_t checksum(struct span rows) {
    return (uint32_t)hash_bytes(rows);
}

/* --- Reading ---------------------------------------------------------------------------------- */

bool block_open(struct block_reader *reader, struct span key, struct span bytes) {
    *reader = (struct block_reader){.unpacker = unpacker_make(bytes), .key = row_key_read(key)};
    uint32_t sum = (uint32_t)unpack_big(&reader->unpacker, CHECKSUM_SIZE);
    return key.size == ROW_KEY_SIZE && bytes.size > CHECKSUM_SIZE &&
           sum == checksum(span_from(bytes, CHECKSUM_SIZE));
}

/* The bytes of eight that `mask` names, into a number. */
static uint64_t difference_unpack(struct unpacker *unpacker, unsigned mask) {
    uint64_t difference = 0;
    for (; mask != 0; mask &= mask - 1) {
        difference |= (uint64_t)unpack_u8(unpacker) << 8 * (unsigned)__builtin_ctz(mask);
    }
    return difference;
}

bool block_next(struct block_reader *reader) {
    struct unpacker *unpacker = &reader->unpacker;
    const uint8_t *begin = unpacker->at;
    if (unpacker_is_done(unpacker) || unpacker->bad) {
        return false;
    }
    if (reader->begun) {
        unsigned mask = (unsigned)unpack_varint(unpacker);
        reader->before = reader->key;
        reader->key.low ^= difference_unpack(unpacker, mask & 0xFF);
        reader->key.high ^= difference_unpack(unpacker, mask >> 8 & 0xFF);
        unpacker->bad = unpacker->bad || row_key_compare(reader->before, reader->key) >= 0;
    }
    reader->begun = true;
    size_t size = unpack_u8(unpacker);
    reader->value = unpack_bytes(unpacker, size);
    reader->bytes = (struct span){(const char *)begin, (size_t)(unpacker->at - begin)};
    unpacker->bad = unpacker->bad || size > ROW_VALUE_MAX;
    return !unpacker->bad;
}

/* --- Writing ---------------------------------------------------------------------------------- */

void block_writer_clear(struct block_writer *writer) {
    writer->size = 0;
    writer->count = 0;
}

void block_writer_done(struct block_writer *writer) {
    free(writer->bytes);
    free(writer->marks);
}

static void difference_pack(uint64_t difference, uint8_t *bytes, size_t *size, unsigned *mask) {
    for (unsigned i = 0; difference != 0; i++, difference >>= 8) {
        if ((difference & 0xFF) != 0) {
            bytes[(*size)++] = (uint8_t)difference;
            *mask |= 1u << i;
        }
    }
}

static void key_pack(struct packer *packer, struct row_key before, struct row_key key) {
    uint8_t bytes[ROW_KEY_SIZE];
    size_t size = 0;
    unsigned low = 0;
    unsigned high = 0;
    difference_pack(before.low ^ key.low, bytes, &size, &low);
    difference_pack(before.high ^ key.high, bytes, &size, &high);
    pack_varint(packer, high << 8 | low);
    pack_bytes(packer, bytes, size);
}

/* Room for one more row, marked. */
static uint8_t *row_begin(struct block_writer *writer, struct row_key key) {
    if (writer->capacity - writer->size < ROW_SIZE_MAX) {
        writer->capacity = writer->capacity * 2 + 4 * BLOCK_MOST;
        writer->bytes = memory_resize(writer->bytes, writer->capacity, 1);
    }
    writer->marks =
        memory_grow(writer->marks, writer->count, &writer->mark_capacity, sizeof *writer->marks);
    writer->marks[writer->count++] = (struct block_mark){.key = key, .begin = writer->size};
    return writer->bytes + writer->size;
}

void block_add(struct block_writer *writer, struct row_key key, struct span value) {
    struct row_key before = writer->count > 0 ? writer->marks[writer->count - 1].key : key;
    struct packer packer = packer_make(row_begin(writer, key), ROW_SIZE_MAX);
    key_pack(&packer, before, key);
    writer->marks[writer->count - 1].value = writer->size + packer_span(&packer).size;
    pack_u8(&packer, (unsigned)value.size);
    pack_bytes(&packer, value.data, value.size);
    writer->size += packer_span(&packer).size;
}

void block_copy(struct block_writer *writer, const struct block_reader *reader) {
    bool follows = writer->count > 0 && reader->bytes.size > reader->value.size + 1 &&
                   row_key_compare(writer->marks[writer->count - 1].key, reader->before) == 0;
    if (!follows) {
        block_add(writer, reader->key, reader->value);
        return;
    }
    uint8_t *row = row_begin(writer, reader->key);
    memcpy(row, reader->bytes.data, reader->bytes.size);
    writer->size += reader->bytes.size;
    writer->marks[writer->count - 1].value = writer->size - reader->value.size - 1;
}

static size_t row_end(const struct block_writer *writer, size_t row) {
    return row + 1 < writer->count ? writer->marks[row + 1].begin : writer->size;
}

size_t block_size(const struct block_writer *writer, size_t first, size_t end) {
    return CHECKSUM_SIZE + row_end(writer, end - 1) - writer->marks[first].value;
}

size_t block_fit(const struct block_writer *writer, size_t first, size_t end, size_t most) {
    size_t low = first + 1;
    while (low < end) { /* the last end at which it still fits */
        size_t middle = low + (end - low + 1) / 2;
        if (block_size(writer, first, middle) <= most) {
            low = middle;
        } else {
            end = middle - 1;
        }
    }
    return low - first;
}

struct span block_make(const struct block_writer *writer, size_t first, size_t end,
                       uint8_t *bytes) {
    size_t size = block_size(writer, first, end);
    struct span rows = {(const char *)bytes + CHECKSUM_SIZE, size - CHECKSUM_SIZE};
    memcpy(bytes + CHECKSUM_SIZE, writer->bytes + writer->marks[first].value, rows.size);
    struct packer packer = packer_make(bytes, CHECKSUM_SIZE);
    pack_big(&packer, checksum(rows), CHECKSUM_SIZE);
    return (struct span){(const char *)bytes, size};
}
