/* The thin record: what aggregations need of a mention, by brand and time.
 *
 *   value: u8 channel, u8 stage and label, i16 score, u16 rating (0xFFFF none), 2 bytes language,
 *          u32 source, u64 author, reach, engagement, sequence - cluster; where there
 *          are answers to a survey: u8 set of them, u16 each */
#ifndef STORE_TIMELINE_H
#define STORE_TIMELINE_H

#include "store/pack.h"
#include "store/record.h"
#include "store/store.h"
#include "store/transaction.h"

/* Puts the live record into, or takes it out of, the timelines of all its brands. */
void timeline_put(struct transaction *transaction, const struct record *record);
void timeline_delete(struct transaction *transaction, const struct record *record);

/* One row read back; `*brand` from its key. */
MUST_CHECK bool timeline_read(struct span key, struct span value, uint32_t *brand,
                              struct timeline_entry *entry);

/* Rows the record must have: for recounts. */
typedef void timeline_row_visitor(void *context, struct span key, struct span value);
void timeline_rows(const struct record *record, timeline_row_visitor *visit, void *context);

struct key timeline_key(uint32_t brand, int64_t time_ms, uint64_t sequence);

#endif
