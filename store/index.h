/* The text index, kept in the transaction that changes the mentions: it is never behind them.
 *
 * What a transaction puts in and takes out gathers per chunk and becomes one segment each; segments
 * are merged eight at a time, and a chunk that a younger one follows comes to a single one. Derived
 * from the mentions alone: store_verify() derives it again. */
#ifndef STORE_INDEX_H
#define STORE_INDEX_H

#include "store/directory.h"
#include "store/postings.h"
#include "store/record.h"
#include "store/segment.h"

struct index_changes; /* opaque; of one transaction */

struct index_changes *index_changes_create(void);
void index_changes_free(struct index_changes *changes);
void index_changes_clear(struct index_changes *changes); /* forgets what has gathered */

/* The live record came, or goes. */
void index_put_in(struct index_changes *changes, const struct record *record);
void index_take_out(struct index_changes *changes, const struct record *record);

/* Writes what has gathered; the changes are empty after it. */
void index_flush(struct index_changes *changes, struct transaction *transaction);

/* Makes the segments of the nearest chunk below `*chunk` one and moves on to it; false: there is no
 * such chunk. */
bool index_merge_before(struct transaction *transaction, uint32_t *chunk);

/* The documents of a chunk; and the times of those of the stretches from `first` to `last`
 * (store/times.h), in `times_ms` (by document, room for CHUNK_SIZE; what stands there for documents
 * that are not in the chunk means nothing). */
void index_documents(struct transaction *transaction, uint32_t chunk,
                     const struct directory *directory, struct documents *documents);
void index_times(struct transaction *transaction, uint32_t chunk, const struct directory *directory,
                 size_t first, size_t last, int64_t *times_ms);

static inline uint32_t chunk_of(uint64_t sequence) {
    return (uint32_t)(sequence >> CHUNK_BITS);
}
static inline uint64_t chunk_sequence(uint32_t chunk, uint16_t document) {
    return (uint64_t)chunk << CHUNK_BITS | document;
}

/* Whether the chunk's segments say just what `expected` says, into which all its live mentions were
 * put and nothing else; clears it. */
bool index_agrees(struct index_changes *expected, struct transaction *transaction, uint32_t chunk);

#endif
