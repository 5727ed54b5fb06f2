/* Options as rows of a table: one row gives an option's parsing, its error messages, its default,
 * its line in `config show`, in the commented example, in --help and in the man page.
 *
 *     {.name = "timeout", .type = SCHEMA_DURATION, .offset = offsetof(struct x, timeout_ms),
 *      .minimum = SECOND_MS, .maximum = 10 * MINUTE_MS, .fallback = "1m", .help = "..."}
 *
 * A section (a struct) has a table; tables nest. Reading a YAML tree against a table fills the
 * struct and collects every problem with its place, never stopping at the first. */
#ifndef BASE_SCHEMA_H
#define BASE_SCHEMA_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/yaml.h"

/* --- Values that are more than a number or a text --------------------------------------------- */

struct config_list { /* a list of words: [a, b] or one word */
    const struct span *list;
    size_t count;
};

struct config_pair { /* one entry of a free mapping: `params: {app: 123}` */
    struct span key;
    struct span value;
    unsigned line; /* where it begins */
    unsigned column;
};

/* A secret: from `x: text`, `x_file: path`, $CREDENTIALS_DIRECTORY/NAME or an environment variable
 * EARSHOT_NAME. Never printed: `config show` and errors print "***". */
struct secret {
    struct span value;
};

/* --- Tables ----------------------------------------------------------------------------------- */

/* Field in the struct; how it is written. */
enum schema_type {
    SCHEMA_TEXT,     /* struct span; one line unless .lines */
    SCHEMA_PATH,     /* struct span; "~/" = home, else relative to the file's folder */
    SCHEMA_BOOL,     /* bool; true false yes no on off */
    SCHEMA_INT,      /* int64_t */
    SCHEMA_REAL,     /* double */
    SCHEMA_SHARE,    /* double 0..1; 0.25 or 25% */
    SCHEMA_DURATION, /* int64_t milliseconds; 30s 15m 1h30m 7d, or 0 */
    SCHEMA_SIZE,     /* int64_t bytes; 512 100kB 10MiB */
    SCHEMA_CHOICE,   /* enum; one of .choices */
    SCHEMA_TEXTS,    /* struct config_list; [a, b], or a alone */
    SCHEMA_PAIRS,    /* const struct config_pair *; any mapping of names to texts */
    SCHEMA_SECRET,   /* struct secret; also NAME_file */
    SCHEMA_SECTION,  /* the struct of .section, in place */
    SCHEMA_SECTIONS, /* pointer to an array of it */
    SCHEMA_TYPE_COUNT,
};

struct schema_choice {
    const char *name; /* NULL ends the list */
    int value;
};

struct schema;

struct schema_row {
    const char *name;
    enum schema_type type;
    size_t offset;
    size_t count_offset; /* SCHEMA_PAIRS, SCHEMA_SECTIONS: of their size_t count */
    /* Numbers, in the unit of the field: the range allowed. Texts: bytes at most (0: LIMIT_FIELD).
     * Lists and pairs: entries at most. */
    double minimum;
    double maximum;
    const char *fallback;  /* default as it would be written; NULL = zero or empty */
    const char *otherwise; /* what happens without it, where there is no fallback: "as the recipe
                              says"; for help */
    const char *help;      /* one sentence without full stop */
    const struct schema_choice *choices;
    const struct schema *section;
    bool (*check)(struct span text, struct error *error); /* of a text, path or each of texts */
    bool required;
    bool lines;   /* a text that may have line breaks */
    bool address; /* a URL: printed without the passwords and keys in it */
    bool alias;   /* another way to write the field of another row: no default, not printed */
};

struct schema {
    const char *noun; /* "brand", for messages */
    const struct schema_row *rows;
    size_t count;
    size_t size;           /* of the struct */
    const char *shorthand; /* a text in place of the section stands for this row; NULL = none */
    size_t line_offset;    /* where the struct notes its line (unsigned); 0 = nowhere */
};

/* The row of that name (or NAME_file of a secret), or NULL. */
const struct schema_row *schema_find(const struct schema *schema, struct span name);

/* --- Reading ---------------------------------------------------------------------------------- */

/* One problem and where it stands. */
struct config_problem {
    unsigned line; /* 1-based; 0 = the file as a whole */
    unsigned column;
    struct span message;
};
struct config_problems {
    struct config_problem *list;
    size_t count;
};

struct schema_reader {
    struct arena *arena; /* for values and messages */
    struct span file;    /* relative paths count from its folder */
    struct config_problems problems;
    size_t capacity; /* of problems.list */
};

/* Fills `target` (zeroed, of schema->size bytes) from `node`. Problems are added to the reader;
 * fields with a problem keep their default. Lists of sections keep their places: entry i of the
 * array is item i of the YAML list. */
void schema_read(struct schema_reader *reader, const struct schema *schema,
                 const struct yaml_node *node, void *target);

/* Adds a problem at a node (NULL: the file as a whole). After LIMIT_CONFIG_ERRORS no more are
 * kept. Never put a secret into the message. */
void schema_problem(struct schema_reader *reader, const struct yaml_node *node, const char *format,
                    ...) PRINTF_LIKE(3, 4);

/* Whether another problem would be kept. */
bool schema_has_room(const struct schema_reader *reader);

/* In the order of the file. */
void schema_sort_problems(struct schema_reader *reader);

/* Secrets that the file does not give: $CREDENTIALS_DIRECTORY/mail.password, then environment
 * variable EARSHOT_MAIL_PASSWORD. Entries of lists are named by their row
 * "name": sources.NAME.key, EARSHOT_SOURCES_NAME_KEY. */
void schema_find_secrets(struct schema_reader *reader, const struct schema *schema, void *target);

/* --- Printing --------------------------------------------------------------------------------- */

/* The struct as YAML with comments; read again it gives the same, but for secrets ("***"). */
void schema_print(struct buffer *out, const struct schema *schema, const void *values);

/* The section's options as commented-out lines, `indent` spaces in: "#timeout: 1m   # help". */
void schema_print_example(struct buffer *out, const struct schema *schema, size_t indent);

enum config_help { CONFIG_HELP_PLAIN, CONFIG_HELP_MDOC, CONFIG_HELP_MARKDOWN };

/* Every option with its full name ("sources[].url"), type, default, range and help. */
void schema_print_options(struct buffer *out, const struct schema *schema, enum config_help form);

/* A text as a YAML scalar: plain where that is safe, else in double quotes. */
void schema_print_scalar(struct buffer *out, struct span text);

#endif
