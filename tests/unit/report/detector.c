#include "tests/unit/test.h"

#include "report/detector.h"

#include <math.h>

#define HOURS_WEEK ((size_t)168)
#define MONDAY_MS ((int64_t)1767571200000) /* 2026-01-05T00:00:00Z */

static uint64_t random_next(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static double random_share(uint64_t *state) {
    return ((double)(random_next(state) >> 11) + 0.5) / 9007199254740992.0;
}

static double random_normal(uint64_t *state) {
    return sqrt(-2 * log(random_share(state))) * cos(6.283185307179586 * random_share(state));
}

/* Marsaglia & Tsang 2000; a boost for shapes below one. */
static double random_gamma(uint64_t *state, double shape) {
    if (shape < 1) {
        return random_gamma(state, shape + 1) * pow(random_share(state), 1 / shape);
    }
    double d = shape - 1.0 / 3;
    for (;;) {
        double x = random_normal(state);
        double v = pow(1 + x / sqrt(9 * d), 3);
        if (v > 0 && log(random_share(state)) < 0.5 * x * x + d - d * v + d * log(v)) {
            return d * v;
        }
    }
}

static double random_poisson(uint64_t *state, double mean) {
    if (mean > 40) {
        return fmax(0, round(mean + sqrt(mean) * random_normal(state)));
    }
    double limit = exp(-mean);
    double product = random_share(state);
    double count = 0;
    while (product > limit) {
        product *= random_share(state);
        count++;
    }
    return count;
}

/* What an hour of a brand's week brings: nights are quiet, weekends half as loud. */
static double season(size_t hour) {
    double day = 1 + 0.8 * sin(((double)(hour % 24) - 9) / 24 * 6.283185307179586);
    return day * (hour % HOURS_WEEK >= 120 ? 0.5 : 1.2);
}

struct brand {
    double per_day;
    double dispersion; /* of an hour; 0 = Poisson */
};

static struct detector_point *simulate(const struct brand *brand, size_t hours, uint64_t *random) {
    struct detector_point *points = calloc(hours, sizeof(*points));
    for (size_t i = 0; i < hours; i++) {
        double mean = brand->per_day / 24 * season(i);
        if (brand->dispersion > 0) {
            mean *= random_gamma(random, 1 / brand->dispersion) * brand->dispersion;
        }
        points[i] = (struct detector_point){.count = random_poisson(random, mean), .known = true};
    }
    return points;
}

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

static const struct brand brands[] = {{1, 0},   {5, 0},    {20, 0},    {100, 0},   {1000, 0},
                                      {5, 0.5}, {20, 0.3}, {100, 0.3}, {1000, 0.2}};
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
        cmocka_unit_test(unknown_hours_say_nothing),
        cmocka_unit_test(young_sources_are_no_surge),
        cmocka_unit_test(nothing_follows_from_later_hours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
