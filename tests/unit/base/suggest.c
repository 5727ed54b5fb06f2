/* base/suggest: distances against hand-counted ones, and what is near enough to be suggested. */
#include "base/suggest.h"
#include "tests/unit/test.h"

static void test_distances(void **state) {
    (void)state;
    static const struct {
        const char *a, *b;
        size_t distance;
    } rows[] = {
        {"", "", 0},
        {"a", "", 1},
        {"same", "same", 0},
        {"SAME", "same", 0},
        {"data-dir", "data_dir", 0},
        {"intervall", "interval", 1},
        {"nmae", "name", 1},
        {"ab", "ba", 1},
        {"abcd", "badc", 2},
        {"kitten", "sitting", 3},
        {"xyz", "abc", 3},
        {"ca", "abc", 3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(suggest_distance(span_of(rows[i].a), span_of(rows[i].b)),
                         rows[i].distance);
        assert_int_equal(suggest_distance(span_of(rows[i].b), span_of(rows[i].a)),
                         rows[i].distance);
    }
    char longer[65];
    memset(longer, 'a', sizeof longer);
    assert_int_equal(suggest_distance((struct span){longer, 65}, SPAN("a")), SIZE_MAX);
    assert_int_equal(suggest_distance((struct span){longer, 64}, SPAN("a")), 63);
}

static void test_suggestions(void **state) {
    (void)state;
    const struct span names[] = {SPAN("name"), SPAN("interval"), SPAN("since"), SPAN("key"),
                                 SPAN("allow_private")};
    static const struct {
        const char *word, *name;
    } rows[] = {
        {"nmae", "name"},
        {"intervall", "interval"},
        {"allow-private", "allow_private"},
        {"kye", "key"},
        {"Since", "since"},
        {"zzz", ""},
        {"", ""},
        {"x", ""},
        {"keyboard", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_span_equal(suggest_name(span_of(rows[i].word), names, 5), rows[i].name);
    }
    assert_span_equal(suggest_name(SPAN("name"), names, 0), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_distances),
        cmocka_unit_test(test_suggestions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
