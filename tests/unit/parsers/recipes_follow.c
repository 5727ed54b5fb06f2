/* Follow-ups: what is asked for the sake of single items, in which order, and what a cursor keeps. */
#include "tests/unit/test.h"

#include "base/buffer.h"
#include "base/limits.h"
#include "parsers/parsers.h"

#include <stdlib.h>

#define NOW INT64_C(1795252211000) /* 2026-11-21T09:10:11Z */

#define HEAD                                                                                       \
    "name: own\ntitle: Own\nformat: json\nrequest:\n  url: 'http://x.example/l/{page}'\n"          \
    "  headers: {Authorization: 'Bearer k'}\n"                                                     \
    "items: list\nitem:\n  id: id\n  text: text\n  published: {place: at, type: epoch}\n"          \
    "  replies: n\n  deleted: gone\npaging: {kind: page, last: 3, more: more}\noverlap: 1d\n"      \
    "follow:\n"
#define COMMENTS                                                                                   \
    "  comments:\n    when: n > 0\n    keep: {key: k}\n    most: 3\n    watch: 3d\n"               \
    "    every: 6h\n    gone: deleted\n    request:\n"                                             \
    "      url: 'http://x.example/c/{id}/{key}?page={page}'\n    items: list\n"                    \
    "    paging: {kind: page, more: more}\n"
#define CHECK                                                                                      \
    "  check:\n    batch: 2\n    most: 1\n    watch: 2d\n    every: 1d\n    missing: deleted\n"    \
    "    request:\n      url: 'http://x.example/i?ids={id}'\n    items: list\n"

struct talk {
    struct arena *arena;
    const struct recipe *recipe;
    struct poll *poll;
    struct web_request request;
    struct items items;
    struct error error;
};

static void begin(struct talk *talk, struct span cursor, int64_t now_ms) {
    struct poll_options options = {.now_ms = now_ms, .since_ms = NOW - 30 * DAY_MS};
    if (!poll_begin(talk->recipe, &options, cursor, talk->arena, &talk->poll, &talk->error)) {
        fail_msg("%s", talk->error.message);
    }
}

static void talk_begin(struct talk *talk, const char *text) {
    *talk = (struct talk){.arena = arena_create()};
    talk->items.arena = talk->arena;
    if (!recipe_parse(span_of(text), SPAN("t.yaml"), talk->arena, &talk->recipe, &talk->error)) {
        fail_msg("%s", talk->error.message);
    }
    begin(talk, SPAN(""), NOW);
}

/* As after a crash, or the next day: all that is known stands in the cursor. */
static void again(struct talk *talk, int64_t now_ms) {
    begin(talk, poll_cursor(talk->poll), now_ms);
}

static void ask(struct talk *talk, const char *url) {
    if (!poll_request(talk->poll, &talk->request)) {
        fail_msg("%s is not asked for", url);
    }
    assert_span_equal(talk->request.url, url);
}

static bool take(struct talk *talk, const char *body) {
    struct web_response response = {.status = 200, .url = talk->request.url, .body = span_of(body)};
    talk->items.count = 0;
    return poll_response(talk->poll, &response, talk->arena, &talk->items, &talk->error);
}

static void answer(struct talk *talk, const char *url, const char *body) {
    ask(talk, url);
    if (!take(talk, body)) {
        fail_msg("%s", talk->error.message);
    }
}

static void done(struct talk *talk) {
    if (poll_request(talk->poll, &talk->request)) {
        fail_msg("%.*s is asked for", SPAN_ARG(talk->request.url));
    }
}

#define ITEM(id, n) "{\"id\":\"" id "\",\"k\":\"k" id "\",\"n\":" n ",\"at\":1795250000}"

/* --- Order and state -------------------------------------------------------------------------- */

static void test_after_each_page(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, HEAD COMMENTS);
    answer(&talk, "http://x.example/l/1",
           "{\"more\":true,\"list\":[" ITEM("1", "2") "," ITEM("2", "0") "]}");
    assert_int_equal(talk.items.count, 2);
    /* Two pages of comments, in the headers of the listing. */
    ask(&talk, "http://x.example/c/1/k1?page=1");
    assert_int_equal(talk.request.header_count, 1);
    assert_true(take(&talk, "{\"more\":true,\"list\":[{\"id\":\"c1\",\"at\":1795250100}]}"));
    assert_int_equal(talk.items.count, 1);
    assert_span_equal(talk.items.list[0].parent, "1");
    answer(&talk, "http://x.example/c/1/k1?page=2", "{\"list\":[{\"id\":\"c2\"}]}");
    answer(&talk, "http://x.example/l/2", "{\"list\":[" ITEM("3", "1") "]}");
    assert_true(poll_report(talk.poll)->walked);
    answer(&talk, "http://x.example/c/3/k3?page=1", "{\"list\":[]}");
    done(&talk);
    assert_true(poll_report(talk.poll)->complete);
    assert_int_equal(poll_report(talk.poll)->pages, 2);
    assert_int_equal(poll_report(talk.poll)->follow_ups, 3);
    arena_free(talk.arena);
}

/* Between any two requests the program may end: nothing is lost and nothing asked for twice. */
static void test_killed_anywhere(void **state) {
    (void)state;
    static const char *const requests[][2] = {
        {"http://x.example/l/1",
         "{\"more\":true,\"list\":[" ITEM("1", "2") "," ITEM("2", "1") "]}"},
        {"http://x.example/c/1/k1?page=1", "{\"more\":true,\"list\":[{\"id\":\"c1\"}]}"},
        {"http://x.example/c/1/k1?page=2", "{\"list\":[]}"},
        {"http://x.example/c/2/k2?page=1", "{\"list\":[]}"},
        {"http://x.example/l/2", "{\"list\":[" ITEM("3", "0") "]}"},
    };
    size_t count = sizeof requests / sizeof requests[0];
    for (size_t killed = 1; killed < count; killed++) {
        size_t asked[sizeof requests / sizeof requests[0]] = {0};
        struct talk talk;
        size_t steps = 0;
        talk_begin(&talk, HEAD COMMENTS);
        while (poll_request(talk.poll, &talk.request)) {
            size_t i = 0;
            while (i < count && !span_equal(talk.request.url, span_of(requests[i][0]))) {
                i++;
            }
            if (i == count) {
                fail_msg("%.*s?", SPAN_ARG(talk.request.url));
            }
            asked[i]++;
            assert_true(take(&talk, requests[i][1]));
            if (++steps == killed) {
                again(&talk, NOW);
            }
        }
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(asked[i], 1);
        }
        arena_free(talk.arena);
    }
}

static void test_most(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, HEAD COMMENTS);
    answer(&talk, "http://x.example/l/1",
           "{\"list\":[" ITEM("1", "1") "," ITEM("2", "1") "," ITEM("3", "1") "," ITEM(
               "4", "1") "," ITEM("5", "1") "]}");
    answer(&talk, "http://x.example/c/1/k1?page=1", "{\"list\":[]}");
    answer(&talk, "http://x.example/c/2/k2?page=1", "{\"list\":[]}");
    answer(&talk, "http://x.example/c/3/k3?page=1", "{\"list\":[]}");
    done(&talk);
    assert_int_equal(poll_report(talk.poll)->waiting, 2);
    again(&talk, NOW + HOUR_MS);
    answer(&talk, "http://x.example/l/1", "{\"list\":[]}");
    answer(&talk, "http://x.example/c/4/k4?page=1", "{\"list\":[]}");
    answer(&talk, "http://x.example/c/5/k5?page=1", "{\"list\":[]}");
    done(&talk);
    arena_free(talk.arena);
}

/* Watched items are asked for every six hours, at once when the number of replies is another, and
 * not at all when they are older than three days. */
static void test_watch(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, HEAD COMMENTS);
    answer(&talk, "http://x.example/l/1", "{\"list\":[" ITEM("1", "1") "]}");
    answer(&talk, "http://x.example/c/1/k1?page=1",
           "{\"list\":[{\"id\":\"c1\",\"at\":1795250100}]}");
    done(&talk);
    again(&talk, NOW + HOUR_MS);
    answer(&talk, "http://x.example/l/1", "{\"list\":[" ITEM("1", "1") "]}");
    done(&talk);
    again(&talk, NOW + 2 * HOUR_MS);
    answer(&talk, "http://x.example/l/1", "{\"list\":[" ITEM("1", "2") "]}");
    answer(&talk, "http://x.example/c/1/k1?page=1",
           "{\"list\":[{\"id\":\"c1\",\"at\":1795250100}]}");
    done(&talk);
    again(&talk, NOW + 9 * HOUR_MS);
    answer(&talk, "http://x.example/l/1", "{\"list\":[]}");
    answer(&talk, "http://x.example/c/1/k1?page=1", "{\"list\":[]}");
    done(&talk);
    again(&talk, NOW + 3 * DAY_MS);
    answer(&talk, "http://x.example/l/1", "{\"list\":[]}");
    answer(&talk, "http://x.example/c/1/k1?page=1", "{\"list\":[]}");
    done(&talk);
    again(&talk, NOW + 4 * DAY_MS);
    answer(&talk, "http://x.example/l/1", "{\"list\":[]}");
    done(&talk);
    arena_free(talk.arena);
}

/* --- Deletions -------------------------------------------------------------------------------- */

static void test_gone(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, HEAD COMMENTS);
    answer(&talk, "http://x.example/l/1", "{\"list\":[" ITEM("1", "1") "," ITEM("2", "1") "]}");
    ask(&talk, "http://x.example/c/1/k1?page=1");
    talk.items.count = 0;
    assert_true(poll_unanswered(talk.poll, 404, &talk.items));
    assert_int_equal(talk.items.count, 1);
    assert_span_equal(talk.items.list[0].id, "1");
    assert_true(talk.items.list[0].deleted);
    answer(&talk, "http://x.example/c/2/k2?page=1", "{\"list\":[]}");
    done(&talk);
    again(&talk, NOW + DAY_MS);
    answer(&talk, "http://x.example/l/1", "{\"list\":[]}");
    answer(&talk, "http://x.example/c/2/k2?page=1", "{\"list\":[]}");
    done(&talk);
    arena_free(talk.arena);
}

/* What is asked for by its id and not given was deleted; but when nothing at all is given, it is
 * the site that fails. */
static void test_missing(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, HEAD CHECK);
    answer(&talk, "http://x.example/l/1",
           "{\"list\":[" ITEM("1", "1") "," ITEM("2", "1") "," ITEM("3", "1") "]}");
    answer(&talk, "http://x.example/i?ids=1%2C2", "{\"list\":[{\"id\":\"2\",\"text\":\"t\"}]}");
    assert_int_equal(talk.items.count, 2);
    assert_span_equal(talk.items.list[0].id, "2");
    assert_span_equal(talk.items.list[0].parent, "");
    assert_false(talk.items.list[0].deleted);
    assert_span_equal(talk.items.list[1].id, "1");
    assert_true(talk.items.list[1].deleted);
    done(&talk);
    again(&talk, NOW + HOUR_MS);
    answer(&talk, "http://x.example/l/1", "{\"list\":[]}");
    answer(&talk, "http://x.example/i?ids=3", "{\"list\":[{\"id\":\"3\"}]}");
    done(&talk);
    again(&talk, NOW + 30 * HOUR_MS);
    answer(&talk, "http://x.example/l/1", "{\"list\":[]}");
    answer(&talk, "http://x.example/i?ids=2%2C3", "{\"list\":[]}");
    assert_int_equal(talk.items.count, 0);
    arena_free(talk.arena);
}

/* What the listing itself says is deleted is not watched any longer. */
static void test_deleted_is_not_followed(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, HEAD COMMENTS);
    answer(&talk, "http://x.example/l/1", "{\"list\":[" ITEM("1", "1") "]}");
    answer(&talk, "http://x.example/c/1/k1?page=1", "{\"list\":[]}");
    again(&talk, NOW + 12 * HOUR_MS);
    answer(&talk, "http://x.example/l/1",
           "{\"list\":[{\"id\":\"1\",\"gone\":true,\"at\":1795250000}]}");
    done(&talk);
    arena_free(talk.arena);
}

/* --- Failures --------------------------------------------------------------------------------- */

/* One that always fails ends its poll, lets the others by, and is given up in the end. */
static void test_failing(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, HEAD COMMENTS);
    answer(&talk, "http://x.example/l/1", "{\"list\":[" ITEM("1", "1") "," ITEM("2", "1") "]}");
    int64_t now = NOW;
    size_t failures = 0;
    size_t others = 0;
    size_t given_up = 0;
    for (size_t round = 0; round < 20; round++) {
        while (poll_request(talk.poll, &talk.request)) {
            bool listing = span_find(talk.request.url, SPAN("/l/")) != SPAN_NOT_FOUND;
            bool bad = span_find(talk.request.url, SPAN("/c/1/")) != SPAN_NOT_FOUND;
            others += !listing && !bad;
            failures += bad;
            if (bad && failures % 2 == 0) {
                assert_false(poll_unanswered(talk.poll, 500, &talk.items));
            } else if (bad) {
                assert_false(take(&talk, "<html>"));
                assert_non_null(strstr(talk.error.message, "own: comments: "));
            } else {
                assert_true(take(&talk, "{\"list\":[]}"));
            }
        }
        given_up += poll_report(talk.poll)->given_up;
        now += HOUR_MS;
        again(&talk, now);
    }
    assert_int_equal(failures, 5);
    assert_int_equal(given_up, 1);
    assert_true(others >= 3);
    arena_free(talk.arena);
}

/* A site that is overloaded, or a key that has run out, is no follow-up's fault. */
static void test_site_fails(void **state) {
    (void)state;
    static const unsigned statuses[] = {0, 401, 429, 503};
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        struct talk talk;
        talk_begin(&talk, HEAD COMMENTS);
        answer(&talk, "http://x.example/l/1", "{\"list\":[" ITEM("1", "1") "]}");
        for (size_t round = 0; round < 10; round++) {
            ask(&talk, "http://x.example/c/1/k1?page=1");
            assert_false(poll_unanswered(talk.poll, statuses[i], &talk.items));
            done(&talk);
            again(&talk, NOW);
            answer(&talk, "http://x.example/l/1", "{\"list\":[]}");
        }
        arena_free(talk.arena);
    }
}

/* --- Ceilings --------------------------------------------------------------------------------- */

/* So many items on one page that the next one has to wait. */
static void test_crowded(void **state) {
    (void)state;
    struct talk talk;
    struct buffer body;
    talk_begin(&talk, HEAD COMMENTS);
    buffer_init(&body, MIB);
    buffer_append_string(&body, "{\"more\":true,\"list\":[");
    for (size_t i = 0; i < LIMIT_FOLLOWED + 5; i++) {
        buffer_print(&body, "%s{\"id\":\"i%zu\",\"k\":\"k\",\"n\":1,\"at\":1795250000}",
                     i == 0 ? "" : ",", i);
    }
    buffer_append_string(&body, "]}");
    buffer_append_byte(&body, 0);
    answer(&talk, "http://x.example/l/1", body.data);
    buffer_done(&body);
    for (size_t i = 0; i < 6; i++) {
        assert_true(poll_request(talk.poll, &talk.request));
        assert_true(span_find(talk.request.url, SPAN("/c/i")) != SPAN_NOT_FOUND);
        assert_true(take(&talk, "{\"list\":[]}"));
        if (i == 2) {
            done(&talk);
            assert_false(poll_report(talk.poll)->complete);
            again(&talk, NOW + HOUR_MS);
        }
    }
    answer(&talk, "http://x.example/l/2", "{\"list\":[]}");
    assert_int_equal(poll_report(talk.poll)->given_up, 0);
    arena_free(talk.arena);
}

static void test_hostile_cursors(void **state) {
    (void)state;
    static const char *const cursors[] = {
        "{\"follow\":3}",
        "{\"follow\":{\"comments\":[]}}",
        "{\"follow\":{\"comments\":{\"items\":[3,[],[\"1\"],[\"1\",2,3,4,5,6,1,\"k\",\"too "
        "many\"]]}}}",
        "{\"follow\":{\"comments\":{\"items\":[],\"walked\":9,\"walk\":{}}}}",
        "{\"follow\":{\"comments\":{\"items\":[[\"\",1,1,1,1,1,1,\"k\"]],\"walked\":-1,\"walk\":{}}"
        "}"
        "}",
        "{\"follow\":{\"other\":{\"items\":[[\"1\",1,1,1,1,1,1]]}}}",
    };
    for (size_t i = 0; i < sizeof cursors / sizeof cursors[0]; i++) {
        struct talk talk;
        talk_begin(&talk, HEAD COMMENTS);
        begin(&talk, span_of(cursors[i]), NOW);
        answer(&talk, "http://x.example/l/1", "{\"list\":[]}");
        done(&talk);
        arena_free(talk.arena);
    }
    struct talk talk;
    talk_begin(&talk, HEAD COMMENTS);
    begin(&talk,
          SPAN("{\"follow\":{\"comments\":{\"items\":[[\"1\",999999999999999999,-5,"
               "-1,-1,-9,7,\"k\"]]}}}"),
          NOW);
    answer(&talk, "http://x.example/l/1", "{\"list\":[]}");
    answer(&talk, "http://x.example/c/1/k?page=1", "{\"list\":[]}");
    done(&talk);
    arena_free(talk.arena);
}

/* --- In words --------------------------------------------------------------------------------- */

static void test_follow_of_follow(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, HEAD COMMENTS "  votes:\n    of: comments\n    when: v >= 2\n    request:\n"
                                    "      url: 'http://x.example/v/{id}'\n    items: list\n");
    answer(&talk, "http://x.example/l/1", "{\"list\":[" ITEM("1", "1") "]}");
    answer(&talk, "http://x.example/c/1/k1?page=1",
           "{\"list\":[{\"id\":\"c1\",\"v\":1},{\"id\":\"c2\",\"v\":2.5},{\"id\":\"c3\",\"v\":"
           "\"x\"}]}");
    answer(&talk, "http://x.example/v/c2", "{\"list\":[]}");
    done(&talk);
    arena_free(talk.arena);
}

/* Answers about several items say which one they belong to; a check comes later than the find. */
static void test_batch(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, HEAD "  answers:\n    batch: 9\n    between: ';'\n    belongs: q\n"
                           "    keep: {key: k}\n    after: 2h\n    request:\n"
                           "      url: 'http://x.example/a/{id|raw}'\n    items: list\n"
                           "    item: {id: id, url: {template: 'http://x.example/{key}/{id}'}}\n");
    answer(&talk, "http://x.example/l/1", "{\"list\":[" ITEM("1", "1") "," ITEM("2", "1") "]}");
    done(&talk);
    again(&talk, NOW + 2 * HOUR_MS);
    answer(&talk, "http://x.example/l/1", "{\"list\":[]}");
    answer(&talk, "http://x.example/a/1;2",
           "{\"list\":[{\"id\":\"a1\",\"q\":2},{\"id\":\"a2\",\"q\":1},{\"id\":\"a3\",\"q\":7}]}");
    assert_int_equal(talk.items.count, 3);
    assert_span_equal(talk.items.list[0].url, "http://x.example/k2/a1");
    assert_span_equal(talk.items.list[0].parent, "2");
    assert_span_equal(talk.items.list[1].url, "http://x.example/k1/a2");
    assert_span_equal(talk.items.list[1].parent, "1");
    assert_span_equal(talk.items.list[2].parent, "");
    arena_free(talk.arena);
}

/* What a listing shows shortened does not replace what a follow-up has shown whole. */
static void test_whole(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, HEAD "  whole:\n    whole: true\n    watch: 1d\n    every: 6h\n    request:\n"
                           "      url: 'http://x.example/w/{id}'\n    items: .\n");
    answer(&talk, "http://x.example/l/1", "{\"list\":[" ITEM("1", "1") "]}");
    assert_int_equal(talk.items.count, 1);
    answer(&talk, "http://x.example/w/1", "{\"id\":\"1\",\"text\":\"all\"}");
    assert_int_equal(talk.items.count, 1);
    again(&talk, NOW + HOUR_MS);
    answer(&talk, "http://x.example/l/1", "{\"list\":[" ITEM("1", "1") "]}");
    assert_int_equal(talk.items.count, 0);
    again(&talk, NOW + 2 * HOUR_MS);
    answer(&talk, "http://x.example/l/1",
           "{\"list\":[{\"id\":\"1\",\"gone\":true,\"at\":1795250000}]}");
    assert_int_equal(talk.items.count, 1);
    done(&talk);
    arena_free(talk.arena);
}

static void test_switched_off(void **state) {
    (void)state;
    struct talk talk;
    struct poll_options options = {.now_ms = NOW, .since_ms = 0, .no_follow = true};
    talk_begin(&talk, HEAD COMMENTS);
    assert_true(poll_begin(talk.recipe, &options, SPAN(""), talk.arena, &talk.poll, &talk.error));
    answer(&talk, "http://x.example/l/1", "{\"list\":[" ITEM("1", "1") "]}");
    done(&talk);
    arena_free(talk.arena);
}

/* A listing that has not changed does not keep its items from being followed. */
static void test_unchanged(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, HEAD COMMENTS);
    assert_false(poll_asks_top(talk.poll));
    ask(&talk, "http://x.example/l/1");
    assert_true(poll_asks_top(talk.poll));
    assert_true(take(&talk, "{\"list\":[" ITEM("1", "1") "]}"));
    again(&talk, NOW + MINUTE_MS);
    ask(&talk, "http://x.example/l/1");
    poll_unchanged(talk.poll);
    answer(&talk, "http://x.example/c/1/k1?page=1", "{\"list\":[]}");
    done(&talk);
    assert_true(poll_report(talk.poll)->complete);
    arena_free(talk.arena);
}

static void test_errors(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *error;
    } rows[] = {
        {HEAD "  a: x\n", "t.yaml:17:6: \"name: value\" lines are wanted here"},
        {HEAD "  a:\n    of: b\n", "no follow-up \"b\" before this one"},
        {HEAD "  a:\n    most: 0\n    request: {url: u}\n    items: i\n", "\"most\" is 1 to 1000"},
        {HEAD "  a:\n    request: {url: u}\n", "\"items\" and \"item\" are missing"},
        {HEAD "  a:\n    gone: maybe\n", "\"deleted\" is all that can stand here"},
        {HEAD "  a:\n    when: n > many\n", "\"many\" is no number"},
        {HEAD "  a:\n    batch: 2\n    missing: deleted\n    request: {url: u}\n    items: i\n"
              "    paging: {kind: page}\n",
         "needs the whole answer on one page"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *arena = arena_create();
        const struct recipe *recipe = NULL;
        struct error error = {0};
        assert_false(recipe_parse(span_of(rows[i].text), SPAN("t.yaml"), arena, &recipe, &error));
        if (strstr(error.message, rows[i].error) == NULL) {
            fail_msg("%s: not %s", error.message, rows[i].error);
        }
        arena_free(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_after_each_page),
        cmocka_unit_test(test_killed_anywhere),
        cmocka_unit_test(test_most),
        cmocka_unit_test(test_watch),
        cmocka_unit_test(test_gone),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_deleted_is_not_followed),
        cmocka_unit_test(test_failing),
        cmocka_unit_test(test_site_fails),
        cmocka_unit_test(test_crowded),
        cmocka_unit_test(test_hostile_cursors),
        cmocka_unit_test(test_follow_of_follow),
        cmocka_unit_test(test_batch),
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_switched_off),
        cmocka_unit_test(test_unchanged),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
