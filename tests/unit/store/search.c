/* Searching by the index against looking at every mention with the matcher. SEED=N for other
 * histories. */
#include "tests/unit/store/fixture.h"

#include "base/query.h"

#include <stdlib.h>

#define FIRST_MS (NOW_MS - 60 * DAY_MS)

static uint64_t random_state;

static uint64_t pick(uint64_t below) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % below;
}

/* Words that the queries below can meet in every way they may stand. */
static const char *const words[] = {
    "acme",      "Acme's",   "l'acme",    "ACME",     "refund",      "refunds", "refunded",
    "return",    "returned", "coffee",    "late",     "parcel",      "3.5",     "C++",
    "coca-cola", "cocacola", "coca cola", "acme.com", "Zürich",      "zurich",  "任天堂",
    "it.Acme",   "#acme",    "price",     "delivery", "AT&T",        "Straße",  "strasse",
    "don't",     "😀",        "brick",     "support",  "late parcel",
};
#define WORDS (sizeof words / sizeof *words)

static const char *const queries[] = {
    "acme",
    "refund OR return",
    "acme refund",
    "acme -brick",
    "NOT acme coffee",
    "refund*",
    "return* price",
    "\"late parcel\"",
    "acme NEAR/3 refund",
    "acme ONEAR/2 coffee",
    "\"parcel late\"~2",
    "coca-cola",
    "cocacola",
    "acme.com",
    "`ACME`",
    "`3` OR coffee",
    "`C++`",
    "zürich",
    "任天堂",
    "#acme",
    "AT&T",
    "strasse",
    "don't OR t",
    "acme source:forum",
    "acme source:f*",
    "coffee channel:news",
    "lang:de price",
    "lang:pt-BR OR late",
    "lang:p* parcel",
    "country:es",
    "topic:delivery -late",
    "stage:loyalty OR stage:purchase",
    "author:jo",
    "author:\"jo smith\" OR brick",
    "author:smi*",
    "site:example.com acme",
    "site:com -site:news.example.com",
    "brand:Acme",
    "brand:Globex label:negative",
    "label:positive",
    "NOT label:unsure brick",
    "rating:<=2 acme",
    "sentiment:<0 refund",
    "reach:>3",
    "since:30d acme",
    "acme (refund OR (late -parcel)) NOT (brick price)",
    "nosuchword",
    "-nosuchword support",
    "source:nosuch OR support",
};
#define QUERIES (sizeof queries / sizeof *queries)

static struct mention post_make(struct fixture *fixture, uint64_t id) {
    static const char *const authors[] = {"Jo Smith", "John", "jo", "", "Smithers, Jo"};
    static const char *const sites[] = {"", "news.example.com", "example.com", "example.org"};
    static const char *const languages[] = {"", "en", "de", "pt"};
    static const char *const claims[] = {"", "pt-BR", "pt", "en-GB"};
    static const char *const countries[] = {"", "ES", "DE"};
    static const char *const topics[] = {"delivery", "price"};
    struct arena *arena = fixture->arena;
    char text[512] = "";
    for (size_t i = 1 + pick(9), at = 0; i > 0; i--) {
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%s", words[pick(WORDS)],
                               pick(6) == 0 ? ", " : " ");
    }
    struct mention mention = fixture_mention(
        fixture, (char *)(uintptr_t)arena_print(arena, "%llu", (unsigned long long)id).data, text,
        (int)pick(4) - 1, (double)pick(3) - 1);
    mention.item.title = pick(4) == 0 ? span_of(words[pick(WORDS)]) : SPAN("");
    mention.item.author = span_of(authors[pick(5)]);
    mention.item.site = span_of(sites[pick(4)]);
    mention.item.url =
        pick(2) == 0 ? SPAN("") : arena_print(arena, "https://a.example.com/%d", (int)id);
    mention.item.language = span_of(claims[pick(4)]);
    mention.item.country = span_of(countries[pick(3)]);
    mention.item.rating = pick(3) == 0 ? (double)pick(6) : RATING_NONE;
    mention.item.engagement.likes = (int64_t)pick(8);
    mention.item.published_ms = FIRST_MS + (int64_t)pick(60 * 24) * HOUR_MS;
    mention.item.deleted = pick(12) == 0;
    mention.language = span_of(languages[pick(4)]);
    mention.channel = pick(2) == 0 ? CHANNEL_FORUM : CHANNEL_NEWS;
    mention.stage = (enum stage)pick(STAGE_COUNT);
    mention.score.label = (enum label)pick(LABEL_COUNT);
    mention.topics = ARENA_NEW(arena, struct topic_mention);
    mention.topics[0] = (struct topic_mention){span_of(topics[pick(2)]), mention.score};
    mention.topic_count = pick(2);
    return mention;
}

/* --- What must come out ----------------------------------------------------------------------- */

struct hit {
    uint64_t sequence;
    int64_t time_ms;
    enum label feeling;
};

struct hits {
    struct hit *list;
    size_t count;
    size_t capacity;
    struct matcher *matcher;
    struct arena *arena;
    int64_t since_ms, until_ms;
};

static bool hit_look(void *context, const struct mention *mention) {
    struct hits *hits = context;
    struct query_hits found;
    int64_t time_ms = mention_time_ms(mention);
    matcher_match(hits->matcher, mention, hits->arena, &found);
    if (found.query_count > 0 && time_ms >= hits->since_ms && time_ms < hits->until_ms) {
        hits->list = memory_grow(hits->list, hits->count, &hits->capacity, sizeof *hits->list);
        hits->list[hits->count++] = (struct hit){
            mention->sequence, time_ms,
            mention->brand_count > 0 ? mention->brands[0].score.label : mention->score.label};
    }
    arena_reset(hits->arena);
    return true;
}

static int hit_order(const void *a, const void *b) {
    const struct hit *left = a;
    const struct hit *right = b;
    if (left->time_ms != right->time_ms) {
        return left->time_ms > right->time_ms ? -1 : 1;
    }
    return (left->sequence < right->sequence) - (left->sequence > right->sequence);
}

static struct hits hits_expected(const struct snapshot *snapshot, const struct query *query,
                                 int64_t since_ms, int64_t until_ms) {
    struct hits hits = {.matcher = matcher_create(&query, 1),
                        .arena = arena_create(),
                        .since_ms = since_ms,
                        .until_ms = until_ms};
    snapshot_mentions_from(snapshot, 0, hit_look, &hits);
    if (hits.count > 1) {
        qsort(hits.list, hits.count, sizeof *hits.list, hit_order);
    }
    return hits;
}

static void hits_done(struct hits *hits) {
    matcher_free(hits->matcher);
    arena_free(hits->arena);
    free(hits->list);
}

/* --- Against what the index says -------------------------------------------------------------- */

static void search_agrees(const struct snapshot *snapshot, struct search *search,
                          const struct hits *expected, const char *text) {
    uint64_t sequence = 0;
    int64_t time_ms = 0;
    size_t at = 0;
    while (search_next(search, &sequence, &time_ms)) {
        struct mention mention;
        struct query_hits found = {.query_count = 1};
        assert_true(snapshot_mention(snapshot, sequence, expected->arena, &mention));
        if (!search_is_exact(search)) {
            matcher_match(expected->matcher, &mention, expected->arena, &found);
        }
        if (found.query_count == 0) {
            continue;
        }
        if (at == expected->count || expected->list[at].sequence != sequence ||
            expected->list[at].time_ms != time_ms) {
            fail_msg("%s: mention %llu is found in place %zu of %zu", text,
                     (unsigned long long)sequence, at, expected->count);
        }
        at++;
        arena_reset(expected->arena);
    }
    if (at != expected->count) {
        fail_msg("%s: %zu of %zu found", text, at, expected->count);
    }
}

static void counts_agree(struct search *search, const struct hits *expected, const char *text) {
    const int64_t times[] = {FIRST_MS, FIRST_MS + 10 * DAY_MS, FIRST_MS + 11 * DAY_MS, NOW_MS};
    struct search_count counts[3];
    struct search_count wanted[3] = {0};
    for (size_t i = 0; i < expected->count; i++) {
        for (size_t s = 0; s < 3; s++) {
            const struct hit *hit = &expected->list[i];
            if (hit->time_ms >= times[s] && hit->time_ms < times[s + 1]) {
                wanted[s].mentions++;
                wanted[s].labels[hit->feeling]++;
            }
        }
    }
    search_count(search, times, 3, counts);
    if (memcmp(counts, wanted, sizeof counts) != 0) {
        fail_msg("%s: counted %llu in the first stretch, not %llu", text,
                 (unsigned long long)counts[0].mentions, (unsigned long long)wanted[0].mentions);
    }
}

static size_t query_agrees(struct fixture *fixture, const char *text, int64_t since_ms,
                           int64_t until_ms) {
    const struct query *query = NULL;
    struct error error = {0};
    if (!query_parse(span_of(text), NOW_MS, fixture->arena, &query, &error)) {
        fail_msg("%s: %s", text, error.message);
    }
    struct snapshot *snapshot = fixture_snapshot(fixture);
    struct hits expected =
        hits_expected(snapshot, query, since_ms == DATE_NONE ? INT64_MIN : since_ms,
                      until_ms == DATE_NONE ? INT64_MAX : until_ms);
    struct search *search = search_open(snapshot, query, since_ms, until_ms);
    search_agrees(snapshot, search, &expected, text);
    if (search_is_exact(search)) {
        counts_agree(search, &expected, text);
    }
    size_t count = expected.count;
    search_close(search);
    hits_done(&expected);
    assert_true(snapshot_check(snapshot, &error));
    snapshot_close(snapshot);
    return count;
}

static void all_queries_agree(struct fixture *fixture, size_t *hits) {
    for (size_t i = 0; i < QUERIES; i++) {
        hits[i] += query_agrees(fixture, queries[i], DATE_NONE, DATE_NONE);
        query_agrees(fixture, queries[i], FIRST_MS + 9 * DAY_MS, FIRST_MS + 40 * DAY_MS);
    }
}

static void store_posts(struct fixture *fixture, uint64_t first, uint64_t below, size_t count) {
    static const char *const sources[] = {"forum", "news", "shop"};
    struct mention *list = ARENA_ARRAY(fixture->arena, struct mention, count);
    for (size_t i = 0; i < count; i++) {
        list[i] = post_make(fixture, first + pick(below));
    }
    fixture_store(fixture, sources[pick(3)], list, count);
}

/* New posts, edits, deletions and re-dated ones in many small transactions. */
static void index_finds_what_the_matcher_finds(void **state) {
    (void)state;
    const char *seed = getenv("SEED");
    random_state = seed == NULL ? 20261121 : strtoull(seed, NULL, 10);
    struct fixture fixture;
    fixture_init(&fixture);
    fixture_open(&fixture);
    size_t hits[QUERIES] = {0};
    for (size_t round = 0; round < 4; round++) {
        for (size_t i = 0; i < 25; i++) {
            store_posts(&fixture, 0, 150, 1 + pick(6));
        }
        all_queries_agree(&fixture, hits);
        fixture_verify(&fixture);
    }
    for (size_t i = 0; i < QUERIES; i++) {
        if (hits[i] == 0 && strstr(queries[i], "nosuchword") == NULL) {
            fail_msg("%s never found anything: it tests nothing", queries[i]);
        }
    }
    fixture_done(&fixture);
}

/* More than a chunk, with edits in the one that is finished. */
static void chunks_are_one_index(void **state) {
    (void)state;
    random_state = 7;
    struct fixture fixture;
    fixture_init(&fixture);
    fixture_open(&fixture);
    for (uint64_t id = 0; id < 66000; id += 3000) {
        store_posts(&fixture, id, 3000, 3000);
        store_posts(&fixture, id + 100000, 3000, 2000);
        arena_reset(fixture.arena);
    }
    store_posts(&fixture, 0, 60000, 500);
    for (size_t i = 0; i < QUERIES; i += 7) {
        query_agrees(&fixture, queries[i], DATE_NONE, DATE_NONE);
        query_agrees(&fixture, queries[i], FIRST_MS + 9 * DAY_MS, FIRST_MS + 40 * DAY_MS);
    }
    fixture_verify(&fixture);
    fixture_done(&fixture);
}

static void search_explains_itself(void **state) {
    (void)state;
    static const struct {
        const char *query;
        const char *plan;
    } cases[] = {
        {"acme", "acme"},
        {"acme -brick", "acme AND NOT brick"},
        {"acme (refund OR return*) lang:es", "acme AND (refund OR return*) AND lang:es"},
        {"acme NEAR/8 (delivery OR parcel) label:negative",
         "acme AND (delivery OR parcel) AND label:negative, then the text of each"},
        {"acme OR (late parcel)", "acme OR (late AND parcel)"},
        {"NOT (late OR brick) acme", "NOT (late OR brick) AND acme"},
        {"\"late parcel\"", "late AND parcel, then the text of each"},
        {"acme rating:<=2", "acme, then the text of each"},
        {"since:7d acme", "acme"},
        {"rating:<=2", "every mention, then the text of each"},
    };
    struct fixture fixture;
    fixture_init(&fixture);
    fixture_open(&fixture);
    struct snapshot *snapshot = fixture_snapshot(&fixture);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct query *query = NULL;
        struct buffer out;
        struct error error = {0};
        assert_true(query_parse(span_of(cases[i].query), NOW_MS, fixture.arena, &query, &error));
        struct search *search = search_open(snapshot, query, DATE_NONE, DATE_NONE);
        buffer_init(&out, 1000);
        search_print(&out, search);
        assert_string_equal(buffer_string(&out), cases[i].plan);
        buffer_done(&out);
        search_close(search);
    }
    snapshot_close(snapshot);
    fixture_done(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(index_finds_what_the_matcher_finds),
        cmocka_unit_test(chunks_are_one_index),
        cmocka_unit_test(search_explains_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
