/* XML as a lean tree in an arena, made by libxml2's SAX2 interface.
 *
 * Nothing is loaded, no entity expanded: a document that declares an entity is refused. What is not
 * well-formed is mended and read again: HTML's named references, bare ampersands, stray '<', tags
 * that do not nest, attributes without quotes, control characters. Depth and nodes are limited
 * (base/limits.h). Nothing is ever printed. */
#ifndef PARSERS_XML_H
#define PARSERS_XML_H

#include "base/arena.h"
#include "base/error.h"

struct xml_attribute {
    struct span name; /* local */
    struct span prefix;
    struct span space; /* namespace URI; empty = none */
    struct span value; /* references resolved */
};

struct xml_node {
    struct span name; /* local name of an element; empty for text */
    struct span prefix;
    struct span space; /* namespace URI; empty when there is none or the prefix is not declared */
    struct span text;  /* of a text node; references resolved, CDATA sections joined */
    struct xml_attribute *attributes;
    size_t attribute_count;
    struct xml_node *parent;
    struct xml_node *first; /* children */
    struct xml_node *last;
    struct xml_node *next;
};

/* The root element of `utf8` (valid UTF-8, no byte-order mark), in `arena`. */
MUST_CHECK bool xml_parse(struct span utf8, struct arena *arena, struct xml_node **root,
                          struct error *error);

/* `text` made well-formed: what xml_parse() falls back to. */
struct span xml_mend(struct span text, struct arena *arena);

static inline bool xml_is_element(const struct xml_node *node) {
    return node->name.size > 0;
}

/* Value of an attribute without namespace, or an empty span. */
struct span xml_attribute(const struct xml_node *node, const char *name);

/* Value of xml:NAME on the node or the nearest ancestor that has it. */
struct span xml_inherited(const struct xml_node *node, const char *name);

/* All text inside, as one span. */
struct span xml_text(const struct xml_node *node, struct arena *arena);

/* What stands inside, as markup without namespace declarations. */
struct span xml_inner(const struct xml_node *node, struct arena *arena);

bool xml_has_elements(const struct xml_node *node);

#endif
