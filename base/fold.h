/* Folding of single words, behind base/words.h: two ways to the same result. */
#ifndef BASE_FOLD_H
#define BASE_FOLD_H

#include "base/arena.h"
#include "base/span.h"

/* `text` folded as base/words.h says: `text` itself where nothing changes, else in the arena. */
struct span fold_text(struct span text, struct arena *arena);

/* The same by ICU alone, without the table for Latin; in the arena. For checking the table. */
struct span fold_by_icu(struct span text, struct arena *arena);

#endif
