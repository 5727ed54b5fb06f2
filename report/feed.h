/* Addresses of what is served, for feeds, mail and the server. */
#ifndef REPORT_FEED_H
#define REPORT_FEED_H

#include "report/report.h"

/* Items on one page of a feed: a page stays under about a megabyte of ordinary posts. */
#define FEED_ITEMS 50
#define FEED_ITEMS_MAX 1000

/* How people reach the server, without a slash at the end. */
struct span server_base_url(const struct config *config, struct arena *arena);

/* Where the brand's feed stands; `before` 0 = its newest page. */
struct span feed_url(const struct config *config, struct span brand, uint64_t before,
                     struct arena *arena);

#endif
