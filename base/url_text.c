#include "base/url_parts.h"

#include "base/print.h"
#include "base/url.h"

static int hex_value(char c) {
    if (byte_is_digit(c)) {
        return c - '0';
    }
    char lower = byte_to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

int url_percent_byte(struct span text, size_t at) {
    if (text.size - at < 3 || text.data[at] != '%') {
        return -1;
    }
    int high = hex_value(text.data[at + 1]);
    int low = hex_value(text.data[at + 2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static bool byte_is_encoded(char c, const char *set) {
    unsigned char byte = (unsigned char)c;
    return byte < 0x20 || byte > 0x7E || strchr(set, c) != NULL;
}

void url_percent_encode_to(struct buffer *out, struct span text, const char *set) {
    size_t at = 0;
    while (at < text.size) {
        char c = text.data[at];
        if (!byte_is_encoded(c, set)) {
            buffer_append_byte(out, c);
            at++;
            continue;
        }
        uint32_t rune = 0;
        size_t size = rune_decode(span_from(text, at), &rune);
        struct span bytes = {text.data + at, size};
        if (size == 1 && (unsigned char)c >= 0x80) {
            bytes = SPAN("\xEF\xBF\xBD");
        }
        for (size_t i = 0; i < bytes.size; i++) {
            buffer_print(out, "%%%02X", (unsigned)(unsigned char)bytes.data[i]);
        }
        at += size;
    }
}

struct span url_percent_encode(struct span text, const char *set, struct arena *arena) {
    size_t at = 0;
    while (at < text.size && !byte_is_encoded(text.data[at], set)) {
        at++;
    }
    if (at == text.size) {
        return text;
    }
    struct buffer buffer; /* one bad byte becomes nine */
    buffer_init(&buffer, text.size * 9);
    url_percent_encode_to(&buffer, text, set);
    struct span encoded = arena_copy(arena, buffer_span(&buffer));
    buffer_done(&buffer);
    return encoded;
}

struct span url_percent_decode(struct span text, struct arena *arena) {
    if (span_find_byte(text, '%') == SPAN_NOT_FOUND) {
        return text;
    }
    char *out = arena_allocate(arena, text.size + 1);
    size_t size = 0;
    size_t at = 0;
    while (at < text.size) {
        int byte = url_percent_byte(text, at);
        out[size++] = byte >= 0 ? (char)byte : text.data[at];
        at += byte >= 0 ? 3 : 1;
    }
    return (struct span){out, size};
}

void url_encode_value(struct buffer *out, struct span value) {
    for (size_t i = 0; i < value.size; i++) {
        char c = value.data[i];
        if (byte_is_alpha(c) || byte_is_digit(c) || (c != '\0' && strchr("*-._", c) != NULL)) {
            buffer_append_byte(out, c);
        } else if (c == ' ') {
            buffer_append_byte(out, '+');
        } else {
            buffer_print(out, "%%%02X", (unsigned)(unsigned char)c);
        }
    }
}

/* --- Redaction -------------------------------------------------------------------------------- */

/* Words in names of parameters whose values nobody else may see. */
static const struct {
    const char *word;
    enum { ANYWHERE, AT_END, WHOLE } place;
} secret_names[] = {
    {"token", ANYWHERE},     {"secret", ANYWHERE},  {"passw", ANYWHERE},
    {"signature", ANYWHERE}, {"oauth", ANYWHERE},   {"credential", ANYWHERE},
    {"apikey", ANYWHERE},    {"session", ANYWHERE}, {"key", AT_END},
    {"pwd", AT_END},         {"auth", AT_END},      {"sig", AT_END},
    {"hmac", AT_END},        {"jwt", AT_END},       {"authorization", AT_END},
    {"pass", WHOLE},         {"pw", WHOLE},         {"sid", WHOLE},
    {"code", WHOLE},         {"appid", WHOLE},      {"app_id", WHOLE},
    {"sign", WHOLE},         {"feed", WHOLE}, /* Reddit's token for feeds */
};

static bool name_is_secret(struct span name) {
    for (size_t i = 0; i < sizeof secret_names / sizeof secret_names[0]; i++) {
        struct span word = span_of(secret_names[i].word);
        if (name.size < word.size) {
            continue;
        }
        struct span place = name;
        if (secret_names[i].place == AT_END) {
            place = span_from(name, name.size - word.size);
        }
        bool found = secret_names[i].place == ANYWHERE
                         ? span_find_nocase(place, word) != SPAN_NOT_FOUND
                         : span_equal_nocase(place, word);
        if (found) {
            return true;
        }
    }
    return false;
}

/* The parameters behind '?' or '#', with the values of the secret ones replaced. */
static void redact_parameters(struct buffer *out, struct span parameters, struct arena *arena) {
    for (;;) {
        size_t end = 0;
        while (end < parameters.size && strchr("&;#?", parameters.data[end]) == NULL) {
            end++;
        }
        struct span parameter = span_first(parameters, end);
        size_t equals = span_find_byte(parameter, '=');
        struct span name = url_percent_decode(span_first(parameter, equals), arena);
        if (equals != SPAN_NOT_FOUND && name_is_secret(name)) {
            buffer_append(out, span_first(parameter, equals + 1));
            buffer_append_string(out, "***");
        } else {
            buffer_append(out, parameter);
        }
        if (end == parameters.size) {
            return;
        }
        buffer_append_byte(out, parameters.data[end]);
        parameters = span_from(parameters, end + 1);
    }
}

/* Length of the leading part of `text` that holds none of `stops`. */
static size_t size_until(struct span text, const char *stops) {
    size_t at = 0;
    while (at < text.size && (text.data[at] == '\0' || strchr(stops, text.data[at]) == NULL)) {
        at++;
    }
    return at;
}

struct span url_redacted(struct span text, struct arena *arena) {
    /* By looking at the text and not by parsing it: what is no valid URL may hold a secret too. */
    size_t before_query = size_until(text, "?#");
    size_t scheme = span_find(span_first(text, before_query), SPAN("//"));
    size_t authority = scheme == SPAN_NOT_FOUND ? 0 : scheme + 2;
    struct span host = span_from(span_first(text, before_query), authority);
    host = span_first(host, size_until(host, "/\\"));
    size_t user_size = host.size;
    while (user_size > 0 && host.data[user_size - 1] != '@') {
        user_size--;
    }
    struct buffer buffer;
    buffer_init(&buffer, text.size * 4 + 8); /* "a=" grows to "a=***" */
    buffer_append(&buffer, span_first(text, authority));
    if (user_size > 0) {
        buffer_append_string(&buffer, "***@");
    }
    size_t rest = authority + user_size;
    buffer_append(&buffer, span_from(span_first(text, before_query), rest));
    if (before_query < text.size) {
        buffer_append_byte(&buffer, text.data[before_query]);
        redact_parameters(&buffer, span_from(text, before_query + 1), arena);
    }
    struct span redacted = arena_copy(arena, buffer_span(&buffer));
    buffer_done(&buffer);
    return redacted;
}

struct span url_parameter(struct span text, struct span name, struct arena *arena) {
    struct span part;
    struct span rest = span_first(text, span_find_byte(text, '#'));
    size_t mark = span_find_byte(rest, '?');
    rest = span_from(rest, mark == SPAN_NOT_FOUND ? rest.size : mark + 1);
    while (rest.size > 0 && span_split(&rest, '&', &part)) {
        size_t equals = span_find_byte(part, '=');
        if (equals != SPAN_NOT_FOUND && span_equal(span_first(part, equals), name)) {
            return url_percent_decode(span_from(part, equals + 1), arena);
        }
    }
    return (struct span){0};
}
