#include "app/yield.h"

#include <math.h>

#define MEMORY_MS ((double)(14 * DAY_MS))
#define PRIOR_ITEMS 0.5
#define LONGEST_MS ((double)(365 * DAY_MS)) /* whatever comes is cut to a source's bounds */

void yield_add(struct source_state *state, size_t items, int64_t ms) {
    double kept = exp(-(double)ms / MEMORY_MS);
    double seen = (double)ms > MEMORY_MS ? MEMORY_MS : (double)ms;
    double share = seen / (double)ms; /* of a long time, as much as is remembered */
    state->yield_items = state->yield_items * kept + (double)items * share;
    state->yield_ms = (int64_t)((double)state->yield_ms * kept + seen);
}

int64_t yield_interval_ms(const struct source_state *state) {
    double power = 1 / (state->yield_items + PRIOR_ITEMS);
    double wait = (double)state->yield_ms * (pow(1 / (1 - YIELD_CHANCE), power) - 1);
    return (int64_t)fmin(wait, LONGEST_MS);
}
