/* Of an import: which mention here is which in the store that it comes from. Open addressing by the
 * number there. */
#ifndef STORE_STORIES_H
#define STORE_STORIES_H

#include "store/store.h"

/* Notes that mention `there` is `here`; the last word counts. */
void stories_note(struct store_stories *stories, uint64_t there, uint64_t here);
uint64_t stories_find(const struct store_stories *stories, uint64_t there); /* 0 = not met */

#endif
