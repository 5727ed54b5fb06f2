/* What of a query the text index can answer: its terms (store/terms.h), joined. */
#ifndef STORE_PLAN_H
#define STORE_PLAN_H

#include "base/buffer.h"
#include "base/query.h"
#include "store/transaction.h"

enum plan_kind {
    PLAN_ALL,  /* every mention */
    PLAN_TERM, /* those that have it */
    PLAN_AND,
    PLAN_OR, /* without children: none */
    PLAN_NOT,
};

struct plan {
    enum plan_kind kind;
    /* Holds for just the mentions that match; otherwise for these and maybe more. */
    bool exact;
    bool prefix;       /* TERM: every term that begins so */
    struct span term;  /* of TERM */
    struct span shown; /* how it is written in explanations */
    struct plan **children;
    size_t count;
    size_t capacity;
};

/* The names of sources, brands and topics are looked up in the transaction. What since: and until:
 * ask of every match is not the plan's business: see query_window(). Lives in `arena`. */
const struct plan *plan_make(const struct query *query, struct transaction *transaction,
                             struct arena *arena);

/* `acme AND (refund OR retour*) AND NOT lang:es`; what the index cannot tell is left out. */
void plan_print(struct buffer *out, const struct plan *plan);

#endif
