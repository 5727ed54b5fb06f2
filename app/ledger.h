/* What polls spend, against what their sites let be spent (base/budget.h). An account is shared by all
 * tasks of one customer of a site. The loop's thread. */
#ifndef APP_LEDGER_H
#define APP_LEDGER_H

#include "app/tasks.h"
#include "store/store.h"

struct ledger; /* opaque */

struct ledger_account {
    const struct budget *rule;
    struct span name;
    double most; /* the least that any of its tasks allows; 0 = no bound */
    double spent;
    int64_t begin_ms, end_ms; /* of the period at hand */
    size_t tasks;
};

/* Takes up what the store says was spent (NULL: there is no store yet). `tasks` outlives it. */
MUST_CHECK bool ledger_open(const struct tasks *tasks, const struct snapshot *snapshot,
                            struct ledger **ledger, struct error *error);
void ledger_close(struct ledger *ledger);

/* The accounts as they stand at that moment. */
const struct ledger_account *ledger_accounts(struct ledger *ledger, int64_t now_ms, size_t *count);

/* Whether a request of that kind can be paid for now: each account of the task has room for it and for
 * all that its answer may show. False: `*short_of` is the one that has not, until its period ends. */
bool ledger_allows(struct ledger *ledger, size_t task, enum poll_asks asks, int64_t now_ms,
                   const struct ledger_account **short_of);

/* Takes what the request costs and holds back what its answer may; true: that is money, and must be
 * durable before anybody is asked. */
bool ledger_ask(struct ledger *ledger, size_t task, enum poll_asks asks, int64_t now_ms);

/* The answer has shown so many items (0 where there was none): gives back what was held for more. */
void ledger_settle(struct ledger *ledger, size_t task, enum poll_asks asks, size_t shown);

/* Nobody was asked in the end. */
void ledger_refund(struct ledger *ledger, size_t task, enum poll_asks asks);

/* A poll is over: what it took in requests and items, and the mentions it brought of so many hours, tell
 * what the next one will. */
void ledger_learn(struct ledger *ledger, size_t task, size_t requests, size_t shown,
                  double mentions, double hours);

/* How long to leave the task alone at least, so that its accounts last until their periods end, and
 * are spent where they bring most: of requests that cost c and bring y an hour, the mean wait for a
 * mention is least when each is asked in proportion to sqrt(y / c). 0 = no need to wait. */
int64_t ledger_pace_ms(struct ledger *ledger, size_t task, int64_t now_ms);

/* The task's accounts, for the store; in `arena`. */
const struct spending *ledger_spendings(const struct ledger *ledger, size_t task,
                                        struct arena *arena, size_t *count);

/* What one more poll of the task is expected to take of an account. */
double ledger_poll_cost(const struct ledger *ledger, size_t task, size_t budget);

#endif
