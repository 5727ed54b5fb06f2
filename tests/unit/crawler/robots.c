/* robots.txt by RFC 9309, as text. */
#include "base/arena.h"
#include "base/buffer.h"
#include "base/limits.h"
#include "crawler/crawler.h"
#include "tests/unit/test.h"

struct row {
    const char *robots;
    const char *agent;
    const char *path;
    bool allowed;
    unsigned line;
};

static void check_rows(const struct row *rows) {
    for (const struct row *row = rows; row->robots != NULL; row++) {
        char url[200];
        unsigned line = 99;
        snprintf(url, sizeof url, "http://shop.example%s", row->path);
        bool allowed =
            robots_allows(span_of(row->robots), span_of(row->agent), span_of(url), &line);
        if (allowed != row->allowed || line != row->line) {
            fail_msg("%s for %s of\n%s\n%s by line %u", row->path, row->agent, row->robots,
                     allowed ? "allowed" : "forbidden", line);
        }
    }
}

static void groups_are_chosen_and_merged(void **state) {
    (void)state;
    static const char groups[] = "User-agent: *\nDisallow: /all\n\n"
                                 "User-agent: Acme-Bot\nDisallow: /one\n"
                                 "User-agent: other\nUser-agent: ACME-BOT/2.0 (x)\n"
                                 "Sitemap: http://shop.example/map\nDisallow: /two\n";
    check_rows((const struct row[]){
        {groups, "acme-bot", "/all", true, 0},
        {groups, "acme-bot", "/one", false, 5},
        {groups, "acme-bot", "/two", false, 9},
        {groups, "nobody", "/all", false, 2},
        {groups, "nobody", "/one", true, 0},
        {groups, "other", "/two", false, 9},
        {groups, "other", "/one", true, 0},
        {groups, "acme", "/one", true, 0},     /* the whole token, not its beginning */
        {"Disallow: /\n", "a", "/x", true, 0}, /* belongs to nobody */
        {"User-agent: a\nUser-agent: *\nDisallow: /\n", "b", "/x", false, 3},
        {"User-agent: *\nDisallow: /\nUser-agent: a\nDisallow:\n", "a", "/x", true, 0},
        {0},
    });
}

static void the_longest_match_decides(void **state) {
    (void)state;
    check_rows((const struct row[]){
        {"User-agent: *\nDisallow: /a\nAllow: /a/b\n", "x", "/a/b/c", true, 3},
        {"User-agent: *\nAllow: /a/b\nDisallow: /a\n", "x", "/a/c", false, 3},
        {"User-agent: *\nDisallow: /a\nAllow: /a\n", "x", "/a", true, 3},
        {"User-agent: *\nAllow: /page\nDisallow: /*.htm\n", "x", "/page.htm", false, 3},
        {"User-agent: *\nAllow: /$\nDisallow: /\n", "x", "/", true, 2},
        {"User-agent: *\nAllow: /$\nDisallow: /\n", "x", "/y", false, 3},
        {"User-agent: *\nDisallow: /A\n", "x", "/a", true, 0},
        {"User-agent: *\nDisallow: a\n", "x", "/a", true, 0},
        {0},
    });
}

static void stars_and_ends(void **state) {
    (void)state;
    static const struct {
        const char *pattern;
        const char *path;
        bool matches;
    } rows[] = {
        {"/*.php$", "/a.php", true},
        {"/*.php$", "/a.php?b", false},
        {"/*.php$", "/a.php.php", true},
        {"/a*b*c", "/axxbyyc/z", true},
        {"/a*b*c", "/axxcyyb", false},
        {"/a*b$", "/abab", true},
        {"/a*b$", "/abac", false},
        {"/a**b", "/ab", true},
        {"*", "/", true},
        {"/*", "/", true},
        {"/a$b", "/a$b", true},
        {"/a$b", "/a", false},
        {"$", "/", false},
        {"/a*$", "/ab", true},
        {"/ab*b$", "/ab", false},
        {"/a*bc$", "/abcbc", true},
        {"*/x", "/y/x", true},
        {"/fish*", "/fish.php?id=1", true},
        {"/a/*/b", "/a//b", true},
        {"/a/*/b", "/a/b", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char robots[100];
        char url[100];
        snprintf(robots, sizeof robots, "User-agent: *\nDisallow: %s\n", rows[i].pattern);
        snprintf(url, sizeof url, "http://e.example%s", rows[i].path);
        if (robots_allows(span_of(robots), SPAN("x"), span_of(url), NULL) == rows[i].matches) {
            fail_msg("%s on %s", rows[i].pattern, rows[i].path);
        }
    }
}

/* Both readings must allow: RFC 9309's and the one that compares as written. */
static void percent_forms(void **state) {
    (void)state;
    check_rows((const struct row[]){
        {"User-agent: *\nDisallow: /private\n", "x", "/%70rivate", false, 2},
        {"User-agent: *\nDisallow: /%70rivate\n", "x", "/private", false, 2},
        {"User-agent: *\nDisallow: /\xC3\xA9\n", "x", "/%c3%a9", false, 2},
        {"User-agent: *\nDisallow: /%c3%a9\n", "x", "/%C3%A9", false, 2},
        {"User-agent: *\nDisallow: /\xC3\xA9\n", "x", "/\xC3\xA9", false, 2},
        {"User-agent: *\nDisallow: /a%2Fb\n", "x", "/a/b", true, 0}, /* reserved: different */
        {"User-agent: *\nDisallow: /a%2fb\n", "x", "/a%2Fb", false, 2},
        {"User-agent: *\nDisallow: /%\nDisallow: /%4\n", "x", "/%", false, 2},
        {"User-agent: *\nDisallow: /%2A\n", "x", "/a", true, 0}, /* no star */
        {0},
    });
}

static void lines_are_read_leniently(void **state) {
    (void)state;
    check_rows((const struct row[]){
        {"User-agent: *\rDisallow: /a\r\nDisallow: /b", "x", "/b", false, 3},
        {"\n\r\n\rUser-agent:*\nDisallow:/a\n", "x", "/a", false, 5},
        {"\xEF\xBB\xBFUser-agent: *\nDisallow: /\n", "x", "/", false, 2},
        {"\xEF\xBBUser-agent: *\nDisallow: /\n", "x", "/", false, 2},
        {"user-agent *\ndisallow /a\n", "x", "/a", false, 2},
        {"user-agent x\ndisallow /a b\n", "x", "/a", true, 0},
        {"useragent: x\ndisalow: /a\n", "x", "/a", false, 2},
        {"user-agent: x # me\ndisallow: /a # that\n", "x", "/a", false, 2},
        {"user-agent: x\n#disallow: /a\n", "x", "/a", true, 0},
        {"user-agent: x\ndisallow: /\nallow: /d/index.html\n", "x", "/d/", true, 3},
        {"user-agent: x\ndisallow: /\nallow: /d/index.html\n", "x", "/d/e", false, 2},
        {"user-agent: * extra\ndisallow: /\n", "x", "/", false, 2},
        {"user-agent: *extra\ndisallow: /\n", "x", "/", true, 0},
        {"<html>\n<p>user-agent: *\n<p>disallow: /\n", "x", "/", true, 0},
        {0},
    });
}

static void urls_without_much(void **state) {
    (void)state;
    struct span all = SPAN("User-agent: *\nDisallow: /\n");
    static const char *const urls[] = {
        "",  "http://e.example",  "e.example", "http://e.example?q", "//e.example",
        "/", "http://e.example#x"};
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        assert_false(robots_allows(all, SPAN("x"), span_of(urls[i]), NULL));
    }
    struct span query = SPAN("User-agent: *\nDisallow: /?q\n");
    assert_false(robots_allows(query, SPAN("x"), SPAN("http://e.example?q"), NULL));
    assert_true(robots_allows(query, SPAN("x"), SPAN("http://e.example/#/?q"), NULL));
}

static void delays_are_per_group(void **state) {
    (void)state;
    struct span robots = SPAN("User-agent: *\nCrawl-delay: 7\nDisallow: /a\n"
                              "User-agent: slow\nCrawl-delay: 0.5\n");
    assert_int_equal(robots_delay_ms(robots, SPAN("x")), 7000);
    assert_int_equal(robots_delay_ms(robots, SPAN("slow")), 500);
    assert_int_equal(robots_delay_ms(SPAN("User-agent: *\nCrawl-delay: soon\n"), SPAN("x")), 0);
    assert_int_equal(robots_delay_ms(SPAN("User-agent: *\nCrawl-delay: -3\n"), SPAN("x")), 0);
    assert_int_equal(robots_delay_ms(SPAN("User-agent: *\nCrawl-delay: 9e99\n"), SPAN("x")),
                     86400000);
}

/* RFC 9309 2.5: at least 500 KiB count. And nothing takes long, however it is written. */
static void large_files(void **state) {
    (void)state;
    struct buffer robots;
    buffer_init(&robots, 4 * MIB);
    buffer_append(&robots, SPAN("User-agent: *\n"));
    while (robots.size < 600 * KIB) {
        buffer_append(&robots, SPAN("Disallow: /a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b\n"));
    }
    buffer_append(&robots, SPAN("Disallow: /last\n"));
    assert_false(
        robots_allows(buffer_span(&robots), SPAN("x"), SPAN("http://e.example/last"), NULL));
    char url[2000] = "http://e.example/";
    memset(url + 17, 'a', sizeof url - 18);
    assert_true(robots_allows(buffer_span(&robots), SPAN("x"), span_of(url), NULL));
    buffer_done(&robots);
}

static void long_lines_are_cut(void **state) {
    (void)state;
    struct buffer robots;
    buffer_init(&robots, 4 * MIB);
    buffer_append(&robots, SPAN("User-agent: *\nDisallow: /x/"));
    while (robots.size < 100 * KIB) {
        buffer_append_byte(&robots, 'a');
    }
    struct span line = span_from(buffer_span(&robots), 24);
    struct arena *arena = arena_create();
    struct span url =
        arena_print(arena, "http://e.example%.*s!", SPAN_ARG(span_first(line, 17000)));
    assert_false(robots_allows(buffer_span(&robots), SPAN("x"), url, NULL));
    url = arena_print(arena, "http://e.example%.*s!", SPAN_ARG(span_first(line, 16000)));
    assert_true(robots_allows(buffer_span(&robots), SPAN("x"), url, NULL));
    arena_free(arena);
    buffer_done(&robots);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_are_chosen_and_merged),
        cmocka_unit_test(the_longest_match_decides),
        cmocka_unit_test(stars_and_ends),
        cmocka_unit_test(percent_forms),
        cmocka_unit_test(lines_are_read_leniently),
        cmocka_unit_test(urls_without_much),
        cmocka_unit_test(delays_are_per_group),
        cmocka_unit_test(large_files),
        cmocka_unit_test(long_lines_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
