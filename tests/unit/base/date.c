/* base/date: both ways for every day of ten thousand years, against the C library, and what is no
 * date. */
#include "base/date.h"
#include "tests/unit/test.h"

#include <time.h>

static int64_t at(int year, int month, int day) {
    struct date date = {.year = year, .month = month, .day = day};
    return date_to_ms(&date);
}

/* Counting day by day, as a calendar on the wall does. */
static void test_every_day_there_is(void **state) {
    (void)state;
    int64_t ms = at(1, 1, 1);
    int weekday = 0; /* 0001-01-01 was a Monday */
    for (int year = 1; year <= 9999; year++) {
        for (int month = 1; month <= 12; month++) {
            for (int day = 1; day <= date_days_in_month(year, month); day++) {
                struct date date = date_from_ms(ms);
                if (date.year != year || date.month != month || date.day != day ||
                    date.weekday != weekday || at(year, month, day) != ms) {
                    fail_msg("%04d-%02d-%02d became %04d-%02d-%02d", year, month, day, date.year,
                             date.month, date.day);
                }
                ms += DAY_MS;
                weekday = (weekday + 1) % 7;
            }
        }
    }
    assert_int_equal(ms, at(9999, 12, 31) + DAY_MS);
}

static uint64_t random_next(uint64_t *random) {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return *random;
}

static void test_like_the_c_library(void **state) {
    (void)state;
    uint64_t random = 88172645463325252u;
    int64_t from = at(1, 1, 1);
    int64_t span = at(9999, 12, 31) + DAY_MS - from;
    for (int i = 0; i < 200000; i++) {
        int64_t ms = from + (int64_t)(random_next(&random) % (uint64_t)span);
        struct date date = date_from_ms(ms);
        int64_t rest = ((ms % 1000) + 1000) % 1000;
        time_t seconds = (time_t)((ms - rest) / 1000);
        struct tm tm;
        assert_non_null(gmtime_r(&seconds, &tm));
        assert_int_equal(date.year, tm.tm_year + 1900);
        assert_int_equal(date.month, tm.tm_mon + 1);
        assert_int_equal(date.day, tm.tm_mday);
        assert_int_equal(date.hour, tm.tm_hour);
        assert_int_equal(date.minute, tm.tm_min);
        assert_int_equal(date.second, tm.tm_sec);
        assert_int_equal(date.ms, rest);
        assert_int_equal(date.weekday, (tm.tm_wday + 6) % 7);
        assert_true(date_is_valid(&date));
        assert_int_equal(date_to_ms(&date), ms);
        char text[DATE_TEXT_SIZE];
        int64_t back = 0;
        assert_true(date_parse(span_of(date_print(ms, text)), &back));
        assert_int_equal(back, ms);
        assert_true(date_parse(span_of(date_print_day(ms, text)), &back));
        assert_int_equal(back, date_day_start(ms));
        assert_int_equal(date_day_number(ms) * DAY_MS, date_day_start(ms));
        assert_true(date_hour_start(ms) <= ms && ms - date_hour_start(ms) < HOUR_MS);
        assert_int_equal(date_from_ms(date_hour_start(ms)).minute, 0);
    }
}

static void test_printing(void **state) {
    (void)state;
    char text[DATE_TEXT_SIZE];
    assert_string_equal(date_print(0, text), "1970-01-01T00:00:00Z");
    assert_string_equal(date_print(-1, text), "1969-12-31T23:59:59.999Z");
    assert_string_equal(date_print(1795252211120, text), "2026-11-21T09:10:11.120Z");
    assert_string_equal(date_print_day(1795252211120, text), "2026-11-21");
    assert_string_equal(date_print_rfc5322(1795252211120, text), "Sat, 21 Nov 2026 09:10:11 +0000");
    assert_string_equal(date_print(DATE_NONE, text), "");
    assert_string_equal(date_print_day(DATE_NONE, text), "");
    assert_string_equal(date_print_rfc5322(DATE_NONE, text), "");
    assert_true(strlen(date_print(INT64_MAX, text)) < DATE_TEXT_SIZE);
    assert_true(strlen(date_print(DATE_NONE + 1, text)) < DATE_TEXT_SIZE);
}

static void test_parsing(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *printed; /* NULL: is no date */
    } rows[] = {
        {"2026-11-21", "2026-11-21T00:00:00Z"},
        {"2026-11-21T09:10:11Z", "2026-11-21T09:10:11Z"},
        {"2026-11-21t09:10:11z", "2026-11-21T09:10:11Z"},
        {"2026-11-21 09:10:11Z", "2026-11-21T09:10:11Z"},
        {"2026-11-21T09:10:11.5Z", "2026-11-21T09:10:11.500Z"},
        {"2026-11-21T09:10:11.123456789Z", "2026-11-21T09:10:11.123Z"},
        {"2026-11-21T09:10:11+02:00", "2026-11-21T07:10:11Z"},
        {"2026-11-21T23:10:11-05:30", "2026-11-22T04:40:11Z"},
        {"2026-01-01T00:00:00+00:01", "2025-12-31T23:59:00Z"},
        {"2024-02-29", "2024-02-29T00:00:00Z"},
        {"2000-02-29", "2000-02-29T00:00:00Z"},
        {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
        {"0001-01-01", "0001-01-01T00:00:00Z"},
        {"2026-02-29", NULL},
        {"1900-02-29", NULL},
        {"2026-13-01", NULL},
        {"2026-00-01", NULL},
        {"2026-04-31", NULL},
        {"2026-04-00", NULL},
        {"0000-01-01", NULL},
        {"2026-11-21T24:00:00Z", NULL},
        {"2026-11-21T09:60:00Z", NULL},
        {"2026-11-21T09:10:61Z", NULL},
        {"2026-11-21T09:10:11", NULL},
        {"2026-11-21T09:10Z", NULL},
        {"2026-11-21T09:10:11.Z", NULL},
        {"2026-11-21T09:10:11+24:00", NULL},
        {"2026-11-21T09:10:11+0200", NULL},
        {"2026-11-21T09:10:11Zx", NULL},
        {"2026-11-21 ", NULL},
        {" 2026-11-21", NULL},
        {"2026-1-21", NULL},
        {"+026-11-21", NULL},
        {"2026-+1-21", NULL},
        {"20261121", NULL},
        {"", NULL},
        {"yesterday", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t ms = DATE_NONE;
        char text[DATE_TEXT_SIZE];
        bool good = date_parse(span_of(rows[i].text), &ms);
        if (good != (rows[i].printed != NULL) ||
            (good && strcmp(date_print(ms, text), rows[i].printed) != 0)) {
            fail_msg("%s gives %s", rows[i].text, good ? date_print(ms, text) : "no date");
        }
    }
    int64_t ms = 0;
    assert_false(date_parse(SPAN("2026-11-21\0"), &ms));
    assert_false(date_parse(SPAN("2026-11-21\00009:10:11Z"), &ms));
}

static void test_lengths(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t ms; /* -1: is none */
        const char *printed;
    } rows[] = {
        {"500ms", 500, "500ms"},
        {"30s", 30 * SECOND_MS, "30s"},
        {"15m", 15 * MINUTE_MS, "15m"},
        {"12h", 12 * HOUR_MS, "12h"},
        {"90d", 90 * DAY_MS, "90d"},
        {"2w", 14 * DAY_MS, "14d"},
        {"1h30m", 90 * MINUTE_MS, "1h30m"},
        {"90m", 90 * MINUTE_MS, "1h30m"},
        {"1d1h1m1s1ms", DAY_MS + HOUR_MS + MINUTE_MS + SECOND_MS + 1, "1d1h1m1s1ms"},
        {"0s", 0, "0s"},
        {"", -1, NULL},
        {"5", -1, NULL},
        {"m", -1, NULL},
        {"5 m", -1, NULL},
        {"5m ", -1, NULL},
        {"-5m", -1, NULL},
        {"1.5h", -1, NULL},
        {"5min", -1, NULL},
        {"5y", -1, NULL},
        {"99999999999999999999s", -1, NULL},
        {"9223372036854775807d", -1, NULL},
        {"106751991167d106751991167d", -1, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t ms = -1;
        char text[DATE_TEXT_SIZE];
        assert_int_equal(duration_parse(span_of(rows[i].text), &ms), rows[i].ms >= 0);
        assert_int_equal(ms, rows[i].ms);
        if (rows[i].ms >= 0) {
            assert_string_equal(duration_print(ms, text), rows[i].printed);
        }
    }
    uint64_t random = 1234567;
    for (int i = 0; i < 100000; i++) {
        int64_t ms = (int64_t)(random_next(&random) >> (1 + random % 62));
        int64_t back = -1;
        char text[DATE_TEXT_SIZE];
        assert_true(duration_parse(span_of(duration_print(ms, text)), &back));
        assert_int_equal(back, ms);
    }
}

static void test_since(void **state) {
    (void)state;
    int64_t now = at(2026, 11, 21);
    int64_t ms = 0;
    assert_true(date_parse_since(SPAN("7d"), now, &ms));
    assert_int_equal(ms, at(2026, 11, 14));
    assert_true(date_parse_since(SPAN("2026-11-01"), now, &ms));
    assert_int_equal(ms, at(2026, 11, 1));
    assert_false(date_parse_since(SPAN("last week"), now, &ms));
}

static void test_valid(void **state) {
    (void)state;
    struct date good = {.year = 2026, .month = 2, .day = 28, .second = 60, .ms = 999};
    assert_true(date_is_valid(&good));
    struct date bad[] = {good, good, good, good, good, good, good, good};
    bad[0].year = 10000;
    bad[1].month = 13;
    bad[2].day = 29;
    bad[3].hour = 24;
    bad[4].minute = -1;
    bad[5].second = 61;
    bad[6].ms = 1000;
    bad[7].month = 0;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(date_is_valid(&bad[i]));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_day_there_is),
        cmocka_unit_test(test_like_the_c_library),
        cmocka_unit_test(test_printing),
        cmocka_unit_test(test_parsing),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_since),
        cmocka_unit_test(test_valid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
