/* How well labelled texts were judged. */
#include "base/json_writer.h"
#include "report/grid.h"
#include "report/paint.h"

#include <math.h>

#define COLUMNS(columns) (columns), sizeof(columns) / sizeof((columns)[0])

enum { CLASSES = 3, BINS = 10 };

/* One judge's verdicts, counted. Classes are negative, neutral, positive. */
struct record {
    size_t confusion[CLASSES][CLASSES]; /* [meant][said] */
    size_t said[BINS];                  /* by how sure it was */
    size_t right[BINS];
    double sure[BINS]; /* sum of the confidences */
    size_t count;
};

static int class_of(enum label label) {
    return label == LABEL_NEGATIVE ? 0 : label == LABEL_POSITIVE ? 2 : 1;
}

static const char *class_name(int class) {
    return label_name((enum label)(LABEL_NEGATIVE + class));
}

static void record_add(struct record *record, enum label meant, struct score score) {
    int bin = (int)fmin(score.confidence * BINS, BINS - 1);
    record->confusion[class_of(meant)][class_of(score.label)]++;
    record->said[bin]++;
    record->right[bin] += meant == score.label;
    record->sure[bin] += score.confidence;
    record->count++;
}

static struct record record_make(const struct trial *trial, bool learned) {
    struct record record = {0};
    for (size_t i = 0; i < trial->count; i++) {
        const struct trial_case *one = &trial->cases[i];
        record_add(&record, one->meant, learned ? one->learned : one->lexicon);
    }
    return record;
}

static size_t meant_count(const struct record *record, int class) {
    size_t count = 0;
    for (int i = 0; i < CLASSES; i++) {
        count += record->confusion[class][i];
    }
    return count;
}

static double accuracy(const struct record *record) {
    size_t hits = 0;
    for (int i = 0; i < CLASSES; i++) {
        hits += record->confusion[i][i];
    }
    return record->count > 0 ? (double)hits / (double)record->count : 0;
}

/* Of one class: the harmonic mean of precision and recall. */
static double class_f1(const struct record *record, int class) {
    size_t both = meant_count(record, class);
    for (int i = 0; i < CLASSES; i++) {
        both += record->confusion[i][class];
    }
    return both > 0 ? 2 * (double)record->confusion[class][class] / (double)both : 0;
}

static double macro_f1(const struct record *record) {
    return (class_f1(record, 0) + class_f1(record, 1) + class_f1(record, 2)) / CLASSES;
}

/* Mean distance between how sure it was and how often it was right. */
static double calibration_error(const struct record *record) {
    double sum = 0;
    for (int i = 0; i < BINS; i++) {
        sum += fabs(record->sure[i] - (double)record->right[i]);
    }
    return record->count > 0 ? sum / (double)record->count : 0;
}

/* --- For people ------------------------------------------------------------------------------- */

enum { MEASURES = 3 + CLASSES };

static struct span measure_name(struct arena *arena, int row) {
    static const char *const names[] = {"accuracy", "macro-F1", "calibration error"};
    return row < 3 ? span_of(names[row]) : arena_print(arena, "F1 %s", class_name(row - 3));
}

static double measure(const struct record *record, int row) {
    switch (row) {
    case 0:
        return accuracy(record);
    case 1:
        return macro_f1(record);
    case 2:
        return calibration_error(record);
    default:
        return class_f1(record, row - 3);
    }
}

static void print_measures(struct buffer *out, const struct record *lexicon,
                           const struct record *learned, const struct output_style *style) {
    static const struct grid_column columns[] = {
        {"measure", "", GRID_TEXT, 20},
        {"lexicon", "lexicon", GRID_REAL, 9},
        {"learned", "learned", GRID_REAL, 9},
    };
    struct arena *arena = arena_create();
    struct grid grid = grid_make(arena, columns, learned != NULL ? 3 : 2, "");
    for (int row = 0; row < MEASURES; row++) {
        grid_text(&grid, measure_name(arena, row));
        grid_number(&grid, measure(lexicon, row));
        if (learned != NULL) {
            grid_number(&grid, measure(learned, row));
        }
    }
    grid_print(out, &grid, style);
    arena_free(arena);
}

static void print_confusion(struct buffer *out, const struct record *record,
                            const struct output_style *style) {
    static const struct grid_column columns[] = {
        {"meant", "meant", GRID_TEXT, 20},
        {"negative", "said negative", GRID_COUNT, 13},
        {"neutral", "said neutral", GRID_COUNT, 13},
        {"positive", "said positive", GRID_COUNT, 13},
    };
    struct arena *arena = arena_create();
    struct grid grid = grid_make(arena, COLUMNS(columns), "");
    for (int i = 0; i < CLASSES; i++) {
        grid_text(&grid, span_of(class_name(i)));
        for (int j = 0; j < CLASSES; j++) {
            grid_number(&grid, (double)record->confusion[i][j]);
        }
    }
    grid_print(out, &grid, style);
    arena_free(arena);
}

static void print_reliability(struct buffer *out, const struct record *record,
                              const struct output_style *style) {
    static const struct grid_column columns[] = {
        {"sure", "how sure", GRID_TEXT, 20},
        {"texts", "texts", GRID_COUNT, 9},
        {"mean", "said", GRID_SHARE, 9},
        {"right", "was right", GRID_SHARE, 9},
    };
    struct arena *arena = arena_create();
    struct grid grid = grid_make(arena, COLUMNS(columns), "");
    for (int i = 0; i < BINS; i++) {
        if (record->said[i] > 0) {
            double count = (double)record->said[i];
            grid_text(&grid, arena_print(arena, "%d to %d %%", i * 10, i * 10 + 10));
            grid_number(&grid, count);
            grid_number(&grid, record->sure[i] / count);
            grid_number(&grid, (double)record->right[i] / count);
        }
    }
    grid_print(out, &grid, style);
    arena_free(arena);
}

static void print_reasons(struct buffer *out, struct arena *arena, const struct trial_case *one,
                          const struct output_style *style) {
    struct buffer line;
    buffer_init(&line, LIMIT_DOCUMENT);
    for (size_t i = 0; i < one->reason_count; i++) {
        const struct sentiment_reason *reason = &one->reasons[i];
        buffer_print(&line, "%s%.*s %+.2f", i > 0 ? ", " : "", SPAN_ARG(reason->entry),
                     reason->contribution);
        if (reason->rules.size > 0) {
            buffer_print(&line, " (%.*s)", SPAN_ARG(reason->rules));
        }
    }
    if (one->reason_count == 0) {
        buffer_append_string(&line, "nothing in it that the lexicon knows");
    }
    paint_begin(out, style, PAINT_DIM);
    paint_wrapped(out, arena_copy(arena, buffer_span(&line)), 4, 3, style);
    paint_end(out, style, PAINT_DIM);
    buffer_done(&line);
}

static void print_worst(struct buffer *out, const struct trial *trial,
                        const struct output_style *style) {
    struct arena *arena = arena_create();
    for (size_t i = 0; i < trial->worst_count; i++) {
        const struct trial_case *one = &trial->cases[trial->worst[i]];
        struct score got = trial->learned ? one->learned : one->lexicon;
        buffer_print(out, "\n  meant %s, said %s, %.0f %% sure\n", label_name(one->meant),
                     label_name(got.label), got.confidence * 100);
        paint_wrapped(out, one->text, 4, 3, style);
        print_reasons(out, arena, one, style);
    }
    arena_free(arena);
}

static void print_head(struct buffer *out, const char *text, const struct output_style *style) {
    buffer_append_byte(out, '\n');
    paint_begin(out, style, PAINT_HEAD);
    buffer_append_string(out, text);
    paint_end(out, style, PAINT_HEAD);
    buffer_append_byte(out, '\n');
}

static void print_people(struct buffer *out, const struct trial *trial,
                         const struct record *lexicon, const struct record *learned,
                         const struct output_style *style) {
    const struct record *best = learned != NULL ? learned : lexicon;
    buffer_print(out, "%zu labelled texts: %zu negative, %zu neutral, %zu positive", trial->count,
                 meant_count(lexicon, 0), meant_count(lexicon, 1), meant_count(lexicon, 2));
    buffer_print(out, "%s%.*s\n\n", trial->split.size > 0 ? "; " : "", SPAN_ARG(trial->split));
    print_measures(out, lexicon, learned, style);
    print_head(out, learned != NULL ? "What the learned took for what" : "What was taken for what",
               style);
    print_confusion(out, best, style);
    print_head(out, "How often it is right when it is how sure", style);
    print_reliability(out, best, style);
    if (trial->worst_count > 0) {
        print_head(out, "The worst errors: wrong, and sure of it", style);
        print_worst(out, trial, style);
    }
}

/* --- For machines ----------------------------------------------------------------------------- */

static void record_print_json(struct json_writer *json, const char *key,
                              const struct record *record) {
    json_object_begin(json, key);
    json_put_real(json, "accuracy", accuracy(record));
    json_put_real(json, "macro_f1", macro_f1(record));
    json_put_real(json, "calibration_error", calibration_error(record));
    json_array_begin(json, "classes");
    for (int i = 0; i < CLASSES; i++) {
        json_object_begin(json, NULL);
        json_put_string(json, "meant", class_name(i));
        json_put_real(json, "f1", class_f1(record, i));
        for (int j = 0; j < CLASSES; j++) {
            json_put_count(json, class_name(j), record->confusion[i][j]);
        }
        json_object_end(json);
    }
    json_array_end(json);
    json_array_begin(json, "reliability");
    for (int i = 0; i < BINS; i++) {
        json_object_begin(json, NULL);
        json_put_real(json, "from", (double)i / BINS);
        json_put_count(json, "texts", record->said[i]);
        json_put_count(json, "right", record->right[i]);
        json_object_end(json);
    }
    json_array_end(json);
    json_object_end(json);
}

static void worst_print_json(struct json_writer *json, const struct trial *trial) {
    json_array_begin(json, "worst");
    for (size_t i = 0; i < trial->worst_count; i++) {
        const struct trial_case *one = &trial->cases[trial->worst[i]];
        struct score got = trial->learned ? one->learned : one->lexicon;
        json_object_begin(json, NULL);
        json_put_text(json, "text", one->text);
        json_put_string(json, "meant", label_name(one->meant));
        json_put_string(json, "said", label_name(got.label));
        json_put_real(json, "confidence", got.confidence);
        json_object_end(json);
    }
    json_array_end(json);
}

static void print_object(struct buffer *out, const struct trial *trial,
                         const struct record *lexicon, const struct record *learned, bool pretty) {
    struct json_writer json = json_writer_make(out, pretty);
    json_object_begin(&json, NULL);
    json_put_count(&json, "texts", trial->count);
    json_put_text_if(&json, "split", trial->split);
    record_print_json(&json, "lexicon", lexicon);
    if (learned != NULL) {
        record_print_json(&json, "learned", learned);
    }
    worst_print_json(&json, trial);
    json_object_end(&json);
    buffer_append_byte(out, '\n');
}

void trial_print(struct buffer *out, const struct trial *trial, const struct output_style *style) {
    struct record lexicon = record_make(trial, false);
    struct record learned = record_make(trial, true);
    const struct record *second = trial->learned ? &learned : NULL;
    if (style->format == OUTPUT_TABLE) {
        print_people(out, trial, &lexicon, second, style);
    } else if (style->format == OUTPUT_JSON || style->format == OUTPUT_JSONL) {
        print_object(out, trial, &lexicon, second, style->format == OUTPUT_JSON);
    } else {
        print_measures(out, &lexicon, second, style);
    }
}
