#include "parsers/xml.h"

#include "base/buffer.h"
#include "base/limits.h"
#include "parsers/entities.h"
#include "parsers/tag_guard.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdlib.h>

enum stop { STOP_NONE, STOP_ENTITY, STOP_DEPTH, STOP_NODES };

/* One reading of a document. */
struct builder {
    xmlParserCtxt *context;
    struct arena *arena;
    struct xml_node *root;
    struct xml_node *current;
    char *text; /* of the text node that is being read; grows, freed at the end */
    size_t text_size;
    size_t text_capacity;
    size_t depth;
    size_t nodes;
    bool ill_formed;
    enum stop stop;
    struct span names[64]; /* copies of names by address in libxml2's dictionary */
    const xmlChar *names_of[64];
};

static const char *chars(const xmlChar *text) {
    return (const char *)text;
}

/* Names come from libxml2's dictionary, so that equal names have equal addresses: each is copied
 * once, not once per element. */
static struct span name_copy(struct builder *builder, const xmlChar *name) {
    if (name == NULL) {
        return (struct span){0};
    }
    size_t slot = ((uintptr_t)name >> 3 ^ (uintptr_t)name >> 9) % 64;
    if (builder->names_of[slot] != name) {
        builder->names_of[slot] = name;
        builder->names[slot] = arena_copy(builder->arena, span_of(chars(name)));
    }
    return builder->names[slot];
}

static void stop(struct builder *builder, enum stop why) {
    builder->stop = why;
    xmlStopParser(builder->context);
}

static struct xml_node *node_add(struct builder *builder) {
    struct xml_node *node = ARENA_NEW(builder->arena, struct xml_node);
    struct xml_node *parent = builder->current;
    node->parent = parent;
    if (parent == NULL) {
        return node;
    }
    if (parent->last == NULL) {
        parent->first = node;
    } else {
        parent->last->next = node;
    }
    parent->last = node;
    if (++builder->nodes == LIMIT_NODES) {
        stop(builder, STOP_NODES);
    }
    return node;
}

/* White space between the items of a feed is nobody's text. */
static bool is_container(const struct xml_node *node) {
    static const char *const containers[] = {"rss", "channel", "item", "feed", "entry", "RDF"};
    for (size_t i = 0; i < sizeof containers / sizeof containers[0]; i++) {
        if (span_equal(node->name, span_of(containers[i]))) {
            return true;
        }
    }
    return false;
}

/* U+0080..U+009F are windows-1252 gone astray: &#146; for an apostrophe. */
static struct span text_mend(struct builder *builder, struct span text) {
    struct buffer out;
    buffer_init(&out, LIMIT_DOCUMENT);
    for (size_t at = 0; at < text.size;) {
        size_t lead = span_find_byte(span_from(text, at), '\xC2');
        size_t plain = lead == SPAN_NOT_FOUND ? text.size - at : lead;
        buffer_append(&out, (struct span){text.data + at, plain});
        at += plain;
        if (at + 1 < text.size) {
            unsigned char next = (unsigned char)text.data[at + 1];
            buffer_append_rune(&out, next < 0xA0 ? entity_mend_rune(next) : next);
        }
        at += at < text.size ? 2 : 0;
    }
    struct span mended = arena_copy(builder->arena, buffer_span(&out));
    buffer_done(&out);
    return mended;
}

static bool has_c1_control(struct span text) {
    size_t at = 0;
    for (;;) {
        size_t lead = span_find_byte(span_from(text, at), '\xC2');
        if (lead == SPAN_NOT_FOUND || at + lead + 1 >= text.size) {
            return false;
        }
        if ((unsigned char)text.data[at + lead + 1] < 0xA0) {
            return true;
        }
        at += lead + 2;
    }
}

static void text_flush(struct builder *builder) {
    struct span text = {builder->text, builder->text_size};
    builder->text_size = 0;
    if (text.size == 0 || builder->current == NULL ||
        (byte_is_space(text.data[0]) && is_container(builder->current) &&
         span_trim(text).size == 0)) {
        return;
    }
    node_add(builder)->text =
        has_c1_control(text) ? text_mend(builder, text) : arena_copy(builder->arena, text);
}

static void on_text(void *data, const xmlChar *text, int size) {
    struct builder *builder = data;
    size_t needed = builder->text_size + (size_t)size;
    if (size <= 0) {
        return; /* libxml2 hands on empty pieces, as NULL too */
    }
    if (needed > builder->text_capacity) {
        builder->text_capacity = needed * 2;
        builder->text = memory_resize(builder->text, builder->text_capacity, 1);
    }
    memcpy(builder->text + builder->text_size, text, (size_t)size);
    builder->text_size = needed;
}

static void on_start(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *space,
                     int namespace_count, const xmlChar **namespaces, int attribute_count,
                     int defaulted_count, const xmlChar **attributes) {
    (void)namespace_count;
    (void)namespaces;
    (void)defaulted_count;
    struct builder *builder = data;
    text_flush(builder);
    if (++builder->depth > LIMIT_DEPTH) {
        stop(builder, STOP_DEPTH);
        return;
    }
    struct xml_node *node = node_add(builder);
    node->name = name_copy(builder, name);
    node->prefix = name_copy(builder, prefix);
    node->space = name_copy(builder, space);
    node->attribute_count = (size_t)attribute_count;
    node->attributes = attribute_count == 0 ? NULL
                                            : ARENA_ARRAY(builder->arena, struct xml_attribute,
                                                          (size_t)attribute_count);
    for (int i = 0; i < attribute_count; i++) {
        const xmlChar **from = attributes + (size_t)i * 5; /* name, prefix, URI, begin, end */
        struct span value = {chars(from[3]), (size_t)(from[4] - from[3])};
        node->attributes[i] =
            (struct xml_attribute){name_copy(builder, from[0]), name_copy(builder, from[1]),
                                   name_copy(builder, from[2]), arena_copy(builder->arena, value)};
    }
    if (builder->root == NULL) {
        builder->root = node;
    }
    builder->current = node;
}

static void on_end(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *space) {
    (void)name;
    (void)prefix;
    (void)space;
    struct builder *builder = data;
    text_flush(builder);
    builder->depth--;
    if (builder->current != NULL) {
        builder->current = builder->current->parent;
    }
}

/* Promise: no entity is expanded. A feed has no business declaring one. */
static void on_entity_declaration(void *data, const xmlChar *name, int type,
                                  const xmlChar *public_id, const xmlChar *system_id,
                                  xmlChar *content) {
    (void)name;
    (void)type;
    (void)public_id;
    (void)system_id;
    (void)content;
    stop(data, STOP_ENTITY);
}

static xmlEntityPtr on_entity(void *data, const xmlChar *name) {
    (void)name;
    struct builder *builder = data;
    builder->ill_formed = true; /* HTML's named references are resolved by mending */
    return NULL;
}

static void on_error(void *data, xmlErrorPtr problem) {
    struct builder *builder = data;
    bool harmless = problem->domain == XML_FROM_NAMESPACE || problem->level < XML_ERR_ERROR;
    if (!harmless) {
        builder->ill_formed = true;
    }
}

static xmlSAXHandler handler_make(void) {
    xmlSAXHandler handler = {0};
    handler.initialized = XML_SAX2_MAGIC;
    handler.startElementNs = on_start;
    handler.endElementNs = on_end;
    handler.characters = on_text;
    handler.cdataBlock = on_text;
    handler.ignorableWhitespace = on_text;
    handler.entityDecl = on_entity_declaration;
    handler.getEntity = on_entity;
    handler.serror = on_error;
    return handler;
}

/* Reads what can be read; `builder` says how it went. */
static void build(struct builder *builder, struct span text) {
    xmlSAXHandler handler = handler_make();
    xmlParserCtxt *context = xmlCreateMemoryParserCtxt(text.data, (int)text.size);
    if (context == NULL) {
        return;
    }
    xmlSAXHandler *original = context->sax;
    context->sax = &handler;
    context->userData = builder;
    builder->context = context;
    xmlCtxtUseOptions(context, XML_PARSE_NONET | XML_PARSE_RECOVER | XML_PARSE_NOENT |
                                   XML_PARSE_IGNORE_ENC | XML_PARSE_COMPACT);
    context->sax->serror = on_error; /* the options have set their own */
    xmlSwitchEncoding(context, XML_CHAR_ENCODING_UTF8);
    xmlParseDocument(context);
    text_flush(builder);
    builder->ill_formed = builder->ill_formed || context->wellFormed == 0;
    context->sax = original;
    if (context->myDoc != NULL) {
        xmlFreeDoc(context->myDoc);
    }
    xmlFreeParserCtxt(context);
    free(builder->text);
}

static bool judge(const struct builder *builder, struct xml_node **root, struct error *error) {
    switch (builder->stop) {
    case STOP_ENTITY:
        return error_set(error, ERROR_INPUT, "the document declares an entity: refused");
    case STOP_DEPTH:
        return error_set(error, ERROR_LIMIT, "elements are nested more than %d deep", LIMIT_DEPTH);
    case STOP_NODES:
        return error_set(error, ERROR_LIMIT, "more than %zu nodes", LIMIT_NODES);
    case STOP_NONE:
        break;
    }
    *root = builder->root;
    return builder->root != NULL || error_set(error, ERROR_INPUT, "no XML element in the document");
}

bool xml_parse(struct span utf8, struct arena *arena, struct xml_node **root, struct error *error) {
    if (utf8.size > LIMIT_DOCUMENT) {
        return error_set(error, ERROR_LIMIT, "the document is larger than %zu bytes",
                         LIMIT_DOCUMENT);
    }
    if (!tag_guard(utf8, false, error)) {
        return false;
    }
    struct builder first = {.arena = arena};
    build(&first, utf8);
    if (!first.ill_formed || first.stop != STOP_NONE) {
        return judge(&first, root, error);
    }
    struct builder second = {.arena = arena};
    build(&second, xml_mend(utf8, arena));
    return judge(&second, root, error);
}

struct span xml_attribute(const struct xml_node *node, const char *name) {
    for (size_t i = 0; i < node->attribute_count; i++) {
        const struct xml_attribute *attribute = &node->attributes[i];
        if (attribute->prefix.size == 0 && span_equal(attribute->name, span_of(name))) {
            return attribute->value;
        }
    }
    return (struct span){0};
}

struct span xml_inherited(const struct xml_node *node, const char *name) {
    for (; node != NULL; node = node->parent) {
        for (size_t i = 0; i < node->attribute_count; i++) {
            const struct xml_attribute *attribute = &node->attributes[i];
            if (span_equal(attribute->prefix, SPAN("xml")) &&
                span_equal(attribute->name, span_of(name))) {
                return attribute->value;
            }
        }
    }
    return (struct span){0};
}

bool xml_has_elements(const struct xml_node *node) {
    for (const struct xml_node *child = node->first; child != NULL; child = child->next) {
        if (xml_is_element(child)) {
            return true;
        }
    }
    return false;
}

/* The next node in document order that lies inside `top`. */
static const struct xml_node *node_after(const struct xml_node *node, const struct xml_node *top) {
    if (node->first != NULL) {
        return node->first;
    }
    while (node != top && node->next == NULL) {
        node = node->parent;
    }
    return node == top ? NULL : node->next;
}

struct span xml_text(const struct xml_node *node, struct arena *arena) {
    if (node->first == NULL || (node->first == node->last && !xml_is_element(node->first))) {
        return node->first == NULL ? node->text : node->first->text;
    }
    struct buffer out;
    buffer_init(&out, LIMIT_DOCUMENT);
    for (const struct xml_node *at = node->first; at != NULL; at = node_after(at, node)) {
        buffer_append(&out, at->text);
    }
    struct span text = arena_copy(arena, buffer_span(&out));
    buffer_done(&out);
    return text;
}

static void print_escaped(struct buffer *out, struct span text, bool in_attribute) {
    size_t begin = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        const char *escape = c == '&'                     ? "&amp;"
                             : c == '<'                   ? "&lt;"
                             : c == '>'                   ? "&gt;"
                             : (c == '"' && in_attribute) ? "&quot;"
                                                          : NULL;
        if (escape != NULL) {
            buffer_append(out, (struct span){text.data + begin, i - begin});
            buffer_append_string(out, escape);
            begin = i + 1;
        }
    }
    buffer_append(out, span_from(text, begin));
}

static void print_name(struct buffer *out, struct span prefix, struct span name) {
    if (prefix.size > 0) {
        buffer_append(out, prefix);
        buffer_append_byte(out, ':');
    }
    buffer_append(out, name);
}

static bool is_void(struct span name) {
    static const char *const names[] = {"br", "hr", "img", "input", "wbr", "source", "embed"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (span_equal(name, span_of(names[i]))) {
            return true;
        }
    }
    return false;
}

static void print_start(struct buffer *out, const struct xml_node *node) {
    buffer_append_byte(out, '<');
    print_name(out, node->prefix, node->name);
    for (size_t i = 0; i < node->attribute_count; i++) {
        buffer_append_byte(out, ' ');
        print_name(out, node->attributes[i].prefix, node->attributes[i].name);
        buffer_append_string(out, "=\"");
        print_escaped(out, node->attributes[i].value, true);
        buffer_append_byte(out, '"');
    }
    buffer_append_string(out, node->first == NULL && is_void(node->name) ? " />" : ">");
}

static void print_end(struct buffer *out, const struct xml_node *node) {
    if (node->first == NULL && is_void(node->name)) {
        return;
    }
    buffer_append_string(out, "</");
    print_name(out, node->prefix, node->name);
    buffer_append_byte(out, '>');
}

struct span xml_inner(const struct xml_node *node, struct arena *arena) {
    struct buffer out;
    buffer_init(&out, LIMIT_DOCUMENT);
    const struct xml_node *at = node->first;
    while (at != NULL) {
        if (!xml_is_element(at)) {
            print_escaped(&out, at->text, false);
        } else {
            print_start(&out, at);
            if (at->first != NULL) {
                at = at->first;
                continue;
            }
            print_end(&out, at);
        }
        while (at->next == NULL && at->parent != node) {
            at = at->parent;
            print_end(&out, at);
        }
        at = at->next;
    }
    struct span text = arena_copy(arena, buffer_span(&out));
    buffer_done(&out);
    return text;
}
