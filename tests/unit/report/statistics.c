#include "tests/unit/test.h"

#include "report/statistics.h"

#include <math.h>

static void assert_near(double actual, double expected, double tolerance) {
    if (!(fabs(actual - expected) <= tolerance)) {
        fail_msg("%.15g is not %.15g within %g", actual, expected, tolerance);
    }
}

static void wilson_matches_published_values(void **state) {
    (void)state;
    /* Newcombe 1998, table I: 81/263, 15/148, 0/20, 1/29. */
    const struct {
        double k, n, low, high;
    } rows[] = {{81, 263, 0.2553, 0.3662},
                {15, 148, 0.0624, 0.1605},
                {0, 20, 0.0000, 0.1611},
                {1, 29, 0.0061, 0.1718}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct interval interval = statistics_wilson(rows[i].k / rows[i].n, rows[i].n);
        assert_near(interval.low, rows[i].low, 6e-5);
        assert_near(interval.high, rows[i].high, 6e-5);
    }
}

static void newcombe_matches_published_values(void **state) {
    (void)state;
    /* Newcombe 1998 (Interval estimation for the difference), table II, method 10. */
    const struct {
        double a, na, b, nb, low, high;
    } rows[] = {{56, 70, 48, 80, 0.0524, 0.3339},
                {9, 10, 3, 10, 0.1705, 0.8090},
                {5, 56, 0, 29, -0.0381, 0.1926}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct interval interval = statistics_newcombe(rows[i].a / rows[i].na, rows[i].na,
                                                       rows[i].b / rows[i].nb, rows[i].nb);
        assert_near(interval.low, rows[i].low, 6e-5);
        assert_near(interval.high, rows[i].high, 6e-5);
    }
}

static double poisson_by_sum(int observed, double mean) {
    double term = exp(-mean);
    double below = 0;
    for (int i = 0; i < observed; i++) {
        below += term;
        term *= mean / (i + 1);
    }
    return 1 - below;
}

static double negative_binomial_by_sum(int observed, double mean, double variance) {
    double size = mean * mean / (variance - mean);
    double q = mean / (mean + size);
    double term = pow(1 - q, size);
    double below = 0;
    for (int i = 0; i < observed; i++) {
        below += term;
        term *= q * (size + i) / (i + 1);
    }
    return 1 - below;
}

static void tails_match_plain_sums(void **state) {
    (void)state;
    for (int observed = 0; observed < 60; observed += 3) {
        for (double mean = 0.05; mean < 50; mean *= 2.3) {
            assert_near(statistics_poisson_tail(observed, mean), poisson_by_sum(observed, mean),
                        1e-12);
            assert_near(statistics_count_tail(observed, mean, mean * 1.7),
                        negative_binomial_by_sum(observed, mean, mean * 1.7), 1e-11);
        }
    }
}

static void tails_hold_far_out(void **state) {
    (void)state;
    /* Leading terms: e^-1 (1/50! + 1/51! + ...). */
    double expected = 0;
    for (int i = 65; i >= 50; i--) {
        expected += exp(-1 - lgamma(i + 1.0));
    }
    assert_near(statistics_poisson_tail(50, 1) / expected, 1, 1e-9);
    assert_true(statistics_poisson_tail(1000000, 990000) > 0);
    assert_near(statistics_poisson_tail(1000000, 1000000), 0.5, 1e-3);
    assert_true(statistics_count_tail(100000, 10, 30) >= 0);
    assert_near(statistics_count_tail(0, 10, 30), 1, 0);
    assert_near(statistics_count_tail(5, 0, 0), 0, 0);
}

/* P(X <= 3) of a negative binomial is what its upper tail leaves. */
static void floors_are_what_tails_leave(void **state) {
    (void)state;
    for (int observed = 0; observed < 40; observed += 3) {
        for (double mean = 0.05; mean < 50; mean *= 2.3) {
            assert_near(statistics_count_floor(observed, mean, mean * 1.7),
                        1 - statistics_count_tail(observed + 1, mean, mean * 1.7), 1e-11);
            assert_near(statistics_count_floor(observed, mean, mean),
                        1 - statistics_poisson_tail(observed + 1, mean), 1e-11);
        }
    }
    assert_near(statistics_count_floor(0, 100, 100) / exp(-100), 1, 1e-9);
}

/* The chance drawn from Beta(1, 1) makes every number of hits as probable (Laplace); a sharp one
 * makes it binomial. */
static void shares_have_exact_tails(void **state) {
    (void)state;
    for (int hits = 0; hits <= 10; hits++) {
        assert_near(statistics_share_tail(hits, 10, 1, 1), (11.0 - hits) / 11, 1e-12);
        double binomial = hits == 0 ? 1 : statistics_beta_i(hits, 11 - hits, 0.3);
        assert_near(statistics_share_tail(hits, 10, 3e8, 7e8), binomial, 1e-6);
    }
    assert_near(statistics_share_tail(11, 10, 1, 1), 0, 0);
    assert_near(statistics_share_tail(700, 1000, 2, 2) + statistics_share_tail(301, 1000, 2, 2), 1,
                1e-9);
}

static void student_has_exact_tails(void **state) {
    (void)state;
    assert_near(statistics_t_tail(1, 1), 0.25, 1e-12); /* Cauchy */
    assert_near(statistics_t_tail(-1, 1), 0.75, 1e-12);
    assert_near(statistics_t_tail(4.302652729749464, 2), 0.025, 1e-9);
    assert_near(statistics_t_tail(2.2281388519862744, 10), 0.025, 1e-9);
}

static void normal_and_student_are_known(void **state) {
    (void)state;
    assert_near(statistics_normal_tail(1.959963984540054), 0.025, 1e-12);
    assert_near(statistics_normal_tail(0), 0.5, 1e-15);
    assert_near(statistics_t95(5), 2.5706, 0.01);
    assert_near(statistics_t95(10), 2.2281, 0.002);
    assert_near(statistics_t95(1e9), 1.95996, 1e-4);
}

static void robust_means_ignore_outliers(void **state) {
    (void)state;
    double values[] = {4, 1000, 2, 3, 1};
    assert_near(statistics_median(values, 5), 3, 0);
    assert_near(statistics_trimmed_mean(values, 5, 0.2), 3, 0);
    double two[] = {1, 2};
    assert_near(statistics_median(two, 2), 1.5, 0);
    assert_near(statistics_trimmed_mean(two, 2, 0.5), 1.5, 0);
    assert_near(statistics_median(NULL, 0), 0, 0);
}

static uint64_t random_next(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static double random_share(uint64_t *state) {
    return (double)(random_next(state) >> 11) / 9007199254740992.0;
}

/* Intervals cover the truth in 95 +- 2 % of simulated samples. */
static void net_interval_covers(void **state) {
    (void)state;
    const struct {
        double positive, negative;
        int n;
    } rows[] = {{0.5, 0.2, 40}, {0.3, 0.3, 100}, {0.6, 0.1, 300}, {0.2, 0.1, 60}, {0.4, 0.5, 30}};
    uint64_t random = 20260101;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int covered = 0;
        for (int run = 0; run < 4000; run++) {
            int positive = 0;
            int negative = 0;
            for (int j = 0; j < rows[i].n; j++) {
                double u = random_share(&random);
                positive += u < rows[i].positive;
                negative += u >= rows[i].positive && u < rows[i].positive + rows[i].negative;
            }
            struct interval interval = statistics_net((double)positive / rows[i].n,
                                                      (double)negative / rows[i].n, rows[i].n);
            double truth = rows[i].positive - rows[i].negative;
            covered += interval.low <= truth && truth <= interval.high;
        }
        assert_near(covered / 4000.0, 0.95, 0.02);
    }
}

/* Wilson's mean coverage over shares is 95 %; at one share it swings because counts are whole. */
static void wilson_interval_covers(void **state) {
    (void)state;
    uint64_t random = 4711;
    int covered = 0;
    for (int run = 0; run < 20000; run++) {
        double share = random_share(&random);
        int n = 20 + (int)(random_share(&random) * 200);
        int hits = 0;
        for (int j = 0; j < n; j++) {
            hits += random_share(&random) < share;
        }
        struct interval interval = statistics_wilson((double)hits / n, n);
        covered += interval.low <= share && share <= interval.high;
    }
    assert_near(covered / 20000.0, 0.95, 0.01);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wilson_matches_published_values),
        cmocka_unit_test(newcombe_matches_published_values),
        cmocka_unit_test(tails_match_plain_sums),
        cmocka_unit_test(tails_hold_far_out),
        cmocka_unit_test(floors_are_what_tails_leave),
        cmocka_unit_test(shares_have_exact_tails),
        cmocka_unit_test(student_has_exact_tails),
        cmocka_unit_test(normal_and_student_are_known),
        cmocka_unit_test(robust_means_ignore_outliers),
        cmocka_unit_test(net_interval_covers),
        cmocka_unit_test(wilson_interval_covers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
