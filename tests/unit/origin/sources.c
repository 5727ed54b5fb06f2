/* Each API walked to its end the way its clients do, and counted against the truth. */
#include "tests/unit/origin/met.h"

#include <curl/curl.h>
#include <inttypes.h>

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

static int rewind_time(void **state) {
    struct harness *harness = *state;
    http_control(harness->port, "POST", "/control/time?now=1793491200000");
    return 0;
}

/* --- Hacker News ------------------------------------------------------------------------------ */

static json_t *hn_search(struct harness *harness, const char *query, int64_t before, int64_t page) {
    char path[512];
    snprintf(path, sizeof path,
             "/hn/api/v1/search_by_date?query=%s&tags=(story,comment)&hitsPerPage=100&page=%" PRId64
             "&numericFilters=created_at_i%%3C%%3D%" PRId64,
             query, page, before);
    return get_json(harness, path);
}

/* One window of at most 1,000 hits, page by page; returns the time of its last hit. */
static int64_t hn_window(struct harness *harness, struct met *met, int64_t before, size_t *hits) {
    int64_t pages = 1;
    int64_t last = before;
    *hits = 0;
    for (int64_t page = 0; page < pages; page++) {
        json_t *answer = hn_search(harness, "", before, page);
        pages = number_of(answer, "nbPages");
        assert_true(pages <= 10);
        size_t index;
        json_t *hit;
        json_array_foreach(json_object_get(answer, "hits"), index, hit) {
            met_add(met, SITE_HN, text_of(hit, "objectID"));
            assert_true(number_of(hit, "created_at_i") <= last);
            last = number_of(hit, "created_at_i");
            ++*hits;
        }
        json_decref(answer);
    }
    return last;
}

static void test_hn_windows_reach_everything(void **state) {
    struct harness *harness = *state;
    struct met met = met_none(harness);
    int64_t before = HARNESS_NOW / 1000;
    size_t hits = 1000;
    size_t windows = 0;
    while (hits == 1000) {
        before = hn_window(harness, &met, before, &hits);
        windows++;
    }
    assert_in_range(windows, 2, 5);
    met_check(&met, SITE_HN, -1);
    met_done(&met);
}

static void test_hn_search_finds_words_and_beginnings(void **state) {
    struct harness *harness = *state;
    json_t *words = hn_search(harness, "quondale+support", HARNESS_NOW / 1000, 0);
    json_t *beginning = hn_search(harness, "brell", HARNESS_NOW / 1000, 0);
    json_t *nothing = hn_search(harness, "brell+support", HARNESS_NOW / 1000, 0);
    assert_true(number_of(words, "nbHits") > 5);
    assert_true(number_of(beginning, "nbHits") > 100);
    assert_int_equal(number_of(nothing, "nbHits"), 0);
    json_decref(words);
    json_decref(beginning);
    json_decref(nothing);
}

static void test_hn_filters_by_time_and_kind(void **state) {
    struct harness *harness = *state;
    json_t *answer = get_json(harness, "/hn/api/v1/search_by_date?query=&tags=story&hitsPerPage=9&"
                                       "numericFilters=created_at_i>1792000000,created_at_i<"
                                       "1792100000");
    json_t *hit;
    size_t index;
    assert_int_equal(json_array_size(json_object_get(answer, "hits")), 9);
    json_array_foreach(json_object_get(answer, "hits"), index, hit) {
        assert_in_range(number_of(hit, "created_at_i"), 1792000001, 1792099999);
        assert_non_null(json_string_value(json_object_get(hit, "title")));
        assert_non_null(json_string_value(json_object_get(hit, "story_text")));
    }
    json_decref(answer);
}

/* Each comparison at the very second of a hit. */
static void test_hn_bounds_are_exact(void **state) {
    struct harness *harness = *state;
    json_t *any = hn_search(harness, "", HARNESS_NOW / 1000 - 86400, 0);
    json_t *hit = json_array_get(json_object_get(any, "hits"), 0);
    static const struct {
        const char *test;
        bool found;
    } rows[] = {{"%3C", false}, {"%3C%3D", true}, {"%3E", false}, {"%3E%3D", true}};
    for (size_t i = 0; i < 4; i++) {
        char path[256];
        snprintf(path, sizeof path,
                 "/hn/api/v1/search_by_date?query=&hitsPerPage=1000&numericFilters=created_at_i%s"
                 "%" PRId64,
                 rows[i].test, number_of(hit, "created_at_i"));
        struct answer answer = http_get(harness->port, path);
        char id[64];
        snprintf(id, sizeof id, "\"objectID\":\"%s\"", text_of(hit, "objectID"));
        assert_int_equal(span_holds(answer.body, id), rows[i].found);
        answer_done(&answer);
    }
    json_decref(any);
}

/* --- Mastodon --------------------------------------------------------------------------------- */

static size_t add_statuses(struct met *met, const json_t *statuses, char first[32], char last[32]) {
    size_t index;
    json_t *status;
    json_array_foreach(statuses, index, status) {
        const struct post *post = met_add(met, SITE_MASTODON, text_of(status, "id"));
        int64_t created = 0;
        assert_true(date_parse(span_of(text_of(status, "created_at")), &created));
        assert_int_equal(created, post->published_ms);
        snprintf(index == 0 ? first : last, 32, "%s", text_of(status, "id"));
    }
    return json_array_size(statuses);
}

static void test_mastodon_goes_back_by_max_id(void **state) {
    struct harness *harness = *state;
    struct met met = met_none(harness);
    char first[32];
    char last[32] = "";
    size_t count = 40;
    while (count == 40) {
        char path[256];
        snprintf(path, sizeof path, "/mastodon/api/v1/timelines/tag/Tavora?limit=40%s%s",
                 *last == '\0' ? "" : "&max_id=", last);
        json_t *page = get_json(harness, path);
        count = add_statuses(&met, page, first, last);
        json_decref(page);
    }
    met_check(&met, SITE_MASTODON, 1);
    assert_int_equal(met.twice, 0);
    met_done(&met);
}

static void test_mastodon_goes_on_by_min_id(void **state) {
    struct harness *harness = *state;
    struct met met = met_none(harness);
    char newest[32] = "1";
    char last[32];
    size_t count = 40;
    while (count == 40) {
        char path[256];
        snprintf(path, sizeof path, "/mastodon/api/v1/timelines/tag/quondale?limit=40&min_id=%s",
                 newest);
        json_t *page = get_json(harness, path);
        count = add_statuses(&met, page, newest, last);
        json_decref(page);
    }
    met_check(&met, SITE_MASTODON, 2);
    assert_int_equal(met.twice, 0);
    met_done(&met);
}

static void test_mastodon_links_and_limits(void **state) {
    struct harness *harness = *state;
    struct answer some = http_get(harness->port, "/mastodon/api/v1/timelines/tag/brellin?limit=3");
    struct answer none = http_get(harness->port, "/mastodon/api/v1/timelines/tag/nobody");
    assert_true(span_holds(answer_header(&some, "Link"), "rel=\"next\""));
    assert_true(span_holds(answer_header(&some, "Link"), "&min_id="));
    assert_true(span_is_empty(answer_header(&none, "Link")));
    assert_span_equal(none.body, "[]");
    assert_span_equal(answer_header(&some, "X-RateLimit-Limit"), "300");
    int status = 200;
    for (int i = 0; i < 300 && status == 200; i++) {
        struct answer more = http_get(harness->port, "/mastodon/api/v1/timelines/tag/nobody");
        status = more.status;
        answer_done(&more);
    }
    assert_int_equal(status, 429);
    answer_done(&some);
    answer_done(&none);
}

/* --- Stack Exchange --------------------------------------------------------------------------- */

static size_t on_bytes(char *bytes, size_t one, size_t size, void *context) {
    (void)one;
    return buffer_append(context, (struct span){bytes, size}) ? size : 0;
}

/* Stack Exchange compresses whether asked or not: libcurl unpacks it. */
static json_t *get_unpacked(struct harness *harness, const char *path, long *status) {
    struct buffer body;
    char url[512];
    buffer_init(&body, LIMIT_BODY);
    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", harness->port, path);
    CURL *curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
    assert_int_equal(curl_easy_perform(curl), CURLE_OK);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status);
    curl_easy_cleanup(curl);
    json_t *json = json_loadb(body.data, body.size, 0, NULL);
    assert_non_null(json);
    buffer_done(&body);
    return json;
}

#define STACK "/stackexchange/2.3/search/advanced?site=superuser&q=brellin&filter=withbody"

static void test_stack_pages_to_the_end(void **state) {
    struct harness *harness = *state;
    struct met met = met_none(harness);
    long status = 0;
    bool more = true;
    for (int page = 1; more; page++) {
        char path[256];
        snprintf(path, sizeof path, STACK "&pagesize=60&page=%d", page);
        json_t *answer = get_unpacked(harness, path, &status);
        assert_int_equal(status, 200);
        more = json_is_true(json_object_get(answer, "has_more"));
        size_t index;
        json_t *item;
        json_array_foreach(json_object_get(answer, "items"), index, item) {
            char id[32];
            snprintf(id, sizeof id, "%" PRId64, number_of(item, "question_id"));
            const struct post *post = met_add(&met, SITE_STACK, id);
            assert_int_equal(number_of(item, "creation_date"), post->published_ms / 1000);
            assert_true(strlen(text_of(item, "body")) > 7);
        }
        json_decref(answer);
    }
    met_check(&met, SITE_STACK, 0);
    met_done(&met);
}

static void test_stack_asks_for_a_pause(void **state) {
    struct harness *harness = *state;
    struct answer bare =
        http_get(harness->port, "/stackexchange/2.3/search/advanced?site=superuser&q=brellin");
    assert_span_equal(answer_header(&bare, "Content-Encoding"), "gzip");
    answer_done(&bare);
    bool paused = false;
    for (int i = 0; i < 10 && !paused; i++) {
        long status = 0;
        json_t *answer = get_unpacked(harness, STACK "&pagesize=1", &status);
        paused = json_object_get(answer, "backoff") != NULL;
        json_decref(answer);
    }
    assert_true(paused);
    long status = 0;
    json_t *refused = get_unpacked(harness, STACK "&pagesize=1", &status);
    assert_int_equal(status, 400);
    assert_string_equal(text_of(refused, "error_name"), "throttle_violation");
    json_decref(refused);
    json_t *stats = get_json(harness, "/control/stats");
    assert_true(number_of(stats, "violations") >= 1);
    json_decref(stats);
}

/* --- App Store -------------------------------------------------------------------------------- */

static void test_appstore_has_ten_pages(void **state) {
    struct harness *harness = *state;
    struct met met = met_none(harness);
    const struct world *world = origin_world(harness->origin);
    size_t expected = 0;
    for (size_t i = 0; i < world->count; i++) {
        const struct post *post = &world->posts[i];
        expected += post->site->kind == SITE_APPSTORE && post->product == 0 &&
                            strcmp(post->country, "us") == 0
                        ? 1
                        : 0;
    }
    for (int page = 1; page <= 10; page++) {
        char path[256];
        snprintf(path, sizeof path,
                 "/appstore/us/rss/customerreviews/page=%d/id=1510001001/sortby=mostrecent/json",
                 page);
        json_t *answer = get_json(harness, path);
        json_t *entries = json_object_get(json_object_get(answer, "feed"), "entry");
        assert_true(entries == NULL ? met.count == expected : json_is_array(entries));
        size_t index;
        json_t *entry;
        json_array_foreach(entries, index, entry) {
            met_add(&met, SITE_APPSTORE, text_of(json_object_get(entry, "id"), "label"));
            int64_t updated = 0;
            const char *text = text_of(json_object_get(entry, "updated"), "label");
            assert_true(date_parse(span_of(text), &updated));
        }
        json_decref(answer);
    }
    assert_in_range(expected, 200, 490);
    assert_int_equal(met.count, expected);
    struct answer beyond =
        http_get(harness->port,
                 "/appstore/us/rss/customerreviews/id=1510001001/sortby=mostrecent/page=11/json");
    assert_span_equal(beyond.body, "CustomerReviews RSS page depth is limited to 10");
    answer_done(&beyond);
    met_done(&met);
}

/* An app nobody reviewed has no entry; with one review `entry` is the review itself. */
static void test_appstore_entry_changes_shape(void **state) {
    struct harness *harness = *state;
    const struct world *world = origin_world(harness->origin);
    json_t *none =
        get_json(harness, "/appstore/us/rss/customerreviews/page=1/id=1/sortby=mostrecent/json");
    assert_null(json_object_get(json_object_get(none, "feed"), "entry"));
    json_decref(none);
    for (size_t i = 0; i < world->count; i++) {
        const struct post *post = &world->posts[i];
        if (post->site->kind == SITE_APPSTORE && post->product == 1 &&
            strcmp(post->country, "mx") == 0) {
            char path[256];
            snprintf(path, sizeof path, "/control/time?now=%" PRId64, post->published_ms);
            http_control(harness->port, "POST", path);
            break;
        }
    }
    json_t *one = get_json(
        harness, "/appstore/mx/rss/customerreviews/page=1/id=1510001002/sortby=mostrecent/json");
    assert_true(json_is_object(json_object_get(json_object_get(one, "feed"), "entry")));
    json_decref(one);
}

/* --- Steam ------------------------------------------------------------------------------------ */

static size_t steam_walk(struct harness *harness, struct met *met, const char *options,
                         size_t *short_pages) {
    char cursor[64] = "*";
    size_t pages = 0;
    size_t count = 1;
    while (count > 0) {
        struct buffer path;
        buffer_init(&path, LIMIT_URL);
        buffer_print(&path, "/steam/appreviews/710010?json=1&num_per_page=50%s&cursor=", options);
        http_encode(&path, span_of(cursor));
        json_t *answer = get_json(harness, buffer_string(&path));
        buffer_done(&path);
        assert_int_equal(number_of(answer, "success"), 1);
        json_t *reviews = json_object_get(answer, "reviews");
        size_t index;
        json_t *review;
        json_array_foreach(reviews, index, review) {
            met_add(met, SITE_STEAM, text_of(review, "recommendationid"));
        }
        count = json_array_size(reviews);
        *short_pages += count > 0 && count < 50 ? 1 : 0;
        bool same = strcmp(cursor, text_of(answer, "cursor")) == 0;
        assert_int_equal(same, count == 0); /* at the end the cursor stays */
        snprintf(cursor, sizeof cursor, "%s", text_of(answer, "cursor"));
        json_decref(answer);
        pages++;
    }
    return pages;
}

static void test_steam_walks_by_cursor(void **state) {
    struct harness *harness = *state;
    struct met all = met_none(harness);
    struct met shown = met_none(harness);
    size_t short_pages = 0;
    assert_true(steam_walk(harness, &all, "&filter_offtopic_activity=0", &short_pages) > 5);
    assert_true(short_pages > 1);
    steam_walk(harness, &shown, "", &short_pages);
    assert_int_equal(all.twice, 0);
    size_t expected = 0;
    size_t hidden = 0;
    for (size_t i = 0; i < all.world->count; i++) {
        const struct post *post = &all.world->posts[i];
        bool here = post->site->kind == SITE_STEAM && post->product == 0;
        expected += here ? 1 : 0;
        hidden += here && post->incident ? 1 : 0;
    }
    assert_int_equal(all.count, expected);
    assert_int_equal(shown.count, expected - hidden);
    assert_true(hidden > 10);
    met_done(&all);
    met_done(&shown);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hn_windows_reach_everything),
        cmocka_unit_test(test_hn_search_finds_words_and_beginnings),
        cmocka_unit_test(test_hn_filters_by_time_and_kind),
        cmocka_unit_test(test_hn_bounds_are_exact),
        cmocka_unit_test(test_mastodon_goes_back_by_max_id),
        cmocka_unit_test(test_mastodon_goes_on_by_min_id),
        cmocka_unit_test(test_stack_pages_to_the_end),
        cmocka_unit_test(test_stack_asks_for_a_pause),
        cmocka_unit_test(test_appstore_has_ten_pages),
        cmocka_unit_test_teardown(test_appstore_entry_changes_shape, rewind_time),
        cmocka_unit_test(test_steam_walks_by_cursor),
        cmocka_unit_test(test_mastodon_links_and_limits), /* uses up the allowance */
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
