/* Hashes: XXH3 for tables and content identity (fast, not against an adversary). */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/span.h"

uint64_t hash_bytes(struct span bytes);
uint64_t hash_bytes_seeded(struct span bytes, uint64_t seed);

/* Mixes another value into a hash; order matters. */
uint64_t hash_combine(uint64_t hash, uint64_t value);

#endif
