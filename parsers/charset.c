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

/* --- UTF-8 that was taken for windows-1252 and encoded once more ------------------------------------ */

/* The byte that windows-1252 has for a character; -1: none. */
static int western_byte(uint32_t rune) {
    static const uint16_t high[32] = {
        0x20AC, 0x81,   0x201A, 0x192,  0x201E, 0x2026, 0x2020, 0x2021, 0x2C6,  0x2030, 0x160,
        0x2039, 0x152,  0x8D,   0x17D,  0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x2DC,  0x2122, 0x161,  0x203A, 0x153,  0x9D,   0x17E,  0x178};
    for (int i = 0; i < 32; i++) {
        if (high[i] == rune) {
            return 0x80 + i;
        }
    }
    return rune < 0x100 ? (int)rune : -1;
}

/* Reads one character that was encoded twice at the start of `text` into `bytes`: how many bytes it
 * is once undone; 0: it is none. `*used` is what it takes now. */
static size_t doubled_read(struct span text, char bytes[4], size_t *used) {
    uint32_t rune = 0;
    size_t size = rune_decode(text, &rune);
    int lead = western_byte(rune);
    size_t wanted = lead >= 0xF0 && lead < 0xF5   ? 4
                    : lead >= 0xE2                ? 3
                    : lead >= 0xC2 && lead < 0xE0 ? 2
                                                  : 0;
    bytes[0] = (char)lead;
    *used = size;
    for (size_t i = 1; i < wanted; i++) {
        size = rune_decode(span_from(text, *used), &rune);
        int byte = *used < text.size ? western_byte(rune) : -1;
        if (byte < 0x80 || byte > 0xBF) {
            return 0;
        }
        bytes[i] = (char)byte;
        *used += size;
    }
    /* A letter before a French closing quotation mark, no-break space between, reads like one. */
    bool quoted = wanted == 3 && bytes[1] == '\xA0' && bytes[2] == '\xBB';
    return quoted ? 0 : wanted;
}

/* "cafÃ©" as "café", where all that is not ASCII reads so: then it is no chance. */
static struct span undoubled(struct span text, struct arena *arena) {
    char *out = NULL;
    size_t size = 0;
    size_t found = 0;
    for (size_t at = 0; at < text.size;) {
        size_t used = 1;
        size_t made = 1;
        char bytes[4] = {text.data[at]};
        if ((unsigned char)text.data[at] >= 0x80) {
            made = doubled_read(span_from(text, at), bytes, &used);
            found += 1;
        }
        if (made == 0) {
            return text;
        }
        if (found > 0 && out == NULL) {
            out = ARENA_ARRAY(arena, char, text.size);
            memcpy(out, text.data, at);
            size = at;
        }
        if (out != NULL) {
            memcpy(out + size, bytes, made);
            size += made;
        }
        at += used;
    }
    struct span once = {out, size};
    return found >= 2 && charset_is_utf8(once) ? once : text;
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
        return fit.multibyte >= 2 ? undoubled(body, arena) : body;
    }
    /* A few broken bytes among much that fits are damage; else it is another charset. */
    if (utf8 && fit.multibyte > fit.invalid) {
        return repaired(body, arena);
    }
    return converted(body, utf8 ? (struct span){0} : name, arena);
}
