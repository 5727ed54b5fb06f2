#include "parsers/json.h"

#include "base/buffer.h"
#include "base/limits.h"
#include "parsers/json_line.h"
#include "parsers/parsers.h"

#include <stdlib.h>

/* What a pass over the text tells before jansson builds a tree of it. */
struct survey {
    size_t deepest;
    size_t values;
    bool half_surrogate;
    bool long_integer;
};

static bool is_hex4(struct span text) {
    for (size_t i = 0; i < 4; i++) {
        char c = i < text.size ? byte_to_lower(text.data[i]) : '\0';
        if (!byte_is_digit(c) && (c < 'a' || c > 'f')) {
            return false;
        }
    }
    return true;
}

static char surrogate_kind(struct span escape) {
    if (escape.size < 6 || escape.data[0] != '\\' || escape.data[1] != 'u' ||
        byte_to_lower(escape.data[2]) != 'd' || !is_hex4(span_from(escape, 2))) {
        return '\0';
    }
    char c = byte_to_lower(escape.data[3]);
    if (c == '8' || c == '9' || c == 'a' || c == 'b') {
        return 'h';
    }
    return c == 'c' || c == 'd' || c == 'e' || c == 'f' ? 'l' : '\0';
}

/* Size of the escape at the beginning: a pair counts as one. `*half`: a surrogate alone. */
static size_t escape_size(struct span text, bool *half) {
    char kind = surrogate_kind(text);
    if (kind == 'h' && surrogate_kind(span_from(text, 6)) == 'l') {
        return 12;
    }
    *half = *half || kind != '\0';
    return kind != '\0' ? 6 : 2;
}

static size_t string_end(struct span text, size_t at, struct survey *survey) {
    for (at++; at < text.size && text.data[at] != '"';) {
        at += text.data[at] == '\\' ? escape_size(span_from(text, at), &survey->half_surrogate) : 1;
    }
    return at + 1;
}

static size_t number_size(struct span text) {
    size_t size = 0;
    while (size < text.size && text.data[size] != '\0' &&
           strchr("+-.0123456789eE", text.data[size]) != NULL) {
        size++;
    }
    return size;
}

/* One that may not fit 64 bits. */
static bool is_long_integer(struct span number) {
    size_t digits = number.size > 0 && number.data[0] == '-';
    while (digits < number.size && byte_is_digit(number.data[digits])) {
        digits++;
    }
    return digits == number.size && number.size >= 19;
}

static struct survey survey_take(struct span text) {
    struct survey survey = {0};
    size_t depth = 0;
    for (size_t at = 0; at < text.size;) {
        switch (text.data[at]) {
        case '"':
            at = string_end(text, at, &survey);
            continue;
        case '[':
        case '{':
            depth++;
            survey.values++;
            survey.deepest = depth > survey.deepest ? depth : survey.deepest;
            break;
        case ']':
        case '}':
            depth -= depth > 0;
            break;
        case ',':
            survey.values++;
            break;
        default:
            break;
        }
        size_t size = number_size(span_from(text, at));
        survey.long_integer |= is_long_integer(span_first(span_from(text, at), size));
        at += size > 0 ? size : 1;
    }
    return survey;
}

/* "\ud83d" alone is written over with "\ufffd". */
static char *surrogates_mend(struct span text) {
    char *copy = memory_resize(NULL, text.size + 1, 1);
    memcpy(copy, text.data, text.size);
    for (size_t at = 0; at + 1 < text.size;) {
        bool half = false;
        size_t size = copy[at] == '\\' ? escape_size(span_from(text, at), &half) : 1;
        if (half) {
            memcpy(copy + at, "\\ufffd", 6);
        }
        at += size;
    }
    return copy;
}

/* Such a number is a text to those who made it, and becomes one: jansson refuses a document for it.
 */
static char *integers_quote(struct span *text) {
    char *copy = memory_resize(NULL, text->size + text->size / 8 + 2, 1);
    size_t size = 0;
    struct survey ignored = {0};
    for (size_t at = 0; at < text->size;) {
        struct span rest = span_from(*text, at);
        size_t number = number_size(rest);
        bool quotes = is_long_integer(span_first(rest, number));
        size_t step = number > 0 ? number : 1;
        if (rest.data[0] == '"') {
            step = string_end(*text, at, &ignored) - at;
        }
        step = step > rest.size ? rest.size : step;
        if (quotes) {
            copy[size++] = '"';
        }
        memcpy(copy + size, rest.data, step);
        size += step;
        if (quotes) {
            copy[size++] = '"';
        }
        at += step;
    }
    text->size = size;
    return copy;
}

bool json_parse(struct span text, json_t **root, struct error *error) {
    if (span_starts_with(text, SPAN("\xEF\xBB\xBF"))) {
        text = span_from(text, 3);
    }
    struct survey survey = survey_take(text);
    if (survey.deepest > LIMIT_DEPTH) {
        return error_set(error, ERROR_LIMIT, "JSON is nested more than %d deep", LIMIT_DEPTH);
    }
    if (survey.values > LIMIT_NODES) {
        return error_set(error, ERROR_LIMIT, "more than %zu values in the JSON", LIMIT_NODES);
    }
    char *mended = survey.half_surrogate ? surrogates_mend(text) : NULL;
    json_error_t problem;
    text.data = mended == NULL ? text.data : mended;
    if (survey.long_integer) {
        char *quoted = integers_quote(&text);
        free(mended);
        mended = quoted;
        text.data = quoted;
    }
    *root = json_loadb(text.data, text.size, JSON_DECODE_ANY | JSON_ALLOW_NUL, &problem);
    free(mended);
    if (*root == NULL) {
        return error_set_at(error, ERROR_INPUT, (unsigned)problem.line, (unsigned)problem.column,
                            "not JSON: %s", problem.text);
    }
    return true;
}

/* --- Damage ----------------------------------------------------------------------------------- */

struct mender {
    struct buffer out;
    struct span rest;
    char open[LIMIT_DEPTH + 1]; /* closing brackets that are owed */
    size_t depth;
    size_t roots;
    bool owes_comma; /* a value stands before; the comma waits for the next value */
};

static void skip(struct mender *mender, size_t size) {
    mender->rest = span_from(mender->rest, size);
}

static void value_begins(struct mender *mender) {
    if (mender->owes_comma) {
        buffer_append_byte(&mender->out, ',');
    }
    mender->owes_comma = false;
    mender->roots += mender->depth == 0;
}

static void string_mend(struct mender *mender) {
    value_begins(mender);
    buffer_append_byte(&mender->out, '"');
    skip(mender, 1);
    while (mender->rest.size > 0 && mender->rest.data[0] != '"') {
        char c = mender->rest.data[0];
        size_t size = 1;
        if (c == '\\') {
            bool half = false;
            size = escape_size(mender->rest, &half);
            bool known = mender->rest.size > 1 &&
                         (strchr("\"\\/bfnrt", mender->rest.data[1]) != NULL ||
                          (mender->rest.data[1] == 'u' && is_hex4(span_from(mender->rest, 2))));
            if (mender->rest.size < 2 || mender->rest.data[1] == '\0') {
                skip(mender, 1);
                continue;
            }
            buffer_append_string(&mender->out, known ? "" : "\\");
            buffer_append(&mender->out, span_first(mender->rest, known ? size : 1));
            size = known ? size : 1;
        } else if ((unsigned char)c < 0x20) {
            buffer_append_string(&mender->out, c == '\n' ? "\\n" : c == '\t' ? "\\t" : " ");
        } else {
            buffer_append_byte(&mender->out, c);
        }
        skip(mender, size);
    }
    buffer_append_byte(&mender->out, '"');
    skip(mender, 1);
    mender->owes_comma = true;
}

static void bracket_open(struct mender *mender, char c) {
    value_begins(mender);
    skip(mender, 1);
    if (mender->depth < LIMIT_DEPTH) {
        mender->open[mender->depth++] = c == '[' ? ']' : '}';
        buffer_append_byte(&mender->out, c);
    }
}

/* Closes what the bracket closes, with what still stands open inside; one too many is dropped. */
static void bracket_close(struct mender *mender, char c) {
    size_t depth = mender->depth;
    while (depth > 0 && mender->open[depth - 1] != c) {
        depth--;
    }
    while (depth > 0 && mender->depth >= depth) {
        buffer_append_byte(&mender->out, mender->open[--mender->depth]);
    }
    mender->owes_comma = true;
    skip(mender, 1);
}

/* Comments of JavaScript and HTML, CDATA marks, and semicolons go. */
static bool comment_skip(struct mender *mender) {
    struct span rest = mender->rest;
    static const struct {
        const char *begin;
        const char *end; /* "" = only the mark itself goes */
    } comments[] = {{"/*", "*/"},      {"<!--", ""}, {"-->", ""}, {"//", "\n"},
                    {"<![CDATA[", ""}, {"]]>", ""},  {";", ""}};
    for (size_t i = 0; i < sizeof comments / sizeof comments[0]; i++) {
        struct span begin = span_of(comments[i].begin);
        if (!span_starts_with(rest, begin)) {
            continue;
        }
        size_t end = span_find(span_from(rest, begin.size), span_of(comments[i].end));
        skip(mender,
             end == SPAN_NOT_FOUND ? rest.size : begin.size + end + strlen(comments[i].end));
        return true;
    }
    return false;
}

static bool is_word_byte(char c) {
    return byte_is_alpha(c) || byte_is_digit(c) || c == '+' || c == '-' || c == '.' || c == '_';
}

static void word_mend(struct mender *mender) {
    size_t size = 0;
    while (size < mender->rest.size && is_word_byte(mender->rest.data[size])) {
        size++;
    }
    struct span word = span_first(mender->rest, size);
    skip(mender, size == 0 ? 1 : size);
    if (size == 0) {
        return;
    }
    value_begins(mender);
    double number = 0;
    bool plain = span_equal(word, SPAN("true")) || span_equal(word, SPAN("false")) ||
                 span_equal(word, SPAN("null")) ||
                 (span_to_double(word, &number) && (byte_is_digit(word.data[word.data[0] == '-']) &&
                                                    !byte_is_alpha(word.data[size - 1])));
    if (plain) {
        buffer_append(&mender->out, word);
    } else if (span_equal(word, SPAN("undefined")) || span_equal(word, SPAN("NaN"))) {
        buffer_append_string(&mender->out, "null");
    } else { /* a name without its quotes */
        buffer_print(&mender->out, "\"%.*s\"", SPAN_ARG(word));
    }
    mender->owes_comma = true;
}

static void step(struct mender *mender) {
    char c = mender->rest.data[0];
    if (c == '"') {
        string_mend(mender);
    } else if (c == '{' || c == '[') {
        bracket_open(mender, c);
    } else if (c == '}' || c == ']') {
        bracket_close(mender, c);
    } else if (c == ':') {
        buffer_append_byte(&mender->out, ':');
        mender->owes_comma = false;
        skip(mender, 1);
    } else if (!comment_skip(mender)) {
        word_mend(mender); /* white space and commas too: commas are written when they are due */
    }
}

struct span json_mend(struct span text, struct arena *arena) {
    struct mender *mender = NEW(struct mender);
    mender->rest = text;
    buffer_init(&mender->out, LIMIT_DOCUMENT);
    while (mender->rest.size > 0) {
        step(mender);
    }
    while (mender->depth > 0) {
        buffer_append_byte(&mender->out, mender->open[--mender->depth]);
    }
    struct span body = buffer_span(&mender->out);
    struct span mended =
        mender->roots > 1 ? arena_print(arena, "[%.*s]", SPAN_ARG(body)) : arena_copy(arena, body);
    buffer_done(&mender->out);
    free(mender);
    return mended;
}

bool json_parse_damaged(struct span text, struct arena *arena, json_t **root, struct error *error) {
    return json_parse(text, root, NULL) || json_parse(json_mend(text, arena), root, error);
}

/* --- Values ----------------------------------------------------------------------------------- */

struct span json_span(const json_t *value) {
    if (!json_is_string(value)) {
        return (struct span){0};
    }
    return (struct span){json_string_value(value), json_string_length(value)};
}

struct span json_scalar(const json_t *value, struct arena *arena) {
    if (value == NULL) {
        return (struct span){0};
    }
    switch (json_typeof(value)) {
    case JSON_STRING:
        return arena_copy(arena, json_span(value));
    case JSON_INTEGER:
        return arena_print(arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    case JSON_REAL:
        return arena_print(arena, "%.15g", json_real_value(value));
    case JSON_TRUE:
        return SPAN("true");
    case JSON_FALSE:
        return SPAN("false");
    case JSON_NULL:
    case JSON_OBJECT:
    case JSON_ARRAY:
        break;
    }
    return (struct span){0};
}

#define EXCERPT_SIZE 80

struct span json_excerpt(const json_t *value, struct arena *arena) {
    char *dump = value == NULL ? NULL : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    struct span text = dump == NULL ? SPAN("nothing") : span_of(dump);
    struct span cut = span_first_utf8(text, EXCERPT_SIZE);
    struct span excerpt =
        arena_print(arena, "%.*s%s", SPAN_ARG(cut), cut.size < text.size ? "..." : "");
    free(dump);
    return excerpt;
}

bool json_members(struct span line, const char *const *names, size_t count, struct arena *arena,
                  struct span *values, struct error *error) {
    json_t *root = NULL;
    if (json_line_members(line, names, count, arena, values)) {
        return true;
    }
    if (!json_parse(line, &root, error)) {
        return false;
    }
    bool is_object = json_is_object(root);
    for (size_t i = 0; i < count; i++) {
        values[i] = json_scalar(json_object_get(root, names[i]), arena);
    }
    struct span excerpt = is_object ? (struct span){0} : json_excerpt(root, arena);
    json_decref(root);
    return is_object || error_set(error, ERROR_INPUT, "not a JSON object: %.*s", SPAN_ARG(excerpt));
}

/* --- Lines ------------------------------------------------------------------------------------ */

bool json_parse_lines(struct span text, json_t **root, struct error *error) {
    struct span line;
    unsigned number = 0;
    json_t *list = json_array();
    bool good = true;
    while (good && text.size > 0 && span_split(&text, '\n', &line)) {
        json_t *value = NULL;
        number++;
        if (span_trim(line).size == 0) {
            continue;
        }
        good = json_parse(line, &value, error) || error_add_context(error, "line %u", number);
        if (good && json_array_append_new(list, value) != 0) {
            fatal("out of memory (JSON lines)");
        }
    }
    if (!good) {
        json_decref(list);
        return false;
    }
    *root = list;
    return true;
}
