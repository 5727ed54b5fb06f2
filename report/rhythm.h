/* When digests are due, and what time they speak of: whole days, weeks and months by the reader's
 * clock, whatever it does in spring and autumn. Pure. */
#ifndef REPORT_RHYTHM_H
#define REPORT_RHYTHM_H

#include "base/zone.h"
#include "report/report.h"

/* The last period whose digest may have gone out by now: it ends with the day on which it goes out. */
struct period rhythm_last(const struct config *config, enum rhythm rhythm, struct zone *zone,
                          int64_t now_ms);

/* When the next one goes out, after now. */
int64_t rhythm_next_ms(const struct config *config, enum rhythm rhythm, struct zone *zone,
                       int64_t now_ms);

#endif
