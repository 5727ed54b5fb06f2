#include "tests/origin/markup.h"

#include "base/limits.h"
#include "base/print.h"

#include <inttypes.h>

/* Takes the text up to an empty line off `rest`; false at the end. */
static bool take_paragraph(struct span *rest, struct span *paragraph) {
    if (span_is_empty(*rest)) {
        return false;
    }
    size_t end = span_find(*rest, SPAN("\n\n"));
    *paragraph = span_first(*rest, end);
    *rest = span_from(*rest, end == SPAN_NOT_FOUND ? rest->size : end + 2);
    return true;
}

void markup_html(struct buffer *out, struct span text) {
    struct span paragraph;
    while (take_paragraph(&text, &paragraph)) {
        buffer_append_string(out, "<p>");
        print_html(out, paragraph);
        buffer_append_string(out, "</p>");
    }
}

void markup_xml(struct buffer *out, struct span text) {
    for (size_t i = 0; i < text.size; i++) {
        switch (text.data[i]) {
        case '&':
            buffer_append_string(out, "&amp;");
            break;
        case '<':
            buffer_append_string(out, "&lt;");
            break;
        case '>':
            buffer_append_string(out, "&gt;");
            break;
        case '"':
            buffer_append_string(out, "&quot;");
            break;
        default:
            buffer_append_byte(out, text.data[i]);
        }
    }
}

void markup_escaped_html(struct buffer *out, struct span text) {
    struct buffer html;
    buffer_init(&html, LIMIT_DOCUMENT);
    markup_html(&html, text);
    markup_xml(out, buffer_span(&html));
    buffer_done(&html);
}

void markup_hn(struct buffer *out, struct span text) {
    static const struct {
        char byte;
        const char *entity;
    } rows[] = {{'&', "&amp;"},  {'<', "&lt;"},    {'>', "&gt;"},
                {'"', "&quot;"}, {'\'', "&#x27;"}, {'/', "&#x2F;"}};
    struct span paragraph;
    for (const char *between = ""; take_paragraph(&text, &paragraph); between = "<p>") {
        buffer_append_string(out, between);
        for (size_t i = 0; i < paragraph.size; i++) {
            size_t row = 0;
            while (row < 6 && rows[row].byte != paragraph.data[i]) {
                row++;
            }
            if (row < 6) {
                buffer_append_string(out, rows[row].entity);
            } else {
                buffer_append_byte(out, paragraph.data[i]);
            }
        }
    }
}

static size_t hashtag_size(struct span text) {
    size_t size = 0;
    while (size < text.size && (byte_is_alpha(text.data[size]) || byte_is_digit(text.data[size]))) {
        size++;
    }
    return size;
}

void markup_mastodon(struct buffer *out, struct span text, const char *host) {
    buffer_append_string(out, "<p>");
    while (!span_is_empty(text)) {
        size_t hash = span_find_byte(text, '#');
        print_html(out, span_first(text, hash));
        if (hash == SPAN_NOT_FOUND) {
            break;
        }
        text = span_from(text, hash + 1);
        size_t size = hashtag_size(text);
        struct span tag = span_first(text, size);
        buffer_print(out,
                     "<a href=\"https://%s/tags/%.*s\" class=\"mention hashtag\" rel=\"tag\">"
                     "#<span>%.*s</span></a>",
                     host, SPAN_ARG(tag), SPAN_ARG(tag));
        text = span_from(text, size);
    }
    buffer_append_string(out, "</p>");
}

void markup_latin1(struct buffer *out, struct span utf8) {
    while (!span_is_empty(utf8)) {
        uint32_t rune = 0;
        size_t size = rune_decode(utf8, &rune);
        if (rune < 0x100) {
            buffer_append_byte(out, (char)rune);
        } else {
            buffer_print(out, "&#%" PRIu32 ";", rune);
        }
        utf8 = span_from(utf8, size);
    }
}
