#include "parsers/fields.h"
#include "parsers/recipe_load.h"

/* The section `item:`: per field, one or more ways to its value. */

static bool type_read(struct loader *loader, const struct yaml_node *node, void *target) {
    return value_type_parse(node->scalar, target) ||
           load_failure(loader, node, "unknown type \"%.*s\"", SPAN_ARG(node->scalar));
}

static bool rule_place_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct rule *rule = target;
    rule->from = RULE_PLACE;
    return load_place(loader, node, &rule->place);
}

static bool rule_template_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct rule *rule = target;
    rule->from = RULE_TEMPLATE;
    return load_template(loader, node, &rule->template);
}

static bool rule_constant_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct rule *rule = target;
    rule->from = RULE_CONSTANT;
    return load_text(loader, node, &rule->constant);
}

static bool map_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct rule *rule = target;
    if (node->type != YAML_MAPPING) {
        return load_failure(loader, node, "map wants \"theirs: ours\" lines");
    }
    rule->map = ARENA_ARRAY(loader->arena, struct mapping, node->count);
    rule->map_count = node->count;
    for (size_t i = 0; i < node->count; i++) {
        if (!load_text(loader, node->keys[i], &rule->map[i].from) ||
            !load_text(loader, node->list[i], &rule->map[i].to)) {
            return false;
        }
    }
    return true;
}

static bool when_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct rule *rule = target;
    rule->conditional = true;
    return load_condition(loader, node, &rule->when);
}

static bool join_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct rule *rule = target;
    rule->joins = true;
    return load_place(loader, node, &rule->join);
}

static bool on_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct rule *rule = target;
    const struct yaml_node *template = yaml_get(node, "template");
    return template == NULL ? load_place(loader, node, &rule->on)
                            : load_template(loader, template, &rule->on_template);
}

/* A number, or a rule that finds it. */
static bool best_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct rule *rule = target;
    if (node->type == YAML_SCALAR) {
        return load_real(loader, node, &rule->best);
    }
    rule->best_rule = ARENA_NEW(loader->arena, struct rule);
    return load_rule(loader, node, rule->best_rule);
}

static const struct key rule_keys[] = {
    {"place", rule_place_read, 0},
    {"template", rule_template_read, 0},
    {"value", rule_constant_read, 0},
    {"type", type_read, offsetof(struct rule, type)},
    {"map", map_read, 0},
    {"worst", load_real, offsetof(struct rule, worst)},
    {"best", best_read, 0},
    {"when", when_read, 0},
    {"every", load_flag, offsetof(struct rule, every)},
    {"after", load_text, offsetof(struct rule, after)},
    {"before", load_text, offsetof(struct rule, before)},
    {"join", join_read, 0},
    {"on", on_read, 0},
    {"take", load_place, offsetof(struct rule, take)},
};

static bool rule_read(struct loader *loader, const struct yaml_node *node, enum value_type type,
                      struct rule *rule) {
    *rule = (struct rule){.type = type, .worst = 1, .best = 5, .line = node->line};
    if (node->type == YAML_SCALAR) {
        return rule_place_read(loader, node, rule);
    }
    return load_section(loader, node, SECTION(rule_keys), rule);
}

bool load_rule(struct loader *loader, const struct yaml_node *node, void *target) {
    return rule_read(loader, node, VALUE_TEXT, target);
}

/* A place, a rule, or a list of either: fall-backs. */
static bool field_read(struct loader *loader, const struct yaml_node *node, size_t which,
                       struct field *field) {
    size_t count = load_count(node);
    field->rules = ARENA_ARRAY(loader->arena, struct rule, count);
    for (size_t i = 0; i < count; i++) {
        if (!rule_read(loader, load_one(node, i), field_default_type(which), &field->rules[i])) {
            return false;
        }
    }
    field->count = count;
    return true;
}

bool load_fields(struct loader *loader, const struct yaml_node *node, void *target) {
    struct field *fields = target;
    if (node->type != YAML_MAPPING) {
        return load_failure(loader, node, "item wants \"field: place\" lines");
    }
    for (size_t i = 0; i < node->count; i++) {
        size_t field = 0;
        if (!field_find(node->keys[i]->scalar, &field)) {
            return load_failure(loader, node->keys[i], "an item has no field \"%.*s\"",
                                SPAN_ARG(node->keys[i]->scalar));
        }
        if (!field_read(loader, node->list[i], field, &fields[field])) {
            return false;
        }
    }
    return true;
}
