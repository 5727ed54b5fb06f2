/* What is served: one row a route. A handler takes its snapshot, writes the whole answer into
 * memory, and lets the snapshot go before the first byte is sent. */
#ifndef REPORT_ROUTES_H
#define REPORT_ROUTES_H

#include "report/http.h"
#include "report/report.h"

struct route_request {
    struct store *store;
    const struct config *config;
    int64_t now_ms;
    struct span path;
    bool posted;        /* else GET or HEAD */
    struct span before; /* query parameters; empty = not given */
    struct span limit;
    struct span if_none_match;
};

struct route_answer {
    unsigned status;
    const char *type; /* Content-Type */
    struct buffer body;
    char etag[64];     /* with quotes; "" = none */
    const char *allow; /* of 405: the methods; NULL = GET and HEAD */
    bool has_form;     /* the page may post to us */
    unsigned retry_s;  /* Retry-After; 0 = none */
};

struct route {
    const char *path; /* exact; a prefix where it ends in "/" and is longer than that */
    bool open;        /* needs no token */
    bool takes_posts; /* too; nothing is read of what they hold */
    void (*answer)(const struct route_request *request, struct route_answer *answer);
};

/* The route of a path, or NULL. */
const struct route *route_find(struct span path);

/* An RFC 9457 problem; the second with more to say about this one. */
void route_problem(struct route_answer *answer, unsigned status, const char *title);
void route_problem_detail(struct route_answer *answer, unsigned status, const char *title,
                          struct span detail);

#endif
