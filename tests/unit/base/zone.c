/* base/zone: against the C library's own tables, and on the days when clocks change. */
#include "base/zone.h"
#include "tests/unit/test.h"

#include <time.h>

static struct zone *open_zone(const char *name) {
    struct zone *zone = NULL;
    struct error error = {0};
    if (!zone_open(span_of(name), &zone, &error)) {
        fail_msg("%s", error.message);
    }
    return zone;
}

static int64_t moment(const char *text) {
    int64_t ms = 0;
    assert_true(date_parse(span_of(text), &ms));
    return ms;
}

static void assert_moment(int64_t ms, const char *expected) {
    char text[DATE_TEXT_SIZE];
    assert_string_equal(date_print(ms, text), expected);
}

static const char *const names[] = {
    "UTC",           "Europe/Madrid",    "America/New_York",    "America/St_Johns",
    "Asia/Kolkata",  "Asia/Kathmandu",   "Australia/Lord_Howe", "Pacific/Chatham",
    "Asia/Shanghai", "America/Sao_Paulo"};

/* Every nine hours and some of twelve years. Tables of two makers: they agree about the past. */
static void test_like_the_c_library(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct zone *zone = open_zone(names[i]);
        setenv("TZ", names[i], 1);
        tzset();
        for (int64_t ms = moment("2010-01-01"); ms < moment("2022-01-01");
             ms += 9 * HOUR_MS + 7 * MINUTE_MS) {
            time_t seconds = (time_t)(ms / 1000);
            struct tm tm;
            assert_non_null(localtime_r(&seconds, &tm));
            struct date date = zone_date(zone, ms);
            if (date.year != tm.tm_year + 1900 || date.month != tm.tm_mon + 1 ||
                date.day != tm.tm_mday || date.hour != tm.tm_hour || date.minute != tm.tm_min) {
                fail_msg("%s at %lld: %02d:%02d is not %02d:%02d", names[i], (long long)ms,
                         date.hour, date.minute, tm.tm_hour, tm.tm_min);
            }
            struct date back_date = date;
            int64_t back = zone_moment(zone, &back_date);
            assert_true(back == ms || zone_offset_ms(zone, back) > zone_offset_ms(zone, ms));
        }
        zone_close(zone);
    }
    unsetenv("TZ");
    tzset();
}

static void test_clocks_change(void **state) {
    (void)state;
    struct zone *zone = open_zone("Europe/Madrid");
    struct date skipped = {.year = 2026, .month = 3, .day = 29, .hour = 2, .minute = 30};
    assert_moment(zone_moment(zone, &skipped), "2026-03-29T01:30:00Z");
    struct date twice = {.year = 2026, .month = 10, .day = 25, .hour = 2, .minute = 30};
    assert_moment(zone_moment(zone, &twice), "2026-10-25T00:30:00Z");
    int64_t spring = zone_day_start(zone, moment("2026-03-29T12:00:00Z"), 0);
    assert_moment(spring, "2026-03-28T23:00:00Z");
    assert_int_equal(zone_day_start(zone, spring, 1) - spring, 23 * HOUR_MS);
    int64_t autumn = zone_day_start(zone, moment("2026-10-25T12:00:00Z"), 0);
    assert_int_equal(zone_day_start(zone, autumn, 1) - autumn, 25 * HOUR_MS);
    assert_moment(zone_day_start(zone, autumn, -31), "2026-09-23T22:00:00Z");
    char text[ZONE_NAME_SIZE];
    assert_non_null(zone_print_name(zone, spring, text));
    assert_true(strlen(text) > 0);
    zone_close(zone);
    zone = open_zone("Australia/Lord_Howe"); /* half an hour of summer time */
    int64_t day = zone_day_start(zone, moment("2026-04-04T20:00:00Z"), 0);
    assert_int_equal(zone_day_start(zone, day, 1) - day, 24 * HOUR_MS + 30 * MINUTE_MS);
    zone_close(zone);
    zone = open_zone("America/Sao_Paulo"); /* midnight itself was skipped */
    assert_moment(zone_day_start(zone, moment("2018-11-04T12:00:00Z"), 0), "2018-11-04T03:00:00Z");
    zone_close(zone);
}

static void test_what_is_no_zone(void **state) {
    (void)state;
    static const char *const wrong[] = {"Mars/Olympus", "Europe/Madird",        "GMT+5",
                                        "+01:00",       "Europe/Madrid; rm -r", "\xC3\xA9"};
    struct zone *zone = NULL;
    struct error error = {0};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(zone_is_known(span_of(wrong[i])));
        assert_false(zone_open(span_of(wrong[i]), &zone, &error));
    }
    assert_non_null(strstr(error.message, "is no time zone"));
    assert_false(zone_is_known(SPAN("")));
    zone = open_zone("");
    assert_int_equal(zone_offset_ms(zone, 0), 0);
    zone_close(zone);
    zone_close(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_like_the_c_library),
        cmocka_unit_test(test_clocks_change),
        cmocka_unit_test(test_what_is_no_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
