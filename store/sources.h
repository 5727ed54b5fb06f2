/* What is remembered of each source between polls, and the hours in which it was asked. */
#ifndef STORE_SOURCES_H
#define STORE_SOURCES_H

#include "store/meta.h"
#include "store/store.h"
#include "store/transaction.h"

/* "hackernews/Acme": the source's name, and the brand it was asked for (empty: all). */
struct source_key {
    struct span name;
    struct span brand;
};
struct source_key source_key_split(struct span key);

/* Stores the state; its count of mentions goes on from the stored one by `added`. */
void source_put(struct transaction *transaction, struct counters *counters, struct span key,
                const struct source_state *state, uint64_t added, struct arena *arena);

/* The state of a NAME_POLL; text in `arena`. False: none, or damaged (noted in the transaction). */
bool source_get(struct transaction *transaction, uint32_t number, struct arena *arena,
                struct source_state *state);

/* What is kept of the login of a NAME_POLL: put (nothing: taken away), and got in `arena`. */
void login_put(struct transaction *transaction, struct counters *counters, struct span name,
               struct span login);
struct span login_get(struct transaction *transaction, struct span name, struct arena *arena);

/* What has been spent of an account; false: nothing, or it is damaged (noted in the transaction). */
void spending_put(struct transaction *transaction, struct counters *counters,
                  const struct spending *spending, struct arena *arena);
bool spending_get(struct transaction *transaction, struct span account, struct spending *spending);

/* Whose hours: stored, append only. */
enum coverage_scope {
    COVERAGE_ANY,    /* 0: any source, for whatever brand */
    COVERAGE_SOURCE, /* number of a NAME_SOURCE: this source, for whatever brand */
    COVERAGE_BRAND,  /* number of a NAME_BRAND: any source for this brand; 0: for all brands */
    COVERAGE_POLL,   /* number of a NAME_POLL */
};

/* Marks the hours from `since_ms` to `until_ms`, both included, for every scope of the key. */
void coverage_put(struct transaction *transaction, struct counters *counters, struct span key,
                  int64_t since_ms, int64_t until_ms);

/* Hours of one day, bit per hour. */
uint32_t coverage_hours(struct transaction *transaction, enum coverage_scope scope, uint32_t number,
                        int32_t day);
/* Whether there is such an hour among those that [since, until) touches. */
bool coverage_any(struct transaction *transaction, enum coverage_scope scope, uint32_t number,
                  int64_t since_ms, int64_t until_ms);

#endif
