/* What is going to be asked, and what it costs: the lists about polls that have not happened. */
#include "report/grid.h"

#include <math.h>

#define COLUMNS(columns) (columns), sizeof(columns) / sizeof((columns)[0])

static struct span amount(struct arena *arena, const struct budget *rule, double value) {
    char text[BUDGET_TEXT_SIZE];
    return arena_copy(arena, span_of(budget_print(rule, value, text)));
}

static void budget_row_fill(struct grid *grid, const struct budget_row *row, bool people) {
    struct arena *arena = grid->arena;
    bool bounded = row->most > 0;
    bool short_soon = bounded && row->spent + row->expected > row->most;
    grid_text(grid, row->site);
    grid_text(grid, row->rule->name);
    if (people) {
        grid_tone(grid, amount(arena, row->rule, row->spent), short_soon ? TONE_BAD : TONE_PLAIN);
        grid_text(grid, bounded ? amount(arena, row->rule, row->most) : SPAN("no bound"));
        grid_text(grid, amount(arena, row->rule, row->expected));
    } else {
        grid_number(grid, row->spent);
        grid_number(grid, bounded ? row->most : NAN);
        grid_number(grid, row->expected);
    }
    grid_text(grid, span_of(budget_period_name(row->rule->period)));
    grid_text(grid, row->rule->money);
    grid_time(grid, row->end_ms);
    grid_number(grid, (double)row->polls);
}

void budgets_print(struct buffer *out, const struct budget_row *rows, size_t count,
                   const struct output_style *style) {
    struct grid_column columns[] = {
        {"site", "site", GRID_TEXT, 0},
        {"counted", "counted", GRID_TEXT, 12},
        {"spent", "spent", GRID_REAL, 10},
        {"most", "of", GRID_REAL, 10},
        {"expected", "still expected", GRID_REAL, 14},
        {"per", "a", GRID_TEXT, 6},
        {"money", "money", GRID_TEXT, GRID_DATA},
        {"ends", "until (UTC)", GRID_TIME, 16},
        {"polls", "searches", GRID_COUNT, 8},
    };
    bool people = style->format == OUTPUT_TABLE || style->format == OUTPUT_MARKDOWN ||
                  style->format == OUTPUT_HTML;
    for (size_t i = 2; i < 5 && people; i++) {
        columns[i].type = GRID_TEXT;
    }
    struct arena *arena = arena_create();
    struct grid grid =
        grid_make(arena, COLUMNS(columns), "None of the sources counts what is asked of it.");
    for (size_t i = 0; i < count; i++) {
        budget_row_fill(&grid, &rows[i], people);
    }
    grid_print(out, &grid, style);
    arena_free(arena);
}

void crawl_plan_print(struct buffer *out, const struct crawl_plan_row *rows, size_t count,
                      const struct output_style *style) {
    static const struct grid_column columns[] = {
        {"source", "source", GRID_TEXT, 24}, {"due", "due (UTC)", GRID_TIME, 16},
        {"verdict", "now", GRID_TEXT, 18},   {"requests", "requests", GRID_REAL, 8},
        {"cost", "costs", GRID_TEXT, 20},    {"address", "first asks", GRID_TEXT, 0},
    };
    struct arena *arena = arena_create();
    struct grid grid = grid_make(arena, COLUMNS(columns), "Nothing is to be asked.");
    for (size_t i = 0; i < count; i++) {
        grid_text(&grid, rows[i].source);
        grid_time(&grid, rows[i].due_ms);
        grid_tone(&grid, rows[i].verdict, rows[i].asks ? TONE_GOOD : TONE_DIM);
        grid_number(&grid, rows[i].requests);
        grid_text(&grid, rows[i].cost);
        grid_text(&grid, rows[i].address);
    }
    grid_print(out, &grid, style);
    arena_free(arena);
}
