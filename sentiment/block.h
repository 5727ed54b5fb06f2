/* Eight bytes of text in one register: most words are no longer. The first byte of the text is the
 * lowest of the block, whatever the machine; marks are the value 0x80 in the bytes they mark. */
#ifndef SENTIMENT_BLOCK_H
#define SENTIMENT_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { BLOCK_SIZE = 8 };

#define BLOCK_EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

static inline uint64_t block_in_order(uint64_t block) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap64(block);
#else
    return block;
#endif
}

static inline uint64_t block_load(const char *at) {
    uint64_t block = 0;
    memcpy(&block, at, sizeof block);
    return block_in_order(block);
}

static inline void block_store(uint64_t block, char *at) {
    block = block_in_order(block);
    memcpy(at, &block, sizeof block);
}

/* Marks the ASCII letters. Adding moves what is at least 'a', and what is above 'z', into the
 * highest bit of its byte; no sum leaves its byte. */
static inline uint64_t block_letters(uint64_t block) {
    uint64_t low = (block | BLOCK_EACH(0x20)) & BLOCK_EACH(0x7F);
    uint64_t from_a = low + BLOCK_EACH(0x80 - 'a');
    uint64_t above_z = low + BLOCK_EACH(0x7F - 'z');
    return from_a & ~above_z & ~block & BLOCK_EACH(0x80);
}

/* Marks the small ones among letters: bit 5, which is moved to where marks are, is set in them. */
static inline uint64_t block_small(uint64_t block, uint64_t letters) {
    return block << 2 & letters;
}

/* All bits of the bytes in front of the first that is not marked. */
static inline uint64_t block_run(uint64_t marks) {
    uint64_t others = ~marks & BLOCK_EACH(0x80);
    return others == 0 ? UINT64_MAX : (others ^ (others - 1)) >> 8;
}

/* Bytes of a run. */
static inline unsigned block_size(uint64_t run) {
    return run == UINT64_MAX ? BLOCK_SIZE : (unsigned)__builtin_ctzll(~run) / 8;
}

/* Does a byte stand three times in a row among those of a run? The others are 0. */
static inline bool block_repeats(uint64_t block, uint64_t run) {
    uint64_t twice = block ^ block >> 8; /* 0 where a byte is followed by its like */
    uint64_t unlike = twice | twice >> 8 | ~(run >> 16);
    return ((unlike - BLOCK_EACH(1)) & ~unlike & BLOCK_EACH(0x80)) != 0;
}

/* Multiplicative hashing (Knuth, The Art of Computer Programming 6.4) by 2^64 over the golden ratio,
 * block after block, the last filled up with zeros; from 0. */
static inline uint64_t block_hash(uint64_t hash, uint64_t block) {
    hash = (hash + block) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 32;
}

/* Of a whole text of at least one byte, which zeros follow up to a whole number of blocks. */
static inline uint64_t blocks_hash(const char *data, size_t size) {
    uint64_t hash = block_hash(0, block_load(data));
    for (size_t at = BLOCK_SIZE; at < size; at += BLOCK_SIZE) {
        hash = block_hash(hash, block_load(data + at));
    }
    return hash;
}

#endif
