/* Brands that nobody owns: hourly counts of talk with a day, a week and a known spread. */
#ifndef TESTS_UNIT_REPORT_SIMULATE_H
#define TESTS_UNIT_REPORT_SIMULATE_H

#include "report/history.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#define HOURS_WEEK ((size_t)168)
#define MONDAY_MS ((int64_t)1767571200000) /* 2026-01-05T00:00:00Z */

static inline uint64_t random_next(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static inline double random_share(uint64_t *state) {
    return ((double)(random_next(state) >> 11) + 0.5) / 9007199254740992.0;
}

static inline double random_normal(uint64_t *state) {
    return sqrt(-2 * log(random_share(state))) * cos(6.283185307179586 * random_share(state));
}

/* Marsaglia & Tsang 2000; a boost for shapes below one. */
static inline double random_gamma(uint64_t *state, double shape) {
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

static inline double random_poisson(uint64_t *state, double mean) {
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
static inline double season(size_t hour) {
    double day = 1 + 0.8 * sin(((double)(hour % 24) - 9) / 24 * 6.283185307179586);
    return day * (hour % HOURS_WEEK >= 120 ? 0.5 : 1.2);
}

struct simulated_brand {
    double per_day;
    double dispersion; /* of an hour; 0 = Poisson */
};

static inline struct detector_point *simulate(const struct simulated_brand *brand, size_t hours,
                                              uint64_t *random) {
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

static inline double random_beta(uint64_t *random, double mean, double correlation) {
    double strength = 1 / correlation - 1;
    double a = random_gamma(random, mean * strength);
    return a / (a + random_gamma(random, (1 - mean) * strength));
}

static inline double random_hits(uint64_t *random, double count, double chance) {
    double hits = 0;
    for (double i = 0; i < count; i++) {
        hits += random_share(random) < chance;
    }
    return hits;
}

#define SIMULATED_TOPICS 4
static const double simulated_topics[SIMULATED_TOPICS] = {0.02, 0.06, 0.15, 0.3};

/* All that a history holds, with nothing in it but chance: a fifth of talk is negative, more or less
 * from day to day; every fourth mention comes with stars, mostly five or one; reach is log-normal with
 * a deviation of 1.5. To be freed by the arena. */
static inline struct history simulate_history(const struct simulated_brand *brand, size_t hours,
                                              uint64_t *random, struct arena *arena) {
    static const double stars[] = {0.14, 0.22, 0.3, 0.5, 1}; /* up to one star, two, ... */
    struct history history = {.start_ms = MONDAY_MS,
                              .count = hours,
                              .volume = ARENA_ARRAY(arena, struct detector_point, hours),
                              .negative = ARENA_ARRAY(arena, struct detector_point, hours),
                              .reach = ARENA_ARRAY(arena, struct detector_point, hours),
                              .negativity = ARENA_ARRAY(arena, struct share_point, hours),
                              .rating = ARENA_ARRAY(arena, struct share_point, hours),
                              .topics = ARENA_ARRAY(arena, struct history_topic, SIMULATED_TOPICS),
                              .topic_count = SIMULATED_TOPICS};
    struct detector_point *volume = simulate(brand, hours, random);
    double shares[SIMULATED_TOPICS + 1];
    for (size_t t = 0; t < SIMULATED_TOPICS; t++) {
        history.topics[t].points = ARENA_ARRAY(arena, struct share_point, hours);
    }
    for (size_t i = 0; i < hours; i++) {
        double said = volume[i].count;
        for (size_t t = 0; i % 24 == 0 && t <= SIMULATED_TOPICS; t++) {
            shares[t] = random_beta(random, t < SIMULATED_TOPICS ? simulated_topics[t] : 0.2,
                                    brand->dispersion > 0 ? 0.03 : 0.003);
        }
        double negative = random_hits(random, said, shares[SIMULATED_TOPICS]);
        history.volume[i] = volume[i];
        history.negative[i] = (struct detector_point){.count = negative, .known = true};
        history.negativity[i] = (struct share_point){said, negative, negative};
        history.reach[i].known = true;
        for (double m = 0; m < said; m++) {
            history.reach[i].count += floor(exp(5 + 1.5 * random_normal(random)));
        }
        for (double m = random_hits(random, said, 0.25); m > 0; m--) {
            double draw = random_share(random);
            double star = 1;
            while (draw > stars[(int)star - 1]) {
                star++;
            }
            double lacking = (HISTORY_STARS - star) / HISTORY_STARS;
            history.rating[i].total++;
            history.rating[i].sum += lacking;
            history.rating[i].squares += lacking * lacking;
        }
        for (size_t t = 0; t < SIMULATED_TOPICS; t++) {
            double hits = random_hits(random, said, shares[t]);
            history.topics[t].points[i] = (struct share_point){said, hits, hits};
        }
    }
    free(volume);
    return history;
}

#endif
