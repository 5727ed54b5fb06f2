#include "base/yaml.h"

#include "base/limits.h"
#include "base/print.h"

#include <libfyaml.h>
#include <stdlib.h>

/* An open sequence or mapping. */
struct frame {
    struct yaml_node *node;
    size_t capacity;       /* of node->list, and of node->keys in a mapping */
    struct yaml_node *key; /* waits for its value */
};

struct builder {
    struct arena *arena;
    struct error *error;
    struct span text;
    struct yaml_node *root;
    size_t documents;
    size_t depth;
    unsigned line; /* where the last thing stood: empty values have no place of their own */
    unsigned column;
    struct buffer scratch; /* one scalar */
    struct frame frames[LIMIT_DEPTH];
};

/* --- Before libfyaml -------------------------------------------------------------------------- */

static bool check_rune(uint32_t rune, unsigned line, unsigned column, struct error *error) {
    if (rune == '%' && column == 1) {
        /* libfyaml needs quadratic time for a long line of them. */
        return error_set_at(error, ERROR_INPUT, line, column,
                            "YAML directives are not accepted; indent or quote a line that begins "
                            "with \"%%\"");
    }
    bool is_space = rune == '\n' || rune == '\r' || rune == '\t';
    if ((rune < 0x20 && !is_space) || (rune >= 0x7F && rune <= 0x9F) || rune == 0xFEFF) {
        return error_set_at(error, ERROR_INPUT, line, column,
                            "control character U+%04X; write it as an escape in double quotes",
                            (unsigned)rune);
    }
    return true;
}

/* libfyaml ends the document silently at a byte that is not UTF-8. */
static bool check_text(struct span text, struct error *error) {
    unsigned line = 1;
    unsigned column = 1;
    while (text.size > 0) {
        uint32_t rune = 0;
        size_t size = rune_decode(text, &rune);
        if (size == 1 && rune >= 0x80) {
            return error_set_at(error, ERROR_INPUT, line, column,
                                "not UTF-8 (byte 0x%02X); save the file as UTF-8",
                                (unsigned)(unsigned char)text.data[0]);
        }
        if (!check_rune(rune, line, column, error)) {
            return false;
        }
        text = span_from(text, size);
        bool ends_line = rune == '\n' || (rune == '\r' && !span_starts_with(text, SPAN("\n")));
        line += ends_line ? 1 : 0;
        column = ends_line ? 1 : column + 1;
    }
    return true;
}

/* --- Events to nodes -------------------------------------------------------------------------- */

static bool key_is_acceptable(const struct builder *builder, const struct yaml_node *key) {
    if (key->type != YAML_SCALAR) {
        return error_set_at(builder->error, ERROR_INPUT, key->line, key->column,
                            "a list or mapping cannot be a key");
    }
    if (!key->quoted && span_equal(key->scalar, SPAN("<<"))) {
        return error_set_at(builder->error, ERROR_INPUT, key->line, key->column,
                            "merge keys (<<) are not accepted; write the options out");
    }
    if (key->scalar.size == 0) {
        return error_set_at(builder->error, ERROR_INPUT, key->line, key->column,
                            "a name is missing before \":\"");
    }
    return true;
}

static void frame_append(struct builder *builder, struct frame *frame, struct yaml_node *value) {
    struct yaml_node *node = frame->node;
    size_t capacity = frame->capacity;
    if (node->type == YAML_MAPPING) {
        size_t key_capacity = capacity;
        node->keys =
            arena_grow(builder->arena, node->keys, node->count, &key_capacity, sizeof *node->keys);
        node->keys[node->count] = frame->key;
        frame->key = NULL;
    }
    node->list = arena_grow(builder->arena, node->list, node->count, &capacity, sizeof *node->list);
    node->list[node->count++] = value;
    frame->capacity = capacity;
}

/* Gives a finished or just opened node to what it stands in. */
static bool builder_attach(struct builder *builder, struct yaml_node *node) {
    if (builder->depth == 0) {
        builder->root = node;
        return true;
    }
    struct frame *frame = &builder->frames[builder->depth - 1];
    if (frame->node->type != YAML_MAPPING || frame->key != NULL) {
        frame_append(builder, frame, node);
        return true;
    }
    if (!key_is_acceptable(builder, node)) {
        return false;
    }
    if (frame->node->count == 0 && node->line == frame->node->line &&
        node->column < frame->node->column) {
        /* `[a: b]` announces its mapping at the colon. */
        frame->node->line = node->line;
        frame->node->column = node->column;
    }
    frame->key = node;
    return true;
}

static struct yaml_node *builder_node(struct builder *builder, enum yaml_type type) {
    struct yaml_node *node = ARENA_NEW(builder->arena, struct yaml_node);
    *node = (struct yaml_node){
        .type = type, .line = builder->line, .column = builder->column, .scalar = SPAN("")};
    return node;
}

static bool text_is_clean(struct span text) {
    while (text.size > 0) {
        uint32_t rune = 0;
        size_t size = rune_decode(text, &rune);
        if (rune == 0 || (size == 1 && rune >= 0x80)) {
            return false;
        }
        text = span_from(text, size);
    }
    return true;
}

/* Through an iterator: fy_token_get_text() leaks memory for a text with many escapes. */
static struct span token_text(struct builder *builder, struct fy_token *token) {
    struct fy_token_iter *iterator = fy_token_iter_create(token);
    if (iterator == NULL) {
        fatal("out of memory (a YAML scalar)");
    }
    buffer_clear(&builder->scratch);
    const struct fy_iter_chunk *chunk = NULL;
    while ((chunk = fy_token_iter_chunk_next(iterator, chunk, NULL)) != NULL) {
        buffer_append(&builder->scratch, (struct span){chunk->str, chunk->len});
    }
    fy_token_iter_destroy(iterator);
    return arena_copy(builder->arena, buffer_span(&builder->scratch));
}

/* White space at a place. */
static unsigned indentation(const struct builder *builder, const struct fy_mark *mark) {
    struct span rest = span_from(builder->text, mark == NULL ? SIZE_MAX : mark->input_pos);
    unsigned spaces = 0;
    while (spaces < rest.size && rest.data[spaces] == ' ') {
        spaces++;
    }
    return spaces;
}

static bool on_scalar(struct builder *builder, struct fy_event *event) {
    struct yaml_node *node = builder_node(builder, YAML_SCALAR);
    struct fy_token *token = event->scalar.value;
    if (token != NULL) {
        node->scalar = token_text(builder, token);
        enum fy_scalar_style style = fy_token_scalar_style(token);
        node->quoted = style != FYSS_PLAIN;
        if (style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED) {
            node->column--; /* libfyaml means the text inside the quotes, */
        } else if (node->quoted) {
            node->column += indentation(builder, fy_token_start_mark(token)); /* the whole line */
        }
    }
    if (!text_is_clean(node->scalar)) {
        return error_set_at(builder->error, ERROR_INPUT, node->line, node->column,
                            "an escape here makes a NUL or half a character");
    }
    return builder_attach(builder, node);
}

static bool builder_open(struct builder *builder, enum yaml_type type) {
    struct yaml_node *node = builder_node(builder, type);
    if (builder->depth == LIMIT_DEPTH) {
        return error_set_at(builder->error, ERROR_LIMIT, node->line, node->column,
                            "nested deeper than %d levels", LIMIT_DEPTH);
    }
    if (!builder_attach(builder, node)) {
        return false;
    }
    builder->frames[builder->depth++] = (struct frame){.node = node};
    return true;
}

static bool on_sequence_start(struct builder *builder, struct fy_event *event) {
    (void)event;
    return builder_open(builder, YAML_SEQUENCE);
}

static bool on_mapping_start(struct builder *builder, struct fy_event *event) {
    (void)event;
    return builder_open(builder, YAML_MAPPING);
}

static int key_compare(const void *a, const void *b) {
    const struct yaml_node *first = *(struct yaml_node *const *)a;
    const struct yaml_node *second = *(struct yaml_node *const *)b;
    int order = span_compare(first->scalar, second->scalar);
    if (order == 0) {
        order = first->line != second->line ? (first->line < second->line ? -1 : 1)
                                            : (first->column < second->column ? -1 : 1);
    }
    return order;
}

/* Sorted, so that a mapping of a hundred thousand keys costs no ten billion comparisons. */
static bool check_duplicates(const struct builder *builder, const struct yaml_node *mapping) {
    if (mapping->count < 2) {
        return true;
    }
    struct yaml_node **sorted = NEW_ARRAY(struct yaml_node *, mapping->count);
    memcpy(sorted, mapping->keys, mapping->count * sizeof(struct yaml_node *));
    qsort(sorted, mapping->count, sizeof(struct yaml_node *), key_compare);
    bool unique = true;
    for (size_t i = 1; i < mapping->count && unique; i++) {
        if (span_equal(sorted[i - 1]->scalar, sorted[i]->scalar)) {
            unique =
                error_set_at(builder->error, ERROR_INPUT, sorted[i]->line, sorted[i]->column,
                             "\"%.*s\" stands here twice, first in line %u",
                             SPAN_ARG(span_first_utf8(sorted[i]->scalar, 64)), sorted[i - 1]->line);
        }
    }
    free(sorted);
    return unique;
}

static bool on_end(struct builder *builder, struct fy_event *event) {
    (void)event;
    const struct yaml_node *node = builder->frames[--builder->depth].node;
    return node->type != YAML_MAPPING || check_duplicates(builder, node);
}

static bool on_document_start(struct builder *builder, struct fy_event *event) {
    (void)event;
    if (builder->documents++ > 0) {
        return error_set_at(builder->error, ERROR_INPUT, builder->line, builder->column,
                            "a second document begins here; one per file is accepted");
    }
    return true;
}

static bool on_alias(struct builder *builder, struct fy_event *event) {
    (void)event;
    return error_set_at(
        builder->error, ERROR_INPUT, builder->line, builder->column - 1, /* the "*" */
        "aliases are not accepted; write the value out, or quote a text that begins with \"*\"");
}

static bool (*const handlers[])(struct builder *builder, struct fy_event *event) = {
    [FYET_DOCUMENT_START] = on_document_start,
    [FYET_MAPPING_START] = on_mapping_start,
    [FYET_MAPPING_END] = on_end,
    [FYET_SEQUENCE_START] = on_sequence_start,
    [FYET_SEQUENCE_END] = on_end,
    [FYET_SCALAR] = on_scalar,
    [FYET_ALIAS] = on_alias,
};

static void builder_note_place(struct builder *builder, const struct fy_mark *mark) {
    if (mark != NULL) {
        builder->line = (unsigned)mark->line + 1;
        builder->column = (unsigned)mark->column + 1;
    }
}

static bool builder_take(struct builder *builder, struct fy_event *event) {
    builder_note_place(builder, fy_event_start_mark(event));
    struct fy_token *anchor = fy_event_get_anchor_token(event);
    if (event->type != FYET_ALIAS && anchor != NULL) {
        builder_note_place(builder, fy_token_start_mark(anchor));
        return error_set_at(builder->error, ERROR_INPUT, builder->line,
                            builder->column - 1, /* the "&" */
                            "anchors are not accepted; quote a text that begins with \"&\"");
    }
    struct fy_token *tag = fy_event_get_tag_token(event);
    if (tag != NULL) {
        builder_note_place(builder, fy_token_start_mark(tag));
        return error_set_at(builder->error, ERROR_INPUT, builder->line, builder->column,
                            "tags are not accepted; quote a text that begins with \"!\"");
    }
    size_t type = (size_t)event->type;
    bool handled = type < sizeof handlers / sizeof handlers[0] && handlers[type] != NULL;
    return !handled || handlers[type](builder, event);
}

/* --- The parser's own errors ------------------------------------------------------------------ */

/* What libfyaml found wrong. It sees a bracket that is never closed only at the end of the text,
 * where nothing is to be seen: the bracket itself is the better place. */
static bool builder_report(struct builder *builder, struct fy_diag *diag, unsigned last_line) {
    void *iterator = NULL;
    const struct fy_diag_error *found = fy_diag_errors_iterate(diag, &iterator);
    if (found == NULL) {
        return error_set_at(builder->error, ERROR_INPUT, builder->line, builder->column,
                            "this YAML cannot be read");
    }
    unsigned line = found->line > 0 ? (unsigned)found->line : 1;
    unsigned column = found->column > 0 ? (unsigned)found->column : 1;
    if (line > last_line && builder->depth > 0) {
        line = builder->frames[builder->depth - 1].node->line;
        column = builder->frames[builder->depth - 1].node->column;
    }
    return error_set_at(builder->error, ERROR_INPUT, line, column, "%s", found->msg);
}

static unsigned count_lines(struct span text) {
    unsigned lines = 0;
    struct span part;
    for (struct span rest = text; rest.size > 0 && span_split(&rest, '\n', &part);) {
        lines++;
    }
    return lines;
}

static bool builder_run(struct builder *builder, struct fy_parser *parser, struct span text) {
    bool going = true;
    bool ended = false;
    struct fy_diag *diag = fy_parser_get_diag(parser); /* a reference of our own */
    fy_diag_set_collect_errors(diag, true);            /* or it writes to stderr */
    while (going && !ended) {
        struct fy_event *event = fy_parser_parse(parser);
        if (event == NULL) {
            going = builder_report(builder, diag, count_lines(text));
        } else {
            ended = event->type == FYET_STREAM_END;
            going = builder_take(builder, event);
            fy_parser_event_free(parser, event);
        }
    }
    fy_diag_reset_error(diag); /* frees them */
    fy_diag_unref(diag);
    return going;
}

bool yaml_parse(struct span text, struct arena *arena, struct yaml_node **root,
                struct error *error) {
    if (text.size > LIMIT_CONFIG) {
        return error_set(error, ERROR_LIMIT, "larger than %zu KiB", LIMIT_CONFIG / KIB);
    }
    if (span_starts_with(text, SPAN("\xEF\xBB\xBF"))) {
        text = span_from(text, 3);
    }
    if (!check_text(text, error)) {
        return false;
    }
    struct fy_parse_cfg settings = {.flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG |
                                             FYPCF_DISABLE_DEPTH_LIMIT};
    struct fy_parser *parser = fy_parser_create(&settings);
    if (parser == NULL ||
        fy_parser_set_string(parser, text.size > 0 ? text.data : "", text.size) != 0) {
        fatal("out of memory (a YAML parser)");
    }
    struct builder *builder = NEW(struct builder);
    *builder =
        (struct builder){.arena = arena, .error = error, .text = text, .line = 1, .column = 1};
    buffer_init(&builder->scratch, 2 * LIMIT_CONFIG); /* the escape \L makes three bytes of two */
    bool parsed = builder_run(builder, parser, text);
    if (parsed) {
        bool empty = builder->root == NULL ||
                     (builder->root->type == YAML_SCALAR && builder->root->scalar.size == 0);
        *root = empty ? ARENA_NEW(arena, struct yaml_node) : builder->root;
        if (empty) {
            **root = (struct yaml_node){.type = YAML_MAPPING, .line = 1, .column = 1};
        }
    }
    buffer_done(&builder->scratch);
    free(builder);
    fy_parser_destroy(parser);
    return parsed;
}

struct yaml_node *yaml_get(const struct yaml_node *mapping, const char *key) {
    struct span name = span_of(key);
    for (size_t i = 0; mapping->type == YAML_MAPPING && i < mapping->count; i++) {
        if (span_equal(mapping->keys[i]->scalar, name)) {
            return mapping->list[i];
        }
    }
    return NULL;
}
