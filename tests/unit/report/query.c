#include "tests/unit/report/world.h"

static struct world query_world;

static int setup(void **state) {
    world_open(&query_world);
    query_world.surge_ms = WORLD_END_MS - 2 * DAY_MS;
    world_live(&query_world, WORLD_END_MS - 5 * DAY_MS, WORLD_END_MS, 1.5);
    *state = &query_world;
    return 0;
}

static int teardown(void **state) {
    world_close(*state);
    return 0;
}

struct count {
    const char *needle;
    uint64_t count;
    uint64_t newest;
};

static bool count_mention(void *context, const struct mention *mention) {
    struct count *count = context;
    if (span_find(mention->item.text, span_of(count->needle)) != SPAN_NOT_FOUND) {
        count->count++;
    }
    return true;
}

static uint64_t run(struct world *world, const char *text, const struct output_style *style,
                    size_t limit, bool explain, struct buffer *out) {
    struct snapshot *snapshot = world_snapshot(world);
    struct arena *arena = arena_create();
    struct error error = {0};
    struct query_request request = {.text = span_of(text),
                                    .period = {DATE_NONE, DATE_NONE},
                                    .limit = limit,
                                    .explain = explain};
    uint64_t matched = 0;
    if (!query_parse(request.text, WORLD_END_MS, arena, &request.query, &error)) {
        fail_msg("%s", error.message);
    }
    buffer_init(out, LIMIT_DOCUMENT);
    assert_true(query_run(out, snapshot, &request, style, &matched, &error));
    arena_free(arena);
    snapshot_close(snapshot);
    return matched;
}

static void assert_holds(const struct buffer *out, const char *needle) {
    struct span text = buffer_span(out);
    if (span_find(text, span_of(needle)) == SPAN_NOT_FOUND) {
        fail_msg("no \"%s\" in %.*s", needle, (int)(text.size > 3000 ? 3000 : text.size),
                 text.data);
    }
}

static void answers_equal_a_recount(void **state) {
    struct world *world = *state;
    struct snapshot *snapshot = world_snapshot(world);
    struct count count = {.needle = "courier"};
    snapshot_mentions_from(snapshot, 1, count_mention, &count);
    snapshot_close(snapshot);
    const struct output_style style = {.format = OUTPUT_TABLE, .width = 80};
    struct buffer out;
    assert_int_equal(run(world, "courier", &style, 10, false, &out), count.count);
    assert_true(count.count > 50);
    assert_holds(&out, "(newest shown)");
    assert_holds(&out, "negative");
    buffer_done(&out);
    assert_int_equal(run(world, "zeppelin", &style, 10, false, &out), 0);
    assert_holds(&out, "no mention matches");
    buffer_done(&out);
}

static void windows_are_kept(void **state) {
    const struct output_style style = {.format = OUTPUT_JSONL};
    struct buffer out;
    uint64_t all = run(*state, "acme", &style, 1, false, &out);
    buffer_done(&out);
    uint64_t day = run(*state, "acme since:1d", &style, 1, false, &out);
    buffer_done(&out);
    uint64_t before = run(*state, "acme until:2026-06-30", &style, 1, false, &out);
    buffer_done(&out);
    assert_true(day > 10 && before > 10);
    assert_int_equal(day + before, all);
}

/* The trend's steps add up to all that matches, and days that nobody looked at are no zeroes. */
static void trend_adds_up(void **state) {
    struct world *world = *state;
    const struct output_style style = {.format = OUTPUT_TABLE, .width = 80};
    struct count count = {.needle = "courier"};
    static const char *const texts[] = {"courier",
                                        "\"courier\" rating:>=0"}; /* counted, and read */
    for (size_t i = 0; i < 2; i++) {
        struct snapshot *snapshot = world_snapshot(world);
        struct arena *arena = arena_create();
        count.count = 0;
        snapshot_mentions_from(snapshot, 1, count_mention, &count);
        struct query_request request = {
            .text = span_of(texts[i]),
            .period = {WORLD_END_MS - 120 * DAY_MS, WORLD_END_MS},
            .limit = 1,
        };
        uint64_t matched = 0;
        struct buffer out;
        assert_true(query_parse(request.text, WORLD_END_MS, arena, &request.query, NULL));
        buffer_init(&out, LIMIT_DOCUMENT);
        assert_true(query_run(&out, snapshot, &request, &style, &matched, NULL));
        assert_true(i > 0 || matched == count.count);
        if (matched > 0) {
            assert_holds(&out, "one sign for 2 days; ? = no data");
            assert_holds(&out, "volume  ??");
        }
        buffer_done(&out);
        arena_free(arena);
        snapshot_close(snapshot);
    }
}

static void every_form_answers(void **state) {
    static const char *const needles[] = {
        [OUTPUT_TABLE] = "courier matched \"courier\"", [OUTPUT_JSON] = "\"matched\": ",
        [OUTPUT_JSONL] = "{\"mention\":{\"sequence\":", [OUTPUT_CSV] = "sequence,time,source",
        [OUTPUT_MARKDOWN] = "| time | source |",        [OUTPUT_HTML] = "<table>"};
    for (int format = OUTPUT_TABLE; format <= OUTPUT_HTML; format++) {
        const struct output_style style = {.format = (enum output_format)format, .width = 80};
        struct buffer out;
        (void)run(*state, "courier AND parcel", &style, 3, true, &out);
        assert_holds(&out, needles[format]);
        buffer_done(&out);
    }
}

static void scores_explain_themselves(void **state) {
    (void)state;
    const struct sentiment_target target = {.name = SPAN("Acme")};
    const struct sentiment_request request = {
        .text = SPAN("not bad, Acme"), .targets = &target, .target_count = 1, .explain = true};
    struct score towards = {0.4, 0.8, LABEL_POSITIVE};
    struct topic_mention topic = {SPAN("quality"), {0.4, 0.7, LABEL_POSITIVE}};
    struct sentiment_reason reason = {.target = 0,
                                      .begin = 4,
                                      .end = 7,
                                      .entry = SPAN("bad"),
                                      .valence = -2.5,
                                      .rules = SPAN("negated by not"),
                                      .contribution = 1.3};
    const struct sentiment_result result = {.language = SPAN("en"),
                                            .language_confidence = 0.99,
                                            .whole = towards,
                                            .targets = &towards,
                                            .topics = &topic,
                                            .topic_count = 1,
                                            .stage = STAGE_LOYALTY,
                                            .urgent = true,
                                            .reasons = &reason,
                                            .reason_count = 1};
    for (int format = OUTPUT_TABLE; format <= OUTPUT_HTML; format++) {
        const struct output_style style = {.format = (enum output_format)format, .width = 80};
        struct buffer out;
        buffer_init(&out, LIMIT_DOCUMENT);
        score_print(&out, &request, &result, &style);
        assert_holds(&out, "negated by not");
        assert_holds(&out, "Acme");
        buffer_done(&out);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_equal_a_recount),
        cmocka_unit_test(windows_are_kept),
        cmocka_unit_test(trend_adds_up),
        cmocka_unit_test(every_form_answers),
        cmocka_unit_test(scores_explain_themselves),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
