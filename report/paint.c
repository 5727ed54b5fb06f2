#include "report/paint.h"

#include "base/print.h"
#include "base/width.h"
#include "report/kpi.h"

#include <math.h>

#define WIDTH_MIN 60
#define WIDTH_MAX 200

static const char *const paint_codes[] = {
    [PAINT_PLAIN] = "",        [PAINT_BOLD] = "\033[1m", [PAINT_DIM] = "\033[2m",
    [PAINT_GOOD] = "\033[32m", [PAINT_BAD] = "\033[31m", [PAINT_HEAD] = "\033[1;36m",
};

void paint_begin(struct buffer *out, const struct output_style *style, enum paint paint) {
    if (style->colour) {
        buffer_append_string(out, paint_codes[paint]);
    }
}

void paint_end(struct buffer *out, const struct output_style *style, enum paint paint) {
    if (style->colour && paint != PAINT_PLAIN) {
        buffer_append_string(out, "\033[0m");
    }
}

int paint_width(const struct output_style *style) {
    int width = style->width <= 0 ? 80 : style->width;
    return width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : width;
}

int paint_columns(struct span text) {
    return (int)text_columns(text);
}

/* Runs of spaces become one, and none stay at the ends. */
static void squeeze(struct buffer *buffer) {
    size_t size = 0;
    for (size_t i = 0; i < buffer->size; i++) {
        bool again = buffer->data[i] == ' ' && (size == 0 || buffer->data[size - 1] == ' ');
        if (!again) {
            buffer->data[size++] = buffer->data[i];
        }
    }
    while (size > 0 && buffer->data[size - 1] == ' ') {
        size--;
    }
    buffer->size = size;
}

struct span paint_line(struct arena *arena, struct span text, int columns,
                       const struct output_style *style) {
    struct buffer line;
    buffer_init(&line, LIMIT_TEXT * 4);
    print_plain(&line, span_first_utf8(text, LIMIT_TEXT), false);
    squeeze(&line);
    struct span clean = buffer_span(&line);
    struct span result;
    if (paint_columns(clean) <= columns) {
        result = arena_copy(arena, clean);
    } else {
        const char *more = style->unicode ? "…" : "...";
        int room = columns - (style->unicode ? 1 : 3);
        struct span head = text_first_columns(clean, (size_t)(room < 0 ? 0 : room));
        result = arena_print(arena, "%.*s%s", SPAN_ARG(span_trim(head)), more);
    }
    buffer_done(&line);
    return result;
}

void paint_repeat(struct buffer *out, const char *piece, int times) {
    for (int i = 0; i < times; i++) {
        buffer_append_string(out, piece);
    }
}

void paint_padded(struct buffer *out, struct span text, int columns, bool right) {
    int fill = columns - paint_columns(text);
    if (right) {
        paint_repeat(out, " ", fill);
    }
    buffer_append(out, text);
    if (!right) {
        paint_repeat(out, " ", fill);
    }
}

/* Where to break: the last space that fits, or as much as fits of one long word. */
static size_t line_break(struct span text, int columns) {
    size_t fit = text_first_columns(text, (size_t)(columns < 0 ? 0 : columns)).size;
    if (fit == text.size) {
        return fit;
    }
    for (size_t i = fit; i > 0; i--) {
        if (text.data[i] == ' ') {
            return i;
        }
    }
    return fit > 0 ? fit : 1;
}

void paint_wrapped(struct buffer *out, struct span text, int indent, int lines,
                   const struct output_style *style) {
    struct arena *arena = arena_create();
    int columns = paint_width(style) - indent;
    struct span rest = paint_line(arena, text, columns * lines, style);
    for (int i = 0; i < lines && rest.size > 0; i++) {
        size_t size = i + 1 == lines ? rest.size : line_break(rest, columns);
        struct span line = span_first(rest, size);
        if (i + 1 == lines && paint_columns(line) > columns) {
            line = paint_line(arena, line, columns, style);
        }
        paint_repeat(out, " ", indent);
        buffer_append(out, span_trim(line));
        buffer_append_byte(out, '\n');
        rest = span_trim(span_from(rest, size));
    }
    arena_free(arena);
}

static const char *const spark_blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
static const char *const spark_ascii[] = {"_", ".", "-", "=", "+", "*", "%", "#"};
#define SPARK_LEVELS 8

/* Mean of the known values among [first, last). */
static double mean_known(const double *values, size_t first, size_t last) {
    double sum = 0;
    size_t known = 0;
    for (size_t i = first; i < last; i++) {
        if (!isnan(values[i])) {
            sum += values[i];
            known++;
        }
    }
    return known == 0 ? NAN : sum / (double)known;
}

void paint_spark(struct buffer *out, const double *values, size_t count, int columns,
                 const struct output_style *style) {
    size_t cells = count < (size_t)columns ? count : (size_t)columns;
    double low = INFINITY;
    double high = -INFINITY;
    for (size_t i = 0; i < cells; i++) {
        double value = mean_known(values, i * count / cells, (i + 1) * count / cells);
        low = fmin(low, value);
        high = fmax(high, value);
    }
    low = fmin(low, 0);
    for (size_t i = 0; i < cells; i++) {
        double value = mean_known(values, i * count / cells, (i + 1) * count / cells);
        if (isnan(value)) {
            buffer_append_string(out, style->unicode ? "·" : "?");
            continue;
        }
        double place = high > low ? (value - low) / (high - low) : 0;
        size_t level = (size_t)(place * (SPARK_LEVELS - 1) + 0.5);
        buffer_append_string(out, style->unicode ? spark_blocks[level] : spark_ascii[level]);
    }
}

void paint_bar(struct buffer *out, double share, int columns, const struct output_style *style) {
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    double filled = (share < 0 ? 0 : share > 1 ? 1 : share) * columns;
    int whole = (int)filled;
    int used = whole;
    paint_repeat(out, style->unicode ? "█" : "#", whole);
    int part = (int)((filled - whole) * 8);
    if (style->unicode && part > 0) {
        buffer_append_string(out, eighths[part]);
        used++;
    }
    paint_repeat(out, " ", columns - used);
}

struct span paint_count(struct arena *arena, double value) {
    if (value >= 1e9) {
        return arena_print(arena, "%.1f G", value / 1e9);
    }
    if (value >= 1e6) {
        return arena_print(arena, "%.1f M", value / 1e6);
    }
    unsigned whole = (unsigned)(value + 0.5);
    return whole < 1000 ? arena_print(arena, "%u", whole)
                        : arena_print(arena, "%u,%03u", whole / 1000, whole % 1000);
}

struct span paint_signed(struct arena *arena, double value) {
    /* No "-0.00": what rounds to nothing is nothing. */
    return fabs(value) < 0.005 ? arena_print(arena, "0.00") : arena_print(arena, "%+.2f", value);
}

struct span paint_share(struct arena *arena, double share) {
    return arena_print(arena, "%.1f %%", share * 100);
}

static struct span paint_points(struct arena *arena, double points) {
    return fabs(points) < 0.05 ? SPAN("0.0") : arena_print(arena, "%+.1f", points);
}

/* "25 min", "3.4 h", "2.1 days". */
static struct span paint_hours(struct arena *arena, double hours) {
    if (hours < 1) {
        return arena_print(arena, "%.0f min", hours * 60);
    }
    return hours < 48 ? arena_print(arena, "%.1f h", hours)
                      : arena_print(arena, "%.1f days", hours / 24);
}

struct span paint_kpi_number(struct arena *arena, const struct kpi *kpi, double value) {
    if (strcmp(kpi->unit, "share") == 0) {
        return paint_share(arena, value);
    }
    if (strcmp(kpi->unit, "points") == 0) {
        return paint_points(arena, value);
    }
    if (strcmp(kpi->unit, "hours") == 0) {
        return paint_hours(arena, value);
    }
    if (strcmp(kpi->unit, "stars") == 0 || strcmp(kpi->unit, "ratio") == 0 ||
        strcmp(kpi->unit, "of 7") == 0) {
        return arena_print(arena, "%.2f", value);
    }
    return strcmp(kpi->unit, "") == 0 ? paint_signed(arena, value) : paint_count(arena, value);
}

struct span paint_kpi_change(struct arena *arena, const struct kpi *kpi, double difference) {
    if (strcmp(kpi->unit, "share") == 0) {
        return arena_print(arena, "%+.1f pt", difference * 100);
    }
    if (strcmp(kpi->unit, "points") == 0) {
        return paint_points(arena, difference);
    }
    if (strcmp(kpi->unit, "hours") == 0) {
        return arena_print(arena, "%s%.*s", difference < 0 ? "-" : "+",
                           SPAN_ARG(paint_hours(arena, fabs(difference))));
    }
    if (!kpi_is_sum(kpi)) {
        return paint_signed(arena, difference);
    }
    if (kpi->previous <= 0) {
        return SPAN("new");
    }
    double share = difference / kpi->previous;
    return share >= 9.995 ? arena_print(arena, "x%.0f", share + 1)
                          : arena_print(arena, "%+.0f %%", share * 100);
}

struct kpi_text paint_kpi(struct arena *arena, const struct kpi *kpi) {
    struct kpi_text text = {.value = SPAN("no data")};
    if (!kpi->known) {
        return text;
    }
    text.value = paint_kpi_number(arena, kpi, kpi->value);
    if (kpi->low < kpi->high) {
        struct span low = paint_kpi_number(arena, kpi, kpi->low);
        struct span high = paint_kpi_number(arena, kpi, kpi->high);
        text.interval = arena_print(arena, "%.*s to %.*s", SPAN_ARG(low), SPAN_ARG(high));
    }
    if (kpi->compared) {
        double difference = kpi->value - kpi->previous;
        text.change = paint_kpi_change(arena, kpi, difference);
        text.direction = (difference > 0) - (difference < 0);
        text.certain =
            kpi->low < kpi->high
                ? kpi->previous < kpi->low || kpi->previous > kpi->high
                : kpi_is_sum(kpi) && fabs(difference) > 2 * sqrt(kpi->value + kpi->previous);
    }
    return text;
}
