#include "crawler/imap.h"

#include "base/buffer.h"
#include "base/limits.h"
#include "base/url_parts.h"

#include <stdlib.h>

/* --- Replies ---------------------------------------------------------------------------------- */

/* The size of the literal that a line (without its end) announces, or SPAN_NOT_FOUND. "~{9}" and
 * "{9+}" are other forms of it. */
static size_t literal_size(struct span line) {
    int64_t size = 0;
    if (!span_ends_with(line, SPAN("}"))) {
        return SPAN_NOT_FOUND;
    }
    size_t open = line.size - 1;
    while (open > 0 && line.data[open] != '{') {
        open--;
    }
    struct span digits = span_first(span_from(line, open + 1), line.size - open - 2);
    if (span_ends_with(digits, SPAN("+"))) {
        digits.size--;
    }
    bool number = digits.size > 0 && byte_is_digit(digits.data[0]) && span_to_int64(digits, &size);
    return number ? (size_t)size : SPAN_NOT_FOUND;
}

size_t imap_reply_size(struct span bytes, size_t ceiling) {
    size_t at = 0;
    for (;;) {
        struct span rest = span_from(bytes, at);
        size_t end = span_find_byte(rest, '\n');
        if (end == SPAN_NOT_FOUND) {
            return bytes.size > ceiling ? SPAN_NOT_FOUND : 0;
        }
        struct span line = span_first(rest, end);
        if (span_ends_with(line, SPAN("\r"))) {
            line.size--;
        }
        at += end + 1;
        size_t literal = literal_size(line);
        if (literal == SPAN_NOT_FOUND) {
            return at > ceiling ? SPAN_NOT_FOUND : at;
        }
        if (literal > ceiling || at + literal > ceiling) {
            return SPAN_NOT_FOUND;
        }
        if (at + literal > bytes.size) {
            return 0;
        }
        at += literal;
    }
}

static bool word_is(struct span text, size_t at, const char *word) {
    struct span rest = span_from(text, at);
    size_t size = strlen(word);
    return span_starts_with_nocase(rest, span_of(word)) &&
           (rest.size == size || byte_is_space(rest.data[size]));
}

enum imap_status imap_reply_status(struct span reply, struct span tag) {
    static const struct {
        const char *word;
        enum imap_status status;
    } ends[] = {{"OK", IMAP_OK}, {"NO", IMAP_NO}, {"BAD", IMAP_BAD}};
    if (word_is(reply, 0, "* BYE")) {
        return IMAP_BYE;
    }
    bool tagged =
        span_starts_with(reply, tag) && reply.size > tag.size && reply.data[tag.size] == ' ';
    for (size_t i = 0; tagged && i < sizeof ends / sizeof ends[0]; i++) {
        if (word_is(reply, tag.size + 1, ends[i].word)) {
            return ends[i].status;
        }
    }
    return tagged ? IMAP_BAD : IMAP_UNTAGGED;
}

struct span imap_reply_words(struct span reply) {
    struct span words = span_trim(reply);
    for (int i = 0; i < 2; i++) { /* the tag, and its status */
        size_t space = span_find_byte(words, ' ');
        words = space == SPAN_NOT_FOUND ? words : span_from(words, space + 1);
    }
    size_t close = span_find_byte(words, ']');
    if (span_starts_with(words, SPAN("[")) && close != SPAN_NOT_FOUND) {
        words = span_trim(span_from(words, close + 1));
    }
    return words;
}

/* The whole of a number of 32 bits, not 0. */
static uint32_t number_of(struct span text) {
    int64_t value = 0;
    bool good = text.size > 0 && byte_is_digit(text.data[0]) && span_to_int64(text, &value) &&
                value > 0 && value <= UINT32_MAX;
    return good ? (uint32_t)value : 0;
}

uint32_t imap_reply_validity(struct span reply) {
    static const struct span mark = {"* OK [UIDVALIDITY ", sizeof "* OK [UIDVALIDITY " - 1};
    if (!span_starts_with_nocase(reply, mark)) {
        return 0;
    }
    struct span rest = span_from(reply, mark.size);
    return number_of(span_first(rest, span_find_byte(rest, ']')));
}

static int compare_uids(const void *a, const void *b) {
    uint32_t one = *(const uint32_t *)a;
    uint32_t two = *(const uint32_t *)b;
    return one < two ? -1 : one > two;
}

void imap_reply_found(struct span reply, struct arena *arena, struct imap_uids *uids) {
    struct span part;
    if (!word_is(reply, 0, "* SEARCH")) {
        return;
    }
    struct span rest = span_trim(span_from(reply, strlen("* SEARCH")));
    while (rest.size > 0 && span_split(&rest, ' ', &part)) {
        uint32_t uid = number_of(part);
        if (uid != 0) {
            uids->list = arena_grow(arena, uids->list, uids->count, &uids->capacity, sizeof uid);
            uids->list[uids->count++] = uid;
        }
    }
    if (uids->count > 0) {
        qsort(uids->list, uids->count, sizeof *uids->list, compare_uids);
    }
}

/* --- Commands --------------------------------------------------------------------------------- */

struct span imap_uid_set(const uint32_t *uids, size_t count, struct arena *arena) {
    struct buffer out;
    buffer_init(&out, MIB);
    for (size_t i = 0; i < count;) {
        size_t end = i + 1;
        while (end < count && uids[end] - uids[end - 1] <= 1) {
            end++;
        }
        buffer_append_string(&out, i > 0 ? "," : "");
        buffer_print(&out, "%u", uids[i]);
        if (uids[end - 1] > uids[i]) {
            buffer_print(&out, ":%u", uids[end - 1]);
        }
        i = end;
    }
    struct span set = arena_copy(arena, buffer_span(&out));
    buffer_done(&out);
    return set;
}

/* Bits of UTF-16 as base64 of their own: "," in place of "/", and no padding. */
struct utf7 {
    struct buffer *out;
    uint32_t bits;
    unsigned count;
    bool shifted;
};

static void utf7_flush(struct utf7 *utf7, unsigned least) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
    while (utf7->count >= least && utf7->count > 0) {
        uint32_t digit =
            utf7->count >= 6 ? utf7->bits >> (utf7->count - 6) : utf7->bits << (6 - utf7->count);
        buffer_append_byte(utf7->out, digits[digit & 63]);
        utf7->count = utf7->count >= 6 ? utf7->count - 6 : 0;
    }
}

static void utf7_unit(struct utf7 *utf7, uint32_t unit) {
    if (!utf7->shifted) {
        buffer_append_byte(utf7->out, '&');
        utf7->shifted = true;
    }
    utf7->bits = utf7->bits << 16 | unit;
    utf7->count += 16;
    utf7_flush(utf7, 6);
}

static void utf7_plain(struct utf7 *utf7, char c) {
    if (utf7->shifted) {
        utf7_flush(utf7, 1);
        buffer_append_byte(utf7->out, '-');
        utf7->shifted = false;
    }
    buffer_append_string(utf7->out, c == '"' || c == '\\' ? "\\" : "");
    buffer_append_byte(utf7->out, c);
    buffer_append_string(utf7->out, c == '&' ? "-" : "");
}

/* The character of valid UTF-8 at `*at`, which moves behind it. */
static uint32_t rune_at(struct span text, size_t *at) {
    unsigned char lead = (unsigned char)text.data[(*at)++];
    unsigned more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    uint32_t rune = lead & (0x3FU >> more);
    while (more-- > 0 && *at < text.size) {
        rune = rune << 6 | ((unsigned char)text.data[(*at)++] & 0x3FU);
    }
    return rune;
}

struct span imap_mailbox_name(struct span name, struct arena *arena) {
    struct buffer out;
    struct utf7 utf7 = {.out = &out};
    buffer_init(&out, LIMIT_URL * 8);
    buffer_append_byte(&out, '"');
    for (size_t at = 0; at < name.size;) {
        if ((unsigned char)name.data[at] < 0x80) {
            utf7_plain(&utf7, name.data[at++]);
            continue;
        }
        uint32_t rune = rune_at(name, &at);
        if (rune > 0xFFFF) {
            utf7_unit(&utf7, 0xD800 + ((rune - 0x10000) >> 10 & 0x3FF));
            rune = 0xDC00 + (rune & 0x3FF);
        }
        utf7_unit(&utf7, rune);
    }
    if (utf7.shifted) {
        utf7_flush(&utf7, 1);
        buffer_append_byte(&out, '-');
    }
    buffer_append_byte(&out, '"');
    struct span quoted = arena_copy(arena, buffer_span(&out));
    buffer_done(&out);
    return quoted;
}

/* --- Addresses -------------------------------------------------------------------------------- */

/* What can stand in a command line as it is: no line end, and no literal. */
static bool is_line(struct span text) {
    for (size_t i = 0; i < text.size; i++) {
        if ((unsigned char)text.data[i] < ' ' || text.data[i] == 127) {
            return false;
        }
    }
    return true;
}

bool imap_place_parse(struct span path, struct arena *arena, struct imap_place *place,
                      struct error *error) {
    static const struct span mark = {";UIDVALIDITY=", sizeof ";UIDVALIDITY=" - 1};
    size_t question = span_find_byte(path, '?');
    struct span name = span_first(path, question);
    struct span search = question == SPAN_NOT_FOUND ? SPAN("ALL") : span_from(path, question + 1);
    size_t semicolon = span_find_nocase(name, mark);
    struct span validity = semicolon == SPAN_NOT_FOUND ? (struct span){NULL, 0}
                                                       : span_from(name, semicolon + mark.size);
    name = span_first(span_from(name, span_starts_with(name, SPAN("/")) ? 1 : 0),
                      semicolon == SPAN_NOT_FOUND ? name.size : semicolon - 1);
    *place = (struct imap_place){
        .mailbox = url_percent_decode(name, arena),
        .validity = number_of(validity),
        .search = url_percent_decode(search, arena),
    };
    if (place->mailbox.size == 0) {
        return error_set(error, ERROR_USAGE, "the address names no mailbox: imaps://host/INBOX");
    }
    if (!is_line(place->mailbox) || !is_line(place->search) ||
        span_find_byte(place->search, '{') != SPAN_NOT_FOUND) {
        return error_set(error, ERROR_USAGE, "the address holds what no command may");
    }
    return true;
}
