#include "base/buffer.h"
#include "base/limits.h"
#include "parsers/entities.h"
#include "parsers/xml.h"

#include <stdlib.h>

/* Makes well-formed XML of what only looks like it. What it writes nests, is quoted and has no
 * references but numeric ones and XML's five; names are left as they are. */

struct mender {
    struct buffer out;
    struct span *open; /* names of the elements that are open */
    size_t open_count;
    size_t open_capacity;
};

static bool is_name_start(char c) {
    return byte_is_alpha(c) || c == '_' || c == ':' || (unsigned char)c >= 0x80;
}

static bool is_name_byte(char c) {
    return is_name_start(c) || byte_is_digit(c) || c == '-' || c == '.';
}

static size_t name_size(struct span text) {
    size_t size = 0;
    while (size < text.size && is_name_byte(text.data[size])) {
        size++;
    }
    return size;
}

static void append_escaped(struct buffer *out, struct span text) {
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == '&') {
            buffer_append_string(out, "&amp;");
        } else if (c == '<') {
            buffer_append_string(out, "&lt;");
        } else if (c == '"') {
            buffer_append_string(out, "&quot;");
        } else {
            buffer_append_byte(out, c);
        }
    }
}

/* A reference, or a bare ampersand. Only references closed by ';' are taken: "?a=1&copy=2". */
static size_t mend_reference(struct buffer *out, struct span rest) {
    char decoded[ENTITY_TEXT_SIZE];
    size_t size = 0;
    size_t used = entity_decode(rest, decoded, &size);
    if (used == 0 || rest.data[used - 1] != ';') {
        buffer_append_string(out, "&amp;");
        return 1;
    }
    append_escaped(out, (struct span){decoded, size});
    return used;
}

static bool is_control(char c) {
    return (unsigned char)c < 0x20 && !byte_is_space(c);
}

static void mend_value(struct buffer *out, struct span value) {
    for (size_t at = 0; at < value.size;) {
        char c = value.data[at];
        if (c == '&') {
            at += mend_reference(out, span_from(value, at));
            continue;
        }
        if (!is_control(c) && c != '\v' && c != '\f') {
            append_escaped(out, span_first(span_from(value, at), 1));
        }
        at++;
    }
}

static size_t skip_space(struct span text, size_t at) {
    while (at < text.size && byte_is_space(text.data[at])) {
        at++;
    }
    return at;
}

/* The value that begins at `at`, quoted or not; returns where it ends, its closing quote included. */
static size_t value_end(struct span rest, size_t at, struct span *value) {
    char quote = at < rest.size ? rest.data[at] : '\0';
    bool quoted = quote == '"' || quote == '\'';
    size_t begin = at + (quoted ? 1 : 0);
    size_t end = begin;
    while (end < rest.size && (quoted ? rest.data[end] != quote
                                      : !byte_is_space(rest.data[end]) && rest.data[end] != '>')) {
        end++;
    }
    *value = span_first(span_from(rest, begin), end - begin);
    return end < rest.size && quoted ? end + 1 : end;
}

/* Attributes between the name of a tag and its end; returns their size, '>' not included. Doubles
 * are left to libxml2, which keeps the first. */
static size_t mend_attributes(struct buffer *out, struct span rest) {
    size_t at = 0;
    while (at < rest.size && rest.data[at] != '>' && rest.data[at] != '<') {
        size_t size = is_name_start(rest.data[at]) ? name_size(span_from(rest, at)) : 0;
        if (size == 0) {
            at++;
            continue;
        }
        struct span name = span_first(span_from(rest, at), size);
        struct span value = name;
        at = skip_space(rest, at + size);
        if (at < rest.size && rest.data[at] == '=') {
            at = value_end(rest, skip_space(rest, at + 1), &value);
        }
        buffer_append_byte(out, ' ');
        buffer_append(out, name);
        buffer_append_string(out, "=\"");
        mend_value(out, value);
        buffer_append_byte(out, '"');
    }
    return at;
}

static bool is_void(struct span name) {
    static const char *const names[] = {"br", "hr", "img", "input", "meta", "wbr"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (span_equal_nocase(name, span_of(names[i]))) {
            return true;
        }
    }
    return false;
}

static void close_top(struct mender *mender) {
    mender->open_count--;
    buffer_append_string(&mender->out, "</");
    buffer_append(&mender->out, mender->open[mender->open_count]);
    buffer_append_byte(&mender->out, '>');
}

static size_t mend_start_tag(struct mender *mender, struct span rest) {
    size_t size = name_size(span_from(rest, 1));
    struct span name = span_first(span_from(rest, 1), size);
    buffer_append_byte(&mender->out, '<');
    buffer_append(&mender->out, name);
    size_t at = 1 + size;
    at += mend_attributes(&mender->out, span_from(rest, at));
    bool closed = at < rest.size && rest.data[at] == '>';
    bool empty = (closed && rest.data[at - 1] == '/') || is_void(name);
    buffer_append_string(&mender->out, empty ? "/>" : ">");
    if (!empty) {
        mender->open = memory_grow(mender->open, mender->open_count, &mender->open_capacity,
                                   sizeof *mender->open);
        mender->open[mender->open_count++] = name;
    }
    return closed ? at + 1 : at;
}

/* Closes what the tag closes, and what still stands open inside; an end without a beginning is
 * dropped. */
static size_t mend_end_tag(struct mender *mender, struct span rest) {
    struct span name = span_first(span_from(rest, 2), name_size(span_from(rest, 2)));
    size_t end = span_find_byte(rest, '>');
    size_t depth = mender->open_count;
    while (depth > 0 && !span_equal(mender->open[depth - 1], name)) {
        depth--;
    }
    while (depth > 0 && mender->open_count >= depth) {
        close_top(mender);
    }
    return end == SPAN_NOT_FOUND ? rest.size : end + 1;
}

/* Up to and with `closing`; all that is left when it does not come. */
static size_t passage_size(struct span rest, struct span closing) {
    size_t end = span_find(rest, closing);
    return end == SPAN_NOT_FOUND ? rest.size : end + closing.size;
}

static size_t mend_cdata(struct mender *mender, struct span rest) {
    size_t size = passage_size(rest, SPAN("]]>"));
    struct span section = span_first(rest, size);
    size_t begin = 0;
    for (size_t i = 0; i < section.size; i++) {
        if (is_control(section.data[i]) || section.data[i] == '\v' || section.data[i] == '\f') {
            buffer_append(&mender->out, (struct span){section.data + begin, i - begin});
            begin = i + 1;
        }
    }
    buffer_append(&mender->out, span_from(section, begin));
    if (!span_ends_with(section, SPAN("]]>"))) {
        buffer_append_string(&mender->out, "]]>");
    }
    return size;
}

/* A document type declaration, with what stands in its brackets: libxml2 must see the entities in
 * it, to refuse them. */
static size_t mend_doctype(struct mender *mender, struct span rest) {
    size_t bracket = span_find_byte(rest, '[');
    size_t end = span_find_byte(rest, '>');
    if (bracket != SPAN_NOT_FOUND && end != SPAN_NOT_FOUND && bracket < end) {
        end = passage_size(span_from(rest, bracket), SPAN("]"));
        end = bracket + end + passage_size(span_from(rest, bracket + end), SPAN(">")) - 1;
    }
    size_t size = end == SPAN_NOT_FOUND || end >= rest.size ? rest.size : end + 1;
    if (mender->open_count == 0) {
        buffer_append(&mender->out, span_first(rest, size));
    }
    return size;
}

static size_t mend_markup(struct mender *mender, struct span rest) {
    char next = rest.size > 1 ? rest.data[1] : '\0';
    if (is_name_start(next)) {
        return mend_start_tag(mender, rest);
    }
    if (next == '/') {
        return mend_end_tag(mender, rest);
    }
    if (span_starts_with(rest, SPAN("<!--"))) {
        return passage_size(rest, SPAN("-->")); /* nobody reads comments */
    }
    if (span_starts_with(rest, SPAN("<![CDATA[")) && mender->open_count > 0) {
        return mend_cdata(mender, rest);
    }
    if (span_starts_with_nocase(rest, SPAN("<!DOCTYPE"))) {
        return mend_doctype(mender, rest);
    }
    if (next == '?') {
        return passage_size(rest, SPAN("?>"));
    }
    if (mender->open_count > 0) {
        buffer_append_string(&mender->out, "&lt;");
    }
    return 1;
}

static bool is_plain(char c) {
    return c != '<' && c != '&' && !is_control(c) && c != '\v' && c != '\f';
}

/* Text up to the next markup; at least one byte is taken. */
static size_t mend_text(struct mender *mender, struct span rest) {
    if (mender->open_count == 0) { /* nothing belongs before the root element */
        return 1;
    }
    if (rest.data[0] == '&') {
        return mend_reference(&mender->out, rest);
    }
    size_t size = 0;
    while (size < rest.size && is_plain(rest.data[size])) {
        size++;
    }
    buffer_append(&mender->out, span_first(rest, size));
    return size > 0 ? size : 1; /* a control character goes */
}

struct span xml_mend(struct span text, struct arena *arena) {
    struct mender mender = {0};
    buffer_init(&mender.out, LIMIT_DOCUMENT);
    bool rooted = false;
    /* Nothing belongs behind the root element; deeper than the parser goes, nothing is gained. */
    for (size_t at = 0; at < text.size && mender.open_count <= LIMIT_DEPTH;) {
        struct span rest = span_from(text, at);
        at += rest.data[0] == '<' ? mend_markup(&mender, rest) : mend_text(&mender, rest);
        rooted = rooted || mender.open_count > 0;
        if (rooted && mender.open_count == 0) {
            break;
        }
    }
    while (mender.open_count > 0) {
        close_top(&mender);
    }
    struct span mended = arena_copy(arena, buffer_span(&mender.out));
    buffer_done(&mender.out);
    free(mender.open);
    return mended;
}
