/* How a census is counted: of a brand from its series, of a query from what it finds. What people
 * ask is in store/store.h. */
#ifndef STORE_CENSUS_H
#define STORE_CENSUS_H

#include "store/record.h"
#include "store/series.h"
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

/* Stretches of time, [times_ms[i], times_ms[i + 1]), ascending. */
struct stretches {
    const int64_t *times_ms;
    size_t count;
};
static inline int64_t stretches_begin(const struct stretches *stretches) {
    return stretches->times_ms[0];
}
static inline int64_t stretches_end(const struct stretches *stretches) {
    return stretches->times_ms[stretches->count];
}

/* --- Of a brand (store/census_brand.c) -------------------------------------------------------- */

/* Calls `visit` for all that the series of a brand's dimension (`member`, or SERIES_EVERY) counts in
 * the stretches, and which of them it is in. The half hours that a stretch begins or ends in are
 * counted from their mentions. */
typedef void brand_visitor(void *context, size_t stretch, uint32_t member,
                           const struct counts *counts);
void brand_count(const struct census *census, enum series_dimension dimension, uint32_t member,
                 const struct stretches *stretches, brand_visitor *visit, void *context);

/* Whom and what stories the census is of: days from their sketches, what is left of days from the
 * timeline, purged ones by what they left. */
void brand_distinct(const struct census *census, struct tally *tally);

/* A live record, in the census' scratch arena. */
bool census_record(const struct census *census, uint64_t sequence, struct record *record);
/* The score that counts. False: the mention is not of the subject's brand. */
bool census_score(const struct census *census, const struct mention *mention, struct score *score);

#endif
