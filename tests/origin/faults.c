#include "tests/origin/faults.h"

#include "base/date.h"
#include "base/limits.h"
#include "tests/origin/gzip.h"

#include <inttypes.h>
#include <stdlib.h>

static void replace(struct http_reply *reply, int status, const char *type, struct span body) {
    reply->status = status;
    reply->type = type;
    buffer_clear(&reply->headers);
    buffer_clear(&reply->body);
    buffer_append(&reply->body, body);
}

static void apply_status(const struct fault *fault, const struct http_request *request,
                         struct http_reply *reply) {
    (void)request;
    replace(reply, (int)fault->status, "text/html; charset=utf-8",
            SPAN("<html><head><title>Error</title></head><body><h1>Something went "
                 "wrong</h1></body></html>\n"));
    if (fault->retry > 0) {
        buffer_print(&reply->headers, "Retry-After: %" PRId64 "\r\n", fault->retry);
    }
}

static void apply_429_date(const struct fault *fault, const struct http_request *request,
                           struct http_reply *reply) {
    (void)request;
    char moment[DATE_TEXT_SIZE];
    replace(reply, 429, "application/json", SPAN("{\"error\":\"Too many requests\"}"));
    /* An IMF-fixdate (RFC 9110 5.6.7) says GMT where mail says +0000. */
    struct span date = span_of(date_print_rfc5322(
        fault->date_ms + (fault->retry > 0 ? fault->retry : 60) * SECOND_MS, moment));
    date = span_first(date, span_find(date, SPAN(" +")));
    buffer_print(&reply->headers, "Retry-After: %.*s GMT\r\n", SPAN_ARG(date));
}

static void redirect(struct http_reply *reply, const char *location) {
    replace(reply, 302, "text/html", SPAN("<a href=\"#\">moved</a>"));
    buffer_print(&reply->headers, "Location: %s\r\n", location);
}

/* Permanent moves that arrive: each hop counts itself in the query. */
static void apply_redirect(const struct fault *fault, const struct http_request *request,
                           struct http_reply *reply) {
    int64_t hop = http_parameter_number(request, "hop", 0);
    if (hop < (fault->hops > 0 ? fault->hops : 1)) {
        struct span location =
            arena_print(request->arena, "%.*s?hop=%" PRId64, SPAN_ARG(request->path), hop + 1);
        redirect(reply, location.data);
        reply->status = 301;
    }
}

static void apply_redirect_loop(const struct fault *fault, const struct http_request *request,
                                struct http_reply *reply) {
    struct span location =
        arena_print(request->arena, "http://%.*s%.*s?hop=%" PRId64, SPAN_ARG(request->host),
                    SPAN_ARG(request->path), fault->seen % 7);
    redirect(reply, location.data);
}

static void apply_redirect_private(const struct fault *fault, const struct http_request *request,
                                   struct http_reply *reply) {
    static const char *const places[] = {"http://169.254.169.254/latest/meta-data/",
                                         "http://10.0.0.1/", "http://[::1]:1/",
                                         "http://2130706433:1/"};
    (void)request;
    redirect(reply, places[fault->hits % 4]);
}

static void apply_redirect_file(const struct fault *fault, const struct http_request *request,
                                struct http_reply *reply) {
    (void)fault;
    (void)request;
    redirect(reply, "file:///etc/passwd");
}

static void apply_bomb(const struct fault *fault, const struct http_request *request,
                       struct http_reply *reply) {
    (void)request;
    replace(reply, 200, reply->type, (struct span){NULL, 0});
    gzip_bomb(&reply->body, fault->bytes > 0 ? (size_t)fault->bytes : 256 * MIB);
    buffer_append_string(&reply->headers, "Content-Encoding: gzip\r\n");
    reply->compressed = true;
}

static void apply_charset(const struct fault *fault, const struct http_request *request,
                          struct http_reply *reply) {
    (void)fault;
    struct span type = span_of(reply->type);
    type = span_first(type, span_find_byte(type, ';'));
    reply->type = arena_print(request->arena, "%.*s; charset=iso-8859-1", SPAN_ARG(type)).data;
}

static void apply_garbage(const struct fault *fault, const struct http_request *request,
                          struct http_reply *reply) {
    (void)request;
    size_t size = reply->body.size > 0 ? reply->body.size : KIB;
    buffer_clear(&reply->body);
    uint64_t state = (uint64_t)fault->seen + 1;
    for (size_t i = 0; i < size; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        buffer_append_byte(&reply->body, (char)(state >> 56));
    }
}

static void apply_empty(const struct fault *fault, const struct http_request *request,
                        struct http_reply *reply) {
    (void)fault;
    (void)request;
    buffer_clear(&reply->body);
}

static void apply_cut(const struct fault *fault, const struct http_request *request,
                      struct http_reply *reply) {
    (void)fault;
    (void)request;
    reply->body.size /= 2;
}

static void apply_html(const struct fault *fault, const struct http_request *request,
                       struct http_reply *reply) {
    (void)fault;
    (void)request;
    replace(reply, 200, "text/html; charset=utf-8",
            SPAN("<!doctype html><title>One moment</title><p>Checking your browser before you "
                 "go on.</p>"));
}

static void apply_slow(const struct fault *fault, const struct http_request *request,
                       struct http_reply *reply) {
    (void)request;
    reply->drip_bytes = fault->bytes > 0 ? (size_t)fault->bytes : 512;
    reply->drip_ms = fault->ms > 0 ? (uint64_t)fault->ms : 200;
}

static void apply_delay(const struct fault *fault, const struct http_request *request,
                        struct http_reply *reply) {
    (void)request;
    reply->delay_ms = fault->ms > 0 ? (uint64_t)fault->ms : 1000;
}

static void apply_chunked(const struct fault *fault, const struct http_request *request,
                          struct http_reply *reply) {
    (void)fault;
    (void)request;
    reply->chunked = reply->status != 304;
}

static void apply_chunked_cut(const struct fault *fault, const struct http_request *request,
                              struct http_reply *reply) {
    apply_chunked(fault, request, reply);
    reply->withheld = reply->body.size - reply->body.size / 2;
}

static void apply_unmeasured(const struct fault *fault, const struct http_request *request,
                             struct http_reply *reply) {
    (void)fault;
    (void)request;
    reply->unmeasured = true;
}

static void apply_not_gzip(const struct fault *fault, const struct http_request *request,
                           struct http_reply *reply) {
    (void)fault;
    (void)request;
    buffer_append_string(&reply->headers, "Content-Encoding: gzip\r\n");
    reply->compressed = true;
}

/* Seen in the wild: an overloaded server's 503, said to be gzip, without a byte. */
static void apply_gzip_empty(const struct fault *fault, const struct http_request *request,
                             struct http_reply *reply) {
    apply_not_gzip(fault, request, reply);
    reply->status = 503;
    buffer_clear(&reply->body);
}

static void apply_stall(const struct fault *fault, const struct http_request *request,
                        struct http_reply *reply) {
    (void)fault;
    (void)request;
    reply->stall = true;
}

static void apply_truncate(const struct fault *fault, const struct http_request *request,
                           struct http_reply *reply) {
    (void)fault;
    (void)request;
    reply->withheld = reply->body.size - reply->body.size / 2;
}

static void apply_long(const struct fault *fault, const struct http_request *request,
                       struct http_reply *reply) {
    (void)fault;
    (void)request;
    reply->length_error = 1000;
    reply->close = true;
}

static void apply_short(const struct fault *fault, const struct http_request *request,
                        struct http_reply *reply) {
    (void)fault;
    (void)request;
    reply->length_error = -(int64_t)(reply->body.size / 2);
    reply->close = true;
}

static void apply_reset(const struct fault *fault, const struct http_request *request,
                        struct http_reply *reply) {
    (void)fault;
    (void)request;
    reply->reset = true;
}

static const struct fault_kind faults_kinds[] = {
    {"slow", "a few bytes at a time: bytes=512, ms=200", true, apply_slow},
    {"delay", "the answer comes late: ms=1000", true, apply_delay},
    {"chunked", "in chunks, as it should be", true, apply_chunked},
    {"chunked-cut", "half the chunks, then the connection closes", true, apply_chunked_cut},
    {"unmeasured", "no length: the connection's end is the body's", true, apply_unmeasured},
    {"stall", "no answer, the connection stays open", true, apply_stall},
    {"reset", "connection reset instead of an answer", true, apply_reset},
    {"truncate", "half the body, then the connection closes", true, apply_truncate},
    {"length-long", "Content-Length says 1,000 bytes more than come", true, apply_long},
    {"length-short", "Content-Length says half of what comes", true, apply_short},
    {"429-date", "429 with Retry-After as a date: retry=60", false, apply_429_date},
    {"redirect", "301 to itself hops=1 times, then the content", false, apply_redirect},
    {"redirect-loop", "302 to itself", false, apply_redirect_loop},
    {"redirect-private", "302 to private and local addresses", false, apply_redirect_private},
    {"redirect-file", "302 to file:///etc/passwd", false, apply_redirect_file},
    {"gzip-bomb", "200 that inflates to 256 MiB, or bytes=N", false, apply_bomb},
    {"gzip-empty", "503, said to be gzip, without a byte", false, apply_gzip_empty},
    {"not-gzip", "plain content that is said to be gzip", false, apply_not_gzip},
    {"charset", "declares ISO-8859-1 whatever it sends", false, apply_charset},
    {"garbage", "200 with random bytes", false, apply_garbage},
    {"empty", "200 with an empty body", false, apply_empty},
    {"cut", "200 with half the content and a right length", false, apply_cut},
    {"html", "200 with a browser check instead of the content", false, apply_html},
};
static const struct fault_kind status_kind = {"", "any status 400..599; retry=SECONDS", false,
                                              apply_status};

void faults_init(struct faults *faults) {
    *faults = (struct faults){.arena = arena_create()};
}

void faults_done(struct faults *faults) {
    free(faults->list);
    arena_free(faults->arena);
    *faults = (struct faults){NULL, 0, 0, NULL};
}

void faults_clear(struct faults *faults) {
    faults->count = 0;
}

static bool set_kind(struct fault *fault, struct span name) {
    for (size_t i = 0; i < sizeof faults_kinds / sizeof faults_kinds[0]; i++) {
        if (span_equal(name, span_of(faults_kinds[i].name))) {
            fault->kind = &faults_kinds[i];
            return true;
        }
    }
    fault->kind = &status_kind;
    return span_to_int64(name, &fault->status) && fault->status >= 400 && fault->status <= 599;
}

static bool set_option(struct fault *fault, struct span option) {
    const struct {
        const char *name;
        int64_t *value;
    } rows[] = {{"every", &fault->every}, {"first", &fault->first}, {"after", &fault->after},
                {"retry", &fault->retry}, {"bytes", &fault->bytes}, {"ms", &fault->ms},
                {"hops", &fault->hops}};
    size_t equals = span_find_byte(option, '=');
    struct span value = span_from(option, equals == SPAN_NOT_FOUND ? option.size : equals + 1);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (span_equal(span_first(option, equals), span_of(rows[i].name))) {
            return span_to_int64(value, rows[i].value) && *rows[i].value > 0;
        }
    }
    return false;
}

bool faults_add(struct faults *faults, struct span spec, struct error *error) {
    struct fault fault = {.spec = arena_copy(faults->arena, span_trim(spec)), .every = 1};
    struct span rest = fault.spec;
    struct span part;
    if (!span_starts_with(rest, SPAN("/")) || !span_split(&rest, ':', &fault.prefix) ||
        !span_split(&rest, ':', &part)) {
        return error_set(error, ERROR_USAGE, "fault \"%.*s\" is not /PATH:KIND[:every=N]",
                         SPAN_ARG(spec));
    }
    if (!set_kind(&fault, part)) {
        return error_set(error, ERROR_USAGE, "fault kind \"%.*s\" is unknown", SPAN_ARG(part));
    }
    while (rest.data != NULL && span_split(&rest, ':', &part)) {
        if (!set_option(&fault, part)) {
            return error_set(error, ERROR_USAGE, "fault option \"%.*s\" is unknown",
                             SPAN_ARG(part));
        }
    }
    faults->list = memory_grow(faults->list, faults->count, &faults->capacity, sizeof fault);
    faults->list[faults->count++] = fault;
    return true;
}

void faults_print(struct buffer *out, const struct faults *faults) {
    for (size_t i = 0; i < faults->count; i++) {
        const struct fault *fault = &faults->list[i];
        buffer_print(out, "%.*s\t%" PRId64 "\t%" PRId64 "\n", SPAN_ARG(fault->spec), fault->seen,
                     fault->hits);
    }
}

void faults_print_kinds(struct buffer *out) {
    for (size_t i = 0; i < sizeof faults_kinds / sizeof faults_kinds[0]; i++) {
        buffer_print(out, "  %-17s %s\n", faults_kinds[i].name, faults_kinds[i].help);
    }
    buffer_print(out, "  %-17s %s\n", "400..599", status_kind.help);
}

/* Whether the request that has just been counted as seen is one that goes wrong. */
static bool fault_strikes(const struct fault *fault) {
    return fault->seen > fault->after && (fault->seen - fault->after) % fault->every == 0 &&
           (fault->first == 0 || fault->hits < fault->first);
}

struct fault *faults_choose(struct faults *faults, const struct http_request *request) {
    for (size_t i = 0; i < faults->count; i++) {
        struct fault *fault = &faults->list[i];
        if (!span_starts_with(request->path, fault->prefix)) {
            continue;
        }
        fault->seen++;
        if (fault_strikes(fault)) {
            fault->hits++;
            return fault;
        }
    }
    return NULL;
}
