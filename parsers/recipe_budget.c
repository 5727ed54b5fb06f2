#include "parsers/recipe_load.h"

/* The section `budget:` of a recipe: what its site lets be spent on it. */

static bool period_read(struct loader *loader, const struct yaml_node *node, void *target) {
    return budget_period_parse(node->scalar, target) ||
           load_failure(loader, node, "unknown period \"%.*s\"; there are hour, day and month",
                        SPAN_ARG(node->scalar));
}

static bool zone_read(struct loader *loader, const struct yaml_node *node, void *target) {
    if (!zone_is_known(node->scalar)) {
        return load_failure(loader, node,
                            "\"%.*s\" is no time zone; they are written like Europe/Madrid",
                            SPAN_ARG(node->scalar));
    }
    return load_text(loader, node, target);
}

static bool amount_read(struct loader *loader, const struct yaml_node *node, void *target) {
    double *amount = target;
    return load_real(loader, node, amount) &&
           (*amount >= 0 || load_failure(loader, node, "nothing costs less than nothing"));
}

static bool budget_read(struct loader *loader, const struct yaml_node *node,
                        struct budget *budget) {
    static const struct key keys[] = {
        {"name", load_text, offsetof(struct budget, name)},
        {"per", period_read, offsetof(struct budget, period)},
        {"zone", zone_read, offsetof(struct budget, zone)},
        {"most", amount_read, offsetof(struct budget, most)},
        {"request", amount_read, offsetof(struct budget, request)},
        {"follow", amount_read, offsetof(struct budget, follow)},
        {"item", amount_read, offsetof(struct budget, item)},
        {"page", load_integer, offsetof(struct budget, page)},
        {"money", load_text, offsetof(struct budget, money)},
    };
    *budget = (struct budget){.period = BUDGET_DAY};
    if (!load_section(loader, node, SECTION(keys), budget)) {
        return false;
    }
    if (budget->name.size == 0) {
        return load_failure(loader, node, "a budget wants a name: what is counted");
    }
    if (budget->request + budget->follow + budget->item <= 0) {
        return load_failure(loader, node, "say what is counted: request, follow or item");
    }
    if (budget->item > 0 && budget->page <= 0) {
        return load_failure(loader, node,
                            "where items are paid for, `page` says how many there "
                            "are in an answer at most");
    }
    return true;
}

bool load_budgets(struct loader *loader, const struct yaml_node *node, void *target) {
    struct recipe_info *info = target;
    size_t count = load_count(node);
    struct budget *list = ARENA_ARRAY(loader->arena, struct budget, count);
    if (count > LIMIT_BUDGETS) {
        return load_failure(loader, node, "a recipe has %d budgets at most", LIMIT_BUDGETS);
    }
    for (size_t i = 0; i < count; i++) {
        if (!budget_read(loader, load_one(node, i), &list[i])) {
            return false;
        }
    }
    info->budgets = list;
    info->budget_count = count;
    return true;
}
