#include "app/refusals.h"

bool refusals_load(struct arena *arena, struct refusals *refusals, struct error *error) {
    size_t count = 0;
    const struct span *names = recipe_builtin_names(arena, &count);
    *refusals = (struct refusals){.list = ARENA_ARRAY(arena, const struct recipe *, count)};
    for (size_t i = 0; i < count; i++) {
        const struct recipe *recipe = NULL;
        if (!recipe_builtin(names[i], arena, &recipe, error)) {
            return false;
        }
        if (recipe_info(recipe)->refused.size > 0) {
            refusals->list[refusals->count++] = recipe;
        }
    }
    return true;
}

static bool refuse(const struct recipe_info *info, struct error *error) {
    struct span name = info->reads ? info->name : SPAN("");
    return error_set(error, ERROR_USAGE,
                     "\"%.*s\" may not be polled. %.*s%s%.*s%s. The terms: %.*s",
                     SPAN_ARG(info->name), SPAN_ARG(info->refused),
                     info->reads ? " (earshot import PAGE.html --recipe " : "", SPAN_ARG(name),
                     info->reads ? ")" : "", SPAN_ARG(info->terms));
}

bool refusals_allow(const struct refusals *refusals, const struct recipe_info *info,
                    struct span url, struct arena *arena, struct error *error) {
    struct web_header params[LIMIT_PARAMS];
    size_t count = 0;
    if (info->refused.size > 0) {
        return refuse(info, error);
    }
    for (size_t i = 0; i < refusals->count && info->reads_pages && url.size > 0; i++) {
        if (recipe_match(refusals->list[i], url, SPAN(""), arena, params, &count) > 0) {
            return refuse(recipe_info(refusals->list[i]), error);
        }
    }
    return true;
}
