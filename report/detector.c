#include "report/detector.h"

#include "base/memory.h"
#include "report/statistics.h"

#include <math.h>
#include <stdlib.h>

#define HOURS_DAY 24
#define DAYS_WEEK 7
#define HOURS_WEEK ((size_t)HOURS_DAY * DAYS_WEEK)
#define LEVEL_HOURS ((size_t)DETECTOR_LEVEL_DAYS * HOURS_DAY)
#define HISTORY_HOURS ((size_t)DETECTOR_HISTORY_DAYS * HOURS_DAY)

/* Rounds of fitting: each leaves out what the one before finds impossible. */
#define ROUNDS 3
/* Counts are left out at this many standard deviations above the mean (plus one and a half
 * mentions, which is what a deviation means where the mean is near zero). */
#define CUT_DEVIATIONS 3.5
#define CUT_COUNT 1.5
/* Mentions' worth of belief that an hour or weekday is like all others. */
#define FACTOR_PRIOR 12.0
/* Half a mention was seen before time began: a brand that nobody named yet has a small mean, not
 * none. */
#define LEVEL_PRIOR 0.5
/* Belief about over-dispersion, in windows: talk comes in bunches. */
#define DISPERSION_PRIOR 0.15
#define DISPERSION_WINDOWS 6.0
/* While weekdays cannot be told apart, any day may be as far from the others as weekends are. */
#define WEEKDAY_UNKNOWN 0.6
#define WEEKDAY_ONCE 0.2 /* ... and one week is one draw */
/* Below this a mean of dispersion is noise of the estimate. */
#define MEAN_LEAST 1e-6

struct model {
    double level; /* mentions an hour */
    double hour[HOURS_DAY];
    double weekday[DAYS_WEEK];
    double dispersion;           /* a in mean + a mean^2, of one window */
    double seen;                 /* mentions the level rests on */
    double seen_hour[HOURS_DAY]; /* mentions each factor rests on */
};

struct fit {
    const struct detector_options *options;
    const struct detector_point *points;
    int64_t start_ms;
    size_t begin; /* history used: [begin, end) */
    size_t end;
};

static size_t hour_of(const struct fit *fit, size_t index) {
    int64_t hours = fit->start_ms / HOUR_MS + (int64_t)index;
    return (size_t)(((hours % HOURS_DAY) + HOURS_DAY) % HOURS_DAY);
}

static size_t weekday_of(const struct fit *fit, size_t index) {
    int64_t day = date_day_number(fit->start_ms + (int64_t)index * HOUR_MS);
    return (size_t)(((day % DAYS_WEEK) + DAYS_WEEK) % DAYS_WEEK);
}

static double model_mean(const struct model *model, const struct fit *fit, size_t index) {
    return model->level * model->hour[hour_of(fit, index)] * model->weekday[weekday_of(fit, index)];
}

/* Whether the hour tells of what is usual: somebody looked, and the count is one the model finds
 * possible. What is beyond was a surge and is left out, not cut: cut surges still lift the mean. */
static bool hour_counts(const struct model *model, const struct fit *fit, size_t index) {
    double mean = model_mean(model, fit, index);
    double variance = mean + model->dispersion * (double)fit->options->window * mean * mean;
    return fit->points[index].known &&
           fit->points[index].count <= mean + CUT_DEVIATIONS * sqrt(variance) + CUT_COUNT;
}

/* Sum of counts against what the factors alone expect, over the last hours. */
static void fit_level(struct model *model, const struct fit *fit) {
    size_t begin = fit->end - fit->begin > LEVEL_HOURS ? fit->end - LEVEL_HOURS : fit->begin;
    double counted = LEVEL_PRIOR;
    double weight = 0;
    for (size_t i = begin; i < fit->end; i++) {
        if (hour_counts(model, fit, i)) {
            counted += fit->points[i].count;
            weight += model->hour[hour_of(fit, i)] * model->weekday[weekday_of(fit, i)];
        }
    }
    model->level = weight > 0 ? counted / weight : 0;
    model->seen = counted;
}

/* Each factor is the ratio of counted to expected without it, shrunk towards one. The expectation
 * follows the day's own level, so that a trend over weeks does not bend the season. */
static void fit_factors(struct model *model, const struct fit *fit, bool weekdays) {
    double counted[HOURS_DAY] = {0};
    double expected[HOURS_DAY] = {0};
    double *factors = weekdays ? model->weekday : model->hour;
    size_t factor_count = weekdays ? DAYS_WEEK : HOURS_DAY;
    for (size_t i = fit->begin; i < fit->end; i++) {
        if (hour_counts(model, fit, i)) {
            size_t place = weekdays ? weekday_of(fit, i) : hour_of(fit, i);
            counted[place] += fit->points[i].count;
            expected[place] += model_mean(model, fit, i) / factors[place];
        }
    }
    double counted_all = 0;
    double expected_all = 0;
    for (size_t i = 0; i < factor_count; i++) {
        counted_all += counted[i];
        expected_all += expected[i];
    }
    double scale = expected_all > 0 ? counted_all / expected_all : 1;
    for (size_t i = 0; i < factor_count; i++) {
        factors[i] = (counted[i] + FACTOR_PRIOR) / (expected[i] * scale + FACTOR_PRIOR);
        if (!weekdays) {
            model->seen_hour[i] = counted[i] + FACTOR_PRIOR;
        }
    }
}

/* By moments over windows that do not overlap; a prior rules while they are few. */
static void fit_dispersion(struct model *model, const struct fit *fit) {
    size_t window = fit->options->window;
    double over = 0;
    double squares = 0;
    double windows = 0;
    for (size_t end = fit->end; end >= fit->begin + window; end -= window) {
        double mean = 0;
        double counted = 0;
        bool known = true;
        for (size_t i = end - window; i < end; i++) {
            known = known && hour_counts(model, fit, i);
            mean += model_mean(model, fit, i);
            counted += fit->points[i].count;
        }
        if (known) {
            over += (counted - mean) * (counted - mean) - mean;
            squares += mean * mean;
            windows++;
        }
    }
    double typical = windows > 0 ? squares / windows : 0;
    double prior = DISPERSION_WINDOWS * fmax(typical, MEAN_LEAST);
    /* The largest deviations were left out; a tenth more puts them back. */
    model->dispersion = fmax(0, (1.1 * over + DISPERSION_PRIOR * prior) / (squares + prior));
}

/* Mentions an hour on a day like most: the median over days, which no surge of a few days moves. */
static double level_start(const struct fit *fit) {
    double days[DETECTOR_LEVEL_DAYS];
    size_t count = 0;
    for (size_t end = fit->end; end >= fit->begin + HOURS_DAY && count < DETECTOR_LEVEL_DAYS;
         end -= HOURS_DAY) {
        double sum = 0;
        double known = 0;
        for (size_t i = end - HOURS_DAY; i < end; i++) {
            sum += fit->points[i].known ? fit->points[i].count : 0;
            known += fit->points[i].known ? 1 : 0;
        }
        if (known >= HOURS_DAY / 2) {
            days[count++] = sum / known;
        }
    }
    return statistics_median(days, count);
}

static void model_fit(struct model *model, const struct fit *fit) {
    *model = (struct model){.level = level_start(fit), .dispersion = DISPERSION_PRIOR};
    for (size_t i = 0; i < HOURS_DAY; i++) {
        model->hour[i] = 1;
    }
    for (size_t i = 0; i < DAYS_WEEK; i++) {
        model->weekday[i] = 1;
    }
    for (int round = 0; round < ROUNDS; round++) {
        fit_factors(model, fit, false);
        if (fit->end - fit->begin >= HOURS_WEEK) {
            fit_factors(model, fit, true);
        }
        fit_level(model, fit);
        fit_dispersion(model, fit);
    }
}

/* Windows overlap: an hour that surprises is mostly followed by others, the more the longer the
 * window is, and these are one alert. So many windows surprise for one false alert (measured on
 * simulated brands, tests/bench/alerts.c). */
#define WINDOWS_PER_ALERT 7.5
#define WINDOWS_PER_HOUR 0.85
#define THRESHOLD_MAX 0.05

double detector_threshold(const struct detector_options *options) {
    double windows = WINDOWS_PER_ALERT + WINDOWS_PER_HOUR * (double)(options->window - 1);
    return fmin(options->false_per_week * windows / (double)HOURS_WEEK, THRESHOLD_MAX);
}

/* Sure at once below this share of the threshold. */
#define AT_ONCE 0.1

void detector_confirm(struct detector_result *result, const struct detector_result *before,
                      double threshold, bool beyond) {
    result->suspected = beyond && result->probability < threshold;
    result->surprising = result->suspected && (result->probability < threshold * AT_ONCE ||
                                               (before->suspected && result->gain > 0));
}

/* False where the window cannot be told: nobody looked, or, for a fall, not everywhere. */
static bool window_sum(const struct fit *fit, size_t last, const struct model *model,
                       struct detector_result *result, double *unsure) {
    bool falls = fit->options->falls;
    double fresh = 0;
    *unsure = 0;
    for (size_t i = last + 1 - fit->options->window; i <= last; i++) {
        const struct detector_point *point = &fit->points[i];
        if (!point->known || (falls && point->partial)) {
            return false;
        }
        double mean = model_mean(model, fit, i);
        double own = point->count - point->fresh;
        result->observed += point->count;
        result->expected += mean;
        result->gain = falls ? mean - own : own - mean;
        fresh += point->fresh;
        *unsure += mean / model->seen_hour[hour_of(fit, i)];
    }
    result->observed -= fresh;
    return true;
}

static void result_judge(const struct detector_options *options, double variance,
                         const struct detector_result *before, struct detector_result *result) {
    double mean = result->expected;
    result->probability = options->falls ? statistics_count_floor(result->observed, mean, variance)
                                         : statistics_count_tail(result->observed, mean, variance);
    bool beyond = options->falls ? result->expected >= options->minimum && result->observed < mean
                                 : result->observed >= options->minimum && result->observed > mean;
    detector_confirm(result, before, detector_threshold(options), beyond);
}

static void result_fill(const struct fit *fit, size_t index, const struct model *model,
                        const struct detector_result *before, struct detector_result *result) {
    double unsure = 0;
    *result = (struct detector_result){.probability = 1};
    if (index + 1 < fit->options->window || !window_sum(fit, index, model, result, &unsure)) {
        return;
    }
    double mean = result->expected;
    double relative = mean > 0 ? unsure / mean : 0;
    double spread = model->dispersion + 1 / model->seen + relative;
    size_t hours = fit->end - fit->begin;
    spread += hours < HOURS_WEEK ? WEEKDAY_UNKNOWN : hours < 2 * HOURS_WEEK ? WEEKDAY_ONCE : 0;
    double variance = mean + spread * mean * mean;
    result->ready = true;
    result->low = fmax(0, floor(mean - STATISTICS_Z95 * sqrt(variance)));
    result->high = ceil(mean + STATISTICS_Z95 * sqrt(variance));
    result_judge(fit->options, variance, before, result);
}

/* The first known hour: history starts there. */
static size_t history_begin(const struct detector_point *points, size_t count) {
    size_t begin = 0;
    while (begin < count && !points[begin].known) {
        begin++;
    }
    return begin;
}

void detector_run(const struct detector_options *options, int64_t start_ms,
                  const struct detector_point *points, size_t count, size_t first,
                  struct detector_result *results) {
    const struct detector_result none = {.probability = 1};
    struct model model = {0};
    struct fit fit = {.options = options, .points = points, .start_ms = start_ms};
    size_t begin = history_begin(points, count);
    size_t fitted = SIZE_MAX;
    for (size_t i = first; i < count; i++) {
        results[i] = none;
        if (i < begin + DETECTOR_READY_HOURS + options->window) {
            continue;
        }
        /* Fitted once a day, on what lay before that day's first window. */
        size_t day = (i - begin) / HOURS_DAY * HOURS_DAY + begin;
        if (day != fitted) {
            fitted = day;
            fit.end = day;
            fit.begin = day - begin > HISTORY_HOURS ? day - HISTORY_HOURS : begin;
            model_fit(&model, &fit);
        }
        result_fill(&fit, i, &model, i > first ? &results[i - 1] : &none, &results[i]);
    }
}
