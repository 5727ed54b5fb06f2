/* What a census counts is what a recount of the mentions counts: of brands, of queries and of both,
 * by stretches of any length and by member. */
#include "tests/unit/store/fixture.h"

#include "base/query.h"
#include "base/zone.h"
#include "store/sketch.h"

#include <math.h>

static int setup(void **state) {
    struct fixture *fixture = NEW(struct fixture);
    fixture_init(fixture);
    *state = fixture;
    return 0;
}

static int teardown(void **state) {
    fixture_done(*state);
    free(*state);
    return 0;
}

static uint64_t random_next(uint64_t *random) {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return *random;
}

/* --- A world ---------------------------------------------------------------------------------- */

#define WORLD_DAYS 9
#define WORLD_START_MS (NOW_MS - WORLD_DAYS * DAY_MS)

static const char *const countries[] = {"", "ES", "DE", "NP"};
static const char *const languages[] = {"en", "es", "de", ""};
static const struct span topics[] = {{"delivery", 8}, {"price", 5}, {"support", 7}};

static struct score score_make(uint64_t *random) {
    int units = (int)(random_next(random) % 2001) - 1000;
    return (struct score){units / 1000.0, 0.8, (enum label)(random_next(random) % LABEL_COUNT)};
}

static struct mention mention_make(struct fixture *fixture, uint64_t *random, size_t number,
                                   int64_t days) {
    static const char *const words[] = {"kettle", "parcel", "courier", "refund", "lid", "handle"};
    char id[16];
    char text[200];
    snprintf(id, sizeof id, "%zu", number);
    snprintf(text, sizeof text, "%s %s and the %s, number %zu", words[random_next(random) % 6],
             words[random_next(random) % 6], words[random_next(random) % 6], number);
    if (random_next(random) % 8 == 0) { /* one of a few stories */
        snprintf(text, sizeof text,
                 "Acme takes back kettles of type %u because their handles come off while pouring",
                 (unsigned)(random_next(random) % 20));
    }
    struct mention mention = fixture_mention(fixture, id, text, -1, 0);
    struct item *item = &mention.item;
    mention.score = score_make(random);
    mention.channel = (enum channel)(random_next(random) % CHANNEL_COUNT);
    mention.stage = (enum stage)(random_next(random) % STAGE_COUNT);
    mention.language = span_of(languages[random_next(random) % 4]);
    item->country = span_of(countries[random_next(random) % 4]);
    item->published_ms = NOW_MS - (int64_t)(random_next(random) % (uint64_t)(days * DAY_MS));
    item->author = arena_print(fixture->arena, "user%u", (unsigned)(random_next(random) % 300));
    item->rating = random_next(random) % 3 == 0 ? (double)(random_next(random) % 6) : RATING_NONE;
    item->engagement.likes = (int64_t)(random_next(random) % 50);
    for (size_t i = 0; i < SURVEY_COUNT && random_next(random) % 5 == 0; i++) {
        item->answers[i] = survey_scales[i].worst +
                           (double)(random_next(random) %
                                    (uint64_t)(survey_scales[i].best - survey_scales[i].worst + 1));
    }
    mention.topic_count = random_next(random) % 3;
    mention.topics = ARENA_ARRAY(fixture->arena, struct topic_mention, 3);
    for (size_t i = 0; i < mention.topic_count; i++) {
        mention.topics[i] = (struct topic_mention){topics[(number + i) % 3], score_make(random)};
    }
    mention.brand_count = random_next(random) % 3;
    mention.brands = ARENA_ARRAY(fixture->arena, struct brand_mention, 3);
    for (uint32_t i = 0; i < mention.brand_count; i++) {
        mention.brands[i] = (struct brand_mention){.brand = i, .score = score_make(random)};
    }
    return mention;
}

#define WORLD_MENTIONS ((size_t)1500)

static void world_fill(struct fixture *fixture, uint64_t *random, int64_t days) {
    static const char *const sources[] = {"forum", "shop", "news"};
    for (size_t number = 0; number < WORLD_MENTIONS; number += 100) {
        struct mention mentions[100];
        for (size_t i = 0; i < 100; i++) {
            mentions[i] = mention_make(fixture, random, number + i, days);
        }
        fixture_store(fixture, sources[random_next(random) % 3], mentions, 100);
    }
}

/* --- A recount -------------------------------------------------------------------------------- */

struct recount {
    struct subject subject;
    struct matcher *matcher;
    int64_t since_ms, until_ms;
    enum series_dimension dimension;
    struct span member; /* of it; counted where the mention is */
    struct tally tally;
    struct arena *arena;
    uint64_t stories[WORLD_MENTIONS];
    struct span authors[WORLD_MENTIONS];
};

static const struct score *recount_score(const struct recount *recount,
                                         const struct mention *mention) {
    if (recount->subject.brand == BRAND_ANY) {
        return mention->brand_count > 0 ? &mention->brands[0].score : &mention->score;
    }
    for (size_t i = 0; i < mention->brand_count; i++) {
        if (mention->brands[i].brand == recount->subject.brand) {
            return &mention->brands[i].score;
        }
    }
    return NULL;
}

static bool is_member(const struct recount *recount, const struct mention *mention,
                      const struct score **score) {
    struct span names[] = {[SERIES_ALL] = SPAN(""),
                           [SERIES_SOURCE] = mention->source,
                           [SERIES_CHANNEL] = span_of(channel_name(mention->channel)),
                           [SERIES_LANGUAGE] = mention->language,
                           [SERIES_COUNTRY] = mention->item.country,
                           [SERIES_TOPIC] = SPAN(""),
                           [SERIES_STAGE] = span_of(stage_name(mention->stage)),
                           [SERIES_LABEL] = span_of(label_name((*score)->label))};
    for (size_t i = 0; recount->dimension == SERIES_TOPIC && i < mention->topic_count; i++) {
        if (span_equal(mention->topics[i].name, recount->member)) {
            *score = &mention->topics[i].score;
            return true;
        }
    }
    return recount->dimension != SERIES_TOPIC &&
           span_equal(names[recount->dimension], recount->member);
}

static void recount_distinct(struct recount *recount, const struct mention *mention) {
    struct tally *tally = &recount->tally;
    struct span author = arena_print(recount->arena, "%.*s by %.*s", SPAN_ARG(mention->source),
                                     SPAN_ARG(mention->item.author));
    size_t story = 0;
    size_t voice = 0;
    while (story < tally->stories && recount->stories[story] != mention->cluster) {
        story++;
    }
    while (voice < tally->authors && !span_equal(recount->authors[voice], author)) {
        voice++;
    }
    recount->stories[story] = mention->cluster;
    recount->authors[voice] = author;
    tally->stories += story == tally->stories;
    tally->authors += voice == tally->authors;
}

static bool recount_mention(void *context, const struct mention *mention) {
    struct recount *recount = context;
    struct tally *tally = &recount->tally;
    const struct score *score = recount_score(recount, mention);
    int64_t time_ms = mention_time_ms(mention);
    struct query_hits hits = {.query_count = 1};
    if (recount->matcher != NULL) {
        matcher_match(recount->matcher, mention, recount->arena, &hits);
    }
    if (score == NULL || hits.query_count == 0 || time_ms < recount->since_ms ||
        time_ms >= recount->until_ms || !is_member(recount, mention, &score)) {
        return true;
    }
    tally->mentions++;
    tally->labels[score->label]++;
    tally->score_sum += score->value;
    tally->score_squares += score->value * score->value;
    if (mention->item.rating >= 0) {
        tally->ratings++;
        tally->rating_sum += mention->item.rating;
        tally->rating_squares += mention->item.rating * mention->item.rating;
    }
    for (size_t i = 0; i < SURVEY_COUNT; i++) {
        double answer = mention->item.answers[i];
        if (answer >= 0) {
            tally->answers[i]++;
            tally->answer_sums[i] += answer;
            tally->answer_squares[i] += answer * answer;
        }
    }
    double nps = mention->item.answers[SURVEY_NPS];
    tally->promoters += nps >= 9;
    tally->detractors += nps >= 0 && nps <= 6;
    tally->satisfied += mention->item.answers[SURVEY_CSAT] >= 4;
    tally->reach += (uint64_t)mention_reach(mention);
    tally->engagement += (uint64_t)mention_engagement(mention);
    recount_distinct(recount, mention);
    return true;
}

static struct recount *recount_make(const struct snapshot *snapshot, const struct subject *subject,
                                    enum series_dimension dimension, struct span member,
                                    int64_t since_ms, int64_t until_ms) {
    struct recount *recount = NEW(struct recount);
    recount->subject = *subject;
    recount->matcher = subject->query == NULL ? NULL : matcher_create(&subject->query, 1);
    recount->since_ms = since_ms;
    recount->until_ms = until_ms;
    recount->dimension = dimension;
    recount->member = member;
    recount->arena = arena_create();
    snapshot_mentions_from(snapshot, 0, recount_mention, recount);
    return recount;
}

static void recount_free(struct recount *recount) {
    matcher_free(recount->matcher);
    arena_free(recount->arena);
    free(recount);
}

static void assert_near(double actual, double expected) {
    if (fabs(actual - expected) > 1e-6) {
        fail_msg("%g is not %g", actual, expected);
    }
}

static void tallies_agree(const struct tally *tally, const struct tally *expected) {
    assert_int_equal(tally->mentions, expected->mentions);
    for (size_t i = 0; i < LABEL_COUNT; i++) {
        assert_int_equal(tally->labels[i], expected->labels[i]);
    }
    assert_near(tally->score_sum, expected->score_sum);
    assert_near(tally->score_squares, expected->score_squares);
    assert_int_equal(tally->ratings, expected->ratings);
    assert_near(tally->rating_sum, expected->rating_sum);
    assert_near(tally->rating_squares, expected->rating_squares);
    for (size_t i = 0; i < SURVEY_COUNT; i++) {
        assert_int_equal(tally->answers[i], expected->answers[i]);
        assert_near(tally->answer_sums[i], expected->answer_sums[i]);
        assert_near(tally->answer_squares[i], expected->answer_squares[i]);
    }
    assert_int_equal(tally->promoters, expected->promoters);
    assert_int_equal(tally->detractors, expected->detractors);
    assert_int_equal(tally->satisfied, expected->satisfied);
    assert_int_equal(tally->reach, expected->reach);
    assert_int_equal(tally->engagement, expected->engagement);
}

/* --- Subjects --------------------------------------------------------------------------------- */

/* Whose brand: the one that it or its query demands. */
static struct subject subject_make(struct fixture *fixture, const struct snapshot *snapshot,
                                   const char *brand, const char *query, uint32_t *scored) {
    struct subject subject = {.brand = BRAND_ANY};
    struct error error = {0};
    if (query != NULL &&
        !query_parse(span_of(query), NOW_MS, fixture->arena, &subject.query, &error)) {
        fail_msg("%s: %s", query, error.message);
    }
    if (brand != NULL) {
        assert_true(snapshot_brand(snapshot, span_of(brand), &subject.brand));
    }
    *scored = subject.brand;
    if (query != NULL && strcmp(query, "brand:Globex") == 0) {
        assert_true(snapshot_brand(snapshot, SPAN("Globex"), scored));
    }
    return subject;
}

static const struct {
    const char *brand; /* NULL: of everything */
    const char *query; /* NULL: all of the brand */
} subjects[] = {
    {"Acme", NULL},
    {"Globex", NULL},
    {"Acme", "lang:es OR country:DE"},
    {"Acme", "kettle"},
    {NULL, "kettle OR parcel"},
    {NULL, "\"kettle and\""}, /* which the index is not sure of */
    {NULL, "refund -courier channel:news"},
    {NULL, "brand:Globex"},
};
#define SUBJECT_COUNT (sizeof subjects / sizeof *subjects)

static void totals_agree(const struct snapshot *snapshot, const struct subject *subject,
                         const struct subject *scored, int64_t since_ms, int64_t until_ms) {
    struct census *census = census_open(snapshot, subject, since_ms, until_ms);
    struct recount *recount =
        recount_make(snapshot, scored, SERIES_ALL, SPAN(""), since_ms, until_ms);
    struct tally tally;
    census_total(census, &tally);
    tallies_agree(&tally, &recount->tally);
    assert_int_equal(tally.stories, recount->tally.stories);
    assert_int_equal(tally.authors, recount->tally.authors);
    recount_free(recount);
    census_close(census);
}

#define STRETCHES 5

static void stretches_agree(const struct snapshot *snapshot, const struct subject *subject,
                            const struct subject *scored, const int64_t *times_ms) {
    struct census *census = census_open(snapshot, subject, times_ms[0], times_ms[STRETCHES]);
    struct tally tallies[STRETCHES];
    census_count(census, times_ms, STRETCHES, tallies);
    for (size_t i = 0; i < STRETCHES; i++) {
        struct recount *recount =
            recount_make(snapshot, scored, SERIES_ALL, SPAN(""), times_ms[i], times_ms[i + 1]);
        tallies_agree(&tallies[i], &recount->tally);
        recount_free(recount);
    }
    census_close(census);
}

static void members_agree(struct fixture *fixture, const struct snapshot *snapshot,
                          const struct subject *subject, const struct subject *scored,
                          int64_t since_ms, int64_t until_ms) {
    struct census *census = census_open(snapshot, subject, since_ms, until_ms);
    for (int dimension = SERIES_ALL; dimension <= SERIES_LABEL; dimension++) {
        size_t count = 0;
        struct tally_member *members =
            census_members(census, (enum series_dimension)dimension, fixture->arena, &count);
        assert_true(count > 0);
        for (size_t i = 0; i < count; i++) {
            struct recount *recount =
                recount_make(snapshot, scored, (enum series_dimension)dimension, members[i].name,
                             since_ms, until_ms);
            assert_true(members[i].tally.mentions > 0);
            assert_true(i == 0 || members[i].tally.mentions <= members[i - 1].tally.mentions);
            tallies_agree(&members[i].tally, &recount->tally);
            recount_free(recount);
        }
    }
    census_close(census);
}

static void every_count_is_a_recount(void **state) {
    struct fixture *fixture = *state;
    uint64_t random = 0x9E3779B97F4A7C15u;
    fixture_open(fixture);
    world_fill(fixture, &random, WORLD_DAYS);
    struct snapshot *snapshot = fixture_snapshot(fixture);
    for (size_t i = 0; i < SUBJECT_COUNT; i++) {
        int64_t times_ms[STRETCHES + 1] = {WORLD_START_MS + DAY_MS + 123457};
        struct subject scored;
        struct subject subject =
            subject_make(fixture, snapshot, subjects[i].brand, subjects[i].query, &scored.brand);
        scored.query = subject.query;
        for (size_t j = 0; j < STRETCHES; j++) {
            times_ms[j + 1] = times_ms[j] + (int64_t)(random_next(&random) % (uint64_t)DAY_MS);
        }
        totals_agree(snapshot, &subject, &scored, times_ms[0], times_ms[STRETCHES]);
        totals_agree(snapshot, &subject, &scored, date_day_start(times_ms[0]), NOW_MS);
        stretches_agree(snapshot, &subject, &scored, times_ms);
        members_agree(fixture, snapshot, &subject, &scored, times_ms[0], times_ms[STRETCHES]);
    }
    snapshot_close(snapshot);
}

/* --- Time zones ------------------------------------------------------------------------------- */

/* Moments at which days begin in a zone, `step` days apart. */
static size_t days_make(struct zone *zone, int64_t first_ms, int step, int64_t *times_ms,
                        size_t most) {
    size_t count = 0;
    for (int day = 0; count <= most && (count == 0 || times_ms[count - 1] < NOW_MS); day += step) {
        times_ms[count++] = zone_day_start(zone, first_ms, day);
    }
    return count - 1;
}

#define ZONE_DAYS 60

struct placed {
    const int64_t *times_ms;
    size_t count;
    uint64_t mentions[ZONE_DAYS + 2];
    uint64_t reach[ZONE_DAYS + 2];
};

static bool mention_place(void *context, const struct mention *mention) {
    struct placed *placed = context;
    int64_t time_ms = mention_time_ms(mention);
    bool of_acme = false;
    for (size_t i = 0; i < mention->brand_count; i++) {
        of_acme = of_acme || span_equal(mention->brands[i].name, SPAN("Acme"));
    }
    for (size_t i = 0; i < placed->count && of_acme; i++) {
        if (time_ms >= placed->times_ms[i] && time_ms < placed->times_ms[i + 1]) {
            placed->mentions[i]++;
            placed->reach[i] += (uint64_t)mention_reach(mention);
        }
    }
    return true;
}

/* Autumn 2026: Lord Howe's clocks go half an hour on on 4 October, Madrid's an hour back on the 25th,
 * St. John's on 1 November. */
static void days_of_every_zone_are_exact(void **state) {
    static const char *const zones[] = {"UTC",
                                        "Europe/Madrid",
                                        "Asia/Kolkata",
                                        "Asia/Kathmandu",
                                        "America/St_Johns",
                                        "Australia/Lord_Howe",
                                        "Pacific/Chatham"};
    static const int steps[] = {1, 7, 30};
    struct fixture *fixture = *state;
    struct subject subject = {.brand = 0};
    uint64_t random = 0xD1B54A32D192ED03u;
    fixture_open(fixture);
    world_fill(fixture, &random, ZONE_DAYS);
    struct snapshot *snapshot = fixture_snapshot(fixture);
    assert_true(snapshot_brand(snapshot, SPAN("Acme"), &subject.brand));
    for (size_t i = 0; i < sizeof zones / sizeof *zones * 3; i++) {
        int64_t times_ms[ZONE_DAYS + 2];
        struct tally tallies[ZONE_DAYS + 1];
        struct zone *zone = NULL;
        assert_true(zone_open(span_of(zones[i / 3]), &zone, NULL));
        size_t count =
            days_make(zone, NOW_MS - ZONE_DAYS * DAY_MS, steps[i % 3], times_ms, ZONE_DAYS);
        struct placed placed = {.times_ms = times_ms, .count = count};
        struct census *census = census_open(snapshot, &subject, times_ms[0], times_ms[count]);
        census_count(census, times_ms, count, tallies);
        snapshot_mentions_from(snapshot, 0, mention_place, &placed);
        for (size_t j = 0; j < count; j++) {
            assert_int_equal(tallies[j].mentions, placed.mentions[j]);
            assert_int_equal(tallies[j].reach, placed.reach[j]);
        }
        census_close(census);
        zone_close(zone);
    }
    snapshot_close(snapshot);
}

/* What is purged stays counted, where its half hour begins; who it was by does not. */
static void purged_mentions_stay_counted(void **state) {
    struct fixture *fixture = *state;
    struct subject subject = {.brand = 0};
    struct store_author author = {.name = SPAN("user7")};
    uint64_t random = 0xA0761D6478BD642Fu;
    uint64_t erased = 0;
    int64_t times_ms[WORLD_DAYS + 1];
    struct tally before[WORLD_DAYS];
    struct tally after[WORLD_DAYS];
    struct tally totals[2];
    fixture_open(fixture);
    world_fill(fixture, &random, WORLD_DAYS);
    for (int i = 0; i <= WORLD_DAYS; i++) { /* days of a zone half an hour off */
        times_ms[i] = date_hour_start(WORLD_START_MS) + HOUR_MS / 2 + i * DAY_MS;
    }
    for (int i = 0; i < 2; i++) {
        struct snapshot *snapshot = fixture_snapshot(fixture);
        assert_true(snapshot_brand(snapshot, SPAN("Acme"), &subject.brand));
        struct census *census = census_open(snapshot, &subject, times_ms[0], times_ms[WORLD_DAYS]);
        census_count(census, times_ms, WORLD_DAYS, i == 0 ? before : after);
        census_total(census, &totals[i]);
        census_close(census);
        snapshot_close(snapshot);
        if (i == 0) {
            assert_true(store_erase(fixture->store, &author, &erased, NULL));
            assert_true(erased > 0);
        }
    }
    for (size_t i = 0; i < WORLD_DAYS; i++) {
        tallies_agree(&after[i], &before[i]);
    }
    assert_int_equal(totals[1].mentions, totals[0].mentions);
    assert_true(totals[1].authors < totals[0].authors);
    fixture_verify(fixture);
}

/* --- More than can be counted one by one ------------------------------------------------------- */

static void topics_beyond_the_limit_are_other(void **state) {
    enum { PER_MENTION = LIMIT_MENTION_TOPICS, MENTIONS = 1260 };
    struct fixture *fixture = *state;
    struct mention *mentions = ARENA_ARRAY(fixture->arena, struct mention, MENTIONS);
    size_t told = 0;
    size_t count = 0;
    fixture_open(fixture);
    for (size_t i = 0; i < MENTIONS; i++) {
        struct span id = arena_print(fixture->arena, "post %zu", i);
        mentions[i] = fixture_mention(fixture, id.data, id.data, 0, 0.5);
        mentions[i].topics = ARENA_ARRAY(fixture->arena, struct topic_mention, PER_MENTION);
        mentions[i].topic_count = PER_MENTION;
        for (size_t j = 0; j < PER_MENTION; j++) {
            mentions[i].topics[j] = (struct topic_mention){
                arena_print(fixture->arena, "topic %zu", i * PER_MENTION + j), mentions[i].score};
        }
    }
    for (size_t i = 0; i < MENTIONS; i += 10) {
        told += fixture_store(fixture, "forum", mentions + i, 10).crowded;
    }
    assert_int_equal(told, 1);
    struct snapshot *snapshot = fixture_snapshot(fixture);
    struct subject subject = {.brand = 1};
    struct census *census = census_open(snapshot, &subject, DATE_NONE, DATE_NONE);
    struct tally_member *members = census_members(census, SERIES_TOPIC, fixture->arena, &count);
    assert_int_equal(count, LIMIT_SERIES_MEMBERS + 1);
    assert_span_equal(members[0].name, "other");
    assert_int_equal(members[0].tally.mentions, MENTIONS - LIMIT_SERIES_MEMBERS / PER_MENTION);
    census_close(census);
    snapshot_close(snapshot);
    fixture_verify(fixture);
}

/* --- Sketches --------------------------------------------------------------------------------- */

static void few_are_counted_exactly_and_many_closely(void **state) {
    (void)state;
    for (uint64_t total = 1; total < 3000000; total = total * 3 + 1) {
        struct sketch sketch = {0};
        for (uint64_t i = 0; i < total; i++) {
            sketch_add(&sketch, sketch_hash(i));
            sketch_add(&sketch, sketch_hash(i / 2));
        }
        double error = (double)sketch_count(&sketch) / (double)total - 1;
        assert_true(fabs(error) <= (total <= SKETCH_EXACT_MOST / 8 ? 0 : 0.05));
        sketch_done(&sketch);
    }
}

static int hash_compare(const void *a, const void *b) {
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

/* Sketches of parts, as bytes, together say what one of all says. */
static void parts_make_the_whole(void **state) {
    (void)state;
    static uint32_t hashes[5000];
    for (size_t part_size = 10; part_size <= 5000; part_size *= 5) {
        struct sketch sketch = {0};
        uint8_t bytes[SKETCH_SIZE];
        for (uint64_t part = 0; part < 8; part++) { /* each shares half with the one before */
            for (size_t i = 0; i < part_size; i++) {
                hashes[i] = sketch_hash(part * part_size / 2 + i);
            }
            qsort(hashes, part_size, sizeof *hashes, hash_compare);
            assert_true(sketch_merge(&sketch, sketch_encode(hashes, part_size, bytes)));
        }
        double truth = (double)part_size * 4.5;
        double error = (double)sketch_count(&sketch) / truth - 1;
        assert_true(fabs(error) <= (part_size <= SKETCH_SPARSE_MOST ? 0 : 0.05));
        sketch_done(&sketch);
    }
}

static void damaged_sketches_are_refused(void **state) {
    (void)state;
    struct sketch sketch = {0};
    assert_false(sketch_merge(&sketch, SPAN("abc")));
    assert_false(sketch_merge(&sketch, SPAN("bbbbaaaa")));
    assert_false(sketch_merge(&sketch, (struct span){"\0\0\0\0", 4}));
    sketch_done(&sketch);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_count_is_a_recount, setup, teardown),
        cmocka_unit_test_setup_teardown(days_of_every_zone_are_exact, setup, teardown),
        cmocka_unit_test_setup_teardown(purged_mentions_stay_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(topics_beyond_the_limit_are_other, setup, teardown),
        cmocka_unit_test(few_are_counted_exactly_and_many_closely),
        cmocka_unit_test(parts_make_the_whole),
        cmocka_unit_test(damaged_sketches_are_refused),
    };
    return cmocka_run_group_tests_name("store/census", tests, NULL, NULL);
}
