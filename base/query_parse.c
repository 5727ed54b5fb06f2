#include "base/limits.h"
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

enum token_kind {
    TOKEN_END,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_AND,
    TOKEN_OR,
    TOKEN_NOT,
    TOKEN_MINUS,
    TOKEN_NEAR,
    TOKEN_QUOTED,
    TOKEN_EXACT,
    TOKEN_WORD,
};

struct token {
    enum token_kind kind;
    size_t at;          /* offset in the text */
    struct span text;   /* as written */
    struct span inside; /* between quotes or back-ticks */
};

struct parser {
    struct span text;
    size_t at;          /* behind the current token */
    struct token token; /* the current one */
    int64_t now_ms;
    struct arena *arena;
    struct error *error;
    struct query *query;
    size_t term_capacity;
    size_t term_words; /* over all terms */
    unsigned depth;
};

/* Puts the place in front of an error that is already set, or sets a new one. */
static void *fail_at(struct parser *parser, size_t at) {
    if (parser->error != NULL) {
        unsigned column = 1;
        for (size_t i = 0; i < at && i < parser->text.size; i++) {
            column += ((unsigned char)parser->text.data[i] & 0xC0) != 0x80;
        }
        parser->error->column = column;
    }
    return NULL;
}

static void *fail(struct parser *parser, size_t at, enum error_kind kind, const char *message) {
    error_set(parser->error, kind, "%s", message);
    return fail_at(parser, at);
}

/* --- Tokens ---------------------------------------------------------------------------------- */

/* Size of the white space, or of the quotation mark, that stands at `at`; 0 = none. */
static size_t space_size(struct span text, size_t at) {
    if (byte_is_space(text.data[at])) {
        return 1;
    }
    return span_starts_with(span_from(text, at), SPAN("\xC2\xA0")) ? 2 : 0; /* no-break space */
}

static size_t quote_size(struct span text, size_t at) {
    static const char *const curly[] = {"\xE2\x80\x9C", "\xE2\x80\x9D", "\xE2\x80\x9E"}; /* “ ” „ */
    if (text.data[at] == '"') {
        return 1;
    }
    for (size_t i = 0; i < sizeof curly / sizeof curly[0]; i++) {
        if (span_starts_with(span_from(text, at), span_of(curly[i]))) {
            return 3;
        }
    }
    return 0;
}

/* Where the word that begins at `at` ends. */
static size_t word_size(struct span text, size_t at) {
    size_t end = at;
    while (end < text.size && space_size(text, end) == 0 && quote_size(text, end) == 0 &&
           text.data[end] != '`') {
        /* "example(dot)com" is a word, "f(x" is a word and a parenthesis. */
        if (text.data[end] == ')') {
            break;
        }
        if (text.data[end] == '(') {
            if (end > at && span_starts_with_nocase(span_from(text, end), SPAN("(dot)"))) {
                end += 5;
                continue;
            }
            if (end > at && span_starts_with(span_from(text, end), SPAN("(.)"))) {
                end += 3;
                continue;
            }
            break;
        }
        end++;
    }
    return end - at;
}

static bool token_read_quoted(struct parser *parser, struct token *token) {
    struct span text = parser->text;
    size_t begin = parser->at + quote_size(text, parser->at);
    size_t end = begin;
    while (end < text.size && quote_size(text, end) == 0) {
        end += text.data[end] == '\\' && end + 1 < text.size ? 2 : 1;
    }
    if (end >= text.size) {
        fail(parser, token->at, ERROR_USAGE, "unclosed quote");
        return false;
    }
    token->kind = TOKEN_QUOTED;
    token->inside = (struct span){text.data + begin, end - begin};
    parser->at = end + quote_size(text, end);
    return true;
}

static bool token_read_exact(struct parser *parser, struct token *token) {
    struct span rest = span_from(parser->text, parser->at + 1);
    size_t size = span_find_byte(rest, '`');
    if (size == SPAN_NOT_FOUND) {
        fail(parser, token->at, ERROR_USAGE, "unclosed back-tick");
        return false;
    }
    token->kind = TOKEN_EXACT;
    token->inside = span_first(rest, size);
    parser->at += size + 2;
    return true;
}

/* The words of the language, in capitals; NEAR and ONEAR with or without their number. */
static enum token_kind keyword(struct span word) {
    static const struct {
        const char *name;
        enum token_kind kind;
    } keywords[] = {{"AND", TOKEN_AND},
                    {"OR", TOKEN_OR},
                    {"NOT", TOKEN_NOT},
                    {"NEAR", TOKEN_NEAR},
                    {"ONEAR", TOKEN_NEAR}};
    struct span name = span_first(word, span_find_byte(word, '/'));
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
        bool whole = name.size == word.size || keywords[i].kind == TOKEN_NEAR;
        if (whole && span_equal(name, span_of(keywords[i].name))) {
            return keywords[i].kind;
        }
    }
    return TOKEN_WORD;
}

static bool token_next(struct parser *parser) {
    struct span text = parser->text;
    while (parser->at < text.size && space_size(text, parser->at) > 0) {
        parser->at += space_size(text, parser->at);
    }
    struct token *token = &parser->token;
    *token = (struct token){.kind = TOKEN_END, .at = parser->at};
    if (parser->at == text.size) {
        return true;
    }
    char first = text.data[parser->at];
    if (quote_size(text, parser->at) > 0) {
        return token_read_quoted(parser, token);
    }
    if (first == '`') {
        return token_read_exact(parser, token);
    }
    size_t size = 1;
    if (first == '(' || first == ')' || first == '-') {
        token->kind = first == '(' ? TOKEN_OPEN : first == ')' ? TOKEN_CLOSE : TOKEN_MINUS;
    } else {
        size = word_size(text, parser->at);
        token->kind = keyword(span_first(span_from(text, parser->at), size));
    }
    token->text = span_first(span_from(text, parser->at), size);
    parser->at += size;
    return true;
}

/* --- Nodes ----------------------------------------------------------------------------------- */

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
        error_set(parser->error, ERROR_LIMIT, "the query has more than %zu words",
                  LIMIT_QUERY_TERMS);
        return fail_at(parser, at);
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

/* --- Primaries ------------------------------------------------------------------------------- */

static struct query_node *parse_or(struct parser *parser);

/* \" and \\ inside quotes. */
static struct span unescape(struct span text, struct arena *arena) {
    char *out = arena_allocate(arena, text.size + 1);
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        bool escaped = text.data[i] == '\\' && i + 1 < text.size &&
                       (text.data[i + 1] == '"' || text.data[i + 1] == '\\');
        i += escaped ? 1 : 0;
        out[size++] = text.data[i];
    }
    return (struct span){out, size};
}

/* What was read since `at`, as written. */
static struct span written_since(const struct parser *parser, size_t at) {
    return arena_copy(parser->arena, (struct span){parser->text.data + at, parser->at - at});
}

/* Digits at the current place; false when there are none or they pass `most`. */
static bool read_number(struct parser *parser, unsigned most, unsigned *number) {
    size_t begin = parser->at;
    *number = 0;
    while (parser->at < parser->text.size && byte_is_digit(parser->text.data[parser->at])) {
        *number = *number * 10 + (unsigned)(parser->text.data[parser->at++] - '0');
        if (*number > most) {
            return false;
        }
    }
    return parser->at > begin;
}

/* The ~n behind a phrase. */
static bool parse_slop(struct parser *parser, struct query_term *term) {
    if (parser->at == parser->text.size || parser->text.data[parser->at] != '~') {
        return true;
    }
    size_t at = parser->at++;
    if (!read_number(parser, LIMIT_QUERY_DISTANCE, &term->slop)) {
        error_set(parser->error, ERROR_USAGE,
                  "'~' behind a phrase needs a number from 0 to %d: \"acme coffee\"~3",
                  LIMIT_QUERY_DISTANCE);
        fail_at(parser, at);
        return false;
    }
    term->loose = term->form[0].count > 1;
    if (term->loose && term->form[0].count > LIMIT_QUERY_LOOSE) {
        error_set(parser->error, ERROR_LIMIT, "a phrase with '~' has at most %d words",
                  LIMIT_QUERY_LOOSE);
        fail_at(parser, at);
        return false;
    }
    if (term->loose) {
        term->form_count = 1;
    }
    return true;
}

static struct query_node *parse_quoted(struct parser *parser) {
    struct token token = parser->token;
    struct query_term term = {0};
    size_t wrong = 0;
    struct span inside = unescape(token.inside, parser->arena);
    if (!query_term_words(inside, parser->arena, &term, &wrong, parser->error)) {
        return fail_at(parser, token.at + 1 + wrong);
    }
    if (!parse_slop(parser, &term)) {
        return NULL;
    }
    term.clause = written_since(parser, token.at);
    return token_next(parser) ? node_of_term(parser, &term, token.at) : NULL;
}

static struct query_node *parse_exact(struct parser *parser) {
    struct token token = parser->token;
    struct query_term term = {.clause = written_since(parser, token.at)};
    if (!query_term_exact(token.inside, parser->arena, &term, parser->error)) {
        return fail_at(parser, token.at);
    }
    return token_next(parser) ? node_of_term(parser, &term, token.at) : NULL;
}

static struct query_node *parse_word(struct parser *parser) {
    struct token token = parser->token;
    struct query_term term = {.clause = written_since(parser, token.at)};
    size_t wrong = 0;
    if (!query_term_words(term.clause, parser->arena, &term, &wrong, parser->error)) {
        return fail_at(parser, token.at + wrong);
    }
    return token_next(parser) ? node_of_term(parser, &term, token.at) : NULL;
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
    struct token token = parser->token;
    const struct query_field_row *row = NULL;
    if (!query_field_find(span_first(token.text, name_size), &row, parser->error)) {
        return fail_at(parser, token.at);
    }
    struct span value = span_from(token.text, name_size + 1);
    bool quoted = value.size == 0 && parser->at < parser->text.size &&
                  quote_size(parser->text, parser->at) > 0;
    if (quoted) {
        parser->token.at = parser->at;
        if (!token_read_quoted(parser, &parser->token)) {
            return NULL;
        }
        value = unescape(parser->token.inside, parser->arena);
    }
    struct query_node *node = node_create(parser, QUERY_FIELD, token.at);
    if (!query_field_parse(row, value, parser->now_ms, parser->arena, &node->field,
                           parser->error)) {
        return fail_at(parser, token.at + name_size + 1);
    }
    return token_next(parser) ? node : NULL;
}

static struct query_node *parse_parentheses(struct parser *parser) {
    size_t at = parser->token.at;
    if (!token_next(parser)) {
        return NULL;
    }
    struct query_node *node = parse_or(parser);
    if (node == NULL) {
        return NULL;
    }
    if (parser->token.kind != TOKEN_CLOSE) {
        return fail(parser, at, ERROR_USAGE, "this '(' is never closed");
    }
    return token_next(parser) ? node : NULL;
}

/* What is missing where a term should stand. */
static struct query_node *fail_without_term(struct parser *parser) {
    size_t at = parser->token.at;
    switch ((int)parser->token.kind) {
    case TOKEN_CLOSE:
        return fail(parser, at, ERROR_USAGE, "something to look for is missing before ')'");
    case TOKEN_AND:
        return fail(parser, at, ERROR_USAGE, "AND needs something to look for on both sides");
    case TOKEN_OR:
        return fail(parser, at, ERROR_USAGE, "OR needs something to look for on both sides");
    case TOKEN_NEAR:
        return fail(parser, at, ERROR_USAGE, "NEAR needs something to look for on both sides");
    default:
        return fail(parser, at, ERROR_USAGE, "something to look for is missing at the end");
    }
}

static struct query_node *parse_primary(struct parser *parser) {
    switch ((int)parser->token.kind) {
    case TOKEN_OPEN:
        return parse_parentheses(parser);
    case TOKEN_QUOTED:
        return parse_quoted(parser);
    case TOKEN_EXACT:
        return parse_exact(parser);
    case TOKEN_WORD: {
        size_t name_size = field_name_size(parser->token.text);
        return name_size > 0 ? parse_field(parser, name_size) : parse_word(parser);
    }
    default:
        return fail_without_term(parser);
    }
}

/* --- Operators ------------------------------------------------------------------------------- */

static bool node_is_place(const struct query_node *node) {
    bool alternatives = node->kind == QUERY_OR;
    for (size_t i = 0; i < node->count && alternatives; i++) {
        alternatives = node->children[i]->kind == QUERY_TERM;
    }
    return node->kind == QUERY_TERM || alternatives;
}

/* The number of NEAR/5. */
static bool parse_step(struct parser *parser, struct query_step *step) {
    struct token token = parser->token;
    step->ordered = token.text.data[0] == 'O';
    size_t slash = span_find_byte(token.text, '/');
    int64_t distance = 0;
    if (slash == SPAN_NOT_FOUND) {
        error_set(parser->error, ERROR_USAGE, "%.*s needs a number: %.*s/5", SPAN_ARG(token.text),
                  SPAN_ARG(token.text));
        fail_at(parser, token.at);
        return false;
    }
    if (!span_to_int64(span_from(token.text, slash + 1), &distance) || distance < 1 ||
        distance > LIMIT_QUERY_DISTANCE) {
        error_set(parser->error, ERROR_USAGE, "%.*s needs a number of words from 1 to %d",
                  SPAN_ARG(span_first(token.text, slash)), LIMIT_QUERY_DISTANCE);
        fail_at(parser, token.at + slash + 1);
        return false;
    }
    step->distance = (unsigned)distance;
    return token_next(parser);
}

static struct query_node *parse_near(struct parser *parser) {
    struct query_node *first = parse_primary(parser);
    if (first == NULL || parser->token.kind != TOKEN_NEAR) {
        return first;
    }
    struct query_node *near = node_create(parser, QUERY_NEAR, first->at);
    struct query_step *steps = NULL;
    size_t capacity = 0;
    struct query_node *operand = first;
    for (;;) {
        if (!node_is_place(operand)) {
            return fail(parser, operand->at, ERROR_USAGE,
                        "NEAR stands between words, phrases or a group of them: "
                        "acme NEAR/5 (refund OR \"money back\")");
        }
        node_push(parser, near, operand);
        if (parser->token.kind != TOKEN_NEAR) {
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
    struct token token = parser->token;
    if (token.kind != TOKEN_NOT && token.kind != TOKEN_MINUS) {
        return parse_near(parser);
    }
    if (!token_next(parser)) {
        return NULL;
    }
    bool alone = parser->token.at != token.at + 1 || parser->token.kind == TOKEN_END;
    if (token.kind == TOKEN_MINUS && alone) {
        return fail(parser, token.at, ERROR_USAGE, "'-' needs what it excludes right behind it");
    }
    if (++parser->depth > LIMIT_QUERY_DEPTH) {
        return fail(parser, token.at, ERROR_LIMIT, "the query is nested too deeply");
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
    struct query_node *node = node_create(parser, QUERY_AND, parser->token.at);
    for (;;) {
        struct query_node *child = parse_not(parser);
        if (child == NULL) {
            return NULL;
        }
        node_add(parser, node, child);
        enum token_kind kind = parser->token.kind;
        if (kind == TOKEN_END || kind == TOKEN_CLOSE || kind == TOKEN_OR) {
            return node_slim(node);
        }
        if (kind == TOKEN_AND && !token_next(parser)) {
            return NULL;
        }
    }
}

static struct query_node *parse_or(struct parser *parser) {
    if (++parser->depth > LIMIT_QUERY_DEPTH) {
        return fail(parser, parser->token.at, ERROR_LIMIT, "the query is nested too deeply");
    }
    struct query_node *node = node_create(parser, QUERY_OR, parser->token.at);
    for (;;) {
        struct query_node *child = parse_and(parser);
        if (child == NULL) {
            return NULL;
        }
        node_add(parser, node, child);
        if (parser->token.kind != TOKEN_OR) {
            parser->depth--;
            return node_slim(node);
        }
        if (!token_next(parser)) {
            return NULL;
        }
    }
}

/* --- What the tree says as a whole ----------------------------------------------------------- */

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
    if (!token_next(parser)) {
        return NULL;
    }
    if (parser->token.kind == TOKEN_END) {
        return fail(parser, 0, ERROR_USAGE, "the query is empty");
    }
    struct query_node *root = parse_or(parser);
    if (root == NULL) {
        return NULL;
    }
    if (parser->token.kind != TOKEN_END) {
        return fail(parser, parser->token.at, ERROR_USAGE, "this ')' closes nothing");
    }
    const struct query_node *unfounded = find_unfounded(root);
    if (unfounded != NULL) {
        return fail(parser, unfounded->at, ERROR_USAGE,
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
        .text = text, .now_ms = now_ms, .arena = arena, .error = error, .query = made};
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
