#include "base/schema.h"

#include "base/limits.h"
#include "base/print.h"
#include "base/schema_value.h"
#include "base/secret.h"
#include "base/url.h"
#include "base/width.h"

#define COMMENT_COLUMN ((size_t)40)
#define LINE_MAX_SIZE ((size_t)2 * LIMIT_CONFIG)

/* --- Scalars ---------------------------------------------------------------------------------- */

/* Characters that mean nothing to YAML wherever they stand; what begins a text is picked closer. */
static bool scalar_is_plain(struct span text) {
    if (text.size == 0 || !(byte_is_alpha(text.data[0]) || byte_is_digit(text.data[0]) ||
                            text.data[0] == '/' || text.data[0] == '_')) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        bool inner = i + 1 < text.size;
        if (!byte_is_alpha(c) && !byte_is_digit(c) && !byte_is_any_of(c, "/_.@+%&=?~-*()") &&
            (!inner || !byte_is_any_of(c, " :") || byte_is_any_of(text.data[i + 1], " #"))) {
            return false;
        }
    }
    return true;
}

void schema_print_scalar(struct buffer *out, struct span text) {
    if (scalar_is_plain(text)) {
        buffer_append(out, text);
        return;
    }
    buffer_append_byte(out, '"');
    print_json(out, text); /* double-quoted YAML is a superset of JSON's strings */
    buffer_append_byte(out, '"');
}

/* Addresses may carry passwords and keys. */
static void print_public(struct buffer *out, struct span text) {
    struct arena *arena = arena_create();
    bool is_url = span_find(text, SPAN("://")) != SPAN_NOT_FOUND;
    schema_print_scalar(out, is_url ? url_redacted(text, arena) : text);
    arena_free(arena);
}

static void print_texts(struct buffer *out, const struct config_list *texts) {
    for (size_t i = 0; i < texts->count; i++) {
        buffer_append_string(out, i == 0 ? "[" : ", ");
        schema_print_scalar(out, texts->list[i]);
    }
    buffer_append_string(out, texts->count > 0 ? "]" : "");
}

static void print_pairs(struct buffer *out, const struct config_pair *pairs, size_t count) {
    for (size_t i = 0; i < count; i++) {
        buffer_append_string(out, i == 0 ? "{" : ", ");
        schema_print_scalar(out, pairs[i].key);
        buffer_append_string(out, ": ");
        if (secret_is_named(pairs[i].key)) {
            buffer_append_string(out, "\"***\"");
        } else {
            print_public(out, pairs[i].value);
        }
    }
    buffer_append_string(out, count > 0 ? "}" : "");
}

static size_t row_count(const struct schema_row *row, const void *values) {
    size_t count = 0;
    memcpy(&count, (const char *)values + row->count_offset, sizeof count);
    return count;
}

static void print_scalar_field(struct buffer *out, const struct schema_row *row,
                               const void *field) {
    struct buffer text;
    buffer_init(&text, LIMIT_CONFIG);
    value_type(row->type)->print(&text, row, field);
    bool unset = row->fallback == NULL && row->type != SCHEMA_BOOL &&
                 (text.size == 0 || span_equal(buffer_span(&text), SPAN("0")));
    if (!unset) {
        (row->address ? print_public : schema_print_scalar)(out, buffer_span(&text));
    }
    buffer_done(&text);
}

/* What stands behind the colon; nothing for what is not set. */
static void print_field(struct buffer *out, const struct schema_row *row, const void *values) {
    const void *field = (const char *)values + row->offset;
    if (row->type == SCHEMA_TEXTS) {
        print_texts(out, field);
    } else if (row->type == SCHEMA_PAIRS) {
        const struct config_pair *pairs = NULL;
        memcpy(&pairs, field, sizeof pairs);
        print_pairs(out, pairs, row_count(row, values));
    } else if (row->type == SCHEMA_SECRET) {
        buffer_append_string(out, ((const struct secret *)field)->value.size > 0 ? "\"***\"" : "");
    } else {
        print_scalar_field(out, row, field);
    }
}

/* --- Lines ------------------------------------------------------------------------------------ */

/* Ends a line with a comment, in a column of its own where there is room. */
static void print_comment(struct buffer *out, struct span line, const char *help,
                          const char *otherwise) {
    buffer_append(out, line);
    size_t columns = text_columns(line);
    if (help != NULL) {
        size_t gap = columns + 2 < COMMENT_COLUMN ? COMMENT_COLUMN - columns : 2;
        buffer_print(out, "%*s# %s", (int)gap, "", help);
    }
    if (otherwise != NULL) {
        buffer_print(out, "; without it: %s", otherwise);
    }
    buffer_append_byte(out, '\n');
}

struct lines {
    size_t indent;
    bool entry;    /* of a list: options that are not set are left out */
    bool comments; /* every line explains itself; but not again in every entry of a list */
};

static void print_row(struct buffer *out, const struct schema_row *row, const void *values,
                      const struct lines *lines) {
    struct buffer line;
    buffer_init(&line, LINE_MAX_SIZE);
    buffer_print(&line, "%*s%s:", (int)lines->indent, "", row->name);
    size_t before = line.size;
    buffer_append_byte(&line, ' ');
    print_field(&line, row, values);
    bool unset = line.size == before + 1;
    line.size -= unset ? 1 : 0;
    if (!unset || !lines->entry) {
        print_comment(out, buffer_span(&line), lines->comments ? row->help : NULL,
                      unset ? row->otherwise : NULL);
    }
    buffer_done(&line);
}

static void print_values(struct buffer *out, const struct schema *schema, const void *values,
                         const struct lines *lines);

static void print_sections(struct buffer *out, const struct schema_row *row, const void *values,
                           size_t indent) {
    const char *entries = NULL;
    memcpy(&entries, (const char *)values + row->offset, sizeof entries);
    size_t count = row_count(row, values);
    buffer_print(out, "%*s%s:%s # %s\n", (int)indent, "", row->name, count == 0 ? " []" : "",
                 row->help);
    for (size_t i = 0; i < count; i++) {
        struct lines lines = {.indent = indent + 4, .entry = true, .comments = i == 0};
        size_t start = out->size;
        print_values(out, row->section, entries + i * row->section->size, &lines);
        if (out->size > start + indent + 2) {
            out->data[start + indent + 2] = '-';
        }
    }
}

static void print_values(struct buffer *out, const struct schema *schema, const void *values,
                         const struct lines *lines) {
    for (size_t i = 0; i < schema->count; i++) {
        const struct schema_row *row = &schema->rows[i];
        if (row->type == SCHEMA_SECTION) {
            struct lines inner = {.indent = lines->indent + 2, .comments = lines->comments};
            buffer_print(out, "%*s%s: # %s\n", (int)lines->indent, "", row->name, row->help);
            print_values(out, row->section, (const char *)values + row->offset, &inner);
        } else if (row->type == SCHEMA_SECTIONS) {
            print_sections(out, row, values, lines->indent);
        } else if (!row->alias) {
            print_row(out, row, values, lines);
        }
    }
}

void schema_print(struct buffer *out, const struct schema *schema, const void *values) {
    print_values(out, schema, values, &(struct lines){.comments = true});
}

void schema_print_example(struct buffer *out, const struct schema *schema, size_t indent) {
    for (size_t i = 0; i < schema->count; i++) {
        const struct schema_row *row = &schema->rows[i];
        if (row->alias || row->type == SCHEMA_SECTION || row->type == SCHEMA_SECTIONS) {
            continue;
        }
        struct buffer line;
        buffer_init(&line, LIMIT_LOG_LINE);
        buffer_print(&line, "#%*s%s%s:%s", (int)indent, "", row->name,
                     row->type == SCHEMA_SECRET ? "_file" : "", row->fallback != NULL ? " " : "");
        if (row->fallback != NULL) {
            schema_print_scalar(&line, span_of(row->fallback));
        }
        print_comment(out, buffer_span(&line), row->help, row->otherwise);
        buffer_done(&line);
    }
}

/* --- All options ------------------------------------------------------------------------------ */

struct option {
    const struct schema_row *row;
    const char *path;  /* "sources[]." */
    const char *range; /* "" = any */
    const char *usual; /* default; "" = nothing */
};

static const char *usual_value(const struct schema_row *row) {
    if (row->fallback != NULL) {
        return row->fallback;
    }
    if (row->otherwise != NULL) {
        return row->otherwise;
    }
    return row->required ? "must be given" : "";
}

static void plain_option(struct buffer *out, const struct option *option) {
    const struct schema_row *row = option->row;
    buffer_print(out, "%s%s\n    %s\n    %s", option->path, row->name, row->help,
                 value_type(row->type)->name);
    if (option->range[0] != '\0') {
        buffer_print(out, " %s", option->range);
    }
    if (option->usual[0] != '\0') {
        buffer_print(out, "; default: %s", option->usual);
    }
    buffer_append_byte(out, '\n');
}

/* A sentence in a man page, where a backslash escapes and a leading dot commands. */
static void mdoc_sentence(struct buffer *out, struct span text) {
    bool leads = text.size > 0 && byte_is_any_of(text.data[0], ".'");
    buffer_append_string(out, leads ? "\\&" : "");
    for (size_t i = 0; i < text.size; i++) {
        buffer_append_string(out, text.data[i] == '\\' ? "\\e" : "");
        buffer_append(out, (struct span){text.data + i, text.data[i] == '\\' ? 0 : 1});
    }
    buffer_append_string(out, ".\n");
}

static void mdoc_option(struct buffer *out, const struct option *option) {
    const struct schema_row *row = option->row;
    buffer_print(out, ".It Ic %s%s : Ar \"%s\"\n", option->path, row->name,
                 value_type(row->type)->name);
    bool lower = row->help[0] >= 'a' && row->help[0] <= 'z';
    buffer_append_byte(out, lower ? (char)(row->help[0] - 'a' + 'A') : row->help[0]);
    mdoc_sentence(out, span_of(row->help + 1));
    if (option->range[0] != '\0') {
        buffer_append_string(out, "Values:\n");
        buffer_print(out, "%s.\n", option->range);
    }
    if (option->usual[0] != '\0') {
        buffer_append_string(out, "Default:\n");
        mdoc_sentence(out, span_of(option->usual));
    }
}

static void markdown_option(struct buffer *out, const struct option *option) {
    const struct schema_row *row = option->row;
    buffer_print(out, "| `%s%s` | %s", option->path, row->name, value_type(row->type)->name);
    if (option->range[0] != '\0') {
        buffer_append_byte(out, ' ');
        print_markdown(out, span_of(option->range));
    }
    buffer_append_string(out, " | ");
    print_markdown(out, span_of(option->usual));
    buffer_append_string(out, " | ");
    print_markdown(out, span_of(row->help));
    buffer_append_string(out, " |\n");
}

static const struct form {
    const char *begin;
    void (*option)(struct buffer *out, const struct option *option);
    const char *end;
} forms[] = {
    [CONFIG_HELP_PLAIN] = {"", plain_option, ""},
    [CONFIG_HELP_MDOC] = {".Bl -tag -width Ds\n", mdoc_option, ".El\n"},
    [CONFIG_HELP_MARKDOWN] = {"| Option | Value | Default | What it is |\n|---|---|---|---|\n",
                              markdown_option, ""},
};

static void print_options(struct buffer *out, const struct schema *schema, const char *path,
                          const struct form *form) {
    for (size_t i = 0; i < schema->count; i++) {
        const struct schema_row *row = &schema->rows[i];
        struct buffer range;
        struct buffer inner;
        buffer_init(&range, LIMIT_LOG_LINE);
        buffer_init(&inner, LIMIT_LOG_LINE);
        if (row->section != NULL) {
            buffer_print(&inner, "%s%s%s.", path, row->name,
                         row->type == SCHEMA_SECTIONS ? "[]" : "");
            print_options(out, row->section, buffer_string(&inner), form);
        } else {
            value_print_range(&range, row);
            form->option(out, &(struct option){.row = row,
                                               .path = path,
                                               .range = buffer_string(&range),
                                               .usual = usual_value(row)});
        }
        buffer_done(&inner);
        buffer_done(&range);
    }
}

void schema_print_options(struct buffer *out, const struct schema *schema, enum config_help form) {
    buffer_append_string(out, forms[form].begin);
    print_options(out, schema, "", &forms[form]);
    buffer_append_string(out, forms[form].end);
}
