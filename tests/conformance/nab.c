/* nab SUITES_DIR: the fast detector on the series of tweets under SUITES_DIR/nab, scored by the
 * rules of the Numenta Anomaly Benchmark (Lavin & Ahmad 2015), one configuration for all series and
 * profiles. Prints "nab standard X low_fp X low_fn X windows HIT of ALL alarms_outside N"; with V=1
 * the alarms of each series on standard error.
 *
 * The rules: the first 15 % of a series is probation and does not count. A labelled window earns
 * what its earliest alarm is worth: 2/(1 + e^(5p)) - 1 at the place p from -1 (its start) to 0 (its
 * end), divided by its value at -1. An alarm outside windows costs up to 1, the further it lies
 * behind the last window (all of it before any window). A missed window costs 1. Profiles weigh
 * these; 0 is silence, 100 is perfection. */
#include "base/file.h"
#include "report/report.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define WINDOWS_MAX 64
#define PROBATION_SHARE 0.15
#define PROBATION_ROWS 5000

struct profile {
    const char *name;
    double hit, outside, missed;
};
static const struct profile profiles[] = {
    {"standard", 1, 0.11, 1}, {"low_fp", 1, 0.22, 1}, {"low_fn", 1, 0.11, 2}};
#define PROFILES (sizeof(profiles) / sizeof(profiles[0]))

struct nab_score {
    double score[PROFILES];
    size_t windows;
    size_t hit;
    size_t outside;
};

struct table {
    struct arena *arena;
    struct span *times;
    bool *alarms;
    size_t count;
};

struct window {
    size_t first, last; /* rows */
    double best[PROFILES];
    bool hit;
};

/* The detector's own answer, read back: time and whether it is an alarm. */
static void table_read(struct table *table, struct span csv) {
    struct span line;
    size_t time_capacity = 0;
    size_t alarm_capacity = 0;
    (void)span_split(&csv, '\n', &line);
    while (csv.size > 0 && span_split(&csv, '\n', &line)) {
        struct span time;
        struct span value;
        struct span score;
        double number = 0;
        bool whole = span_split(&line, ',', &time) && span_split(&line, ',', &value) &&
                     span_split(&line, ',', &score) && span_to_double(score, &number);
        if (whole) {
            table->times = arena_grow(table->arena, table->times, table->count, &time_capacity,
                                      sizeof(*table->times));
            table->alarms = arena_grow(table->arena, table->alarms, table->count, &alarm_capacity,
                                       sizeof(*table->alarms));
            table->times[table->count] = time;
            table->alarms[table->count++] = number >= 0.5;
        }
    }
}

static size_t row_of(const struct table *table, const char *time) {
    struct span wanted = span_first(span_of(time), 19);
    for (size_t i = 0; i < table->count; i++) {
        if (span_equal(span_first(table->times[i], 19), wanted)) {
            return i;
        }
    }
    fprintf(stderr, "nab: no row at %s\n", time);
    exit(1);
}

static double sigmoid(double place) {
    return place > 3 ? -1 : 2 / (1 + exp(5 * place)) - 1;
}

/* An alarm outside costs; one inside counts when it is the best of its window. */
static void alarm_count(struct nab_score *tally, struct window *windows, size_t count, size_t row) {
    const struct window *before = NULL;
    for (size_t i = 0; i < count; i++) {
        struct window *window = &windows[i];
        if (row >= window->first && row <= window->last) {
            double width = (double)(window->last - window->first + 1);
            double worth = sigmoid(-(double)(window->last - row + 1) / width) / sigmoid(-1);
            window->hit = true;
            for (size_t p = 0; p < PROFILES; p++) {
                window->best[p] = fmax(window->best[p], worth * profiles[p].hit);
            }
            return;
        }
        before = row > window->last ? window : before;
    }
    double cost =
        before == NULL
            ? -1
            : sigmoid((double)(row - before->last) / (double)(before->last - before->first));
    tally->outside++;
    for (size_t p = 0; p < PROFILES; p++) {
        tally->score[p] += cost * profiles[p].outside;
    }
}

static void series_score(struct nab_score *tally, const struct table *table, json_t *labels,
                         const char *name) {
    struct window windows[WINDOWS_MAX];
    size_t count = 0;
    size_t index;
    json_t *label;
    json_array_foreach(labels, index, label) {
        struct window *window = &windows[count++];
        *window =
            (struct window){.first = row_of(table, json_string_value(json_array_get(label, 0))),
                            .last = row_of(table, json_string_value(json_array_get(label, 1)))};
        for (size_t p = 0; p < PROFILES; p++) {
            window->best[p] = -profiles[p].missed;
        }
        if (count == WINDOWS_MAX) {
            break;
        }
    }
    double rows = (double)table->count;
    size_t probation =
        (size_t)fmin(floor(PROBATION_SHARE * rows), PROBATION_SHARE * PROBATION_ROWS);
    for (size_t row = probation; row < table->count; row++) {
        if (table->alarms[row]) {
            alarm_count(tally, windows, count, row);
            if (getenv("V") != NULL && *getenv("V") == '1') {
                fprintf(stderr, "nab: %s alarm at %.*s\n", name, SPAN_ARG(table->times[row]));
            }
        }
    }
    tally->windows += count;
    for (size_t i = 0; i < count; i++) {
        tally->hit += windows[i].hit ? 1 : 0;
        for (size_t p = 0; p < PROFILES; p++) {
            tally->score[p] += windows[i].best[p];
        }
    }
}

static bool series_run(struct nab_score *tally, const char *folder, const char *name,
                       json_t *labels) {
    char path[4096];
    struct span csv = {NULL, 0};
    struct buffer answer;
    struct error error = {0};
    const char *base = strrchr(name, '/');
    snprintf(path, sizeof(path), "%s/nab/%s", folder, base == NULL ? name : base + 1);
    struct table table = {.arena = arena_create()};
    bool read = file_read(path, LIMIT_DOCUMENT, table.arena, &csv, NULL);
    buffer_init(&answer, LIMIT_DOCUMENT);
    if (read && !detect_csv(&answer, csv, &error)) {
        fprintf(stderr, "nab: %s: %s\n", path, error.message);
        read = false;
    }
    if (read) {
        table_read(&table, buffer_span(&answer));
        series_score(tally, &table, labels, name);
    }
    arena_free(table.arena);
    buffer_done(&answer);
    return read;
}

int main(int argc, char **argv) {
    const char *folder = argc > 1 ? argv[1] : ".";
    char path[4096];
    json_error_t problem;
    snprintf(path, sizeof(path), "%s/nab/labels.json", folder);
    json_t *all = json_load_file(path, 0, &problem);
    if (all == NULL) {
        fprintf(stderr, "nab: skipped: %s: %s\n", path, problem.text);
        return 0;
    }
    struct nab_score tally = {0};
    const char *name;
    json_t *labels;
    bool whole = true;
    json_object_foreach(all, name, labels) {
        whole = series_run(&tally, folder, name, labels) && whole;
    }
    json_decref(all);
    printf("nab");
    for (size_t p = 0; p < PROFILES && tally.windows > 0; p++) {
        double silence = -profiles[p].missed * (double)tally.windows;
        double best = profiles[p].hit * (double)tally.windows;
        printf(" %s %.1f", profiles[p].name, 100 * (tally.score[p] - silence) / (best - silence));
    }
    printf(" windows %zu of %zu alarms_outside %zu\n", tally.hit, tally.windows, tally.outside);
    return whole ? 0 : 1;
}
