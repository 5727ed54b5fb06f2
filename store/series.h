/* Counters of half hours in UTC: one row for each that is not zero, of (day, brand, dimension, member,
 * half hour); and of all of a brand's days. Half hours, because zones begin their days and hours at :00 or :30 (those of Nepal,
 * Chatham and Eucla, 45 minutes off, are answered from the timeline at their ends); days, weeks and
 * months of any zone are sums. The day comes first in the key, so that what is written today lies
 * together: a commit touches the blocks of a day instead of one for every series.
 *
 *   row key  day u32, brand u32, dimension u8, member u32, half hour u8
 *   counters of one mention: u8 (bit 0 set, label 2 bits, first of its story, rated, answers, reach is
 *            1 + engagement), i16 score, engagement, reach where it is another, u16 rating, u8 set of
 *            answers and u16 each
 *   others   which are not zero (varint, bit per enum count; bit 0 clear: mentions are the sum of the
 *            labels), those as signed varints: reach less mentions and engagement, stories less
 *            mentions, the others as they are
 *
 * All counters are whole numbers (scores in 1/10,000, ratings and answers in 1/1,000, their squares
 * in the squares of that), so a contribution taken out leaves no trace. Changes are gathered over a
 * transaction and written once per block. */
#ifndef STORE_SERIES_H
#define STORE_SERIES_H

#include "store/pack.h"
#include "store/record.h"
#include "store/rows.h"
#include "store/store.h"
#include "store/transaction.h"

enum count { /* stored: append only */
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
             COUNT_RATING_SQUARES,
             COUNT_PROMOTERS,
             COUNT_DETRACTORS,
             COUNT_SATISFIED,
             COUNT_ANSWERS, /* and the two after it, in the order of enum survey_question */
             COUNT_ANSWER_SUMS = COUNT_ANSWERS + SURVEY_COUNT,
             COUNT_ANSWER_SQUARES = COUNT_ANSWER_SUMS + SURVEY_COUNT,
             COUNT_COUNT = COUNT_ANSWER_SQUARES + SURVEY_COUNT,
};

struct counts {
    int64_t of[COUNT_COUNT];
};

#define HALF_HOUR_MS (HOUR_MS / 2)
#define DAY_HALVES 48
#define DAY_WHOLE DAY_HALVES /* as a half hour: all of the day; of SERIES_ALL only */

struct series_key {
    uint32_t brand;
    enum series_dimension dimension;
    uint32_t member; /* 0 for SERIES_ALL */
    int32_t day;
    unsigned half; /* hour of the day */
};

struct row_key series_row(const struct series_key *key);
struct series_key series_row_key(struct row_key row);
static inline int64_t series_time_ms(const struct series_key *key) {
    return key->day * DAY_MS + key->half % DAY_WHOLE * HALF_HOUR_MS;
}

/* As bytes: at most ROW_VALUE_MAX of them; nothing, when all are zero. */
struct span counts_pack(const struct counts *counts, uint8_t *bytes);
MUST_CHECK bool counts_unpack(struct span bytes, struct counts *counts);
void counts_add(struct counts *counts, const struct counts *more, int sign);
/* What one live mention counts with that score. */
struct counts counts_of(const struct mention *mention, const struct score *score);

/* All sources, or topics, whose numbers are above LIMIT_SERIES_MEMBERS. */
#define SERIES_OTHER (LIMIT_SERIES_MEMBERS + 1)
#define SERIES_OTHER_NAME SPAN("other")

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

/* The topic's own score in a record that is of it; of several others, the first one's. */
const struct score *series_topic_score(const struct record *record, uint32_t topic);

struct contribution {
    struct series_key key;
    struct counts counts;
};

/* Calls `visit` for every counter that the live record is in. */
typedef void contribution_visitor(void *context, const struct contribution *contribution);
void series_contributions(const struct record *record, contribution_visitor *visit, void *context);

/* --- Changes of one transaction --------------------------------------------------------------- */

struct deltas; /* opaque; of TABLE_SERIES or TABLE_RESIDUE */
struct deltas *deltas_create(enum table table);
void deltas_free(struct deltas *deltas);
void deltas_add(struct deltas *deltas, const struct record *record, int sign);
void deltas_add_counts(struct deltas *deltas, const struct series_key *key,
                       const struct counts *counts, int sign);
/* Brings the table up to date and clears. */
void deltas_flush(struct deltas *deltas, struct transaction *transaction);

/* --- Reading ---------------------------------------------------------------------------------- */

/* Calls `visit` for the counters of a brand's dimension in [since, until): those of the half hours that
 * lie in it whole or in part, or, where `of->half` is DAY_WHOLE, of the days that do. In the order of
 * days, then members, unless `of->member` is not SERIES_EVERY but one. What cannot be read fails the
 * transaction. */
#define SERIES_EVERY UINT32_MAX
typedef void series_visitor(void *context, const struct series_key *key,
                            const struct counts *counts);
void series_visit(struct transaction *transaction, enum table table, const struct series_key *of,
                  int64_t since_ms, int64_t until_ms, series_visitor *visit, void *context);

#endif
