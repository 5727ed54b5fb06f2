/* One HTTP exchange on the wire: a request as libcurl options, the answer with its ceilings.
 * Follows no redirect and asks nobody's leave: that is fetch.c's part. Or the way into a mailbox:
 * connected, secured and logged in, and then mailbox.c's. */
#ifndef CRAWLER_TRANSFER_H
#define CRAWLER_TRANSFER_H

#include "base/buffer.h"
#include "base/web.h"
#include "crawler/crawler.h"
#include "crawler/target.h"
#include "crawler/wire.h"

/* What all transfers of a crawler share; text NUL-terminated, living as long as the crawler. */
struct transfer_setup {
    const char *user_agent;
    const char *proxy;   /* "": none */
    const char *ca_file; /* NULL: libcurl's */
    int64_t timeout_ms;
    int64_t connect_timeout_ms;
};

struct transfer_request {
    const struct target *target;
    struct span method; /* GET, HEAD or POST */
    const struct web_header *headers;
    size_t header_count;
    struct span body; /* POST */
    size_t max_body;
    bool allow_private;
    bool insecure;
    bool multiplex; /* an API host: wait for its connection rather than open one more */
    bool mailbox;   /* only connect and log in; the connection stays until transfer_free */
};

struct transfer_answer {
    unsigned status; /* 0: no answer came */
    const struct web_header *headers;
    size_t header_count;
    struct span body;
    enum fetch_reason reason; /* NONE: the answer is whole */
    struct error error;       /* without the URL */
};

struct transfer; /* opaque */

struct transfer_events {
    void (*on_settled)(void *context); /* the name lookup is over; inside libcurl: only take note */
    void (*on_done)(void *context);    /* once, from the loop */
    void *context;
};

/* Starts at once; all of `request` is copied but the body, which must stay until transfer_free. */
struct transfer *transfer_start(struct wire *wire, const struct transfer_setup *setup,
                                const struct transfer_request *request,
                                const struct transfer_events *events);

/* The answer, once on_done has run; lives as long as the transfer. */
const struct transfer_answer *transfer_answer(const struct transfer *transfer);

/* Of a mailbox, once on_done has run without a reason: to send and receive on. */
CURL *transfer_connection(const struct transfer *transfer);

/* Ends it if it is under way (then on_done does not run). NULL is fine. */
void transfer_free(struct transfer *transfer);

/* A header line that can be sent: a token as name, a value without CR, LF and NUL. */
bool transfer_header_is_valid(const struct web_header *header);

#endif
