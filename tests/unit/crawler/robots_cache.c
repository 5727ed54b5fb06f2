/* What is remembered of robots.txt has a ceiling, however many hosts there are. */
#include "crawler/robots_cache.h"

#include "base/date.h"
#include "tests/unit/crawler/client.h"

static const struct web_peer_route routes[] = {{0}};

struct walk {
    struct client *client;
    int port;
    size_t next;
    size_t end;
    size_t refused;
};

static void walk_on(struct walk *walk);

static void on_step(void *context, const struct fetch_result *result) {
    struct walk *walk = context;
    walk->refused += result->reason == FETCH_REASON_CONNECT;
    walk_on(walk);
}

/* Every host is another address of the loopback network, where nobody listens. */
static void walk_on(struct walk *walk) {
    char url[64];
    if (walk->next < walk->end) {
        size_t i = walk->next++;
        snprintf(url, sizeof url, "http://127.%zu.%zu.%zu:%d/", 1 + i / 62500, i / 250 % 250,
                 i % 250 + 1, walk->port);
        struct web_request request = {.url = span_of(url)};
        crawler_fetch(walk->client->crawler, &request, &walk->client->options, on_step, walk);
    }
}

static int closed_port(void) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in name = {.sin_family = AF_INET};
    socklen_t size = sizeof name;
    bind(fd, (struct sockaddr *)&name, sizeof name);
    getsockname(fd, (struct sockaddr *)&name, &size);
    close(fd);
    return ntohs(name.sin_port);
}

static void a_host_too_many(void **state) {
    (void)state;
    struct crawler_options options = client_options();
    options.obey_robots = true;
    struct manual_clock hands = manual_clock_make(1000);
    struct client client;
    client_open_at(&client, routes, &options, &hands.clock);
    struct walk walk = {.client = &client, .port = closed_port(), .end = LIMIT_ROBOTS_HOSTS};
    for (int i = 0; i < 100; i++) {
        walk_on(&walk);
    }
    uv_run(&client.loop, UV_RUN_DEFAULT);
    assert_int_equal(walk.refused, LIMIT_ROBOTS_HOSTS);
    assert_int_equal(robots_cache_count(client.crawler->robots), LIMIT_ROBOTS_HOSTS);
    walk.end++;
    walk_on(&walk);
    uv_run(&client.loop, UV_RUN_DEFAULT);
    assert_true(robots_cache_count(client.crawler->robots) < 10); /* those that failed went first */
    client_close(&client);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_too_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
