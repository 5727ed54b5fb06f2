/* Differences between groups, and what topics cost: numbers by hand, and intervals and chances held
 * against simulations whose truth is known. */
#include "tests/unit/test.h"

#include "report/contrast.h"
#include "report/drivers.h"
#include "tests/unit/report/simulate.h"

static void assert_near(double actual, double expected, double tolerance) {
    if (!(fabs(actual - expected) <= tolerance)) {
        fail_msg("%.9g is not %.9g", actual, expected);
    }
}

static struct contrast_unit unit_make(size_t side, uint64_t positive, uint64_t negative) {
    struct contrast_unit unit = {.on = {side == 0, side == 1}};
    unit.side[side].mentions = positive + negative;
    unit.side[side].stories = positive + negative;
    unit.side[side].labels[LABEL_POSITIVE] = positive;
    unit.side[side].labels[LABEL_NEGATIVE] = negative;
    unit.family[side] = 2 * (positive + negative);
    return unit;
}

/* Three good days of four mentions each against three bad ones: of the 20 ways to draw three days of
 * six, two differ as much. */
static void permutations_are_counted(void **state) {
    (void)state;
    struct contrast_unit units[6];
    struct contrast contrasts[KPI_COUNT];
    for (size_t i = 0; i < 6; i++) {
        units[i] = unit_make(i < 3 ? 0 : 1, i < 3 ? 3 : 1, i < 3 ? 1 : 3);
    }
    struct contrast_request request = {units, 6, true, 9999};
    contrast_compute(&request, contrasts);
    const struct contrast *net = &contrasts[KPI_NET_SENTIMENT];
    assert_true(net->known);
    assert_near(net->sides[0].value, 0.5, 1e-12);
    assert_near(net->sides[1].value, -0.5, 1e-12);
    assert_near(net->difference, -1, 1e-12);
    assert_near(net->p, 0.1, 0.04); /* 2 of 20, by 50 hits */
    assert_int_equal(net->hits, CONTRAST_HITS);
    const struct contrast *volume = &contrasts[KPI_VOLUME];
    assert_near(volume->sides[0].value, 4, 1e-12); /* a day */
    assert_near(volume->difference, 0, 1e-12);
    assert_near(volume->p, 1, 1e-12); /* whatever is drawn differs as little */
    assert_near(contrasts[KPI_SHARE_OF_VOICE].sides[0].value, 0.5, 1e-12);
    struct contrast again[KPI_COUNT];
    contrast_compute(&request, again);
    assert_true(again[KPI_NET_SENTIMENT].p == net->p);
}

/* Of stories, sums cannot be shuffled; one that stands in both groups only changes sides. */
static void stories_change_sides(void **state) {
    (void)state;
    struct contrast_unit units[4];
    struct contrast contrasts[KPI_COUNT];
    for (size_t i = 0; i < 4; i++) {
        units[i] = unit_make(0, 2, 0);
        units[i].on[1] = true;
        units[i].side[1] = unit_make(1, 0, 2).side[1];
    }
    struct contrast_request request = {units, 4, false, 4000};
    contrast_compute(&request, contrasts);
    assert_true(isnan(contrasts[KPI_VOLUME].p));
    assert_false(contrasts[KPI_SHARE_OF_VOICE].known);
    /* All four on their side, or all on the other: 2 of 16. */
    assert_near(contrasts[KPI_NET_SENTIMENT].p, 0.125, 0.05);
}

/* One day of a process that may lean; days differ more than their counts alone would. */
static struct contrast_unit day_draw(size_t side, double positive, double spread,
                                     uint64_t *random) {
    struct contrast_unit unit = {.on = {side == 0, side == 1}};
    struct tally *tally = &unit.side[side];
    double mean = 20 * random_gamma(random, 8) / 8;
    double share = positive;
    if (spread > 0) {
        double good = random_gamma(random, positive * spread);
        share = good / (good + random_gamma(random, (1 - positive) * spread));
    }
    tally->mentions = (uint64_t)random_poisson(random, mean);
    tally->stories = tally->mentions;
    for (uint64_t i = 0; i < tally->mentions; i++) {
        bool good = random_share(random) < share;
        double stars = good ? 4 + floor(random_share(random) * 2) : 1;
        tally->labels[good ? LABEL_POSITIVE : LABEL_NEGATIVE]++;
        tally->ratings++;
        tally->rating_sum += stars;
        tally->rating_squares += stars * stars;
    }
    unit.family[side] = tally->mentions + 15;
    return unit;
}

#define DAYS 28

/* How often the intervals of KPIs hold the true difference, and how often p is below 0.05. */
struct tried {
    double volume, net, health;
    double rejected;
};

static struct tried try_days(double before, double after, double spread, size_t shuffles,
                             size_t runs) {
    struct contrast_unit units[2 * DAYS];
    struct contrast contrasts[KPI_COUNT];
    struct tried tried = {0, 0, 0, 0};
    uint64_t random = 88172645463325252u;
    for (size_t run = 0; run < runs; run++) {
        for (size_t i = 0; i < 2 * DAYS; i++) {
            units[i] = day_draw(i < DAYS ? 0 : 1, i < DAYS ? before : after, spread, &random);
        }
        struct contrast_request request = {units, 2 * DAYS, true, shuffles};
        contrast_compute(&request, contrasts);
        struct interval net = contrasts[KPI_NET_SENTIMENT].interval;
        struct interval health = contrasts[KPI_BRAND_HEALTH].interval;
        struct interval volume = contrasts[KPI_VOLUME].interval;
        double truth = after - before;
        tried.net += net.low <= 2 * truth && 2 * truth <= net.high;
        tried.health += health.low <= truth && truth <= health.high;
        tried.volume += volume.low <= 0 && 0 <= volume.high;
        tried.rejected += contrasts[KPI_NET_SENTIMENT].p < 0.05;
    }
    tried.net /= (double)runs;
    tried.health /= (double)runs;
    tried.volume /= (double)runs;
    tried.rejected /= (double)runs;
    return tried;
}

static void differences_are_covered(void **state) {
    (void)state;
    const double spreads[] = {0, 6}; /* independent mentions; days with moods of their own */
    for (size_t i = 0; i < 2; i++) {
        struct tried tried = try_days(0.6, 0.45, spreads[i], 0, 2000);
        assert_near(tried.net, 0.95, 0.02);
        assert_near(tried.health, 0.95, 0.02);
        assert_near(tried.volume, 0.95, 0.02);
    }
}

/* Where nothing changed, one comparison in twenty says so wrongly; where something did, it is seen. */
static void chances_keep_their_word(void **state) {
    (void)state;
    struct tried nothing = try_days(0.6, 0.6, 6, 199, 400);
    assert_near(nothing.rejected, 0.05, 0.03);
    struct tried something = try_days(0.7, 0.45, 6, 199, 60);
    assert_true(something.rejected > 0.9);
}

/* --- Quantiles -------------------------------------------------------------------------------- */

static int real_compare(const void *left, const void *right) {
    const double *a = left;
    const double *b = right;
    return (*a > *b) - (*a < *b);
}

/* Ranks of the binomial tables: for n = 20 the median lies between the 6th and the 15th. */
static void quantile_ranks_are_known(void **state) {
    (void)state;
    double list[20];
    for (size_t i = 0; i < 20; i++) {
        list[i] = (double)(i + 1);
    }
    struct interval median = statistics_quantile_interval(list, 20, 0.5);
    assert_near(median.low, 6, 0);
    assert_near(median.high, 15, 0);
    struct interval one = statistics_quantile_interval(list, 1, 0.5);
    assert_near(one.low, 1, 0);
    assert_near(one.high, 1, 0);
}

static void quantile_intervals_cover(void **state) {
    (void)state;
    uint64_t random = 362436069u;
    const double quantiles[] = {0.5, 0.9};
    for (size_t q = 0; q < 2; q++) {
        double covered = 0;
        double truth = -log(1 - quantiles[q]);
        for (size_t run = 0; run < 4000; run++) {
            double list[150];
            for (size_t i = 0; i < 150; i++) {
                list[i] = -log(random_share(&random));
            }
            qsort(list, 150, sizeof *list, real_compare);
            struct interval interval = statistics_quantile_interval(list, 150, quantiles[q]);
            covered += interval.low <= truth && truth <= interval.high;
        }
        assert_near(covered / 4000, 0.96, 0.02); /* ranks are whole: never below 95 % */
    }
}

/* --- Topics ----------------------------------------------------------------------------------- */

/* Ten mentions of eight stories; four of two stories speak of the topic, three of them judged,
 * for, two against. Rest: six judged, four for, one against; net (4 - 1) / 6. */
static void impact_is_what_the_formula_says(void **state) {
    (void)state;
    const struct story_sums stories[] = {
        {3, -1, 2, 3, -1, 2}, {1, 0, 1, 1, 0, 1}, {1, 1, 1, 0, 0, 0},  {1, 1, 1, 0, 0, 0},
        {1, 1, 1, 0, 0, 0},   {1, 1, 1, 0, 0, 0}, {1, -1, 1, 0, 0, 0}, {1, 0, 1, 0, 0, 0},
    };
    struct driver driver = driver_compute(stories, 8);
    assert_true(driver.known);
    assert_near(driver.share, 0.4, 1e-12);
    assert_near(driver.net, -1.0 / 3, 1e-12);
    assert_near(driver.rest, 0.5, 1e-12);
    assert_near(driver.spread, 2, 1e-12);
    assert_near(driver.impact, 0.4 * (0.5 + 1.0 / 3) * 2, 1e-12);
    assert_true(driver.interval.low < driver.impact && driver.impact < driver.interval.high);
    const struct story_sums silent[] = {{1, 1, 1, 0, 0, 0}};
    assert_false(driver_compute(silent, 1).known);
}

/* The true impact of a process is what a very long run of it shows. */
static struct story_sums story_draw(uint64_t *random) {
    struct story_sums story = {.mentions = 0};
    bool topic = random_share(random) < 0.2;
    double share = topic ? 0.35 : 0.6;
    uint64_t copies = 1 + (uint64_t)random_poisson(random, 0.4);
    double balance = random_share(random) < share ? 1 : -1;
    story.mentions = (double)copies;
    story.judged = (double)copies;
    story.balance = balance * (double)copies;
    if (topic) {
        story.topic_mentions = story.mentions;
        story.topic_judged = story.judged;
        story.topic_balance = story.balance;
    }
    return story;
}

static void impact_is_covered(void **state) {
    (void)state;
    enum { STORIES = 400, RUNS = 3000 };
    struct story_sums stories[STORIES];
    uint64_t random = 2463534242u;
    double covered = 0;
    /* share 0.2, nets 0.2 and -0.3, spread 1.4 */
    double truth = 0.2 * (0.2 + 0.3) * 1.4;
    for (size_t run = 0; run < RUNS; run++) {
        for (size_t i = 0; i < STORIES; i++) {
            stories[i] = story_draw(&random);
        }
        struct interval interval = driver_compute(stories, STORIES).interval;
        covered += interval.low <= truth && truth <= interval.high;
    }
    assert_near(covered / RUNS, 0.95, 0.02);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(permutations_are_counted),
        cmocka_unit_test(stories_change_sides),
        cmocka_unit_test(differences_are_covered),
        cmocka_unit_test(chances_keep_their_word),
        cmocka_unit_test(quantile_ranks_are_known),
        cmocka_unit_test(quantile_intervals_cover),
        cmocka_unit_test(impact_is_what_the_formula_says),
        cmocka_unit_test(impact_is_covered),
    };
    return cmocka_run_group_tests_name("report/contrast", tests, NULL, NULL);
}
