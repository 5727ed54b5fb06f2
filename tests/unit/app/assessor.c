/* Items become mentions: whom they speak of, and what the score of each is. */
#include "app/assessor.h"
#include "base/config.h"
#include "tests/unit/test.h"

static const char configuration[] = "data_dir: /tmp/none\n"
                                    "brands:\n"
                                    "  - name: Brellin\n"
                                    "    competitors: [Tavora]\n"
                                    "  - name: Tavora\n"
                                    "    query: tavora NOT \"villa tavora\"\n";

struct fixture {
    struct arena *arena;
    struct config *config;
    struct assessor *assessor;
    struct assessor_origin origin;
};

static int set_up(void **state) {
    struct fixture *fixture = NEW(struct fixture);
    struct config_problems problems = {0};
    struct error error;
    fixture->arena = arena_create();
    assert_true(config_parse(span_of(configuration), SPAN("test.yaml"), fixture->arena,
                             &fixture->config, &problems));
    assert_true(assessor_create(fixture->config, 0, &fixture->assessor, &error));
    fixture->origin = (struct assessor_origin){
        .source = SPAN("test"), .channel = CHANNEL_SOCIAL, .now_ms = 1000 * DAY_MS};
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    assessor_free(fixture->assessor);
    config_free(fixture->config);
    arena_free(fixture->arena);
    free(fixture);
    return 0;
}

static struct mention judge(struct fixture *fixture, const char *title, const char *text) {
    struct item item;
    struct mention mention;
    item_init(&item);
    item.title = span_of(title);
    item.text = span_of(text);
    assessor_judge(fixture->assessor, &fixture->origin, &item, fixture->arena, &mention);
    return mention;
}

static void a_text_without_a_brand_is_kept_unmatched(void **state) {
    struct mention mention = judge(*state, "", "Nothing but rain today.");
    assert_int_equal(mention.brand_count, 0);
    assert_int_equal(mention.channel, CHANNEL_SOCIAL);
    assert_int_equal(mention.fetched_ms, 1000 * DAY_MS);
}

static void an_item_may_be_of_another_kind_than_its_source(void **state) {
    struct fixture *fixture = *state;
    struct item item;
    struct mention mention;
    item_init(&item);
    item.text = SPAN("Nothing but rain today.");
    item.channel = CHANNEL_NEWS;
    assessor_judge(fixture->assessor, &fixture->origin, &item, fixture->arena, &mention);
    assert_int_equal(mention.channel, CHANNEL_NEWS);
}

static void a_name_inside_a_word_is_no_mention(void **state) {
    struct mention mention = judge(*state, "", "The brellinists met again.");
    assert_int_equal(mention.brand_count, 0);
}

static void an_exclusion_of_the_definition_holds(void **state) {
    assert_int_equal(judge(*state, "", "Dinner at Villa Tavora.").brand_count, 0);
    assert_int_equal(judge(*state, "", "Tavora has a new app.").brand_count, 1);
}

static void two_brands_get_their_own_scores(void **state) {
    struct mention mention =
        judge(*state, "", "I love Brellin, great coffee, but Tavora is terrible and broken.");
    assert_int_equal(mention.brand_count, 2);
    assert_span_equal(mention.brands[0].name, "Brellin");
    assert_int_equal(mention.brands[0].score.label, LABEL_POSITIVE);
    assert_span_equal(mention.brands[1].name, "Tavora");
    assert_int_equal(mention.brands[1].score.label, LABEL_NEGATIVE);
}

/* The title comes first in the scored text: places found behind it must be shifted by its length.
 */
static void places_in_the_text_stand_behind_the_title(void **state) {
    struct mention mention = judge(*state, "A long title about quite other things than anybody",
                                   "Brellin is wonderful, I love it.");
    assert_int_equal(mention.brand_count, 1);
    assert_int_equal(mention.brands[0].score.label, LABEL_POSITIVE);
    assert_true(mention.brands[0].score.value > 0.2);
}

static void a_source_about_a_brand_need_not_name_it(void **state) {
    struct fixture *fixture = *state;
    size_t brand = assessor_brand(fixture->assessor, SPAN("brellin"));
    assert_int_equal(brand, 0);
    fixture->origin.about = &brand;
    fixture->origin.about_count = 1;
    struct mention mention = judge(fixture, "", "Terrible app, it crashes all the time.");
    assert_int_equal(mention.brand_count, 1);
    assert_span_equal(mention.brands[0].name, "Brellin");
    assert_int_equal(mention.brands[0].score.label, LABEL_NEGATIVE);
    fixture->origin.about_count = 0;
}

static void stars_without_a_word_are_no_neutral_opinion(void **state) {
    struct fixture *fixture = *state;
    size_t brand = 0;
    fixture->origin.about = &brand;
    fixture->origin.about_count = 1;
    struct mention mention = judge(fixture, "", " ");
    assert_int_equal(mention.brand_count, 1);
    assert_int_equal(mention.brands[0].score.label, LABEL_UNSURE);
    assert_int_equal(mention.score.label, LABEL_UNSURE);
    fixture->origin.about_count = 0;
}

static void what_was_deleted_is_not_judged(void **state) {
    struct fixture *fixture = *state;
    struct item item;
    struct mention mention;
    item_init(&item);
    item.text = SPAN("Brellin is great");
    item.deleted = true;
    assessor_judge(fixture->assessor, &fixture->origin, &item, fixture->arena, &mention);
    assert_int_equal(mention.brand_count, 0);
    assert_true(mention.item.deleted);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_without_a_brand_is_kept_unmatched),
        cmocka_unit_test(an_item_may_be_of_another_kind_than_its_source),
        cmocka_unit_test(a_name_inside_a_word_is_no_mention),
        cmocka_unit_test(an_exclusion_of_the_definition_holds),
        cmocka_unit_test(two_brands_get_their_own_scores),
        cmocka_unit_test(places_in_the_text_stand_behind_the_title),
        cmocka_unit_test(a_source_about_a_brand_need_not_name_it),
        cmocka_unit_test(stars_without_a_word_are_no_neutral_opinion),
        cmocka_unit_test(what_was_deleted_is_not_judged),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
