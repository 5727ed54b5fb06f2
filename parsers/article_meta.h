/* What a page says about its main text, in its head, its JSON-LD and here and there. */
#ifndef PARSERS_ARTICLE_META_H
#define PARSERS_ARTICLE_META_H

#include "parsers/dom.h"
#include "parsers/json.h"
#include "parsers/parsers.h"

/* Fills all of `item` but its text. */
void article_describe(xmlDoc *document, const json_t *jsonld, struct span url, struct arena *arena,
                      struct item *item);

#endif
