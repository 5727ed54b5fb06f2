/* Where a document keeps a value: a path in JSON, an XPath in HTML, or the names of fall-backs.
 *
 *     comment_text | story_text            the first that is there and not empty
 *     feed.entry[0].author.name.label      members and elements
 *     link[rel=related].href               the elements whose member equals that text
 *     answers[field.type=nps].number       ... or the member of a member
 *     statuses[*].account                  every element
 *     **.data                              that member of everything inside, however deep
 *     .                                    the value itself
 *
 * Members with odd names are quoted: 'a.b'. XPath (format html) has its own | and is taken as it
 * is. */
#ifndef PARSERS_PATH_H
#define PARSERS_PATH_H

#include "base/arena.h"
#include "base/error.h"
#include "parsers/json.h"

struct path; /* immutable; lives in its arena */

MUST_CHECK bool path_parse(struct span text, struct arena *arena, const struct path **path,
                           struct error *error);

/* The first value found that is not null or an empty string; NULL = none. Borrowed. */
json_t *path_get(const struct path *path, json_t *root);

/* All values of the first alternative that has any: an array gives its elements. Borrowed, in
 * `arena`. */
json_t **path_list(const struct path *path, json_t *root, struct arena *arena, size_t *count);

#endif
