#include "tests/unit/test.h"

#include "base/limits.h"
#include "base/query.h"

#define NOW_MS ((int64_t)1780000000000) /* 2026-05-28 */

static struct span printed(const struct query *query, struct arena *arena) {
    struct buffer buffer;
    buffer_init(&buffer, LIMIT_QUERY * 4);
    query_print(&buffer, query);
    struct span text = arena_copy(arena, buffer_span(&buffer));
    buffer_done(&buffer);
    return text;
}

static void test_print(void **state) {
    (void)state;
    static const struct {
        const char *text, *printed;
    } cases[] = {
        {"author:\"a\\\\\\\xE2\x80\x9D\"",
         "author:\"a\\\\\\\xE2\x80\x9D\""}, /* a backslash, a curly mark */
        {"acme", "acme"},
        {"  Acme\n", "Acme"},
        {"acme refund", "acme AND refund"},
        {"acme AND refund", "acme AND refund"},
        {"acme OR globex refund", "acme OR (globex AND refund)"},
        {"(acme OR globex) refund", "(acme OR globex) AND refund"},
        {"((acme))", "acme"},
        {"a1 OR (b1 OR (c1 OR d1))", "a1 OR b1 OR c1 OR d1"},
        {"a1 (b1 AND c1)", "a1 AND b1 AND c1"},
        {"acme -\"acme brick\" NOT looneytunes", "acme AND NOT \"acme brick\" AND NOT looneytunes"},
        {"acme NOT (x1 OR y1)", "acme AND NOT (x1 OR y1)"},
        {"acme NOT NOT refund", "acme AND refund"},
        {"acme --refund", "acme AND refund"},
        {"acme NEAR/5 (refund OR return*)", "acme NEAR/5 (refund OR return*)"},
        {"a1 NEAR/2 b1 ONEAR/3 c1 d1", "a1 NEAR/2 b1 ONEAR/3 c1 AND d1"},
        {"NOT a1 NEAR/2 b1 c1", "NOT a1 NEAR/2 b1 AND c1"},
        {"\"a  b\"~3", "\"a  b\"~3"},
        {"“acme coffee”", "“acme coffee”"},
        {"\"15\\\" tv\"", "\"15\\\" tv\""},
        {"`ACME` `C++`", "`ACME` AND `C++`"},
        {"and or not near", "and AND or AND not AND near"},
        {"SOURCE:steam lang:es", "source:steam AND lang:es"},
        {"rating:<=2 sentiment:<-0.3", "rating:<=2 AND sentiment:<-0.3"},
        {"author:\"jo smith\" brand:Acme", "author:\"jo smith\" AND brand:Acme"},
        {"acme since:7d until:2026-11-01", "acme AND since:7d AND until:2026-11-01"},
        {"http://acme.com 12:30", "http://acme.com AND 12:30"},
        {"example[.]com example(dot)com", "example[.]com AND example(dot)com"},
        {"coca-cola AT&T c++ .net", "coca-cola AND AT&T AND c++ AND .net"},
        {"acme(refund)", "acme AND refund"},
        {"example(.)com(x1)", "example(.)com AND x1"},
        {"author:\"a\\\"b\"", "author:\"a\\\"b\""},
        {"acme\xC2\xA0refund", "acme AND refund"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        const struct query *query = NULL;
        struct error error = {0};
        if (!query_parse(span_of(cases[i].text), NOW_MS, arena, &query, &error)) {
            fail_msg("%s: %s", cases[i].text, error.message);
        }
        assert_span_equal(printed(query, arena), cases[i].printed);
        assert_true(query_parse(span_of(cases[i].printed), NOW_MS, arena, &query, &error));
        assert_span_equal(printed(query, arena), cases[i].printed);
        arena_free(arena);
    }
}

static void test_errors(void **state) {
    (void)state;
    static const struct {
        const char *text;
        unsigned column;
        const char *message; /* its beginning */
    } cases[] = {
        {"", 1, "the query is empty"},
        {"  \t", 1, "the query is empty"},
        {"acme \"coffee", 6, "unclosed quote"},
        {"é acme `coffee", 8, "unclosed back-tick"},
        {"(acme", 1, "this '(' is never closed"},
        {"acme)", 5, "this ')' closes nothing"},
        {"()", 2, "something to look for is missing before ')'"},
        {"acme OR", 8, "something to look for is missing at the end"},
        {"OR acme", 1, "OR needs something to look for on both sides"},
        {"acme AND OR b1", 10, "OR needs"},
        {"acme AND AND b1", 10, "AND needs"},
        {"NEAR/5 acme", 1, "NEAR needs something"},
        {"acme NEAR refund", 6, "NEAR needs a number: NEAR/5"},
        {"acme ONEAR refund", 6, "ONEAR needs a number: ONEAR/5"},
        {"acme NEAR/x refund", 11, "NEAR needs a number of words from 1 to 100"},
        {"acme NEAR/0 refund", 11, "NEAR needs a number of words from 1 to 100"},
        {"acme NEAR/101 refund", 11, "NEAR needs a number of words from 1 to 100"},
        {"acme NEAR/5 (b1 c1)", 14, "NEAR stands between words"},
        {"(a1 NEAR/2 b1) NEAR/2 c1", 2, "NEAR stands between words"},
        {"acme NEAR/5 lang:es", 13, "NEAR stands between words"},
        {"-acme", 1, "nothing to find here, only something to exclude"},
        {"acme OR -globex", 9, "nothing to find here"},
        {"acme - globex", 6, "'-' needs what it excludes right behind it"},
        {"acme -", 6, "'-' needs"},
        {"sorce:steam", 1, "unknown field \"sorce\"; did you mean \"source\"?"},
        {"acme xyz:1", 6, "unknown field \"xyz\"; to look for these words, put them in quotes"},
        {"source:", 8, "source: needs a value"},
        {"source: steam", 8, "source: needs a value"},
        {"rating:high", 8, "rating needs a number or a comparison"},
        {"rating:<", 8, "rating needs a number"},
        {"rating:1..", 8, "rating needs a number"},
        {"channel:reviews", 9, "no channel is called \"reviews\"; did you mean \"review\"?"},
        {"label:xx", 7, "no label is called \"xx\"; there are unsure, negative"},
        {"stage:loyal", 7, "no stage is called \"loyal\"; did you mean \"loyalty\"?"},
        {"since:yesterday", 7, "since needs a date or a length of time"},
        {"site:a^b", 6, "site needs a host name"},
        {"acme *", 6, "\"*\" holds no letter or digit"},
        {"ac*me", 3, "'*' can only stand at the end of a word"},
        {"*acme", 1, "'*' can only stand at the end of a word"},
        {"acme a*", 7, "'*' needs at least two letters before it"},
        {"acme ++", 6, "\"++\" holds no letter or digit; for exact symbols use back-ticks"},
        {"\"acme x\"~", 9, "'~' behind a phrase needs a number from 0 to 100"},
        {"\"acme x\"~101", 9, "'~' behind a phrase needs a number"},
        {"`  `", 1, "there is nothing between the back-ticks"},
        {"\"\"", 2, "\"\" holds no letter"},
        {"author:\"jo", 8, "unclosed quote"},
        {"\"acme", 1, "unclosed quote"},
        {"(\"acme", 2, "unclosed quote"},
        {"acme OR \"b1", 9, "unclosed quote"},
        {"acme AND \"b1", 10, "unclosed quote"},
        {"acme NOT \"b1", 10, "unclosed quote"},
        {"acme NEAR/5 \"b1", 13, "unclosed quote"},
        {"acme NEAR/5 )", 13, "something to look for is missing before ')'"},
        {"-a1 -b1", 5, "nothing to find here"},
        {"source:*", 8, "source needs letters before '*'"},
        {"acme \xC2\xAD"
         "b1 \xF3\xA0\x81\xA1",
         10, "\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        const struct query *query = NULL;
        struct error error = {0};
        if (query_parse(span_of(cases[i].text), NOW_MS, arena, &query, &error)) {
            fail_msg("\"%s\" is no error", cases[i].text);
        }
        if (!span_starts_with(span_of(error.message), span_of(cases[i].message)) ||
            error.column != cases[i].column) {
            fail_msg("\"%s\": %u: %s", cases[i].text, error.column, error.message);
        }
        assert_int_equal(error.kind, ERROR_USAGE);
        assert_false(query_parse(span_of(cases[i].text), NOW_MS, arena, &query, NULL));
        arena_free(arena);
    }
}

/* `count` times `piece`. */
static struct span repeated(const char *piece, size_t count, struct arena *arena) {
    struct span *parts = ARENA_ARRAY(arena, struct span, count);
    for (size_t i = 0; i < count; i++) {
        parts[i] = span_of(piece);
    }
    return arena_join(arena, parts, count, "");
}

static void test_limits(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    const struct query *query = NULL;
    struct error error = {0};
    const struct {
        struct span text;
        bool fits;
    } cases[] = {
        {repeated("a1 ", LIMIT_QUERY_TERMS, arena), true},
        {repeated("a1 ", LIMIT_QUERY_TERMS + 1, arena), false},
        {repeated("a-b ", LIMIT_QUERY_TERMS / 2 + 1, arena), false},
        {repeated("a1 ", LIMIT_QUERY / 3 + 1, arena), false},
        {repeated("(", LIMIT_QUERY_DEPTH + 1, arena), false},
        {repeated("NOT ", LIMIT_QUERY_DEPTH + 1, arena), false},
        {arena_print(arena, "\"%.*s\"~5", SPAN_ARG(repeated("a1 ", LIMIT_QUERY_LOOSE, arena))),
         true},
        {arena_print(arena, "\"%.*s\"~5", SPAN_ARG(repeated("a1 ", LIMIT_QUERY_LOOSE + 1, arena))),
         false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(query_parse(cases[i].text, NOW_MS, arena, &query, &error), cases[i].fits);
        assert_int_equal(error.kind, cases[i].fits && i == 0 ? ERROR_NONE : ERROR_LIMIT);
    }
    struct span deep =
        arena_print(arena, "%.*sacme%.*s", SPAN_ARG(repeated("(", LIMIT_QUERY_DEPTH - 1, arena)),
                    SPAN_ARG(repeated(")", LIMIT_QUERY_DEPTH - 1, arena)));
    assert_true(query_parse(deep, NOW_MS, arena, &query, &error));
    arena_free(arena);
}

static void test_lists(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    const struct query *query = NULL;
    struct error error = {0};
    const struct span any[] = {SPAN("acme"),      SPAN("Acme Coffee"), SPAN("`ACME`"),
                               SPAN("OR"),        SPAN("15\" tv"),     SPAN("acme*"),
                               SPAN("coca-cola"), SPAN("AT&T")};
    const struct span all[] = {SPAN("refund")};
    const struct span none[] = {SPAN("acme brick"), SPAN("toy")};
    assert_true(query_from_lists(any, 8, all, 1, none, 2, arena, &query, &error));
    assert_span_equal(
        printed(query, arena),
        "(acme OR \"Acme Coffee\" OR `ACME` OR \"OR\" OR \"15\\\" tv\" OR \"acme*\" OR "
        "coca-cola OR \"AT&T\") AND refund AND NOT \"acme brick\" AND NOT toy");
    assert_true(query_from_lists(NULL, 0, all, 1, none, 1, arena, &query, &error));
    assert_span_equal(printed(query, arena), "refund AND NOT \"acme brick\"");
    assert_true(query_from_lists(any, 1, NULL, 0, NULL, 0, arena, &query, &error));
    assert_span_equal(printed(query, arena), "acme");
    assert_false(query_from_lists(NULL, 0, NULL, 0, none, 1, arena, &query, &error));
    assert_false(query_from_lists(NULL, 0, NULL, 0, NULL, 0, arena, &query, &error));
    const struct span bad[] = {SPAN("acme"), SPAN("!!")};
    assert_false(query_from_lists(bad, 2, NULL, 0, NULL, 0, arena, &query, &error));
    assert_true(span_starts_with(span_of(error.message), SPAN("\"!!\": ")));
    arena_free(arena);
}

static void test_window(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t since, until;
        bool has_text;
    } cases[] = {
        {"acme", DATE_NONE, DATE_NONE, true},
        {"since:1d", NOW_MS - DAY_MS, DATE_NONE, false},
        {"acme since:1d since:2d until:1h until:2h", NOW_MS - DAY_MS, NOW_MS - 2 * HOUR_MS, true},
        {"acme OR since:1d", DATE_NONE, DATE_NONE, true},
        {"acme -since:1d", DATE_NONE, DATE_NONE, true},
        {"source:x until:2026-01-02", DATE_NONE, 1767312000000, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        const struct query *query = NULL;
        struct error error = {0};
        int64_t since = 0;
        int64_t until = 0;
        assert_true(query_parse(span_of(cases[i].text), NOW_MS, arena, &query, &error));
        query_window(query, &since, &until);
        assert_int_equal(since, cases[i].since);
        assert_int_equal(until, cases[i].until);
        assert_int_equal(query_has_text(query), cases[i].has_text);
        arena_free(arena);
    }
}

static void test_compile(void **state) {
    (void)state;
    static const struct {
        const char *text, *plain, *google, *lucene, *algolia; /* searches with '|' between */
    } cases[] = {
        {"acme", "acme", "acme", "acme", "acme"},
        {"\"acme coffee\"", "\"acme coffee\"", "\"acme coffee\"", "\"acme coffee\"",
         "\"acme coffee\""},
        {"acme OR \"acme coffee\" OR globex", "acme|globex", "acme OR \"acme coffee\" OR globex",
         "acme OR \"acme coffee\" OR globex", "acme|globex"},
        {"acme refund", "acme refund", "acme refund", "acme AND refund", "acme refund"},
        {"acme (refund OR return)", "acme refund|acme return", "acme (refund OR return)",
         "acme AND (refund OR return)", "acme refund|acme return"},
        {"acme (b1 OR b2 OR b3 OR b4 OR b5)", "acme", "acme (b1 OR b2 OR b3 OR b4 OR b5)",
         "acme AND (b1 OR b2 OR b3 OR b4 OR b5)", "acme"},
        {"acme NEAR/5 (refund OR return*)", "acme", "acme", "acme", "acme"},
        {"acme -brick -\"wile e\"", "acme", "acme -brick -\"wile e\"",
         "acme AND NOT brick AND NOT \"wile e\"", "acme -brick -\"wile e\""},
        {"(acme OR globex) NOT (b1 OR `C`)", "acme|globex", "(acme OR globex) -b1",
         "(acme OR globex) AND NOT b1", "acme -b1|globex -b1"},
        {"acme -(b1 c1) -br* -co-la", "acme", "acme", "acme", "acme"},
        {"acme lang:es", "acme", "acme", "acme", "acme"},
        {"acme OR lang:es", "", "", "", ""},
        {"lang:es", "", "", "", ""},
        {"ret*", "", "", "", ""},
        {"\"acme ret*\"", "acme", "acme", "acme", "acme"},
        {"\"acme is great\"~3", "acme is great", "acme is great", "acme AND is AND great",
         "acme is great"},
        {"`C++`", "\"C++\"", "\"C++\"", "\"C++\"", "\"C++\""},
        {"`++` OR acme", "", "", "", ""},
        {"coca-cola", "\"coca-cola\"|cocacola", "\"coca-cola\" OR cocacola",
         "\"coca-cola\" OR cocacola", "\"coca-cola\"|cocacola"},
        {"acme.com", "\"acme.com\"|\"acme dot com\"", "\"acme.com\" OR \"acme dot com\"",
         "\"acme.com\" OR \"acme dot com\"", "\"acme.com\"|\"acme dot com\""},
        {"\"OR\" acme", "\"OR\" acme", "\"OR\" acme", "\"OR\" AND acme", "\"OR\" acme"},
        {"\"15\\\" tv\"", "\"15  tv\"", "\"15  tv\"", "\"15  tv\"", "\"15  tv\""},
        {"a1 a2 a3 a4 a5 a6 a7", "a1 a2 a3 a4 a5 a6 a7", "a1 a2 a3 a4 a5 a6 a7",
         "a1 AND a2 AND a3 AND a4 AND a5 AND a6", "a1 a2 a3 a4 a5 a6 a7"},
        {"a1 OR a2 OR a3 OR a4 OR a5 OR a6 OR a7", "a1|a2|a3|a4|a5|a6|a7",
         "a1 OR a2 OR a3 OR a4 OR a5 OR a6 OR a7", "a1 OR a2 OR a3 OR a4 OR a5 OR a6|a7",
         "a1|a2|a3|a4|a5|a6|a7"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        const struct query *query = NULL;
        struct error error = {0};
        assert_true(query_parse(span_of(cases[i].text), NOW_MS, arena, &query, &error));
        const char *expected[] = {cases[i].plain, cases[i].google, cases[i].lucene,
                                  cases[i].algolia};
        for (int dialect = QUERY_PLAIN; dialect <= QUERY_ALGOLIA; dialect++) {
            size_t count = 0;
            const struct span *searches =
                query_compile(query, (enum query_dialect)dialect, arena, &count);
            assert_span_equal(arena_join(arena, searches, count, "|"), expected[dialect]);
        }
        arena_free(arena);
    }
}

/* A phrase too long for a search is asked for by its first word. */
static void test_compile_long(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    const struct query *query = NULL;
    struct error error = {0};
    struct span text =
        arena_print(arena, "\"acme %.*s\"", SPAN_ARG(repeated("is so good ", 30, arena)));
    assert_true(query_parse(text, NOW_MS, arena, &query, &error));
    size_t count = 0;
    const struct span *searches = query_compile(query, QUERY_LUCENE, arena, &count);
    assert_int_equal(count, 1);
    assert_span_equal(searches[0], "acme");
    arena_free(arena);
}

/* What a source's search is not asked for is said, clause by clause. */
static void test_remainders(void **state) {
    (void)state;
    static const struct {
        const char *query;
        enum query_dialect dialect;
        const char *rest; /* clauses, each with a semicolon behind it */
    } rows[] = {
        {"acme", QUERY_PLAIN, ""},
        {"acme \"black coffee\"", QUERY_LUCENE, ""},
        {"acme -brick", QUERY_GOOGLE, ""},
        {"acme -brick", QUERY_PLAIN, "NOT brick;"},
        {"acme lang:es -channel:news", QUERY_GOOGLE, "lang:es;NOT channel:news;"},
        {"acme (refund OR return*)", QUERY_GOOGLE, "refund;return*;"},
        {"acme -brick*", QUERY_GOOGLE, "NOT brick*;"},
        {"`ACME` OR \"a b\"~2", QUERY_GOOGLE, "`ACME`;\"a b\"~2;"},
        {"acme NEAR/5 refund", QUERY_ALGOLIA, "acme NEAR/5 refund;"},
    };
    struct arena *arena = arena_create();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct query *query = NULL;
        struct error error = {0};
        size_t count = 0;
        struct buffer got;
        assert_true(query_parse(span_of(rows[i].query), 0, arena, &query, &error));
        const struct query_remainder *rest =
            query_remainders(query, rows[i].dialect, arena, &count);
        buffer_init(&got, KIB);
        for (size_t j = 0; j < count; j++) {
            buffer_print(&got, "%.*s;", SPAN_ARG(rest[j].clause));
        }
        assert_span_equal(buffer_span(&got), rows[i].rest);
        buffer_done(&got);
    }
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_print),        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_limits),       cmocka_unit_test(test_lists),
        cmocka_unit_test(test_window),       cmocka_unit_test(test_compile),
        cmocka_unit_test(test_compile_long), cmocka_unit_test(test_remainders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
