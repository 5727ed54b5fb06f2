/* A doubly linked list whose links lie inside its members. A link that is in no list points at
 * itself, so that taking it out once more does no harm: that is what makes cancelling safe in any
 * state. */
#ifndef CRAWLER_LIST_H
#define CRAWLER_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct link {
    struct link *next;
    struct link *previous;
};

/* The member that `link` lies in. */
#define LIST_MEMBER(link, type, field) ((type *)(void *)((char *)(link)-offsetof(type, field)))

static inline void list_init(struct link *link) {
    link->next = link;
    link->previous = link;
}
static inline bool list_is_empty(const struct link *list) {
    return list->next == list;
}
static inline void list_take(struct link *link) {
    link->previous->next = link->next;
    link->next->previous = link->previous;
    list_init(link);
}
static inline void list_append(struct link *list, struct link *link) {
    list_take(link);
    link->previous = list->previous;
    link->next = list;
    list->previous->next = link;
    list->previous = link;
}

#endif
