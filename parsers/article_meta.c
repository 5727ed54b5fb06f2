#include "parsers/article_meta.h"

#include "base/url.h"
#include "parsers/dates.h"
#include "parsers/reviews.h"

struct describer {
    xmlNode *root;
    const json_t *thing; /* the article in the JSON-LD; NULL = none */
    struct span base;
    struct span language;
    struct arena *arena;
};

/* Where a member may stand, best first: "ld:" a property in JSON-LD, "meta:" a <meta> by name,
 * property or itemprop, else the text or `attribute` of the first element so marked. */
struct source {
    enum { FROM_LD, FROM_META, FROM_PROPERTY, FROM_ELEMENT, FROM_REL } from;
    const char *name;
};

static const struct source titles[] = {
    {FROM_META, "og:title"}, {FROM_LD, "headline"}, {FROM_META, "twitter:title"},
    {FROM_META, "dc.title"}, {FROM_ELEMENT, "h1"},  {FROM_ELEMENT, "title"},
};
static const struct source authors[] = {
    {FROM_LD, "author"},           {FROM_META, "author"},          {FROM_META, "dc.creator"},
    {FROM_META, "parsely-author"}, {FROM_META, "sailthru.author"}, {FROM_META, "article:author"},
    {FROM_PROPERTY, "author"},     {FROM_REL, "author"},
};
static const struct source published[] = {
    {FROM_LD, "datePublished"},
    {FROM_META, "article:published_time"},
    {FROM_META, "og:published_time"},
    {FROM_META, "datePublished"},
    {FROM_META, "date"},
    {FROM_META, "pubdate"},
    {FROM_META, "publishdate"},
    {FROM_META, "publish-date"},
    {FROM_META, "dc.date"},
    {FROM_META, "dc.date.issued"},
    {FROM_META, "dcterms.created"},
    {FROM_META, "parsely-pub-date"},
    {FROM_META, "sailthru.date"},
    {FROM_PROPERTY, "datePublished"},
    {FROM_ELEMENT, "time"},
    {FROM_LD, "dateCreated"},
};
static const struct source updated[] = {
    {FROM_LD, "dateModified"},       {FROM_META, "article:modified_time"},
    {FROM_META, "og:updated_time"},  {FROM_META, "dateModified"},
    {FROM_PROPERTY, "dateModified"},
};
static const struct source languages[] = {
    {FROM_META, "content-language"}, {FROM_META, "og:locale"}, {FROM_LD, "inLanguage"}};
static const struct source sites[] = {{FROM_META, "og:site_name"}, {FROM_LD, "publisher"}};
static const struct source addresses[] = {{FROM_REL, "canonical"}, {FROM_META, "og:url"}};

static bool names(const xmlNode *node, const char *attribute, const char *name) {
    return span_equal_nocase(span_trim(dom_attribute(node, attribute)), span_of(name));
}

static bool is_meta(const xmlNode *node, const char *name) {
    return dom_is(node, "meta") &&
           (names(node, "property", name) || names(node, "name", name) ||
            names(node, "itemprop", name) || names(node, "http-equiv", name));
}

/* The value of an element that is marked as holding one. */
static struct span value_of(struct describer *describer, xmlNode *node) {
    static const char *const attributes[] = {"content", "datetime"};
    for (size_t i = 0; i < 2; i++) {
        struct span value = span_trim(dom_attribute(node, attributes[i]));
        if (value.size > 0) {
            return value;
        }
    }
    if (dom_is(node, "link")) {
        return span_trim(dom_attribute(node, "href"));
    }
    return html_to_text(dom_inner(node, describer->arena), describer->arena);
}

static bool fits(const xmlNode *node, const struct source *source) {
    switch (source->from) {
    case FROM_META:
        return is_meta(node, source->name);
    case FROM_PROPERTY:
        return names(node, "itemprop", source->name);
    case FROM_ELEMENT:
        return dom_is(node, source->name);
    case FROM_REL:
        return names(node, "rel", source->name);
    case FROM_LD:
        break;
    }
    return false;
}

static struct span source_read(struct describer *describer, const struct source *source) {
    if (source->from == FROM_LD) {
        return describer->thing == NULL
                   ? (struct span){0}
                   : thing_text(describer->thing, source->name, describer->arena);
    }
    for (xmlNode *node = describer->root; node != NULL;
         node = dom_next(node, describer->root, false)) {
        if (node->type == XML_ELEMENT_NODE && fits(node, source)) {
            struct span value = value_of(describer, node);
            if (value.size > 0) {
                return arena_copy(describer->arena, value);
            }
        }
    }
    return (struct span){0};
}

#define READ(describer, sources)                                                                   \
    text_read((describer), (sources), sizeof(sources) / sizeof(sources)[0])

static struct span text_read(struct describer *describer, const struct source *sources,
                             size_t count) {
    struct span text = {0};
    for (size_t i = 0; i < count && text.size == 0; i++) {
        text = source_read(describer, &sources[i]);
    }
    return text;
}

static int64_t date_read(struct describer *describer, const struct source *sources, size_t count) {
    int64_t ms = DATE_NONE;
    for (size_t i = 0; i < count; i++) {
        struct span text = source_read(describer, &sources[i]);
        if (text.size > 0 && date_parse_in(text, DATE_NONE, describer->language, &ms)) {
            return ms;
        }
    }
    return DATE_NONE;
}

/* "By Jo Doe" is written by Jo Doe; an address is nobody's name. */
static struct span author_clean(struct span author) {
    if (span_find(author, SPAN("://")) != SPAN_NOT_FOUND) {
        return (struct span){0};
    }
    static const char *const bylines[] = {"by ", "von ", "por ", "par ", "di "};
    for (size_t i = 0; i < sizeof bylines / sizeof bylines[0]; i++) {
        if (span_starts_with_nocase(author, span_of(bylines[i]))) {
            return span_trim(span_from(author, strlen(bylines[i])));
        }
    }
    return author;
}

static struct span language_clean(struct span language, struct arena *arena) {
    char *copy = arena_copy_string(arena, span_first(language, 16));
    struct span clean = {copy, strlen(copy)};
    for (size_t i = 0; i < clean.size; i++) {
        copy[i] = copy[i] == '_' ? '-' : copy[i];
    }
    size_t end = span_find_byte(clean, ',');
    return span_trim(span_first(clean, end));
}

void article_describe(xmlDoc *document, const json_t *jsonld, struct span url, struct arena *arena,
                      struct item *item) {
    static const char *const articles[] = {"Article",
                                           "NewsArticle",
                                           "BlogPosting",
                                           "ReportageNewsArticle",
                                           "AnalysisNewsArticle",
                                           "Blog",
                                           "TechArticle",
                                           "SocialMediaPosting",
                                           "DiscussionForumPosting",
                                           NULL};
    struct describer describer = {.root = xmlDocGetRootElement(document),
                                  .thing = thing_find(jsonld, articles),
                                  .base = url,
                                  .arena = arena};
    struct span language = span_trim(dom_attribute(describer.root, "lang"));
    language = language.size > 0 ? language : READ(&describer, languages);
    item->language = language_clean(language, arena);
    describer.language = item->language;
    item->title = html_to_text(READ(&describer, titles), arena);
    item->author = author_clean(READ(&describer, authors));
    item->site = html_to_text(READ(&describer, sites), arena);
    item->published_ms = date_read(&describer, published, sizeof published / sizeof published[0]);
    item->updated_ms = date_read(&describer, updated, sizeof updated / sizeof updated[0]);
    if (item->updated_ms == item->published_ms) {
        item->updated_ms = DATE_NONE;
    }
    struct span own = READ(&describer, addresses);
    own = own.size == 0 ? own : url_resolve(own, url, arena);
    item->url = url.size > 0 ? url : own;
    item->id = own.size > 0 ? own : url;
}
