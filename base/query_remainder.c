#include "base/query_tree.h"

/* What a source's search leaves to us: read off the searches themselves, so that it cannot say
 * anything else than what is asked. */

struct remainders {
    const struct query *query;
    struct arena *arena;
    const struct span *searches;
    size_t search_count;
    struct query_remainder *list;
    size_t count;
    size_t capacity;
};

static void remainder_add(struct remainders *remainders, const struct query_node *node,
                          bool negated, const char *why) {
    struct buffer text;
    buffer_init(&text, LIMIT_QUERY * 2);
    buffer_append_string(&text, negated ? "NOT " : "");
    query_node_print(&text, remainders->query, node);
    remainders->list = arena_grow(remainders->arena, remainders->list, remainders->count,
                                  &remainders->capacity, sizeof *remainders->list);
    remainders->list[remainders->count++] =
        (struct query_remainder){arena_copy(remainders->arena, buffer_span(&text)), why};
    buffer_done(&text);
}

/* The longest word: what any search for the term must hold. */
static struct span term_word(const struct query_term *term) {
    struct span longest = term->exact ? term->text : SPAN("");
    for (size_t i = 0; i < term->form[0].count && !term->exact; i++) {
        struct span word = term->form[0].words[i].folded;
        longest = word.size > longest.size ? word : longest;
    }
    return longest;
}

static size_t searches_with(const struct remainders *remainders, struct span word) {
    size_t found = 0;
    for (size_t i = 0; i < remainders->search_count; i++) {
        found += span_find_nocase(remainders->searches[i], word) != SPAN_NOT_FOUND;
    }
    return found;
}

static bool has_open_ending(const struct query_term *term) {
    for (size_t i = 0; i < term->form[0].count && !term->exact; i++) {
        if (term->form[0].words[i].prefix) {
            return true;
        }
    }
    return false;
}

static void term_check(struct remainders *remainders, const struct query_node *node, bool negated) {
    const struct query_term *term = remainders->query->terms[node->term];
    size_t found = searches_with(remainders, term_word(term));
    if (negated && (found == 0 || found < remainders->search_count)) {
        remainder_add(remainders, node, true, "not left out there");
    } else if (has_open_ending(term)) {
        remainder_add(remainders, node, negated, "its ending is open");
    } else if (found == 0) {
        remainder_add(remainders, node, negated, "not asked for: the rest finds it, too");
    } else if (term->exact) {
        remainder_add(remainders, node, negated, "asked for in any case");
    } else if (term->loose) {
        remainder_add(remainders, node, negated, "asked for wherever its words stand");
    }
}

/* Depth: LIMIT_QUERY_DEPTH. */
static void node_check(struct remainders *remainders, const struct query_node *node, bool negated) {
    switch (node->kind) {
    case QUERY_FIELD:
        remainder_add(remainders, node, negated, "a field");
        break;
    case QUERY_TERM:
        term_check(remainders, node, negated);
        break;
    case QUERY_NEAR:
        remainder_add(remainders, node, negated, "asked for wherever its words stand");
        break;
    case QUERY_NOT:
    case QUERY_AND:
    case QUERY_OR:
    default:
        for (size_t i = 0; i < node->count; i++) {
            node_check(remainders, node->children[i], negated != (node->kind == QUERY_NOT));
        }
        break;
    }
}

const struct query_remainder *query_remainders(const struct query *query,
                                               enum query_dialect dialect, struct arena *arena,
                                               size_t *count) {
    struct remainders remainders = {.query = query, .arena = arena};
    remainders.searches = query_compile(query, dialect, arena, &remainders.search_count);
    node_check(&remainders, query->root, false);
    *count = remainders.count;
    return remainders.list;
}
