/* `earshot score`: one text explained, or a stream of JSON lines scored. */
#include "app/app.h"
#include "app/overlays.h"
#include "app/targets.h"
#include "base/json_writer.h"
#include "parsers/parsers.h"

#include <errno.h>
#include <stdlib.h>

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

/* The line's members, in the order of their names below. */
enum line_member { LINE_TEXT, LINE_TARGET, LINE_PLACE, LINE_LANGUAGE, LINE_GENRE, LINE_MEMBERS };
static const char *const line_members[LINE_MEMBERS] = {"text", "target", "tpos", "lang", "genre"};

static void put_score(struct json_writer *json, const char *value, const char *label,
                      const struct score *score) {
    json_put_real(json, value, score->value);
    json_put_string(json, label, label_name(score->label));
}

static void print_line(struct buffer *out, const struct sentiment_result *result, bool targeted) {
    struct json_writer json = json_writer_make(out, false);
    json_object_begin(&json, NULL);
    put_score(&json, "score", "label", &result->whole);
    json_put_real(&json, "confidence", result->whole.confidence);
    json_put_text(&json, "lang", result->language);
    if (targeted) {
        put_score(&json, "target_score", "target_label", &result->targets[0]);
    }
    json_array_begin(&json, "topics");
    for (size_t i = 0; i < result->topic_count; i++) {
        json_put_text(&json, NULL, result->topics[i].name);
    }
    json_array_end(&json);
    json_object_end(&json);
    buffer_append_byte(out, '\n');
}

static bool score_line(struct app *app, const struct sentiment *sentiment,
                       const struct sentiment_overlay *overlay, struct span line,
                       struct arena *arena, struct error *error) {
    struct span values[LINE_MEMBERS];
    struct sentiment_request request = {.overlay = overlay, .three = app_given(app, "classes")};
    if (!json_members(line, line_members, LINE_MEMBERS, arena, values, error)) {
        return false;
    }
    request.text = values[LINE_TEXT];
    request.language_hint = values[LINE_LANGUAGE];
    if (!parse_genre(values[LINE_GENRE], &request.genre)) {
        return error_set(error, ERROR_INPUT, "genre \"%.*s\" is unknown",
                         SPAN_ARG(values[LINE_GENRE]));
    }
    struct sentiment_target target = {0};
    if (values[LINE_TARGET].size > 0) {
        target = target_at(request.text, values[LINE_TARGET], values[LINE_PLACE], arena);
        target.overlay = overlay;
        request.targets = &target;
        request.target_count = 1;
    }
    struct sentiment_result result;
    sentiment_score(sentiment, &request, arena, &result);
    print_line(&app->out, &result, request.target_count > 0);
    return true;
}

/* Bad lines are told with their number and left out; the others are scored. */
static enum exit_code score_stream(struct app *app, const struct sentiment *sentiment,
                                   const struct sentiment_overlay *overlay) {
    struct arena *arena = arena_create();
    char *line = NULL;
    size_t capacity = 0;
    size_t number = 0;
    size_t bad = 0;
    ssize_t size = 0;
    while ((size = getline(&line, &capacity, stdin)) >= 0) {
        struct error error;
        number++;
        struct span text = span_trim((struct span){line, (size_t)size});
        if (text.size > 0 && !score_line(app, sentiment, overlay, text, arena, &error)) {
            app_fail(app, EXIT_CODE_PARTIAL, "line %zu: %s", number, error.message);
            bad++;
        }
        arena_reset(arena);
        if (app->out.size >= 64 * KIB) {
            app_flush(app);
        }
    }
    free(line);
    arena_free(arena);
    return bad > 0 ? EXIT_CODE_PARTIAL : EXIT_CODE_OK;
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
