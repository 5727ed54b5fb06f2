/* What a text says about one brand in it. */
#include "tests/unit/sentiment/helper.h"

static void each_brand_its_own(void **state) {
    const char *text = "I love Acme but I hate Globex";
    assert_int_equal(target_of(state, "en", text, "Acme").label, LABEL_POSITIVE);
    assert_int_equal(target_of(state, "en", text, "Globex").label, LABEL_NEGATIVE);
    const char *spanish = "Acme funciona perfecto; Globex es una estafa";
    assert_int_equal(target_of(state, "es", spanish, "Acme").label, LABEL_POSITIVE);
    assert_int_equal(target_of(state, "es", spanish, "Globex").label, LABEL_NEGATIVE);
}

static void sides_that_disagree_are_apart(void **state) {
    const char *text = "Acme is excellent, Globex is garbage";
    assert_int_equal(target_of(state, "en", text, "Acme").label, LABEL_POSITIVE);
    assert_int_equal(target_of(state, "en", text, "Globex").label, LABEL_NEGATIVE);
    text = "Ich liebe Acme und hasse Globex";
    assert_int_equal(target_of(state, "de", text, "Acme").label, LABEL_POSITIVE);
    assert_int_equal(target_of(state, "de", text, "Globex").label, LABEL_NEGATIVE);
    /* Those that agree belong together. */
    assert_above(target_of(state, "en", "Acme is excellent, friendly and quick", "Acme").value,
                 target_of(state, "en", "Acme is excellent", "Acme").value);
}

static void neutral_when_nothing_is_in_reach(void **state) {
    struct bench *bench = *state;
    struct sentiment_place place = {0, 4};
    struct sentiment_target target = {.name = SPAN("Acme"), .places = &place, .place_count = 1};
    struct sentiment_request request = {.text = SPAN("Acme opened a shop. The weather was awful."),
                                        .genre = GENRE_NEWS,
                                        .targets = &target,
                                        .target_count = 1,
                                        .three = true};
    struct sentiment_result result;
    sentiment_score(bench->sentiment, &request, bench->arena, &result);
    assert_int_equal(result.targets[0].label, LABEL_NEUTRAL);
    /* Outside the news, what a text about one brand agrees on is about the brand, ... */
    assert_int_equal(target_of(state, "en", "I ordered from Acme. Never again!", "Acme").label,
                     LABEL_NEGATIVE);
    /* ... but not when it does not agree. */
    assert_int_equal(
        target_of(state, "en", "I ordered from Acme. Awful weather. We had a great day.", "Acme")
            .label,
        LABEL_NEUTRAL);
    /* The rest of the sentence counts only where it agrees with itself. */
    assert_int_equal(
        target_of(state, "en", "Acme was there; the food was great; the music was awful", "Acme")
            .label,
        LABEL_NEUTRAL);
    assert_int_equal(
        target_of(state, "en", "Acme was there; the food was great; the music was great", "Acme")
            .label,
        LABEL_POSITIVE);
    struct score score = target_of(state, "en", "what a great day", "Acme");
    assert_int_equal(score.label, LABEL_NEUTRAL);
    assert_true(score.confidence == 0);
}

static void names_are_masked(void **state) {
    assert_int_equal(target_of(state, "en", "I flew with Best Love Air", "Best Love Air").label,
                     LABEL_NEUTRAL);
    struct bench *bench = *state;
    struct sentiment_place place = {12, 16};
    struct sentiment_target target = {.name = SPAN("Hate"), .places = &place, .place_count = 1};
    struct sentiment_request request = {
        .text = SPAN("A visit to  Hate in town"), .targets = &target, .target_count = 1};
    struct sentiment_result result;
    sentiment_score(bench->sentiment, &request, bench->arena, &result);
    assert_true(result.whole.value == 0);
}

static void comparisons_have_two_sides(void **state) {
    const char *text = "Acme is better than Globex";
    assert_above(target_of(state, "en", text, "Acme").value, 0);
    assert_above(0, target_of(state, "en", text, "Globex").value);
    text = "Acme is worse than Globex";
    assert_above(0, target_of(state, "en", text, "Acme").value);
    assert_above(target_of(state, "en", text, "Globex").value, 0);
    text = "Unlike Globex, Acme is great";
    assert_above(target_of(state, "en", text, "Acme").value, 0);
    assert_above(0, target_of(state, "en", text, "Globex").value);
    text = "I switched from Globex to Acme";
    assert_above(target_of(state, "en", text, "Acme").value, 0);
    assert_above(0, target_of(state, "en", text, "Globex").value);
    static const struct {
        const char *language;
        const char *text;
    } much[] = {
        {"de", "Acme ist viel besser als Globex"},
        {"fr", "Acme est bien mieux que Globex"},
        {"it", "Acme è molto meglio di Globex"},
        {"pt", "A Acme é muito melhor que a Globex"},
    };
    for (size_t i = 0; i < sizeof much / sizeof *much; i++) {
        assert_above(target_of(state, much[i].language, much[i].text, "Acme").value, 0);
        assert_above(0, target_of(state, much[i].language, much[i].text, "Globex").value);
    }
    text = "Acme es mejor que Globex";
    assert_above(target_of(state, "es", text, "Acme").value, 0);
    assert_above(0, target_of(state, "es", text, "Globex").value);
}

static void pronouns_stand_for_the_brand(void **state) {
    assert_int_equal(
        target_of(state, "en", "I have the Acme app. It crashes. Our dinner was great.", "Acme")
            .label,
        LABEL_NEGATIVE);
    /* Not once the talk has moved on. */
    assert_int_equal(
        target_of(state, "en",
                  "I have the Acme app. We went home. It was horrible. Our dinner was great.",
                  "Acme")
            .label,
        LABEL_NEUTRAL);
}

static void many_targets_at_once(void **state) {
    struct bench *bench = *state;
    struct sentiment_place acme = {7, 11};
    struct sentiment_place globex = {23, 29};
    struct sentiment_target targets[] = {
        {.name = SPAN("Acme"), .places = &acme, .place_count = 1},
        {.name = SPAN("Globex"), .places = &globex, .place_count = 1},
        {.name = SPAN("Initech"), .places = NULL, .place_count = 0}};
    struct sentiment_request request = {.text = SPAN("I love Acme but I hate Globex"),
                                        .targets = targets,
                                        .target_count = 3,
                                        .explain = true};
    struct sentiment_result result;
    sentiment_score(bench->sentiment, &request, bench->arena, &result);
    assert_above(result.targets[0].value, 0);
    assert_above(0, result.targets[1].value);
    assert_int_equal(result.targets[2].label, LABEL_NEUTRAL);
}

/* What a review says of one of its things (the first place that names it). */
static enum label review_of(void **state, const char *text, const char *name) {
    struct bench *bench = *state;
    uint32_t at = (uint32_t)span_find(span_of(text), span_of(name));
    struct sentiment_place place = {at, at + (uint32_t)strlen(name)};
    struct sentiment_target target = {.name = span_of(name), .places = &place, .place_count = 1};
    struct sentiment_request request = {.text = span_of(text),
                                        .language_hint = SPAN("en"),
                                        .genre = GENRE_REVIEW,
                                        .targets = &target,
                                        .target_count = 1,
                                        .three = true};
    struct sentiment_result result;
    sentiment_score(bench->sentiment, &request, bench->arena, &result);
    return result.targets[0].label;
}

static void an_opinion_is_of_the_nearest_thing(void **state) {
    const char *text = "The blicks were outstanding while the zorble is blue";
    assert_int_equal(review_of(state, text, "blicks"), LABEL_POSITIVE);
    assert_int_equal(review_of(state, text, "zorble"), LABEL_NEUTRAL);
    text = "The blick was lovely, the zorble filthy";
    assert_int_equal(review_of(state, text, "blick"), LABEL_POSITIVE);
    assert_int_equal(review_of(state, text, "zorble"), LABEL_NEGATIVE);
    text = "Great food, the zorble is blue";
    assert_int_equal(review_of(state, text, "zorble"), LABEL_NEUTRAL);
}

static void a_list_shares_an_opinion(void **state) {
    static const char *const texts[] = {
        "The food, the wine and the staff were superb, but the price is not",
        "Superb food, wine and staff, but the price is not",
    };
    static const char *const names[] = {"food", "wine", "staff"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (size_t j = 0; j < sizeof names / sizeof *names; j++) {
            assert_int_equal(review_of(state, texts[i], names[j]), LABEL_POSITIVE);
        }
    }
}

static void places_outside_the_text_are_safe(void **state) {
    struct bench *bench = *state;
    struct sentiment_place places[] = {{4000000, 4000010}, {5, 5}, {9, 2}};
    struct sentiment_target target = {.name = SPAN("Acme"), .places = places, .place_count = 3};
    struct sentiment_request request = {
        .text = SPAN("so good"), .targets = &target, .target_count = 1};
    struct sentiment_result result;
    sentiment_score(bench->sentiment, &request, bench->arena, &result);
    assert_int_equal(result.targets[0].label, LABEL_NEUTRAL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_brand_its_own),
        cmocka_unit_test(sides_that_disagree_are_apart),
        cmocka_unit_test(neutral_when_nothing_is_in_reach),
        cmocka_unit_test(names_are_masked),
        cmocka_unit_test(comparisons_have_two_sides),
        cmocka_unit_test(pronouns_stand_for_the_brand),
        cmocka_unit_test(many_targets_at_once),
        cmocka_unit_test(an_opinion_is_of_the_nearest_thing),
        cmocka_unit_test(a_list_shares_an_opinion),
        cmocka_unit_test(places_outside_the_text_are_safe),
    };
    return cmocka_run_group_tests(tests, bench_setup, bench_teardown);
}
