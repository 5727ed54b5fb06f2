#include "app/tasks.h"

#include "app/refusals.h"
#include "app/task_budgets.h"
#include "app/task_params.h"
#include "base/file.h"

#include <stdlib.h>
#include <unistd.h>

/* What takes longer to guess than a service lives. */
#define HOOK_KEY_LEAST 16

bool task_is_named(const struct task *task, struct span name) {
    return span_equal(task->source, name) || span_equal(task->key, name);
}

struct assessor_origin task_origin(const struct task *task, int64_t now_ms) {
    return (struct assessor_origin){
        .source = task->source,
        .channel = task->channel,
        .language = task->config->language,
        .country = task->config->country,
        .about = task->about,
        .about_count = task->about_count,
        .now_ms = now_ms,
    };
}

bool task_recipe(const struct config *config, struct span name, struct arena *arena,
                 const struct recipe **recipe, struct error *error) {
    struct span folder = config == NULL ? (struct span){NULL, 0} : config->file;
    while (folder.size > 0 && folder.data[folder.size - 1] != '/') {
        folder.size--;
    }
    if (name.size > 0 && span_find_byte(name, '/') == SPAN_NOT_FOUND) {
        struct span path =
            arena_print(arena, "%.*srecipes/%.*s.yaml", SPAN_ARG(folder), SPAN_ARG(name));
        struct span text;
        bool own = access(path.data, F_OK) == 0;
        if (own && !file_read(path.data, LIMIT_CONFIG, arena, &text, error)) {
            return error_add_context(error, "%s", path.data);
        }
        if (own) {
            return recipe_parse(text, path, arena, recipe, error);
        }
    }
    return recipe_builtin(name, arena, recipe, error);
}

struct poll_options task_poll_options(const struct task *task) {
    return (struct poll_options){
        .url = task->config->url,
        .query = task->query,
        .params = task->params,
        .param_count = task->param_count,
        .key = task->config->key.value,
        .language = task->config->language,
        .no_follow = !task->config->follow,
    };
}

static bool check_needs(const struct task *task, struct error *error) {
    if (task->info->needs_url && task->config->url.size == 0) {
        return error_set(error, ERROR_USAGE, "recipe \"%.*s\" needs `url:`",
                         SPAN_ARG(task->info->name));
    }
    if (task->info->hooks != 0 && task->config->key.value.size < HOOK_KEY_LEAST) {
        return error_set(
            error, ERROR_USAGE,
            "recipe \"%.*s\" needs `key_file:` with a secret of %d characters at least: "
            "whoever knows it can deliver",
            SPAN_ARG(task->info->name), HOOK_KEY_LEAST);
    }
    if (task->info->needs_key && task->config->key.value.size == 0) {
        return error_set(error, ERROR_USAGE, "recipe \"%.*s\" needs `key:` or `key_file:`",
                         SPAN_ARG(task->info->name));
    }
    return true;
}

static bool find_brands(const struct config_list *names, const struct assessor *assessor,
                        struct arena *arena, size_t **brands, struct error *error) {
    *brands = ARENA_ARRAY(arena, size_t, names->count);
    for (size_t i = 0; i < names->count; i++) {
        (*brands)[i] = assessor_brand(assessor, names->list[i]);
        if ((*brands)[i] == assessor_brand_count(assessor)) {
            return error_set(error, ERROR_USAGE, "there is no brand \"%.*s\"",
                             SPAN_ARG(names->list[i]));
        }
    }
    return true;
}

struct task_list {
    struct arena *arena;
    struct refusals refusals; /* once they are needed */
    struct task *list;
    size_t count, capacity;
};

/* What a poll would object to, a key that cannot sign, is better said at the start. */
static bool try_poll(const struct task *task, struct error *error) {
    struct poll *poll = NULL;
    struct arena *arena = arena_create();
    struct poll_options options = task_poll_options(task);
    bool begun = poll_begin(task->recipe, &options, (struct span){NULL, 0}, arena, &poll, error);
    arena_free(arena);
    return begun;
}

static bool add_task(struct task_list *tasks, const struct task *task, struct error *error) {
    tasks->list =
        arena_grow(tasks->arena, tasks->list, tasks->count, &tasks->capacity, sizeof *tasks->list);
    tasks->list[tasks->count++] = *task;
    return try_poll(task, error);
}

/* One task for each search that the brand's definition needs in the site's dialect. A definition of
 * fields alone, or of open endings, has none: better said than never searched for. */
static bool add_searches(struct task_list *tasks, const struct task *model,
                         const struct assessor *assessor, size_t brand, struct error *error) {
    size_t count = 0;
    const struct span *searches =
        query_compile(assessor_query(assessor, brand), model->info->dialect, tasks->arena, &count);
    if (count == 0) {
        return error_set(
            error, ERROR_USAGE,
            "it cannot be searched for \"%.*s\", whose query demands no whole word; say "
            "`brands:` here to leave it out",
            SPAN_ARG(assessor_brand_names(assessor)[brand]));
    }
    for (size_t i = 0; i < count; i++) {
        struct task task = *model;
        struct span name = assessor_brand_names(assessor)[brand];
        task.query = searches[i];
        task.brand = brand;
        task.key =
            i == 0 ? arena_print(tasks->arena, "%.*s/%.*s", SPAN_ARG(task.source), SPAN_ARG(name))
                   : arena_print(tasks->arena, "%.*s/%.*s/%zu", SPAN_ARG(task.source),
                                 SPAN_ARG(name), i + 1);
        if (!add_task(tasks, &task, error)) {
            return false;
        }
    }
    return true;
}

/* All refusals are read once, and only where a source asks for pages. */
static bool check_allowed(struct task_list *tasks, const struct task *task, struct error *error) {
    bool needed = task->info->reads_pages && tasks->refusals.list == NULL;
    if (needed && !refusals_load(tasks->arena, &tasks->refusals, error)) {
        return false;
    }
    return refusals_allow(&tasks->refusals, task->info, task->config->url, tasks->arena, error);
}

static bool add_source(struct task_list *tasks, const struct config *config,
                       const struct config_source *source, const struct assessor *assessor,
                       struct error *error) {
    struct task task = {
        .key = source->name, .source = source->name, .config = source, .brand = TASK_ALL_BRANDS};
    size_t *about = NULL;
    size_t *brands = NULL;
    if (!task_recipe(config, source->recipe, tasks->arena, &task.recipe, error)) {
        error->column = 0; /* its place is in another file, and in the message */
        return false;
    }
    if (!find_brands(&source->about, assessor, tasks->arena, &about, error) ||
        !find_brands(&source->brands, assessor, tasks->arena, &brands, error)) {
        return false;
    }
    task.info = recipe_info(task.recipe);
    task.about = about;
    task.about_count = source->about.count;
    task.channel = source->channel != CHANNEL_UNKNOWN ? source->channel : task.info->channel;
    task_intervals_fill(&task);
    if (!check_allowed(tasks, &task, error) || !check_needs(&task, error) ||
        !task_params_fill(&task, config, tasks->arena, error) ||
        !task_budgets_fill(&task, tasks->arena, error)) {
        return false;
    }
    if (!task.info->needs_query) {
        return add_task(tasks, &task, error);
    }
    size_t count = source->brands.count > 0 ? source->brands.count : assessor_brand_count(assessor);
    for (size_t i = 0; i < count; i++) {
        size_t brand = source->brands.count > 0 ? brands[i] : i;
        if (!add_searches(tasks, &task, assessor, brand, error)) {
            return false;
        }
    }
    return true;
}

/* What a person brings is not asked for. */
static bool is_asked(const struct config_source *source) {
    return source->enabled && !span_equal(source->recipe, SPAN(TASK_RECIPE_IMPORT));
}

/* Where the mistake stands, or where the source begins. */
static bool source_problem(const struct config *config, const struct config_source *source,
                           struct error *error) {
    struct span name = source->name;
    if (error->column > 0) {
        return error_add_context(error, "%.*s:%u:%u: source \"%.*s\"", SPAN_ARG(config->file),
                                 error->line, error->column, SPAN_ARG(name));
    }
    return error_add_context(error, "%.*s:%u: source \"%.*s\"", SPAN_ARG(config->file),
                             source->line, SPAN_ARG(name));
}

bool tasks_create(const struct config *config, const struct assessor *assessor, struct arena *arena,
                  struct tasks *tasks, struct error *error) {
    struct task_list list = {.arena = arena};
    for (size_t i = 0; i < config->source_count; i++) {
        const struct config_source *source = &config->sources[i];
        if (is_asked(source) && !add_source(&list, config, source, assessor, error)) {
            return source_problem(config, source, error);
        }
    }
    tasks->list = list.list;
    tasks->count = list.count;
    return true;
}

bool task_of_login(const struct config *config, struct span name, struct arena *arena,
                   struct task *task, struct error *error) {
    for (size_t i = 0; i < config->source_count; i++) {
        const struct config_source *source = &config->sources[i];
        if (!span_equal_nocase(source->name, name)) {
            continue;
        }
        *task = (struct task){.key = source->name,
                              .source = source->name,
                              .config = source,
                              .brand = TASK_ALL_BRANDS};
        if (!task_recipe(config, source->recipe, arena, &task->recipe, error)) {
            return false;
        }
        task->info = recipe_info(task->recipe);
        return (check_needs(task, error) && task_params_fill(task, config, arena, error) &&
                try_poll(task, error)) ||
               source_problem(config, source, error);
    }
    return error_set(error, ERROR_USAGE, "mail.login: no source is called \"%.*s\"",
                     SPAN_ARG(name));
}
