/* The file in which a person says how columns are meant. */
#include "parsers/survey.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool check_scale(struct span text, struct error *error) {
    double worst = 0;
    double best = 0;
    size_t dots = span_find(text, SPAN(".."));
    return (dots != SPAN_NOT_FOUND && span_to_double(span_first(text, dots), &worst) &&
            span_to_double(span_from(text, dots + 2), &best) && (worst < best || worst > best)) ||
           error_set(error, ERROR_USAGE,
                     "a scale is written worst..best: 1..7, or 5..1 where 1 is best");
}

static bool check_delimiter(struct span text, struct error *error) {
    static const char *const names[] = {",", ";", "|", "tab"};
    for (size_t i = 0; i < COUNT(names); i++) {
        if (span_equal(text, span_of(names[i]))) {
            return true;
        }
    }
    return error_set(error, ERROR_USAGE, "a delimiter is \",\", \";\", \"|\" or tab");
}

#define COLUMN(title, role, text)                                                                  \
    {                                                                                              \
        .name = (title), .type = SCHEMA_TEXTS,                                                     \
        .offset = offsetof(struct survey_map, columns) + (role) * sizeof(struct config_list),      \
        .maximum = LIMIT_PARAMS, .help = (text)                                                    \
    }
static const struct schema_row column_rows[] = {
    COLUMN("id", ROLE_ID, "what tells one answer from the others"),
    COLUMN("time", ROLE_TIME, "when it was given"),
    COLUMN("updated", ROLE_UPDATED, "when it was changed"),
    COLUMN("nps", ROLE_NPS, "how likely they are to recommend"),
    COLUMN("csat", ROLE_CSAT, "how satisfied they are"),
    COLUMN("ces", ROLE_CES, "how easy it was made for them"),
    COLUMN("stars", ROLE_STARS, "a rating"),
    COLUMN("comment", ROLE_COMMENT, "what they wrote; several make one text"),
    COLUMN("context", ROLE_CONTEXT, "product, place, touchpoint; several make one title"),
    COLUMN("author", ROLE_AUTHOR, "name to be shown"),
    COLUMN("person", ROLE_PERSON, "mail address, phone number, network address: not stored"),
    COLUMN("language", ROLE_LANGUAGE, "language of the answer, as a code"),
    COLUMN("country", ROLE_COUNTRY, "country, two letters"),
    COLUMN("brand", ROLE_BRAND, "brand it is about"),
    COLUMN("url", ROLE_URL, "address of the answer"),
};

#define SCALE(title, role, standard)                                                               \
    {                                                                                              \
        .name = (title), .type = SCHEMA_TEXT,                                                      \
        .offset = offsetof(struct survey_map, scales) + (role) * sizeof(struct span),              \
        .check = check_scale, .otherwise = (standard), .help = "worst..best"                       \
    }
static const struct schema_row scale_rows[] = {
    SCALE("csat", ROLE_CSAT, "by the highest answer: 1..5, 1..7, 1..10 or 0..100"),
    SCALE("ces", ROLE_CES, "by the highest answer: 1..5 or 1..7"),
    SCALE("stars", ROLE_STARS, "by the highest answer: 1..5 or 1..10"),
};

static const struct schema columns_schema = {.noun = "columns",
                                             .rows = column_rows,
                                             .count = COUNT(column_rows),
                                             .size = sizeof(struct survey_map)};
static const struct schema scales_schema = {.noun = "scales",
                                            .rows = scale_rows,
                                            .count = COUNT(scale_rows),
                                            .size = sizeof(struct survey_map)};

static const struct schema_choice orders[] = {
    {"day-first", DATES_DAY_FIRST}, {"month-first", DATES_MONTH_FIRST}, {NULL, 0}};
static const struct schema_choice peoples[] = {
    {"drop", PEOPLE_DROP}, {"hash", PEOPLE_HASH}, {NULL, 0}};

#define AT(field) .offset = offsetof(struct survey_map, field)
static const struct schema_row map_rows[] = {
    {.name = "delimiter",
     .type = SCHEMA_TEXT,
     AT(delimiter),
     .check = check_delimiter,
     .otherwise = "as it looks",
     .help = "between cells: \",\", \";\", \"|\" or tab"},
    {.name = "charset",
     .type = SCHEMA_TEXT,
     AT(charset),
     .otherwise = "as it looks",
     .help = "of the file, where it is not UTF-8: windows-1252"},
    {.name = "header_rows",
     .type = SCHEMA_INT,
     AT(header_rows),
     .minimum = 1,
     .maximum = 3,
     .otherwise = "as it looks",
     .help = "rows above the answers"},
    {.name = "dates",
     .type = SCHEMA_CHOICE,
     AT(dates),
     .choices = orders,
     .otherwise = "by the values of the column",
     .help = "what 03/04/2026 means"},
    {.name = "people",
     .type = SCHEMA_CHOICE,
     AT(people),
     .choices = peoples,
     .fallback = "drop",
     .help = "addresses of people: left out, or told apart by a hash with the source's key"},
    {.name = "columns",
     .type = SCHEMA_SECTION,
     .section = &columns_schema,
     .help = "which column is what: its name, or #3 for the third; the others are found out"},
    {.name = "ignore",
     .type = SCHEMA_TEXTS,
     AT(ignore),
     .maximum = LIMIT_COLUMNS,
     .help = "columns that are left out"},
    {.name = "scales",
     .type = SCHEMA_SECTION,
     .section = &scales_schema,
     .help = "from the worst answer to the best"},
    {.name = "labels",
     .type = SCHEMA_PAIRS,
     AT(labels),
     .count_offset = offsetof(struct survey_map, label_count),
     .maximum = LIMIT_PARAMS,
     .help = "answers in words, {words: number}"},
};
static const struct schema map_schema = {.noun = "survey map",
                                         .rows = map_rows,
                                         .count = COUNT(map_rows),
                                         .size = sizeof(struct survey_map)};

static void check_map(struct schema_reader *reader, const struct survey_map *map) {
    double number = 0;
    for (size_t i = 0; i < map->label_count; i++) {
        if (!span_to_double(map->labels[i].value, &number)) {
            schema_problem(reader, yaml_get(map->root, "labels"), "\"%.*s\" must be a number",
                           SPAN_ARG(map->labels[i].key));
        }
    }
    for (size_t role = 0; role < ROLE_COUNT; role++) {
        if (map->columns[role].count > 1 && !role_traits[role].many) {
            const struct yaml_node *columns = yaml_get(map->root, "columns");
            schema_problem(reader, yaml_get(columns, role_traits[role].name),
                           "only one column can be the %s", role_traits[role].name);
        }
    }
}

bool survey_map_parse(struct span yaml, struct span file, struct arena *arena,
                      const struct survey_map **map, struct config_problems *problems) {
    struct survey_map *read = ARENA_NEW(arena, struct survey_map);
    struct schema_reader reader = {.arena = arena, .file = file};
    struct yaml_node *root = NULL;
    struct error error = {0};
    read->file = file;
    if (yaml_parse(yaml, arena, &root, &error)) {
        read->root = root;
        schema_read(&reader, &map_schema, root, read);
        check_map(&reader, read);
    } else {
        struct yaml_node place = {.line = error.line, .column = error.column};
        schema_problem(&reader, &place, "%s", error.message);
    }
    schema_sort_problems(&reader);
    *problems = reader.problems;
    *map = problems->count == 0 ? read : NULL;
    return *map != NULL;
}

void survey_map_print_options(struct buffer *out, enum config_help form) {
    schema_print_options(out, &map_schema, form);
}

struct span survey_map_charset(const struct survey_map *map) {
    return map == NULL ? (struct span){0} : map->charset;
}
