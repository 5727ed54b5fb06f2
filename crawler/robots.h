/* robots.txt as RFC 9309 has it: groups, merging, longest match, "*" and "$", percent forms, any
 * line end, a byte order mark; and what Google's parser, which most sites are written against,
 * forgives beyond it: common misspellings, a missing colon, "index.html" for its folder.
 *
 * Percent forms have two readings. RFC 9309 2.2.2 unescapes unreserved octets on both sides before
 * comparing (%62 is b); Google's parser compares them as they are written. A URL is allowed when
 * both readings allow it: whichever the site's owner had in mind is obeyed. */
#ifndef CRAWLER_ROBOTS_H
#define CRAWLER_ROBOTS_H

#include "base/span.h"

struct robots; /* the rules for one agent */

/* Looks at LIMIT_ROBOTS bytes. Never fails: what is no rule is skipped. */
struct robots *robots_parse(struct span text, struct span agent);
void robots_free(struct robots *robots);         /* NULL is fine */
size_t robots_size(const struct robots *robots); /* bytes held */

/* `path` with its query, as sent. `*line` (may be NULL): of the rule that decided, 0 = none. */
bool robots_permits(const struct robots *robots, struct span path, unsigned *line);
int64_t robots_crawl_delay_ms(const struct robots *robots); /* 0 = none */

#endif
