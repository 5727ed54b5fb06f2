/* Where a word's meaning comes from: the rows of the built-in files that name it. */
#include "base/embed.h"
#include "sentiment/lexicon.h"
#include "sentiment/sentiment.h"
#include "sentiment/settings.h"
#include "sentiment/token.h"

enum { COLUMNS = 4, LIMIT_ORIGINS = 200 };

struct search {
    struct span word;  /* folded */
    struct span entry; /* what it is a form of in the file's language; the word where nothing */
    struct arena *arena;
    struct sentiment_origin *list;
    size_t count;
    size_t capacity;
};

struct row {
    struct span file;
    unsigned line;
    struct span columns[COLUMNS];
    size_t count;
};

static void add(struct search *search, const struct row *row, struct span kind, struct span entry,
                struct span value, struct span tags) {
    if (search->count == LIMIT_ORIGINS) {
        return;
    }
    search->list = arena_grow(search->arena, search->list, search->count, &search->capacity,
                              sizeof *search->list);
    search->list[search->count++] = (struct sentiment_origin){.file = row->file,
                                                              .line = row->line,
                                                              .kind = kind,
                                                              .entry = entry,
                                                              .value = value,
                                                              .tags = tags};
}

/* Is one of the words between blanks the one looked for? */
static bool has_word(const struct search *search, struct span text) {
    struct span word;
    while (text.size > 0 && span_split(&text, ' ', &word)) {
        if (span_equal(word, search->word) || span_equal(word, search->entry)) {
            return true;
        }
    }
    return false;
}

static bool is_it(const struct search *search, struct span text) {
    return span_equal(text, search->word) || span_equal(text, search->entry);
}

static void look_at_entry(struct search *search, const struct row *row) {
    if (has_word(search, row->columns[0])) {
        struct span kind = is_it(search, row->columns[0]) ? SPAN("word") : SPAN("phrase");
        add(search, row, kind, row->columns[0], row->columns[1], row->columns[3]);
    }
}

/* KIND WORDS, KIND ARGUMENT WORDS, or forms LEMMA FORMS. */
static void look_at_rule(struct search *search, const struct row *row) {
    static const char *const other[] = {"set", "inflect"};
    struct span rest = row->columns[row->count - 1];
    struct span argument = row->count > 2 ? row->columns[1] : SPAN("");
    struct span word;
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        if (span_equal(row->columns[0], span_of(other[i]))) {
            return;
        }
    }
    if (span_equal(row->columns[0], SPAN("forms"))) {
        if (is_it(search, argument) || has_word(search, rest)) {
            add(search, row, row->columns[0], argument, SPAN(""), rest);
        }
        return;
    }
    while (rest.size > 0 && span_split(&rest, ',', &word)) {
        word = span_trim(word);
        if (is_it(search, word)) {
            add(search, row, row->columns[0], word, argument, SPAN(""));
        }
    }
}

/* FORM VALENCE ...: what texts taught (sentiment/overlay.h). */
static void look_at_learned(struct search *search, const struct row *row) {
    if (is_it(search, row->columns[0])) {
        add(search, row, SPAN("learned"), row->columns[0], row->columns[1], SPAN(""));
    }
}

/* `look`: what is done with a row that is no rule. */
static void look_at_file(struct search *search, const struct embedded_file *file,
                         void (*look)(struct search *search, const struct row *row)) {
    struct row row = {.file = span_of(file->name)};
    struct span text = embedded_span(file);
    struct span line;
    bool rules = span_find(row.file, SPAN(".rules.")) != SPAN_NOT_FOUND ||
                 span_find(row.file, SPAN(".topics.")) != SPAN_NOT_FOUND;
    while (text.size > 0 && span_split(&text, '\n', &line)) {
        row.line++;
        if (line.size == 0 || line.data[0] == '#') {
            continue;
        }
        memset(row.columns, 0, sizeof row.columns);
        row.count = 0;
        while (row.count < COLUMNS && span_split(&line, '\t', &row.columns[row.count])) {
            row.count++;
        }
        if (rules && row.count > 1) {
            look_at_rule(search, &row);
        } else if (!rules) {
            look(search, &row);
        }
    }
}

/* What a folded word is a form of in a language; itself where the lexicon does not know it. */
static struct span entry_of(const struct sentiment *sentiment, struct span folded,
                            struct span language) {
    const struct lexicon *lexicon = sentiment_lexicon(sentiment);
    uint32_t form = lexicon_find(lexicon, folded);
    enum language code = LANGUAGE_ANY;
    if (form == NO_FORM || !language_parse(language, &code)) {
        return folded;
    }
    const struct sense *sense = lexicon_sense(lexicon, form, code);
    struct span entry = sense_is_none(sense) ? folded : lexicon_text(lexicon, sense->text);
    return span_find_byte(entry, ' ') == SPAN_NOT_FOUND ? entry : folded;
}

static void look_at_files(struct search *search, const struct sentiment *sentiment,
                          const struct embedded_file *files, struct span language,
                          void (*look)(struct search *search, const struct row *row)) {
    for (const struct embedded_file *file = files; file->name != NULL; file++) {
        struct span name = span_of(file->name);
        struct span of = span_first(name, span_find_byte(name, '.'));
        bool meant = language.size == 0 || span_equal(of, SPAN("any")) ||
                     span_equal_nocase(of, span_first(language, 2));
        if (meant) {
            search->entry = entry_of(sentiment, search->word, of);
            look_at_file(search, file, look);
        }
    }
}

struct sentiment_origin *sentiment_origins(const struct sentiment *sentiment, struct span word,
                                           struct span language, struct arena *arena,
                                           size_t *count) {
    struct search search = {.arena = arena, .word = word};
    struct tokens tokens;
    tokens_split(word, arena, &tokens);
    if (tokens.count == 1 && tokens.list[0].folded.size > 0) {
        search.word = tokens.list[0].folded;
    }
    look_at_files(&search, sentiment, embedded_lexicons, language, look_at_entry);
    look_at_files(&search, sentiment, embedded_learned, language, look_at_learned);
    *count = search.count;
    return search.list;
}
