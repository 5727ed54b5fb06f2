/* base/print: hostile text at every sink. A property for each sink over a corpus of attacks and over
 * random bytes, and a table of what exactly comes out. */
#include "base/print.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "tests/unit/test.h"

#include <jansson.h>

/* A constant span, for tables. */
#define TEXT(literal)                                                                              \
    { (literal), sizeof(literal) - 1 }

/* What people really put into reviews to make tools obey them. */
static const struct span attacks[] = {
    TEXT(""),
    TEXT("plain"),
    TEXT("caf\xC3\xA9 \xE6\x97\xA5\xE6\x9C\xAC \xF0\x9F\x98\x80"),
    TEXT("<script>alert(1)</script>"),
    TEXT("\"><img src=x onerror=alert(1)>"),
    TEXT("' onmouseover='alert(1)"),
    TEXT("&lt;b&gt; &amp;amp;"),
    TEXT("=HYPERLINK(\"http://evil\",\"click\")"),
    TEXT("+1+cmd|' /C calc'!A0"),
    TEXT("-2+3"),
    TEXT("@SUM(1)"),
    TEXT("\t=1+1"),
    TEXT("\r=1+1"),
    TEXT("\0=1+1"),
    TEXT("a,b;c\"d\"\ne"),
    TEXT("\x1B[2J\x1B[1;31mred"),
    TEXT("\x1B]8;;http://evil\x07link\x1B]8;;\x07"),
    TEXT("\x1B]52;c;ZXZpbA==\x07"),
    TEXT("\xC2\x9B"
         "31mC1\xC2\x9D"
         "52;c;x\xC2\x9C"),
    TEXT("bell\x07 back\x08space del\x7F"),
    TEXT("line\nforged level=error event=x"),
    TEXT("a\r\nBcc: victim@example.com"),
    TEXT("\xE2\x80\xAEtxt.exe"),
    TEXT("\xE2\x81\xA6isolate\xE2\x81\xA9 \xE2\x80\x8Bzero\xEF\xBB\xBF"),
    TEXT("\xD8\x9C\xE1\xA0\x8E\xE2\x81\xAF\xEF\xBF\xB9"),
    TEXT("para\xE2\x80\xA8line\xE2\x80\xA9"),
    TEXT("family \xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9 \xD9\x86\xE2\x80\x8C\xD9\x85"),
    TEXT("half \xE2\x82"),
    TEXT("\x80\xBF lone"),
    TEXT("\xC0\xAF\xE0\x80\xAF\xF0\x80\x80\xAF overlong"),
    TEXT("\xED\xA0\x80\xED\xB0\x80 surrogates"),
    TEXT("\xF4\x90\x80\x80\xF8\x88\x80\x80\x80 beyond"),
    TEXT("\xFF\xFE"),
    TEXT("| a | **b** | `c` | [d](javascript:alert(1)) | ![e](x) | # f | ~~g~~"),
    TEXT("{{7*7}} ${7*7} #{7*7} <%= 7*7 %>"),
    TEXT("%s%n%x"),
    TEXT("\\\" \\u0000 \\x1b"),
    TEXT("a\0b"),
};
#define ATTACKS (sizeof attacks / sizeof attacks[0])

/* Each attack alone, each pair, and random bytes of a fixed seed. */
static void over_all_attacks(void (*check)(struct span text)) {
    for (size_t i = 0; i < ATTACKS; i++) {
        check(attacks[i]);
        for (size_t k = 0; k < ATTACKS; k++) {
            char both[256];
            memcpy(both, attacks[i].data, attacks[i].size);
            memcpy(both + attacks[i].size, attacks[k].data, attacks[k].size);
            check((struct span){both, attacks[i].size + attacks[k].size});
        }
    }
    uint32_t random = 2463534242u;
    for (size_t round = 0; round < 20000; round++) {
        char bytes[24];
        for (size_t i = 0; i < sizeof bytes; i++) {
            random ^= random << 13;
            random ^= random >> 17;
            random ^= random << 5;
            bytes[i] = random & 1 ? (char)(random >> 8) : "=<\"\n,|\\\x1B"[(random >> 8) & 7];
        }
        check((struct span){bytes, random % (sizeof bytes + 1)});
    }
}

static struct buffer begin(void) {
    struct buffer out;
    buffer_init(&out, 64 * KIB);
    return out;
}

static bool is_valid_utf8(struct span text) {
    while (text.size > 0) {
        uint32_t rune = 0;
        size_t size = rune_decode(text, &rune);
        if (size == 1 && rune >= 0x80) {
            return false;
        }
        text = span_from(text, size);
    }
    return true;
}

/* Every character harmless, but for those in `allowed`. */
static bool is_harmless(struct span text, const char *allowed) {
    while (text.size > 0) {
        uint32_t rune = 0;
        text = span_from(text, rune_decode(text, &rune));
        bool fine = rune < 0x80 && byte_is_any_of((char)rune, allowed);
        if (!rune_is_harmless(rune) && !fine) {
            return false;
        }
    }
    return true;
}

/* --- Properties ------------------------------------------------------------------------------- */

static void check_plain(struct span text) {
    struct buffer out = begin();
    print_plain(&out, text, false);
    assert_true(is_valid_utf8(buffer_span(&out)));
    assert_true(is_harmless(buffer_span(&out), ""));
    buffer_clear(&out);
    print_plain(&out, text, true);
    assert_true(is_harmless(buffer_span(&out), "\n"));
    buffer_done(&out);
}

static void check_html(struct span text) {
    struct buffer out = begin();
    print_html(&out, text);
    struct span html = buffer_span(&out);
    assert_true(is_valid_utf8(html));
    assert_true(is_harmless(html, "\n\r\t"));
    for (size_t i = 0; i < html.size; i++) {
        assert_false(byte_is_any_of(html.data[i], "<>\"'"));
        if (html.data[i] == '&') {
            struct span rest = span_from(html, i);
            assert_true(
                span_starts_with(rest, SPAN("&amp;")) || span_starts_with(rest, SPAN("&lt;")) ||
                span_starts_with(rest, SPAN("&gt;")) || span_starts_with(rest, SPAN("&quot;")) ||
                span_starts_with(rest, SPAN("&#39;")));
        }
    }
    buffer_done(&out);
}

/* Another reader understands it, and finds the repaired text in it. */
static void check_json(struct span text) {
    struct buffer out = begin();
    struct buffer repaired = begin();
    buffer_append_byte(&out, '"');
    print_json(&out, text);
    buffer_append_byte(&out, '"');
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '\0') { /* jansson needs to be told, then gives it back */
            assert_non_null(strstr(buffer_string(&out), "\\u0000"));
        }
    }
    assert_true(is_valid_utf8(buffer_span(&out)));
    assert_true(is_harmless(buffer_span(&out), ""));
    json_t *value = json_loadb(out.data, out.size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    assert_non_null(value);
    for (struct span rest = text; rest.size > 0;) {
        uint32_t rune = 0;
        rest = span_from(rest, rune_decode(rest, &rune));
        buffer_append_rune(&repaired, rune);
    }
    struct span back = {json_string_value(value), json_string_length(value)};
    assert_true(span_equal(back, buffer_span(&repaired)));
    json_decref(value);
    buffer_done(&out);
    buffer_done(&repaired);
}

/* One field: quoted as a whole with doubled quotes, or with nothing in it that ends a field. What a
 * spreadsheet sees begins with no sign of a formula, unless it is a number. */
static void check_csv(struct span text) {
    struct buffer out = begin();
    print_csv(&out, text);
    struct span field = buffer_span(&out);
    assert_true(is_valid_utf8(field));
    assert_true(is_harmless(field, "\n\r\t"));
    bool quoted = span_starts_with(field, SPAN("\""));
    if (quoted) {
        assert_true(field.size >= 2 && span_ends_with(field, SPAN("\"")));
        field = span_from(span_first(field, field.size - 1), 1);
        for (size_t i = 0; i < field.size; i++) {
            if (field.data[i] == '"') {
                assert_true(i + 1 < field.size && field.data[i + 1] == '"');
                i++;
            }
        }
    }
    for (size_t i = 0; !quoted && i < field.size; i++) {
        assert_false(byte_is_any_of(field.data[i], ",\"\n\r"));
    }
    double number = 0;
    if (field.size > 0 && byte_is_any_of(field.data[0], "=+-@\t\r")) {
        assert_true(span_to_double(field, &number));
    }
    buffer_done(&out);
}

static void check_markdown(struct span text) {
    struct buffer out = begin();
    print_markdown(&out, text);
    struct span cell = buffer_span(&out);
    assert_true(is_valid_utf8(cell));
    assert_true(is_harmless(cell, ""));
    for (size_t i = 0; i < cell.size; i++) {
        if (cell.data[i] == '\\') {
            assert_true(i + 1 < cell.size && byte_is_any_of(cell.data[i + 1], "\\`*_[]|#!~"));
            i++;
        } else {
            assert_false(byte_is_any_of(cell.data[i], "`*_[]|#!~<"));
        }
    }
    buffer_done(&out);
}

/* One value: bare without anything that separates, or quoted with every quote escaped. */
static void check_logfmt(struct span text) {
    struct buffer out = begin();
    print_logfmt(&out, text);
    struct span value = buffer_span(&out);
    assert_true(is_valid_utf8(value));
    assert_true(is_harmless(value, ""));
    assert_true(value.size > 0);
    if (value.data[0] == '"') {
        assert_true(value.size >= 2 && span_ends_with(value, SPAN("\"")));
        for (size_t i = 1; i + 1 < value.size; i++) {
            assert_true(value.data[i] != '"');
            i += value.data[i] == '\\' ? 1 : 0;
            assert_true(i + 1 < value.size);
        }
    } else {
        assert_true(span_equal(value, text));
        for (size_t i = 0; i < value.size; i++) {
            assert_false(byte_is_any_of(value.data[i], " =\"\\"));
        }
    }
    buffer_done(&out);
}

static void check_repaired(struct span text) {
    struct buffer out = begin();
    print_repaired(&out, text);
    assert_true(is_valid_utf8(buffer_span(&out)));
    assert_int_equal(span_find_byte(buffer_span(&out), '\0'), SPAN_NOT_FOUND);
    if (is_valid_utf8(text) && span_find_byte(text, '\0') == SPAN_NOT_FOUND) {
        assert_true(span_equal(buffer_span(&out), text));
    }
    buffer_done(&out);
}

static void test_attacks_on_plain(void **state) {
    (void)state;
    over_all_attacks(check_plain);
}
static void test_attacks_on_html(void **state) {
    (void)state;
    over_all_attacks(check_html);
}
static void test_attacks_on_json(void **state) {
    (void)state;
    over_all_attacks(check_json);
}
static void test_attacks_on_csv(void **state) {
    (void)state;
    over_all_attacks(check_csv);
}
static void test_attacks_on_markdown(void **state) {
    (void)state;
    over_all_attacks(check_markdown);
}
static void test_attacks_on_logfmt(void **state) {
    (void)state;
    over_all_attacks(check_logfmt);
}
static void test_repairing(void **state) {
    (void)state;
    over_all_attacks(check_repaired);
}

/* --- What exactly comes out ------------------------------------------------------------------- */

struct row {
    struct span text;
    const char *printed;
};

static void check_rows(const struct row *rows, size_t count,
                       void (*print)(struct buffer *out, struct span text)) {
    for (size_t i = 0; i < count; i++) {
        struct buffer out = begin();
        print(&out, rows[i].text);
        assert_string_equal(buffer_string(&out), rows[i].printed);
        buffer_done(&out);
    }
}
#define CHECK_ROWS(rows, print) check_rows((rows), sizeof(rows) / sizeof(rows)[0], (print))

static void plain_line(struct buffer *out, struct span text) {
    print_plain(out, text, false);
}
static void plain_lines(struct buffer *out, struct span text) {
    print_plain(out, text, true);
}

static void test_what_plain_gives(void **state) {
    (void)state;
    static const struct row line[] = {
        {TEXT("a\nb\tc\rd"), "a b c d"},
        {TEXT("\x1B[31mred"), "[31mred"},
        {TEXT("a\xE2\x80\xAE"
              "b"),
         "ab"},
        {TEXT("\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9"),
         "\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9"},
        {TEXT("caf\xE9"), "caf\xEF\xBF\xBD"},
        {TEXT("\xE2\x82"), "\xEF\xBF\xBD\xEF\xBF\xBD"},
        {TEXT("a\0b"), "ab"},
        {TEXT("\xEF\xBB\xBF\xD8\x9C\xE1\xA0\x8E\xE2\x80\x8B\xE2\x80\x8E\xE2\x80\x8F|"), "|"},
        {TEXT("\xE2\x80\xAA\xE2\x80\xAE\xE2\x81\xA0\xE2\x81\xAF\xEF\xBF\xB9\xEF\xBF\xBB|"), "|"},
        {TEXT("\xE2\x80\x8C\xE2\x80\x8D|"), "\xE2\x80\x8C\xE2\x80\x8D|"},
    };
    static const struct row lines[] = {
        {TEXT("a\nb\tc"), "a\nb c"},
        {TEXT("a\xE2\x80\xA8"
              "b"),
         "a\nb"},
    };
    CHECK_ROWS(line, plain_line);
    CHECK_ROWS(lines, plain_lines);
}

static void test_what_the_others_give(void **state) {
    (void)state;
    static const struct row json[] = {
        {TEXT("a\"b\\c/d\n\t\r"), "a\\\"b\\\\c/d\\n\\t\\r"},
        {TEXT("\x1B\x7F\xC2\x9B"), "\\u001b\\u007f\\u009b"},
        {TEXT("\xE2\x80\xAE\xE2\x80\xA8"), "\\u202e\\u2028"},
        {TEXT("a\0b"), "a\\u0000b"},
    };
    static const struct row html[] = {
        {TEXT("<a href=\"x\">'&'</a>"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;"},
        {TEXT("a\nb\x1B"), "a\nb"},
    };
    static const struct row csv[] = {
        {TEXT("plain text"), "plain text"},
        {TEXT(""), ""},
        {TEXT("a,b"), "\"a,b\""},
        {TEXT("say \"hi\""), "\"say \"\"hi\"\"\""},
        {TEXT("a\nb"), "\"a\nb\""},
        {TEXT("=1+1"), "\"'=1+1\""},
        {TEXT("-3"), "-3"},
        {TEXT("+4.5e-1"), "+4.5e-1"},
        {TEXT("-3 stars"), "\"'-3 stars\""},
        {TEXT("@acme, no"), "\"'@acme, no\""},
        {TEXT("\t=1"), "\"'\t=1\""},
        {TEXT("\x1B[31m"), "[31m"},
    };
    static const struct row markdown[] = {
        {TEXT("a|b*c_d`e"), "a\\|b\\*c\\_d\\`e"},
        {TEXT("[x](y) <b>\nz"), "\\[x\\](y) &lt;b> z"},
    };
    static const struct row logfmt[] = {
        {TEXT("bare-word.1:/@%,*?&"), "bare-word.1:/@%,*?&"},
        {TEXT(""), "\"\""},
        {TEXT("two words"), "\"two words\""},
        {TEXT("a=b"), "\"a=b\""},
        {TEXT("a\nb\"c\\"), "\"a\\nb\\\"c\\\\\""},
        {TEXT("a\0b\x1B\xE2\x80\xAE"), "\"a\\u{0}b\\u{1b}\\u{202e}\""},
        {TEXT("caf\xC3\xA9"), "\"caf\xC3\xA9\""},
    };
    CHECK_ROWS(json, print_json);
    CHECK_ROWS(html, print_html);
    CHECK_ROWS(csv, print_csv);
    CHECK_ROWS(markdown, print_markdown);
    CHECK_ROWS(logfmt, print_logfmt);
}

/* Every code point survives encoding and decoding; every other two bytes are no character. */
static void test_runes(void **state) {
    (void)state;
    struct buffer out = begin();
    for (uint32_t rune = 0; rune <= 0x10FFFF; rune++) {
        if (rune >= 0xD800 && rune <= 0xDFFF) {
            continue;
        }
        buffer_clear(&out);
        buffer_append_rune(&out, rune);
        uint32_t back = 0;
        assert_int_equal(rune_decode(buffer_span(&out), &back), out.size);
        assert_int_equal(back, rune);
        if (out.size > 1) {
            assert_int_equal(rune_decode(span_first(buffer_span(&out), out.size - 1), &back), 1);
            assert_int_equal(back, 0xFFFD);
        }
    }
    for (unsigned bytes = 0; bytes < 0x10000; bytes++) {
        char pair[2] = {(char)(bytes >> 8), (char)bytes};
        unsigned first = bytes >> 8;
        unsigned second = bytes & 0xFF;
        bool two = first >= 0xC2 && first <= 0xDF && (second & 0xC0) == 0x80;
        uint32_t rune = 0;
        assert_int_equal(rune_decode((struct span){pair, 2}, &rune), two ? 2 : 1);
    }
    buffer_done(&out);
}

static void test_the_ceiling_is_the_buffers(void **state) {
    (void)state;
    struct buffer out;
    buffer_init(&out, 10);
    print_html(&out, SPAN("<<<<<<<<<<"));
    assert_true(out.overflowed);
    assert_string_equal(buffer_string(&out), "&lt;&lt;");
    buffer_done(&out);
}

static void scores_have_six_decimals(void **state) {
    (void)state;
    static const struct {
        double value;
        const char *text;
    } rows[] = {
        {0, "0"},
        {-0.0, "0"},
        {1, "1"},
        {-1, "-1"},
        {0.5, "0.5"},
        {-0.25, "-0.25"},
        {1.0 / 3, "0.333333"},
        {-2.0 / 3, "-0.666667"},
        {0.000001, "0.000001"},
        {-0.0000004, "0"},
        {0.9999999, "1"},
        {12.05, "12.05"},
        {100, "100"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buffer out = begin();
        struct json_writer json = json_writer_make(&out, false);
        json_put_score(&json, NULL, rows[i].value);
        assert_string_equal(buffer_string(&out), rows[i].text);
        buffer_done(&out);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_have_six_decimals),
        cmocka_unit_test(test_attacks_on_plain),
        cmocka_unit_test(test_attacks_on_html),
        cmocka_unit_test(test_attacks_on_json),
        cmocka_unit_test(test_attacks_on_csv),
        cmocka_unit_test(test_attacks_on_markdown),
        cmocka_unit_test(test_attacks_on_logfmt),
        cmocka_unit_test(test_repairing),
        cmocka_unit_test(test_what_plain_gives),
        cmocka_unit_test(test_what_the_others_give),
        cmocka_unit_test(test_runes),
        cmocka_unit_test(test_the_ceiling_is_the_buffers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
