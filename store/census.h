/* How a census is counted; the door's half is in store/store.h. */
#ifndef STORE_CENSUS_H
#define STORE_CENSUS_H

#include "store/record.h"
#include "store/snapshot.h"

struct matcher;
struct search;

struct census {
    const struct snapshot *snapshot;
    struct subject subject; /* the brand is the one whose scores count */
    int64_t since_ms;
    int64_t until_ms;
    struct matcher *matcher; /* NULL: no query */
    struct arena *scratch;   /* of one mention */
};

#endif
