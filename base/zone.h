/* Time zones by their IANA names, with all their changes of the clock (ICU's tables).
 *
 * A zone remembers its last question: it is one thread's. */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include "base/date.h"
#include "base/error.h"

struct zone; /* opaque */

/* "Europe/Madrid", "UTC", ...; empty: UTC. False: there is no such zone; the error names it. */
MUST_CHECK bool zone_open(struct span name, struct zone **zone, struct error *error);
void zone_close(struct zone *zone); /* NULL is fine */
bool zone_is_known(struct span name);

/* What is added to UTC for local time at that moment: a multiple of minutes today, of seconds once. */
int64_t zone_offset_ms(struct zone *zone, int64_t ms);

/* The wall clock's date at that moment. */
struct date zone_date(struct zone *zone, int64_t ms);

/* The moment at which the wall clock shows `local`: of two the first; of a time that the clock skips,
 * as much later as it skips (02:30 is then what is called 03:30). */
int64_t zone_moment(struct zone *zone, const struct date *local);

/* 00:00 (or when the day begins, where that is skipped) of the day `days` after the one of `ms`. */
int64_t zone_day_start(struct zone *zone, int64_t ms, int days);

/* "CET", "GMT+1": what people call it at that moment. */
#define ZONE_NAME_SIZE 32
const char *zone_print_name(struct zone *zone, int64_t ms, char text[ZONE_NAME_SIZE]);

#endif
