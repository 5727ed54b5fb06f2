/* Hour and day counters: one value per (day, brand, dimension, member). The day comes first in the
 * key, so that what is written today lies together: a commit touches the pages of a day instead of
 * one page per series; a reader makes one step a day.
 *
 *   value: hours present (bit per hour, u24), the day's counters when more than one hour is
 *          present, the counters of each hour present
 *   counters: which are not zero (u16, bit per enum count), those as varints
 *
 * All counters are whole numbers (scores in 1/10,000, their squares in 1/100,000,000, ratings in
 * 1/1,000), so a contribution taken out leaves no trace. Changes are gathered over a transaction
 * and written once per day value. */
#ifndef STORE_SERIES_H
#define STORE_SERIES_H

#include "store/pack.h"
#include "store/record.h"
#include "store/store.h"
#include "store/transaction.h"

enum count { /* stored: append only, at most 16 */
             COUNT_MENTIONS,
             COUNT_POSITIVE,
             COUNT_NEGATIVE,
             COUNT_NEUTRAL,
             COUNT_UNSURE,
             COUNT_SUM,
             COUNT_SQUARES,
             COUNT_RATINGS,
             COUNT_RATING_SUM,
             COUNT_REACH,
             COUNT_ENGAGEMENT,
             COUNT_STORIES,
             COUNT_COUNT,
};

struct counts {
    int64_t of[COUNT_COUNT];
};

#define DAY_HOURS 24

struct series_day { /* one value, unpacked */
    struct counts hours[DAY_HOURS];
};

struct series_key {
    uint32_t brand;
    enum series_dimension dimension;
    uint32_t member; /* 0 for SERIES_ALL */
    int32_t day;
};

struct key series_key_make(const struct series_key *series_key);
MUST_CHECK bool series_key_read(struct span key, struct series_key *series_key);
MUST_CHECK bool series_day_read(struct span value, struct series_day *day);
MUST_CHECK bool series_total_read(struct span value, struct counts *total);
void counts_add(struct counts *counts, const struct counts *more, int sign);

/* Member of a dimension as the number in the key. False: the store has never met it. */
bool series_member_number(struct transaction *transaction, enum series_dimension dimension,
                          struct span member, uint32_t *number);
struct span series_member_name(struct transaction *transaction, enum series_dimension dimension,
                               uint32_t number, struct arena *arena);

/* --- What a mention contributes --------------------------------------------------------------- */

/* The members of a dimension that a live record is of; at most SERIES_MEMBERS_MOST. `score`: towards
 * the brand it is counted for. */
#define SERIES_MEMBERS_MOST LIMIT_MENTION_TOPICS
size_t series_members(const struct record *record, enum series_dimension dimension,
                      const struct score *score, uint32_t members[SERIES_MEMBERS_MOST]);

/* The topic's own score in a record that is of it. */
const struct score *series_topic_score(const struct record *record, uint32_t topic);

struct contribution {
    struct series_key key;
    int hour; /* of the day */
    struct counts counts;
};

/* Calls `visit` for every counter that the live record is in. */
typedef void contribution_visitor(void *context, const struct contribution *contribution);
void series_contributions(const struct record *record, contribution_visitor *visit, void *context);

/* --- Changes of one transaction --------------------------------------------------------------- */

struct deltas; /* opaque */
struct deltas *deltas_create(void);
void deltas_free(struct deltas *deltas);
void deltas_clear(struct deltas *deltas);
void deltas_add(struct deltas *deltas, const struct record *record, int sign);
/* Brings the table (TABLE_SERIES or TABLE_RESIDUE) up to date and clears. */
void deltas_flush(struct deltas *deltas, struct transaction *transaction, enum table table);

#endif
