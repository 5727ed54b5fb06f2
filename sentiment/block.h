/* Eight bytes of text in one register: most words are no longer. The first byte of the text is the
 * lowest of the block, whatever the machine; marks are the value 0x80 in the bytes they mark. */
#ifndef SENTIMENT_BLOCK_H
#define SENTIMENT_BLOCK_H

#include <stdbool.h>
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

/* Marks the capitals among letters. */
static inline uint64_t block_capitals(uint64_t block, uint64_t letters) {
    return ~(block << 2) & letters;
}

/* How many bytes from the first are marked. */
static inline unsigned block_run(uint64_t marks) {
    uint64_t others = ~marks & BLOCK_EACH(0x80);
    return others == 0 ? BLOCK_SIZE : (unsigned)__builtin_ctzll(others) / 8;
}

/* All bits of the first `size` bytes. */
static inline uint64_t block_first(unsigned size) {
    return size >= BLOCK_SIZE ? UINT64_MAX : (UINT64_C(1) << 8 * size) - 1;
}

/* Does a byte stand three times in a row among those that `first` covers? The others are 0. */
static inline bool block_repeats(uint64_t block, uint64_t first) {
    uint64_t unlike = (block ^ block >> 8) | (block ^ block >> 16) | ~(first >> 16);
    return ((unlike - BLOCK_EACH(1)) & ~unlike & BLOCK_EACH(0x80)) != 0;
}

#endif
