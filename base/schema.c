#include "base/schema.h"

#include "base/limits.h"
#include "base/schema_value.h"
#include "base/secret.h"
#include "base/suggest.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define SHOWN(text) SPAN_ARG(span_first_utf8((text), 80))

/* --- Problems --------------------------------------------------------------------------------- */

bool schema_has_room(const struct schema_reader *reader) {
    return reader->problems.count <= LIMIT_CONFIG_ERRORS;
}

void schema_problem(struct schema_reader *reader, const struct yaml_node *node, const char *format,
                    ...) {
    struct config_problems *problems = &reader->problems;
    if (!schema_has_room(reader)) {
        return;
    }
    char message[sizeof(((struct error *)0)->message)];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (problems->count == LIMIT_CONFIG_ERRORS) {
        snprintf(message, sizeof message, "and more; mend these first");
    }
    problems->list = arena_grow(reader->arena, problems->list, problems->count, &reader->capacity,
                                sizeof *problems->list);
    problems->list[problems->count++] = (struct config_problem){
        .line = node == NULL ? 0 : node->line,
        .column = node == NULL ? 0 : node->column,
        .message = arena_copy(reader->arena, span_of(message)),
    };
}

/* Where they stand in the file; the last of too many stays last. */
static int problem_compare(const void *a, const void *b) {
    const struct config_problem *first = a;
    const struct config_problem *second = b;
    if (first->line != second->line) {
        return first->line < second->line ? -1 : 1;
    }
    if (first->column != second->column) {
        return first->column < second->column ? -1 : 1;
    }
    return span_compare(first->message, second->message);
}

void schema_sort_problems(struct schema_reader *reader) {
    size_t count = reader->problems.count;
    count = count > LIMIT_CONFIG_ERRORS ? LIMIT_CONFIG_ERRORS : count;
    if (count > 1) {
        qsort(reader->problems.list, count, sizeof *reader->problems.list, problem_compare);
    }
}

/* --- Rows ------------------------------------------------------------------------------------- */

const struct schema_row *schema_find(const struct schema *schema, struct span name) {
    for (size_t i = 0; i < schema->count; i++) {
        const struct schema_row *row = &schema->rows[i];
        struct span row_name = span_of(row->name);
        if (span_equal(name, row_name) ||
            (row->type == SCHEMA_SECRET && name.size == row_name.size + 5 &&
             span_starts_with(name, row_name) && span_ends_with(name, SPAN("_file")))) {
            return row;
        }
    }
    return NULL;
}

static void problem_unknown(struct schema_reader *reader, const struct schema *schema,
                            const struct yaml_node *key) {
    if (!schema_has_room(reader)) {
        return;
    }
    struct span *names = NEW_ARRAY(struct span, schema->count);
    for (size_t i = 0; i < schema->count; i++) {
        names[i] = span_of(schema->rows[i].name);
    }
    struct span near = suggest_name(key->scalar, names, schema->count);
    if (near.size > 0) {
        schema_problem(reader, key, "unknown option \"%.*s\"; did you mean \"%.*s\"?",
                       SHOWN(key->scalar), SPAN_ARG(near));
    } else {
        struct span all = arena_join(reader->arena, names, schema->count, ", ");
        schema_problem(reader, key, "unknown option \"%.*s\"; %s has %.*s", SHOWN(key->scalar),
                       schema->noun, SPAN_ARG(all));
    }
    free(names);
}

static const char *node_noun(const struct yaml_node *node) {
    return node->type == YAML_SEQUENCE  ? "a list"
           : node->type == YAML_MAPPING ? "options"
                                        : "one value";
}

/* `name:` with nothing behind it leaves the default. */
static bool node_is_blank(const struct yaml_node *node) {
    return node == NULL || (node->type == YAML_SCALAR && node->scalar.size == 0 && !node->quoted);
}

static void *row_field(const struct schema_row *row, void *target) {
    return (char *)target + row->offset;
}

static void row_set_count(const struct schema_row *row, void *target, size_t count) {
    memcpy((char *)target + row->count_offset, &count, sizeof count);
}

/* --- Reading one row -------------------------------------------------------------------------- */

static void read_scalar(struct schema_reader *reader, const struct schema_row *row,
                        const struct yaml_node *node, void *field) {
    struct error error = {0};
    if (node->type != YAML_SCALAR) {
        schema_problem(reader, node, "%s: takes one value, not %s", row->name, node_noun(node));
    } else if (!value_type(row->type)->parse(row, node->scalar, reader, field, &error)) {
        schema_problem(reader, node, "%s: %s", row->name, error.message);
    }
}

static bool read_text(struct schema_reader *reader, const struct schema_row *row,
                      const struct yaml_node *node, struct span *text) {
    struct error error = {0};
    if (node->type != YAML_SCALAR) {
        schema_problem(reader, node, "%s: a text should stand here, not %s", row->name,
                       node_noun(node));
        return false;
    }
    if (!value_check_text(row, node->scalar, &error)) {
        schema_problem(reader, node, "%s: %s", row->name, error.message);
        return false;
    }
    *text = node->scalar;
    return true;
}

static bool check_count(struct schema_reader *reader, const struct schema_row *row,
                        const struct yaml_node *node) {
    if ((double)node->count > row->maximum) {
        schema_problem(reader, node, "%s: %zu entries: at most %.0f", row->name, node->count,
                       row->maximum);
        return false;
    }
    return true;
}

static void read_texts(struct schema_reader *reader, const struct schema_row *row,
                       const struct yaml_node *node, struct config_list *list) {
    size_t count = node->type == YAML_SCALAR ? 1 : node->count;
    if (node->type == YAML_MAPPING) {
        schema_problem(reader, node, "%s: takes texts, [a, b] or one, not options", row->name);
        return;
    }
    if (!check_count(reader, row, node)) {
        return;
    }
    struct span *texts = ARENA_ARRAY(reader->arena, struct span, count);
    for (size_t i = 0; i < count; i++) {
        const struct yaml_node *item = node->type == YAML_SCALAR ? node : node->list[i];
        if (item->type == YAML_SCALAR && item->scalar.size == 0) {
            schema_problem(reader, item, "%s: an entry is empty", row->name);
        } else {
            read_text(reader, row, item, &texts[i]);
        }
    }
    *list = (struct config_list){.list = texts, .count = count};
}

static void read_pairs(struct schema_reader *reader, const struct schema_row *row,
                       const struct yaml_node *node, void *target) {
    if (node->type != YAML_MAPPING) {
        schema_problem(reader, node, "%s: takes names and values, {name: value}, not %s", row->name,
                       node_noun(node));
        return;
    }
    if (!check_count(reader, row, node)) {
        return;
    }
    struct config_pair *pairs = ARENA_ARRAY(reader->arena, struct config_pair, node->count);
    for (size_t i = 0; i < node->count; i++) {
        read_text(reader, row, node->keys[i], &pairs[i].key);
        read_text(reader, row, node->list[i], &pairs[i].value);
        pairs[i].line = node->keys[i]->line;
        pairs[i].column = node->keys[i]->column;
    }
    memcpy(row_field(row, target), &pairs, sizeof pairs);
    row_set_count(row, target, node->count);
}

static void read_secret_file(struct schema_reader *reader, const struct schema_row *row,
                             const struct yaml_node *node, struct secret *secret) {
    struct error error = {0};
    if (node->type != YAML_SCALAR) {
        schema_problem(reader, node, "%s_file: takes one path, not %s", row->name, node_noun(node));
        return;
    }
    struct span path = value_resolve_path(node->scalar, reader->file, reader->arena);
    if (!secret_read_file(path, reader->arena, &secret->value, &error)) {
        schema_problem(reader, node, "%s_file: %s", row->name, error.message);
    }
}

static void read_secret(struct schema_reader *reader, const struct schema_row *row,
                        const struct yaml_node *section, void *field) {
    struct span file_name = arena_print(reader->arena, "%s_file", row->name);
    const struct yaml_node *value = yaml_get(section, row->name);
    const struct yaml_node *file = yaml_get(section, file_name.data);
    struct error error = {0};
    if (!node_is_blank(value) && !node_is_blank(file)) {
        schema_problem(reader, file, "%s and %s_file are both given; keep one", row->name,
                       row->name);
    } else if (!node_is_blank(file)) {
        read_secret_file(reader, row, file, field);
    } else if (!node_is_blank(value) && value->type != YAML_SCALAR) {
        schema_problem(reader, value, "%s: takes one text, not %s", row->name, node_noun(value));
    } else if (!node_is_blank(value) && !secret_is_acceptable(value->scalar, &error)) {
        schema_problem(reader, value, "%s: %s", row->name, error.message);
    } else if (!node_is_blank(value)) {
        ((struct secret *)field)->value = value->scalar;
    }
}

static void read_sections(struct schema_reader *reader, const struct schema_row *row,
                          const struct yaml_node *node, void *target) {
    if (node->type != YAML_SEQUENCE) {
        schema_problem(reader, node, "%s: takes a list: begin each %s with \"- \"", row->name,
                       row->section->noun);
        return;
    }
    if (!check_count(reader, row, node)) {
        return;
    }
    char *entries = arena_array(reader->arena, node->count, row->section->size);
    for (size_t i = 0; i < node->count; i++) {
        schema_read(reader, row->section, node->list[i], entries + i * row->section->size);
    }
    memcpy(row_field(row, target), &entries, sizeof entries);
    row_set_count(row, target, node->count);
}

static void read_row(struct schema_reader *reader, const struct schema_row *row,
                     const struct yaml_node *node, void *target) {
    if (row->type == SCHEMA_TEXTS) {
        read_texts(reader, row, node, row_field(row, target));
    } else if (row->type == SCHEMA_PAIRS) {
        read_pairs(reader, row, node, target);
    } else if (row->type == SCHEMA_SECTIONS) {
        read_sections(reader, row, node, target);
    } else {
        read_scalar(reader, row, node, row_field(row, target));
    }
}

/* --- Reading a section ------------------------------------------------------------------------ */

static void set_default(struct schema_reader *reader, const struct schema_row *row, void *target) {
    struct error error = {0};
    if (row->fallback != NULL && !value_type(row->type)->parse(row, span_of(row->fallback), reader,
                                                               row_field(row, target), &error)) {
        fatal("default of option %s: %s", row->name, error.message);
    }
}

/* A section that is not there, but has defaults: stands where its parent stands. */
static void read_section(struct schema_reader *reader, const struct schema_row *row,
                         const struct yaml_node *node, const struct yaml_node *parent,
                         void *target) {
    struct yaml_node absent = {
        .type = YAML_MAPPING, .line = parent->line, .column = parent->column};
    schema_read(reader, row->section, node_is_blank(node) ? &absent : node, row_field(row, target));
}

static void read_section_row(struct schema_reader *reader, const struct schema *schema,
                             const struct schema_row *row, const struct yaml_node *section,
                             void *target) {
    bool by_shorthand = section->type == YAML_SCALAR && schema->shorthand != NULL &&
                        strcmp(row->name, schema->shorthand) == 0;
    const struct yaml_node *node = by_shorthand ? section : yaml_get(section, row->name);
    if (!row->alias) {
        set_default(reader, row, target);
    }
    if (row->type == SCHEMA_SECTION) {
        read_section(reader, row, node, section, target);
    } else if (row->type == SCHEMA_SECRET) {
        read_secret(reader, row, section, row_field(row, target));
    } else if (row->required &&
               (node_is_blank(node) || (node->type == YAML_SCALAR && node->scalar.size == 0))) {
        schema_problem(reader, section, "this %s needs \"%s\"", schema->noun, row->name);
    } else if (!node_is_blank(node)) {
        read_row(reader, row, node, target);
    }
}

void schema_read(struct schema_reader *reader, const struct schema *schema,
                 const struct yaml_node *node, void *target) {
    if (schema->line_offset > 0) {
        memcpy((char *)target + schema->line_offset, &node->line, sizeof node->line);
    }
    bool short_form = node->type == YAML_SCALAR && schema->shorthand != NULL;
    if (node->type != YAML_MAPPING && !short_form) {
        schema_problem(reader, node, "%s: options (name: value) should stand here, not %s",
                       schema->noun, node_noun(node));
        return;
    }
    for (size_t i = 0; node->type == YAML_MAPPING && i < node->count; i++) {
        if (schema_find(schema, node->keys[i]->scalar) == NULL) {
            problem_unknown(reader, schema, node->keys[i]);
        }
    }
    for (size_t i = 0; i < schema->count; i++) {
        read_section_row(reader, schema, &schema->rows[i], node, target);
    }
}

/* --- Secrets from outside --------------------------------------------------------------------- */

static struct span entry_name(const struct schema *schema, const void *entry) {
    struct span text = {0};
    const struct schema_row *row = schema_find(schema, SPAN("name"));
    if (row != NULL) {
        memcpy(&text, (const char *)entry + row->offset, sizeof text);
    }
    return text;
}

static void find_secrets(struct schema_reader *reader, const struct schema *schema,
                         struct span prefix, void *target);

static void find_entry_secrets(struct schema_reader *reader, const struct schema_row *row,
                               struct span prefix, void *target) {
    char *entries = NULL;
    size_t count = 0;
    memcpy(&entries, row_field(row, target), sizeof entries);
    memcpy(&count, (char *)target + row->count_offset, sizeof count);
    for (size_t i = 0; i < count; i++) {
        void *entry = entries + i * row->section->size;
        struct span name = entry_name(row->section, entry);
        if (name.size == 0) {
            continue;
        }
        struct span inner =
            arena_print(reader->arena, "%.*s%s.%.*s.", SPAN_ARG(prefix), row->name, SPAN_ARG(name));
        find_secrets(reader, row->section, inner, entry);
    }
}

static void find_secret(struct schema_reader *reader, const struct schema_row *row,
                        struct span prefix, struct secret *secret) {
    struct error error = {0};
    struct span name = arena_print(reader->arena, "%.*s%s", SPAN_ARG(prefix), row->name);
    if (secret->value.size == 0 &&
        secret_find(name, reader->arena, &secret->value, &error) == SECRET_UNREADABLE) {
        schema_problem(reader, NULL, "%.*s: %s", SPAN_ARG(name), error.message);
    }
}

static void find_secrets(struct schema_reader *reader, const struct schema *schema,
                         struct span prefix, void *target) {
    for (size_t i = 0; i < schema->count; i++) {
        const struct schema_row *row = &schema->rows[i];
        if (row->type == SCHEMA_SECRET) {
            find_secret(reader, row, prefix, row_field(row, target));
        } else if (row->type == SCHEMA_SECTION) {
            struct span inner = arena_print(reader->arena, "%.*s%s.", SPAN_ARG(prefix), row->name);
            find_secrets(reader, row->section, inner, row_field(row, target));
        } else if (row->type == SCHEMA_SECTIONS) {
            find_entry_secrets(reader, row, prefix, target);
        }
    }
}

void schema_find_secrets(struct schema_reader *reader, const struct schema *schema, void *target) {
    find_secrets(reader, schema, SPAN(""), target);
}
