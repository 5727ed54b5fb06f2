#include "parsers/article_tree.h"

/* What goes after the text has been found: things that stand inside it without being it. */

static bool has_class_word(const xmlNode *node, const char *word) {
    struct span names[] = {dom_attribute(node, "class"), dom_attribute(node, "id")};
    for (size_t i = 0; i < 2; i++) {
        size_t at = span_find_nocase(names[i], span_of(word));
        size_t end = at + strlen(word);
        if (at == SPAN_NOT_FOUND) {
            continue;
        }
        bool begins = at == 0 || !byte_is_alpha(names[i].data[at - 1]);
        bool ends = end == names[i].size || !byte_is_alpha(names[i].data[end]);
        if (begins && ends) {
            return true;
        }
    }
    return false;
}

static bool stands_in(const xmlNode *node, const char *name, const xmlNode *top) {
    for (node = node->parent; node != NULL && node != top && is_element(node);
         node = node->parent) {
        if (dom_is(node, name)) {
            return true;
        }
    }
    return false;
}

/* Tables that hold data rather than the page's layout. */
static bool is_data_table(const xmlNode *node) {
    if (!dom_is(node, "table") || span_equal(dom_attribute(node, "role"), SPAN("presentation"))) {
        return false;
    }
    size_t rows = 0;
    for (const xmlNode *at = node; at != NULL; at = dom_next(at, node, false)) {
        if (dom_is(at, "th") || dom_is(at, "caption") || dom_is(at, "thead")) {
            return true;
        }
        if (at != node && dom_is(at, "table")) {
            return false;
        }
        rows += dom_is(at, "tr");
    }
    return rows > 10;
}

static bool is_list(const xmlNode *node, const struct note *note) {
    return dom_is(node, "ul") || dom_is(node, "ol") ||
           (note->text > 0 && (double)note->listed / (double)note->text > 0.9);
}

/* A block with next to no text of its own: links, pictures, headings. */
static bool is_hollow(const struct note *note) {
    double headings = note->text == 0 ? 0 : (double)note->heading / (double)note->text;
    return headings < 0.9 && note->text < 25 && note->link > 0 &&
           (note->images == 0 || note->images > 2);
}

/* Forms and players. */
static bool is_machinery(const struct note *note) {
    return note->inputs > note->paragraphs / 3 || note->embeds > 1 ||
           (note->embeds == 1 && note->text < 75);
}

static bool is_gallery(const struct note *note) {
    return note->images > 1 && note->paragraphs * 2 < note->images;
}

static bool is_linked_away(int weight, const struct note *note) {
    return link_density(note) > (weight < 25 ? 0.2 : 0.5);
}

/* Whether a block that may or may not be text looks as if it were not. */
static bool is_fishy(const xmlNode *node, const struct note *note, const xmlNode *top) {
    int weight = class_weight(node);
    if (weight < 0) {
        return true;
    }
    if (note->commas >= 10) {
        return false;
    }
    if (is_machinery(note)) {
        return true;
    }
    bool figure = stands_in(node, "figure", top);
    if (is_list(node, note)) {
        return (!figure && is_gallery(note)) || (weight >= 25 && is_linked_away(weight, note));
    }
    size_t items = note->items > 100 ? note->items - 100 : 0;
    return (!figure && (is_gallery(note) || is_hollow(note))) || items > note->paragraphs ||
           is_linked_away(weight, note);
}

/* A list of links is a menu, wherever it stands. */
static bool is_link_list(const xmlNode *node, const struct note *note) {
    return is_list(node, note) && note->items > 1 && link_density(note) > 0.6;
}

static const char *const conditional[] = {"form", "fieldset", "table", "ul", "ol",
                                          "div",  "section",  "aside", "dl", NULL};
static const char *const dropped[] = {"footer", "aside",      "object", "embed",
                                      "h1",     "figcaption", NULL};
static const char *const headings[] = {"h1", "h2", "h3", "h4", "h5", "h6", NULL};

static bool goes(const xmlNode *node, const xmlNode *top, struct arena *arena) {
    const struct note *note = note_of(node, arena);
    /* What holds the better part of the text is no box beside it, whatever it is called. */
    if (note->text * 5 > note_of(top, arena)->text * 2 && link_density(note) < 0.5) {
        return false;
    }
    if (is_one_of(node, dropped)) {
        return true;
    }
    if ((has_class_word(node, "share") || has_class_word(node, "sharing") ||
         has_class_word(node, "sharedaddy")) &&
        note->text < 500) {
        return true;
    }
    if (is_one_of(node, headings)) {
        return class_weight(node) < 0;
    }
    if (!is_one_of(node, conditional) || is_data_table(node) || stands_in(node, "code", top) ||
        stands_in(node, "pre", top)) {
        return false;
    }
    return is_link_list(node, note) || is_fishy(node, note, top);
}

void article_clean(xmlNode *top, struct arena *arena) {
    notes_measure(top, arena);
    xmlNode *node = top;
    while (node != NULL) {
        bool gone = node != top && is_element(node) && goes(node, top, arena);
        xmlNode *next = dom_next(node, top, gone);
        if (gone) {
            node_remove(node);
        }
        node = next;
    }
}
