/* base/width: columns of a terminal. */
#include "base/width.h"
#include "tests/unit/test.h"

static void test_columns(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t columns;
    } rows[] = {
        {"", 0},     {"abc", 3},  {"é", 1}, {"e\xCC\x81", 1}, {"日本", 4},          {"ﾊﾝ", 2},
        {"ＡＢ", 4}, {"한글", 4}, {"😀", 2}, {"\xC2\xAD", 0},  {"a\xE2\x80\x8D", 1}, {"नि", 2},
        {"ß→…", 3},  {"▁▂▃█", 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (text_columns(span_of(rows[i].text)) != rows[i].columns) {
            fail_msg("%s takes %zu", rows[i].text, text_columns(span_of(rows[i].text)));
        }
    }
}

static void test_cutting(void **state) {
    (void)state;
    struct span text = SPAN("a日e\xCC\x81z"); /* 1 + 2 + 1 + 1 */
    assert_span_equal(text_first_columns(text, 0), "");
    assert_span_equal(text_first_columns(text, 1), "a");
    assert_span_equal(text_first_columns(text, 2), "a");
    assert_span_equal(text_first_columns(text, 3), "a日");
    assert_span_equal(text_first_columns(text, 4), "a日e\xCC\x81");
    assert_span_equal(text_first_columns(text, 5), "a日e\xCC\x81z");
    assert_span_equal(text_first_columns(text, 99), "a日e\xCC\x81z");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_cutting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
