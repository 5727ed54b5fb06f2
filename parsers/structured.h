/* What a page states for machines: JSON-LD, microdata (html.spec.whatwg.org 5), RDFa Lite. */
#ifndef PARSERS_STRUCTURED_H
#define PARSERS_STRUCTURED_H

#include "parsers/dom.h"
#include "parsers/json.h"

/* All JSON-LD blocks of the page as one array, damage mended; blocks that are no objects or lists
 * (null, false) are left out. The caller's: json_decref() it. */
json_t *jsonld_extract(xmlDoc *document, struct arena *arena);

/* The page's top-level microdata items as [{"type": [...], "id": ..., "properties": {name:
 * [value, ...]}}], values being texts or items; an item without properties has its text as "value"
 * instead. Addresses are made absolute by `base` ("" = left as they stand). The caller's. */
json_t *microdata_extract(xmlDoc *document, struct span base, struct arena *arena);

/* The same of RDFa Lite (typeof, property, resource). The caller's. */
json_t *rdfa_extract(xmlDoc *document, struct span base, struct arena *arena);

#endif
