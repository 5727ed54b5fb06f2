/* Periods of budgets, where their sites' clocks stand, and amounts as people write them. */
#include "base/budget.h"
#include "tests/unit/test.h"

static int64_t at(const char *text) {
    int64_t ms = 0;
    assert_true(date_parse(span_of(text), &ms));
    return ms;
}

static void check(enum budget_period period, const char *zone_name, const char *now,
                  const char *begin, const char *end) {
    struct budget budget = {.period = period};
    struct zone *zone = NULL;
    struct error error;
    assert_true(zone_open(span_of(zone_name), &zone, &error));
    assert_int_equal(budget_begin_ms(&budget, zone, at(now)), at(begin));
    assert_int_equal(budget_end_ms(&budget, zone, at(now)), at(end));
    zone_close(zone);
}

static void periods_begin_where_the_site_is(void **state) {
    (void)state;
    check(BUDGET_DAY, "", "2026-11-22T07:59:59Z", "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z");
    check(BUDGET_DAY, "America/Los_Angeles", "2026-11-22T07:59:59Z", "2026-11-21T08:00:00Z",
          "2026-11-22T08:00:00Z");
    check(BUDGET_MONTH, "", "2026-12-31T23:59:59Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z");
    check(BUDGET_HOUR, "Asia/Kolkata", "2026-11-22T07:40:00Z", "2026-11-22T07:30:00Z",
          "2026-11-22T08:30:00Z");
}

static void days_are_as_long_as_the_clock_makes_them(void **state) {
    (void)state;
    check(BUDGET_DAY, "America/Los_Angeles", "2026-11-01T12:00:00Z", "2026-11-01T07:00:00Z",
          "2026-11-02T08:00:00Z");
    /* 01:00 to 02:00 comes twice that day: two hours, not one of two. */
    check(BUDGET_HOUR, "America/Los_Angeles", "2026-11-01T09:30:00Z", "2026-11-01T09:00:00Z",
          "2026-11-01T10:00:00Z");
}

static void amounts_read_like_amounts(void **state) {
    (void)state;
    char text[BUDGET_TEXT_SIZE];
    struct budget searches = {.name = SPAN("searches")};
    struct budget dollars = {.money = SPAN("USD")};
    struct budget euros = {.money = SPAN("EUR")};
    assert_string_equal(budget_print(&searches, 10000, text), "10,000");
    assert_string_equal(budget_print(&searches, 999, text), "999");
    assert_string_equal(budget_print(&dollars, 1234.5, text), "$1,234.50");
    assert_string_equal(budget_print(&dollars, 0.999, text), "$1.00");
    assert_string_equal(budget_print(&euros, 3.4, text), "3.40 EUR");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(periods_begin_where_the_site_is),
        cmocka_unit_test(days_are_as_long_as_the_clock_makes_them),
        cmocka_unit_test(amounts_read_like_amounts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
