/* The parsed query, behind base/query.h: what the parser builds and the matcher, the printer and
 * the dialects read. */
#ifndef BASE_QUERY_TREE_H
#define BASE_QUERY_TREE_H

#include "base/query.h"
#include "base/words.h"

/* --- Terms: what is looked for in text -------------------------------------------------------- */

/* What must stand in a text between a word of a term and the word before it. */
enum query_gap {
    GAP_ANY,    /* "acme coffee": whatever is no word */
    GAP_HYPHEN, /* coca-cola: dashes, white space or nothing */
    GAP_DOT,    /* acme.com: a dot, plain or in disguise: [.] (dot) */
    GAP_SYMBOL, /* at&t: just this symbol, spaced or not */
};

struct query_word {
    struct span folded;
    bool prefix; /* any ending */
    enum query_gap gap;
    struct span symbol; /* of GAP_SYMBOL */
};

/* Words in a row, with the symbols that must touch the first and the last: "#acme", "c++". */
struct query_form {
    const struct query_word *words;
    size_t count; /* at least 1 */
    struct span before;
    struct span after;
};

struct query_term {
    struct span clause;        /* as written */
    struct span text;          /* without quotes and back-ticks */
    bool exact;                /* back-ticks: these bytes, not inside a longer word */
    struct query_form form[2]; /* as written; and coca-cola as one word, cocacola */
    size_t form_count;         /* 0 for an exact term */
    bool loose;                /* "a b"~slop: any order, that many other words between them */
    unsigned slop;
    bool excluded; /* stands under a NOT */
};

/* --- Fields ----------------------------------------------------------------------------------- */

struct query_field_row; /* query_field.c */

struct query_field {
    const struct query_field_row *row;
    struct span value;  /* as written, without quotes */
    struct span folded; /* of text fields, without a final '*' */
    bool prefix;        /* it ended in '*' */
    struct words words; /* of author: */
    double least;       /* of numbers; -INFINITY and INFINITY where open */
    double most;
    bool above; /* more than `least`, not equal to it */
    bool below;
    int choice;        /* of channel, stage, label */
    int64_t moment_ms; /* of since, until */
};

/* Whether `name` is a field. False leaves an error that names fields like it. */
MUST_CHECK bool query_field_find(struct span name, const struct query_field_row **row,
                                 struct error *error);
MUST_CHECK bool query_field_parse(const struct query_field_row *row, struct span value,
                                  int64_t now_ms, struct arena *arena, struct query_field *field,
                                  struct error *error);
void query_field_print(struct buffer *out, const struct query_field *field);

enum query_bound { BOUND_NONE, BOUND_SINCE, BOUND_UNTIL, BOUND_BRAND };
enum query_bound query_field_bound(const struct query_field *field);
struct span query_field_name(const struct query_field *field); /* "source", "rating", ... */

/* Whether the mention's field is as asked. `brand`: whose score sentiment: and label: mean, empty
 * for the whole text's. */
bool query_field_matches(const struct query_field *field, const struct mention *mention,
                         struct span brand, struct arena *arena);

/* --- The tree --------------------------------------------------------------------------------- */

enum query_kind { QUERY_AND, QUERY_OR, QUERY_NOT, QUERY_NEAR, QUERY_TERM, QUERY_FIELD };

/* How far from its left neighbour an operand of NEAR stands. */
struct query_step {
    unsigned distance; /* 1 = next to it */
    bool ordered;      /* ONEAR: to the right of it */
};

struct query_node {
    enum query_kind kind;
    size_t at; /* offset in the text, for errors */
    struct query_node **children;
    size_t count;
    size_t capacity;
    const struct query_step *steps; /* of NEAR: steps[i] leads from child i to child i + 1 */
    size_t term;                    /* of TERM: index into the query's terms */
    struct query_field field;
};

struct query {
    const struct query_node *root;
    struct query_term **terms;
    size_t term_count;
    bool has_text;
    int64_t since_ms; /* DATE_NONE = open */
    int64_t until_ms;
    struct span brand; /* of a brand: that every match must satisfy, or empty */
};

/* A part of a query, as query_print() would print it. */
void query_node_print(struct buffer *out, const struct query *query, const struct query_node *node);

/* Makes the term of a word or phrase, or of an exact literal, from `text` (without quotes), which
 * must last as long as the query. `*at` is the offset in `text` of what the error is about. */
MUST_CHECK bool query_term_words(struct span text, struct arena *arena, struct query_term *term,
                                 size_t *at, struct error *error);
MUST_CHECK bool query_term_exact(struct span text, struct query_term *term, struct error *error);

/* The gap in front of a word, as a query wrote it; and whether a text's gap is one. */
enum query_gap query_gap_of(struct span between, struct span *symbol);
bool query_gap_allows(enum query_gap gap, struct span symbol, struct span between);

#endif
