/* What real payloads do that no documentation says: each was seen, each is a test. Those of the wire
 * (spacing headers, empty bodies, robots.txt) are in tests/unit/crawler. */
#include "tests/unit/test.h"

#include "parsers/parsers.h"

struct answer {
    struct arena *arena;
    struct items items;
    struct error error;
    bool read;
};

static void done(struct answer *answer) {
    arena_free(answer->arena);
}

/* A document as it comes, without a recipe. */
static void read_document(struct answer *answer, struct span body, const char *type) {
    *answer = (struct answer){.arena = arena_create()};
    answer->items.arena = answer->arena;
    answer->read = document_parse(body, span_of(type), SPAN("https://site.example/page"),
                                  answer->arena, &answer->items, NULL, &answer->error);
}

/* The first answer to a recipe's first request. */
static void read_recipe(struct answer *answer, const char *name, const char *param,
                        const char *body) {
    struct web_header params[] = {{span_of(param), SPAN("1")}};
    struct poll_options options = {.params = params,
                                   .param_count = param[0] == '\0' ? 0 : 1,
                                   .query = SPAN("acme"),
                                   .saved = true,
                                   .now_ms = INT64_C(1795252211000),
                                   .since_ms = DATE_NONE};
    const struct recipe *recipe = NULL;
    struct poll *poll = NULL;
    struct web_request request;
    *answer = (struct answer){.arena = arena_create()};
    answer->items.arena = answer->arena;
    assert_true(recipe_builtin(span_of(name), answer->arena, &recipe, &answer->error));
    assert_true(poll_begin(recipe, &options, SPAN(""), answer->arena, &poll, &answer->error));
    assert_true(poll_request(poll, &request));
    struct web_response response = {.status = 200, .url = request.url, .body = span_of(body)};
    answer->read = poll_response(poll, &response, answer->arena, &answer->items, &answer->error);
}

static void must_fail_saying(struct answer *answer, const char *words) {
    assert_false(answer->read);
    assert_int_equal(answer->items.count, 0);
    if (strstr(answer->error.message, words) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", answer->error.message, words);
    }
    done(answer);
}

/* --- Answers that are none ---------------------------------------------------------------------- */

static void test_plain_text_past_the_last_page(void **state) {
    (void)state;
    struct answer a;
    read_recipe(&a, "appstore", "app", "CustomerReviews RSS page depth is limited to 10");
    must_fail_saying(&a, "not JSON");
}

static void test_one_entry_is_no_list(void **state) {
    (void)state;
    struct answer a;
    read_recipe(&a, "appstore", "app",
                "{\"feed\":{\"entry\":{\"id\":{\"label\":\"1\"},\"im:rating\":{\"label\":\"2\"},"
                "\"content\":{\"label\":\"x\"}}}}");
    assert_int_equal(a.items.count, 1);
    done(&a);
}

static void test_errors_with_status_200(void **state) {
    (void)state;
    static const struct {
        const char *recipe;
        const char *param;
        const char *body;
        const char *words;
    } rows[] = {
        {"google-places-legacy", "place",
         "{\"html_attributions\":[],\"status\":\"OVER_QUERY_LIMIT\"}", "OVER_QUERY_LIMIT"},
        {"google-places-legacy", "place",
         "{\"error_message\":\"Missing the reference.\",\"status\":\"INVALID_REQUEST\"}",
         "Missing the reference"},
        {"google-places-legacy", "place", "{\"html_attributions\":[],\"status\":\"NOT_FOUND\"}",
         "NOT_FOUND"},
        {"gdelt", "", "Your query was too short or too long.\n", "not JSON"},
        {"reddit", "subreddit", "{\"kind\":\"Listing\",\"data\":{\"children\":[{\"kind\":\"t3\",",
         "not JSON"},
        /* Localised. */
        {"mastodon-tag", "tag",
         "{\"error\":\"\xE3\x83\x90\xE3\x83\xAA\xE3\x83\x87\xE3\x83\xBC\xE3\x82\xB7\"}",
         "\xE3\x83\x90\xE3\x83\xAA"},
        {"mastodon-tag", "tag", "", "not JSON"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct answer a;
        read_recipe(&a, rows[i].recipe, rows[i].param, rows[i].body);
        must_fail_saying(&a, rows[i].words);
    }
}

/* X: some of what was asked for is missing, the rest is there. */
static void test_errors_beside_data(void **state) {
    (void)state;
    struct answer a;
    read_recipe(&a, "x-recent", "",
                "{\"data\":[{\"id\":\"5\",\"text\":\"acme\",\"author_id\":\"9\",\"edit_controls\":"
                "{\"edits_remaining\":\"5\"},\"created_at\":\"2026-11-20T10:00:00.000Z\"}],"
                "\"errors\":[{\"title\":\"Not Found Error\",\"resource_id\":\"9\"}],"
                "\"meta\":{\"result_count\":1}}");
    assert_true(a.read);
    assert_int_equal(a.items.count, 1);
    done(&a);
}

/* --- Ratings ------------------------------------------------------------------------------------ */

/* The shop counts to ten, its customers to five; one says no more than "comment". */
static void test_each_rating_has_its_own_scale(void **state) {
    (void)state;
    struct answer a;
    read_document(
        &a,
        SPAN("<div itemscope itemtype='http://schema.org/Product'><div itemprop='aggregateRating' "
             "itemscope itemtype='http://schema.org/AggregateRating'><meta itemprop='ratingValue' "
             "content='8.4'><meta itemprop='bestRating' content='10'><meta itemprop='worstRating' "
             "content='0'></div><div itemprop='review' itemscope "
             "itemtype='http://schema.org/Review'><span itemprop='author'>Eva</span><div "
             "itemprop='reviewRating' itemscope itemtype='http://schema.org/Rating'><meta "
             "itemprop='ratingValue' content='4'><meta itemprop='bestRating' content='5'><meta "
             "itemprop='worstRating' content='0'></div><p itemprop='reviewBody'>comment</p></div>"
             "<div itemprop='review' itemscope itemtype='http://schema.org/Review'><div "
             "itemprop='reviewRating' itemscope itemtype='http://schema.org/Rating'><meta "
             "itemprop='ratingValue' content='4'></div><p "
             "itemprop='reviewBody'>fine</p></div></div>"),
        "text/html");
    assert_int_equal(a.items.count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_true(a.items.list[i].rating > 3.99 && a.items.list[i].rating < 4.01);
    }
    done(&a);
}

static void test_decimal_comma_and_two_markups_at_once(void **state) {
    (void)state;
    struct answer a;
    read_document(
        &a,
        SPAN("<div itemscope itemtype='http://schema.org/Review' vocab='http://schema.org/' "
             "typeof='Review'><span itemprop='author' property='author'>Tom</span><span "
             "itemprop='reviewRating' property='reviewRating' typeof='Rating' itemscope "
             "itemtype='http://schema.org/Rating'><span itemprop='ratingValue' "
             "property='ratingValue'>3,5</span></span><p itemprop='reviewBody' "
             "property='reviewBody'>Naja.</p></div>"),
        "text/html");
    assert_int_equal(a.items.count, 1);
    assert_true(a.items.list[0].rating > 3.49 && a.items.list[0].rating < 3.51);
    done(&a);
}

#define REVIEW                                                                                     \
    "{\"@type\":\"Review\",\"reviewBody\":\"Good\",\"author\":\"Eva\",\"reviewRating\":"           \
    "{\"ratingValue\":\"4\"}}"

static void test_roots_of_json_ld(void **state) {
    (void)state;
    static const char *const roots[] = {
        REVIEW,
        "[" REVIEW "]",
        "{\"@context\":\"https://schema.org\",\"@graph\":[{\"@type\":\"Product\",\"review\":" REVIEW
        "}]}",
        "null</script><script type='application/ld+json'>false</script><script "
        "type='application/ld+json'>" REVIEW,
        "// begins\n/* a block */ " REVIEW,
        "<!-- -->" REVIEW,
        "{\"@type\":\"Review\",\"author\":\"Eva\",\"reviewRating\":{\"ratingValue\":4},"
        "\"reviewBody\":"
        "\"Good\x01\t\",}",
    };
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++) {
        struct answer a = {.arena = arena_create()};
        struct span page = arena_print(
            a.arena, "<script type='application/ld+json'>%s</script><p>x</p>", roots[i]);
        struct answer b;
        read_document(&b, page, "text/html");
        if (b.items.count != 1 || (int)b.items.list[0].rating != 4) {
            fail_msg("not read: %s", roots[i]);
        }
        assert_true(span_starts_with(b.items.list[0].text, SPAN("Good")));
        assert_span_equal(b.items.list[0].author, "Eva");
        done(&b);
        done(&a);
    }
}

/* A magazine's own review: its publisher is told, which a customer's has not. */
static void test_editors_are_no_customers(void **state) {
    (void)state;
    struct answer a;
    read_document(
        &a,
        SPAN("<script type='application/ld+json'>{\"@type\":\"Review\",\"author\":{\"@type\":"
             "\"Person\",\"name\":\"Eva\"},\"publisher\":{\"@type\":\"Organization\",\"name\":"
             "\"Anvil Weekly\"},\"reviewBody\":\"Heavy.\",\"reviewRating\":{\"ratingValue\":81,"
             "\"bestRating\":100}}</script>"),
        "text/html");
    assert_int_equal(a.items.count, 1);
    assert_span_equal(a.items.list[0].author, "Eva");
    assert_span_equal(a.items.list[0].site, "Anvil Weekly");
    done(&a);
}

/* Stars and words without markup for machines are not guessed at. */
static void test_reviews_without_markup(void **state) {
    (void)state;
    struct answer a;
    read_document(
        &a,
        SPAN("<html><body><div data-hook='cmps-review'><i data-hook='cmps-review-star-rating'>"
             "<span>4.0 out of 5 stars</span></i><span data-hook='review-body'>Good</span></div>"
             "</body></html>"),
        "text/html");
    for (size_t i = 0; i < a.items.count; i++) {
        assert_true(a.items.list[i].rating < 0);
    }
    done(&a);
}

/* --- Threads and identities --------------------------------------------------------------------- */

static void test_reddit_moods(void **state) {
    (void)state;
    struct answer a;
    read_recipe(
        &a, "reddit-thread", "thread",
        "[{\"kind\":\"Listing\",\"data\":{\"children\":[{\"kind\":\"t3\",\"data\":{\"name\":\"t3_"
        "a\","
        "\"title\":\"acme\",\"author\":\"eva\",\"created_utc\":1795200000.0,\"edited\":1795200060."
        "0,"
        "\"permalink\":\"/r/x/comments/a/acme/"
        "\"}}]}},{\"kind\":\"Listing\",\"data\":{\"children\":["
        "{\"kind\":\"t1\",\"data\":{\"name\":\"t1_b\",\"body\":\"one\",\"author\":\"[deleted]\","
        "\"created_utc\":1795200100.0,\"edited\":false,\"permalink\":\"/r/x/comments/a/acme/b/\","
        "\"replies\":\"\"}},{\"kind\":\"t1\",\"data\":{\"name\":\"t1_c\",\"body\":\"two\","
        "\"author\":"
        "\"tom\",\"created_utc\":1795200200.0,\"edited\":false,\"permalink\":\"/r/x/comments/a/"
        "acme/c/\","
        "\"replies\":{\"kind\":\"Listing\",\"data\":{\"children\":[{\"kind\":\"t1\",\"data\":{"
        "\"name\":"
        "\"t1_d\",\"body\":\"three\",\"author\":\"eva\",\"created_utc\":1795200300.0,\"edited\":"
        "false,"
        "\"permalink\":\"/r/x/comments/a/acme/d/\",\"replies\":\"\"}},{\"kind\":\"more\",\"data\":{"
        "\"children\":[],\"id\":\"_\",\"count\":0}}]}}}}]}}]");
    if (!a.read) {
        fail_msg("%s", a.error.message);
    }
    assert_int_equal(a.items.count, 4); /* the empty stub is no comment */
    for (size_t i = 0; i < a.items.count; i++) {
        const struct item *item = &a.items.list[i];
        assert_true((item->updated_ms != DATE_NONE) == span_equal(item->id, SPAN("t3_a")));
        assert_true((item->author.size == 0) == span_equal(item->id, SPAN("t1_b")));
    }
    done(&a);
}

/* Each server has its own id for the same post; its uri is the same everywhere. */
static void test_a_post_on_two_servers(void **state) {
    (void)state;
    static const char *const ids[] = {"1", "999"};
    struct answer answers[2];
    for (size_t i = 0; i < 2; i++) {
        struct arena *arena = arena_create();
        struct span body = arena_print(
            arena,
            "[{\"id\":\"%s\",\"uri\":\"https://far.example/p/7\",\"content\":\"x\",\"created_at\":"
            "\"2026-11-20T10:00:00Z\",\"account\":{\"acct\":\"eva\"},\"reblog\":null}]",
            ids[i]);
        read_recipe(&answers[i], "mastodon-tag", "tag", arena_copy_string(arena, body));
        assert_int_equal(answers[i].items.count, 1);
        arena_free(arena);
    }
    assert_true(span_equal(answers[0].items.list[0].id, answers[1].items.list[0].id));
    done(&answers[0]);
    done(&answers[1]);
}

/* --- Feeds -------------------------------------------------------------------------------------- */

static void test_feeds_as_they_are(void **state) {
    (void)state;
    const struct {
        const char *name;
        struct span body;
        const char *title; /* of the last of its items */
        size_t items;
    } rows[] = {
        {"latin1 without a declaration",
         SPAN("<rss version='2.0'><channel><item><title>A\xE7\xE3o do "
              "ver\xE3o</title></item></channel></rss>"),
         "A\xC3\xA7\xC3\xA3o do ver\xC3\xA3o", 1},
        {"a declared charset",
         SPAN("<?xml version='1.0' encoding='iso-8859-1'?><rss version='2.0'><channel><item><title>"
              "B\xF6rse</title></item></channel></rss>"),
         "B\xC3\xB6rse", 1},
        {"a declaration that is none",
         SPAN("<?phpxml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><item><title>p"
              "</title></item></channel></rss>"),
         "p", 1},
        {"a byte-order mark",
         SPAN("\xEF\xBB\xBF<?xml version='1.0'?><rss version='2.0'><channel><item><title>b</title>"
              "</item></channel></rss>"),
         "b", 1},
        {"guids given twice",
         SPAN("<rss version='2.0'><channel><item><guid>g</guid><title>1</title></item><item><guid>g"
              "</guid><title>2</title></item></channel></rss>"),
         "2", 2},
        {"items without titles",
         SPAN("<rss "
              "version='2.0'><channel><item><description>d</description><link>https://a.example/1"
              "</link></item></channel></rss>"),
         "", 1},
        {"an empty item inside an item",
         SPAN("<rss version='2.0'><channel><item><title>x</title><item "
              "/><guid>g</guid></item></channel>"
              "</rss>"),
         "x", 1},
        {"a namespace that is the request itself",
         SPAN("<rss version='2.0' "
              "xmlns:News='https://n.example/?q=a&amp;b'><channel><item><title>n</title>"
              "<News:Source>Paper</News:Source></item></channel></rss>"),
         "n", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct answer a;
        read_document(&a, rows[i].body, "");
        if (!a.read || a.items.count != rows[i].items ||
            !span_equal(a.items.list[a.items.count - 1].title, span_of(rows[i].title))) {
            fail_msg("%s: %zu items: %s", rows[i].name, a.items.count, a.error.message);
        }
        done(&a);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_text_past_the_last_page),
        cmocka_unit_test(test_one_entry_is_no_list),
        cmocka_unit_test(test_errors_with_status_200),
        cmocka_unit_test(test_errors_beside_data),
        cmocka_unit_test(test_each_rating_has_its_own_scale),
        cmocka_unit_test(test_decimal_comma_and_two_markups_at_once),
        cmocka_unit_test(test_roots_of_json_ld),
        cmocka_unit_test(test_editors_are_no_customers),
        cmocka_unit_test(test_reviews_without_markup),
        cmocka_unit_test(test_reddit_moods),
        cmocka_unit_test(test_a_post_on_two_servers),
        cmocka_unit_test(test_feeds_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
