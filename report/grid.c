#include "report/grid.h"

#include "base/json_writer.h"
#include "base/print.h"
#include "report/html.h"
#include "report/paint.h"

#include <math.h>

struct grid grid_make(struct arena *arena, const struct grid_column *columns, size_t column_count,
                      const char *empty) {
    return (struct grid){
        .arena = arena, .columns = columns, .column_count = column_count, .empty = empty};
}

static void grid_add(struct grid *grid, struct grid_cell cell) {
    grid->cells = arena_grow(grid->arena, grid->cells, grid->cell_count, &grid->cell_capacity,
                             sizeof(*grid->cells));
    grid->cells[grid->cell_count++] = cell;
}

void grid_text(struct grid *grid, struct span text) {
    grid_add(grid, (struct grid_cell){.text = text});
}

void grid_tone(struct grid *grid, struct span text, enum tone tone) {
    grid_add(grid, (struct grid_cell){.text = text, .tone = tone});
}

void grid_number(struct grid *grid, double number) {
    grid_add(grid, (struct grid_cell){.number = number});
}

void grid_time(struct grid *grid, int64_t time_ms) {
    grid_add(grid, (struct grid_cell){.time_ms = time_ms});
}

/* "2026-11-21 09:10": what people read; machines get RFC 3339. */
static struct span time_for_people(struct arena *arena, int64_t ms) {
    char text[DATE_TEXT_SIZE];
    if (ms == DATE_NONE) {
        return SPAN("-");
    }
    struct span whole = arena_copy(arena, span_of(date_print(ms, text)));
    return arena_print(arena, "%.10s %.5s", whole.data, whole.data + 11);
}

/* A copy of the grid with the columns that people are shown. */
static struct grid grid_for_people(const struct grid *grid) {
    struct grid_column *columns = ARENA_ARRAY(grid->arena, struct grid_column, grid->column_count);
    struct grid shown = grid_make(grid->arena, columns, 0, grid->empty);
    for (size_t c = 0; c < grid->column_count; c++) {
        if (grid->columns[c].width != GRID_DATA) {
            columns[shown.column_count++] = grid->columns[c];
        }
    }
    for (size_t i = 0; i < grid->cell_count; i++) {
        if (grid->columns[i % grid->column_count].width != GRID_DATA) {
            grid_add(&shown, grid->cells[i]);
        }
    }
    return shown;
}

/* A cell as people read it; text is still raw. */
static struct span cell_text(struct arena *arena, const struct grid_column *column,
                             const struct grid_cell *cell) {
    switch (column->type) {
    case GRID_TIME:
        return time_for_people(arena, cell->time_ms);
    case GRID_COUNT:
        return isnan(cell->number) ? SPAN("-") : paint_count(arena, cell->number);
    case GRID_REAL:
        return isnan(cell->number) ? SPAN("-") : arena_print(arena, "%.3g", cell->number);
    case GRID_SHARE:
        return isnan(cell->number) ? SPAN("-") : arena_print(arena, "%.0f %%", cell->number * 100);
    case GRID_TEXT:
        return cell->text;
    }
    return (struct span){0};
}

/* A cell as machines read it: full precision, empty for nothing known. */
static struct span cell_data(struct arena *arena, const struct grid_column *column,
                             const struct grid_cell *cell) {
    char text[DATE_TEXT_SIZE];
    if (column->type == GRID_TEXT) {
        return cell->text;
    }
    if (column->type == GRID_TIME) {
        return arena_copy(arena, span_of(date_print(cell->time_ms, text)));
    }
    if (isnan(cell->number)) {
        return (struct span){0};
    }
    return arena_print(arena, column->type == GRID_COUNT ? "%.0f" : "%.15g", cell->number);
}

static bool column_is_right(const struct grid_column *column) {
    return column->type != GRID_TEXT && column->type != GRID_TIME;
}

/* Widths as the contents need them, the one column without a limit taking what is left. */
static int *table_widths(const struct grid *grid, struct span *texts, int width) {
    int *widths = ARENA_ARRAY(grid->arena, int, grid->column_count);
    int used = 0;
    int *open = NULL;
    for (size_t c = 0; c < grid->column_count; c++) {
        widths[c] = paint_columns(span_of(grid->columns[c].title));
        for (size_t i = c; i < grid->cell_count; i += grid->column_count) {
            int columns = paint_columns(texts[i]);
            widths[c] = columns > widths[c] ? columns : widths[c];
        }
        int limit = grid->columns[c].width;
        if (limit == 0) {
            open = &widths[c];
            continue;
        }
        widths[c] = widths[c] > limit ? limit : widths[c];
        used += widths[c] + 2;
    }
    if (open != NULL && *open > width - used) {
        *open = width - used < 10 ? 10 : width - used;
    }
    return widths;
}

static enum paint tone_paint(enum tone tone) {
    static const enum paint paints[] = {[TONE_PLAIN] = PAINT_PLAIN,
                                        [TONE_GOOD] = PAINT_GOOD,
                                        [TONE_BAD] = PAINT_BAD,
                                        [TONE_DIM] = PAINT_DIM};
    return paints[tone];
}

/* One line of the table; `cells` NULL for the head. */
static void table_line(struct buffer *out, const struct grid *grid, const struct span *texts,
                       const struct grid_cell *cells, const int *widths,
                       const struct output_style *style) {
    for (size_t c = 0; c < grid->column_count; c++) {
        bool last = c + 1 == grid->column_count;
        bool right = column_is_right(&grid->columns[c]);
        enum paint paint = cells == NULL ? PAINT_DIM : tone_paint(cells[c].tone);
        struct span text = paint_line(grid->arena, texts[c], widths[c], style);
        paint_begin(out, style, paint);
        paint_padded(out, text, last && !right ? 0 : widths[c], right);
        paint_end(out, style, paint);
        buffer_append_string(out, last ? "\n" : "  ");
    }
}

static void print_table(struct buffer *out, const struct grid *all,
                        const struct output_style *style) {
    if (all->cell_count == 0) {
        buffer_print(out, "%s\n", all->empty);
        return;
    }
    const struct grid people = grid_for_people(all);
    const struct grid *grid = &people;
    int width = paint_width(style);
    struct span *texts = ARENA_ARRAY(grid->arena, struct span, grid->cell_count);
    for (size_t i = 0; i < grid->cell_count; i++) {
        struct span text =
            cell_text(grid->arena, &grid->columns[i % grid->column_count], &grid->cells[i]);
        texts[i] = paint_line(grid->arena, text, width, style);
    }
    int *widths = table_widths(grid, texts, width);
    struct span *titles = ARENA_ARRAY(grid->arena, struct span, grid->column_count);
    for (size_t c = 0; c < grid->column_count; c++) {
        titles[c] = span_of(grid->columns[c].title);
    }
    table_line(out, grid, titles, NULL, widths, style);
    for (size_t i = 0; i < grid->cell_count; i += grid->column_count) {
        table_line(out, grid, texts + i, grid->cells + i, widths, style);
    }
}

static void json_row(struct json_writer *json, const struct grid *grid,
                     const struct grid_cell *cells) {
    json_object_begin(json, NULL);
    for (size_t c = 0; c < grid->column_count; c++) {
        const struct grid_column *column = &grid->columns[c];
        if (column->type == GRID_TEXT) {
            json_put_text(json, column->key, cells[c].text);
        } else if (column->type == GRID_TIME) {
            json_put_time(json, column->key, cells[c].time_ms);
        } else {
            json_put_real(json, column->key, cells[c].number);
        }
    }
    json_object_end(json);
}

static void print_json_array(struct buffer *out, const struct grid *grid,
                             const struct output_style *style) {
    (void)style;
    struct json_writer json = json_writer_make(out, true);
    json_array_begin(&json, NULL);
    for (size_t i = 0; i < grid->cell_count; i += grid->column_count) {
        json_row(&json, grid, grid->cells + i);
    }
    json_array_end(&json);
    buffer_append_byte(out, '\n');
}

static void print_json_lines(struct buffer *out, const struct grid *grid,
                             const struct output_style *style) {
    (void)style;
    for (size_t i = 0; i < grid->cell_count; i += grid->column_count) {
        struct json_writer json = json_writer_make(out, false);
        json_row(&json, grid, grid->cells + i);
        buffer_append_byte(out, '\n');
    }
}

static void print_csv_rows(struct buffer *out, const struct grid *grid,
                           const struct output_style *style) {
    (void)style;
    for (size_t c = 0; c < grid->column_count; c++) {
        buffer_print(out, "%s%s", c > 0 ? "," : "", grid->columns[c].key);
    }
    for (size_t i = 0; i < grid->cell_count; i++) {
        size_t c = i % grid->column_count;
        buffer_append_string(out, c == 0 ? "\r\n" : ",");
        struct span data = cell_data(grid->arena, &grid->columns[c], &grid->cells[i]);
        if (grid->columns[c].type == GRID_TEXT) {
            print_csv(out, data);
        } else {
            buffer_append(out, data);
        }
    }
    buffer_append_string(out, "\r\n");
}

static void print_markdown_table(struct buffer *out, const struct grid *grid,
                                 const struct output_style *style) {
    (void)style;
    if (grid->cell_count == 0) {
        buffer_print(out, "%s\n", grid->empty);
        return;
    }
    for (size_t c = 0; c < grid->column_count; c++) {
        buffer_append_string(out, "| ");
        print_markdown(out, span_of(grid->columns[c].title));
        buffer_append_byte(out, ' ');
    }
    buffer_append_string(out, "|\n");
    for (size_t c = 0; c < grid->column_count; c++) {
        buffer_append_string(out, column_is_right(&grid->columns[c]) ? "|---:" : "|---");
    }
    for (size_t i = 0; i < grid->cell_count; i++) {
        size_t c = i % grid->column_count;
        buffer_append_string(out, i == 0 ? "|\n| " : c == 0 ? " |\n| " : " | ");
        print_markdown(out, cell_text(grid->arena, &grid->columns[c], &grid->cells[i]));
    }
    buffer_append_string(out, " |\n");
}

void grid_print_html(struct buffer *out, const struct grid *grid) {
    if (grid->cell_count == 0) {
        buffer_append_string(out, "<p class=\"none\">");
        print_html(out, span_of(grid->empty));
        buffer_append_string(out, "</p>\n");
        return;
    }
    static const char *const classes[] = {
        [TONE_PLAIN] = "", [TONE_GOOD] = "good", [TONE_BAD] = "bad", [TONE_DIM] = "dim"};
    buffer_append_string(out, "<div class=\"wide\"><table>\n<thead><tr>");
    for (size_t c = 0; c < grid->column_count; c++) {
        bool right = column_is_right(&grid->columns[c]);
        buffer_print(out, "<th scope=\"col\"%s>", right ? " class=\"number\"" : "");
        print_html(out, span_of(grid->columns[c].title));
        buffer_append_string(out, "</th>");
    }
    buffer_append_string(out, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < grid->cell_count; i++) {
        size_t c = i % grid->column_count;
        bool right = column_is_right(&grid->columns[c]);
        buffer_append_string(out, c == 0 ? "<tr>" : "");
        buffer_print(out, "<td class=\"%s%s\">", right ? "number " : "",
                     classes[grid->cells[i].tone]);
        print_html(out, cell_text(grid->arena, &grid->columns[c], &grid->cells[i]));
        buffer_append_string(out, c + 1 == grid->column_count ? "</td></tr>\n" : "</td>");
    }
    buffer_append_string(out, "</tbody></table></div>\n");
}

static void print_html_page(struct buffer *out, const struct grid *grid,
                            const struct output_style *style) {
    (void)style;
    html_page_begin(out, SPAN("earshot"));
    grid_print_html(out, grid);
    html_page_end(out);
}

void grid_print(struct buffer *out, const struct grid *grid, const struct output_style *style) {
    static void (*const printers[])(struct buffer *, const struct grid *,
                                    const struct output_style *) = {
        [OUTPUT_TABLE] = print_table,
        [OUTPUT_JSON] = print_json_array,
        [OUTPUT_JSONL] = print_json_lines,
        [OUTPUT_CSV] = print_csv_rows,
        [OUTPUT_MARKDOWN] = print_markdown_table,
        [OUTPUT_HTML] = print_html_page,
    };
    printers[style->format](out, grid, style);
}
