/* base/buffer: it grows up to its ceiling and not a byte further. */
#include "base/buffer.h"
#include "tests/unit/test.h"

static void test_growing(void **state) {
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 100000);
    assert_string_equal(buffer_string(&buffer), "");
    assert_int_equal(buffer_span(&buffer).size, 0);
    for (int i = 0; i < 10000; i++) {
        assert_true(buffer_append_byte(&buffer, (char)('a' + i % 26)));
    }
    assert_int_equal(buffer.size, 10000);
    for (size_t i = 0; i < 10000; i++) {
        assert_int_equal(buffer.data[i], 'a' + (int)(i % 26));
    }
    assert_int_equal(strlen(buffer_string(&buffer)), 10000);
    buffer_done(&buffer);
    assert_null(buffer.data);
    assert_true(buffer_append_string(&buffer, "again"));
    assert_string_equal(buffer_string(&buffer), "again");
    buffer_done(&buffer);
}

static void test_the_ceiling(void **state) {
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 8);
    assert_true(buffer_append_string(&buffer, "12345678"));
    assert_false(buffer.overflowed);
    assert_string_equal(buffer_string(&buffer), "12345678");
    assert_false(buffer_append_byte(&buffer, '9'));
    assert_true(buffer.overflowed);
    assert_string_equal(buffer_string(&buffer), "12345678");
    assert_true(buffer_append(&buffer, SPAN("")));
    assert_true(buffer.overflowed); /* stays set */
    buffer_clear(&buffer);
    assert_false(buffer.overflowed);
    assert_true(buffer_append_string(&buffer, "1234"));
    assert_false(buffer_append_string(&buffer, "56789"));
    assert_false(buffer_print(&buffer, "%d", 56789));
    assert_false(buffer_append(&buffer, (struct span){"x", SIZE_MAX}));
    assert_string_equal(buffer_string(&buffer), "1234");
    assert_true(buffer_print(&buffer, "%d", 5678));
    assert_string_equal(buffer_string(&buffer), "12345678");
    assert_true(buffer.overflowed);
    buffer_done(&buffer);
}

static void test_a_ceiling_of_nothing(void **state) {
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 0);
    assert_true(buffer_append(&buffer, SPAN("")));
    assert_false(buffer_append_byte(&buffer, 'a'));
    assert_string_equal(buffer_string(&buffer), "");
    buffer_done(&buffer);
}

static void test_printing(void **state) {
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 10000);
    for (int i = 0; i < 100; i++) {
        assert_true(buffer_print(&buffer, "%s=%d;", "value", i));
    }
    assert_true(span_starts_with(buffer_span(&buffer), SPAN("value=0;value=1;")));
    assert_true(span_ends_with(buffer_span(&buffer), SPAN("value=98;value=99;")));
    buffer_done(&buffer);
}

static void test_runes(void **state) {
    (void)state;
    static const struct {
        uint32_t rune;
        const char *bytes;
    } rows[] = {
        {0x7F, "\x7F"},
        {0x80, "\xC2\x80"},
        {0x7FF, "\xDF\xBF"},
        {0x800, "\xE0\xA0\x80"},
        {0xFFFF, "\xEF\xBF\xBF"},
        {0x10000, "\xF0\x90\x80\x80"},
        {0x10FFFF, "\xF4\x8F\xBF\xBF"},
        {0x110000, "\xEF\xBF\xBD"},
        {0xD800, "\xEF\xBF\xBD"},
        {0xDFFF, "\xEF\xBF\xBD"},
        {UINT32_MAX, "\xEF\xBF\xBD"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buffer buffer;
        buffer_init(&buffer, 8);
        assert_true(buffer_append_rune(&buffer, rows[i].rune));
        assert_span_equal(buffer_span(&buffer), rows[i].bytes);
        buffer_done(&buffer);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_growing),
        cmocka_unit_test(test_the_ceiling),
        cmocka_unit_test(test_a_ceiling_of_nothing),
        cmocka_unit_test(test_printing),
        cmocka_unit_test(test_runes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
