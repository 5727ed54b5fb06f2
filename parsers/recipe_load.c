#include "parsers/recipe_load.h"

#include "parsers/dom.h"

#include <stdio.h>

bool load_failure(struct loader *loader, const struct yaml_node *node, const char *format, ...) {
    va_list arguments;
    char message[256];
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return error_set_at(loader->error, ERROR_USAGE, node->line, node->column, "%.*s:%u:%u: %s",
                        SPAN_ARG(loader->file), node->line, node->column, message);
}

/* The same around an error that a part has set. */
bool load_failure_around(struct loader *loader, const struct yaml_node *node, const char *what) {
    struct error inner = *loader->error;
    return load_failure(loader, node, "%s: %.200s", what, inner.message);
}

static const struct key *key_find(const struct key *keys, size_t count, struct span name) {
    for (size_t i = 0; i < count; i++) {
        if (span_equal(name, span_of(keys[i].name))) {
            return &keys[i];
        }
    }
    return NULL;
}

/* Reads a mapping by its table of keys into the struct at `target`. */
bool load_section(struct loader *loader, const struct yaml_node *node, const struct key *keys,
                  size_t count, void *target) {
    if (node->type != YAML_MAPPING) {
        return load_failure(loader, node, "\"name: value\" lines are wanted here");
    }
    for (size_t i = 0; i < node->count; i++) {
        const struct key *key = key_find(keys, count, node->keys[i]->scalar);
        if (key == NULL) {
            return load_failure(loader, node->keys[i], "unknown key \"%.*s\"",
                                SPAN_ARG(node->keys[i]->scalar));
        }
        if (!key->read(loader, node->list[i], (char *)target + key->offset)) {
            return false;
        }
    }
    return true;
}
/* --- Values ---------------------------------------------------------------------------------- */

bool load_text(struct loader *loader, const struct yaml_node *node, void *target) {
    if (node->type != YAML_SCALAR) {
        return load_failure(loader, node, "a text is wanted here");
    }
    *(struct span *)target = arena_copy(loader->arena, span_trim(node->scalar));
    return true;
}

bool load_flag(struct loader *loader, const struct yaml_node *node, void *target) {
    bool yes = span_equal(node->scalar, SPAN("true")) || span_equal(node->scalar, SPAN("yes"));
    bool no = span_equal(node->scalar, SPAN("false")) || span_equal(node->scalar, SPAN("no"));
    *(bool *)target = yes;
    return yes || no || load_failure(loader, node, "true or false is wanted here");
}

bool load_duration(struct loader *loader, const struct yaml_node *node, void *target) {
    return duration_parse(node->scalar, target) ||
           load_failure(loader, node, "\"%.*s\" is no length of time like 10m",
                        SPAN_ARG(node->scalar));
}

bool load_integer(struct loader *loader, const struct yaml_node *node, void *target) {
    return span_to_int64(node->scalar, target) ||
           load_failure(loader, node, "\"%.*s\" is no whole number", SPAN_ARG(node->scalar));
}

bool load_real(struct loader *loader, const struct yaml_node *node, void *target) {
    return span_to_double(node->scalar, target) ||
           load_failure(loader, node, "\"%.*s\" is no number", SPAN_ARG(node->scalar));
}

bool load_template(struct loader *loader, const struct yaml_node *node, void *target) {
    struct span text = {0};
    return load_text(loader, node, &text) &&
           (template_parse(text, loader->arena, target, loader->error) ||
            load_failure_around(loader, node, "template"));
}

/* A place in the answer; what it is depends on the format, which stands before it in the file. */
bool load_place(struct loader *loader, const struct yaml_node *node, void *target) {
    struct place *place = target;
    struct span text = {0};
    if (!load_text(loader, node, &text)) {
        return false;
    }
    if (loader->recipe->format != FORMAT_JSON) {
        place->xpath = text;
        return xpath_check(text, loader->error) || load_failure_around(loader, node, "xpath");
    }
    return path_parse(text, loader->arena, &place->path, loader->error) ||
           load_failure_around(loader, node, "place");
}

/* --- Conditions ------------------------------------------------------------------------------ */

bool load_condition(struct loader *loader, const struct yaml_node *node, void *target) {
    struct condition *condition = target;
    struct span text = {0};
    if (!load_text(loader, node, &text)) {
        return false;
    }
    condition->text = text;
    size_t equals = span_find(text, SPAN(" = "));
    size_t differs = span_find(text, SPAN(" != "));
    struct span left = span_first(text, equals < differs ? equals : differs);
    condition->test = CONDITION_SET;
    if (equals != SPAN_NOT_FOUND) {
        condition->test = CONDITION_EQUAL;
        condition->value = span_trim(span_from(text, equals + 3));
    } else if (differs != SPAN_NOT_FOUND) {
        condition->test = CONDITION_DIFFERENT;
        condition->value = span_trim(span_from(text, differs + 4));
    } else if (span_starts_with(text, SPAN("!"))) {
        condition->test = CONDITION_UNSET;
        left = span_from(text, 1);
    }
    struct yaml_node place = *node;
    place.scalar = left;
    return load_place(loader, &place, &condition->place);
}

bool load_conditions(struct loader *loader, const struct yaml_node *node, void *target) {
    struct conditions *conditions = target;
    if (node->type == YAML_SCALAR) {
        conditions->list = ARENA_NEW(loader->arena, struct condition);
        conditions->count = 1;
        return load_condition(loader, node, conditions->list);
    }
    conditions->list = ARENA_ARRAY(loader->arena, struct condition, node->count);
    for (size_t i = 0; i < node->count; i++) {
        if (!load_condition(loader, node->list[i], &conditions->list[i])) {
            return false;
        }
    }
    conditions->count = node->count;
    return true;
}
