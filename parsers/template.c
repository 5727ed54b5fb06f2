#include "parsers/template.h"

#include "base/base64.h"
#include "base/buffer.h"
#include "base/limits.h"
#include "base/print.h"

/* Pieces of one template: no request of any API known has a tenth. */
#define PIECES_MOST 200

struct compiler {
    struct template *template;
    struct span rest;
    bool inside; /* brackets */
};

static struct template_piece *piece_add(struct compiler *compiler, enum template_type type,
                                        struct span text) {
    struct template_piece *piece = &compiler->template->list[compiler->template->count++];
    piece->type = type;
    piece->text = text;
    piece->optional = compiler->inside;
    return piece;
}

static bool filter_set(struct template_piece *piece, struct span name, struct error *error) {
    static const char *const names[] = {"url", "raw", "json", "lower", "tail", "base64"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (span_equal(name, span_of(names[i]))) {
            piece->filter = (enum template_filter)i;
            return true;
        }
    }
    return error_set(error, ERROR_USAGE,
                     "unknown filter \"%.*s\"; there are url, raw, json, lower, tail, base64",
                     SPAN_ARG(name));
}

static bool variable_compile(struct compiler *compiler, struct error *error) {
    size_t end = span_find_byte(compiler->rest, '}');
    if (end == SPAN_NOT_FOUND) {
        return error_set(error, ERROR_USAGE, "\"{\" without \"}\"");
    }
    struct span name = span_from(span_first(compiler->rest, end), 1);
    compiler->rest = span_from(compiler->rest, end + 1);
    size_t bar = span_find_byte(name, '|');
    struct template_piece *piece =
        piece_add(compiler, TEMPLATE_VARIABLE, span_trim(span_first(name, bar)));
    if (piece->text.size == 0) {
        return error_set(error, ERROR_USAGE, "\"{}\" names no variable");
    }
    return bar == SPAN_NOT_FOUND || filter_set(piece, span_trim(span_from(name, bar + 1)), error);
}

static bool bracket_compile(struct compiler *compiler, bool opens, struct error *error) {
    if (compiler->inside == opens) {
        return error_set(error, ERROR_USAGE,
                         opens ? "brackets inside brackets" : "\"]\" without \"[\"");
    }
    compiler->inside = true;
    piece_add(compiler, opens ? TEMPLATE_OPEN : TEMPLATE_CLOSE, (struct span){0});
    compiler->inside = opens;
    compiler->rest = span_from(compiler->rest, 1);
    return true;
}

static bool piece_compile(struct compiler *compiler, struct error *error) {
    struct span rest = compiler->rest;
    char c = rest.data[0];
    bool special = c == '{' || c == '[' || c == ']';
    if (special && rest.size > 1 && rest.data[1] == c) {
        piece_add(compiler, TEMPLATE_TEXT, span_first(rest, 1));
        compiler->rest = span_from(rest, 2);
        return true;
    }
    if (c == '{') {
        return variable_compile(compiler, error);
    }
    if (special) {
        return bracket_compile(compiler, c == '[', error);
    }
    size_t size = 0;
    while (size < rest.size && strchr("{[]", rest.data[size]) == NULL) {
        size++;
    }
    piece_add(compiler, TEMPLATE_TEXT, span_first(rest, size));
    compiler->rest = span_from(rest, size);
    return true;
}

bool template_parse(struct span text, struct arena *arena, struct template *template,
                    struct error *error) {
    *template = (struct template){.list = ARENA_ARRAY(arena, struct template_piece, PIECES_MOST)};
    struct compiler compiler = {.template = template, .rest = text};
    if (span_find_byte(text, '\0') != SPAN_NOT_FOUND) {
        return error_set(error, ERROR_USAGE, "a NUL in the template");
    }
    while (compiler.rest.size > 0) {
        if (template->count == PIECES_MOST) {
            return error_set(error, ERROR_LIMIT, "more than %d pieces", PIECES_MOST);
        }
        if (!piece_compile(&compiler, error)) {
            return false;
        }
    }
    return !compiler.inside || error_set(error, ERROR_USAGE, "\"[\" without \"]\"");
}

static void append_encoded(struct buffer *out, struct span value, bool lower) {
    for (size_t i = 0; i < value.size; i++) {
        char c = lower ? byte_to_lower(value.data[i]) : value.data[i];
        if (byte_is_alpha(c) || byte_is_digit(c) || (c != '\0' && strchr("-._~", c) != NULL)) {
            buffer_append_byte(out, c);
        } else {
            buffer_print(out, "%%%02X", (unsigned)(unsigned char)c);
        }
    }
}

static struct span tail_of(struct span value) {
    size_t size = value.size;
    while (size > 0 && value.data[size - 1] != '/') {
        size--;
    }
    return span_from(value, size);
}

static void append_value(struct buffer *out, const struct template_piece *piece,
                         struct span value) {
    switch (piece->filter) {
    case FILTER_RAW:
        buffer_append(out, value);
        break;
    case FILTER_JSON:
        print_json(out, value);
        break;
    case FILTER_TAIL:
        append_encoded(out, tail_of(value), false);
        break;
    case FILTER_URL:
    case FILTER_LOWER:
        append_encoded(out, value, piece->filter == FILTER_LOWER);
        break;
    case FILTER_BASE64:
        base64_append(out, value);
        break;
    }
}

/* The next of a piece's variables: one, or with FILTER_BASE64 several joined by colons. */
static bool next_name(const struct template_piece *piece, struct span *rest, struct span *name) {
    char separator = piece->filter == FILTER_BASE64 ? ':' : '\0';
    return span_split(rest, separator, name);
}

static bool piece_is_empty(const struct template_piece *piece, template_lookup *lookup,
                           void *context) {
    struct span rest = piece->text;
    struct span name;
    while (next_name(piece, &rest, &name)) {
        if (lookup(context, name).size == 0) {
            return true;
        }
    }
    return false;
}

static struct span piece_value(const struct template_piece *piece, template_lookup *lookup,
                               void *context, struct arena *arena) {
    struct span rest = piece->text;
    struct span name;
    struct span value = {0};
    for (size_t i = 0; next_name(piece, &rest, &name); i++) {
        struct span part = lookup(context, name);
        value = i == 0 ? part : arena_print(arena, "%.*s:%.*s", SPAN_ARG(value), SPAN_ARG(part));
    }
    return value;
}

/* Whether all variables up to the closing bracket have values. */
static bool group_is_full(const struct template *template, size_t at, template_lookup *lookup,
                          void *context) {
    for (; at < template->count && template->list[at].type != TEMPLATE_CLOSE; at++) {
        if (template->list[at].type == TEMPLATE_VARIABLE &&
            piece_is_empty(&template->list[at], lookup, context)) {
            return false;
        }
    }
    return true;
}

struct span template_fill(const struct template *template, template_lookup *lookup, void *context,
                          struct arena *arena) {
    struct buffer out;
    buffer_init(&out, LIMIT_BODY);
    bool writes = true;
    for (size_t i = 0; i < template->count; i++) {
        const struct template_piece *piece = &template->list[i];
        if (piece->type == TEMPLATE_OPEN) {
            writes = group_is_full(template, i + 1, lookup, context);
        } else if (piece->type == TEMPLATE_CLOSE) {
            writes = true;
        } else if (writes && piece->type == TEMPLATE_TEXT) {
            buffer_append(&out, piece->text);
        } else if (writes) {
            append_value(&out, piece, piece_value(piece, lookup, context, arena));
        }
    }
    struct span filled = arena_copy(arena, buffer_span(&out));
    buffer_done(&out);
    return filled;
}

bool template_uses(const struct template *template, struct span name, bool needed) {
    for (size_t i = 0; i < template->count; i++) {
        const struct template_piece *piece = &template->list[i];
        struct span rest = piece->text;
        struct span one;
        bool counts = piece->type == TEMPLATE_VARIABLE && !(needed && piece->optional);
        while (counts && next_name(piece, &rest, &one)) {
            if (span_equal(span_first(one, span_find_byte(one, '.')), name)) {
                return true;
            }
        }
    }
    return false;
}
