#include "report/shares.h"

#include "report/statistics.h"

#include <math.h>

#define HOURS_DAY ((size_t)24)
#define HOURS_WEEK 168.0

/* Half a thing on each side was seen before time began (Jeffreys). */
#define SEEN_PRIOR 0.5
/* Belief about how much days differ, as correlation of what is said in one, and its weight in days. */
#define CORRELATION_PRIOR 0.02
#define CORRELATION_DAYS 5.0
/* No two days are quite alike: with thousands of mentions any drift would surprise. */
#define CORRELATION_LEAST 0.002
#define CORRELATION_MOST 0.9
/* Days are left out of the fit so many standard deviations and things off. */
#define CUT_DEVIATIONS 3.5
#define CUT_THINGS 1.5
#define ROUNDS 2

struct block { /* one day, or one window */
    double total, sum, squares;
};

struct share_model {
    double share;
    double scale;       /* variance of one thing against that of one that is 0 or 1 */
    double correlation; /* within a day, and of what is not known */
    double seen;
};

static struct block block_sum(const struct share_point *points, size_t begin, size_t end) {
    struct block block = {0};
    for (size_t i = begin; i < end; i++) {
        block.total += points[i].total;
        block.sum += points[i].sum;
        block.squares += points[i].squares;
    }
    return block;
}

/* Cheaper than the tail, and as good for this. */
static bool block_counts(const struct share_model *model, const struct block *block) {
    double n = block->total / model->scale;
    double variance = n * model->share * (1 - model->share) * (1 + n * model->correlation);
    double off = fabs(block->sum / model->scale - n * model->share);
    return model->seen <= 0 || off <= CUT_DEVIATIONS * sqrt(variance) + CUT_THINGS;
}

static void fit_share(struct share_model *model, const struct block *days, const bool *counts,
                      size_t day_count) {
    struct block all = {0};
    for (size_t i = 0; i < day_count; i++) {
        if (counts[i]) {
            all.total += days[i].total;
            all.sum += days[i].sum;
            all.squares += days[i].squares;
        }
    }
    model->seen = all.total;
    model->share = (all.sum + SEEN_PRIOR) / (all.total + 2 * SEEN_PRIOR);
    double most = model->share * (1 - model->share);
    double variance =
        (all.squares + SEEN_PRIOR) / (all.total + 2 * SEEN_PRIOR) - model->share * model->share;
    model->scale = fmin(1, fmax(0.05, variance / most));
}

/* The variance of a day's sum is scale n p q (1 + (n - 1) c), n in things that are 0 or 1. */
static void fit_correlation(struct share_model *model, const struct block *days, const bool *counts,
                            size_t day_count) {
    double over = 0;
    double pairs = 0;
    double squares = 0;
    double used = 0;
    double most = model->share * (1 - model->share);
    for (size_t i = 0; i < day_count; i++) {
        double n = days[i].total / model->scale;
        if (counts[i] && n > 1) {
            double off = days[i].sum / model->scale - n * model->share;
            over += off * off - n * most;
            pairs += n * (n - 1) * most;
            squares += days[i].total * days[i].total;
            used++;
        }
    }
    double prior = CORRELATION_DAYS * (used > 0 ? pairs / used : 1);
    double within = (over + CORRELATION_PRIOR * prior) / (pairs + prior);
    within = fmax(CORRELATION_LEAST, within);
    double seen = model->seen + 2 * SEEN_PRIOR;
    double unsure = model->scale / seen + within * squares / (seen * seen);
    model->correlation = fmin(CORRELATION_MOST, within + unsure);
}

/* Fitted on the days that lie before `end`. */
static void model_fit(struct share_model *model, const struct share_point *points, size_t end) {
    struct block days[SHARES_HISTORY_DAYS];
    bool counts[SHARES_HISTORY_DAYS];
    size_t day_count = 0;
    *model = (struct share_model){.scale = 1};
    for (size_t at = end; at >= HOURS_DAY && day_count < SHARES_HISTORY_DAYS; at -= HOURS_DAY) {
        days[day_count++] = block_sum(points, at - HOURS_DAY, at);
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < day_count; i++) {
            counts[i] = block_counts(model, &days[i]);
        }
        fit_share(model, days, counts, day_count);
        fit_correlation(model, days, counts, day_count);
    }
}

/* Windows overlap, and one false alert surprises for hours. */
#define WINDOWS_PER_ALERT 8.0

static double share_threshold(const struct share_options *options) {
    return options->false_per_week * WINDOWS_PER_ALERT / HOURS_WEEK;
}

/* Whether enough was said, on the side that would surprise. */
static bool enough(const struct share_options *options, const struct block *window,
                   const struct share_model *model) {
    double said = options->falls ? window->total * model->share : window->sum;
    bool beyond = options->falls ? window->sum < window->total * model->share
                                 : window->sum > window->total * model->share;
    return beyond && window->total >= options->minimum && said >= options->minimum * model->scale;
}

/* Of at least as large a share by chance; of at most, where `falls`. */
static double block_probability(const struct share_model *model, const struct block *block,
                                bool falls) {
    double strength = 1 / model->correlation - 1;
    double total = block->total / model->scale;
    double sum = block->sum / model->scale;
    double a = model->share * strength;
    double b = (1 - model->share) * strength;
    return falls ? statistics_share_tail(total - sum, total, b, a)
                 : statistics_share_tail(sum, total, a, b);
}

static void result_fill(const struct share_options *options, const struct share_model *model,
                        const struct block *window, const struct detector_result *before,
                        struct detector_result *result) {
    double chance = model->share * (1 - model->share);
    double n = window->total / model->scale;
    double half = STATISTICS_Z95 * sqrt(chance * (1 + (n - 1) * model->correlation) / n);
    result->ready = true;
    result->observed = window->sum / window->total;
    result->expected = model->share;
    result->low = fmax(0, model->share - half);
    result->high = fmin(1, model->share + half);
    bool beyond = enough(options, window, model);
    result->probability = beyond ? block_probability(model, window, options->falls) : 1;
    detector_confirm(result, before, share_threshold(options), beyond);
}

void shares_run(const struct share_options *options, const struct share_point *points, size_t count,
                size_t first, struct detector_result *results) {
    const struct detector_result none = {.probability = 1};
    struct share_model model = {0};
    size_t begin = 0;
    size_t fitted = SIZE_MAX;
    while (begin < count && points[begin].total <= 0) {
        begin++;
    }
    for (size_t i = first; i < count; i++) {
        results[i] = none;
        if (i < begin + SHARES_READY_DAYS * HOURS_DAY) {
            continue;
        }
        /* Fitted once a day, on what lay before that day's first window. */
        size_t day = (i - begin) / HOURS_DAY * HOURS_DAY + begin;
        if (day != fitted) {
            fitted = day;
            model_fit(&model, points, day + 1 - SHARES_WINDOW);
        }
        const struct block window = block_sum(points, i + 1 - SHARES_WINDOW, i + 1);
        if (window.total > 0) {
            double own = points[i].sum - points[i].total * model.share;
            results[i].gain = options->falls ? -own : own;
            result_fill(options, &model, &window, i > first ? &results[i - 1] : &none, &results[i]);
        }
    }
}
