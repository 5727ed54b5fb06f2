/* How long things are kept: as the source says, else as is said of all, never longer than its site allows. */
#include "app/terms.h"
#include "tests/unit/test.h"

#define NOW_MS (10000 * DAY_MS)

static const struct store_term *term_of(const struct store_term *terms, size_t count,
                                        const char *source) {
    for (size_t i = 0; i < count; i++) {
        if (span_equal(terms[i].source, span_of(source)) && !terms[i].unmatched_only) {
            return &terms[i];
        }
    }
    fail_msg("no term of %s", source);
    return NULL;
}

static void check(const struct store_term *term, int mention_days, int excerpt_days,
                  int text_days) {
    const int64_t found_ms[] = {term->mention_before_ms, term->excerpt_before_ms,
                                term->text_before_ms};
    const int days[] = {mention_days, excerpt_days, text_days};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(found_ms[i], days[i] == 0 ? DATE_NONE : NOW_MS - days[i] * DAY_MS);
    }
}

static void what_a_site_allows_bounds_what_is_kept(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    struct config *config = NULL;
    struct config_problems problems = {0};
    size_t count = 0;
    struct span text = SPAN(
        "data_dir: /tmp/none\n"
        "brands: [Acme]\n"
        "retain: {mentions: 400d, text: 90d, unmatched: 3d}\n"
        "sources:\n"
        "  - {name: bound, recipe: google-places, key: k, params: {place: p}}\n"
        "  - {name: less, recipe: youtube-search, key: k, retain: 2d}\n"
        "  - {name: more, recipe: youtube-search, key: k, retain: 90d, enabled: no}\n"
        "  - {name: free, recipe: lobsters, retain: 800d, retain_text: 5d, retain_excerpt: 9d}\n"
        "  - {name: survey, recipe: import, retain: 20d}\n"
        "  - {name: plain, recipe: lobsters}\n");
    assert_true(config_parse(text, SPAN("test.yaml"), arena, &config, &problems));
    const struct store_term *terms = terms_make(config, NOW_MS, arena, &count);
    assert_int_equal(count, 8);
    check(term_of(terms, count, ""), 400, 0, 90);
    check(term_of(terms, count, "bound"), 1, 0, 90);
    check(term_of(terms, count, "less"), 2, 0, 90);
    check(term_of(terms, count, "more"), 30, 0, 90);
    check(term_of(terms, count, "free"), 800, 9, 5);
    check(term_of(terms, count, "survey"), 20, 0, 90);
    check(term_of(terms, count, "plain"), 400, 0, 90);
    assert_true(terms[1].unmatched_only);
    check(&terms[1], 3, 0, 0);
    config_free(config);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_site_allows_bounds_what_is_kept),
    };
    return cmocka_run_group_tests_name("app/terms", tests, NULL, NULL);
}
