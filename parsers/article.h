/* The main text of a page: what its author wrote, without navigation, teasers and notices; and
 * what the page says about it (title, author, date, language). */
#ifndef PARSERS_ARTICLE_H
#define PARSERS_ARTICLE_H

#include "parsers/dom.h"
#include "parsers/json.h"
#include "parsers/parsers.h"

/* Fills `item` from the page; `jsonld` is its JSON-LD (see jsonld_extract). */
void article_read(xmlDoc *document, const json_t *jsonld, struct span url, struct arena *arena,
                  struct item *item);

/* The main text alone, paragraphs as line feeds. */
struct span article_text(xmlDoc *document, struct arena *arena);

#endif
