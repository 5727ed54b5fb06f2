#include "parsers/discover_groups.h"

#include "base/hash.h"

struct groups *groups_create(struct arena *arena) {
    struct groups *groups = ARENA_NEW(arena, struct groups);
    groups->arena = arena;
    groups->list = ARENA_ARRAY(arena, struct group *, GROUPS_MOST);
    return groups;
}

static bool group_is(const struct group *group, enum group_by by, struct span tag,
                     struct span name) {
    return group->by == by && span_equal(group->tag, tag) && span_equal(group->name, name);
}

/* The group of that name, made when there is room for it; NULL when there is none. */
static struct group *group_get(struct groups *groups, enum group_by by, struct span tag,
                               struct span name) {
    size_t room = sizeof groups->slots / sizeof groups->slots[0];
    uint64_t hash = hash_combine(hash_bytes(tag), hash_combine(hash_bytes(name), (uint64_t)by));
    size_t slot = (size_t)(hash % room);
    for (; groups->slots[slot] != 0; slot = (slot + 1) % room) {
        struct group *group = groups->list[groups->slots[slot] - 1];
        if (group_is(group, by, tag, name)) {
            return group;
        }
    }
    if (groups->count == GROUPS_MOST) {
        return NULL;
    }
    struct group *group = ARENA_NEW(groups->arena, struct group);
    group->by = by;
    group->tag = arena_copy(groups->arena, tag);
    group->name = arena_copy(groups->arena, name);
    groups->list[groups->count++] = group;
    groups->slots[slot] = groups->count;
    return group;
}

bool node_is_inside(const xmlNode *node, const xmlNode *ancestor) {
    for (node = node->parent; node != NULL; node = node->parent) {
        if (node == ancestor) {
            return true;
        }
    }
    return false;
}

static void group_add(struct group *group, xmlNode *node, size_t owner) {
    if (group == NULL || (owner != 0 && group->owner == owner)) {
        return;
    }
    size_t kept = group->count < MEMBERS_MOST ? group->count : MEMBERS_MOST;
    if (kept > 0 && node_is_inside(node, group->members[kept - 1])) {
        return;
    }
    group->owner = owner;
    if (group->count < MEMBERS_MOST) {
        group->members[group->count] = node;
    }
    group->count++;
}

/* A name that can stand in an XPath as it is. */
static bool is_plain(struct span name) {
    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i];
        if (!byte_is_alpha(c) && !byte_is_digit(c) && c != '-' && c != '_') {
            return false;
        }
    }
    return name.size > 0 && name.size <= 60;
}

static void add_names(struct groups *groups, xmlNode *node, const char *attribute, enum group_by by,
                      size_t owner) {
    struct span tag = by == GROUP_PROPERTY ? SPAN("*") : span_of((const char *)node->name);
    struct span rest = dom_attribute(node, attribute);
    struct span name;
    while (rest.size > 0 && span_split(&rest, ' ', &name)) {
        if (is_plain(name)) {
            group_add(group_get(groups, by, tag, name), node, owner);
        }
    }
}

void groups_add(struct groups *groups, xmlNode *node, size_t owner) {
    static const char *const telling[] = {"h1", "h2", "h3",   "h4",      "h5",         "h6",
                                          "p",  "a",  "time", "article", "blockquote", "dt"};
    add_names(groups, node, "class", GROUP_CLASS, owner);
    add_names(groups, node, "itemprop", GROUP_PROPERTY, owner);
    for (size_t i = 0; i < sizeof telling / sizeof telling[0]; i++) {
        if (dom_is(node, telling[i])) {
            group_add(group_get(groups, GROUP_TAG, span_of(telling[i]), SPAN("")), node, owner);
        }
    }
}

struct span group_xpath(const struct group *group, struct arena *arena) {
    switch (group->by) {
    case GROUP_CLASS:
        return arena_print(arena,
                           "%.*s[contains(concat(' ', normalize-space(@class), ' '), ' %.*s ')]",
                           SPAN_ARG(group->tag), SPAN_ARG(group->name));
    case GROUP_PROPERTY:
        return arena_print(arena, "*[@itemprop='%.*s']", SPAN_ARG(group->name));
    case GROUP_TAG:
        break;
    }
    return group->tag;
}

bool group_is_named(const struct group *group, const char *const *words) {
    for (; *words != NULL; words++) {
        if (span_find_nocase(group->name, span_of(*words)) != SPAN_NOT_FOUND) {
            return true;
        }
    }
    return false;
}

static bool is_linked(const xmlNode *node, const xmlNode *top) {
    for (; node != NULL && node != top; node = node->parent) {
        if (dom_is(node, "a")) {
            return true;
        }
    }
    return false;
}

size_t node_letters(const xmlNode *top, size_t *linked) {
    size_t letters = 0;
    bool skip = false;
    for (const xmlNode *node = top; node != NULL; node = dom_next(node, top, skip)) {
        skip = dom_is(node, "script") || dom_is(node, "style") || dom_is(node, "form");
        if (node->type != XML_TEXT_NODE || node->content == NULL) {
            continue;
        }
        size_t own = 0;
        for (const char *at = (const char *)node->content; *at != '\0'; at++) {
            own += !byte_is_space(*at);
        }
        letters += own;
        *linked += is_linked(node->parent, top) ? own : 0;
    }
    return letters;
}
