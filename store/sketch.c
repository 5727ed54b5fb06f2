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

static void register_raise(uint8_t *registers, uint32_t hash) {
    uint8_t *at = &registers[hash >> REST_BITS];
    uint8_t rank = rank_of(hash);
    *at = rank > *at ? rank : *at;
}

static void registers_pack(const uint8_t *registers, uint8_t *bytes) {
    for (size_t i = 0; i < SKETCH_REGISTERS; i += 8, bytes += 5) {
        uint64_t eight = 0;
        for (unsigned j = 0; j < 8; j++) {
            eight |= (uint64_t)registers[i + j] << 5 * j;
        }
        for (unsigned j = 0; j < 5; j++) {
            bytes[j] = (uint8_t)(eight >> 8 * j);
        }
    }
}

static void registers_merge(uint8_t *registers, const uint8_t *bytes) {
    for (size_t i = 0; i < SKETCH_REGISTERS; i += 8, bytes += 5) {
        uint64_t eight = (uint64_t)bytes[0] | (uint64_t)bytes[1] << 8 | (uint64_t)bytes[2] << 16 |
                         (uint64_t)bytes[3] << 24 | (uint64_t)bytes[4] << 32;
        for (unsigned j = 0; j < 8; j++) {
            uint8_t rank = (uint8_t)(eight >> 5 * j & 0x1F);
            registers[i + j] = rank > registers[i + j] ? rank : registers[i + j];
        }
    }
}

/* --- As bytes --------------------------------------------------------------------------------- */

struct span sketch_encode(const uint32_t *hashes, size_t count, uint8_t *bytes) {
    if (count > SKETCH_SPARSE_MOST) {
        uint8_t registers[SKETCH_REGISTERS] = {0};
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
    sketch->registers = NEW_ARRAY(uint8_t, SKETCH_REGISTERS);
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
static double registers_estimate(const uint8_t *registers) {
    const double m = SKETCH_REGISTERS;
    size_t of_rank[RANK_MOST + 1] = {0};
    for (size_t i = 0; i < SKETCH_REGISTERS; i++) {
        of_rank[registers[i] > RANK_MOST ? RANK_MOST : registers[i]]++;
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
