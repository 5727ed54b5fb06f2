#include "parsers/dom.h"

#include "base/limits.h"
#include "base/url.h"
#include "parsers/tag_guard.h"

#include <libxml/HTMLparser.h>
#include <libxml/HTMLtree.h>
#include <libxml/xpath.h>

static const char *chars(const xmlChar *text) {
    return (const char *)text;
}

static const xmlChar *xml_chars(const char *text) {
    return (const xmlChar *)text;
}

void dom_library_start(void) {
    xmlInitParser();
}

bool dom_parse(struct span utf8, xmlDoc **document, struct error *error) {
    if (utf8.size > LIMIT_DOCUMENT) {
        return error_set(error, ERROR_LIMIT, "the page is larger than %zu bytes", LIMIT_DOCUMENT);
    }
    if (!tag_guard(utf8, true, error)) {
        return false;
    }
    *document = htmlReadMemory(utf8.size == 0 ? "" : utf8.data, (int)utf8.size, NULL, "UTF-8",
                               HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                   HTML_PARSE_NONET | HTML_PARSE_COMPACT);
    xmlNode *root = *document == NULL ? NULL : xmlDocGetRootElement(*document);
    size_t nodes = 0;
    for (xmlNode *node = root; node != NULL && nodes <= LIMIT_NODES; nodes++) {
        node = dom_next(node, root, false);
    }
    if (root == NULL || nodes > LIMIT_NODES) {
        xmlFreeDoc(*document);
        *document = NULL;
        return root == NULL
                   ? error_set(error, ERROR_INPUT, "no element in the page")
                   : error_set(error, ERROR_LIMIT, "more than %zu nodes in the page", LIMIT_NODES);
    }
    return true;
}

bool dom_is(const xmlNode *node, const char *name) {
    return node->type == XML_ELEMENT_NODE && strcmp(chars(node->name), name) == 0;
}

struct span dom_attribute(const xmlNode *node, const char *name) {
    if (node->type != XML_ELEMENT_NODE) {
        return (struct span){0};
    }
    for (const xmlAttr *attribute = node->properties; attribute != NULL;
         attribute = attribute->next) {
        if (strcmp(chars(attribute->name), name) == 0) {
            /* The HTML parser resolves references: one text node, or none for an empty value. */
            const xmlNode *text = attribute->children;
            const char *value = text == NULL ? "" : chars(text->content);
            return span_of(value == NULL ? "" : value);
        }
    }
    return (struct span){0};
}

xmlNode *dom_next(const xmlNode *node, const xmlNode *top, bool skip) {
    bool enters = !skip && node->type == XML_ELEMENT_NODE;
    if (enters && node->children != NULL) {
        return node->children;
    }
    while (node != top && node->next == NULL) {
        node = node->parent;
    }
    return node == top ? NULL : node->next;
}

struct span dom_text(const xmlNode *node, struct arena *arena) {
    xmlChar *content = xmlNodeGetContent(node);
    struct span text = arena_copy(arena, span_of(chars(content)));
    xmlFree(content);
    return text;
}

struct span dom_inner(xmlNode *node, struct arena *arena) {
    xmlBuffer *buffer = xmlBufferCreate();
    for (xmlNode *child = node->children; buffer != NULL && child != NULL; child = child->next) {
        htmlNodeDump(buffer, node->doc, child);
    }
    struct span markup = arena_copy(arena, span_of(chars(xmlBufferContent(buffer))));
    xmlBufferFree(buffer);
    return markup;
}

struct span dom_base(xmlDoc *document, struct span url, struct arena *arena) {
    xmlNode *root = xmlDocGetRootElement(document);
    bool saved = url.size == 0;
    for (xmlNode *node = root; node != NULL; node = dom_next(node, root, false)) {
        if (dom_is(node, "base")) {
            struct span href = dom_attribute(node, "href");
            struct span resolved = href.size == 0 ? href : url_resolve(href, url, arena);
            return resolved.size > 0 ? resolved : url;
        }
        if (saved && dom_is(node, "link") &&
            span_equal_nocase(dom_attribute(node, "rel"), SPAN("canonical"))) {
            return url_resolve(dom_attribute(node, "href"), url, arena);
        }
        if (dom_is(node, "body") && !saved) {
            break;
        }
    }
    return url;
}

static void ignore_error(void *context, xmlErrorPtr problem) {
    (void)context;
    (void)problem;
}

/* An XPath context that keeps its complaints to itself. */
static xmlXPathContext *context_create(xmlDoc *document) {
    xmlXPathContext *context = xmlXPathNewContext(document);
    if (context != NULL) {
        context->error = ignore_error;
    }
    return context;
}

bool xpath_check(struct span xpath, struct error *error) {
    struct arena *arena = arena_create();
    xmlXPathContext *context = context_create(NULL);
    xmlXPathCompExpr *compiled =
        xmlXPathCtxtCompile(context, xml_chars(arena_copy_string(arena, xpath)));
    bool readable = compiled != NULL;
    xmlXPathFreeCompExpr(compiled);
    xmlXPathFreeContext(context);
    arena_free(arena);
    return readable || error_set(error, ERROR_USAGE, "\"%.*s\" is no XPath", SPAN_ARG(xpath));
}

struct xpath_result xpath_select(xmlNode *node, struct span xpath, struct arena *arena) {
    struct xpath_result result = {0};
    xmlXPathContext *context = context_create(node->doc);
    context->node = node;
    xmlXPathObject *object =
        xmlXPathEvalExpression(xml_chars(arena_copy_string(arena, xpath)), context);
    if (object != NULL && object->type == XPATH_NODESET && object->nodesetval != NULL) {
        size_t count = (size_t)object->nodesetval->nodeNr;
        result.nodes = ARENA_ARRAY(arena, xmlNode *, count);
        for (size_t i = 0; i < count && i < LIMIT_ITEMS; i++) {
            result.nodes[result.count++] = object->nodesetval->nodeTab[i];
        }
    } else if (object != NULL && object->type != XPATH_NODESET) {
        xmlChar *text = xmlXPathCastToString(object);
        result.text = arena_copy(arena, span_of(chars(text)));
        xmlFree(text);
    }
    xmlXPathFreeObject(object);
    xmlXPathFreeContext(context);
    return result;
}
