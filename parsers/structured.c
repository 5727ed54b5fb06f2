#include "parsers/structured.h"

#include "base/buffer.h"
#include "base/limits.h"
#include "base/url.h"

/* --- JSON-LD ---------------------------------------------------------------------------------- */

static void block_add(json_t *list, json_t *value) {
    if (json_is_array(value)) {
        size_t index = 0;
        json_t *one = NULL;
        json_array_foreach(value, index, one) {
            if (json_is_object(one)) {
                json_array_append(list, one);
            }
        }
    } else if (json_is_object(value) && json_object_size(value) > 0) {
        json_array_append(list, value);
    }
}

json_t *jsonld_extract(xmlDoc *document, struct arena *arena) {
    json_t *list = json_array();
    xmlNode *root = xmlDocGetRootElement(document);
    for (xmlNode *node = root; node != NULL; node = dom_next(node, root, false)) {
        if (!dom_is(node, "script") ||
            !span_starts_with_nocase(span_trim(dom_attribute(node, "type")),
                                     SPAN("application/ld+json"))) {
            continue;
        }
        json_t *value = NULL;
        struct error ignored;
        if (json_parse_damaged(span_trim(dom_text(node, arena)), arena, &value, &ignored)) {
            block_add(list, value);
            json_decref(value);
        }
    }
    return list;
}

/* --- Microdata and RDFa Lite: one walk, other attributes -------------------------------------- */

struct dialect {
    const char *scope;    /* an element with it begins an item */
    const char *type;     /* the item's types, parted by spaces */
    const char *property; /* its place in the item around it */
    const char *id;
    bool references; /* itemref */
    bool vocabulary; /* types are completed by the nearest `vocab` */
};

static const struct dialect microdata = {"itemscope", "itemtype", "itemprop",
                                         "itemid",    true,       false};
static const struct dialect rdfa = {"typeof", "typeof", "property", "resource", false, true};

/* Items in items: deeper than any page nests them, and what ends itemref running in a circle. */
#define ITEM_DEPTH_MOST 32

struct walk {
    const struct dialect *dialect;
    xmlDoc *document;
    struct span base;
    struct arena *arena;
    size_t items;      /* made so far; LIMIT_ITEMS at most */
    size_t references; /* followed so far */
};

/* itemref looked up on one page: each goes through the page. */
#define REFERENCES_MOST 1000

static bool has(const xmlNode *node, const char *name) {
    return dom_attribute(node, name).data != NULL;
}

static json_t *text_json(struct span text) {
    return json_stringn(text.size == 0 ? "" : text.data, text.size);
}

/* Text without scripts and styles, white space folded. */
static struct span visible_text(struct walk *walk, xmlNode *top) {
    struct buffer out;
    buffer_init(&out, LIMIT_DOCUMENT);
    bool space = false;
    bool skip = false;
    for (xmlNode *node = top; node != NULL; node = dom_next(node, top, skip)) {
        skip = dom_is(node, "script") || dom_is(node, "style");
        if (node->type != XML_TEXT_NODE && node->type != XML_CDATA_SECTION_NODE) {
            space = space || dom_is(node, "br");
            continue;
        }
        for (const char *at = (const char *)node->content; *at != '\0'; at++) {
            if (byte_is_space(*at)) {
                space = true;
                continue;
            }
            if (space && out.size > 0) {
                buffer_append_byte(&out, ' ');
            }
            space = false;
            buffer_append_byte(&out, *at);
        }
    }
    struct span text = arena_copy(walk->arena, buffer_span(&out));
    buffer_done(&out);
    return text;
}

static struct span address_of(struct walk *walk, struct span reference) {
    reference = span_trim(reference);
    if (walk->base.size == 0) {
        return reference;
    }
    struct url base;
    struct url url;
    return url_parse(walk->base, NULL, walk->arena, &base) &&
                   url_parse(reference, &base, walk->arena, &url)
               ? url_print(&url, walk->arena)
               : reference;
}

/* Which attribute of which element holds its value; `content` holds that of any. */
static const struct {
    const char *element;
    const char *attribute;
    bool address;
} holders[] = {
    {"a", "href", true},       {"area", "href", true},      {"link", "href", true},
    {"img", "src", true},      {"audio", "src", true},      {"embed", "src", true},
    {"iframe", "src", true},   {"source", "src", true},     {"track", "src", true},
    {"video", "src", true},    {"object", "data", true},    {"data", "value", false},
    {"meter", "value", false}, {"time", "datetime", false},
};

static struct span value_of(struct walk *walk, xmlNode *node) {
    if (has(node, "content")) {
        return span_trim(dom_attribute(node, "content"));
    }
    for (size_t i = 0; i < sizeof holders / sizeof holders[0]; i++) {
        if (dom_is(node, holders[i].element) && has(node, holders[i].attribute)) {
            struct span value = dom_attribute(node, holders[i].attribute);
            return holders[i].address ? address_of(walk, value) : span_trim(value);
        }
    }
    return visible_text(walk, node);
}

static bool word_take(struct span *rest, struct span *word) {
    *rest = span_trim(*rest);
    size_t size = 0;
    while (size < rest->size && !byte_is_space(rest->data[size])) {
        size++;
    }
    *word = span_first(*rest, size);
    *rest = span_from(*rest, size);
    return size > 0;
}

static struct span vocabulary_of(const xmlNode *node) {
    for (; node != NULL; node = node->parent) {
        if (node->type == XML_ELEMENT_NODE && has(node, "vocab")) {
            return span_trim(dom_attribute(node, "vocab"));
        }
    }
    return (struct span){0};
}

static json_t *types_json(struct walk *walk, const xmlNode *node) {
    json_t *types = json_array();
    struct span rest = dom_attribute(node, walk->dialect->type);
    struct span vocabulary = walk->dialect->vocabulary ? vocabulary_of(node) : (struct span){0};
    struct span word;
    while (word_take(&rest, &word)) {
        bool whole = span_find_byte(word, ':') != SPAN_NOT_FOUND;
        json_array_append_new(types,
                              text_json(whole ? word
                                              : arena_print(walk->arena, "%.*s%.*s",
                                                            SPAN_ARG(vocabulary), SPAN_ARG(word))));
    }
    return types;
}

static json_t *item_json(struct walk *walk, xmlNode *node, size_t depth);

/* schema.org's actions describe their parameters by form fields ("query-input"). */
static json_t *input_json(const xmlNode *node) {
    json_t *input = json_object();
    json_object_set_new(input, "valueName", text_json(dom_attribute(node, "name")));
    json_object_set_new(input, "valueRequired", json_boolean(has(node, "required")));
    return input;
}

static void property_add(struct walk *walk, json_t *properties, xmlNode *node, size_t depth) {
    struct span names = dom_attribute(node, walk->dialect->property);
    struct span name;
    json_t *value = has(node, walk->dialect->scope) ? item_json(walk, node, depth + 1)
                    : dom_is(node, "input") && span_ends_with(names, SPAN("-input"))
                        ? input_json(node)
                        : text_json(value_of(walk, node));
    while (word_take(&names, &name)) {
        /* "schema:name" and an address end in the name that matters. */
        size_t cut = name.size;
        while (cut > 0 && name.data[cut - 1] != '/' && name.data[cut - 1] != '#' &&
               !(walk->dialect->vocabulary && name.data[cut - 1] == ':')) {
            cut--;
        }
        const char *key =
            arena_copy_string(walk->arena, walk->dialect->vocabulary ? span_from(name, cut) : name);
        json_t *list = json_object_get(properties, key);
        if (list == NULL) {
            list = json_array();
            json_object_set_new(properties, key, list);
        }
        json_array_append(list, value);
    }
    json_decref(value);
}

/* The properties in the tree under `top`, up to where items of their own begin. */
static void properties_collect(struct walk *walk, json_t *properties, xmlNode *top, bool with_top,
                               size_t depth) {
    bool skip = false;
    for (xmlNode *node = top; node != NULL; node = dom_next(node, top, skip)) {
        skip = false;
        if (node->type != XML_ELEMENT_NODE || (node == top && !with_top)) {
            continue;
        }
        if (has(node, walk->dialect->property)) {
            property_add(walk, properties, node, depth);
        }
        skip = has(node, walk->dialect->scope);
    }
}

static xmlNode *element_by_id(xmlDoc *document, struct span id) {
    xmlNode *root = xmlDocGetRootElement(document);
    for (xmlNode *node = root; node != NULL; node = dom_next(node, root, false)) {
        if (node->type == XML_ELEMENT_NODE && span_equal(dom_attribute(node, "id"), id)) {
            return node;
        }
    }
    return NULL;
}

static json_t *item_json(struct walk *walk, xmlNode *node, size_t depth) {
    json_t *item = json_object();
    json_t *properties = json_object();
    json_t *types = types_json(walk, node);
    if (json_array_size(types) > 0) {
        json_object_set(item, "type", types);
    }
    json_decref(types);
    struct span id = dom_attribute(node, walk->dialect->id);
    if (id.size > 0) {
        json_object_set_new(item, "id", text_json(address_of(walk, id)));
    }
    json_object_set_new(item, "properties", properties);
    walk->items++;
    if (depth > ITEM_DEPTH_MOST || walk->items > LIMIT_ITEMS) {
        return item;
    }
    properties_collect(walk, properties, node, false, depth);
    struct span references =
        walk->dialect->references ? dom_attribute(node, "itemref") : (struct span){0};
    struct span word;
    while (walk->references++ < REFERENCES_MOST && word_take(&references, &word)) {
        xmlNode *part = element_by_id(walk->document, word);
        if (part != NULL && part != node) {
            bool own_item = has(part, walk->dialect->scope) && !has(part, walk->dialect->property);
            properties_collect(walk, properties, part, !own_item, depth);
        }
    }
    if (json_object_size(properties) == 0) { /* <span itemprop=author itemscope ...>Jo</span> */
        json_object_set_new(item, "value", text_json(value_of(walk, node)));
        json_object_del(item, "properties");
    }
    return item;
}

static bool stands_in_item(const struct dialect *dialect, const xmlNode *node) {
    for (node = node->parent; node != NULL && node->type == XML_ELEMENT_NODE; node = node->parent) {
        if (has(node, dialect->scope)) {
            return true;
        }
    }
    return false;
}

static bool uses_references(const struct dialect *dialect, xmlNode *root) {
    for (xmlNode *node = root; node != NULL && dialect->references;
         node = dom_next(node, root, false)) {
        if (node->type == XML_ELEMENT_NODE && has(node, "itemref")) {
            return true;
        }
    }
    return false;
}

/* Items that are nobody's property. One that calls itself a property but stands in no item is one
 * that lost its frame (reviews pasted into a page), unless items are put together by itemref. */
static bool is_top_level(const struct dialect *dialect, const xmlNode *node, bool references) {
    return node->type == XML_ELEMENT_NODE && has(node, dialect->scope) &&
           (!has(node, dialect->property) || (!references && !stands_in_item(dialect, node)));
}

static json_t *items_extract(const struct dialect *dialect, xmlDoc *document, struct span base,
                             struct arena *arena) {
    struct walk walk = {.dialect = dialect, .document = document, .base = base, .arena = arena};
    json_t *list = json_array();
    xmlNode *root = xmlDocGetRootElement(document);
    bool references = uses_references(dialect, root);
    for (xmlNode *node = root; node != NULL; node = dom_next(node, root, false)) {
        if (is_top_level(dialect, node, references)) {
            json_array_append_new(list, item_json(&walk, node, 0));
        }
    }
    return list;
}

json_t *microdata_extract(xmlDoc *document, struct span base, struct arena *arena) {
    return items_extract(&microdata, document, base, arena);
}

json_t *rdfa_extract(xmlDoc *document, struct span base, struct arena *arena) {
    return items_extract(&rdfa, document, base, arena);
}
