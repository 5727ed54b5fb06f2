/* A small HTTP/1.1 server that does as it is told, also when that is wrong: it can lie about
 * lengths, drip, cut and reset, which libraries for honest servers cannot.
 *
 * Keep-alive and pipelined requests are served in order, one at a time. The target may be in
 * absolute form (a proxy's). Everything runs on the loop's thread. */
#ifndef TESTS_ORIGIN_HTTP_H
#define TESTS_ORIGIN_HTTP_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/web.h"

#include <uv.h>

struct http_request { /* text lives in `arena`, until the reply has been given */
    struct span method;
    struct span host;  /* header Host, or the target's, with port */
    struct span path;  /* as sent, percent-encoded, begins with "/" */
    struct span query; /* without "?" */
    const struct web_header *headers;
    size_t header_count;
    struct span body;
    struct arena *arena;
};

/* A query parameter, decoded; empty when absent. `http_has_parameter` tells absent from empty. */
struct span http_parameter(const struct http_request *request, const char *name);
bool http_has_parameter(const struct http_request *request, const char *name);
int64_t http_parameter_number(const struct http_request *request, const char *name,
                              int64_t otherwise);
struct span http_header(const struct http_request *request, const char *name);

/* Percent-decoding; `plus` is a space too when `form`. */
struct span http_decode(struct arena *arena, struct span text, bool form);
/* For values in URLs: everything but letters, digits and -._~ as %XX. */
void http_encode(struct buffer *out, struct span text);

struct http_reply {
    int status;
    const char *type;      /* Content-Type; NULL: none */
    struct buffer headers; /* further lines, each ended by CRLF */
    struct buffer body;
    bool compressed; /* the body is gzip already and the header says so */

    /* How it is told; the zero value is the honest way. */
    bool reset;           /* the connection is reset instead of an answer */
    bool stall;           /* no answer, ever */
    bool close;           /* the connection is closed afterwards */
    size_t withheld;      /* bytes of the body that are announced and never sent */
    int64_t length_error; /* added to Content-Length */
    bool chunked;         /* in chunks; with `withheld` the last one never comes */
    bool unmeasured;      /* neither length nor chunks: the end of the connection ends it */
    uint64_t delay_ms;    /* waits so long before the first byte */
    size_t drip_bytes;    /* so many at a time, */
    uint64_t drip_ms;     /* with this much time between */
};

typedef void http_handler(void *context, const struct http_request *request,
                          struct http_reply *reply);

struct http_server; /* opaque */

/* Listens on 127.0.0.1:`port` (0: any free one; http_port() tells). */
MUST_CHECK bool http_start(uv_loop_t *loop, int port, http_handler *handler, void *context,
                           struct http_server **server, struct error *error);
int http_port(const struct http_server *server);

/* Closes all sockets; frees the server once the loop has run its close callbacks. */
void http_close(struct http_server *server);

#endif
