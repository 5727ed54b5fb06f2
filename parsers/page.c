#include "parsers/page.h"

#include "base/url.h"
#include "parsers/article.h"
#include "parsers/reviews.h"
#include "parsers/structured.h"

/* A path as far as it tells what a page is about: without its digits. */
static struct span subject_of(struct span address, struct arena *arena) {
    struct url url;
    if (!url_parse(address, NULL, arena, &url)) {
        return (struct span){0};
    }
    struct span whole = arena_print(arena, "%.*s%.*s", SPAN_ARG(url.host), SPAN_ARG(url.path));
    char *subject = arena_copy_string(arena, whole);
    size_t size = 0;
    for (size_t i = 0; i < whole.size; i++) {
        if (!byte_is_digit(whole.data[i])) {
            subject[size++] = whole.data[i];
        }
    }
    return (struct span){subject, size};
}

/* Where the list of reviews goes on: <link rel=next> or <a rel=next>. Blogs link their next post in
 * the same way: only what lies at or below this page's path is the next page of it. */
static struct span next_of(xmlDoc *document, struct span base, struct arena *arena) {
    xmlNode *root = xmlDocGetRootElement(document);
    for (xmlNode *node = root; node != NULL; node = dom_next(node, root, false)) {
        if ((dom_is(node, "link") || dom_is(node, "a")) &&
            span_equal_nocase(span_trim(dom_attribute(node, "rel")), SPAN("next"))) {
            struct span href = dom_attribute(node, "href");
            struct span next = href.size == 0 ? href : url_resolve(href, base, arena);
            if (next.size > 0 &&
                span_starts_with(subject_of(next, arena), subject_of(base, arena))) {
                return next;
            }
        }
    }
    return (struct span){0};
}

/* Whether a page says that it is an article. */
static bool is_article(xmlDoc *document, struct arena *arena) {
    xmlNode *root = xmlDocGetRootElement(document);
    static const char *const types = "//meta[@property='og:type']/@content";
    struct xpath_result found = xpath_select(root, span_of(types), arena);
    return found.count > 0 &&
           span_equal_nocase(span_trim(dom_text(found.nodes[0], arena)), SPAN("article"));
}

static void reviews_of(xmlDoc *document, json_t *jsonld, struct span base, struct items *items) {
    size_t from = items->count;
    bool article = is_article(document, items->arena);
    reviews_append(jsonld, base, article, items);
    static json_t *(*const extractors[])(xmlDoc * document, struct span base,
                                         struct arena * arena) = {microdata_extract, rdfa_extract};
    /* Shops state the same reviews in two ways: the second is not asked for more. */
    for (size_t i = 0; i < 2 && items->count == from; i++) {
        json_t *found = extractors[i](document, base, items->arena);
        json_t *things = things_from_items(found);
        reviews_append(things, base, article, items);
        json_decref(things);
        json_decref(found);
    }
}

/* Reads a page; `main_text`: when it has no reviews, its main text is the item. */
static bool page_read(struct span html, struct span url, bool main_text, struct items *items,
                      struct feed_info *info, struct error *error) {
    xmlDoc *document = NULL;
    if (!dom_parse(html, &document, error)) {
        return false;
    }
    struct span base = dom_base(document, url, items->arena);
    size_t from = items->count;
    json_t *jsonld = jsonld_extract(document, items->arena);
    reviews_of(document, jsonld, base, items);
    if (items->count == from && main_text) {
        article_read(document, jsonld, url, items->arena, items_add(items));
    }
    if (info != NULL) {
        *info = (struct feed_info){.next_url = next_of(document, base, items->arena),
                                   .format = SPAN("page")};
    }
    json_decref(jsonld);
    xmlFreeDoc(document);
    return true;
}

bool page_reviews(struct span html, struct span url, struct items *items, struct feed_info *info,
                  struct error *error) {
    return page_read(html, url, false, items, info, error);
}

bool page_items(struct span html, struct span url, struct items *items, struct feed_info *info,
                struct error *error) {
    return page_read(html, url, true, items, info, error);
}
