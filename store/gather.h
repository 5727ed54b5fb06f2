/* What one transaction changes in the index of one chunk. */
#ifndef STORE_GATHER_H
#define STORE_GATHER_H

#include "store/record.h"
#include "store/segment.h"

struct gather; /* opaque; lives in the arena it was begun with */

struct gather *gather_begin(uint32_t chunk, struct arena *arena);
uint32_t gather_chunk(const struct gather *gather);

/* The live record came, or goes. `scratch` is reset. */
void gather_put_in(struct gather *gather, const struct record *record, struct arena *scratch);
void gather_take_out(struct gather *gather, const struct record *record, struct arena *scratch);

/* What it comes to: ends the gathering. How many mentions it is about, and the earliest and latest
 * time of those that came. */
struct gathered {
    size_t mentions;
    int64_t oldest_ms;
    int64_t newest_ms;
};
struct gathered gather_end(struct gather *gather);

/* The entries of a segment, terms ascending; valid until the arena goes. False at the end. */
bool gather_next(struct gather *gather, struct span *term, struct span *payload);

#endif
