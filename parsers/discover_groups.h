/* Elements of one kind, by tag and class: behind blocks_find(). */
#ifndef PARSERS_DISCOVER_GROUPS_H
#define PARSERS_DISCOVER_GROUPS_H

#include "parsers/dom.h"

/* Kinds of elements on one page, and members of one kind that are looked at. Real lists hold 5..100
 * items of 5..40 kinds; a page's other kinds come to a few hundred. */
#define GROUPS_MOST 2048
#define MEMBERS_MOST 64

enum group_by { GROUP_CLASS, GROUP_PROPERTY, GROUP_TAG };

struct group {
    struct span tag; /* "*" where the name is an itemprop */
    struct span name;
    enum group_by by;
    xmlNode *members[MEMBERS_MOST]; /* the first, in document order, none inside another */
    size_t count;                   /* of all that were met, nested ones left out */
    size_t owner;                   /* what the last member was counted for: see groups_add() */
};

struct groups {
    struct arena *arena;
    struct group **list;
    size_t count;
    size_t slots[2 * GROUPS_MOST]; /* index + 1 into the list; 0 = free */
};

struct groups *groups_create(struct arena *arena);

/* Adds an element to the groups it belongs to: one per class name, one per itemprop, one by its tag
 * alone where the tag says something (headings, time, p, a, article). With an `owner` (a number that is not
 * 0) an element counts only once for each owner in each group. */
void groups_add(struct groups *groups, xmlNode *node, size_t owner);

/* "div[contains(concat(' ', normalize-space(@class), ' '), ' review ')]" */
struct span group_xpath(const struct group *group, struct arena *arena);

/* Whether one of the words is a part of the group's name, in lower case. */
bool group_is_named(const struct group *group, const char *const *words);

/* Characters inside, without white space; `*linked` of them in links. */
size_t node_letters(const xmlNode *node, size_t *linked);

bool node_is_inside(const xmlNode *node, const xmlNode *ancestor);

#endif
