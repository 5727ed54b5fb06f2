/* The schedule against a plain array of deadlines. */
#include "crawler/crawler.h"
#include "tests/unit/test.h"

#define SOURCES ((size_t)200)
#define NEVER INT64_MAX

static void an_empty_schedule_has_no_next(void **state) {
    (void)state;
    struct schedule *schedule = schedule_create();
    size_t source = 0;
    int64_t due_ms = 0;
    assert_false(schedule_next(schedule, &source, &due_ms));
    schedule_remove(schedule, 7);
    schedule_set(schedule, 7, -5);
    assert_true(schedule_next(schedule, &source, &due_ms));
    assert_int_equal(source, 7);
    assert_int_equal(due_ms, -5);
    schedule_remove(schedule, 7);
    schedule_remove(schedule, 7);
    assert_false(schedule_next(schedule, &source, &due_ms));
    schedule_free(schedule);
    schedule_free(NULL);
}

static size_t earliest(const int64_t *due_ms) {
    size_t best = 0;
    for (size_t i = 1; i < SOURCES; i++) {
        best = due_ms[i] < due_ms[best] ? i : best;
    }
    return best;
}

static void it_agrees_with_an_array(void **state) {
    (void)state;
    struct schedule *schedule = schedule_create();
    int64_t plain[SOURCES];
    for (size_t i = 0; i < SOURCES; i++) {
        plain[i] = NEVER;
    }
    uint32_t dice = 1;
    for (int step = 0; step < 20000; step++) {
        dice = dice * 1664525 + 1013904223;
        size_t source = (dice >> 8) % SOURCES;
        if (dice >> 30 == 0) {
            schedule_remove(schedule, source);
            plain[source] = NEVER;
        } else {
            plain[source] = (int64_t)((dice >> 4) % 1000);
            schedule_set(schedule, source, plain[source]);
        }
        size_t next = 0;
        int64_t due_ms = 0;
        bool some = schedule_next(schedule, &next, &due_ms);
        size_t expected = earliest(plain);
        assert_int_equal(some, plain[expected] != NEVER);
        if (some) {
            assert_int_equal(due_ms, plain[expected]);
            assert_int_equal(next, expected);
        }
    }
    schedule_free(schedule);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_schedule_has_no_next),
        cmocka_unit_test(it_agrees_with_an_array),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
