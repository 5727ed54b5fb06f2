/* HTML pages as libxml2's tree, and XPath in it. Nothing is loaded and nothing printed; depth is
 * limited by libxml2 (256), nodes by base/limits.h. */
#ifndef PARSERS_DOM_H
#define PARSERS_DOM_H

#include "base/arena.h"
#include "base/error.h"

#include <libxml/tree.h>

/* Sets libxml2 up. It does so by itself when first used, but two threads may then do it at once:
 * loading a recipe, which happens before there are any, comes through here. */
void dom_library_start(void);

/* The caller's: xmlFreeDoc() it. `utf8` must be valid UTF-8. */
MUST_CHECK bool dom_parse(struct span utf8, xmlDoc **document, struct error *error);

bool dom_is(const xmlNode *node, const char *name); /* an element of that name */

/* Attribute of that name (case counts: the parser lower-cases names); data NULL = not there.
 * Borrowed from the tree. */
struct span dom_attribute(const xmlNode *node, const char *name);

/* All text inside, as it stands, in `arena`. */
struct span dom_text(const xmlNode *node, struct arena *arena);

/* The markup inside, in `arena`. */
struct span dom_inner(xmlNode *node, struct arena *arena);

/* The next node in document order inside `top`; `skip`: not the children of `node`. NULL at the
 * end. */
xmlNode *dom_next(const xmlNode *node, const xmlNode *top, bool skip);

/* The base of relative links: <base href> resolved against `url`, else `url`; of a saved page, whose
 * `url` is not known, the address it calls canonical. */
struct span dom_base(xmlDoc *document, struct span url, struct arena *arena);

/* Whether an XPath can be read. */
MUST_CHECK bool xpath_check(struct span xpath, struct error *error);

/* Nodes that an XPath selects from `node`, in `arena`; for one that gives a string or number, no
 * nodes but its `text`. An XPath that cannot be read gives nothing. */
struct xpath_result {
    xmlNode **nodes;
    size_t count;
    struct span text;
};
struct xpath_result xpath_select(xmlNode *node, struct span xpath, struct arena *arena);

#endif
