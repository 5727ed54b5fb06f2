/* Stories: a mention and its copies. The cluster's number is the sequence of its first member. A
 * mention without copies is a cluster of its own and has no rows. */
#ifndef STORE_CLUSTERS_H
#define STORE_CLUSTERS_H

#include "store/change.h"

/* Finds the story of a record that is in none, and sets mention.cluster; its own sequence when it
 * is the first. An edited record does not join stories that began after it came. */
void cluster_join(struct change *change, struct record *record);

/* The same where it is known: the story of the mention `member`, as far as that is there; the record's
 * own where `member` is 0. */
void cluster_join_known(struct change *change, struct record *record, uint64_t member);

/* Takes the record out of its story. When it was the first, the next oldest becomes the first and
 * every member is written anew under its number. True when the story has members left. */
bool cluster_leave(struct change *change, const struct record *record);

/* Brings the member's time in its row up to date. */
void cluster_touch(struct change *change, const struct record *record);

#endif
