/* Beginnings and ends: callbacks run once and late, cancelling and closing are safe in every stage.
 * Meant for AddressSanitizer. */
#include "tests/unit/crawler/client.h"

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

static bool say_late(struct web_peer *server, int fd, const struct web_peer_request *request) {
    (void)server, (void)request;
    web_peer_sleep(fd, 60);
    return web_peer_send_text(fd, OK);
}

static bool say_in_parts(struct web_peer *server, int fd, const struct web_peer_request *request) {
    (void)server, (void)request;
    web_peer_send_text(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin");
    web_peer_sleep(fd, 60000);
    return false;
}

static bool say_robots_late(struct web_peer *server, int fd,
                            const struct web_peer_request *request) {
    (void)server, (void)request;
    web_peer_sleep(fd, 60);
    return web_peer_send_text(fd, "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n");
}

static const struct web_peer_route routes[] = {
    {.path = "/robots.txt", .say = say_robots_late},
    {.path = "/ok", .text = OK},
    {.path = "/late", .say = say_late},
    {.path = "/parts", .say = say_in_parts},
    {.path = "/again",
     .text = "HTTP/1.1 302 Found\r\nLocation: /late\r\nContent-Length: 0\r\n\r\n"},
    {0},
};

static const struct web_peer_route storm_routes[] = {
    {.path = "/robots.txt", .say = say_robots_late},
    {.path = "/ok", .text = OK},
    {.path = "/late", .say = say_late},
    {.path = "/parts", .say = say_in_parts},
    {.path = "/again",
     .text = "HTTP/1.1 302 Found\r\nLocation: /late\r\nContent-Length: 0\r\n\r\n"},
    {.path = "/loop", .text = "HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n"},
    {.path = "/cut", .text = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", .hang_up = true},
    {.path = "/busy", .text = "HTTP/1.1 429 Slow\r\nContent-Length: 0\r\n\r\n"},
    {.path = "/huge", .text = "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nbegin"},
    {0},
};

static void never_told(void *context, const struct fetch_result *result) {
    (void)context, (void)result;
    fail_msg("told after cancel");
}

static const char *const stages[] = {"/ok", "/late", "/parts", "/again", "/not-there"};
static const uint64_t moments_ms[] = {0, 1, 5, 20, 40, 80, 150};

static struct fetch *start(struct client *client, const char *path) {
    struct web_request request = {.url = client_url(client, path)};
    return crawler_fetch(client->crawler, &request, &client->options, never_told, NULL);
}

static void cancelled_at_any_moment(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof moments_ms / sizeof *moments_ms; i++) {
        struct crawler_options options = client_options();
        options.obey_robots = true;
        options.host_spacing_ms = 30;
        struct client client;
        client_open_with(&client, routes, &options);
        struct fetch *parts = start(&client, "/parts");
        struct fetch *another = start(&client, "/parts");
        client_run_for(&client, moments_ms[i]);
        fetch_cancel(parts);
        fetch_cancel(another);
        assert_int_equal(crawler_in_flight(client.crawler), 0);
        uv_run(&client.loop, UV_RUN_DEFAULT); /* nothing of them is left on the loop */
        client_close(&client);
    }
}

static void closed_at_any_moment(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof moments_ms / sizeof *moments_ms; i++) {
        struct crawler_options options = client_options();
        options.obey_robots = i % 2 == 0;
        options.host_spacing_ms = 10;
        struct client client;
        client_open_with(&client, routes, &options);
        struct answer answers[5];
        for (size_t j = 0; j < 5; j++) {
            struct web_request request = {.url = client_url(&client, stages[j])};
            client_start(&client, &request, &answers[j]);
        }
        struct mail_route route = {
            .url = arena_print(client.arena, "smtp://127.0.0.1:%d", client.server.port)};
        crawler_send_mail(client.crawler, &route, SPAN("a@b.example"), SPAN("c@d.example"),
                          SPAN("Subject: x\r\n\r\ny\r\n"), NULL, NULL);
        client_run_for(&client, moments_ms[i]);
        client_close(&client);
        for (size_t j = 0; j < 5; j++) {
            assert_true(answers[j].times <= 1);
        }
    }
}

static void closed_before_it_ran(void **state) {
    (void)state;
    struct client client;
    client_open(&client, routes);
    start(&client, "/ok");
    client_close(&client);
}

struct chain {
    struct client *client;
    struct fetch *victim;
    int left;
    int told;
    bool closes;
    bool closed;
};

static void on_link(void *context, const struct fetch_result *result) {
    struct chain *chain = context;
    chain->told++;
    assert_int_equal(result->outcome, FETCH_OK);
    if (chain->victim != NULL) {
        fetch_cancel(chain->victim);
        chain->victim = NULL;
    }
    if (chain->closes) {
        crawler_close(chain->client->crawler, client_on_closed, &chain->closed);
    } else if (--chain->left > 0) {
        struct web_request request = {.url = client_url(chain->client, "/ok")};
        crawler_fetch(chain->client->crawler, &request, &chain->client->options, on_link, chain);
    }
}

static void a_callback_may_start_and_cancel(void **state) {
    (void)state;
    struct client client;
    client_open(&client, routes);
    struct chain chain = {.client = &client, .left = 5, .victim = start(&client, "/parts")};
    struct web_request request = {.url = client_url(&client, "/ok")};
    crawler_fetch(client.crawler, &request, &client.options, on_link, &chain);
    uv_run(&client.loop, UV_RUN_DEFAULT);
    assert_int_equal(chain.told, 5);
    client_close(&client);
}

static void a_callback_may_close_the_crawler(void **state) {
    (void)state;
    struct client client;
    client_open(&client, routes);
    struct chain chain = {.client = &client, .closes = true};
    start(&client, "/parts");
    struct web_request request = {.url = client_url(&client, "/ok")};
    crawler_fetch(client.crawler, &request, &client.options, on_link, &chain);
    uv_run(&client.loop, UV_RUN_DEFAULT);
    assert_true(chain.closed);
    assert_int_equal(chain.told, 1);
    assert_int_equal(uv_loop_close(&client.loop), 0);
    client_free(&client);
}

static void on_self(void *context, const struct fetch_result *result) {
    (void)result;
    fetch_cancel(*(struct fetch **)context); /* pointless, and harmless */
}

static void a_callback_may_cancel_itself(void **state) {
    (void)state;
    struct client client;
    client_open(&client, routes);
    struct web_request request = {.url = client_url(&client, "/ok")};
    struct fetch *self = NULL;
    self = crawler_fetch(client.crawler, &request, &client.options, on_self, &self);
    uv_run(&client.loop, UV_RUN_DEFAULT);
    client_close(&client);
}

static void many_at_once(void **state) {
    (void)state;
    struct client client;
    client_open(&client, routes);
    struct answer answers[200];
    for (size_t i = 0; i < 200; i++) {
        struct web_request request = {.url = client_url(&client, i % 3 == 0 ? "/late" : "/ok")};
        client_start(&client, &request, &answers[i]);
    }
    assert_int_equal(crawler_in_flight(client.crawler), 200);
    uv_run(&client.loop, UV_RUN_DEFAULT);
    for (size_t i = 0; i < 200; i++) {
        assert_outcome(answers[i], FETCH_OK, FETCH_REASON_NONE);
        assert_int_equal(answers[i].times, 1);
    }
    assert_true(client.server.connection_count <= 16); /* host_concurrency */
    client_close(&client);
}

/* Hundreds of fetches of every kind, started, cancelled and told in an order that only a dice knows;
 * then closed in the middle of it. */
#define STORM ((size_t)300)

struct storm {
    struct client *client;
    struct fetch *live[STORM];
    uint32_t dice;
    size_t started;
    size_t told;
    size_t cancelled;
};

static uint32_t roll(struct storm *storm, uint32_t sides) {
    storm->dice = storm->dice * 1664525 + 1013904223;
    return (storm->dice >> 8) % sides;
}

struct drop {
    struct storm *storm;
    size_t number;
};

static void storm_start(struct storm *storm);

static void storm_cancel(struct storm *storm) {
    size_t victim = roll(storm, STORM);
    if (storm->live[victim] != NULL) {
        fetch_cancel(storm->live[victim]);
        storm->live[victim] = NULL;
        storm->cancelled++;
    }
}

static void on_drop(void *context, const struct fetch_result *result) {
    struct drop *drop = context;
    struct storm *storm = drop->storm;
    (void)result;
    assert_non_null(storm->live[drop->number]);
    storm->live[drop->number] = NULL;
    storm->told++;
    if (roll(storm, 3) == 0) {
        storm_cancel(storm);
    }
    storm_start(storm);
    storm_start(storm);
}

static void storm_start(struct storm *storm) {
    static const char *const paths[] = {"/ok",   "/late",  "/again", "/gone", "/cut",
                                        "/busy", "/parts", "/loop",  "/huge"};
    if (storm->started == STORM) {
        return;
    }
    size_t number = storm->started++;
    struct client *client = storm->client;
    struct drop *drop = (struct drop *)arena_allocate(client->arena, sizeof *drop);
    *drop = (struct drop){storm, number};
    struct web_request request = {.url = client_url(client, paths[roll(storm, 9)])};
    struct fetch_options options = client->options;
    options.governor_key = arena_print(client->arena, "key-%u", roll(storm, 20));
    options.max_body = 1000;
    storm->live[number] = crawler_fetch(client->crawler, &request, &options, on_drop, drop);
}

static void a_storm(void **state) {
    (void)state;
    for (uint32_t seed = 1; seed <= 6; seed++) {
        struct crawler_options options = client_options();
        options.obey_robots = seed % 2 == 0;
        options.timeout_ms = 150;
        options.concurrency = 12;
        options.host_concurrency = 4;
        struct client client;
        client_open_with(&client, storm_routes, &options);
        struct storm storm = {.client = &client, .dice = seed};
        for (int i = 0; i < 20; i++) {
            storm_start(&storm);
        }
        if (seed % 3 == 0) {
            client_run_for(&client, 60);
        } else {
            uv_run(&client.loop, UV_RUN_DEFAULT);
            assert_int_equal(storm.told + storm.cancelled, storm.started);
            assert_int_equal(crawler_in_flight(client.crawler), 0);
        }
        client_close(&client);
    }
}

static void a_private_connection_is_not_lent(void **state) {
    (void)state;
    struct client client;
    client_open(&client, routes);
    assert_outcome(client_get(&client, "/ok"), FETCH_OK, FETCH_REASON_NONE);
    client.options.allow_private = false;
    assert_outcome(client_get(&client, "/ok"), FETCH_REFUSED, FETCH_REASON_GUARD);
    struct web_request request = {
        .url = arena_print(client.arena, "http://localhost:%d/ok", client.server.port)};
    client.options.allow_private = true;
    assert_outcome(client_ask(&client, &request), FETCH_OK, FETCH_REASON_NONE);
    client.options.allow_private = false; /* a name this time: the guard sees its address */
    struct answer answer = client_ask(&client, &request);
    assert_outcome(answer, FETCH_REFUSED, FETCH_REASON_GUARD);
    assert_non_null(strstr(answer.error.message, "loopback"));
    client_close(&client);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cancelled_at_any_moment),
        cmocka_unit_test(closed_at_any_moment),
        cmocka_unit_test(closed_before_it_ran),
        cmocka_unit_test(a_callback_may_start_and_cancel),
        cmocka_unit_test(a_callback_may_close_the_crawler),
        cmocka_unit_test(a_callback_may_cancel_itself),
        cmocka_unit_test(many_at_once),
        cmocka_unit_test(a_storm),
        cmocka_unit_test(a_private_connection_is_not_lent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
