/* Reading a recipe's YAML into structs: what the files that do it share.
 *
 * Every function returns false with the error set: file, line, column, what is wrong. */
#ifndef PARSERS_RECIPE_LOAD_H
#define PARSERS_RECIPE_LOAD_H

#include "parsers/recipe.h"

struct loader {
    struct recipe *recipe;
    enum recipe_format format; /* of the answers that the places lead through */
    enum recipe_format outer;  /* of those around a follow-up */
    struct arena *arena;
    struct span file;
    struct error *error;
};

typedef bool read_function(struct loader *loader, const struct yaml_node *node, void *target);

struct key {
    const char *name;
    read_function *read;
    size_t offset;
};

#define SECTION(keys) (keys), sizeof(keys) / sizeof(keys)[0]

bool load_failure(struct loader *loader, const struct yaml_node *node, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* The same around the error that a part has set. */
bool load_failure_around(struct loader *loader, const struct yaml_node *node, const char *what);

/* Finds a key by its name in a table, or NULL. */
const struct key *load_key(const struct key *keys, size_t count, struct span name);
bool load_unknown(struct loader *loader, const struct yaml_node *key);

/* Reads a mapping by its table of keys into the struct at `target`; other keys are errors. */
bool load_section(struct loader *loader, const struct yaml_node *node, const struct key *keys,
                  size_t count, void *target);

/* Each reads one value into what `target` points to: struct span, bool, int64_t (milliseconds),
 * int64_t, double, struct template, struct place, struct condition, struct conditions. */
bool load_text(struct loader *loader, const struct yaml_node *node, void *target);
bool load_flag(struct loader *loader, const struct yaml_node *node, void *target);
bool load_duration(struct loader *loader, const struct yaml_node *node, void *target);
bool load_integer(struct loader *loader, const struct yaml_node *node, void *target);
bool load_real(struct loader *loader, const struct yaml_node *node, void *target);
bool load_template(struct loader *loader, const struct yaml_node *node, void *target);
bool load_place(struct loader *loader, const struct yaml_node *node, void *target);
bool load_condition(struct loader *loader, const struct yaml_node *node, void *target);
bool load_conditions(struct loader *loader, const struct yaml_node *node, void *target);

/* A list, or a single one that stands for a list of one. */
size_t load_count(const struct yaml_node *node);
const struct yaml_node *load_one(const struct yaml_node *node, size_t index);

/* A request: struct request_part. */
bool load_request(struct loader *loader, const struct yaml_node *node, void *target);

/* The section `login:` into the recipe, and what must hold between it and the rest. */
bool load_login(struct loader *loader, const struct yaml_node *node, void *target);
bool load_login_check(struct loader *loader, const struct yaml_node *root);

/* The section `budget:`; `target` is the recipe's info. */
bool load_budgets(struct loader *loader, const struct yaml_node *node, void *target);

/* The section `item:` into a listing's fields; `target` is the array. */
bool load_fields(struct loader *loader, const struct yaml_node *node, void *target);

/* One rule that gives a text: a place, or a mapping. */
bool load_rule(struct loader *loader, const struct yaml_node *node, void *target);

/* The sections `first:` and `follow:`, of a listing each; `target` is the recipe. */
bool load_first(struct loader *loader, const struct yaml_node *node, void *target);
bool load_follows(struct loader *loader, const struct yaml_node *node, void *target);

/* Reads a mapping whose keys are a listing's (a request, and what its answers hold) or those of the
 * table `more`, which go into `target`. Places are read by its own `format`, wherever in the mapping
 * that stands; the one around it where it has none. */
bool load_listing(struct loader *loader, const struct yaml_node *node, struct listing *listing,
                  const struct key *more, size_t more_count, void *target);

#endif
