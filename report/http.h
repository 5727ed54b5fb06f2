/* What a request must be before anything is looked up for it: pure, so that it can be fuzzed. The
 * library below accepts more than HTTP allows (two lengths, two hosts, chunked bodies); here it
 * ends. */
#ifndef REPORT_HTTP_H
#define REPORT_HTTP_H

#include "base/arena.h"
#include "base/span.h"

struct http_facts { /* of one request, as sent */
    struct span method;
    struct span target; /* path, percent-decoded by the library, without the query */
    struct span host;   /* the first Host */
    unsigned host_count;
    unsigned length_count; /* Content-Length headers */
    uint64_t length;       /* the first of them; UINT64_MAX where it is no number */
    bool has_body;         /* any of them is not zero */
    bool has_coding;       /* Transfer-Encoding */
    bool has_upgrade;      /* Upgrade */
    struct span authorization;
};

struct http_policy {
    const struct span *hosts; /* names that may stand in Host, without port, lower case */
    size_t host_count;        /* 0: any (a token guards instead) */
    struct span token;        /* empty: none needed */
};

struct http_refusal {
    unsigned status; /* 0: not refused */
    const char *title;
};

/* The first rule the request breaks. `open` = the route needs no token. */
struct http_refusal http_judge(const struct http_facts *facts, const struct http_policy *policy,
                               bool open);

/* The same of a delivery: a POST with a body of known length, at most `ceiling`. Who may send it is
 * told by its signature. */
struct http_refusal http_judge_delivery(const struct http_facts *facts,
                                        const struct http_policy *policy, size_t ceiling);

/* Host without its port: "[::1]:80" gives "[::1]". */
struct span http_host_name(struct span host);

/* A decimal sequence number; 0 and false when it is none. */
bool http_parse_sequence(struct span text, uint64_t *sequence);

/* "/feed/Acme Coffee.json" gives "Acme Coffee"; empty when the path is no feed. */
struct span http_feed_brand(struct span path);

/* "/hook/shop" gives "shop"; empty when the path is no hook. */
struct span http_hook_name(struct span path);

/* Whether If-None-Match (a list of entity tags, or *) names `etag` (with its quotes). */
bool http_etag_matches(struct span if_none_match, struct span etag);

#endif
