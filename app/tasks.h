/* What is to be polled: the configuration's sources, each with its recipe, and those that are
 * searched once for every brand. Immutable after creation. */
#ifndef APP_TASKS_H
#define APP_TASKS_H

#include "app/assessor.h"
#include "parsers/parsers.h"

#define TASK_ALL_BRANDS SIZE_MAX

struct task_budget { /* one account that its polls are paid from */
    const struct budget *rule;
    struct span account; /* "api.x.com dollars 5f3c2a10": the site, what is counted, whose key */
    double most;         /* in a period; 0 = no bound */
};

struct task {
    struct span key;    /* in the store: "hackernews", or "hackernews/Acme" where it is searched */
    struct span source; /* the source's name */
    const struct config_source *config;
    const struct recipe *recipe;
    const struct recipe_info *info;
    size_t brand;      /* whose search it is; TASK_ALL_BRANDS where it is not searched */
    struct span query; /* search text in the recipe's dialect; empty where it is not searched */
    const struct web_header *params;
    size_t param_count;
    enum channel channel;
    const size_t *about;
    size_t about_count;
    int64_t interval_ms;         /* between two polls at least ... */
    int64_t interval_longest_ms; /* ... and, where little comes, at most */
    const struct task_budget *budgets;
    size_t budget_count;
};

/* Whether a person who says `name` means this task: its source, or the one search of it. */
bool task_is_named(const struct task *task, struct span name);

/* What is known of its items before they are read. */
struct assessor_origin task_origin(const struct task *task, int64_t now_ms);

/* What a poll of the task is given; its times, and what is kept of its login, are the caller's. */
struct poll_options task_poll_options(const struct task *task);

struct tasks {
    const struct task *list;
    size_t count;
};

/* The recipe of sources that only `earshot import` fills. */
#define TASK_RECIPE_IMPORT "import"

/* Loads the recipes (built in, or NAME.yaml in `recipes` beside the configuration file) and joins
 * them with sources and brands. The error names the source and its line. Lives in `arena`. */
MUST_CHECK bool tasks_create(const struct config *config, const struct assessor *assessor,
                             struct arena *arena, struct tasks *tasks, struct error *error);

/* The task of a source by its name, for its login alone; it may be disabled. */
MUST_CHECK bool task_of_login(const struct config *config, struct span name, struct arena *arena,
                              struct task *task, struct error *error);

/* A recipe by name: the user's own beside the configuration file first, then the built-in one. */
MUST_CHECK bool task_recipe(const struct config *config, struct span name, struct arena *arena,
                            const struct recipe **recipe, struct error *error);

#endif
