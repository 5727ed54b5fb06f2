/* A survey's export as a whole: its head, and each row as an item. */
#include "parsers/survey.h"

#include "base/base64.h"
#include "base/hash.h"
#include "base/print.h"
#include "base/sign.h"
#include "base/width.h"
#include "base/words.h"
#include "parsers/dates.h"
#include "parsers/document.h"

#include <stdio.h>

static const struct survey_map empty_map;

struct survey *survey_create(const struct survey_map *map, struct span key, struct arena *arena) {
    struct survey *survey = ARENA_NEW(arena, struct survey);
    survey->map = map == NULL ? &empty_map : map;
    survey->key = key;
    survey->arena = arena;
    return survey;
}

/* --- The head ----------------------------------------------------------------------------------- */

#define SNIFF_SIZE (256 * KIB)

static char delimiter_of(const struct survey *survey, struct span sample) {
    struct span told = survey->map->delimiter;
    if (told.size > 0) {
        return told.size == 1 ? told.data[0] : '\t';
    }
    struct arena *scratch = arena_create();
    char found = csv_sniff(span_first(sample, SNIFF_SIZE), scratch);
    arena_free(scratch);
    return found;
}

/* Passes over "sep=;", by which a spreadsheet is told the delimiter; false when it is not there. */
static bool take_separator(struct span *text, char *delimiter) {
    struct span line = span_first(*text, 7);
    size_t end = span_find_byte(line, '\n');
    if (!span_starts_with(line, SPAN("sep=")) || end == SPAN_NOT_FOUND || end < 5) {
        return false;
    }
    *delimiter = line.data[4];
    *text = span_from(*text, end + 1);
    return true;
}

static void reader_begin(struct survey *survey, struct span *text) {
    char delimiter = survey->csv.delimiter;
    unsigned line = take_separator(text, &delimiter) ? 2 : 1;
    if (delimiter == '\0') {
        delimiter = delimiter_of(survey, *text);
    }
    survey->csv = csv_reader_make(delimiter);
    survey->csv.line = line;
}

static struct span cell_at(const struct csv_row *row, size_t column) {
    return column < row->count ? span_trim(row->cells[column]) : SPAN("");
}

/* Qualtrics puts {"ImportId": ...} below names and questions. */
static bool is_import_row(const struct csv_row *row) {
    return span_starts_with(cell_at(row, 0), SPAN("{\"ImportId\""));
}

/* SurveyMonkey divides a question among its columns in a second row, which says nothing below the
 * columns that are no question: id and time, which every answer has. */
static bool is_second_head(const struct survey *survey) {
    size_t known = 0;
    bool empty = true;
    bool filled_below = survey->head_count < 3;
    struct arena *scratch = arena_create();
    for (size_t i = 0; i < survey->head[0].count; i++) {
        struct span folded = words_fold(cell_at(&survey->head[0], i), scratch);
        size_t rank = 0;
        if (role_has_name(ROLE_ID, folded, &rank) || role_has_name(ROLE_TIME, folded, &rank)) {
            known++;
            empty = empty && cell_at(&survey->head[1], i).size == 0;
            filled_below = filled_below || cell_at(&survey->head[2], i).size > 0;
        }
    }
    arena_free(scratch);
    return known > 0 && empty && filled_below;
}

static size_t count_header_rows(const struct survey *survey) {
    if (survey->map->header_rows > 0) {
        return (size_t)survey->map->header_rows;
    }
    for (size_t i = 1; i < 3 && i < survey->head_count; i++) {
        if (is_import_row(&survey->head[i])) {
            return i + 1;
        }
    }
    return survey->head_count > 1 && is_second_head(survey) ? 2 : 1;
}

/* What a second head says where it says nothing of its own. */
static bool is_plain_subhead(struct span text) {
    return text.size == 0 || span_equal_nocase(text, SPAN("Response")) ||
           span_equal_nocase(text, SPAN("Open-Ended Response"));
}

/* One question may have several columns, and its words above the first of them only. */
static void name_column(struct survey *survey, size_t index) {
    struct column *column = &survey->columns[index];
    struct span first = cell_at(&survey->head[0], index);
    struct span second = survey->header_rows > 1 ? cell_at(&survey->head[1], index) : SPAN("");
    bool goes_on = first.size == 0 && second.size > 0 && index > 0;
    column->title = goes_on ? survey->columns[index - 1].title : first;
    struct span parts[] = {column->title, second};
    bool alone = survey->header_rows == 3 || is_plain_subhead(second);
    column->name = alone ? column->title : arena_join(survey->arena, parts, 2, " - ");
    if (column->name.size == 0) {
        column->name = arena_print(survey->arena, "#%zu", index + 1);
    }
    column->folded = words_fold(column->name, survey->arena);
    struct span question = arena_join(survey->arena, parts, second.size > 0 ? 2 : 1, " ");
    column->question = words_fold(survey->header_rows == 3 ? second : question, survey->arena);
}

/* A first row with an address or a date in it names nothing: it is an answer already. */
static bool check_head(const struct survey *survey, struct error *error) {
    for (size_t i = 0; i < survey->column_count; i++) {
        struct facts facts = {0};
        facts_add(survey, &facts, survey->head[0].cells[i]);
        if (facts.people > 0 || facts.dates > 0) {
            return error_set_at(error, ERROR_INPUT, survey->head[0].line, 0,
                                "line %u: the first row must name the columns, but holds \"%.*s\"",
                                survey->head[0].line,
                                SPAN_ARG(span_first_utf8(cell_at(&survey->head[0], i), 60)));
        }
    }
    return true;
}

/* A row of sums below the answers. */
static bool is_sum(const struct csv_row *cells, struct arena *arena) {
    struct span first = SPAN("");
    for (size_t i = 0; i < cells->count && first.size == 0; i++) {
        first = span_trim(cells->cells[i]);
    }
    return first.size <= 64 && names_a_sum(words_fold(first, arena));
}

static void study_row(struct survey *survey, const struct csv_row *row) {
    if (is_sum(row, survey->scratch)) {
        return; /* its numbers are on no scale */
    }
    survey->rows++;
    for (size_t i = 0; i < row->count && i < survey->column_count; i++) {
        facts_add(survey, &survey->columns[i].facts, row->cells[i]);
    }
}

static bool settle_head(struct survey *survey, struct error *error) {
    survey->header_rows = count_header_rows(survey);
    survey->column_count = survey->head[0].count;
    survey->columns = ARENA_ARRAY(survey->arena, struct column, survey->column_count);
    if (!check_head(survey, error)) {
        return false;
    }
    for (size_t i = 0; i < survey->column_count; i++) {
        name_column(survey, i);
    }
    for (size_t i = survey->header_rows; i < survey->head_count; i++) {
        study_row(survey, &survey->head[i]);
    }
    survey->begun = true;
    return true;
}

static void keep_head_row(struct survey *survey, const struct csv_row *row) {
    struct csv_row *kept = &survey->head[survey->head_count++];
    *kept = *row;
    kept->cells = ARENA_ARRAY(survey->arena, struct span, row->count);
    for (size_t i = 0; i < row->count; i++) {
        struct span cell = span_first_utf8(span_trim(row->cells[i]), LIMIT_TEXT);
        kept->cells[i] = arena_copy(survey->arena, cell);
    }
}

static bool study_rows(struct survey *survey, struct span *text, bool last, struct error *error) {
    struct csv_row row;
    while (csv_next(&survey->csv, text, last, survey->scratch, &row) == CSV_ROW) {
        if (survey->begun) {
            study_row(survey, &row);
        } else {
            keep_head_row(survey, &row);
        }
        if (!survey->begun && survey->head_count == HEAD_ROWS && !settle_head(survey, error)) {
            return false;
        }
        arena_reset(survey->scratch);
    }
    if (!last || survey->begun) {
        return true;
    }
    return survey->head_count > 0 ? settle_head(survey, error)
                                  : error_set(error, ERROR_INPUT, "there is nothing in it");
}

bool survey_study(struct survey *survey, struct span *text, bool last, struct error *error) {
    if (survey->csv.line == 0) {
        reader_begin(survey, text);
    }
    survey->scratch = arena_create();
    bool sound = study_rows(survey, text, last, error);
    arena_free(survey->scratch);
    return sound;
}

bool survey_settle(struct survey *survey, struct error *error) {
    if (survey->map->people == PEOPLE_HASH && survey->key.size == 0) {
        return error_set(error, ERROR_USAGE,
                         "%.*s: `people: hash` needs a key: give the source `key:` or `key_file:`",
                         SPAN_ARG(survey->map->file));
    }
    return columns_assign(survey, error);
}

/* --- What was understood --------------------------------------------------------------------------- */

#define NAME_COLUMNS 44

static bool order_matters(const struct facts *facts) {
    return facts->day_first + facts->month_first + facts->undecided > 0;
}

static void describe_column(const struct survey *survey, const struct column *column,
                            struct buffer *out) {
    const struct role_trait *trait = &role_traits[column->role];
    bool cut = text_columns(column->name) > NAME_COLUMNS;
    struct span name = text_first_columns(column->name, cut ? NAME_COLUMNS - 3 : NAME_COLUMNS);
    size_t width = text_columns(name) + (cut ? 3 : 0);
    buffer_append_string(out, "  ");
    print_plain(out, name, false);
    buffer_append_string(out, cut ? "..." : "");
    buffer_print(out, "%*s  %s", width < NAME_COLUMNS ? (int)(NAME_COLUMNS - width) : 0, "",
                 trait->shown);
    if (trait->score) {
        buffer_print(out, ", %g (worst) to %g", column->worst, column->best);
    } else if (column->role == ROLE_TIME && order_matters(&column->facts)) {
        buffer_print(out, ", %s first", survey->month_first ? "month" : "day");
    } else if (column->role == ROLE_PERSON && survey->map->people == PEOPLE_HASH) {
        buffer_append_string(out, ", told apart by a keyed hash");
    }
    buffer_append_byte(out, '\n');
}

void survey_describe(const struct survey *survey, struct buffer *out) {
    const char delimiter[] = {'"', survey->csv.delimiter, '"', '\0'};
    buffer_print(out, "%zu rows of %zu columns divided by %s, %zu row%s of names\n", survey->rows,
                 survey->column_count, delimiter[1] == '\t' ? "tabs" : delimiter,
                 survey->header_rows, survey->header_rows == 1 ? "" : "s");
    for (size_t i = 0; i < survey->column_count; i++) {
        describe_column(survey, &survey->columns[i], out);
    }
}

/* --- Rows ----------------------------------------------------------------------------------------- */

PRINTF_LIKE(3, 4)
static void row_blemish(struct survey_row *row, struct arena *arena, const char *format, ...) {
    if (row->blemish.size == 0) {
        char text[256];
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(text, sizeof text, format, arguments);
        va_end(arguments);
        row->blemish = arena_copy(arena, span_of(text));
    }
}

/* One cell that is taken over into the row. */
struct taking {
    const struct survey *survey;
    const struct column *column;
    struct arena *arena;
    struct survey_row *row;
};

static void not_understood(const struct taking *taking, struct span cell, const char *wanted) {
    row_blemish(taking->row, taking->arena, "line %u, column \"%.*s\": \"%.*s\" is no %s",
                taking->row->line, SPAN_ARG(span_first_utf8(taking->column->name, 60)),
                SPAN_ARG(span_first_utf8(cell, 40)), wanted);
}

static void take_id(const struct taking *taking, struct span cell) {
    taking->row->item.id = cell;
}

static void take_brand(const struct taking *taking, struct span cell) {
    taking->row->brand = cell;
}

static void take_url(const struct taking *taking, struct span cell) {
    bool address = span_starts_with_nocase(cell, SPAN("http"));
    taking->row->item.url = address ? cell : SPAN("");
}

/* The label's own scale, else the column's. */
static void take_score(const struct taking *taking, struct span cell) {
    const struct column *column = taking->column;
    struct item *item = &taking->row->item;
    struct answer_read answer;
    double placed = -1;
    if (answer_parse(taking->survey->map, cell, taking->arena, &answer)) {
        double worst = answer.best > 0 ? answer.worst : column->worst;
        double best = answer.best > 0 ? answer.best : column->best;
        enum survey_question question = (enum survey_question)(column->role - ROLE_NPS);
        bool stars = column->role == ROLE_STARS;
        placed = stars ? rating_normalise(answer.value, worst, best)
                       : survey_normalise(question, answer.value, worst, best);
        *(stars ? &item->rating : &item->answers[question]) = placed;
    }
    if (placed < 0) {
        not_understood(taking, cell, "answer on its scale");
    }
}

static void take_time(const struct taking *taking, struct span cell) {
    struct item *item = &taking->row->item;
    struct span order = taking->survey->month_first ? SPAN("en") : SPAN("de");
    int64_t ms = 0;
    if (!date_parse_in(cell, DATE_NONE, order, &ms)) {
        not_understood(taking, cell, "date");
    } else {
        *(taking->column->role == ROLE_TIME ? &item->published_ms : &item->updated_ms) = ms;
    }
}

static void append_text(struct span *text, struct span cell, const char *by, struct arena *arena) {
    struct span clean = text_without_addresses(cell, arena);
    struct span parts[] = {*text, clean};
    *text = text->size == 0 ? clean : arena_join(arena, parts, 2, by);
}

static void take_comment(const struct taking *taking, struct span cell) {
    append_text(&taking->row->item.text, cell, "\n", taking->arena);
}

static void take_context(const struct taking *taking, struct span cell) {
    append_text(&taking->row->item.title, cell, ", ", taking->arena);
}

static void take_author(const struct taking *taking, struct span cell) {
    struct span clean = text_without_addresses(cell, taking->arena);
    taking->row->item.author = span_equal(clean, cell) ? cell : SPAN("");
}

static void take_person(const struct taking *taking, struct span cell) {
    unsigned char mac[SIGN_HMAC_SIZE];
    char hex[2 * SIGN_HMAC_SIZE];
    if (taking->survey->map->people != PEOPLE_HASH || taking->row->item.author_id.size > 0) {
        return;
    }
    sign_hmac(taking->survey->key, words_fold(cell, taking->arena), mac);
    base16_write(hex, (struct span){(const char *)mac, sizeof mac});
    /* 128 bits tell people apart. */
    taking->row->item.author_id = arena_copy(taking->arena, (struct span){hex, sizeof mac});
}

/* "de", "pt-BR", "en_US"; whole names of languages and countries are left to the detector. */
static bool is_code(struct span text) {
    return text.size >= 2 && byte_is_alpha(text.data[0]) && byte_is_alpha(text.data[1]) &&
           (text.size == 2 || byte_is_any_of(text.data[2], "-_"));
}

static void take_language(const struct taking *taking, struct span cell) {
    taking->row->item.language = is_code(cell) ? cell : SPAN("");
}

static void take_country(const struct taking *taking, struct span cell) {
    taking->row->item.country = is_code(cell) && cell.size == 2 ? cell : SPAN("");
}

static void (*const takers[ROLE_COUNT])(const struct taking *taking, struct span cell) = {
    [ROLE_ID] = take_id,           [ROLE_TIME] = take_time,       [ROLE_UPDATED] = take_time,
    [ROLE_NPS] = take_score,       [ROLE_CSAT] = take_score,      [ROLE_CES] = take_score,
    [ROLE_STARS] = take_score,     [ROLE_COMMENT] = take_comment, [ROLE_CONTEXT] = take_context,
    [ROLE_AUTHOR] = take_author,   [ROLE_PERSON] = take_person,   [ROLE_LANGUAGE] = take_language,
    [ROLE_COUNTRY] = take_country, [ROLE_BRAND] = take_brand,     [ROLE_URL] = take_url,
};

static void check_width(const struct survey *survey, const struct csv_row *cells,
                        struct arena *arena, struct survey_row *row) {
    size_t count = cells->count;
    while (count > survey->column_count && cells->cells[count - 1].size == 0) {
        count--;
    }
    if (cells->fault == CSV_UNCLOSED) {
        row_blemish(row, arena, "line %u, column %u: a quote that is never closed",
                    cells->fault_line, cells->fault_column);
    } else if (cells->fault == CSV_TOO_LONG) {
        row_blemish(row, arena, "line %u: longer than a row may be", cells->line);
    } else if (count != survey->column_count) {
        row_blemish(row, arena, "line %u: %zu cells, where the head has %zu", cells->line, count,
                    survey->column_count);
    }
}

/* --- Identity of answers without an id ---------------------------------------------------------- */

/* How often each key came before; 0 marks an empty place. */
struct seen {
    uint64_t *keys;
    uint32_t *times;
    size_t capacity; /* a power of two */
    size_t count;
};

static size_t seen_slot(const struct seen *seen, uint64_t key) {
    size_t slot = (size_t)key & (seen->capacity - 1);
    while (seen->keys[slot] != 0 && seen->keys[slot] != key) {
        slot = (slot + 1) & (seen->capacity - 1);
    }
    return slot;
}

static void seen_grow(struct seen *seen, struct arena *arena) {
    struct seen larger = {.capacity = seen->capacity == 0 ? 1024 : seen->capacity * 2};
    larger.keys = ARENA_ARRAY(arena, uint64_t, larger.capacity);
    larger.times = ARENA_ARRAY(arena, uint32_t, larger.capacity);
    for (size_t i = 0; i < seen->capacity; i++) {
        if (seen->keys[i] != 0) {
            size_t slot = seen_slot(&larger, seen->keys[i]);
            larger.keys[slot] = seen->keys[i];
            larger.times[slot] = seen->times[i];
        }
    }
    larger.count = seen->count;
    *seen = larger;
}

static uint32_t seen_before(struct seen *seen, uint64_t key, struct arena *arena) {
    if (seen->count * 2 >= seen->capacity) {
        seen_grow(seen, arena);
    }
    size_t slot = seen_slot(seen, key);
    seen->count += seen->keys[slot] == 0;
    seen->keys[slot] = key;
    return seen->times[slot]++;
}

/* The moment to the second is as good as an id, and stays when the answer is edited; where there is
 * a day only, or nothing, it is what was answered. The second of the same kind is another. */
static void make_id(struct survey *survey, struct arena *arena, struct item *item) {
    uint64_t key = hash_combine(hash_bytes(SPAN("survey")), (uint64_t)item->published_ms);
    if (item->published_ms == DATE_NONE || item->published_ms % DAY_MS == 0) {
        key = hash_combine(key, hash_bytes(item->title));
        key = hash_combine(key, hash_bytes(item->text));
        key = hash_combine(
            key, hash_bytes((struct span){(const char *)item->answers, sizeof item->answers}));
        key = hash_combine(
            key, hash_bytes((struct span){(const char *)&item->rating, sizeof item->rating}));
    }
    key |= 1; /* never the mark of an empty place */
    uint32_t times = seen_before(survey->seen, key, survey->arena);
    item->id = times == 0
                   ? arena_print(arena, "row-%016llx", (unsigned long long)key)
                   : arena_print(arena, "row-%016llx-%u", (unsigned long long)key, times + 1);
}

static bool says_something(const struct item *item) {
    bool answered = item->rating >= 0 || item->text.size > 0;
    for (size_t i = 0; i < SURVEY_COUNT; i++) {
        answered = answered || item->answers[i] >= 0;
    }
    return answered;
}

static void take_row(struct survey *survey, const struct csv_row *cells, struct arena *arena,
                     struct survey_row *row) {
    *row = (struct survey_row){.line = cells->line};
    item_init(&row->item);
    check_width(survey, cells, arena, row);
    for (size_t i = 0; i < survey->column_count; i++) {
        const struct taking taking = {survey, &survey->columns[i], arena, row};
        struct span cell = cell_at(cells, i);
        if (cell.size > 0 && takers[taking.column->role] != NULL) {
            takers[taking.column->role](&taking, cell);
        }
    }
    if (row->item.published_ms == DATE_NONE && is_sum(cells, arena)) {
        row->left_out = "a sum, not an answer";
        row->blemish = SPAN(""); /* and so are its cells */
    } else if (!says_something(&row->item)) {
        row->left_out = "it says nothing";
    }
    struct items one = {.arena = arena, .list = &row->item, .count = 1, .capacity = 1};
    items_finish(&one, 0);
    if (row->left_out == NULL && row->item.id.size == 0) {
        make_id(survey, arena, &row->item);
    }
}

bool survey_next(struct survey *survey, struct span *text, bool last, struct arena *arena,
                 struct survey_row *row) {
    struct csv_row cells;
    if (!survey->taking) {
        survey->taking = true;
        survey->seen = ARENA_NEW(survey->arena, struct seen);
        survey->skip = survey->header_rows;
        reader_begin(survey, text);
    }
    while (csv_next(&survey->csv, text, last, arena, &cells) == CSV_ROW) {
        if (survey->skip == 0) {
            take_row(survey, &cells, arena, row);
            return true;
        }
        survey->skip--;
    }
    return false;
}
