/* Scores the labelled sets of a folder (or of its folder "sentiment") and prints one line per set:
 * `sentiment SUITES_DIR`.
 *
 *     sentiment/NAME macro_f1 0.612 accuracy 0.655 n 1839 r 0.871
 *
 * Three classes, one configuration; the genre is what the source of the set would give. r (Pearson)
 * on sets with grades; sets with a `target` score the target. With a second argument NAME only that
 * set is scored, and every row is printed as JSON: label, got, score, text, reasons.
 *
 * `sentiment SUITES_DIR --without RULE` scores all sets with one rule off, to see what it is worth;
 * --without list names the rules. */
#include "sentiment/lexicon.h"

#include <jansson.h>

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { CLASSES = 3, LIMIT_SETS = 200 };

struct outcome {
    unsigned confusion[CLASSES][CLASSES]; /* [gold + 1][got + 1] */
    unsigned rows;
    unsigned graded;
    double sum_x, sum_y, sum_xx, sum_yy, sum_xy;
    double seconds;
};

/* The first words of a set's name and where such texts come from. */
static const struct origin {
    const char *prefix;
    enum genre genre;
} origins[] = {
    {"vader_amazon", GENRE_REVIEW},
    {"vader_movie", GENRE_REVIEW},
    {"vader_nyt", GENRE_NEWS},
    {"newsmtsc", GENRE_NEWS},
    {"sentfin", GENRE_NEWS},
    {"rest", GENRE_REVIEW},
    {"lap", GENRE_REVIEW},
    {"mams", GENRE_REVIEW},
    {"arts", GENRE_REVIEW},
    {"uci", GENRE_REVIEW},
    {"", GENRE_SOCIAL},
};

static enum genre set_genre(const char *name) {
    size_t i = 0;
    while (strncmp(name, origins[i].prefix, strlen(origins[i].prefix)) != 0) {
        i++;
    }
    return origins[i].genre;
}

static uint32_t character_offset(struct span text, json_int_t characters) {
    size_t at = 0;
    while (at < text.size && characters > 0) {
        at++;
        while (at < text.size && ((unsigned char)text.data[at] & 0xC0) == 0x80) {
            at++;
        }
        characters--;
    }
    return (uint32_t)at;
}

static void show_row(const json_t *row, int gold, int got, const struct sentiment_result *result) {
    printf("{\"label\":%d,\"got\":%d,\"score\":%.3f,\"language\":\"%.*s\",\"text\":", gold, got,
           result->whole.value, SPAN_ARG(result->language));
    (void)json_dumpf(json_object_get(row, "text"), stdout, JSON_ENCODE_ANY);
    if (json_is_string(json_object_get(row, "target"))) {
        printf(",\"target\":");
        (void)json_dumpf(json_object_get(row, "target"), stdout, JSON_ENCODE_ANY);
    }
    printf(",\"reasons\":[");
    for (size_t i = 0; i < result->reason_count; i++) {
        const struct sentiment_reason *reason = &result->reasons[i];
        json_t *entry =
            json_pack("[s#s#fi]", reason->entry.data, (int)reason->entry.size, reason->rules.data,
                      (int)reason->rules.size, reason->contribution, (int)reason->target);
        if (entry != NULL) {
            printf("%s", i > 0 ? "," : "");
            (void)json_dumpf(entry, stdout, 0);
            json_decref(entry);
        }
    }
    printf("]}\n");
}

static void grade_add(struct outcome *outcome, double x, double y) {
    outcome->graded++;
    outcome->sum_x += x;
    outcome->sum_y += y;
    outcome->sum_xx += x * x;
    outcome->sum_yy += y * y;
    outcome->sum_xy += x * y;
}

static void score_row(const struct sentiment *sentiment, enum genre genre, const json_t *row,
                      bool show, struct outcome *outcome) {
    struct arena *arena = arena_create();
    const char *text = json_string_value(json_object_get(row, "text"));
    const char *name = json_string_value(json_object_get(row, "target"));
    struct sentiment_request request = {
        .text = span_of(text), .genre = genre, .explain = show, .three = true};
    struct sentiment_place place = {0};
    struct sentiment_target target = {.name = span_of(name), .places = &place, .place_count = 1};
    if (name != NULL) {
        place.begin =
            character_offset(request.text, json_integer_value(json_object_get(row, "tpos")));
        place.end = place.begin + (uint32_t)target.name.size;
        request.targets = &target;
        request.target_count = 1;
    }
    struct sentiment_result result;
    sentiment_score(sentiment, &request, arena, &result);
    struct score score = name != NULL ? result.targets[0] : result.whole;
    int gold = (int)json_integer_value(json_object_get(row, "label"));
    int got = score.label == LABEL_POSITIVE ? 1 : score.label == LABEL_NEGATIVE ? -1 : 0;
    outcome->confusion[gold + 1][got + 1]++;
    outcome->rows++;
    const json_t *grade = json_object_get(row, "grade");
    if (grade != NULL) {
        grade_add(outcome, score.value, json_number_value(grade));
    }
    if (show) {
        show_row(row, gold, got, &result);
    }
    arena_free(arena);
}

static double class_f1(const struct outcome *outcome, int class) {
    double hit = outcome->confusion[class][class];
    double gold = 0;
    double got = 0;
    for (int i = 0; i < CLASSES; i++) {
        gold += outcome->confusion[class][i];
        got += outcome->confusion[i][class];
    }
    return gold + got > 0 ? 2 * hit / (gold + got) : 0;
}

static void print_outcome(const char *name, const struct outcome *outcome) {
    double f1 = 0;
    unsigned hits = 0;
    for (int i = 0; i < CLASSES; i++) {
        f1 += class_f1(outcome, i) / CLASSES;
        hits += outcome->confusion[i][i];
    }
    printf("sentiment/%s macro_f1 %.3f accuracy %.3f n %u", name, f1,
           outcome->rows > 0 ? (double)hits / outcome->rows : 0, outcome->rows);
    if (outcome->graded > 1) {
        double n = outcome->graded;
        double covariance = outcome->sum_xy - outcome->sum_x * outcome->sum_y / n;
        double x = outcome->sum_xx - outcome->sum_x * outcome->sum_x / n;
        double y = outcome->sum_yy - outcome->sum_y * outcome->sum_y / n;
        printf(" r %.3f", x > 0 && y > 0 ? covariance / sqrt(x * y) : 0);
    }
    printf("\n");
}

static bool score_set(const struct sentiment *sentiment, const char *folder, const char *file,
                      bool show) {
    char path[8192];
    (void)snprintf(path, sizeof path, "%s/%s", folder, file);
    FILE *stream = fopen(path, "r");
    if (stream == NULL) {
        return false;
    }
    char *line = NULL;
    size_t size = 0;
    struct outcome outcome = {0};
    while (getline(&line, &size, stream) > 0) {
        json_t *row = json_loads(line, 0, NULL);
        if (row != NULL && json_is_string(json_object_get(row, "text"))) {
            score_row(sentiment, set_genre(file), row, show, &outcome);
        }
        json_decref(row);
    }
    free(line);
    (void)fclose(stream);
    if (!show) {
        char name[256];
        (void)snprintf(name, sizeof name, "%.*s", (int)(strlen(file) - strlen(".jsonl")), file);
        print_outcome(name, &outcome);
    }
    return true;
}

/* What switches a rule off: rows of a rules file. */
static const struct ablation {
    const char *rule;
    const char *rows;
} ablations[] = {
    {"nothing", ""},
    {"negation", "set\tnegation_positive\t1\nset\tnegation_negative\t1\n"},
    {"negation-as-shift", "set\tnegation_positive\t-1\nset\tnegation_negative\t-1\n"},
    {"refusal", "set\trefusal\t0\n"},
    {"lack", "set\tlack\t0\n"},
    {"ends", "set\tended\t1\n"},
    {"compounds", "set\tcompound_tail\t100\n"},
    {"boosters", "set\tbooster_scope\t0\nset\tbooster_after\t0\n"},
    {"capitals", "set\tcapitals\t1\n"},
    {"exclamation", "set\texclamation\t0\n"},
    {"irrealis", "set\tirrealis\t1\n"},
    {"question", "set\tquestion\t1\n"},
    {"contrast", "set\tcontrast_before\t1\nset\tcontrast_after\t1\n"},
    {"concession", "set\tconcede\t1\n"},
    {"mockery", "set\tmockery\t1\n"},
    {"hashtag", "set\thashtag\t1\n"},
    {"hashtag-parts", "set\thashtag_part\t100\n"},
    {"length", "set\tlong_text\t1000\n"},
    {"repetition", "set\trepetition\t1\n"},
    {"negative-weight", "set\tnegative_weight\t1\n"},
    {"clauses-of-targets", "set\ttarget_outside\t1\n"},
    {"consensus", "set\ttarget_consensus\t0\nset\ttarget_text\t0\n"},
    {"other-things", "set\ttarget_other\t1\n"},
    {"comparison", "set\tcompare_than\t1\n"},
};

/* An engine without a rule; NULL when there is no such rule. */
static struct sentiment *open_without(const char *rule, struct error *error) {
    struct lexicon *lexicon = NULL;
    struct sentiment *sentiment = NULL;
    for (size_t i = 0; i < sizeof ablations / sizeof *ablations; i++) {
        struct lexicon_file rows = {SPAN("any.rules.tsv"), span_of(ablations[i].rows)};
        if (strcmp(ablations[i].rule, rule) == 0) {
            return lexicon_open(&rows, 1, &lexicon, error) &&
                           sentiment_of(lexicon, &sentiment, error)
                       ? sentiment
                       : NULL;
        }
    }
    for (size_t i = 0; i < sizeof ablations / sizeof *ablations; i++) {
        printf("%s\n", ablations[i].rule);
    }
    error_set(error, ERROR_USAGE, "no rule is called \"%s\"", rule);
    return NULL;
}

static bool is_set(const char *file, const char *only) {
    size_t size = strlen(file);
    if (size <= strlen(".jsonl") || strcmp(file + size - strlen(".jsonl"), ".jsonl") != 0) {
        return false;
    }
    return only == NULL ||
           (strlen(only) == size - strlen(".jsonl") && strncmp(file, only, strlen(only)) == 0);
}

int main(int argc, char **argv) {
    struct sentiment *sentiment = NULL;
    struct error error = {0};
    struct dirent **entries = NULL;
    if (argc < 2) {
        (void)fprintf(stderr, "usage: sentiment SUITES_DIR [SET | --without RULE]\n");
        return 2;
    }
    bool without = argc > 3 && strcmp(argv[2], "--without") == 0;
    const char *only = argc == 3 ? argv[2] : NULL;
    if (without) {
        sentiment = open_without(argv[3], &error);
    }
    if (without ? sentiment == NULL : !sentiment_open(&sentiment, &error)) {
        (void)fprintf(stderr, "%s (line %u)\n", error.message, error.line);
        return 1;
    }
    char folder[4096];
    (void)snprintf(folder, sizeof folder, "%s/sentiment", argv[1]);
    int count = scandir(folder, &entries, NULL, alphasort);
    if (count < 0) {
        (void)snprintf(folder, sizeof folder, "%s", argv[1]);
        count = scandir(folder, &entries, NULL, alphasort);
    }
    if (count < 0) {
        printf("sentiment: no labelled sets at %s, skipped\n", folder);
    }
    for (int i = 0; i < count; i++) {
        if (is_set(entries[i]->d_name, only) &&
            !score_set(sentiment, folder, entries[i]->d_name, only != NULL)) {
            (void)fprintf(stderr, "cannot read %s\n", entries[i]->d_name);
        }
        free(entries[i]);
    }
    free(entries);
    sentiment_close(sentiment);
    return 0;
}
