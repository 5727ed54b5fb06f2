#include "parsers/discover.h"

#include "base/url.h"
#include "parsers/article.h"
#include "parsers/document.h"
#include "parsers/page.h"
#include "parsers/sitemap.h"
#include "parsers/unpack.h"

struct discovery {
    struct findings *findings;
    struct arena *arena;
    struct span url;
    int64_t now_ms;
};

static struct finding *finding_append(const struct discovery *discovery, enum finding_kind kind,
                                      struct span url) {
    struct findings *findings = discovery->findings;
    findings->list = arena_grow(findings->arena, findings->list, findings->count,
                                &findings->capacity, sizeof *findings->list);
    struct finding *made = &findings->list[findings->count++];
    *made = (struct finding){.kind = kind, .url = arena_copy(findings->arena, url)};
    return made;
}

/* The finding of that kind and address, made when it is new. */
static struct finding *finding_add(const struct discovery *discovery, enum finding_kind kind,
                                   struct span url) {
    for (size_t i = 0; i < discovery->findings->count; i++) {
        struct finding *known = &discovery->findings->list[i];
        if (known->kind == kind && span_equal(known->url, url)) {
            return known;
        }
    }
    return finding_append(discovery, kind, url);
}

static void software_add(const struct discovery *discovery, struct span name) {
    struct findings *findings = discovery->findings;
    name = span_first_utf8(span_trim(name), 80);
    for (size_t i = 0; i < findings->count; i++) {
        struct finding *known = &findings->list[i];
        if (known->kind == FINDING_SOFTWARE && (span_starts_with_nocase(known->title, name) ||
                                                span_starts_with_nocase(name, known->title))) {
            known->title =
                known->title.size > name.size ? known->title : arena_copy(findings->arena, name);
            return;
        }
    }
    if (name.size > 0) {
        struct finding *finding = finding_append(discovery, FINDING_SOFTWARE, discovery->url);
        finding->title = arena_copy(findings->arena, name);
    }
}

/* --- Pages ------------------------------------------------------------------------------------ */

static bool is_feed_type(struct span type) {
    static const char *const types[] = {"application/rss+xml", "application/atom+xml",
                                        "application/feed+json", "application/rdf+xml"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (span_starts_with_nocase(type, span_of(types[i]))) {
            return true;
        }
    }
    return false;
}

static void link_read(const struct discovery *discovery, const xmlNode *node, struct span base) {
    struct span rel = dom_attribute(node, "rel");
    struct span href = url_resolve(dom_attribute(node, "href"), base, discovery->arena);
    bool alternate = span_find_nocase(rel, SPAN("alternate")) != SPAN_NOT_FOUND;
    if (alternate && href.size > 0 && is_feed_type(span_trim(dom_attribute(node, "type")))) {
        struct finding *finding = finding_add(discovery, FINDING_FEED, href);
        if (finding->title.size == 0) {
            finding->title = arena_copy(discovery->findings->arena,
                                        span_first_utf8(dom_attribute(node, "title"), 120));
        }
    } else if (span_equal_nocase(rel, SPAN("sitemap")) && href.size > 0) {
        finding_add(discovery, FINDING_SITEMAP, href);
    } else if (span_equal_nocase(rel, SPAN("https://api.w.org/"))) {
        software_add(discovery, SPAN("WordPress"));
    }
}

static void head_read(const struct discovery *discovery, xmlDoc *document, struct span base) {
    xmlNode *root = xmlDocGetRootElement(document);
    for (xmlNode *node = root; node != NULL; node = dom_next(node, root, false)) {
        if (dom_is(node, "link")) {
            link_read(discovery, node, base);
        } else if (dom_is(node, "meta") &&
                   span_equal_nocase(dom_attribute(node, "name"), SPAN("generator"))) {
            software_add(discovery, dom_attribute(node, "content"));
        }
    }
}

static void blocks_read(const struct discovery *discovery, xmlDoc *document) {
    struct blocks blocks;
    if (blocks_find(document, discovery->now_ms, discovery->arena, &blocks)) {
        struct finding *finding = finding_add(discovery, FINDING_BLOCKS, discovery->url);
        finding->items = blocks.count;
        finding->title = arena_copy(discovery->findings->arena, blocks.items);
        finding->recipe = blocks_recipe(&blocks, discovery->findings->arena);
    }
}

static bool contents_read(const struct discovery *discovery, struct span utf8,
                          struct error *error) {
    struct items items = {.arena = discovery->arena};
    if (!page_reviews(utf8, discovery->url, &items, NULL, error)) {
        return false;
    }
    if (items.count > 0) {
        finding_add(discovery, FINDING_REVIEWS, discovery->url)->items = items.count;
        return true;
    }
    if (!page_items(utf8, discovery->url, &items, NULL, error)) {
        return false;
    }
    if (items.count > 0 && items.list[0].text.size > 0) {
        struct finding *finding = finding_add(discovery, FINDING_TEXT, discovery->url);
        finding->items = 1;
        finding->title = arena_copy(discovery->findings->arena, items.list[0].title);
    }
    return true;
}

static bool page_discover(const struct discovery *discovery, struct span utf8,
                          struct error *error) {
    xmlDoc *document = NULL;
    if (!dom_parse(utf8, &document, error)) {
        return false;
    }
    head_read(discovery, document, dom_base(document, discovery->url, discovery->arena));
    blocks_read(discovery, document);
    xmlFreeDoc(document);
    return contents_read(discovery, utf8, error);
}

/* --- Other documents -------------------------------------------------------------------------- */

static bool feed_discover(const struct discovery *discovery, struct span body,
                          struct span content_type, struct error *error) {
    struct items items = {.arena = discovery->arena};
    struct feed_info info = {0};
    if (!document_parse(body, content_type, discovery->url, discovery->arena, &items, &info,
                        error)) {
        return false;
    }
    struct finding *finding = finding_add(discovery, FINDING_FEED, discovery->url);
    finding->items = items.count;
    if (info.title.size > 0) {
        finding->title = arena_copy(discovery->findings->arena, span_first_utf8(info.title, 120));
    }
    return true;
}

static bool sitemap_discover(const struct discovery *discovery, struct span utf8,
                             struct error *error) {
    json_t *root = NULL;
    if (!sitemap_parse(utf8, discovery->url, discovery->arena, &root, error)) {
        return false;
    }
    struct finding *finding = finding_add(discovery, FINDING_SITEMAP, discovery->url);
    finding->items = json_array_size(json_object_get(root, "entries"));
    json_decref(root);
    return true;
}

/* nodeinfo.diaspora.software: a list of addresses, of which one is asked; and what stands there. */
static bool nodeinfo_read(const struct discovery *discovery, const json_t *root) {
    const json_t *software = json_object_get(root, "software");
    const json_t *link = json_array_get(json_object_get(root, "links"), 0);
    struct span href =
        url_resolve(json_span(json_object_get(link, "href")), discovery->url, discovery->arena);
    struct span rel = json_span(json_object_get(link, "rel"));
    if (json_is_object(software)) {
        struct span name = json_span(json_object_get(software, "name"));
        struct span version = json_span(json_object_get(software, "version"));
        software_add(discovery,
                     arena_print(discovery->arena, "%.*s %.*s", SPAN_ARG(name), SPAN_ARG(version)));
        return true;
    }
    if (href.size > 0 && span_find(rel, SPAN("nodeinfo")) != SPAN_NOT_FOUND) {
        finding_add(discovery, FINDING_DETAILS, href);
        return true;
    }
    return false;
}

/* True when it was one of those; a JSON Feed is for others to read. */
static bool json_discover(const struct discovery *discovery, struct span utf8) {
    json_t *root = NULL;
    struct error ignored;
    if (!json_parse(utf8, &root, &ignored)) {
        return false;
    }
    bool known = nodeinfo_read(discovery, root);
    json_decref(root);
    return known;
}

static bool is_robots(struct span address, struct arena *arena) {
    struct url url;
    return url_parse(address, NULL, arena, &url) && span_equal(url.path, SPAN("/robots.txt"));
}

static void robots_read(const struct discovery *discovery, struct span rest) {
    struct span line;
    while (rest.size > 0 && span_split(&rest, '\n', &line)) {
        line = span_trim(line);
        if (span_starts_with_nocase(line, SPAN("sitemap:"))) {
            struct span url = url_resolve(span_trim(span_from(line, strlen("sitemap:"))),
                                          discovery->url, discovery->arena);
            if (url.size > 0) {
                finding_add(discovery, FINDING_SITEMAP, url);
            }
        }
    }
}

bool discover_document(struct span body, struct span content_type, struct span url, int64_t now_ms,
                       struct findings *findings, struct error *error) {
    struct arena *arena = arena_create();
    struct discovery discovery = {findings, arena, url, now_ms};
    if (!unpack(body, arena, &body, error)) {
        arena_free(arena);
        return false;
    }
    struct span utf8 = charset_to_utf8(body, content_type, arena);
    enum document_format format = document_sniff(utf8, content_type);
    bool read = true;
    if (is_robots(url, arena) && format == DOCUMENT_UNKNOWN) {
        robots_read(&discovery, utf8);
    } else if (sitemap_is(utf8)) {
        read = sitemap_discover(&discovery, utf8, error);
    } else if (format == DOCUMENT_PAGE) {
        read = page_discover(&discovery, utf8, error);
    } else if (format != DOCUMENT_JSON || !json_discover(&discovery, utf8)) {
        read = feed_discover(&discovery, body, content_type, error);
    }
    arena_free(arena);
    return read;
}
