/* How many different ones there are among many: exactly while they are few, then from a HyperLogLog
 * sketch (Flajolet, Fusy, Gandouet, Meunier 2007; kept sparse first as by Heule, Nunkesser, Hall
 * 2013), whose error is 1.04 / sqrt(SKETCH_REGISTERS): 1.6 %. Estimated by Ertl 2017 ("New
 * cardinality estimation algorithms"), which needs no table of biases.
 *
 * It knows 32 bits of a hash of each; two of ten thousand then share theirs once in a hundred times.
 * As bytes:
 *   few     their 32 bits each, big-endian, ascending: at most SKETCH_SPARSE_MOST
 *   many    SKETCH_REGISTERS registers of 5 bits, eight of them in five bytes, low first */
#ifndef STORE_SKETCH_H
#define STORE_SKETCH_H

#include "base/error.h"

#include <stdint.h>

#define SKETCH_BITS 12
#define SKETCH_REGISTERS ((size_t)1 << SKETCH_BITS)
#define SKETCH_SIZE (SKETCH_REGISTERS * 5 / 8)   /* bytes of many */
#define SKETCH_SPARSE_MOST (SKETCH_SIZE / 4 - 1) /* so that the size says which it is */
#define SKETCH_EXACT_MOST ((size_t)1 << 16)      /* counted one by one in memory */

/* What a sketch knows of one: author, story. Never 0. */
uint32_t sketch_hash(uint64_t value);

/* The bytes of `count` hashes, ascending and different; into `bytes` (room for SKETCH_SIZE). */
struct span sketch_encode(const uint32_t *hashes, size_t count, uint8_t *bytes);

/* The sketch of what `old` was made of and of more hashes, ascending and different; in `bytes` (room for
 * SKETCH_SIZE). False: `old` is no sketch. */
MUST_CHECK bool sketch_extend(struct span old, const uint32_t *hashes, size_t count, uint8_t *bytes,
                              struct span *sketch);

/* --- Counting --------------------------------------------------------------------------------- */

struct sketch {      /* all zero: none yet */
    uint32_t *slots; /* open addressing; 0 = free */
    size_t capacity;
    size_t count;        /* in the slots */
    uint64_t *registers; /* NULL: every one is known */
};
void sketch_add(struct sketch *sketch, uint32_t hash);
/* Adds what sketch_encode() made. False: these are not its bytes. */
MUST_CHECK bool sketch_merge(struct sketch *sketch, struct span bytes);
uint64_t sketch_count(const struct sketch *sketch);
void sketch_done(struct sketch *sketch);

#endif
