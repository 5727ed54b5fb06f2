/* How fast the store takes mentions in, how large it becomes, how fast it answers.
 *
 *   store [MENTIONS [BATCH]]     default 1,000,000 in batches of 100
 *   store ask FOLDER             only the questions, to a store that was made so
 *   store waited                 batches that are waited for, beside SQLite (store_peer.py)
 *
 * Up to a million mentions everything is verified; of more, the pace of each tenth is told. Questions
 * are asked by a process of their own, whose own memory (without the file's pages) is told.
 *
 * Mentions of 300 bytes, everything on (identity, timeline, series in all dimensions, stories),
 * durable commits. 200 brands by Zipf's law, five sources, five months in order of time with a
 * minute's jitter; half of the ids are numbers, half are not; one in fifty is a copy. */
#include "base/query.h"
#include "store/rows.h"
#include "store/snapshot.h"
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define BRANDS 200
#define SLOTS 200 /* batches between generator and writer */
#define TEXT_SIZE 300
#define FIRST_MS ((int64_t)1780000000000)
#define SPAN_MS (150 * DAY_MS)
#define VERIFY_MOST ((size_t)1000000)
#define ROUNDS 200

static double seconds_cpu(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

struct slot {
    struct store_batch batch;
    struct source_state state;
    struct mention *mentions;
    struct arena *arena;
};

static struct span brand_names[BRANDS];
static char brand_text[BRANDS][16];
static char vocabulary[4096][12];
static char last_text[TEXT_SIZE + 1];

static void world_make(void) {
    for (size_t i = 0; i < BRANDS; i++) {
        int size = snprintf(brand_text[i], sizeof brand_text[i], "brand%zu", i);
        brand_names[i] = (struct span){brand_text[i], (size_t)size};
    }
    for (size_t i = 0; i < 4096; i++) {
        size_t size = 2 + random_next() % 9;
        for (size_t j = 0; j < size; j++) {
            vocabulary[i][j] = (char)('a' + random_next() % 26);
        }
    }
}

static struct span text_make(struct arena *arena) {
    char *text = arena_allocate(arena, TEXT_SIZE + 1);
    if (random_next() % 50 == 0 && last_text[0] != '\0') {
        memcpy(text, last_text, TEXT_SIZE);
        return (struct span){text, TEXT_SIZE};
    }
    size_t at = 0;
    while (at < TEXT_SIZE) {
        const char *word = vocabulary[random_next() % 4096];
        for (; *word != '\0' && at < TEXT_SIZE; word++) {
            text[at++] = *word;
        }
        if (at < TEXT_SIZE) {
            text[at++] = ' ';
        }
    }
    memcpy(last_text, text, TEXT_SIZE);
    return (struct span){text, TEXT_SIZE};
}

/* Zipf by rejection: rank r with a probability like 1/r. */
static uint32_t brand_pick(void) {
    while (true) {
        uint64_t rank = random_next() % BRANDS;
        if (random_next() % (rank + 1) == 0) {
            return (uint32_t)rank;
        }
    }
}

static void mention_make(struct mention *mention, struct arena *arena, size_t number,
                         size_t total) {
    static const char *const languages[] = {"en", "en", "en", "es", "de"};
    static const char *const topics[] = {"delivery", "price", "support", "quality"};
    *mention = (struct mention){.channel = CHANNEL_FORUM};
    item_init(&mention->item);
    int64_t time_ms = FIRST_MS + (int64_t)((double)number / (double)total * (double)SPAN_MS);
    mention->item.id = number % 2 == 0 ? arena_print(arena, "%zu", 40000000 + number)
                                       : arena_print(arena, "t3_%zx", number * 7919);
    mention->item.url = arena_print(arena, "https://forum.example/item/%zu", number);
    mention->item.author = arena_print(arena, "user%d", (int)(random_next() % 50000));
    mention->item.text = text_make(arena);
    mention->item.published_ms = time_ms - (int64_t)(random_next() % 60000);
    mention->item.engagement.likes = (int64_t)(random_next() % 40);
    mention->fetched_ms = time_ms;
    mention->language = span_of(languages[random_next() % 5]);
    mention->stage = (enum stage)(random_next() % STAGE_COUNT);
    mention->score = (struct score){(double)(random_next() % 2001) / 1000 - 1, 0.8,
                                    (enum label)(random_next() % LABEL_COUNT)};
    mention->brands = ARENA_NEW(arena, struct brand_mention);
    mention->brands[0] = (struct brand_mention){.brand = brand_pick(), .score = mention->score};
    mention->brand_count = 1;
    mention->topics = ARENA_NEW(arena, struct topic_mention);
    mention->topics[0] = (struct topic_mention){span_of(topics[random_next() % 4]), mention->score};
    mention->topic_count = random_next() % 2;
}

static void on_stored(void *context, const struct store_result *result) {
    if (!result->stored) {
        fprintf(stderr, "%s\n", result->error.message);
        exit(1);
    }
    __atomic_store_n((bool *)context, false, __ATOMIC_RELEASE);
}

static void pause_shortly(void) {
    nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
}

static void ingest(struct store *store, size_t total, size_t batch) {
    static const char *const sources[] = {"hackernews", "steam", "mastodon", "news", "appstore"};
    static struct slot slots[SLOTS];
    static bool busy[SLOTS];
    size_t told = 0;
    double since = seconds_now();
    for (size_t number = 0, turn = 0; number < total; turn++) {
        struct slot *slot = &slots[turn % SLOTS];
        while (__atomic_load_n(&busy[turn % SLOTS], __ATOMIC_ACQUIRE)) {
            pause_shortly();
        }
        if (slot->arena == NULL) {
            slot->arena = arena_create();
            slot->mentions = NEW_ARRAY(struct mention, batch);
        }
        arena_reset(slot->arena);
        if (total > VERIFY_MOST && number - told >= total / 10) {
            printf("  up to %9zu           %10.0f mentions/s\n", number,
                   (double)(number - told) / (seconds_now() - since));
            fflush(stdout);
            told = number;
            since = seconds_now();
        }
        size_t count = total - number < batch ? total - number : batch;
        for (size_t i = 0; i < count; i++) {
            mention_make(&slot->mentions[i], slot->arena, number++, total);
        }
        source_state_init(&slot->state);
        slot->state.cursor = arena_print(slot->arena, "%zu", number);
        slot->batch = (struct store_batch){.source = span_of(sources[turn % 5]),
                                           .state = &slot->state,
                                           .mentions = slot->mentions,
                                           .mention_count = count,
                                           .brand_names = brand_names,
                                           .brand_name_count = BRANDS,
                                           .now_ms = slot->mentions[0].fetched_ms,
                                           .polled_ok = true};
        busy[turn % SLOTS] = true;
        while (!store_submit(store, &slot->batch, on_stored, &busy[turn % SLOTS])) {
            pause_shortly();
        }
    }
    for (size_t i = 0; i < SLOTS; i++) {
        while (__atomic_load_n(&busy[i], __ATOMIC_ACQUIRE)) {
            pause_shortly();
        }
        free(slots[i].mentions);
        arena_free(slots[i].arena);
    }
}

/* --- Waited for, beside SQLite ------------------------------------------------------------------ */

#define WAITED 100000
#define WAITED_BATCH 1000

/* Batches that are waited for one after the other, as a peer without a writer of its own stores them.
 * Mentions a second. */
static double waited(const char *folder) {
    struct store *store = NULL;
    struct error error = {0};
    struct store_result result;
    struct arena *arena = arena_create();
    struct mention *mentions = NEW_ARRAY(struct mention, WAITED_BATCH);
    double took = 0;
    if (!store_open(folder, &(struct store_options){.mode = STORE_WRITE}, &store, &error)) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    for (size_t number = 0; number < WAITED; arena_reset(arena)) {
        for (size_t i = 0; i < WAITED_BATCH; i++) {
            mention_make(&mentions[i], arena, number++, WAITED);
        }
        struct store_batch batch = {.source = SPAN("forum"),
                                    .mentions = mentions,
                                    .mention_count = WAITED_BATCH,
                                    .brand_names = brand_names,
                                    .brand_name_count = BRANDS,
                                    .now_ms = mentions[0].fetched_ms};
        double begin = seconds_now();
        if (!store_write(store, &batch, &result, &error)) {
            fprintf(stderr, "%s\n", error.message);
            exit(1);
        }
        took += seconds_now() - begin;
    }
    store_close(store);
    free(mentions);
    arena_free(arena);
    return WAITED / took;
}

static int waited_beside_sqlite(void) {
    char folder[] = "/var/tmp/earshot-bench-XXXXXX";
    char command[300];
    if (mkdtemp(folder) == NULL) {
        return 1;
    }
    double rate = waited(folder);
    printf("ours, waited for            %10.0f mentions/s (%d in batches of %d)\n", rate, WAITED,
           WAITED_BATCH);
    fflush(stdout);
    snprintf(command, sizeof command, "python3 tests/bench/store_peer.py %d %d %.0f %s; rm -rf %s",
             WAITED, WAITED_BATCH, rate, folder, folder);
    return system(command);
}

static bool count_entry(void *context, const struct timeline_entry *entry) {
    (void)entry;
    ++*(uint64_t *)context;
    return true;
}

static bool count_mention(void *context, const struct mention *mention) {
    (void)mention;
    return ++*(uint64_t *)context < 200000;
}

/* Bytes per mention of every table. */
static void sizes_print(struct store *store, size_t total) {
    struct snapshot *snapshot = NULL;
    if (!snapshot_open(store, &snapshot, NULL)) {
        exit(1);
    }
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        MDB_stat pages;
        mdb_stat(snapshot->transaction->handle, snapshot->transaction->tables[i], &pages);
        size_t count = pages.ms_branch_pages + pages.ms_leaf_pages + pages.ms_overflow_pages;
        if (pages.ms_entries > 1000) {
            printf("  %-10s %10zu entries %10.1f bytes/mention\n", table_names[i], pages.ms_entries,
                   (double)count * pages.ms_psize / (double)total);
        }
    }
    snapshot_close(snapshot);
}

/* A brand in a half hour, in one of its dimensions: what one row of the series is of. */
static void series_print(struct store *store) {
    struct snapshot *snapshot = NULL;
    struct row_cursor cursor;
    MDB_stat pages;
    uint64_t rows = 0;
    uint64_t hours = 0;
    struct row_key last = {0, 0};
    if (!snapshot_open(store, &snapshot, NULL)) {
        exit(1);
    }
    row_cursor_open(&cursor, snapshot->transaction, TABLE_SERIES);
    for (bool more = row_cursor_seek(&cursor, (struct row_key){0, 0}); more;
         more = row_cursor_next(&cursor)) {
        struct row_key hour = {cursor.key.high, cursor.key.low >> 1}; /* of two halves */
        hours += row_key_compare(hour, last) != 0;
        last = hour;
        rows++;
    }
    row_cursor_close(&cursor);
    mdb_stat(snapshot->transaction->handle, snapshot->transaction->tables[TABLE_SERIES], &pages);
    size_t count = pages.ms_branch_pages + pages.ms_leaf_pages + pages.ms_overflow_pages;
    printf("series                      %10.1f bytes each of %llu brand-hour-dimensions (%llu half "
           "hours)\n",
           (double)count * pages.ms_psize / (double)hours, (unsigned long long)hours,
           (unsigned long long)rows);
    snapshot_close(snapshot);
}

static void read_back(struct store *store) {
    struct snapshot *snapshot = NULL;
    struct error error;
    if (!snapshot_open(store, &snapshot, &error)) {
        exit(1);
    }
    struct arena *arena = arena_create();
    uint32_t brand = 0;
    (void)snapshot_brand(snapshot, brand_names[0], &brand);
    uint64_t rows = 0;
    double begin = seconds_now();
    snapshot_timeline(snapshot, brand, DATE_NONE, DATE_NONE, false, count_entry, &rows);
    double took = seconds_now() - begin;
    printf("timeline of one brand       %10.2f M rows/s (%llu rows)\n", (double)rows / took / 1e6,
           (unsigned long long)rows);
    rows = 0;
    begin = seconds_now();
    snapshot_mentions_from(snapshot, 0, count_mention, &rows);
    took = seconds_now() - begin;
    printf("mentions read whole         %10.2f M/s\n", (double)rows / took / 1e6);
    size_t count = 0;
    begin = seconds_now();
    snapshot_series(snapshot, brand, SERIES_ALL, SPAN(""), SERIES_DAY, FIRST_MS, FIRST_MS + SPAN_MS,
                    arena, &count);
    printf("series, %4zu days           %10.3f ms\n", count, (seconds_now() - begin) * 1e3);
    begin = seconds_now();
    snapshot_series(snapshot, brand, SERIES_ALL, SPAN(""), SERIES_HOUR, FIRST_MS,
                    FIRST_MS + SPAN_MS, arena, &count);
    printf("series, %4zu hours          %10.3f ms\n", count, (seconds_now() - begin) * 1e3);
    begin = seconds_now();
    snapshot_members(snapshot, brand, SERIES_TOPIC, FIRST_MS, FIRST_MS + SPAN_MS, arena, &count);
    printf("members of a dimension      %10.3f ms\n", (seconds_now() - begin) * 1e3);
    arena_free(arena);
    snapshot_close(snapshot);
}

/* --- Questions --------------------------------------------------------------------------------- */

static size_t ask_newest(const struct snapshot *snapshot, const struct query *query,
                         int64_t since_ms, struct arena *arena) {
    struct matcher *matcher = matcher_create(&query, 1);
    struct search *search = search_open(snapshot, query, since_ms, DATE_NONE);
    uint64_t sequence = 0;
    int64_t time_ms = 0;
    size_t found = 0;
    while (found < 50 && search_next(search, &sequence, &time_ms)) {
        struct mention mention;
        struct query_hits hits = {.query_count = 1};
        if (snapshot_mention(snapshot, sequence, arena, &mention) && !search_is_exact(search)) {
            matcher_match(matcher, &mention, arena, &hits);
        }
        found += hits.query_count > 0;
    }
    search_close(search);
    matcher_free(matcher);
    return found;
}

static void ask_trend(const struct snapshot *snapshot, const struct query *query) {
    int64_t times_ms[91];
    struct search_count counts[90];
    for (size_t i = 0; i < 91; i++) {
        times_ms[i] = FIRST_MS + SPAN_MS - (int64_t)(90 - i) * DAY_MS;
    }
    struct search *search = search_open(snapshot, query, times_ms[0], times_ms[90]);
    search_count(search, times_ms, 90, counts);
    search_close(search);
}

static int double_compare(const void *a, const void *b) {
    double left = *(const double *)a;
    double right = *(const double *)b;
    return (left > right) - (left < right);
}

/* `joint` stands between two words of the texts. */
static void ask(const struct snapshot *snapshot, const char *what, const char *before,
                const char *joint, const char *after, bool trend) {
    double took[ROUNDS];
    for (size_t i = 0; i < ROUNDS; i++) {
        struct arena *arena = arena_create();
        const struct query *query = NULL;
        struct error error = {0};
        struct span text =
            arena_print(arena, "%s%s%s%s%s", before, vocabulary[random_next() % 4096], joint,
                        vocabulary[random_next() % 4096], after);
        double begin = seconds_now();
        if (!query_parse(text, FIRST_MS + SPAN_MS, arena, &query, &error)) {
            fprintf(stderr, "%.*s: %s\n", SPAN_ARG(text), error.message);
            exit(1);
        }
        if (trend) {
            ask_trend(snapshot, query);
        } else {
            ask_newest(snapshot, query, FIRST_MS + SPAN_MS - 90 * DAY_MS, arena);
        }
        took[i] = (seconds_now() - begin) * 1e3;
        arena_free(arena);
    }
    qsort(took, ROUNDS, sizeof *took, double_compare);
    printf("%-44s p50 %8.3f ms   p99 %8.3f ms\n", what, took[ROUNDS / 2], took[ROUNDS * 99 / 100]);
}

static void memory_print(void) {
    char line[128];
    FILE *status = fopen("/proc/self/status", "r");
    while (status != NULL && fgets(line, sizeof line, status) != NULL) {
        if (strncmp(line, "RssAnon:", 8) == 0) {
            printf("memory beyond the file's pages %s", line + 8);
        }
    }
    if (status != NULL) {
        fclose(status);
    }
}

static int questions(const char *folder) {
    struct store *store = NULL;
    struct snapshot *snapshot = NULL;
    struct error error = {0};
    double begin = seconds_now();
    if (!store_open(folder, &(struct store_options){.mode = STORE_READ}, &store, &error) ||
        !snapshot_open(store, &snapshot, &error)) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    printf("open for reading            %10.1f ms\n", (seconds_now() - begin) * 1e3);
    ask(snapshot, "two words, a language, 90 days, newest 50", "", " ", " lang:es", false);
    ask(snapshot, "phrase, 90 days, newest 50", "\"", " ", "\"", false);
    ask(snapshot, "NEAR, 90 days, newest 50", "", " NEAR/5 ", "", false);
    ask(snapshot, "either word, by day over 90 days", "", " OR ", "", true);
    memory_print();
    snapshot_close(snapshot);
    store_close(store);
    return 0;
}

/* --- Together ---------------------------------------------------------------------------------- */

static bool verified(struct store *store) {
    uint64_t mentions = 0;
    struct error error = {0};
    double begin = seconds_now();
    bool agrees = store_verify(store, &mentions, &error);
    printf("verify                      %10.0f mentions/s: %s\n",
           (double)mentions / (seconds_now() - begin), agrees ? "agrees" : error.message);
    return agrees;
}

int main(int argc, char **argv) {
    size_t total = argc > 1 ? (size_t)strtoull(argv[1], NULL, 10) : 1000000;
    size_t batch = argc > 2 ? (size_t)strtoull(argv[2], NULL, 10) : 100;
    char folder[] = "/var/tmp/earshot-bench-XXXXXX";
    struct store *store = NULL;
    struct error error = {0};
    world_make();
    if (argc > 2 && strcmp(argv[1], "ask") == 0) {
        return questions(argv[2]);
    }
    if (argc > 1 && strcmp(argv[1], "waited") == 0) {
        return waited_beside_sqlite();
    }
    if (mkdtemp(folder) == NULL ||
        !store_open(folder, &(struct store_options){.mode = STORE_WRITE}, &store, &error)) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    double begin = seconds_now();
    double cpu = seconds_cpu();
    ingest(store, total, batch);
    double took = seconds_now() - begin;
    struct store_statistics statistics;
    printf("ingest, durable             %10.0f mentions/s (%zu in batches of %zu, %.1f s, %.1f s "
           "CPU with the generator)\n",
           (double)total / took, total, batch, took, seconds_cpu() - cpu);
    if (store_statistics(store, &statistics, &error)) {
        printf("size                        %10.0f bytes/mention\n",
               (double)statistics.bytes_used / (double)total);
    }
    sizes_print(store, total);
    series_print(store);
    read_back(store);
    bool agrees = total > VERIFY_MOST || verified(store);
    store_close(store);
    begin = seconds_now();
    if (store_open(folder, &(struct store_options){.mode = STORE_WRITE}, &store, &error)) {
        printf("open for writing            %10.1f ms\n", (seconds_now() - begin) * 1e3);
        store_close(store);
    }
    char command[300];
    fflush(stdout);
    snprintf(command, sizeof command, "%s ask %s; rm -rf %s; %s waited", argv[0], folder, folder,
             argv[0]);
    return system(command) == 0 && agrees ? 0 : 1;
}
