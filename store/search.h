/* Searching for a single term, for the store's own use; the rest is in the door. */
#ifndef STORE_SEARCH_H
#define STORE_SEARCH_H

#include "store/store.h"

/* All mentions that have the term (store/terms.h), and those that share its first TERM_MAX bytes. */
struct search *search_open_term(const struct snapshot *snapshot, struct span term);

#endif
