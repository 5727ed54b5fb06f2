/* `earshot score`: one text explained, or a stream of JSON lines scored. */
#include "app/app.h"
#include "app/overlays.h"
#include "app/score_stream.h"
#include "app/targets.h"

/* No name: any. */
static bool parse_genre(struct span name, enum genre *genre) {
    return name.size == 0 || genre_parse(name, genre);
}

static size_t gather_targets(struct app *app, struct span text, struct sentiment_target *targets) {
    size_t count = 0;
    for (size_t i = 0; i < app->given_count; i++) {
        if (strcmp(app->given[i].name, "brand") == 0) {
            targets[count++] = target_named(text, span_of(app->given[i].value), app->arena);
        }
    }
    return count;
}

static enum exit_code score_words(struct app *app, const struct sentiment *sentiment,
                                  const struct sentiment_overlay *overlay) {
    struct sentiment_target targets[APP_OPTIONS_MAX];
    struct sentiment_request request = {
        .text = arena_join(app->arena, app->words, app->word_count, " "),
        .language_hint = span_of(app_value(app, "language")),
        .overlay = overlay,
        .targets = targets,
        .explain = app_given(app, "explain"),
        .three = app_given(app, "classes"),
    };
    if (!parse_genre(span_of(app_value(app, "genre")), &request.genre)) {
        return app_fail(app, EXIT_CODE_USAGE, "--genre is any, social, review or news");
    }
    request.target_count = gather_targets(app, request.text, targets);
    for (size_t i = 0; i < request.target_count; i++) {
        targets[i].overlay = overlay;
    }
    struct sentiment_result result;
    sentiment_score(sentiment, &request, app->arena, &result);
    score_print(&app->out, &request, &result, &app->style);
    return EXIT_CODE_OK;
}

enum exit_code command_score(struct app *app) {
    struct sentiment *sentiment = NULL;
    struct error error;
    bool stream = app_given(app, "jsonl");
    if (stream == (app->word_count > 0)) {
        return app_fail(app, EXIT_CODE_USAGE, "give a text, or --jsonl and lines on stdin");
    }
    const char *classes = app_value(app, "classes");
    if (classes != NULL && strcmp(classes, "3") != 0) {
        return app_fail(app, EXIT_CODE_USAGE, "--classes may be 3: positive, neutral, negative");
    }
    if (!sentiment_open(&sentiment, &error)) {
        return app_fail_error(app, &error);
    }
    struct sentiment_overlay *overlay = NULL;
    const char *path = app_value(app, "overlay");
    enum exit_code code = EXIT_CODE_OK;
    if (path != NULL && !overlay_load(path, &overlay, &error)) {
        code = app_fail_error(app, &error);
    } else {
        code =
            stream ? score_stream(app, sentiment, overlay) : score_words(app, sentiment, overlay);
    }
    sentiment_overlay_close(overlay);
    sentiment_close(sentiment);
    return code;
}
