/* The series of layout 2: one value per (day, brand, dimension, member).
 *
 *   value: hours present (bit per hour, u24), the day's counters when more than one hour is
 *          present, the counters of each hour present
 *   counters: which are not zero (u16, bit per enum count), those as signed varints */
#include "store/upgrade.h"

#include "store/pack.h"
#include "store/series.h"

#define FORMER_COUNTS (COUNT_STORIES + 1)
#define FORMER_HOURS 24

static struct counts former_counts(struct unpacker *unpacker) {
    struct counts counts = {{0}};
    unsigned present = (unsigned)unpack_big(unpacker, 2);
    for (unsigned i = 0; i < FORMER_COUNTS; i++) {
        if ((present >> i & 1) != 0) {
            counts.of[i] = unpack_signed(unpacker);
        }
    }
    /* Their squares were not kept: as if all had been the same. */
    int64_t ratings = counts.of[COUNT_RATINGS];
    int64_t mean = ratings == 0 ? 0 : counts.of[COUNT_RATING_SUM] / ratings;
    counts.of[COUNT_RATING_SQUARES] = mean * mean * ratings;
    return counts;
}

static struct series_key former_key(struct span bytes) {
    struct unpacker unpacker = unpacker_make(bytes);
    struct series_key key = {.day = day_unbias((uint32_t)unpack_big(&unpacker, 4))};
    key.brand = (uint32_t)unpack_big(&unpacker, 4);
    key.dimension = (enum series_dimension)unpack_u8(&unpacker);
    key.member = (uint32_t)unpack_big(&unpacker, 4);
    return key;
}

static void former_add(struct series_key *key, unsigned half, const struct counts *counts,
                       struct deltas *series, struct deltas *residue) {
    key->half = half;
    deltas_add_counts(series, key, counts, 1);
    deltas_add_counts(residue, key, counts, 1);
}

/* What purged mentions left, which only hours are known of: in the first half of each. */
static void former_day(const struct cursor *cursor, struct deltas *series, struct deltas *residue) {
    struct unpacker unpacker = unpacker_make(cursor->value);
    struct series_key key = former_key(cursor->key);
    unsigned hours = (unsigned)unpack_big(&unpacker, 3);
    if ((hours & (hours - 1)) != 0) {
        former_counts(&unpacker);
    }
    for (unsigned hour = 0; hour < FORMER_HOURS; hour++) {
        if ((hours >> hour & 1) != 0) {
            struct counts counts = former_counts(&unpacker);
            former_add(&key, hour * 2, &counts, series, residue);
            if (key.dimension == SERIES_ALL) {
                former_add(&key, DAY_WHOLE, &counts, series, residue);
            }
        }
    }
    if (!unpacker_is_done(&unpacker)) {
        transaction_fail(cursor->transaction, MDB_CORRUPTED);
    }
}

void upgrade_series(struct transaction *transaction, struct transaction *former) {
    struct deltas *series = deltas_create(TABLE_SERIES);
    struct deltas *residue = deltas_create(TABLE_RESIDUE);
    struct cursor cursor;
    transaction_fail(transaction,
                     mdb_drop(transaction->handle, transaction->tables[TABLE_SERIES], 0));
    transaction_fail(transaction,
                     mdb_drop(transaction->handle, transaction->tables[TABLE_RESIDUE], 0));
    cursor_open(&cursor, former, TABLE_RESIDUE);
    for (bool more = cursor_first(&cursor); more; more = cursor_next(&cursor)) {
        former_day(&cursor, series, residue);
    }
    cursor_close(&cursor);
    deltas_flush(series, transaction);
    deltas_flush(residue, transaction);
    deltas_free(series);
    deltas_free(residue);
}
