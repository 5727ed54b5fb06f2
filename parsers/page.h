/* Pages: the reviews that schema.org markup in them states, or else their main text as one item. */
#ifndef PARSERS_PAGE_H
#define PARSERS_PAGE_H

#include "parsers/parsers.h"

/* Appends the reviews of an HTML page, which may be none. */
MUST_CHECK bool page_reviews(struct span html, struct span url, struct items *items,
                             struct feed_info *info, struct error *error);

/* Appends the items of an HTML page; its address is `url` ("" = unknown). `info` may be NULL. */
MUST_CHECK bool page_items(struct span html, struct span url, struct items *items,
                           struct feed_info *info, struct error *error);

#endif
