/* robots.txt of every host asked, fetched when first needed and kept for a day (RFC 9309 2.4): per
 * scheme, host and port.
 *
 * 2xx: its rules. 4xx, or more redirects than we follow: everything is allowed (2.3.1.3, 2.3.1.2).
 * 5xx or unreachable: nothing is (2.3.1.4), asked again after a minute; rules that were read in the
 * last 30 days stay in force meanwhile. 429 is not among the 4xx here: it says "later". */
#ifndef CRAWLER_ROBOTS_CACHE_H
#define CRAWLER_ROBOTS_CACHE_H

#include "crawler/engine.h"
#include "crawler/robots.h"

/* A Crawl-delay beyond this is a typing error or a wish not to be crawled, for which there is
 * Disallow: it is cut to this, and reported. */
#define ROBOTS_DELAY_CAP_MS ((int64_t)60 * 1000)

struct robots_cache; /* opaque */

struct robots_cache *robots_cache_create(struct crawler *crawler);
void robots_cache_free(struct robots_cache *cache); /* after all fetches */

enum robots_state {
    ROBOTS_KNOWN,
    ROBOTS_PENDING,     /* the fetch is woken when it is known */
    ROBOTS_UNREACHABLE, /* `failure` says why */
};

struct robots_failure {
    enum fetch_outcome outcome;
    enum fetch_reason reason;
    int64_t retry_after_ms; /* from now; 0 = none said */
    struct error error;
};

struct robots_view {
    enum robots_state state;
    const struct robots *rules;           /* ROBOTS_KNOWN; NULL: everything is allowed */
    const struct robots_failure *failure; /* ROBOTS_UNREACHABLE */
};

/* What is known for the fetch's target. Both pointers hold until the loop turns. */
struct robots_view robots_cache_ask(struct robots_cache *cache, struct fetch *fetch);

size_t robots_cache_count(const struct robots_cache *cache); /* hosts remembered */

#endif
