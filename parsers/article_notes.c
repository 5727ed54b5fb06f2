#include "parsers/article_tree.h"

/* Measuring and judging single elements. */

bool is_element(const xmlNode *node) {
    return node->type == XML_ELEMENT_NODE;
}

bool is_one_of(const xmlNode *node, const char *const *names) {
    if (!is_element(node)) {
        return false;
    }
    for (; *names != NULL; names++) {
        if (strcmp((const char *)node->name, *names) == 0) {
            return true;
        }
    }
    return false;
}

void node_remove(xmlNode *node) {
    xmlUnlinkNode(node);
    xmlFreeNode(node);
}

struct note *note_of(const xmlNode *node, struct arena *arena) {
    if (node->_private == NULL) {
        ((xmlNode *)(uintptr_t)node)->_private = ARENA_NEW(arena, struct note);
    }
    return node->_private;
}

static void text_measure(const xmlNode *node, struct note *note) {
    bool space = true;
    for (const unsigned char *at = node->content; at != NULL && *at != '\0'; at++) {
        bool is_space = byte_is_space((char)*at);
        note->text += (!is_space && (*at & 0xC0) != 0x80) || (is_space && !space);
        note->commas += *at == ',' || *at == ';';
        /* Commas of other scripts: U+3001, U+FF0C, U+060C. */
        note->commas += *at == 0xE3 && at[1] == 0x80 && at[2] == 0x81;
        note->commas += *at == 0xEF && at[1] == 0xBC && at[2] == 0x8C;
        note->commas += *at == 0xD8 && at[1] == 0x8C;
        space = is_space;
    }
}

static const char *const headings[] = {"h1", "h2", "h3", "h4", "h5", "h6", NULL};
static const char *const flows[] = {"p", "span", "li", "td", "blockquote", "pre", "dd", NULL};
static const char *const embeds[] = {"object", "embed", "iframe", "video", "audio", NULL};
static const char *const controls[] = {"input", "textarea", "select", "button", NULL};

/* What an element adds to the counts of the one around it, by what it is itself. */
static void element_measure(const xmlNode *node, struct note *note) {
    if (dom_is(node, "a")) {
        /* Links within the page are no way out of it. */
        struct span href = dom_attribute(node, "href");
        bool within = href.size > 0 && href.data[0] == '#';
        note->link = within ? note->text * 3 / 10 : note->text;
    }
    if (is_one_of(node, headings)) {
        note->heading = note->text;
    }
    if (dom_is(node, "li")) {
        note->listed = note->text;
        note->items++;
    }
    if (is_one_of(node, flows)) {
        note->flow = note->text;
    }
    note->paragraphs += dom_is(node, "p");
    note->images += dom_is(node, "img");
    note->inputs += is_one_of(node, controls);
    note->embeds += is_one_of(node, embeds);
}

static void note_add(struct note *sum, const struct note *part) {
    sum->text += part->text;
    sum->link += part->link;
    sum->heading += part->heading;
    sum->listed += part->listed;
    sum->flow += part->flow;
    sum->commas += part->commas;
    sum->paragraphs += part->paragraphs;
    sum->images += part->images;
    sum->items += part->items;
    sum->inputs += part->inputs;
    sum->embeds += part->embeds;
}

static void note_reset(const xmlNode *node, struct arena *arena) {
    struct note *note = note_of(node, arena);
    *note = (struct note){.candidate = note->candidate, .score = note->score};
}

void notes_measure(xmlNode *top, struct arena *arena) {
    xmlNode *node = top;
    note_reset(node, arena);
    for (;;) {
        if (is_element(node) && node->children != NULL) {
            node = node->children;
            note_reset(node, arena);
            continue;
        }
        for (;;) { /* `node` is complete: add it to its parent, go on */
            struct note *note = node->_private;
            if (is_element(node)) {
                element_measure(node, note);
            } else if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) {
                text_measure(node, note);
            }
            if (node == top) {
                return;
            }
            note_add(node->parent->_private, note);
            if (node->next != NULL) {
                node = node->next;
                note_reset(node, arena);
                break;
            }
            node = node->parent;
        }
    }
}

double link_density(const struct note *note) {
    return note->text == 0 ? 0 : (double)note->link / (double)note->text;
}

static bool has_word(struct span text, const char *const *words) {
    for (; *words != NULL; words++) {
        if (span_find_nocase(text, span_of(*words)) != SPAN_NOT_FOUND) {
            return true;
        }
    }
    return false;
}

static int name_weight(struct span name) {
    static const char *const good[] = {"article",   "body",    "content",  "entry",    "main",
                                       "page",      "post",    "text",     "blog",     "story",
                                       "artikel",   "beitrag", "inhalt",   "texte",    "contenu",
                                       "contenido", "noticia", "articolo", "conteudo", NULL};
    static const char *const bad[] = {
        "-ad-",     "banner",   "comment",  "contact",    "footer",     "gdpr",    "hidden",
        "masthead", "media",    "meta",     "outbrain",   "promo",      "related", "scroll",
        "share",    "shopping", "shoutbox", "sidebar",    "skyscraper", "sponsor", "tags",
        "widget",   "taboola",  "teaser",   "newsletter", "kommentar",  NULL};
    if (name.size == 0) {
        return 0;
    }
    return (has_word(name, good) ? 25 : 0) - (has_word(name, bad) ? 25 : 0);
}

int class_weight(const xmlNode *node) {
    return name_weight(dom_attribute(node, "class")) + name_weight(dom_attribute(node, "id"));
}
