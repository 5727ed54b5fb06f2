#include "tests/unit/test.h"

#include "base/buffer.h"
#include "parsers/csv.h"
#include "parsers/parsers.h"

/* All rows as text: cells between [ ], rows on lines, faults behind them. Given in pieces of `piece`
 * bytes, as a reader of a long file would. */
static struct span read_all(const char *text, size_t size, char delimiter, size_t piece,
                            struct arena *arena) {
    struct buffer out;
    struct csv_reader reader = csv_reader_make(delimiter);
    size_t given = 0;
    size_t taken = 0;
    bool last = false;
    buffer_init(&out, 64 * MIB);
    while (!last) {
        given = given + piece < size ? given + piece : size;
        last = given == size;
        struct span rest = {text + taken, given - taken};
        struct csv_row row;
        enum csv_outcome outcome = CSV_ROW;
        while ((outcome = csv_next(&reader, &rest, last, arena, &row)) == CSV_ROW) {
            buffer_print(&out, "%u", row.line);
            for (size_t i = 0; i < row.count; i++) {
                buffer_append_string(&out, "[");
                buffer_append(&out, row.cells[i]);
                buffer_append_string(&out, "]");
            }
            if (row.fault != CSV_SOUND) {
                buffer_print(&out, " fault %d at %u:%u", row.fault, row.fault_line,
                             row.fault_column);
            }
            buffer_append_string(&out, "\n");
        }
        assert_int_equal(outcome, last ? CSV_END : CSV_MORE);
        taken = given - rest.size;
    }
    struct span all = arena_copy(arena, buffer_span(&out));
    buffer_done(&out);
    return all;
}

static void check(const char *text, char delimiter, const char *expected) {
    struct arena *arena = arena_create();
    size_t size = strlen(text);
    assert_span_equal(read_all(text, size, delimiter, size + 1, arena), expected);
    for (size_t piece = 1; piece < size; piece += piece < 8 ? 1 : 7) {
        assert_span_equal(read_all(text, size, delimiter, piece, arena), expected);
    }
    arena_free(arena);
}

static void rfc_4180(void **state) {
    (void)state;
    check("a,b\r\nc,d\r\n", ',', "1[a][b]\n2[c][d]\n");
    check("a,b\nc,d", ',', "1[a][b]\n2[c][d]\n");
    check("a,b\rc,d\r", ',', "1[a][b]\n2[c][d]\n");
    check("\"a\",\"b, c\"\n", ',', "1[a][b, c]\n");
    check("\"a\"\"b\",\"\"\"\"\n", ',', "1[a\"b][\"]\n");
    check("\"one\ntwo\r\nthree\",x\ny\n", ',', "1[one\ntwo\r\nthree][x]\n4[y]\n");
    check(",,\n\"\",x,\n", ',', "1[][][]\n2[][x][]\n");
    check("", ',', "");
    check("\n\r\n\na\n", ',', "4[a]\n");
}

static void reality(void **state) {
    (void)state;
    check("a;b\tc;d\n", ';', "1[a][b\tc][d]\n");
    check("5\" pipe,x\n", ',', "1[5\" pipe][x]\n"); /* not at the beginning */
    check("\"she said \"hi\" to me\",x\n", ',', "1[she said \"hi\" to me][x]\n"); /* not doubled */
    check("\"she said \\\"hi\\\"\",x\n", ',', "1[she said \"hi\"][x]\n");         /* as in JSON */
    check("\"a\"  ,b\n", ',', "1[a][b]\n");
    check("a,b,c\nd\ne,f,g,h\n", ',', "1[a][b][c]\n2[d]\n3[e][f][g][h]\n");
}

static void an_open_quote_costs_its_row_only(void **state) {
    (void)state;
    check("a,\"b\nc,d\ne,f\n", ',', "1[a][\"b] fault 1 at 1:3\n2[c][d]\n3[e][f]\n");
    check("a,b\nc,\"d", ',', "1[a][b]\n2[c][\"d] fault 1 at 2:3\n");
}

static void nothing_grows_without_bound(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    /* A file of open quotes: after a hundred rows they mean nothing. */
    size_t size = 2 * MIB;
    char *text = arena_allocate(arena, size);
    for (size_t i = 0; i < size; i += 4) {
        memcpy(text + i, "\"x,\n", 4);
    }
    struct csv_reader reader = csv_reader_make(',');
    struct span rest = {text, size};
    struct csv_row row;
    size_t rows = 0;
    while (csv_next(&reader, &rest, true, arena, &row) == CSV_ROW) {
        rows++;
    }
    assert_int_equal(rows, size / 4);
    assert_int_equal(reader.unclosed, LIMIT_CSV_FAULTS);
    /* A row without an end, and one of too many columns. */
    size = LIMIT_CSV_ROW + 1;
    text = arena_allocate(arena, size);
    memset(text, 'x', size);
    reader = csv_reader_make(',');
    rest = (struct span){text, size};
    assert_int_equal(csv_next(&reader, &rest, false, arena, &row), CSV_ROW);
    assert_int_equal(row.fault, CSV_TOO_LONG);
    memset(text, ',', LIMIT_COLUMNS + 5);
    text[LIMIT_COLUMNS + 5] = '\n';
    reader = csv_reader_make(',');
    rest = (struct span){text, LIMIT_COLUMNS + 6};
    assert_int_equal(csv_next(&reader, &rest, true, arena, &row), CSV_ROW);
    assert_int_equal(row.count, LIMIT_COLUMNS);
    assert_int_equal(row.fault, CSV_TOO_LONG);
    arena_free(arena);
}

static void delimiters_are_found(void **state) {
    (void)state;
    static const struct {
        const char *text;
        char delimiter;
    } cases[] = {
        {"a,b,c\n1,2,3\n", ','},
        {"a;b;c\n1,5;2,5;3\n1,0;2,0;3\n", ';'},
        {"id\tquestion, or not\n1\tyes, it is\n2\tno\n", '\t'},
        {"a|b\n1|2\n", '|'},
        {"\"Hello; all; of; you\",b\n1,2\n", ','},
        {"comment\nfine, thanks; really\n", ','},
        {"", ','},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        assert_int_equal(csv_sniff(span_of(cases[i].text), arena), cases[i].delimiter);
        arena_free(arena);
    }
}

static void row_tell(void *context, unsigned line, const struct span *values) {
    buffer_print(context, "%u[%.*s][%.*s]", line, SPAN_ARG(values[0]), SPAN_ARG(values[1]));
}

/* Columns by their names, whatever their order and case; what a row lacks is empty. */
static void members_are_found_by_name(void **state) {
    (void)state;
    static const char *const names[] = {"text", "label"};
    struct arena *arena = arena_create();
    struct buffer out;
    struct error error;
    buffer_init(&out, KIB);
    assert_true(csv_members(SPAN("\xEF\xBB\xBFLabel;x; TEXT\n1;y;\"a; b\"\n0\n"), names, 2, arena,
                            row_tell, &out, &error));
    assert_string_equal(buffer_string(&out), "2[a; b][1]3[][0]");
    buffer_clear(&out);
    assert_false(csv_members(SPAN("a,b\n1,2\n"), names, 2, arena, row_tell, &out, &error));
    assert_non_null(strstr(error.message, "\"text\""));
    assert_false(csv_members(SPAN(""), names, 2, arena, row_tell, &out, &error));
    assert_int_equal(out.size, 0);
    buffer_done(&out);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_4180),
        cmocka_unit_test(reality),
        cmocka_unit_test(an_open_quote_costs_its_row_only),
        cmocka_unit_test(nothing_grows_without_bound),
        cmocka_unit_test(delimiters_are_found),
        cmocka_unit_test(members_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
