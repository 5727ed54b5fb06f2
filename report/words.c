/* Words: what overlays changed, and where a meaning comes from. */
#include "report/grid.h"

#include <math.h>
#include <stdlib.h>

#define COLUMNS(columns) (columns), sizeof(columns) / sizeof((columns)[0])

/* A form in one overlay or two. */
struct pair {
    struct span form;
    double before, after;
    double plain;
    uint32_t texts;
};

static int compare_forms(const void *a, const void *b) {
    return span_compare(((const struct pair *)a)->form, ((const struct pair *)b)->form);
}

static int compare_change(const void *a, const void *b) {
    const struct pair *left = a;
    const struct pair *right = b;
    double difference = fabs(right->after - right->before) - fabs(left->after - left->before);
    return difference > 0 ? 1 : difference < 0 ? -1 : compare_forms(a, b);
}

static struct pair *pairs_of(const struct sentiment_overlay *overlay, struct arena *arena,
                             size_t *count) {
    struct sentiment_word *words = sentiment_overlay_words(overlay, arena, count);
    struct pair *pairs = ARENA_ARRAY(arena, struct pair, *count);
    for (size_t i = 0; i < *count; i++) {
        pairs[i] = (struct pair){words[i].form, words[i].was, words[i].valence, words[i].plain,
                                 words[i].texts};
    }
    return pairs;
}

/* What one overlay says before, the other after; what either does not list it leaves to the
 * lexicon. */
static struct pair *pairs_join(const struct sentiment_overlay *overlay,
                               const struct sentiment_overlay *other, struct arena *arena,
                               size_t *count) {
    size_t first = 0;
    size_t second = 0;
    struct pair *left = pairs_of(overlay, arena, &first);
    struct pair *right = pairs_of(other, arena, &second);
    struct pair *joined = ARENA_ARRAY(arena, struct pair, first + second);
    qsort(left, first, sizeof *left, compare_forms);
    qsort(right, second, sizeof *right, compare_forms);
    *count = 0;
    for (size_t i = 0, j = 0; i < first || j < second;) {
        int order = i == first ? 1 : j == second ? -1 : span_compare(left[i].form, right[j].form);
        struct pair pair = order > 0 ? right[j] : left[i];
        pair.before = order > 0 ? right[j].before : left[i].after;
        pair.after = order < 0 ? left[i].before : right[j].after;
        joined[(*count)++] = pair;
        i += order <= 0;
        j += order >= 0;
    }
    return joined;
}

void words_print(struct buffer *out, const struct sentiment_overlay *overlay,
                 const struct sentiment_overlay *other, size_t limit,
                 const struct output_style *style) {
    static const struct grid_column columns[] = {
        {"form", "form", GRID_TEXT, 30},        {"before", "before", GRID_REAL, 8},
        {"after", "after", GRID_REAL, 8},       {"change", "change", GRID_REAL, 8},
        {"plain", "to neutral", GRID_REAL, 10}, {"texts", "texts", GRID_COUNT, 8},
    };
    struct arena *arena = arena_create();
    struct grid grid = grid_make(arena, COLUMNS(columns), "Nothing differs.");
    size_t count = 0;
    struct pair *pairs = other == NULL ? pairs_of(overlay, arena, &count)
                                       : pairs_join(overlay, other, arena, &count);
    if (count > 0) {
        qsort(pairs, count, sizeof *pairs, compare_change);
    }
    for (size_t i = 0; i < count && i < limit; i++) {
        grid_text(&grid, pairs[i].form);
        grid_number(&grid, pairs[i].before);
        grid_number(&grid, pairs[i].after);
        grid_number(&grid, pairs[i].after - pairs[i].before);
        grid_number(&grid, pairs[i].plain);
        grid_number(&grid, pairs[i].texts);
    }
    grid_print(out, &grid, style);
    arena_free(arena);
}

void origins_print(struct buffer *out, const struct sentiment_origin *origins, size_t count,
                   const struct output_style *style) {
    static const struct grid_column columns[] = {
        {"kind", "what", GRID_TEXT, 18},   {"entry", "entry", GRID_TEXT, 32},
        {"value", "value", GRID_TEXT, 12}, {"where", "where", GRID_TEXT, 24},
        {"tags", "more", GRID_TEXT, 0},
    };
    struct arena *arena = arena_create();
    struct grid grid = grid_make(arena, COLUMNS(columns), "No list and no rule names it.");
    for (size_t i = 0; i < count; i++) {
        grid_text(&grid, origins[i].kind);
        grid_text(&grid, origins[i].entry);
        grid_text(&grid, origins[i].value);
        grid_text(&grid, arena_print(arena, "%.*s:%u", SPAN_ARG(origins[i].file), origins[i].line));
        grid_text(&grid, origins[i].tags);
    }
    grid_print(out, &grid, style);
    arena_free(arena);
}
