#include "parsers/message.h"

#include "base/buffer.h"
#include "base/hash.h"
#include "parsers/document.h"
#include "parsers/message_words.h"

#include <gmime/gmime.h>
#include <inttypes.h>

/* Parts within parts: a forwarded newsletter has six; the library itself stops at 1,024. */
#define PARTS_DEEP 32
#define PARTS_MOST ((size_t)500)

/* A Date further than that from when the message arrived is a wrong clock. */
#define DATE_AHEAD_MS DAY_MS

struct reading {
    struct arena *arena;
    GMimeParserOptions *options;
    GMimeMessage *message;
    size_t parts; /* met so far */
};

void message_library_start(void) {
    g_mime_init();
}

const char *message_kind_name(enum message_kind kind) {
    static const char *const names[] = {[MESSAGE_PERSONAL] = "personal",
                                        [MESSAGE_AUTOMATIC] = "automatic",
                                        [MESSAGE_BOUNCE] = "bounce",
                                        [MESSAGE_LIST] = "list"};
    return names[kind];
}

/* --- Headers ---------------------------------------------------------------------------------- */

/* As it stands, unfolded; empty where there is none. What begins with Content- is with the library the
 * part's and not the message's. */
static struct span header_raw(const struct reading *reading, const char *name) {
    GMimeObject *part = g_mime_message_get_mime_part(reading->message);
    const char *value = g_mime_object_get_header(GMIME_OBJECT(reading->message), name);
    value = value == NULL && part != NULL ? g_mime_object_get_header(part, name) : value;
    return value == NULL ? (struct span){NULL, 0}
                         : span_trim(arena_copy(reading->arena, span_of(value)));
}

static bool header_has(const struct reading *reading, const char *name) {
    return header_raw(reading, name).size > 0;
}

static bool header_says(const struct reading *reading, const char *name, const char *const *words) {
    struct span value = header_raw(reading, name);
    for (; *words != NULL; words++) {
        if (span_starts_with_nocase(value, span_of(*words))) {
            return true;
        }
    }
    return false;
}

/* Words from a header as one line of UTF-8, whatever the library made of its bytes. */
static struct span words_copy(const struct reading *reading, const char *text) {
    struct span utf8 = charset_to_utf8(span_of(text), SPAN("charset=utf-8"), reading->arena);
    char *copy = arena_copy_string(reading->arena, utf8);
    for (size_t i = 0; i < utf8.size; i++) {
        copy[i] = (unsigned char)copy[i] < ' ' ? ' ' : copy[i];
    }
    return span_trim((struct span){copy, utf8.size});
}

static struct span header_words(const struct reading *reading, const char *name) {
    struct span raw = header_raw(reading, name);
    if (raw.size == 0) {
        return raw;
    }
    char *decoded = g_mime_utils_header_decode_text(reading->options, raw.data);
    struct span words = words_copy(reading, decoded);
    g_free(decoded);
    return words;
}

/* The first, or the last, of the identifiers in a header: "<a@b> <c@d>". */
static struct span header_id(const struct reading *reading, const char *name, bool last) {
    struct span rest = header_raw(reading, name);
    struct span found = {NULL, 0};
    for (;;) {
        size_t open = span_find_byte(rest, '<');
        rest = span_from(rest, open == SPAN_NOT_FOUND ? rest.size : open + 1);
        size_t close = span_find_byte(rest, '>');
        if (close == SPAN_NOT_FOUND || (found.size > 0 && !last)) {
            return found;
        }
        found = span_trim(span_first(rest, close));
    }
}

/* --- Who -------------------------------------------------------------------------------------- */

struct person {
    struct span name;
    struct span address; /* lower case; empty = none */
};

static struct person person_of(const struct reading *reading, const char *header) {
    struct person person = {0};
    struct span raw = header_raw(reading, header);
    InternetAddressList *list =
        raw.size == 0 ? NULL : internet_address_list_parse(reading->options, raw.data);
    for (int i = 0; list != NULL && i < internet_address_list_length(list); i++) {
        InternetAddress *one = internet_address_list_get_address(list, i);
        if (person.address.size > 0 || !INTERNET_ADDRESS_IS_MAILBOX(one)) {
            continue;
        }
        const char *name = internet_address_get_name(one);
        const char *address = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one));
        char *lower = arena_copy_string(reading->arena, span_of(address));
        for (size_t c = 0; lower[c] != '\0'; c++) {
            lower[c] = byte_to_lower(lower[c]);
        }
        person.address = span_of(lower);
        person.name = name == NULL ? (struct span){NULL, 0} : words_copy(reading, name);
    }
    g_clear_object(&list);
    return person;
}

/* A name without an address in it: addresses are nobody's to read. */
static struct span name_shown(const struct person *person) {
    struct span name = person->name.size > 0 ? person->name : person->address;
    return span_trim(span_first(name, span_find_byte(name, '@')));
}

/* Who wrote: where the answer goes. A form on a site writes in its own name and has the customer
 * under Reply-To. */
static void fill_author(const struct reading *reading, struct item *item) {
    struct person from = person_of(reading, "From");
    struct person reply = person_of(reading, "Reply-To");
    bool form = reply.address.size > 0 && !span_equal(reply.address, from.address);
    struct person author = form ? reply : from;
    item->author = name_shown(&author);
    if (author.address.size > 0) {
        item->author_id =
            arena_print(reading->arena, "mail-%016" PRIx64, hash_bytes(author.address));
    }
}

static bool from_is(const struct reading *reading, const char *const *users) {
    struct span address = person_of(reading, "From").address;
    struct span user = span_first(address, span_find_byte(address, '@'));
    for (; *users != NULL; users++) {
        if (span_equal(user, span_of(*users))) {
            return true;
        }
    }
    return false;
}

/* --- What kind -------------------------------------------------------------------------------- */

static bool is_bounce(const struct reading *reading) {
    static const char *const users[] = {"mailer-daemon", "postmaster", "mailerdaemon", NULL};
    static const char *const reports[] = {"multipart/report", "message/delivery-status", NULL};
    return header_says(reading, "Content-Type", reports) || from_is(reading, users) ||
           header_has(reading, "X-Failed-Recipients");
}

/* RFC 3834, and what programs did before it and still do. What a form on a site sends says
 * auto-generated too, and names the customer under Reply-To. */
static bool is_automatic(const struct reading *reading) {
    static const char *const replied[] = {"auto-replied", "auto-notified", NULL};
    static const char *const generated[] = {"auto-generated", NULL};
    static const char *const answers[] = {"auto_reply", "auto-reply", NULL};
    static const char *const empty[] = {"<>", NULL};
    return header_says(reading, "Auto-Submitted", replied) ||
           (header_says(reading, "Auto-Submitted", generated) &&
            !header_has(reading, "Reply-To")) ||
           header_says(reading, "Precedence", answers) || header_has(reading, "X-Autoreply") ||
           header_has(reading, "X-Autorespond") || header_has(reading, "X-Autoresponse") ||
           header_says(reading, "Return-Path", empty) ||
           message_subject_is_automatic(header_words(reading, "Subject"));
}

static bool is_list(const struct reading *reading) {
    static const char *const bulk[] = {"bulk", "list", "junk", NULL};
    return header_has(reading, "List-Id") || header_has(reading, "List-Unsubscribe") ||
           header_has(reading, "List-Post") || header_says(reading, "Precedence", bulk);
}

static enum message_kind kind_of(const struct reading *reading) {
    return is_bounce(reading)      ? MESSAGE_BOUNCE
           : is_automatic(reading) ? MESSAGE_AUTOMATIC
           : is_list(reading)      ? MESSAGE_LIST
                                   : MESSAGE_PERSONAL;
}

/* --- Text ------------------------------------------------------------------------------------- */

static struct span part_parameter(GMimeObject *part, const char *name) {
    const char *value = g_mime_object_get_content_type_parameter(part, name);
    return value == NULL ? (struct span){NULL, 0} : span_of(value);
}

/* The part's bytes without their transfer encoding. */
static struct span part_bytes(const struct reading *reading, GMimePart *part) {
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    struct span bytes = {NULL, 0};
    if (content != NULL) {
        GMimeStream *stream = g_mime_stream_mem_new();
        g_mime_data_wrapper_write_to_stream(content, stream);
        const GByteArray *array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
        bytes = arena_copy(reading->arena, (struct span){(const char *)array->data, array->len});
        g_object_unref(stream);
    }
    return bytes;
}

/* Of text in UTF-8 a header may say anything; else its word counts unless the bytes speak against
 * it. */
static struct span part_utf8(const struct reading *reading, GMimePart *part, bool html) {
    struct span bytes = part_bytes(reading, part);
    struct span charset = part_parameter(GMIME_OBJECT(part), "charset");
    struct span type = arena_print(reading->arena, "text/%s; charset=%.*s", html ? "html" : "plain",
                                   SPAN_ARG(charset));
    return charset_to_utf8(bytes, type, reading->arena);
}

static struct span part_text(const struct reading *reading, GMimePart *part, bool html) {
    struct span utf8 = part_utf8(reading, part, html);
    if (html) {
        return html_to_text(message_unquote_html(utf8, reading->arena), reading->arena);
    }
    struct span format = part_parameter(GMIME_OBJECT(part), "format");
    struct span delete_space = part_parameter(GMIME_OBJECT(part), "delsp");
    if (span_equal_nocase(format, SPAN("flowed"))) {
        return message_unflow(utf8, span_equal_nocase(delete_space, SPAN("yes")), reading->arena);
    }
    return utf8;
}

static struct span object_text(struct reading *reading, GMimeObject *object, unsigned depth);

static bool is_blank(struct span text) {
    return span_trim(text).size == 0;
}

/* Of several forms of one text: the plain one, unless it is empty. */
static struct span alternative_text(struct reading *reading, GMimeMultipart *parts,
                                    unsigned depth) {
    struct span best = {NULL, 0};
    bool best_is_plain = false;
    for (int i = 0; i < g_mime_multipart_get_count(parts); i++) {
        GMimeObject *part = g_mime_multipart_get_part(parts, i);
        struct span text = object_text(reading, part, depth);
        bool plain =
            g_mime_content_type_is_type(g_mime_object_get_content_type(part), "text", "plain");
        if (!is_blank(text) && (is_blank(best) || (plain && !best_is_plain))) {
            best = text;
            best_is_plain = plain;
        }
    }
    return best;
}

static struct span mixed_text(struct reading *reading, GMimeMultipart *parts, unsigned depth) {
    struct span whole = {NULL, 0};
    for (int i = 0; i < g_mime_multipart_get_count(parts); i++) {
        struct span text = object_text(reading, g_mime_multipart_get_part(parts, i), depth);
        struct span both[] = {whole, text};
        whole = is_blank(text)    ? whole
                : is_blank(whole) ? text
                                  : arena_join(reading->arena, both, 2, "\n");
        if (whole.size > LIMIT_TEXT) {
            break; /* it is cut there in any case */
        }
    }
    return whole;
}

static struct span leaf_text(struct reading *reading, GMimeObject *object) {
    GMimeContentType *type = g_mime_object_get_content_type(object);
    bool html = g_mime_content_type_is_type(type, "text", "html");
    bool plain = g_mime_content_type_is_type(type, "text", "plain");
    const char *disposition = g_mime_object_get_disposition(object);
    bool attached = disposition != NULL && g_ascii_strcasecmp(disposition, "attachment") == 0;
    return (html || plain) && !attached ? part_text(reading, GMIME_PART(object), html)
                                        : (struct span){NULL, 0};
}

static struct span object_text(struct reading *reading, GMimeObject *object, unsigned depth) {
    if (depth > PARTS_DEEP || ++reading->parts > PARTS_MOST || object == NULL) {
        return (struct span){NULL, 0};
    }
    if (GMIME_IS_MULTIPART(object)) {
        bool choice = g_mime_content_type_is_type(g_mime_object_get_content_type(object),
                                                  "multipart", "alternative");
        return choice ? alternative_text(reading, GMIME_MULTIPART(object), depth + 1)
                      : mixed_text(reading, GMIME_MULTIPART(object), depth + 1);
    }
    if (GMIME_IS_MESSAGE_PART(object)) {
        GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
        return inner == NULL ? (struct span){NULL, 0}
                             : object_text(reading, g_mime_message_get_mime_part(inner), depth + 1);
    }
    return GMIME_IS_PART(object) ? leaf_text(reading, object) : (struct span){NULL, 0};
}

static struct span words_of(struct reading *reading) {
    struct span text = object_text(reading, g_mime_message_get_mime_part(reading->message), 0);
    return message_own_words(text, reading->arena);
}

/* --- The whole -------------------------------------------------------------------------------- */

static int64_t time_of(const struct reading *reading, int64_t received_ms) {
    int64_t written_ms = DATE_NONE;
    struct span date = header_raw(reading, "Date");
    if (!date_parse_any(date, DATE_NONE, &written_ms)) {
        return received_ms;
    }
    bool ahead = received_ms != DATE_NONE && written_ms > received_ms + DATE_AHEAD_MS;
    return ahead ? received_ms : written_ms;
}

static void fill_item(struct reading *reading, int64_t received_ms, struct item *item) {
    item_init(item);
    item->id = header_id(reading, "Message-ID", false);
    item->parent = header_id(reading, "In-Reply-To", false);
    if (item->parent.size == 0) {
        item->parent = header_id(reading, "References", true);
    }
    item->title = header_words(reading, "Subject");
    item->language = header_words(reading, "Content-Language");
    item->language = span_first(item->language, span_find_byte(item->language, ','));
    item->published_ms = time_of(reading, received_ms);
    fill_author(reading, item);
    item->text = words_of(reading);
}

static GMimeMessage *message_read(struct span bytes, GMimeParserOptions *options) {
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes.data, bytes.size);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    g_mime_parser_set_format(parser, GMIME_FORMAT_MESSAGE);
    GMimeMessage *message = g_mime_parser_construct_message(parser, options);
    g_object_unref(parser);
    g_object_unref(stream);
    return message;
}

bool message_parse(struct span bytes, int64_t received_ms, struct arena *arena, struct item *item,
                   enum message_kind *kind, struct error *error) {
    static const char *charsets[] = {"utf-8", "windows-1252", NULL};
    struct reading reading = {.arena = arena, .options = g_mime_parser_options_new()};
    g_mime_parser_options_set_fallback_charsets(reading.options, charsets);
    reading.message = bytes.size == 0 ? NULL : message_read(bytes, reading.options);
    bool good = reading.message != NULL &&
                (header_has(&reading, "From") || header_has(&reading, "Date") ||
                 header_has(&reading, "Subject") || header_has(&reading, "Message-ID"));
    if (good) {
        *kind = kind_of(&reading);
        fill_item(&reading, received_ms, item);
        struct items one = {.arena = arena, .list = item, .count = 1, .capacity = 1};
        items_finish(&one, 0);
    } else {
        error_set(error, ERROR_INPUT,
                  "no mail message: it has no From, Date, Subject or Message-ID");
    }
    g_clear_object(&reading.message);
    g_mime_parser_options_free(reading.options);
    return good;
}
