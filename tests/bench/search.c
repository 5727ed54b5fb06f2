/* How fast questions are answered from the text index, beside SQLite FTS5 and Xapian on the same
 * texts (where Python has them).
 *
 *   search [MENTIONS]     default 1,000,000
 *
 * Mentions of some 300 bytes over 60,000 words by Zipf's law, in order of time over 400 days. */
#include "base/query.h"
#include "store/snapshot.h"
#include "tests/bench/bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define WORDS 60000
#define TEXT_SIZE 300
#define NOW_MS ((int64_t)1795000000000)
#define SPAN_MS (400 * DAY_MS)
#define BATCH 1000
#define ROUNDS 200

static char vocabulary[WORDS][12];
static double until_word[WORDS]; /* running share */

static void world_make(void) {
    double sum = 0;
    for (size_t i = 0; i < WORDS; i++) {
        size_t size = 3 + random_next() % 7;
        for (size_t j = 0; j < size; j++) {
            vocabulary[i][j] = (char)('a' + random_next() % 26);
        }
        sum += 1.0 / (double)(i + 10);
        until_word[i] = sum;
    }
}

static size_t word_pick(void) {
    double at = (double)(random_next() >> 11) / 9007199254740992.0 * until_word[WORDS - 1];
    size_t low = 0;
    size_t high = WORDS - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (until_word[middle] < at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static struct span text_make(struct arena *arena) {
    char *text = arena_allocate(arena, TEXT_SIZE + 16);
    size_t at = 0;
    while (at < TEXT_SIZE) {
        at += (size_t)snprintf(text + at, 16, "%s ", vocabulary[word_pick()]);
    }
    return (struct span){text, at - 1};
}

static void ingest(struct store *store, size_t total, FILE *texts) {
    struct arena *arena = arena_create();
    struct span brand = SPAN("acme");
    for (size_t number = 0; number < total; number += BATCH) {
        struct mention *list = ARENA_ARRAY(arena, struct mention, BATCH);
        for (size_t i = 0; i < BATCH; i++) {
            struct mention *mention = &list[i];
            *mention = (struct mention){.channel = (enum channel)(1 + random_next() % 4)};
            item_init(&mention->item);
            mention->item.id = arena_print(arena, "%zu", number + i);
            mention->item.text = text_make(arena);
            mention->item.published_ms =
                NOW_MS - SPAN_MS +
                (int64_t)((double)(number + i) / (double)total * (double)SPAN_MS);
            mention->fetched_ms = mention->item.published_ms;
            mention->score = (struct score){0.1, 0.5, (enum label)(random_next() % LABEL_COUNT)};
            fprintf(texts, "%.*s\n", SPAN_ARG(mention->item.text));
        }
        struct store_batch batch = {.source = SPAN("forum"),
                                    .mentions = list,
                                    .mention_count = BATCH,
                                    .brand_names = &brand,
                                    .brand_name_count = 1,
                                    .now_ms = list[0].fetched_ms};
        struct store_result result;
        struct error error = {0};
        if (!store_write(store, &batch, &result, &error)) {
            fprintf(stderr, "%s\n", error.message);
            exit(1);
        }
        arena_reset(arena);
    }
    arena_free(arena);
}

/* --- Questions -------------------------------------------------------------------------------- */

struct question {
    const struct snapshot *snapshot;
    struct arena *arena;
    const struct query *query;
    int64_t since_ms;
};

static void ask_newest(const struct question *question, size_t limit) {
    struct matcher *matcher = matcher_create(&question->query, 1);
    struct search *search =
        search_open(question->snapshot, question->query, question->since_ms, DATE_NONE);
    uint64_t sequence = 0;
    int64_t time_ms = 0;
    for (size_t found = 0; found < limit && search_next(search, &sequence, &time_ms);) {
        struct mention mention;
        struct query_hits hits = {.query_count = 1};
        if (snapshot_mention(question->snapshot, sequence, question->arena, &mention) &&
            !search_is_exact(search)) {
            matcher_match(matcher, &mention, question->arena, &hits);
        }
        found += hits.query_count > 0;
    }
    search_close(search);
    matcher_free(matcher);
}

static void ask_trend(const struct question *question) {
    int64_t times_ms[91];
    struct search_count counts[90];
    for (size_t i = 0; i < 91; i++) {
        times_ms[i] = NOW_MS - (int64_t)(90 - i) * DAY_MS;
    }
    struct search *search =
        search_open(question->snapshot, question->query, times_ms[0], times_ms[90]);
    search_count(search, times_ms, 90, counts);
    search_close(search);
}

enum question_kind { ASK_NEWEST, ASK_ALL, ASK_TREND };

static int double_compare(const void *a, const void *b) {
    double left = *(const double *)a;
    double right = *(const double *)b;
    return (left > right) - (left < right);
}

/* `pattern` with words of a rank between 20 and 3,000 for its two %s. */
static void ask(const struct snapshot *snapshot, const char *what, const char *pattern,
                enum question_kind kind, int64_t since_ms) {
    double took[ROUNDS];
    for (size_t i = 0; i < ROUNDS; i++) {
        char text[200];
        struct arena *arena = arena_create();
        struct question question = {.snapshot = snapshot, .arena = arena, .since_ms = since_ms};
        struct error error = {0};
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(text, sizeof text, pattern, vocabulary[20 + random_next() % 2980],
                 vocabulary[20 + random_next() % 2980]);
#pragma GCC diagnostic pop
        double begin = seconds_now();
        if (!query_parse(span_of(text), NOW_MS, arena, &question.query, &error)) {
            fprintf(stderr, "%s: %s\n", text, error.message);
            exit(1);
        }
        if (kind == ASK_TREND) {
            ask_trend(&question);
        } else {
            ask_newest(&question, kind == ASK_ALL ? SIZE_MAX : 50);
        }
        took[i] = (seconds_now() - begin) * 1e3;
        arena_free(arena);
    }
    qsort(took, ROUNDS, sizeof *took, double_compare);
    printf("%-44s p50 %8.3f ms   p99 %8.3f ms\n", what, took[ROUNDS / 2], took[ROUNDS * 99 / 100]);
}

static void ask_all(struct store *store) {
    struct snapshot *snapshot = NULL;
    if (!snapshot_open(store, &snapshot, NULL)) {
        exit(1);
    }
    ask(snapshot, "two words, 90 days, a channel, newest 50", "%s %s channel:news", ASK_NEWEST,
        NOW_MS - 90 * DAY_MS);
    ask(snapshot, "two words, newest 50", "%s %s", ASK_NEWEST, DATE_NONE);
    ask(snapshot, "phrase, newest 50", "\"%s %s\"", ASK_NEWEST, DATE_NONE);
    ask(snapshot, "NEAR, newest 50", "%s NEAR/5 %s", ASK_NEWEST, DATE_NONE);
    ask(snapshot, "either word, newest 50", "%s OR %s", ASK_NEWEST, DATE_NONE);
    ask(snapshot, "either word, counted by day over 90 days", "%s OR %s", ASK_TREND, DATE_NONE);
    snapshot_close(snapshot);
}

/* --- Together --------------------------------------------------------------------------------- */

int main(int argc, char **argv) {
    size_t total = argc > 1 ? (size_t)strtoull(argv[1], NULL, 10) : 1000000;
    char folder[] = "/var/tmp/earshot-bench-XXXXXX";
    char texts_path[64];
    struct store *store = NULL;
    struct error error = {0};
    world_make();
    if (mkdtemp(folder) == NULL ||
        !store_open(folder, &(struct store_options){.mode = STORE_WRITE}, &store, &error)) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    snprintf(texts_path, sizeof texts_path, "%s/texts", folder);
    FILE *texts = fopen(texts_path, "w");
    if (texts == NULL) {
        perror(texts_path);
        return 1;
    }
    double begin = seconds_now();
    ingest(store, total, texts);
    fclose(texts);
    printf("%zu mentions stored with everything on: %.0f/s\n", total,
           (double)total / (seconds_now() - begin));
    ask_all(store);
    store_close(store);
    char command[200];
    fflush(stdout);
    snprintf(command, sizeof command, "python3 tests/bench/search_peers.py %s %s/peers; rm -rf %s",
             texts_path, folder, folder);
    return system(command) == 0 ? 0 : 1;
}
