#include "parsers/entities.h"
#include "parsers/parsers.h"

#include <stdlib.h>

/* A tokenizer of its own rather than a tree: most of what a feed holds goes through here. It reads
 * tags as browsers do as far as text is concerned: where they begin and end, what is raw text. */

enum tag_role {
    TAG_INLINE, /* changes nothing */
    TAG_BLOCK,  /* begins and ends a line */
    TAG_CELL,   /* parts words on a line */
    TAG_RAW,    /* its content is no text of the page: goes up to its end tag */
    TAG_IMAGE,  /* has text when it stands for an emoji */
};

static const struct tag {
    const char *name;
    enum tag_role role;
} tags[] = {
    {"address", TAG_BLOCK},    {"article", TAG_BLOCK}, {"aside", TAG_BLOCK},
    {"blockquote", TAG_BLOCK}, {"body", TAG_BLOCK},    {"br", TAG_BLOCK},
    {"button", TAG_BLOCK},     {"canvas", TAG_RAW},    {"caption", TAG_BLOCK},
    {"center", TAG_BLOCK},     {"dd", TAG_BLOCK},      {"details", TAG_BLOCK},
    {"dialog", TAG_BLOCK},     {"dir", TAG_BLOCK},     {"div", TAG_BLOCK},
    {"dl", TAG_BLOCK},         {"dt", TAG_BLOCK},      {"fieldset", TAG_BLOCK},
    {"figcaption", TAG_BLOCK}, {"figure", TAG_BLOCK},  {"footer", TAG_BLOCK},
    {"form", TAG_BLOCK},       {"h1", TAG_BLOCK},      {"h2", TAG_BLOCK},
    {"h3", TAG_BLOCK},         {"h4", TAG_BLOCK},      {"h5", TAG_BLOCK},
    {"h6", TAG_BLOCK},         {"head", TAG_BLOCK},    {"header", TAG_BLOCK},
    {"hgroup", TAG_BLOCK},     {"hr", TAG_BLOCK},      {"iframe", TAG_RAW},
    {"img", TAG_IMAGE},        {"legend", TAG_BLOCK},  {"li", TAG_BLOCK},
    {"main", TAG_BLOCK},       {"math", TAG_INLINE},   {"menu", TAG_BLOCK},
    {"nav", TAG_BLOCK},        {"noembed", TAG_RAW},   {"noframes", TAG_RAW},
    {"noscript", TAG_RAW},     {"ol", TAG_BLOCK},      {"optgroup", TAG_BLOCK},
    {"option", TAG_BLOCK},     {"p", TAG_BLOCK},       {"pre", TAG_BLOCK},
    {"script", TAG_RAW},       {"search", TAG_BLOCK},  {"section", TAG_BLOCK},
    {"select", TAG_BLOCK},     {"style", TAG_RAW},     {"summary", TAG_BLOCK},
    {"svg", TAG_RAW},          {"table", TAG_BLOCK},   {"tbody", TAG_BLOCK},
    {"td", TAG_CELL},          {"template", TAG_RAW},  {"textarea", TAG_RAW},
    {"tfoot", TAG_BLOCK},      {"th", TAG_CELL},       {"thead", TAG_BLOCK},
    {"title", TAG_RAW},        {"tr", TAG_BLOCK},      {"ul", TAG_BLOCK},
    {"video", TAG_BLOCK},
};

#define TAG_NAME_SIZE 16

static enum tag_role tag_role(struct span name) {
    char lower[TAG_NAME_SIZE];
    if (name.size >= sizeof lower) {
        return TAG_INLINE;
    }
    for (size_t i = 0; i < name.size; i++) {
        lower[i] = byte_to_lower(name.data[i]);
    }
    struct span key = {lower, name.size};
    size_t low = 0;
    size_t high = sizeof tags / sizeof tags[0];
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = span_compare(key, span_of(tags[middle].name));
        if (order == 0) {
            return tags[middle].role;
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return TAG_INLINE;
}

/* The text being written. White space is owed until something follows it, so that none stands at
 * the ends and none twice. At most half as long again as the
 * input: see html_to_text(). */
struct writer {
    char *out;
    size_t size;
    char owed; /* '\0', ' ' or '\n' */
    bool keep; /* inside <pre>: line feeds of the input stay */
};

static void owe(struct writer *writer, char space) {
    if (writer->owed != '\n') {
        writer->owed = space;
    }
}

static void write_text(struct writer *writer, struct span text) {
    if (text.size == 0) {
        return;
    }
    if (writer->owed != '\0' && writer->size > 0) {
        writer->out[writer->size++] = writer->owed;
    }
    writer->owed = '\0';
    memcpy(writer->out + writer->size, text.data, text.size);
    writer->size += text.size;
}

static bool is_text_byte(char c) {
    return c != '<' && c != '&' && c != '\xC2' && c != '\xE2' && !byte_is_space(c) && c != '\0';
}

/* Spaces beyond ASCII that fold like one (U+00A0, U+2028, U+2029), soft hyphens (U+00AD) and
 * zero-width spaces (U+200B) that vanish; C1 controls (U+0080..9F), which are windows-1252 gone
 * astray. Returns the bytes taken; 0 = ordinary text. */
static size_t write_special(struct writer *writer, struct span rest) {
    unsigned char second = rest.size > 1 ? (unsigned char)rest.data[1] : 0;
    if (rest.data[0] == '\xC2' && rest.size > 1) {
        if (second == 0xA0) {
            owe(writer, ' ');
            return 2;
        }
        if (second >= 0x80 && second <= 0x9F) {
            char mended[4];
            write_text(writer,
                       (struct span){mended, rune_encode(entity_mend_rune(second), mended)});
            return 2;
        }
        return second == 0xAD ? 2 : 0;
    }
    if (rest.data[0] == '\xE2' && second == 0x80 && rest.size > 2) {
        unsigned char third = (unsigned char)rest.data[2];
        if (third == 0xA8 || third == 0xA9) {
            owe(writer, '\n');
            return 3;
        }
        return third == 0x8B ? 3 : 0;
    }
    return 0;
}

static size_t write_reference(struct writer *writer, struct span rest) {
    char decoded[ENTITY_TEXT_SIZE];
    size_t size = 0;
    size_t used = entity_decode(rest, decoded, &size);
    struct span text = used > 0 ? (struct span){decoded, size} : span_first(rest, 1);
    if (text.size == 1 && byte_is_space(text.data[0])) {
        owe(writer, ' ');
    } else if (text.size < 2 || write_special(writer, text) == 0) {
        write_text(writer, text);
    }
    return used > 0 ? used : 1;
}

/* Where the tag that begins at 0 ends, quoted attribute values passed over. */
static size_t tag_end(struct span rest) {
    char quote = '\0';
    for (size_t at = 1; at < rest.size; at++) {
        char c = rest.data[at];
        if (quote != '\0') {
            quote = c == quote ? '\0' : quote;
        } else if ((c == '"' || c == '\'') && rest.data[at - 1] == '=') {
            quote = c;
        } else if (c == '>') {
            return at + 1;
        }
    }
    /* A quote that never closes: the first '>' ends the tag after all. */
    size_t end = span_find_byte(rest, '>');
    return end == SPAN_NOT_FOUND ? rest.size : end + 1;
}

static size_t raw_end(struct span rest, struct span name) {
    size_t at = 0;
    for (;;) {
        size_t next = span_find(span_from(rest, at), SPAN("</"));
        if (next == SPAN_NOT_FOUND) {
            return rest.size;
        }
        at += next;
        if (span_starts_with_nocase(span_from(rest, at + 2), name)) {
            return at + tag_end(span_from(rest, at));
        }
        at += 2;
    }
}

static struct span attribute_of(struct span tag, const char *name) {
    size_t at = span_find_nocase(tag, span_of(name));
    if (at == SPAN_NOT_FOUND) {
        return (struct span){0};
    }
    struct span value = span_from(tag, at + strlen(name));
    char quote = value.size > 0 ? value.data[0] : '\0';
    if (quote != '"' && quote != '\'') {
        return (struct span){0};
    }
    value = span_from(value, 1);
    size_t end = span_find_byte(value, quote);
    return end == SPAN_NOT_FOUND ? (struct span){0} : span_first(value, end);
}

/* Sites replace emoji by pictures; what they show is in `alt`. */
static void write_image(struct writer *writer, struct span tag) {
    struct span class = attribute_of(tag, " class=");
    if (span_find(class, SPAN("emoji")) != SPAN_NOT_FOUND ||
        span_find(class, SPAN("smiley")) != SPAN_NOT_FOUND) {
        write_text(writer, attribute_of(tag, " alt="));
    }
}

static size_t write_tag(struct writer *writer, struct span rest) {
    bool closing = rest.data[1] == '/';
    size_t begin = closing ? 2 : 1;
    size_t name_end = begin;
    while (name_end < rest.size &&
           (byte_is_alpha(rest.data[name_end]) || byte_is_digit(rest.data[name_end]))) {
        name_end++;
    }
    struct span name = {rest.data + begin, name_end - begin};
    size_t end = tag_end(rest);
    switch (tag_role(name)) {
    case TAG_BLOCK:
        owe(writer, '\n');
        if (span_equal_nocase(name, SPAN("pre"))) {
            writer->keep = !closing;
        }
        break;
    case TAG_CELL:
        owe(writer, ' ');
        break;
    case TAG_RAW:
        if (!closing && rest.data[end - 1] == '>' && rest.data[end - 2] != '/') {
            end += raw_end(span_from(rest, end), name);
        }
        break;
    case TAG_IMAGE:
        write_image(writer, span_first(rest, end));
        break;
    case TAG_INLINE:
        break;
    }
    return end;
}

/* What begins with '<': a tag, a comment, a declaration, or just a '<'. */
static size_t write_markup(struct writer *writer, struct span rest) {
    char next = rest.size > 1 ? rest.data[1] : '\0';
    if (byte_is_alpha(next) || (next == '/' && rest.size > 2 && byte_is_alpha(rest.data[2]))) {
        return write_tag(writer, rest);
    }
    if (span_starts_with(rest, SPAN("<!--"))) {
        size_t end = span_find(span_from(rest, 4), SPAN("-->"));
        return end == SPAN_NOT_FOUND ? rest.size : end + 7;
    }
    if (span_starts_with(rest, SPAN("<![CDATA["))) {
        size_t end = span_find(rest, SPAN("]]>"));
        size_t size = end == SPAN_NOT_FOUND ? rest.size : end;
        write_text(writer, span_trim(span_from(span_first(rest, size), 9)));
        return end == SPAN_NOT_FOUND ? rest.size : end + 3;
    }
    if (next == '!' || next == '?' || next == '/') {
        size_t end = span_find_byte(rest, '>');
        return end == SPAN_NOT_FOUND ? rest.size : end + 1;
    }
    write_text(writer, span_first(rest, 1));
    return 1;
}

static void write_html(struct writer *writer, struct span html) {
    size_t at = 0;
    while (at < html.size) {
        size_t begin = at;
        while (at < html.size && is_text_byte(html.data[at])) {
            at++;
        }
        write_text(writer, (struct span){html.data + begin, at - begin});
        if (at == html.size) {
            break;
        }
        struct span rest = span_from(html, at);
        char c = rest.data[0];
        if (c == '<') {
            at += write_markup(writer, rest);
        } else if (c == '&') {
            at += write_reference(writer, rest);
        } else if (byte_is_space(c) || c == '\0') {
            owe(writer, writer->keep && c == '\n' ? '\n' : ' ');
            at++;
        } else {
            size_t used = write_special(writer, rest);
            if (used == 0) {
                write_text(writer, span_first(rest, 1));
            }
            at += used > 0 ? used : 1;
        }
    }
}

struct span html_to_text(struct span html, struct arena *arena) {
    /* The text can outgrow the markup: a control of two bytes becomes a character of three. */
    struct writer writer = {.out = memory_resize(NULL, html.size + html.size / 2 + 8, 1)};
    write_html(&writer, html);
    struct span text =
        arena_copy(arena, span_first_utf8((struct span){writer.out, writer.size}, LIMIT_TEXT));
    free(writer.out);
    return text;
}
