#include "app/ledger.h"

#include <math.h>
#include <stdlib.h>

struct account {
    struct ledger_account view;
    struct zone *zone;
    double appetite; /* sum over its tasks of sqrt(yield * cost) */
};

struct member {       /* what is known of a task */
    size_t *accounts; /* by its budgets: number of the account */
    double requests;  /* of a poll, lately */
    double shown;     /* items that its answers show, lately */
    double yield;     /* mentions an hour */
};

struct ledger {
    const struct tasks *tasks;
    struct arena *arena;
    struct account *accounts;
    size_t count, capacity;
    struct ledger_account *views; /* as given out last */
    struct member *members;       /* by task */
};

/* Of the last poll, beside what was known. */
#define LEARNING_RATE 0.3

/* A task nobody knows yet: something once a day. */
#define YIELD_UNKNOWN (1.0 / 24)
#define YIELD_MEMORY_H (7.0 * 24)

static size_t account_find(struct ledger *ledger, const struct task_budget *budget) {
    size_t at = 0;
    while (at < ledger->count && !span_equal(ledger->accounts[at].view.name, budget->account)) {
        at++;
    }
    return at;
}

static double member_cost(const struct member *member, const struct budget *rule) {
    return rule->request * member->requests + rule->item * member->shown;
}

static double member_appetite(const struct member *member, const struct budget *rule) {
    return sqrt(member->yield * member_cost(member, rule));
}

/* Where tasks of one account say different bounds, the lowest is safe. */
static void account_join(struct account *account, const struct task_budget *budget) {
    struct ledger_account *view = &account->view;
    bool lower = budget->most > 0 && (view->most <= 0 || budget->most < view->most);
    view->most = lower ? budget->most : view->most;
    view->tasks++;
}

static bool account_add(struct ledger *ledger, const struct task_budget *budget,
                        const struct snapshot *snapshot, struct error *error) {
    struct account account = {.view = {.rule = budget->rule, .name = budget->account}};
    struct spending spending;
    if (!zone_open(budget->rule->zone, &account.zone, error)) {
        return false;
    }
    if (snapshot != NULL && snapshot_spending(snapshot, budget->account, &spending)) {
        account.view.begin_ms = spending.begin_ms;
        account.view.end_ms = budget_end_ms(budget->rule, account.zone, spending.begin_ms);
        account.view.spent = spending.spent;
    }
    ledger->accounts = arena_grow(ledger->arena, ledger->accounts, ledger->count, &ledger->capacity,
                                  sizeof *ledger->accounts);
    ledger->accounts[ledger->count++] = account;
    return true;
}

/* As its polls have been so far; of one that has never been polled, answers are taken to be full. */
static struct member member_known(const struct task *task, const struct snapshot *snapshot,
                                  struct arena *arena) {
    struct member member = {.requests = 1, .yield = YIELD_UNKNOWN};
    struct source_state state;
    source_state_init(&state);
    if (snapshot != NULL) {
        snapshot_source(snapshot, task->key, arena, &state);
    }
    for (size_t i = 0; i < task->budget_count; i++) {
        double page = (double)task->budgets[i].rule->page;
        member.shown = page > member.shown ? page : member.shown;
    }
    if (state.polls > 0) {
        member.requests = fmax(1, (double)state.requests / (double)state.polls);
        member.shown = (double)state.mentions / (double)state.polls;
    }
    if (state.yield_ms > 0) {
        member.yield = state.yield_items / ((double)state.yield_ms / HOUR_MS);
    }
    return member;
}

static bool member_fill(struct ledger *ledger, size_t task, const struct snapshot *snapshot,
                        struct error *error) {
    const struct task *of = &ledger->tasks->list[task];
    struct member *member = &ledger->members[task];
    *member = member_known(of, snapshot, ledger->arena);
    member->accounts = ARENA_ARRAY(ledger->arena, size_t, of->budget_count);
    for (size_t i = 0; i < of->budget_count; i++) {
        size_t at = account_find(ledger, &of->budgets[i]);
        if (at == ledger->count && !account_add(ledger, &of->budgets[i], snapshot, error)) {
            return false;
        }
        account_join(&ledger->accounts[at], &of->budgets[i]);
        member->accounts[i] = at;
        ledger->accounts[at].appetite += member_appetite(member, of->budgets[i].rule);
    }
    return true;
}

bool ledger_open(const struct tasks *tasks, const struct snapshot *snapshot, struct ledger **ledger,
                 struct error *error) {
    struct arena *arena = arena_create();
    struct ledger *made = ARENA_NEW(arena, struct ledger);
    made->arena = arena;
    made->tasks = tasks;
    made->members = ARENA_ARRAY(arena, struct member, tasks->count);
    bool filled = true;
    for (size_t i = 0; i < tasks->count && filled; i++) {
        filled = member_fill(made, i, snapshot, error);
    }
    if (!filled || (snapshot != NULL && !snapshot_check(snapshot, error))) {
        ledger_close(made);
        return false;
    }
    made->views = ARENA_ARRAY(arena, struct ledger_account, made->count);
    *ledger = made;
    return true;
}

void ledger_close(struct ledger *ledger) {
    if (ledger != NULL) {
        for (size_t i = 0; i < ledger->count; i++) {
            zone_close(ledger->accounts[i].zone);
        }
        arena_free(ledger->arena);
    }
}

/* A new period begins with nothing spent. A clock that was put back begins none. */
static struct ledger_account *account_at(struct ledger *ledger, size_t at, int64_t now_ms) {
    struct account *account = &ledger->accounts[at];
    struct ledger_account *view = &account->view;
    if (now_ms >= view->end_ms) {
        view->begin_ms = budget_begin_ms(view->rule, account->zone, now_ms);
        view->end_ms = budget_end_ms(view->rule, account->zone, now_ms);
        view->spent = 0;
    }
    return view;
}

const struct ledger_account *ledger_accounts(struct ledger *ledger, int64_t now_ms, size_t *count) {
    for (size_t i = 0; i < ledger->count; i++) {
        ledger->views[i] = *account_at(ledger, i, now_ms);
    }
    *count = ledger->count;
    return ledger->views;
}

/* --- Paying ----------------------------------------------------------------------------------- */

static double request_price(const struct budget *rule, enum poll_asks asks) {
    if (asks == POLL_ASKS_LOGIN) {
        return 0;
    }
    return asks == POLL_ASKS_ITEM ? rule->follow : rule->request;
}

/* With all that the answer may show. */
static double request_risk(const struct budget *rule, enum poll_asks asks) {
    double items = asks == POLL_ASKS_LOGIN ? 0 : rule->item * (double)rule->page;
    return request_price(rule, asks) + items;
}

/* Sums of cents in binary: a hair's breadth is no overspending. */
#define HAIR 1e-9

bool ledger_allows(struct ledger *ledger, size_t task, enum poll_asks asks, int64_t now_ms,
                   const struct ledger_account **short_of) {
    const struct task *of = &ledger->tasks->list[task];
    for (size_t i = 0; i < of->budget_count; i++) {
        const struct ledger_account *account =
            account_at(ledger, ledger->members[task].accounts[i], now_ms);
        double risk = request_risk(account->rule, asks);
        if (risk > 0 && account->most > 0 && account->spent + risk > account->most + HAIR) {
            *short_of = account;
            return false;
        }
    }
    return true;
}

bool ledger_ask(struct ledger *ledger, size_t task, enum poll_asks asks, int64_t now_ms) {
    const struct task *of = &ledger->tasks->list[task];
    bool money = false;
    for (size_t i = 0; i < of->budget_count; i++) {
        struct ledger_account *account =
            account_at(ledger, ledger->members[task].accounts[i], now_ms);
        double risk = request_risk(account->rule, asks);
        account->spent += risk;
        money |= risk > 0 && account->rule->money.size > 0;
    }
    return money;
}

static void give_back(struct ledger_account *account, double amount) {
    account->spent = account->spent > amount ? account->spent - amount : 0;
}

void ledger_settle(struct ledger *ledger, size_t task, enum poll_asks asks, size_t shown) {
    for (size_t i = 0; i < ledger->tasks->list[task].budget_count; i++) {
        struct account *account = &ledger->accounts[ledger->members[task].accounts[i]];
        const struct budget *rule = account->view.rule;
        double cost = request_price(rule, asks) + rule->item * (double)shown;
        give_back(&account->view, request_risk(rule, asks) - cost);
    }
}

void ledger_refund(struct ledger *ledger, size_t task, enum poll_asks asks) {
    for (size_t i = 0; i < ledger->tasks->list[task].budget_count; i++) {
        struct account *account = &ledger->accounts[ledger->members[task].accounts[i]];
        give_back(&account->view, request_risk(account->view.rule, asks));
    }
}

const struct spending *ledger_spendings(const struct ledger *ledger, size_t task,
                                        struct arena *arena, size_t *count) {
    const struct task *of = &ledger->tasks->list[task];
    struct spending *list = ARENA_ARRAY(arena, struct spending, of->budget_count);
    for (size_t i = 0; i < of->budget_count; i++) {
        const struct ledger_account *account =
            &ledger->accounts[ledger->members[task].accounts[i]].view;
        list[i] = (struct spending){account->name, account->begin_ms, account->spent};
    }
    *count = of->budget_count;
    return list;
}

/* --- Spreading -------------------------------------------------------------------------------- */

static void add_appetite(struct ledger *ledger, size_t task, double sign) {
    const struct member *member = &ledger->members[task];
    for (size_t i = 0; i < ledger->tasks->list[task].budget_count; i++) {
        struct account *account = &ledger->accounts[member->accounts[i]];
        account->appetite += sign * member_appetite(member, account->view.rule);
    }
}

void ledger_learn(struct ledger *ledger, size_t task, size_t requests, size_t shown,
                  double mentions, double hours) {
    struct member *member = &ledger->members[task];
    add_appetite(ledger, task, -1);
    member->requests += LEARNING_RATE * ((double)requests - member->requests);
    member->shown += LEARNING_RATE * ((double)shown - member->shown);
    /* Nothing in an hour is less than nothing in a minute. */
    double weight = 1 - exp(-hours / YIELD_MEMORY_H);
    member->yield += weight * ((mentions + YIELD_UNKNOWN) / (hours + 1) - member->yield);
    add_appetite(ledger, task, 1);
}

double ledger_poll_cost(const struct ledger *ledger, size_t task, size_t budget) {
    return member_cost(&ledger->members[task], ledger->tasks->list[task].budgets[budget].rule);
}

static double account_pace_ms(struct ledger *ledger, size_t task, size_t budget, int64_t now_ms) {
    const struct member *member = &ledger->members[task];
    const struct ledger_account *account = account_at(ledger, member->accounts[budget], now_ms);
    double appetite = ledger->accounts[member->accounts[budget]].appetite;
    double cost = ledger_poll_cost(ledger, task, budget);
    double left = account->most - account->spent;
    double time_left = (double)(account->end_ms - now_ms);
    if (account->most <= 0 || cost <= 0) {
        return 0;
    }
    if (left < cost) {
        return time_left;
    }
    double polls = left * sqrt(member->yield / cost) / appetite;
    return polls <= 1 ? time_left : time_left / polls;
}

int64_t ledger_pace_ms(struct ledger *ledger, size_t task, int64_t now_ms) {
    double pace = 0;
    for (size_t i = 0; i < ledger->tasks->list[task].budget_count; i++) {
        pace = fmax(pace, account_pace_ms(ledger, task, i, now_ms));
    }
    return (int64_t)pace;
}
