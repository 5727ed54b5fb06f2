/* The address guard, by every spelling of an address. */
#include "crawler/guard.h"

#include "base/arena.h"
#include "base/date.h"
#include "crawler/crawler.h"
#include "crawler/target.h"
#include "tests/unit/test.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static void spellings_of_private_addresses(void **state) {
    (void)state;
    static const char *const refused[] = {
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0X7F.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.",
        "127.1.",
        "0",
        "0.0.0.0",
        "00",
        "0x0",
        "10.0.0.1",
        "10.1",
        "167772161",
        "192.168.1.1",
        "192.168.257",
        "0xc0.0xa8.1.1",
        "172.16.0.1",
        "172.31.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "169.254.169.254",
        "2852039166",
        "0xa9fea9fe",
        "0251.0376.0251.0376",
        "192.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "192.88.99.1",
        "224.0.0.1",
        "239.1.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "4294967295",
        "%31%32%37.0.0.1",
        "127%2E0%2E0%2E1",
        /* full-width and circled digits, ideographic full stops */
        "\xEF\xBC\x91\xEF\xBC\x92\xEF\xBC\x97.0.0.1",
        "\xE2\x91\xA0\xE2\x91\xA1\xE2\x91\xA6.0.0.1",
        "127\343\200\2020\343\200\2020\343\200\2021",
        /* no address at all, but a number: nothing to contact */
        "256.256.256.256",
        "1.2.3.4.5",
        "4294967296",
        "0x100000000",
        "1.2.3.256",
        "09.0.0.1",
        "::1",
        "[::1]",
        "::",
        "[::]",
        "[0:0:0:0:0:0:0:1]",
        "::ffff:127.0.0.1",
        "[::ffff:7f00:1]",
        "[::ffff:8.8.8.8]",
        "[::127.0.0.1]",
        "[::ffff:0:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b::8.8.8.8]",
        "[64:ff9b:1::1]",
        "[2002:7f00:1::]",
        "[2002:808:808::1]",
        "[2001::1]",
        "[2001:db8::1]",
        "[fc00::1]",
        "[fd12:3456::1]",
        "[fe80::1]",
        "[fe80::1%25eth0]",
        "[febf::1]",
        "[fec0::1]",
        "[ff02::1]",
        "[100::1]",
        "[5f00::1]",
        "[3fff::1]",
        "[4000::1]",
        "",
        "[",
        "[]",
        "[::1",
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        if (guard_allows_address(span_of(refused[i]))) {
            fail_msg("%s is allowed", refused[i]);
        }
    }
}

static void public_addresses_and_names(void **state) {
    (void)state;
    static const char *const allowed[] = {
        "8.8.8.8",
        "134744072",
        "0x08080808",
        "010.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "[2606:4700::1111]",
        "2606:4700::1111",
        "[2400::1]",
        "[2003::1]",
        "[3ffe::1]",
        "example.com",
        "localhost.example",
        "127.0.0.1.example.com",
        "b\303\274cher.example",
        "0x7f.example",
        "a1",
    };
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
        if (!guard_allows_address(span_of(allowed[i]))) {
            fail_msg("%s is refused", allowed[i]);
        }
    }
}

static void hosts_are_told_apart(void **state) {
    (void)state;
    assert_int_equal(guard_judge_host(SPAN("example.com")), GUARD_HOST_NAME);
    assert_int_equal(guard_judge_host(SPAN("example.com.")), GUARD_HOST_NAME);
    assert_int_equal(guard_judge_host(SPAN("8.8.8.8")), GUARD_HOST_PUBLIC);
    assert_int_equal(guard_judge_host(SPAN("[2606:4700::1]")), GUARD_HOST_PUBLIC);
    assert_int_equal(guard_judge_host(SPAN("127.0.0.1")), GUARD_HOST_REFUSED);
    assert_int_equal(guard_judge_host(SPAN(".")), GUARD_HOST_NAME);
    /* As no URL parser has seen them: */
    static const char *const refused[] = {"127.1",      "0x7f.1",     "0177.0.0.1", "2130706433",
                                          "127.0.0.1.", "0x7F000001", "1.2.3.4.5",  "256.1.1.1",
                                          "1.2..4",     "0xg.1.1.1",  "08.1.1.1",   "4294967296",
                                          "",           "1::2::3",    "[::1]",      "fe80::1%eth0"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        if (guard_judge_host(span_of(refused[i])) != GUARD_HOST_REFUSED) {
            fail_msg("%s is not refused", refused[i]);
        }
    }
    assert_int_equal(guard_judge_host(SPAN("0x8.8.010.8")), GUARD_HOST_PUBLIC);
    assert_int_equal(guard_judge_host(SPAN("0x8.8.010.8.")), GUARD_HOST_PUBLIC);
}

static const char *judge_v4(const char *text) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    assert_int_equal(inet_pton(AF_INET, text, &address.sin_addr), 1);
    return guard_judge((const struct sockaddr *)&address);
}

static const char *judge_v6(const char *text) {
    struct sockaddr_in6 address = {.sin6_family = AF_INET6};
    assert_int_equal(inet_pton(AF_INET6, text, &address.sin6_addr), 1);
    return guard_judge((const struct sockaddr *)&address);
}

static void resolved_addresses_are_named(void **state) {
    (void)state;
    assert_string_equal(judge_v4("127.8.9.10"), "loopback");
    assert_string_equal(judge_v4("192.168.0.1"), "private");
    assert_string_equal(judge_v4("100.100.0.1"), "carrier-grade NAT");
    assert_string_equal(judge_v4("169.254.169.254"), "link-local");
    assert_null(judge_v4("1.1.1.1"));
    assert_string_equal(judge_v6("::ffff:1.1.1.1"), "IPv4-mapped");
    assert_string_equal(judge_v6("fd00::1"), "unique local");
    assert_string_equal(judge_v6("64:ff9b::1"), "NAT64");
    assert_null(judge_v6("2a00:1450::1"));
    struct sockaddr other = {.sa_family = AF_UNIX};
    assert_non_null(guard_judge(&other));
}

static void targets_are_keyed(void **state) {
    (void)state;
    static const struct {
        const char *url;
        const char *key;
        const char *origin;
        const char *path;
    } rows[] = {
        {"http://a.b.Example.co.uk/x?y#z", "example.co.uk", "http://a.b.example.co.uk:80", "/x?y"},
        {"https://user:pw@example.com:8443", "example.com", "https://example.com:8443", "/"},
        {"http://127.1:8080/%7e?", "127.0.0.1:8080", "http://127.0.0.1:8080", "/%7e?"},
        {"http://[::1]/", "[::1]:80", "http://[::1]:80", "/"},
    };
    struct arena *arena = arena_create();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct target target;
        assert_true(target_parse(span_of(rows[i].url), NULL, arena, &target, NULL));
        assert_span_equal(target_key(&target, arena), rows[i].key);
        assert_span_equal(target.origin, rows[i].origin);
        assert_span_equal(target.path, rows[i].path);
        assert_true(span_find(target.url, SPAN("pw")) == SPAN_NOT_FOUND);
        assert_true(span_find_byte(target.url, '#') == SPAN_NOT_FOUND);
    }
    struct target target;
    assert_true(target_parse(SPAN("http://m%40e:p%3Aw@h.example/"), NULL, arena, &target, NULL));
    assert_span_equal(target.username, "m@e");
    assert_span_equal(target.password, "p:w");
    struct target next;
    assert_true(target_parse(SPAN("/x"), &target, arena, &next, NULL));
    assert_span_equal(next.username, "m@e");
    assert_true(target_parse(SPAN("http://a:b@h.example/"), &target, arena, &next, NULL));
    assert_span_equal(next.username, "m@e"); /* a redirect does not log us in as another */
    assert_true(target_parse(SPAN("https://a:b@h.example/"), &target, arena, &next, NULL));
    assert_span_equal(next.username, "");
    char *long_url = arena_allocate(arena, 9001);
    memset(long_url, 'a', 9000);
    memcpy(long_url, "http://a.b/", 11);
    struct error error;
    /* Escaping makes it longer than the ceiling. */
    memset(long_url + 11, '\xC3', 4000);
    assert_false(target_parse(span_first(span_of(long_url), 4011), NULL, arena, &target, &error));
    assert_int_equal(error.kind, ERROR_LIMIT);
    memset(long_url + 11, 'a', 4000);
    assert_false(target_parse(span_of(long_url), NULL, arena, &target, &error));
    assert_int_equal(error.kind, ERROR_LIMIT);
    assert_true(target_port_is_bad(25) && target_port_is_bad(0) && !target_port_is_bad(8080));
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spellings_of_private_addresses),
        cmocka_unit_test(public_addresses_and_names),
        cmocka_unit_test(hosts_are_told_apart),
        cmocka_unit_test(resolved_addresses_are_named),
        cmocka_unit_test(targets_are_keyed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
