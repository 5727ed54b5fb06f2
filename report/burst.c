#include "report/burst.h"

#include "base/date.h"
#include "base/memory.h"
#include "report/statistics.h"

#include <math.h>
#include <stdlib.h>

#define BRIEF_MS (15 * MINUTE_MS)
#define BROAD_MS (6 * HOUR_MS)
#define HISTORY_MS (14 * DAY_MS)

static size_t steps_of(int64_t ms, int64_t step_ms) {
    int64_t steps = ms / (step_ms < 1 ? 1 : step_ms);
    return steps < 1 ? 1 : (size_t)steps;
}

struct burst_options burst_options_for(int64_t step_ms) {
    return (struct burst_options){.brief = steps_of(BRIEF_MS, step_ms),
                                  .broad = steps_of(BROAD_MS, step_ms),
                                  .history = steps_of(HISTORY_MS, step_ms),
                                  .refresh = steps_of(HOUR_MS, step_ms),
                                  .rest = steps_of(DAY_MS, step_ms),
                                  .loud = 0.99,
                                  .floor = 2,
                                  .threshold = 1.25};
}

/* Sums of the window that ends with each step. */
static double *window_sums(const double *counts, size_t count, size_t window) {
    double *sums = NEW_ARRAY(double, count + 1);
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += counts[i] - (i >= window ? counts[i - window] : 0);
        sums[i] = sum;
    }
    return sums;
}

struct channel_state { /* one of the two windows */
    double *sums;
    double floor;
    double loud; /* of the history, as last looked at */
};

static void channel_refresh(struct channel_state *channel, const struct burst_options *options,
                            size_t at, double *scratch) {
    size_t begin = at > options->history ? at - options->history : 0;
    for (size_t i = begin; i < at; i++) {
        scratch[i - begin] = channel->sums[i];
    }
    channel->loud = statistics_quantile(scratch, at - begin, options->loud);
}

static double channel_ratio(const struct channel_state *channel, size_t at) {
    return (channel->sums[at] + channel->floor) / (channel->loud + channel->floor);
}

/* Marks alarms: the highest ratio of the last `rest` steps, and the first alarm in them. */
static void mark_alarms(const struct burst_options *options, struct burst_result *results,
                        size_t count) {
    size_t last = SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        bool rested = last == SIZE_MAX || i - last >= options->rest;
        results[i].alarm = rested && results[i].ratio > options->threshold;
        for (size_t back = 1; results[i].alarm && back <= options->rest && back <= i; back++) {
            results[i].alarm = results[i - back].ratio < results[i].ratio;
        }
        last = results[i].alarm ? i : last;
    }
}

void burst_run(const struct burst_options *options, const double *counts, size_t count,
               struct burst_result *results) {
    /* Chance grows with the root of the window, and so does what is added against it. */
    double stretch = sqrt((double)options->broad / (double)options->brief);
    struct channel_state brief = {.sums = window_sums(counts, count, options->brief),
                                  .floor = options->floor};
    struct channel_state broad = {.sums = window_sums(counts, count, options->broad),
                                  .floor = options->floor * stretch};
    double *scratch = NEW_ARRAY(double, options->history + 1);
    for (size_t i = 0; i < count; i++) {
        results[i] = (struct burst_result){0};
        if (i % options->refresh == 0 && i > 0) {
            channel_refresh(&brief, options, i, scratch);
            channel_refresh(&broad, options, i, scratch);
        }
        if (i >= options->rest) {
            double of_broad = channel_ratio(&broad, i);
            results[i].ratio = sqrt(channel_ratio(&brief, i) * of_broad);
            results[i].loud = fmax(0, (brief.loud + brief.floor) / of_broad - brief.floor);
        }
    }
    mark_alarms(options, results, count);
    free(brief.sums);
    free(broad.sums);
    free(scratch);
}
