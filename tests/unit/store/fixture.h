/* What the store's tests share: a folder of their own, and mentions made in a few words. */
#ifndef TESTS_UNIT_STORE_FIXTURE_H
#define TESTS_UNIT_STORE_FIXTURE_H

#include "tests/unit/test.h"

#include "store/store.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOW_MS ((int64_t)1795000000000) /* 2026-11-18 */

struct fixture {
    char folder[64];
    struct store *store;
    struct arena *arena;
    int64_t now_ms;
};

static inline int remove_visit(const char *path, const struct stat *file, int type,
                               struct FTW *level) {
    (void)file, (void)type, (void)level;
    return remove(path);
}

static inline void folder_remove(const char *folder) {
    nftw(folder, remove_visit, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void fixture_open_with(struct fixture *fixture, struct store_options options) {
    struct error error = {0};
    if (!store_open(fixture->folder, &options, &fixture->store, &error)) {
        fail_msg("store_open: %s", error.message);
    }
}

static inline void fixture_open(struct fixture *fixture) {
    fixture_open_with(fixture, (struct store_options){.mode = STORE_WRITE, .no_sync = true});
}

static inline void fixture_close(struct fixture *fixture) {
    store_close(fixture->store);
    fixture->store = NULL;
}

static inline void fixture_init(struct fixture *fixture) {
    *fixture = (struct fixture){.arena = arena_create(), .now_ms = NOW_MS};
    snprintf(fixture->folder, sizeof fixture->folder, "/tmp/earshot-store-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
}

static inline void fixture_done(struct fixture *fixture) {
    fixture_close(fixture);
    folder_remove(fixture->folder);
    arena_free(fixture->arena);
}

/* The brands every test batch knows, by index. */
static const struct span fixture_brands[] = {{"Acme", 4}, {"Globex", 6}, {"Initech", 7}};
#define FIXTURE_BRANDS (sizeof fixture_brands / sizeof *fixture_brands)

/* A mention of one brand (negative: of none) with an id and a text. */
static inline struct mention fixture_mention(struct fixture *fixture, const char *id,
                                             const char *text, int brand, double score) {
    struct mention mention = {.channel = CHANNEL_FORUM, .fetched_ms = fixture->now_ms};
    item_init(&mention.item);
    mention.item.id = arena_copy(fixture->arena, span_of(id));
    mention.item.text = arena_copy(fixture->arena, span_of(text));
    mention.item.published_ms = fixture->now_ms - HOUR_MS;
    mention.language = SPAN("en");
    mention.score = (struct score){score, 0.9,
                                   score > 0   ? LABEL_POSITIVE
                                   : score < 0 ? LABEL_NEGATIVE
                                               : LABEL_NEUTRAL};
    if (brand >= 0) {
        mention.brands = ARENA_NEW(fixture->arena, struct brand_mention);
        mention.brands[0] =
            (struct brand_mention){.brand = (uint32_t)brand, .score = mention.score};
        mention.brand_count = 1;
    }
    return mention;
}

static inline struct store_batch fixture_batch(struct fixture *fixture, const char *source,
                                               const struct mention *mentions, size_t count) {
    return (struct store_batch){
        .source = span_of(source),
        .mentions = mentions,
        .mention_count = count,
        .brand_names = fixture_brands,
        .brand_name_count = FIXTURE_BRANDS,
        .now_ms = fixture->now_ms,
        .polled_ok = true,
    };
}

/* Stores mentions of one source and expects it to succeed. */
static inline struct store_result fixture_store(struct fixture *fixture, const char *source,
                                                const struct mention *mentions, size_t count) {
    struct store_batch batch = fixture_batch(fixture, source, mentions, count);
    struct store_result result;
    struct error error = {0};
    if (!store_write(fixture->store, &batch, &result, &error)) {
        fail_msg("store_write: %s", error.message);
    }
    return result;
}

/* A term that ends nothing. */
static inline struct store_term fixture_term(void) {
    return (struct store_term){.text_before_ms = DATE_NONE,
                               .excerpt_before_ms = DATE_NONE,
                               .mention_before_ms = DATE_NONE};
}

static inline struct store_retained fixture_retain(struct fixture *fixture,
                                                   struct store_term term) {
    struct store_retained retained;
    struct error error = {0};
    if (!store_retain(fixture->store, &term, 1, &retained, &error)) {
        fail_msg("store_retain: %s", error.message);
    }
    return retained;
}

static inline struct snapshot *fixture_snapshot(struct fixture *fixture) {
    struct snapshot *snapshot = NULL;
    struct error error = {0};
    if (!snapshot_open(fixture->store, &snapshot, &error)) {
        fail_msg("snapshot_open: %s", error.message);
    }
    return snapshot;
}

static inline void fixture_verify(struct fixture *fixture) {
    uint64_t mentions = 0;
    struct error error = {0};
    if (!store_verify(fixture->store, &mentions, &error)) {
        fail_msg("store_verify: %s", error.message);
    }
}

static inline bool fixture_count_entry(void *context, const struct timeline_entry *entry) {
    (void)entry;
    ++*(size_t *)context;
    return true;
}

static inline size_t fixture_timeline_count(struct fixture *fixture, uint32_t brand) {
    struct snapshot *snapshot = fixture_snapshot(fixture);
    size_t count = 0;
    snapshot_timeline(snapshot, brand, DATE_NONE, DATE_NONE, false, fixture_count_entry, &count);
    assert_true(snapshot_check(snapshot, NULL));
    snapshot_close(snapshot);
    return count;
}

static inline uint32_t fixture_brand(struct fixture *fixture, const char *name) {
    struct snapshot *snapshot = fixture_snapshot(fixture);
    uint32_t brand = 0;
    assert_true(snapshot_brand(snapshot, span_of(name), &brand));
    snapshot_close(snapshot);
    return brand;
}

static inline uint64_t fixture_cluster(struct fixture *fixture, uint64_t sequence) {
    struct snapshot *snapshot = fixture_snapshot(fixture);
    struct mention mention;
    assert_true(snapshot_mention(snapshot, sequence, fixture->arena, &mention));
    snapshot_close(snapshot);
    return mention.cluster;
}

/* How many mentions the query finds by the index alone. */
static inline uint64_t fixture_matches(struct fixture *fixture, const char *text) {
    const struct query *query = NULL;
    struct error error = {0};
    struct search_count count;
    struct snapshot *snapshot = fixture_snapshot(fixture);
    assert_true(query_parse(span_of(text), NOW_MS, fixture->arena, &query, &error));
    struct search *search = search_open(snapshot, query, DATE_NONE, DATE_NONE);
    search_count(search, (const int64_t[]){INT64_MIN, INT64_MAX}, 1, &count);
    search_close(search);
    snapshot_close(snapshot);
    return count.mentions;
}

#endif
