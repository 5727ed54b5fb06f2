/* Learning from labelled texts: what is learned, that it is used, kept and read back. */
#include "sentiment/feature.h"
#include "sentiment/form.h"
#include "sentiment/overlay.h"
#include "tests/unit/sentiment/helper.h"

enum { LESSONS = 60 };

/* Labelled texts of which every third says something: "zorp" is good, "blick" bad, and neither is a
 * word that any lexicon has. */
static const char *const texts[] = {
    "the zorp came on monday",   "such a blick on the table", "the parcel came on monday",
    "a zorp for all of us",      "we had a blick again",      "we had a parcel again",
    "my zorp, from the shop",    "their blick, as it came",   "their parcel, from the shop",
    "it is a zorp on the table", "the blick came on monday",  "a parcel for all of us",
};

static struct sentiment_request request_of(const char *text) {
    return (struct sentiment_request){
        .text = span_of(text), .language_hint = SPAN("en"), .genre = GENRE_SOCIAL, .three = true};
}

static struct sentiment_course *course_of(void **state, size_t count) {
    static const enum label labels[] = {LABEL_POSITIVE, LABEL_NEGATIVE, LABEL_NEUTRAL};
    struct bench *bench = *state;
    struct sentiment_course *course = sentiment_course_create();
    for (size_t i = 0; i < count; i++) {
        struct sentiment_request request = request_of(texts[i % 12]);
        assert_true(sentiment_course_add(course, bench->sentiment, &request, labels[i % 3], NULL));
    }
    return course;
}

static struct sentiment_overlay *learn_of(void **state, const struct sentiment_course *course,
                                          size_t count, struct error *error) {
    struct bench *bench = *state;
    struct sentiment_overlay *overlay = NULL;
    size_t *chosen = ARENA_ARRAY(bench->arena, size_t, count);
    for (size_t i = 0; i < count; i++) {
        chosen[i] = i;
    }
    bool good = sentiment_course_learn(course, chosen, count, NULL, NULL, &overlay, error);
    assert_true(good == (overlay != NULL));
    return overlay;
}

static struct sentiment_overlay *learned(void **state) {
    struct sentiment_course *course = course_of(state, LESSONS);
    struct sentiment_overlay *overlay = learn_of(state, course, LESSONS, NULL);
    assert_non_null(overlay);
    sentiment_course_free(course);
    return overlay;
}

static struct score score_with(void **state, const struct sentiment_overlay *overlay,
                               const char *text) {
    struct bench *bench = *state;
    struct sentiment_request request = request_of(text);
    struct sentiment_result result;
    request.overlay = overlay;
    sentiment_score(bench->sentiment, &request, bench->arena, &result);
    return result.whole;
}

static void words_nobody_listed_are_learned(void **state) {
    struct sentiment_overlay *overlay = learned(state);
    assert_int_equal(score_with(state, NULL, "a zorp again").label, LABEL_NEUTRAL);
    assert_int_equal(score_with(state, overlay, "a zorp again").label, LABEL_POSITIVE);
    assert_int_equal(score_with(state, overlay, "a blick again").label, LABEL_NEGATIVE);
    assert_int_equal(score_with(state, overlay, "a parcel again").label, LABEL_NEUTRAL);
    sentiment_overlay_close(overlay);
}

static void the_lexicon_stays_the_prior(void **state) {
    struct sentiment_overlay *overlay = learned(state);
    /* Nothing in the lessons spoke of these: the lexicon's word goes on counting. */
    double good = score_with(state, overlay, "an excellent monday").value;
    double bad = score_with(state, overlay, "a terrible monday").value;
    assert_above(good, bad);
    sentiment_overlay_close(overlay);
}

static struct span print_of(struct bench *bench, const struct sentiment_overlay *overlay) {
    struct buffer out;
    buffer_init(&out, 1 << 20);
    sentiment_overlay_print(overlay, &out);
    struct span text = arena_copy(bench->arena, buffer_span(&out));
    buffer_done(&out);
    return text;
}

static void what_is_printed_is_what_is_used(void **state) {
    struct bench *bench = *state;
    struct sentiment_overlay *overlay = learned(state);
    struct sentiment_overlay *again = NULL;
    struct span text = print_of(bench, overlay);
    assert_true(span_find(text, SPAN("\nzorp\t")) != SPAN_NOT_FOUND);
    assert_true(sentiment_overlay_open(text, &again, NULL));
    for (size_t i = 0; i < 12; i++) {
        assert_true(score_with(state, overlay, texts[i]).value ==
                    score_with(state, again, texts[i]).value);
    }
    assert_true(span_equal(print_of(bench, again), text));
    sentiment_overlay_close(again);
    /* The same lessons give the same weights, to the last digit. */
    again = learned(state);
    assert_true(span_equal(print_of(bench, again), text));
    sentiment_overlay_close(again);
    sentiment_overlay_close(overlay);
}

static void rows_tell_what_was_and_how_often(void **state) {
    struct bench *bench = *state;
    struct sentiment_overlay *overlay = learned(state);
    size_t count = 0;
    bool seen = false;
    struct sentiment_word *words = sentiment_overlay_words(overlay, bench->arena, &count);
    for (size_t i = 0; i < count; i++) {
        if (span_equal(words[i].form, SPAN("zorp"))) {
            seen = true;
            assert_above(words[i].valence, 0.3);
            assert_true(words[i].was == 0);
            assert_int_equal(words[i].texts, LESSONS / 3);
        }
    }
    assert_true(seen);
    sentiment_overlay_close(overlay);
}

/* In "what a mess" the word "mess" says nothing itself; alone it does. */
static void what_was_is_the_word_alone(void **state) {
    static const char *const messes[] = {"what a mess again", "no zorp here", "such mess again"};
    struct bench *bench = *state;
    struct sentiment_course *course = sentiment_course_create();
    for (size_t i = 0; i < LESSONS; i++) {
        struct sentiment_request request = request_of(messes[i % 3]);
        enum label label = i % 3 == 1 ? LABEL_NEUTRAL : LABEL_NEGATIVE;
        assert_true(sentiment_course_add(course, bench->sentiment, &request, label, NULL));
    }
    struct sentiment_overlay *overlay = learn_of(state, course, LESSONS, NULL);
    size_t count = 0;
    double was = 0;
    struct sentiment_word *words = sentiment_overlay_words(overlay, bench->arena, &count);
    for (size_t i = 0; i < count; i++) {
        was = span_equal(words[i].form, SPAN("mess")) ? words[i].was : was;
    }
    assert_above(-0.5, was);
    sentiment_overlay_close(overlay);
    sentiment_course_free(course);
}

static void a_genre_keeps_to_itself(void **state) {
    struct bench *bench = *state;
    struct sentiment_overlay *overlay = learned(state); /* from social texts */
    struct sentiment_request request = request_of("a zorp again");
    struct sentiment_result result;
    request.overlay = overlay;
    request.genre = GENRE_NEWS;
    sentiment_score(bench->sentiment, &request, bench->arena, &result);
    assert_int_equal(result.whole.label, LABEL_NEUTRAL);
    sentiment_overlay_close(overlay);
}

/* "Acme flumps Globex": good for the one in front. */
static struct sentiment_request request_towards(struct bench *bench, const char *text,
                                                const char *name) {
    struct sentiment_place *place = ARENA_NEW(bench->arena, struct sentiment_place);
    struct sentiment_target *target = ARENA_NEW(bench->arena, struct sentiment_target);
    place->begin = (uint32_t)span_find(span_of(text), span_of(name));
    place->end = place->begin + (uint32_t)strlen(name);
    *target = (struct sentiment_target){.name = span_of(name), .places = place, .place_count = 1};
    struct sentiment_request request = request_of(text);
    request.targets = target;
    request.target_count = 1;
    return request;
}

static enum label label_towards(struct bench *bench, const struct sentiment_overlay *overlay,
                                const char *text, const char *name) {
    struct sentiment_request request = request_towards(bench, text, name);
    struct sentiment_target target = request.targets[0];
    struct sentiment_result result;
    target.overlay = overlay;
    request.targets = &target;
    sentiment_score(bench->sentiment, &request, bench->arena, &result);
    return result.targets[0].label;
}

static void the_side_of_a_target_is_learned(void **state) {
    static const char *const fights[] = {"Acme flumps Globex", "today Acme flumps Globex",
                                         "we saw that Acme flumps Globex"};
    struct bench *bench = *state;
    struct sentiment_course *course = sentiment_course_create();
    for (size_t i = 0; i < LESSONS; i++) {
        bool front = i % 2 == 0;
        struct sentiment_request request =
            request_towards(bench, fights[i % 3], front ? "Acme" : "Globex");
        assert_true(sentiment_course_add(course, bench->sentiment, &request,
                                         front ? LABEL_POSITIVE : LABEL_NEGATIVE, NULL));
    }
    struct sentiment_overlay *overlay = learn_of(state, course, LESSONS, NULL);
    assert_int_equal(label_towards(bench, overlay, "Initech flumps Umbrella", "Initech"),
                     LABEL_POSITIVE);
    assert_int_equal(label_towards(bench, overlay, "Initech flumps Umbrella", "Umbrella"),
                     LABEL_NEGATIVE);
    /* Labels of another kind do not mix. */
    struct error error;
    struct sentiment_request whole = request_of("a zorp");
    assert_false(sentiment_course_add(course, bench->sentiment, &whole, LABEL_POSITIVE, &error));
    assert_non_null(strstr(error.message, "apart"));
    sentiment_overlay_close(overlay);
    sentiment_course_free(course);
}

static void reasons_name_what_was_learned(void **state) {
    struct bench *bench = *state;
    struct sentiment_overlay *overlay = learned(state);
    struct sentiment_request request = request_of("hm, a zorp");
    struct sentiment_result result;
    request.overlay = overlay;
    request.explain = true;
    sentiment_score(bench->sentiment, &request, bench->arena, &result);
    bool seen = false;
    for (size_t i = 0; i < result.reason_count; i++) {
        const struct sentiment_reason *reason = &result.reasons[i];
        if (span_equal(reason->entry, SPAN("zorp"))) {
            seen = true;
            assert_int_equal(reason->begin, 6);
            assert_int_equal(reason->end, 10);
            assert_true(span_starts_with(reason->rules, SPAN("learned from 20 texts")));
        }
    }
    assert_true(seen);
    sentiment_overlay_close(overlay);
}

static bool teaches(void **state, struct sentiment_sieve sieve, const char *without,
                    const char *form) {
    static const char *const more[] = {"such a Wump on the table", "a wump, Brell and 12 zorps",
                                       "the zorp of Brell came on monday"};
    struct bench *bench = *state;
    struct sentiment_course *course = course_of(state, LESSONS);
    for (size_t i = 0; i < 3; i++) {
        struct sentiment_request request = request_of(more[i]);
        assert_true(sentiment_course_add(course, bench->sentiment, &request, LABEL_POSITIVE, NULL));
    }
    sieve.without = span_of(without);
    sentiment_course_sieve(course, &sieve);
    struct sentiment_overlay *overlay = learn_of(state, course, LESSONS + 3, NULL);
    struct span text = print_of(bench, overlay);
    struct span row = arena_print(bench->arena, "\n%s\t", form);
    bool found = span_find(text, row) != SPAN_NOT_FOUND;
    assert_true(sieve.rows_most == 0 || overlay->count <= sieve.rows_most);
    sentiment_overlay_close(overlay);
    sentiment_course_free(course);
    return found;
}

static void a_sieve_leaves_out(void **state) {
    static const struct {
        struct sentiment_sieve sieve;
        const char *without;
        const char *form;
        bool stays;
    } rows[] = {
        {{0}, "", "brell", true},
        {{.no_names = true}, "", "brell", false},
        {{.no_names = true}, "", "wump", true}, /* in small letters once, too */
        {{.no_names = true}, "", "zorp", true},
        {{0}, "", "a zorp", true},
        {{0}, "# words\nzorp\n", "a zorp", false},
        {{0}, "# words\nzorp\n", "zorp", false},
        {{0}, "~a\n~zorp\n", "a zorp", false},
        {{0}, "~zorp\n", "zorp", false},
        {{0}, "~zorp\n", "a zorp", true},
        {{0}, "", "parce*", true},
        {{0}, "parcels\n", "parce*", false},
        {{.texts_least = 3}, "", "brell", false},
        {{.texts_least = 3}, "", "zorp", true},
        {{.rows_most = 2}, "", "brell", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (teaches(state, rows[i].sieve, rows[i].without, rows[i].form) != rows[i].stays) {
            fail_msg("row %zu: \"%s\"", i, rows[i].form);
        }
    }
}

static int compare_features(const void *a, const void *b) {
    uint64_t left = ((const struct feature *)a)->hash;
    uint64_t right = ((const struct feature *)b)->hash;
    return left < right ? -1 : left > right;
}

/* What a form is told by while a text is read is what its words in a file are told by, in front of
 * and behind whatever; and an overlay that has all of them misses none. */
static void every_form_is_found_again(void **state) {
    static const char *const said[] = {
        "Acme isn't delivering, but I'm not at all unhappy with the extraordinarily quick refund!",
        "Why? :) Never again, Acme... \xC3\xA9t\xC3\xA9 d\xC3\xA9\xC3\xA7u-ish shit**, "
        "@nobody https://example.org/x \xF0\x9F\x98\xA1 from Acme",
    };
    struct bench *bench = *state;
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        struct sentiment_request request = request_towards(bench, said[i], "Acme");
        struct features all;
        struct features found;
        struct sentiment_overlay *overlay = overlay_create();
        sentiment_features(bench->sentiment, &request, NULL, bench->arena, &all);
        overlay->rows = ARENA_ARRAY(overlay->arena, struct overlay_row, all.count);
        overlay->count = all.count;
        assert_true(all.count > 20);
        for (size_t j = 0; j < all.count; j++) {
            assert_true(form_hash(all.list[j].form) == all.list[j].hash);
            overlay->rows[j] =
                (struct overlay_row){.hash = all.list[j].hash, .form = all.list[j].form};
        }
        overlay_index(overlay);
        sentiment_features(bench->sentiment, &request, overlay, bench->arena, &found);
        qsort(found.list, found.count, sizeof *found.list, compare_features);
        assert_int_equal(found.count, all.count);
        for (size_t j = 0; j < all.count; j++) {
            assert_true(found.list[j].hash == all.list[j].hash);
            assert_int_equal(found.list[j].begin, all.list[j].begin);
        }
        sentiment_overlay_close(overlay);
    }
}

static void too_few_lessons_teach_nothing(void **state) {
    struct bench *bench = *state;
    struct error error;
    struct sentiment_course *course = course_of(state, 19);
    assert_null(learn_of(state, course, 19, &error));
    assert_non_null(strstr(error.message, "too few"));
    sentiment_course_free(course);
    course = sentiment_course_create();
    for (size_t i = 0; i < LESSONS; i++) { /* many, but all alike */
        struct sentiment_request request = request_of(texts[i % 12]);
        assert_true(sentiment_course_add(course, bench->sentiment, &request, LABEL_NEUTRAL, NULL));
    }
    assert_null(learn_of(state, course, LESSONS, &error));
    struct sentiment_request request = request_of("a");
    assert_false(sentiment_course_add(course, bench->sentiment, &request, LABEL_UNSURE, &error));
    sentiment_course_free(course);
}

static void bad_rows_are_named(void **state) {
    (void)state;
    static const struct {
        const char *text;
        unsigned line;
        const char *what;
    } rows[] = {
        {"zorp\t1\t0\t3\n", 1, "a row needs"},
        {"# fine\n\nzorp\tgood\t0\t3\t0\n", 3, "not a number"},
        {"=\ttexts\n", 1, "needs a value"},
        {"=\tgenre\tpoetry\n", 1, "unknown genre"},
        {"=\tneutral\t1\t2\n", 1, "six numbers"},
        {"=\tmood\t1\n", 1, "unknown setting"},
        {"zorp\t1e300\t0\t3\t0\n", 1, "in range"},
        {"zorp\t1\t0\t3\t0\nblick\t1\t0\t3\t0\nzorp\t2\t0\t3\t0\n", 0, "two rows for \"zorp\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sentiment_overlay *overlay = NULL;
        struct error error;
        assert_false(sentiment_overlay_open(span_of(rows[i].text), &overlay, &error));
        assert_int_equal(error.line, rows[i].line);
        assert_non_null(strstr(error.message, rows[i].what));
    }
    /* What follows a NUL would be lost when the overlay is written. */
    struct sentiment_overlay *overlay = NULL;
    assert_false(
        sentiment_overlay_open(SPAN("zorp\0blick\t1\t0\t3\t0\n"), &overlay, &(struct error){0}));
}

/* The overlays that come with the program: of a genre, for its whole texts or for targets. */
static struct sentiment_result score_in(void **state, enum genre genre, const char *text,
                                        const struct sentiment_target *target) {
    struct bench *bench = *state;
    struct sentiment_request request = request_of(text);
    struct sentiment_result result;
    request.genre = genre;
    request.targets = target;
    request.target_count = target != NULL;
    request.explain = true;
    sentiment_score(bench->sentiment, &request, bench->arena, &result);
    return result;
}

static void test_a_genre_is_learned_beforehand(void **state) {
    const char *text = "A remarkable portrait of a marriage";
    assert_int_equal(score_in(state, GENRE_ANY, text, NULL).whole.label, LABEL_NEUTRAL);
    struct sentiment_result result = score_in(state, GENRE_REVIEW, text, NULL);
    assert_int_equal(result.whole.label, LABEL_POSITIVE);
    bool told = false;
    for (size_t i = 0; i < result.reason_count; i++) {
        told = told || span_find(result.reasons[i].rules, SPAN("learned from")) != SPAN_NOT_FOUND;
    }
    assert_true(told);
}

static void test_what_says_nothing_is_neutral_in_every_genre(void **state) {
    static const char *const nothing[] = {"n/a", "Zorble blick.", "", "42"};
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
        for (int genre = GENRE_ANY; genre <= GENRE_NEWS; genre++) {
            struct score score = score_in(state, (enum genre)genre, nothing[i], NULL).whole;
            assert_int_equal(score.label, LABEL_NEUTRAL);
        }
    }
}

static void test_news_tell_sides_of_a_target(void **state) {
    const char *text = "Orbit slides as Pixtel overtakes Orbit";
    struct sentiment_place orbit = {0, 5};
    struct sentiment_place pixtel = {16, 22};
    struct sentiment_target target = {.name = SPAN("Orbit"), .places = &orbit, .place_count = 1};
    double loser = score_in(state, GENRE_NEWS, text, &target).targets[0].value;
    target = (struct sentiment_target){.name = SPAN("Pixtel"), .places = &pixtel, .place_count = 1};
    double winner = score_in(state, GENRE_NEWS, text, &target).targets[0].value;
    assert_true(loser < 0 && winner > loser);
}

/* A user's own goes before. */
static void test_own_overlay_replaces_the_built_in(void **state) {
    static const char own[] = "=\tgenre\treview\n=\tnegative\t1\t0\t0\t0\t0\t0\n";
    struct sentiment_overlay *overlay = NULL;
    struct bench *bench = *state;
    assert_true(sentiment_overlay_open(SPAN(own), &overlay, NULL));
    struct sentiment_request request = request_of("A remarkable portrait of a marriage");
    request.genre = GENRE_REVIEW;
    request.overlay = overlay;
    struct sentiment_result result;
    sentiment_score(bench->sentiment, &request, bench->arena, &result);
    assert_int_equal(result.whole.label, LABEL_NEGATIVE);
    sentiment_overlay_close(overlay);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_genre_is_learned_beforehand),
        cmocka_unit_test(test_what_says_nothing_is_neutral_in_every_genre),
        cmocka_unit_test(test_news_tell_sides_of_a_target),
        cmocka_unit_test(test_own_overlay_replaces_the_built_in),
        cmocka_unit_test(words_nobody_listed_are_learned),
        cmocka_unit_test(the_lexicon_stays_the_prior),
        cmocka_unit_test(what_is_printed_is_what_is_used),
        cmocka_unit_test(rows_tell_what_was_and_how_often),
        cmocka_unit_test(what_was_is_the_word_alone),
        cmocka_unit_test(a_genre_keeps_to_itself),
        cmocka_unit_test(the_side_of_a_target_is_learned),
        cmocka_unit_test(reasons_name_what_was_learned),
        cmocka_unit_test(a_sieve_leaves_out),
        cmocka_unit_test(every_form_is_found_again),
        cmocka_unit_test(too_few_lessons_teach_nothing),
        cmocka_unit_test(bad_rows_are_named),
    };
    return cmocka_run_group_tests(tests, bench_setup, bench_teardown);
}
