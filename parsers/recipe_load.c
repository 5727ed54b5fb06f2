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

const struct key *load_key(const struct key *keys, size_t count, struct span name) {
    for (size_t i = 0; i < count; i++) {
        if (span_equal(name, span_of(keys[i].name))) {
            return &keys[i];
        }
    }
    return NULL;
}

bool load_unknown(struct loader *loader, const struct yaml_node *key) {
    return load_failure(loader, key, "unknown key \"%.*s\"", SPAN_ARG(key->scalar));
}

bool load_section(struct loader *loader, const struct yaml_node *node, const struct key *keys,
                  size_t count, void *target) {
    if (node->type != YAML_MAPPING) {
        return load_failure(loader, node, "\"name: value\" lines are wanted here");
    }
    for (size_t i = 0; i < node->count; i++) {
        const struct key *key = load_key(keys, count, node->keys[i]->scalar);
        if (key == NULL) {
            return load_unknown(loader, node->keys[i]);
        }
        if (!key->read(loader, node->list[i], (char *)target + key->offset)) {
            return false;
        }
    }
    return true;
}

size_t load_count(const struct yaml_node *node) {
    return node->type == YAML_SEQUENCE ? node->count : 1;
}

const struct yaml_node *load_one(const struct yaml_node *node, size_t index) {
    return node->type == YAML_SEQUENCE ? node->list[index] : node;
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

/* A place in the answer; what it is depends on the format. */
bool load_place(struct loader *loader, const struct yaml_node *node, void *target) {
    struct place *place = target;
    if (!load_text(loader, node, &place->text)) {
        return false;
    }
    if (!format_has_paths(loader->format)) {
        return xpath_check(place->text, loader->error) ||
               load_failure_around(loader, node, "xpath");
    }
    return path_parse(place->text, loader->arena, &place->path, loader->error) ||
           load_failure_around(loader, node, "place");
}

/* --- Conditions ------------------------------------------------------------------------------ */

static const struct operator{
    const char *text;
    enum condition_test test;
    bool sizes; /* wants a number behind it */
    bool holds; /* wants a template behind it */
}
operators[] = {
    {" = ", CONDITION_EQUAL, false, false},    {" != ", CONDITION_DIFFERENT, false, false},
    {" > ", CONDITION_MORE, true, false},      {" < ", CONDITION_LESS, true, false},
    {" >= ", CONDITION_AT_LEAST, true, false}, {" <= ", CONDITION_AT_MOST, true, false},
    {" ~ ", CONDITION_HOLDS, false, true},     {" !~ ", CONDITION_LACKS, false, true},
};

/* The first one that does not stand in the brackets of a path. */
static const struct operator* operator_find(struct span text, size_t *at) {
    int depth = 0;
    for (*at = 0; *at < text.size; (*at)++) {
        depth += text.data[*at] == '[' ? 1 : text.data[*at] == ']' ? -1 : 0;
        for (size_t i = 0; i < sizeof operators / sizeof operators[0] && depth <= 0; i++) {
            if (span_starts_with(span_from(text, *at), span_of(operators[i].text))) {
                return &operators[i];
            }
        }
    }
    return NULL;
}

bool load_condition(struct loader *loader, const struct yaml_node *node, void *target) {
    struct condition *condition = target;
    struct span text = {0};
    size_t at = 0;
    if (!load_text(loader, node, &text)) {
        return false;
    }
    const struct operator* found = operator_find(text, &at);
    struct yaml_node place = *node;
    place.scalar = span_first(text, at);
    condition->text = text;
    if (found != NULL) {
        condition->test = found->test;
        condition->value = span_trim(span_from(text, at + strlen(found->text)));
    } else if (span_starts_with(text, SPAN("!"))) {
        condition->test = CONDITION_UNSET;
        place.scalar = span_from(text, 1);
    }
    if (found != NULL && found->sizes && !span_to_double(condition->value, &condition->number)) {
        return load_failure(loader, node, "\"%.*s\" is no number", SPAN_ARG(condition->value));
    }
    if (found != NULL && found->holds &&
        !template_parse(condition->value, loader->arena, &condition->holds, loader->error)) {
        return load_failure_around(loader, node, "condition");
    }
    return load_place(loader, &place, &condition->place);
}

bool load_conditions(struct loader *loader, const struct yaml_node *node, void *target) {
    struct conditions *conditions = target;
    size_t count = load_count(node);
    conditions->list = ARENA_ARRAY(loader->arena, struct condition, count);
    for (size_t i = 0; i < count; i++) {
        if (!load_condition(loader, load_one(node, i), &conditions->list[i])) {
            return false;
        }
    }
    conditions->count = count;
    return true;
}
