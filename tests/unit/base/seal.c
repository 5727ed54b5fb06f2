/* What is locked opens under its own key only, and only unchanged. */
#include "tests/unit/test.h"

#include "base/base64.h"
#include "base/limits.h"
#include "base/seal.h"

static void test_there_and_back(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    const char *const texts[] = {"", "a", "{\"token\":\"\xC3\xBC\"}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct span open = {0};
        struct span sealed = seal_close(span_of(texts[i]), SPAN("key"), arena);
        assert_true(i < 2 || span_find(sealed, SPAN("token")) == SPAN_NOT_FOUND);
        assert_true(seal_open(sealed, SPAN("key"), arena, &open));
        assert_span_equal(open, texts[i]);
    }
    struct span again = seal_close(SPAN("a"), SPAN("key"), arena);
    assert_false(span_equal(again, seal_close(SPAN("a"), SPAN("key"), arena))); /* its nonce */
    arena_free(arena);
}

static void test_others_do_not_open(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    struct span open = {0};
    struct span sealed = seal_close(SPAN("token"), SPAN("key"), arena);
    assert_false(seal_open(sealed, SPAN("kez"), arena, &open));
    assert_false(seal_open(sealed, SPAN(""), arena, &open));
    assert_false(seal_open(SPAN(""), SPAN("key"), arena, &open));
    assert_false(seal_open(SPAN("no base64!"), SPAN("key"), arena, &open));
    struct span raw = base64_decode(sealed, arena);
    for (size_t i = 0; i < raw.size; i++) { /* each byte: nonce, text, tag */
        struct buffer out;
        char *changed = arena_copy_string(arena, raw);
        changed[i] = (char)(changed[i] ^ 1);
        buffer_init(&out, LIMIT_SECRET);
        base64_append(&out, (struct span){changed, raw.size});
        assert_false(seal_open(buffer_span(&out), SPAN("key"), arena, &open));
        buffer_clear(&out);
        base64_append(&out, span_first(raw, i)); /* cut short */
        assert_false(seal_open(buffer_span(&out), SPAN("key"), arena, &open));
        buffer_done(&out);
    }
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_others_do_not_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
