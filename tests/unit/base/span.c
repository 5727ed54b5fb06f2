/* base/span: each function against its edges, searching against a naive search. */
#include "base/span.h"
#include "tests/unit/test.h"

static void test_comparing(void **state) {
    (void)state;
    assert_true(span_equal(SPAN(""), span_of(NULL)));
    assert_true(span_equal(SPAN("a\0b"), SPAN("a\0b")));
    assert_false(span_equal(SPAN("a\0b"), SPAN("a\0c")));
    assert_false(span_equal(SPAN("a"), SPAN("ab")));
    assert_true(span_equal_nocase(SPAN("aBc-1"), SPAN("AbC-1")));
    assert_false(span_equal_nocase(SPAN("é"), SPAN("É")));
    assert_false(span_equal_nocase(SPAN("@"), SPAN("`")));
    assert_true(span_compare(SPAN("a"), SPAN("b")) < 0);
    assert_true(span_compare(SPAN("ab"), SPAN("a")) > 0);
    assert_true(span_compare(SPAN("\xFF"), SPAN("a")) > 0);
    assert_int_equal(span_compare(SPAN(""), span_of(NULL)), 0);
    assert_true(span_starts_with(SPAN("abc"), SPAN("")));
    assert_true(span_starts_with(SPAN("abc"), SPAN("ab")));
    assert_false(span_starts_with(SPAN("ab"), SPAN("abc")));
    assert_true(span_starts_with_nocase(SPAN("HTTP://x"), SPAN("http:")));
    assert_true(span_ends_with(SPAN("abc"), SPAN("bc")));
    assert_true(span_ends_with(SPAN("abc"), SPAN("")));
    assert_false(span_ends_with(SPAN("c"), SPAN("bc")));
}

static void test_parts(void **state) {
    (void)state;
    assert_span_equal(span_from(SPAN("abc"), 1), "bc");
    assert_span_equal(span_from(SPAN("abc"), 3), "");
    assert_span_equal(span_from(SPAN("abc"), SIZE_MAX), "");
    assert_span_equal(span_from(span_of(NULL), 3), "");
    assert_span_equal(span_first(SPAN("abc"), 2), "ab");
    assert_span_equal(span_first(SPAN("abc"), SIZE_MAX), "abc");
    assert_span_equal(span_trim(SPAN(" \t\r\n\v\f a b \n")), "a b");
    assert_span_equal(span_trim(SPAN(" \n ")), "");
    assert_span_equal(span_trim(SPAN("\xC2\xA0")), "\xC2\xA0");
}

static void test_splitting(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *parts[5];
    } rows[] = {
        {"a,,b", {"a", "", "b"}}, {"", {""}}, {",", {"", ""}}, {"abc", {"abc"}},
        {",a,", {"", "a", ""}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct span rest = span_of(rows[i].text);
        struct span part;
        size_t count = 0;
        while (span_split(&rest, ',', &part)) {
            assert_non_null(rows[i].parts[count]);
            assert_span_equal(part, rows[i].parts[count]);
            count++;
        }
        assert_null(rows[i].parts[count]);
    }
    struct span none = {0};
    struct span part;
    assert_false(span_split(&none, ',', &part));
}

static size_t find_naively(struct span text, struct span needle) {
    for (size_t at = 0; at + needle.size <= text.size; at++) {
        if (span_starts_with(span_from(text, at), needle)) {
            return at;
        }
    }
    return SPAN_NOT_FOUND;
}

/* All texts of up to seven letters and needles of up to three, over two letters. */
static void test_finding_like_the_naive_way(void **state) {
    (void)state;
    for (unsigned bits = 0; bits < 1u << 10; bits++) {
        char text[7];
        char needle[3];
        for (unsigned i = 0; i < 7; i++) {
            text[i] = (bits >> i) & 1 ? 'b' : 'a';
        }
        for (unsigned i = 0; i < 3; i++) {
            needle[i] = (bits >> (7 + i)) & 1 ? 'b' : 'a';
        }
        for (size_t size = 0; size <= 7; size++) {
            for (size_t wanted = 0; wanted <= 3; wanted++) {
                struct span in = {text, size};
                struct span what = {needle, wanted};
                assert_int_equal(span_find(in, what), find_naively(in, what));
                assert_int_equal(span_find_nocase(in, what), find_naively(in, what));
            }
        }
    }
    assert_int_equal(span_find_nocase(SPAN("xxAcMe"), SPAN("aCmE")), 2);
    assert_int_equal(span_find_byte(SPAN("a\0b"), '\0'), 1);
    assert_int_equal(span_find_byte(span_of(NULL), 'a'), SPAN_NOT_FOUND);
}

static void test_whole_numbers(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool good;
        int64_t value;
    } rows[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"+7", true, 7},
        {"007", true, 7},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"-9223372036854775809", false, 0},
        {"92233720368547758070", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"+", false, 0},
        {"--1", false, 0},
        {"1 ", false, 0},
        {" 1", false, 0},
        {"1.0", false, 0},
        {"1e3", false, 0},
        {"0x10", false, 0},
        {"\xD9\xA1", false, 0}, /* an Arabic digit */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t value = 42;
        if (span_to_int64(span_of(rows[i].text), &value) != rows[i].good ||
            value != (rows[i].good ? rows[i].value : 42)) {
            fail_msg("%s gives %lld", rows[i].text, (long long)value);
        }
    }
}

static void test_real_numbers(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool good;
        double value;
    } rows[] = {
        {"0", true, 0},      {"-1.5", true, -1.5}, {".5", true, 0.5}, {"5.", true, 5},
        {"1e3", true, 1000}, {"+2E-1", true, 0.2}, {"", false, 0},    {"1,5", false, 0},
        {"0x10", false, 0},  {"nan", false, 0},    {"inf", false, 0}, {"infinity", false, 0},
        {"1e999", false, 0}, {"1 ", false, 0},     {" 1", false, 0},  {"1.2.3", false, 0},
        {"e", false, 0},     {"-", false, 0},      {"1e", false, 0},  {"1f", false, 0},
        {"1e-400", true, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double value = 42;
        bool good = span_to_double(span_of(rows[i].text), &value);
        double wrong = value - (rows[i].good ? rows[i].value : 42);
        if (good != rows[i].good || wrong > 1e-12 || wrong < -1e-12) {
            fail_msg("%s gives %g", rows[i].text, value);
        }
    }
    char digits[100];
    memset(digits, '1', sizeof digits);
    double value = 42;
    assert_false(span_to_double((struct span){digits, sizeof digits}, &value));
    assert_false(span_to_double(SPAN("1\0002"), &value));
}

static void test_cutting_between_characters(void **state) {
    (void)state;
    struct span text = SPAN("aé日😀"); /* 1, 2, 3 and 4 bytes */
    static const size_t kept[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
    for (size_t size = 0; size < sizeof kept / sizeof kept[0]; size++) {
        assert_int_equal(span_first_utf8(text, size).size, kept[size]);
    }
}

static void test_bytes(void **state) {
    (void)state;
    assert_true(byte_is_any_of('b', "abc"));
    assert_false(byte_is_any_of('d', "abc"));
    assert_false(byte_is_any_of('\0', "abc"));
    for (int c = -128; c < 128; c++) {
        bool alpha = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        assert_int_equal(byte_is_alpha((char)c), alpha);
        assert_int_equal(byte_is_digit((char)c), c >= '0' && c <= '9');
        assert_int_equal(byte_is_space((char)c), c == ' ' || (c >= 9 && c <= 13));
        assert_int_equal(byte_to_lower((char)c), c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_comparing),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_splitting),
        cmocka_unit_test(test_finding_like_the_naive_way),
        cmocka_unit_test(test_whole_numbers),
        cmocka_unit_test(test_real_numbers),
        cmocka_unit_test(test_cutting_between_characters),
        cmocka_unit_test(test_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
