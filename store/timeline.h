/* The thin record: what aggregations need of a mention, by brand and time.
 *
 *   key    brand u32, moment u48, sequence u48
 *   value  u8 what there is, u8 channel, u8 stage, what is kept and label (4, 2 and 2 bits), i16
 *          score, source, reach, engagement, sequence - cluster; where there is: 2 bytes language,
 *          u64 author, u16 rating, u16 each answer to a survey */
#ifndef STORE_TIMELINE_H
#define STORE_TIMELINE_H

#include "store/pack.h"
#include "store/record.h"
#include "store/rows.h"
#include "store/store.h"

/* Puts the live record into, or takes it out of, the timelines of all its brands. */
void timeline_put(struct rows *rows, const struct record *record);
void timeline_drop(struct rows *rows, const struct record *record);

/* One row read back; `*brand` from its key. */
MUST_CHECK bool timeline_read(struct row_key key, struct span value, uint32_t *brand,
                              struct timeline_entry *entry);

/* The same of a live record, with that score. */
struct timeline_entry timeline_entry_of(const struct record *record, const struct score *score);

/* Rows the record must have: for recounts. */
typedef void timeline_row_visitor(void *context, struct row_key key, struct span value);
void timeline_rows(const struct record *record, timeline_row_visitor *visit, void *context);

struct row_key timeline_key(uint32_t brand, int64_t time_ms, uint64_t sequence);
int64_t timeline_key_time_ms(struct row_key key);
#define SEQUENCE_LAST (((uint64_t)1 << 48) - 1)

#endif
