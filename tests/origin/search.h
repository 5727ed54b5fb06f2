/* What a site's own search finds: every word of the query must occur as a word, letter case aside.
 * "two words" in quotes must follow each other, -word must not occur. Coarser than earshot's
 * matching on purpose: sites find too much and in their own ways. */
#ifndef TESTS_ORIGIN_SEARCH_H
#define TESTS_ORIGIN_SEARCH_H

#include "base/span.h"

/* `prefix`: the last word may be the beginning of a longer one, as Algolia does. */
bool search_matches(struct span query, struct span title, struct span text, bool prefix);

/* Whether `text` carries the hashtag `tag` (without #), letter case aside. */
bool search_has_tag(struct span text, struct span tag);

#endif
