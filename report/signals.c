#include "report/signals.h"

#include "report/reach.h"

/* Of a silence: windows are a day, as those of shares are. */
#define SILENCE_WINDOW ((size_t)24)

/* Negative mentions rise with all mentions; only a larger share of them is a matter of its own. */
#define SHARE_RISE 1.25

/* Signals surprise together, and where numbers are small a part of the budget cannot be spent: so
 * much more may be given away than there is (measured by tests/bench/signals.c). */
#define TOGETHER 1.35

enum series { OF_VOLUME, OF_NEGATIVE, OF_REACH, OF_NEGATIVITY, OF_RATING, OF_TOPIC };

/* By rank: what says most comes first. Of ratings it is what they lack that rises or falls. */
static const struct row {
    struct signal signal;
    enum series series;
    bool falls;
} rows[] = {
    {{"negative", 0.3, 1, false}, OF_NEGATIVE, false},
    {{"volume", 0.3, 1, false}, OF_VOLUME, false},
    {{"share", 0.1, 0, true}, OF_NEGATIVITY, false},
    {{"rating", 0.08, 0, true}, OF_RATING, false},
    {{"topic", 0.08, 0, true}, OF_TOPIC, false},
    {{"reach", 0.05, 0, true}, OF_REACH, false},
    {{"silence", 0.05, 0, true}, OF_VOLUME, true},
    {{"share", 0.02, 0, true}, OF_NEGATIVITY, true},
    {{"rating", 0.02, 0, true}, OF_RATING, true},
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

struct run {
    const struct history *history;
    const struct signal_options *options;
    size_t first;
    double weights; /* of the signals that have data */
};

static const struct detector_point *counts_of(const struct history *history, enum series series) {
    return series == OF_VOLUME     ? history->volume
           : series == OF_NEGATIVE ? history->negative
           : series == OF_REACH    ? history->reach
                                   : NULL;
}

static const struct share_point *shares_of(const struct history *history, enum series series,
                                           size_t topic) {
    return series == OF_NEGATIVITY ? history->negativity
           : series == OF_RATING   ? history->rating
           : series == OF_TOPIC    ? history->topics[topic].points
                                   : NULL;
}

/* How many series there are of it. */
static size_t row_lanes(const struct history *history, const struct row *row) {
    if (row->series == OF_TOPIC) {
        return history->topic_count;
    }
    const struct detector_point *counts = counts_of(history, row->series);
    const struct share_point *shares = shares_of(history, row->series, 0);
    for (size_t i = 0; i < history->count; i++) {
        if ((counts != NULL && counts[i].count > 0) || (shares != NULL && shares[i].total > 0)) {
            return 1;
        }
    }
    return 0;
}

static void lane_fill(const struct run *run, const struct row *row, size_t topic,
                      struct lane *lane) {
    const struct history *history = run->history;
    double budget = TOGETHER * run->options->false_per_week * row->signal.weight / run->weights /
                    (double)row_lanes(history, row);
    const struct share_point *shares = shares_of(history, row->series, topic);
    if (row->series == OF_REACH) {
        reach_run(budget, history->reach, history->count, run->first, lane->results);
    } else if (shares != NULL) {
        const struct share_options options = {
            .false_per_week = budget, .minimum = run->options->minimum, .falls = row->falls};
        shares_run(&options, shares, history->count, run->first, lane->results);
    } else {
        const struct detector_options options = {.window = lane->window,
                                                 .false_per_week = budget,
                                                 .minimum = run->options->minimum,
                                                 .falls = row->falls};
        detector_run(&options, history->start_ms, counts_of(history, row->series), history->count,
                     run->first, lane->results);
    }
}

/* What a rating lacks, as stars. */
static void results_to_stars(struct detector_result *results, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct detector_result *result = &results[i];
        double low = result->low;
        result->observed = HISTORY_STARS * (1 - result->observed);
        result->expected = HISTORY_STARS * (1 - result->expected);
        result->low = HISTORY_STARS * (1 - result->high);
        result->high = HISTORY_STARS * (1 - low);
    }
}

/* Keeps of the hours in which negative talk surprises those that more talk alone does not explain. */
static void keep_angrier(const struct lane *negative, const struct lane *volume, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct detector_result *bad = &negative->results[i];
        const struct detector_result *all = &volume->results[i];
        double usual = all->expected > 0 ? bad->expected / all->expected : 0;
        double most = usual * SHARE_RISE < 0.9 ? usual * SHARE_RISE : 0.9;
        bad->surprising = bad->surprising && bad->observed > all->observed * most;
    }
}

static size_t lanes_count(struct run *run) {
    size_t count = 0;
    for (size_t r = 0; r < ROWS; r++) {
        size_t lanes = row_lanes(run->history, &rows[r]);
        run->weights += lanes > 0 ? rows[r].signal.weight : 0;
        count += lanes;
    }
    return count;
}

static void row_run(const struct run *run, const struct row *row, struct arena *arena,
                    struct lane *lanes) {
    size_t count = row_lanes(run->history, row);
    for (size_t i = 0; i < count; i++) {
        struct lane *lane = &lanes[i];
        *lane = (struct lane){
            .signal = &row->signal,
            .window = row->signal.slow ? SILENCE_WINDOW : run->options->window,
            .rank = (size_t)(row - rows),
            .results = ARENA_ARRAY(arena, struct detector_result, run->history->count + 1)};
        if (row->series == OF_TOPIC) {
            lane->topic = run->history->topics[i].name;
        }
        lane_fill(run, row, i, lane);
        if (row->series == OF_RATING) {
            results_to_stars(lane->results + run->first, run->history->count - run->first);
        }
    }
}

struct lane *signals_run(const struct history *history, const struct signal_options *options,
                         size_t first, struct arena *arena, size_t *count) {
    struct run run = {.history = history, .options = options, .first = first};
    *count = lanes_count(&run);
    struct lane *lanes = ARENA_ARRAY(arena, struct lane, *count + 1);
    size_t at = 0;
    for (size_t r = 0; r < ROWS; r++) {
        row_run(&run, &rows[r], arena, lanes + at);
        at += row_lanes(history, &rows[r]);
    }
    bool both = *count > 1 && lanes[0].rank == 0 && lanes[1].rank == 1;
    if (both) {
        keep_angrier(&lanes[0], &lanes[1], history->count);
    }
    return lanes;
}
