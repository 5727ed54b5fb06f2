/* Feeds and shops: every item is there, well formed, and as it should be when it should not. */
#include "tests/unit/origin/met.h"

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>

static int setup(void **state) {
    struct origin_options options = harness_options();
    options.world.scale = 3;
    options.feed_items = 40;
    *state = harness_start(&options, NULL);
    return 0;
}

static int teardown(void **state) {
    harness_stop(*state);
    return 0;
}

/* --- Feeds ------------------------------------------------------------------------------------ */

static size_t count_nodes(xmlDocPtr document, const char *path) {
    xmlXPathContextPtr context = xmlXPathNewContext(document);
    xmlXPathObjectPtr found = xmlXPathEvalExpression((const xmlChar *)path, context);
    size_t count = found->nodesetval == NULL ? 0 : (size_t)found->nodesetval->nodeNr;
    xmlXPathFreeObject(found);
    xmlXPathFreeContext(context);
    return count;
}

/* Items of one page of a feed. */
static size_t feed_items(struct harness *harness, const struct site *site, int page) {
    char path[256];
    snprintf(path, sizeof path, "%s?paged=%d", site->path, page);
    if (site->kind == SITE_JSONFEED) {
        json_t *feed = get_json(harness, path);
        size_t count = json_array_size(json_object_get(feed, "items"));
        json_decref(feed);
        return count;
    }
    struct answer answer = http_get(harness->port, path);
    xmlDocPtr document =
        xmlReadMemory(answer.body.data, (int)answer.body.size, path, NULL, XML_PARSE_NONET);
    assert_non_null(document);
    size_t count = count_nodes(document, "//*[local-name()='item' or local-name()='entry']");
    xmlFreeDoc(document);
    answer_done(&answer);
    return count;
}

static void test_feeds_hold_everything(void **state) {
    struct harness *harness = *state;
    const struct world *world = origin_world(harness->origin);
    size_t feeds = 0;
    for (size_t i = 0; i < site_count; i++) {
        if (!site_is_feed(&sites[i])) {
            continue;
        }
        feeds++;
        size_t expected = 0;
        for (size_t n = 0; n < world->count; n++) {
            expected += world->posts[n].site == &sites[i] ? 1 : 0;
        }
        size_t count = 0;
        size_t got = 40;
        for (int page = 1; got == 40; page++) {
            got = feed_items(harness, &sites[i], page);
            count += got;
        }
        assert_int_equal(count, expected);
    }
    assert_int_equal(feeds, 8);
}

static void do_mischief(struct harness *harness, const char *which, struct answer *answer) {
    char path[64];
    snprintf(path, sizeof path, "/control/mischief?%s", which);
    http_control(harness->port, "POST", path);
    *answer = http_get(harness->port, "/feeds/harbor-gazette.xml");
}

static void test_papers_change_their_items(void **state) {
    struct harness *harness = *state;
    struct answer plain;
    struct answer ids;
    struct answer dates;
    struct answer texts;
    do_mischief(harness, "ids=1", &ids);
    do_mischief(harness, "dates=1", &dates);
    do_mischief(harness, "texts=1", &texts);
    struct answer status = http_get(harness->port, "/mastodon/api/v2/search?q=tavora&limit=1");
    do_mischief(harness, "", &plain);
    assert_true(span_holds(ids.body, "#2</guid>"));
    assert_false(span_holds(plain.body, "#2</guid>"));
    assert_int_equal(dates.body.size, plain.body.size);
    assert_false(span_equal(dates.body, plain.body));
    assert_true(span_holds(texts.body, "<p>Edited for length.</p>"));
    assert_true(span_holds(status.body, "<p>Edited for length.</p>"));
    answer_done(&plain);
    answer_done(&ids);
    answer_done(&dates);
    answer_done(&texts);
    answer_done(&status);
}

static void test_feed_says_latin1(void **state) {
    struct harness *harness = *state;
    struct answer answer = http_get(harness->port, "/feeds/diario-del-muelle.xml");
    assert_true(span_holds(answer.body, "encoding=\"ISO-8859-1\""));
    assert_true(span_holds(answer.body, "\xf3"));      /* o with acute */
    assert_false(span_holds(answer.body, "\xc3\xb3")); /* the same in UTF-8 */
    answer_done(&answer);
}

/* --- Shops ------------------------------------------------------------------------------------ */

static void test_shops_mark_up_reviews(void **state) {
    struct harness *harness = *state;
    static const struct {
        const char *path;
        enum site_kind kind;
        const char *reviews;
    } rows[] = {
        {"/shop/p/brellin-controller", SITE_SHOP, "//article"},
        {"/bazaar/p/brellin-controller", SITE_BAZAAR, "//*[@itemprop='review']"},
    };
    for (size_t i = 0; i < 2; i++) {
        struct met met = met_none(harness);
        size_t more = 1;
        for (int page = 1; more > 0; page++) {
            char path[256];
            snprintf(path, sizeof path, "%s?page=%d", rows[i].path, page);
            struct answer answer = http_get(harness->port, path);
            xmlDocPtr document = htmlReadMemory(answer.body.data, (int)answer.body.size, path,
                                                "utf-8", HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);
            met.count += count_nodes(document, rows[i].reviews);
            more = count_nodes(document, "//link[@rel='next']");
            assert_int_equal(count_nodes(document, "//script[@type='application/ld+json']"),
                             rows[i].kind == SITE_SHOP ? 1 : 0);
            xmlFreeDoc(document);
            answer_done(&answer);
        }
        size_t expected = 0;
        for (size_t n = 0; n < met.world->count; n++) {
            const struct post *post = &met.world->posts[n];
            expected += post->site->kind == rows[i].kind && post->product == 0 ? 1 : 0;
        }
        assert_true(expected > 100);
        assert_int_equal(met.count, expected);
        met_done(&met);
    }
}

static void test_shop_speaks_json_ld(void **state) {
    struct harness *harness = *state;
    struct answer answer = http_get(harness->port, "/shop/p/tavora-controller");
    size_t begin = span_find(answer.body, SPAN("ld+json\">")) + strlen("ld+json\">");
    struct span rest = span_from(answer.body, begin);
    struct span text = span_first(rest, span_find(rest, SPAN("</script>")));
    json_t *product = json_loadb(text.data, text.size, 0, NULL);
    json_t *reviews = json_object_get(product, "review");
    assert_int_equal(json_array_size(reviews), 20);
    json_t *rating = json_object_get(json_array_get(reviews, 0), "reviewRating");
    assert_int_equal(number_of(rating, "bestRating"), 5);
    json_decref(product);
    answer_done(&answer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_feeds_hold_everything),
        cmocka_unit_test(test_papers_change_their_items),
        cmocka_unit_test(test_feed_says_latin1),
        cmocka_unit_test(test_shops_mark_up_reviews),
        cmocka_unit_test(test_shop_speaks_json_ld),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
