/* report/rhythm: digests at eight in the morning, also on the days when clocks change. */
#include "report/rhythm.h"
#include "tests/unit/test.h"

static int64_t moment(const char *text) {
    int64_t ms = 0;
    assert_true(date_parse(span_of(text), &ms));
    return ms;
}

static void assert_moment(int64_t ms, const char *expected) {
    char text[DATE_TEXT_SIZE];
    assert_string_equal(date_print(ms, text), expected);
}

static struct zone *madrid(void) {
    struct zone *zone = NULL;
    struct error error = {0};
    assert_true(zone_open(SPAN("Europe/Madrid"), &zone, &error));
    return zone;
}

static struct config config_of(const char *at) {
    struct config config = {0};
    config.digest.at = span_of(at);
    config.digest.weekday = 0;
    config.digest.monthday = 1;
    return config;
}

static void days_end_at_midnight_and_go_out_in_the_morning(void **state) {
    (void)state;
    struct zone *zone = madrid();
    struct config config = config_of("08:00");
    struct period last = rhythm_last(&config, RHYTHM_DAILY, zone, moment("2026-11-20T07:00:00Z"));
    assert_moment(last.since_ms, "2026-11-18T23:00:00Z");
    assert_moment(last.until_ms, "2026-11-19T23:00:00Z");
    last = rhythm_last(&config, RHYTHM_DAILY, zone, moment("2026-11-20T06:59:59Z"));
    assert_moment(last.until_ms, "2026-11-18T23:00:00Z");
    assert_moment(rhythm_next_ms(&config, RHYTHM_DAILY, zone, moment("2026-11-20T06:59:59Z")),
                  "2026-11-20T07:00:00Z");
    assert_moment(rhythm_next_ms(&config, RHYTHM_DAILY, zone, moment("2026-11-20T07:00:00Z")),
                  "2026-11-21T07:00:00Z");
    zone_close(zone);
}

static void clocks_may_change(void **state) {
    (void)state;
    struct zone *zone = madrid();
    struct config config = config_of("08:00");
    struct period spring = rhythm_last(&config, RHYTHM_DAILY, zone, moment("2026-03-30T08:00:00Z"));
    assert_int_equal(spring.until_ms - spring.since_ms, 23 * HOUR_MS);
    assert_moment(rhythm_next_ms(&config, RHYTHM_DAILY, zone, moment("2026-03-28T12:00:00Z")),
                  "2026-03-29T06:00:00Z"); /* eight in summer time, that morning */
    struct period week = rhythm_last(&config, RHYTHM_WEEKLY, zone, moment("2026-10-26T08:00:00Z"));
    assert_int_equal(week.until_ms - week.since_ms, 7 * DAY_MS + HOUR_MS);
    config = config_of("02:30"); /* skipped on 29 March, there twice on 25 October */
    assert_moment(rhythm_next_ms(&config, RHYTHM_DAILY, zone, moment("2026-03-28T12:00:00Z")),
                  "2026-03-29T01:30:00Z");
    assert_moment(rhythm_next_ms(&config, RHYTHM_DAILY, zone, moment("2026-10-24T12:00:00Z")),
                  "2026-10-25T00:30:00Z");
    assert_moment(rhythm_next_ms(&config, RHYTHM_DAILY, zone, moment("2026-10-25T00:30:00Z")),
                  "2026-10-26T01:30:00Z");
    zone_close(zone);
}

static void weeks_and_months_begin_where_they_are_told_to(void **state) {
    (void)state;
    struct zone *zone = madrid();
    struct config config = config_of("08:00");
    config.digest.weekday = 4; /* Friday */
    struct period last =
        rhythm_last(&config, RHYTHM_WEEKLY, zone, moment("2026-11-20T07:00:00Z")); /* a Friday */
    assert_moment(last.until_ms, "2026-11-19T23:00:00Z");
    assert_moment(last.since_ms, "2026-11-12T23:00:00Z");
    last = rhythm_last(&config, RHYTHM_MONTHLY, zone, moment("2026-11-20T07:00:00Z"));
    assert_moment(last.since_ms, "2026-09-30T22:00:00Z");
    assert_moment(last.until_ms, "2026-10-31T23:00:00Z");
    config.digest.monthday = 28;
    last = rhythm_last(&config, RHYTHM_MONTHLY, zone, moment("2026-03-01T12:00:00Z"));
    assert_moment(last.since_ms, "2026-01-27T23:00:00Z");
    assert_moment(last.until_ms, "2026-02-27T23:00:00Z");
    zone_close(zone);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_end_at_midnight_and_go_out_in_the_morning),
        cmocka_unit_test(clocks_may_change),
        cmocka_unit_test(weeks_and_months_begin_where_they_are_told_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
