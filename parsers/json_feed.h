/* JSON Feed 1.0 and 1.1 (jsonfeed.org), and RSS 2.0 written as JSON (scripting.com/rss.json): the
 * same elements as members, one with attributes as an object with "#value". */
#ifndef PARSERS_JSON_FEED_H
#define PARSERS_JSON_FEED_H

#include "parsers/json.h"
#include "parsers/parsers.h"

/* Whether a JSON document calls itself a JSON Feed, has the shape of one (some leave the version out),
 * or is RSS. */
bool json_feed_is(const json_t *root);

/* Appends its items; `info` may be NULL. Relative links are resolved against `base`. */
void json_feed_items(const json_t *root, struct span base, struct items *items,
                     struct feed_info *info);

#endif
