/* A table of rows in every output format: the columns are said once, the rows are filled once, and
 * one of the formats writes them. Text may come from anywhere; each format escapes it. */
#ifndef REPORT_GRID_H
#define REPORT_GRID_H

#include "base/arena.h"
#include "base/buffer.h"
#include "report/report.h"

enum grid_type { GRID_TEXT, GRID_COUNT, GRID_REAL, GRID_SHARE, GRID_TIME };

#define GRID_DATA (-1)

struct grid_column {
    const char *key;   /* in JSON and CSV: "next_ms" */
    const char *title; /* for people: "next" */
    enum grid_type type;
    int width; /* most columns in a terminal; 0 = what is left over; GRID_DATA = for machines only */
};

struct grid_cell {
    struct span text;
    double number; /* NAN: nothing known */
    int64_t time_ms;
    enum tone { TONE_PLAIN, TONE_GOOD, TONE_BAD, TONE_DIM } tone; /* in tables */
};

struct grid {
    struct arena *arena;
    const struct grid_column *columns;
    size_t column_count;
    struct grid_cell *cells; /* row after row */
    size_t cell_count;
    size_t cell_capacity;
    const char *empty; /* said to people where there is no row: "No incidents." */
};
struct grid grid_make(struct arena *arena, const struct grid_column *columns, size_t column_count,
                      const char *empty);

/* Fill the next cell; a row is full when all its columns are. */
void grid_text(struct grid *grid, struct span text);
void grid_tone(struct grid *grid, struct span text, enum tone tone);
void grid_number(struct grid *grid, double number);
void grid_time(struct grid *grid, int64_t time_ms);

void grid_print(struct buffer *out, const struct grid *grid, const struct output_style *style);

/* Bare HTML: the table element without a page around it. */
void grid_print_html(struct buffer *out, const struct grid *grid);

#endif
