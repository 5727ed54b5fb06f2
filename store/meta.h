/* What one environment counts, and the names it has given numbers to. */
#ifndef STORE_META_H
#define STORE_META_H

#include "base/arena.h"
#include "store/transaction.h"

/* Names with numbers of their own, from 1. Stored: append only. */
enum name_kind {
    NAME_BRAND,
    NAME_SOURCE, /* "hackernews": scope of identity, dimension of series */
    NAME_POLL,   /* "hackernews/Acme": what is polled and has a state */
    NAME_TOPIC,
    NAME_KIND_COUNT,
};

#define NAME_KEY_MAX ((size_t)200) /* of a name's text in a key (LMDB's keys end at 511 bytes) */

/* Kept exact in the transaction that changes them; store_verify() recounts them. Stored as varints
 * in this order: append only. */
struct counters {
    uint64_t last_sequence;
    uint64_t live;       /* mentions that can be read */
    uint64_t unmatched;  /* live ones of no brand */
    uint64_t tombstones; /* deleted upstream */
    uint64_t purged;
    uint64_t stories; /* clusters with a live member */
    uint64_t last_incident;
    uint64_t last_outbox;
    uint64_t last_name[NAME_KIND_COUNT];
};

void counters_load(struct transaction *transaction, struct counters *counters);
void counters_save(struct transaction *transaction, const struct counters *counters);

/* 0 = a fresh environment. */
uint32_t schema_load(struct transaction *transaction);
void schema_save(struct transaction *transaction, uint32_t schema);

/* False when the name was never stored. */
bool name_find(struct transaction *transaction, enum name_kind kind, struct span text,
               uint32_t *number);
/* The name's number, given now if it has none. Empty text is 0. */
uint32_t name_number(struct transaction *transaction, struct counters *counters,
                     enum name_kind kind, struct span text);
/* Empty span when the number was never given. */
struct span name_text(struct transaction *transaction, enum name_kind kind, uint32_t number,
                      struct arena *arena);

#endif
