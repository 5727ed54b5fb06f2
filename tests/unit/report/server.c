#include "tests/unit/report/world.h"

#include "report/http.h"
#include "report/mute.h"
#include "report/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

struct fixture {
    struct world world;
    struct manual_clock clock;
    struct server *server;
    struct server_limits limits;
    uv_loop_t loop;
    uv_async_t stop;
    uv_thread_t thread;
    uv_sem_t started;
    int port;
    bool closed;
};

static void on_closed(void *context) {
    ((struct fixture *)context)->closed = true;
}

static void on_stop(uv_async_t *async) {
    struct fixture *fixture = async->data;
    server_stop(fixture->server, on_closed, fixture);
    uv_close((uv_handle_t *)async, NULL);
}

static void serve(void *context) {
    struct fixture *fixture = context;
    struct error error = {0};
    const struct server_setup setup = {.loop = &fixture->loop,
                                       .store = fixture->world.store,
                                       .config = &fixture->world.config,
                                       .clock = &fixture->clock.clock,
                                       .limits = fixture->limits};
    uv_loop_init(&fixture->loop);
    uv_async_init(&fixture->loop, &fixture->stop, on_stop);
    fixture->stop.data = fixture;
    if (!server_start_limited(&setup, &fixture->server, &error)) {
        fprintf(stderr, "%s\n", error.message);
        abort();
    }
    fixture->port = server_port(fixture->server);
    uv_sem_post(&fixture->started);
    uv_run(&fixture->loop, UV_RUN_DEFAULT);
    if (uv_loop_close(&fixture->loop) != 0) {
        abort();
    }
}

static void fixture_start(struct fixture *fixture) {
    uv_sem_init(&fixture->started, 0);
    assert_int_equal(uv_thread_create(&fixture->thread, serve, fixture), 0);
    uv_sem_wait(&fixture->started);
}

static int setup(void **state) {
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    world_open(&fixture->world);
    world_live(&fixture->world, WORLD_END_MS - 3 * DAY_MS, WORLD_END_MS, 2);
    fixture->clock = manual_clock_make(WORLD_END_MS);
    fixture->limits = server_limits_default;
    fixture_start(fixture);
    *state = fixture;
    return 0;
}

static int setup_token(void **state) {
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    world_open(&fixture->world);
    fixture->world.config.serve.token.value = SPAN("correct horse");
    fixture->clock = manual_clock_make(WORLD_END_MS);
    fixture->limits = server_limits_default;
    fixture_start(fixture);
    *state = fixture;
    return 0;
}

static int setup_hasty(void **state) {
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    world_open(&fixture->world);
    fixture->clock = manual_clock_make(WORLD_END_MS);
    fixture->limits = (struct server_limits){
        .connections = 8, .connections_per_address = 4, .request_ms = 100, .answer_ms = 1000};
    fixture_start(fixture);
    *state = fixture;
    return 0;
}

static int teardown(void **state) {
    struct fixture *fixture = *state;
    uv_async_send(&fixture->stop);
    uv_thread_join(&fixture->thread);
    assert_true(fixture->closed);
    uv_sem_destroy(&fixture->started);
    world_close(&fixture->world);
    free(fixture);
    return 0;
}

static int dial(const struct fixture *fixture) {
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)fixture->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    /* A test that waits for ever would hide what went wrong. */
    struct timeval patience = {.tv_sec = 20};
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(descriptor >= 0);
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    assert_int_equal(connect(descriptor, (struct sockaddr *)&address, sizeof(address)), 0);
    return descriptor;
}

/* Reads until the server closes, or the first answer's end where it keeps the connection. */
static struct span hear(int descriptor, struct buffer *out) {
    char piece[4096];
    buffer_init(out, LIMIT_DOCUMENT);
    for (;;) {
        ssize_t got = recv(descriptor, piece, sizeof(piece), 0);
        if (got <= 0) {
            break;
        }
        buffer_append(out, (struct span){piece, (size_t)got});
    }
    return buffer_span(out);
}

static struct span ask(const struct fixture *fixture, const char *bytes, size_t size,
                       struct buffer *out) {
    int descriptor = dial(fixture);
    (void)send(descriptor, bytes, size, MSG_NOSIGNAL);
    shutdown(descriptor, SHUT_WR);
    struct span answer = hear(descriptor, out);
    close(descriptor);
    return answer;
}

static struct span get(const struct fixture *fixture, const char *path, const char *headers,
                       struct buffer *out) {
    char request[2048];
    int size = snprintf(request, sizeof(request),
                        "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n", path,
                        headers);
    return ask(fixture, request, (size_t)size, out);
}

static int status_of(struct span answer) {
    int64_t status = 0;
    if (answer.size > 12 && span_starts_with(answer, SPAN("HTTP/1.1 "))) {
        (void)span_to_int64(span_first(span_from(answer, 9), 3), &status);
    }
    return (int)status;
}

static void assert_holds(struct span text, const char *needle) {
    if (span_find(text, span_of(needle)) == SPAN_NOT_FOUND) {
        fail_msg("no %s in %.*s", needle, (int)(text.size > 2000 ? 2000 : text.size), text.data);
    }
}

static void assert_get(const struct fixture *fixture, const char *path, int status,
                       const char *needle) {
    struct buffer out;
    struct span answer = get(fixture, path, "", &out);
    if (status_of(answer) != status) {
        fail_msg("%s: %d, not %d", path, status_of(answer), status);
    }
    assert_holds(answer, needle);
    buffer_done(&out);
}

static void routes_answer(void **state) {
    const struct fixture *fixture = *state;
    assert_get(fixture, "/healthz", 200, "\r\n\r\nok\n");
    assert_get(fixture, "/readyz", 200, "\"ready\":true");
    assert_get(fixture, "/", 200, "<h1>Acme</h1>");
    assert_get(fixture, "/", 200, "Content-Security-Policy: default-src 'none'");
    assert_get(fixture, "/feed/Acme.json", 200, "https://jsonfeed.org/version/1.1");
    assert_get(fixture, "/feed/Acme.json", 200, "Content-Type: application/feed+json");
    assert_get(fixture, "/feed/Initech.json", 404, "application/problem+json");
    assert_get(fixture, "/feed/.json", 404, "no such brand");
    assert_get(fixture, "/feed/Acme.json?limit=0", 400, "limit is 1 to 1000");
    assert_get(fixture, "/feed/Acme.json?before=x", 400, "whole numbers");
    assert_get(fixture, "/etc/passwd", 404, "nothing is served here");
    assert_get(fixture, "/feed/../../etc/passwd", 404, "problem+json");
}

/* Following next_url visits every mention once, newest first. */
static void feeds_are_walked_to_their_end(void **state) {
    struct fixture *fixture = *state;
    struct snapshot *snapshot = world_snapshot(&fixture->world);
    uint64_t before = 0;
    uint64_t last = UINT64_MAX;
    size_t seen = 0;
    for (;;) {
        struct buffer out;
        struct error error = {0};
        buffer_init(&out, LIMIT_DOCUMENT);
        assert_true(
            feed_print(&out, snapshot, &fixture->world.config, SPAN("Acme"), before, 7, &error));
        struct span rest = buffer_span(&out);
        size_t next = span_find(rest, SPAN("?before="));
        size_t next_url = span_find(rest, SPAN("\"next_url\""));
        size_t place;
        struct span items = rest;
        while ((place = span_find(items, SPAN("\"sequence\":"))) != SPAN_NOT_FOUND) {
            uint64_t sequence = strtoull(items.data + place + 11, NULL, 10);
            assert_true(sequence < last);
            last = sequence;
            seen++;
            items = span_from(items, place + 11);
        }
        if (next_url == SPAN_NOT_FOUND) {
            buffer_done(&out);
            break;
        }
        next = next_url + span_find(span_from(rest, next_url), SPAN("?before="));
        before = strtoull(rest.data + next + 8, NULL, 10);
        assert_true(before == last);
        buffer_done(&out);
    }
    uint32_t brand = 0;
    assert_true(snapshot_brand(snapshot, SPAN("Acme"), &brand));
    struct kpi kpis[KPI_COUNT];
    kpi_compute(snapshot, &fixture->world.config, &(struct segment){.brand = SPAN("Acme")},
                (struct period){WORLD_END_MS - 10 * DAY_MS, WORLD_END_MS + DAY_MS}, kpis);
    assert_int_equal(seen, (size_t)kpis[KPI_VOLUME].value);
    assert_true(seen > 50);
    snapshot_close(snapshot);
}

static void what_is_known_is_not_sent_again(void **state) {
    struct fixture *fixture = *state;
    struct buffer out;
    struct buffer again;
    struct span answer = get(fixture, "/feed/Acme.json", "", &out);
    size_t place = span_find(answer, SPAN("ETag: "));
    assert_true(place != SPAN_NOT_FOUND);
    struct span etag = span_from(answer, place + 6);
    etag = span_first(etag, span_find(etag, SPAN("\r\n")));
    char header[256];
    snprintf(header, sizeof(header), "If-None-Match: \"other\", %.*s\r\n", SPAN_ARG(etag));
    answer = get(fixture, "/feed/Acme.json", header, &again);
    assert_int_equal(status_of(answer), 304);
    buffer_done(&again);
    answer = get(fixture, "/feed/Acme.json?limit=3", header, &again);
    assert_int_equal(status_of(answer), 200);
    buffer_done(&again);
    world_live(&fixture->world, WORLD_END_MS, WORLD_END_MS + HOUR_MS, 5);
    answer = get(fixture, "/feed/Acme.json", header, &again);
    assert_int_equal(status_of(answer), 200);
    buffer_done(&again);
    buffer_done(&out);
}

static void unclear_requests_are_refused(void **state) {
    static const struct {
        const char *request;
        int status; /* 0: closed without an answer is right too */
    } rows[] = {
        {"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n", 400},
        {"GET /healthz HTTP/1.1\r\n\r\n", 400},
        {"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n"
         "Content-Length: 5\r\n\r\nhello",
         400},
        {"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello", 400},
        {"GET /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         400},
        {"POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\na=1", 405},
        {"DELETE /feed/Acme.json HTTP/1.1\r\nHost: localhost\r\n\r\n", 405},
        {"GET /healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", 421},
        {"GET /healthz HTTP/1.1\r\nHost: localhost.evil.example\r\nConnection: close\r\n\r\n", 421},
        {"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400},
        {"GARBAGE\r\n\r\n", 0},
        {"\r\n\r\n\r\n\r\n", 0},
        {"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", 0},
        {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 0},
    };
    const struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct buffer out;
        int status = status_of(ask(fixture, rows[i].request, strlen(rows[i].request), &out));
        bool right = rows[i].status == 0 ? status == 0 || status >= 400 : status == rows[i].status;
        if (!right) {
            fail_msg("row %zu: %d, not %d", i, status, rows[i].status);
        }
        buffer_done(&out);
    }
    assert_get(fixture, "/healthz", 200, "ok");
}

static void garbage_harms_nobody(void **state) {
    struct fixture *fixture = *state;
    for (int round = 0; round < 40; round++) {
        char bytes[300];
        size_t size = world_random(&fixture->world) % sizeof(bytes);
        static const char start[] = "GET /feed/Acme.json HTTP/1.1\r\nHost: localhost\r\n";
        for (size_t i = 0; i < size; i++) {
            bytes[i] = (char)world_random(&fixture->world);
        }
        if (round % 2 == 0 && size > sizeof(start)) {
            memcpy(bytes, start, sizeof(start) - 1);
        }
        struct buffer out;
        (void)ask(fixture, bytes, size, &out);
        buffer_done(&out);
    }
    assert_get(fixture, "/healthz", 200, "ok");
}

static void a_token_guards_all_but_health(void **state) {
    const struct fixture *fixture = *state;
    struct buffer out;
    assert_get(fixture, "/healthz", 200, "ok");
    assert_get(fixture, "/", 401, "WWW-Authenticate: Bearer");
    assert_int_equal(
        status_of(get(fixture, "/feed/Acme.json", "Authorization: Bearer correct horsf\r\n", &out)),
        401);
    buffer_done(&out);
    assert_int_equal(status_of(get(fixture, "/feed/Acme.json", "Authorization: Bearer \r\n", &out)),
                     401);
    buffer_done(&out);
    assert_int_equal(
        status_of(get(fixture, "/feed/Acme.json", "Authorization: bearer correct horse\r\n", &out)),
        200);
    buffer_done(&out);
    /* A store that nothing was ever polled for is not ready. */
    assert_get(fixture, "/readyz", 503, "\"ready\":false");
}

/* A client that sends a byte now and then is gone at the deadline; others are served meanwhile. */
static void dripping_clients_are_cut_off(void **state) {
    const struct fixture *fixture = *state;
    int dripping[3];
    for (size_t i = 0; i < 3; i++) {
        dripping[i] = dial(fixture);
        assert_true(send(dripping[i], "GET / HT", 8, MSG_NOSIGNAL) == 8);
    }
    assert_get(fixture, "/healthz", 200, "ok");
    for (int drops = 0; drops < 20; drops++) {
        poll(NULL, 0, 30);
        for (size_t i = 0; i < 3; i++) {
            (void)send(dripping[i], "T", 1, MSG_NOSIGNAL);
        }
    }
    for (size_t i = 0; i < 3; i++) {
        char byte;
        assert_true(recv(dripping[i], &byte, 1, 0) <= 0);
        close(dripping[i]);
    }
    assert_get(fixture, "/healthz", 200, "ok");
}

static void pure_rules(void **state) {
    (void)state;
    assert_span_equal(http_host_name(SPAN("localhost:80")), "localhost");
    assert_span_equal(http_host_name(SPAN("[::1]:80")), "[::1]");
    assert_span_equal(http_host_name(SPAN("[::1")), "[::1");
    assert_span_equal(http_feed_brand(SPAN("/feed/Acme Coffee.json")), "Acme Coffee");
    assert_span_equal(http_feed_brand(SPAN("/feed/.json")), "");
    assert_span_equal(http_feed_brand(SPAN("/feed/Acme")), "");
    assert_true(http_etag_matches(SPAN("W/\"1\" , \"2\""), SPAN("\"2\"")));
    assert_true(http_etag_matches(SPAN("W/\"1\""), SPAN("\"1\"")));
    assert_true(http_etag_matches(SPAN("*"), SPAN("\"1\"")));
    assert_false(http_etag_matches(SPAN("\"11\""), SPAN("\"1\"")));
    uint64_t sequence;
    assert_true(http_parse_sequence(SPAN("12"), &sequence) && sequence == 12);
    assert_false(http_parse_sequence(SPAN("-1"), &sequence));
    assert_false(http_parse_sequence(SPAN("99999999999999999999"), &sequence));
}

static bool is_muted(struct fixture *fixture) {
    struct snapshot *snapshot = world_snapshot(&fixture->world);
    bool muted = mute_is_set(snapshot, "daily", SPAN("ada@example.com"));
    assert_false(mute_is_set(snapshot, MUTE_ALERTS, SPAN("ada@example.com")));
    snapshot_close(snapshot);
    return muted;
}

/* A link that is looked at asks; one click says it; nobody can make one for another. */
static void one_click_is_enough(void **state) {
    struct fixture *fixture = *state;
    struct arena *arena = arena_create();
    struct error error = {0};
    struct buffer out;
    struct config config = fixture->world.config;
    config.serve.base_url = SPAN("https://127.0.0.1/");
    struct span link = mute_link(arena, &config, "daily", SPAN("ada@example.com"));
    struct span path = span_from(link, strlen("https://127.0.0.1"));
    assert_true(span_starts_with(path, SPAN("/unsubscribe/daily.")));
    struct span host = SPAN(" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n");
    struct span look = arena_print(arena, "GET %.*s%.*s\r\n", SPAN_ARG(path), SPAN_ARG(host));
    struct span body = SPAN("List-Unsubscribe=One-Click");
    struct span post = arena_print(arena, "POST %.*s%.*sContent-Length: %zu\r\n\r\n%.*s",
                                   SPAN_ARG(path), SPAN_ARG(host), body.size, SPAN_ARG(body));
    struct span forged = arena_print(arena, "%.*s0%.*sContent-Length: 0\r\n\r\n",
                                     SPAN_ARG(span_first(post, 4 + path.size)), SPAN_ARG(host));
    assert_holds(ask(fixture, look.data, look.size, &out), "<form method=\"post\">");
    buffer_done(&out);
    assert_false(is_muted(fixture));
    assert_holds(ask(fixture, forged.data, forged.size, &out), "HTTP/1.1 404");
    buffer_done(&out);
    assert_false(is_muted(fixture));
    assert_holds(ask(fixture, post.data, post.size, &out), "HTTP/1.1 200");
    buffer_done(&out);
    assert_true(is_muted(fixture));
    assert_true(people_resume(fixture->world.store, SPAN("ada@example.com"), WORLD_END_MS, &error));
    assert_false(is_muted(fixture));
    config.serve.base_url = SPAN("http://127.0.0.1/");
    assert_int_equal(mute_link(arena, &config, "daily", SPAN("ada@example.com")).size, 0);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pure_rules),
        cmocka_unit_test_setup_teardown(routes_answer, setup, teardown),
        cmocka_unit_test_setup_teardown(feeds_are_walked_to_their_end, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_known_is_not_sent_again, setup, teardown),
        cmocka_unit_test_setup_teardown(unclear_requests_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(garbage_harms_nobody, setup_hasty, teardown),
        cmocka_unit_test_setup_teardown(a_token_guards_all_but_health, setup_token, teardown),
        cmocka_unit_test_setup_teardown(one_click_is_enough, setup_token, teardown),
        cmocka_unit_test_setup_teardown(dripping_clients_are_cut_off, setup_hasty, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
