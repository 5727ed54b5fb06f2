/* Sources, recipes and brands are joined into polls, or the mistake is named with its line. */
#include "app/tasks.h"
#include "base/config.h"
#include "tests/unit/test.h"

#include <sys/stat.h>
#include <unistd.h>

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
        join_sources("  - {name: paper, feed: \"https://www.reddit.com/r/x/.rss\"}\n"
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
        const char *where;
    } rows[] = {
        {"  - {name: x, recipe: hackernewz}\n", "hackernews", "test.yaml:4: "}, /* suggested */
        {"  - {name: x, recipe: appstore}\n", "`params: {app: ...}`", "test.yaml:4: "},
        {"  - {name: x, recipe: appstore, params: {app: 1, contry: us}}\n",
         "\"contry\"; did you mean \"country\"?", "test.yaml:4:50: "},
        {"  - {name: x, recipe: reviews-page}\n", "`url:`", "test.yaml:4: "},
        {"  - {name: x, recipe: linkedin}\n", "\"linkedin\" may not be polled", "test.yaml:4: "},
        {"  - {name: x, recipe: reviews-page, url: "
         "\"https://fr.trustpilot.com/review/x.example\"}\n",
         "\"trustpilot-page\" may not be polled", "test.yaml:4: "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct join join = join_sources(rows[i].sources);
        assert_false(join.done);
        assert_true(span_starts_with(span_of(join.error.message), span_of(rows[i].where)));
        assert_non_null(strstr(join.error.message, ": source \"x\""));
        if (strstr(join.error.message, rows[i].said) == NULL) {
            fail_msg("row %zu: %s", i, join.error.message);
        }
        join_done(&join);
    }
}

/* --- Secret parameters ------------------------------------------------------------------------ */

/* A file in the working folder, as the configuration's own is. */
static void write_secret(const char *path, const char *text, mode_t mode) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0 && fclose(file) == 0 && chmod(path, mode) == 0);
}

static struct span param_of(const struct join *join, const char *name) {
    const struct task *task = &join->tasks.list[0];
    return web_header_find(task->params, task->param_count, name);
}

static struct join join_reddit(const char *secret) {
    char sources[256];
    snprintf(sources, sizeof sources, "  - {name: x, recipe: reddit, params: {client_id: a%s%s}}\n",
             secret[0] == '\0' ? "" : ", ", secret);
    return join_sources(sources);
}

static void a_secret_comes_from_four_places(void **state) {
    (void)state;
    char folder[] = "/tmp/earshot-tasks-XXXXXX";
    char path[64], given[128];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/sources.x.client_secret", folder);
    snprintf(given, sizeof given, "client_secret_file: %s", path);
    write_secret(path, "from file\n", 0600);
    const struct {
        const char *params, *variable, *credentials, *value;
    } rows[] = {
        {"client_secret: from here", "from environment", folder, "from here"},
        {given, "from environment", "/nonexistent", "from file"},
        {"", "from environment", "/nonexistent", "from environment"},
        {"", "from environment", folder, "from file"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        setenv("EARSHOT_SOURCES_X_CLIENT_SECRET", rows[i].variable, 1);
        setenv("CREDENTIALS_DIRECTORY", rows[i].credentials, 1);
        struct join join = join_reddit(rows[i].params);
        assert_true(join.done);
        assert_span_equal(param_of(&join, "client_secret"), rows[i].value);
        assert_span_equal(param_of(&join, "client_id"), "a");
        join_done(&join);
    }
    unsetenv("EARSHOT_SOURCES_X_CLIENT_SECRET");
    unsetenv("CREDENTIALS_DIRECTORY");
    unlink(path);
    rmdir(folder);
}

static void secrets_that_cannot_be_had_are_told_with_their_place(void **state) {
    (void)state;
    char path[] = "/tmp/earshot-tasks-XXXXXX";
    char open_to_all[64], both[128], no_key[256];
    int file = mkstemp(path);
    assert_true(file >= 0 && close(file) == 0);
    write_secret(path, "s3cret", 0644);
    snprintf(open_to_all, sizeof open_to_all, "client_secret_file: %s", path);
    snprintf(both, sizeof both, "client_secret: hunter2, client_secret_file: %s", path);
    const struct {
        const char *params, *where, *said;
    } rows[] = {
        {"", "test.yaml:4: source \"x\"", "$EARSHOT_SOURCES_X_CLIENT_SECRET"},
        {"client_secret_file: /nonexistent", "test.yaml:4:54: source \"x\"", "cannot be opened"},
        {open_to_all, "test.yaml:4:54: source \"x\"", "chmod 600"},
        {both, "test.yaml:4:78: source \"x\"", "both given"},
        {"client_id_file: a", "test.yaml:4:54: source \"x\"", "no parameter \"client_id_file\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct join join = join_reddit(rows[i].params);
        assert_false(join.done);
        if (strstr(join.error.message, rows[i].where) == NULL ||
            strstr(join.error.message, rows[i].said) == NULL) {
            fail_msg("row %zu: %s", i, join.error.message);
        }
        assert_null(strstr(join.error.message, "hunter2"));
        assert_null(strstr(join.error.message, "s3cret"));
        join_done(&join);
    }
    write_secret(path, "not a key", 0600);
    snprintf(no_key, sizeof no_key,
             "  - {name: x, recipe: app-store-connect, params: {app: 1, issuer: i, key_id: k, "
             "private_key_file: %s}}\n",
             path);
    struct join join = join_sources(no_key);
    assert_false(join.done);
    assert_non_null(strstr(join.error.message, "private_key: this is no private key in PEM form"));
    join_done(&join);
    unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_searched_source_is_polled_for_each_brand),
        cmocka_unit_test(brands_of_a_source_limit_its_searches),
        cmocka_unit_test(a_feed_is_polled_once_for_all),
        cmocka_unit_test(about_names_brands_by_number),
        cmocka_unit_test(mistakes_name_source_and_line),
        cmocka_unit_test(a_secret_comes_from_four_places),
        cmocka_unit_test(secrets_that_cannot_be_had_are_told_with_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
