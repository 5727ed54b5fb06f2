/* How much a source brings, and how long to wait for more.
 *
 * What came in the time that was looked at, weighed by e^(-age / two weeks), makes a Gamma posterior of
 * the rate (with Jeffreys' prior, half an item in no time). The wait for the next item is then Lomax
 * distributed: with k items in time t it has come after w with probability 1 - (t / (t + w))^(k + 1/2). */
#ifndef APP_YIELD_H
#define APP_YIELD_H

#include "store/store.h"

/* So many items came in so much time. */
void yield_add(struct source_state *state, size_t items, int64_t ms);

/* After how long something new waits with a probability of YIELD_CHANCE; 0 = nothing is known. */
#define YIELD_CHANCE 0.25
int64_t yield_interval_ms(const struct source_state *state);

#endif
