/* A chunk's directory: which segments it has, oldest first, and when its mentions were published. */
#ifndef STORE_DIRECTORY_H
#define STORE_DIRECTORY_H

#include "store/transaction.h"

/* More than a chunk can have: eight of each of the six sizes that differ by a factor of eight. */
#define DIRECTORY_MOST 64

struct directory {
    struct {
        uint32_t segment;
        uint32_t documents; /* that it speaks of */
    } list[DIRECTORY_MOST];
    size_t count;
    uint32_t last_segment; /* number of the youngest there ever was */
    int64_t oldest_ms;     /* no mention is older, none younger */
    int64_t newest_ms;
};

/* An empty one where the chunk has none. */
void directory_load(struct transaction *transaction, uint32_t chunk, struct directory *directory);
void directory_save(struct transaction *transaction, uint32_t chunk,
                    const struct directory *directory);

/* A new segment, the youngest: `last_segment`. Of the times that it brings; INT64_MAX, INT64_MIN where
 * it brings none. */
void directory_add(struct directory *directory, size_t documents, int64_t oldest_ms,
                   int64_t newest_ms);

/* The nearest chunk below `chunk` that has a directory. False: there is none. */
bool directory_before(struct transaction *transaction, uint32_t chunk, uint32_t *before);

#endif
