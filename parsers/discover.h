/* Repeated blocks of a page: threads, comments, reviews that no markup names, told by their likeness.
 *
 * Elements with the same tag and class are a group; the group with the most own text (not links),
 * many members and what looks like a date, an author or a rating in them wins. Within its members
 * the places of title, text, author, time and rating are told in the same way: what most members
 * have in the same place, and how it reads. */
#ifndef PARSERS_DISCOVER_H
#define PARSERS_DISCOVER_H

#include "parsers/dom.h"
#include "parsers/parsers.h"

/* XPaths; those of fields are relative to an item, empty = not found. */
struct blocks {
    struct span items;
    struct span id;
    struct span url;
    struct span title;
    struct span text;
    struct span author;
    struct span published;
    struct span rating;
    struct span next;   /* where the list goes on; from the page's root */
    double rating_best; /* of the scale, as far as the values tell */
    size_t count;       /* items on the page */
    bool paragraphs;    /* `text` are several elements: all of them */
};

/* The blocks of a page; false: none stand out. `now_ms` is for relative dates. */
bool blocks_find(xmlDoc *document, int64_t now_ms, struct arena *arena, struct blocks *blocks);

/* The same as the sections of a recipe from `format:` on; the source gives the address. */
struct span blocks_recipe(const struct blocks *blocks, struct arena *arena);

#endif
