/* `earshot import`: what a person brings in files. */
#include "app/importer.h"
#include "app/tasks.h"

#include "base/file.h"
#include "parsers/parsers.h"

#include <stdio.h>
#include <stdlib.h>

enum import_kind { IMPORT_SURVEY, IMPORT_LINES, IMPORT_ANSWER, IMPORT_KINDS };
static const char *const kind_names[IMPORT_KINDS] = {"survey", "jsonl", "answer"};

/* --- Surveys ------------------------------------------------------------------------------------ */

static bool load_map(struct app *app, const struct importer *importer,
                     const struct survey_map **map, enum exit_code *code) {
    const char *given = app_value(app, "map");
    struct span path = given != NULL              ? span_of(given)
                       : importer->source != NULL ? importer->source->map
                                                  : SPAN("");
    struct config_problems problems = {0};
    struct error error;
    struct span text;
    *map = NULL;
    if (path.size == 0) {
        return true;
    }
    if (!app_read_file(app, arena_copy_string(app->arena, path), LIMIT_CONFIG, &text, &error)) {
        *code = app_fail(app, EXIT_CODE_USAGE, "%s", error.message);
        return false;
    }
    if (survey_map_parse(text, path, app->arena, map, &problems)) {
        return true;
    }
    struct buffer out;
    buffer_init(&out, LIMIT_DOCUMENT);
    config_print_problems(&out, path, text, &problems);
    fwrite(out.data, 1, out.size, stderr);
    buffer_done(&out);
    *code = EXIT_CODE_USAGE;
    return false;
}

/* First pass: what the columns are. */
static bool study_file(struct importer *importer, struct survey *survey, struct span charset,
                       struct error *error) {
    struct text_stream *stream = NULL;
    struct span text = SPAN("");
    bool last = false;
    bool sound = text_stream_open(importer->file, charset, &stream, error);
    while (sound && !last) {
        sound = text_stream_next(stream, text, &text, &last, error) &&
                survey_study(survey, &text, last, error);
        importer_progress(importer, stream);
    }
    text_stream_close(stream);
    return sound && survey_settle(survey, error);
}

static void take_row(struct importer *importer, const struct survey_row *row) {
    struct mention mention;
    importer->read++;
    if (row->left_out != NULL && row->blemish.size == 0) {
        importer_note(importer, "line %u left out: %s", row->line, row->left_out);
    } else if (row->blemish.size > 0) {
        importer->faults++;
        importer_note(importer, "%.*s", SPAN_ARG(row->blemish));
    }
    if (row->left_out != NULL) {
        importer->left_out++;
        return;
    }
    importer_judge(importer, &row->item, row->brand, CHANNEL_SURVEY, &mention);
    importer_add(importer, importer->origin.source, &mention);
}

/* Second pass. Rows point into the piece: what waits is stored before the next one. */
static bool take_file(struct importer *importer, struct survey *survey, struct span charset,
                      struct error *error) {
    struct text_stream *stream = NULL;
    struct survey_row row;
    struct span text = SPAN("");
    bool last = false;
    bool sound = text_stream_open(importer->file, charset, &stream, error);
    while (sound && !last) {
        sound = text_stream_next(stream, text, &text, &last, error);
        while (sound && survey_next(survey, &text, last, importer->arena, &row)) {
            take_row(importer, &row);
            sound = !importer_is_full(importer) || importer_flush(importer, error);
        }
        sound = sound && importer_flush(importer, error);
        importer_progress(importer, stream);
    }
    text_stream_close(stream);
    return sound;
}

/* The day of the import is shown by `source list`. Nothing is said about hours: nobody was asked. */
static bool note_import(struct importer *importer, struct error *error) {
    struct snapshot *snapshot = NULL;
    if (importer->dry_run) {
        return true;
    }
    if (!snapshot_open(importer->app->store, &snapshot, error)) {
        return false;
    }
    struct source_state *state = ARENA_NEW(importer->app->arena, struct source_state);
    source_state_init(state);
    snapshot_source(snapshot, importer->origin.source, importer->app->arena, state);
    snapshot_close(snapshot);
    state->polled_ms = importer->app->now_ms;
    state->succeeded_ms = importer->app->now_ms;
    state->polls++;
    importer->state = state;
    return true;
}

static enum exit_code import_survey(struct app *app, struct importer *importer) {
    const struct survey_map *map = NULL;
    enum exit_code code = EXIT_CODE_OK;
    struct error error;
    if (strcmp(importer->file, "-") == 0) {
        return app_fail(app, EXIT_CODE_USAGE, "a survey is read twice: save it to a file first");
    }
    if (!load_map(app, importer, &map, &code)) {
        return code;
    }
    struct span key = importer->source == NULL ? SPAN("") : importer->source->key.value;
    struct survey *survey = survey_create(map, key, app->arena);
    bool sound = study_file(importer, survey, survey_map_charset(map), &error);
    if (sound && importer->dry_run) {
        survey_describe(survey, &app->out);
    }
    sound = sound && note_import(importer, &error) &&
            take_file(importer, survey, survey_map_charset(map), &error);
    return sound ? importer_report(importer)
                 : app_fail(app, error.kind == ERROR_USAGE ? EXIT_CODE_USAGE : EXIT_CODE_FAILED,
                            "%s: %s", importer->file, error.message);
}

/* --- JSON lines --------------------------------------------------------------------------------- */

/* What an export says of itself stays as it is; what was never judged is judged. */
static struct mention line_mention(struct importer *importer, const struct json_mention *found) {
    struct mention mention = found->mention;
    if (!found->judged) {
        importer_judge(importer, &found->mention.item, found->brand, found->mention.channel,
                       &mention);
        mention.work = found->mention.work;
    }
    for (size_t i = 0; found->judged && i < mention.brand_count; i++) {
        mention.brands[i].brand = importer_brand(importer, mention.brands[i].name);
    }
    int64_t fetched_ms = found->mention.fetched_ms;
    mention.fetched_ms = fetched_ms == DATE_NONE ? importer->app->now_ms : fetched_ms;
    return mention;
}

static bool says_nothing(const struct item *item) {
    return item->title.size == 0 && item->text.size == 0 && item->rating < 0 &&
           item->answers[SURVEY_NPS] < 0 && item->answers[SURVEY_CSAT] < 0 &&
           item->answers[SURVEY_CES] < 0;
}

static void take_line(struct importer *importer, struct span line, size_t number) {
    struct json_mention found;
    struct error error;
    importer->read++;
    if (!json_mention_parse(line, importer->arena, &found, &error)) {
        importer->faults++;
        importer->left_out++;
        importer_note(importer, "line %zu left out: %s", number, error.message);
        return;
    }
    if (!found.judged && says_nothing(&found.mention.item)) {
        importer->left_out++;
        importer_note(importer, "line %zu left out: it says nothing", number);
        return;
    }
    struct mention mention = line_mention(importer, &found);
    bool told = app_given(importer->app, "source") || found.mention.source.size == 0;
    importer_add(importer, told ? importer->origin.source : found.mention.source, &mention);
}

static bool take_lines(struct importer *importer, struct span *text, bool last, size_t *number,
                       struct error *error) {
    size_t end = 0;
    while (text->size > 0 && ((end = span_find_byte(*text, '\n')) != SPAN_NOT_FOUND || last)) {
        struct span line = span_trim(span_first(*text, end));
        *text = span_from(*text, end == SPAN_NOT_FOUND ? text->size : end + 1);
        (*number)++;
        if (line.size > 0) {
            take_line(importer, line, *number);
        }
        if (importer_is_full(importer) && !importer_flush(importer, error)) {
            return false;
        }
    }
    return importer_flush(importer, error);
}

static enum exit_code import_lines(struct app *app, struct importer *importer) {
    struct text_stream *stream = NULL;
    struct error error;
    struct span text = SPAN("");
    size_t number = 0;
    bool last = false;
    importer->stories = store_stories_create();
    bool sound = text_stream_open(importer->file, SPAN(""), &stream, &error);
    while (sound && !last) {
        sound = text_stream_next(stream, text, &text, &last, &error) &&
                take_lines(importer, &text, last, &number, &error);
        importer_progress(importer, stream);
    }
    text_stream_close(stream);
    return sound ? importer_report(importer)
                 : app_fail(app, EXIT_CODE_FAILED, "%s: %s", importer->file, error.message);
}

/* --- Saved answers ------------------------------------------------------------------------------ */

/* As if the recipe's first question had brought it. */
static bool read_by_recipe(struct importer *importer, const struct recipe *recipe, struct span body,
                           struct span url, struct items *items, struct error *error) {
    const struct config_source *source = importer->source;
    struct arena *arena = importer->app->arena;
    struct poll_options options = {
        .url = url.size > 0 ? url : SPAN("https://example.invalid/"),
        .now_ms = importer->app->now_ms,
        .since_ms = DATE_NONE,
        .language = importer->origin.language,
    };
    struct web_header *params =
        ARENA_ARRAY(arena, struct web_header, source == NULL ? 0 : source->param_count);
    for (size_t i = 0; source != NULL && i < source->param_count; i++) {
        params[options.param_count++] =
            (struct web_header){source->params[i].key, source->params[i].value};
    }
    options.params = params;
    struct poll *poll = NULL;
    struct web_request request;
    if (!poll_begin(recipe, &options, SPAN(""), arena, &poll, error)) {
        return false;
    }
    bool asks = poll_request(poll, &request);
    struct web_response response = {.status = 200, .body = body};
    response.url = url.size > 0 || !asks ? options.url : request.url;
    if (!poll_response(poll, &response, arena, items, error)) {
        return false;
    }
    const struct poll_report *report = poll_report(poll);
    if (report->missing.size > 0) {
        return error_set(error, ERROR_INPUT, "no item has a %.*s: is it a page of that site?",
                         SPAN_ARG(report->missing));
    }
    importer->faults += report->blemishes;
    if (report->blemishes > 0) {
        importer_note(importer, "%zu not understood, the first: %.*s", report->blemishes,
                      SPAN_ARG(report->first_blemish));
    }
    return true;
}

static bool read_answer(struct importer *importer, struct items *items, enum channel *channel,
                        struct error *error) {
    struct app *app = importer->app;
    const char *name = app_value(app, "recipe");
    const char *given = app_value(app, "url");
    struct span url = span_of(given);
    const struct recipe *recipe = NULL;
    struct span body;
    if (!file_read(importer->file, LIMIT_BODY, app->arena, &body, error)) {
        return false;
    }
    if (name == NULL) {
        return document_parse(body, SPAN(""), url, app->arena, items, NULL, error);
    }
    if (!task_recipe(app->config, span_of(name), app->arena, &recipe, error)) {
        return false;
    }
    *channel = recipe_info(recipe)->channel;
    return read_by_recipe(importer, recipe, body, url, items, error);
}

static enum exit_code import_answer(struct app *app, struct importer *importer) {
    struct items items = {.arena = app->arena};
    enum channel channel = CHANNEL_REVIEW;
    struct error error;
    bool sound = read_answer(importer, &items, &channel, &error);
    for (size_t i = 0; sound && i < items.count; i++) {
        struct mention mention;
        importer->read++;
        importer_judge(importer, &items.list[i], SPAN(""), channel, &mention);
        importer_add(importer, importer->origin.source, &mention);
        sound = !importer_is_full(importer) || importer_flush(importer, &error);
    }
    sound = sound && importer_flush(importer, &error);
    if (!sound) {
        return app_fail(app, EXIT_CODE_FAILED, "%s: %s", importer->file, error.message);
    }
    if (items.count == 0) {
        return app_fail(app, EXIT_CODE_PARTIAL, "%s: nothing was found in it%s", importer->file,
                        app_given(app, "recipe")
                            ? "; is it a page of that site?"
                            : "; which site is it from? --recipe NAME says how it is read");
    }
    return importer_report(importer);
}

/* --- What a file is ----------------------------------------------------------------------------- */

/* JSON lines begin with a line that is an object and says something as a mention does, or did before
 * its words went. */
static bool opens_lines(struct span text, struct arena *arena) {
    struct json_mention found;
    struct span line = span_trim(span_first(text, span_find_byte(text, '\n')));
    return line.size > 0 && line.data[0] == '{' && json_mention_parse(line, arena, &found, NULL) &&
           (found.judged || !says_nothing(&found.mention.item));
}

static bool guess_kind(struct app *app, const char *file, enum import_kind *kind,
                       struct error *error) {
    struct text_stream *stream = NULL;
    struct span text;
    bool last = false;
    if (!text_stream_open(file, SPAN(""), &stream, error)) {
        return false;
    }
    bool sound = text_stream_next(stream, SPAN(""), &text, &last, error);
    if (sound) {
        text = span_trim(text);
        bool marked = text.size > 0 && byte_is_any_of(text.data[0], "<{[");
        *kind = opens_lines(text, app->arena) ? IMPORT_LINES
                : marked                      ? IMPORT_ANSWER
                                              : IMPORT_SURVEY;
    }
    text_stream_close(stream);
    return sound || error_add_context(error, "%s", file);
}

static bool kind_of(struct app *app, const char *file, enum import_kind *kind,
                    enum exit_code *code) {
    const char *given = app_value(app, "kind");
    struct error error;
    for (size_t i = 0; given != NULL && i < IMPORT_KINDS; i++) {
        if (strcmp(given, kind_names[i]) == 0) {
            *kind = (enum import_kind)i;
            return true;
        }
    }
    if (given != NULL) {
        *code = app_fail(app, EXIT_CODE_USAGE, "--kind is survey, jsonl or answer");
        return false;
    }
    bool told = app_given(app, "recipe") || app_given(app, "map");
    *kind = app_given(app, "recipe") ? IMPORT_ANSWER : IMPORT_SURVEY;
    if (told) {
        return true;
    }
    if (strcmp(file, "-") == 0) {
        *kind = IMPORT_LINES; /* it cannot be looked at and then read */
        return true;
    }
    bool guessed = guess_kind(app, file, kind, &error);
    *code = guessed ? EXIT_CODE_OK : app_fail_error(app, &error);
    return guessed;
}

/* The name that mentions are stored under, where nobody says one. */
static const char *source_name(const struct app *app, enum import_kind kind) {
    const char *given = app_value(app, "source");
    const char *recipe = app_value(app, "recipe");
    return given != NULL ? given : recipe != NULL ? recipe : kind_names[kind];
}

static enum exit_code import_file(struct app *app, const char *file) {
    static enum exit_code (*const imports[])(struct app *, struct importer *) = {
        [IMPORT_SURVEY] = import_survey,
        [IMPORT_LINES] = import_lines,
        [IMPORT_ANSWER] = import_answer,
    };
    enum import_kind kind = IMPORT_SURVEY;
    enum exit_code code = EXIT_CODE_OK;
    if (!kind_of(app, file, &kind, &code)) {
        return code;
    }
    struct importer *importer = NEW(struct importer);
    if (importer_open(importer, app, file, source_name(app, kind), kind == IMPORT_SURVEY, &code)) {
        code = imports[kind](app, importer);
    }
    importer_close(importer);
    free(importer);
    return code;
}

/* Each file on its own: one that is no good does not keep the others out. */
enum exit_code command_import(struct app *app) {
    enum exit_code worst = EXIT_CODE_OK;
    for (size_t i = 0; i < app->word_count; i++) {
        enum exit_code code = import_file(app, arena_copy_string(app->arena, app->words[i]));
        worst = worst == EXIT_CODE_OK || code == EXIT_CODE_USAGE ? code : worst;
    }
    return worst;
}
