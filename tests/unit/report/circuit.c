/* report/circuit: a route that is down is asked less and less often, and at once when it is back. */
#include "report/circuit.h"
#include "tests/unit/test.h"

static void pauses_double_up_to_half_an_hour(void **state) {
    (void)state;
    struct circuit circuit = circuit_make();
    int64_t now_ms = 1000000;
    int64_t expected = 10 * SECOND_MS;
    assert_int_equal(circuit_after(&circuit, now_ms), now_ms);
    for (int i = 0; i < 12; i++) {
        circuit_fail(&circuit, now_ms, 0, 12345678901u * (uint64_t)i);
        int64_t pause = circuit_after(&circuit, now_ms) - now_ms;
        assert_true(pause >= expected && pause < expected + expected / 10 + 1);
        now_ms += pause;
        assert_int_equal(circuit_after(&circuit, now_ms), now_ms);
        expected = 2 * expected < 30 * MINUTE_MS ? 2 * expected : 30 * MINUTE_MS;
    }
    circuit_pass(&circuit);
    assert_int_equal(circuit_after(&circuit, 0), 0);
    circuit_fail(&circuit, now_ms, 0, 0);
    assert_int_equal(circuit_after(&circuit, now_ms), now_ms + 10 * SECOND_MS);
}

static void what_the_other_side_asks_for_counts(void **state) {
    (void)state;
    struct circuit circuit = circuit_make();
    circuit_fail(&circuit, 0, HOUR_MS, 7);
    assert_int_equal(circuit_after(&circuit, 0), HOUR_MS);
    assert_int_equal(circuit_after(&circuit, 2 * HOUR_MS), 2 * HOUR_MS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pauses_double_up_to_half_an_hour),
        cmocka_unit_test(what_the_other_side_asks_for_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
