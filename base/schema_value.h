/* One option's value as text and back: the types of base/schema.h that fit into a scalar. */
#ifndef BASE_SCHEMA_VALUE_H
#define BASE_SCHEMA_VALUE_H

#include "base/schema.h"

struct value_type {
    const char *name; /* "duration", for help */
    /* Reads `text` into the row's field; the error says what would be right. Text is kept as it is,
     * not copied. NULL: not a scalar. */
    bool (*parse)(const struct schema_row *row, struct span text, struct schema_reader *reader,
                  void *field, struct error *error);
    /* Appends what parse would read back, unquoted. */
    void (*print)(struct buffer *out, const struct schema_row *row, const void *field);
};

const struct value_type *value_type(enum schema_type type);

/* The range a number may have, as text: "1s..10m", or "" when any will do. */
void value_print_range(struct buffer *out, const struct schema_row *row);

/* A path from a file: "~/x" in the home folder, "x" in the folder of `file`, "/x" as it is. */
struct span value_resolve_path(struct span path, struct span file, struct arena *arena);

/* A text for the row: size, control characters, the row's own check. */
bool value_check_text(const struct schema_row *row, struct span text, struct error *error);

#endif
