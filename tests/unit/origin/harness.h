/* An origin in a thread of its own, and plain sockets to talk to it. */
#ifndef TESTS_UNIT_ORIGIN_HARNESS_H
#define TESTS_UNIT_ORIGIN_HARNESS_H

#include "tests/unit/test.h"

#include "base/buffer.h"
#include "base/limits.h"
#include "tests/origin/origin.h"
#include "tests/origin/smtp.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define HARNESS_NOW INT64_C(1793491200000) /* 2026-11-01T00:00:00Z */

struct harness {
    uv_loop_t loop;
    uv_async_t stop;
    pthread_t thread;
    struct origin *origin;
    struct smtp *smtp;
    int port; /* of the origin, or of the mail sink when there is no origin */
};

static inline struct origin_options harness_options(void) {
    struct origin_options options = {
        .world = {.seed = 7, .now_ms = HARNESS_NOW, .days = 30, .scale = 1},
        .feed_items = 500,
        .mastodon_quota = 300,
    };
    for (size_t i = 0; i < WORLD_BRANDS; i++) {
        options.world.brands[i] = span_of(world_default_brands[i]);
    }
    return options;
}

static inline void harness_on_stop(uv_async_t *stop) {
    struct harness *harness = stop->data;
    origin_close(harness->origin);
    smtp_close(harness->smtp);
    uv_close((uv_handle_t *)stop, NULL);
}

static inline void *harness_run(void *context) {
    struct harness *harness = context;
    uv_run(&harness->loop, UV_RUN_DEFAULT);
    return NULL;
}

/* `mail` or `options` is NULL. */
static inline struct harness *harness_start(const struct origin_options *options,
                                            const struct smtp_options *mail) {
    struct harness *harness = NEW(struct harness);
    struct error error;
    uv_loop_init(&harness->loop);
    uv_async_init(&harness->loop, &harness->stop, harness_on_stop);
    harness->stop.data = harness;
    if (options != NULL) {
        assert_true(origin_start(&harness->loop, options, &harness->origin, &error));
        harness->port = origin_port(harness->origin);
    } else {
        assert_true(smtp_start(&harness->loop, mail, &harness->smtp, &error));
        harness->port = smtp_port(harness->smtp);
    }
    pthread_create(&harness->thread, NULL, harness_run, harness);
    return harness;
}

static inline void harness_stop(struct harness *harness) {
    uv_async_send(&harness->stop);
    pthread_join(harness->thread, NULL);
    assert_int_equal(uv_loop_close(&harness->loop), 0);
    free(harness);
}

/* --- Sockets ---------------------------------------------------------------------------------- */

static inline int wire_connect(int port) {
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)},
    };
    /* Nothing here takes seconds; a test that waits for ever must fail instead. */
    struct timeval patience = {.tv_sec = 30};
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(
        connect(descriptor, (const struct sockaddr *)(const void *)&address, sizeof address), 0);
    return descriptor;
}

static inline void wire_send(int descriptor, struct span bytes) {
    assert_int_equal(send(descriptor, bytes.data, bytes.size, MSG_NOSIGNAL), (ssize_t)bytes.size);
}

static inline void wire_say(int descriptor, const char *text) {
    wire_send(descriptor, span_of(text));
}

/* Reads until `count` bytes are there, or the end. Returns 0, or errno of a broken connection. */
static inline int wire_read(int descriptor, struct buffer *into, size_t count) {
    char bytes[16384];
    while (into->size < count) {
        size_t wanted = count - into->size < sizeof bytes ? count - into->size : sizeof bytes;
        ssize_t size = recv(descriptor, bytes, wanted, 0);
        if (size <= 0) {
            return size == 0 ? 0 : errno;
        }
        buffer_append(into, (struct span){bytes, (size_t)size});
    }
    return 0;
}

/* Reads until `end` stands at the end of what has come. */
static inline void wire_read_until(int descriptor, struct buffer *into, const char *end) {
    while (!span_ends_with(buffer_span(into), span_of(end))) {
        size_t before = into->size;
        assert_int_equal(wire_read(descriptor, into, before + 1), 0);
        assert_int_equal(into->size, before + 1);
    }
}

/* --- HTTP ------------------------------------------------------------------------------------- */

struct answer {
    struct buffer bytes;
    int status;
    struct span head;
    struct span body; /* as sent */
    int failure;      /* errno of a broken connection */
};

static inline void answer_split(struct answer *answer) {
    struct span all = buffer_span(&answer->bytes);
    size_t blank = span_find(all, SPAN("\r\n\r\n"));
    answer->head = span_first(all, blank);
    answer->body = blank == SPAN_NOT_FOUND ? (struct span){NULL, 0} : span_from(all, blank + 4);
    int64_t status = 0;
    if (all.size > 12 && span_to_int64(span_first(span_from(all, 9), 3), &status)) {
        answer->status = (int)status;
    }
}

static inline void answer_done(struct answer *answer) {
    buffer_done(&answer->bytes);
}

/* Sends `request` as it is and reads to the end of the connection. */
static inline struct answer http_exchange(int port, const char *request) {
    struct answer answer = {.status = 0};
    buffer_init(&answer.bytes, LIMIT_DOCUMENT);
    int descriptor = wire_connect(port);
    wire_say(descriptor, request);
    answer.failure = wire_read(descriptor, &answer.bytes, SIZE_MAX);
    close(descriptor);
    answer_split(&answer);
    return answer;
}

/* "METHOD path" with further header lines (each ended by CRLF). */
static inline struct answer http_ask(int port, const char *method, const char *path,
                                     const char *headers) {
    struct buffer request;
    buffer_init(&request, LIMIT_CONFIG);
    buffer_print(&request, "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n%s\r\n",
                 method, path, port, headers);
    struct answer answer = http_exchange(port, buffer_string(&request));
    buffer_done(&request);
    return answer;
}

static inline struct answer http_get(int port, const char *path) {
    return http_ask(port, "GET", path, "");
}

static inline void http_control(int port, const char *method, const char *path) {
    struct answer answer = http_ask(port, method, path, "");
    assert_int_equal(answer.status, 200);
    answer_done(&answer);
}

/* A header's value; empty when it is not there. */
static inline struct span answer_header(const struct answer *answer, const char *name) {
    struct span rest = answer->head;
    struct span line;
    while (rest.data != NULL && span_split(&rest, '\n', &line)) {
        size_t colon = span_find_byte(line, ':');
        if (colon != SPAN_NOT_FOUND && span_equal_nocase(span_first(line, colon), span_of(name))) {
            return span_trim(span_from(line, colon + 1));
        }
    }
    return (struct span){NULL, 0};
}

static inline bool span_holds(struct span text, const char *needle) {
    return span_find(text, span_of(needle)) != SPAN_NOT_FOUND;
}

#endif
