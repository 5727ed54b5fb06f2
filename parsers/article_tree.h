/* The parts of main-text extraction: what is cut away before, how elements are judged, what is cut
 * away after. They work on the page's tree itself and change it. */
#ifndef PARSERS_ARTICLE_TREE_H
#define PARSERS_ARTICLE_TREE_H

#include "parsers/dom.h"

/* What is known of an element; hangs on node->_private, lives in the arena. Counts are of
 * everything inside. */
struct note {
    size_t text;    /* characters, white space folded */
    size_t link;    /* of them in links */
    size_t heading; /* of them in headings */
    size_t listed;  /* of them in list items */
    size_t flow;    /* of them in paragraphs, quotes, spans and the like */
    size_t commas;
    size_t paragraphs;
    size_t images;
    size_t items;
    size_t inputs;
    size_t embeds;
    bool candidate;
    double score;
};

struct note *note_of(const xmlNode *node, struct arena *arena); /* made when there is none */

/* Counts anew what is inside `top`, for it and all below. */
void notes_measure(xmlNode *top, struct arena *arena);

double link_density(const struct note *note);

/* What class and id say: +25 for words like "article", -25 for words like "sidebar". */
int class_weight(const xmlNode *node);

bool is_element(const xmlNode *node);
bool is_one_of(const xmlNode *node, const char *const *names); /* NULL at the end */
void node_remove(xmlNode *node);

/* Takes away what cannot be main text: scripts, navigation, what is hidden; with `strict` also what
 * is called by the name of something else ("sidebar", "comments"). */
void article_strip(xmlNode *root, bool strict);

/* The element that holds most of the main text, by the density of text around it; `root` when
 * nothing stands out. Notes are measured. */
xmlNode *article_top(xmlNode *root, struct arena *arena);

/* Whether a sibling of the top element belongs to the text, too. */
bool article_joins(const xmlNode *top, const xmlNode *sibling, struct arena *arena);

/* Takes away what stands inside the text without belonging to it: teasers, share bars, forms. */
void article_clean(xmlNode *top, struct arena *arena);

/* The text without the lines that sites put between paragraphs: "Read also: ...", "Advertisement". */
struct span article_without_furniture(struct span text, struct arena *arena);

#endif
