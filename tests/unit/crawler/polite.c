/* Politeness on the wire: robots.txt, spacing, being turned away. The clock stands still, so that
 * what must wait waits for ever, until the clock is moved. */
#include "base/date.h"
#include "tests/unit/crawler/client.h"

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

static const char *robots_status = "200 OK";
static const char *robots_headers = "";
static const char *robots_text = "";

static bool say_robots(struct web_peer *server, int fd, const struct web_peer_request *request) {
    (void)server, (void)request;
    char head[512];
    if (robots_status == NULL) {
        return false;
    }
    snprintf(head, sizeof head, "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n", robots_status,
             robots_headers, strlen(robots_text));
    return web_peer_send_text(fd, head) && web_peer_send_text(fd, robots_text);
}

static bool say_big_robots(struct web_peer *server, int fd,
                           const struct web_peer_request *request) {
    (void)server, (void)request;
    char block[1024];
    memset(block, '#', sizeof block);
    block[sizeof block - 1] = '\n';
    web_peer_send_text(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
                           "User-agent: *\nDisallow: /private\n");
    web_peer_send(fd, block, 100); /* so that the ceiling cuts a line */
    for (int i = 0; i < 3000 && web_peer_send(fd, block, sizeof block); i++) {
    }
    return false;
}

static bool say_there(struct web_peer *server, int fd, const struct web_peer_request *request) {
    (void)request;
    char answer[200];
    snprintf(answer, sizeof answer,
             "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/private/a\r\n"
             "Content-Length: 0\r\n\r\n",
             server->port);
    return web_peer_send_text(fd, answer);
}

static const struct web_peer_route routes[] = {
    {.path = "/robots.txt", .say = say_robots},
    {.path = "/elsewhere.txt",
     .text = "HTTP/1.1 200 OK\r\nContent-Length: 33\r\n\r\n"
             "User-agent: *\nDisallow: /private\n"},
    {.path = "/loop.txt",
     .text = "HTTP/1.1 302 Found\r\nLocation: /loop.txt\r\nContent-Length: 0\r\n\r\n"},
    {.path = "/big.txt", .say = say_big_robots},
    {.path = "/open", .text = OK},
    {.path = "/open2", .text = OK},
    {.path = "/private/a", .text = OK},
    {.path = "/to-private", .say = say_there},
    {.path = "/hop", .text = "HTTP/1.1 302 Found\r\nLocation: /open\r\nContent-Length: 0\r\n\r\n"},
    {.path = "/busy",
     .text = "HTTP/1.1 429 Slow\r\nRetry-After: 3600\r\nContent-Length: 5\r\n\r\nlater"},
    {.path = "/down",
     .text = "HTTP/1.1 503 Down\r\nRetry-After: Sat, 21 Nov 2026 12:10:00 GMT\r\n"
             "Content-Length: 50\r\n\r\ncut"},
    {.path = "/tired", .text = "HTTP/1.1 503 Down\r\nContent-Length: 0\r\n\r\n"},
    {.path = "/spent",
     .text = "HTTP/1.1 200 OK\r\nX-RateLimit-Remaining: 0\r\n"
             "X-RateLimit-Reset: 600\r\nContent-Length: 2\r\n\r\nok"},
    {0},
};

static struct client client;
static struct manual_clock hands;

static void open_client_with(int64_t spacing_ms) {
    struct crawler_options options = client_options();
    options.obey_robots = true;
    options.host_spacing_ms = spacing_ms;
    int64_t now_ms = 0;
    assert_true(date_parse(SPAN("2026-11-21T12:00:00Z"), &now_ms));
    hands = manual_clock_make(now_ms);
    robots_status = "200 OK";
    robots_headers = "";
    robots_text = "User-agent: *\nDisallow: /private\n";
    client_open_at(&client, routes, &options, &hands.clock);
}

static int open_client(void **state) {
    (void)state;
    open_client_with(0);
    return 0;
}
static int close_client(void **state) {
    (void)state;
    client_close(&client);
    return 0;
}

static void robots_is_asked_first_and_once(void **state) {
    (void)state;
    struct answer answers[6];
    for (size_t i = 0; i < 6; i++) {
        struct web_request request = {.url = client_url(&client, i < 3 ? "/open" : "/private/a")};
        client_start(&client, &request, &answers[i]);
    }
    uv_run(&client.loop, UV_RUN_DEFAULT);
    for (size_t i = 0; i < 6; i++) {
        assert_outcome(answers[i], i < 3 ? FETCH_OK : FETCH_REFUSED,
                       i < 3 ? FETCH_REASON_NONE : FETCH_REASON_ROBOTS);
    }
    assert_non_null(strstr(answers[3].error.message, "line 2"));
    assert_int_equal(web_peer_count(&client.server, "/robots.txt"), 1);
    assert_int_equal(web_peer_count(&client.server, "/private/a"), 0);
    assert_string_equal(client.server.requests[0].path, "/robots.txt");
}

static void our_own_group_counts(void **state) {
    (void)state;
    robots_text = "User-agent: *\nDisallow: /\nUser-agent: Earshot-Test\nDisallow: /open2\n";
    assert_outcome(client_get(&client, "/open"), FETCH_OK, FETCH_REASON_NONE);
    assert_outcome(client_get(&client, "/open2"), FETCH_REFUSED, FETCH_REASON_ROBOTS);
}

static void every_status_has_its_meaning(void **state) {
    (void)state;
    static const struct {
        const char *status;
        const char *headers;
        enum fetch_outcome outcome;
        enum fetch_reason reason;
    } rows[] = {
        {"404 Not Found", "", FETCH_OK, FETCH_REASON_NONE},
        {"410 Gone", "", FETCH_OK, FETCH_REASON_NONE},
        {"401 Who", "", FETCH_OK, FETCH_REASON_NONE},
        {"403 No", "", FETCH_OK, FETCH_REASON_NONE},
        {"500 Oops", "", FETCH_REFUSED, FETCH_REASON_ROBOTS},
        {"502 Bad", "", FETCH_REFUSED, FETCH_REASON_ROBOTS},
        {"503 Down", "Retry-After: 60\r\n", FETCH_RETRY_LATER, FETCH_REASON_RATE},
        {"429 Slow", "Retry-After: 60\r\n", FETCH_RETRY_LATER, FETCH_REASON_RATE},
        {NULL, "", FETCH_FAILED, FETCH_REASON_BODY},
        {"302 Found", "Location: /elsewhere.txt\r\n", FETCH_REFUSED, FETCH_REASON_ROBOTS},
        {"302 Found", "Location: /loop.txt\r\n", FETCH_OK, FETCH_REASON_NONE},
        {"302 Found", "Location: file:///etc/passwd\r\n", FETCH_REFUSED, FETCH_REASON_REDIRECT},
        {"302 Found", "Location: /big.txt\r\n", FETCH_REFUSED, FETCH_REASON_ROBOTS},
    };
    client_close(&client);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        open_client_with(0);
        robots_status = rows[i].status;
        robots_headers = rows[i].headers;
        robots_text = rows[i].headers[0] != '\0' || rows[i].status == NULL ? "" : robots_text;
        struct answer answer = client_get(&client, "/private/a");
        if (answer.outcome != rows[i].outcome || answer.reason != rows[i].reason) {
            fail_msg("%s %s: %s/%s", rows[i].status, rows[i].headers,
                     fetch_outcome_name(answer.outcome), fetch_reason_name(answer.reason));
        }
        assert_int_equal(web_peer_count(&client.server, "/private/a"), answer.outcome == FETCH_OK);
        client_close(&client);
    }
    open_client_with(0);
}

/* A 429 is no "there is none": it is asked again when the host has had its rest. */
static void a_tired_host_is_asked_again(void **state) {
    (void)state;
    robots_status = "429 Slow";
    assert_outcome(client_get(&client, "/private/a"), FETCH_RETRY_LATER, FETCH_REASON_RATE);
    robots_status = "200 OK";
    hands.now_ms += 2 * MINUTE_MS;
    assert_outcome(client_get(&client, "/private/a"), FETCH_REFUSED, FETCH_REASON_ROBOTS);
}

static void redirected_robots_bind_the_first_host(void **state) {
    (void)state;
    struct web_peer other;
    web_peer_start_at(&other, routes, "127.0.0.2");
    char location[100];
    snprintf(location, sizeof location, "Location: http://127.0.0.2:%d/elsewhere.txt\r\n",
             other.port);
    robots_status = "301 Moved";
    robots_headers = location;
    robots_text = "";
    assert_outcome(client_get(&client, "/private/a"), FETCH_REFUSED, FETCH_REASON_ROBOTS);
    assert_outcome(client_get(&client, "/open"), FETCH_OK, FETCH_REASON_NONE);
    assert_int_equal(web_peer_count(&other, NULL), 1);
    web_peer_stop(&other);
}

static void a_hop_asks_too(void **state) {
    (void)state;
    assert_outcome(client_get(&client, "/to-private"), FETCH_REFUSED, FETCH_REASON_ROBOTS);
    assert_int_equal(web_peer_count(&client.server, "/to-private"), 1);
    assert_int_equal(web_peer_count(&client.server, "/private/a"), 0);
}

static void an_api_has_terms_of_its_own(void **state) {
    (void)state;
    struct web_request request = {.url = client_url(&client, "/private/a"), .api = true};
    assert_outcome(client_ask(&client, &request), FETCH_OK, FETCH_REASON_NONE);
    assert_int_equal(web_peer_count(&client.server, "/robots.txt"), 0);
}

static void it_is_kept_for_a_day_and_stays_for_a_month(void **state) {
    (void)state;
    client_get(&client, "/open");
    hands.now_ms += DAY_MS - 1;
    client_get(&client, "/open");
    assert_int_equal(web_peer_count(&client.server, "/robots.txt"), 1);
    hands.now_ms += 1;
    robots_text = "User-agent: *\nDisallow: /open\n";
    assert_outcome(client_get(&client, "/open"), FETCH_REFUSED, FETCH_REASON_ROBOTS);
    assert_int_equal(web_peer_count(&client.server, "/robots.txt"), 2);
    robots_status = "500 Oops"; /* the last copy stays in force */
    hands.now_ms += DAY_MS;
    assert_outcome(client_get(&client, "/open"), FETCH_REFUSED, FETCH_REASON_ROBOTS);
    assert_outcome(client_get(&client, "/private/a"), FETCH_OK, FETCH_REASON_NONE);
    assert_int_equal(web_peer_count(&client.server, "/robots.txt"), 3);
    hands.now_ms += 30 * DAY_MS; /* too old to go by */
    assert_outcome(client_get(&client, "/private/a"), FETCH_REFUSED, FETCH_REASON_ROBOTS);
    robots_status = "404 Gone";
    hands.now_ms += MINUTE_MS; /* asked again after a minute, and there is none any more */
    assert_outcome(client_get(&client, "/open"), FETCH_OK, FETCH_REASON_NONE);
}

/* Runs until so many requests for a path have come (NULL: for any), and a little longer: none may
 * come on top, as the clock stands still. */
static void expect_count(const char *path, size_t count) {
    for (int i = 0; i < 500 && web_peer_count(&client.server, path) < count; i++) {
        client_run_for(&client, 10);
    }
    client_run_for(&client, 30);
    assert_int_equal(web_peer_count(&client.server, path), count);
}

static void starts_are_spaced(void **state) {
    (void)state;
    client_close(&client);
    open_client_with(20);
    struct answer answers[2];
    struct web_request request = {.url = client_url(&client, "/hop")};
    client_start(&client, &request, &answers[0]);
    request.url = client_url(&client, "/open2");
    client_start(&client, &request, &answers[1]);
    for (size_t asked = 1; asked <= 4; asked++) { /* robots.txt, two pages, and the hop's */
        expect_count(NULL, asked);
        hands.now_ms += 20;
    }
    uv_run(&client.loop, UV_RUN_DEFAULT);
    assert_outcome(answers[0], FETCH_OK, FETCH_REASON_NONE);
    assert_outcome(answers[1], FETCH_OK, FETCH_REASON_NONE);
    assert_true(answers[0].queued_ms >= 40);
}

static void a_crawl_delay_is_kept(void **state) {
    (void)state;
    robots_text = "User-agent: *\nCrawl-delay: 0.03\n";
    struct answer answers[2];
    struct web_request request = {.url = client_url(&client, "/open")};
    client_start(&client, &request, &answers[0]);
    client_start(&client, &request, &answers[1]);
    expect_count("/robots.txt", 1);
    for (size_t asked = 0; asked <= 2; asked++) {
        expect_count("/open", asked);
        hands.now_ms += 30;
    }
}

static void a_crawl_delay_beyond_reason_is_cut(void **state) {
    (void)state;
    robots_text = "User-agent: *\nCrawl-delay: 86400\n";
    struct answer answer;
    struct web_request request = {.url = client_url(&client, "/open")};
    client_start(&client, &request, &answer);
    expect_count("/robots.txt", 1);
    assert_true(client_has_logged(&client, "crawl_delay_capped"));
    assert_true(client_has_logged(&client, "asked_ms=86400000 kept_ms=60000"));
    hands.now_ms += MINUTE_MS - 1;
    crawler_hold(client.crawler, SPAN("nobody"), 1); /* looks again: its timer goes by real time */
    expect_count("/open", 0);
    hands.now_ms += 1;
    uv_run(&client.loop, UV_RUN_DEFAULT);
    assert_outcome(answer, FETCH_OK, FETCH_REASON_NONE);
}

static void a_source_may_ask_for_more_space_or_none(void **state) {
    (void)state;
    client_close(&client);
    open_client_with(20);
    client.options.spacing_ms = -1;
    assert_outcome(client_get(&client, "/open"), FETCH_OK, FETCH_REASON_NONE);
    client.options.spacing_ms = 40;
    struct answer answer;
    struct web_request request = {.url = client_url(&client, "/open2")};
    client_start(&client, &request, &answer);
    hands.now_ms += 39;
    expect_count("/open2", 0);
    hands.now_ms += 1;
    expect_count("/open2", 1);
}

static void turned_away_until_later(void **state) {
    (void)state;
    struct answer answer = client_get(&client, "/busy");
    assert_outcome(answer, FETCH_RETRY_LATER, FETCH_REASON_RATE);
    assert_int_equal(answer.retry_after_ms, HOUR_MS);
    assert_span_equal(answer.body, "later");
    assert_non_null(strstr(answer.error.message, "429"));
    size_t asked = web_peer_count(&client.server, NULL);
    answer = client_get(&client, "/open");
    assert_outcome(answer, FETCH_RETRY_LATER, FETCH_REASON_RATE);
    assert_int_equal(answer.retry_after_ms, HOUR_MS);
    assert_int_equal(web_peer_count(&client.server, NULL), asked); /* not even asked */
    client.options.governor_key = SPAN("another account");
    assert_outcome(client_get(&client, "/open"), FETCH_OK, FETCH_REASON_NONE);
    client.options.governor_key = (struct span){NULL, 0};
    hands.now_ms += HOUR_MS;
    assert_outcome(client_get(&client, "/open"), FETCH_OK, FETCH_REASON_NONE);
}

static void every_way_of_saying_later(void **state) {
    (void)state;
    struct answer answer = client_get(&client, "/down"); /* its body is cut off, too */
    assert_outcome(answer, FETCH_RETRY_LATER, FETCH_REASON_RATE);
    assert_int_equal(answer.retry_after_ms, 10 * MINUTE_MS);
    hands.now_ms += 10 * MINUTE_MS;
    answer = client_get(&client, "/spent");
    assert_outcome(answer, FETCH_OK, FETCH_REASON_NONE);
    assert_int_equal(answer.retry_after_ms, 10 * MINUTE_MS);
    assert_outcome(client_get(&client, "/open"), FETCH_RETRY_LATER, FETCH_REASON_RATE);
    hands.now_ms += 41 * MINUTE_MS; /* forgiven */
    answer = client_get(&client, "/tired");
    assert_outcome(answer, FETCH_RETRY_LATER, FETCH_REASON_RATE);
    assert_true(answer.retry_after_ms >= MINUTE_MS && answer.retry_after_ms <= 66 * SECOND_MS);
}

static void a_caller_may_close_a_key(void **state) {
    (void)state;
    crawler_hold(client.crawler, SPAN("my key"), MINUTE_MS);
    assert_outcome(client_get(&client, "/open"), FETCH_OK, FETCH_REASON_NONE);
    client.options.governor_key = SPAN("my key");
    struct answer answer = client_get(&client, "/open");
    assert_outcome(answer, FETCH_RETRY_LATER, FETCH_REASON_RATE);
    assert_int_equal(answer.retry_after_ms, MINUTE_MS);
    client.options.governor_key = (struct span){NULL, 0};
    crawler_hold(client.crawler, client_url(&client, "/anything"), MINUTE_MS);
    assert_outcome(client_get(&client, "/open"), FETCH_RETRY_LATER, FETCH_REASON_RATE);
}

int main(void) {
#define WITH_CLIENT(test) cmocka_unit_test_setup_teardown(test, open_client, close_client)
    const struct CMUnitTest tests[] = {
        WITH_CLIENT(robots_is_asked_first_and_once),
        WITH_CLIENT(our_own_group_counts),
        WITH_CLIENT(every_status_has_its_meaning),
        WITH_CLIENT(a_tired_host_is_asked_again),
        WITH_CLIENT(redirected_robots_bind_the_first_host),
        WITH_CLIENT(a_hop_asks_too),
        WITH_CLIENT(an_api_has_terms_of_its_own),
        WITH_CLIENT(it_is_kept_for_a_day_and_stays_for_a_month),
        WITH_CLIENT(starts_are_spaced),
        WITH_CLIENT(a_crawl_delay_is_kept),
        WITH_CLIENT(a_crawl_delay_beyond_reason_is_cut),
        WITH_CLIENT(a_source_may_ask_for_more_space_or_none),
        WITH_CLIENT(turned_away_until_later),
        WITH_CLIENT(every_way_of_saying_later),
        WITH_CLIENT(a_caller_may_close_a_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
