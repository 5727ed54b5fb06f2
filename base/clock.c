#include "base/clock.h"

static int64_t read_ms(clockid_t id) {
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t system_wall_ms(const struct clock *clock) {
    (void)clock;
    return read_ms(CLOCK_REALTIME);
}

static int64_t system_monotonic_ms(const struct clock *clock) {
    (void)clock;
    return read_ms(CLOCK_MONOTONIC);
}

const struct clock system_clock = {.wall_ms = system_wall_ms, .monotonic_ms = system_monotonic_ms};

struct timespec clock_deadline(int64_t wait_ms) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t ns = until.tv_nsec + wait_ms % 1000 * 1000000;
    until.tv_sec += (time_t)(wait_ms / 1000 + ns / 1000000000);
    until.tv_nsec = ns % 1000000000;
    return until;
}

static int64_t shifted_wall_ms(const struct clock *clock) {
    const struct shifted_clock *shifted = (const struct shifted_clock *)(const void *)clock;
    return read_ms(CLOCK_REALTIME) + shifted->shift_ms;
}

struct shifted_clock shifted_clock_make(int64_t shift_ms) {
    return (struct shifted_clock){
        .clock = {.wall_ms = shifted_wall_ms, .monotonic_ms = system_monotonic_ms},
        .shift_ms = shift_ms,
    };
}

static int64_t manual_ms(const struct clock *clock) {
    return ((const struct manual_clock *)(const void *)clock)->now_ms;
}

struct manual_clock manual_clock_make(int64_t now_ms) {
    return (struct manual_clock){
        .clock = {.wall_ms = manual_ms, .monotonic_ms = manual_ms},
        .now_ms = now_ms,
    };
}
