#include "base/url.h"

#include "base/limits.h"
#include "base/url_parts.h"

/* The standard describes one machine that walks over the characters; here each of its component
 * states is a function that takes its part off the front of `rest`. */
struct parser {
    struct span rest; /* what is still to be read */
    const struct url *base;
    struct arena *arena;
    struct url *url;
    bool special;
};

static const struct {
    const char *scheme;
    int port;
} special_schemes[] = {{"http", 80}, {"https", 443}, {"ftp", 21}, {"ws", 80}, {"wss", 443}};

/* Default port of a special scheme, or -1. */
static int scheme_port(struct span scheme) {
    for (size_t i = 0; i < sizeof special_schemes / sizeof special_schemes[0]; i++) {
        if (span_equal(scheme, span_of(special_schemes[i].scheme))) {
            return special_schemes[i].port;
        }
    }
    return -1;
}

static bool url_is_http(const struct url *url) {
    return span_equal(url->scheme, SPAN("http")) || span_equal(url->scheme, SPAN("https"));
}

static bool url_path_is_opaque(const struct url *url) {
    return url->host.data == NULL && (url->path.size == 0 || url->path.data[0] != '/');
}

/* --- The pieces ------------------------------------------------------------------------------- */

static bool byte_is_slash(const struct parser *parser, char c) {
    return c == '/' || (parser->special && c == '\\');
}

static bool parser_at_slash(const struct parser *parser, size_t at) {
    return at < parser->rest.size && byte_is_slash(parser, parser->rest.data[at]);
}

/* White space and controls around it are nobody's intent; tabs and line ends neither, anywhere. */
static struct span text_cleaned(struct span text, struct arena *arena) {
    while (text.size > 0 && (unsigned char)text.data[0] <= ' ') {
        text = span_from(text, 1);
    }
    while (text.size > 0 && (unsigned char)text.data[text.size - 1] <= ' ') {
        text.size--;
    }
    char *copy = arena_allocate(arena, text.size + 1);
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] != '\t' && text.data[i] != '\n' && text.data[i] != '\r') {
            copy[size++] = text.data[i];
        }
    }
    return (struct span){copy, size};
}

static void set_scheme(struct parser *parser, struct span scheme) {
    parser->url->scheme = scheme;
    parser->url->port = scheme_port(scheme);
    parser->special = parser->url->port >= 0;
    parser->url->default_port = parser->special;
}

/* Takes "scheme:" off; false when there is none. */
static bool parse_scheme(struct parser *parser) {
    struct span text = parser->rest;
    size_t end = 0;
    while (end < text.size && (byte_is_alpha(text.data[end]) ||
                               (end > 0 && (byte_is_digit(text.data[end]) ||
                                            strchr("+-.", text.data[end]) != NULL)))) {
        if (text.data[end] == '\0') {
            return false;
        }
        end++;
    }
    if (end == 0 || end == text.size || text.data[end] != ':') {
        return false;
    }
    char *scheme = arena_copy_string(parser->arena, span_first(text, end));
    for (size_t i = 0; i < end; i++) {
        scheme[i] = byte_to_lower(scheme[i]);
    }
    set_scheme(parser, (struct span){scheme, end});
    parser->rest = span_from(text, end + 1);
    return true;
}

static void parse_credentials(struct parser *parser, struct span text) {
    size_t colon = span_find_byte(text, ':');
    parser->url->username =
        url_percent_encode(span_first(text, colon), URL_SET_USERINFO, parser->arena);
    if (colon != SPAN_NOT_FOUND) {
        parser->url->password =
            url_percent_encode(span_from(text, colon + 1), URL_SET_USERINFO, parser->arena);
    }
}

/* "" or digits. */
static bool parse_port(struct parser *parser, struct span text) {
    struct url *url = parser->url;
    int port = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (!byte_is_digit(text.data[i])) {
            return false;
        }
        port = port * 10 + (text.data[i] - '0');
        if (port > 65535) {
            return false;
        }
    }
    if (text.size > 0) {
        url->default_port = port == url->port;
        url->port = port;
    }
    return true;
}

/* Where the colon before the port stands, outside of brackets. */
static size_t find_port(struct span text) {
    bool bracketed = false;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '[' || text.data[i] == ']') {
            bracketed = text.data[i] == '[';
        } else if (text.data[i] == ':' && !bracketed) {
            return i;
        }
    }
    return SPAN_NOT_FOUND;
}

/* user:password@host:port */
static bool parse_authority(struct parser *parser) {
    struct span rest = parser->rest;
    size_t end = 0;
    size_t host_begin = 0;
    while (end < rest.size && !byte_is_slash(parser, rest.data[end]) && rest.data[end] != '?' &&
           rest.data[end] != '#') {
        host_begin = rest.data[end] == '@' ? end + 1 : host_begin;
        end++;
    }
    if (host_begin > 0) {
        parse_credentials(parser, span_first(rest, host_begin - 1));
    }
    struct span host = {rest.data + host_begin, end - host_begin};
    parser->rest = span_from(rest, end);
    size_t colon = find_port(host);
    if (colon != SPAN_NOT_FOUND) {
        if (!parse_port(parser, span_from(host, colon + 1))) {
            return false;
        }
        host = span_first(host, colon);
    }
    if (host.size == 0 && (parser->special || host_begin > 0 || colon != SPAN_NOT_FOUND)) {
        return false;
    }
    return url_host_parse(host, parser->special, parser->arena, &parser->url->host);
}

/* How many dots a path segment consists of, written plainly or as %2e: 1, 2, or 0 for others. */
static int segment_dots(struct span segment) {
    int dots = 0;
    size_t at = 0;
    while (at < segment.size) {
        bool encoded = url_percent_byte(segment, at) == '.';
        if ((!encoded && segment.data[at] != '.') || dots == 2) {
            return 0;
        }
        at += encoded ? 3 : 1;
        dots++;
    }
    return dots;
}

static void path_shorten(struct buffer *path) {
    while (path->size > 0 && path->data[--path->size] != '/') {
    }
}

/* Appends the segments up to '?' or '#' to `path`, in which each segment follows its slash. */
static void parse_segments(struct parser *parser, struct buffer *path) {
    bool more = true;
    while (more) {
        struct span rest = parser->rest;
        size_t end = 0;
        while (end < rest.size && !byte_is_slash(parser, rest.data[end]) && rest.data[end] != '?' &&
               rest.data[end] != '#') {
            end++;
        }
        more = end < rest.size && byte_is_slash(parser, rest.data[end]);
        struct span segment = span_first(rest, end);
        int dots = segment_dots(segment);
        if (dots == 2) {
            path_shorten(path);
        }
        if (dots == 0 || !more) {
            buffer_append_byte(path, '/');
        }
        if (dots == 0) {
            url_percent_encode_to(path, segment, URL_SET_PATH);
        }
        parser->rest = span_from(rest, end + (more ? 1 : 0));
    }
}

/* The path, where `rest` stands behind a slash or at a reference's first segment; `before` are the
 * segments of the base that it is relative to. */
static void parse_path(struct parser *parser, struct span before) {
    struct buffer path;
    buffer_init(&path, before.size + parser->rest.size * 9 + 2);
    buffer_append(&path, before);
    parse_segments(parser, &path);
    parser->url->path = arena_copy(parser->arena, buffer_span(&path));
    buffer_done(&path);
}

/* Behind an authority. */
static void parse_path_start(struct parser *parser) {
    if (parser_at_slash(parser, 0)) {
        parser->rest = span_from(parser->rest, 1);
    } else if (!parser->special) {
        parser->url->path = SPAN(""); /* here only "?", "#" or the end can stand */
        return;
    }
    parse_path(parser, SPAN(""));
}

/* mailto:somebody@example.com */
static void parse_opaque_path(struct parser *parser) {
    struct span rest = parser->rest;
    size_t end = 0;
    while (end < rest.size && rest.data[end] != '?' && rest.data[end] != '#') {
        end++;
    }
    struct span path = url_percent_encode(span_first(rest, end), URL_SET_CONTROL, parser->arena);
    if (end < rest.size && end > 0 && rest.data[end - 1] == ' ') {
        path = arena_print(parser->arena, "%.*s%%20", SPAN_ARG(span_first(path, path.size - 1)));
    }
    parser->url->path = path;
    parser->rest = span_from(rest, end);
}

static void parse_query_and_fragment(struct parser *parser) {
    struct span rest = parser->rest;
    if (rest.size > 0 && rest.data[0] == '?') {
        const char *set = parser->special ? URL_SET_SPECIAL_QUERY : URL_SET_QUERY;
        struct span query = span_from(rest, 1);
        query = span_first(query, span_find_byte(query, '#'));
        parser->url->query = url_percent_encode(query, set, parser->arena);
        rest = span_from(rest, 1 + query.size);
    }
    if (rest.size > 0) {
        parser->url->fragment =
            url_percent_encode(span_from(rest, 1), URL_SET_FRAGMENT, parser->arena);
    }
}

/* --- Together --------------------------------------------------------------------------------- */

static bool parse_from_authority(struct parser *parser) {
    if (!parse_authority(parser)) {
        return false;
    }
    parse_path_start(parser);
    return true;
}

static void skip_slashes(struct parser *parser) {
    while (parser_at_slash(parser, 0)) {
        parser->rest = span_from(parser->rest, 1);
    }
}

static void take_authority(struct url *url, const struct url *base) {
    url->username = base->username;
    url->password = base->password;
    url->host = base->host;
    url->port = base->port;
    url->default_port = base->default_port;
}

/* A reference without scheme, or with the scheme of its base. */
static bool parse_relative(struct parser *parser) {
    struct url *url = parser->url;
    const struct url *base = parser->base;
    if (parser_at_slash(parser, 0) && parser_at_slash(parser, 1)) {
        if (parser->special) {
            skip_slashes(parser);
        } else {
            parser->rest = span_from(parser->rest, 2);
        }
        return parse_from_authority(parser);
    }
    take_authority(url, base);
    if (parser_at_slash(parser, 0)) {
        parser->rest = span_from(parser->rest, 1);
        parse_path(parser, SPAN(""));
        return true;
    }
    char first = parser->rest.size > 0 ? parser->rest.data[0] : '#';
    if (first == '?' || first == '#') {
        url->path = base->path;
        url->query = first == '?' ? url->query : base->query;
        return true;
    }
    size_t folder = base->path.size;
    while (folder > 0 && base->path.data[--folder] != '/') {
    }
    parse_path(parser, span_first(base->path, folder));
    return true;
}

static bool parse_without_scheme(struct parser *parser) {
    const struct url *base = parser->base;
    if (base == NULL) {
        return false;
    }
    set_scheme(parser, base->scheme);
    if (!url_path_is_opaque(base)) {
        return parse_relative(parser);
    }
    parser->url->path = base->path;
    parser->url->query = base->query;
    return parser->rest.size > 0 && parser->rest.data[0] == '#';
}

static bool parse_with_scheme(struct parser *parser) {
    struct url *url = parser->url;
    bool slashes = span_starts_with(parser->rest, SPAN("//"));
    if (parser->special && parser->base != NULL && !slashes &&
        span_equal(url->scheme, parser->base->scheme)) {
        return parse_relative(parser);
    }
    if (parser->special) {
        skip_slashes(parser);
        return parse_from_authority(parser);
    }
    if (slashes) {
        parser->rest = span_from(parser->rest, 2);
        return parse_from_authority(parser);
    }
    if (parser_at_slash(parser, 0)) {
        parser->rest = span_from(parser->rest, 1);
        parse_path(parser, SPAN(""));
    } else {
        parse_opaque_path(parser);
    }
    return true;
}

bool url_parse(struct span text, const struct url *base, struct arena *arena, struct url *url) {
    if (text.size > LIMIT_URL) {
        return false;
    }
    *url = (struct url){.port = -1};
    struct parser parser = {text_cleaned(text, arena), base, arena, url, false};
    bool valid = parse_scheme(&parser) ? parse_with_scheme(&parser) : parse_without_scheme(&parser);
    if (valid) {
        parse_query_and_fragment(&parser);
    }
    return valid;
}

struct span url_print(const struct url *url, struct arena *arena) {
    struct buffer buffer;
    buffer_init(&buffer, LIMIT_URL * 32);
    buffer_append(&buffer, url->scheme);
    buffer_append_byte(&buffer, ':');
    if (url->host.data != NULL) {
        buffer_append_string(&buffer, "//");
        buffer_append(&buffer, url->username);
        if (url->password.size > 0) {
            buffer_append_byte(&buffer, ':');
            buffer_append(&buffer, url->password);
        }
        if (url->username.size > 0 || url->password.size > 0) {
            buffer_append_byte(&buffer, '@');
        }
        buffer_append(&buffer, url->host);
        if (url->port >= 0 && !url->default_port) {
            buffer_print(&buffer, ":%d", url->port);
        }
    } else if (span_starts_with(url->path, SPAN("//"))) {
        buffer_append_string(&buffer, "/."); /* or the path would read as a host */
    }
    buffer_append(&buffer, url->path);
    if (url->query.data != NULL) {
        buffer_append_byte(&buffer, '?');
        buffer_append(&buffer, url->query);
    }
    if (url->fragment.data != NULL) {
        buffer_append_byte(&buffer, '#');
        buffer_append(&buffer, url->fragment);
    }
    struct span href = arena_copy(arena, buffer_span(&buffer));
    buffer_done(&buffer);
    return href;
}

struct span url_resolve(struct span reference, struct span base, struct arena *arena) {
    struct url from;
    struct url url;
    bool has_base = url_parse(base, NULL, arena, &from);
    if (!url_parse(reference, has_base ? &from : NULL, arena, &url) || !url_is_http(&url)) {
        return (struct span){NULL, 0};
    }
    url.fragment = (struct span){NULL, 0};
    return url_print(&url, arena);
}
