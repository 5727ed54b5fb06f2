/* Counts added up: of entries of the timeline, and who and what is distinct among them. */
#ifndef STORE_TALLY_H
#define STORE_TALLY_H

#include "store/series.h"
#include "store/sketch.h"
#include "store/store.h"

void tally_add_counts(struct tally *tally, const struct counts *counts);

struct distinct { /* all zero: none yet */
    struct sketch stories;
    struct sketch authors;
};
void distinct_add(struct distinct *distinct, const struct timeline_entry *entry);
/* Into the tally; frees what was held. */
void distinct_end(struct distinct *distinct, struct tally *tally);

#endif
