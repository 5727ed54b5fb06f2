/* Lexicon and rules files: what they may say, what is refused with its place, what it makes. */
#include "tests/unit/test.h"

#include "sentiment/draft.h"
#include "sentiment/image.h"

/* A lexicon made from the built-in files and one or two more. */
struct made {
    struct lexicon_file files[2];
    size_t count;
    struct lexicon *lexicon;
};

static bool reads(void **state, const char *file, const char *text) {
    struct made *made = *state;
    struct lexicon *lexicon = NULL;
    made->files[made->count++] = (struct lexicon_file){span_of(file), span_of(text)};
    if (!lexicon_open(made->files, made->count, &lexicon, NULL)) {
        made->count--;
        return false;
    }
    lexicon_close(made->lexicon);
    made->lexicon = lexicon;
    return true;
}

static int lexicon_setup(void **state) {
    struct made *made = NEW(struct made);
    *state = made;
    return lexicon_open(NULL, 0, &made->lexicon, NULL) ? 0 : -1;
}

static int lexicon_teardown(void **state) {
    struct made *made = *state;
    lexicon_close(made->lexicon);
    free(made);
    return 0;
}

static const struct sense *sense_of(void **state, const char *word, enum language language) {
    const struct made *made = *state;
    const struct sense *sense =
        lexicon_sense(made->lexicon, lexicon_find(made->lexicon, span_of(word)), language);
    return sense_is_none(sense) ? NULL : sense;
}

static void built_in_files_are_large_enough(void **state) {
    const struct made *made = *state;
    assert_true(made->lexicon->sense_count > 15000);
    assert_true(made->lexicon->form_count > 3 * made->lexicon->sense_count);
    assert_true(made->lexicon->phrase_count > 3000);
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
    assert_ptr_equal(sense_of(state, "flimmies", LANGUAGE_EN),
                     sense_of(state, "flimmy", LANGUAGE_EN));
    assert_null(sense_of(state, "flummies", LANGUAGE_EN));
    /* Both spellings. */
    assert_true(reads(state, "de.lexicon.tsv", "zörkelig\t-2\t0.4\n"));
    assert_non_null(sense_of(state, "zoerkeliges", LANGUAGE_DE));
    assert_null(sense_of(state, "zorkelig", LANGUAGE_DE));
}

static void listed_forms_win_over_made_ones(void **state) {
    assert_true(reads(state, "en.lexicon.tsv", "brimmle\t-2\t0.4\nbrimmles\t3\t0.4\n"));
    assert_true(sense_of(state, "brimmles", LANGUAGE_EN)->valence[GENRE_ANY] == 3);
    assert_true(sense_of(state, "brimmling", LANGUAGE_EN)->valence[GENRE_ANY] == -2);
}

static void rules_give_roles_and_numbers(void **state) {
    const struct made *made = *state;
    assert_true(reads(state, "fr.rules.tsv",
                      "negation\tzon,pas zon\nbooster\t0.4\tzuper\nset\tquestion\t0.25\tnews\n"));
    const struct lexicon *lexicon = made->lexicon;
    assert_true((sense_of(state, "zon", LANGUAGE_FR)->roles & ROLE_NEGATION) != 0);
    assert_true(sense_of(state, "zuper", LANGUAGE_FR)->strength == 0.4F);
    assert_true(lexicon_settings(lexicon, LANGUAGE_FR, GENRE_NEWS)->question == 0.25);
    assert_true(lexicon_settings(lexicon, LANGUAGE_FR, GENRE_REVIEW)->question != 0.25);
    assert_true(lexicon_settings(lexicon, LANGUAGE_ES, GENRE_NEWS)->question != 0.25);
}

static void topics_are_found_again(void **state) {
    const struct made *made = *state;
    size_t before = made->lexicon->topic_count;
    assert_true(reads(state, "en.topics.tsv", "topic\tdelivery\tzarcel\ntopic\tzoo\tzebra\n"));
    assert_int_equal(made->lexicon->topic_count, before + 1);
    assert_span_equal(made->lexicon->topics[sense_of(state, "zarcel", LANGUAGE_EN)->topics[0] - 1],
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
        {"en.lexicon.tsv",
         "sixteen-bytes-is-sixteen-bytes-issixteenbytesissixteenbytesissixteenbytesissixteenbytesis"
         "sixteenbytesissixteenbytesissixteenbytesissixteenbytesissixteenbytesis\t2\t0\n",
         1},
        {"en.rules.tsv", "forms\tgo\t \n", 1},
        {"en.rules.tsv", "negotiation\tnot\n", 1},
        {"en.rules.tsv", "\n\nset\tqestion\t1\n", 3},
        {"en.rules.tsv", "set\tquestion\t1\tpoetry\n", 1},
        {"en.rules.tsv", "booster\tmuch\tvery\n", 1},
        {"en.rules.tsv", "stage\tdespair\tbought\n", 1},
        {"any.rules.tsv", "inflect\te\tes\n", 1},
    };
    (void)state;
    struct draft *draft = draft_create();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error error = {0};
        assert_false(draft_read(draft, span_of(rows[i].file), span_of(rows[i].text), &error));
        assert_int_equal(error.kind, ERROR_INPUT);
        assert_int_equal(error.line, rows[i].line);
        assert_true(span_starts_with(span_of(error.message), span_of(rows[i].file)));
    }
    draft_free(draft);
}

static void wrong_files_are_refused(void **state) {
    assert_false(reads(state, "xx.lexicon.tsv", ""));
    assert_false(reads(state, "en.poetry.tsv", ""));
    assert_false(reads(state, "en.lexicon.csv", ""));
    assert_false(reads(state, "README", ""));
}

static bool holds(struct span text, const char *part) {
    return span_find(text, span_of(part)) != SPAN_NOT_FOUND;
}

/* The image that the draft makes of a few words. */
static char *small_image(size_t *size) {
    struct draft *draft = draft_create();
    assert_true(draft_read(draft, SPAN("en.lexicon.tsv"),
                           SPAN("good\t2\t0\nunbelievable\t1\t0\nworn out\t-2\t0\n"), NULL));
    assert_true(draft_read(draft, SPAN("it.lexicon.tsv"), SPAN("good\t1\t0\n"), NULL));
    assert_true(draft_read(draft, SPAN("any.lexicon.tsv"), SPAN("good\t-1\t0\n"), NULL));
    draft_inflect(draft);
    char *image = draft_write(draft, size);
    draft_free(draft);
    return image;
}

static void images_say_what_was_written(void **state) {
    (void)state;
    size_t size = 0;
    char *image = small_image(&size);
    struct lexicon *lexicon = NULL;
    assert_true(lexicon_open_image((struct span){image, size}, &lexicon, NULL));
    uint32_t good = lexicon_find(lexicon, SPAN("good"));
    const struct sense *sense = lexicon_sense(lexicon, good, LANGUAGE_EN);
    assert_true(sense->valence[GENRE_ANY] == 2 && sense->owner == good);
    assert_span_equal(lexicon_text(lexicon, sense->text), "good");
    assert_true(lexicon_sense(lexicon, good, LANGUAGE_IT)->valence[GENRE_ANY] == 1);
    assert_true(lexicon_sense(lexicon, good, LANGUAGE_FR)->valence[GENRE_ANY] == -1);
    assert_true(sense_is_none(lexicon_sense(lexicon, NO_FORM, LANGUAGE_EN)));
    /* Longer than a block, and equal in the first one. */
    assert_true(lexicon_find(lexicon, SPAN("unbelievable")) != NO_FORM);
    assert_true(lexicon_find(lexicon, SPAN("unbelievably")) == NO_FORM);
    assert_true(lexicon_find(lexicon, SPAN("unbeliev")) == NO_FORM);
    assert_true(lexicon_find(lexicon, SPAN("")) == NO_FORM);
    uint32_t worn = lexicon_find(lexicon, SPAN("worn"));
    uint32_t number = lexicon_sense(lexicon, worn, LANGUAGE_EN)->phrases;
    const struct phrase *phrase = lexicon_phrase(lexicon, number);
    assert_int_equal(phrase->count, 2);
    assert_int_equal(phrase->forms[0], worn);
    assert_int_equal(phrase->forms[1], lexicon_find(lexicon, SPAN("out")));
    assert_true(lexicon_phrase_sense(lexicon, phrase)->valence[GENRE_ANY] == -2);
    lexicon_close(lexicon);
    free(image);
}

/* Every form of the built-in lexicon is found where it lies, and nowhere else. */
static void every_form_has_its_row(void **state) {
    const struct made *made = *state;
    struct draft *draft = draft_create();
    assert_true(draft_read_built_in(draft, NULL));
    draft_inflect(draft);
    bool *taken = NEW_ARRAY(bool, made->lexicon->form_count + 1);
    for (size_t i = 1; i < draft->form_count; i++) {
        uint32_t row = lexicon_find(made->lexicon, draft_text(draft, draft->forms[i].text));
        assert_true(row != NO_FORM && !taken[row]);
        taken[row] = true;
    }
    assert_true(draft->form_count > 50000);
    free(taken);
    draft_free(draft);
}

static void damaged_images_are_refused(void **state) {
    (void)state;
    size_t size = 0;
    char *image = small_image(&size);
    struct lexicon *lexicon = NULL;
    for (size_t bit = 0; bit < size * 8; bit += bit < 4096 ? 1 : 61) {
        struct error error = {0};
        image[bit / 8] = (char)(image[bit / 8] ^ 1 << bit % 8);
        assert_false(lexicon_open_image((struct span){image, size}, &lexicon, &error));
        assert_int_equal(error.kind, ERROR_INPUT);
        image[bit / 8] = (char)(image[bit / 8] ^ 1 << bit % 8);
    }
    for (size_t cut = 0; cut < size; cut += 13) {
        assert_false(lexicon_open_image((struct span){image, cut}, &lexicon, NULL));
    }
    assert_true(lexicon_open_image((struct span){image, size}, &lexicon, NULL));
    lexicon_close(lexicon);
    free(image);
}

static void foreign_images_are_told_apart(void **state) {
    (void)state;
    size_t size = 0;
    char *image = small_image(&size);
    struct image_head *head = (struct image_head *)(void *)image;
    struct lexicon *lexicon = NULL;
    struct error error = {0};
    head->byte_order = 0x04030201;
    assert_false(lexicon_open_image((struct span){image, size}, &lexicon, &error));
    assert_true(holds(span_of(error.message), "byte order"));
    head->byte_order = IMAGE_BYTE_ORDER;
    head->version++;
    assert_false(lexicon_open_image((struct span){image, size}, &lexicon, &error));
    assert_true(holds(span_of(error.message), "version"));
    head->version--;
    image[size - 1] ^= 1;
    assert_false(lexicon_open_image((struct span){image, size}, &lexicon, &error));
    assert_true(holds(span_of(error.message), "damaged"));
    free(image);
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
#define WITH_LEXICON(test) cmocka_unit_test_setup_teardown(test, lexicon_setup, lexicon_teardown)
        WITH_LEXICON(built_in_files_are_large_enough),
        WITH_LEXICON(rows_make_senses),
        WITH_LEXICON(overlays_change_one_genre),
        WITH_LEXICON(inflection_shares_the_sense),
        WITH_LEXICON(listed_forms_win_over_made_ones),
        WITH_LEXICON(rules_give_roles_and_numbers),
        WITH_LEXICON(topics_are_found_again),
        cmocka_unit_test(wrong_rows_are_refused_with_their_line),
        WITH_LEXICON(wrong_files_are_refused),
        cmocka_unit_test(images_say_what_was_written),
        WITH_LEXICON(every_form_has_its_row),
        cmocka_unit_test(damaged_images_are_refused),
        cmocka_unit_test(foreign_images_are_told_apart),
        cmocka_unit_test(languages_by_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
