#include "base/config.h"

#include "base/config_parts.h"
#include "base/limits.h"
#include "base/print.h"
#include "base/secret.h"
#include "base/url.h"
#include "base/width.h"

/* What is shown of a long line, and how much of it stands before the caret. */
#define SHOWN_COLUMNS ((size_t)120)
#define SHOWN_BEFORE ((size_t)60)

/* --- Lines of the file ------------------------------------------------------------------------ */

/* Takes the next line off `rest`; it ends with LF, CR LF or CR, as YAML counts them. */
static struct span take_line(struct span *rest) {
    size_t end = 0;
    while (end < rest->size && rest->data[end] != '\n' && rest->data[end] != '\r') {
        end++;
    }
    struct span line = span_first(*rest, end);
    *rest = span_from(*rest, end);
    *rest = span_from(*rest, span_starts_with(*rest, SPAN("\r\n")) ? 2 : 1);
    return line;
}

static bool byte_is_name(char c) {
    return byte_is_alpha(c) || byte_is_digit(c) || byte_is_any_of(c, "_-.\"'");
}

/* The name that stands before a colon, without quotes. */
static struct span name_before(struct span line, size_t colon) {
    struct span name = span_first(line, colon);
    while (name.size > 0 && byte_is_space(name.data[name.size - 1])) {
        name.size--;
    }
    size_t begin = name.size;
    while (begin > 0 && byte_is_name(name.data[begin - 1])) {
        begin--;
    }
    name = span_from(name, begin);
    while (name.size > 0 && byte_is_any_of(name.data[0], "\"'")) {
        name = span_from(name, 1);
    }
    while (name.size > 0 && byte_is_any_of(name.data[name.size - 1], "\"'")) {
        name.size--;
    }
    return name;
}

/* Where the value of the first option in the line begins that holds a secret, or SPAN_NOT_FOUND. */
static size_t secret_begin(struct span line) {
    for (size_t colon = 0; colon < line.size; colon++) {
        if (line.data[colon] == ':' && secret_is_named(name_before(line, colon))) {
            return colon + 1;
        }
    }
    return SPAN_NOT_FOUND;
}

/* A walk through the lines that knows which of them may be part of a secret. */
struct walk {
    struct span rest;
    struct span line;
    unsigned number; /* of `line`; 0 = before the first */
    bool hidden;     /* a secret that began above may go on here */
    bool goes_on;
    size_t indent; /* of the option that holds it */
    bool posts;    /* among the webhooks, whose addresses are secrets */
};

static size_t indent_of(struct span line) {
    size_t indent = 0;
    while (indent < line.size && byte_is_any_of(line.data[indent], " -")) {
        indent++;
    }
    return indent;
}

static bool begins_option(struct span line) {
    size_t colon = span_find_byte(line, ':');
    return colon != SPAN_NOT_FOUND && name_before(line, colon).size > 0 &&
           (colon + 1 == line.size || byte_is_space(line.data[colon + 1]));
}

/* The value of a secret stands on the lines below: nothing, a block, an open bracket or quote. */
static bool is_open(struct span line) {
    size_t begin = secret_begin(line);
    struct span value = span_trim(span_from(line, begin));
    return begin != SPAN_NOT_FOUND &&
           (value.size == 0 || byte_is_any_of(value.data[0], "|>#[{\"'"));
}

static void walk_step(struct walk *walk) {
    walk->line = take_line(&walk->rest);
    walk->number++;
    bool ends = begins_option(walk->line) && indent_of(walk->line) <= walk->indent;
    walk->goes_on = walk->goes_on && !ends;
    walk->hidden = walk->goes_on;
    if (begins_option(walk->line) && indent_of(walk->line) == 0) {
        walk->posts = span_starts_with(walk->line, SPAN("webhooks"));
    }
    if (!walk->goes_on && is_open(walk->line)) {
        walk->goes_on = true;
        walk->indent = indent_of(walk->line);
    }
}

static struct walk walk_begin(struct span text) {
    bool marked = span_starts_with(text, SPAN("\xEF\xBB\xBF"));
    return (struct walk){.rest = span_from(text, marked ? 3 : 0)};
}

/* Goes on to a line; false when the text ends before it. */
static bool walk_to(struct walk *walk, unsigned number) {
    while (walk->number < number && walk->rest.size > 0) {
        walk_step(walk);
    }
    return walk->number == number;
}

/* "scheme://...", or "user:password@..." that lacks it. */
static bool word_is_address(struct span word) {
    size_t at = span_find_byte(word, '@');
    return span_find(word, SPAN("://")) != SPAN_NOT_FOUND ||
           (at != SPAN_NOT_FOUND && span_find_byte(span_first(word, at), ':') != SPAN_NOT_FOUND);
}

/* An address as it may be shown; one that is a secret as a whole, up to its host. */
static struct span public_address(struct span word, bool is_secret, struct arena *arena) {
    size_t host = span_find(word, SPAN("://"));
    if (!is_secret || host == SPAN_NOT_FOUND) {
        return url_redacted(word, arena);
    }
    size_t path = span_find_byte(span_from(word, host + 3), '/');
    struct span shown = path == SPAN_NOT_FOUND ? word : span_first(word, host + 3 + path);
    size_t at = span_find_byte(span_from(shown, host + 3), '@');
    shown = at == SPAN_NOT_FOUND ? shown : span_first(shown, host + 3);
    return path == SPAN_NOT_FOUND && at == SPAN_NOT_FOUND
               ? shown
               : arena_print(arena, "%.*s/***", SPAN_ARG(shown));
}

/* `line` as it may be shown: no secrets, no passwords in addresses, no control characters. */
static struct span public_line(struct span line, bool posts, struct arena *arena) {
    struct buffer out;
    buffer_init(&out, 8 * LIMIT_CONFIG); /* redaction adds a few bytes per address */
    size_t secret = secret_begin(line);
    struct span rest = span_first(line, secret);
    struct span word;
    for (bool first = true; rest.data != NULL && span_split(&rest, ' ', &word); first = false) {
        buffer_append_string(&out, first ? "" : " ");
        print_plain(&out, word_is_address(word) ? public_address(word, posts, arena) : word, false);
    }
    if (span_trim(span_from(line, secret)).size > 0) {
        buffer_append_string(&out, " ***");
    }
    struct span shown = arena_copy(arena, buffer_span(&out));
    buffer_done(&out);
    return shown;
}

static struct span first_runes(struct span text, size_t count) {
    size_t taken = 0;
    for (size_t i = 0; i < count && taken < text.size; i++) {
        uint32_t rune = 0;
        taken += rune_decode(span_from(text, taken), &rune);
    }
    return span_first(text, taken);
}

/* The line with a caret below the column, which counts characters of the raw line. */
static void print_place(struct buffer *out, struct span line, unsigned column, bool posts,
                        struct arena *arena) {
    struct span shown = public_line(line, posts, arena);
    struct span before = public_line(first_runes(line, column - 1), posts, arena);
    size_t caret = text_columns(before);
    size_t whole = text_columns(shown);
    caret = caret > whole ? whole : caret;
    size_t cut = caret > SHOWN_COLUMNS - 20 ? caret - SHOWN_BEFORE : 0;
    struct span skipped = text_first_columns(shown, cut);
    caret -= text_columns(skipped);
    shown = text_first_columns(span_from(shown, skipped.size), SHOWN_COLUMNS);
    buffer_print(out, "  %s%.*s\n", cut > 0 ? "..." : "", SPAN_ARG(shown));
    buffer_print(out, "  %*s^\n", (int)(caret + (cut > 0 ? 3 : 0)), "");
}

void config_print_problems(struct buffer *out, struct span file, struct span text,
                           const struct config_problems *problems) {
    struct arena *arena = arena_create();
    struct walk walk = walk_begin(text);
    for (size_t i = 0; i < problems->count; i++) {
        const struct config_problem *problem = &problems->list[i];
        print_plain(out, file, false);
        if (problem->line > 0) {
            buffer_print(out, ":%u:%u", problem->line, problem->column);
        }
        buffer_append_string(out, ": error: ");
        print_plain(out, problem->message, false);
        buffer_append_byte(out, '\n');
        if (problem->line > 0 && walk_to(&walk, problem->line) && walk.line.size > 0 &&
            !walk.hidden) {
            print_place(out, walk.line, problem->column, walk.posts, arena);
        }
        arena_reset(arena);
    }
    arena_free(arena);
}

/* --- The values in force ---------------------------------------------------------------------- */

void config_print(struct buffer *out, const struct config *config) {
    buffer_append_string(out, "# In force, from ");
    print_plain(out, config->file, false);
    buffer_append_byte(out, '\n');
    schema_print(out, &config_schema, config);
}

void config_print_options(struct buffer *out, enum config_help form) {
    schema_print_options(out, &config_schema, form);
}
