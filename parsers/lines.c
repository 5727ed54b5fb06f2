#include "parsers/lines.h"

#include "base/limits.h"

#include <stdio.h>

static json_t *line_columns(struct span line) {
    char separator = span_find_byte(line, '\t') == SPAN_NOT_FOUND ? ' ' : '\t';
    json_t *columns = json_object();
    struct span cell;
    json_object_set_new(columns, "all", json_stringn(line.data, line.size));
    for (unsigned number = 1; number <= LIMIT_LINE_COLUMNS && span_split(&line, separator, &cell);
         number++) {
        char name[16];
        snprintf(name, sizeof name, "c%u", number);
        cell = span_trim(cell);
        if (cell.size > 0) {
            json_object_set_new(columns, name, json_stringn(cell.data, cell.size));
        }
    }
    return columns;
}

bool lines_parse(struct span utf8, json_t **root, struct error *error) {
    if (span_starts_with(span_trim(utf8), SPAN("<"))) {
        return error_set(error, ERROR_INPUT, "markup instead of lines with columns");
    }
    json_t *lines = json_array();
    struct span rest = utf8;
    struct span line;
    while (json_array_size(lines) < LIMIT_ITEMS && rest.size > 0 &&
           span_split(&rest, '\n', &line)) {
        if (span_trim(line).size > 0) {
            json_array_append_new(lines, line_columns(line));
        }
    }
    *root = json_object();
    json_object_set_new(*root, "lines", lines);
    return true;
}
