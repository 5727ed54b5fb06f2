/* One question to the web and its answer, as plain values: what a recipe asks for (parsers), what
 * the wire carries (crawler), without either knowing the other. */
#ifndef BASE_WEB_H
#define BASE_WEB_H

#include "base/span.h"

struct web_header {
    struct span name;
    struct span value; /* one line; CR, LF and NUL are refused by the crawler */
};

struct web_request {
    struct span method; /* "GET", "POST"; empty = GET */
    struct span url;    /* absolute http or https */
    const struct web_header *headers;
    size_t header_count;
    struct span body; /* sent as it is; needs a Content-Type among the headers */
    struct span etag; /* validators from the last answer, byte-exact; empty = unconditional */
    struct span last_modified;
    bool secret; /* asks for a token: unconditional, and neither its body nor its answer is shown */
    bool api;    /* asked under an API's own terms: robots.txt is not consulted */
};

struct web_response {
    unsigned status;                  /* final HTTP status after redirects */
    struct span url;                  /* where it came from after redirects */
    const struct web_header *headers; /* of the final answer, in order, names as sent */
    size_t header_count;
    struct span body; /* decompressed */
};

/* Value of the first header of that name (any case), or an empty span. */
struct span web_header_find(const struct web_header *headers, size_t count, const char *name);

#endif
