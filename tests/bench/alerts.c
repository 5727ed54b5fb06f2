/* False alerts, power and delay of the surge detector on simulated brands, beside the rules that
 * other tools publish.
 *
 *   alerts [BRANDS [WEEKS]]     default 200 brands, 26 weeks after four to learn from
 *
 * Brands speak 1 to 1,000 times a day with a day and a week; half are Poisson, half over-dispersed
 * (variance = mean + 0.25 mean^2 an hour). A surge lasts six hours: so many times what is usual, at
 * least so many an hour. Alerts at most a day apart are one. Rules: "mean + 3 sd" of an hour over
 * two weeks (Huginn); mean of 24 hours above that of seven days + 2 sd (Socialmetrix); an hour
 * twice the mean of the twelve before, at least five (threshold alerts). */
#include "tests/unit/report/simulate.h"

#include <stdio.h>

#define LEARN (4 * HOURS_WEEK)
#define SURGE_HOURS 6

static const struct detector_options ours = {.window = 3, .false_per_week = 0.25, .minimum = 5};

static void rule_ours(const struct detector_point *points, size_t count, bool *alarms) {
    struct detector_result *results = calloc(count, sizeof(*results));
    detector_run(&ours, MONDAY_MS, points, count, LEARN, results);
    for (size_t i = LEARN; i < count; i++) {
        alarms[i] = results[i].surprising;
    }
    free(results);
}

struct moments {
    double mean, deviation;
};

static struct moments moments_of(const struct detector_point *points, size_t begin, size_t end) {
    double sum = 0;
    double squares = 0;
    double n = (double)(end - begin);
    for (size_t i = begin; i < end; i++) {
        sum += points[i].count;
        squares += points[i].count * points[i].count;
    }
    double mean = sum / n;
    return (struct moments){mean, sqrt(fmax(0, squares / n - mean * mean))};
}

static void rule_three_sigma(const struct detector_point *points, size_t count, bool *alarms) {
    for (size_t i = LEARN; i < count; i++) {
        struct moments past = moments_of(points, i - 2 * HOURS_WEEK, i);
        alarms[i] = points[i].count >= 5 && points[i].count > past.mean + 3 * past.deviation;
    }
}

static void rule_day_on_week(const struct detector_point *points, size_t count, bool *alarms) {
    for (size_t i = LEARN; i < count; i++) {
        struct moments day = moments_of(points, i - 23, i + 1);
        struct moments week = moments_of(points, i + 1 - HOURS_WEEK, i + 1);
        alarms[i] = day.mean > week.mean + 2 * week.deviation;
    }
}

static void rule_twice(const struct detector_point *points, size_t count, bool *alarms) {
    for (size_t i = LEARN; i < count; i++) {
        struct moments past = moments_of(points, i - 12, i);
        alarms[i] = points[i].count >= 5 && points[i].count > 2 * past.mean;
    }
}

struct rule_score {
    double alerts;
    double weeks;
    double surges;
    double found;
    double delay; /* hours, of the found */
};

static void count_false(const bool *alarms, size_t count, struct rule_score *score) {
    size_t last = 0;
    for (size_t i = LEARN; i < count; i++) {
        if (alarms[i]) {
            score->alerts += last == 0 || i - last > 24 ? 1 : 0;
            last = i;
        }
    }
    score->weeks += (double)(count - LEARN) / (double)HOURS_WEEK;
}

static void count_surge(const bool *alarms, size_t begin, struct rule_score *score) {
    score->surges++;
    for (size_t i = begin; i < begin + SURGE_HOURS; i++) {
        if (alarms[i]) {
            score->found++;
            score->delay += (double)(i - begin);
            return;
        }
    }
}

static const struct { double times, least; } surges[] = {{1, 3}, {3, 5}, {6, 10}};
#define SURGES (sizeof(surges) / sizeof(surges[0]))

static const struct {
    const char *name;
    void (*run)(const struct detector_point *points, size_t count, bool *alarms);
} rules[] = {{"earshot", rule_ours},
             {"mean + 3 sd", rule_three_sigma},
             {"24 h on 7 d + 2 sd", rule_day_on_week},
             {"hour on 12 h x 2", rule_twice}};
#define RULES (sizeof(rules) / sizeof(rules[0]))

static void brand_run(const struct simulated_brand *brand, size_t hours, uint64_t *random,
                      struct rule_score scores[RULES][SURGES + 1]) {
    bool *alarms = calloc(hours, sizeof(*alarms));
    struct detector_point *points = simulate(brand, hours, random);
    for (size_t r = 0; r < RULES; r++) {
        rules[r].run(points, hours, alarms);
        count_false(alarms, hours, &scores[r][SURGES]);
    }
    size_t begin = hours - HOURS_WEEK + (size_t)(random_share(random) * 150);
    for (size_t s = 0; s < SURGES; s++) {
        struct detector_point saved[SURGE_HOURS];
        for (size_t i = 0; i < SURGE_HOURS; i++) {
            double usual = brand->per_day / 24 * season(begin + i);
            saved[i] = points[begin + i];
            points[begin + i].count +=
                random_poisson(random, fmax(surges[s].least, surges[s].times * usual));
        }
        for (size_t r = 0; r < RULES; r++) {
            rules[r].run(points, hours, alarms);
            count_surge(alarms, begin, &scores[r][s]);
        }
        for (size_t i = 0; i < SURGE_HOURS; i++) {
            points[begin + i] = saved[i];
        }
    }
    free(points);
    free(alarms);
}

int main(int argc, char **argv) {
    size_t brands = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 200;
    size_t weeks = argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : 26;
    struct rule_score scores[RULES][SURGES + 1] = {0};
    uint64_t random = 20261121;
    for (size_t b = 0; b < brands; b++) {
        struct simulated_brand brand = {
            .per_day = pow(1000, (double)b / (double)(brands > 1 ? brands - 1 : 1)),
            .dispersion = b % 2 == 0 ? 0 : 0.25};
        brand_run(&brand, LEARN + weeks * HOURS_WEEK, &random, scores);
    }
    printf("alerts %zu brands, %zu weeks; budget %.2f false alerts a brand and week\n", brands,
           weeks, ours.false_per_week);
    printf("%-20s %9s", "rule", "false/wk");
    for (size_t s = 0; s < SURGES; s++) {
        printf("   +%.0fx >=%2.0f/h (delay)", surges[s].times, surges[s].least);
    }
    printf("\n");
    for (size_t r = 0; r < RULES; r++) {
        printf("%-20s %9.3f", rules[r].name, scores[r][SURGES].alerts / scores[r][SURGES].weeks);
        for (size_t s = 0; s < SURGES; s++) {
            const struct rule_score *score = &scores[r][s];
            printf("   %6.0f %% (%4.1f h)  ", 100 * score->found / score->surges,
                   score->found > 0 ? score->delay / score->found : 0);
        }
        printf("\n");
    }
    return 0;
}
