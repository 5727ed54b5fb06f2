#include "parsers/json_line.h"

#include "base/buffer.h"
#include "base/charset.h"

enum {
    MEMBERS_MOST = 256, /* of a plain line */
    DIGITS_MOST = 18,   /* of a number that surely fits 64 bits */
};

struct line {
    struct span text;
    size_t at;
    struct arena *arena;
};

/* NUL, which no plain line holds, at the end. */
static char line_byte(const struct line *line) {
    return line->at < line->text.size ? line->text.data[line->at] : '\0';
}

static void skip_space(struct line *line) {
    while (line_byte(line) == ' ' || line_byte(line) == '\t' || line_byte(line) == '\n' ||
           line_byte(line) == '\r') {
        line->at++;
    }
}

static bool take_byte(struct line *line, char byte) {
    skip_space(line);
    bool found = line_byte(line) == byte;
    line->at += found;
    return found;
}

/* --- Strings -------------------------------------------------------------------------------------- */

/* Where the next byte stands that is no plain part of a string: a quote, a backslash or a control
 * character; the end of the text where there is none. Eight bytes are looked at together: taking 1
 * from a byte that is 0 (and 0x20 from one below) borrows into its highest bit. */
static size_t string_special(struct span text, size_t at) {
    const uint64_t each = UINT64_C(0x0101010101010101);
    for (uint64_t block = 0; text.size - at >= sizeof block; at += sizeof block) {
        memcpy(&block, text.data + at, sizeof block);
        uint64_t quote = block ^ each * '"';
        uint64_t backslash = block ^ each * '\\';
        uint64_t found = ((quote - each) & ~quote) | ((backslash - each) & ~backslash) |
                         ((block - each * ' ') & ~block);
        if ((found & each * 0x80) != 0) {
            break;
        }
    }
    while (at < text.size && text.data[at] != '"' && text.data[at] != '\\' &&
           (unsigned char)text.data[at] >= ' ') {
        at++;
    }
    return at;
}

/* The bytes between quotes, escapes as they are written. */
static bool take_quoted(struct line *line, struct span *raw, bool *escaped) {
    if (!take_byte(line, '"')) {
        return false;
    }
    const char *data = line->text.data;
    size_t begin = line->at;
    size_t at = string_special(line->text, begin);
    *escaped = at < line->text.size && data[at] == '\\';
    while (at + 1 < line->text.size && data[at] == '\\') {
        at = string_special(line->text, at + 2);
    }
    if (at >= line->text.size || data[at] != '"') {
        return false;
    }
    *raw = (struct span){data + begin, at - begin};
    line->at = at + 1;
    return true;
}

static bool hex_parse(struct span text, uint32_t *value) {
    *value = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = byte_to_lower(text.data[i]);
        if (!byte_is_digit(c) && (c < 'a' || c > 'f')) {
            return false;
        }
        *value = *value << 4 | (uint32_t)(byte_is_digit(c) ? c - '0' : c - 'a' + 10);
    }
    return text.size == 4;
}

/* "\\uD83D\\ude00": `at` stands behind the "u", and then behind the escape. */
static bool rune_parse(struct span raw, size_t *at, uint32_t *rune) {
    uint32_t low = 0;
    if (!hex_parse(span_first(span_from(raw, *at), 4), rune) || *rune == 0) {
        return false;
    }
    *at += 4;
    if (*rune < 0xD800 || *rune > 0xDFFF) {
        return true;
    }
    if (*rune > 0xDBFF || !span_starts_with(span_from(raw, *at), SPAN("\\u")) ||
        !hex_parse(span_first(span_from(raw, *at + 2), 4), &low) || low < 0xDC00 || low > 0xDFFF) {
        return false;
    }
    *rune = 0x10000 + ((*rune - 0xD800) << 10) + (low - 0xDC00);
    *at += 6;
    return true;
}

static bool unescape(struct span raw, struct buffer *out) {
    static const char meant[128] = {['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
                                    ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t'};
    for (size_t at = 0; at < raw.size;) {
        size_t plain = span_find_byte(span_from(raw, at), '\\');
        plain = plain == SPAN_NOT_FOUND ? raw.size - at : plain;
        buffer_append(out, (struct span){raw.data + at, plain});
        at += plain;
        if (at >= raw.size) {
            return true;
        }
        unsigned char escape = (unsigned char)raw.data[at + 1]; /* a quote at least stands there */
        uint32_t rune = escape < sizeof meant ? (unsigned char)meant[escape] : 0;
        at += 2;
        if (rune == 0 && (escape != 'u' || !rune_parse(raw, &at, &rune))) {
            return false;
        }
        buffer_append_rune(out, rune);
    }
    return true;
}

static bool take_string(struct line *line, struct span *value) {
    struct span raw;
    bool escaped = false;
    if (!take_quoted(line, &raw, &escaped)) {
        return false;
    }
    if (!escaped) {
        if (value != NULL) {
            *value = arena_copy(line->arena, raw);
        }
        return true;
    }
    struct buffer out;
    buffer_init(&out, raw.size);
    bool good = unescape(raw, &out) && !out.overflowed;
    if (value != NULL) {
        *value = arena_copy(line->arena, buffer_span(&out));
    }
    buffer_done(&out);
    return good;
}

/* --- Values --------------------------------------------------------------------------------------- */

/* How many, and not too many. */
static bool take_digits(struct line *line, size_t *count) {
    size_t begin = line->at;
    while (byte_is_digit(line_byte(line))) {
        line->at++;
    }
    *count = line->at - begin;
    return *count > 0 && *count <= DIGITS_MOST;
}

/* Integers as they would be printed; a decimal only where nobody wants it. What else is a number,
 * and how decimals read, jansson knows better. */
static bool take_number(struct line *line, struct span *value) {
    size_t begin = line->at;
    size_t digits = 0;
    bool negative = line_byte(line) == '-';
    line->at += negative;
    bool zero = line_byte(line) == '0';
    if (!take_digits(line, &digits) || (zero && (digits > 1 || (negative && value != NULL)))) {
        return false;
    }
    if (value == NULL && line_byte(line) == '.') {
        line->at++;
        if (!take_digits(line, &digits)) {
            return false;
        }
    }
    if (byte_is_any_of(line_byte(line), ".eE")) {
        return false;
    }
    if (value != NULL) {
        *value = arena_copy(line->arena, (struct span){line->text.data + begin, line->at - begin});
    }
    return true;
}

static bool take_constant(struct line *line, struct span word, struct span *value) {
    if (value != NULL) {
        *value = word.data[0] == 'n' ? (struct span){0} : word;
    }
    bool found = span_starts_with(span_from(line->text, line->at), word);
    line->at += found ? word.size : 0;
    return found;
}

/* `value` is NULL where nobody wants it. */
static bool take_value(struct line *line, struct span *value) {
    skip_space(line);
    switch (line_byte(line)) {
    case '"':
        return take_string(line, value);
    case 't':
        return take_constant(line, SPAN("true"), value);
    case 'f':
        return take_constant(line, SPAN("false"), value);
    case 'n':
        return take_constant(line, SPAN("null"), value);
    default:
        return take_number(line, value);
    }
}

static bool take_member(struct line *line, const char *const *names, size_t count,
                        struct span *values) {
    struct span name;
    bool escaped = false;
    if (!take_quoted(line, &name, &escaped) || escaped || !take_byte(line, ':')) {
        return false;
    }
    struct span *value = NULL;
    for (size_t i = 0; i < count; i++) {
        value = span_equal(name, span_of(names[i])) ? &values[i] : value;
    }
    return take_value(line, value);
}

bool json_line_members(struct span text, const char *const *names, size_t count,
                       struct arena *arena, struct span *values) {
    struct line line = {.text = text, .arena = arena};
    memset(values, 0, count * sizeof *values);
    if (!charset_is_utf8(text) || !take_byte(&line, '{')) {
        return false;
    }
    size_t members = 0;
    bool more = !take_byte(&line, '}');
    while (more) {
        if (members++ == MEMBERS_MOST || !take_member(&line, names, count, values)) {
            return false;
        }
        more = take_byte(&line, ',');
        if (!more && !take_byte(&line, '}')) {
            return false;
        }
    }
    skip_space(&line);
    return line.at == text.size;
}
