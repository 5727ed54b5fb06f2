#include "base/query.h"

#include "base/limits.h"
#include "base/query_tokens.h"
#include "base/query_tree.h"

/* --- The simple way --------------------------------------------------------------------------- */

/* Whether an entry can stand in a query as it is: one plain word. */
static bool entry_is_word(struct span entry) {
    static const char *const keywords[] = {"AND", "OR", "NOT", "NEAR", "ONEAR"};
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
        if (span_equal(entry, span_of(keywords[i]))) {
            return false;
        }
    }
    for (size_t i = 0; i < entry.size; i++) {
        char c = entry.data[i];
        bool inner = i > 0 && strchr("-'", c) != NULL && c != '\0';
        if (!byte_is_alpha(c) && !byte_is_digit(c) && !inner) {
            return false;
        }
    }
    return entry.size > 0;
}

static bool entry_is_quoted(struct span entry, char quote) {
    return entry.size > 2 && entry.data[0] == quote && entry.data[entry.size - 1] == quote;
}

static void entry_write(struct buffer *out, struct span entry) {
    entry = span_trim(entry);
    if (entry_is_word(entry) || entry_is_quoted(entry, '`') || entry_is_quoted(entry, '"')) {
        buffer_append(out, entry);
        return;
    }
    quoted_print(out, entry);
}

/* Checks the entries one by one, so that an error names the one that is wrong, and writes them with
 * `between` before each but the first behind a '('. */
static bool entries_write(struct buffer *out, const struct span *entries, size_t count,
                          const char *between, struct error *error) {
    struct arena *arena = arena_create();
    bool valid = true;
    for (size_t i = 0; i < count && valid; i++) {
        const struct query *query = NULL;
        struct buffer entry;
        buffer_init(&entry, LIMIT_QUERY);
        entry_write(&entry, entries[i]);
        valid = query_parse(buffer_span(&entry), 0, arena, &query, error);
        if (!valid && error != NULL) {
            error->column = 0;
            error_add_context(error, "\"%.*s\"", SPAN_ARG(entries[i]));
        }
        bool first = out->size > 0 && out->data[out->size - 1] == '(';
        buffer_append_string(out, first ? "" : between);
        buffer_append(out, buffer_span(&entry));
        buffer_done(&entry);
    }
    arena_free(arena);
    return valid;
}

static bool lists_write(struct buffer *out, const struct span *any, size_t any_count,
                        struct error *error) {
    if (any_count == 0) {
        return true;
    }
    buffer_append_byte(out, '(');
    bool valid = entries_write(out, any, any_count, " OR ", error);
    buffer_append_byte(out, ')');
    return valid;
}

bool query_from_lists(const struct span *any, size_t any_count, const struct span *all,
                      size_t all_count, const struct span *none, size_t none_count,
                      struct arena *arena, const struct query **query, struct error *error) {
    struct buffer text;
    buffer_init(&text, LIMIT_QUERY);
    bool valid = lists_write(&text, any, any_count, error) &&
                 entries_write(&text, all, all_count, " ", error) &&
                 entries_write(&text, none, none_count, " NOT ", error);
    if (valid && text.overflowed) {
        valid =
            error_set(error, ERROR_LIMIT, "the lists are longer than %zu KiB", LIMIT_QUERY / KIB);
    }
    valid = valid && query_parse(buffer_span(&text), 0, arena, query, error);
    buffer_done(&text);
    return valid;
}

/* --- Printing --------------------------------------------------------------------------------- */

static void node_print(struct buffer *out, const struct query *query, const struct query_node *node,
                       bool inner);

static void children_print(struct buffer *out, const struct query *query,
                           const struct query_node *node, bool inner) {
    if (inner) {
        buffer_append_byte(out, '(');
    }
    for (size_t i = 0; i < node->count; i++) {
        if (i > 0 && node->kind == QUERY_NEAR) {
            const struct query_step *step = &node->steps[i - 1];
            buffer_print(out, " %sNEAR/%u ", step->ordered ? "O" : "", step->distance);
        } else if (i > 0) {
            buffer_append_string(out, node->kind == QUERY_AND ? " AND " : " OR ");
        }
        node_print(out, query, node->children[i], true);
    }
    if (inner) {
        buffer_append_byte(out, ')');
    }
}

static void node_print(struct buffer *out, const struct query *query, const struct query_node *node,
                       bool inner) {
    switch (node->kind) {
    case QUERY_AND:
    case QUERY_OR:
        children_print(out, query, node, inner);
        break;
    case QUERY_NEAR: /* binds tighter than everything */
        children_print(out, query, node, false);
        break;
    case QUERY_NOT:
        buffer_append_string(out, "NOT ");
        node_print(out, query, node->children[0], true);
        break;
    case QUERY_TERM:
        buffer_append(out, query->terms[node->term]->clause);
        break;
    case QUERY_FIELD:
    default:
        query_field_print(out, &node->field);
        break;
    }
}

void query_node_print(struct buffer *out, const struct query *query,
                      const struct query_node *node) {
    node_print(out, query, node, false);
}

void query_print(struct buffer *out, const struct query *query) {
    node_print(out, query, query->root, false);
}

bool query_has_text(const struct query *query) {
    return query->has_text;
}

void query_window(const struct query *query, int64_t *since_ms, int64_t *until_ms) {
    *since_ms = query->since_ms;
    *until_ms = query->until_ms;
}
