/* What the columns of a survey's export are: from the map, from their names, from their values. */
#include "parsers/survey.h"

#include "base/hash.h"
#include "base/suggest.h"
#include "base/words.h"
#include "parsers/dates.h"

#include <math.h>

/* --- Facts ------------------------------------------------------------------------------------- */

/* What is costly to find out is looked at in so many values of a column. */
#define SAMPLE ((size_t)2000)
#define DATE_LONGEST ((size_t)60)

/* "21/11/2026 ..." with / . or -: which of the first two numbers cannot be a month. A year in front
 * decides nothing and needs no decision; points are written by those who put the day first. */
static void date_facts_add(struct facts *facts, struct span value) {
    int numbers[2] = {0, 0};
    size_t digits = 0;
    struct span rest = value;
    char mark = '\0';
    for (size_t i = 0; i < 2; i++) {
        if (!date_number_take(&rest, &numbers[i], &digits) || digits > 2 || rest.size == 0 ||
            !byte_is_any_of(rest.data[0], "/.-")) {
            return;
        }
        mark = rest.data[0];
        rest = span_from(rest, 1);
    }
    if (rest.size < 2 || !byte_is_digit(rest.data[0]) || numbers[0] > 31 || numbers[1] > 31) {
        return;
    }
    facts->day_first += numbers[0] > 12 || mark == '.';
    facts->month_first += numbers[1] > 12;
    facts->undecided += numbers[0] <= 12 && numbers[1] <= 12 && numbers[0] != numbers[1];
}

static bool looks_like_date(struct span value) {
    int64_t ms = 0;
    size_t marks = 0;
    for (size_t i = 0; i < value.size; i++) {
        marks += byte_is_any_of(value.data[i], "/.-: ");
    }
    double number = 0;
    return value.size <= DATE_LONGEST && value.size >= 6 && marks > 0 &&
           !span_to_double(value, &number) && date_parse_in(value, DATE_NONE, SPAN("en"), &ms);
}

static size_t count_words(struct span value) {
    size_t words = 0;
    for (size_t i = 0; i < value.size; i++) {
        bool space = byte_is_space(value.data[i]);
        words += !space && (i == 0 || byte_is_space(value.data[i - 1]));
    }
    return words;
}

static void distinct_add(struct facts *facts, struct span value) {
    uint64_t hash = hash_bytes(value);
    for (size_t i = 0; i < facts->distinct_count; i++) {
        if (facts->distinct[i] == hash) {
            return;
        }
    }
    if (facts->distinct_count < sizeof facts->distinct / sizeof facts->distinct[0]) {
        facts->distinct[facts->distinct_count++] = hash;
    }
}

static void number_add(struct facts *facts, const struct answer_read *answer) {
    facts->low = facts->numbers == 0 ? answer->value : fmin(facts->low, answer->value);
    facts->high = facts->numbers == 0 ? answer->value : fmax(facts->high, answer->value);
    facts->numbers++;
    facts->percents += answer->percent;
    facts->best_said = fmax(facts->best_said, answer->best);
}

void facts_add(const struct survey *survey, struct facts *facts, struct span value) {
    struct answer_read answer;
    value = span_trim(value);
    if (value.size == 0) {
        return;
    }
    facts->values++;
    date_facts_add(facts, value);
    if (answer_parse(survey->map, value, survey->scratch, &answer)) {
        if (answer.role == ROLE_NONE) {
            number_add(facts, &answer);
        } else {
            facts->labels[answer.role]++;
        }
    }
    if (facts->sampled < SAMPLE) {
        facts->sampled++;
        facts->people += text_is_address(value);
        facts->words += count_words(value);
        facts->dates += looks_like_date(value);
        distinct_add(facts, value);
    }
}

/* --- Who is who -------------------------------------------------------------------------------- */

static struct column *column_with(const struct survey *survey, enum role role) {
    for (size_t i = 0; i < survey->column_count; i++) {
        if (survey->columns[i].role == role) {
            return &survey->columns[i];
        }
    }
    return NULL;
}

/* The column of that name, or of that number: "#3". */
static struct column *column_named(const struct survey *survey, struct span name) {
    int64_t number = 0;
    for (size_t i = 0; i < survey->column_count; i++) {
        if (span_equal_nocase(survey->columns[i].name, span_trim(name))) {
            return &survey->columns[i];
        }
    }
    bool counted = name.size > 1 && name.data[0] == '#' &&
                   span_to_int64(span_from(name, 1), &number) && number >= 1 &&
                   (uint64_t)number <= survey->column_count;
    return counted ? &survey->columns[number - 1] : NULL;
}

static bool no_such_column(const struct survey *survey, const struct yaml_node *node,
                           struct span name, struct error *error) {
    struct span *names = ARENA_ARRAY(survey->arena, struct span, survey->column_count);
    for (size_t i = 0; i < survey->column_count; i++) {
        names[i] = survey->columns[i].name;
    }
    struct span near = suggest_name(name, names, survey->column_count);
    unsigned line = node == NULL ? 0 : node->line;
    unsigned column = node == NULL ? 0 : node->column;
    struct span hint = near.size == 0
                           ? SPAN("")
                           : arena_print(survey->arena, "; did you mean \"%.*s\"?", SPAN_ARG(near));
    return error_set_at(error, ERROR_USAGE, line, column,
                        "%.*s:%u:%u: there is no column \"%.*s\"%.*s", SPAN_ARG(survey->map->file),
                        line, column, SPAN_ARG(name), SPAN_ARG(hint));
}

/* The scalar that says `name` in the node, for its place. */
static const struct yaml_node *place_of(const struct yaml_node *node, size_t index) {
    bool list = node != NULL && node->type == YAML_SEQUENCE && index < node->count;
    return list ? node->list[index] : node;
}

static bool assign_told(struct survey *survey, struct error *error) {
    const struct survey_map *map = survey->map;
    const struct yaml_node *columns = map->root == NULL ? NULL : yaml_get(map->root, "columns");
    for (enum role role = ROLE_ID; role < ROLE_COUNT; role++) {
        for (size_t i = 0; i < map->columns[role].count; i++) {
            struct span name = map->columns[role].list[i];
            struct column *column = column_named(survey, name);
            if (column == NULL) {
                const struct yaml_node *node = yaml_get(columns, role_traits[role].name);
                return no_such_column(survey, place_of(node, i), name, error);
            }
            column->role = role;
            column->told = true;
        }
    }
    for (size_t i = 0; i < map->ignore.count; i++) {
        struct column *column = column_named(survey, map->ignore.list[i]);
        if (column == NULL) {
            return no_such_column(survey, place_of(yaml_get(map->root, "ignore"), i),
                                  map->ignore.list[i], error);
        }
        column->ignored = true;
    }
    return true;
}

static bool is_free(const struct column *column) {
    return column->role == ROLE_NONE && !column->told && !column->ignored;
}

static bool mostly(size_t part, size_t whole) {
    return part * 10 >= whole * 6;
}

/* Whether the values can be what the name says. */
static bool values_allow(const struct column *column, enum role role) {
    const struct facts *facts = &column->facts;
    if (facts->values == 0) {
        return true;
    }
    size_t answers = facts->numbers + facts->labels[ROLE_CSAT] + facts->labels[ROLE_CES];
    bool score = mostly(answers, facts->values);
    bool dates = mostly(facts->dates, facts->sampled);
    if (role_traits[role].score) {
        bool fits = role != ROLE_NPS || (facts->low >= 0 && facts->high <= 10);
        return score && fits && !dates;
    }
    if (role == ROLE_TIME || role == ROLE_UPDATED) {
        return dates;
    }
    return role == ROLE_ID ? !mostly(facts->people, facts->sampled)
                           : role != ROLE_COMMENT || (!score && !dates);
}

static bool column_has_name(const struct column *column, enum role role, size_t *rank) {
    size_t other = 0;
    bool named = role_has_name(role, column->folded, rank);
    if (role_has_name(role, column->question, &other)) {
        *rank = named && *rank < other ? *rank : other;
        named = true;
    }
    return named;
}

/* Names that are better come first in their table; of equals the first column. */
static void assign_by_name(struct survey *survey, enum role role) {
    struct column *best = NULL;
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < survey->column_count; i++) {
        struct column *column = &survey->columns[i];
        size_t rank = 0;
        if (is_free(column) && column_has_name(column, role, &rank) && values_allow(column, role)) {
            if (role_traits[role].many) {
                column->role = role;
            } else if (rank < least) {
                least = rank;
                best = column;
            }
        }
    }
    if (best != NULL && column_with(survey, role) == NULL) {
        best->role = role;
    }
}

static void assign_people(struct survey *survey) {
    for (size_t i = 0; i < survey->column_count; i++) {
        struct column *column = &survey->columns[i];
        size_t rank = 0;
        bool addresses = column->facts.people * 2 > column->facts.sampled;
        bool scored = column->facts.values > 0 && values_allow(column, ROLE_NPS);
        if (is_free(column) &&
            (addresses || (column_has_name(column, ROLE_PERSON, &rank) && !scored))) {
            column->role = ROLE_PERSON;
        }
    }
}

/* Free text: some words a value, and not the same few again and again. */
static void assign_texts(struct survey *survey) {
    for (size_t i = 0; i < survey->column_count; i++) {
        struct column *column = &survey->columns[i];
        const struct facts *facts = &column->facts;
        bool wordy = facts->sampled > 0 && facts->words >= facts->sampled * 3;
        bool varied = facts->distinct_count * 2 > facts->sampled ||
                      facts->distinct_count == sizeof facts->distinct / sizeof facts->distinct[0];
        if (is_free(column) && wordy && varied && values_allow(column, ROLE_COMMENT)) {
            column->role = ROLE_COMMENT;
        }
    }
}

static void assign_labels(struct survey *survey) {
    static const enum role roles[] = {ROLE_CSAT, ROLE_CES};
    for (size_t i = 0; i < survey->column_count; i++) {
        struct column *column = &survey->columns[i];
        for (size_t r = 0; r < 2; r++) {
            if (is_free(column) && column->facts.values > 0 &&
                mostly(column->facts.labels[roles[r]], column->facts.values) &&
                column_with(survey, roles[r]) == NULL) {
                column->role = roles[r];
            }
        }
    }
}

static void assign_time(struct survey *survey) {
    for (size_t i = 0; i < survey->column_count && column_with(survey, ROLE_TIME) == NULL; i++) {
        struct column *column = &survey->columns[i];
        if (is_free(column) && column->facts.values > 0 && values_allow(column, ROLE_TIME)) {
            column->role = ROLE_TIME;
        }
    }
}

/* --- A number of which nobody says what it is --------------------------------------------------- */

static bool names_a_score(struct span folded) {
    static const char *const names[] = {"score",     "punkte", "puntuacion", "pontuacao",
                                        "punteggio", "note",   "nota"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (span_find(folded, span_of(names[i])) != SPAN_NOT_FOUND && folded.size <= 24) {
            return true;
        }
    }
    return false;
}

/* "Score": 0 to 10 is asked by one question only; less than that by several. */
static bool assign_score(struct survey *survey, struct error *error) {
    for (size_t i = 0; i < survey->column_count; i++) {
        struct column *column = &survey->columns[i];
        const struct facts *facts = &column->facts;
        if (!is_free(column) || !names_a_score(column->folded) || facts->values == 0 ||
            !mostly(facts->numbers, facts->values)) {
            continue;
        }
        if (facts->low >= 0 && facts->high <= 10 && (facts->high > 7 || facts->low <= 0)) {
            column->role = ROLE_NPS;
            return true;
        }
        return error_set(error, ERROR_USAGE,
                         "column \"%.*s\" goes from %g to %g: is that satisfaction, effort or "
                         "stars? Say it in a map: columns: {csat: \"%.*s\"}",
                         SPAN_ARG(column->name), facts->low, facts->high, SPAN_ARG(column->name));
    }
    return true;
}

/* --- Scales and dates ---------------------------------------------------------------------------- */

/* The highest answer tells the steps, where nobody says. */
static void scale_guess(struct column *column) {
    const struct facts *facts = &column->facts;
    double high = fmax(facts->high, facts->best_said);
    column->worst = 1;
    if (column->role == ROLE_NPS) {
        column->worst = 0;
        column->best = 10;
    } else if (facts->percents > 0 || high > 10) {
        column->worst = 0;
        column->best = 100;
    } else if (high > 7 || (column->role == ROLE_STARS && high > 5)) {
        column->worst = facts->low < 1 ? 0 : 1;
        column->best = 10;
    } else {
        column->worst = facts->numbers > 0 && facts->low < 1 ? 0 : 1;
        column->best = high > 5 ? 7 : 5;
    }
}

static void settle_scales(struct survey *survey) {
    for (size_t i = 0; i < survey->column_count; i++) {
        struct column *column = &survey->columns[i];
        struct span said = survey->map->scales[column->role];
        size_t dots = span_find(said, SPAN(".."));
        if (!role_traits[column->role].score) {
            continue;
        }
        scale_guess(column);
        if (dots != SPAN_NOT_FOUND) {
            bool read = span_to_double(span_first(said, dots), &column->worst) &&
                        span_to_double(span_from(said, dots + 2), &column->best);
            (void)read; /* the map was checked */
        }
    }
}

static bool settle_dates(struct survey *survey, struct error *error) {
    const struct column *time = column_with(survey, ROLE_TIME);
    if (survey->map->dates != DATES_SEEN || time == NULL) {
        survey->month_first = survey->map->dates == DATES_MONTH_FIRST;
        return true;
    }
    const struct facts *facts = &time->facts;
    if (facts->day_first > 0 && facts->month_first > 0) {
        return error_set(error, ERROR_USAGE,
                         "column \"%.*s\" has %zu dates with the day first and %zu with the month "
                         "first; say which in a map: dates: day-first",
                         SPAN_ARG(time->name), facts->day_first, facts->month_first);
    }
    if (facts->day_first + facts->month_first == 0 && facts->undecided > 0) {
        return error_set(error, ERROR_USAGE,
                         "column \"%.*s\" does not show whether day or month comes first; say it "
                         "in a map: dates: day-first",
                         SPAN_ARG(time->name));
    }
    survey->month_first = facts->month_first > 0;
    return true;
}

static bool has_score(const struct survey *survey) {
    for (size_t i = 0; i < survey->column_count; i++) {
        if (role_traits[survey->columns[i].role].score) {
            return true;
        }
    }
    return false;
}

static bool check_found(const struct survey *survey, struct error *error) {
    return has_score(survey) || column_with(survey, ROLE_COMMENT) != NULL ||
           error_set(error, ERROR_USAGE,
                     "none of the %zu columns looks like a score or a comment; name them in a map: "
                     "columns: {nps: NAME, comment: NAME}",
                     survey->column_count);
}

bool columns_assign(struct survey *survey, struct error *error) {
    static const enum role by_name[] = {ROLE_ID,      ROLE_TIME,   ROLE_UPDATED, ROLE_NPS,
                                        ROLE_CSAT,    ROLE_CES,    ROLE_STARS,   ROLE_LANGUAGE,
                                        ROLE_COUNTRY, ROLE_BRAND,  ROLE_URL,     ROLE_AUTHOR,
                                        ROLE_CONTEXT, ROLE_COMMENT};
    if (!assign_told(survey, error)) {
        return false;
    }
    assign_people(survey);
    for (size_t i = 0; i < sizeof by_name / sizeof by_name[0]; i++) {
        if (column_with(survey, by_name[i]) == NULL) {
            assign_by_name(survey, by_name[i]);
        }
    }
    assign_labels(survey);
    if (survey->map->columns[ROLE_COMMENT].count == 0) {
        assign_texts(survey);
    }
    assign_time(survey);
    if ((!has_score(survey) && !assign_score(survey, error)) || !check_found(survey, error) ||
        !settle_dates(survey, error)) {
        return false;
    }
    settle_scales(survey);
    return true;
}
