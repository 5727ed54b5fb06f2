/* The query language: brand definitions, `earshot query`, alert filters, saved segments.
 *
 *     acme OR "acme coffee" OR `ACME`     words, phrases, exact bytes with case and symbols
 *     acme AND refund, acme refund        both; side by side is AND
 *     -"acme brick", NOT looneytunes      exclusion
 *     (refund OR return*)                 parentheses; * at the end of a word: any ending
 *     acme NEAR/5 refund                  at most 5 words apart, any order; ONEAR/5 in this order
 *     "late parcel"~3                     any order, at most 3 other words among them
 *     source:steam channel:review lang:es country:ES site:acme.com author:"jo" brand:Acme
 *     rating:<=2 sentiment:-1..-0.3 label:negative topic:delivery stage:loyalty
 *     reach:>1000 engagement:>=10 since:7d until:2026-11-01
 *     status:open tag:refund assigned:jo corrected:yes
 *
 * AND, OR, NOT, NEAR are upper-case. NEAR binds tighter than NOT, NOT than AND, AND than OR.
 *
 * Text. Words match whole words (base/words.h), case- and accent-insensitively: "acme" never
 * matches inside "acmeism", but in "l'acme", "acme's", "#acme" and "acme.com". Between the words of
 * a phrase anything may stand that is no word. What a term writes between or around its words
 * itself is meant:
 *     coca-cola   matches coca-cola, coca cola and cocacola
 *     acme.com    matches acme[.]com and acme (dot) com, not my-acme.com or acme.com.evil.test
 *     AT&T, C++, C#, #acme, @acme, .net, canal+   only with their symbols; '!' and '?' mean nothing
 * `exact` matches these bytes where no word goes on beyond them. Matching is over title + text; no
 * phrase and no NEAR reaches from one into the other. NEAR stands between words, phrases and groups
 * of them joined by OR; a NEAR/5 b NEAR/2 c wants a b that is near both.
 *
 * Fields. Names of sources, topics, brands and countries ignore case and accents and may end in *.
 * Numbers are compared (4, <4, >=4, 2..4); author: is whole words of the name; site: covers the
 * hosts below it; since: is from that moment on, until: before it, both a date or a length of time
 * ago. Where a query as a whole demands brand:X, sentiment: and label: mean the score towards X,
 * else that of the whole text. What a mention does not say matches nothing. status: is none, open,
 * answered or closed; corrected: is yes, confirmed, or no where no person looked at the scores.
 *
 * A query must have something to find, in each of its alternatives. */
#ifndef BASE_QUERY_H
#define BASE_QUERY_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/mention.h"

struct query; /* immutable once parsed; lives in its arena */

/* The error's column points at the offending character (1-based, counted from the beginning of the
 * text); `now_ms` resolves since:7d. `text` is not needed afterwards. */
MUST_CHECK bool query_parse(struct span text, int64_t now_ms, struct arena *arena,
                            const struct query **query, struct error *error);

/* any/all/none, the simple way: (any1 OR any2) AND all1 AND ... NOT none1 ... Each entry is a word
 * or phrase, as it is (no operators in it), a "quoted phrase" or an `exact` one; '*' may end a word.
 * The error names the entry. */
MUST_CHECK bool query_from_lists(const struct span *any, size_t any_count, const struct span *all,
                                 size_t all_count, const struct span *none, size_t none_count,
                                 struct arena *arena, const struct query **query,
                                 struct error *error);

/* How it was understood, normalised: `(acme OR "acme coffee") AND NOT looneytunes`. Parsing this
 * gives the same query. */
void query_print(struct buffer *out, const struct query *query);

/* The same in words a source's search understands. */
enum query_dialect {
    QUERY_PLAIN,   /* only the positive words and phrases of one alternative at a time */
    QUERY_GOOGLE,  /* "phrases", OR, -exclusion (Google News, Bing) */
    QUERY_LUCENE,  /* AND OR NOT, "phrases" (GitHub, GDELT close to it) */
    QUERY_ALGOLIA, /* words and "phrases", all must match, -word (HN) */
};
/* The fewest searches that together find everything the query can match: never less, what the
 * dialect cannot say (fields, endings, distances, case) being left out. `*count` strings in the
 * arena; 0 when no search would do, as for lang:es or `acme OR lang:es`. */
const struct span *query_compile(const struct query *query, enum query_dialect dialect,
                                 struct arena *arena, size_t *count);

/* What of the query these searches leave to matching here, clause by clause, and why. */
struct query_remainder {
    struct span clause; /* "lang:es", "NOT brick*" */
    const char *why;    /* "a field" */
};
const struct query_remainder *query_remainders(const struct query *query,
                                               enum query_dialect dialect, struct arena *arena,
                                               size_t *count);
const char *query_dialect_name(enum query_dialect dialect);
bool query_dialect_parse(struct span name, enum query_dialect *dialect);

/* Whether the query looks at text at all (a pure field query does not), and its time window
 * [since, until) (DATE_NONE = open): what since: and until: ask of every match, for reading only
 * that part of the store. */
bool query_has_text(const struct query *query);
void query_window(const struct query *query, int64_t *since_ms, int64_t *until_ms);

/* --- Matching --------------------------------------------------------------------------------- */

/* Where a term of the query was found. */
struct query_hit {
    size_t query;   /* index of the query among those of the matcher */
    uint32_t begin; /* byte offsets in the text as it is; in the title where `in_title` */
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
 * before scoring) match nothing. The first LIMIT_TEXT bytes of title and text are looked at.
 * Scratch and result live in `arena`. A hit is a term that made its query match: nothing that is
 * excluded, and of NEAR only what is near. */
void matcher_match(const struct matcher *matcher, const struct mention *mention,
                   struct arena *arena, struct query_hits *hits);

#endif
