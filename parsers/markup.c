#include "parsers/markup.h"

#include "base/print.h"
#include "parsers/entities.h"
#include "parsers/parsers.h"

/* How far the other end of a link is looked for: no address that is one is longer. */
#define LINK_MOST 2048

struct span bbcode_text(struct span text, struct arena *arena) {
    char *out = arena_allocate(arena, text.size + 1);
    size_t size = 0;
    for (size_t at = 0; at < text.size; at++) {
        size_t name = at + 1 + (at + 1 < text.size && text.data[at + 1] == '/');
        bool mark = text.data[at] == '[' && name < text.size &&
                    (byte_is_alpha(text.data[name]) || text.data[name] == '*');
        size_t end =
            mark ? span_find_byte(span_first(span_from(text, at), 300), ']') : SPAN_NOT_FOUND;
        if (end != SPAN_NOT_FOUND) {
            at += end;
        } else {
            out[size++] = text.data[at];
        }
    }
    return span_trim((struct span){out, size});
}

struct span escaped_text(struct span text, struct arena *arena) {
    char *out = arena_allocate(arena, text.size + text.size / 4 + ENTITY_TEXT_SIZE);
    size_t size = 0;
    for (size_t at = 0; at < text.size;) {
        char decoded[ENTITY_TEXT_SIZE];
        size_t wide = 1;
        size_t used = text.data[at] == '&' ? entity_decode(span_from(text, at), decoded, &wide) : 0;
        memcpy(out + size, used > 0 ? decoded : text.data + at, used > 0 ? wide : 1);
        size += used > 0 ? wide : 1;
        at += used > 0 ? used : 1;
    }
    return span_trim((struct span){out, size});
}

/* --- Markdown --------------------------------------------------------------------------------- */

static bool starts_markdown_line(struct span rest, size_t *skipped) {
    size_t size = 0;
    while (size < rest.size && strchr("#>*-+ \t", rest.data[size]) != NULL) {
        size++;
    }
    struct span mark = span_trim(span_first(rest, size));
    *skipped = size;
    return mark.size > 0 && size < rest.size && rest.data[size - 1] == ' ';
}

/* Whether "[text]" begins here that an address follows. */
static bool starts_link(struct span rest) {
    size_t end = span_find_byte(span_first(rest, LINK_MOST), ']');
    return end != SPAN_NOT_FOUND && end + 1 < rest.size && rest.data[end + 1] == '(';
}

static bool is_word_byte(char c) {
    return byte_is_alpha(c) || byte_is_digit(c) || (unsigned char)c >= 0x80;
}

/* "*word*" and "_word_", as opposed to "3 * 4" and "snake_case". */
static bool is_emphasis(struct span text, size_t at) {
    char before = at == 0 ? ' ' : text.data[at - 1];
    char after = at + 1 == text.size ? ' ' : text.data[at + 1];
    bool opens = !is_word_byte(before) && !byte_is_space(after);
    bool closes = !byte_is_space(before) && !is_word_byte(after);
    return (text.data[at] == '*' || text.data[at] == '_') && (opens || closes);
}

/* How many bytes of marks stand at `at`; 0 = none. */
static size_t mark_size(struct span text, size_t at) {
    struct span rest = span_from(text, at);
    bool picture = span_starts_with(rest, SPAN("!["));
    if (span_starts_with(rest, SPAN("**")) || span_starts_with(rest, SPAN("__")) ||
        span_starts_with(rest, SPAN("~~"))) {
        return 2;
    }
    if (rest.data[0] == '`' || is_emphasis(text, at)) {
        return 1;
    }
    if (picture || rest.data[0] == '[') {
        return starts_link(span_from(rest, picture)) ? 1 + (size_t)picture : 0;
    }
    if (span_starts_with(rest, SPAN("]("))) {
        size_t end = span_find_byte(span_first(rest, LINK_MOST), ')');
        return end == SPAN_NOT_FOUND ? 0 : end + 1;
    }
    return 0;
}

/* HTML inside is read as such; the line feeds around it are the writer's. */
static struct span inner_html(struct span text, struct arena *arena) {
    text = span_first_utf8(text, LIMIT_TEXT);
    char *out = arena_allocate(arena, 4 * text.size + 1);
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '\n') {
            memcpy(out + size, "<br>", 4);
            size += 4;
        } else {
            out[size++] = text.data[i];
        }
    }
    return html_to_text((struct span){out, size}, arena);
}

struct span markdown_text(struct span text, struct arena *arena) {
    char *out = arena_allocate(arena, text.size + 1);
    size_t size = 0;
    bool line_begins = true;
    for (size_t at = 0; at < text.size;) {
        size_t skipped = 0;
        if (line_begins && starts_markdown_line(span_from(text, at), &skipped)) {
            at += skipped;
        }
        line_begins = text.data[at] == '\n';
        size_t marks = mark_size(text, at);
        if (marks == 0) {
            out[size++] = text.data[at];
        }
        at += marks == 0 ? 1 : marks;
    }
    struct span plain = {out, size};
    return span_find_byte(plain, '<') == SPAN_NOT_FOUND ? escaped_text(plain, arena)
                                                        : inner_html(plain, arena);
}
