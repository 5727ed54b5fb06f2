/* Names: the resolver is this file's, as libcurl takes the program's getaddrinfo() for the system's.
 * What a name leads to is judged when it is known; a slow name holds nobody up. */
#include "tests/unit/crawler/client.h"

#include <netdb.h>

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

static const struct web_peer_route routes[] = {{.path = "/ok", .text = OK}, {0}};

static const struct {
    const char *name;
    const char *addresses[2];
    int ms; /* the lookup takes, at most */
} names[] = {
    {"here.example", {"127.0.0.1"}, 0},
    {"slow.example", {"127.0.0.1"}, 150},
    {"slower.example", {"127.0.0.1"}, 20000},
    {"private.example", {"10.1.2.3"}, 0},
    {"metadata.example", {"169.254.169.254"}, 0},
    {"both.example", {"192.168.0.1", "127.0.0.1"}, 0},
    {"six.example", {"::1"}, 0},
    {"mapped.example", {"::ffff:127.0.0.1"}, 0},
    {"translated.example", {"64:ff9b::a01:203"}, 0},
    {"local.example", {"fe80::1"}, 0},
};

static _Atomic int lookups;
static _Atomic int lookups_now;
static _Atomic int lookups_most;
static _Atomic bool released; /* slow lookups come to their end */

/* One address in one piece of memory, as freeaddrinfo() below gives it back. */
struct found {
    struct addrinfo info;
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address;
};

static struct addrinfo *found_create(const char *text, int port, struct addrinfo *next) {
    struct found *found = calloc(1, sizeof *found);
    bool six = strchr(text, ':') != NULL;
    found->info = (struct addrinfo){
        .ai_family = six ? AF_INET6 : AF_INET,
        .ai_socktype = SOCK_STREAM,
        .ai_protocol = IPPROTO_TCP,
        .ai_addrlen = six ? sizeof found->address.v6 : sizeof found->address.v4,
        .ai_addr = &found->address.any,
        .ai_next = next,
    };
    found->address.any.sa_family = (sa_family_t)found->info.ai_family;
    if (six) {
        found->address.v6.sin6_port = htons((uint16_t)port);
        inet_pton(AF_INET6, text, &found->address.v6.sin6_addr);
    } else {
        found->address.v4.sin_port = htons((uint16_t)port);
        inet_pton(AF_INET, text, &found->address.v4.sin_addr);
    }
    return &found->info;
}

static struct addrinfo *look_up(size_t number, int port) {
    struct addrinfo *list = NULL;
    int now = ++lookups_now;
    lookups++;
    if (now > lookups_most) {
        lookups_most = now;
    }
    for (int waited = 0; waited < names[number].ms && !released; waited += 10) {
        poll(NULL, 0, 10);
    }
    for (size_t i = 2; i-- > 0;) {
        if (names[number].addresses[i] != NULL) {
            list = found_create(names[number].addresses[i], port, list);
        }
    }
    lookups_now--;
    return list;
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **result) {
    (void)hints;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (node != NULL && strcmp(node, names[i].name) == 0) {
            *result = look_up(i, service == NULL ? 0 : (int)strtol(service, NULL, 10));
            return 0;
        }
    }
    return EAI_NONAME;
}

void freeaddrinfo(struct addrinfo *list) {
    while (list != NULL) {
        struct addrinfo *next = list->ai_next;
        free(list);
        list = next;
    }
}

static struct answer ask_name(struct client *client, const char *name) {
    struct web_request request = {
        .url = arena_print(client->arena, "http://%s:%d/ok", name, client->server.port)};
    return client_ask(client, &request);
}

static void names_are_judged_by_their_addresses(void **state) {
    (void)state;
    static const struct {
        const char *name;
        const char *called;
    } rows[] = {
        {"here.example", "loopback"},       {"private.example", "private"},
        {"metadata.example", "link-local"}, {"both.example", "loopback"},
        {"six.example", "loopback"},        {"mapped.example", "IPv4-mapped"},
        {"translated.example", "NAT64"},    {"local.example", "link-local"},
    };
    struct client client;
    client_open(&client, routes);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        client.options.allow_private = false;
        struct answer answer = ask_name(&client, rows[i].name);
        assert_outcome(answer, FETCH_REFUSED, FETCH_REASON_GUARD);
        assert_non_null(strstr(answer.error.message, rows[i].called));
        assert_int_equal(answer.error.kind, ERROR_REFUSED);
    }
    assert_int_equal(web_peer_count(&client.server, NULL), 0);
    client.options.allow_private = true;
    assert_outcome(ask_name(&client, "here.example"), FETCH_OK, FETCH_REASON_NONE);
    assert_outcome(ask_name(&client, "nobody.example"), FETCH_FAILED, FETCH_REASON_DNS);
    client_close(&client);
}

/* One customer's lookups come one after the other, and the first serves all. */
static void one_lookup_for_many(void **state) {
    (void)state;
    struct client client;
    struct answer answers[12];
    client_open(&client, routes);
    lookups = 0;
    lookups_most = 0;
    for (size_t i = 0; i < 12; i++) {
        struct web_request request = {
            .url = arena_print(client.arena, "http://slow.example:%d/ok", client.server.port)};
        client_start(&client, &request, &answers[i]);
    }
    uv_run(&client.loop, UV_RUN_DEFAULT);
    for (size_t i = 0; i < 12; i++) {
        assert_outcome(answers[i], FETCH_OK, FETCH_REASON_NONE);
    }
    assert_int_equal(lookups, 1);
    assert_int_equal(lookups_most, 1);
    client_close(&client);
}

/* Ending a fetch does not wait for its lookup, and the lookup does no harm when it comes back. */
static void a_slow_lookup_is_left_behind(void **state) {
    (void)state;
    for (int closes = 0; closes < 2; closes++) {
        struct client client;
        struct answer answer;
        client_open(&client, routes);
        struct web_request request = {
            .url = arena_print(client.arena, "http://slower.example:%d/ok", client.server.port)};
        struct fetch *fetch = client_start(&client, &request, &answer);
        for (int i = 0; i < 500 && lookups_now == 0; i++) {
            client_run_for(&client, 10);
        }
        assert_int_equal(lookups_now, 1);
        if (!closes) {
            fetch_cancel(fetch);
        }
        client_close(&client);
        assert_int_equal(lookups_now, 1);
        released = true;
        for (int i = 0; i < 500 && lookups_now > 0; i++) {
            poll(NULL, 0, 10);
        }
        poll(NULL, 0, 50); /* libcurl's thread cleans up behind itself */
        released = false;
        assert_int_equal(answer.times, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_judged_by_their_addresses),
        cmocka_unit_test(one_lookup_for_many),
        cmocka_unit_test(a_slow_lookup_is_left_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
