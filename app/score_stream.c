#include "app/score_stream.h"

#include "app/targets.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "parsers/parsers.h"

#include <stdlib.h>
#include <uv.h>

/* As many as the pool of libuv has threads; each with lines for some milliseconds. */
enum { BATCHES = 4 };
static const size_t batch_size = 256 * KIB;

/* What a bad line is told with. */
struct complaint {
    size_t number; /* of the line, from 1 */
    struct span text;
};

/* Lines that one thread scores. */
struct batch {
    uv_work_t work;
    const struct scorer *scorer;
    struct buffer lines;
    struct buffer out;
    struct arena *arena;   /* of the complaints */
    struct arena *scratch; /* of one line */
    struct complaint *complaints;
    size_t complaint_count, complaint_capacity;
    size_t first; /* number of its first line */
};

struct scorer {
    const struct sentiment *sentiment;
    const struct sentiment_overlay *overlay;
    bool three;
    char *line; /* getline's */
    size_t capacity;
    size_t number; /* of lines read */
};

/* --- One line ------------------------------------------------------------------------------------- */

/* The line's members, in the order of their names below. */
enum line_member { LINE_TEXT, LINE_TARGET, LINE_PLACE, LINE_LANGUAGE, LINE_GENRE, LINE_MEMBERS };
static const char *const line_members[LINE_MEMBERS] = {"text", "target", "tpos", "lang", "genre"};

static void put_score(struct json_writer *json, const char *value, const char *label,
                      const struct score *score) {
    json_put_score(json, value, score->value);
    json_put_string(json, label, label_name(score->label));
}

static void print_line(struct buffer *out, const struct sentiment_result *result, bool targeted) {
    struct json_writer json = json_writer_make(out, false);
    json_object_begin(&json, NULL);
    put_score(&json, "score", "label", &result->whole);
    json_put_score(&json, "confidence", result->whole.confidence);
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

static bool score_line(struct batch *batch, struct span line, struct error *error) {
    const struct scorer *scorer = batch->scorer;
    struct span values[LINE_MEMBERS];
    struct sentiment_request request = {.overlay = scorer->overlay, .three = scorer->three};
    if (!json_members(line, line_members, LINE_MEMBERS, batch->scratch, values, error)) {
        return false;
    }
    struct span genre = values[LINE_GENRE];
    request.text = values[LINE_TEXT];
    request.language_hint = values[LINE_LANGUAGE];
    if (genre.size > 0 && !genre_parse(genre, &request.genre)) {
        return error_set(error, ERROR_INPUT, "genre \"%.*s\" is unknown", SPAN_ARG(genre));
    }
    struct sentiment_target target = {0};
    if (values[LINE_TARGET].size > 0) {
        target = target_at(request.text, values[LINE_TARGET], values[LINE_PLACE], batch->scratch);
        target.overlay = scorer->overlay;
        request.targets = &target;
        request.target_count = 1;
    }
    struct sentiment_result result;
    sentiment_score(scorer->sentiment, &request, batch->scratch, &result);
    print_line(&batch->out, &result, request.target_count > 0);
    return true;
}

/* --- Batches -------------------------------------------------------------------------------------- */

static void complain(struct batch *batch, size_t number, const char *message) {
    batch->complaints = arena_grow(batch->arena, batch->complaints, batch->complaint_count,
                                   &batch->complaint_capacity, sizeof *batch->complaints);
    batch->complaints[batch->complaint_count++] =
        (struct complaint){.number = number, .text = arena_copy(batch->arena, span_of(message))};
}

static void batch_score(uv_work_t *work) {
    struct batch *batch = work->data;
    struct span rest = buffer_span(&batch->lines);
    struct span line;
    for (size_t number = batch->first; rest.size > 0 && span_split(&rest, '\n', &line); number++) {
        struct error error;
        line = span_trim(line);
        if (line.size > 0 && !score_line(batch, line, &error)) {
            complain(batch, number, error.message);
        }
        arena_reset(batch->scratch);
    }
}

/* Reads the next lines, none at the end of the input. */
static void batch_read(struct batch *batch, struct scorer *scorer) {
    ssize_t size = 0;
    buffer_clear(&batch->lines);
    batch->first = scorer->number + 1;
    while (batch->lines.size < batch_size &&
           (size = getline(&scorer->line, &scorer->capacity, stdin)) >= 0) {
        scorer->number++;
        if (!buffer_append(&batch->lines, (struct span){scorer->line, (size_t)size})) {
            complain(batch, scorer->number, "longer than any text that could be read");
            buffer_append_byte(&batch->lines, '\n');
        }
    }
}

/* Returns how many lines were bad. */
static size_t batch_write(struct app *app, struct batch *batch) {
    size_t bad = batch->complaint_count;
    buffer_append(&app->out, buffer_span(&batch->out));
    app_flush(app);
    for (size_t i = 0; i < bad; i++) {
        app_fail(app, EXIT_CODE_PARTIAL, "line %zu: %.*s", batch->complaints[i].number,
                 SPAN_ARG(batch->complaints[i].text));
    }
    buffer_clear(&batch->out);
    batch->complaints = NULL;
    batch->complaint_count = batch->complaint_capacity = 0;
    arena_reset(batch->arena);
    return bad;
}

static void batch_init(struct batch *batch, const struct scorer *scorer) {
    batch->work.data = batch;
    batch->scorer = scorer;
    batch->arena = arena_create();
    batch->scratch = arena_create();
    buffer_init(&batch->lines, LIMIT_DOCUMENT);
    buffer_init(&batch->out, LIMIT_DOCUMENT);
}

static void batch_done(struct batch *batch) {
    buffer_done(&batch->lines);
    buffer_done(&batch->out);
    arena_free(batch->arena);
    arena_free(batch->scratch);
}

/* --- The stream ----------------------------------------------------------------------------------- */

static bool round_read(struct batch batches[BATCHES], struct scorer *scorer) {
    for (size_t i = 0; i < BATCHES; i++) {
        batch_read(&batches[i], scorer);
    }
    return batches[0].lines.size > 0;
}

enum exit_code score_stream(struct app *app, const struct sentiment *sentiment,
                            const struct sentiment_overlay *overlay) {
    struct scorer scorer = {
        .sentiment = sentiment, .overlay = overlay, .three = app_given(app, "classes")};
    struct batch rounds[2][BATCHES] = {0}; /* one is scored, one is read meanwhile */
    uv_loop_t loop;
    size_t bad = 0;
    if (uv_loop_init(&loop) != 0) {
        return app_fail(app, EXIT_CODE_FAILED, "no event loop could be made");
    }
    for (size_t i = 0; i < 2 * BATCHES; i++) {
        batch_init(&rounds[i / BATCHES][i % BATCHES], &scorer);
    }
    bool more = round_read(rounds[0], &scorer);
    for (size_t now = 0; more; now = !now) {
        for (size_t i = 0; i < BATCHES; i++) {
            uv_queue_work(&loop, &rounds[now][i].work, batch_score, NULL);
        }
        more = round_read(rounds[!now], &scorer);
        uv_run(&loop, UV_RUN_DEFAULT);
        for (size_t i = 0; i < BATCHES; i++) {
            bad += batch_write(app, &rounds[now][i]);
        }
    }
    for (size_t i = 0; i < 2 * BATCHES; i++) {
        batch_done(&rounds[i / BATCHES][i % BATCHES]);
    }
    uv_loop_close(&loop);
    free(scorer.line);
    return bad > 0 ? EXIT_CODE_PARTIAL : EXIT_CODE_OK;
}
