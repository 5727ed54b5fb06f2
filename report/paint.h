/* What the outputs for people share: numbers as people write them, sparklines, columns that line up
 * whatever the text holds, colours. Everything here is escaped for a terminal. */
#ifndef REPORT_PAINT_H
#define REPORT_PAINT_H

#include "base/arena.h"
#include "base/buffer.h"
#include "report/report.h"

enum paint {
    PAINT_PLAIN,
    PAINT_BOLD,
    PAINT_DIM,
    PAINT_GOOD, /* green */
    PAINT_BAD,  /* red */
    PAINT_HEAD, /* cyan, bold */
};
void paint_begin(struct buffer *out, const struct output_style *style, enum paint paint);
void paint_end(struct buffer *out, const struct output_style *style, enum paint paint);

int paint_width(const struct output_style *style); /* columns, 60..200; 80 where not known */

/* Columns that a terminal gives the text: 2 for wide characters, 0 for combining ones. */
int paint_columns(struct span text);

/* One line, safe for a terminal, at most `columns` wide (ends in an ellipsis when cut); lives in
 * `arena`. */
struct span paint_line(struct arena *arena, struct span text, int columns,
                       const struct output_style *style);

/* `text` (safe already) filled up with spaces to `columns`; on the left for numbers. */
void paint_padded(struct buffer *out, struct span text, int columns, bool right);
void paint_repeat(struct buffer *out, const char *piece, int times);

/* `text` broken into lines of the style's width, each behind `indent` spaces; ends in a line
 * feed. At most `lines` lines, the last cut with an ellipsis. */
void paint_wrapped(struct buffer *out, struct span text, int indent, int lines,
                   const struct output_style *style);

/* One glyph a value, scaled from `low` to `high`; NAN is "no data" and has a glyph of its own, as
 * has zero mentions (the lowest bar). More values than `columns` are averaged together. */
void paint_spark(struct buffer *out, const double *values, size_t count, int columns,
                 const struct output_style *style);

/* A bar of `columns` for a share 0..1. */
void paint_bar(struct buffer *out, double share, int columns, const struct output_style *style);

/* Numbers as text in `arena`. */
struct span paint_count(struct arena *arena, double value);  /* "12,345", "1.2 M" from a million */
struct span paint_signed(struct arena *arena, double value); /* "+0.23" */
struct span paint_share(struct arena *arena, double share);  /* "43.1 %" */

/* How a KPI's value, interval and change are written for people: "+0.23", "+0.18..+0.28", "-12 %";
 * "no data" when not known. `change` is empty when there is nothing to compare with. */
struct kpi_text {
    struct span value;
    struct span interval;
    struct span change;
    int direction; /* of the change: -1, 0, 1 */
    bool certain;  /* the change is more than chance: the previous value is outside the interval */
};
struct kpi_text paint_kpi(struct arena *arena, const struct kpi *kpi);

/* A value in the KPI's unit; and how it has changed: sums by a share of kpi->previous, everything else
 * by a difference in its own unit. */
struct span paint_kpi_number(struct arena *arena, const struct kpi *kpi, double value);
struct span paint_kpi_change(struct arena *arena, const struct kpi *kpi, double difference);

#endif
