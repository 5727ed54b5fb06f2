#include "report/circuit.h"

#define PAUSE_FIRST_MS (10 * SECOND_MS)
#define PAUSE_MOST_MS (30 * MINUTE_MS)
#define DOUBLINGS_MOST 8

struct circuit circuit_make(void) {
    return (struct circuit){.until_ms = DATE_NONE};
}

void circuit_fail(struct circuit *circuit, int64_t now_ms, int64_t wait_ms, uint64_t chance) {
    unsigned doublings = circuit->failures < DOUBLINGS_MOST ? circuit->failures : DOUBLINGS_MOST;
    int64_t pause_ms = PAUSE_FIRST_MS << doublings;
    pause_ms = pause_ms < PAUSE_MOST_MS ? pause_ms : PAUSE_MOST_MS;
    pause_ms += (int64_t)(chance % (uint64_t)(pause_ms / 10));
    circuit->failures++;
    circuit->until_ms = now_ms + (wait_ms > pause_ms ? wait_ms : pause_ms);
}

void circuit_pass(struct circuit *circuit) {
    *circuit = circuit_make();
}

int64_t circuit_after(const struct circuit *circuit, int64_t ms) {
    bool open = circuit->until_ms != DATE_NONE && ms < circuit->until_ms;
    return open ? circuit->until_ms : ms;
}
