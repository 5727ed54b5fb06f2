#include "tests/unit/test.h"

#include "parsers/markup.h"

struct row {
    const char *text;
    const char *plain;
};

static void check(const struct row *rows, size_t count,
                  struct span read(struct span text, struct arena *arena)) {
    struct arena *arena = arena_create();
    for (size_t i = 0; i < count; i++) {
        assert_span_equal(read(span_of(rows[i].text), arena), rows[i].plain);
    }
    arena_free(arena);
}
#define CHECK(rows, read) check(rows, sizeof(rows) / sizeof(rows)[0], read)

static void test_markdown(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"", ""},
        {"# Head\n\ntext", "Head\n\ntext"},
        {"- one\n* two\n> three", "one\ntwo\nthree"},
        {"**bold** *soft* _soft_ ~~gone~~ `code`", "bold soft soft gone code"},
        {"3 * 4 snake_case * x", "3 * 4 snake_case * x"},
        {"see [the shop](https://x.example/a_b) now", "see the shop now"},
        {"![picture](x.png) [ref][1]", "picture [ref][1]"},
        {"[removed]", "[removed]"},
        {"a[0] and [x] done", "a[0] and [x] done"},
        {"not closed [x](http://", "not closed x](http://"},
        {"&gt; said &amp;amp; <3", "> said &amp; <3"},
        {"one\ntwo <b>three</b>\nfour", "one\ntwo three\nfour"},
        {"*", "*"},
        {"](", "]("},
    };
    CHECK(rows, markdown_text);
}

static void test_escaped(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"", ""},
        {" a &amp; b\n\n&lt;3 &eacute; ", "a & b\n\n<3 \xC3\xA9"},
        {"R&D &notaname; &", "R&D \xC2\xAC"
                             "aname; &"},
        {"&amp;lt; is said once only", "&lt; is said once only"},
        {"&#x1F528;&#0;", "\xF0\x9F\x94\xA8\xEF\xBF\xBD"},
    };
    CHECK(rows, escaped_text);
}

/* Many ends that never come must not be looked for again and again: this takes hours otherwise. */
static void test_marks_without_end(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    size_t size = (size_t)4 << 20;
    char *text = arena_allocate(arena, size);
    for (size_t i = 0; i < size; i++) {
        text[i] = "]("[i % 2];
    }
    assert_int_equal(markdown_text((struct span){text, size}, arena).size, size);
    memset(text, '[', size);
    assert_int_equal(markdown_text((struct span){text, size}, arena).size, size);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_markdown),
        cmocka_unit_test(test_escaped),
        cmocka_unit_test(test_marks_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
