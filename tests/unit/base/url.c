#include "tests/unit/test.h"

#include "base/limits.h"
#include "base/url.h"
#include "base/url_parts.h"

/* The href of `text` against `base` ("" = none), or "failure". */
static struct span href(const char *text, const char *base, struct arena *arena) {
    struct url from;
    struct url url;
    bool has_base = base[0] != '\0';
    if (has_base && !url_parse(span_of(base), NULL, arena, &from)) {
        return SPAN("bad base");
    }
    if (!url_parse(span_of(text), has_base ? &from : NULL, arena, &url)) {
        return SPAN("failure");
    }
    return url_print(&url, arena);
}

static void test_parse(void **state) {
    (void)state;
    static const char base[] = "https://user:pw@shop.test:8443/a/b/c.html?q=1#top";
    static const struct {
        const char *text, *base, *href;
    } cases[] = {
        {"HTTP://Shop.TEST", "", "http://shop.test/"},
        {"  http://shop.test/ \n", "", "http://shop.test/"},
        {"ht\ttp://sh\nop.test/a\rb", "", "http://shop.test/ab"},
        {"http://shop.test:80/x", "", "http://shop.test/x"},
        {"https://shop.test:80/x", "", "https://shop.test:80/x"},
        {"http:shop.test", "", "http://shop.test/"},
        {"http:\\\\shop.test\\a\\b", "", "http://shop.test/a/b"},
        {"http:////shop.test", "", "http://shop.test/"},
        {"http://a@b@shop.test/", "", "http://a%40b@shop.test/"},
        {"http://a:b:c@shop.test/", "", "http://a:b%3Ac@shop.test/"},
        {"http://:@shop.test/", "", "http://shop.test/"},
        {"http://shop.test/ü ?ö'#é`", "", "http://shop.test/%C3%BC%20?%C3%B6%27#%C3%A9%60"},
        {"http://shop.test/\xFF", "", "http://shop.test/%EF%BF%BD"},
        {"http://shop.test/a/../../b/./c/.", "", "http://shop.test/b/c/"},
        {"http://shop.test/a/%2E%2e/b/.%2e", "", "http://shop.test/"},
        {"http://shop.test/...", "", "http://shop.test/..."},
        {"http://shop.test?x", "", "http://shop.test/?x"},
        {"http://shop.test#", "", "http://shop.test/#"},
        {"http://shop.test/?#", "", "http://shop.test/?#"},
        {"http://B\xC3\xBC"
         "cher.test",
         "", "http://xn--bcher-kva.test/"},
        {"http://fa\xC3\x9F.test", "", "http://xn--fa-hia.test/"},
        {"http://ｓｈｏｐ．test", "", "http://shop.test/"},
        {"http://sh%6Fp.test", "", "http://shop.test/"},
        {"http://a--b.test/", "", "http://a--b.test/"},
        {"http://-a_b.test/", "", "http://-a_b.test/"},
        {"http://0x7F.1", "", "http://127.0.0.1/"},
        {"http://017700000001", "", "http://127.0.0.1/"},
        {"http://2130706433", "", "http://127.0.0.1/"},
        {"http://127.1.", "", "http://127.0.0.1/"},
        {"http://１２７.0.0.1", "", "http://127.0.0.1/"},
        {"http://256.1.1.1", "", "failure"},
        {"http://1.2.3.4.5", "", "failure"},
        {"http://1.2.3.0x100", "", "failure"},
        {"http://a.1", "", "failure"},
        {"http://a.0x", "", "failure"},
        {"http://[::1]", "", "http://[::1]/"},
        {"http://[1:0:0:2::]", "", "http://[1:0:0:2::]/"},
        {"http://[0:0:0:1:0:0:0:0]", "", "http://[0:0:0:1::]/"},
        {"http://[2001:DB8:0:0:1:0:0:1]:81/", "", "http://[2001:db8::1:0:0:1]:81/"},
        {"http://[::ffff:1.2.3.4]", "", "http://[::ffff:102:304]/"},
        {"http://[::]", "", "http://[::]/"},
        {"http://[1:2:3:4:5:6:7:8]", "", "http://[1:2:3:4:5:6:7:8]/"},
        {"http://[1:2:3:4:5:6:7]", "", "failure"},
        {"http://[1:2:3:4:5:6:7::8]", "", "failure"},
        {"http://[1:2:3:4:5:6:7:8:9]", "", "failure"},
        {"http://[::1::]", "", "failure"},
        {"http://[:1]", "", "failure"},
        {"http://[1:]", "", "failure"},
        {"http://[12345::]", "", "failure"},
        {"http://[::1.2.3]", "", "failure"},
        {"http://[::01.2.3.4]", "", "failure"},
        {"http://[::1.2.3.256]", "", "failure"},
        {"http://a\xD7\x90.test", "", "failure"},
        {"http://[::1", "", "failure"},
        {"http://[", "", "failure"},
        {"http://", "", "failure"},
        {"http://:80", "", "failure"},
        {"http://a@/x", "", "failure"},
        {"http://shop.test:65536", "", "failure"},
        {"http://shop.test:8a", "", "failure"},
        {"http://sh op.test", "", "failure"},
        {"http://sh%00op.test", "", "failure"},
        {"http://xn--a/", "", "failure"},
        {"http://\xC2\xAD/", "", "failure"},
        {"//x", "", "failure"},
        {"x", "", "failure"},
        {"", "", "failure"},
        {"d", base, "https://user:pw@shop.test:8443/a/b/d"},
        {"../d", base, "https://user:pw@shop.test:8443/a/d"},
        {"../../../d", base, "https://user:pw@shop.test:8443/d"},
        {"..", base, "https://user:pw@shop.test:8443/a/"},
        {"/d", base, "https://user:pw@shop.test:8443/d"},
        {"?d", base, "https://user:pw@shop.test:8443/a/b/c.html?d"},
        {"#d", base, "https://user:pw@shop.test:8443/a/b/c.html?q=1#d"},
        {"", base, "https://user:pw@shop.test:8443/a/b/c.html?q=1"},
        {"//other.test", base, "https://other.test/"},
        {"\\\\other.test", base, "https://other.test/"},
        {"https:d", base, "https://user:pw@shop.test:8443/a/b/d"},
        {"https:/d", base, "https://user:pw@shop.test:8443/d"},
        {"http:d", base, "http://d/"},
        {"mailto:bob@shop.test", base, "mailto:bob@shop.test"},
        {"tel:1 2 ?x", base, "tel:1 2%20?x"},
        {"tel:1 #x", base, "tel:1%20#x"},
        {"#x", "mailto:bob", "mailto:bob#x"},
        {"x", "mailto:bob", "failure"},
        {"git://Host/a/../b", "", "git://Host/b"},
        {"git://host", "", "git://host"},
        {"git://ho st", "", "failure"},
        {"git:///x", "", "git:///x"},
        {"git:/..//x", "", "git:/.//x"},
        {"x", "git://host", "git://host/x"},
        {"//other/x", "git://host/y", "git://other/x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        struct span result = href(cases[i].text, cases[i].base, arena);
        if (!span_equal(result, span_of(cases[i].href))) {
            fail_msg("\"%s\" against \"%s\": \"%.*s\" is not \"%s\"", cases[i].text, cases[i].base,
                     SPAN_ARG(result), cases[i].href);
        }
        arena_free(arena);
    }
}

static void test_parts(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    struct url url;
    assert_true(url_parse(SPAN("https://u:p@shop.test:81/a?b#c"), NULL, arena, &url));
    assert_span_equal(url.scheme, "https");
    assert_span_equal(url.username, "u");
    assert_span_equal(url.password, "p");
    assert_span_equal(url.host, "shop.test");
    assert_int_equal(url.port, 81);
    assert_false(url.default_port);
    assert_span_equal(url.path, "/a");
    assert_span_equal(url.query, "b");
    assert_span_equal(url.fragment, "c");
    assert_true(url_parse(SPAN("http://shop.test"), NULL, arena, &url));
    assert_int_equal(url.port, 80);
    assert_true(url.default_port);
    assert_null(url.query.data);
    assert_null(url.fragment.data);
    assert_true(url_parse(SPAN("http://shop.test?#"), NULL, arena, &url));
    assert_non_null(url.query.data);
    assert_non_null(url.fragment.data);
    assert_true(url_parse(SPAN("mailto:x"), NULL, arena, &url));
    struct url nul;
    assert_false(url_parse(SPAN("ht\0tp://x"), NULL, arena, &nul));
    assert_int_equal(url.port, -1);
    assert_null(url.host.data);
    arena_free(arena);
}

static void test_limit(void **state) {
    (void)state;
    static char text[LIMIT_URL + 1] = "http://shop.test/";
    memset(text + 17, 'a', sizeof text - 17);
    struct arena *arena = arena_create();
    struct url url;
    assert_false(url_parse((struct span){text, sizeof text}, NULL, arena, &url));
    assert_true(url_parse((struct span){text, LIMIT_URL}, NULL, arena, &url));
    memset(text + 17, '\xFF', sizeof text - 17); /* each becomes nine */
    assert_true(url_parse((struct span){text, LIMIT_URL}, NULL, arena, &url));
    assert_int_equal(url_print(&url, arena).size, 17 + (LIMIT_URL - 17) * 9);
    arena_free(arena);
}

static void test_resolve(void **state) {
    (void)state;
    static const struct {
        const char *reference, *base, *result;
    } cases[] = {
        {"b#c", "http://shop.test/a", "http://shop.test/b"},
        {"http://x.test/#c", "", "http://x.test/"},
        {"b", "", ""},
        {"javascript:alert(1)", "http://shop.test/", ""},
        {"mailto:x@y", "http://shop.test/", ""},
        {"http://ok.test", "not a base", "http://ok.test/"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        assert_span_equal(url_resolve(span_of(cases[i].reference), span_of(cases[i].base), arena),
                          cases[i].result);
        arena_free(arena);
    }
}

static void test_canonical(void **state) {
    (void)state;
    static const struct {
        const char *text, *canonical;
    } cases[] = {
        {"http://www.Shop.com/a/", "https://shop.com/a"},
        {"https://shop.com", "https://shop.com/"},
        {"https://shop.com:443//a//b///", "https://shop.com/a/b"},
        {"http://shop.com:8080/", "https://shop.com:8080/"},
        {"http://user:pw@shop.com/#part", "https://shop.com/"},
        {"https://m.shop.com/x", "https://shop.com/x"},
        {"https://www.m.shop.com/x", "https://shop.com/x"},
        {"https://amp.shop.co.uk/x/amp/", "https://shop.co.uk/x"},
        {"https://shop.com/x.amp.html", "https://shop.com/x.html"},
        {"https://shop.com/camp", "https://shop.com/camp"},
        {"https://shop.com/a/..amp/", "https://shop.com/a/..amp"}, /* "." is no page */
        {"https://shop.com/a.amp/amp/", "https://shop.com/a"},
        {"https://shop.com../a%2%35", "https://shop.com/a%2525"},
        {"https://m.com/x", "https://m.com/x"},
        {"https://www.com/x", "https://www.com/x"},
        {"https://shop.com./x", "https://shop.com/x"},
        {"https://shop.com/?utm_source=a&UTM_Medium=b&fbclid=c&id=1", "https://shop.com/?id=1"},
        {"https://shop.com/?b=2&a=1&&a=0", "https://shop.com/?a=0&a=1&b=2"},
        {"https://shop.com/?utm_source=a", "https://shop.com/"},
        {"https://shop.com/?", "https://shop.com/"},
        {"https://shop.com/?reference=1", "https://shop.com/?reference=1"},
        {"https://shop.com/?%75tm_source=1", "https://shop.com/"},
        {"https://shop.com/%7ebob/%c3%a9%2f", "https://shop.com/~bob/%C3%A9%2F"},
        {"https://shop.com/é", "https://shop.com/%C3%A9"},
        {"mailto:bob@shop.com", ""},
        {"shop.com", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        struct span canonical = url_canonical(span_of(cases[i].text), arena);
        assert_span_equal(canonical, cases[i].canonical);
        if (canonical.size > 0) {
            assert_span_equal(url_canonical(canonical, arena), cases[i].canonical);
        }
        arena_free(arena);
    }
}

static void test_registrable_domain(void **state) {
    (void)state;
    static const struct {
        const char *host, *domain;
    } cases[] = {
        {"a.b.example.co.uk", "example.co.uk"},
        {"example.com", "example.com"},
        {"www.example.com.", "example.com"},
        {"bob.github.io", "bob.github.io"},
        {"co.uk", "co.uk"},
        {"localhost", "localhost"},
        {"a.b.unknown-suffix", "a.b.unknown-suffix"},
        {"192.0.2.1", "192.0.2.1"},
        {"[2001:db8::1]", "[2001:db8::1]"},
        {"www.xn--bcher-kva.de", "xn--bcher-kva.de"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        assert_span_equal(url_registrable_domain(span_of(cases[i].host), arena), cases[i].domain);
        arena_free(arena);
    }
}

static void test_encode_value(void **state) {
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, KIB);
    url_encode_value(&buffer, SPAN("a b&c=d\"é*-._~+/"));
    assert_span_equal(buffer_span(&buffer), "a+b%26c%3Dd%22%C3%A9*-._%7E%2B%2F");
    buffer_done(&buffer);
}

static void test_parameter(void **state) {
    (void)state;
    static const struct {
        const char *text, *name, *value;
    } cases[] = {
        {"https://a.example/x?url=https%3a%2f%2fb.example%2f%3Fq&c=9", "url",
         "https://b.example/?q"},
        {"https://a.example/x?curl=1&url=2&url=3#?url=4", "url", "2"},
        {"https://a.example/x?url", "url", ""},
        {"https://a.example/x?", "url", ""},
        {"https://a.example/url=1", "url", ""},
        {"", "url", ""},
    };
    struct arena *arena = arena_create();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_span_equal(url_parameter(span_of(cases[i].text), span_of(cases[i].name), arena),
                          cases[i].value);
    }
    arena_free(arena);
}

static void test_redacted(void **state) {
    (void)state;
    static const struct {
        const char *text, *redacted;
    } cases[] = {
        {"https://shop.test/a?q=1&r=2", "https://shop.test/a?q=1&r=2"},
        {"https://bob:pw@shop.test/", "https://***@shop.test/"},
        {"https://b@ob:p@w@shop.test/@user", "https://***@shop.test/@user"},
        {"https://shop.test/?key=abc&x=1", "https://shop.test/?key=***&x=1"},
        {"https://shop.test/?api_key=abc#access_token=t&k=1",
         "https://shop.test/?api_key=***#access_token=***&k=1"},
        {"/x?X-Amz-Signature=a;client_secret=b", "/x?X-Amz-Signature=***;client_secret=***"},
        {"/x?%74oken=a", "/x?%74oken=***"},
        {"/x?keyword=shoes&keyless", "/x?keyword=shoes&keyless"},
        {"/x?token", "/x?token"},
        {"bob:pw@shop.test/x", "***@shop.test/x"},
        {"?a?token=x", "?a?token=***"},
        {"", ""},
        {"https://r.example/search.rss?q=a&feed=0a1b&user=u",
         "https://r.example/search.rss?q=a&feed=***&user=u"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        assert_span_equal(url_redacted(span_of(cases[i].text), arena), cases[i].redacted);
        arena_free(arena);
    }
}

static void test_percent(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    assert_span_equal(url_percent_decode(SPAN("a%20b%zz%4"), arena), "a b%zz%4");
    assert_span_equal(url_percent_encode(SPAN("a/b c"), URL_SET_USERINFO, arena), "a%2Fb%20c");
    assert_int_equal(url_percent_byte(SPAN("%aF"), 0), 0xAF);
    assert_int_equal(url_percent_byte(SPAN("%a"), 0), -1);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_limit),        cmocka_unit_test(test_resolve),
        cmocka_unit_test(test_canonical),    cmocka_unit_test(test_registrable_domain),
        cmocka_unit_test(test_encode_value), cmocka_unit_test(test_redacted),
        cmocka_unit_test(test_parameter),    cmocka_unit_test(test_percent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
