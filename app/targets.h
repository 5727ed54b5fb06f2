/* Where a text names what it is scored towards. */
#ifndef APP_TARGETS_H
#define APP_TARGETS_H

#include "sentiment/sentiment.h"

/* Every place where `name` stands in the text as words of its own; places live in `arena`. */
struct sentiment_target target_named(struct span text, struct span name, struct arena *arena);

/* The same, but only the place at byte `offset` where that is a number and the name stands there,
 * or stands nowhere by itself. */
struct sentiment_target target_at(struct span text, struct span name, struct span offset,
                                  struct arena *arena);

#endif
