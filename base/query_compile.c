#include "base/limits.h"
#include "base/query_tree.h"

#include <stdlib.h>

/* A source's search is asked for more than the query says, never for less: what its language cannot
 * say (fields, wildcards, distances, exact case) is left out, and matching here sorts it out. */

/* How a dialect says things, and how long a search it takes. */
struct dialect {
    const char *name;
    const char *and_text;
    const char *or_text;      /* NULL: one alternative at a time */
    const char *exclude_text; /* NULL: cannot */
    size_t most_bytes;
    size_t most_terms;
};

static const struct dialect dialects[] = {
    [QUERY_PLAIN] = {"plain", " ", NULL, NULL, 256, 16},
    [QUERY_GOOGLE] = {"google", " ", " OR ", "-", 1024, 30}, /* 32 words count */
    [QUERY_LUCENE] = {"lucene", " AND ", " OR ", "NOT ", 250,
                      6}, /* GitHub: 256 characters, 5 operators */
    [QUERY_ALGOLIA] = {"algolia", " ", NULL, "-", 500, 16}, /* 512 bytes */
};

/* Alternatives times alternatives are written out up to this many searches; each is a request. */
#define PRODUCT_MAX 4

/* A piece of a search, and the operator it is made of: inside of the other one it needs
 * parentheses. */
enum piece_kind { PIECE_TERM, PIECE_AND, PIECE_OR };
struct piece {
    struct span text;
    size_t terms;
    enum piece_kind kind;
};

/* Alternatives that together find everything; none where only "everything" would. */
struct pieces {
    struct piece *list;
    size_t count;
    size_t capacity;
};

struct compiler {
    const struct query *query;
    const struct dialect *dialect;
    struct arena *arena;
};

static void pieces_add(struct compiler *compiler, struct pieces *pieces, struct piece piece) {
    pieces->list = arena_grow(compiler->arena, pieces->list, pieces->count, &pieces->capacity,
                              sizeof *pieces->list);
    pieces->list[pieces->count++] = piece;
}

static bool piece_fits(const struct compiler *compiler, const struct piece *piece) {
    return piece->text.size <= compiler->dialect->most_bytes &&
           piece->terms <= compiler->dialect->most_terms;
}

/* --- Terms ------------------------------------------------------------------------------------ */

static bool text_is_operator(struct span text) {
    return span_equal_nocase(text, SPAN("AND")) || span_equal_nocase(text, SPAN("OR")) ||
           span_equal_nocase(text, SPAN("NOT"));
}

/* In quotes, unless it is one plain word. */
static struct span text_quoted(struct compiler *compiler, struct span text) {
    bool plain = !text_is_operator(text);
    char *clean = arena_copy_string(compiler->arena, text);
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)clean[i];
        plain = plain && (c >= 0x80 || byte_is_alpha((char)c) || byte_is_digit((char)c));
        if (c == '"' || c == '\\' || c < ' ') {
            clean[i] = ' ';
        }
    }
    struct span safe = {clean, text.size};
    return plain ? safe : arena_print(compiler->arena, "\"%.*s\"", SPAN_ARG(span_trim(safe)));
}

/* The words of a form that can be searched for, joined by `by`; empty when all are beginnings. */
static struct piece form_words(struct compiler *compiler, const struct query_form *form,
                               const char *by) {
    struct span *parts = ARENA_ARRAY(compiler->arena, struct span, form->count);
    size_t count = 0;
    for (size_t i = 0; i < form->count; i++) {
        if (!form->words[i].prefix) {
            parts[count++] = text_quoted(compiler, form->words[i].folded);
        }
    }
    return (struct piece){arena_join(compiler->arena, parts, count, by), count,
                          count > 1 ? PIECE_AND : PIECE_TERM};
}

/* "acme dot com" */
static struct piece form_said(struct compiler *compiler, const struct query_form *form) {
    struct buffer buffer;
    buffer_init(&buffer, LIMIT_QUERY * 2);
    for (size_t i = 0; i < form->count; i++) {
        const struct query_word *word = &form->words[i];
        buffer_append_string(&buffer, i == 0 ? "\"" : word->gap == GAP_DOT ? " dot " : " ");
        buffer_append(&buffer, word->folded);
    }
    buffer_append_byte(&buffer, '"');
    struct span text = arena_copy(compiler->arena, buffer_span(&buffer));
    buffer_done(&buffer);
    return (struct piece){text, 1, PIECE_TERM};
}

static struct pieces term_pieces(struct compiler *compiler, const struct query_term *term) {
    struct pieces pieces = {0};
    struct words words;
    if (term->exact) {
        words_split(term->text, compiler->arena, &words);
        if (words.count > 0) { /* symbols alone are not searched for anywhere */
            struct span text = text_quoted(compiler, term->text);
            pieces_add(compiler, &pieces, (struct piece){text, 1, PIECE_TERM});
        }
        return pieces;
    }
    const struct query_form *form = &term->form[0];
    bool has_prefix = false;
    bool has_dot = false;
    for (size_t i = 0; i < form->count; i++) {
        has_prefix = has_prefix || form->words[i].prefix;
        has_dot = has_dot || (i > 0 && form->words[i].gap == GAP_DOT);
    }
    if (has_prefix || term->loose) {
        struct piece piece = form_words(compiler, form, compiler->dialect->and_text);
        if (piece.terms > 0 && term->form_count == 1) {
            pieces_add(compiler, &pieces, piece);
        }
        return pieces;
    }
    struct piece written = {text_quoted(compiler, term->text), 1, PIECE_TERM};
    if (!piece_fits(compiler, &written)) { /* a whole sentence: its first word finds it too */
        written.text = text_quoted(compiler, form->words[0].folded);
    }
    pieces_add(compiler, &pieces, written);
    if (has_dot) {
        pieces_add(compiler, &pieces, form_said(compiler, form));
    }
    if (term->form_count > 1) {
        struct span joined = term->form[1].words[0].folded;
        pieces_add(compiler, &pieces, (struct piece){joined, 1, PIECE_TERM});
    }
    return pieces;
}

/* --- Putting together ------------------------------------------------------------------------- */

static struct piece piece_join(struct compiler *compiler, const struct piece *list, size_t count,
                               enum piece_kind kind) {
    if (count == 1) {
        return list[0];
    }
    struct span *parts = ARENA_ARRAY(compiler->arena, struct span, count);
    const struct dialect *dialect = compiler->dialect;
    struct piece joined = {.kind = kind};
    for (size_t i = 0; i < count; i++) {
        bool wrap = list[i].kind != PIECE_TERM && list[i].kind != kind;
        parts[i] =
            wrap ? arena_print(compiler->arena, "(%.*s)", SPAN_ARG(list[i].text)) : list[i].text;
        joined.terms += list[i].terms;
    }
    joined.text = arena_join(compiler->arena, parts, count,
                             kind == PIECE_AND ? dialect->and_text : dialect->or_text);
    return joined;
}

/* Alternatives in as few searches as the dialect's OR and its limits allow. */
static struct pieces pieces_packed(struct compiler *compiler, const struct pieces *pieces) {
    if (compiler->dialect->or_text == NULL) {
        return *pieces;
    }
    struct pieces packed = {0};
    size_t begin = 0;
    while (begin < pieces->count) {
        size_t count = 1;
        struct piece best = pieces->list[begin];
        while (begin + count < pieces->count) {
            struct piece more = piece_join(compiler, pieces->list + begin, count + 1, PIECE_OR);
            if (!piece_fits(compiler, &more)) {
                break;
            }
            best = more;
            count++;
        }
        pieces_add(compiler, &packed, best);
        begin += count;
    }
    return packed;
}

/* Both at once: every alternative with every other, where that stays few and short; else whichever
 * is fewer searches, which finds more. */
static struct pieces pieces_and(struct compiler *compiler, const struct pieces *a,
                                const struct pieces *b) {
    if (a->count == 0 || b->count == 0) {
        return a->count == 0 ? *b : *a;
    }
    struct pieces both = {0};
    bool few = a->count * b->count <= PRODUCT_MAX;
    for (size_t i = 0; i < a->count && few; i++) {
        for (size_t j = 0; j < b->count && few; j++) {
            struct piece pair[2] = {a->list[i], b->list[j]};
            struct piece joined = piece_join(compiler, pair, 2, PIECE_AND);
            few = piece_fits(compiler, &joined);
            pieces_add(compiler, &both, joined);
        }
    }
    if (few) {
        return both;
    }
    return a->count <= b->count ? *a : *b;
}

static struct pieces node_pieces(struct compiler *compiler, const struct query_node *node) {
    struct pieces pieces = {0};
    switch (node->kind) {
    case QUERY_TERM: {
        struct pieces forms = term_pieces(compiler, compiler->query->terms[node->term]);
        return pieces_packed(compiler, &forms);
    }
    case QUERY_OR:
        for (size_t i = 0; i < node->count; i++) {
            struct pieces child = node_pieces(compiler, node->children[i]);
            if (child.count == 0) { /* this alternative cannot be asked for, so none is */
                return child;
            }
            for (size_t j = 0; j < child.count; j++) {
                pieces_add(compiler, &pieces, child.list[j]);
            }
        }
        return pieces_packed(compiler, &pieces);
    case QUERY_AND:
    case QUERY_NEAR:
        for (size_t i = 0; i < node->count; i++) {
            struct pieces child = node_pieces(compiler, node->children[i]);
            pieces = pieces_and(compiler, &pieces, &child);
        }
        return pieces;
    case QUERY_NOT:
    case QUERY_FIELD:
    default:
        return pieces;
    }
}

/* --- Exclusions ------------------------------------------------------------------------------- */

/* What may be excluded at the source: a term that excludes there no more than it does here. */
static bool term_excludes(const struct query_term *term) {
    if (term->exact || term->loose || term->form_count != 1) {
        return false;
    }
    const struct query_form *form = &term->form[0];
    for (size_t i = 0; i < form->count; i++) {
        if (form->words[i].prefix || (i > 0 && form->words[i].gap != GAP_ANY)) {
            return false;
        }
    }
    return form->before.size == 0 && form->after.size == 0;
}

/* Appends " -term" to every search. */
static void exclude_term(struct compiler *compiler, struct pieces *pieces,
                         const struct query_node *node) {
    const struct dialect *dialect = compiler->dialect;
    const struct query_term *term =
        node->kind == QUERY_TERM ? compiler->query->terms[node->term] : NULL;
    if (term == NULL || !term_excludes(term)) {
        return;
    }
    struct span text = text_quoted(compiler, term->text);
    for (size_t i = 0; i < pieces->count; i++) {
        struct piece *piece = &pieces->list[i];
        bool wrap = piece->kind == PIECE_OR;
        struct piece with = {.terms = piece->terms + 1, .kind = PIECE_AND};
        with.text =
            arena_print(compiler->arena, "%s%.*s%s%s%s%.*s", wrap ? "(" : "", SPAN_ARG(piece->text),
                        wrap ? ")" : "", dialect->and_text, dialect->exclude_text, SPAN_ARG(text));
        if (piece_fits(compiler, &with)) {
            *piece = with;
        }
    }
}

/* What every match must be without: NOT at the top, of a term or of any of several. */
static void exclude_all(struct compiler *compiler, struct pieces *pieces) {
    const struct query_node *root = compiler->query->root;
    for (size_t i = 0; i < root->count && root->kind == QUERY_AND; i++) {
        const struct query_node *child = root->children[i];
        if (child->kind != QUERY_NOT) {
            continue;
        }
        const struct query_node *excluded = child->children[0];
        if (excluded->kind != QUERY_OR) {
            exclude_term(compiler, pieces, excluded);
        }
        for (size_t j = 0; j < excluded->count && excluded->kind == QUERY_OR; j++) {
            exclude_term(compiler, pieces, excluded->children[j]);
        }
    }
}

/* --- Together --------------------------------------------------------------------------------- */

static int span_order(const void *a, const void *b) {
    return span_compare(*(const struct span *)a, *(const struct span *)b);
}

/* The searches that are one plain word, folded, sorted, each once. */
static struct span *single_words(struct compiler *compiler, const struct pieces *pieces,
                                 size_t *count) {
    struct span *singles = ARENA_ARRAY(compiler->arena, struct span, pieces->count);
    size_t all = 0;
    for (size_t i = 0; i < pieces->count; i++) {
        struct words words;
        words_split(pieces->list[i].text, compiler->arena, &words);
        if (words.count == 1 && pieces->list[i].text.data[0] != '"') {
            singles[all++] = words.list[0].folded;
        }
    }
    if (all > 1) {
        qsort(singles, all, sizeof *singles, span_order);
    }
    *count = 0;
    for (size_t i = 0; i < all; i++) {
        if (*count == 0 || !span_equal(singles[i], singles[*count - 1])) {
            singles[(*count)++] = singles[i];
        }
    }
    return singles;
}

/* Drops the searches that others find anyway: "acme coffee" where acme is asked for, and what comes
 * twice. */
static struct pieces pieces_thinned(struct compiler *compiler, const struct pieces *pieces) {
    size_t count = 0;
    struct span *singles = single_words(compiler, pieces, &count);
    bool *used = ARENA_ARRAY(compiler->arena, bool, count);
    struct pieces thinned = {0};
    for (size_t i = 0; i < pieces->count; i++) {
        struct words words;
        words_split(pieces->list[i].text, compiler->arena, &words);
        bool covered = false;
        for (size_t j = 0; j < words.count && count > 0; j++) {
            struct span *single =
                bsearch(&words.list[j].folded, singles, count, sizeof *singles, span_order);
            bool itself = single != NULL && words.count == 1 && !used[single - singles];
            covered = covered || (single != NULL && !itself);
            if (itself) {
                used[single - singles] = true;
            }
        }
        if (!covered) {
            pieces_add(compiler, &thinned, pieces->list[i]);
        }
    }
    return thinned;
}

const char *query_dialect_name(enum query_dialect dialect) {
    return dialects[dialect].name;
}

bool query_dialect_parse(struct span name, enum query_dialect *dialect) {
    for (size_t i = 0; i < sizeof dialects / sizeof dialects[0]; i++) {
        if (span_equal(name, span_of(dialects[i].name))) {
            *dialect = (enum query_dialect)i;
            return true;
        }
    }
    return false;
}

const struct span *query_compile(const struct query *query, enum query_dialect dialect,
                                 struct arena *arena, size_t *count) {
    struct compiler compiler = {query, &dialects[dialect], arena};
    struct pieces pieces = node_pieces(&compiler, query->root);
    if (compiler.dialect->or_text == NULL) {
        pieces = pieces_thinned(&compiler, &pieces);
    }
    if (compiler.dialect->exclude_text != NULL) {
        exclude_all(&compiler, &pieces);
    }
    struct span *searches = ARENA_ARRAY(arena, struct span, pieces.count);
    for (size_t i = 0; i < pieces.count; i++) {
        searches[i] = pieces.list[i].text;
    }
    *count = pieces.count;
    return searches;
}
