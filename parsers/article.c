#include "parsers/article.h"

#include "base/limits.h"

struct span article_text(xmlDoc *document, struct arena *arena) {
    return html_to_text(dom_inner(xmlDocGetRootElement(document), arena), arena);
}

void article_read(xmlDoc *document, const json_t *jsonld, struct span url, struct arena *arena,
                  struct item *item) {
    (void)jsonld;
    item->url = url;
    item->id = url;
    item->text = article_text(document, arena);
}
