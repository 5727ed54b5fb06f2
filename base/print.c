#include "base/print.h"

#include "base/limits.h"

#define RUNE_REPLACEMENT ((uint32_t)0xFFFD)

/* How many bytes the lead byte announces, 0 for a byte that cannot lead, and its payload bits. */
static size_t lead_size(unsigned char lead, uint32_t *bits, uint32_t *smallest) {
    static const struct {
        unsigned char mask, value;
        uint32_t smallest;
    } leads[] = {{0xE0, 0xC0, 0x80}, {0xF0, 0xE0, 0x800}, {0xF8, 0xF0, 0x10000}};
    for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++) {
        if ((lead & leads[i].mask) == leads[i].value) {
            *bits = lead & (unsigned char)~leads[i].mask;
            *smallest = leads[i].smallest;
            return i + 2;
        }
    }
    return 0;
}

size_t rune_decode(struct span text, uint32_t *rune) {
    unsigned char lead = (unsigned char)text.data[0];
    if (lead < 0x80) {
        *rune = lead;
        return 1;
    }
    uint32_t value = 0;
    uint32_t smallest = 0;
    size_t size = lead_size(lead, &value, &smallest);
    *rune = RUNE_REPLACEMENT;
    if (size == 0 || size > text.size) {
        return 1;
    }
    for (size_t i = 1; i < size; i++) {
        unsigned char next = (unsigned char)text.data[i];
        if ((next & 0xC0) != 0x80) {
            return 1;
        }
        value = (value << 6) | (next & 0x3F);
    }
    if (value < smallest || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
        return 1;
    }
    *rune = value;
    return size;
}

static bool rune_is_control(uint32_t rune) {
    return rune < 0x20 || (rune >= 0x7F && rune <= 0x9F);
}

/* Characters that show nothing but reorder or hide what stands beside them. */
static bool rune_is_deceptive(uint32_t rune) {
    return rune == 0x061C || rune == 0x180E || rune == 0x200B || rune == 0x200E || rune == 0x200F ||
           (rune >= 0x2028 && rune <= 0x202E) || (rune >= 0x2060 && rune <= 0x206F) ||
           rune == 0xFEFF || (rune >= 0xFFF9 && rune <= 0xFFFB);
}

bool rune_is_harmless(uint32_t rune) {
    return !rune_is_control(rune) && !rune_is_deceptive(rune);
}

void print_repaired(struct buffer *out, struct span text) {
    while (text.size > 0) {
        uint32_t rune = 0;
        size_t size = rune_decode(text, &rune);
        buffer_append_rune(out, rune == 0 ? RUNE_REPLACEMENT : rune);
        text = span_from(text, size);
    }
}

void print_plain(struct buffer *out, struct span text, bool keep_lines) {
    while (text.size > 0) {
        uint32_t rune = 0;
        text = span_from(text, rune_decode(text, &rune));
        bool is_line = rune == '\n' || rune == 0x2028 || rune == 0x2029;
        if (is_line && keep_lines) {
            buffer_append_byte(out, '\n');
        } else if (is_line || rune == '\t' || rune == '\r') {
            buffer_append_byte(out, ' ');
        } else if (rune_is_harmless(rune)) {
            buffer_append_rune(out, rune);
        }
    }
}

/* Bytes that stand in JSON as they are, which most are. */
static struct span json_plain(struct span text) {
    size_t size = 0;
    while (size < text.size && text.data[size] >= ' ' && text.data[size] <= '~' &&
           text.data[size] != '"' && text.data[size] != '\\') {
        size++;
    }
    return span_first(text, size);
}

void print_json(struct buffer *out, struct span text) {
    while (text.size > 0) {
        uint32_t rune = 0;
        struct span plain = json_plain(text);
        buffer_append(out, plain);
        text = span_from(text, plain.size);
        if (text.size == 0) {
            break;
        }
        text = span_from(text, rune_decode(text, &rune));
        switch (rune) {
        case '"':
            buffer_append_string(out, "\\\"");
            break;
        case '\\':
            buffer_append_string(out, "\\\\");
            break;
        case '\n':
            buffer_append_string(out, "\\n");
            break;
        case '\t':
            buffer_append_string(out, "\\t");
            break;
        case '\r':
            buffer_append_string(out, "\\r");
            break;
        default:
            if (!rune_is_harmless(rune)) {
                buffer_print(out, "\\u%04x", (unsigned)rune);
            } else {
                buffer_append_rune(out, rune);
            }
        }
    }
}

static const char *html_entity(uint32_t rune) {
    switch (rune) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void print_html(struct buffer *out, struct span text) {
    while (text.size > 0) {
        uint32_t rune = 0;
        text = span_from(text, rune_decode(text, &rune));
        const char *entity = html_entity(rune);
        bool is_space = rune == '\n' || rune == '\t' || rune == '\r';
        if (entity != NULL) {
            buffer_append_string(out, entity);
        } else if (is_space || (rune_is_harmless(rune))) {
            buffer_append_rune(out, rune);
        }
    }
}

/* Whether a spreadsheet would take the field for a formula. A plain number is none. */
static bool csv_is_formula(struct span text) {
    double number = 0;
    return text.size > 0 && byte_is_any_of(text.data[0], "=+-@\t\r") &&
           !span_to_double(text, &number);
}

static bool csv_keeps(uint32_t rune) {
    return rune_is_harmless(rune) || rune == '\n' || rune == '\r' || rune == '\t';
}

/* What goes away must not hide a formula behind it. */
static struct span csv_skip(struct span text) {
    while (text.size > 0) {
        uint32_t rune = 0;
        size_t size = rune_decode(text, &rune);
        if (csv_keeps(rune)) {
            break;
        }
        text = span_from(text, size);
    }
    return text;
}

void print_csv(struct buffer *out, struct span text) {
    text = csv_skip(text);
    bool formula = csv_is_formula(text);
    bool quoted = formula;
    for (size_t i = 0; i < text.size && !quoted; i++) {
        quoted = byte_is_any_of(text.data[i], ",\"\n\r");
    }
    buffer_append_string(out, quoted ? "\"" : "");
    buffer_append_string(out, formula ? "'" : "");
    while (text.size > 0) {
        uint32_t rune = 0;
        text = span_from(text, rune_decode(text, &rune));
        buffer_append_string(out, rune == '"' ? "\"" : "");
        if (csv_keeps(rune)) {
            buffer_append_rune(out, rune);
        }
    }
    buffer_append_string(out, quoted ? "\"" : "");
}

void print_markdown(struct buffer *out, struct span text) {
    while (text.size > 0) {
        uint32_t rune = 0;
        text = span_from(text, rune_decode(text, &rune));
        if (rune == '\n' || rune == '\t' || rune == '\r') {
            buffer_append_byte(out, ' ');
        } else if (rune == '<') {
            buffer_append_string(out, "&lt;");
        } else if (rune_is_harmless(rune)) {
            if (rune < 0x80 && byte_is_any_of((char)rune, "\\`*_[]|#!~")) {
                buffer_append_byte(out, '\\');
            }
            buffer_append_rune(out, rune);
        }
    }
}

/* People, rooms and everybody are called by "@name". */
#define CALL_BREAK "\xE2\x80\x8B"

/* The next character as a line of plain text has it; false where it has none. */
static bool line_rune(struct span *text, uint32_t *rune) {
    *text = span_from(*text, rune_decode(*text, rune));
    *rune = *rune == '\n' || *rune == '\t' || *rune == '\r' ? ' ' : *rune;
    return rune_is_harmless(*rune);
}

static bool rune_is_call(uint32_t rune) {
    return rune == '@' || rune == 0xFF20; /* and its wide form */
}

void print_silent(struct buffer *out, struct span text) {
    uint32_t rune = 0;
    while (text.size > 0) {
        if (line_rune(&text, &rune)) {
            buffer_append_rune(out, rune);
            buffer_append_string(out, rune_is_call(rune) ? CALL_BREAK : "");
        }
    }
}

void print_chat(struct buffer *out, struct span text) {
    uint32_t rune = 0;
    while (text.size > 0) {
        if (!line_rune(&text, &rune)) {
            continue;
        }
        if (rune < 0x80 && byte_is_any_of((char)rune, "\\`*_[]()<>|#!~-+:")) {
            buffer_append_byte(out, '\\');
        }
        buffer_append_rune(out, rune);
        buffer_append_string(out, rune_is_call(rune) ? CALL_BREAK : "");
    }
}

void print_slack(struct buffer *out, struct span text) {
    uint32_t rune = 0;
    while (text.size > 0) {
        if (!line_rune(&text, &rune)) {
            continue;
        }
        if (rune == '&' || rune == '<' || rune == '>') {
            buffer_append_string(out, html_entity(rune));
        } else {
            buffer_append_rune(out, rune);
        }
        buffer_append_string(out, rune_is_call(rune) ? CALL_BREAK : "");
    }
}

bool link_is_web(struct span url) {
    return url.size <= LIMIT_FIELD && (span_starts_with_nocase(url, SPAN("https://")) ||
                                       span_starts_with_nocase(url, SPAN("http://")));
}

void print_link(struct buffer *out, struct span url) {
    for (size_t i = 0; link_is_web(url) && i < url.size; i++) {
        unsigned char c = (unsigned char)url.data[i];
        bool ends = c <= ' ' || c >= 0x7F || strchr("<>()[]{}|\\^`\"'*_~", c) != NULL;
        if (ends) {
            buffer_print(out, "%%%02X", c);
        } else {
            buffer_append_byte(out, (char)c);
        }
    }
}

static bool logfmt_is_bare(struct span text) {
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (!byte_is_alpha(c) && !byte_is_digit(c) && !byte_is_any_of(c, "-_.:/+@%,*?&")) {
            return false;
        }
    }
    return text.size > 0;
}

void print_logfmt(struct buffer *out, struct span text) {
    if (logfmt_is_bare(text)) {
        buffer_append(out, text);
        return;
    }
    buffer_append_byte(out, '"');
    while (text.size > 0) {
        uint32_t rune = 0;
        text = span_from(text, rune_decode(text, &rune));
        if (rune == '\n') {
            buffer_append_string(out, "\\n");
        } else if (rune == '"' || rune == '\\') {
            buffer_print(out, "\\%c", (char)rune);
        } else if (!rune_is_harmless(rune)) {
            buffer_print(out, "\\u{%x}", (unsigned)rune);
        } else {
            buffer_append_rune(out, rune);
        }
    }
    buffer_append_byte(out, '"');
}
