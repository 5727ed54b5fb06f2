#include "tests/unit/test.h"

#include "base/base64.h"

static void test_vectors(void **state) {
    (void)state;
    static const struct {
        const char *text, *plain, *url;
    } cases[] = {
        /* RFC 4648 10, and what tells the alphabets apart */
        {"", "", ""},
        {"f", "Zg==", "Zg"},
        {"fo", "Zm8=", "Zm8"},
        {"foo", "Zm9v", "Zm9v"},
        {"foob", "Zm9vYg==", "Zm9vYg"},
        {"fooba", "Zm9vYmE=", "Zm9vYmE"},
        {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
        {"\xFB\xFF\xBF", "+/+/", "-_-_"},
    };
    struct arena *arena = arena_create();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer out;
        buffer_init(&out, 100);
        base64_append(&out, span_of(cases[i].text));
        assert_span_equal(buffer_span(&out), cases[i].plain);
        buffer_clear(&out);
        base64_append_url(&out, span_of(cases[i].text));
        assert_span_equal(buffer_span(&out), cases[i].url);
        buffer_done(&out);
        assert_span_equal(base64_decode(span_of(cases[i].plain), arena), cases[i].text);
        assert_span_equal(base64_decode(span_of(cases[i].url), arena), cases[i].text);
    }
    assert_span_equal(base64_decode(SPAN(" Zm\r\n9v "), arena), "foo");
    assert_span_equal(base64_decode(SPAN("Zm9v="
                                         "Zm9v"),
                                    arena),
                      "foo");
    assert_int_equal(base64_decode(SPAN("Zm9*"), arena).size, 0);
    arena_free(arena);
}

/* RFC 4648 section 10, in lower case; and the highest bit. */
static void test_base16(void **state) {
    (void)state;
    char hex[14];
    base16_write(hex, SPAN("foobar\xff"));
    assert_memory_equal(hex, "666f6f626172ff", sizeof hex);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_vectors),
                                       cmocka_unit_test(test_base16)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
