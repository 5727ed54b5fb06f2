#include "base/schema_value.h"

#include "base/date.h"
#include "base/limits.h"
#include "base/suggest.h"

#include <stdlib.h>

/* Quoted in a message, and not too much of it. */
#define SHOWN(text) SPAN_ARG(span_first_utf8((text), 80))

/* --- Numbers ---------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    int64_t bytes;
} size_units[] = {
    {"GiB", (int64_t)1 << 30},
    {"MiB", (int64_t)1 << 20},
    {"KiB", (int64_t)1 << 10},
    {"GB", 1000000000},
    {"MB", 1000000},
    {"kB", 1000},
    {"B", 1},
};
#define SIZE_UNITS (sizeof size_units / sizeof size_units[0])

static void print_size(struct buffer *out, int64_t bytes) {
    size_t unit = 0;
    while (unit < SIZE_UNITS - 1 && (bytes == 0 || bytes % size_units[unit].bytes != 0)) {
        unit++;
    }
    buffer_print(out, "%lld", (long long)(bytes / size_units[unit].bytes));
    buffer_append_string(out, size_units[unit].bytes == 1 ? "" : size_units[unit].name);
}

/* A number of the row's type, for messages and help. */
static void print_number(struct buffer *out, const struct schema_row *row, double number) {
    char text[DATE_TEXT_SIZE];
    if (row->type == SCHEMA_DURATION) {
        buffer_append_string(out, number == 0 ? "0" : duration_print((int64_t)number, text));
    } else if (row->type == SCHEMA_SIZE) {
        print_size(out, (int64_t)number);
    } else {
        buffer_print(out, "%.15g", number);
    }
}

static bool check_range(const struct schema_row *row, struct span text, double number,
                        struct error *error) {
    bool any = row->minimum == row->maximum;
    if (any || (number >= row->minimum && number <= row->maximum)) {
        return true;
    }
    struct buffer bound;
    buffer_init(&bound, 64);
    bool too_little = number < row->minimum;
    print_number(&bound, row, too_little ? row->minimum : row->maximum);
    error_set(error, ERROR_USAGE, "%.*s is too %s: at %s %s", SHOWN(text),
              too_little ? "little" : "much", too_little ? "least" : "most", buffer_string(&bound));
    buffer_done(&bound);
    return false;
}

void value_print_range(struct buffer *out, const struct schema_row *row) {
    bool number = row->type == SCHEMA_INT || row->type == SCHEMA_REAL ||
                  row->type == SCHEMA_DURATION || row->type == SCHEMA_SIZE;
    if (number && row->minimum != row->maximum) {
        print_number(out, row, row->minimum);
        buffer_append_string(out, "..");
        print_number(out, row, row->maximum);
    }
    for (const struct schema_choice *choice = row->choices; choice != NULL && choice->name != NULL;
         choice++) {
        buffer_print(out, "%s%s", choice == row->choices ? "" : ", ", choice->name);
    }
}

static bool parse_int(const struct schema_row *row, struct span text, struct schema_reader *reader,
                      void *field, struct error *error) {
    (void)reader;
    int64_t number = 0;
    if (!span_to_int64(text, &number)) {
        return error_set(error, ERROR_USAGE, "\"%.*s\" is not a whole number", SHOWN(text));
    }
    if (!check_range(row, text, (double)number, error)) {
        return false;
    }
    *(int64_t *)field = number;
    return true;
}

static void print_int(struct buffer *out, const struct schema_row *row, const void *field) {
    (void)row;
    buffer_print(out, "%lld", (long long)*(const int64_t *)field);
}

static bool parse_real(const struct schema_row *row, struct span text, struct schema_reader *reader,
                       void *field, struct error *error) {
    (void)reader;
    double number = 0;
    if (!span_to_double(text, &number)) {
        return error_set(error, ERROR_USAGE, "\"%.*s\" is not a number", SHOWN(text));
    }
    if (!check_range(row, text, number, error)) {
        return false;
    }
    *(double *)field = number;
    return true;
}

static void print_real(struct buffer *out, const struct schema_row *row, const void *field) {
    (void)row;
    buffer_print(out, "%.15g", *(const double *)field);
}

static bool parse_share(const struct schema_row *row, struct span text,
                        struct schema_reader *reader, void *field, struct error *error) {
    (void)row;
    (void)reader;
    bool percent = span_ends_with(text, SPAN("%"));
    double number = 0;
    if (!span_to_double(span_trim(span_first(text, text.size - (percent ? 1 : 0))), &number)) {
        return error_set(error, ERROR_USAGE, "\"%.*s\" is not a share; write 0.25 or 25%%",
                         SHOWN(text));
    }
    number = percent ? number / 100 : number;
    if (number < 0 || number > 1) {
        return error_set(error, ERROR_USAGE, "%.*s is outside 0..1 (0%%..100%%)", SHOWN(text));
    }
    *(double *)field = number;
    return true;
}

static bool parse_duration(const struct schema_row *row, struct span text,
                           struct schema_reader *reader, void *field, struct error *error) {
    (void)reader;
    int64_t ms = 0;
    int64_t bare = 0;
    if (span_to_int64(text, &bare) && bare != 0) {
        return error_set(error, ERROR_USAGE, "%.*s needs a unit: %.*ss, %.*sm, %.*sh or %.*sd",
                         SHOWN(text), SHOWN(text), SHOWN(text), SHOWN(text), SHOWN(text));
    }
    if (!span_equal(text, SPAN("0")) && !duration_parse(text, &ms)) {
        return error_set(error, ERROR_USAGE,
                         "\"%.*s\" is not a length of time; write 30s, 15m, 12h, 7d or 1h30m",
                         SHOWN(text));
    }
    if (!check_range(row, text, (double)ms, error)) {
        return false;
    }
    *(int64_t *)field = ms;
    return true;
}

static void print_duration(struct buffer *out, const struct schema_row *row, const void *field) {
    print_number(out, row, (double)*(const int64_t *)field);
}

static bool parse_size(const struct schema_row *row, struct span text, struct schema_reader *reader,
                       void *field, struct error *error) {
    (void)reader;
    size_t digits = 0;
    while (digits < text.size && byte_is_digit(text.data[digits])) {
        digits++;
    }
    struct span unit = span_trim(span_from(text, digits));
    int64_t number = 0;
    bool known = span_to_int64(span_first(text, digits), &number) && unit.size == 0;
    for (size_t i = 0; i < SIZE_UNITS && digits > 0 && unit.size > 0; i++) {
        if (span_equal_nocase(unit, span_of(size_units[i].name))) {
            known = span_to_int64(span_first(text, digits), &number) &&
                    !__builtin_mul_overflow(number, size_units[i].bytes, &number);
        }
    }
    if (!known) {
        return error_set(error, ERROR_USAGE,
                         "\"%.*s\" is not a size; write bytes, or 512KiB, 10MiB, 1GiB",
                         SHOWN(text));
    }
    if (!check_range(row, text, (double)number, error)) {
        return false;
    }
    *(int64_t *)field = number;
    return true;
}

static void print_size_field(struct buffer *out, const struct schema_row *row, const void *field) {
    (void)row;
    print_size(out, *(const int64_t *)field);
}

/* --- Words ------------------------------------------------------------------------------------ */

static bool parse_bool(const struct schema_row *row, struct span text, struct schema_reader *reader,
                       void *field, struct error *error) {
    (void)row;
    (void)reader;
    static const struct {
        const char *word;
        bool value;
    } words[] = {{"true", true},   {"yes", true}, {"on", true},
                 {"false", false}, {"no", false}, {"off", false}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (span_equal_nocase(text, span_of(words[i].word))) {
            *(bool *)field = words[i].value;
            return true;
        }
    }
    return error_set(error, ERROR_USAGE, "\"%.*s\" is neither true nor false", SHOWN(text));
}

static void print_bool(struct buffer *out, const struct schema_row *row, const void *field) {
    (void)row;
    buffer_append_string(out, *(const bool *)field ? "true" : "false");
}

static struct span nearest_choice(const struct schema_row *row, struct span text) {
    struct span names[32];
    size_t count = 0;
    while (count < sizeof names / sizeof names[0] && row->choices[count].name != NULL) {
        names[count] = span_of(row->choices[count].name);
        count++;
    }
    return suggest_name(text, names, count);
}

static bool parse_choice(const struct schema_row *row, struct span text,
                         struct schema_reader *reader, void *field, struct error *error) {
    (void)reader;
    for (const struct schema_choice *choice = row->choices; choice->name != NULL; choice++) {
        if (span_equal_nocase(text, span_of(choice->name))) {
            memcpy(field, &choice->value, sizeof choice->value);
            return true;
        }
    }
    struct buffer names;
    buffer_init(&names, 512);
    value_print_range(&names, row);
    struct span near = nearest_choice(row, text);
    error_set(error, ERROR_USAGE, "\"%.*s\" is not one of %s%s%.*s%s", SHOWN(text),
              buffer_string(&names), near.size > 0 ? "; did you mean \"" : "", SPAN_ARG(near),
              near.size > 0 ? "\"?" : "");
    buffer_done(&names);
    return false;
}

static void print_choice(struct buffer *out, const struct schema_row *row, const void *field) {
    int value = 0;
    memcpy(&value, field, sizeof value);
    for (const struct schema_choice *choice = row->choices; choice->name != NULL; choice++) {
        if (choice->value == value) {
            buffer_append_string(out, choice->name);
            return;
        }
    }
}

/* --- Texts ------------------------------------------------------------------------------------ */

bool value_check_text(const struct schema_row *row, struct span text, struct error *error) {
    size_t most = row->maximum > 0 && row->type != SCHEMA_TEXTS && row->type != SCHEMA_PAIRS
                      ? (size_t)row->maximum
                      : LIMIT_FIELD;
    if (text.size > most) {
        return error_set(error, ERROR_LIMIT, "%zu bytes long: at most %zu", text.size, most);
    }
    for (size_t i = 0; i < text.size; i++) {
        bool is_space = row->lines && byte_is_space(text.data[i]);
        if ((unsigned char)text.data[i] < 0x20 && !is_space) {
            return error_set(error, ERROR_USAGE, "must be one line without control characters");
        }
    }
    return text.size == 0 || row->check == NULL || row->check(text, error);
}

static bool parse_text(const struct schema_row *row, struct span text, struct schema_reader *reader,
                       void *field, struct error *error) {
    (void)reader;
    if (!value_check_text(row, text, error)) {
        return false;
    }
    *(struct span *)field = text;
    return true;
}

static void print_text(struct buffer *out, const struct schema_row *row, const void *field) {
    (void)row;
    buffer_append(out, *(const struct span *)field);
}

struct span value_resolve_path(struct span path, struct span file, struct arena *arena) {
    const char *home = getenv("HOME");
    if (span_starts_with(path, SPAN("~/")) && home != NULL) {
        return arena_print(arena, "%s%.*s", home, SPAN_ARG(span_from(path, 1)));
    }
    size_t folder = file.size;
    while (folder > 0 && file.data[folder - 1] != '/') {
        folder--;
    }
    if (path.size == 0 || path.data[0] == '/' || folder == 0) {
        return path;
    }
    return arena_print(arena, "%.*s%.*s", SPAN_ARG(span_first(file, folder)), SPAN_ARG(path));
}

static bool parse_path(const struct schema_row *row, struct span text, struct schema_reader *reader,
                       void *field, struct error *error) {
    struct span path = value_resolve_path(text, reader->file, reader->arena);
    return parse_text(row, path, reader, field, error);
}

/* --- The table -------------------------------------------------------------------------------- */

static const struct value_type types[SCHEMA_TYPE_COUNT] = {
    [SCHEMA_TEXT] = {"text", parse_text, print_text},
    [SCHEMA_PATH] = {"path", parse_path, print_text},
    [SCHEMA_BOOL] = {"true or false", parse_bool, print_bool},
    [SCHEMA_INT] = {"number", parse_int, print_int},
    [SCHEMA_REAL] = {"number", parse_real, print_real},
    [SCHEMA_SHARE] = {"share", parse_share, print_real},
    [SCHEMA_DURATION] = {"duration", parse_duration, print_duration},
    [SCHEMA_SIZE] = {"size", parse_size, print_size_field},
    [SCHEMA_CHOICE] = {"choice", parse_choice, print_choice},
    [SCHEMA_TEXTS] = {"list of texts", NULL, NULL},
    [SCHEMA_PAIRS] = {"names and texts", NULL, NULL},
    [SCHEMA_SECRET] = {"secret, or NAME_file: a file that only its owner may read", NULL, NULL},
    [SCHEMA_SECTION] = {"section", NULL, NULL},
    [SCHEMA_SECTIONS] = {"list of sections", NULL, NULL},
};

const struct value_type *value_type(enum schema_type type) {
    return &types[type];
}
