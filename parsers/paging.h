/* How one goes from page to page: one row per kind. */
#ifndef PARSERS_PAGING_H
#define PARSERS_PAGING_H

#include "parsers/fields.h"

/* Where in a listing the next request stands; texts live in the poll's arena. */
struct position {
    int64_t page;
    struct span cursor;
    struct span url; /* of the next request as a whole; empty = the recipe's */
    int64_t until_s; /* nothing newer than this is asked for; 0 = no such bound */
    int64_t empty;   /* empty pages met in a row */
};

/* What a page has shown. */
struct page_facts {
    struct answer *answer;
    const struct web_response *response;
    struct span next_url; /* that a standard document names */
    struct span last_id;  /* of its last item */
    int64_t oldest_ms;    /* of its items; DATE_NONE = none is dated */
    size_t items;         /* on the page, known or left out or not */
};

struct position position_first(const struct paging *paging, struct arena *arena);

/* Moves on; false: there is no next page. */
bool position_advance(const struct paging *paging, const struct page_facts *facts,
                      struct arena *arena, struct position *position);

#endif
