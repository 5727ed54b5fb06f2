#include "base/limits.h"
#include "base/query_tokens.h"
#include "base/query_tree.h"

/* A hand-written parser by recursive descent:
 *
 *     or      = and { "OR" and }
 *     and     = not { ["AND"] not }
 *     not     = ("NOT" | "-") not | near
 *     near    = primary { ("NEAR/n" | "ONEAR/n") primary }
 *     primary = "(" or ")" | word | "phrase" ["~" n] | `exact` | field ":" value
 *
 * Each returns NULL after setting the error. */

struct parser {
    struct lexer lexer;
    int64_t now_ms;
    struct arena *arena;
    struct query *query;
    size_t term_capacity;
    size_t term_words; /* over all terms */
    unsigned depth;
};

/* --- Nodes ------------------------------------------------------------------------------------ */

static struct query_node *node_create(struct parser *parser, enum query_kind kind, size_t at) {
    struct query_node *node = ARENA_NEW(parser->arena, struct query_node);
    node->kind = kind;
    node->at = at;
    return node;
}

static void node_push(struct parser *parser, struct query_node *node, struct query_node *child) {
    node->children = arena_grow(parser->arena, node->children, node->count, &node->capacity,
                                sizeof(struct query_node *));
    node->children[node->count++] = child;
}

/* An AND in an AND is one AND; the same with OR. */
static void node_add(struct parser *parser, struct query_node *node, struct query_node *child) {
    if (child->kind != node->kind) {
        node_push(parser, node, child);
        return;
    }
    for (size_t i = 0; i < child->count; i++) {
        node_push(parser, node, child->children[i]);
    }
}

static struct query_node *node_slim(struct query_node *node) {
    return node->count == 1 ? node->children[0] : node;
}

/* `term` as a node of the tree. */
static struct query_node *node_of_term(struct parser *parser, const struct query_term *term,
                                       size_t at) {
    struct query *query = parser->query;
    parser->term_words += term->exact ? 1 : term->form[0].count;
    if (parser->term_words > LIMIT_QUERY_TERMS) {
        error_set(parser->lexer.error, ERROR_LIMIT, "the query has more than %zu words",
                  LIMIT_QUERY_TERMS);
        return lexer_fail_at(&parser->lexer, at);
    }
    query->terms = arena_grow(parser->arena, query->terms, query->term_count,
                              &parser->term_capacity, sizeof(struct query_term *));
    struct query_term *copy = ARENA_NEW(parser->arena, struct query_term);
    *copy = *term;
    struct query_node *node = node_create(parser, QUERY_TERM, at);
    node->term = query->term_count;
    query->terms[query->term_count++] = copy;
    return node;
}

/* --- Primaries -------------------------------------------------------------------------------- */

static struct query_node *parse_or(struct parser *parser);

/* \\ and backslashes before quotation marks. */
static struct span unescape(struct span text, struct arena *arena) {
    char *out = arena_allocate(arena, text.size + 1);
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        bool escaped = text.data[i] == '\\' && i + 1 < text.size &&
                       (quote_size(text, i + 1) > 0 || text.data[i + 1] == '\\');
        i += escaped ? 1 : 0;
        out[size++] = text.data[i];
    }
    return (struct span){out, size};
}

/* What was read since `at`, as written. */
static struct span written_since(const struct parser *parser, size_t at) {
    return arena_copy(parser->arena,
                      (struct span){parser->lexer.text.data + at, parser->lexer.at - at});
}

/* Digits at the current place; false when there are none or they pass `most`. */
static bool read_number(struct parser *parser, unsigned most, unsigned *number) {
    size_t begin = parser->lexer.at;
    *number = 0;
    while (parser->lexer.at < parser->lexer.text.size &&
           byte_is_digit(parser->lexer.text.data[parser->lexer.at])) {
        *number = *number * 10 + (unsigned)(parser->lexer.text.data[parser->lexer.at++] - '0');
        if (*number > most) {
            return false;
        }
    }
    return parser->lexer.at > begin;
}

/* The ~n behind a phrase. */
static bool parse_slop(struct parser *parser, struct query_term *term) {
    if (parser->lexer.at == parser->lexer.text.size ||
        parser->lexer.text.data[parser->lexer.at] != '~') {
        return true;
    }
    size_t at = parser->lexer.at++;
    if (!read_number(parser, LIMIT_QUERY_DISTANCE, &term->slop)) {
        error_set(parser->lexer.error, ERROR_USAGE,
                  "'~' behind a phrase needs a number from 0 to %d: \"acme coffee\"~3",
                  LIMIT_QUERY_DISTANCE);
        lexer_fail_at(&parser->lexer, at);
        return false;
    }
    term->loose = term->form[0].count > 1;
    if (term->loose && term->form[0].count > LIMIT_QUERY_LOOSE) {
        error_set(parser->lexer.error, ERROR_LIMIT, "a phrase with '~' has at most %d words",
                  LIMIT_QUERY_LOOSE);
        lexer_fail_at(&parser->lexer, at);
        return false;
    }
    if (term->loose) {
        term->form_count = 1;
    }
    return true;
}

static struct query_node *parse_quoted(struct parser *parser) {
    struct token token = parser->lexer.token;
    struct query_term term = {0};
    size_t wrong = 0;
    struct span inside = unescape(token.inside, parser->arena);
    if (!query_term_words(inside, parser->arena, &term, &wrong, parser->lexer.error)) {
        return lexer_fail_at(&parser->lexer, token.at + 1 + wrong);
    }
    if (!parse_slop(parser, &term)) {
        return NULL;
    }
    term.clause = written_since(parser, token.at);
    return lexer_next(&parser->lexer) ? node_of_term(parser, &term, token.at) : NULL;
}

static struct query_node *parse_exact(struct parser *parser) {
    struct token token = parser->lexer.token;
    struct query_term term = {.clause = written_since(parser, token.at)};
    if (!query_term_exact(arena_copy(parser->arena, token.inside), &term, parser->lexer.error)) {
        return lexer_fail_at(&parser->lexer, token.at);
    }
    return lexer_next(&parser->lexer) ? node_of_term(parser, &term, token.at) : NULL;
}

static struct query_node *parse_word(struct parser *parser) {
    struct token token = parser->lexer.token;
    struct query_term term = {.clause = written_since(parser, token.at)};
    size_t wrong = 0;
    if (!query_term_words(term.clause, parser->arena, &term, &wrong, parser->lexer.error)) {
        return lexer_fail_at(&parser->lexer, token.at + wrong);
    }
    return lexer_next(&parser->lexer) ? node_of_term(parser, &term, token.at) : NULL;
}

/* Size of the name in "name:value"; 0 when the word is none: "12:30", "http://x". */
static size_t field_name_size(struct span word) {
    size_t size = 0;
    while (size < word.size && (byte_is_alpha(word.data[size]) || word.data[size] == '_')) {
        size++;
    }
    bool is_field = size > 0 && size < word.size && word.data[size] == ':' &&
                    !span_starts_with(span_from(word, size), SPAN("://"));
    return is_field ? size : 0;
}

static struct query_node *parse_field(struct parser *parser, size_t name_size) {
    struct token token = parser->lexer.token;
    const struct query_field_row *row = NULL;
    if (!query_field_find(span_first(token.text, name_size), &row, parser->lexer.error)) {
        return lexer_fail_at(&parser->lexer, token.at);
    }
    struct span value = span_from(token.text, name_size + 1);
    if (value.size == 0 && lexer_at_quote(&parser->lexer)) {
        if (!lexer_next(&parser->lexer)) {
            return NULL;
        }
        value = unescape(parser->lexer.token.inside, parser->arena);
    }
    struct query_node *node = node_create(parser, QUERY_FIELD, token.at);
    if (!query_field_parse(row, value, parser->now_ms, parser->arena, &node->field,
                           parser->lexer.error)) {
        return lexer_fail_at(&parser->lexer, token.at + name_size + 1);
    }
    return lexer_next(&parser->lexer) ? node : NULL;
}

static struct query_node *parse_parentheses(struct parser *parser) {
    size_t at = parser->lexer.token.at;
    if (!lexer_next(&parser->lexer)) {
        return NULL;
    }
    struct query_node *node = parse_or(parser);
    if (node == NULL) {
        return NULL;
    }
    if (parser->lexer.token.kind != TOKEN_CLOSE) {
        return lexer_fail(&parser->lexer, at, ERROR_USAGE, "this '(' is never closed");
    }
    return lexer_next(&parser->lexer) ? node : NULL;
}

/* What is missing where a term should stand. */
static struct query_node *fail_without_term(struct parser *parser) {
    size_t at = parser->lexer.token.at;
    switch ((int)parser->lexer.token.kind) {
    case TOKEN_CLOSE:
        return lexer_fail(&parser->lexer, at, ERROR_USAGE,
                          "something to look for is missing before ')'");
    case TOKEN_AND:
        return lexer_fail(&parser->lexer, at, ERROR_USAGE,
                          "AND needs something to look for on both sides");
    case TOKEN_OR:
        return lexer_fail(&parser->lexer, at, ERROR_USAGE,
                          "OR needs something to look for on both sides");
    case TOKEN_NEAR:
        return lexer_fail(&parser->lexer, at, ERROR_USAGE,
                          "NEAR needs something to look for on both sides");
    default:
        return lexer_fail(&parser->lexer, at, ERROR_USAGE,
                          "something to look for is missing at the end");
    }
}

static struct query_node *parse_primary(struct parser *parser) {
    switch ((int)parser->lexer.token.kind) {
    case TOKEN_OPEN:
        return parse_parentheses(parser);
    case TOKEN_QUOTED:
        return parse_quoted(parser);
    case TOKEN_EXACT:
        return parse_exact(parser);
    case TOKEN_WORD: {
        size_t name_size = field_name_size(parser->lexer.token.text);
        return name_size > 0 ? parse_field(parser, name_size) : parse_word(parser);
    }
    default:
        return fail_without_term(parser);
    }
}

/* --- Operators -------------------------------------------------------------------------------- */

static bool node_is_place(const struct query_node *node) {
    bool alternatives = node->kind == QUERY_OR;
    for (size_t i = 0; i < node->count && alternatives; i++) {
        alternatives = node->children[i]->kind == QUERY_TERM;
    }
    return node->kind == QUERY_TERM || alternatives;
}

/* The number of NEAR/5. */
static bool parse_step(struct parser *parser, struct query_step *step) {
    struct token token = parser->lexer.token;
    step->ordered = token.text.data[0] == 'O';
    size_t slash = span_find_byte(token.text, '/');
    int64_t distance = 0;
    if (slash == SPAN_NOT_FOUND) {
        error_set(parser->lexer.error, ERROR_USAGE, "%.*s needs a number: %.*s/5",
                  SPAN_ARG(token.text), SPAN_ARG(token.text));
        lexer_fail_at(&parser->lexer, token.at);
        return false;
    }
    if (!span_to_int64(span_from(token.text, slash + 1), &distance) || distance < 1 ||
        distance > LIMIT_QUERY_DISTANCE) {
        error_set(parser->lexer.error, ERROR_USAGE, "%.*s needs a number of words from 1 to %d",
                  SPAN_ARG(span_first(token.text, slash)), LIMIT_QUERY_DISTANCE);
        lexer_fail_at(&parser->lexer, token.at + slash + 1);
        return false;
    }
    step->distance = (unsigned)distance;
    return lexer_next(&parser->lexer);
}

static struct query_node *parse_near(struct parser *parser) {
    struct query_node *first = parse_primary(parser);
    if (first == NULL || parser->lexer.token.kind != TOKEN_NEAR) {
        return first;
    }
    struct query_node *near = node_create(parser, QUERY_NEAR, first->at);
    struct query_step *steps = NULL;
    size_t capacity = 0;
    struct query_node *operand = first;
    for (;;) {
        if (!node_is_place(operand)) {
            return lexer_fail(&parser->lexer, operand->at, ERROR_USAGE,
                              "NEAR stands between words, phrases or a group of them: "
                              "acme NEAR/5 (refund OR \"money back\")");
        }
        node_push(parser, near, operand);
        if (parser->lexer.token.kind != TOKEN_NEAR) {
            near->steps = steps;
            return near;
        }
        steps = arena_grow(parser->arena, steps, near->count - 1, &capacity, sizeof *steps);
        if (!parse_step(parser, &steps[near->count - 1])) {
            return NULL;
        }
        operand = parse_primary(parser);
        if (operand == NULL) {
            return NULL;
        }
    }
}

static struct query_node *parse_not(struct parser *parser) {
    struct token token = parser->lexer.token;
    if (token.kind != TOKEN_NOT && token.kind != TOKEN_MINUS) {
        return parse_near(parser);
    }
    if (!lexer_next(&parser->lexer)) {
        return NULL;
    }
    bool alone = parser->lexer.token.at != token.at + 1 || parser->lexer.token.kind == TOKEN_END;
    if (token.kind == TOKEN_MINUS && alone) {
        return lexer_fail(&parser->lexer, token.at, ERROR_USAGE,
                          "'-' needs what it excludes right behind it");
    }
    if (++parser->depth > LIMIT_QUERY_DEPTH) {
        return lexer_fail(&parser->lexer, token.at, ERROR_LIMIT, "the query is nested too deeply");
    }
    struct query_node *child = parse_not(parser);
    parser->depth--;
    if (child == NULL || child->kind == QUERY_NOT) {
        return child == NULL ? NULL : child->children[0]; /* NOT NOT a is a */
    }
    struct query_node *node = node_create(parser, QUERY_NOT, token.at);
    node_push(parser, node, child);
    return node;
}

static struct query_node *parse_and(struct parser *parser) {
    struct query_node *node = node_create(parser, QUERY_AND, parser->lexer.token.at);
    for (;;) {
        struct query_node *child = parse_not(parser);
        if (child == NULL) {
            return NULL;
        }
        node_add(parser, node, child);
        enum token_kind kind = parser->lexer.token.kind;
        if (kind == TOKEN_END || kind == TOKEN_CLOSE || kind == TOKEN_OR) {
            return node_slim(node);
        }
        if (kind == TOKEN_AND && !lexer_next(&parser->lexer)) {
            return NULL;
        }
    }
}

static struct query_node *parse_or(struct parser *parser) {
    if (++parser->depth > LIMIT_QUERY_DEPTH) {
        return lexer_fail(&parser->lexer, parser->lexer.token.at, ERROR_LIMIT,
                          "the query is nested too deeply");
    }
    struct query_node *node = node_create(parser, QUERY_OR, parser->lexer.token.at);
    for (;;) {
        struct query_node *child = parse_and(parser);
        if (child == NULL) {
            return NULL;
        }
        node_add(parser, node, child);
        if (parser->lexer.token.kind != TOKEN_OR) {
            parser->depth--;
            return node_slim(node);
        }
        if (!lexer_next(&parser->lexer)) {
            return NULL;
        }
    }
}

/* --- What the tree says as a whole ------------------------------------------------------------ */

/* The node that would match a mention without anything in it being there, or NULL. */
static const struct query_node *find_unfounded(const struct query_node *node) {
    const struct query_node *unfounded = NULL;
    switch (node->kind) {
    case QUERY_NOT:
        return node;
    case QUERY_AND: /* one founded part is enough */
        for (size_t i = 0; i < node->count; i++) {
            unfounded = find_unfounded(node->children[i]);
            if (unfounded == NULL) {
                return NULL;
            }
        }
        return unfounded;
    case QUERY_OR:
        for (size_t i = 0; i < node->count && unfounded == NULL; i++) {
            unfounded = find_unfounded(node->children[i]);
        }
        return unfounded;
    case QUERY_NEAR:
    case QUERY_TERM:
    case QUERY_FIELD:
    default:
        return NULL;
    }
}

static void mark_excluded(struct query *query, const struct query_node *node, bool excluded) {
    excluded = excluded != (node->kind == QUERY_NOT);
    if (node->kind == QUERY_TERM) {
        query->terms[node->term]->excluded = excluded;
    }
    for (size_t i = 0; i < node->count; i++) {
        mark_excluded(query, node->children[i], excluded);
    }
}

/* since:, until: and brand: that every match must meet. */
static void take_bound(struct query *query, const struct query_node *node) {
    if (node->kind != QUERY_FIELD) {
        return;
    }
    int64_t moment = node->field.moment_ms;
    switch (query_field_bound(&node->field)) {
    case BOUND_SINCE:
        if (query->since_ms == DATE_NONE || moment > query->since_ms) {
            query->since_ms = moment;
        }
        break;
    case BOUND_UNTIL:
        if (query->until_ms == DATE_NONE || moment < query->until_ms) {
            query->until_ms = moment;
        }
        break;
    case BOUND_BRAND:
        query->brand = node->field.prefix ? query->brand : node->field.folded;
        break;
    case BOUND_NONE:
    default:
        break;
    }
}

static void take_bounds(struct query *query) {
    take_bound(query, query->root);
    for (size_t i = 0; i < query->root->count && query->root->kind == QUERY_AND; i++) {
        take_bound(query, query->root->children[i]);
    }
}

static struct query_node *parse_all(struct parser *parser) {
    if (!lexer_next(&parser->lexer)) {
        return NULL;
    }
    if (parser->lexer.token.kind == TOKEN_END) {
        return lexer_fail(&parser->lexer, 0, ERROR_USAGE, "the query is empty");
    }
    struct query_node *root = parse_or(parser);
    if (root == NULL) {
        return NULL;
    }
    if (parser->lexer.token.kind != TOKEN_END) {
        return lexer_fail(&parser->lexer, parser->lexer.token.at, ERROR_USAGE,
                          "this ')' closes nothing");
    }
    const struct query_node *unfounded = find_unfounded(root);
    if (unfounded != NULL) {
        return lexer_fail(
            &parser->lexer, unfounded->at, ERROR_USAGE,
            "nothing to find here, only something to exclude: add a word to look for");
    }
    return root;
}

bool query_parse(struct span text, int64_t now_ms, struct arena *arena, const struct query **query,
                 struct error *error) {
    if (text.size > LIMIT_QUERY) {
        return error_set(error, ERROR_LIMIT, "the query is longer than %zu KiB", LIMIT_QUERY / KIB);
    }
    struct query *made = ARENA_NEW(arena, struct query);
    struct parser parser = {
        .lexer = {.text = text, .error = error}, .now_ms = now_ms, .arena = arena, .query = made};
    made->since_ms = DATE_NONE;
    made->until_ms = DATE_NONE;
    made->root = parse_all(&parser);
    if (made->root == NULL) {
        return false;
    }
    made->has_text = made->term_count > 0;
    mark_excluded(made, made->root, false);
    take_bounds(made);
    *query = made;
    return true;
}
