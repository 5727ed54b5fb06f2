/* The fast detector on CSV, so that it can be measured on public data and used on other series. */
#include "report/report.h"

#include "base/print.h"
#include "report/burst.h"

#define ROWS_MAX ((size_t)10 * 1000 * 1000)

struct detect_rows {
    struct arena *arena;
    struct span *times;
    double *values;
    size_t count;
    size_t time_capacity;
    size_t value_capacity;
};

static bool row_add(struct detect_rows *rows, struct span line, unsigned number,
                    struct error *error) {
    size_t comma = span_find_byte(line, ',');
    double value = 0;
    struct span cell = comma == SPAN_NOT_FOUND ? line : span_from(line, comma + 1);
    size_t next = span_find_byte(cell, ',');
    cell = span_trim(next == SPAN_NOT_FOUND ? cell : span_first(cell, next));
    if (comma == SPAN_NOT_FOUND || !span_to_double(cell, &value)) {
        return error_set_at(error, ERROR_INPUT, number, 0, "not \"timestamp,value\": %.*s",
                            SPAN_ARG(span_first(line, 80)));
    }
    if (rows->count >= ROWS_MAX) {
        return error_set(error, ERROR_LIMIT, "more than %zu rows", ROWS_MAX);
    }
    rows->times = arena_grow(rows->arena, rows->times, rows->count, &rows->time_capacity,
                             sizeof(*rows->times));
    rows->values = arena_grow(rows->arena, rows->values, rows->count, &rows->value_capacity,
                              sizeof(*rows->values));
    rows->times[rows->count] = span_trim(span_first(line, comma));
    rows->values[rows->count++] = value;
    return true;
}

static bool rows_read(struct detect_rows *rows, struct span csv, struct error *error) {
    struct span line;
    unsigned number = 0;
    while (csv.size > 0 && span_split(&csv, '\n', &line)) {
        number++;
        line = span_trim(line);
        if (number > 1 && line.size > 0 && !row_add(rows, line, number, error)) {
            return false;
        }
    }
    return true;
}

/* "2026-11-21 09:10:00" is RFC 3339 but for its space and zone. */
static bool time_parse(struct span text, int64_t *ms) {
    char copy[DATE_TEXT_SIZE];
    if (date_parse(text, ms)) {
        return true;
    }
    if (text.size < 19 || text.data[10] != ' ') {
        return false;
    }
    memcpy(copy, text.data, 19);
    copy[10] = 'T';
    copy[19] = 'Z';
    return date_parse((struct span){copy, 20}, ms);
}

/* Seconds between rows, from the first two that have times. */
static bool rows_step(const struct detect_rows *rows, int64_t *step_ms, struct error *error) {
    int64_t first = 0;
    int64_t second = 0;
    if (rows->count < 2 || !time_parse(rows->times[0], &first) ||
        !time_parse(rows->times[1], &second) || second <= first) {
        return error_set(error, ERROR_INPUT,
                         "the first two rows do not tell how far apart rows are");
    }
    *step_ms = second - first;
    return true;
}

/* At 0.5 an alarm begins; what is as loud but belongs to an alarm that was raised stays below. */
static double score_of(const struct burst_result *result, double threshold) {
    double score = result->ratio / (result->ratio + threshold);
    return result->alarm || score < 0.49 ? score : 0.49;
}

bool detect_csv(struct buffer *out, struct span csv, struct error *error) {
    struct detect_rows rows = {.arena = arena_create()};
    int64_t step_ms = 0;
    bool read = rows_read(&rows, csv, error) && rows_step(&rows, &step_ms, error);
    if (read) {
        struct burst_options options = burst_options_for(step_ms);
        struct burst_result *results = ARENA_ARRAY(rows.arena, struct burst_result, rows.count);
        burst_run(&options, rows.values, rows.count, results);
        buffer_append_string(out, "timestamp,value,score,ratio,loud\n");
        for (size_t i = 0; i < rows.count; i++) {
            print_csv(out, rows.times[i]);
            buffer_print(out, ",%.15g,%.4f,%.4f,%.4g\n", rows.values[i],
                         score_of(&results[i], options.threshold), results[i].ratio,
                         results[i].loud);
        }
    }
    arena_free(rows.arena);
    return read;
}
