/* Searching, for the store's own use; the rest is in the door. */
#ifndef STORE_SEARCH_H
#define STORE_SEARCH_H

#include "store/store.h"

/* All mentions that have the term (store/terms.h), and those that share its first TERM_MAX bytes. */
struct search *search_open_term(const struct snapshot *snapshot, struct span term);

/* The stretch of time [times_ms[i], times_ms[i + 1]) that a moment lies in; `count` where it lies in
 * none. */
size_t stretch_of(const int64_t *times_ms, size_t count, int64_t time_ms);

#endif
