/* Sources, recipes and brands are joined into polls, or the mistake is named with its line. */
#include "app/tasks.h"
#include "base/config.h"
#include "tests/unit/test.h"

struct join {
    struct arena *arena;
    struct config *config;
    struct assessor *assessor;
    struct tasks tasks;
    struct error error;
    bool done;
};

/* The polls of a configuration; brands Acme and Globex are given. */
static struct join join_sources(const char *sources) {
    struct join join = {.arena = arena_create()};
    struct config_problems problems = {0};
    struct span text = arena_print(
        join.arena, "data_dir: /tmp/none\nbrands: [Acme, Globex]\nsources:\n%s", sources);
    if (!config_parse(text, SPAN("test.yaml"), join.arena, &join.config, &problems)) {
        fail_msg("%.*s", SPAN_ARG(problems.list[0].message));
    }
    assert_true(assessor_create(join.config, 0, &join.assessor, &join.error));
    join.done = tasks_create(join.config, join.assessor, join.arena, &join.tasks, &join.error);
    return join;
}

static void join_done(struct join *join) {
    assessor_free(join->assessor);
    config_free(join->config);
    arena_free(join->arena);
}

static void a_searched_source_is_polled_for_each_brand(void **state) {
    (void)state;
    struct join join = join_sources("  - {name: hn, recipe: hackernews}\n");
    assert_true(join.done);
    assert_int_equal(join.tasks.count, 2);
    assert_span_equal(join.tasks.list[0].key, "hn/Acme");
    assert_span_equal(join.tasks.list[1].key, "hn/Globex");
    assert_span_equal(join.tasks.list[1].source, "hn");
    assert_true(span_find_nocase(join.tasks.list[1].query, SPAN("globex")) != SPAN_NOT_FOUND);
    assert_ptr_equal(join.tasks.list[0].config, join.tasks.list[1].config);
    join_done(&join);
}

static void brands_of_a_source_limit_its_searches(void **state) {
    (void)state;
    struct join join = join_sources("  - {name: hn, recipe: hackernews, brands: [Globex]}\n");
    assert_true(join.done);
    assert_int_equal(join.tasks.count, 1);
    assert_span_equal(join.tasks.list[0].key, "hn/Globex");
    join_done(&join);
}

static void a_feed_is_polled_once_for_all(void **state) {
    (void)state;
    struct join join =
        join_sources("  - {name: paper, feed: \"https://paper.example/feed\"}\n"
                     "  - {name: off, feed: \"https://off.example/\", enabled: false}\n");
    assert_true(join.done);
    assert_int_equal(join.tasks.count, 1);
    assert_span_equal(join.tasks.list[0].key, "paper");
    assert_int_equal(join.tasks.list[0].query.size, 0);
    join_done(&join);
}

static void about_names_brands_by_number(void **state) {
    (void)state;
    struct join join =
        join_sources("  - {name: app, recipe: appstore, params: {app: 5}, about: Globex}\n");
    assert_true(join.done);
    assert_int_equal(join.tasks.list[0].about_count, 1);
    assert_int_equal(join.tasks.list[0].about[0], 1);
    assert_int_equal(join.tasks.list[0].channel, CHANNEL_REVIEW);
    join_done(&join);
}

static void mistakes_name_source_and_line(void **state) {
    (void)state;
    static const struct {
        const char *sources;
        const char *said;
    } rows[] = {
        {"  - {name: x, recipe: hackernewz}\n", "hackernews"}, /* suggested */
        {"  - {name: x, recipe: appstore}\n", "`params: {app: ...}`"},
        {"  - {name: x, recipe: appstore, params: {app: 1, contry: us}}\n", "\"contry\""},
        {"  - {name: x, recipe: reviews-page}\n", "`url:`"},
        {"  - {name: x, recipe: linkedin}\n", "\"linkedin\" may not be polled"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct join join = join_sources(rows[i].sources);
        assert_false(join.done);
        assert_non_null(strstr(join.error.message, "test.yaml:4: source \"x\""));
        if (strstr(join.error.message, rows[i].said) == NULL) {
            fail_msg("row %zu: %s", i, join.error.message);
        }
        join_done(&join);
    }
}

static void what_a_site_demands_bounds_what_is_kept(void **state) {
    (void)state;
    struct join join = join_sources(
        "  - {name: a, recipe: google-places, key: k, params: {place: p}}\n"
        "  - {name: b, recipe: google-places, key: k, params: {place: p}, retain: 2h}\n"
        "  - {name: c, recipe: lobsters}\n");
    assert_true(join.done);
    assert_int_equal(task_retention_ms(&join.tasks.list[0]), DAY_MS);
    assert_int_equal(task_retention_ms(&join.tasks.list[1]), 2 * HOUR_MS);
    assert_int_equal(task_retention_ms(&join.tasks.list[2]), 0);
    join_done(&join);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_searched_source_is_polled_for_each_brand),
        cmocka_unit_test(brands_of_a_source_limit_its_searches),
        cmocka_unit_test(a_feed_is_polled_once_for_all),
        cmocka_unit_test(about_names_brands_by_number),
        cmocka_unit_test(mistakes_name_source_and_line),
        cmocka_unit_test(what_a_site_demands_bounds_what_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
