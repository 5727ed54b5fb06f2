#include "tests/unit/test.h"

#include "tests/unit/report/simulate.h"

/* Alerts after the first four weeks: surprising windows at most a day apart are one. */
static size_t count_alerts(const struct detector_result *results, size_t hours) {
    size_t alerts = 0;
    size_t last = 0;
    for (size_t i = 4 * HOURS_WEEK; i < hours; i++) {
        if (results[i].surprising) {
            alerts += last == 0 || i - last > 24;
            last = i;
        }
    }
    return alerts;
}

static const struct simulated_brand brands[] = {
    {1, 0}, {5, 0}, {20, 0}, {100, 0}, {1000, 0}, {5, 0.5}, {20, 0.3}, {100, 0.3}, {1000, 0.2}};
#define BRANDS (sizeof(brands) / sizeof(brands[0]))

/* Quiet brands raise no more alerts than the budget grants. */
static void false_alerts_stay_within_the_budget(void **state) {
    (void)state;
    const struct detector_options options = {.window = 3, .false_per_week = 0.05, .minimum = 1};
    const size_t hours = 30 * HOURS_WEEK;
    uint64_t random = 20261121;
    double weeks = 0;
    double alerts = 0;
    struct detector_result *results = calloc(hours, sizeof(*results));
    for (size_t b = 0; b < BRANDS; b++) {
        double of_brand = 0;
        for (int run = 0; run < 4; run++) {
            struct detector_point *points = simulate(&brands[b], hours, &random);
            detector_run(&options, MONDAY_MS, points, hours, 0, results);
            of_brand += (double)count_alerts(results, hours);
            weeks += 26;
            free(points);
        }
        print_message("  %6.0f a day, dispersion %.1f: %.4f false alerts a week\n",
                      brands[b].per_day, brands[b].dispersion, of_brand / (4 * 26));
        alerts += of_brand;
    }
    free(results);
    print_message("  all: %.4f a week, budget %.4f\n", alerts / weeks, options.false_per_week);
    assert_true(alerts / weeks <= options.false_per_week * 1.25);
}

/* A surge of four times the usual, or eight mentions where next to none are usual, is found in
 * its first hours. */
static void surges_are_found(void **state) {
    (void)state;
    const struct detector_options options = {.window = 3, .false_per_week = 0.05, .minimum = 3};
    const size_t hours = 8 * HOURS_WEEK;
    const size_t begin = 6 * HOURS_WEEK + 58;
    uint64_t random = 7;
    struct detector_result *results = calloc(hours, sizeof(*results));
    for (size_t b = 0; b < BRANDS; b++) {
        size_t found = 0;
        for (int run = 0; run < 20; run++) {
            struct detector_point *points = simulate(&brands[b], hours, &random);
            for (size_t i = begin; i < begin + 6; i++) {
                double mean = brands[b].per_day / 24 * season(i);
                points[i].count += random_poisson(&random, fmax(4, 4 * mean));
            }
            detector_run(&options, MONDAY_MS, points, hours, begin, results);
            size_t hit = begin;
            while (hit < begin + 6 && !results[hit].surprising) {
                hit++;
            }
            found += hit < begin + 6;
            free(points);
        }
        print_message("  %6.0f a day, dispersion %.1f: %zu of 20 found\n", brands[b].per_day,
                      brands[b].dispersion, found);
        assert_true(found >= 18);
    }
    free(results);
}

/* In its first two weeks a brand raises hardly more than later, though it is first heard of on a
 * quiet weekend and no weekday is known yet. */
#define WEEKEND ((size_t)5 * 24)

static void a_short_history_is_honest(void **state) {
    (void)state;
    const struct detector_options options = {.window = 6, .false_per_week = 0.1, .minimum = 5};
    const size_t hours = 2 * HOURS_WEEK;
    uint64_t random = 31;
    double alerts = 0;
    double weeks = 0;
    struct detector_result *results = calloc(hours, sizeof(*results));
    for (int run = 0; run < 60; run++) {
        struct detector_point *points =
            simulate(&brands[(size_t)run % BRANDS], WEEKEND + hours, &random);
        detector_run(&options, MONDAY_MS + (int64_t)WEEKEND * HOUR_MS, points + WEEKEND, hours, 0,
                     results);
        size_t last = 0;
        for (size_t i = 0; i < hours; i++) {
            if (results[i].surprising) {
                alerts += last == 0 || i - last > 24;
                last = i;
            }
        }
        weeks += 2;
        free(points);
    }
    free(results);
    print_message("  first two weeks: %.4f a week, budget %.4f\n", alerts / weeks,
                  options.false_per_week);
    assert_true(alerts / weeks <= 1.5 * options.false_per_week);
}

/* What a past surge brought is not expected again. */
static void past_surges_do_not_lift_what_is_expected(void **state) {
    (void)state;
    const struct detector_options options = {.window = 3, .false_per_week = 0.1, .minimum = 5};
    const size_t hours = 6 * HOURS_WEEK;
    uint64_t random = 5;
    struct detector_point *points = simulate(&brands[3], hours, &random);
    struct detector_result *calm = calloc(hours, sizeof(*calm));
    struct detector_result *shaken = calloc(hours, sizeof(*shaken));
    detector_run(&options, MONDAY_MS, points, hours, hours - 24, calm);
    for (size_t i = hours - 3 * 24; i < hours - 2 * 24; i++) {
        points[i].count += 100;
    }
    detector_run(&options, MONDAY_MS, points, hours, hours - 24, shaken);
    for (size_t i = hours - 24; i < hours; i++) {
        assert_true(shaken[i].expected < 1.35 * calm[i].expected);
    }
    free(points);
    free(calm);
    free(shaken);
}

static void unknown_hours_say_nothing(void **state) {
    (void)state;
    const struct detector_options options = {.window = 3, .false_per_week = 0.1, .minimum = 3};
    struct detector_point points[400];
    struct detector_result results[400];
    for (size_t i = 0; i < 400; i++) {
        points[i] = (struct detector_point){.count = 2, .known = i < 300 || i >= 350};
    }
    detector_run(&options, MONDAY_MS, points, 400, 0, results);
    assert_false(results[20].ready);
    assert_true(results[200].ready);
    assert_false(results[320].ready);
    assert_false(results[351].ready);
    assert_true(results[352].ready);
    assert_true(fabs(results[399].expected - 6) < 1);
}

static void young_sources_are_no_surge(void **state) {
    (void)state;
    const struct detector_options options = {.window = 2, .false_per_week = 0.1, .minimum = 3};
    struct detector_point points[500];
    struct detector_result results[500];
    for (size_t i = 0; i < 500; i++) {
        points[i] = (struct detector_point){.count = 2, .known = true};
    }
    points[480].count = points[490].count = 30;
    points[480].fresh = 28;
    detector_run(&options, MONDAY_MS, points, 500, 470, results);
    assert_false(results[480].surprising);
    assert_true(results[490].surprising);
    assert_true(results[490].probability < 1e-6);
}

static void nothing_follows_from_later_hours(void **state) {
    (void)state;
    const struct detector_options options = {.window = 3, .false_per_week = 0.1, .minimum = 3};
    const size_t hours = 6 * HOURS_WEEK;
    uint64_t random = 99;
    struct detector_point *points = simulate(&brands[3], hours, &random);
    struct detector_result *whole = calloc(hours, sizeof(*whole));
    struct detector_result *part = calloc(hours, sizeof(*part));
    detector_run(&options, MONDAY_MS, points, hours, 0, whole);
    detector_run(&options, MONDAY_MS, points, hours - 100, 300, part);
    for (size_t i = 300; i < hours - 100; i++) {
        assert_true(!(whole[i].probability < part[i].probability) &&
                    !(whole[i].probability > part[i].probability));
    }
    free(points);
    free(whole);
    free(part);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(false_alerts_stay_within_the_budget),
        cmocka_unit_test(surges_are_found),
        cmocka_unit_test(a_short_history_is_honest),
        cmocka_unit_test(past_surges_do_not_lift_what_is_expected),
        cmocka_unit_test(unknown_hours_say_nothing),
        cmocka_unit_test(young_sources_are_no_surge),
        cmocka_unit_test(nothing_follows_from_later_hours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
