#include "report/reach.h"

#include "report/statistics.h"

#include <math.h>

#define HOURS_WEEK 168.0
/* Days are at least so unlike each other, in powers of e: half as much again is never news. */
#define SPREAD_LEAST 0.35
#define DEVIATIONS 3.0
#define MAD_TO_DEVIATION 1.4826 /* of a normal distribution */
#define WINDOWS_PER_ALERT 4.0

struct magnitudes {
    double of[REACH_DAYS];
    size_t count;
};

/* The logarithm of what the window brought; false when part of it is unknown. */
static bool magnitude(const struct detector_point *points, size_t end, double *value) {
    double sum = 0;
    for (size_t i = end - REACH_WINDOW; i < end; i++) {
        if (!points[i].known) {
            return false;
        }
        sum += points[i].count - points[i].fresh;
    }
    *value = log1p(fmax(0, sum));
    return true;
}

static struct magnitudes magnitudes_before(const struct detector_point *points, size_t begin,
                                           size_t end) {
    struct magnitudes past = {.count = 0};
    for (size_t day = 1; day <= REACH_DAYS && end >= begin + (day + 1) * REACH_WINDOW; day++) {
        double value = 0;
        if (magnitude(points, end - day * REACH_WINDOW, &value)) {
            past.of[past.count++] = value;
        }
    }
    return past;
}

static void draw_in(struct magnitudes *past) {
    double sorted[REACH_DAYS];
    for (size_t i = 0; i < past->count; i++) {
        sorted[i] = past->of[i];
    }
    double centre = statistics_median(sorted, past->count);
    for (size_t i = 0; i < past->count; i++) {
        sorted[i] = fabs(past->of[i] - centre);
    }
    double deviation = MAD_TO_DEVIATION * statistics_median(sorted, past->count);
    double most = DEVIATIONS * fmax(deviation, SPREAD_LEAST);
    for (size_t i = 0; i < past->count; i++) {
        past->of[i] = fmin(centre + most, fmax(centre - most, past->of[i]));
    }
}

/* `own`: of the last hour alone. */
static void result_fill(const struct magnitudes *past, double value, double own, double threshold,
                        const struct detector_result *before, struct detector_result *result) {
    double n = (double)past->count;
    double sum = 0;
    double squares = 0;
    for (size_t i = 0; i < past->count; i++) {
        sum += past->of[i];
        squares += past->of[i] * past->of[i];
    }
    double mean = sum / n;
    double variance = fmax(0, (squares - sum * mean) / (n - 1));
    double spread = fmax(SPREAD_LEAST, sqrt(variance)) * sqrt(1 + 1 / n);
    double half = statistics_t95(n - 1) * spread;
    result->ready = true;
    result->observed = expm1(value);
    result->expected = expm1(mean);
    result->low = fmax(0, expm1(mean - half));
    result->high = expm1(mean + half);
    result->probability = statistics_t_tail((value - mean) / spread, n - 1);
    result->gain = own - result->high / (double)REACH_WINDOW;
    detector_confirm(result, before, threshold, value > mean);
}

void reach_run(double false_per_week, const struct detector_point *points, size_t count,
               size_t first, struct detector_result *results) {
    const struct detector_result none = {.probability = 1};
    double threshold = false_per_week * WINDOWS_PER_ALERT / HOURS_WEEK;
    size_t begin = 0;
    while (begin < count && !points[begin].known) {
        begin++;
    }
    for (size_t i = first; i < count; i++) {
        double value = 0;
        results[i] = none;
        if (i + 1 < begin + (REACH_READY_DAYS + 1) * REACH_WINDOW ||
            !magnitude(points, i + 1, &value)) {
            continue;
        }
        struct magnitudes past = magnitudes_before(points, begin, i + 1);
        if (past.count >= REACH_READY_DAYS) {
            draw_in(&past);
            result_fill(&past, value, points[i].count - points[i].fresh, threshold,
                        i > first ? &results[i - 1] : &none, &results[i]);
        }
    }
}
