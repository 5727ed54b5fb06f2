#include "tests/unit/test.h"

#include "parsers/parsers.h"
#include "parsers/path.h"

#define NOW INT64_C(1795252211000) /* 2026-11-21T09:10:11Z */

static const char recipe_text[] =
    "name: own\ntitle: Own\nformat: json\nrequest:\n"
    "  url: "
    "'http://x.example/?a={since_digits}[&b={until_digits}][&c={until_day}]&d={until_or_any}'\n"
    "items: [a, b]\nitem:\n  id: id\n"
    "  title: {place: name, when: 'kind = post'}\n"
    "  published: {place: at, type: epoch}\n"
    "skip: 'kind = ad'\nreach: 2d\n"
    "paging: {kind: window, last: 1, more: full}\n";

struct talk {
    struct arena *arena;
    struct poll *poll;
    struct web_request request;
    struct items items;
};

static void talk_begin(struct talk *talk, const char *text, const char *cursor) {
    *talk = (struct talk){.arena = arena_create()};
    talk->items.arena = talk->arena;
    const struct recipe *recipe = NULL;
    struct error error = {0};
    struct poll_options options = {.now_ms = NOW, .since_ms = NOW - 30 * DAY_MS};
    if (!recipe_parse(span_of(text), SPAN("t.yaml"), talk->arena, &recipe, &error) ||
        !poll_begin(recipe, &options, span_of(cursor), talk->arena, &talk->poll, &error)) {
        fail_msg("%s", error.message);
    }
}

static void ask(struct talk *talk, const char *url) {
    assert_true(poll_request(talk->poll, &talk->request));
    assert_span_equal(talk->request.url, url);
}

static void answer(struct talk *talk, const char *body) {
    struct error error = {0};
    struct web_response response = {.status = 200, .url = talk->request.url, .body = span_of(body)};
    if (!poll_response(talk->poll, &response, talk->arena, &talk->items, &error)) {
        fail_msg("%s", error.message);
    }
}

/* No more is asked for than the site can give; what it gives all the same is taken. */
static void test_reach_and_window(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, recipe_text, "");
    ask(&talk, "http://x.example/?a=20261119091111&d=%2A");
    answer(&talk,
           "{\"full\":true,\"a\":[{\"id\":1,\"kind\":\"post\",\"name\":\"n\",\"at\":1795250000},"
           "{\"id\":2,\"kind\":\"note\",\"name\":\"n\",\"at\":1794000000}],\"b\":[{\"id\":3}]}");
    assert_int_equal(talk.items.count, 3);
    assert_span_equal(talk.items.list[0].title, "n");
    assert_span_equal(talk.items.list[1].title, "");
    assert_span_equal(talk.items.list[2].id, "3");
    ask(&talk, "http://x.example/"
               "?a=20261119091111&b=20261106212001&c=2026-11-06&d=2026-11-06T21%3A20%3A01Z");
    answer(&talk, "{\"full\":false,\"a\":[{\"id\":4,\"at\":1793990000}]}");
    assert_false(poll_request(talk.poll, &talk.request));
    assert_true(poll_report(talk.poll)->complete);
    arena_free(talk.arena);
}

/* A page of nothing but what is left out is not the end. */
static void test_left_out_is_there(void **state) {
    (void)state;
    static const char paged[] =
        "name: own\ntitle: Own\nformat: json\nrequest:\n  url: 'http://x.example/{page}'\n"
        "items: .\nitem:\n  id: id\nskip: ad\npaging:\n  kind: page\n";
    struct talk talk;
    talk_begin(&talk, paged, "");
    ask(&talk, "http://x.example/1");
    answer(&talk, "[{\"id\":1,\"ad\":true}]");
    ask(&talk, "http://x.example/2");
    answer(&talk, "[]");
    assert_false(poll_request(talk.poll, &talk.request));
    assert_int_equal(talk.items.count, 0);
    arena_free(talk.arena);
}

static size_t count_at(json_t *root, const char *text, struct arena *arena) {
    const struct path *path = NULL;
    struct error error = {0};
    size_t count = 0;
    if (!path_parse(span_of(text), arena, &path, &error)) {
        fail_msg("%s", error.message);
    }
    path_list(path, root, arena, &count);
    return count;
}

static void test_everything_inside(void **state) {
    (void)state;
    static const char document[] = "[{\"id\":1,\"k\":[{\"id\":2,\"k\":[{\"id\":3}]},{\"id\":4}]},"
                                   "{\"x\":{\"id\":5,\"id2\":6}}]";
    struct arena *arena = arena_create();
    struct error error = {0};
    json_t *root = NULL;
    assert_true(json_parse(SPAN(document), &root, &error));
    assert_int_equal(count_at(root, "**.id", arena), 5);
    assert_int_equal(count_at(root, "**.k[*]", arena), 3);
    assert_int_equal(count_at(root, "[0].**.k[*].id", arena), 3);
    assert_int_equal(count_at(root, "**.none", arena), 0);
    const struct path *path = NULL;
    assert_false(path_parse(SPAN("**.a.**.b"), arena, &path, &error));
    assert_non_null(strstr(error.message, "twice"));
    json_decref(root);
    arena_free(arena);
}

/* Numbers are names to some sites, and longer than any number needs to be. */
static void test_long_integers(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *value;
    } rows[] = {
        {"{\"a\":14970958066519606553}", "14970958066519606553"},
        {"{\"a\":-99999999999999999999}", "-99999999999999999999"},
        {"{\"a\":1900000000000000003}", "1900000000000000003"},
        {"{\"b\":\"1234567890123456789012\",\"a\":7}", "7"},
        {"{\"b\":\"\\\"12345678901234567890\",\"a\":[8]}", ""},
        {"{\"a\":0.12345678901234567890}", "0.123456789012346"},
        {"{\"b\":\"\\ud83d\",\"a\":14970958066519606553}", "14970958066519606553"},
    };
    struct arena *arena = arena_create();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *root = NULL;
        struct error error = {0};
        if (!json_parse(span_of(rows[i].text), &root, &error)) {
            fail_msg("%s: %s", rows[i].text, error.message);
        }
        assert_span_equal(json_scalar(json_object_get(root, "a"), arena), rows[i].value);
        json_decref(root);
    }
    arena_free(arena);
}

/* What stood there instead of data is told. */
static void test_not_json(void **state) {
    (void)state;
    static const struct {
        const char *body;
        const char *error;
    } rows[] = {
        {"<!DOCTYPE html><title>Just a moment...</title><p>wait",
         "own: a page instead of JSON: \"Just a moment...\""},
        {"{\"a\":[1,\n2,3 oops]}", "own: 2:8: \"2,3 oops]}\": not JSON"},
        {"{\"a\":[1,\n", "{\"a\":[1,\": not JSON"},
        {"", "not JSON"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct talk talk;
        struct error error = {0};
        talk_begin(&talk, recipe_text, "");
        assert_true(poll_request(talk.poll, &talk.request));
        struct web_response response = {.status = 200, .body = span_of(rows[i].body)};
        assert_false(poll_response(talk.poll, &response, talk.arena, &talk.items, &error));
        if (strstr(error.message, rows[i].error) == NULL) {
            fail_msg("%s: not %s", error.message, rows[i].error);
        }
        arena_free(talk.arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reach_and_window),  cmocka_unit_test(test_left_out_is_there),
        cmocka_unit_test(test_everything_inside), cmocka_unit_test(test_long_integers),
        cmocka_unit_test(test_not_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
