#include "tests/unit/test.h"

#include "parsers/parsers.h"

struct parsed {
    struct arena *arena;
    struct items items;
    struct feed_info info;
    struct error error;
    bool read;
};

static void parse(struct parsed *parsed, const char *body, const char *content_type) {
    *parsed = (struct parsed){.arena = arena_create()};
    parsed->items.arena = parsed->arena;
    parsed->read = document_parse(span_of(body), span_of(content_type),
                                  SPAN("https://feeds.example/all/feed.xml"), parsed->arena,
                                  &parsed->items, &parsed->info, &parsed->error);
}

static void must_parse(struct parsed *parsed, const char *body, size_t count) {
    parse(parsed, body, "");
    if (!parsed->read) {
        fail_msg("%s", parsed->error.message);
    }
    assert_int_equal(parsed->items.count, count);
}

static void done(struct parsed *parsed) {
    arena_free(parsed->arena);
}

static int64_t moment(const char *text) {
    int64_t ms = 0;
    assert_true(date_parse(span_of(text), &ms));
    return ms;
}

static void test_rss(void **state) {
    (void)state;
    struct parsed p;
    must_parse(
        &p,
        "<?xml version='1.0'?>\n<rss version='2.0'"
        " xmlns:content='http://purl.org/rss/1.0/modules/content/'"
        " xmlns:dc='http://purl.org/dc/elements/1.1/'"
        " xmlns:slash='http://purl.org/rss/1.0/modules/slash/'>"
        "<channel><title>Town &amp; country</title><link>https://town.example/</link>"
        "<language>en-gb</language><ttl>30</ttl>"
        "<item><title>Kettles &lt;b&gt;tested&lt;/b&gt;</title><link> /kettles </link>"
        "<guid isPermaLink='false'>k-1</guid><pubDate>Sat, 07 Feb 2026 10:00:00 +0100</pubDate>"
        "<dc:creator>Ada &amp; Bo</dc:creator><slash:comments>7</slash:comments>"
        "<description>short</description>"
        "<content:encoded><![CDATA[<p>The Acme kettle boils.</p><p>We like&nbsp;it</p>]]>"
        "</content:encoded><source url='https://paper.example/feed'>The Paper</source></item>"
        "<item><guid>https://town.example/2</guid><description>two</description>"
        "<author>jo@example.org (Jo)</author></item>"
        "</channel></rss>",
        2);
    const struct item *first = &p.items.list[0];
    assert_span_equal(p.info.title, "Town & country");
    assert_span_equal(p.info.url, "https://town.example/");
    assert_span_equal(p.info.format, "rss 2.0");
    assert_int_equal(p.info.ttl_ms, 30 * MINUTE_MS);
    assert_span_equal(first->id, "k-1");
    assert_span_equal(first->title, "Kettles tested");
    assert_span_equal(first->text, "The Acme kettle boils.\nWe like it");
    assert_span_equal(first->url, "https://feeds.example/kettles");
    assert_span_equal(first->author, "Ada & Bo");
    assert_span_equal(first->language, "en-gb");
    assert_span_equal(first->site, "paper.example");
    assert_int_equal(first->published_ms, moment("2026-02-07T09:00:00Z"));
    assert_int_equal(first->engagement.replies, 7);
    assert_int_equal(first->engagement.likes, COUNT_NONE);
    const struct item *second = &p.items.list[1];
    assert_span_equal(second->url, "https://town.example/2");
    assert_span_equal(second->author, "Jo");
    assert_span_equal(second->author_id, "jo@example.org");
    assert_int_equal(second->published_ms, DATE_NONE);
    done(&p);
}

static void test_atom(void **state) {
    (void)state;
    struct parsed p;
    must_parse(&p,
               "<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='de_AT'"
               " xml:base='https://blog.example/posts/'>"
               "<title>Blog</title><link href='/'/><link rel='next' href='?page=2'/>"
               "<entry><id>tag:blog.example,2026:1</id><title type='text'>1 &lt; 2</title>"
               "<link rel='enclosure' href='a.mp3'/><link rel='alternate' href='one.html'/>"
               "<author><name>Eva</name><uri>https://eva.example/</uri></author>"
               "<published>2026-02-03T04:05:06Z</published>"
               "<updated>2026-02-04T04:05:06Z</updated>"
               "<summary>brief</summary>"
               "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>"
               "<p>Gut <b>ge</b>macht</p></div></content></entry></feed>",
               1);
    const struct item *item = &p.items.list[0];
    assert_span_equal(p.info.next_url, "https://blog.example/posts/?page=2");
    assert_span_equal(p.info.format, "atom 1.0");
    assert_span_equal(item->title, "1 < 2");
    assert_span_equal(item->text, "Gut gemacht");
    assert_span_equal(item->url, "https://blog.example/posts/one.html");
    assert_span_equal(item->author_id, "https://eva.example/");
    assert_span_equal(item->language, "de-AT");
    assert_int_equal(item->published_ms, moment("2026-02-03T04:05:06Z"));
    assert_int_equal(item->updated_ms, moment("2026-02-04T04:05:06Z"));
    done(&p);
}

static void test_rdf(void **state) {
    (void)state;
    struct parsed p;
    must_parse(&p,
               "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'"
               " xmlns='http://purl.org/rss/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'>"
               "<channel><title>Old</title></channel>"
               "<item rdf:about='https://old.example/1'><title>One</title>"
               "<dc:date>2004-05-06</dc:date></item></rdf:RDF>",
               1);
    assert_span_equal(p.items.list[0].id, "https://old.example/1");
    assert_int_equal(p.items.list[0].published_ms, moment("2004-05-06"));
    assert_span_equal(p.info.format, "rss 1.0");
    done(&p);
}

static void test_json_feed(void **state) {
    (void)state;
    struct parsed p;
    must_parse(&p,
               "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"J\","
               "\"language\":\"pt\",\"authors\":[{\"name\":\"Rui\"}],"
               "\"next_url\":\"/feed.json?page=2\",\"items\":["
               "{\"id\":7,\"url\":\"/7\",\"content_html\":\"<p>Um<br>dois \\ud83d</p>\","
               "\"date_published\":\"2026-02-03T04:05:06+01:00\"},"
               "{\"id\":\"8\",\"content_text\":\"plain <b>\",\"author\":{\"name\":\"Ana\"}}]}",
               2);
    assert_span_equal(p.items.list[0].id, "7");
    assert_span_equal(p.items.list[0].url, "https://feeds.example/7");
    assert_span_equal(p.items.list[0].text, "Um\ndois \xEF\xBF\xBD");
    assert_span_equal(p.items.list[0].author, "Rui");
    assert_span_equal(p.items.list[0].language, "pt");
    assert_span_equal(p.items.list[1].text, "plain <b>");
    assert_span_equal(p.items.list[1].author, "Ana");
    assert_span_equal(p.info.next_url, "https://feeds.example/feed.json?page=2");
    assert_span_equal(p.info.format, "json feed 1.1");
    done(&p);
}

/* RSS written as JSON: one item is no list, a guid may have attributes. */
static void test_rss_as_json(void **state) {
    (void)state;
    struct parsed p;
    must_parse(&p,
               "{\"rss\":{\"version\":\"2.0\",\"channel\":{\"title\":\"Town\",\"link\":\"/\","
               "\"language\":\"en-us\",\"item\":{\"title\":\"Kettle &amp; co\",\"link\":\"/1\","
               "\"guid\":{\"isPermaLink\":\"false\",\"#value\":\"k-1\"},\"description\":"
               "\"It <b>boils</b>\",\"pubDate\":\"Sat, 07 Feb 2026 10:00:00 +0100\"}}}}",
               1);
    assert_span_equal(p.items.list[0].id, "k-1");
    assert_span_equal(p.items.list[0].url, "https://feeds.example/1");
    assert_span_equal(p.items.list[0].title, "Kettle & co");
    assert_span_equal(p.items.list[0].text, "It boils");
    assert_span_equal(p.items.list[0].language, "en-us");
    assert_int_equal(p.items.list[0].published_ms, moment("2026-02-07T09:00:00Z"));
    assert_span_equal(p.info.title, "Town");
    assert_span_equal(p.info.format, "rss 2.0, as json");
    done(&p);
}

static void test_ill_formed(void **state) {
    (void)state;
    struct parsed p;
    /* Junk in front, named references, a bare ampersand, a stray '<', attributes without quotes,
     * tags that do not nest, a control character, and an end that is missing. */
    must_parse(&p,
               "\n\nWarning: something in feed.php\n<rss version=2.0><channel><title>A &eacute; B "
               "& C</title>"
               "<item><title>5 < 6</title><description>one<br>two <b>three</description>"
               "<link>https://a.example/?x=1&copy=2</link></item>"
               "<item><title>second\x01</title></b></item><item><title>third",
               3);
    assert_span_equal(p.info.title, "A \xC3\xA9 B & C");
    assert_span_equal(p.items.list[0].title, "5 < 6");
    assert_span_equal(p.items.list[0].text, "one\ntwo three");
    assert_span_equal(p.items.list[0].url, "https://a.example/?x=1&copy=2");
    assert_span_equal(p.items.list[1].title, "second");
    assert_span_equal(p.items.list[2].title, "third");
    done(&p);
}

/* What HTML leaves open does not swallow what follows. */
static void test_void_elements(void **state) {
    (void)state;
    struct parsed p;
    must_parse(&p,
               "<rss><channel><meta name='a'><title>T</title><item><title>a</title></item>"
               "</channel></rss>",
               1);
    assert_span_equal(p.info.title, "T");
    done(&p);
}

static void test_better_fields_win(void **state) {
    (void)state;
    struct parsed p;
    must_parse(&p,
               "<rss xmlns:dc='http://purl.org/dc/elements/1.1/'"
               " xmlns:media='http://search.yahoo.com/mrss/'><channel><item>"
               "<media:title>picture</media:title><dc:date>2001-01-01</dc:date>"
               "<dc:creator>Paper</dc:creator><title>story</title><title>again</title>"
               "<author>jo@example.org (Jo)</author>"
               "<pubDate>Sat, 07 Feb 2026 10:00:00 GMT</pubDate></item></channel></rss>",
               1);
    assert_span_equal(p.items.list[0].title, "story");
    assert_span_equal(p.items.list[0].author, "Jo");
    assert_int_equal(p.items.list[0].published_ms, moment("2026-02-07T10:00:00Z"));
    done(&p);
}

static void test_engagement(void **state) {
    (void)state;
    struct parsed p;
    must_parse(
        &p,
        "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:media='http://search.yahoo.com/mrss/'"
        " xmlns:thr='http://purl.org/syndication/thread/1.0'><entry><id>v</id><title>t</title>"
        "<link rel='replies' href='c' thr:count='4'/><media:group>"
        "<media:description>What is shown</media:description><media:community>"
        "<media:starRating count='12' average='4.8' min='1' max='5'/>"
        "<media:statistics views='3456'/></media:community></media:group></entry></feed>",
        1);
    assert_span_equal(p.items.list[0].text, "What is shown");
    assert_int_equal(p.items.list[0].engagement.replies, 4);
    assert_int_equal(p.items.list[0].engagement.views, 3456);
    assert_int_equal(p.items.list[0].engagement.likes, 12);
    assert_true(p.items.list[0].rating < 0); /* others' average is not what the author said */
    done(&p);
}

/* What the author of a review gives: the App Store's listing, and the RDF vocabulary for reviews. */
static void test_ratings(void **state) {
    (void)state;
    struct parsed p;
    must_parse(
        &p,
        "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:im='http://itunes.apple.com/rss'>"
        "<entry><id>https://apps.example/app</id><title>The app</title></entry><entry><id>7</id>"
        "<title>Meh</title><content type='text'>Crashes</content><im:rating>2</im:rating>"
        "<im:voteSum>4</im:voteSum><im:voteCount>9</im:voteCount><author><name>jo</name></author>"
        "</entry></feed>",
        2);
    assert_true(p.items.list[0].rating < 0);
    assert_int_equal((int)(p.items.list[1].rating * 10), 20);
    assert_int_equal(p.items.list[1].engagement.likes, 4);
    done(&p);
    must_parse(&p,
               "<rss version='2.0' xmlns:rev='http://www.purl.org/stuff/rev#'><channel><item>"
               "<title>Anvil</title><rev:rating>8</rev:rating><rev:minRating>0</rev:minRating>"
               "<rev:maxRating>10</rev:maxRating><rev:text>Heavy</rev:text><rev:reviewer>Eva</"
               "rev:reviewer>"
               "</item><item><rev:rating>11</rev:rating></item></channel></rss>",
               2);
    assert_int_equal((int)(p.items.list[0].rating * 10), 40);
    assert_span_equal(p.items.list[0].text, "Heavy");
    assert_span_equal(p.items.list[0].author, "Eva");
    assert_true(p.items.list[1].rating < 0); /* off its scale */
    done(&p);
}

static void test_guids_and_links(void **state) {
    (void)state;
    struct parsed p;
    must_parse(&p,
               "<rss><channel><item><guid isPermaLink='false'>https://a.example/1</guid></item>"
               "<item><guid>https://a.example/2</guid></item><item><guid>three</guid></item>"
               "<item><link>https://a.example/4</link></item></channel></rss>",
               4);
    assert_span_equal(p.items.list[0].url, "");
    assert_span_equal(p.items.list[0].id, "https://a.example/1");
    assert_span_equal(p.items.list[1].url, "https://a.example/2");
    assert_span_equal(p.items.list[2].url, "");
    assert_span_equal(p.items.list[3].id, "https://a.example/4");
    done(&p);
}

static void test_charsets(void **state) {
    (void)state;
    static const struct {
        const char *body;
        const char *type;
        const char *title;
    } rows[] = {
        {"<?xml version='1.0' encoding='iso-8859-1'?><rss><channel><item><title>caf\xE9 \x96 "
         "bar</title></item></channel></rss>",
         "", "caf\xC3\xA9 \xE2\x80\x93 bar"},
        {"<rss><channel><item><title>\xEF\xF0\xE8\xE2\xE5\xF2</title></item></channel></rss>",
         "text/xml; charset=\"windows-1251\"", "\xD0\xBF\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82"},
        /* Said to be Latin 1, but it is UTF-8 throughout. */
        {"<?xml version='1.0' encoding='iso-8859-1'?><rss><channel><item><title>\xC3\xA9t\xC3\xA9"
         "</title></item></channel></rss>",
         "", "\xC3\xA9t\xC3\xA9"},
        /* A byte-order mark beats both others. */
        {"\xEF\xBB\xBF<?xml version='1.0' "
         "encoding='iso-8859-1'?><rss><channel><item><title>\xC3\xA9"
         "</title></item></channel></rss>",
         "text/xml; charset=koi8-r", "\xC3\xA9"},
        {"<?xml version='1.0' encoding='shift_jis'?><rss><channel><item><title>\x93\xFA\x96\x7B"
         "</title></item></channel></rss>",
         "", "\xE6\x97\xA5\xE6\x9C\xAC"},
        /* Nobody says, and it is no UTF-8. */
        {"<rss><channel><item><title>L'\xE9t\xE9 \xE0 la plage, d\xE9j\xE0</title></item></channel>"
         "</rss>",
         "", "L'\xC3\xA9t\xC3\xA9 \xC3\xA0 la plage, d\xC3\xA9j\xC3\xA0"},
        {"<rss><channel><item><title>don&#146;t</title></item></channel></rss>", "",
         "don\xE2\x80\x99t"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct parsed p;
        parse(&p, rows[i].body, rows[i].type);
        assert_true(p.read);
        assert_int_equal(p.items.count, 1);
        assert_span_equal(p.items.list[0].title, rows[i].title);
        done(&p);
    }
}

static void test_utf16(void **state) {
    (void)state;
    static const char text[] = "<rss><channel><item><title>hey</title></item></channel></rss>";
    char wide[2 * sizeof text] = {0};
    for (size_t i = 0; i < sizeof text - 1; i++) {
        wide[2 * i] = text[i];
    }
    struct arena *arena = arena_create();
    struct items items = {.arena = arena};
    assert_true(document_parse((struct span){wide, 2 * (sizeof text - 1)}, SPAN(""), SPAN(""),
                               arena, &items, NULL, NULL));
    assert_span_equal(items.list[0].title, "hey");
    arena_free(arena);
}

/* Ten entities of ten times the one before: a billion laughs, were they expanded. */
static void test_entities_are_refused(void **state) {
    (void)state;
    static const char *const documents[] = {
        "<!DOCTYPE rss [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
        "<rss><channel><title>&b;</title></channel></rss>",
        "<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>"
        "<rss><channel><title>&x;</title></channel></rss>",
        "<!DOCTYPE rss [<!ENTITY % x SYSTEM 'http://127.0.0.1/x.dtd'> %x;]>"
        "<rss><channel><title>t</title></channel></rss>",
        /* Ill-formed besides, so that it goes through the mending. */
        "<!DOCTYPE rss [<!ENTITY a 'ha'>]><rss><channel><title>&a; & <b></title></channel></rss>",
    };
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++) {
        struct parsed p;
        parse(&p, documents[i], "");
        assert_false(p.read);
        assert_int_equal(p.items.count, 0);
        assert_non_null(strstr(p.error.message, "declares an entity"));
        done(&p);
    }
    /* A document type without entities is harmless. */
    struct parsed p;
    must_parse(&p,
               "<!DOCTYPE rss PUBLIC \"-//Netscape//DTD RSS 0.91//EN\" \"rss-0.91.dtd\">"
               "<rss version='0.91'><channel><item><title>&eacute;</title></item></channel></rss>",
               1);
    assert_span_equal(p.items.list[0].title, "\xC3\xA9");
    done(&p);
}

static void test_depth_is_limited(void **state) {
    (void)state;
    char *deep = calloc(1, 100 + 3 * (LIMIT_DEPTH + 1));
    strcat(deep, "<rss><channel><item><description>");
    size_t size = strlen(deep);
    for (size_t i = 0; i < LIMIT_DEPTH; i++) {
        memcpy(deep + size + 3 * i, "<a>", 3);
    }
    struct parsed p;
    parse(&p, deep, "");
    assert_false(p.read);
    assert_int_equal(p.error.kind, ERROR_LIMIT);
    done(&p);
    free(deep);
}

static void test_what_is_no_feed(void **state) {
    (void)state;
    static const struct {
        const char *body;
        const char *message;
    } rows[] = {
        {"", "empty"},
        {"   \n", "empty"},
        {"CustomerReviews RSS page depth is limited to 10", "begins with \"CustomerReviews"},
        {"{\"error\":\"x\"}", "needs a recipe"},
        {"{\"error\":", "not JSON"},
        {"<opml><head/></opml>", "neither feed"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct parsed p;
        parse(&p, rows[i].body, "");
        assert_false(p.read);
        if (strstr(p.error.message, rows[i].message) == NULL) {
            fail_msg("\"%s\" does not say \"%s\"", p.error.message, rows[i].message);
        }
        done(&p);
    }
}

static void test_long_texts_are_cut(void **state) {
    (void)state;
    size_t size = LIMIT_TEXT + 1000;
    char *body = calloc(1, size + 200);
    strcat(body, "<rss><channel><item><title>");
    memset(body + strlen(body), 'x', LIMIT_TITLE + 5);
    strcat(body, "</title><description>");
    char *text = body + strlen(body);
    memset(text, 'y', size - LIMIT_TITLE - 200);
    strcat(body, "\xC3\xA9</description></item></channel></rss>");
    struct parsed p;
    must_parse(&p, body, 1);
    assert_int_equal(p.items.list[0].title.size, LIMIT_TITLE);
    assert_true(p.items.list[0].text.size <= LIMIT_TEXT);
    done(&p);
    free(body);
}

static void test_how_long_a_feed_may_be_left_alone(void **state) {
    (void)state;
    static const struct {
        const char *said;
        int64_t ms;
    } cases[] = {
        {"<ttl>30</ttl>", 30 * MINUTE_MS},
        {"<sy:updatePeriod>daily</sy:updatePeriod>", DAY_MS},
        {"<sy:updatePeriod> hourly\n</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
         HOUR_MS / 4},
        {"<ttl>90</ttl><sy:updatePeriod>daily</sy:updatePeriod>", 90 * MINUTE_MS},
        {"<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
         DAY_MS},
        {"<sy:updatePeriod>sometimes</sy:updatePeriod>", 0},
        {"", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "<rss version=\"2.0\" "
                 "xmlns:sy=\"http://purl.org/rss/1.0/modules/syndication/\"><channel>"
                 "<title>Kettles</title>%s</channel></rss>",
                 cases[i].said);
        struct parsed p;
        must_parse(&p, text, 0);
        assert_int_equal(p.info.ttl_ms, cases[i].ms);
        done(&p);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_how_long_a_feed_may_be_left_alone),
        cmocka_unit_test(test_rss),
        cmocka_unit_test(test_atom),
        cmocka_unit_test(test_rdf),
        cmocka_unit_test(test_json_feed),
        cmocka_unit_test(test_rss_as_json),
        cmocka_unit_test(test_ill_formed),
        cmocka_unit_test(test_void_elements),
        cmocka_unit_test(test_better_fields_win),
        cmocka_unit_test(test_engagement),
        cmocka_unit_test(test_ratings),
        cmocka_unit_test(test_guids_and_links),
        cmocka_unit_test(test_charsets),
        cmocka_unit_test(test_utf16),
        cmocka_unit_test(test_entities_are_refused),
        cmocka_unit_test(test_depth_is_limited),
        cmocka_unit_test(test_what_is_no_feed),
        cmocka_unit_test(test_long_texts_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
