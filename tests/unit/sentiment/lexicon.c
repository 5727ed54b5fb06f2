/* Lexicon and rules files: what they may say, what is refused with its place, what it makes. */
#include "tests/unit/test.h"

#include "sentiment/lexicon_build.h"

static int lexicon_setup(void **state) {
    struct lexicon *lexicon = NULL;
    struct error error = {0};
    if (!lexicon_open(&lexicon, &error)) {
        print_error("%s (line %u)\n", error.message, error.line);
        return -1;
    }
    *state = lexicon;
    return 0;
}

static int lexicon_teardown(void **state) {
    lexicon_close(*state);
    return 0;
}

static bool reads(void **state, const char *file, const char *text) {
    struct error error = {0};
    return lexicon_read(*state, span_of(file), span_of(text), &error);
}

static const struct sense *sense_of(void **state, const char *word, enum language language) {
    const struct lexicon *lexicon = *state;
    uint32_t form = lexicon_find(lexicon, span_of(word));
    return form == NO_FORM ? NULL : lexicon_sense(lexicon, form, language);
}

static void built_in_files_are_large_enough(void **state) {
    struct lexicon_size size = lexicon_size(*state);
    assert_true(size.senses > 15000);
    assert_true(size.forms > 3 * size.senses);
    assert_true(size.phrases > 3000);
}

static void rows_make_senses(void **state) {
    assert_true(reads(state, "en.lexicon.tsv",
                      "# comment\n\nzorbly\t2.5\t0.4\nnot zorbly at all\t-1\t1\n"));
    const struct sense *sense = sense_of(state, "zorbly", LANGUAGE_EN);
    assert_non_null(sense);
    assert_true(sense->valence[GENRE_SOCIAL] == 2.5F && sense->valence[GENRE_NEWS] == 2.5F);
    assert_null(sense_of(state, "zorbly", LANGUAGE_DE));
    assert_null(sense_of(state, "zorb", LANGUAGE_EN));
}

static void overlays_change_one_genre(void **state) {
    assert_true(reads(state, "en.lexicon.tsv", "zorble\t2\t0.4\n"));
    assert_true(reads(state, "en.review.tsv", "zorble\t-1\t12\n"));
    const struct sense *sense = sense_of(state, "zorble", LANGUAGE_EN);
    assert_true(sense->valence[GENRE_REVIEW] == -1);
    assert_true(sense->valence[GENRE_SOCIAL] == 2 && sense->valence[GENRE_ANY] == 2);
}

static void inflection_shares_the_sense(void **state) {
    assert_true(reads(state, "en.lexicon.tsv", "flimmy\t-2\t0.4\nflummy\t-2\t0.4\texact\n"));
    lexicon_inflect(*state);
    assert_ptr_equal(sense_of(state, "flimmies", LANGUAGE_EN),
                     sense_of(state, "flimmy", LANGUAGE_EN));
    assert_null(sense_of(state, "flummies", LANGUAGE_EN));
    /* Both spellings. */
    assert_true(reads(state, "de.lexicon.tsv", "zörkelig\t-2\t0.4\n"));
    lexicon_inflect(*state);
    assert_non_null(sense_of(state, "zoerkeliges", LANGUAGE_DE));
    assert_null(sense_of(state, "zorkelig", LANGUAGE_DE));
}

static void listed_forms_win_over_made_ones(void **state) {
    assert_true(reads(state, "en.lexicon.tsv", "brimmle\t-2\t0.4\nbrimmles\t3\t0.4\n"));
    lexicon_inflect(*state);
    assert_true(sense_of(state, "brimmles", LANGUAGE_EN)->valence[GENRE_ANY] == 3);
    assert_true(sense_of(state, "brimmling", LANGUAGE_EN)->valence[GENRE_ANY] == -2);
}

static void rules_give_roles_and_numbers(void **state) {
    struct lexicon *lexicon = *state;
    assert_true(reads(state, "fr.rules.tsv",
                      "negation\tzon,pas zon\nbooster\t0.4\tzuper\nset\tquestion\t0.25\tnews\n"));
    assert_true((sense_of(state, "zon", LANGUAGE_FR)->roles & ROLE_NEGATION) != 0);
    assert_true(sense_of(state, "zuper", LANGUAGE_FR)->strength == 0.4F);
    assert_true(lexicon_settings(lexicon, LANGUAGE_FR, GENRE_NEWS)->question == 0.25);
    assert_true(lexicon_settings(lexicon, LANGUAGE_FR, GENRE_REVIEW)->question != 0.25);
    assert_true(lexicon_settings(lexicon, LANGUAGE_ES, GENRE_NEWS)->question != 0.25);
}

static void topics_are_found_again(void **state) {
    struct lexicon *lexicon = *state;
    size_t before = lexicon->topic_count;
    assert_true(reads(state, "en.topics.tsv", "topic\tdelivery\tzarcel\ntopic\tzoo\tzebra\n"));
    assert_int_equal(lexicon->topic_count, before + 1);
    assert_span_equal(lexicon->topics[sense_of(state, "zarcel", LANGUAGE_EN)->topics[0] - 1],
                      "delivery");
}

static void wrong_rows_are_refused_with_their_line(void **state) {
    static const struct {
        const char *file;
        const char *text;
        unsigned line;
    } rows[] = {
        {"en.lexicon.tsv", "good\t9\t0\n", 1},
        {"en.lexicon.tsv", "# x\ngood\tvery\t0\n", 2},
        {"en.lexicon.tsv", "good\t2\n", 1},
        {"en.lexicon.tsv", "good\t2\t0\tshiny\n", 1},
        {"en.lexicon.tsv", "\t2\t0\n", 1},
        {"en.lexicon.tsv", "...\t2\t0\n", 1},
        {"en.lexicon.tsv", "a b c d e f g h i\t2\t0\n", 1},
        {"en.rules.tsv", "negotiation\tnot\n", 1},
        {"en.rules.tsv", "\n\nset\tqestion\t1\n", 3},
        {"en.rules.tsv", "set\tquestion\t1\tpoetry\n", 1},
        {"en.rules.tsv", "booster\tmuch\tvery\n", 1},
        {"en.rules.tsv", "stage\tdespair\tbought\n", 1},
        {"any.rules.tsv", "inflect\te\tes\n", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error error = {0};
        assert_false(lexicon_read(*state, span_of(rows[i].file), span_of(rows[i].text), &error));
        assert_int_equal(error.kind, ERROR_INPUT);
        assert_int_equal(error.line, rows[i].line);
    }
}

static void wrong_files_are_refused(void **state) {
    assert_false(reads(state, "xx.lexicon.tsv", ""));
    assert_false(reads(state, "en.poetry.tsv", ""));
    assert_false(reads(state, "en.lexicon.csv", ""));
    assert_false(reads(state, "README", ""));
}

static void languages_by_code(void **state) {
    (void)state;
    enum language language = LANGUAGE_ANY;
    assert_true(language_parse(SPAN("pt-BR"), &language) && language == LANGUAGE_PT);
    assert_true(language_parse(SPAN("DE_at"), &language) && language == LANGUAGE_DE);
    assert_false(language_parse(SPAN("deu"), &language));
    assert_false(language_parse(SPAN("nl"), &language));
    assert_false(language_parse(SPAN(""), &language));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(built_in_files_are_large_enough),
        cmocka_unit_test(rows_make_senses),
        cmocka_unit_test(overlays_change_one_genre),
        cmocka_unit_test(inflection_shares_the_sense),
        cmocka_unit_test(listed_forms_win_over_made_ones),
        cmocka_unit_test(rules_give_roles_and_numbers),
        cmocka_unit_test(topics_are_found_again),
        cmocka_unit_test(wrong_rows_are_refused_with_their_line),
        cmocka_unit_test(wrong_files_are_refused),
        cmocka_unit_test(languages_by_code),
    };
    return cmocka_run_group_tests(tests, lexicon_setup, lexicon_teardown);
}
