#include "base/embed.h"
#include "parsers/recipe.h"

#include <stdlib.h>

/* The recipes that are part of the program. */

static struct span builtin_name(const struct embedded_file *file) {
    struct span name = span_of(file->name);
    return span_ends_with(name, SPAN(".yaml")) ? span_first(name, name.size - 5) : name;
}

static int compare_names(const void *a, const void *b) {
    return span_compare(*(const struct span *)a, *(const struct span *)b);
}

/* Files are in order of their names with ".yaml", where "a-b" stands before "a". */
const struct span *recipe_builtin_names(struct arena *arena, size_t *count) {
    size_t total = 0;
    while (embedded_recipes[total].name != NULL) {
        total++;
    }
    struct span *names = ARENA_ARRAY(arena, struct span, total);
    for (size_t i = 0; i < total; i++) {
        names[i] = builtin_name(&embedded_recipes[i]);
    }
    qsort(names, total, sizeof names[0], compare_names);
    *count = total;
    return names;
}

/* How many edits lead from one name to another. */
static size_t distance(struct span a, struct span b) {
    size_t row[64];
    if (a.size >= 64 || b.size >= 64) {
        return 64;
    }
    for (size_t j = 0; j <= b.size; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= a.size; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.size; j++) {
            size_t change = diagonal + (a.data[i - 1] != b.data[j - 1]);
            diagonal = row[j];
            size_t shift = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            row[j] = change < shift ? change : shift;
        }
    }
    return row[b.size];
}

bool recipe_builtin(struct span name, struct arena *arena, const struct recipe **recipe,
                    struct error *error) {
    struct span nearest = {0};
    size_t least = 4; /* further off is no typing mistake */
    for (const struct embedded_file *file = embedded_recipes; file->name != NULL; file++) {
        struct span own = builtin_name(file);
        if (span_equal(own, name)) {
            return recipe_parse(embedded_span(file), span_of(file->name), arena, recipe, error);
        }
        size_t far = distance(own, name);
        if (far < least) {
            least = far;
            nearest = own;
        }
    }
    if (nearest.size > 0) {
        return error_set(error, ERROR_USAGE, "unknown recipe \"%.*s\"; did you mean \"%.*s\"?",
                         SPAN_ARG(name), SPAN_ARG(nearest));
    }
    return error_set(error, ERROR_USAGE, "unknown recipe \"%.*s\"; \"earshot sources\" lists them",
                     SPAN_ARG(name));
}
