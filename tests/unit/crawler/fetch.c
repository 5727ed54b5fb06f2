/* Fetches against a server that answers rightly and wrongly. */
#include "tests/unit/crawler/client.h"

#define OK_HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
#define TO(status, place)                                                                          \
    "HTTP/1.1 " status " Moved\r\nLocation: " place "\r\nContent-Length: 4\r\n\r\nmove"

/* Sends what a shell command puts out, as a gzip body. */
static bool send_packed(int fd, const char *command) {
    static char packed[128 * 1024];
    FILE *pipe = popen(command, "r");
    size_t size = fread(packed, 1, sizeof packed, pipe);
    pclose(pipe);
    char head[200];
    snprintf(head, sizeof head, OK_HEAD "Content-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n",
             size);
    return web_peer_send_text(fd, head) && web_peer_send(fd, packed, size);
}

static bool say_gzip(struct web_peer *server, int fd, const struct web_peer_request *request) {
    (void)server, (void)request;
    return send_packed(fd, "printf 'packed text' | gzip");
}

static bool say_bomb(struct web_peer *server, int fd, const struct web_peer_request *request) {
    (void)server, (void)request;
    return send_packed(fd, "head -c 67108864 /dev/zero | gzip -9");
}

static bool say_endless(struct web_peer *server, int fd, const struct web_peer_request *request) {
    (void)server, (void)request;
    char block[4096];
    memset(block, 'x', sizeof block);
    web_peer_send_text(fd, OK_HEAD "Connection: close\r\n\r\n");
    while (web_peer_send(fd, block, sizeof block)) {
    }
    return false;
}

static bool say_big_head(struct web_peer *server, int fd, const struct web_peer_request *request) {
    (void)server, (void)request;
    char line[1024];
    memset(line, 'h', sizeof line);
    memcpy(line, "X-Long: ", 8);
    memcpy(line + sizeof line - 2, "\r\n", 2);
    web_peer_send_text(fd, OK_HEAD);
    for (int i = 0; i < 1000 && web_peer_send(fd, line, sizeof line); i++) {
    }
    return web_peer_send_text(fd, "Content-Length: 2\r\n\r\nok");
}

static bool say_many_heads(struct web_peer *server, int fd,
                           const struct web_peer_request *request) {
    (void)server, (void)request;
    web_peer_send_text(fd, OK_HEAD);
    for (int i = 0; i < 1000 && web_peer_send_text(fd, "A: b\r\n"); i++) {
    }
    return web_peer_send_text(fd, "Content-Length: 2\r\n\r\nok");
}

static bool say_slowly(struct web_peer *server, int fd, const struct web_peer_request *request) {
    (void)server, (void)request;
    web_peer_send_text(fd, OK_HEAD "Content-Length: 1000\r\n\r\nbegin");
    web_peer_sleep(fd, 10000);
    return false;
}

static bool say_nothing(struct web_peer *server, int fd, const struct web_peer_request *request) {
    (void)server, (void)fd, (void)request;
    return false;
}

/* One byte short of a validator is another validator. */
static bool say_if_changed(struct web_peer *server, int fd,
                           const struct web_peer_request *request) {
    (void)server;
    bool same = strstr(request->head, "\r\nIf-None-Match: W/\"a b\"\r\n") != NULL;
    bool date =
        strstr(request->head, "If-Modified-Since: Sat, 21 Nov 2026 08:00:00 GMT\r\n") != NULL;
    if (strcmp(request->path, "/moved-on") == 0 && same) {
        return web_peer_send_text(fd, "HTTP/1.1 304 Not Modified\r\nETag: \"new\"\r\n\r\n");
    }
    if (same && date) {
        return web_peer_send_text(fd, "HTTP/1.1 304 Not Modified\r\n\r\n");
    }
    return web_peer_send_text(fd, OK_HEAD "ETag: W/\"a b\"\r\n"
                                          "Last-Modified: Sat, 21 Nov 2026 08:00:00 GMT\r\n"
                                          "Content-Length: 3\r\n\r\nnew");
}

static bool say_back(struct web_peer *server, int fd, const struct web_peer_request *request) {
    (void)server;
    char answer[9000];
    snprintf(answer, sizeof answer, OK_HEAD "Content-Length: %zu\r\n\r\n%s", strlen(request->head),
             request->head);
    return web_peer_send_text(fd, answer);
}

static bool say_elsewhere(struct web_peer *server, int fd, const struct web_peer_request *request) {
    char answer[200];
    const char *status = strstr(request->path, "307") != NULL ? "307" : "302";
    snprintf(answer, sizeof answer,
             "HTTP/1.1 %s Moved\r\nLocation: http://127.0.0.2:%d/echo\r\nContent-Length: 0\r\n\r\n",
             status, server->port);
    return web_peer_send_text(fd, answer);
}

static const struct web_peer_route routes[] = {
    {.path = "/plain", .text = OK_HEAD "Content-Length: 5\r\n\r\nhello"},
    {.path = "/a%20b?q=%C3%A9", .text = OK_HEAD "Content-Length: 2\r\n\r\nok"},
    {.path = "/head", .text = OK_HEAD "Content-Length: 500\r\n\r\n"},
    {.path = "/gzip", .say = say_gzip},
    {.path = "/chunked",
     .text = OK_HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n"
                     "ETag: \"trailer\"\r\n\r\n"},
    {.path = "/early",
     .text =
         "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" OK_HEAD "Content-Length: 2\r\n\r\nok"},
    {.path = "/short", .text = OK_HEAD "Content-Length: 50\r\n\r\nhello", .hang_up = true},
    {.path = "/short-chunk",
     .text = OK_HEAD "Transfer-Encoding: chunked\r\n\r\n50\r\nabc",
     .hang_up = true},
    {.path = "/long", .text = OK_HEAD "Content-Length: 2\r\n\r\nhello", .hang_up = true},
    {.path = "/bad-gzip",
     .text = OK_HEAD "Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello"},
    {.path = "/garbage", .text = "\x16\x03 what?\r\n\r\n", .hang_up = true},
    {.path = "/nothing", .say = say_nothing},
    {.path = "/slow", .say = say_slowly},
    {.path = "/bomb", .say = say_bomb},
    {.path = "/endless", .say = say_endless},
    {.path = "/big-head", .say = say_big_head},
    {.path = "/many-heads", .say = say_many_heads},
    {.path = "/gone", .text = "HTTP/1.1 410 Gone\r\nContent-Length: 3\r\n\r\nbye"},
    {.path = "/error", .text = "HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops"},
    /* Says that nothing is packed. */
    {.path = "/empty-gzip",
     .text = "HTTP/1.1 503 Down\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n"},
    {.path = "/missing-html",
     .text = "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n"},
    {.path = "/partial", .text = "HTTP/1.1 206 Part\r\nContent-Length: 4\r\n\r\npart"},
    {.path = "/304", .text = "HTTP/1.1 304 Not Modified\r\n\r\n"},
    {.path = "/changes", .say = say_if_changed},
    {.path = "/moved-on", .say = say_if_changed},
    {.path = "/bad-etag",
     .text = OK_HEAD "ETag: \"a\rb\"\r\nLast-Modified: x\r\nCache-Control: max-age=9\r\n"
                     "Content-Length: 0\r\n\r\n"},
    {.path = "/r1", .text = TO("301", "/r2")},
    {.path = "/r2", .text = TO("302", "r3#part")},
    {.path = "/r3", .text = TO("307", "/r4")},
    {.path = "/r4", .text = TO("308", "?x")},
    {.path = "/r4?x", .text = TO("303", "/plain")},
    {.path = "/r0", .text = TO("302", "/r1")},
    {.path = "/loop", .text = TO("302", "/loop")},
    {.path = "/to-file", .text = TO("302", "file:///etc/passwd")},
    {.path = "/to-nowhere", .text = TO("302", "http://")},
    {.path = "/no-location", .text = "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"},
    {.path = "/to-port", .text = TO("302", "http://127.0.0.1:25/")},
    {.path = "/to-echo", .text = TO("302", "/echo")},
    {.path = "/to-echo-307", .text = TO("307", "/echo")},
    {.path = "/cross", .say = say_elsewhere},
    {.path = "/cross-307", .say = say_elsewhere},
    {.path = "/echo", .say = say_back},
    {0},
};

static struct client client;

static int open_client(void **state) {
    (void)state;
    client_open(&client, routes);
    return 0;
}
static int close_client(void **state) {
    (void)state;
    client_close(&client);
    return 0;
}

static void a_page_is_fetched(void **state) {
    (void)state;
    struct answer answer = client_get(&client, "/plain");
    assert_outcome(answer, FETCH_OK, FETCH_REASON_NONE);
    assert_int_equal(answer.status, 200);
    assert_span_equal(answer.body, "hello");
    assert_span_equal(answer.content_type, "text/plain");
    assert_true(span_ends_with(answer.url, SPAN("/plain")));
    assert_int_equal(answer.retry_after_ms, 0);
}

static void urls_are_encoded_before_they_are_sent(void **state) {
    (void)state;
    struct answer answer = client_get(&client, "/x/../a b?q=\xC3\xA9#fragment");
    assert_outcome(answer, FETCH_OK, FETCH_REASON_NONE);
}

static void bodies_are_unpacked(void **state) {
    (void)state;
    struct answer answer = client_get(&client, "/gzip");
    assert_outcome(answer, FETCH_OK, FETCH_REASON_NONE);
    assert_span_equal(answer.body, "packed text");
    answer = client_get(&client, "/chunked");
    assert_span_equal(answer.body, "abcdefg");
    assert_true(span_is_empty(answer.etag)); /* a trailer is no header */
    answer = client_get(&client, "/early");
    assert_span_equal(answer.body, "ok");
    assert_int_equal(answer.header_count, 2); /* without those of the 103 */
}

static void broken_bodies_fail(void **state) {
    (void)state;
    static const char *const paths[] = {"/short", "/short-chunk", "/bad-gzip", "/garbage",
                                        "/nothing"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct answer answer = client_get(&client, paths[i]);
        assert_outcome(answer, FETCH_FAILED, FETCH_REASON_BODY);
        assert_non_null(strstr(answer.error.message, paths[i]));
    }
    struct answer answer = client_get(&client, "/long");
    assert_outcome(answer, FETCH_OK, FETCH_REASON_NONE);
    assert_span_equal(answer.body, "he");
}

static void ceilings_hold(void **state) {
    (void)state;
    static const char *const paths[] = {"/bomb", "/endless", "/big-head", "/many-heads"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct answer answer = client_get(&client, paths[i]);
        assert_outcome(answer, FETCH_REFUSED, FETCH_REASON_LIMIT);
        assert_int_equal(answer.error.kind, ERROR_LIMIT);
        assert_true(answer.body.size <= crawler_defaults.max_body);
    }
    struct answer bomb = client_get(&client, "/bomb");
    assert_true(bomb.body.size < 4 * MIB); /* stopped by its ratio, long before the ceiling */
    client.options.max_body = 4;
    struct answer answer = client_get(&client, "/plain");
    assert_outcome(answer, FETCH_REFUSED, FETCH_REASON_LIMIT);
}

static void statuses_are_judged(void **state) {
    (void)state;
    static const struct {
        const char *path;
        unsigned status;
        enum fetch_outcome outcome;
    } rows[] = {
        {"/not-there", 404, FETCH_GONE},
        {"/gone", 410, FETCH_GONE},
        {"/error", 500, FETCH_FAILED},
        {"/partial", 206, FETCH_FAILED},
        {"/missing-html", 404, FETCH_GONE},
        {"/304", 304, FETCH_FAILED}, /* we asked without condition */
        {"/no-location", 302, FETCH_FAILED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct answer answer = client_get(&client, rows[i].path);
        assert_outcome(answer, rows[i].outcome, FETCH_REASON_STATUS);
        assert_int_equal(answer.status, rows[i].status);
        assert_int_equal(answer.error.code, rows[i].status);
    }
    assert_span_equal(client_get(&client, "/error").body, "oops");
}

/* No body is no broken body: what counts is the status. */
static void an_empty_packed_body_is_empty(void **state) {
    (void)state;
    struct answer answer = client_get(&client, "/empty-gzip");
    assert_outcome(answer, FETCH_RETRY_LATER, FETCH_REASON_RATE);
    assert_int_equal(answer.status, 503);
    assert_int_equal(answer.body.size, 0);
}

static void validators_are_kept_to_the_byte(void **state) {
    (void)state;
    struct answer first = client_get(&client, "/changes");
    assert_outcome(first, FETCH_OK, FETCH_REASON_NONE);
    assert_span_equal(first.etag, "W/\"a b\"");
    assert_span_equal(first.last_modified, "Sat, 21 Nov 2026 08:00:00 GMT");
    struct web_request request = {.url = client_url(&client, "/changes"),
                                  .etag = first.etag,
                                  .last_modified = first.last_modified};
    struct answer second = client_ask(&client, &request);
    assert_outcome(second, FETCH_NOT_MODIFIED, FETCH_REASON_NONE);
    assert_span_equal(second.etag, "W/\"a b\""); /* a 304 without: the old ones stay */
    assert_span_equal(second.last_modified, "Sat, 21 Nov 2026 08:00:00 GMT");
    request.url = client_url(&client, "/moved-on");
    second = client_ask(&client, &request);
    assert_outcome(second, FETCH_NOT_MODIFIED, FETCH_REASON_NONE);
    assert_span_equal(second.etag, "\"new\""); /* a 304 with: refreshed */
    request.url = client_url(&client, "/plain");
    second = client_ask(&client, &request);
    assert_true(span_is_empty(second.etag)); /* a 200 without: dropped */
    assert_true(span_is_empty(second.last_modified));
    request.url = client_url(&client, "/error");
    assert_span_equal(client_ask(&client, &request).etag, "W/\"a b\""); /* nothing learnt */
}

static void a_validator_that_cannot_be_sent_is_dropped(void **state) {
    (void)state;
    struct answer answer = client_get(&client, "/bad-etag");
    assert_outcome(answer, FETCH_OK, FETCH_REASON_NONE);
    assert_span_equal(answer.etag, "");
    assert_span_equal(answer.last_modified, "x");
    assert_int_equal(answer.fresh_ms, 9000);
}

static void redirects_are_followed_five_times(void **state) {
    (void)state;
    struct answer answer = client_get(&client, "/r1");
    assert_outcome(answer, FETCH_OK, FETCH_REASON_NONE);
    assert_span_equal(answer.body, "hello");
    assert_true(span_ends_with(answer.url, SPAN("/plain")));
    answer = client_get(&client, "/r0");
    assert_outcome(answer, FETCH_FAILED, FETCH_REASON_REDIRECT);
    answer = client_get(&client, "/loop");
    assert_outcome(answer, FETCH_FAILED, FETCH_REASON_REDIRECT);
    assert_int_equal(web_peer_count(&client.server, "/loop"), 6);
}

static void redirects_out_of_the_web_are_refused(void **state) {
    (void)state;
    struct answer answer = client_get(&client, "/to-file");
    assert_outcome(answer, FETCH_REFUSED, FETCH_REASON_REDIRECT);
    assert_non_null(strstr(answer.error.message, "file:///etc/passwd"));
    answer = client_get(&client, "/to-nowhere");
    assert_outcome(answer, FETCH_REFUSED, FETCH_REASON_REDIRECT);
    answer = client_get(&client, "/to-port");
    assert_outcome(answer, FETCH_REFUSED, FETCH_REASON_GUARD);
}

static const struct web_header keys[] = {
    {{"Authorization", 13}, {"Bearer s3cret", 13}},
    {{"X-Api-Key", 9}, {"s3cret", 6}},
    {{"Cookie", 6}, {"a=s3cret", 8}},
    {{"Accept", 6}, {"application/json", 16}},
    {{"Content-Type", 12}, {"text/x", 6}},
};

static void keys_stay_with_their_origin(void **state) {
    (void)state;
    struct web_request request = {.headers = keys, .header_count = 5};
    request.url = client_url(&client, "/to-echo");
    struct answer answer = client_ask(&client, &request);
    assert_true(span_find(answer.body, SPAN("X-Api-Key: s3cret")) != SPAN_NOT_FOUND);
    request.url =
        arena_print(client.arena, "http://me:s3cret@127.0.0.1:%d/to-echo", client.server.port);
    request.header_count = 0;
    answer = client_ask(&client, &request);
    assert_true(span_find(answer.body, SPAN("Authorization: Basic bWU6czNjcmV0")) !=
                SPAN_NOT_FOUND);
    assert_true(span_find(answer.url, SPAN("s3cret")) == SPAN_NOT_FOUND);
    request.header_count = 5;
    struct web_peer other;
    web_peer_start_at(&other, routes, "127.0.0.2");
    int port = client.server.port; /* /cross leads to where `other` listens */
    client.server.port = other.port;
    request.url = arena_print(client.arena, "http://me:s3cret@127.0.0.1:%d/cross", port);
    answer = client_ask(&client, &request);
    client.server.port = port;
    web_peer_stop(&other);
    assert_outcome(answer, FETCH_OK, FETCH_REASON_NONE);
    assert_true(span_find(answer.body, SPAN("s3cret")) == SPAN_NOT_FOUND);
    assert_true(span_find(answer.body, SPAN("Authorization")) == SPAN_NOT_FOUND);
    assert_true(span_find(answer.body, SPAN("application/json")) != SPAN_NOT_FOUND);
}

static void a_post_is_sent_once_or_repeated_at_home(void **state) {
    (void)state;
    struct web_request request = {
        .method = SPAN("POST"), .body = SPAN("{\"q\":1}"), .headers = &keys[4], .header_count = 1};
    request.url = client_url(&client, "/echo");
    struct answer answer = client_ask(&client, &request);
    assert_true(span_starts_with(answer.body, SPAN("POST /echo")));
    assert_true(span_ends_with(answer.body, SPAN("{\"q\":1}")));
    assert_true(span_find(answer.body, SPAN("Content-Type: text/x")) != SPAN_NOT_FOUND);
    assert_true(span_find(answer.body, SPAN("Expect")) == SPAN_NOT_FOUND);
    request.url = client_url(&client, "/to-echo-307");
    answer = client_ask(&client, &request);
    assert_true(span_starts_with(answer.body, SPAN("POST /echo")));
    assert_true(span_ends_with(answer.body, SPAN("{\"q\":1}")));
    request.url = client_url(&client, "/to-echo");
    answer = client_ask(&client, &request);
    assert_true(span_starts_with(answer.body, SPAN("GET /echo")));
    assert_true(span_find(answer.body, SPAN("Content-Type")) == SPAN_NOT_FOUND);
    request.url = client_url(&client, "/cross-307");
    answer = client_ask(&client, &request);
    assert_outcome(answer, FETCH_REFUSED, FETCH_REASON_REDIRECT);
}

static void a_head_has_no_body(void **state) {
    (void)state;
    struct web_header header = {SPAN("X-Empty"), SPAN("")};
    struct web_request request = {.url = client_url(&client, "/head"),
                                  .method = SPAN("HEAD"),
                                  .headers = &header,
                                  .header_count = 1};
    struct answer answer = client_ask(&client, &request);
    assert_outcome(answer, FETCH_OK, FETCH_REASON_NONE);
    assert_true(span_is_empty(answer.body));
    assert_span_equal(answer.content_type, "text/plain");
    const struct web_peer_request *last = server_last(&client.server, "/head");
    assert_non_null(strstr(last->head, "HEAD /head HTTP/1.1\r\n"));
    assert_non_null(strstr(last->head, "\r\nX-Empty:\r\n"));
}

static void outcomes_and_reasons_have_names(void **state) {
    (void)state;
    for (int i = FETCH_OK; i <= FETCH_FAILED; i++) {
        assert_true(strlen(fetch_outcome_name((enum fetch_outcome)i)) > 1);
    }
    for (int i = FETCH_REASON_NONE; i <= FETCH_REASON_RATE; i++) {
        assert_true(strlen(fetch_reason_name((enum fetch_reason)i)) > 2);
    }
    assert_string_equal(fetch_outcome_name(FETCH_RETRY_LATER), "retry_later");
    assert_string_equal(fetch_reason_name(FETCH_REASON_DNS), "dns");
}

static void broken_requests_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *method;
        const char *name;
        const char *value;
        const char *etag;
    } rows[] = {
        {"GET", "X-A", "b\r\nX-Evil: c", ""}, {"GET", "X A", "b", ""},   {"GET", "", "b", ""},
        {"GET", "X-A", "b", "\"x\"\n"},       {"TRACE", "X-A", "b", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct web_header header = {span_of(rows[i].name), span_of(rows[i].value)};
        struct web_request request = {.url = client_url(&client, "/plain"),
                                      .method = span_of(rows[i].method),
                                      .headers = &header,
                                      .header_count = 1,
                                      .etag = span_of(rows[i].etag)};
        struct answer answer = client_ask(&client, &request);
        assert_outcome(answer, FETCH_REFUSED, FETCH_REASON_LIMIT);
    }
    static const char *const urls[] = {"",
                                       "ftp://example.com/",
                                       "file:///etc/passwd",
                                       "javascript:alert(1)",
                                       "//example.com/",
                                       "http://"};
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        struct web_request request = {.url = span_of(urls[i])};
        assert_int_equal(client_ask(&client, &request).outcome, FETCH_REFUSED);
    }
    assert_int_equal(web_peer_count(&client.server, NULL), 0);
}

static void errors_do_not_tell_secrets(void **state) {
    (void)state;
    struct web_request request = {
        .url = arena_print(client.arena, "http://me:hunter2@127.0.0.1:%d/error?api_key=hunter2",
                           client.server.port)};
    struct answer answer = client_ask(&client, &request);
    assert_int_equal(answer.outcome, FETCH_GONE);
    assert_null(strstr(answer.error.message, "hunter2"));
    assert_true(client_has_logged(&client, "fetched url="));
    assert_false(client_has_logged(&client, "hunter2"));
    assert_non_null(strstr(answer.error.message, "***"));
}

static void slow_answers_time_out(void **state) {
    (void)state;
    struct crawler_options options = client_options();
    options.timeout_ms = 200;
    struct client slow;
    client_open_with(&slow, routes, &options);
    struct answer answer = client_get(&slow, "/slow");
    assert_outcome(answer, FETCH_FAILED, FETCH_REASON_TIMEOUT);
    client_close(&slow);
}

static void what_is_not_there_is_said(void **state) {
    (void)state;
    struct web_request request = {.url = SPAN("http://127.0.0.1:1234/")};
    int unused = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof name;
    bind(unused, (struct sockaddr *)&name, sizeof name); /* bound, not listening */
    getsockname(unused, (struct sockaddr *)&name, &size);
    request.url = arena_print(client.arena, "http://127.0.0.1:%d/", ntohs(name.sin_port));
    assert_outcome(client_ask(&client, &request), FETCH_FAILED, FETCH_REASON_CONNECT);
    close(unused);
    request.url = SPAN("http://no-such-host.invalid/");
    assert_outcome(client_ask(&client, &request), FETCH_FAILED, FETCH_REASON_DNS);
    request.url = arena_print(client.arena, "https://127.0.0.1:%d/plain", client.server.port);
    assert_outcome(client_ask(&client, &request), FETCH_FAILED, FETCH_REASON_TLS);
}

int main(void) {
#define WITH_CLIENT(test) cmocka_unit_test_setup_teardown(test, open_client, close_client)
    const struct CMUnitTest tests[] = {
        WITH_CLIENT(a_page_is_fetched),
        WITH_CLIENT(urls_are_encoded_before_they_are_sent),
        WITH_CLIENT(bodies_are_unpacked),
        WITH_CLIENT(broken_bodies_fail),
        WITH_CLIENT(ceilings_hold),
        WITH_CLIENT(statuses_are_judged),
        WITH_CLIENT(an_empty_packed_body_is_empty),
        WITH_CLIENT(validators_are_kept_to_the_byte),
        WITH_CLIENT(a_validator_that_cannot_be_sent_is_dropped),
        WITH_CLIENT(redirects_are_followed_five_times),
        WITH_CLIENT(redirects_out_of_the_web_are_refused),
        WITH_CLIENT(keys_stay_with_their_origin),
        WITH_CLIENT(a_post_is_sent_once_or_repeated_at_home),
        WITH_CLIENT(a_head_has_no_body),
        cmocka_unit_test(outcomes_and_reasons_have_names),
        WITH_CLIENT(broken_requests_are_refused),
        WITH_CLIENT(errors_do_not_tell_secrets),
        WITH_CLIENT(slow_answers_time_out),
        WITH_CLIENT(what_is_not_there_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
