#include "tests/origin/request.h"

#define HEADERS_MOST 64

static int hex_value(char c) {
    if (byte_is_digit(c)) {
        return c - '0';
    }
    char lower = byte_to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

struct span http_decode(struct arena *arena, struct span text, bool form) {
    char *out = arena_allocate(arena, text.size + 1);
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == '%' && i + 2 < text.size && hex_value(text.data[i + 1]) >= 0 &&
            hex_value(text.data[i + 2]) >= 0) {
            c = (char)(hex_value(text.data[i + 1]) * 16 + hex_value(text.data[i + 2]));
            i += 2;
        } else if (c == '+' && form) {
            c = ' ';
        }
        out[size++] = c;
    }
    return (struct span){out, size};
}

void http_encode(struct buffer *out, struct span text) {
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (byte_is_alpha(c) || byte_is_digit(c) || strchr("-._~", c) != NULL) {
            buffer_append_byte(out, c);
        } else {
            buffer_print(out, "%%%02X", (unsigned)(unsigned char)c);
        }
    }
}

/* The raw value of a parameter; data NULL when there is none. */
static struct span find_parameter(const struct http_request *request, const char *name) {
    struct span rest = span_is_empty(request->query) ? SPAN("") : request->query;
    struct span pair;
    while (span_split(&rest, '&', &pair)) {
        size_t equals = span_find_byte(pair, '=');
        struct span key = equals == SPAN_NOT_FOUND ? pair : span_first(pair, equals);
        if (span_equal(http_decode(request->arena, key, true), span_of(name))) {
            return equals == SPAN_NOT_FOUND ? SPAN("") : span_from(pair, equals + 1);
        }
    }
    return (struct span){NULL, 0};
}

bool http_has_parameter(const struct http_request *request, const char *name) {
    return find_parameter(request, name).data != NULL;
}

struct span http_parameter(const struct http_request *request, const char *name) {
    return http_decode(request->arena, find_parameter(request, name), true);
}

int64_t http_parameter_number(const struct http_request *request, const char *name,
                              int64_t otherwise) {
    int64_t number = otherwise;
    return span_to_int64(http_parameter(request, name), &number) ? number : otherwise;
}

struct span http_header(const struct http_request *request, const char *name) {
    return web_header_find(request->headers, request->header_count, name);
}

/* --- Parsing ---------------------------------------------------------------------------------- */

/* Takes one line that ends with CRLF or LF off `rest`. */
static struct span take_line(struct span *rest) {
    size_t end = span_find_byte(*rest, '\n');
    struct span line = span_first(*rest, end);
    *rest = span_from(*rest, end == SPAN_NOT_FOUND ? rest->size : end + 1);
    if (span_ends_with(line, SPAN("\r"))) {
        line.size--;
    }
    return line;
}

static bool parse_target(struct span target, struct http_request *request) {
    if (span_starts_with_nocase(target, SPAN("http://"))) {
        target = span_from(target, 7);
        size_t slash = span_find_byte(target, '/');
        request->host = span_first(target, slash);
        target = slash == SPAN_NOT_FOUND ? SPAN("/") : span_from(target, slash);
    }
    size_t question = span_find_byte(target, '?');
    request->path = span_first(target, question);
    if (question != SPAN_NOT_FOUND) {
        request->query = span_from(target, question + 1);
    }
    return span_starts_with(request->path, SPAN("/"));
}

static bool parse_request_line(struct span line, struct http_request *request, bool *close) {
    size_t first = span_find_byte(line, ' ');
    if (first == SPAN_NOT_FOUND || first == 0) {
        return false;
    }
    request->method = span_first(line, first);
    struct span rest = span_from(line, first + 1);
    size_t second = span_find_byte(rest, ' ');
    if (second == SPAN_NOT_FOUND) {
        return false;
    }
    struct span version = span_from(rest, second + 1);
    *close = span_equal(version, SPAN("HTTP/1.0"));
    return span_starts_with(version, SPAN("HTTP/1.")) &&
           parse_target(span_first(rest, second), request);
}

static bool parse_headers(struct span rest, struct http_request *request) {
    struct web_header *headers = ARENA_ARRAY(request->arena, struct web_header, HEADERS_MOST);
    while (!span_is_empty(rest)) {
        struct span line = take_line(&rest);
        size_t colon = span_find_byte(line, ':');
        if (colon == SPAN_NOT_FOUND || colon == 0 || request->header_count == HEADERS_MOST) {
            return false;
        }
        headers[request->header_count++] =
            (struct web_header){span_first(line, colon), span_trim(span_from(line, colon + 1))};
    }
    request->headers = headers;
    return true;
}

int request_parse(struct span input, struct http_request *request, size_t *used, bool *close) {
    size_t blank = span_find(input, SPAN("\r\n\r\n"));
    if (blank == SPAN_NOT_FOUND) {
        return REQUEST_PARTIAL;
    }
    struct span head = arena_copy(request->arena, span_first(input, blank + 2));
    struct span line = take_line(&head);
    if (!parse_request_line(line, request, close) || !parse_headers(head, request)) {
        return 400;
    }
    if (!span_is_empty(http_header(request, "Transfer-Encoding"))) {
        return 501;
    }
    int64_t length = 0;
    struct span given = http_header(request, "Content-Length");
    if (!span_is_empty(given) && (!span_to_int64(given, &length) || length < 0)) {
        return 400;
    }
    if ((size_t)length > REQUEST_CEILING - blank - 4) {
        return 413;
    }
    *used = blank + 4 + (size_t)length;
    if (input.size < *used) {
        return REQUEST_PARTIAL;
    }
    request->body =
        arena_copy(request->arena, span_first(span_from(input, blank + 4), (size_t)length));
    if (span_is_empty(request->host)) {
        request->host = http_header(request, "Host");
    }
    *close = *close || span_equal_nocase(http_header(request, "Connection"), SPAN("close"));
    return REQUEST_WHOLE;
}
