/* An open view, for the files that read from it. */
#ifndef STORE_SNAPSHOT_H
#define STORE_SNAPSHOT_H

#include "store/meta.h"
#include "store/store.h"
#include "store/transaction.h"

struct snapshot {
    struct store *store;
    struct transaction *transaction; /* reading */
};

/* Fills what a record leaves empty: names of source, brands and topics. */
struct record;
void snapshot_name_record(const struct snapshot *snapshot, struct record *record,
                          struct arena *arena);

#endif
