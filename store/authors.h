/* Authors who want nothing of theirs to be kept.
 *
 *   blocked   HMAC-SHA256(author key; source, 0x00, folded name or key) -> empty
 *
 * The source is empty where the author is blocked in every source. */
#ifndef STORE_AUTHORS_H
#define STORE_AUTHORS_H

#include "store/change.h"
#include "store/store.h"

void author_block(struct change *change, const struct store_author *author, bool blocked);

/* Whether the item's author, by name or key, is blocked in this source or in all. */
bool author_is_blocked(struct change *change, const struct item *item, struct span source_name);

#endif
