/* The server itself: what honest answers look like, and each way of spoiling them. */
#include "tests/unit/origin/harness.h"

#include <curl/curl.h>
#include <poll.h>

static int setup(void **state) {
    struct origin_options options = harness_options();
    options.world.scale = 0.2;
    *state = harness_start(&options, NULL);
    return 0;
}

static int teardown(void **state) {
    harness_stop(*state);
    return 0;
}

static int heal(void **state) {
    struct harness *harness = *state;
    http_control(harness->port, "DELETE", "/control/faults");
    http_control(harness->port, "DELETE", "/control/log");
    return 0;
}

static void spoil(struct harness *harness, const char *spec) {
    struct buffer path;
    buffer_init(&path, LIMIT_URL);
    buffer_print(&path, "/control/faults?add=%s", spec);
    http_control(harness->port, "POST", buffer_string(&path));
    buffer_done(&path);
}

#define FEED "/feeds/harbor-gazette.xml"

/* The feed as it is when nothing is spoilt; free it. */
static struct answer honest(struct harness *harness) {
    struct answer answer = http_get(harness->port, FEED "?honest");
    assert_int_equal(answer.status, 200);
    assert_true(answer.body.size > 10000);
    return answer;
}

static void test_serves_a_document(void **state) {
    struct harness *harness = *state;
    struct answer answer = honest(harness);
    int64_t length = 0;
    assert_true(span_to_int64(answer_header(&answer, "Content-Length"), &length));
    assert_int_equal(length, answer.body.size);
    assert_span_equal(answer_header(&answer, "Content-Type"), "application/rss+xml; charset=UTF-8");
    assert_span_equal(answer_header(&answer, "Date"), "Sun, 01 Nov 2026 00:00:00 GMT");
    assert_true(span_ends_with(answer.body, SPAN("</rss>\n")));
    answer_done(&answer);
}

static void test_keeps_the_connection(void **state) {
    struct harness *harness = *state;
    int descriptor = wire_connect(harness->port);
    for (int i = 0; i < 3; i++) {
        struct buffer answer;
        buffer_init(&answer, LIMIT_DOCUMENT);
        wire_say(descriptor, "GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n");
        wire_read_until(descriptor, &answer, "/sitemap.xml\n");
        assert_true(span_starts_with(buffer_span(&answer), SPAN("HTTP/1.1 200 OK")));
        assert_false(span_holds(span_from(buffer_span(&answer), 1), "HTTP/1.1"));
        assert_true(span_holds(buffer_span(&answer), "Connection: keep-alive"));
        buffer_done(&answer);
    }
    close(descriptor);
}

static void test_pipelined_requests_are_answered_in_order(void **state) {
    struct harness *harness = *state;
    struct answer answer =
        http_exchange(harness->port, "GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n"
                                     "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n"
                                     "GET /sitemap.xml HTTP/1.0\r\n\r\n");
    struct span all = buffer_span(&answer.bytes);
    size_t robots = span_find(all, SPAN("User-agent"));
    size_t nowhere = span_find(all, SPAN("404 Not Found"));
    size_t sitemap = span_find(all, SPAN("<urlset"));
    assert_true(robots < nowhere && nowhere < sitemap && sitemap != SPAN_NOT_FOUND);
    size_t answers = 0;
    size_t at = span_find(all, SPAN("HTTP/1.1 "));
    for (struct span rest = all; at != SPAN_NOT_FOUND; answers++) {
        rest = span_from(rest, at + 1);
        at = span_find(rest, SPAN("HTTP/1.1 "));
    }
    assert_int_equal(answers, 3);
    answer_done(&answer);
}

static void test_takes_requests_byte_by_byte(void **state) {
    struct harness *harness = *state;
    struct buffer answer;
    buffer_init(&answer, LIMIT_DOCUMENT);
    int descriptor = wire_connect(harness->port);
    const char *request = "HEAD " FEED " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    for (const char *at = request; *at != '\0'; at++) {
        wire_send(descriptor, (struct span){at, 1});
    }
    assert_int_equal(wire_read(descriptor, &answer, SIZE_MAX), 0);
    assert_true(span_holds(buffer_span(&answer), "200 OK"));
    assert_true(span_ends_with(buffer_span(&answer), SPAN("\r\n\r\n")));
    close(descriptor);
    buffer_done(&answer);
}

static void test_refuses_what_is_no_request(void **state) {
    struct harness *harness = *state;
    static const struct {
        const char *request;
        int status;
    } rows[] = {
        {"nonsense\r\n\r\n", 400},
        {"GET nowhere HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/9\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 413},
        {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 501},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct answer answer = http_exchange(harness->port, rows[i].request);
        assert_int_equal(answer.status, rows[i].status);
        answer_done(&answer);
    }
}

static void test_validators_spare_the_body(void **state) {
    struct harness *harness = *state;
    struct answer first = honest(harness);
    struct buffer headers;
    buffer_init(&headers, LIMIT_CONFIG);
    buffer_print(&headers, "If-None-Match: %.*s\r\n", SPAN_ARG(answer_header(&first, "ETag")));
    struct answer second = http_ask(harness->port, "GET", FEED, buffer_string(&headers));
    assert_int_equal(second.status, 304);
    assert_int_equal(second.body.size, 0);
    assert_true(span_equal(answer_header(&first, "ETag"), answer_header(&second, "ETag")));
    buffer_clear(&headers);
    buffer_print(&headers, "If-Modified-Since: %.*s\r\n",
                 SPAN_ARG(answer_header(&first, "Last-Modified")));
    struct answer third = http_ask(harness->port, "GET", FEED, buffer_string(&headers));
    assert_int_equal(third.status, 304);
    /* A wrong ETag wins over a right date. */
    buffer_append_string(&headers, "If-None-Match: \"0\"\r\n");
    struct answer fourth = http_ask(harness->port, "GET", FEED, buffer_string(&headers));
    assert_int_equal(fourth.status, 200);
    buffer_done(&headers);
    answer_done(&first);
    answer_done(&second);
    answer_done(&third);
    answer_done(&fourth);
}

static void test_hosts_stand_for_prefixes(void **state) {
    struct harness *harness = *state;
    struct answer by_path = http_get(harness->port, "/hn/api/v1/search_by_date?query=tavora");
    struct answer by_host =
        http_exchange(harness->port, "GET /api/v1/search_by_date?query=tavora HTTP/1.1\r\n"
                                     "Host: hn.algolia.com:80\r\nConnection: close\r\n\r\n");
    struct answer by_proxy = http_exchange(
        harness->port, "GET http://HN.algolia.com/api/v1/search_by_date?query=tavora HTTP/1.1\r\n"
                       "Host: hn.algolia.com\r\nConnection: close\r\n\r\n");
    assert_true(by_path.body.size > 500);
    assert_true(span_equal(by_path.body, by_host.body));
    assert_true(span_equal(by_path.body, by_proxy.body));
    answer_done(&by_path);
    answer_done(&by_host);
    answer_done(&by_proxy);
}

/* --- What libcurl makes of it ----------------------------------------------------------------- */

struct taken {
    struct buffer body;
    size_t size;
    size_t enough; /* stop when so many bytes have come */
};

static size_t on_bytes(char *bytes, size_t one, size_t size, void *context) {
    struct taken *taken = context;
    (void)one;
    taken->size += size;
    buffer_append(&taken->body, (struct span){bytes, size});
    return taken->size > taken->enough ? 0 : size;
}

static CURLcode curl_take(struct harness *harness, const char *path, struct taken *taken) {
    struct buffer url;
    buffer_init(&url, LIMIT_URL);
    buffer_print(&url, "http://127.0.0.1:%d%s", harness->port, path);
    CURL *curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_URL, buffer_string(&url));
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, taken);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_cleanup(curl);
    buffer_done(&url);
    return code;
}

static void test_gzip_unpacks_to_the_same(void **state) {
    struct harness *harness = *state;
    static const char *const paths[] = {
        FEED, "/feeds/el-faro.xml", "/steam/appreviews/710010?num_per_page=100", "/control/truth"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct answer plain = http_get(harness->port, paths[i]);
        struct answer packed =
            http_ask(harness->port, "GET", paths[i], "Accept-Encoding: gzip\r\n");
        struct taken taken = {.enough = SIZE_MAX};
        buffer_init(&taken.body, LIMIT_DOCUMENT);
        assert_int_equal(curl_take(harness, paths[i], &taken), CURLE_OK);
        assert_true(span_equal(plain.body, buffer_span(&taken.body)));
        assert_span_equal(answer_header(&packed, "Content-Encoding"), "gzip");
        assert_true(packed.body.size * 2 < plain.body.size);
        buffer_done(&taken.body);
        answer_done(&plain);
        answer_done(&packed);
    }
}

static void test_bomb_inflates(void **state) {
    struct harness *harness = *state;
    spoil(harness, "/feeds/:gzip-bomb");
    struct taken taken = {.enough = LIMIT_BODY};
    buffer_init(&taken.body, 0);
    assert_int_equal(curl_take(harness, FEED, &taken), CURLE_WRITE_ERROR);
    assert_true(taken.size > LIMIT_BODY);
    struct answer answer = http_get(harness->port, FEED);
    assert_true(answer.body.size < MIB);
    answer_done(&answer);
}

/* --- Faults ----------------------------------------------------------------------------------- */

static void test_fault_counts(void **state) {
    struct harness *harness = *state;
    static const struct {
        const char *spec;
        int statuses[6];
    } rows[] = {
        {FEED ":503", {503, 503, 503, 503, 503, 503}},
        {FEED ":503:every=3", {200, 200, 503, 200, 200, 503}},
        {FEED ":404:first=2", {404, 404, 200, 200, 200, 200}},
        {FEED ":500:after=1:first=2", {200, 500, 500, 200, 200, 200}},
        {"/hn/:500", {200, 200, 200, 200, 200, 200}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        spoil(harness, rows[i].spec);
        for (size_t n = 0; n < 6; n++) {
            struct answer answer = http_get(harness->port, FEED);
            assert_int_equal(answer.status, rows[i].statuses[n]);
            answer_done(&answer);
        }
        http_control(harness->port, "DELETE", "/control/faults");
    }
}

static void test_fault_retry_after(void **state) {
    struct harness *harness = *state;
    spoil(harness, FEED ":429:retry=30:first=1");
    struct answer seconds = http_get(harness->port, FEED);
    assert_int_equal(seconds.status, 429);
    assert_span_equal(answer_header(&seconds, "Retry-After"), "30");
    spoil(harness, "/feeds/:429-date:retry=90");
    struct answer date = http_get(harness->port, FEED);
    assert_int_equal(date.status, 429);
    assert_span_equal(answer_header(&date, "Retry-After"), "Sun, 01 Nov 2026 00:01:30 GMT");
    answer_done(&seconds);
    answer_done(&date);
}

static int64_t violations(struct harness *harness) {
    struct answer stats = http_get(harness->port, "/control/stats");
    size_t at = span_find(stats.body, SPAN("\"violations\":"));
    int64_t count = -1;
    struct span rest = span_from(stats.body, at + strlen("\"violations\":"));
    assert_true(span_to_int64(span_first(rest, span_find_byte(rest, '}')), &count));
    answer_done(&stats);
    return count;
}

/* Who comes back before the time given is counted. */
static void test_fault_counts_impatience(void **state) {
    struct harness *harness = *state;
    int64_t before = violations(harness);
    spoil(harness, FEED ":503:retry=600:first=1");
    for (int i = 0; i < 3; i++) {
        struct answer answer = http_get(harness->port, FEED);
        answer_done(&answer);
    }
    struct answer other = http_get(harness->port, "/feeds/el-faro.xml");
    answer_done(&other);
    assert_int_equal(violations(harness), before + 2);
    /* Who waits in the origin's time has waited. */
    http_control(harness->port, "POST", "/control/time?advance=11m");
    struct answer patient = http_get(harness->port, FEED);
    answer_done(&patient);
    assert_int_equal(violations(harness), before + 2);
    http_control(harness->port, "POST", "/control/time?now=1793491200000");
}

static void test_fault_redirects(void **state) {
    struct harness *harness = *state;
    static const struct {
        const char *spec;
        const char *location;
    } rows[] = {
        {FEED ":redirect-loop", FEED "?hop="},
        {FEED ":redirect-private", "http://10.0.0.1/"},
        {FEED ":redirect-file", "file:///etc/passwd"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        spoil(harness, rows[i].spec);
        struct answer answer = http_get(harness->port, FEED);
        assert_int_equal(answer.status, 302);
        assert_true(span_holds(answer_header(&answer, "Location"), rows[i].location));
        answer_done(&answer);
        http_control(harness->port, "DELETE", "/control/faults");
    }
}

/* Two hops, told relative to the host, and then the feed. */
static void test_fault_redirect_arrives(void **state) {
    struct harness *harness = *state;
    static const struct {
        const char *path;
        int status;
        const char *location;
    } rows[] = {
        {FEED, 301, FEED "?hop=1"}, {FEED "?hop=1", 301, FEED "?hop=2"}, {FEED "?hop=2", 200, ""}};
    spoil(harness, FEED ":redirect:hops=2");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct answer answer = http_get(harness->port, rows[i].path);
        assert_int_equal(answer.status, rows[i].status);
        assert_span_equal(answer_header(&answer, "Location"), rows[i].location);
        answer_done(&answer);
    }
}

static void test_fault_lengths(void **state) {
    struct harness *harness = *state;
    struct answer whole = honest(harness);
    static const struct {
        const char *spec;
        int claimed; /* percent of the body, and 1,000 bytes when above 100 */
        int sent;
    } rows[] = {
        {FEED ":truncate", 100, 50},     {FEED ":length-long", 101, 100},
        {FEED ":length-short", 50, 100}, {FEED ":cut", 50, 50},
        {FEED ":empty", 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        spoil(harness, rows[i].spec);
        struct answer answer = http_get(harness->port, FEED);
        size_t size = whole.body.size;
        size_t claimed = rows[i].claimed > 100 ? size + 1000 : size * (size_t)rows[i].claimed / 100;
        int64_t length = 0;
        assert_int_equal(answer.status, 200);
        assert_true(span_to_int64(answer_header(&answer, "Content-Length"), &length));
        assert_in_range(length, claimed, claimed + 1);
        assert_int_equal(answer.body.size, size * (size_t)rows[i].sent / 100);
        assert_true(span_starts_with(whole.body, answer.body));
        answer_done(&answer);
        http_control(harness->port, "DELETE", "/control/faults");
    }
    answer_done(&whole);
}

static void test_fault_contents(void **state) {
    struct harness *harness = *state;
    struct answer whole = honest(harness);
    spoil(harness, FEED ":garbage:first=1");
    struct answer garbage = http_get(harness->port, FEED);
    assert_int_equal(garbage.status, 200);
    assert_int_equal(garbage.body.size, whole.body.size);
    assert_false(span_holds(garbage.body, "<rss"));
    spoil(harness, FEED ":charset:first=1");
    struct answer charset = http_get(harness->port, FEED);
    assert_span_equal(answer_header(&charset, "Content-Type"),
                      "application/rss+xml; charset=iso-8859-1");
    assert_true(span_equal(charset.body, whole.body));
    spoil(harness, FEED ":html:first=1");
    struct answer page = http_get(harness->port, FEED);
    assert_int_equal(page.status, 200);
    assert_true(span_starts_with(page.body, SPAN("<!doctype html>")));
    answer_done(&whole);
    answer_done(&garbage);
    answer_done(&charset);
    answer_done(&page);
}

static void test_fault_reset(void **state) {
    struct harness *harness = *state;
    spoil(harness, FEED ":reset");
    struct answer answer = http_get(harness->port, FEED);
    assert_int_equal(answer.failure, ECONNRESET);
    assert_int_equal(answer.bytes.size, 0);
    answer_done(&answer);
}

/* The stalled connection stays open and silent while others are served. */
static void test_fault_stall(void **state) {
    struct harness *harness = *state;
    spoil(harness, FEED ":stall:first=1");
    int descriptor = wire_connect(harness->port);
    wire_say(descriptor, "GET " FEED " HTTP/1.1\r\nHost: x\r\n\r\n");
    struct answer log = http_get(harness->port, "/control/log");
    while (!span_holds(log.body, "\"status\":0")) {
        answer_done(&log);
        log = http_get(harness->port, "/control/log");
    }
    struct answer other = http_get(harness->port, FEED);
    assert_int_equal(other.status, 200);
    struct pollfd silent = {.fd = descriptor, .events = POLLIN};
    assert_int_equal(poll(&silent, 1, 0), 0);
    close(descriptor);
    answer_done(&log);
    answer_done(&other);
}

static void test_fault_slow_arrives_whole(void **state) {
    struct harness *harness = *state;
    struct answer whole = honest(harness);
    spoil(harness, FEED ":slow:bytes=4000:ms=1");
    struct answer slow = http_get(harness->port, FEED);
    assert_true(span_equal(slow.body, whole.body));
    answer_done(&whole);
    answer_done(&slow);
}

static void test_fault_specs_are_checked(void **state) {
    struct harness *harness = *state;
    static const char *const specs[] = {"feeds:503",           "/feeds",
                                        "/feeds/:unheard-of",  "/feeds/:200",
                                        "/feeds/:503:every=0", "/feeds/:503:colour=red"};
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
        struct buffer path;
        buffer_init(&path, LIMIT_URL);
        buffer_print(&path, "/control/faults?add=%s", specs[i]);
        struct answer answer = http_ask(harness->port, "POST", buffer_string(&path), "");
        assert_int_equal(answer.status, 400);
        answer_done(&answer);
        buffer_done(&path);
    }
    struct answer listed = http_get(harness->port, "/control/faults");
    assert_int_equal(listed.body.size, 0);
    answer_done(&listed);
}

/* libcurl as the judge of framing: what it makes of the feed under a fault. */
static void test_fault_framings(void **state) {
    struct harness *harness = *state;
    struct answer whole = honest(harness);
    static const struct {
        const char *spec;
        CURLcode code;
        bool whole;
    } rows[] = {
        {"/feeds/:chunked", CURLE_OK, true},
        {"/feeds/:chunked-cut", CURLE_RECV_ERROR, false},
        {"/feeds/:unmeasured", CURLE_OK, true},
        {"/feeds/:delay:ms=20", CURLE_OK, true},
        {"/feeds/:not-gzip", CURLE_BAD_CONTENT_ENCODING, false},
        {"/feeds/:truncate", CURLE_PARTIAL_FILE, false},
        {"/feeds/:reset", CURLE_RECV_ERROR, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        spoil(harness, rows[i].spec);
        struct taken taken = {.enough = SIZE_MAX};
        buffer_init(&taken.body, LIMIT_DOCUMENT);
        CURLcode code = curl_take(harness, FEED, &taken);
        bool cut = code == CURLE_PARTIAL_FILE && rows[i].code == CURLE_RECV_ERROR;
        assert_true(cut || code == rows[i].code);
        assert_int_equal(span_equal(whole.body, buffer_span(&taken.body)), rows[i].whole);
        buffer_done(&taken.body);
        http_control(harness->port, "DELETE", "/control/faults");
    }
    spoil(harness, "/feeds/:gzip-empty");
    struct answer empty = http_get(harness->port, FEED);
    assert_int_equal(empty.status, 503);
    assert_span_equal(answer_header(&empty, "Content-Encoding"), "gzip");
    assert_int_equal(empty.body.size, 0);
    answer_done(&whole);
    answer_done(&empty);
}

/* --- Control ---------------------------------------------------------------------------------- */

static void test_time_decides_what_is_served(void **state) {
    struct harness *harness = *state;
    struct answer full = honest(harness);
    http_control(harness->port, "POST", "/control/time?now=2026-10-10T00:00:00Z");
    struct answer early = http_get(harness->port, FEED);
    assert_true(early.body.size < full.body.size / 2);
    assert_false(span_holds(early.body, "<pubDate>Sat, 10 Oct 2026"));
    http_control(harness->port, "POST", "/control/time?advance=10d");
    struct answer later = http_get(harness->port, FEED);
    assert_true(later.body.size > early.body.size);
    http_control(harness->port, "POST", "/control/time?now=1793491200000");
    struct answer again = http_get(harness->port, FEED "?honest");
    assert_true(span_equal(again.body, full.body));
    struct answer wrong = http_ask(harness->port, "POST", "/control/time?now=soon", "");
    assert_int_equal(wrong.status, 400);
    answer_done(&full);
    answer_done(&early);
    answer_done(&later);
    answer_done(&again);
    answer_done(&wrong);
}

static void test_log_tells_what_was_asked(void **state) {
    struct harness *harness = *state;
    struct answer asked = http_ask(harness->port, "GET", FEED "?x=1",
                                   "User-Agent: probe/1 \"q\"\r\nIf-None-Match: \"a\"\r\n");
    struct answer log = http_get(harness->port, "/control/log");
    assert_true(span_holds(log.body, "\"path\":\"" FEED "\",\"query\":\"x=1\",\"status\":200"));
    assert_true(span_holds(log.body, "\"user_agent\":\"probe/1 \\\"q\\\"\""));
    assert_true(span_holds(log.body, "\"if_none_match\":\"\\\"a\\\"\""));
    assert_false(span_holds(log.body, "/control"));
    http_control(harness->port, "DELETE", "/control/log");
    struct answer empty = http_get(harness->port, "/control/log");
    assert_int_equal(empty.body.size, 0);
    answer_done(&asked);
    answer_done(&log);
    answer_done(&empty);
}

static void test_control_refuses_other_methods(void **state) {
    struct harness *harness = *state;
    struct answer get = http_get(harness->port, "/control/time");
    assert_int_equal(get.status, 405);
    struct answer nothing = http_get(harness->port, "/control/nothing");
    assert_int_equal(nothing.status, 404);
    answer_done(&get);
    answer_done(&nothing);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_serves_a_document),
        cmocka_unit_test(test_keeps_the_connection),
        cmocka_unit_test(test_pipelined_requests_are_answered_in_order),
        cmocka_unit_test(test_takes_requests_byte_by_byte),
        cmocka_unit_test(test_refuses_what_is_no_request),
        cmocka_unit_test(test_validators_spare_the_body),
        cmocka_unit_test(test_hosts_stand_for_prefixes),
        cmocka_unit_test(test_gzip_unpacks_to_the_same),
        cmocka_unit_test_teardown(test_bomb_inflates, heal),
        cmocka_unit_test_teardown(test_fault_counts, heal),
        cmocka_unit_test_teardown(test_fault_retry_after, heal),
        cmocka_unit_test_teardown(test_fault_counts_impatience, heal),
        cmocka_unit_test_teardown(test_fault_redirects, heal),
        cmocka_unit_test_teardown(test_fault_redirect_arrives, heal),
        cmocka_unit_test_teardown(test_fault_lengths, heal),
        cmocka_unit_test_teardown(test_fault_contents, heal),
        cmocka_unit_test_teardown(test_fault_framings, heal),
        cmocka_unit_test_teardown(test_fault_reset, heal),
        cmocka_unit_test_teardown(test_fault_stall, heal),
        cmocka_unit_test_teardown(test_fault_slow_arrives_whole, heal),
        cmocka_unit_test_teardown(test_fault_specs_are_checked, heal),
        cmocka_unit_test_teardown(test_time_decides_what_is_served, heal),
        cmocka_unit_test_teardown(test_log_tells_what_was_asked, heal),
        cmocka_unit_test(test_control_refuses_other_methods),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
