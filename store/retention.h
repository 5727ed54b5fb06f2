/* What goes when its time is over, or when a person wants it gone. Writer's half; what is due is found
 * by readers (store_retain(), store_erase()), and looked at again here. */
#ifndef STORE_RETENTION_H
#define STORE_RETENTION_H

#include "store/change.h"

/* Leaves of a live record what it takes to know it again. True when its story goes on without it. */
bool record_empty(struct change *change, const struct record *record, enum record_state state);

/* One mention that has had its time. */
struct due {
    uint64_t sequence;
    enum mention_kept keep; /* what may stay of it; KEPT_COUNT = nothing */
    int64_t before_ms;      /* both its time and its fetching */
    bool unmatched_only;
};

struct dues {
    const struct due *list; /* by sequence or time, ascending */
    size_t count;
    uint64_t changed[KEPT_COUNT + 1]; /* by `keep` */
};

/* Cuts or empties those that are live, and still due. */
void dues_apply(struct change *change, struct dues *dues);

/* Empties those of the mentions that are live, whatever their age. */
struct erase {
    const uint64_t *list; /* sequences, ascending */
    size_t count;
    uint64_t erased;
};
void erase_mentions(struct change *change, struct erase *erase);

#endif
