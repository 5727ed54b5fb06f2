#include "app/task_budgets.h"

#include "base/hash.h"
#include "base/suggest.h"

#include <inttypes.h>

/* An interval that nobody has chosen may grow so much where little comes. */
#define INTERVAL_GROWTH 8

/* Two keys of one site are two customers of it. What is stored tells which, and not the key. */
static uint32_t credentials_tag(const struct task *task) {
    uint64_t hash = hash_bytes(task->config->key.value);
    for (size_t i = 0; i < task->info->param_count; i++) {
        const struct recipe_param *param = &task->info->params[i];
        for (size_t p = 0; param->secret && p < task->param_count; p++) {
            if (span_equal(task->params[p].name, param->name)) {
                hash = hash_combine(hash, hash_bytes(task->params[p].value));
            }
        }
    }
    return (uint32_t)hash;
}

static const struct config_pair *find_pair(const struct task *task, struct span name) {
    for (size_t i = 0; i < task->config->budget_count; i++) {
        if (span_equal(task->config->budget[i].key, name)) {
            return &task->config->budget[i];
        }
    }
    return NULL;
}

static bool check_known(const struct task *task, struct arena *arena, struct error *error) {
    const struct recipe_info *info = task->info;
    struct span *names = ARENA_ARRAY(arena, struct span, info->budget_count);
    for (size_t i = 0; i < info->budget_count; i++) {
        names[i] = info->budgets[i].name;
    }
    for (size_t i = 0; i < task->config->budget_count; i++) {
        const struct config_pair *pair = &task->config->budget[i];
        size_t known = 0;
        while (known < info->budget_count && !span_equal(names[known], pair->key)) {
            known++;
        }
        if (known < info->budget_count) {
            continue;
        }
        struct span near = suggest_name(pair->key, names, info->budget_count);
        near = near.size == 0 && info->budget_count > 0 ? names[0] : near;
        return error_set_at(error, ERROR_USAGE, pair->line, pair->column,
                            "recipe \"%.*s\" counts no \"%.*s\"%s%.*s%s", SPAN_ARG(info->name),
                            SPAN_ARG(span_first_utf8(pair->key, 80)),
                            near.size > 0 ? "; did you mean \"" : ": nothing in it is counted",
                            SPAN_ARG(near), near.size > 0 ? "\"?" : "");
    }
    return true;
}

/* What the user says, else what the site allows. */
static bool find_most(const struct task *task, const struct budget *rule, double *most,
                      struct error *error) {
    const struct config_pair *pair = find_pair(task, rule->name);
    *most = rule->most;
    if (pair != NULL && (!span_to_double(pair->value, most) || *most <= 0)) {
        return error_set_at(error, ERROR_USAGE, pair->line, pair->column,
                            "\"%.*s\" is no amount; write %.*s: 50",
                            SPAN_ARG(span_first_utf8(pair->value, 80)), SPAN_ARG(rule->name));
    }
    if (*most <= 0 && rule->money.size > 0 && !task->config->allow_private) {
        return error_set(error, ERROR_USAGE,
                         "recipe \"%.*s\" is paid for: say how much a %s at most, `budget: "
                         "{%.*s: 20}`",
                         SPAN_ARG(task->info->name), budget_period_name(rule->period),
                         SPAN_ARG(rule->name));
    }
    return true;
}

bool task_budgets_fill(struct task *task, struct arena *arena, struct error *error) {
    const struct recipe_info *info = task->info;
    struct task_budget *budgets = ARENA_ARRAY(arena, struct task_budget, info->budget_count);
    struct span site = info->governor_key.size > 0 ? info->governor_key : info->name;
    /* A machine of one's own stands for a site of its own, and sends no bills. */
    site = task->config->allow_private ? task->source : site;
    uint32_t tag = credentials_tag(task);
    if (!check_known(task, arena, error)) {
        return false;
    }
    for (size_t i = 0; i < info->budget_count; i++) {
        const struct budget *rule = &info->budgets[i];
        budgets[i].rule = rule;
        budgets[i].account =
            arena_print(arena, "%.*s %.*s %08" PRIx32, SPAN_ARG(site), SPAN_ARG(rule->name), tag);
        if (!find_most(task, rule, &budgets[i].most, error)) {
            return false;
        }
    }
    task->budgets = budgets;
    task->budget_count = info->budget_count;
    return true;
}

void task_intervals_fill(struct task *task) {
    const struct config_source *config = task->config;
    bool chosen = config->interval_ms > 0;
    int64_t grown = task->info->interval_ms * INTERVAL_GROWTH;
    int64_t longest = grown < DAY_MS ? grown : DAY_MS;
    task->interval_ms = chosen ? config->interval_ms : task->info->interval_ms;
    longest = chosen ? task->interval_ms : longest;
    longest = config->interval_longest_ms > 0 ? config->interval_longest_ms : longest;
    task->interval_longest_ms = longest > task->interval_ms ? longest : task->interval_ms;
}
