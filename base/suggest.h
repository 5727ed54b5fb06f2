/* "Did you mean": the name that a mistyped word was probably meant to be. */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

#include "base/span.h"

/* How many letters must be inserted, left out, changed or swapped with their neighbour to make one
 * of the other (optimal string alignment; ASCII case and "-" or "_" count as equal). SIZE_MAX for
 * texts over 64 bytes. */
size_t suggest_distance(struct span a, struct span b);

/* The nearest candidate, or an empty span when none is near enough (a third of the letters). */
struct span suggest_name(struct span word, const struct span *candidates, size_t count);

#endif
