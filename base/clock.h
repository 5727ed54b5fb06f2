/* Time, injected: whatever needs the time is given a clock, so that a test can run a month in a
 * second. Only clock.c asks the operating system. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

struct clock {
    int64_t (*wall_ms)(const struct clock *clock);      /* since 1970-01-01 UTC */
    int64_t (*monotonic_ms)(const struct clock *clock); /* never goes back; any origin */
};

static inline int64_t clock_wall_ms(const struct clock *clock) {
    return clock->wall_ms(clock);
}
static inline int64_t clock_monotonic_ms(const struct clock *clock) {
    return clock->monotonic_ms(clock);
}

/* The machine's clock; a constant, shared by all threads. */
extern const struct clock system_clock;

/* The moment `wait_ms` from now on CLOCK_MONOTONIC: until when a thread waits on a condition of that
 * clock. Real time always, for it is the machine that waits. */
struct timespec clock_deadline(int64_t wait_ms);

/* The machine's clock with its wall time moved by `shift_ms`: a run "as of" another date. */
struct shifted_clock {
    struct clock clock; /* pass &shifted.clock */
    int64_t shift_ms;
};
struct shifted_clock shifted_clock_make(int64_t shift_ms);

/* A clock that stands still until told. Single thread. */
struct manual_clock {
    struct clock clock; /* pass &manual.clock */
    int64_t now_ms;     /* both times; set it to any value */
};
struct manual_clock manual_clock_make(int64_t now_ms);

#endif
