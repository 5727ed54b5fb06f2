/* The text forms of lexicons and rules: rows of tab-separated columns, '#' begins a comment line.
 */
#include "sentiment/draft.h"

#include "base/limits.h"

enum { COLUMNS = 4 };

/* Where a row stands and what it may say. */
struct row {
    struct draft *draft;
    enum language language;
    enum genre genre; /* of an overlay; GENRE_ANY: all genres */
    struct span columns[COLUMNS];
    size_t count;
    unsigned line;
};

static bool row_wrong(const struct row *row, struct error *error, const char *what,
                      struct span text) {
    return error_set_at(error, ERROR_INPUT, row->line, 1, "%s \"%.*s\"", what, SPAN_ARG(text));
}

static void lemma_add(struct draft *draft, uint32_t sense) {
    draft->lemmas = memory_grow(draft->lemmas, draft->lemma_count, &draft->lemma_capacity,
                                sizeof *draft->lemmas);
    draft->lemmas[draft->lemma_count++] =
        (struct lemma){.form = draft->senses[sense].owner, .sense = sense};
}

static bool entry_is_phrase(struct span text) {
    return span_find_byte(text, ' ') != SPAN_NOT_FOUND ||
           span_find_byte(text, '-') != SPAN_NOT_FOUND;
}

/* --- Lexicon rows: form, valence, spread, tags ------------------------------------------------ */

static const struct tag {
    const char *name;
    uint32_t role;
} tags[] = {
    {"compare", ROLE_COMPARE}, {"thanks", ROLE_THANKS}, {"leave", ROLE_LEAVE},
    {"arrive", ROLE_ARRIVE},   {"urgent", ROLE_URGENT}, {"unlike", ROLE_UNLIKE},
    {"aside", ROLE_ASIDE},
};

static bool tag_read(const struct row *row, struct span name, uint32_t *roles, bool *exact,
                     struct error *error) {
    if (span_equal(name, SPAN("exact"))) {
        *exact = true;
        return true;
    }
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        if (span_equal(name, span_of(tags[i].name))) {
            *roles |= tags[i].role;
            return true;
        }
    }
    return row_wrong(row, error, "unknown tag", name);
}

static bool tags_read(const struct row *row, uint32_t *roles, bool *exact, struct error *error) {
    struct span rest = row->columns[3];
    struct span name;
    while (rest.size > 0 && span_split(&rest, ',', &name)) {
        if (!tag_read(row, name, roles, exact, error)) {
            return false;
        }
    }
    return true;
}

static bool number_read(const struct row *row, size_t column, double largest, double *value,
                        struct error *error) {
    if (!span_to_double(row->columns[column], value) || *value > largest || *value < -largest) {
        return row_wrong(row, error, "not a number in range:", row->columns[column]);
    }
    return true;
}

/* The third column says how unsure the valence is (or, in an overlay, how many texts it was learned
 * from). It is for those who weigh words anew; scoring by it was tried and gained nothing. */
static bool entry_read(const struct row *row, struct error *error) {
    double valence = 0;
    double spread = 0;
    uint32_t roles = 0;
    bool exact = false;
    if (row->count < 3 || row->columns[0].size == 0) {
        return row_wrong(row, error, "a row needs form, valence and spread:", row->columns[0]);
    }
    if (!number_read(row, 1, 4, &valence, error) || !number_read(row, 2, 100000, &spread, error) ||
        !tags_read(row, &roles, &exact, error)) {
        return false;
    }
    struct draft *draft = row->draft;
    uint32_t number = draft_entry(draft, row->columns[0], row->language);
    if (number == 0) {
        return row_wrong(row, error, "no word, or too many, in", row->columns[0]);
    }
    struct text text = draft_add_text(draft, row->columns[0]);
    struct sense *sense = &draft->senses[number];
    sense->text = text;
    sense->roles |= roles;
    for (int i = 0; i < GENRE_COUNT; i++) {
        if (row->genre == GENRE_ANY || (int)row->genre == i) {
            sense->valence[i] = (float)valence;
        }
    }
    /* What an overlay values is inflected by the lexicon's own row, if at all. */
    if (!exact && row->genre == GENRE_ANY && !entry_is_phrase(row->columns[0]) &&
        row->language < LANGUAGE_COUNT) {
        lemma_add(draft, number);
    }
    return true;
}

/* --- Rules rows: kind, argument, words -------------------------------------------------------- */

static const struct kind {
    const char *name;
    uint32_t role;
} kinds[] = {
    {"negation", ROLE_NEGATION},
    {"negation_backward", ROLE_NEGATION | ROLE_BACKWARD},
    {"without", ROLE_NEGATION | ROLE_WITHOUT},
    {"end", ROLE_END},
    {"tail", ROLE_TAIL},
    {"contrast", ROLE_CONTRAST | ROLE_CLAUSE},
    {"clause", ROLE_CLAUSE},
    {"concede", ROLE_CONCEDE | ROLE_CLAUSE},
    {"irrealis", ROLE_IRREALIS},
    {"pronoun", ROLE_PRONOUN},
    {"than", ROLE_THAN},
    {"compare", ROLE_COMPARE},
    {"unlike", ROLE_UNLIKE},
    {"leave", ROLE_LEAVE},
    {"arrive", ROLE_ARRIVE},
    {"toward", ROLE_TOWARD},
    {"join", ROLE_JOIN},
    {"article", ROLE_ARTICLE},
    {"thanks", ROLE_THANKS},
    {"function", 0},
    {"plain", ROLE_PLAIN},
    {"urgent", ROLE_URGENT},
};

/* Calls back once per word of a comma-separated list. */
static bool words_each(const struct row *row, struct span words,
                       bool (*use)(const struct row *row, uint32_t sense, const void *context),
                       const void *context, struct error *error) {
    struct span word;
    while (span_split(&words, ',', &word)) {
        word = span_trim(word);
        uint32_t sense = draft_entry(row->draft, word, row->language);
        if (sense == 0 || !use(row, sense, context)) {
            return row_wrong(row, error, "cannot use", word);
        }
    }
    return true;
}

/* Roles of words that say something; those with any other do not count as vocabulary. */
enum { ROLES_OF_CONTENT = ROLE_URGENT | ROLE_END | ROLE_TAIL | ROLE_PLAIN };

static bool use_role(const struct row *row, uint32_t number, const void *context) {
    struct draft *draft = row->draft;
    struct sense *sense = &draft->senses[number];
    uint32_t role = *(const uint32_t *)context;
    sense->roles |= role;
    if (row->language < LANGUAGE_COUNT && (role & ROLES_OF_CONTENT) == 0) {
        sense->roles |= ROLE_FUNCTION;
        if (draft_is_word(draft, number)) { /* "mad" is none because of "mad at" */
            draft->forms[sense->owner].function |= (uint8_t)(1U << row->language);
        }
    }
    return true;
}

static bool use_strength(const struct row *row, uint32_t number, const void *context) {
    struct sense *sense = &row->draft->senses[number];
    sense->roles |= ROLE_BOOSTER;
    sense->strength = (float)*(const double *)context;
    return true;
}

static bool use_stage(const struct row *row, uint32_t number, const void *context) {
    struct draft *draft = row->draft;
    draft->senses[number].stage = (uint8_t) * (const enum stage *)context;
    return true;
}

static bool use_topic(const struct row *row, uint32_t number, const void *context) {
    struct draft *draft = row->draft;
    struct sense *sense = &draft->senses[number];
    uint8_t topic = *(const uint8_t *)context;
    for (size_t i = 0; i < SENSE_TOPICS; i++) {
        if (sense->topics[i] == topic || sense->topics[i] == 0) {
            sense->topics[i] = topic;
            if (!entry_is_phrase(draft_text(draft, sense->text))) {
                lemma_add(draft, number);
            }
            return true;
        }
    }
    return false; /* a word for that many topics tells none of them */
}

static bool booster_read(const struct row *row, struct error *error) {
    double strength = 0;
    return number_read(row, 1, 2, &strength, error) &&
           words_each(row, row->columns[2], use_strength, &strength, error);
}

static bool stage_read(const struct row *row, struct error *error) {
    enum stage stage = STAGE_UNKNOWN;
    if (!stage_parse(row->columns[1], &stage)) {
        return row_wrong(row, error, "unknown stage", row->columns[1]);
    }
    return words_each(row, row->columns[2], use_stage, &stage, error);
}

static bool topic_read(const struct row *row, struct error *error) {
    struct draft *draft = row->draft;
    size_t index = 0;
    while (index < draft->topic_count &&
           !span_equal(draft_text(draft, draft->topics[index]), row->columns[1])) {
        index++;
    }
    if (index == LIMIT_TOPICS) {
        return row_wrong(row, error, "one topic too many:", row->columns[1]);
    }
    if (index == draft->topic_count) {
        draft->topics[draft->topic_count++] = draft_add_text(draft, row->columns[1]);
    }
    uint8_t topic = (uint8_t)(index + 1);
    return words_each(row, row->columns[2], use_topic, &topic, error);
}

static bool set_read(const struct row *row, struct error *error) {
    enum genre genre = GENRE_ANY;
    double value = 0;
    if (row->count == 4 && !genre_parse(row->columns[3], &genre)) {
        return row_wrong(row, error, "unknown genre", row->columns[3]);
    }
    if (!number_read(row, 2, 1000, &value, error)) {
        return false;
    }
    for (int language = 0; language < LANGUAGE_SLOTS; language++) {
        for (int i = 0; i < GENRE_COUNT; i++) {
            bool meant = (row->language == LANGUAGE_ANY || (int)row->language == language) &&
                         (genre == GENRE_ANY || (int)genre == i);
            if (meant &&
                !settings_set(&row->draft->settings[language][i], row->columns[1], value)) {
                return row_wrong(row, error, "unknown setting", row->columns[1]);
            }
        }
    }
    return true;
}

static bool inflect_read(const struct row *row, struct error *error) {
    struct draft *draft = row->draft;
    if (row->language == LANGUAGE_ANY ||
        draft->inflection_counts[row->language] == LIMIT_INFLECTIONS) {
        return row_wrong(row, error, "no room for the inflection", row->columns[1]);
    }
    size_t count = draft->inflection_counts[row->language]++;
    draft->inflections[row->language][count] =
        (struct inflection){.ending = row->columns[1], .replacements = row->columns[2]};
    if (span_equal(row->columns[1], SPAN("-"))) {
        draft->inflections[row->language][count].ending = SPAN("");
    }
    return true;
}

/* Irregular forms of a word: they share its sense. */
static bool forms_read(const struct row *row, struct error *error) {
    struct draft *draft = row->draft;
    uint32_t sense = draft_entry(draft, row->columns[1], row->language);
    struct span rest = row->columns[2];
    struct span form;
    while (span_split(&rest, ' ', &form)) {
        if (sense == 0 || form.size == 0 || form.size > LIMIT_FORM) {
            return row_wrong(row, error, "cannot use", row->columns[2]);
        }
        (void)draft_link(draft, draft_add_form(draft, form), sense);
    }
    return true;
}

/* Function words of languages that are not ours: they mean nothing, and tell a text that is not for
 * us. */
static bool foreign_read(const struct row *row, struct error *error) {
    struct draft *draft = row->draft;
    struct span rest = row->columns[2];
    struct span word;
    while (span_split(&rest, ',', &word)) {
        uint32_t form = draft_add_form(draft, span_trim(word));
        if (form == 0 || row->language != LANGUAGE_ANY) {
            return row_wrong(row, error, "cannot use", word);
        }
        draft->forms[form].function |= 1U << LANGUAGE_ANY;
    }
    return true;
}

static const struct reader {
    const char *name;
    bool (*read)(const struct row *row, struct error *error);
} readers[] = {
    {"booster", booster_read}, {"stage", stage_read}, {"topic", topic_read},     {"set", set_read},
    {"inflect", inflect_read}, {"forms", forms_read}, {"foreign", foreign_read},
};

static bool rule_read(const struct row *row, struct error *error) {
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        if (span_equal(row->columns[0], span_of(readers[i].name))) {
            return row->count >= 3 ? readers[i].read(row, error)
                                   : row_wrong(row, error, "columns are missing:", row->columns[0]);
        }
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (row->count == 2 && span_equal(row->columns[0], span_of(kinds[i].name))) {
            return words_each(row, row->columns[1], use_role, &kinds[i].role, error);
        }
    }
    return row_wrong(row, error, "unknown or incomplete row", row->columns[0]);
}

/* --- Files ------------------------------------------------------------------------------------ */

/* "en.review.tsv": the language, and what kind of file. */
static bool file_kind(struct span file, struct row *row, bool *rules, struct error *error) {
    struct span rest = file;
    struct span language;
    struct span kind;
    if (!span_split(&rest, '.', &language) || !span_split(&rest, '.', &kind) ||
        !span_equal(rest, SPAN("tsv")) || !language_parse(language, &row->language)) {
        return error_set(error, ERROR_INPUT, "not named LANGUAGE.KIND.tsv");
    }
    row->genre = GENRE_ANY;
    *rules = span_equal(kind, SPAN("rules")) || span_equal(kind, SPAN("topics"));
    if (!*rules && !span_equal(kind, SPAN("lexicon")) && !genre_parse(kind, &row->genre)) {
        return error_set(error, ERROR_INPUT, "unknown kind of file");
    }
    return true;
}

static bool rows_read(struct row *row, bool rules, struct span text, struct error *error) {
    struct span line;
    while (span_split(&text, '\n', &line)) {
        row->line++;
        if (line.size == 0 || line.data[0] == '#') {
            continue;
        }
        memset(row->columns, 0, sizeof row->columns);
        row->count = 0;
        while (row->count < COLUMNS && span_split(&line, '\t', &row->columns[row->count])) {
            row->count++;
        }
        if (!(rules ? rule_read(row, error) : entry_read(row, error))) {
            return false;
        }
    }
    return true;
}

bool draft_read(struct draft *draft, struct span file, struct span text, struct error *error) {
    struct row row = {.draft = draft};
    bool rules = false;
    bool ok = text.size <= LIMIT_CONFIG
                  ? file_kind(file, &row, &rules, error)
                  : error_set(error, ERROR_LIMIT, "more than %zu bytes", LIMIT_CONFIG);
    ok = ok && rows_read(&row, rules, text, error);
    arena_reset(draft->scratch);
    return ok ? true : error_add_context(error, "%.*s", SPAN_ARG(file));
}
