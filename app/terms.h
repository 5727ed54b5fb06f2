/* How long things are kept: what the configuration says, no longer than the sites allow. */
#ifndef APP_TERMS_H
#define APP_TERMS_H

#include "base/config.h"
#include "store/store.h"

/* The terms of every source that has some of its own (switched off or not: what it brought is still
 * there), of the rest, and of what is about no brand, as moments before `now_ms`; in `arena`. */
struct store_term *terms_make(const struct config *config, int64_t now_ms, struct arena *arena,
                              size_t *count);

#endif
