#include "tests/unit/test.h"

#include "report/quiet.h"

/* What happens at `now` in that zone with these quiet hours is told at `told`. */
static void assert_told(const char *zone, const char *quiet, const char *now, const char *told) {
    const struct config_person person = {.zone = span_of(zone), .quiet = span_of(quiet)};
    char text[DATE_TEXT_SIZE];
    int64_t now_ms = DATE_NONE;
    assert_true(date_parse(span_of(now), &now_ms));
    assert_string_equal(date_print(quiet_until_ms(&person, now_ms), text), told);
}

static void a_night_ends_in_the_morning(void **state) {
    (void)state;
    static const char *const night = "22:00-07:00";
    assert_told("UTC", night, "2026-11-06T21:59:59Z", "2026-11-06T21:59:59Z");
    assert_told("UTC", night, "2026-11-06T22:00:00Z", "2026-11-07T07:00:00Z");
    assert_told("UTC", night, "2026-11-07T06:59:59Z", "2026-11-07T07:00:00Z");
    assert_told("UTC", night, "2026-11-07T07:00:00Z", "2026-11-07T07:00:00Z");
    assert_told("UTC", "", "2026-11-06T23:00:00Z", "2026-11-06T23:00:00Z");
}

static void a_siesta_ends_the_same_day(void **state) {
    (void)state;
    assert_told("UTC", "14:00-16:30", "2026-11-06T13:00:00Z", "2026-11-06T13:00:00Z");
    assert_told("UTC", "14:00-16:30", "2026-11-06T14:10:00Z", "2026-11-06T16:30:00Z");
    assert_told("UTC", "14:00-16:30", "2026-11-06T20:00:00Z", "2026-11-06T20:00:00Z");
}

static void the_clock_is_the_person_s(void **state) {
    (void)state;
    assert_told("Europe/Madrid", "22:00-07:00", "2026-11-06T21:00:00Z", "2026-11-07T06:00:00Z");
    assert_told("Asia/Tokyo", "22:00-07:00", "2026-11-06T21:00:00Z", "2026-11-06T22:00:00Z");
    assert_told("America/Lima", "22:00-07:00", "2026-11-06T21:00:00Z", "2026-11-06T21:00:00Z");
}

/* The nights in which clocks change end when the clock shows seven. */
static void nights_are_as_long_as_they_are(void **state) {
    (void)state;
    assert_told("Europe/Madrid", "22:00-07:00", "2026-03-28T23:00:00Z", "2026-03-29T05:00:00Z");
    assert_told("Europe/Madrid", "22:00-07:00", "2026-10-24T23:00:00Z", "2026-10-25T06:00:00Z");
}

static void hours_are_understood_or_refused(void **state) {
    (void)state;
    static const char *const wrong[] = {"",      "22:00",       "22-7",         "22:00-22:00",
                                        "-7:00", "22:00-24:00", "22:00-07:00-", NULL};
    struct config_hours hours;
    assert_true(config_parse_hours(SPAN("22:30 - 07:15"), &hours));
    assert_true(hours.from_ms == 22 * HOUR_MS + 30 * MINUTE_MS);
    assert_true(hours.until_ms == 7 * HOUR_MS + 15 * MINUTE_MS);
    for (size_t i = 0; wrong[i] != NULL; i++) {
        assert_false(config_parse_hours(span_of(wrong[i]), &hours));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_night_ends_in_the_morning),
        cmocka_unit_test(a_siesta_ends_the_same_day),
        cmocka_unit_test(the_clock_is_the_person_s),
        cmocka_unit_test(nights_are_as_long_as_they_are),
        cmocka_unit_test(hours_are_understood_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
