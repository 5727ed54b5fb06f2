#include "parsers/article_tree.h"

#include <math.h>

/* Which element holds the text. Every paragraph gives points to the elements around it: one, one
 * more for each comma, up to three for its length; half as many to the grandparent, and so on.
 * Links take them away again. After A. Grabulosa and others' "Readability" (2009 on). */

static const char *const blocks[] = {
    "blockquote", "dl",      "div",     "img",    "ol",     "p",      "pre",   "table",
    "ul",         "section", "article", "figure", "form",   "h1",     "h2",    "h3",
    "h4",         "h5",      "h6",      "main",   "header", "footer", "aside", NULL};
static const char *const scored[] = {"section", "h2", "h3", "h4",  "h5",
                                     "h6",      "p",  "td", "pre", NULL};

#define PARAGRAPH_LEAST 25 /* characters: less is a caption or a button */
#define ANCESTORS 5

static bool has_block_child(const xmlNode *node) {
    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        if (is_one_of(child, blocks) || (is_element(child) && has_block_child(child))) {
            return true;
        }
    }
    return false;
}

static double base_score(const xmlNode *node) {
    static const char *const good[] = {"pre", "td", "blockquote", NULL};
    static const char *const bad[] = {"address", "ol", "ul", "dl", "dd", "dt", "li", "form", NULL};
    static const char *const worse[] = {"h1", "h2", "h3", "h4", "h5", "h6", "th", NULL};
    double score = dom_is(node, "div") ? 5 : 0;
    score += is_one_of(node, good)    ? 3
             : is_one_of(node, bad)   ? -3
             : is_one_of(node, worse) ? -5
                                      : 0;
    score += dom_is(node, "article") || dom_is(node, "main") ? 8 : 0;
    return score + class_weight(node);
}

/* Gives the points of a paragraph to the elements from `node` up. */
static void points_give(xmlNode *node, double points, struct arena *arena) {
    double divider = 1;
    for (size_t level = 0; level < ANCESTORS && node != NULL && is_element(node); level++) {
        struct note *note = note_of(node, arena);
        if (!note->candidate) {
            note->candidate = true;
            note->score = base_score(node);
        }
        note->score += points / divider;
        divider = level == 0 ? 2 : (double)(level + 1) * 3;
        node = node->parent;
    }
}

static double points_of(size_t text, size_t commas) {
    double length = floor((double)text / 100);
    return 2 + (double)commas + (length > 3 ? 3 : length);
}

/* Text that stands in a block beside other blocks, without a paragraph around it. */
static void loose_text_score(xmlNode *node, struct arena *arena) {
    struct note run = {0};
    for (xmlNode *child = node->children;; child = child->next) {
        bool ends = child == NULL || is_one_of(child, blocks) || has_block_child(child) ||
                    dom_is(child, "br");
        if (ends && run.text >= PARAGRAPH_LEAST && link_density(&run) < 0.5) {
            points_give(node, points_of(run.text, run.commas), arena);
        }
        if (child == NULL) {
            return;
        }
        if (ends) {
            run = (struct note){0};
        } else {
            const struct note *part = note_of(child, arena);
            run.text += part->text;
            run.link += part->link;
            run.commas += part->commas;
        }
    }
}

static void paragraphs_score(xmlNode *root, struct arena *arena) {
    for (xmlNode *node = root; node != NULL; node = dom_next(node, root, false)) {
        if (!is_element(node) || node->parent == NULL || !is_element(node->parent)) {
            continue;
        }
        const struct note *note = note_of(node, arena);
        bool block = dom_is(node, "div") || dom_is(node, "article") || dom_is(node, "main");
        if (block && has_block_child(node)) {
            loose_text_score(node, arena);
        } else if ((block || is_one_of(node, scored)) && note->text >= PARAGRAPH_LEAST) {
            points_give(node->parent, points_of(note->text, note->commas), arena);
        }
    }
}

static double final_score(const xmlNode *node) {
    const struct note *note = node->_private;
    return note == NULL || !note->candidate ? 0 : note->score * (1 - link_density(note));
}

#define CANDIDATES 5

struct ranking {
    xmlNode *list[CANDIDATES];
    size_t count;
};

static void ranking_add(struct ranking *ranking, xmlNode *node) {
    size_t at = ranking->count;
    while (at > 0 && final_score(ranking->list[at - 1]) < final_score(node)) {
        at--;
    }
    if (at == CANDIDATES) {
        return;
    }
    size_t last = ranking->count < CANDIDATES ? ranking->count++ : CANDIDATES - 1;
    for (size_t i = last; i > at; i--) {
        ranking->list[i] = ranking->list[i - 1];
    }
    ranking->list[at] = node;
}

static bool contains(const xmlNode *outer, const xmlNode *inner) {
    for (; inner != NULL; inner = inner->parent) {
        if (inner == outer) {
            return true;
        }
    }
    return false;
}

/* Text in several boxes of like weight: the element around three of them holds it all. */
static xmlNode *common_ancestor(const struct ranking *ranking) {
    xmlNode *top = ranking->list[0];
    for (xmlNode *outer = top->parent; outer != NULL && is_element(outer) && !dom_is(outer, "body");
         outer = outer->parent) {
        size_t inside = 0;
        for (size_t i = 1; i < ranking->count; i++) {
            inside += final_score(ranking->list[i]) >= final_score(top) * 0.75 &&
                      contains(outer, ranking->list[i]);
        }
        if (inside >= 3) {
            return outer;
        }
    }
    return top;
}

/* Up, as long as what stands around gains: the points thin out quickly in nested boxes. */
static xmlNode *climb(xmlNode *top) {
    double last = final_score(top);
    double least = last / 3;
    for (xmlNode *outer = top->parent; outer != NULL && is_element(outer) && !dom_is(outer, "body");
         outer = outer->parent) {
        const struct note *note = outer->_private;
        if (note == NULL || !note->candidate) {
            continue;
        }
        if (final_score(outer) < least) {
            break;
        }
        if (final_score(outer) > last) {
            return outer;
        }
        last = final_score(outer);
    }
    return top;
}

static bool is_only_child(const xmlNode *node) {
    for (const xmlNode *one = node->parent->children; one != NULL; one = one->next) {
        if (one != node && is_element(one)) {
            return false;
        }
    }
    return true;
}

xmlNode *article_top(xmlNode *root, struct arena *arena) {
    struct ranking ranking = {.count = 0};
    notes_measure(root, arena);
    paragraphs_score(root, arena);
    for (xmlNode *node = root; node != NULL; node = dom_next(node, root, false)) {
        if (is_element(node) && final_score(node) > 0 && !dom_is(node, "html")) {
            ranking_add(&ranking, node);
        }
    }
    if (ranking.count == 0) {
        return root;
    }
    xmlNode *top = climb(common_ancestor(&ranking));
    while (top->parent != NULL && is_element(top->parent) && !dom_is(top->parent, "body") &&
           !dom_is(top, "body") && is_only_child(top)) {
        top = top->parent;
    }
    return top;
}

bool article_joins(const xmlNode *top, const xmlNode *sibling, struct arena *arena) {
    if (!is_element(sibling)) {
        return false;
    }
    const struct note *note = note_of(sibling, arena);
    double top_score = final_score(top);
    double least = top_score * 0.2 > 10 ? top_score * 0.2 : 10;
    struct span class = dom_attribute(top, "class");
    double bonus =
        class.size > 0 && span_equal(class, dom_attribute(sibling, "class")) ? top_score * 0.2 : 0;
    if (note->candidate && final_score(sibling) + bonus >= least) {
        return true;
    }
    if (!dom_is(sibling, "p")) {
        return false;
    }
    double density = link_density(note);
    return (note->text > 80 && density < 0.25) ||
           (note->text <= 80 && note->text > 0 && note->link == 0 && note->commas > 0);
}
