#include "report/mime.h"

#include "base/base64.h"
#include "base/date.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/print.h"

#include <inttypes.h>
#include <stdio.h>

#define CRLF "\r\n"
/* RFC 2045 6.7: at most 76 characters, the soft break's "=" among them. */
#define QUOTED_LINE 75
/* RFC 2047 2: a line with encoded words has at most 76 characters, and the first bears the header's
 * name; 39 bytes make 52 of base64 in 64 of the word. */
#define WORD_BYTES 39
#define HEADER_LINE 76
#define QUOTED_NAME 50
#define WORD_FOLDED 60

bool mime_address_is_valid(struct span address) {
    size_t at = span_find_byte(address, '@');
    if (address.size > 254 || at == SPAN_NOT_FOUND || at == 0 || at + 1 == address.size) {
        return false;
    }
    for (size_t i = 0; i < address.size; i++) {
        char c = address.data[i];
        bool second_at = c == '@' && i != at;
        if (c <= ' ' || c > '~' || second_at || strchr("<>()[],;:\\\"", c) != NULL) {
            return false;
        }
    }
    return true;
}

struct span mime_address_domain(struct span address) {
    size_t at = span_find_byte(address, '@');
    return at == SPAN_NOT_FOUND ? SPAN("localhost") : span_from(address, at + 1);
}

static bool text_is_ascii(struct span text) {
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < ' ' || text.data[i] > '~') {
            return false;
        }
    }
    /* What looks like an encoded word must not be taken for one. */
    return span_find(text, SPAN("=?")) == SPAN_NOT_FOUND;
}

/* A word too long for a line can only be broken inside encoded words. */
static bool text_folds(struct span text) {
    struct span word;
    while (text.size > 0 && span_split(&text, ' ', &word)) {
        if (word.size > WORD_FOLDED) {
            return false;
        }
    }
    return true;
}

/* Encoded words, each whole characters, one a line. */
static void header_encoded(struct buffer *out, struct span text) {
    bool first = true;
    while (text.size > 0) {
        struct span part = span_first_utf8(text, WORD_BYTES);
        buffer_append_string(out, first ? "" : CRLF " ");
        buffer_append_string(out, "=?UTF-8?B?");
        base64_append(out, part);
        buffer_append_string(out, "?=");
        text = span_from(text, part.size);
        first = false;
    }
}

/* Words of ASCII text, one space between them, folded where a line would grow too long. `column`
 * = where it starts. */
static void header_folded(struct buffer *out, struct span text, size_t column) {
    struct span word;
    bool first = true;
    while (text.size > 0 && span_split(&text, ' ', &word)) {
        if (span_is_empty(word)) {
            continue;
        }
        if (!first && column + 1 + word.size > HEADER_LINE) {
            buffer_append_string(out, CRLF " ");
            column = 1;
        } else if (!first) {
            buffer_append_byte(out, ' ');
            column++;
        }
        buffer_append(out, word);
        column += word.size;
        first = false;
    }
}

/* Unstructured text of any origin as a header: one line, no controls, no reordering. */
static void header_text(struct buffer *out, const char *name, struct span value) {
    struct buffer clean;
    buffer_init(&clean, LIMIT_FIELD);
    print_plain(&clean, span_first_utf8(value, LIMIT_FIELD / 2), false);
    struct span text = span_trim(buffer_span(&clean));
    buffer_print(out, "%s: ", name);
    if (text_is_ascii(text) && text_folds(text)) {
        header_folded(out, text, strlen(name) + 2);
    } else {
        header_encoded(out, text);
    }
    buffer_append_string(out, CRLF);
    buffer_done(&clean);
}

/* A display name as a quoted string or encoded words. */
static void phrase_append(struct buffer *out, struct span name) {
    struct buffer clean;
    buffer_init(&clean, LIMIT_FIELD);
    print_plain(&clean, span_first_utf8(name, 200), false);
    struct span text = span_trim(buffer_span(&clean));
    /* A quoted string cannot be folded, nor grow by escapes, without trouble; encoded words can. */
    bool plain = text_is_ascii(text) && text.size <= QUOTED_NAME &&
                 span_find_byte(text, '"') == SPAN_NOT_FOUND &&
                 span_find_byte(text, '\\') == SPAN_NOT_FOUND;
    if (plain) {
        buffer_print(out, "\"%.*s\"", SPAN_ARG(text));
    } else {
        header_encoded(out, text);
    }
    buffer_done(&clean);
}

static void header_address(struct buffer *out, const char *name, struct span display,
                           struct span address) {
    buffer_print(out, "%s: ", name);
    if (!span_is_empty(display)) {
        phrase_append(out, display);
        buffer_append_string(out, CRLF " ");
    }
    buffer_print(out, "<%.*s>" CRLF, SPAN_ARG(address));
}

static void quoted_byte(struct buffer *out, unsigned char byte, bool encode, size_t *column) {
    size_t size = encode ? 3 : 1;
    if (*column + size > QUOTED_LINE) {
        buffer_append_string(out, "=" CRLF);
        *column = 0;
    }
    if (encode) {
        buffer_print(out, "=%02X", byte);
    } else {
        buffer_append_byte(out, (char)byte);
    }
    *column += size;
}

/* Quoted-printable (RFC 2045 6.7). A dot or "From " at the start of a line is encoded too: no relay
 * can mistake it. */
static void quoted_append(struct buffer *out, struct span text) {
    size_t column = 0;
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        if (byte == '\n') {
            buffer_append_string(out, CRLF);
            column = 0;
            continue;
        }
        bool at_end = i + 1 == text.size || text.data[i + 1] == '\n';
        bool space = byte == ' ' || byte == '\t';
        bool printable = byte > ' ' && byte <= '~' && byte != '=';
        bool risky = column == 0 && (byte == '.' || byte == 'F');
        quoted_byte(out, byte, risky || !(printable || (space && !at_end)), &column);
    }
    if (column > 0) {
        buffer_append_string(out, CRLF);
    }
}

size_t mime_quoted_size(struct span text) {
    struct buffer out;
    buffer_init(&out, 4 * LIMIT_MAIL);
    quoted_append(&out, text);
    size_t size = out.overflowed ? out.ceiling : out.size;
    buffer_done(&out);
    return size;
}

static void print_headers(struct buffer *out, const struct mime_message *message) {
    char date[DATE_TEXT_SIZE];
    buffer_print(out, "Date: %s" CRLF, date_print_rfc5322(message->date_ms, date));
    header_address(out, "From", message->from_name, message->from);
    header_address(out, "To", message->to_name, message->to);
    header_text(out, "Subject", message->subject);
    buffer_print(out, "Message-ID: <%.*s>" CRLF, SPAN_ARG(message->message_id));
    if (!span_is_empty(message->thread)) {
        buffer_print(out, "In-Reply-To: <%.*s>" CRLF, SPAN_ARG(message->thread));
        buffer_print(out, "References: <%.*s>" CRLF, SPAN_ARG(message->thread));
    }
    buffer_append_string(out, "Auto-Submitted: auto-generated" CRLF);
    buffer_append_string(out, "X-Auto-Response-Suppress: All" CRLF);
    if (!span_is_empty(message->list_id)) {
        buffer_append_string(out, "List-Id: ");
        phrase_append(out, message->list_name);
        buffer_print(out, CRLF " <%.*s>" CRLF, SPAN_ARG(message->list_id));
    }
    if (!span_is_empty(message->unsubscribe)) {
        bool click = !span_is_empty(message->one_click);
        buffer_print(out, "List-Unsubscribe:" CRLF " %s%.*s%s<%.*s>" CRLF, click ? "<" : "",
                     SPAN_ARG(message->one_click), click ? ">," CRLF " " : "",
                     SPAN_ARG(message->unsubscribe));
        buffer_append_string(out,
                             click ? "List-Unsubscribe-Post: List-Unsubscribe=One-Click" CRLF : "");
    }
    buffer_append_string(out, "MIME-Version: 1.0" CRLF);
}

static void print_part(struct buffer *out, const char *type, struct span content) {
    buffer_print(out,
                 "Content-Type: %s; charset=utf-8" CRLF
                 "Content-Transfer-Encoding: quoted-printable" CRLF CRLF,
                 type);
    quoted_append(out, content);
}

/* False when the encoded HTML is longer than mail programs show. */
static bool print_alternatives(struct buffer *out, const struct mime_message *message) {
    uint64_t hash = hash_bytes(message->message_id);
    char boundary[40];
    /* "=_" cannot stand in quoted-printable text: no part can hold the boundary. */
    snprintf(boundary, sizeof(boundary), "=_%016" PRIx64, hash);
    buffer_print(out, "Content-Type: multipart/alternative;" CRLF " boundary=\"%s\"" CRLF CRLF,
                 boundary);
    buffer_print(out, "--%s" CRLF, boundary);
    print_part(out, "text/plain", message->text);
    buffer_print(out, "--%s" CRLF, boundary);
    size_t before = out->size;
    print_part(out, "text/html", message->html);
    bool fits = out->size - before <= LIMIT_MAIL_HTML;
    buffer_print(out, "--%s--" CRLF, boundary);
    return fits;
}

bool mime_print(struct buffer *out, const struct mime_message *message, struct error *error) {
    if (!mime_address_is_valid(message->from)) {
        return error_set(error, ERROR_USAGE, "\"%.*s\" is no mail address to send from",
                         SPAN_ARG(message->from));
    }
    if (!mime_address_is_valid(message->to)) {
        return error_set(error, ERROR_USAGE, "\"%.*s\" is no mail address", SPAN_ARG(message->to));
    }
    print_headers(out, message);
    bool fits = true;
    if (span_is_empty(message->html)) {
        print_part(out, "text/plain", message->text);
    } else {
        fits = print_alternatives(out, message);
    }
    if (!fits) {
        return error_set(error, ERROR_LIMIT, "the mail's HTML passes %zu bytes", LIMIT_MAIL_HTML);
    }
    if (out->overflowed || out->size > LIMIT_MAIL) {
        return error_set(error, ERROR_LIMIT, "the mail passes %zu bytes", LIMIT_MAIL);
    }
    return true;
}
