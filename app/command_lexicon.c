/* `earshot lexicon ...`: learn words from labelled texts, and look at what was learned. */
#include "app/lessons.h"
#include "app/overlays.h"
#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Worst errors shown, and rows of a diff. */
enum { WORST_SHOWN = 5, WORST_MOST = 100, ROWS_SHOWN = 40, FOLDS_MOST = 100 };

/* --- Train ------------------------------------------------------------------------------------ */

static void draw_round(void *context, size_t round, size_t most) {
    const struct app *app = context;
    if (app->progress) {
        fprintf(stderr, "\r\x1b[Klearning: round %zu (at most %zu)", round, most);
    }
}

static void draw_end(const struct app *app) {
    if (app->progress) {
        fputs("\r\x1b[K", stderr);
    }
}

/* Learns from at most `most` of the chosen texts, spread evenly over them. */
static bool learn(struct app *app, const struct sentiment_course *course, size_t *chosen,
                  size_t count, size_t most, struct sentiment_overlay **overlay,
                  struct error *error) {
    size_t used = count < most ? count : most;
    for (size_t i = 0; i < used; i++) {
        chosen[i] = chosen[i * count / used];
    }
    bool good = sentiment_course_learn(course, chosen, used, draw_round, app, overlay, error);
    draw_end(app);
    return good;
}

/* --labels, --folds and such: a number from 1 to `most`; `otherwise` when not given. */
static bool count_parse(struct app *app, const char *option, size_t most, size_t otherwise,
                        size_t *count, struct error *error) {
    const char *value = app_value(app, option);
    int64_t number = 0;
    *count = otherwise;
    if (value == NULL) {
        return true;
    }
    if (!span_to_int64(span_of(value), &number) || number < 1 || (uint64_t)number > most) {
        return error_set(error, ERROR_INPUT, "--%s is a number from 1 to %zu", option, most);
    }
    *count = (size_t)number;
    return true;
}

static bool read_count(struct app *app, const char *option, size_t most, size_t otherwise,
                       size_t *count) {
    struct error error;
    if (!count_parse(app, option, most, otherwise, count, &error)) {
        app_fail(app, EXIT_CODE_USAGE, "%s", error.message);
        return false;
    }
    return true;
}

/* As the options say. */
static bool read_sieve(struct app *app, struct sentiment_sieve *sieve, struct error *error) {
    const char *path = app_value(app, "without");
    *sieve = (struct sentiment_sieve){.no_names = app_given(app, "no-names"),
                                      .no_tilt = app_given(app, "no-tilt")};
    return count_parse(app, "least", LIMIT_COURSE, 0, &sieve->texts_least, error) &&
           count_parse(app, "most", LIMIT_COURSE, 0, &sieve->rows_most, error) &&
           (path == NULL || file_read(path, LIMIT_DOCUMENT, app->arena, &sieve->without, error) ||
            error_add_context(error, "%s", path));
}

static struct sentiment_course *course_make(struct app *app, const struct sentiment *sentiment,
                                            const struct lessons *lessons, struct error *error) {
    struct sentiment_sieve sieve;
    if (!read_sieve(app, &sieve, error)) {
        return NULL;
    }
    struct sentiment_course *course = sentiment_course_create();
    sentiment_course_sieve(course, &sieve);
    for (size_t i = 0; i < lessons->count; i++) {
        const struct lesson *lesson = &lessons->list[i];
        if (!sentiment_course_add(course, sentiment, &lesson->request, lesson->label, error)) {
            error_add_context(error, "text %zu", i + 1);
            sentiment_course_free(course);
            return NULL;
        }
    }
    return course;
}

static enum exit_code write_overlay(struct app *app, const struct sentiment_overlay *overlay,
                                    size_t lessons) {
    const char *path = app_value(app, "output");
    struct error error;
    if (path == NULL) {
        sentiment_overlay_print(overlay, &app->out);
        return EXIT_CODE_OK;
    }
    struct buffer text;
    buffer_init(&text, LIMIT_DOCUMENT);
    sentiment_overlay_print(overlay, &text);
    bool good = file_create(path, buffer_span(&text), &error);
    buffer_done(&text);
    if (!good && error.code == EEXIST) {
        return app_fail(app, EXIT_CODE_FAILED,
                        "%s exists and may have been edited; write to another file and compare "
                        "them with: earshot lexicon diff %s OTHER",
                        path, path);
    }
    if (!good) {
        error_add_context(&error, "%s", path);
        return app_fail_error(app, &error);
    }
    words_print(&app->out, overlay, NULL, ROWS_SHOWN / 2, &app->style);
    app_say(app,
            "learned from %zu texts; %s holds what changed. Use it with `overlay: %s` at a brand, "
            "try it with: earshot score --overlay %s TEXT",
            lessons, path, path, path);
    return EXIT_CODE_OK;
}

static enum exit_code train(struct app *app, const struct sentiment *sentiment,
                            const struct lessons *lessons) {
    struct error error;
    size_t most = 0;
    if (!read_count(app, "labels", LIMIT_COURSE, LIMIT_COURSE, &most)) {
        return EXIT_CODE_USAGE;
    }
    struct sentiment_course *course = course_make(app, sentiment, lessons, &error);
    if (course == NULL) {
        return app_fail_error(app, &error);
    }
    struct sentiment_overlay *overlay = NULL;
    size_t *chosen = ARENA_ARRAY(app->arena, size_t, lessons->count);
    for (size_t i = 0; i < lessons->count; i++) {
        chosen[i] = i;
    }
    bool good = learn(app, course, chosen, lessons->count, most, &overlay, &error);
    size_t used = lessons->count < most ? lessons->count : most;
    enum exit_code code = good ? write_overlay(app, overlay, used) : app_fail_error(app, &error);
    sentiment_overlay_close(overlay);
    sentiment_course_free(course);
    return code;
}

/* Loads the lessons and the scorer, and hands both on. */
static enum exit_code with_lessons(struct app *app,
                                   enum exit_code (*run)(struct app *app,
                                                         const struct sentiment *sentiment,
                                                         const struct lessons *lessons)) {
    struct sentiment *sentiment = NULL;
    struct lessons lessons;
    struct error error;
    enum exit_code code = EXIT_CODE_OK;
    if (!lessons_load(app, &lessons, &code)) {
        return code;
    }
    if (!sentiment_open(&sentiment, &error)) {
        return app_fail_error(app, &error);
    }
    code = run(app, sentiment, &lessons);
    sentiment_close(sentiment);
    return code == EXIT_CODE_OK && lessons.left_out > 0 ? EXIT_CODE_PARTIAL : code;
}

enum exit_code command_lexicon_train(struct app *app) {
    return with_lessons(app, train);
}

/* --- Test ------------------------------------------------------------------------------------- */

/* Texts judged by what other texts taught. Fold i is the i-th part of the file. */
struct trying {
    struct app *app;
    const struct sentiment *sentiment;
    const struct lessons *lessons;
    struct sentiment_overlay *overlays[FOLDS_MOST]; /* by fold; NULL: the lexicon alone judges */
    size_t folds;
    size_t labels; /* most to learn from */
    bool forward;  /* learn from earlier folds only; the first is not judged */
    struct trial_case *cases;
    size_t *numbers; /* of the lessons that the cases are */
    size_t count;
};

static size_t fold_begin(const struct trying *trying, size_t fold) {
    return trying->lessons->count * fold / trying->folds;
}

static bool fold_learn(struct trying *trying, const struct sentiment_course *course, size_t fold,
                       struct error *error) {
    size_t *chosen = NEW_ARRAY(size_t, trying->lessons->count + 1);
    size_t count = 0;
    size_t end = trying->forward ? fold_begin(trying, fold) : trying->lessons->count;
    for (size_t i = 0; i < end; i++) {
        if (i < fold_begin(trying, fold) || i >= fold_begin(trying, fold + 1)) {
            chosen[count++] = i;
        }
    }
    bool good =
        learn(trying->app, course, chosen, count, trying->labels, &trying->overlays[fold], error);
    free(chosen);
    return good;
}

static bool folds_learn(struct trying *trying, struct error *error) {
    struct sentiment_course *course =
        course_make(trying->app, trying->sentiment, trying->lessons, error);
    bool good = course != NULL;
    for (size_t fold = trying->forward ? 1 : 0; good && fold < trying->folds; fold++) {
        good = fold_learn(trying, course, fold, error) ||
               error_add_context(error, "part %zu of %zu", fold + 1, trying->folds);
    }
    sentiment_course_free(course);
    return good;
}

static struct score judge(const struct trying *trying, const struct lesson *lesson,
                          const struct sentiment_overlay *overlay, bool explain,
                          struct arena *arena, struct trial_case *one) {
    struct sentiment_request request = lesson->request;
    struct sentiment_target target = {0};
    struct sentiment_result result;
    request.overlay = overlay;
    request.explain = explain;
    if (request.target_count > 0) {
        target = request.targets[0];
        target.overlay = overlay;
        request.targets = &target;
    }
    sentiment_score(trying->sentiment, &request, arena, &result);
    size_t aim = request.target_count > 0 ? 0 : SENTIMENT_WHOLE;
    size_t kept = 0;
    for (size_t i = 0; i < result.reason_count; i++) {
        if (result.reasons[i].target == aim) {
            result.reasons[kept++] = result.reasons[i];
        }
    }
    one->reasons = explain ? result.reasons : NULL;
    one->reason_count = explain ? kept : 0;
    return request.target_count > 0 && target.place_count > 0 ? result.targets[0] : result.whole;
}

static size_t fold_of(const struct trying *trying, size_t lesson) {
    size_t fold = 0;
    while (lesson >= fold_begin(trying, fold + 1)) {
        fold++;
    }
    return fold;
}

static void judge_all(struct trying *trying) {
    struct arena *arena = arena_create();
    size_t first = trying->forward ? fold_begin(trying, 1) : 0;
    trying->cases = ARENA_ARRAY(trying->app->arena, struct trial_case, trying->lessons->count);
    trying->numbers = ARENA_ARRAY(trying->app->arena, size_t, trying->lessons->count);
    for (size_t i = first; i < trying->lessons->count; i++) {
        const struct lesson *lesson = &trying->lessons->list[i];
        struct trial_case *one = &trying->cases[trying->count];
        const struct sentiment_overlay *overlay = trying->overlays[fold_of(trying, i)];
        one->text = lesson->request.text;
        one->meant = lesson->label;
        one->lexicon = judge(trying, lesson, NULL, false, arena, one);
        one->learned =
            overlay == NULL ? one->lexicon : judge(trying, lesson, overlay, false, arena, one);
        trying->numbers[trying->count++] = i;
        arena_reset(arena);
    }
    arena_free(arena);
}

/* The wrong verdicts that were surest of themselves, with their reasons. */
static size_t find_worst(struct trying *trying, bool learned, size_t *worst, size_t most) {
    size_t count = 0;
    for (size_t i = 0; i < trying->count; i++) {
        const struct trial_case *one = &trying->cases[i];
        double sure = learned ? one->learned.confidence : one->lexicon.confidence;
        if (one->meant == (learned ? one->learned.label : one->lexicon.label)) {
            continue;
        }
        size_t at = count < most ? count++ : most;
        for (; at > 0; at--) {
            const struct trial_case *above = &trying->cases[worst[at - 1]];
            if ((learned ? above->learned.confidence : above->lexicon.confidence) >= sure) {
                break;
            }
            if (at < most) {
                worst[at] = worst[at - 1];
            }
        }
        if (at < most) {
            worst[at] = i;
        }
    }
    for (size_t i = 0; i < count; i++) {
        size_t number = trying->numbers[worst[i]];
        (void)judge(trying, &trying->lessons->list[number],
                    trying->overlays[fold_of(trying, number)], true, trying->app->arena,
                    &trying->cases[worst[i]]);
    }
    return count;
}

/* What people looked at and found right; who corrects looks for mistakes, so it is no sample. */
static struct span review_text(const struct trying *trying, struct arena *arena) {
    const struct lessons *lessons = trying->lessons;
    size_t right = lessons->count - lessons->corrected;
    if (!app_given(trying->app, "corrections") || lessons->count == 0) {
        return SPAN("");
    }
    return arena_print(arena,
                       "when they came, people confirmed %zu and corrected %zu: %.0f %% were right",
                       right, lessons->corrected, 100.0 * (double)right / (double)lessons->count);
}

static struct span split_text(const struct trying *trying, struct arena *arena) {
    if (trying->folds == 1) {
        return review_text(trying, arena);
    }
    return arena_print(arena,
                       trying->forward ? "%zu parts in the order of the file, each judged by what "
                                         "the parts before it taught"
                                       : "%zu parts in the order of the file, each judged by what "
                                         "the others taught",
                       trying->folds);
}

static enum exit_code show_trial(struct trying *trying, bool learned, size_t shown) {
    struct app *app = trying->app;
    size_t worst[WORST_MOST];
    judge_all(trying);
    struct trial trial = {
        .cases = trying->cases,
        .count = trying->count,
        .learned = learned,
        .split = split_text(trying, app->arena),
        .worst = worst,
        .worst_count = find_worst(trying, learned, worst, shown),
    };
    trial_print(&app->out, &trial, &app->style);
    return EXIT_CODE_OK;
}

static enum exit_code test(struct app *app, const struct sentiment *sentiment,
                           const struct lessons *lessons) {
    struct trying trying = {.app = app,
                            .sentiment = sentiment,
                            .lessons = lessons,
                            .forward = app_given(app, "forward")};
    struct error error;
    size_t shown = 0;
    const char *path = app_value(app, "overlay");
    if (!read_count(app, "folds", FOLDS_MOST, 1, &trying.folds) ||
        !read_count(app, "labels", LIMIT_COURSE, LIMIT_COURSE, &trying.labels) ||
        !read_count(app, "worst", WORST_MOST, WORST_SHOWN, &shown)) {
        return EXIT_CODE_USAGE;
    }
    if (lessons->count < trying.folds) {
        return app_fail(app, EXIT_CODE_USAGE, "there are only %zu labelled texts", lessons->count);
    }
    bool good = trying.folds > 1 ? folds_learn(&trying, &error)
                                 : path == NULL || overlay_load(path, &trying.overlays[0], &error);
    enum exit_code code = good ? show_trial(&trying, trying.folds > 1 || path != NULL, shown)
                               : app_fail_error(app, &error);
    for (size_t i = 0; i < trying.folds; i++) {
        sentiment_overlay_close(trying.overlays[i]);
    }
    return code;
}

enum exit_code command_lexicon_test(struct app *app) {
    bool folds = app_given(app, "folds");
    if (folds && app_given(app, "overlay")) {
        return app_fail(app, EXIT_CODE_USAGE,
                        "--folds learns anew for each part; --overlay tries what is learned "
                        "already: give one of them");
    }
    static const char *const learning[] = {"forward", "labels",   "least",  "most",
                                           "without", "no-names", "no-tilt"};
    for (size_t i = 0; !folds && i < sizeof learning / sizeof *learning; i++) {
        if (app_given(app, learning[i])) {
            return app_fail(app, EXIT_CODE_USAGE, "--%s goes with --folds", learning[i]);
        }
    }
    return with_lessons(app, test);
}

/* --- Diff ------------------------------------------------------------------------------------- */

enum exit_code command_lexicon_diff(struct app *app) {
    struct sentiment_overlay *overlays[2] = {NULL, NULL};
    struct error error;
    size_t limit = 0;
    if (!read_count(app, "limit", LIMIT_COURSE, ROWS_SHOWN, &limit)) {
        return EXIT_CODE_USAGE;
    }
    enum exit_code code = EXIT_CODE_OK;
    for (size_t i = 0; i < app->word_count && code == EXIT_CODE_OK; i++) {
        if (!overlay_load(arena_copy_string(app->arena, app->words[i]), &overlays[i], &error)) {
            code = app_fail_error(app, &error);
        }
    }
    if (code == EXIT_CODE_OK) {
        words_print(&app->out, overlays[0], overlays[1], limit, &app->style);
    }
    sentiment_overlay_close(overlays[0]);
    sentiment_overlay_close(overlays[1]);
    return code;
}

/* --- Explain ---------------------------------------------------------------------------------- */

/* The overlay's row for the word becomes one more origin. */
static struct sentiment_origin *add_learned(struct app *app,
                                            const struct sentiment_overlay *overlay,
                                            struct span word,
                                            const struct sentiment_origin *origins, size_t *count) {
    size_t words = 0;
    struct sentiment_word *list = sentiment_overlay_words(overlay, app->arena, &words);
    struct sentiment_origin *all = ARENA_ARRAY(app->arena, struct sentiment_origin, *count + words);
    size_t used = 0;
    for (size_t i = 0; i < words; i++) {
        if (!span_equal_nocase(list[i].form, word)) {
            continue;
        }
        all[used++] = (struct sentiment_origin){
            .file = span_of(app_value(app, "overlay")),
            .kind = SPAN("learned"),
            .entry = list[i].form,
            .value = arena_print(app->arena, "%+.2f", list[i].valence),
            .tags = arena_print(app->arena, "was %+.2f; pull to neutral %+.2f; %u texts",
                                list[i].was, list[i].plain, list[i].texts)};
    }
    if (*count > 0) {
        memcpy(all + used, origins, *count * sizeof *origins);
    }
    *count += used;
    return all;
}

enum exit_code command_lexicon_explain(struct app *app) {
    struct sentiment *sentiment = NULL;
    struct sentiment_overlay *overlay = NULL;
    struct error error;
    size_t count = 0;
    const char *path = app_value(app, "overlay");
    struct span word = arena_join(app->arena, app->words, app->word_count, " ");
    if (path != NULL && !overlay_load(path, &overlay, &error)) {
        return app_fail_error(app, &error);
    }
    if (!sentiment_open(&sentiment, &error)) {
        sentiment_overlay_close(overlay);
        return app_fail_error(app, &error);
    }
    struct sentiment_origin *origins =
        sentiment_origins(sentiment, word, span_of(app_value(app, "language")), app->arena, &count);
    if (overlay != NULL) {
        origins = add_learned(app, overlay, word, origins, &count);
    }
    origins_print(&app->out, origins, count, &app->style);
    sentiment_overlay_close(overlay);
    sentiment_close(sentiment);
    return EXIT_CODE_OK;
}
