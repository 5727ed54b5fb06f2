#include "tests/unit/test.h"

#include "base/limits.h"
#include "base/query.h"

#define NOW_MS ((int64_t)1780000000000)

static const struct query *parsed(const char *text, struct arena *arena) {
    const struct query *query = NULL;
    struct error error = {0};
    if (!query_parse(span_of(text), NOW_MS, arena, &query, &error)) {
        fail_msg("\"%s\": %u: %s", text, error.column, error.message);
    }
    return query;
}

static struct mention mention_of(const char *title, const char *text) {
    struct mention mention = {.fetched_ms = NOW_MS};
    item_init(&mention.item);
    mention.item.title = span_of(title);
    mention.item.text = span_of(text);
    return mention;
}

/* The hits of one query in a mention, as "slice" with '|' between, the title's with "T:" before;
 * "-" when it does not match. */
static struct span hits_of(const char *query, const struct mention *mention, struct arena *arena) {
    const struct query *one = parsed(query, arena);
    struct matcher *matcher = matcher_create(&one, 1);
    struct query_hits hits;
    matcher_match(matcher, mention, arena, &hits);
    matcher_free(matcher);
    if (hits.query_count == 0) {
        assert_int_equal(hits.count, 0);
        return SPAN("-");
    }
    struct span *parts = ARENA_ARRAY(arena, struct span, hits.count);
    for (size_t i = 0; i < hits.count; i++) {
        const struct query_hit *hit = &hits.list[i];
        struct span from = hit->in_title ? mention->item.title : mention->item.text;
        assert_true(hit->begin < hit->end && hit->end <= from.size);
        parts[i] = arena_print(arena, "%s%.*s", hit->in_title ? "T:" : "",
                               (int)(hit->end - hit->begin), from.data + hit->begin);
    }
    return arena_join(arena, parts, hits.count, "|");
}

/* What a source is asked for must find what the query matches here: read as queries of ours, which
 * they all are, the searches of every dialect must match too. */
static void check_searches(const struct query *query, const struct mention *mention,
                           struct arena *arena) {
    for (int dialect = QUERY_PLAIN; dialect <= QUERY_ALGOLIA; dialect++) {
        size_t count = 0;
        const struct span *searches =
            query_compile(query, (enum query_dialect)dialect, arena, &count);
        const struct query **asked = ARENA_ARRAY(arena, const struct query *, count);
        for (size_t i = 0; i < count; i++) {
            asked[i] = parsed(searches[i].data, arena);
        }
        struct matcher *matcher = matcher_create(asked, count);
        struct query_hits hits;
        matcher_match(matcher, mention, arena, &hits);
        matcher_free(matcher);
        if (count > 0 && hits.query_count == 0) {
            fail_msg("\"%.*s\" is not found by %s", SPAN_ARG(mention->item.text), searches[0].data);
        }
    }
}

static void test_text(void **state) {
    (void)state;
    static const struct {
        const char *query, *text, *hits;
    } cases[] = {
        /* whole words, any case, any accent */
        {"acme", "I love ACME!", "ACME"},
        {"acme", "acmeism and macme", "-"},
        {"acme", "it.Acme _acme_ (acme) #Acme @acme", "Acme|acme|acme|Acme|acme"},
        {"cafe", "Un Café", "Café"},
        {"CAFÉ", "cafe", "cafe"},
        {"strasse", "Straße", "Straße"},
        {"acme", "Acme's best, l’Acme d'Acme's", "Acme|Acme|Acme"},
        {"oreal paris", "l'oréal's d'x", "-"},
        {"l'oreal", "L’Oréal, d'L'Oréal's", "L’Oréal|L'Oréal"},
        {"mcdonald's", "McDonald’s fries", "McDonald’s"},
        {"acme", "ac\xC2\xADme", "ac\xC2\xADme"},
        {"acme", "", "-"},
        /* phrases */
        {"\"acme coffee\"", "the Acme  coffee, acme tea", "Acme  coffee"},
        {"\"acme coffee\"", "acme, coffee", "acme, coffee"},
        {"\"acme coffee\"", "acme's coffee", "acme's coffee"},
        {"\"acme coffee\"", "coffee acme", "-"},
        {"\"acme coffee\"", "acme good coffee", "-"},
        {"\"a b a b\"", "a b a b a b", "a b a b|a b a b"},
        {"\"acme ret*\"", "acme returns, acme return", "acme returns|acme return"},
        /* endings */
        {"return*", "Returned returns unreturned", "Returned|returns"},
        {"ac*", "l'acme", "acme"},
        /* hyphens */
        {"coca-cola", "Coca-Cola coca cola cocacola Coca‑Cola",
         "Coca-Cola|coca cola|cocacola|Coca‑Cola"},
        {"coca-cola", "coca, cola; coca", "-"},
        {"e-mail*", "emails e-mailing", "emails|e-mailing"},
        /* symbols */
        {"c++", "C++ c c+", "C++"},
        {"c#", "c #", "-"},
        {"AT&T", "at&t at & t at t", "at&t|at & t"},
        {"\"procter & gamble\"", "Procter & Gamble; Procter&Gamble; procter gamble",
         "Procter & Gamble|Procter&Gamble"},
        {"#acme", "acme #Acme", "#Acme"},
        {".net", "net .NET", ".NET"},
        {"yahoo!", "yahoo", "yahoo"},
        /* hosts */
        {"example.com", "See example.com.", "example.com"},
        {"example.com", "www.example[.]com/x", "example[.]com"},
        {"example.com", "example (dot) com, example dot com, example(.)com, example . com",
         "example (dot) com|example dot com|example(.)com|example . com"},
        {"example[.]com", "https://Example.COM/", "Example.COM"},
        {"example.com", "for example. Com", "-"},
        {"example.com", "example com", "-"},
        {"example.com", "my-example.com example.com.evil.test example.com-evil.test", "-"},
        {"example.co.uk", "example[.]co[.]uk example dot co dot uk",
         "example[.]co[.]uk|example dot co dot uk"},
        {"example.com", "example.com-like shops", "example.com"},
        {"\"a.p. moller\"", "A.P. Moller-Maersk", "A.P. Moller"},
        {"my.example.com", "my dot example dot com", "my dot example dot com"},
        {"example.com", "example good com", "-"},
        {"example", "example.com", "example"},
        /* exact bytes */
        {"`ACME`", "acme ACME Acme ACMEs xACME ACME-x", "ACME|ACME"},
        {"`C++`", "c++ C++ C++11", "C++|C++"},
        {"`:-)`", "well :-) x:-)", ":-)|:-)"},
        {"`é`", "é e", "é"},
        {"`e`", "e e\xCC\x81 é", "e"},
        {"`!`", "a! !", "!|!"},
        {"`The` OR `Gap` OR `Them`", "The Gap", "The|Gap"},
        {"`The Gap`", "mind the gap; The Gap", "The Gap"},
        /* scripts without spaces */
        {"任天堂", "私は任天堂が好き", "任天堂"},
        {"任天堂", "任天 堂々", "任天 堂"},
        {"アップル", "アップル社 パイナップル", "アップル"},
        /* operators */
        {"acme refund", "a refund from acme", "refund|acme"},
        {"acme refund", "acme", "-"},
        {"acme OR refund", "refund", "refund"},
        {"acme OR (globex refund)", "acme globex", "acme"},
        {"acme -brick", "acme brick", "-"},
        {"acme -brick", "acme bricks", "acme"},
        {"acme -(brick toy)", "acme brick", "acme"},
        {"acme -(brick toy)", "acme brick toy", "-"},
        {"acme -`Brick`", "acme brick", "acme"},
        {"acme -`Brick`", "acme Brick", "-"},
        {"acme -\"wile e\"~2", "acme e x wile", "-"},
        {"acme AND (acme OR globex)", "acme", "acme"},
        /* distance */
        {"acme NEAR/2 refund", "acme x refund", "acme|refund"},
        {"acme NEAR/2 refund", "acme x y refund", "-"},
        {"acme NEAR/2 refund", "refund acme z z z acme", "refund|acme"},
        {"acme ONEAR/2 refund", "refund acme", "-"},
        {"acme ONEAR/2 refund", "acme refund", "acme|refund"},
        {"acme NEAR/1 acme", "acme", "-"},
        {"acme NEAR/1 acme", "acme acme", "acme|acme"},
        {"a1 NEAR/5 b1 NEAR/1 c1", "a1 b1 x x b1 c1", "a1|b1|c1"},
        {"a1 NEAR/1 b1 NEAR/1 c1", "a1 b1 x b1 c1", "-"},
        {"a1 NEAR/3 (\"b1 c1\" OR d1)", "a1 x b1 c1 y y y d1", "a1|b1 c1"},
        {"a1 NEAR/3 return*", "returned it to a1", "returned|a1"},
        {"a1 NEAR/2 `B`", "a1 x B b", "a1|B"},
        {"\"a1 b1\"~0", "b1 a1", "b1 a1"},
        {"\"a1 b1\"~1", "b1 x a1 x x b1", "b1 x a1"},
        {"\"a1 b1 c1\"~2", "c1 x a1 y b1", "c1 x a1 y b1"},
        {"\"a1 b1 c1\"~1", "c1 x a1 y b1", "-"},
        {"\"bye bye\"~2", "bye", "-"},
        {"\"bye bye\"~2", "bye x bye", "bye x bye"},
        {"\"a1\"~3", "a1", "a1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        struct mention mention = mention_of("", cases[i].text);
        struct span hits = hits_of(cases[i].query, &mention, arena);
        if (!span_equal(hits, span_of(cases[i].hits))) {
            fail_msg("%s in \"%s\": \"%.*s\" is not \"%s\"", cases[i].query, cases[i].text,
                     SPAN_ARG(hits), cases[i].hits);
        }
        if (!span_equal(hits, SPAN("-"))) {
            check_searches(parsed(cases[i].query, arena), &mention, arena);
        }
        arena_free(arena);
    }
}

static void test_title(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    struct mention mention = mention_of("Acme again", "The refund of acme");
    assert_span_equal(hits_of("acme", &mention, arena), "T:Acme|acme");
    assert_span_equal(hits_of("again refund", &mention, arena), "T:again|refund");
    assert_span_equal(hits_of("again NEAR/100 the", &mention, arena), "-");
    assert_span_equal(hits_of("\"again the\"", &mention, arena), "-");
    assert_span_equal(hits_of("\"again the\"~100", &mention, arena), "-");
    assert_span_equal(hits_of("acme NEAR/1 again", &mention, arena), "T:Acme|T:again");
    arena_free(arena);
}

static struct mention full_mention(void) {
    static struct topic_mention topics[] = {{.name = {"delivery", 8}}};
    static struct brand_mention brands[] = {
        {.name = {"Acmé", 5}, .score = {0.8, 0.9, LABEL_POSITIVE}},
        {.name = {"Globex", 6}, .score = {-0.7, 0.9, LABEL_NEGATIVE}},
    };
    struct mention mention = mention_of("", "acme");
    mention.source = SPAN("steam-1");
    mention.channel = CHANNEL_REVIEW;
    mention.stage = STAGE_LOYALTY;
    mention.language = SPAN("pt");
    mention.item.language = SPAN("pt-BR");
    mention.item.country = SPAN("BR");
    mention.item.rating = 2;
    mention.item.answers[SURVEY_NPS] = 6;
    mention.item.author = SPAN("Jo Sánchez");
    mention.item.author_id = SPAN("u-77");
    mention.item.url = SPAN("https://shop.Acme.com/x");
    mention.item.site = SPAN("News.test");
    mention.item.published_ms = NOW_MS - 2 * DAY_MS;
    mention.item.engagement.likes = 10;
    mention.item.engagement.views = 500;
    mention.score = (struct score){-0.4, 0.8, LABEL_NEGATIVE};
    mention.topics = topics;
    mention.topic_count = 1;
    mention.brands = brands;
    mention.brand_count = 2;
    return mention;
}

static void test_fields(void **state) {
    (void)state;
    static const struct {
        const char *query;
        bool matches;
    } cases[] = {
        {"source:steam-1", true},
        {"source:Steam*", true},
        {"source:steam", false},
        {"channel:Review", true},
        {"channel:news", false},
        {"stage:loyalty", true},
        {"stage:purchase", false},
        {"lang:pt", true},
        {"lang:pt-br", true},
        {"lang:pt-PT", false},
        {"lang:p", false},
        {"lang:en", false},
        {"country:br", true},
        {"country:ES", false},
        {"nps:<=6", true},
        {"nps:>6", false},
        {"csat:<=5", false},
        {"acme NOT ces:1..7", true},
        {"rating:2", true},
        {"rating:<2", false},
        {"rating:<=2", true},
        {"rating:>2", false},
        {"rating:>=2", true},
        {"rating:1..3", true},
        {"rating:3..4", false},
        {"rating:=2", true},
        {"sentiment:<-0.3", true},
        {"sentiment:>-0.3", false},
        {"label:negative", true},
        {"label:positive", false},
        {"topic:Delivery", true},
        {"topic:del*", true},
        {"topic:price", false},
        {"author:jo", true},
        {"author:\"jo sanchez\"", true},
        {"author:u-77", true},
        {"author:san", false},
        {"author:san*", true},
        {"site:acme.com", true},
        {"site:shop.acme.com", true},
        {"site:www.acme.com", true},
        {"site:me.com", false},
        {"site:news.test", true},
        {"site:https://acme.com/y", true},
        {"brand:acme", true},
        {"brand:initech", false},
        {"since:3d", true},
        {"since:1d", false},
        {"until:1d", true},
        {"until:3d", false},
        {"reach:>=500", true},
        {"reach:<500", false},
        {"engagement:10", true},
        {"brand:acme label:positive", true},
        {"brand:acme label:negative", false},
        {"brand:globex sentiment:<-0.5", true},
        {"acme -lang:pt", false},
        {"lang:en OR acme", true},
        {"lang:pt acme", true},
        {"lang:pt globex", false},
        {"lang:pt -globex", true},
        {"lang:pt -acme", false},
    };
    struct mention mention = full_mention();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        bool matches = !span_equal(hits_of(cases[i].query, &mention, arena), SPAN("-"));
        if (matches != cases[i].matches) {
            fail_msg("%s", cases[i].query);
        }
        arena_free(arena);
    }
}

/* What is not known matches nothing, neither as it stands nor compared with. */
static void test_unknown_fields(void **state) {
    (void)state;
    static const char *const queries[] = {
        "source:x",     "lang:en", "country:ES", "rating:>=0", "rating:<5", "sentiment:<=1",
        "label:unsure", "topic:x", "author:x",   "site:x.com", "brand:x"};
    struct mention mention = mention_of("", "acme");
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        struct arena *arena = arena_create();
        assert_span_equal(hits_of(queries[i], &mention, arena), "-");
        arena_free(arena);
    }
}

static void test_many_queries(void **state) {
    (void)state;
    static const char *const texts[] = {"acme",          "globex -acme", "lang:en",
                                        "\"acme corp\"", "zzz",          "acme*"};
    enum { COUNT = sizeof texts / sizeof texts[0] };
    struct arena *arena = arena_create();
    const struct query *queries[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        queries[i] = parsed(texts[i], arena);
    }
    struct matcher *matcher = matcher_create(queries, COUNT);
    struct mention mention = mention_of("", "Globex and Acme Corp");
    mention.language = SPAN("en");
    struct query_hits hits;
    matcher_match(matcher, &mention, arena, &hits);
    assert_int_equal(hits.query_count, 4);
    const size_t expected[] = {0, 2, 3, 5};
    assert_memory_equal(hits.queries, expected, sizeof expected);
    assert_int_equal(hits.count, 3);
    assert_int_equal(hits.list[0].query, 0);
    assert_span_equal(hits.list[0].clause, "acme");
    assert_int_equal(hits.list[0].begin, 11);
    assert_int_equal(hits.list[0].end, 15);
    assert_int_equal(hits.list[1].query, 3);
    assert_span_equal(hits.list[1].clause, "\"acme corp\"");
    assert_int_equal(hits.list[2].query, 5);
    assert_span_equal(hits.list[2].clause, "acme*");
    matcher_free(matcher);
    matcher = matcher_create(NULL, 0);
    matcher_match(matcher, &mention, arena, &hits);
    assert_int_equal(hits.query_count, 0);
    matcher_free(matcher);
    matcher_free(NULL);
    arena_free(arena);
}

/* --- Against a naive evaluator ---------------------------------------------------------------- */

/* Texts and queries over four one-letter words; the model looks at every word for every term. */

enum { MODEL_WORDS = 12 };

struct model {
    uint64_t seed;
    char text[MODEL_WORDS]; /* a letter per word */
    size_t count;
    struct buffer query;
};

static uint32_t model_random(struct model *model, uint32_t below) {
    model->seed = model->seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(model->seed >> 33) % below;
}

/* Where a term stands: first and last word; all places as a set. */
struct places {
    size_t count;
    struct {
        size_t first, last;
    } list[MODEL_WORDS * MODEL_WORDS];
};

static void places_add(struct places *places, size_t first, size_t last) {
    places->list[places->count].first = first;
    places->list[places->count++].last = last;
}

/* Whether a place within first..last is among them: of nested stretches the inner one counts. */
static bool places_hold_within(const struct places *places, size_t first, size_t last) {
    for (size_t i = 0; i < places->count; i++) {
        if (places->list[i].first >= first && places->list[i].last <= last) {
            return true;
        }
    }
    return false;
}

/* "a b c" of `size` letters, loose: with at most `slop` others, any order. */
static void model_phrase(const struct model *model, const char *letters, size_t size, int slop,
                         struct places *places) {
    for (size_t first = model->count; first-- > 0;) { /* shorter ones first */
        for (size_t last = first; last < model->count; last++) {
            size_t length = last - first + 1;
            bool found = slop < 0 ? length == size : length <= size + (size_t)slop;
            for (size_t i = 0; slop < 0 && found && i < size; i++) {
                found = model->text[first + i] == letters[i];
            }
            for (char c = 'a'; slop >= 0 && found && c <= 'd'; c++) {
                size_t wanted = 0;
                size_t met = 0;
                for (size_t i = 0; i < size; i++) {
                    wanted += letters[i] == c;
                }
                for (size_t i = first; i <= last; i++) {
                    met += model->text[i] == c;
                }
                found = met >= wanted;
            }
            if (found && !places_hold_within(places, first, last)) {
                places_add(places, first, last);
            }
        }
    }
}

/* Writes a random term and finds its places. */
static void model_term(struct model *model, struct places *places) {
    char letters[3];
    size_t size = 1 + model_random(model, 3);
    int slop = size > 1 && model_random(model, 2) == 0 ? (int)model_random(model, 3) : -1;
    buffer_append_string(&model->query, size > 1 ? "\"" : "");
    for (size_t i = 0; i < size; i++) {
        letters[i] = (char)('a' + model_random(model, 4));
        buffer_print(&model->query, "%s%c", i > 0 ? " " : "", letters[i]);
    }
    buffer_append_string(&model->query, size > 1 ? "\"" : "");
    if (slop >= 0) {
        buffer_print(&model->query, "~%d", slop);
    }
    places->count = 0;
    model_phrase(model, letters, size, slop, places);
}

/* One or two alternatives in parentheses. */
static void model_operand(struct model *model, struct places *places) {
    struct places more;
    if (model_random(model, 3) > 0) {
        model_term(model, places);
        return;
    }
    buffer_append_string(&model->query, "(");
    model_term(model, places);
    buffer_append_string(&model->query, " OR ");
    model_term(model, &more);
    buffer_append_string(&model->query, ")");
    for (size_t i = 0; i < more.count && places->count < MODEL_WORDS * MODEL_WORDS; i++) {
        places_add(places, more.list[i].first, more.list[i].last);
    }
}

static bool model_near(struct model *model) {
    struct places reached;
    model_operand(model, &reached);
    size_t steps = 1 + model_random(model, 2);
    for (size_t step = 0; step < steps; step++) {
        bool ordered = model_random(model, 2) == 0;
        size_t distance = 1 + model_random(model, 4);
        struct places next;
        struct places kept = {.count = 0};
        buffer_print(&model->query, " %sNEAR/%zu ", ordered ? "O" : "", distance);
        model_operand(model, &next);
        for (size_t i = 0; i < next.count; i++) {
            bool near = false;
            for (size_t j = 0; j < reached.count; j++) {
                size_t first = next.list[i].first;
                size_t last = next.list[i].last;
                bool behind =
                    first > reached.list[j].last && first - reached.list[j].last <= distance;
                bool before =
                    last < reached.list[j].first && reached.list[j].first - last <= distance;
                near = near || behind || (before && !ordered);
            }
            if (near) {
                places_add(&kept, next.list[i].first, next.list[i].last);
            }
        }
        reached = kept;
    }
    return reached.count > 0;
}

/* A random query; its value in the text. */
static bool model_query(struct model *model, int depth) {
    struct places places;
    uint32_t kind = model_random(model, depth > 0 ? 5 : 2);
    if (kind == 0) {
        model_term(model, &places);
        return places.count > 0;
    }
    if (kind == 1) {
        return model_near(model);
    }
    buffer_append_string(&model->query, "(");
    bool value = model_query(model, depth - 1);
    for (uint32_t i = 0; i <= model_random(model, 2); i++) {
        bool excluded = kind == 4;
        buffer_append_string(&model->query, kind == 3 ? " OR " : excluded ? " -(" : " ");
        bool other = model_query(model, depth - 1);
        buffer_append_string(&model->query, excluded ? ")" : "");
        value = kind == 3 ? value || other : value && (other != excluded);
    }
    buffer_append_string(&model->query, ")");
    return value;
}

enum { MODEL_QUERIES = 8 };

static void check_model(struct model *model, struct arena *arena) {
    struct buffer text;
    buffer_init(&text, KIB);
    model->count = model_random(model, MODEL_WORDS + 1);
    for (size_t i = 0; i < model->count; i++) {
        model->text[i] = (char)('a' + model_random(model, 4 + i % 2));
        buffer_print(&text, "%c ", model->text[i]);
    }
    const struct query *queries[MODEL_QUERIES];
    bool expected[MODEL_QUERIES];
    struct span written[MODEL_QUERIES];
    for (size_t i = 0; i < MODEL_QUERIES; i++) {
        buffer_clear(&model->query);
        expected[i] = model_query(model, 2);
        written[i] = arena_copy(arena, buffer_span(&model->query));
        queries[i] = parsed(written[i].data, arena);
    }
    struct mention mention = mention_of("", arena_copy_string(arena, buffer_span(&text)));
    struct matcher *matcher = matcher_create(queries, MODEL_QUERIES);
    struct query_hits hits;
    matcher_match(matcher, &mention, arena, &hits);
    size_t next = 0;
    for (size_t i = 0; i < MODEL_QUERIES; i++) {
        bool matches = next < hits.query_count && hits.queries[next] == i;
        next += matches ? 1 : 0;
        if (matches != expected[i]) {
            fail_msg("%s in \"%s\" should%s match", written[i].data, mention.item.text.data,
                     expected[i] ? "" : " not");
        }
        if (matches) {
            check_searches(queries[i], &mention, arena);
        }
    }
    matcher_free(matcher);
    buffer_done(&text);
}

static void test_model(void **state) {
    (void)state;
    struct model model = {.seed = 7};
    buffer_init(&model.query, 64 * KIB);
    for (int i = 0; i < 4000; i++) {
        struct arena *arena = arena_create();
        check_model(&model, arena);
        arena_free(arena);
    }
    buffer_done(&model.query);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),         cmocka_unit_test(test_title),
        cmocka_unit_test(test_fields),       cmocka_unit_test(test_unknown_fields),
        cmocka_unit_test(test_many_queries), cmocka_unit_test(test_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
