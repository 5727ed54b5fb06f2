#include "tests/unit/test.h"

#include "parsers/parsers.h"
#include "parsers/path.h"
#include "parsers/template.h"

#define NOW INT64_C(1795252211000) /* 2026-11-21T09:10:11Z */

/* --- Reading recipes -------------------------------------------------------------------------- */

static void test_builtins_read(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    size_t count = 0;
    const struct span *names = recipe_builtin_names(arena, &count);
    assert_true(count >= 7);
    for (size_t i = 0; i < count; i++) {
        const struct recipe *recipe = NULL;
        struct error error = {0};
        if (!recipe_builtin(names[i], arena, &recipe, &error)) {
            fail_msg("%s", error.message);
        }
        const struct recipe_info *info = recipe_info(recipe);
        assert_true(span_equal(info->name, names[i]));
        const bool polled = info->refused.size == 0;
        /* Any site's page, any sender's delivery: its terms are theirs. */
        const bool general = info->needs_url || info->hooks != 0;
        const bool said[] = {info->title.size > 0,
                             info->gives.size > 0,
                             info->retention.size > 0,
                             info->deletion.size > 0,
                             info->channel != CHANNEL_UNKNOWN,
                             span_starts_with(info->terms, SPAN("https://")) || general,
                             info->limits.size > 0 || !polled,
                             info->interval_ms >= MINUTE_MS || !polled,
                             info->match_count > 0 || polled};
        for (size_t s = 0; s < sizeof said / sizeof said[0]; s++) {
            if (!said[s]) {
                fail_msg("%.*s: statement %zu is missing", SPAN_ARG(names[i]), s);
            }
        }
    }
    arena_free(arena);
}

/* Patterns: what an address has to be, and which parameters it gives. */
static const struct {
    const char *pattern;
    const char *software;
    const char *url;
    const char *said;
    const char *params; /* NULL: no match */
} match_rows[] = {
    {"shop.example/app/{app}", "", "https://shop.example/app/440/Thing/?x=1", "", "app=440;"},
    {"shop.example/app/{app}", "", "http://WWW.shop.example/app/440", "", "app=440;"},
    {"shop.example/app/{app}", "", "https://shop.example/apps/440", "", NULL},
    {"shop.example/app/{app}", "", "https://shop.example/app/", "", NULL},
    {"shop.example/app", "", "https://shop.example/apple", "", NULL},
    {"shop.example/app", "", "ftp://shop.example/app", "", NULL},
    {"shop.example/*/id{app}", "", "https://shop.example/some-name/id99?mt=8", "", "app=99;"},
    {"shop.example/*/id{app}", "", "https://shop.example/a/b/id99", "", NULL},
    {"shop.*/dp", "", "https://shop.co.example/dp/1", "", ""},
    {"{site}.shop.example", "", "https://ask.shop.example/q/1", "", "site=ask;"},
    {"{base}.wiki.example/{page}", "", "https://es.wiki.example/A%C3%B1o", "",
     "base=https://es.wiki.example;page=A\xC3\xB1o;"},
    {"v.example/watch?v={video}", "", "https://v.example/watch?t=1&v=abc", "", "video=abc;"},
    {"v.example/watch?v={video}", "", "https://v.example/watch?t=1", "", NULL},
    {"v.example/watch?v=*", "", "https://v.example/watch?v=1", "", ""},
    {"{base}/t/{tag}", "forum", "http://f.example:8080/t/x", "Forum 3.1",
     "base=http://f.example:8080;tag=x;"},
    {"{base}/t/{tag}", "forum", "https://f.example/t/x", "", NULL},
    {"{base}/", "forum", "https://f.example", "forum", "base=https://f.example;"},
    {"{base}/", "forum", "https://f.example/t/x", "forum", NULL},
    {"{base}", "forum 1", "https://f.example/t/x", "forum 10.2", NULL},
};

static void test_addresses_find_their_recipe(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof match_rows / sizeof match_rows[0]; i++) {
        struct arena *arena = arena_create();
        const struct recipe *recipe = NULL;
        struct web_header params[LIMIT_PARAMS];
        size_t count = 0;
        struct error error = {0};
        struct span yaml = arena_print(
            arena, "name: x\ntitle: X\nrefused: no\nsoftware: \"%s\"\nmatches: [\"%s\"]\n",
            match_rows[i].software, match_rows[i].pattern);
        if (!recipe_parse(yaml, SPAN("x.yaml"), arena, &recipe, &error)) {
            fail_msg("row %zu: %s", i, error.message);
        }
        bool matched = recipe_match(recipe, span_of(match_rows[i].url), span_of(match_rows[i].said),
                                    arena, params, &count) > 0;
        struct span got = SPAN("");
        for (size_t p = 0; matched && p < count; p++) {
            got = arena_print(arena, "%.*s%.*s=%.*s;", SPAN_ARG(got), SPAN_ARG(params[p].name),
                              SPAN_ARG(params[p].value));
        }
        if (matched != (match_rows[i].params != NULL) ||
            (matched && !span_equal(got, span_of(match_rows[i].params)))) {
            fail_msg("row %zu: %s gives %.*s", i, matched ? "a match" : "none", SPAN_ARG(got));
        }
        arena_free(arena);
    }
}

/* What an address gives has to be a parameter, and one that is asked for. */
static void test_matches_name_parameters(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    size_t count = 0;
    const struct span *names = recipe_builtin_names(arena, &count);
    for (size_t i = 0; i < count; i++) {
        const struct recipe *recipe = NULL;
        struct error error = {0};
        assert_true(recipe_builtin(names[i], arena, &recipe, &error));
        const struct recipe_info *info = recipe_info(recipe);
        for (size_t m = 0; m < info->match_count; m++) {
            struct span rest = info->matches[m];
            struct span part;
            while (span_split(&rest, '{', &part) && rest.size > 0) {
                struct span name = span_first(rest, span_find_byte(rest, '}'));
                size_t p = 0;
                while (p < info->param_count && !span_equal(info->params[p].name, name)) {
                    p++;
                }
                if (p == info->param_count) {
                    fail_msg("%.*s: no parameter \"%.*s\"", SPAN_ARG(names[i]), SPAN_ARG(name));
                }
            }
        }
    }
    arena_free(arena);
}

static void test_unknown_builtin(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    const struct recipe *recipe = NULL;
    struct error error = {0};
    assert_false(recipe_builtin(SPAN("hackernevs"), arena, &recipe, &error));
    assert_non_null(strstr(error.message, "did you mean \"hackernews\"?"));
    assert_false(recipe_builtin(SPAN("no such thing"), arena, &recipe, &error));
    assert_null(strstr(error.message, "did you mean"));
    arena_free(arena);
}

#define HEAD "name: x\ntitle: X\nformat: json\nrequest:\n  url: http://x.example/\n"

static void test_recipe_errors(void **state) {
    (void)state;
    static const struct {
        const char *yaml;
        const char *message;
    } rows[] = {
        {"", "the recipe is empty"},
        {"name: x\n", "\"format\" is missing"},
        {HEAD "itmes: a\n", "x.yaml:6:1: unknown key \"itmes\""},
        {HEAD "items: a\n", "needs \"items\" and \"item\""},
        {HEAD "items: a\nitem:\n  nmae: b\n", "x.yaml:8:3: an item has no field \"nmae\""},
        {HEAD "items: a\nitem:\n  id: b..c\n", "x.yaml:8:7: place: path \"b..c\""},
        {HEAD "items: a\nitem:\n  id: {place: b, type: txt}\n", "unknown type \"txt\""},
        {HEAD "items: a\nitem:\n  id: b\npaging:\n  kind: pages\n", "unknown kind of paging"},
        {HEAD "items: a\nitem:\n  id: b\nexpect: [idd]\n", "no field \"idd\""},
        {HEAD "items: a\nitem:\n  id: b\ninterval: soon\n", "no length of time"},
        {"name: x\ntitle: X\nformat: jsonx\n", "unknown format \"jsonx\""},
        {"name: x\ntitle: X\nformat: json\nrequest:\n  url: \"http://x/{a\"\n",
         "\"{\" without \"}\""},
        {"name: x\ntitle: X\nformat: html\nrequest:\n  url: \"http://x/\"\nitems: \"//a[\"\n",
         "is no XPath"},
        {"name: x\nname: y\n", "x.yaml:2"},
        {HEAD "items: a\nitem:\n  id: b\nmatches: [\"x.example/{a\"]\n", "\"{\" without \"}\""},
        {HEAD "items: a\nitem:\n  id: b\nrefused: no\n", "must not say"},
        {HEAD "budget: {request: 1}\n", "wants a name"},
        {HEAD "budget: {name: a, per: day}\n", "say what is counted"},
        {HEAD "budget: {name: a, per: week, request: 1}\n", "x.yaml:6:24: unknown period"},
        {HEAD "budget: {name: a, zone: Mars, request: 1}\n", "\"Mars\" is no time zone"},
        {HEAD "budget: {name: a, request: -1}\n", "less than nothing"},
        {HEAD "budget: [{name: a, item: 0.01}]\n", "`page` says how many"},
    };
    struct arena *arena = arena_create();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct recipe *recipe = NULL;
        struct error error = {0};
        assert_false(recipe_parse(span_of(rows[i].yaml), SPAN("x.yaml"), arena, &recipe, &error));
        if (strstr(error.message, rows[i].message) == NULL) {
            fail_msg("\"%s\" does not say \"%s\"", error.message, rows[i].message);
        }
    }
    arena_free(arena);
}

/* --- Parts ------------------------------------------------------------------------------------ */

static struct span lookup(void *context, struct span name) {
    (void)context;
    if (span_equal(name, SPAN("a"))) {
        return SPAN("x y&\xC3\xA9");
    }
    return span_equal(name, SPAN("b")) ? SPAN("Q\"1") : (struct span){0};
}

static void test_templates(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"q={a}", "q=x%20y%26%C3%A9"},
        {"{a|raw}", "x y&\xC3\xA9"},
        {"{\"q\":1}", NULL},
        {"{{\"q\":\"{b|json}\"}", "{\"q\":\"Q\\\"1\"}"},
        {"x[&n={none}]y[&b={b|lower}]", "xy&b=q%221"},
        {"[[{b|raw}]]", "[Q\"1]"},
    };
    struct arena *arena = arena_create();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct template template;
        struct error error = {0};
        if (!template_parse(span_of(rows[i][0]), arena, &template, &error)) {
            fail_msg("%s: %s", rows[i][0], error.message);
        }
        if (rows[i][1] != NULL) {
            assert_span_equal(template_fill(&template, lookup, NULL, arena), rows[i][1]);
        }
    }
    arena_free(arena);
}

static void test_paths(void **state) {
    (void)state;
    static const char document[] =
        "{\"a\":{\"b\":[1,2,{\"c\":\"deep\"}]},\"n\":null,\"e\":\"\",\"im:r\":{\"l\":\"5\"},"
        "\"x.y\":7,\"links\":[{\"rel\":\"self\",\"h\":\"s\"},{\"rel\":\"up\",\"h\":\"u\"}],\"f\":"
        "false}";
    static const char *const rows[][2] = {
        {"a.b[0]", "1"},        {"a.b[-1].c", "deep"},    {"n | e | a.b[1]", "2"}, {"im:r.l", "5"},
        {"'x.y'", "7"},         {"links[rel=up].h", "u"}, {"links[*].h", "s"},     {"f", "false"},
        {"missing.b[3].c", ""}, {"a.b[9]", ""},           {"a.b[-9]", ""},
    };
    struct arena *arena = arena_create();
    json_t *root = NULL;
    struct error error = {0};
    assert_true(json_parse(SPAN(document), &root, &error));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct path *path = NULL;
        assert_true(path_parse(span_of(rows[i][0]), arena, &path, &error));
        assert_span_equal(json_scalar(path_get(path, root), arena), rows[i][1]);
    }
    const struct path *path = NULL;
    size_t count = 0;
    assert_true(path_parse(SPAN("missing | a.b"), arena, &path, &error));
    path_list(path, root, arena, &count);
    assert_int_equal(count, 3);
    json_decref(root);
    arena_free(arena);
}

#define PAIR(name, value)                                                                          \
    {                                                                                              \
        {(name), sizeof(name) - 1}, {                                                              \
            (value), sizeof(value) - 1                                                             \
        }                                                                                          \
    }

/* --- Polls ------------------------------------------------------------------------------------ */

struct talk {
    struct arena *arena;
    const struct recipe *recipe;
    struct poll *poll;
    struct web_request request;
    struct items items;
    struct error error;
    struct span cursor;
};

static void talk_begin(struct talk *talk, const char *recipe, const char *query,
                       const struct web_header *params, size_t param_count, struct span cursor) {
    struct arena *arena = arena_create();
    *talk = (struct talk){.arena = arena, .items = {.arena = arena}};
    struct poll_options options = {.query = span_of(query),
                                   .params = params,
                                   .param_count = param_count,
                                   .now_ms = NOW,
                                   .since_ms = NOW - 30 * DAY_MS};
    bool builtin = strchr(recipe, '\n') == NULL;
    bool read =
        builtin ? recipe_builtin(span_of(recipe), arena, &talk->recipe, &talk->error)
                : recipe_parse(span_of(recipe), SPAN("t.yaml"), arena, &talk->recipe, &talk->error);
    if (!read || !poll_begin(talk->recipe, &options, cursor, arena, &talk->poll, &talk->error)) {
        fail_msg("%s", talk->error.message);
    }
}

static void talk_end(struct talk *talk) {
    arena_free(talk->arena);
}

static void ask(struct talk *talk, const char *url) {
    assert_true(poll_request(talk->poll, &talk->request));
    assert_span_equal(talk->request.url, url);
}

static bool answer_with(struct talk *talk, const char *body, const struct web_header *headers,
                        size_t header_count) {
    struct web_response response = {.status = 200,
                                    .url = talk->request.url,
                                    .headers = headers,
                                    .header_count = header_count,
                                    .body = span_of(body)};
    bool ok = poll_response(talk->poll, &response, talk->arena, &talk->items, &talk->error);
    talk->cursor = poll_cursor(talk->poll);
    return ok;
}

static void answer(struct talk *talk, const char *body) {
    if (!answer_with(talk, body, NULL, 0)) {
        fail_msg("%s", talk->error.message);
    }
}

static void nothing_more(struct talk *talk) {
    assert_false(poll_request(talk->poll, &talk->request));
}

#define HN                                                                                         \
    "https://hn.algolia.com/api/v1/"                                                               \
    "search_by_date?query=acme%20co&tags=%28story%2Ccomment%29&hitsPerPage=100&advancedSyntax="    \
    "true&typoTolerance=false&numericFilters=created_at_i%3E"

static void test_hackernews(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, "hackernews", "acme co", NULL, 0, SPAN(""));
    ask(&talk, HN "1792660211&page=0");
    assert_true(talk.request.api);
    answer(
        &talk,
        "{\"hits\":[{\"objectID\":\"11\",\"author\":\"jo\",\"created_at_i\":1795250000,"
        "\"comment_text\":\"I like it.<p>It&#x27;s fine\",\"story_title\":\"Acme launches\","
        "\"story_id\":5,\"parent_id\":6,\"points\":null,\"_highlightResult\":{}},"
        "{\"objectID\":\"12\",\"author\":\"al\",\"created_at_i\":1795240000,"
        "\"story_id\":12,\"title\":\"Acme & Co\",\"url\":\"https://acme.example/\",\"points\":42,"
        "\"num_comments\":3,\"story_text\":null}],\"nbPages\":2,\"page\":0}");
    assert_int_equal(talk.items.count, 2);
    const struct item *comment = &talk.items.list[0];
    assert_span_equal(comment->id, "11");
    assert_span_equal(comment->text, "I like it.\nIt's fine");
    assert_span_equal(comment->title, ""); /* the story's title is not the comment's */
    assert_span_equal(comment->parent, "5");
    assert_span_equal(comment->url, "https://news.ycombinator.com/item?id=11");
    assert_int_equal(comment->published_ms, INT64_C(1795250000000));
    assert_int_equal(comment->engagement.likes, COUNT_NONE);
    assert_span_equal(talk.items.list[1].title, "Acme & Co");
    assert_span_equal(talk.items.list[1].parent, ""); /* a story is its own thread */
    assert_int_equal(talk.items.list[1].engagement.likes, 42);
    ask(&talk, HN "1792660211&page=1");
    answer(&talk, "{\"hits\":[],\"nbPages\":2,\"page\":1}");
    nothing_more(&talk);
    assert_true(poll_report(talk.poll)->complete);
    assert_int_equal(poll_report(talk.poll)->pages, 2);
    assert_span_equal(poll_report(talk.poll)->missing, "");

    /* The next poll begins a little before the newest item that is known. */
    struct talk next;
    talk_begin(&next, "hackernews", "acme co", NULL, 0, talk.cursor);
    ask(&next, HN "1795249400&page=0");
    talk_end(&next);
    talk_end(&talk);
}

/* A thousand hits is all a search gives: from there on, the walk goes on by time. */
static void test_window_slides(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, "hackernews", "acme co", NULL, 0, SPAN(""));
    char body[256];
    for (int page = 0; page < 10; page++) {
        char url[1024];
        snprintf(url, sizeof url, "%s1792660211&page=%d", HN, page);
        ask(&talk, url);
        snprintf(body, sizeof body,
                 "{\"hits\":[{\"objectID\":\"%d\",\"author\":\"a\",\"title\":\"t\","
                 "\"created_at_i\":%d}],\"nbPages\":10}",
                 page, 1795250000 - page * 100);
        answer(&talk, body);
    }
    ask(&talk, HN "1792660211%2Ccreated_at_i%3C1795249101&page=0");

    /* Cut short here, it goes on here, even when it gets no answer first. */
    struct talk resumed;
    talk_begin(&resumed, "hackernews", "acme co", NULL, 0, talk.cursor);
    assert_true(span_equal(poll_cursor(resumed.poll), talk.cursor));
    ask(&resumed, HN "1792660211%2Ccreated_at_i%3C1795249101&page=0");
    answer(&resumed, "{\"hits\":[],\"nbPages\":0}");
    nothing_more(&resumed);
    struct talk next;
    talk_begin(&next, "hackernews", "acme co", NULL, 0, resumed.cursor);
    ask(&next, HN "1795249400&page=0"); /* the newest of the whole walk counts */
    talk_end(&next);
    talk_end(&resumed);
    talk_end(&talk);
}

/* The place where a walk was cut short may lead nowhere any more: then the next one begins at the top
 * and goes as far back as the first did. */
static void test_a_walk_begins_afresh(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, "hackernews", "acme co", NULL, 0, SPAN(""));
    ask(&talk, HN "1792660211&page=0");
    answer(&talk, "{\"hits\":[{\"objectID\":\"1\",\"author\":\"a\",\"title\":\"t\","
                  "\"created_at_i\":1795250000}],\"nbPages\":3}");
    struct talk resumed;
    talk_begin(&resumed, "hackernews", "acme co", NULL, 0, talk.cursor);
    ask(&resumed, HN "1792660211&page=1");
    struct poll_options options = {
        .query = SPAN("acme co"), .now_ms = NOW, .since_ms = NOW - 30 * DAY_MS, .afresh = true};
    const struct recipe *recipe = NULL;
    struct poll *poll = NULL;
    assert_true(recipe_builtin(SPAN("hackernews"), talk.arena, &recipe, &talk.error));
    assert_true(poll_begin(recipe, &options, talk.cursor, talk.arena, &poll, &talk.error));
    assert_true(poll_request(poll, &talk.request));
    assert_span_equal(talk.request.url, HN "1792660211&page=0");
    talk_end(&resumed);
    talk_end(&talk);
}

static void test_mastodon(void **state) {
    (void)state;
    static const struct web_header params[] = {PAIR("base", "https://town.example"),
                                               PAIR("tag", "Acme")};
    static const struct web_header link[] = {
        PAIR("Link",
             "<https://town.example/api/v1/timelines/tag/acme?limit=40&min_id=9>; rel=\"prev\", "
             "<https://town.example/api/v1/timelines/tag/acme?limit=40&max_id=7>; rel=\"next\"")};
    struct talk talk;
    talk_begin(&talk, "mastodon-tag", "", params, 2, SPAN(""));
    ask(&talk, "https://town.example/api/v1/timelines/tag/acme?limit=40");
    assert_int_equal(talk.request.header_count, 0);
    assert_true(answer_with(
        &talk,
        "[{\"id\":\"8\",\"uri\":\"https://other.example/users/eva/statuses/1\","
        "\"url\":\"https://other.example/@eva/1\",\"created_at\":\"2026-11-20T10:00:00.123Z\","
        "\"content\":\"<p>See <a href='https://x.example/y'><span class='invisible'>https://</span>"
        "<span>x.example/y</span></a> <a href='t'>#<span>acme</span></a></p>\","
        "\"account\":{\"acct\":\"eva@other.example\",\"url\":\"https://other.example/@eva\","
        "\"followers_count\":12},\"language\":\"de\",\"replies_count\":0,\"favourites_count\":3,"
        "\"reblogs_count\":1,\"edited_at\":null,\"in_reply_to_id\":null,\"reblog\":null}]",
        link, 1));
    const struct item *item = &talk.items.list[0];
    assert_span_equal(item->id, "https://other.example/users/eva/statuses/1");
    assert_span_equal(item->text, "See https://x.example/y #acme");
    assert_span_equal(item->language, "de");
    assert_int_equal(item->engagement.replies, 0);
    assert_int_equal(item->engagement.followers, 12);
    ask(&talk, "https://town.example/api/v1/timelines/tag/acme?limit=40&max_id=7");
    /* The empty last page has no Link header. */
    answer(&talk, "[]");
    nothing_more(&talk);
    assert_true(poll_report(talk.poll)->complete);
    talk_end(&talk);
}

static void test_items_that_are_old_end_the_walk(void **state) {
    (void)state;
    static const struct web_header params[] = {PAIR("tag", "acme")};
    static const struct web_header link[] = {
        PAIR("link", "<https://mastodon.social/next>; rel=\"next\"")};
    struct talk talk;
    talk_begin(&talk, "mastodon-tag", "", params, 1, SPAN("{\"known\":1795250000000}"));
    assert_true(poll_request(talk.poll, &talk.request));
    assert_true(
        answer_with(&talk,
                    "[{\"id\":\"3\",\"created_at\":\"2026-11-01T00:00:00Z\",\"content\":\"a\","
                    "\"account\":{\"acct\":\"b\"}}]",
                    link, 1));
    assert_int_equal(talk.items.count, 0);
    assert_int_equal(poll_report(talk.poll)->old_items, 1);
    nothing_more(&talk);
    assert_true(poll_report(talk.poll)->complete);
    talk_end(&talk);
}

static void test_stackexchange(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, "stackexchange", "acme", NULL, 0, SPAN(""));
    assert_true(poll_request(talk.poll, &talk.request));
    assert_true(span_ends_with(talk.request.url, SPAN("&fromdate=1792660211&page=1")));
    answer(
        &talk,
        "{\"items\":[{\"question_id\":77,\"title\":\"Why is &quot;acme&quot; slow?\","
        "\"body\":\"<p>It <code>hangs</code></p>\",\"owner\":{\"display_name\":\"Jo &amp; Al\","
        "\"user_id\":5,\"link\":\"https://so.example/u/5\"},\"creation_date\":1795200000,"
        "\"score\":-2,\"answer_count\":0,\"view_count\":9,\"link\":\"https://so.example/q/77\"}],"
        "\"has_more\":true,\"backoff\":10,\"quota_remaining\":290}");
    assert_span_equal(talk.items.list[0].title, "Why is \"acme\" slow?");
    assert_span_equal(talk.items.list[0].author, "Jo & Al");
    assert_span_equal(talk.items.list[0].site, "stackoverflow");
    assert_int_equal(talk.items.list[0].engagement.likes, 0);
    /* It asks to be left alone: the walk goes on later, at page 2. */
    assert_int_equal(poll_report(talk.poll)->backoff_ms, 10000);
    assert_true(poll_report(talk.poll)->more_soon);
    assert_false(poll_report(talk.poll)->complete);
    nothing_more(&talk);
    struct talk next;
    talk_begin(&next, "stackexchange", "acme", NULL, 0, talk.cursor);
    assert_true(poll_request(next.poll, &next.request));
    assert_true(span_ends_with(next.request.url, SPAN("&page=2")));
    assert_false(
        answer_with(&next, "{\"error_id\":502,\"error_message\":\"too many requests\"}", NULL, 0));
    assert_int_equal(next.error.kind, ERROR_NETWORK);
    assert_non_null(strstr(next.error.message, "too many requests"));
    nothing_more(&next);
    talk_end(&next);
    /* The rest of a walk is not all: what came to the top since it began waits to be asked for. */
    talk_begin(&next, "stackexchange", "acme", NULL, 0, talk.cursor);
    assert_true(poll_request(next.poll, &next.request));
    answer(&next, "{\"items\":[],\"has_more\":false}");
    nothing_more(&next);
    assert_false(poll_report(next.poll)->complete);
    assert_true(poll_report(next.poll)->more_soon);
    talk_end(&next);
    talk_end(&talk);
}

#define REVIEW(number)                                                                             \
    "{\"author\":{\"uri\":{\"label\":\"https://itunes.example/u/" number                           \
    "\"},\"name\":{\"label\":\"jo\"}},\"im:rating\":{\"label\":\"2\"},\"id\":{\"label\":\"" number \
    "\"},\"title\":{\"label\":\"Meh\"},\"content\":{\"label\":\"Crashes\"},"                       \
    "\"link\":{\"attributes\":{\"href\":\"https://itunes.example/r/" number                        \
    "\"}},\"im:voteSum\":{\"label\":\"4\"}}"

static void test_appstore(void **state) {
    (void)state;
    static const struct web_header params[] = {PAIR("app", "99"), PAIR("country", "gb")};
    struct talk talk;
    talk_begin(&talk, "appstore", "", params, 2, SPAN(""));
    ask(&talk,
        "https://itunes.apple.com/gb/rss/customerreviews/page=1/id=99/sortby=mostrecent/json");
    answer(&talk, "{\"feed\":{\"entry\":[{\"im:name\":{\"label\":\"The App\"}}," REVIEW(
                      "1") "," REVIEW("2") "," REVIEW("3") "]}}");
    assert_int_equal(talk.items.count, 3); /* the app itself is no review */
    assert_int_equal((int)talk.items.list[0].rating, 2);
    assert_span_equal(talk.items.list[0].title, "Meh");
    assert_span_equal(talk.items.list[0].country, "GB");
    assert_int_equal(talk.items.list[0].engagement.likes, 4);
    assert_int_equal(talk.items.list[0].published_ms, DATE_NONE);
    /* One empty page is passed over; an entry alone is no list. */
    assert_true(poll_request(talk.poll, &talk.request));
    answer(&talk, "{\"feed\":{\"author\":{}}}");
    ask(&talk,
        "https://itunes.apple.com/gb/rss/customerreviews/page=3/id=99/sortby=mostrecent/json");
    answer(&talk, "{\"feed\":{\"entry\":" REVIEW("4") "}}");
    assert_int_equal(talk.items.count, 4);
    assert_true(poll_request(talk.poll, &talk.request));
    answer(&talk, "{\"feed\":{}}");
    assert_true(poll_request(talk.poll, &talk.request));
    answer(&talk, "{\"feed\":{}}");
    nothing_more(&talk);
    assert_true(poll_report(talk.poll)->complete);

    /* Nothing is dated: what was on top the last time ends the next walk. */
    struct talk next;
    talk_begin(&next, "appstore", "", params, 2, talk.cursor);
    assert_true(poll_request(next.poll, &next.request));
    answer(&next, "{\"feed\":{\"entry\":[" REVIEW("9") "," REVIEW("1") "," REVIEW("2") "," REVIEW(
                      "3") "]}}");
    nothing_more(&next);
    /* An empty first page changes nothing. */
    struct talk empty;
    talk_begin(&empty, "appstore", "", params, 2, next.cursor);
    assert_true(poll_request(empty.poll, &empty.request));
    answer(&empty, "{\"feed\":{}}");
    assert_true(poll_request(empty.poll, &empty.request));
    answer(&empty, "{\"feed\":{}}");
    nothing_more(&empty);
    assert_true(span_equal(empty.cursor, next.cursor));
    /* Past the last page the site answers in plain text. */
    struct talk past;
    talk_begin(&past, "appstore", "", params, 2, SPAN(""));
    assert_true(poll_request(past.poll, &past.request));
    assert_false(answer_with(&past, "CustomerReviews RSS page depth is limited to 10", NULL, 0));
    assert_non_null(strstr(past.error.message, "not JSON"));
    talk_end(&past);
    talk_end(&empty);
    talk_end(&next);
    talk_end(&talk);
}

static void test_steam(void **state) {
    (void)state;
    static const struct web_header params[] = {PAIR("app", "440")};
    struct talk talk;
    talk_begin(&talk, "steam", "", params, 1, SPAN(""));
    ask(&talk, "https://store.steampowered.com/appreviews/440?json=1&filter=recent&language=all&"
               "num_per_page=100&purchase_type=all&filter_offtopic_activity=0&cursor=%2A");
    answer(&talk,
           "{\"success\":1,\"reviews\":[{\"recommendationid\":\"5\",\"review\":\"[b]Nice[/b] [1] "
           "\\n[list][*]one[/list]\",\"voted_up\":false,\"language\":\"schinese\","
           "\"timestamp_created\":1795200000,\"timestamp_updated\":1795210000,"
           "\"votes_up\":3,\"author\":{\"steamid\":\"76\"}}],\"cursor\":\"AoJ4+/a==\"}");
    const struct item *item = &talk.items.list[0];
    assert_span_equal(item->text, "Nice [1] \none");
    assert_int_equal((int)item->rating, 1);
    assert_span_equal(item->language, "zh-Hans");
    assert_span_equal(item->url, "https://steamcommunity.com/profiles/76/recommended/440/");
    assert_true(poll_request(talk.poll, &talk.request));
    assert_true(span_ends_with(talk.request.url, SPAN("&cursor=AoJ4%2B%2Fa%3D%3D")));
    /* The same cursor again is the end, whatever the page holds. */
    answer(&talk, "{\"success\":1,\"reviews\":[{\"recommendationid\":\"6\",\"voted_up\":true,"
                  "\"timestamp_created\":1795200000}],\"cursor\":\"AoJ4+/a==\"}");
    assert_int_equal(talk.items.count, 2);
    nothing_more(&talk);
    struct talk failed;
    talk_begin(&failed, "steam", "", params, 1, SPAN(""));
    assert_true(poll_request(failed.poll, &failed.request));
    assert_false(answer_with(&failed, "{\"success\":2}", NULL, 0));
    talk_end(&failed);
    talk_end(&talk);
}

static void test_feed_recipe(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    const struct recipe *recipe = NULL;
    struct poll *poll = NULL;
    struct error error = {0};
    struct poll_options options = {
        .url = SPAN("https://a.example/feed"), .now_ms = NOW, .since_ms = NOW - 30 * DAY_MS};
    assert_true(recipe_builtin(SPAN("feed"), arena, &recipe, &error));
    assert_true(recipe_info(recipe)->needs_url);
    struct poll_options without = options;
    without.url = (struct span){0};
    assert_false(poll_begin(recipe, &without, SPAN(""), arena, &poll, &error));
    assert_non_null(strstr(error.message, "needs \"url\""));
    /* What is known is handed out again: the store knows edits from copies. */
    assert_true(
        poll_begin(recipe, &options, SPAN("{\"known\":1795252211000}"), arena, &poll, &error));
    struct web_request request;
    assert_true(poll_request(poll, &request));
    struct items items = {.arena = arena};
    struct web_response response = {
        .status = 200,
        .url = request.url,
        .body = SPAN("<rss><channel><item><title>a</title><pubDate>Fri, 20 Nov 2026 10:00:00 GMT"
                     "</pubDate></item><item><title>ancient</title><pubDate>Fri, 20 Nov 2020 "
                     "10:00:00 GMT</pubDate></item></channel></rss>")};
    assert_true(poll_response(poll, &response, arena, &items, &error));
    assert_int_equal(items.count, 1);
    assert_int_equal(poll_report(poll)->old_items, 1);
    assert_false(poll_request(poll, &request));
    arena_free(arena);
}

/* Feeds and pages name their next page themselves. */
static void test_standard_documents_go_on(void **state) {
    (void)state;
    static const struct {
        const char *recipe;
        const char *body;
    } rows[] = {
        {"feed", "<feed xmlns='http://www.w3.org/2005/Atom'><link rel='next' href='?page=2'/>"
                 "<entry><id>1</id><updated>2026-11-20T00:00:00Z</updated></entry></feed>"},
        {"feed", "{\"version\":\"https://jsonfeed.org/version/1\",\"next_url\":\"?page=2\","
                 "\"items\":[{\"id\":\"1\"}]}"},
        {"reviews-page", "<html><link rel=next href='?page=2'><div itemscope "
                         "itemtype='http://schema.org/Review'><p itemprop=reviewBody>x</div>"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *arena = arena_create();
        const struct recipe *recipe = NULL;
        struct poll *poll = NULL;
        struct error error = {0};
        struct web_request request;
        struct items items = {.arena = arena};
        struct poll_options options = {.url = SPAN("https://a.example/x"), .now_ms = NOW};
        assert_true(recipe_builtin(span_of(rows[i].recipe), arena, &recipe, &error));
        assert_true(poll_begin(recipe, &options, SPAN(""), arena, &poll, &error));
        assert_true(poll_request(poll, &request));
        struct web_response response = {
            .status = 200, .url = request.url, .body = span_of(rows[i].body)};
        assert_true(poll_response(poll, &response, arena, &items, &error));
        assert_int_equal(items.count, 1);
        assert_true(poll_request(poll, &request));
        assert_span_equal(request.url, "https://a.example/x?page=2");
        arena_free(arena);
    }
}

/* What a site shows instead of what was asked for is nobody's mention. */
static void test_walls(void **state) {
    (void)state;
    static const char wall[] = "<!DOCTYPE html><html><head><title>Just a moment...</title></head>"
                               "<body><p>Checking your browser.</p></body></html>";
    static const struct {
        const char *recipe;
        bool accepted;
    } rows[] = {{"feed", false}, {"reviews-page", true}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *arena = arena_create();
        const struct recipe *recipe = NULL;
        struct poll *poll = NULL;
        struct error error = {0};
        struct web_request request;
        struct items items = {.arena = arena};
        struct poll_options options = {.url = SPAN("https://a.example/x"), .now_ms = NOW};
        assert_true(recipe_builtin(span_of(rows[i].recipe), arena, &recipe, &error));
        assert_true(poll_begin(recipe, &options, SPAN(""), arena, &poll, &error));
        assert_true(poll_request(poll, &request));
        struct web_response response = {.status = 200, .url = request.url, .body = SPAN(wall)};
        assert_int_equal(poll_response(poll, &response, arena, &items, &error), rows[i].accepted);
        assert_int_equal(items.count, 0);
        assert_true(rows[i].accepted || strstr(error.message, "Just a moment") != NULL);
        arena_free(arena);
    }
}

#define OWN                                                                                        \
    "name: own\ntitle: Own\nchannel: social\nformat: json\nrequest:\n"                             \
    "  url: http://x.example/\n  method: POST\n  body: '{{\"q\":\"{query|json}\"}'\n"              \
    "items: data\nitem:\n"                                                                         \
    "  id: id\n"                                                                                   \
    "  text: {place: text, type: markdown}\n"                                                      \
    "  author: {place: author_id, join: includes.users, on: id, take: name}\n"                     \
    "  rating: {place: stars, map: {ONE: 1, FIVE: 5}, worst: 1, best: 5}\n"                        \
    "  likes: likes\n  published: when\n  deleted: gone\n"                                         \
    "skip: ['type = ad']\nexpect: [id, views]\n"

static void test_own_recipe(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, OWN, "say \"hi\"", NULL, 0, SPAN(""));
    ask(&talk, "http://x.example/");
    assert_span_equal(talk.request.method, "POST");
    assert_span_equal(talk.request.body, "{\"q\":\"say \\\"hi\\\"\"}");
    answer(&talk,
           "{\"data\":[{\"id\":\"1\",\"text\":\"# Hi\\n**bold** [link](http://a.example)\","
           "\"author_id\":\"u2\",\"stars\":\"FIVE\",\"likes\":\"3.4K\",\"when\":\"2 hours ago\"},"
           "{\"id\":\"2\",\"type\":\"ad\"},"
           "{\"id\":\"3\",\"stars\":\"SEVEN\",\"likes\":\"1,234\",\"when\":\"some day\","
           "\"gone\":true}],\"includes\":{\"users\":[{\"id\":\"u1\",\"name\":\"no\"},"
           "{\"id\":\"u2\",\"name\":\"Eva\"}]}}");
    assert_int_equal(talk.items.count, 2);
    const struct item *first = &talk.items.list[0];
    assert_span_equal(first->text, "Hi\nbold link");
    assert_span_equal(first->author, "Eva");
    assert_int_equal((int)first->rating, 5);
    assert_int_equal(first->engagement.likes, 3400);
    assert_int_equal(first->published_ms, NOW - 2 * HOUR_MS);
    const struct item *second = &talk.items.list[1];
    assert_int_equal(second->engagement.likes, 1234);
    assert_true(second->deleted);
    assert_true(second->rating < 0);
    assert_int_equal(poll_report(talk.poll)->blemishes, 2);
    assert_span_equal(poll_report(talk.poll)->first_blemish,
                      "t.yaml:16: published: \"some day\" is no date (item 3: data[2].when)");
    assert_span_equal(poll_report(talk.poll)->missing,
                      "t.yaml:19: no item has a views: the site has changed; the first is "
                      "{\"id\":\"1\",\"text\":\"# Hi\\n**bold** [link](http://a.example)\","
                      "\"author_id\":\"u2\",\"sta...");
    talk_end(&talk);
}

#define PAGE_RECIPE                                                                                \
    "name: page\ntitle: Page\nformat: html\nrequest:\n  url: http://x.example/r\n"                 \
    "items: //article\nitem:\n  id: '@id'\n  url: './/a/@href'\n"                                  \
    "  text: {place: './/p', type: html}\n  published: './/time/@datetime'\n"                      \
    "  rating: {place: './/b', worst: 0, best: 10}\n"                                              \
    "paging:\n  kind: next\n  next: //a[@rel='next']/@href\n"

static void test_html_recipe(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, PAGE_RECIPE, "", NULL, 0, SPAN(""));
    ask(&talk, "http://x.example/r");
    answer(&talk,
           "<html><body><article id=r1><a href='/r/1'>x</a><time datetime='2026-11-20'></time>"
           "<p>one <b>8,0</b> caf&eacute;<br>two</p></article><article id=r2><p>z</p></article>"
           "<a rel=next href='?p=2'>older</a></body></html>");
    assert_int_equal(talk.items.count, 2);
    assert_span_equal(talk.items.list[0].id, "r1");
    assert_span_equal(talk.items.list[0].url, "http://x.example/r/1");
    assert_span_equal(talk.items.list[0].text, "one 8,0 caf\xC3\xA9\ntwo");
    assert_int_equal((int)(talk.items.list[0].rating * 10), 40);
    ask(&talk, "http://x.example/r?p=2");
    talk_end(&talk);
}

#define SURVEY_RECIPE                                                                              \
    "name: survey\ntitle: Survey\nformat: json\nrequest:\n  url: http://x.example/s\nitems: a\n"   \
    "item:\n  id: id\n  nps: n\n  csat: s\n  ces: {place: e, type: rating, worst: 1, best: 5}\n"

/* On the question's own scale, unless the recipe says another. */
static void test_answers_to_surveys(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, SURVEY_RECIPE, "", NULL, 0, SPAN(""));
    ask(&talk, "http://x.example/s");
    answer(&talk,
           "{\"a\":[{\"id\":1,\"n\":0,\"s\":4,\"e\":5},{\"id\":2,\"n\":11,\"s\":0,\"e\":6}]}");
    assert_int_equal(talk.items.count, 2);
    assert_true(talk.items.list[0].answers[SURVEY_NPS] == 0);
    assert_true(talk.items.list[0].answers[SURVEY_CSAT] == 4);
    assert_true(talk.items.list[0].answers[SURVEY_CES] == 7);
    for (size_t i = 0; i < SURVEY_COUNT; i++) {
        assert_true(talk.items.list[1].answers[i] < 0);
    }
    assert_int_equal(poll_report(talk.poll)->blemishes, 3);
    talk_end(&talk);
}

static void test_statuses_and_limits(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, "hackernews", "acme", NULL, 0, SPAN("not a cursor"));
    assert_true(poll_request(talk.poll, &talk.request));
    struct web_response response = {.status = 503, .url = talk.request.url};
    assert_false(poll_response(talk.poll, &response, talk.arena, &talk.items, &talk.error));
    assert_int_equal(talk.error.kind, ERROR_NETWORK);
    assert_int_equal(talk.error.code, 503);
    nothing_more(&talk);
    talk_end(&talk);

    /* Cut JSON with status 200 is an error, and nothing of it is handed out. */
    talk_begin(&talk, "hackernews", "acme", NULL, 0, SPAN(""));
    assert_true(poll_request(talk.poll, &talk.request));
    assert_false(answer_with(&talk, "{\"hits\":[{\"objectID\":\"1\"},", NULL, 0));
    assert_int_equal(talk.items.count, 0);
    talk_end(&talk);

    /* A wrong parameter, a missing one. */
    static const struct web_header wrong[] = {PAIR("tags", "x")};
    struct arena *arena = arena_create();
    const struct recipe *recipe = NULL;
    struct poll *poll = NULL;
    struct error error = {0};
    struct poll_options options = {.now_ms = NOW, .since_ms = 0, .params = wrong, .param_count = 1};
    assert_true(recipe_builtin(SPAN("mastodon-tag"), arena, &recipe, &error));
    assert_false(poll_begin(recipe, &options, SPAN(""), arena, &poll, &error));
    assert_non_null(strstr(error.message, "needs the parameter \"tag\""));
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_builtins_read),
        cmocka_unit_test(test_unknown_builtin),
        cmocka_unit_test(test_addresses_find_their_recipe),
        cmocka_unit_test(test_matches_name_parameters),
        cmocka_unit_test(test_recipe_errors),
        cmocka_unit_test(test_templates),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_hackernews),
        cmocka_unit_test(test_window_slides),
        cmocka_unit_test(test_a_walk_begins_afresh),
        cmocka_unit_test(test_mastodon),
        cmocka_unit_test(test_items_that_are_old_end_the_walk),
        cmocka_unit_test(test_stackexchange),
        cmocka_unit_test(test_appstore),
        cmocka_unit_test(test_steam),
        cmocka_unit_test(test_feed_recipe),
        cmocka_unit_test(test_standard_documents_go_on),
        cmocka_unit_test(test_walls),
        cmocka_unit_test(test_own_recipe),
        cmocka_unit_test(test_html_recipe),
        cmocka_unit_test(test_answers_to_surveys),
        cmocka_unit_test(test_statuses_and_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
