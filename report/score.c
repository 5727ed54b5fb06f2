/* One score explained: which words and rules made it. */
#include "base/json_writer.h"
#include "report/grid.h"
#include "report/paint.h"
#include "report/sheet.h"

#include <math.h>

static struct span target_name(const struct sentiment_request *request, size_t target) {
    return target == SENTIMENT_WHOLE ? SPAN("the whole text") : request->targets[target].name;
}

static void print_verdict(struct buffer *out, struct arena *arena, struct span name,
                          struct score score, const struct output_style *style) {
    enum paint paint = score.label == LABEL_POSITIVE   ? PAINT_GOOD
                       : score.label == LABEL_NEGATIVE ? PAINT_BAD
                                                       : PAINT_BOLD;
    paint_padded(out, paint_line(arena, name, 24, style), 26, false);
    paint_begin(out, style, paint);
    buffer_print(out, "%+.2f  %s", score.value, label_name(score.label));
    paint_end(out, style, paint);
    buffer_print(out, "  (confidence %.0f %%)\n", score.confidence * 100);
}

void score_print_reasons(struct buffer *out, const struct sentiment_request *request,
                         const struct sentiment_result *result, const struct output_style *style) {
    struct arena *arena = arena_create();
    struct span text = request->text;
    static const struct grid_column columns[] = {
        {"target", "towards", GRID_TEXT, 16},   {"word", "word", GRID_TEXT, 20},
        {"entry", "entry", GRID_TEXT, 20},      {"valence", "valence", GRID_REAL, 7},
        {"contribution", "adds", GRID_REAL, 7}, {"rules", "rules", GRID_TEXT, 0},
    };
    struct grid grid = grid_make(arena, columns, sizeof(columns) / sizeof(columns[0]),
                                 "Nothing in it carries a feeling that the lexicon knows.");
    for (size_t i = 0; i < result->reason_count; i++) {
        const struct sentiment_reason *reason = &result->reasons[i];
        struct span word = span_first(span_from(text, reason->begin), reason->end - reason->begin);
        grid_text(&grid, target_name(request, reason->target));
        grid_text(&grid, word);
        grid_text(&grid, reason->entry);
        grid_number(&grid, reason->valence);
        grid_number(&grid, reason->contribution);
        grid_text(&grid, reason->rules);
    }
    grid_print(out, &grid, style);
    arena_free(arena);
}

static void print_text(struct buffer *out, const struct sentiment_request *request,
                       const struct sentiment_result *result, const struct output_style *style) {
    struct arena *arena = arena_create();
    print_verdict(out, arena, SPAN("the whole text"), result->whole, style);
    for (size_t i = 0; i < request->target_count; i++) {
        print_verdict(out, arena, request->targets[i].name, result->targets[i], style);
    }
    struct span language = span_is_empty(result->language) ? SPAN("unknown") : result->language;
    buffer_print(out, "language                  %.*s  (confidence %.0f %%)\n", SPAN_ARG(language),
                 result->language_confidence * 100);
    for (size_t i = 0; i < result->topic_count; i++) {
        struct span topic = arena_print(arena, "topic %.*s", SPAN_ARG(result->topics[i].name));
        print_verdict(out, arena, topic, result->topics[i].score, style);
    }
    if (result->stage != STAGE_UNKNOWN) {
        buffer_print(out, "journey stage             %s\n", stage_name(result->stage));
    }
    if (result->urgent) {
        buffer_append_string(out, "urgent                    yes: needs an answer soon\n");
    }
    if (request->explain) {
        buffer_append_byte(out, '\n');
        score_print_reasons(out, request, result, style);
    }
    arena_free(arena);
}

static void verdict_print_json(struct json_writer *json, const char *key, struct span name,
                               struct score score) {
    json_object_begin(json, key);
    json_put_text_if(json, "name", name);
    json_put_real(json, "value", score.value);
    json_put_string(json, "label", label_name(score.label));
    json_put_real(json, "confidence", score.confidence);
    json_object_end(json);
}

void score_print_reasons_json(struct json_writer *json, const struct sentiment_request *request,
                              const struct sentiment_result *result) {
    struct span text = request->text;
    json_array_begin(json, "reasons");
    for (size_t i = 0; i < result->reason_count; i++) {
        const struct sentiment_reason *reason = &result->reasons[i];
        json_object_begin(json, NULL);
        if (reason->target != SENTIMENT_WHOLE) {
            json_put_text(json, "target", request->targets[reason->target].name);
        }
        json_put_text(json, "word",
                      span_first(span_from(text, reason->begin), reason->end - reason->begin));
        json_put_count(json, "begin", reason->begin);
        json_put_count(json, "end", reason->end);
        json_put_text(json, "entry", reason->entry);
        json_put_real(json, "valence", reason->valence);
        json_put_text(json, "rules", reason->rules);
        json_put_real(json, "contribution", reason->contribution);
        json_object_end(json);
    }
    json_array_end(json);
}

static void print_object(struct buffer *out, const struct sentiment_request *request,
                         const struct sentiment_result *result, bool pretty) {
    struct json_writer json = json_writer_make(out, pretty);
    json_object_begin(&json, NULL);
    json_put_text(&json, "text", request->text);
    json_put_text(&json, "language", result->language);
    verdict_print_json(&json, "score", (struct span){0}, result->whole);
    json_array_begin(&json, "brands");
    for (size_t i = 0; i < request->target_count; i++) {
        verdict_print_json(&json, NULL, request->targets[i].name, result->targets[i]);
    }
    json_array_end(&json);
    json_array_begin(&json, "topics");
    for (size_t i = 0; i < result->topic_count; i++) {
        verdict_print_json(&json, NULL, result->topics[i].name, result->topics[i].score);
    }
    json_array_end(&json);
    json_put_string(&json, "stage", stage_name(result->stage));
    json_put_bool(&json, "urgent", result->urgent);
    if (request->explain) {
        score_print_reasons_json(&json, request, result);
    }
    json_object_end(&json);
    buffer_append_byte(out, '\n');
}

void score_print(struct buffer *out, const struct sentiment_request *request,
                 const struct sentiment_result *result, const struct output_style *style) {
    if (style->format == OUTPUT_TABLE) {
        print_text(out, request, result, style);
    } else if (style->format == OUTPUT_JSON || style->format == OUTPUT_JSONL) {
        print_object(out, request, result, style->format == OUTPUT_JSON);
    } else {
        score_print_reasons(out, request, result, style);
    }
}
