/* Reviews that schema.org markup states, as items. */
#ifndef PARSERS_REVIEWS_H
#define PARSERS_REVIEWS_H

#include "parsers/json.h"
#include "parsers/parsers.h"

/* Things of a page by schema.org's names: JSON-LD objects as they are, and items of microdata or
 * RDFa turned into the same form. The caller's. */
json_t *things_from_items(const json_t *items);

/* Appends every Review among `things` (a list of JSON-LD objects): nested, in @graph, or named by
 * @id from elsewhere. The same review told twice is one item. `base` makes addresses absolute.
 *
 * What critics and publishers write is news, not the voice of customers: a CriticReview; a review
 * whose author is the organisation that publishes it; and, with `article` (the page says that it is one), the
 * only review of a page, where it has a publisher. */
void reviews_append(json_t *things, struct span base, bool article, struct items *items);

/* The first thing of one of the `types` (NULL at the end), anywhere in `things`; NULL = none.
 * Borrowed. */
const json_t *thing_find(const json_t *things, const char *const *types);

/* The text of a property: of several values the first; of a thing, its name. In `arena`. */
struct span thing_text(const json_t *thing, const char *name, struct arena *arena);

#endif
