/* CSV files by the names of their columns. */
#include "parsers/csv.h"
#include "parsers/parsers.h"

static const size_t none = SIZE_MAX;

/* Bytes that tell the delimiter. */
enum { SAMPLE = 64 * KIB };

/* Which cell each name stands over; false when none does. */
static bool columns_find(const struct csv_row *head, const char *const *names, size_t count,
                         size_t *columns) {
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        columns[i] = none;
        for (size_t j = 0; j < head->count; j++) {
            if (span_equal_nocase(span_trim(head->cells[j]), span_of(names[i]))) {
                columns[i] = j;
                any = true;
                break;
            }
        }
    }
    return any;
}

bool csv_members(struct span text, const char *const *names, size_t count, struct arena *arena,
                 members_visitor *visit, void *context, struct error *error) {
    text = charset_to_utf8(text, SPAN("text/csv"), arena);
    struct csv_reader reader = csv_reader_make(csv_sniff(span_first(text, SAMPLE), arena));
    struct csv_row row;
    size_t *columns = ARENA_ARRAY(arena, size_t, count);
    struct span *values = ARENA_ARRAY(arena, struct span, count);
    if (csv_next(&reader, &text, true, arena, &row) != CSV_ROW ||
        !columns_find(&row, names, count, columns)) {
        return error_set(error, ERROR_INPUT, "no column is named \"%s\"", names[0]);
    }
    while (csv_next(&reader, &text, true, arena, &row) == CSV_ROW) {
        for (size_t i = 0; i < count; i++) {
            values[i] = columns[i] < row.count ? row.cells[columns[i]] : (struct span){NULL, 0};
        }
        visit(context, row.line, values);
    }
    return true;
}
