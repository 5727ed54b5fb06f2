#include "report/paint.h"

#include "base/print.h"
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

struct rune_range {
    uint32_t first, last;
};

/* Combining marks, joiners and variation selectors: the blocks that occur in living text. */
static const struct rune_range zero_width[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A},   {0x064B, 0x065F},
    {0x0900, 0x0902}, {0x093C, 0x093C}, {0x0941, 0x0948}, {0x0E31, 0x0E31},   {0x0E34, 0x0E3A},
    {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200C, 0x200D},   {0x20D0, 0x20FF},
    {0x3099, 0x309A}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0x1F3FB, 0x1F3FF}, {0xE0100, 0xE01EF},
};

/* East Asian Wide and Fullwidth, and emoji shown as pictures (UAX #11). */
static const struct rune_range double_width[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x23E9, 0x23EC},   {0x2614, 0x2615},
    {0x2648, 0x2653},   {0x26A1, 0x26A1},   {0x26BD, 0x26BE},   {0x2705, 0x2705},
    {0x270A, 0x270B},   {0x2728, 0x2728},   {0x274C, 0x274C},   {0x2753, 0x2757},
    {0x2795, 0x2797},   {0x2B50, 0x2B50},   {0x2E80, 0x303E},   {0x3041, 0x33FF},
    {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},   {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},
    {0x1F004, 0x1F004}, {0x1F18E, 0x1F19A}, {0x1F200, 0x1F320}, {0x1F32D, 0x1F335},
    {0x1F337, 0x1F37C}, {0x1F37E, 0x1F393}, {0x1F3A0, 0x1F3CA}, {0x1F3CF, 0x1F3D3},
    {0x1F3E0, 0x1F3F0}, {0x1F3F4, 0x1F3F4}, {0x1F3F8, 0x1F3FA}, {0x1F400, 0x1F43E},
    {0x1F440, 0x1F440}, {0x1F442, 0x1F4FC}, {0x1F4FF, 0x1F53D}, {0x1F54B, 0x1F567},
    {0x1F57A, 0x1F57A}, {0x1F595, 0x1F596}, {0x1F5A4, 0x1F5A4}, {0x1F5FB, 0x1F64F},
    {0x1F680, 0x1F6C5}, {0x1F6CC, 0x1F6D7}, {0x1F6EB, 0x1F6FC}, {0x1F7E0, 0x1F7EB},
    {0x1F90C, 0x1F9FF}, {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD},
};

static bool rune_in(const struct rune_range *ranges, size_t count, uint32_t rune) {
    for (size_t i = 0; i < count && ranges[i].first <= rune; i++) {
        if (rune <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

static int rune_columns(uint32_t rune) {
    if (rune < 0x300) {
        return 1;
    }
    if (rune_in(zero_width, sizeof(zero_width) / sizeof(zero_width[0]), rune)) {
        return 0;
    }
    return rune_in(double_width, sizeof(double_width) / sizeof(double_width[0]), rune) ? 2 : 1;
}

int paint_columns(struct span text) {
    int columns = 0;
    while (text.size > 0) {
        uint32_t rune = 0;
        text = span_from(text, rune_decode(text, &rune));
        columns += rune_columns(rune);
    }
    return columns;
}

/* Bytes of the longest beginning that is at most `columns` wide. */
static size_t fitting_size(struct span text, int columns) {
    size_t size = 0;
    while (size < text.size) {
        uint32_t rune = 0;
        size_t step = rune_decode(span_from(text, size), &rune);
        columns -= rune_columns(rune);
        if (columns < 0) {
            break;
        }
        size += step;
    }
    return size;
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
        struct span head = span_first(clean, fitting_size(clean, room < 0 ? 0 : room));
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
    size_t fit = fitting_size(text, columns);
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

static struct span kpi_number(struct arena *arena, const struct kpi *kpi, double value) {
    if (strcmp(kpi->unit, "share") == 0) {
        return paint_share(arena, value);
    }
    if (strcmp(kpi->unit, "stars") == 0 || strcmp(kpi->unit, "ratio") == 0) {
        return arena_print(arena, "%.2f", value);
    }
    return strcmp(kpi->unit, "") == 0 ? paint_signed(arena, value) : paint_count(arena, value);
}

/* Counts change by a share of what was; everything else by a difference in its own unit. */
static struct span kpi_change(struct arena *arena, const struct kpi *kpi, double difference) {
    if (strcmp(kpi->unit, "share") == 0) {
        return arena_print(arena, "%+.1f pt", difference * 100);
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
    text.value = kpi_number(arena, kpi, kpi->value);
    if (kpi->low < kpi->high) {
        struct span low = kpi_number(arena, kpi, kpi->low);
        struct span high = kpi_number(arena, kpi, kpi->high);
        text.interval = arena_print(arena, "%.*s to %.*s", SPAN_ARG(low), SPAN_ARG(high));
    }
    if (kpi->compared) {
        double difference = kpi->value - kpi->previous;
        text.change = kpi_change(arena, kpi, difference);
        text.direction = (difference > 0) - (difference < 0);
        text.certain =
            kpi->low < kpi->high
                ? kpi->previous < kpi->low || kpi->previous > kpi->high
                : kpi_is_sum(kpi) && fabs(difference) > 2 * sqrt(kpi->value + kpi->previous);
    }
    return text;
}
