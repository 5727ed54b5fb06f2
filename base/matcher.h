/* Behind base/query.h: the automaton over all terms of all queries, and its two halves: finding
 * where terms stand in a text (matcher_find.c, matcher_words.c), and what that makes of a query (matcher_match.c).
 *
 * Every form of a term has one anchor: the word of it that the fewest queries share. A text's words
 * are looked up, one probe a word, among the anchors; only where one is met is the rest of the
 * form compared, and only a query that was met so is evaluated. */
#ifndef BASE_MATCHER_H
#define BASE_MATCHER_H

#include "base/query_tree.h"

/* A form of a term that a word of a text may lead to. */
struct matcher_anchor {
    uint32_t query;
    uint32_t term;
    uint32_t word; /* which word of the form it is */
    uint8_t form;
};

/* A word (or beginning of words), and the anchors that it is: those of terms that a query looks
 * for, then those that it excludes. */
struct matcher_key {
    struct span text;
    uint64_t hash;
    uint32_t begin; /* in the matcher's anchors */
    uint32_t middle;
    uint32_t end;
};

struct matcher_table {
    struct matcher_key *keys;
    size_t count;
    uint32_t *slots; /* open addressing: index of a key plus 1, 0 = free */
    size_t mask;     /* slots - 1; slots are a power of two */
};

struct matcher_literal {
    struct span bytes;
    uint32_t query;
    uint32_t term;
};

struct matcher {
    const struct query *const *queries;
    size_t count;
    struct matcher_anchor *anchors;
    size_t anchor_count;
    struct matcher_table words;
    struct matcher_table prefixes;
    uint64_t prefix_sizes; /* bit n: there is a prefix key of n bytes */
    bool has_loose;
    struct matcher_literal *literals; /* by first byte */
    size_t literal_count;
    uint32_t literal_begin[257];     /* first literal that starts with a byte */
    uint64_t literal_pairs[1 << 10]; /* bit per pair of bytes that a literal may start with */
    uint32_t *always;                /* queries that may match without any of their terms */
    size_t always_count;
    struct arena *arena;
};

/* Beginnings of words longer than this are looked up by this many bytes. */
#define MATCHER_PREFIX_MAX 63

/* NULL when no key of the table is `text`. */
const struct matcher_key *matcher_table_find(const struct matcher_table *table, struct span text);

/* --- Finding ---------------------------------------------------------------------------------- */

/* A term in the text. Words of the title are numbered from 0; those of the text from so far behind
 * the title's last that no NEAR reaches across. */
struct occurrence {
    uint32_t query;
    uint32_t term;
    uint32_t first; /* word */
    uint32_t last;
    uint32_t begin; /* byte offsets in the title or text */
    uint32_t end;
    bool in_title;
};

/* The title or the text of a mention, as words. */
struct place {
    struct span text;
    struct words words;
    uint32_t number; /* of its first word */
    bool in_title;
};

/* A run of bytes in a place. */
struct range {
    uint32_t begin;
    uint32_t end;
};

/* A run of the parts of a word with apostrophes: of "l'acme's" these are l, l'acme, l'acme's, acme,
 * acme's, s. The word is found as any of them. */
struct slice {
    struct span text; /* in the folded word */
    unsigned first;   /* how many apostrophes stand before it and */
    unsigned last;    /* before its end */
};

/* The next run; start with zeroes. */
bool slice_next(struct span folded, struct slice *slice);

/* Whether the word of the place, or a run of its parts, is what the query's word asks for. */
bool place_has_word(const struct place *place, size_t index, const struct query_word *wanted,
                    struct range *range);

/* Whether the form stands in the place with its first word at `index`; fills all of `found` but
 * query and term. */
bool place_has_form(const struct place *place, size_t index, const struct query_form *form,
                    struct occurrence *found);

struct findings {
    struct occurrence *list; /* by query, term, place; terms of candidates only */
    size_t count;
    size_t capacity;
    const uint8_t *candidate; /* by query: whether it may match */
    size_t candidate_count;
};

void matcher_find(const struct matcher *matcher, const struct mention *mention, struct arena *arena,
                  struct findings *findings);

#endif
