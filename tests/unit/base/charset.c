#include "tests/unit/test.h"

#include "base/arena.h"
#include "base/charset.h"

static void test_fit(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t multibyte;
        size_t invalid;
    } rows[] = {
        {"", 0, 0},
        {"plain text, longer than eight bytes", 0, 0},
        {"caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80", 3, 0},
        {"\xE9t\xE9", 0, 2},
        {"\xC3", 0, 1},
        {"\xC0\xAF", 0, 2},         /* overlong */
        {"\xED\xA0\x80", 0, 3},     /* a surrogate */
        {"\xF4\x90\x80\x80", 0, 4}, /* beyond Unicode */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct charset_fit fit = charset_fit_utf8(span_of(rows[i].text));
        assert_int_equal(fit.multibyte, rows[i].multibyte);
        assert_int_equal(fit.invalid, rows[i].invalid);
        assert_int_equal(charset_is_utf8(span_of(rows[i].text)), rows[i].invalid == 0);
    }
}

static void test_convert(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        const char *name;
        const char *utf8;
    } rows[] = {
        /* The web means windows-1252 by these. */
        {"\x93\xE9\x94", "ISO-8859-1", "\xE2\x80\x9C\xC3\xA9\xE2\x80\x9D"},
        {"\x96", "us-ascii", "\xE2\x80\x93"},
        {"\xC1\xC2", "koi8-r", "\xD0\xB0\xD0\xB1"},
        {"\x93\xFA", "Shift_JIS", "\xE6\x97\xA5"},
        {"\xC6\xFC", "EUC-JP", "\xE6\x97\xA5"},
        {"\xC8\xD5", "gb2312", "\xE6\x97\xA5"},
        {"\xA4\xE9", "big5", "\xE6\x97\xA5"},
        {"\xB0\xA1", "ks_c_5601-1987", "\xEA\xB0\x80"},
        {"\xDD", "iso-8859-9", "\xC4\xB0"},
        {"a\x81z", "shift_jis",
         "a\xEF\xBF\xBD"
         "z"},
    };
    struct arena *arena = arena_create();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct span utf8 = {0};
        assert_true(charset_convert(span_of(rows[i].bytes), span_of(rows[i].name), arena, &utf8));
        if (i + 1 < sizeof rows / sizeof rows[0]) {
            assert_span_equal(utf8, rows[i].utf8);
        }
        assert_true(charset_is_utf8(utf8));
    }
    struct span utf8 = {0};
    assert_false(charset_convert(SPAN("x"), SPAN("no-such-charset"), arena, &utf8));
    assert_false(charset_convert(SPAN("x"), SPAN(""), arena, &utf8));
    arena_free(arena);
}

static void test_guess(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    /* Latin text of one accent: nothing speaks for another. */
    struct span utf8 = {0};
    struct span text = SPAN("Le caf\xE9 est ferm\xE9 jusqu'\xE0 demain, d\xE9sol\xE9.");
    assert_true(charset_convert(text, charset_guess(text, arena), arena, &utf8));
    assert_span_equal(utf8, "Le caf\xC3\xA9 est ferm\xC3\xA9 jusqu'\xC3\xA0 demain, "
                            "d\xC3\xA9sol\xC3\xA9.");
    assert_true(charset_guess(SPAN(""), arena).size > 0);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fit),
        cmocka_unit_test(test_convert),
        cmocka_unit_test(test_guess),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
