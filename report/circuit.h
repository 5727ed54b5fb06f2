/* The circuit breaker of one route (a mail server, a webhook): when nobody gets through, nothing is
 * tried for a while that doubles, then one message, to see. What is tried meanwhile would only use up
 * the attempts of every message that waits. */
#ifndef REPORT_CIRCUIT_H
#define REPORT_CIRCUIT_H

#include "base/date.h"

#include <stdbool.h>

struct circuit {
    unsigned failures; /* of the route, in a row */
    int64_t until_ms;  /* wall clock; DATE_NONE = closed: messages pass */
};
struct circuit circuit_make(void);

/* The route failed: nothing before `now_ms` and the longer of the pause and `wait_ms` (what the other
 * side asked for; 0 = nothing). `chance` (any number) spreads the moment by a tenth. */
void circuit_fail(struct circuit *circuit, int64_t now_ms, int64_t wait_ms, uint64_t chance);
void circuit_pass(struct circuit *circuit);

/* The moment, or when the route may be tried again if that is later. */
int64_t circuit_after(const struct circuit *circuit, int64_t ms);

#endif
