#include "app/task_params.h"

#include "base/schema_value.h"
#include "base/secret.h"
#include "base/suggest.h"

#define SHOWN(text) SPAN_ARG(span_first_utf8((text), 80))

/* Whether `given` is `name`, or NAME_file where that may stand for it. */
static bool is_file_of(const struct recipe_param *param, struct span given) {
    return param->secret && span_starts_with(given, param->name) &&
           span_equal(span_from(given, param->name.size), SPAN("_file"));
}

static bool pair_is_known(const struct recipe_info *info, struct span key) {
    for (size_t i = 0; i < info->param_count; i++) {
        if (span_equal(key, info->params[i].name) || is_file_of(&info->params[i], key)) {
            return true;
        }
    }
    return false;
}

static bool check_known(const struct task *task, struct arena *arena, struct error *error) {
    const struct recipe_info *info = task->info;
    for (size_t i = 0; i < task->config->param_count; i++) {
        const struct config_pair *pair = &task->config->params[i];
        if (pair_is_known(info, pair->key)) {
            continue;
        }
        struct span *names = ARENA_ARRAY(arena, struct span, info->param_count);
        for (size_t n = 0; n < info->param_count; n++) {
            names[n] = info->params[n].name;
        }
        struct span near = suggest_name(pair->key, names, info->param_count);
        return error_set_at(error, ERROR_USAGE, pair->line, pair->column,
                            "recipe \"%.*s\" has no parameter \"%.*s\"%s%.*s%s",
                            SPAN_ARG(info->name), SHOWN(pair->key),
                            near.size > 0 ? "; did you mean \"" : "", SPAN_ARG(near),
                            near.size > 0 ? "\"?" : "");
    }
    return true;
}

static const struct config_pair *find_pair(const struct task *task,
                                           const struct recipe_param *param, bool file) {
    for (size_t i = 0; i < task->config->param_count; i++) {
        const struct config_pair *pair = &task->config->params[i];
        if (file ? is_file_of(param, pair->key) : span_equal(pair->key, param->name)) {
            return pair;
        }
    }
    return NULL;
}

static bool problem_at(const struct config_pair *pair, struct error *error) {
    struct error inner = *error;
    return error_set_at(error, inner.kind, pair->line, pair->column, "%.*s: %.400s",
                        SHOWN(pair->key), inner.message);
}

/* From credentials or environment; nothing where neither has it. */
static bool find_outside(const struct task *task, const struct recipe_param *param,
                         struct arena *arena, struct span *value, struct error *error) {
    struct span name =
        arena_print(arena, "sources.%.*s.%.*s", SPAN_ARG(task->source), SPAN_ARG(param->name));
    return secret_find(name, arena, value, error) != SECRET_UNREADABLE ||
           error_add_context(error, "%.*s", SPAN_ARG(name));
}

static bool find_secret(const struct task *task, const struct recipe_param *param,
                        const struct config *config, struct arena *arena, struct span *value,
                        struct error *error) {
    const struct config_pair *own = find_pair(task, param, false);
    const struct config_pair *file = find_pair(task, param, true);
    if (own != NULL && file != NULL) {
        return error_set_at(error, ERROR_USAGE, file->line, file->column,
                            "%.*s and %.*s_file are both given; keep one", SPAN_ARG(param->name),
                            SPAN_ARG(param->name));
    }
    if (file != NULL) {
        struct span path = value_resolve_path(file->value, config->file, arena);
        return secret_read_file(path, arena, value, error) || problem_at(file, error);
    }
    if (own != NULL) {
        *value = own->value;
        return secret_is_acceptable(own->value, error) || problem_at(own, error);
    }
    return find_outside(task, param, arena, value, error);
}

static bool missing(const struct task *task, const struct recipe_param *param, struct arena *arena,
                    struct error *error) {
    struct span name = param->name;
    if (!param->secret) {
        return error_set(error, ERROR_USAGE, "recipe \"%.*s\" needs `params: {%.*s: ...}`: %.*s",
                         SPAN_ARG(task->info->name), SPAN_ARG(name), SPAN_ARG(param->help));
    }
    struct span place =
        arena_print(arena, "sources.%.*s.%.*s", SPAN_ARG(task->source), SPAN_ARG(name));
    struct span variable = secret_variable(place, arena);
    return error_set(
        error, ERROR_USAGE, "recipe \"%.*s\" needs `params: {%.*s_file: ...}` or $%.*s: %.*s",
        SPAN_ARG(task->info->name), SPAN_ARG(name), SPAN_ARG(variable), SPAN_ARG(param->help));
}

bool task_params_fill(struct task *task, const struct config *config, struct arena *arena,
                      struct error *error) {
    const struct recipe_info *info = task->info;
    struct web_header *params = ARENA_ARRAY(arena, struct web_header, info->param_count);
    if (!check_known(task, arena, error)) {
        return false;
    }
    for (size_t i = 0; i < info->param_count; i++) {
        const struct recipe_param *param = &info->params[i];
        const struct config_pair *pair = find_pair(task, param, false);
        struct span value = pair == NULL ? (struct span){0} : pair->value;
        if (param->secret && !find_secret(task, param, config, arena, &value, error)) {
            return false;
        }
        if (value.size == 0 && param->default_value.data == NULL) {
            return missing(task, param, arena, error);
        }
        if (value.size > 0) {
            params[task->param_count++] = (struct web_header){param->name, value};
        }
    }
    task->params = params;
    return true;
}
