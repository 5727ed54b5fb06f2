/* Who spoke of a brand on a day (UTC), and what different stories there were: one sketch each
 * (store/sketch.h), of every brand and day with a mention.
 *
 *   day u32, brand u32, kind u8 -> sketch
 *
 * A sketch is made of hashes of hashes and says of nobody that they spoke, but who has a name can see
 * whether a small one may hold it. Therefore it is always that of the live mentions: where one goes
 * (edited, deleted, purged, erased), the day is sketched anew from the timeline. */
#ifndef STORE_SKETCHES_H
#define STORE_SKETCHES_H

#include "store/record.h"
#include "store/tally.h"
#include "store/transaction.h"

/* --- Changes of one transaction --------------------------------------------------------------- */

struct sketches; /* opaque */
struct sketches *sketches_create(void);
void sketches_free(struct sketches *sketches);
/* The live record came (sign 1), or goes (-1). */
void sketches_add(struct sketches *sketches, const struct record *record, int sign);
/* Brings the table up to date and clears; the timeline is written before. */
void sketches_flush(struct sketches *sketches, struct transaction *transaction);

/* --- Reading ---------------------------------------------------------------------------------- */

/* Adds the days of [first, end) to what is distinct. Damage fails the transaction. */
void sketches_merge(struct transaction *transaction, uint32_t brand, int32_t first, int32_t end,
                    struct distinct *distinct);

/* Calls `visit` for every row that the timeline demands, in no order. */
typedef void sketch_visitor(void *context, struct span key, struct span sketch);
void sketches_derive(struct transaction *transaction, sketch_visitor *visit, void *context);

#endif
