/* An overlay as a file. */
#include "sentiment/form.h"
#include "sentiment/overlay.h"

#include <math.h>
#include <stdlib.h>

/* "=", the name, the weights of the ground, the tilt. */
enum { COLUMNS = 2 + GROUND_COUNT + 1 };

static const char *const class_names[CLASS_COUNT] = {"negative", "neutral", "positive"};

static bool wrong(struct error *error, unsigned line, const char *what, struct span text) {
    return error_set_at(error, ERROR_INPUT, line, 1, "%s \"%.*s\"", what, SPAN_ARG(text));
}

static bool numbers_read(const struct span *columns, size_t count, double *numbers, unsigned line,
                         struct error *error) {
    for (size_t i = 0; i < count; i++) {
        if (!span_to_double(columns[i], &numbers[i]) || fabs(numbers[i]) > 1e6) {
            return wrong(error, line, "not a number in range:", columns[i]);
        }
    }
    return true;
}

static bool class_read(struct sentiment_overlay *overlay, const struct span *columns, size_t count,
                       unsigned line, struct error *error) {
    for (int class = 0; class < CLASS_COUNT; class ++) {
        double numbers[GROUND_COUNT + 1];
        if (!span_equal(columns[1], span_of(class_names[class]))) {
            continue;
        }
        if (count != COLUMNS) {
            return wrong(error, line, "a class needs six numbers:", columns[1]);
        }
        if (!numbers_read(columns + 2, GROUND_COUNT + 1, numbers, line, error)) {
            return false;
        }
        memcpy(overlay->ground[class], numbers, sizeof overlay->ground[class]);
        overlay->tilt[class] = numbers[GROUND_COUNT];
        return true;
    }
    return wrong(error, line, "unknown setting", columns[1]);
}

static bool setting_read(struct sentiment_overlay *overlay, const struct span *columns,
                         size_t count, unsigned line, struct error *error) {
    double number = 0;
    if (count < 3) {
        return wrong(error, line, "a setting needs a value:", columns[1]);
    }
    if (span_equal(columns[1], SPAN("texts"))) {
        bool good = numbers_read(columns + 2, 1, &number, line, error);
        overlay->texts = number > 0 ? (size_t)number : 0;
        return good;
    }
    if (span_equal(columns[1], SPAN("genre"))) {
        return genre_parse(columns[2], &overlay->genre) ||
               wrong(error, line, "unknown genre", columns[2]);
    }
    if (span_equal(columns[1], SPAN("target"))) {
        overlay->target = span_equal(columns[2], SPAN("yes"));
        return true;
    }
    return class_read(overlay, columns, count, line, error);
}

static bool row_read(struct sentiment_overlay *overlay, const struct span *columns, size_t count,
                     size_t *capacity, unsigned line, struct error *error) {
    double numbers[4];
    if (count != 5 || columns[0].size == 0) {
        return wrong(error, line, "a row needs form, valence, plain, texts and was:", columns[0]);
    }
    if (memchr(columns[0].data, '\0', columns[0].size) != NULL) {
        return wrong(error, line, "a form cannot hold a NUL:", columns[0]);
    }
    if (!numbers_read(columns + 1, 4, numbers, line, error)) {
        return false;
    }
    overlay->rows =
        arena_grow(overlay->arena, overlay->rows, overlay->count, capacity, sizeof *overlay->rows);
    struct span form = arena_copy(overlay->arena, columns[0]);
    overlay->rows[overlay->count++] =
        (struct overlay_row){.hash = form_hash(form),
                             .form = form,
                             .valence = numbers[0],
                             .plain = numbers[1],
                             .texts = numbers[2] > 0 ? (uint32_t)numbers[2] : 0,
                             .was = numbers[3]};
    return true;
}

static bool lines_read(struct sentiment_overlay *overlay, struct span text, struct error *error) {
    struct span line;
    size_t capacity = 0;
    for (unsigned number = 1; text.size > 0 && span_split(&text, '\n', &line); number++) {
        struct span columns[COLUMNS] = {0};
        size_t count = 0;
        if (line.size == 0 || line.data[0] == '#') {
            continue;
        }
        while (count < COLUMNS && span_split(&line, '\t', &columns[count])) {
            count++;
        }
        bool setting = span_equal(columns[0], SPAN("="));
        if (!(setting ? setting_read(overlay, columns, count, number, error)
                      : row_read(overlay, columns, count, &capacity, number, error))) {
            return false;
        }
    }
    return true;
}

/* Of two rows for one form only one would be found, and which one nobody could tell. */
static bool rows_order(struct sentiment_overlay *overlay, struct error *error) {
    overlay_index(overlay);
    for (size_t i = 1; i < overlay->count; i++) {
        if (overlay->rows[i].hash == overlay->rows[i - 1].hash) {
            return error_set(error, ERROR_INPUT, "two rows for \"%.*s\": keep one of them",
                             SPAN_ARG(overlay->rows[i].form));
        }
    }
    return true;
}

bool sentiment_overlay_open(struct span text, struct sentiment_overlay **overlay,
                            struct error *error) {
    struct sentiment_overlay *made = overlay_create();
    if (!lines_read(made, text, error) || !rows_order(made, error)) {
        sentiment_overlay_close(made);
        return false;
    }
    *overlay = made;
    return true;
}

static int compare_told(const void *a, const void *b) {
    const struct overlay_row *const *left = a;
    const struct overlay_row *const *right = b;
    double difference = overlay_loudness(*right) - overlay_loudness(*left);
    if (difference != 0) {
        return difference > 0 ? 1 : -1;
    }
    return span_compare((*left)->form, (*right)->form);
}

static void print_head(const struct sentiment_overlay *overlay, struct buffer *out) {
    buffer_append_string(
        out, "# What labelled texts taught; laid over earshot's lexicon, which stays as it is.\n"
             "# = NAME VALUES; then rows, the strongest first:\n"
             "# form, valence -4..4, pull towards neutral, texts it was seen in, valence before\n");
    buffer_print(out, "=\ttexts\t%zu\n=\tgenre\t%s\n=\ttarget\t%s\n", overlay->texts,
                 genre_name(overlay->genre), overlay->target ? "yes" : "no");
    for (int class = 0; class < CLASS_COUNT; class ++) {
        buffer_print(out, "=\t%s", class_names[class]);
        for (int i = 0; i < GROUND_COUNT; i++) {
            buffer_print(out, "\t%.3f", overlay->ground[class][i]);
        }
        buffer_print(out, "\t%.3f\n", overlay->tilt[class]);
    }
}

/* The rows, the strongest first; free() it. */
static const struct overlay_row **rows_ordered(const struct sentiment_overlay *overlay) {
    const struct overlay_row **order = NEW_ARRAY(const struct overlay_row *, overlay->count + 1);
    for (size_t i = 0; i < overlay->count; i++) {
        order[i] = &overlay->rows[i];
    }
    qsort(order, overlay->count, sizeof(const struct overlay_row *), compare_told);
    return order;
}

void sentiment_overlay_print(const struct sentiment_overlay *overlay, struct buffer *out) {
    const struct overlay_row **order = rows_ordered(overlay);
    print_head(overlay, out);
    for (size_t i = 0; i < overlay->count; i++) {
        buffer_print(out, "%.*s\t%.2f\t%.2f\t%u\t%.2f\n", SPAN_ARG(order[i]->form),
                     order[i]->valence, order[i]->plain, order[i]->texts, order[i]->was);
    }
    free(order);
}

struct sentiment_word *sentiment_overlay_words(const struct sentiment_overlay *overlay,
                                               struct arena *arena, size_t *count) {
    const struct overlay_row **order = rows_ordered(overlay);
    struct sentiment_word *words = ARENA_ARRAY(arena, struct sentiment_word, overlay->count);
    *count = overlay->count;
    for (size_t i = 0; i < overlay->count; i++) {
        words[i] = (struct sentiment_word){.form = order[i]->form,
                                           .valence = order[i]->valence,
                                           .plain = order[i]->plain,
                                           .was = order[i]->was,
                                           .texts = order[i]->texts};
    }
    free(order);
    return words;
}
