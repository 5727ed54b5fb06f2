#include "tests/unit/test.h"

#include "parsers/parsers.h"

static struct json_mention read_line(const char *line, struct arena *arena) {
    struct json_mention found;
    struct error error = {0};
    if (!json_mention_parse(span_of(line), arena, &found, &error)) {
        fail_msg("%s", error.message);
    }
    return found;
}

static void an_exported_line_is_whole_again(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    struct json_mention found = read_line(
        "{\"sequence\":7,\"cluster\":3,\"source\":\"board\",\"channel\":\"forum\",\"stage\":"
        "\"loyalty\",\"language\":\"de\",\"fetched\":\"2026-11-22T00:00:00.5Z\",\"time\":"
        "\"2026-11-20T00:00:00Z\",\"id\":\"42\",\"text\":\"Na ja\",\"author_id\":\"u1\","
        "\"published\":\"2026-11-20T00:00:00Z\",\"rating\":2.5,\"nps\":0,\"likes\":0,\"views\":17,"
        "\"score\":-0.25,\"confidence\":0.75,\"label\":\"negative\",\"brands\":[{\"name\":\"Acme\","
        "\"score\":-0.5,\"confidence\":0.5,\"label\":\"unsure\"}],\"topics\":[{\"name\":\"price\","
        "\"score\":0,\"confidence\":1,\"label\":\"neutral\"}]}",
        arena);
    const struct mention *mention = &found.mention;
    assert_true(found.judged);
    assert_span_equal(mention->source, "board");
    assert_int_equal(mention->channel, CHANNEL_FORUM);
    assert_int_equal(mention->stage, STAGE_LOYALTY);
    assert_span_equal(mention->language, "de");
    assert_span_equal(mention->item.language, ""); /* found, not claimed */
    assert_true(mention->fetched_ms == INT64_C(1795305600500));
    assert_span_equal(mention->item.id, "42");
    assert_span_equal(mention->item.author_id, "u1");
    assert_true(mention->item.rating == 2.5);
    assert_true(mention->item.answers[SURVEY_NPS] == 0);
    assert_true(mention->item.answers[SURVEY_CES] == ANSWER_NONE);
    assert_int_equal(mention->item.engagement.likes, 0);
    assert_int_equal(mention->item.engagement.views, 17);
    assert_true(mention->item.engagement.shares == COUNT_NONE);
    assert_int_equal(mention->brand_count, 1);
    assert_span_equal(mention->brands[0].name, "Acme");
    assert_int_equal(mention->brands[0].score.label, LABEL_UNSURE);
    assert_int_equal(mention->topic_count, 1);
    assert_true(mention->score.value == -0.25);
    arena_free(arena);
}

/* What the source never dated is not dated by our reckoning. */
static void the_time_of_an_export_is_no_date_of_the_sources(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    struct json_mention found = read_line("{\"text\":\"x\",\"fetched\":\"2026-11-22T00:00:00Z\","
                                          "\"time\":\"2026-11-22T00:00:00Z\"}",
                                          arena);
    assert_true(found.mention.item.published_ms == DATE_NONE);
    arena_free(arena);
}

static void a_line_of_anybodys_is_read_as_far_as_it_goes(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    struct json_mention found =
        read_line("{\"text\":\" Fine \",\"time\":\"20 Nov 2026\",\"language\":"
                  "\"en\",\"brand\":\"Acme\",\"label\":\"good\",\"extra\":{}}",
                  arena);
    assert_false(found.judged);
    assert_span_equal(found.mention.item.text, "Fine");
    assert_span_equal(found.mention.item.language, "en");
    assert_span_equal(found.brand, "Acme");
    assert_true(found.mention.item.published_ms == INT64_C(1795132800000));
    assert_int_equal(found.mention.brand_count, 0);
    assert_true(found.mention.fetched_ms == DATE_NONE);
    /* A judgement that is not whole is none. */
    found =
        read_line("{\"text\":\"x\",\"score\":1,\"confidence\":1,\"label\":\"positive\",\"brands\":"
                  "[{\"name\":\"Acme\"}]}",
                  arena);
    assert_false(found.judged);
    assert_int_equal(found.mention.brand_count, 0);
    arena_free(arena);
}

static void a_wrong_line_says_why(void **state) {
    (void)state;
    static const struct {
        const char *line;
        const char *message;
    } cases[] = {
        {"[1]", "not a JSON object"},
        {"{\"text\":", "not JSON"},
        {"{\"published\":\"soon\"}", "\"published\" is not understood: \"soon\""},
        {"{\"rating\":\"many\"}", "\"rating\" is not understood"},
        {"{\"text\":[\"a\"]}", "\"text\" is not understood"},
        {"{\"channel\":\"pigeon\"}", "channel \"pigeon\" is unknown"},
        {"{\"time\":\"soon\"}", "\"time\" is no date"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        struct json_mention found;
        struct error error = {0};
        assert_false(json_mention_parse(span_of(cases[i].line), arena, &found, &error));
        if (strncmp(error.message, cases[i].message, strlen(cases[i].message)) != 0) {
            fail_msg("%s", error.message);
        }
        arena_free(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_exported_line_is_whole_again),
        cmocka_unit_test(the_time_of_an_export_is_no_date_of_the_sources),
        cmocka_unit_test(a_line_of_anybodys_is_read_as_far_as_it_goes),
        cmocka_unit_test(a_wrong_line_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
