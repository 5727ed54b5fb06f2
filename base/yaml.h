/* YAML as plain data: scalars, sequences, mappings, each with its place. libfyaml reads it; nobody
 * else sees libfyaml. Used by the configuration, recipes and rules.
 *
 * Anchors, aliases, tags, merge keys, several documents and duplicate keys are errors with a place.
 * Scalars are text; what they mean is the reader's business (see base/schema.h). */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include "base/arena.h"
#include "base/error.h"

enum yaml_type { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml_node {
    enum yaml_type type;
    unsigned line;           /* 1-based */
    unsigned column;         /* 1-based */
    struct span scalar;      /* YAML_SCALAR: its text; "" for an empty value */
    bool quoted;             /* YAML_SCALAR: written with quotes or as a block */
    struct yaml_node **list; /* YAML_SEQUENCE: items; YAML_MAPPING: values */
    struct yaml_node **keys; /* YAML_MAPPING: scalars, as many as `list` */
    size_t count;
};

/* The root of the document in `text`, living in `arena`. On false the error carries line and
 * column. An empty document is an empty mapping. */
MUST_CHECK bool yaml_parse(struct span text, struct arena *arena, struct yaml_node **root,
                           struct error *error);

/* The value of a key, or NULL. */
struct yaml_node *yaml_get(const struct yaml_node *mapping, const char *key);

#endif
