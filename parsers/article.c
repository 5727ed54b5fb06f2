#include "parsers/article.h"

#include "base/limits.h"
#include "parsers/article_meta.h"
#include "parsers/article_tree.h"

/* Less than this, and the cuts were too deep: a second try is made with fewer. */
#define TEXT_LEAST ((size_t)400)

/* The text of the top element and of the siblings that join it. */
static struct span collect(xmlNode *top, struct arena *arena) {
    struct span parts[256];
    size_t count = 0;
    xmlNode *first = top->parent == NULL || !is_element(top->parent) ? top : top->parent->children;
    xmlNode *nodes[256];
    for (xmlNode *node = first; node != NULL && count < 256; node = node->next) {
        if (node == top || (first != top && article_joins(top, node, arena))) {
            nodes[count++] = node;
        }
        if (first == top) {
            break;
        }
    }
    for (size_t i = 0; i < count; i++) {
        article_clean(nodes[i], arena);
        parts[i] = html_to_text(dom_inner(nodes[i], arena), arena);
    }
    return article_without_furniture(arena_join(arena, parts, count, "\n"), arena);
}

static struct span extract(xmlDoc *document, bool strict, struct arena *arena) {
    xmlDoc *copy = xmlCopyDoc(document, 1);
    if (copy == NULL) {
        return (struct span){0};
    }
    xmlNode *root = xmlDocGetRootElement(copy);
    article_strip(root, strict);
    struct span text = collect(article_top(root, arena), arena);
    xmlFreeDoc(copy);
    return text;
}

struct span article_text(xmlDoc *document, struct arena *arena) {
    struct span text = extract(document, true, arena);
    if (text.size < TEXT_LEAST) {
        struct span more = extract(document, false, arena);
        text = more.size > text.size * 2 ? more : text;
    }
    return text;
}

void article_read(xmlDoc *document, const json_t *jsonld, struct span url, struct arena *arena,
                  struct item *item) {
    article_describe(document, jsonld, url, arena, item);
    item->text = article_text(document, arena);
}
