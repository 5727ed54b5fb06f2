/* `earshot budget` and `earshot crawl --dry-run`: what may be spent, and what a crawl would ask and
 * cost. Neither asks anybody. */
#include "app/app.h"
#include "app/ledger.h"

#include "base/url.h"

#include <unistd.h>

struct spending_plan {
    struct app *app;
    struct assessor *assessor;
    struct tasks tasks;
    struct ledger *ledger;
    struct snapshot *snapshot;
};

/* Before the first crawl there is no store, and nothing has been spent. */
static bool plan_open(struct spending_plan *plan, struct app *app, enum exit_code *code) {
    struct error error;
    *plan = (struct spending_plan){.app = app};
    if (!app_load_config(app, code)) {
        return false;
    }
    bool begun = access(arena_copy_string(app->arena, app->config->data_dir), F_OK) == 0;
    if (begun && !app_open_store(app, STORE_READ, code)) {
        return false;
    }
    if (begun && !snapshot_open(app->store, &plan->snapshot, &error)) {
        *code = app_fail_error(app, &error);
        return false;
    }
    if (!assessor_create(app->config, app->now_ms, &plan->assessor, &error) ||
        !tasks_create(app->config, plan->assessor, app->arena, &plan->tasks, &error) ||
        !ledger_open(&plan->tasks, plan->snapshot, &plan->ledger, &error)) {
        *code = app_fail_error(app, &error);
        return false;
    }
    return true;
}

static void plan_close(struct spending_plan *plan) {
    ledger_close(plan->ledger);
    assessor_free(plan->assessor);
    if (plan->snapshot != NULL) {
        snapshot_close(plan->snapshot);
    }
}

static struct source_state state_of(const struct spending_plan *plan, const struct task *task) {
    struct source_state state;
    source_state_init(&state);
    if (plan->snapshot != NULL) {
        snapshot_source(plan->snapshot, task->key, plan->app->arena, &state);
    }
    return state;
}

/* --- The accounts ----------------------------------------------------------------------------- */

/* Polls of the task until `end_ms`, at the interval it is at. */
static double polls_until(const struct spending_plan *plan, size_t task, int64_t end_ms) {
    const struct task *of = &plan->tasks.list[task];
    struct app *app = plan->app;
    struct source_state state = state_of(plan, of);
    int64_t next_ms = state.next_ms == DATE_NONE ? app->now_ms : state.next_ms;
    int64_t step_ms = of->interval_ms;
    if (state.polled_ms != DATE_NONE && next_ms - state.polled_ms > step_ms) {
        step_ms = next_ms - state.polled_ms;
    }
    return next_ms >= end_ms ? 0 : 1 + (double)((end_ms - next_ms) / step_ms);
}

static double account_expected(const struct spending_plan *plan,
                               const struct ledger_account *account) {
    double sum = 0;
    for (size_t i = 0; i < plan->tasks.count; i++) {
        const struct task *task = &plan->tasks.list[i];
        for (size_t b = 0; b < task->budget_count; b++) {
            if (span_equal(task->budgets[b].account, account->name)) {
                sum += polls_until(plan, i, account->end_ms) * ledger_poll_cost(plan->ledger, i, b);
            }
        }
    }
    double left = account->most - account->spent;
    return account->most > 0 && sum > left ? left : sum;
}

/* "api.x.com dollars 5f3c2a10" without what stands in a column of its own. */
static struct span account_site(const struct ledger_account *account) {
    size_t end = span_find_byte(account->name, ' ');
    return end == SPAN_NOT_FOUND ? account->name : span_first(account->name, end);
}

enum exit_code command_budget(struct app *app) {
    struct spending_plan plan;
    enum exit_code code = EXIT_CODE_OK;
    if (plan_open(&plan, app, &code)) {
        size_t count = 0;
        const struct ledger_account *accounts = ledger_accounts(plan.ledger, app->now_ms, &count);
        struct budget_row *rows = ARENA_ARRAY(app->arena, struct budget_row, count);
        for (size_t i = 0; i < count; i++) {
            rows[i] = (struct budget_row){
                .site = account_site(&accounts[i]),
                .rule = accounts[i].rule,
                .spent = accounts[i].spent,
                .most = accounts[i].most,
                .expected = account_expected(&plan, &accounts[i]),
                .end_ms = accounts[i].end_ms,
                .polls = accounts[i].tasks,
            };
        }
        budgets_print(&app->out, rows, count, &app->style);
    }
    plan_close(&plan);
    return code;
}

/* --- What a crawl would do -------------------------------------------------------------------- */

static struct span poll_address(const struct spending_plan *plan, const struct task *task,
                                const struct source_state *state) {
    struct app *app = plan->app;
    struct poll_options options = task_poll_options(task);
    struct poll *poll = NULL;
    struct web_request request;
    struct error error;
    options.now_ms = app->now_ms;
    options.since_ms = app->now_ms - task->config->since_ms;
    if (plan->snapshot != NULL) {
        options.login = snapshot_login(plan->snapshot, task->source, app->arena);
    }
    if (task->info->hooks != 0 ||
        !poll_begin(task->recipe, &options, state->cursor, app->arena, &poll, &error) ||
        !poll_request(poll, &request)) {
        return SPAN("");
    }
    return url_redacted(request.url, app->arena);
}

static struct span poll_price(const struct spending_plan *plan, size_t task) {
    struct app *app = plan->app;
    const struct task *of = &plan->tasks.list[task];
    struct span *parts = ARENA_ARRAY(app->arena, struct span, of->budget_count);
    size_t count = 0;
    for (size_t i = 0; i < of->budget_count; i++) {
        char text[BUDGET_TEXT_SIZE];
        const struct budget *rule = of->budgets[i].rule;
        double cost = ledger_poll_cost(plan->ledger, task, i);
        if (cost > 0) {
            bool money = rule->money.size > 0;
            budget_print(rule, cost, text);
            parts[count++] = arena_print(app->arena, "%s%s%.*s", text, money ? "" : " ",
                                         SPAN_ARG(money ? SPAN("") : rule->name));
        }
    }
    return count == 0 ? SPAN("nothing") : arena_join(app->arena, parts, count, ", ");
}

static struct span poll_verdict(const struct spending_plan *plan, size_t task,
                                const struct source_state *state) {
    struct app *app = plan->app;
    const struct ledger_account *short_of = NULL;
    if (plan->tasks.list[task].info->hooks != 0) {
        return SPAN("is delivered");
    }
    if (state->closed_until_ms != DATE_NONE && state->closed_until_ms > app->now_ms) {
        return SPAN("site asked to wait");
    }
    bool paid = ledger_allows(plan->ledger, task, POLL_ASKS_LISTING, app->now_ms, &short_of);
    return paid ? SPAN("asks") : SPAN("out of budget");
}

static struct crawl_plan_row crawl_row(const struct spending_plan *plan, size_t task) {
    struct app *app = plan->app;
    const struct task *of = &plan->tasks.list[task];
    struct source_state state = state_of(plan, of);
    struct crawl_plan_row row = {
        .source = of->key,
        .due_ms = state.next_ms == DATE_NONE ? app->now_ms : state.next_ms,
        .verdict = poll_verdict(plan, task, &state),
        .requests = state.polls > 0 ? (double)state.requests / (double)state.polls : 1,
        .cost = poll_price(plan, task),
        .address = poll_address(plan, of, &state),
    };
    row.asks = span_equal(row.verdict, SPAN("asks"));
    return row;
}

enum exit_code command_crawl_plan(struct app *app) {
    struct spending_plan plan;
    enum exit_code code = EXIT_CODE_OK;
    const char *only = app_value(app, "source");
    if (plan_open(&plan, app, &code)) {
        struct crawl_plan_row *rows =
            ARENA_ARRAY(app->arena, struct crawl_plan_row, plan.tasks.count);
        size_t count = 0;
        for (size_t i = 0; i < plan.tasks.count; i++) {
            if (only == NULL || task_is_named(&plan.tasks.list[i], span_of(only))) {
                rows[count++] = crawl_row(&plan, i);
            }
        }
        crawl_plan_print(&app->out, rows, count, &app->style);
    }
    plan_close(&plan);
    return code;
}
