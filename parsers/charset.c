#include "base/charset.h"
#include "base/print.h"
#include "parsers/document.h"

/* How far into a document its declaration of a charset may stand (html.spec.whatwg.org 13.2.3.2
 * asks for 1,024; real pages put scripts before it). */
#define DECLARATION_WITHIN ((size_t)4096)

struct span header_parameter(struct span header, const char *name) {
    struct span part;
    bool first = true;
    while (span_split(&header, ';', &part)) {
        part = span_trim(part);
        size_t equals = span_find_byte(part, '=');
        bool named = !first && equals != SPAN_NOT_FOUND &&
                     span_equal_nocase(span_trim(span_first(part, equals)), span_of(name));
        first = false;
        if (named) {
            struct span value = span_trim(span_from(part, equals + 1));
            while (value.size > 0 && (value.data[0] == '"' || value.data[0] == '\'')) {
                value = span_from(value, 1);
            }
            while (value.size > 0 && strchr("\"'", value.data[value.size - 1]) != NULL) {
                value.size--;
            }
            return value;
        }
    }
    return (struct span){0};
}

static const struct mark {
    struct span bytes;
    const char *charset;
    size_t skipped; /* 0: no mark but the first character in that charset */
} marks[] = {
    {{"\xEF\xBB\xBF", 3}, "utf-8", 3},    {{"\xFF\xFE\0\0", 4}, "utf-32le", 4},
    {{"\0\0\xFE\xFF", 4}, "utf-32be", 4}, {{"\xFF\xFE", 2}, "utf-16le", 2},
    {{"\xFE\xFF", 2}, "utf-16be", 2},     {{"<\0\0\0", 4}, "utf-32le", 0},
    {{"\0\0\0<", 4}, "utf-32be", 0},      {{"<\0", 2}, "utf-16le", 0},
    {{"\0<", 2}, "utf-16be", 0},          {{"\x4C\x6F\xA7\x94", 4}, "ibm037", 0}, /* EBCDIC */
};

static const struct mark *mark_find(struct span body) {
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (span_starts_with(body, marks[i].bytes)) {
            return &marks[i];
        }
    }
    return NULL;
}

/* The quoted or bare word behind `label` and '='. */
static struct span word_after(struct span text, const char *label) {
    size_t at = span_find_nocase(text, span_of(label));
    if (at == SPAN_NOT_FOUND) {
        return (struct span){0};
    }
    text = span_trim(span_from(text, at + strlen(label)));
    if (text.size == 0 || text.data[0] != '=') {
        return (struct span){0};
    }
    text = span_trim(span_from(text, 1));
    if (text.size > 0 && (text.data[0] == '"' || text.data[0] == '\'')) {
        text = span_trim(span_from(text, 1));
    }
    size_t size = 0;
    while (size < text.size && (byte_is_alpha(text.data[size]) || byte_is_digit(text.data[size]) ||
                                strchr("-_:.+()", text.data[size]) != NULL)) {
        size++;
    }
    return span_first(text, size);
}

/* <?xml encoding="..."?> or <meta charset=...>. */
static struct span declared_inside(struct span body) {
    struct span head = span_first(body, DECLARATION_WITHIN);
    size_t xml = span_find(span_first(head, 256), SPAN("<?xml"));
    if (xml != SPAN_NOT_FOUND) {
        struct span rest = span_from(head, xml);
        size_t end = span_find(rest, SPAN("?>"));
        struct span name = word_after(span_first(rest, end), "encoding");
        if (name.size > 0) {
            return name;
        }
    }
    while (head.size > 0) {
        size_t meta = span_find_nocase(head, SPAN("<meta"));
        if (meta == SPAN_NOT_FOUND) {
            break;
        }
        head = span_from(head, meta + 5);
        struct span name = word_after(span_first(head, span_find_byte(head, '>')), "charset");
        if (name.size > 0) {
            return name;
        }
    }
    return (struct span){0};
}

struct span charset_declared(struct span body, struct span content_type) {
    const struct mark *mark = mark_find(body);
    if (mark != NULL) {
        return span_of(mark->charset);
    }
    struct span name = header_parameter(content_type, "charset");
    return charset_known(name) ? name : declared_inside(body);
}

static bool names_utf8(struct span name) {
    return name.size == 0 || span_equal_nocase(name, SPAN("utf-8")) ||
           span_equal_nocase(name, SPAN("utf8"));
}

static struct span repaired(struct span body, struct arena *arena) {
    struct buffer out;
    buffer_init(&out, LIMIT_DOCUMENT);
    print_repaired(&out, body);
    struct span text = arena_copy(arena, buffer_span(&out));
    buffer_done(&out);
    return text;
}

/* Charsets in which everything is ASCII that is not. */
static bool is_seven_bit(struct span name) {
    return span_starts_with_nocase(name, SPAN("iso-2022")) ||
           span_starts_with_nocase(name, SPAN("hz-gb")) ||
           span_starts_with_nocase(name, SPAN("utf-7"));
}

/* Text that is not UTF-8, by the name it goes by, else by what it looks like. */
static struct span converted(struct span body, struct span name, struct arena *arena) {
    struct span text = {0};
    if ((name.size > 0 && charset_convert(body, name, arena, &text)) ||
        charset_convert(body, charset_guess(body, arena), arena, &text)) {
        return text;
    }
    return repaired(body, arena);
}

struct span charset_to_utf8(struct span body, struct span content_type, struct arena *arena) {
    const struct mark *mark = mark_find(body);
    struct span name = charset_declared(body, content_type);
    body = span_from(body, mark == NULL ? 0 : mark->skipped);
    if (mark != NULL && !names_utf8(name)) {
        return converted(body, name, arena);
    }
    struct charset_fit fit = charset_fit_utf8(body);
    bool utf8 = names_utf8(name);
    /* Text that is UTF-8 throughout is UTF-8, whatever it is said to be: two and more sequences
     * that fit by chance do not come up. */
    if (fit.invalid == 0 && !is_seven_bit(name) && (utf8 || fit.multibyte != 1)) {
        return body;
    }
    /* A few broken bytes among much that fits are damage; else it is another charset. */
    if (utf8 && fit.multibyte > fit.invalid) {
        return repaired(body, arena);
    }
    return converted(body, utf8 ? (struct span){0} : name, arena);
}
