#include "parsers/sitemap.h"

#include "base/limits.h"
#include "base/url.h"
#include "parsers/xml.h"

static struct span skip_declarations(struct span text) {
    text = span_trim(text);
    while (span_starts_with(text, SPAN("<?")) || span_starts_with(text, SPAN("<!--"))) {
        bool comment = span_starts_with(text, SPAN("<!--"));
        size_t end = span_find(text, comment ? SPAN("-->") : SPAN("?>"));
        if (end == SPAN_NOT_FOUND) {
            return SPAN("");
        }
        text = span_trim(span_from(text, end + (comment ? 3 : 2)));
    }
    return text;
}

bool sitemap_is(struct span utf8) {
    struct span text = skip_declarations(utf8);
    struct span tag = span_first(text, span_find_byte(span_first(text, 200), '>'));
    struct span name = span_first(tag, span_find_byte(tag, ' '));
    return span_starts_with_nocase(text, SPAN("http://")) ||
           span_starts_with_nocase(text, SPAN("https://")) ||
           (span_starts_with(text, SPAN("<")) &&
            (span_find(name, SPAN("urlset")) != SPAN_NOT_FOUND ||
             span_find(name, SPAN("sitemapindex")) != SPAN_NOT_FOUND));
}

struct sitemap {
    struct arena *arena;
    struct span base;
    json_t *entries;
};

static void put_text(json_t *object, const char *name, struct span text) {
    text = span_trim(text);
    if (text.size > 0) {
        json_object_set_new(object, name, json_stringn(text.data, text.size));
    }
}

/* An entry for an address; NULL when it is none, or the list is full. */
static json_t *entry_add(const struct sitemap *sitemap, const char *kind, struct span address) {
    address = span_trim(address);
    struct span loc = url_resolve(address, sitemap->base, sitemap->arena);
    if (address.size == 0 || loc.size == 0 || json_array_size(sitemap->entries) == LIMIT_SITEMAP) {
        return NULL;
    }
    json_t *entry = json_object();
    put_text(entry, "kind", span_of(kind));
    put_text(entry, "loc", loc);
    json_array_append_new(sitemap->entries, entry);
    return entry;
}

static const struct xml_node *child_of(const struct xml_node *node, const char *name) {
    for (node = node->first; node != NULL; node = node->next) {
        if (span_equal_nocase(node->name, span_of(name))) {
            return node;
        }
    }
    return NULL;
}

static struct span child_text(const struct sitemap *sitemap, const struct xml_node *node,
                              const char *name) {
    const struct xml_node *child = child_of(node, name);
    return child == NULL ? (struct span){0} : xml_text(child, sitemap->arena);
}

static void element_add(const struct sitemap *sitemap, const struct xml_node *node) {
    bool index = span_equal_nocase(node->name, SPAN("sitemap"));
    if (!index && !span_equal_nocase(node->name, SPAN("url"))) {
        return;
    }
    struct span loc = child_text(sitemap, node, "loc");
    json_t *entry = entry_add(sitemap, index ? "sitemap" : "page",
                              loc.size > 0 ? loc : xml_text(node, sitemap->arena));
    const struct xml_node *news = child_of(node, "news");
    if (entry != NULL) {
        put_text(entry, "lastmod", child_text(sitemap, node, "lastmod"));
    }
    if (entry != NULL && news != NULL) {
        put_text(entry, "title", child_text(sitemap, news, "title"));
        put_text(entry, "published", child_text(sitemap, news, "publication_date"));
        const struct xml_node *publication = child_of(news, "publication");
        if (publication != NULL) {
            put_text(entry, "site", child_text(sitemap, publication, "name"));
            put_text(entry, "language", child_text(sitemap, publication, "language"));
        }
    }
}

static bool xml_read(const struct sitemap *sitemap, struct span utf8, struct error *error) {
    struct xml_node *root = NULL;
    if (!xml_parse(utf8, sitemap->arena, &root, error)) {
        return false;
    }
    for (const struct xml_node *node = root->first; node != NULL; node = node->next) {
        element_add(sitemap, node);
    }
    return true;
}

static void list_read(const struct sitemap *sitemap, struct span rest) {
    struct span line;
    while (span_split(&rest, '\n', &line)) {
        entry_add(sitemap, "page", line);
    }
}

bool sitemap_parse(struct span utf8, struct span base, struct arena *arena, json_t **root,
                   struct error *error) {
    struct sitemap sitemap = {arena, base, json_array()};
    bool read = true;
    if (span_starts_with(span_trim(utf8), SPAN("<"))) {
        read = xml_read(&sitemap, utf8, error);
    } else if (sitemap_is(utf8)) {
        list_read(&sitemap, utf8);
    } else {
        read = error_set(error, ERROR_INPUT, "no sitemap: neither XML nor a list of addresses");
    }
    json_t *made = json_object();
    json_object_set_new(made, "entries", sitemap.entries);
    if (read) {
        *root = made;
    } else {
        json_decref(made);
    }
    return read;
}
