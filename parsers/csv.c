#include "parsers/csv.h"

struct csv_reader csv_reader_make(char delimiter) {
    return (struct csv_reader){.delimiter = delimiter, .line = 1};
}

/* One row while it is read. */
struct scan {
    const struct csv_reader *reader;
    struct span text;
    struct arena *arena;
    bool last;
    bool quotes; /* they mean something */
    size_t at;
    unsigned line;
    size_t line_begin; /* offset of the line that `at` is in */
    size_t capacity;   /* of row->cells */
    enum { SCAN_GOES_ON, SCAN_OVER, SCAN_SHORT, SCAN_UNCLOSED } state;
};

static bool is_end(char c) {
    return c == '\n' || c == '\r';
}

static bool scan_is_done(const struct scan *scan) {
    return scan->at >= scan->text.size;
}

static char scan_peek(const struct scan *scan) {
    return scan->text.data[scan->at];
}

/* Passes one end of line; a CR at the end of the piece may be half of one. */
static void scan_line_end(struct scan *scan) {
    bool pair = scan_peek(scan) == '\r' && scan->at + 1 < scan->text.size &&
                scan->text.data[scan->at + 1] == '\n';
    scan->at += pair ? 2 : 1;
    scan->line++;
    scan->line_begin = scan->at;
}

static void scan_fail(struct scan *scan, struct csv_row *row, size_t quote, unsigned line,
                      size_t line_begin) {
    scan->state = scan->last || scan->text.size > LIMIT_CSV_ROW ? SCAN_UNCLOSED : SCAN_SHORT;
    row->fault_line = line;
    row->fault_column = (unsigned)(quote - line_begin + 1);
}

/* Whether the quote at `at` ends its cell: only white space stands between it and the next. A quote
 * that nobody doubled does not. */
static bool quote_closes(const struct scan *scan, size_t at) {
    at++;
    while (at < scan->text.size && scan->text.data[at] == ' ') {
        at++;
    }
    return at >= scan->text.size || scan->text.data[at] == scan->reader->delimiter ||
           is_end(scan->text.data[at]);
}

/* The bytes of [begin, end) with doubled quotes halved and those behind a backslash bare. */
static struct span unquote(struct span text, struct arena *arena) {
    size_t first = span_find_byte(text, '"');
    if (first == SPAN_NOT_FOUND) {
        return text;
    }
    char *out = arena_copy_string(arena, text);
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        bool escaped = i + 1 < text.size && text.data[i + 1] == '"' &&
                       (text.data[i] == '"' || text.data[i] == '\\');
        i += escaped;
        out[size++] = text.data[i];
    }
    return (struct span){out, size};
}

/* A cell that begins with a quote; `at` stands on it. */
static struct span scan_quoted(struct scan *scan, struct csv_row *row) {
    size_t quote = scan->at;
    unsigned line = scan->line;
    size_t line_begin = scan->line_begin;
    scan->at++;
    while (!scan_is_done(scan)) {
        bool doubled = scan_peek(scan) == '"' && scan->at + 1 < scan->text.size &&
                       scan->text.data[scan->at + 1] == '"';
        if (doubled) {
            /* \"" at the end of a cell is an escaped quote and the closing one. */
            bool escaped = scan->text.data[scan->at - 1] == '\\' && scan->at > quote + 1 &&
                           quote_closes(scan, scan->at + 1);
            scan->at += escaped ? 1 : 2;
        } else if (scan_peek(scan) == '"' && quote_closes(scan, scan->at)) {
            struct span inside = {scan->text.data + quote + 1, scan->at - quote - 1};
            scan->at++;
            while (!scan_is_done(scan) && scan_peek(scan) == ' ') {
                scan->at++;
            }
            return unquote(inside, scan->arena);
        } else if (is_end(scan_peek(scan))) {
            scan_line_end(scan);
        } else {
            scan->at++;
        }
    }
    scan_fail(scan, row, quote, line, line_begin);
    return (struct span){0};
}

static struct span scan_plain(struct scan *scan) {
    size_t begin = scan->at;
    while (!scan_is_done(scan) && scan_peek(scan) != scan->reader->delimiter &&
           !is_end(scan_peek(scan))) {
        scan->at++;
    }
    return (struct span){scan->text.data + begin, scan->at - begin};
}

static void row_add(struct scan *scan, struct csv_row *row, struct span cell) {
    if (row->count == LIMIT_COLUMNS) {
        row->fault = CSV_TOO_LONG;
        return;
    }
    row->cells =
        arena_grow(scan->arena, row->cells, row->count, &scan->capacity, sizeof *row->cells);
    row->cells[row->count++] = cell;
}

/* What stands behind a cell: a delimiter, the end of the row, or of the text. */
static void scan_separator(struct scan *scan, struct csv_row *row) {
    if (scan_is_done(scan)) {
        bool long_enough = scan->text.size > LIMIT_CSV_ROW;
        row->fault = long_enough ? CSV_TOO_LONG : row->fault;
        scan->state = scan->last || long_enough ? SCAN_OVER : SCAN_SHORT;
    } else if (is_end(scan_peek(scan))) {
        /* A CR at the end of the piece: its LF may come. */
        bool half = scan_peek(scan) == '\r' && scan->at + 1 == scan->text.size && !scan->last;
        scan->state = half ? SCAN_SHORT : SCAN_OVER;
        scan_line_end(scan);
    } else {
        scan->at++;
    }
}

static void scan_row(struct scan *scan, struct csv_row *row) {
    *row = (struct csv_row){.line = scan->line, .fault_line = scan->line, .fault_column = 1};
    while (scan->state == SCAN_GOES_ON) {
        bool quoted = scan->quotes && !scan_is_done(scan) && scan_peek(scan) == '"';
        struct span cell = quoted ? scan_quoted(scan, row) : scan_plain(scan);
        if (scan->state == SCAN_GOES_ON) {
            row_add(scan, row, cell);
            scan_separator(scan, row);
        }
    }
}

static void skip_empty_lines(struct csv_reader *reader, struct span *text, bool last) {
    while (text->size > 0 && is_end(text->data[0])) {
        if (text->size == 1 && text->data[0] == '\r' && !last) {
            return; /* half of an end, maybe */
        }
        bool pair = text->size > 1 && text->data[0] == '\r' && text->data[1] == '\n';
        *text = span_from(*text, pair ? 2 : 1);
        reader->line++;
    }
}

enum csv_outcome csv_next(struct csv_reader *reader, struct span *text, bool last,
                          struct arena *arena, struct csv_row *row) {
    skip_empty_lines(reader, text, last);
    if (text->size == 0 || is_end(text->data[0])) {
        return last ? CSV_END : CSV_MORE;
    }
    struct scan scan = {.reader = reader,
                        .text = *text,
                        .arena = arena,
                        .last = last,
                        .quotes = reader->unclosed < LIMIT_CSV_FAULTS,
                        .line = reader->line};
    struct scan again = scan;
    scan_row(&scan, row);
    if (scan.state == SCAN_UNCLOSED) {
        unsigned line = row->fault_line;
        unsigned column = row->fault_column;
        again.quotes = false;
        scan = again;
        scan_row(&scan, row);
        row->fault = CSV_UNCLOSED;
        row->fault_line = line;
        row->fault_column = column;
        reader->unclosed++;
    }
    if (scan.state == SCAN_SHORT) {
        return CSV_MORE;
    }
    reader->line = scan.line;
    *text = span_from(*text, scan.at);
    return CSV_ROW;
}

/* --- The delimiter ---------------------------------------------------------------------------- */

#define SNIFF_ROWS 40

/* How many rows are as wide as the first, times its width; nothing for one column. */
static size_t delimiter_worth(char delimiter, struct span sample, struct arena *arena) {
    struct csv_reader reader = csv_reader_make(delimiter);
    struct csv_row row;
    size_t width = 0;
    size_t alike = 0;
    for (size_t i = 0; i < SNIFF_ROWS && csv_next(&reader, &sample, true, arena, &row) == CSV_ROW;
         i++) {
        width = i == 0 ? row.count : width;
        alike += row.count == width;
    }
    return width < 2 ? 0 : alike * 64 + width;
}

char csv_sniff(struct span sample, struct arena *arena) {
    static const char delimiters[] = {',', ';', '\t', '|'};
    char best = ',';
    size_t most = 0;
    for (size_t i = 0; i < sizeof delimiters; i++) {
        size_t worth = delimiter_worth(delimiters[i], sample, arena);
        if (worth > most) {
            most = worth;
            best = delimiters[i];
        }
    }
    return best;
}
