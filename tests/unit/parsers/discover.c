/* What a site offers, told from its documents. */
#include "tests/unit/test.h"

#include "parsers/parsers.h"
#include "parsers/sitemap.h"

#define NOW INT64_C(1795252211000) /* 2026-11-21T09:10:11Z */
#define SITE "https://site.example/place/"

static const struct finding *find_kind(const struct findings *findings, enum finding_kind kind) {
    for (size_t i = 0; i < findings->count; i++) {
        if (findings->list[i].kind == kind) {
            return &findings->list[i];
        }
    }
    return NULL;
}

static void discover(struct findings *findings, const char *url, const char *text) {
    struct error error = {0};
    if (!discover_document(span_of(text), SPAN(""), span_of(url), NOW, findings, &error)) {
        fail_msg("%s: %s", url, error.message);
    }
}

/* --- What a page says in its head ------------------------------------------------------------- */

static void a_page_names_its_feeds_and_its_software(void **state) {
    (void)state;
    struct findings findings = {.arena = arena_create()};
    discover(&findings, SITE,
             "<html><head><link rel='https://api.w.org/' href='/wp-json/'>"
             "<meta name=generator content='WordPress 6.4'>"
             "<link rel='https://api.w.org/' href='/wp-json/'>"
             "<link rel=alternate type='application/rss+xml' title='All posts' href='/feed/'>"
             "<link rel=alternate type='application/atom+xml' href='atom'>"
             "<link rel=alternate hreflang=es href='/es/'>"
             "<link rel=stylesheet type='application/rss+xml' href='/no'></head><p>x</html>");
    const struct finding *feed = find_kind(&findings, FINDING_FEED);
    assert_span_equal(feed->url, "https://site.example/feed/");
    assert_span_equal(feed->title, "All posts");
    assert_int_equal(feed->items, 0);
    assert_span_equal(feed[1].url, "https://site.example/place/atom");
    assert_span_equal(find_kind(&findings, FINDING_SOFTWARE)->title, "WordPress 6.4");
    size_t software = 0;
    size_t feeds = 0;
    for (size_t i = 0; i < findings.count; i++) {
        software += findings.list[i].kind == FINDING_SOFTWARE;
        feeds += findings.list[i].kind == FINDING_FEED;
    }
    assert_int_equal(software, 1); /* the links say less */
    assert_int_equal(feeds, 2);
    discover(&findings, "https://site.example/feed/",
             "<rss version='2.0'><channel><title>Posts</title><item><title>One</title></item>"
             "<item><title>Two</title></item></channel></rss>");
    feed = find_kind(&findings, FINDING_FEED);
    assert_int_equal(feed->items, 2);
    assert_span_equal(feed->title, "Posts");
    arena_free(findings.arena);
}

static void a_site_without_generator_tells_by_nodeinfo(void **state) {
    (void)state;
    struct findings findings = {.arena = arena_create()};
    discover(&findings, "https://site.example/.well-known/nodeinfo",
             "{\"links\":[{\"rel\":\"http://nodeinfo.diaspora.software/ns/schema/2.0\","
             "\"href\":\"https://site.example/nodeinfo/2.0\"}]}");
    assert_span_equal(find_kind(&findings, FINDING_DETAILS)->url,
                      "https://site.example/nodeinfo/2.0");
    discover(&findings, "https://site.example/nodeinfo/2.0",
             "{\"version\":\"2.0\",\"software\":{\"name\":\"lemmy\",\"version\":\"0.19.5\"}}");
    assert_span_equal(find_kind(&findings, FINDING_SOFTWARE)->title, "lemmy 0.19.5");
    arena_free(findings.arena);
}

static void robots_names_sitemaps(void **state) {
    (void)state;
    struct findings findings = {.arena = arena_create()};
    discover(&findings, "https://site.example/robots.txt",
             "User-agent: *\r\nDisallow: /x\r\nSitemap: https://site.example/a.xml\r\n"
             "sitemap: /b.xml\r\n");
    assert_int_equal(findings.count, 2);
    assert_span_equal(findings.list[0].url, "https://site.example/a.xml");
    assert_span_equal(findings.list[1].url, "https://site.example/b.xml");
    discover(&findings, "https://site.example/a.xml",
             "<?xml version='1.0'?><!-- made by hand --><urlset>"
             "<url><loc>https://site.example/1</loc></url></urlset>");
    assert_int_equal(findings.count, 2);
    assert_int_equal(findings.list[0].items, 1);
    arena_free(findings.arena);
}

static void reviews_are_found_before_text(void **state) {
    (void)state;
    struct findings findings = {.arena = arena_create()};
    discover(&findings, SITE,
             "<html><body><script type='application/ld+json'>{\"@type\":\"Product\",\"review\":["
             "{\"@type\":\"Review\",\"author\":\"Ana\",\"reviewBody\":\"Good\"},"
             "{\"@type\":\"Review\",\"author\":\"Ben\",\"reviewBody\":\"Bad\"}]}</script>"
             "<p>Kettles for everyone, since 1911, in all sizes and colours.</body></html>");
    assert_int_equal(find_kind(&findings, FINDING_REVIEWS)->items, 2);
    assert_null(find_kind(&findings, FINDING_TEXT));
    arena_free(findings.arena);
}

static void what_cannot_be_read_is_an_error(void **state) {
    (void)state;
    struct findings findings = {.arena = arena_create()};
    struct error error = {0};
    assert_false(
        discover_document(SPAN("plain words"), SPAN(""), SPAN(SITE), NOW, &findings, &error));
    assert_int_equal(findings.count, 0);
    arena_free(findings.arena);
}

/* --- Repeated blocks -------------------------------------------------------------------------- */

/* The items that the draft for a page brings; none when there is no draft. */
static struct items draft_items(const char *html, struct arena *arena) {
    struct findings findings = {.arena = arena};
    struct items items = {.arena = arena};
    struct span page = arena_print(arena, "<html><body>%s</body></html>", html);
    discover(&findings, SITE, page.data);
    const struct finding *blocks = find_kind(&findings, FINDING_BLOCKS);
    if (blocks == NULL) {
        return items;
    }
    const struct recipe *recipe = NULL;
    struct poll *poll = NULL;
    struct web_request request;
    struct error error = {0};
    struct span yaml = arena_print(arena, "name: x\ntitle: X\n%.*s", SPAN_ARG(blocks->recipe));
    struct poll_options options = {.url = SPAN(SITE), .now_ms = NOW, .since_ms = DATE_NONE};
    struct web_response response = {.status = 200, .url = SPAN(SITE), .body = span_of(html)};
    if (!recipe_parse(yaml, SPAN("x.yaml"), arena, &recipe, &error) ||
        !poll_begin(recipe, &options, SPAN(""), arena, &poll, &error) ||
        !poll_request(poll, &request) || !poll_response(poll, &response, arena, &items, &error)) {
        fail_msg("%s\n%.*s", error.message, SPAN_ARG(yaml));
    }
    assert_int_equal(poll_report(poll)->missing.size, 0);
    return items;
}

static const char *const layouts[] = {
    /* Classes, a date in words, a scale of ten, a menu with more members than the list. */
    "<nav><ul><li class=item>Home</li><li class=item>Shop</li><li class=item>Help</li>"
    "<li class=item>About</li></ul></nav>"
    "<div class='row post p1' id=p1><h3><a href='/p/1'>Lid broke</a></h3><div class=meta>"
    "<span class=username>Ada</span> <span class=when>2 days ago</span></div>"
    "<span class=stars title='2 of 10'>**</span>"
    "<div class=msg>It fell off in the first week.</div></div>"
    "<div class='row post p2' id=p2><h3><a href='/p/2'>Fine so far</a></h3><div class=meta>"
    "<span class=username>Ben</span> <span class=when>3 days ago</span></div>"
    "<span class=stars title='9 of 10'>***</span>"
    "<div class=msg>Boils water, what else.</div></div>"
    "<div class='row post p3' id=p3><h3><a href='/p/3'>Loud</a></h3><div class=meta>"
    "<span class=username>Cleo</span> <span class=when>5 days ago</span></div>"
    "<span class=stars title='4 of 10'>**</span>"
    "<div class=msg>Wakes up the whole house.</div></div>",
    /* Articles without any class, a time element, paragraphs. */
    "<article id=a><h2><a href='/p/1'>Lid broke</a></h2><address class=by-author>Ada</address>"
    "<time datetime='2026-11-19T09:10:11Z'>Thu</time><p>It fell off in the first "
    "week.</p></article>"
    "<article id=b><h2><a href='/p/2'>Fine so far</a></h2><address class=by-author>Ben</address>"
    "<time datetime='2026-11-18T09:10:11Z'>Wed</time><p>Boils water, what else.</p></article>"
    "<article id=c><h2><a href='/p/3'>Loud</a></h2><address class=by-author>Cleo</address>"
    "<time datetime='2026-11-16T09:10:11Z'>Mon</time><p>Wakes up the whole house.</p></article>",
    /* Comments in a list, fields named by itemprop, wrapped once more. */
    "<ul><li class=c data-id=11><div class=wrap><b itemprop=name>Lid broke</b>"
    "<i itemprop=author>Ada</i><span itemprop=datePublished>19.11.2026 10:10:11 +0100</span>"
    "<a class=title href='/p/1'>Lid broke</a>"
    "<blockquote>It fell off in the first week.</blockquote></div></li>"
    "<li class=c data-id=12><div class=wrap><b itemprop=name>Fine so far</b>"
    "<i itemprop=author>Ben</i><span itemprop=datePublished>18.11.2026 10:10:11 +0100</span>"
    "<a class=title href='/p/2'>Fine so far</a>"
    "<blockquote>Boils water, what else.</blockquote></div></li>"
    "<li class=c data-id=13><div class=wrap><b itemprop=name>Loud</b>"
    "<i itemprop=author>Cleo</i><span itemprop=datePublished>16.11.2026 10:10:11 +0100</span>"
    "<a class=title href='/p/3'>Loud</a>"
    "<blockquote>Wakes up the whole house.</blockquote></div></li></ul>",
};

static void blocks_of_different_make_give_the_same_items(void **state) {
    (void)state;
    static const char *const titles[] = {"Lid broke", "Fine so far", "Loud"};
    static const char *const texts[] = {"It fell off in the first week.", "Boils water, what else.",
                                        "Wakes up the whole house."};
    static const char *const authors[] = {"Ada", "Ben", "Cleo"};
    static const int64_t days[] = {2, 3, 5};
    for (size_t l = 0; l < sizeof layouts / sizeof layouts[0]; l++) {
        struct arena *arena = arena_create();
        struct items items = draft_items(layouts[l], arena);
        if (items.count != 3) {
            fail_msg("layout %zu: %zu items", l, items.count);
        }
        for (size_t i = 0; i < 3; i++) {
            const struct item *item = &items.list[i];
            if (!span_equal(item->title, span_of(titles[i])) ||
                !span_equal(item->text, span_of(texts[i])) ||
                !span_equal(item->author, span_of(authors[i])) ||
                item->published_ms != NOW - days[i] * DAY_MS || item->id.size == 0 ||
                !span_starts_with(item->url, SPAN("https://site.example/p/"))) {
                fail_msg("layout %zu, item %zu: \"%.*s\" \"%.*s\" \"%.*s\" %lld %.*s", l, i,
                         SPAN_ARG(item->title), SPAN_ARG(item->text), SPAN_ARG(item->author),
                         (long long)item->published_ms, SPAN_ARG(item->url));
            }
        }
        arena_free(arena);
    }
}

static void a_scale_is_told_from_its_values(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    struct items items = draft_items(layouts[0], arena);
    assert_true(items.list[1].rating > 4 && items.list[1].rating < 4.7);
    assert_true(items.list[0].rating < 1.5);
    arena_free(arena);
}

static void menus_and_teasers_are_no_blocks(void **state) {
    (void)state;
    static const char *const pages[] = {
        "<p>Nothing here repeats.</p>",
        "<ul><li class=a><a href=1>Kettles of all kinds</a></li><li class=a><a href=2>Lids and "
        "handles</a></li><li class=a><a href=3>Descaling tablets</a></li></ul>",
        "<div class=box><p>We have built kettles since 1911.</p></div><div class=box><p>Our "
        "workshop is by the harbour.</p></div><div class=box><p>Come and see us any day.</p></div>",
        "<nav><div class=a>Opening hours of the shop by the harbour<time "
        "datetime=2026-11-20>Friday</time></div><div class=a>Opening hours of the workshop in "
        "town<time datetime=2026-11-21>Saturday</time></div><div class=a>Opening hours of the "
        "office, by appointment<time datetime=2026-11-23>Monday</time></div></nav>",
        "<div class=\"post'] | //a[@class='x\">One</div>",
    };
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        struct arena *arena = arena_create();
        if (draft_items(pages[i], arena).count > 0) {
            fail_msg("page %zu has blocks", i);
        }
        arena_free(arena);
    }
}

/* --- Sitemaps --------------------------------------------------------------------------------- */

static void sitemaps_of_all_kinds_are_read(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *json;
    } rows[] = {
        {"<?xml version='1.0'?><s:urlset xmlns:s='wrong'><s:url><s:loc> /a?x=1&amp;y=2 </s:loc>"
         "<s:lastmod>2026-11-20</s:lastmod></s:url><s:url><s:loc>mailto:x</s:loc></s:url></"
         "s:urlset>",
         "{\"entries\":[{\"kind\":\"page\",\"lastmod\":\"2026-11-20\",\"loc\":"
         "\"https://site.example/a?x=1&y=2\"}]}"},
        {"<sitemapindex><sitemap><loc>https://site.example/s1.xml.gz</loc></sitemap></"
         "sitemapindex>",
         "{\"entries\":[{\"kind\":\"sitemap\",\"loc\":\"https://site.example/s1.xml.gz\"}]}"},
        {"<urlset><url><loc>https://site.example/n</loc><n:news><n:publication><n:name>Harbour"
         "</n:name><n:language>en</n:language></n:publication><n:publication_date>2026-11-21"
         "</n:publication_date><n:title>Tide</n:title></n:news></url></urlset>",
         "{\"entries\":[{\"kind\":\"page\",\"language\":\"en\",\"loc\":"
         "\"https://site.example/n\",\"published\":\"2026-11-21\",\"site\":\"Harbour\","
         "\"title\":\"Tide\"}]}"},
        {"<sitemapindex><sitemap>\nhttps://site.example/s?a=1&amp;b=2\n</sitemap></sitemapindex>",
         "{\"entries\":[{\"kind\":\"sitemap\",\"loc\":\"https://site.example/s?a=1&b=2\"}]}"},
        {"https://site.example/1\r\nhttps://site.example/2\r\n\r\n",
         "{\"entries\":[{\"kind\":\"page\",\"loc\":\"https://site.example/1\"},"
         "{\"kind\":\"page\",\"loc\":\"https://site.example/2\"}]}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *arena = arena_create();
        json_t *root = NULL;
        struct error error = {0};
        assert_true(sitemap_is(span_of(rows[i].text)));
        if (!sitemap_parse(span_of(rows[i].text), SPAN("https://site.example/sitemap.xml"), arena,
                           &root, &error)) {
            fail_msg("row %zu: %s", i, error.message);
        }
        char *got = json_dumps(root, JSON_COMPACT | JSON_SORT_KEYS);
        assert_string_equal(got, rows[i].json);
        free(got);
        json_decref(root);
        arena_free(arena);
    }
    assert_false(sitemap_is(SPAN("<html><urlset>")));
    assert_false(sitemap_is(SPAN("<rss>")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_names_its_feeds_and_its_software),
        cmocka_unit_test(a_site_without_generator_tells_by_nodeinfo),
        cmocka_unit_test(robots_names_sitemaps),
        cmocka_unit_test(reviews_are_found_before_text),
        cmocka_unit_test(what_cannot_be_read_is_an_error),
        cmocka_unit_test(blocks_of_different_make_give_the_same_items),
        cmocka_unit_test(a_scale_is_told_from_its_values),
        cmocka_unit_test(menus_and_teasers_are_no_blocks),
        cmocka_unit_test(sitemaps_of_all_kinds_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
