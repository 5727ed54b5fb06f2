/* Several sources of one chunk's terms, oldest first, walked as one: what a later one says of a
 * document overrules the earlier. */
#ifndef STORE_MERGE_H
#define STORE_MERGE_H

#include "store/directory.h"
#include "store/segment.h"

struct merge; /* opaque */

/* Of the directory's segments from `first` on, and of their terms from `from` on. Lives in `arena`.
 */
struct merge *merge_open(struct transaction *transaction, uint32_t chunk,
                         const struct directory *directory, size_t first, struct span from,
                         struct arena *arena);
void merge_close(struct merge *merge);

/* The next term and its payload (store/segment.h), valid until the next call. Where the oldest
 * segment of all takes part, nothing is left of what went away, and terms of which nothing is left
 * are passed over. */
bool merge_next(struct merge *merge, struct span *term, struct span *payload);

#endif
