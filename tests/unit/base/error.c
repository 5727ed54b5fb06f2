/* base/error: filling, context, cutting, and what remote text may do in a message (nothing). */
#include "base/error.h"
#include "tests/unit/test.h"

#include <errno.h>

static void test_filling(void **state) {
    (void)state;
    struct error error = {.line = 7};
    assert_false(error_set(&error, ERROR_INPUT, "item %d: %s", 3, "date not understood"));
    assert_int_equal(error.kind, ERROR_INPUT);
    assert_int_equal(error.line, 0);
    assert_string_equal(error.message, "item 3: date not understood");
    assert_false(error_set_at(&error, ERROR_USAGE, 4, 5, "unknown"));
    assert_int_equal(error.line, 4);
    assert_int_equal(error.column, 5);
    assert_false(error_set_errno(&error, ENOENT, "cannot open %s", "x"));
    assert_int_equal(error.kind, ERROR_SYSTEM);
    assert_int_equal(error.code, ENOENT);
    assert_string_equal(error.message, "cannot open x: No such file or directory");
    assert_false(error_set(NULL, ERROR_INPUT, "nobody asks"));
    assert_false(error_set_at(NULL, ERROR_INPUT, 1, 1, "nobody asks"));
    assert_false(error_set_errno(NULL, ENOENT, "nobody asks"));
    assert_false(error_add_context(NULL, "nobody asks"));
}

static void test_context_comes_in_front(void **state) {
    (void)state;
    struct error error = {0};
    error_set_at(&error, ERROR_INPUT, 2, 3, "date not understood");
    assert_false(error_add_context(&error, "item %d", 7));
    assert_false(error_add_context(&error, "https://example.com/feed"));
    assert_string_equal(error.message, "https://example.com/feed: item 7: date not understood");
    assert_int_equal(error.kind, ERROR_INPUT);
    assert_int_equal(error.line, 2);
}

static void fill(char *text, size_t size, const char *piece) {
    size_t used = 0;
    while (used + strlen(piece) < size) {
        memcpy(text + used, piece, strlen(piece));
        used += strlen(piece);
    }
    text[used] = '\0';
}

static bool is_utf8_cut_well(const char *message) {
    struct span text = span_of(message);
    if (strchr(message, '?') != NULL) {
        return false; /* half a character, replaced */
    }
    struct span kept = span_first(text, text.size - 3);
    return strcmp(message + kept.size, "...") == 0 &&
           (kept.size == 0 || ((unsigned char)kept.data[kept.size - 1] & 0xC0) != 0xC0);
}

static void test_long_messages_are_cut(void **state) {
    (void)state;
    static const char *const pieces[] = {"a", "é", "日", "😀", "ab日"};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        char text[2000];
        fill(text, sizeof text, pieces[i]);
        for (size_t begin = 0; begin < 8; begin++) {
            struct error error = {0};
            error_set(&error, ERROR_INPUT, "%.*s%s", (int)begin, "xxxxxxxx", text);
            assert_true(strlen(error.message) < sizeof error.message);
            assert_true(strlen(error.message) > sizeof error.message - 10);
            assert_true(is_utf8_cut_well(error.message));
        }
    }
}

/* However long the context, the cause below it stays readable. */
static void test_long_context_leaves_room_for_the_cause(void **state) {
    (void)state;
    char text[2000];
    fill(text, sizeof text, "日");
    struct error error = {0};
    error_set(&error, ERROR_NETWORK, "connection refused");
    error_add_context(&error, "https://example.com/%s", text);
    assert_non_null(strstr(error.message, ": connection refused"));
    assert_null(strstr(error.message, "?"));
    error_set(&error, ERROR_NETWORK, "%s", text);
    error_add_context(&error, "source shop");
    assert_true(strncmp(error.message, "source shop: 日", strlen("source shop: 日")) == 0);
    assert_true(is_utf8_cut_well(error.message));
    error_set(&error, ERROR_NETWORK, "%s", text);
    error_add_context(&error, "%s", text);
    assert_true(strlen(error.message) < sizeof error.message);
    assert_true(is_utf8_cut_well(error.message));
}

static void test_remote_text_is_harmless(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *message;
    } rows[] = {
        {"a\nb\r\nc\td", "a b  c d"},
        {"\x1B[31mred\x1B[0m", "?[31mred?[0m"},
        {"\x1B]8;;http://evil\x07", "?]8;;http://evil?"},
        {"\xC2\x9B"
         "31m\x7F",
         "?31m?"},
        {"abc\xE2\x80\xAE"
         "def",
         "abc?def"},
        {"caf\xE9 \xFF\xFE", "caf? ??"},
        {"caf\xC3\xA9 \xE6\x97\xA5", "caf\xC3\xA9 \xE6\x97\xA5"},
        {"100%s %n", "100%s %n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct error error = {0};
        error_set(&error, ERROR_INPUT, "%s", rows[i].text);
        assert_string_equal(error.message, rows[i].message);
        error_set(&error, ERROR_INPUT, "x");
        error_add_context(&error, "%s", rows[i].text);
        assert_true(strncmp(error.message, rows[i].message, strlen(rows[i].message)) == 0);
        error_set_errno(&error, ENOENT, "%s", rows[i].text);
        assert_true(strncmp(error.message, rows[i].message, strlen(rows[i].message)) == 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_filling),
        cmocka_unit_test(test_context_comes_in_front),
        cmocka_unit_test(test_long_messages_are_cut),
        cmocka_unit_test(test_long_context_leaves_room_for_the_cause),
        cmocka_unit_test(test_remote_text_is_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
