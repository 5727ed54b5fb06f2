/* What the report knows of tallies, periods and families of brands. */
#ifndef REPORT_TALLY_H
#define REPORT_TALLY_H

#include "report/report.h"

/* Mentions whose feeling is known: positive, negative and neutral, not unsure. */
uint64_t tally_judged(const struct tally *tally);

/* Net sentiment; NAN where nothing was judged. */
double tally_net(const struct tally *tally);

/* Adds what was counted elsewhere; what is distinct in both is taken for two. */
void tally_pool(struct tally *tally, const struct tally *more);
void tally_take(struct tally *tally, const struct tally *part); /* takes away what was added */

/* The period of equal length right before. */
struct period period_before(struct period period);

/* What is counted for a segment. False: its brand was never stored, and there is nothing. */
bool segment_subject(const struct snapshot *snapshot, const struct segment *segment,
                     struct subject *subject);

/* What people are shown: "Acme", "Acme: lang:es", "globex OR initech"; in `arena`. */
struct span segment_title(const struct segment *segment, struct arena *arena);

/* What of the segment has this in a field of the query language: "lang", "es". In `arena`. */
MUST_CHECK bool segment_narrow(const struct segment *segment, const char *field, struct span value,
                               int64_t now_ms, struct arena *arena, struct segment *narrow,
                               struct error *error);

/* The segment, and those it is compared with: the same of its brand's competitors; for a competitor,
 * of the own brand that names it and that brand's other competitors; where it is of no brand, all of
 * the brands that are configured. The segment itself comes first. */
size_t segment_family(const struct config *config, const struct segment *segment,
                      const struct segment **family, struct arena *arena);
const struct config_brand *brand_find(const struct config *config, struct span name);

#endif
