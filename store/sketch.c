#include "store/sketch.h"

#include "base/hash.h"
#include "base/memory.h"
#include "store/pack.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HASH_BYTES 4
#define REST_BITS (32 - SKETCH_BITS)
#define RANK_MOST (REST_BITS + 1)

uint32_t sketch_hash(uint64_t value) {
    uint32_t hash = (uint32_t)(hash_combine(0x736B65746368, value) >> 32);
    return hash == 0 ? 1 : hash;
}

/* --- Registers -------------------------------------------------------------------------------- */

/* Zeros in front of what follows the register's number, and one. */
static uint8_t rank_of(uint32_t hash) {
    uint32_t rest = hash << SKETCH_BITS;
    return (uint8_t)(rest == 0 ? RANK_MOST : __builtin_clz(rest) + 1);
}

/* Eight registers are kept in a word, a byte each, the first in the lowest. */
#define WORDS (SKETCH_REGISTERS / 8)
#define HIGH_BITS 0x8080808080808080u

static void register_raise(uint64_t *words, uint32_t hash) {
    uint32_t number = hash >> REST_BITS;
    unsigned shift = number % 8 * 8;
    uint64_t rank = (uint64_t)rank_of(hash) << shift;
    uint64_t *word = &words[number / 8];
    uint64_t of_it = (uint64_t)0xFF << shift;
    *word = (*word & of_it) < rank ? (*word & ~of_it) | rank : *word;
}

static void registers_pack(const uint64_t *words, uint8_t *bytes) {
    for (size_t i = 0; i < WORDS; i++, bytes += 5) {
        uint64_t eight = 0;
        for (unsigned j = 0; j < 8; j++) {
            eight |= (words[i] >> 8 * j & 0x1F) << 5 * j;
        }
        for (unsigned j = 0; j < 5; j++) {
            bytes[j] = (uint8_t)(eight >> 8 * j);
        }
    }
}

/* Eight numbers of five bits, spread over the eight bytes of a word. */
static uint64_t spread_fives(const uint8_t *bytes) {
    uint32_t low = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
                   (uint32_t)bytes[3] << 24;
    uint64_t x = low | (uint64_t)bytes[4] << 32;
    x = (x & 0xFFFFF) | (x & 0xFFFFF00000) << 12;
    x = (x & 0x000003FF000003FF) | (x & 0x000FFC00000FFC00) << 6;
    return (x & 0x001F001F001F001F) | (x & 0x03E003E003E003E0) << 3;
}

/* The greater of each pair of registers (all are below 128). */
static void registers_merge(uint64_t *words, const uint8_t *bytes) {
    for (size_t i = 0; i < WORDS; i++, bytes += 5) {
        uint64_t more = spread_fives(bytes);
        uint64_t not_less = (((words[i] | HIGH_BITS) - more) & HIGH_BITS) >> 7;
        uint64_t keep = not_less * 0xFF;
        words[i] = (words[i] & keep) | (more & ~keep);
    }
}

/* --- As bytes --------------------------------------------------------------------------------- */

struct span sketch_encode(const uint32_t *hashes, size_t count, uint8_t *bytes) {
    if (count > SKETCH_SPARSE_MOST) {
        uint64_t registers[WORDS] = {0};
        for (size_t i = 0; i < count; i++) {
            register_raise(registers, hashes[i]);
        }
        registers_pack(registers, bytes);
        return (struct span){(const char *)bytes, SKETCH_SIZE};
    }
    struct packer packer = packer_make(bytes, SKETCH_SIZE);
    for (size_t i = 0; i < count; i++) {
        pack_big(&packer, hashes[i], HASH_BYTES);
    }
    return packer_span(&packer);
}

/* Both lists as one, each hash once. */
static size_t hashes_unite(struct unpacker *old, const uint32_t *more, size_t count,
                           uint32_t *both) {
    size_t united = 0;
    size_t next = 0;
    uint32_t last = 0;
    while (!unpacker_is_done(old) && !old->bad) {
        uint32_t hash = (uint32_t)unpack_big(old, HASH_BYTES);
        for (; next < count && more[next] <= hash; next++) {
            if (more[next] < hash) {
                both[united++] = more[next];
            }
        }
        old->bad = old->bad || hash <= last;
        both[united++] = last = hash;
    }
    while (next < count) {
        both[united++] = more[next++];
    }
    return united;
}

bool sketch_extend(struct span old, const uint32_t *hashes, size_t count, uint8_t *bytes,
                   struct span *sketch) {
    if (old.size == SKETCH_SIZE) {
        uint64_t registers[WORDS] = {0};
        registers_merge(registers, (const uint8_t *)old.data);
        for (size_t i = 0; i < count; i++) {
            register_raise(registers, hashes[i]);
        }
        registers_pack(registers, bytes);
        *sketch = (struct span){(const char *)bytes, SKETCH_SIZE};
        return true;
    }
    if (old.size > SKETCH_SIZE) {
        *sketch = SPAN("");
        return false;
    }
    struct unpacker unpacker = unpacker_make(old);
    uint32_t *both = NEW_ARRAY(uint32_t, SKETCH_SPARSE_MOST + 1 + count);
    size_t united = hashes_unite(&unpacker, hashes, count, both);
    *sketch = sketch_encode(both, united, bytes);
    free(both);
    return !unpacker.bad;
}

/* --- Counting --------------------------------------------------------------------------------- */

static uint32_t *slot_of(const struct sketch *sketch, uint32_t hash) {
    size_t at = hash & (sketch->capacity - 1);
    while (sketch->slots[at] != 0 && sketch->slots[at] != hash) {
        at = (at + 1) & (sketch->capacity - 1);
    }
    return &sketch->slots[at];
}

static void slots_grow(struct sketch *sketch) {
    struct sketch larger = {.capacity = sketch->capacity == 0 ? 256 : sketch->capacity * 4};
    larger.slots = NEW_ARRAY(uint32_t, larger.capacity);
    for (size_t i = 0; i < sketch->capacity; i++) {
        if (sketch->slots[i] != 0) {
            *slot_of(&larger, sketch->slots[i]) = sketch->slots[i];
        }
    }
    free(sketch->slots);
    sketch->slots = larger.slots;
    sketch->capacity = larger.capacity;
}

/* From now on it is estimated. */
static void registers_begin(struct sketch *sketch) {
    sketch->registers = NEW_ARRAY(uint64_t, WORDS);
    for (size_t i = 0; i < sketch->capacity; i++) {
        if (sketch->slots[i] != 0) {
            register_raise(sketch->registers, sketch->slots[i]);
        }
    }
    free(sketch->slots);
    sketch->slots = NULL;
    sketch->capacity = 0;
}

void sketch_add(struct sketch *sketch, uint32_t hash) {
    if (sketch->registers == NULL && sketch->count >= SKETCH_EXACT_MOST) {
        registers_begin(sketch);
    }
    if (sketch->registers != NULL) {
        register_raise(sketch->registers, hash);
        return;
    }
    if (sketch->count * 2 >= sketch->capacity) {
        slots_grow(sketch);
    }
    uint32_t *slot = slot_of(sketch, hash);
    sketch->count += *slot == 0;
    *slot = hash;
}

bool sketch_merge(struct sketch *sketch, struct span bytes) {
    if (bytes.size == SKETCH_SIZE) {
        if (sketch->registers == NULL) {
            registers_begin(sketch);
        }
        registers_merge(sketch->registers, (const uint8_t *)bytes.data);
        return true;
    }
    struct unpacker unpacker = unpacker_make(bytes);
    uint32_t hash = 0;
    uint32_t last = 0;
    for (; !unpacker_is_done(&unpacker); last = hash) {
        hash = (uint32_t)unpack_big(&unpacker, HASH_BYTES);
        if (unpacker.bad || hash <= last) {
            return false;
        }
        sketch_add(sketch, hash);
    }
    return bytes.size < SKETCH_SIZE;
}

/* Sum over k of x^(2^k) 2^(k-1), and x. */
static double ertl_sigma(double x) {
    double sum = x;
    double last = 0;
    for (double scale = 1; sum != last && x < 1; scale *= 2) {
        x *= x;
        last = sum;
        sum += x * scale;
    }
    return x < 1 ? sum : INFINITY;
}

/* (1 - x - sum over k of (1 - x^(2^-k))^2 2^-k) / 3. */
static double ertl_tau(double x) {
    double rest = 1 - x;
    double last = 0;
    for (double scale = 0.5; rest != last && x > 0 && x < 1; scale /= 2) {
        x = sqrt(x);
        last = rest;
        rest -= (1 - x) * (1 - x) * scale;
    }
    return x > 0 && x < 1 ? rest / 3 : 0;
}

/* Algorithm 6 of Ertl 2017. */
static double registers_estimate(const uint64_t *words) {
    const double m = SKETCH_REGISTERS;
    size_t of_rank[RANK_MOST + 1] = {0};
    for (size_t i = 0; i < SKETCH_REGISTERS; i++) {
        uint64_t rank = words[i / 8] >> i % 8 * 8 & 0xFF;
        of_rank[rank > RANK_MOST ? RANK_MOST : rank]++;
    }
    double sum = m * ertl_tau(1 - (double)of_rank[RANK_MOST] / m);
    for (size_t rank = RANK_MOST - 1; rank > 0; rank--) {
        sum = (sum + (double)of_rank[rank]) / 2;
    }
    sum += m * ertl_sigma((double)of_rank[0] / m);
    return m * m / (2 * log(2) * sum);
}

uint64_t sketch_count(const struct sketch *sketch) {
    if (sketch->registers != NULL) {
        return (uint64_t)llround(registers_estimate(sketch->registers));
    }
    return sketch->count;
}

void sketch_done(struct sketch *sketch) {
    free(sketch->slots);
    free(sketch->registers);
    *sketch = (struct sketch){0};
}
