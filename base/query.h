/* The query language: brand definitions, `earshot query`, alert filters, saved segments.
 *
 *     acme OR "acme coffee" OR `ACME`     words, phrases, exact bytes with case and symbols
 *     acme AND refund, acme refund        both; side by side is AND
 *     -"acme brick", NOT looneytunes      exclusion
 *     (refund OR return*)                 parentheses; * at the end of a word: any ending
 *     acme NEAR/5 refund                  within 5 words, any order; ONEAR/5 in this order; "a b"~3
 *     source:steam channel:review lang:es rating:<=2 sentiment:<-0.3 label:negative
 *     topic:delivery stage:loyalty author:"jo" site:acme.com country:ES brand:Acme
 *     since:7d until:2026-11-01
 *
 * AND, OR, NOT, NEAR are upper-case. NOT binds tighter than AND, AND than OR. Words match whole
 * words (base/words.h), case- and accent-insensitively: "acme" never matches inside "acmeism", and
 * example[.]com in a text matches example.com. A query must have something positive to find.
 *
 * Matching is over title + text. Many queries are matched at once by one automaton. */
#ifndef BASE_QUERY_H
#define BASE_QUERY_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/mention.h"

struct query; /* immutable once parsed; lives in its arena */

/* The error's column points at the offending character (1-based); `now_ms` resolves since:7d. */
MUST_CHECK bool query_parse(struct span text, int64_t now_ms, struct arena *arena,
                            const struct query **query, struct error *error);

/* any/all/none, the simple way: (any1 OR any2) AND all1 AND ... NOT none1 ... Each entry is a word
 * or phrase (or `exact`). */
MUST_CHECK bool query_from_lists(const struct span *any, size_t any_count, const struct span *all,
                                 size_t all_count, const struct span *none, size_t none_count,
                                 struct arena *arena, const struct query **query,
                                 struct error *error);

/* How it was understood, normalised: `(acme OR "acme coffee") AND NOT looneytunes`. */
void query_print(struct buffer *out, const struct query *query);

/* The same in words a source's search understands. */
enum query_dialect {
    QUERY_PLAIN,   /* only the positive words and phrases of one alternative at a time */
    QUERY_GOOGLE,  /* "phrases", OR, -exclusion (Google News, Bing) */
    QUERY_LUCENE,  /* AND OR NOT, "phrases" (GitHub, GDELT close to it) */
    QUERY_ALGOLIA, /* words and "phrases", all must match, -word (HN) */
};
/* Most general search strings that together find everything the query can match (never less: what
 * the dialect cannot say is left to local matching); `*count` strings in the arena. */
const struct span *query_compile(const struct query *query, enum query_dialect dialect,
                                 struct arena *arena, size_t *count);

/* Whether the query looks at text at all (a pure field query does not), and its time window
 * (DATE_NONE = open): since:/until: at the top level, for reading only that part of the store. */
bool query_has_text(const struct query *query);
void query_window(const struct query *query, int64_t *since_ms, int64_t *until_ms);

/* --- Matching --------------------------------------------------------------------------------- */

/* Where a term of the query was found. */
struct query_hit {
    size_t query;   /* index of the query among those of the matcher */
    uint32_t begin; /* byte offsets in the text; in the title where `in_title` */
    uint32_t end;
    bool in_title;
    struct span clause; /* the term as written in the query: `acme`, `"acme coffee"` */
};

struct query_hits {
    struct query_hit *list; /* hits of matching queries only, by query, then place */
    size_t count;
    const size_t *queries; /* indices of the queries that match, ascending */
    size_t query_count;
};

/* One automaton over all terms of all queries: a thousand queries cost little more than one.
 * Immutable, shared by threads. The queries must outlive it. */
struct matcher;
struct matcher *matcher_create(const struct query *const *queries, size_t count);
void matcher_free(struct matcher *matcher);

/* Which queries match the mention's title, text and fields. Fields that are not known yet (score
 * before scoring) match nothing. Scratch and result live in `arena`. */
void matcher_match(const struct matcher *matcher, const struct mention *mention,
                   struct arena *arena, struct query_hits *hits);

#endif
