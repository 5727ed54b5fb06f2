/* Brands that nobody owns: hourly counts of talk with a day, a week and a known spread. */
#ifndef TESTS_UNIT_REPORT_SIMULATE_H
#define TESTS_UNIT_REPORT_SIMULATE_H

#include "report/detector.h"

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

#endif
