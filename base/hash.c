#include "base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t hash_bytes(struct span bytes) {
    return XXH3_64bits(bytes.data, bytes.size);
}

uint64_t hash_bytes_seeded(struct span bytes, uint64_t seed) {
    return XXH3_64bits_withSeed(bytes.data, bytes.size, seed);
}

uint64_t hash_combine(uint64_t hash, uint64_t value) {
    uint64_t pair[2] = {hash, value};
    return XXH3_64bits(pair, sizeof pair);
}
