#include "tests/unit/test.h"

#include "base/buffer.h"
#include "parsers/article.h"
#include "parsers/json.h"
#include "parsers/json_line.h"
#include "parsers/parsers.h"
#include "parsers/structured.h"

/* --- Text ------------------------------------------------------------------------------------- */

static void test_html_to_text(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"", ""},
        {"plain", "plain"},
        {"  a \n\t b  ", "a b"},
        {"<p>one</p><p>two</p>", "one\ntwo"},
        {"one<br><br/>two", "one\ntwo"},
        {"a<b>b</b>c", "abc"},
        {"<ul><li>x</li><li>y</ul>z", "x\ny\nz"},
        {"<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"},
        {"a<script>var x = '<p>';</script>b", "ab"},
        {"a<style>p{}</style >b", "ab"},
        {"<head><title>T</title></head><body>b</body>", "b"},
        {"a<!-- x > y -->b", "ab"},
        {"a<!doctype html>b", "ab"},
        {"&lt;b&gt; &amp;amp; &quot;x&quot;", "<b> &amp; \"x\""},
        {"caf&eacute; &euro;5 &hellip; &copy2026 &notit;", "caf\xC3\xA9 \xE2\x82\xAC"
                                                           "5 \xE2\x80\xA6 \xC2\xA9"
                                                           "2026 \xC2\xACit;"},
        {"&#x1F600;&#128512;&#0;&#xD800;&#x110000;",
         "\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"don&#146;t \xC2\x93x\xC2\x94", "don\xE2\x80\x99t \xE2\x80\x9Cx\xE2\x80\x9D"},
        {"a&nbsp;&nbsp;b\xC2\xA0\xE2\x80\x8B", "a b"},
        {"AT&T & sons, x < y, <3", "AT&T & sons, x < y, <3"},
        {"<a href=\"x>y\" title='a\"b'>link</a>", "link"},
        {"<p title=\"never closed>text", "text"},
        {"<pre>a\n  b</pre>", "a\nb"},
        {"nice <img class=\"emoji\" alt=\"\xF0\x9F\x91\x8D\" src=x> <img alt=\"photo\">",
         "nice \xF0\x9F\x91\x8D"},
        {"<span class=\"invisible\">https://</span><span>a.example/b</span>",
         "https://a.example/b"},
        {"a<![CDATA[ <b> ]]>c", "a<b>c"},
        {"x<iframe>y</iframe><noscript>z</noscript>", "x"},
        {"unfinished <b", "unfinished"},
    };
    struct arena *arena = arena_create();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_span_equal(html_to_text(span_of(rows[i][0]), arena), rows[i][1]);
    }
    arena_free(arena);
}

/* Nothing grows more than controls of two bytes that stand for characters of three. */
static void test_text_that_grows(void **state) {
    (void)state;
    char html[400];
    for (size_t i = 0; i < sizeof html; i += 2) {
        memcpy(html + i, "\xC2\x93", 2);
    }
    struct arena *arena = arena_create();
    struct span text = html_to_text((struct span){html, sizeof html}, arena);
    assert_int_equal(text.size, sizeof html / 2 * 3);
    arena_free(arena);
}

/* --- JSON ------------------------------------------------------------------------------------- */

static void test_damaged_json(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"{\"a\":1}", "{\"a\":1}"},
        {"/* x */ {\"a\": [1, 2, ], } // end", "{\"a\":[1,2]}"},
        {"<!-- x --> {\"a\":\"<!-- kept -->\"}", NULL},
        {"{\"a\":\"two\nlines\tand \x01\"}", "{\"a\":\"two\\nlines\\tand  \"}"},
        {"{a: 1, b: true, c: undefined}", "{\"a\":1,\"b\":true,\"c\":null}"},
        {"{\"a\":1} {\"b\":2}", "[{\"a\":1},{\"b\":2}]"},
        {"{\"a\":[1,{\"b\":2}", "{\"a\":[1,{\"b\":2}]}"},
        {"{\"a\":\"cut", "{\"a\":\"cut\"}"},
        {"[1,2]]}", "[1,2]"},
        {"{\"a\":1 \"b\":2}", "{\"a\":1,\"b\":2}"},
        {"{\"a\":\"x\\'y\\q\"};", "{\"a\":\"x\\\\'y\\\\q\"}"},
        {"<![CDATA[{\"a\":1}]]>", "{\"a\":1}"},
    };
    struct arena *arena = arena_create();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *root = NULL;
        struct error error = {0};
        struct span text = span_of(rows[i][0]);
        if (!json_parse_damaged(text, arena, &root, &error)) {
            fail_msg("%s: %s", rows[i][0], error.message);
        }
        char *dump = json_dumps(root, JSON_COMPACT | JSON_ENCODE_ANY);
        if (rows[i][1] != NULL) {
            assert_string_equal(dump, rows[i][1]);
        }
        free(dump);
        json_decref(root);
    }
    arena_free(arena);
}

static void test_json_limits(void **state) {
    (void)state;
    char deep[LIMIT_DEPTH + 10];
    memset(deep, '[', sizeof deep);
    json_t *root = NULL;
    struct error error = {0};
    assert_false(json_parse((struct span){deep, sizeof deep}, &root, &error));
    assert_int_equal(error.kind, ERROR_LIMIT);
    assert_false(json_parse(SPAN("{\"a\":\n 1,}"), &root, &error));
    assert_int_equal(error.line, 2);
}

static void test_json_members(void **state) {
    (void)state;
    static const char *const names[] = {"text", "n", "gone", "yes"};
    struct span values[4];
    struct error error = {0};
    struct arena *arena = arena_create();
    assert_true(json_members(SPAN("{\"text\":\"a b\",\"n\":1.50,\"yes\":true}"), names, 4, arena,
                             values, &error));
    assert_span_equal(values[0], "a b");
    assert_span_equal(values[1], "1.5");
    assert_span_equal(values[2], "");
    assert_span_equal(values[3], "true");
    assert_false(json_members(SPAN("[1]"), names, 4, arena, values, &error));
    assert_false(json_members(SPAN("{"), names, 4, arena, values, &error));
    arena_free(arena);
}

/* Lines that are read without a tree, and those that are left to jansson: the same members. */
static void plain_lines_are_read_alike(void **state) {
    (void)state;
    static const char *const names[] = {"text", "n"};
    static const struct {
        const char *line;
        bool plain;
        const char *text, *n; /* NULL: no JSON at all */
    } rows[] = {
        {"{}", true, "", ""},
        {" { \"n\" : -12 ,\t\"text\":\"\" } ", true, "", "-12"},
        {"{\"text\":\"a\\\"b\\\\c\\/\\n\\u00e9\\ud83d\\ude00\",\"n\":0}", true,
         "a\"b\\c/\n\xC3\xA9\xF0\x9F\x98\x80", "0"},
        {"{\"text\":\"\xC3\xA9\",\"n\":true}", true, "\xC3\xA9", "true"},
        {"{\"x\":0.5,\"y\":null,\"z\":\"\\t\",\"n\":false}", true, "", "false"},
        {"{\"n\":1,\"n\":null,\"text\":\"a\",\"text\":\"b\"}", true, "b", ""},
        {"{\"n\":1.50,\"text\":\"a\"}", false, "a", "1.5"},
        {"{\"n\":-0,\"text\":\"a\"}", false, "a", "0"},
        {"{\"n\":{\"text\":\"b\"},\"text\":\"a\"}", false, "a", ""},
        {"{\"te\\u0078t\":\"a\"}", false, "a", ""},
        {"{\"text\":\"a\\ud83d\"}", false, "a\xEF\xBF\xBD", ""},
        {"{\"n\":123456789012345678901234567890}", false, "", "123456789012345678901234567890"},
        {"\xEF\xBB\xBF{\"text\":\"a\"}", false, "a", ""},
        {"{\"text\":\"a\"", false, NULL, NULL},
        {"{\"text\":\"a\",}", false, NULL, NULL},
        {"{\"text\":\"a\"} x", false, NULL, NULL},
        {"{\"text\":\"\xFF\"}", false, NULL, NULL},
        {"{\"text\":\"a\tb\"}", false, NULL, NULL},
        {"{\"text\":\"\\x\"}", false, NULL, NULL},
        {"{\"text\":\"\\", false, NULL, NULL},
        {"{\"n\":01}", false, NULL, NULL},
        {"{\"x\":1.}", false, NULL, NULL},
        {"{\"n\":tru}", false, NULL, NULL},
        {"{\"n\" 1}", false, NULL, NULL},
    };
    struct arena *arena = arena_create();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct span values[2];
        struct span line = span_of(rows[i].line);
        assert_int_equal(json_line_members(line, names, 2, arena, values), rows[i].plain);
        assert_int_equal(json_members(line, names, 2, arena, values, NULL), rows[i].text != NULL);
        if (rows[i].text != NULL) {
            assert_span_equal(values[0], rows[i].text);
            assert_span_equal(values[1], rows[i].n);
        }
    }
    arena_free(arena);
}

/* --- Reviews ---------------------------------------------------------------------------------- */

struct page {
    struct arena *arena;
    struct items items;
    struct feed_info info;
};

static void read_page(struct page *page, const char *html) {
    struct error error = {0};
    *page = (struct page){.arena = arena_create()};
    page->items.arena = page->arena;
    if (!document_parse(span_of(html), SPAN("text/html; charset=utf-8"),
                        SPAN("https://shop.example/p/kettle"), page->arena, &page->items,
                        &page->info, &error)) {
        fail_msg("%s", error.message);
    }
}

static void test_jsonld_reviews(void **state) {
    (void)state;
    struct page page;
    read_page(&page,
              "<html><head><script type='application/ld+json'>null</script>"
              "<script type=\"application/ld+json\">\n// a comment\n{\"@context\":"
              "\"https://schema.org\",\"@graph\":[{\"@type\":\"Product\",\"name\":\"Kettle\","
              "\"aggregateRating\":{\"@type\":\"AggregateRating\",\"ratingValue\":9,"
              "\"bestRating\":10},\"review\":[{\"@type\":\"Review\",\"@id\":\"#r1\","
              "\"author\":{\"@id\":\"#jo\"},\"name\":\"Fine &amp; fast\",\"reviewBody\":"
              "\"Boils\nquickly\",\"datePublished\":\"2026-02-03\",\"inLanguage\":\"en\","
              "\"reviewRating\":{\"ratingValue\":\"4\"}},{\"@type\":[\"Review\"],"
              "\"author\":\"Al\",\"description\":\"Leaks\",\"reviewRating\":"
              "{\"ratingValue\":\"20%\"}},{\"@type\":\"Review\",\"author\":\"Al\","
              "\"description\":\"Leaks\"},]},{\"@id\":\"#jo\",\"@type\":\"Person\","
              "\"name\":\"Jo\"}]}</script>"
              "<link rel=next href='/p/kettle?page=2'></head><body></body></html>");
    assert_int_equal(page.items.count, 2); /* the third tells the second again */
    const struct item *first = &page.items.list[0];
    assert_span_equal(first->id, "https://shop.example/p/kettle#r1");
    assert_span_equal(first->title, "Fine & fast");
    assert_span_equal(first->text, "Boils\nquickly");
    assert_span_equal(first->author, "Jo");
    assert_span_equal(first->language, "en");
    assert_int_equal((int)first->rating, 4); /* on its own scale of 5, not the product's of 10 */
    const struct item *second = &page.items.list[1];
    assert_true(span_starts_with(second->id, SPAN("review-")));
    assert_int_equal((int)second->rating, 1);
    assert_span_equal(second->url, "https://shop.example/p/kettle");
    assert_span_equal(page.info.next_url, "https://shop.example/p/kettle?page=2");
    arena_free(page.arena);
}

/* What a page's one review or two are: the voice of customers, or of those who publish the page. */
static void test_editorial_reviews(void **state) {
    (void)state;
#define ARTICLE "<meta property='og:type' content='article'>"
#define HOUSE "\"publisher\":{\"@type\":\"Organization\",\"name\":\"Kettle Weekly\"}"
#define PERSON "\"author\":{\"@type\":\"Person\",\"name\":\"Eva\"}"
    static const struct {
        const char *head;
        const char *reviews;
        bool editorial; /* the first of them */
        const char *site;
    } rows[] = {
        {ARTICLE, "{\"@type\":\"Review\"," PERSON "," HOUSE ",\"reviewBody\":\"Good\"}", true,
         "Kettle Weekly"},
        {"", "{\"@type\":\"Review\"," PERSON "," HOUSE ",\"reviewBody\":\"Good\"}", false,
         "Kettle Weekly"},
        {ARTICLE, "{\"@type\":\"Review\"," PERSON ",\"reviewBody\":\"Good\"}", false, ""},
        {ARTICLE,
         "{\"@type\":\"Review\"," PERSON "," HOUSE ",\"reviewBody\":\"Good\"},"
         "{\"@type\":\"Review\"," PERSON "," HOUSE ",\"reviewBody\":\"Bad\"}",
         false, "Kettle Weekly"},
        {"", "{\"@type\":\"CriticReview\"," PERSON ",\"reviewBody\":\"Good\"}", true, ""},
        {"",
         "{\"@type\":\"Review\",\"author\":{\"@type\":\"Organization\",\"name\":"
         "\"Kettle Weekly\"}," HOUSE ",\"reviewBody\":\"Good\"}",
         true, "Kettle Weekly"},
        {"",
         "{\"@type\":\"Review\",\"author\":{\"@type\":\"Organization\",\"name\":"
         "\"Tea House\"}," HOUSE ",\"reviewBody\":\"Good\"}",
         false, "Kettle Weekly"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *arena = arena_create();
        struct page page;
        struct span html = arena_print(
            arena, "<html><head>%s<script type='application/ld+json'>[%s]</script></head></html>",
            rows[i].head, rows[i].reviews);
        read_page(&page, html.data);
        enum channel wanted = rows[i].editorial ? CHANNEL_NEWS : CHANNEL_UNKNOWN;
        if (page.items.count == 0 || page.items.list[0].channel != wanted) {
            fail_msg("row %zu: %zu items", i, page.items.count);
        }
        assert_span_equal(page.items.list[0].site, rows[i].site);
        assert_span_equal(page.items.list[0].author, i == 5   ? "Kettle Weekly"
                                                     : i == 6 ? "Tea House"
                                                              : "Eva");
        arena_free(page.arena);
        arena_free(arena);
    }
}

static void test_microdata_reviews(void **state) {
    (void)state;
    struct page page;
    read_page(
        &page,
        "<body><div itemscope itemtype='http://schema.org/Product'>"
        "<div itemprop='aggregateRating' itemscope itemtype='http://schema.org/AggregateRating'>"
        "<span itemprop='ratingValue'>9,1</span><meta itemprop='bestRating' content='10'></div>"
        "<article itemprop='review' itemscope itemtype='http://schema.org/Review'>"
        "<span itemprop='author' itemscope itemtype='http://schema.org/Person'>Eva</span>"
        "<meta itemprop='datePublished' content='2026-02-19 08:13:38'>"
        "<p itemprop='reviewBody'>Sehr <b>gut</b></p>"
        "<div itemprop='reviewRating' itemscope itemtype='http://schema.org/Rating'>"
        "<span itemprop='ratingValue'>9,0</span> von "
        "<span itemprop='bestRating'>10</span></div></article></div>"
        "<a rel='next' href='/p/other-thing'>next product</a></body>");
    assert_int_equal(page.items.count, 1);
    const struct item *item = &page.items.list[0];
    assert_span_equal(item->author, "Eva");
    assert_span_equal(item->text, "Sehr gut");
    assert_true(item->rating > 4.5 && item->rating < 4.6);
    assert_span_equal(page.info.next_url, ""); /* another product is no next page */
    arena_free(page.arena);
}

static void test_rdfa_reviews(void **state) {
    (void)state;
    struct page page;
    read_page(&page, "<div vocab='https://schema.org/' typeof='Review'>"
                     "<span property='author'>Rui</span><p property='reviewBody'>Bom</p>"
                     "<div property='reviewRating' typeof='Rating'>"
                     "<span property='ratingValue'>5</span></div></div>");
    assert_int_equal(page.items.count, 1);
    assert_span_equal(page.items.list[0].author, "Rui");
    assert_int_equal((int)page.items.list[0].rating, 5);
    arena_free(page.arena);
}

static void test_microdata_structure(void **state) {
    (void)state;
    static const char html[] =
        "<body><div itemscope itemref='more missing' itemid='urn:x' itemtype='http://a.example/T'>"
        "<a itemprop='link also' href='../y'>z</a><time itemprop=t datetime='2026'>now</time>"
        "<p itemprop=text>one <script>x</script> two</p></div><p id=more "
        "itemprop=text>three</p></body>";
    struct arena *arena = arena_create();
    struct error error = {0};
    xmlDoc *document = NULL;
    assert_true(dom_parse(SPAN(html), &document, &error));
    json_t *items = microdata_extract(document, SPAN("https://b.example/c/d"), arena);
    char *dump = json_dumps(items, JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(dump,
                        "[{\"id\":\"urn:x\",\"properties\":{\"also\":[\"https://b.example/y\"],"
                        "\"link\":[\"https://b.example/y\"],\"t\":[\"2026\"],"
                        "\"text\":[\"one two\",\"three\"]},\"type\":[\"http://a.example/T\"]}]");
    free(dump);
    json_decref(items);
    xmlFreeDoc(document);
    arena_free(arena);
}

/* Items that refer to each other in a circle end somewhere. */
static void test_microdata_in_a_circle(void **state) {
    (void)state;
    static const char html[] =
        "<div itemscope itemref='a b'></div><p id=a itemprop=x itemscope itemref='a b'></p>"
        "<p id=b itemprop=y itemscope itemref='b a'></p>";
    struct arena *arena = arena_create();
    struct error error = {0};
    xmlDoc *document = NULL;
    assert_true(dom_parse(SPAN(html), &document, &error));
    json_decref(microdata_extract(document, SPAN(""), arena));
    xmlFreeDoc(document);
    arena_free(arena);
}

/* --- Main text -------------------------------------------------------------------------------- */

#define WORDS                                                                                      \
    "The kettle from Acme came on Monday, boiled at once, and has done so ever since, which is "   \
    "more than can be said of the one before, of the toaster, and of most other things here."

static void test_article(void **state) {
    (void)state;
    struct page page;
    read_page(
        &page,
        "<html lang='en_GB'><head><title>Kettles - The Daily</title>"
        "<meta property='og:title' content='Kettles, tested'>"
        "<meta property='og:site_name' content='The Daily'>"
        "<meta name='author' content='By Jo Doe'>"
        "<meta property='article:published_time' content='2026-02-03T04:05:06Z'>"
        "<link rel='canonical' href='/kettles'></head><body>"
        "<nav><a href='/'>Home</a> <a href='/a'>All the sections there are</a></nav>"
        "<div class='cookie-banner'>We use cookies, and we tell you so at length.</div>"
        "<div class='content'><h1>Kettles, tested</h1><p>" WORDS "</p><p>" WORDS
        "</p><div class='share-bar'><a href='x'>Share this</a></div><p>" WORDS "</p>"
        "<ul><li><a href='3'>Ovens, all of them</a></li><li><a href='4'>Pans and pots</a></li></ul>"
        "<ul class='related'><li><a href='1'>Ten more kettles</a></li>"
        "<li><a href='2'>Toasters of the year</a></li></ul></div>"
        "<div class='sidebar'><p>" WORDS "</p></div>"
        "<footer>Imprint, privacy, and so on.</footer></body></html>");
    assert_int_equal(page.items.count, 1);
    const struct item *item = &page.items.list[0];
    assert_span_equal(item->title, "Kettles, tested");
    assert_span_equal(item->author, "Jo Doe");
    assert_span_equal(item->site, "The Daily");
    assert_span_equal(item->language, "en-GB");
    assert_span_equal(item->id, "https://shop.example/kettles");
    assert_span_equal(item->url, "https://shop.example/p/kettle");
    int64_t expected = 0;
    assert_true(date_parse(SPAN("2026-02-03T04:05:06Z"), &expected));
    assert_int_equal(item->published_ms, expected);
    assert_span_equal(item->text, WORDS "\n" WORDS "\n" WORDS);
    arena_free(page.arena);
}

/* What leads to other articles, in lines between the paragraphs, would be read as part of this one. */
static void test_lines_between_paragraphs(void **state) {
    (void)state;
    static const struct {
        const char *line;
        bool stays;
    } rows[] = {
        {"Read also: Globex buys Acme", false},
        {"Advertisement", false},
        {"Anzeige:", false},
        {"Anzeige gegen den Hersteller wurde erstattet.", true},
        {"(Noch keine Bewertungen)", false},
        {"Kommentare (12)", false},
        {"Kommentare der Leser gab es viele.", true},
        {"À lire aussi : Acme rachète tout", false},
        {"LEIA TAMBÉM: outra coisa", true}, /* without ASCII's help, capitals are others */
        {"Leia também: outra coisa", false},
        {"Te puede interesar", false},
        {"Leggi anche: altro", false},
        {"Read moreover that nobody was hurt.", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct page page;
        struct arena *arena = arena_create();
        struct span html =
            arena_print(arena, "<html><body><div><p>%s</p><p>%s</p><p>%s</p></div></body></html>",
                        WORDS, rows[i].line, WORDS);
        read_page(&page, arena_copy_string(arena, html));
        bool stays = span_find(page.items.list[0].text, span_of(rows[i].line)) != SPAN_NOT_FOUND;
        if (stays != rows[i].stays) {
            fail_msg("%s: %.*s", rows[i].line, SPAN_ARG(page.items.list[0].text));
        }
        arena_free(page.arena);
        arena_free(arena);
    }
}

static void test_short_page(void **state) {
    (void)state;
    struct page page;
    read_page(&page, "<html><body><p>Gone.</p></body></html>");
    assert_int_equal(page.items.count, 1);
    assert_span_equal(page.items.list[0].text, "Gone.");
    arena_free(page.arena);
}

/* What would take libxml2 minutes or gigabytes is refused before it begins. */
static void test_pages_that_are_too_much(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    struct error error = {0};
    struct buffer many;
    buffer_init(&many, LIMIT_DOCUMENT);
    buffer_append_string(&many, "<div ");
    for (int i = 0; i <= LIMIT_ATTRIBUTES; i++) {
        buffer_print(&many, "a%d=\"\" ", i);
    }
    buffer_append_string(&many, ">");
    xmlDoc *document = NULL;
    assert_false(dom_parse(buffer_span(&many), &document, &error));
    assert_non_null(strstr(error.message, "attributes"));
    buffer_clear(&many);
    for (size_t i = 0; i <= LIMIT_NODES; i++) {
        buffer_append_string(&many, "<b>");
    }
    assert_false(dom_parse(buffer_span(&many), &document, &error));
    assert_non_null(strstr(error.message, "tags"));
    /* A script is no tag, however much of it looks like attributes. */
    buffer_clear(&many);
    buffer_append_string(&many, "<html><script>if (a <b ");
    for (int i = 0; i <= 2 * LIMIT_ATTRIBUTES; i++) {
        buffer_append_string(&many, "&& c ");
    }
    buffer_append_string(&many, ") {}</script><p>x</p></html>");
    assert_true(dom_parse(buffer_span(&many), &document, &error));
    xmlFreeDoc(document);
    buffer_done(&many);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_html_to_text),
        cmocka_unit_test(test_text_that_grows),
        cmocka_unit_test(test_damaged_json),
        cmocka_unit_test(test_json_limits),
        cmocka_unit_test(test_json_members),
        cmocka_unit_test(plain_lines_are_read_alike),
        cmocka_unit_test(test_jsonld_reviews),
        cmocka_unit_test(test_editorial_reviews),
        cmocka_unit_test(test_microdata_reviews),
        cmocka_unit_test(test_rdfa_reviews),
        cmocka_unit_test(test_microdata_structure),
        cmocka_unit_test(test_microdata_in_a_circle),
        cmocka_unit_test(test_article),
        cmocka_unit_test(test_lines_between_paragraphs),
        cmocka_unit_test(test_short_page),
        cmocka_unit_test(test_pages_that_are_too_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
