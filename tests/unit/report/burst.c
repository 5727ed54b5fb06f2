#include "tests/unit/test.h"

#include "report/burst.h"
#include "report/report.h"
#include "report/statistics.h"

#include <math.h>

#define DAY_STEPS ((size_t)288)
#define STEPS (DAY_STEPS * 30)

static uint64_t random_state = 4242;

static double random_share(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return ((double)(random_state >> 11) + 0.5) / 9007199254740992.0;
}

static double random_poisson(double mean) {
    double limit = exp(-mean);
    double product = random_share();
    double count = 0;
    while (product > limit) {
        product *= random_share();
        count++;
    }
    return count;
}

static double *quiet_month(double mean) {
    double *counts = calloc(STEPS, sizeof(*counts));
    for (size_t i = 0; i < STEPS; i++) {
        double day = 1 + 0.6 * sin((double)(i % DAY_STEPS) / (double)DAY_STEPS * 6.283185307179586);
        counts[i] = random_poisson(mean * day);
    }
    return counts;
}

static void burst_add(double *counts, size_t begin, size_t length, double mean) {
    for (size_t i = begin; i < begin + length; i++) {
        counts[i] += random_poisson(mean);
    }
}

static size_t count_alarms(const struct burst_result *results, size_t begin, size_t end) {
    size_t alarms = 0;
    for (size_t i = begin; i < end; i++) {
        alarms += results[i].alarm;
    }
    return alarms;
}

static void bursts_are_found_early_and_once(void **state) {
    (void)state;
    struct burst_options options = burst_options_for(5 * MINUTE_MS);
    struct burst_result *results = calloc(STEPS, sizeof(*results));
    size_t found = 0;
    for (int run = 0; run < 20; run++) {
        double *counts = quiet_month(1);
        size_t begin = 20 * DAY_STEPS + (size_t)(random_share() * (double)DAY_STEPS);
        burst_add(counts, begin, 60, 12);
        burst_run(&options, counts, STEPS, results);
        found += count_alarms(results, begin, begin + 36) == 1;
        assert_int_equal(count_alarms(results, begin + 60, begin + DAY_STEPS), 0);
        free(counts);
    }
    assert_true(found >= 19);
    free(results);
}

static void quiet_months_are_quiet(void **state) {
    (void)state;
    struct burst_options options = burst_options_for(5 * MINUTE_MS);
    struct burst_result *results = calloc(STEPS, sizeof(*results));
    size_t alarms = 0;
    static const double means[] = {0, 0.02, 0.5, 3, 20};
    for (size_t i = 0; i < 5; i++) {
        double *counts = quiet_month(means[i]);
        burst_run(&options, counts, STEPS, results);
        alarms += count_alarms(results, 7 * DAY_STEPS, STEPS);
        free(counts);
    }
    /* Five series of more than three weeks each. */
    assert_true(alarms <= 5);
    free(results);
}

/* An old burst does not hide one of a quarter of its size. */
static void bursts_do_not_hide_each_other(void **state) {
    (void)state;
    struct burst_options options = burst_options_for(5 * MINUTE_MS);
    struct burst_result *results = calloc(STEPS, sizeof(*results));
    double *counts = quiet_month(1);
    burst_add(counts, 15 * DAY_STEPS, 24, 200);
    burst_add(counts, 20 * DAY_STEPS, 36, 50);
    burst_run(&options, counts, STEPS, results);
    assert_int_equal(count_alarms(results, 15 * DAY_STEPS, 15 * DAY_STEPS + 36), 1);
    assert_int_equal(count_alarms(results, 20 * DAY_STEPS, 20 * DAY_STEPS + 48), 1);
    free(counts);
    free(results);
}

static void nothing_follows_from_later_steps(void **state) {
    (void)state;
    struct burst_options options = burst_options_for(5 * MINUTE_MS);
    struct burst_result *whole = calloc(STEPS, sizeof(*whole));
    struct burst_result *part = calloc(STEPS, sizeof(*part));
    double *counts = quiet_month(2);
    burst_add(counts, 18 * DAY_STEPS, 36, 30);
    burst_run(&options, counts, STEPS, whole);
    burst_run(&options, counts, 19 * DAY_STEPS, part);
    assert_memory_equal(whole, part, 19 * DAY_STEPS * sizeof(*part));
    free(counts);
    free(whole);
    free(part);
}

static void csv_goes_in_and_out(void **state) {
    (void)state;
    struct buffer in;
    struct buffer out;
    struct error error = {0};
    char time[DATE_TEXT_SIZE];
    buffer_init(&in, LIMIT_DOCUMENT);
    buffer_init(&out, LIMIT_DOCUMENT);
    buffer_append_string(&in, "timestamp,value\r\n");
    for (size_t i = 0; i < 3000; i++) {
        date_print((int64_t)(1000 + i) * 5 * MINUTE_MS, time);
        buffer_print(&in, "%.10s %.8s,%d\r\n", time, time + 11, i >= 2500 && i < 2520 ? 90 : 3);
    }
    assert_true(detect_csv(&out, buffer_span(&in), &error));
    struct span rest = buffer_span(&out);
    struct span line;
    size_t row = 0;
    size_t first = 0;
    assert_true(span_split(&rest, '\n', &line));
    assert_span_equal(line, "timestamp,value,score,ratio,loud");
    while (rest.size > 0 && span_split(&rest, '\n', &line)) {
        struct span cell;
        double score = 0;
        (void)span_split(&line, ',', &cell);
        (void)span_split(&line, ',', &cell);
        (void)span_split(&line, ',', &cell);
        assert_true(span_to_double(cell, &score) && score >= 0 && score <= 1);
        first = score >= 0.5 && first == 0 ? row : first;
        row++;
    }
    assert_int_equal(row, 3000);
    assert_true(first >= 2500 && first < 2510);
    buffer_done(&in);
    buffer_done(&out);
}

static void wrong_csv_is_refused_with_its_place(void **state) {
    (void)state;
    struct buffer out;
    struct error error = {0};
    buffer_init(&out, LIMIT_DOCUMENT);
    assert_false(detect_csv(&out, SPAN("t,v\n2026-01-01 00:00:00,1\nnonsense\n"), &error));
    assert_int_equal(error.line, 3);
    assert_false(detect_csv(&out, SPAN("t,v\nx,1\ny,2\n"), &error));
    assert_false(detect_csv(&out, SPAN(""), &error));
    buffer_done(&out);
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void quantiles_equal_those_of_sorted_values(void **state) {
    (void)state;
    for (size_t count = 1; count < 200; count += 7) {
        double values[200];
        double sorted[200];
        for (size_t i = 0; i < count; i++) {
            values[i] = sorted[i] = floor(random_share() * 20);
        }
        qsort(sorted, count, sizeof(*sorted), compare);
        for (double q = 0; q <= 1; q += 0.09) {
            double place = q * (double)(count - 1);
            size_t rank = (size_t)place;
            size_t next = rank + 1 < count ? rank + 1 : rank;
            double expected = sorted[rank] + (sorted[next] - sorted[rank]) * (place - (double)rank);
            assert_true(fabs(statistics_quantile(values, count, q) - expected) < 1e-9);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bursts_are_found_early_and_once),
        cmocka_unit_test(quiet_months_are_quiet),
        cmocka_unit_test(bursts_do_not_hide_each_other),
        cmocka_unit_test(nothing_follows_from_later_steps),
        cmocka_unit_test(csv_goes_in_and_out),
        cmocka_unit_test(wrong_csv_is_refused_with_its_place),
        cmocka_unit_test(quantiles_equal_those_of_sorted_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
