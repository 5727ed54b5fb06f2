#include "tests/unit/test.h"

#include "base/mention.h"

static void check_answer(enum survey_question question, double answer, double worst, double best,
                         double expected) {
    double found = survey_normalise(question, answer, worst, best);
    if (found < expected - 1e-9 || found > expected + 1e-9) {
        fail_msg("%g of %g..%g is %g, not %g", answer, worst, best, found, expected);
    }
}

static void answers_come_to_their_scale(void **state) {
    (void)state;
    check_answer(SURVEY_NPS, 0, 0, 10, 0);
    check_answer(SURVEY_NPS, 10, 0, 10, 10);
    check_answer(SURVEY_NPS, 11, 0, 10, ANSWER_NONE);
    check_answer(SURVEY_CSAT, 75, 0, 100, 4);
    check_answer(SURVEY_CES, 5, 1, 5, 7);
    check_answer(SURVEY_CES, 1, 5, 1, 7); /* the other way round: 1 is best */
    check_answer(SURVEY_CES, 5, 5, 1, 1);
    check_answer(SURVEY_CES, 6, 5, 1, ANSWER_NONE);
    check_answer(SURVEY_CES, 3, 3, 3, ANSWER_NONE);
    /* The top two of seven are the top two of five. */
    assert_true(survey_normalise(SURVEY_CSAT, 6, 1, 7) >= 4);
    assert_true(survey_normalise(SURVEY_CSAT, 5, 1, 7) < 4);
}

static void an_item_says_nothing_at_first(void **state) {
    (void)state;
    struct item item;
    item_init(&item);
    for (size_t i = 0; i < SURVEY_COUNT; i++) {
        assert_true(item.answers[i] < 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_come_to_their_scale),
        cmocka_unit_test(an_item_says_nothing_at_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
