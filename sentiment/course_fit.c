/* The fit of a course: see course.h. */
#include "sentiment/course.h"
#include "sentiment/sieve.h"

#include <math.h>
#include <stdlib.h>

/* 1/s^2 of words and of the ground; of its constant next to nothing: classes may be rare. */
static const double word_penalty = 10;
static const double ground_penalty = 1;
static const double constant_penalty = 0.001;

/* A step that moves no weight further is the last; most rounds. */
static const double still = 0.001;
enum { ROUNDS_MOST = 100 };

/* Texts that a word must be in, texts to learn from at all. */
enum { TEXTS_LEAST = 2, LESSONS_LEAST = 20 };

/* Share of the logarithm of a class's rarity that it is given when labels are chosen. */
static const double tilt_share = 0.5;

struct column { /* a feature, and the texts that have it */
    const struct course_cell *cell;
    size_t first; /* in `entries` */
    size_t count;
    double weights[CLASS_COUNT];
};

struct fit {
    const struct sentiment_course *course;
    const struct course_text **texts;
    size_t text_count;
    double (*sums)[CLASS_COUNT]; /* z of each text */
    struct column *columns;
    size_t column_count;
    uint32_t *entries; /* texts, column after column */
    double ground[GROUND_COUNT][CLASS_COUNT];
    struct sieve sieve;
};

/* One weight's part of the slope and the curvature bound. */
struct slope {
    double gradient[CLASS_COUNT];
    double curvature;
};

static void slope_add(const struct fit *fit, size_t text, double amount, struct slope *slope) {
    const double *sums = fit->sums[text];
    double largest = fmax(sums[0], fmax(sums[1], sums[2]));
    double shares[CLASS_COUNT];
    double all = 0;
    for (int i = 0; i < CLASS_COUNT; i++) {
        shares[i] = exp(sums[i] - largest);
        all += shares[i];
    }
    for (int i = 0; i < CLASS_COUNT; i++) {
        double hit = fit->texts[text]->class == i ? 1 : 0;
        slope->gradient[i] += amount * (hit - shares[i] / all);
    }
    slope->curvature += amount * amount / 2;
}

/* Moves the weights of one feature; returns how far. */
static double step(const struct slope *slope, double penalty, double weights[CLASS_COUNT],
                   double moves[CLASS_COUNT]) {
    double furthest = 0;
    for (int i = 0; i < CLASS_COUNT; i++) {
        moves[i] = (slope->gradient[i] - penalty * weights[i]) / (slope->curvature + penalty);
        weights[i] += moves[i];
        furthest = fmax(furthest, fabs(moves[i]));
    }
    return furthest;
}

static void sums_move(struct fit *fit, size_t text, double amount,
                      const double moves[CLASS_COUNT]) {
    for (int i = 0; i < CLASS_COUNT; i++) {
        fit->sums[text][i] += amount * moves[i];
    }
}

static double column_step(struct fit *fit, struct column *column) {
    struct slope slope = {0};
    double moves[CLASS_COUNT];
    for (size_t i = 0; i < column->count; i++) {
        slope_add(fit, fit->entries[column->first + i], 1, &slope);
    }
    double furthest = step(&slope, word_penalty, column->weights, moves);
    for (size_t i = 0; i < column->count; i++) {
        sums_move(fit, fit->entries[column->first + i], 1, moves);
    }
    return furthest;
}

static double ground_step(struct fit *fit, int ground) {
    struct slope slope = {0};
    double moves[CLASS_COUNT];
    for (size_t i = 0; i < fit->text_count; i++) {
        slope_add(fit, i, fit->texts[i]->ground[ground], &slope);
    }
    double furthest = step(&slope, ground == GROUND_ONE ? constant_penalty : ground_penalty,
                           fit->ground[ground], moves);
    for (size_t i = 0; i < fit->text_count; i++) {
        sums_move(fit, i, fit->texts[i]->ground[ground], moves);
    }
    return furthest;
}

static double fit_round(struct fit *fit) {
    double furthest = 0;
    for (int i = 0; i < GROUND_COUNT; i++) {
        furthest = fmax(furthest, ground_step(fit, i));
    }
    for (size_t i = 0; i < fit->column_count; i++) {
        furthest = fmax(furthest, column_step(fit, &fit->columns[i]));
    }
    return furthest;
}

/* --- Columns ---------------------------------------------------------------------------------- */

struct entry { /* a cell of a chosen text */
    const struct course_cell *cell;
    uint32_t text; /* its number among the chosen */
};

static int compare_entries(const void *a, const void *b) {
    const struct entry *left = a;
    const struct entry *right = b;
    if (left->cell->hash != right->cell->hash) {
        return left->cell->hash < right->cell->hash ? -1 : 1;
    }
    return left->text < right->text ? -1 : left->text > right->text;
}

static void column_add(struct fit *fit, const struct entry *entries, size_t count) {
    size_t least = fit->course->sieve.texts_least;
    if (count < (least > TEXTS_LEAST ? least : TEXTS_LEAST) ||
        !sieve_passes(&fit->sieve, entries[0].cell->form, entries[0].cell->hash)) {
        return;
    }
    struct column *column = &fit->columns[fit->column_count];
    size_t first = fit->column_count == 0 ? 0 : column[-1].first + column[-1].count;
    *column = (struct column){.cell = entries[0].cell, .first = first, .count = count};
    for (size_t i = 0; i < count; i++) {
        fit->entries[first + i] = entries[i].text;
        /* Within a phrase a word means nothing by itself. */
        if (fabs(entries[i].cell->valence) > fabs(column->cell->valence)) {
            column->cell = entries[i].cell;
        }
    }
    fit->column_count++;
}

/* The end of the entries that are of the same form as the first. */
static size_t form_end(const struct entry *entries, size_t first, size_t count) {
    size_t end = first;
    while (end < count && entries[end].cell->hash == entries[first].cell->hash) {
        end++;
    }
    return end;
}

static void names_find(struct fit *fit, const struct entry *entries, size_t count) {
    for (size_t first = 0, end = 0; first < count; first = end) {
        size_t spelled[SPELLING_CAPITAL + 1] = {0};
        end = form_end(entries, first, count);
        for (size_t i = first; i < end; i++) {
            spelled[entries[i].cell->spelling]++;
        }
        sieve_meet(&fit->sieve, entries[first].cell->hash, spelled[SPELLING_CAPITAL],
                   spelled[SPELLING_SMALL]);
    }
    hashes_order(&fit->sieve.names);
}

static struct entry *entries_make(const struct fit *fit, size_t *count) {
    size_t filled = 0;
    *count = 0;
    for (size_t i = 0; i < fit->text_count; i++) {
        *count += fit->texts[i]->count;
    }
    struct entry *entries = NEW_ARRAY(struct entry, *count + 1);
    for (size_t i = 0; i < fit->text_count; i++) {
        for (size_t j = 0; j < fit->texts[i]->count; j++) {
            entries[filled++] = (struct entry){
                .cell = &fit->course->cells[fit->texts[i]->first + j], .text = (uint32_t)i};
        }
    }
    qsort(entries, *count, sizeof *entries, compare_entries);
    return entries;
}

static void columns_make(struct fit *fit) {
    size_t count = 0;
    struct entry *entries = entries_make(fit, &count);
    fit->columns = NEW_ARRAY(struct column, count / TEXTS_LEAST + 1);
    fit->entries = NEW_ARRAY(uint32_t, count + 1);
    if (fit->course->sieve.no_names && fit->sieve.names.count == 0) {
        names_find(fit, entries, count);
    }
    for (size_t first = 0, end = 0; first < count; first = end) {
        end = form_end(entries, first, count);
        column_add(fit, entries + first, end - first);
    }
    free(entries);
}

/* --- The overlay that comes of it ----------------------------------------------------------------- */

/* What is printed is what is used: weights have the digits that a file shows. */
static double rounded(double value, double digits) {
    return round(value * digits) / digits;
}

static void rows_fill(const struct fit *fit, struct sentiment_overlay *overlay) {
    overlay->rows = ARENA_ARRAY(overlay->arena, struct overlay_row, fit->column_count);
    for (size_t i = 0; i < fit->column_count; i++) {
        const struct column *column = &fit->columns[i];
        const double *weights = column->weights;
        double turn = (weights[CLASS_POSITIVE] - weights[CLASS_NEGATIVE]) / 2;
        double was = rounded(column->cell->valence, 100);
        struct overlay_row row = {
            .hash = column->cell->hash,
            .valence = rounded(was + overlay_valence_per_log * turn, 100),
            .plain = rounded(overlay_valence_per_log * 1.5 * weights[CLASS_NEUTRAL], 100),
            .was = was,
            .texts = (uint32_t)column->count,
        };
        if (overlay_loudness(&row) >= 0.01) {
            row.form = arena_copy(overlay->arena, column->cell->form);
            overlay->rows[overlay->count++] = row;
        }
    }
    overlay_index(overlay);
}

static void ground_fill(const struct fit *fit, const size_t counts[CLASS_COUNT],
                        struct sentiment_overlay *overlay) {
    for (int class = 0; class < CLASS_COUNT; class ++) {
        double share = (double)counts[class] * CLASS_COUNT / (double)fit->text_count;
        bool tilts = share > 0 && !fit->course->sieve.no_tilt;
        overlay->tilt[class] = tilts ? rounded(-tilt_share * log(share), 1000) : 0;
        for (int i = 0; i < GROUND_COUNT; i++) {
            overlay->ground[class][i] = rounded(fit->ground[i][class], 1000);
        }
    }
}

static bool lessons_check(const struct fit *fit, size_t counts[CLASS_COUNT], struct error *error) {
    int seen = 0;
    for (size_t i = 0; i < fit->text_count; i++) {
        counts[fit->texts[i]->class]++;
    }
    for (int i = 0; i < CLASS_COUNT; i++) {
        seen += counts[i] > 0;
    }
    if (fit->text_count < LESSONS_LEAST || seen < 2) {
        return error_set(error, ERROR_INPUT,
                         "%zu labelled texts of %d kinds are too few to learn from; it takes %d, "
                         "good and bad",
                         fit->text_count, seen, (int)LESSONS_LEAST);
    }
    return true;
}

static void fit_run(struct fit *fit, sentiment_progress *progress, void *context) {
    columns_make(fit);
    fit->sums = memory_new(fit->text_count, sizeof *fit->sums);
    for (int i = 0; i < ROUNDS_MOST; i++) {
        double moved = fit_round(fit);
        if (progress != NULL) {
            progress(context, (size_t)i + 1, ROUNDS_MOST);
        }
        if (moved < still) {
            break;
        }
    }
}

static void fit_clear(struct fit *fit) {
    free(fit->sums);
    free(fit->columns);
    free(fit->entries);
    fit->column_count = 0;
    memset(fit->ground, 0, sizeof fit->ground);
}

static struct sentiment_overlay *overlay_of(const struct fit *fit,
                                            const size_t counts[CLASS_COUNT]) {
    struct sentiment_overlay *made = overlay_create();
    made->texts = fit->text_count;
    made->genre = fit->course->genre;
    made->target = fit->course->target;
    ground_fill(fit, counts, made);
    rows_fill(fit, made);
    return made;
}

/* How much is lost with a row. */
static double row_worth(const struct overlay_row *row) {
    return overlay_loudness(row) * sqrt(row->texts);
}

static int compare_worth(const void *a, const void *b) {
    double left = row_worth(a);
    double right = row_worth(b);
    if (left != right) {
        return left < right ? 1 : -1;
    }
    return span_compare(((const struct overlay_row *)a)->form,
                        ((const struct overlay_row *)b)->form);
}

static void sieve_keep(struct sieve *sieve, const struct sentiment_overlay *overlay, size_t most) {
    qsort(overlay->rows, overlay->count, sizeof *overlay->rows, compare_worth);
    for (size_t i = 0; i < most; i++) {
        hashes_add(&sieve->kept, overlay->rows[i].hash);
    }
    hashes_order(&sieve->kept);
}

static struct sentiment_overlay *fit_overlay(struct fit *fit, const size_t counts[CLASS_COUNT],
                                             sentiment_progress *progress, void *context) {
    size_t most = fit->course->sieve.rows_most;
    fit_run(fit, progress, context);
    struct sentiment_overlay *overlay = overlay_of(fit, counts);
    if (most > 0 && overlay->count > most) {
        sieve_keep(&fit->sieve, overlay, most);
        sentiment_overlay_close(overlay);
        fit_clear(fit);
        fit_run(fit, progress, context);
        overlay = overlay_of(fit, counts);
    }
    fit_clear(fit);
    return overlay;
}

bool sentiment_course_learn(const struct sentiment_course *course, const size_t *chosen,
                            size_t count, sentiment_progress *progress, void *context,
                            struct sentiment_overlay **overlay, struct error *error) {
    struct fit fit = {.course = course, .text_count = count};
    size_t counts[CLASS_COUNT] = {0};
    fit.texts = NEW_ARRAY(const struct course_text *, count + 1);
    for (size_t i = 0; i < count; i++) {
        fit.texts[i] = &course->texts[chosen[i]];
    }
    bool good = lessons_check(&fit, counts, error);
    if (good) {
        sieve_init(&fit.sieve, &course->sieve);
        *overlay = fit_overlay(&fit, counts, progress, context);
        sieve_done(&fit.sieve);
    }
    free(fit.texts);
    return good;
}
