/* Back-fills: what is older than a source has been followed for, fetched beside the following. */
#include "tests/unit/test.h"

#include "parsers/parsers.h"

#define NOW INT64_C(1795252211000) /* 2026-11-21T09:10:11Z */

#define LISTING                                                                                    \
    "name: own\ntitle: Own\nformat: json\nrequest:\n"                                              \
    "  url: 'http://x.example/?s={since_day}[&u={until_day}]&p={page}'\n"                          \
    "items: list\nitem:\n  id: id\n  published: at\npaging: {kind: page, more: more}\noverlap: "   \
    "1d\n"

struct talk {
    struct arena *arena;
    const struct recipe *recipe;
    struct poll *poll;
    struct span cursor;
    struct web_request request;
    struct items items;
    struct error error;
};

static void talk_begin(struct talk *talk, const char *text) {
    *talk = (struct talk){.arena = arena_create()};
    talk->items.arena = talk->arena;
    if (!recipe_parse(span_of(text), SPAN("t.yaml"), talk->arena, &talk->recipe, &talk->error)) {
        fail_msg("%s", talk->error.message);
    }
}

static void poll_days(struct talk *talk, bool back, int days) {
    struct poll_options options = {
        .now_ms = NOW, .since_ms = NOW - days * DAY_MS, .back_fill = back};
    if (!poll_begin(talk->recipe, &options, talk->cursor, talk->arena, &talk->poll, &talk->error)) {
        fail_msg("%s", talk->error.message);
    }
}

static void answer(struct talk *talk, const char *url, const char *body) {
    if (!poll_request(talk->poll, &talk->request)) {
        fail_msg("%s is not asked for", url);
    }
    assert_span_equal(talk->request.url, url);
    struct web_response response = {.status = 200, .url = talk->request.url, .body = span_of(body)};
    talk->items.count = 0;
    if (!poll_response(talk->poll, &response, talk->arena, &talk->items, &talk->error)) {
        fail_msg("%s", talk->error.message);
    }
    talk->cursor = poll_cursor(talk->poll);
}

static void done(struct talk *talk) {
    assert_false(poll_request(talk->poll, &talk->request));
    assert_true(poll_report(talk->poll)->complete);
    talk->cursor = poll_cursor(talk->poll);
}

#define FOLLOWED(talk)                                                                             \
    do {                                                                                           \
        poll_days(talk, false, 30);                                                                \
        answer(talk, "http://x.example/?s=2026-10-22&p=1",                                         \
               "{\"list\":[{\"id\":9,\"at\":\"2026-11-20T00:00:00Z\"}]}");                         \
        done(talk);                                                                                \
    } while (0)

/* Killed between its pages, with a poll of the news in between: each goes on where it stood. */
static void test_beside_the_following(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, LISTING);
    FOLLOWED(&talk);
    poll_days(&talk, true, 90);
    answer(&talk, "http://x.example/?s=2026-08-23&u=2026-10-22&p=1",
           "{\"more\":true,\"list\":[{\"id\":8,\"at\":\"2026-10-30T00:00:00Z\"},"
           "{\"id\":7,\"at\":\"2026-10-01T00:00:00Z\"}]}");
    assert_int_equal(talk.items.count, 1); /* the other one is not older than what is followed */
    assert_span_equal(talk.items.list[0].id, "7");

    poll_days(&talk, false, 30);
    answer(&talk, "http://x.example/?s=2026-11-19&p=1",
           "{\"list\":[{\"id\":10,\"at\":\"2026-11-21T00:00:00Z\"}]}");
    done(&talk);

    poll_days(&talk, true, 90);
    answer(&talk, "http://x.example/?s=2026-08-23&u=2026-10-22&p=2",
           "{\"more\":true,\"list\":[{\"id\":6,\"at\":\"2026-08-01T00:00:00Z\"}]}");
    assert_int_equal(talk.items.count, 0);
    done(&talk);
    assert_true(span_find(talk.cursor, SPAN("back")) == SPAN_NOT_FOUND);

    /* What was fetched is not fetched again, but what is still older is. */
    poll_days(&talk, true, 90);
    done(&talk);
    poll_days(&talk, true, 100);
    answer(&talk, "http://x.example/?s=2026-08-13&u=2026-08-23&p=1", "{\"list\":[]}");
    done(&talk);
    poll_days(&talk, false, 30);
    answer(&talk, "http://x.example/?s=2026-11-20&p=1", "{\"list\":[]}");
    done(&talk);
    arena_free(talk.arena);
}

static void test_reach(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, LISTING "reach: 7d\n");
    poll_days(&talk, false, 3);
    answer(&talk, "http://x.example/?s=2026-11-18&p=1", "{\"list\":[]}");
    done(&talk);
    poll_days(&talk, true, 90);
    answer(&talk, "http://x.example/?s=2026-11-14&u=2026-11-18&p=1", "{\"list\":[]}");
    done(&talk);
    poll_days(&talk, false, 30);
    answer(&talk, "http://x.example/?s=2026-11-14&p=1", "{\"list\":[]}");
    done(&talk);
    arena_free(talk.arena);

    /* What has been followed for longer than the site can be asked has no older part. */
    talk_begin(&talk, LISTING "reach: 7d\n");
    poll_days(&talk, false, 30);
    answer(&talk, "http://x.example/?s=2026-11-14&p=1", "{\"list\":[]}");
    done(&talk);
    poll_days(&talk, true, 90);
    done(&talk);
    arena_free(talk.arena);
}

/* Items of the back-fill are followed, too; it is over when that is done. */
static void test_follows(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk,
               LISTING "follow:\n  c:\n    most: 1\n    request: {url: 'http://x.example/{id}'}\n"
                       "    items: list\n");
    poll_days(&talk, false, 30);
    answer(&talk, "http://x.example/?s=2026-10-22&p=1", "{\"list\":[]}");
    done(&talk);
    poll_days(&talk, true, 90);
    answer(&talk, "http://x.example/?s=2026-08-23&u=2026-10-22&p=1",
           "{\"list\":[{\"id\":1,\"at\":\"2026-10-01\"},{\"id\":2,\"at\":\"2026-10-01\"}]}");
    answer(&talk, "http://x.example/1", "{\"list\":[]}");
    assert_false(poll_request(talk.poll, &talk.request));
    assert_int_equal(poll_report(talk.poll)->waiting, 1);
    talk.cursor = poll_cursor(talk.poll);
    poll_days(&talk, true, 90);
    answer(&talk, "http://x.example/2", "{\"list\":[]}");
    done(&talk);
    assert_true(span_find(talk.cursor, SPAN("back")) == SPAN_NOT_FOUND);
    arena_free(talk.arena);
}

static void test_hostile_cursors(void **state) {
    (void)state;
    static const char *const cursors[] = {"[]", "3", "{\"back\":[]}", "{\"back\":3,\"from\":\"x\"}",
                                          "{\"from\":1,\"back\":{\"walk\":[],\"walked\":9}}"};
    for (size_t i = 0; i < sizeof cursors / sizeof cursors[0]; i++) {
        for (int back = 0; back < 2; back++) {
            struct talk talk;
            talk_begin(&talk, LISTING);
            talk.cursor = span_of(cursors[i]);
            poll_days(&talk, back, 30);
            while (poll_request(talk.poll, &talk.request)) {
                answer(&talk, talk.request.url.data, "{\"list\":[]}");
            }
            poll_cursor(talk.poll);
            arena_free(talk.arena);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_beside_the_following),
        cmocka_unit_test(test_reach),
        cmocka_unit_test(test_follows),
        cmocka_unit_test(test_hostile_cursors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
