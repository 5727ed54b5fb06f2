/* The world: the same again from the same seed, and true to its truth. */
#include "tests/unit/test.h"

#include "tests/origin/search.h"
#include "tests/origin/writer.h"

#define NOW INT64_C(1793491200000) /* 2026-11-01T00:00:00Z */

static struct world *make_world(uint64_t seed, double scale) {
    struct world_options options = {.seed = seed, .now_ms = NOW, .days = 30, .scale = scale};
    for (size_t i = 0; i < WORLD_BRANDS; i++) {
        options.brands[i] = span_of(world_default_brands[i]);
    }
    return world_create(&options);
}

static int setup(void **state) {
    *state = make_world(1, 1);
    return 0;
}

static int teardown(void **state) {
    world_free(*state);
    return 0;
}

static struct buffer print_world(const struct world *world) {
    struct buffer out;
    buffer_init(&out, SIZE_MAX / 4);
    for (size_t i = 0; i < world->count; i++) {
        world_print_post(&out, world, &world->posts[i]);
    }
    return out;
}

static void test_one_seed_is_one_world(void **state) {
    struct world *again = make_world(1, 1);
    struct world *other = make_world(2, 1);
    struct buffer texts[3] = {print_world(*state), print_world(again), print_world(other)};
    assert_true(span_equal(buffer_span(&texts[0]), buffer_span(&texts[1])));
    assert_false(span_equal(buffer_span(&texts[0]), buffer_span(&texts[2])));
    for (size_t i = 0; i < 3; i++) {
        buffer_done(&texts[i]);
    }
    world_free(again);
    world_free(other);
}

static void test_size_follows_scale(void **state) {
    const struct world *world = *state;
    struct world *large = make_world(1, 4);
    assert_in_range(world->count, 4500, 6500);
    assert_in_range(large->count, world->count * 35 / 10, world->count * 45 / 10);
    world_free(large);
}

static void test_posts_are_in_order_within_the_month(void **state) {
    const struct world *world = *state;
    for (size_t i = 0; i < world->count; i++) {
        const struct post *post = &world->posts[i];
        assert_true(post->published_ms >= NOW - 30 * DAY_MS && post->published_ms < NOW);
        assert_true(i == 0 || post[-1].published_ms <= post->published_ms);
    }
}

static void test_ahead_posts_follow_now(void **state) {
    (void)state;
    struct world_options options = {
        .seed = 3, .now_ms = NOW, .days = 2, .ahead_days = 2, .scale = 1};
    for (size_t i = 0; i < WORLD_BRANDS; i++) {
        options.brands[i] = span_of(world_default_brands[i]);
    }
    struct world *world = world_create(&options);
    size_t later = 0;
    for (size_t i = 0; i < world->count; i++) {
        later += world->posts[i].published_ms >= NOW ? 1 : 0;
    }
    assert_in_range(later, world->count / 4, world->count * 3 / 4);
    world_free(world);
}

static int compare_urls(const void *left, const void *right) {
    const struct post *const *a = left;
    const struct post *const *b = right;
    return span_compare((*a)->url, (*b)->url);
}

static int compare_ids(const void *left, const void *right) {
    const struct post *const *a = left;
    const struct post *const *b = right;
    int order = strcmp((*a)->site->name, (*b)->site->name);
    return order != 0 ? order : span_compare((*a)->id, (*b)->id);
}

static void test_ids_and_urls_are_unique(void **state) {
    const struct world *world = *state;
    const struct post **sorted = NEW_ARRAY(const struct post *, world->count);
    int64_t last[32] = {0};
    for (size_t i = 0; i < world->count; i++) {
        sorted[i] = &world->posts[i];
        size_t site = (size_t)(world->posts[i].site - sites);
        assert_true(world->posts[i].number > last[site]);
        last[site] = world->posts[i].number;
    }
    qsort(sorted, world->count, sizeof *sorted, compare_ids);
    for (size_t i = 1; i < world->count; i++) {
        assert_int_not_equal(compare_ids(&sorted[i - 1], &sorted[i]), 0);
    }
    qsort(sorted, world->count, sizeof *sorted, compare_urls);
    for (size_t i = 1; i < world->count; i++) {
        assert_int_not_equal(compare_urls(&sorted[i - 1], &sorted[i]), 0);
    }
    free(sorted);
}

/* `named` is what a reader sees, and a name inside another word is no name. */
static void test_truth_tells_what_is_named(void **state) {
    const struct world *world = *state;
    size_t hidden = 0;
    for (size_t i = 0; i < world->count; i++) {
        const struct post *post = &world->posts[i];
        for (size_t b = 0; b < WORLD_BRANDS; b++) {
            struct span name = world->options.brands[b];
            bool stands = search_matches(name, post->title, post->text, false);
            assert_int_equal(stands, post->named[b]);
            assert_true(!post->named[b] || post->brands[b] != POLARITY_ABSENT);
            hidden += !stands && search_matches(name, post->title, post->text, true) ? 1 : 0;
        }
    }
    assert_true(hidden > 10);
}

static void test_ratings_agree_with_feelings(void **state) {
    const struct world *world = *state;
    for (size_t i = 0; i < world->count; i++) {
        const struct post *post = &world->posts[i];
        assert_int_equal(post->rating != 0, site_is_review(post->site));
        if (post->rating == 0) {
            continue;
        }
        assert_in_range(post->product, 0, WORLD_BRANDS - 1);
        enum polarity polarity = post->brands[post->product];
        assert_true(polarity != POLARITY_POSITIVE || post->rating >= 4);
        assert_true(polarity != POLARITY_NEGATIVE || post->rating <= 2);
    }
}

/* A review stands under its product and need not repeat the name. */
static void test_some_reviews_name_nobody(void **state) {
    const struct world *world = *state;
    size_t reviews = 0;
    size_t unnamed = 0;
    for (size_t i = 0; i < world->count; i++) {
        const struct post *post = &world->posts[i];
        if (post->product >= 0) {
            reviews++;
            unnamed += post->named[post->product] ? 0 : 1;
        }
    }
    assert_in_range(unnamed * 100 / reviews, 18, 32);
}

struct counts {
    size_t total;
    size_t negative;
    size_t english;
    size_t spanish;
    bool seen[32]; /* by site */
    size_t site_count;
};

static struct counts count_between(const struct world *world, int64_t begin_ms, int64_t end_ms) {
    struct counts counts = {0};
    for (size_t i = 0; i < world->count; i++) {
        const struct post *post = &world->posts[i];
        if (post->published_ms < begin_ms || post->published_ms >= end_ms ||
            post->brands[0] == POLARITY_ABSENT) {
            continue;
        }
        counts.total++;
        counts.negative += post->brands[0] == POLARITY_NEGATIVE ? 1 : 0;
        counts.english += strcmp(post->language, "en") == 0 ? 1 : 0;
        counts.spanish += strcmp(post->language, "es") == 0 ? 1 : 0;
        size_t site = (size_t)(post->site - sites);
        counts.site_count += counts.seen[site] ? 0 : 1;
        counts.seen[site] = true;
    }
    return counts;
}

static void test_incident_stands_out(void **state) {
    const struct world *world = *state;
    int64_t begin = world->incident_begin_ms;
    assert_true(begin >= NOW - 16 * DAY_MS && begin < NOW - 9 * DAY_MS);
    struct counts incident = count_between(world, begin, begin + DAY_MS);
    struct counts before = count_between(world, begin - 14 * DAY_MS, begin);
    assert_true(incident.total > 3 * before.total / 14);
    assert_true(incident.negative * 100 > incident.total * 75);
    assert_true(before.negative * 100 < before.total * 45);
    assert_true(incident.english > 30 && incident.spanish > 30);
    assert_true(incident.site_count >= 10);
}

static void test_incident_is_about_delivery(void **state) {
    const struct world *world = *state;
    size_t found = 0;
    size_t copies = 0;
    for (size_t i = 0; i < world->count; i++) {
        const struct post *post = &world->posts[i];
        if (post->incident) {
            found++;
            copies += post->cluster != 0 ? 1 : 0;
            assert_int_equal(post->topic, TOPIC_DELIVERY);
            assert_int_equal(post->brands[0], POLARITY_NEGATIVE);
        }
    }
    assert_in_range(found, 200, 450);
    assert_true(copies >= 8);
}

/* Copies share brands, topic and most of their words, on different papers. */
static void test_clusters_are_copies(void **state) {
    const struct world *world = *state;
    size_t pairs = 0;
    for (size_t i = 0; i < world->count; i++) {
        const struct post *first = &world->posts[i];
        for (size_t j = i + 1; first->cluster != 0 && j < world->count; j++) {
            const struct post *copy = &world->posts[j];
            if (copy->cluster != first->cluster) {
                continue;
            }
            pairs++;
            assert_ptr_not_equal(copy->site, first->site);
            assert_true(span_equal(copy->title, first->title));
            assert_memory_equal(copy->brands, first->brands, sizeof copy->brands);
            assert_true(copy->published_ms - first->published_ms <= 11 * HOUR_MS);
        }
    }
    assert_true(pairs > 50);
}

static void test_day_has_a_rhythm(void **state) {
    const struct world *world = *state;
    size_t hours[24] = {0};
    for (size_t i = 0; i < world->count; i++) {
        hours[date_from_ms(world->posts[i].published_ms).hour]++;
    }
    assert_true(hours[19] > 2 * hours[3]);
}

/* Each phrase of each book fills; an unknown slot would be fatal. Each feeling can be said on each
 * topic, with and without the brand's name. */
static void test_books_are_whole(void **state) {
    (void)state;
    static const char *const languages[] = {"en", "es", "pt", "it", "de", "fr"};
    struct dice dice = dice_make(5);
    struct arena *arena = arena_create();
    for (size_t i = 0; i < 6; i++) {
        struct writer writer = {&dice, arena, phrasebook_find(languages[i]), SPAN("Brellin"),
                                SPAN("Tavora")};
        assert_string_equal(writer.book->language, languages[i]);
        for (size_t p = 0; p < writer.book->phrase_count; p++) {
            assert_false(span_is_empty(writer_fill(&writer, writer.book->phrases[p].text)));
        }
        for (int topic = 0; topic < TOPIC_COUNT; topic++) {
            for (int polarity = POLARITY_NEGATIVE; polarity <= POLARITY_POSITIVE; polarity++) {
                struct writer_request request = {(enum topic)topic, (enum polarity)polarity, false,
                                                 4};
                writer.brand = SPAN("Brellin");
                struct span named = writer_say(&writer, &request);
                assert_true(span_find(named, SPAN("Brellin")) != SPAN_NOT_FOUND);
                writer.brand = SPAN("");
                struct span unnamed = writer_say(&writer, &request);
                assert_true(span_find(unnamed, SPAN("Brellin")) == SPAN_NOT_FOUND);
                assert_true(span_find_byte(unnamed, '{') == SPAN_NOT_FOUND);
            }
        }
    }
    arena_free(arena);
}

static void test_brands_can_be_named(void **state) {
    (void)state;
    struct world_options options = {.seed = 1,
                                    .now_ms = NOW,
                                    .days = 3,
                                    .scale = 1,
                                    .brands = {SPAN("Acme Tools"), SPAN("Globex"), SPAN("Umbra")}};
    struct world *world = world_create(&options);
    struct buffer text = print_world(world);
    assert_true(span_find(buffer_span(&text), SPAN("Acme Tools")) != SPAN_NOT_FOUND);
    assert_true(span_find(buffer_span(&text), SPAN("#acmetools")) != SPAN_NOT_FOUND);
    assert_true(span_find(buffer_span(&text), SPAN("Brellin")) == SPAN_NOT_FOUND);
    buffer_done(&text);
    world_free(world);
}

static void test_search_knows_words(void **state) {
    (void)state;
    struct span title = SPAN("Brellin opens in Galway");
    struct span text = SPAN("The best \xc3\xa9toile of Brellinton, they say. #brellin");
    assert_true(search_matches(SPAN("BRELLIN galway"), title, text, false));
    assert_true(search_matches(SPAN(""), title, text, false));
    assert_true(search_matches(SPAN("\"opens in\""), title, text, false));
    assert_false(search_matches(SPAN("\"in opens\""), title, text, false));
    assert_false(search_matches(SPAN("brell"), title, text, false));
    assert_true(search_matches(SPAN("brell"), title, text, true));
    assert_false(search_matches(SPAN("brell galway"), title, text, true));
    assert_false(search_matches(SPAN("galway -best"), title, text, false));
    assert_false(search_matches(SPAN("toile"), title, text, false));
    assert_true(search_has_tag(text, SPAN("Brellin")));
    assert_false(search_has_tag(text, SPAN("brell")));
}

static void test_dice_are_fair_enough(void **state) {
    (void)state;
    struct dice dice = dice_make(11);
    size_t sum = 0;
    int seen[3] = {0};
    static const int weights[3] = {1, 0, 3};
    for (int i = 0; i < 10000; i++) {
        sum += dice_poisson(&dice, 2.5);
        seen[dice_weighted(&dice, weights, 3)]++;
    }
    assert_in_range(sum, 24000, 26000);
    assert_int_equal(seen[1], 0);
    assert_in_range(seen[0], 2200, 2800);
    assert_in_range(dice_poisson(&dice, 5000), 4600, 5400);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_seed_is_one_world),
        cmocka_unit_test(test_size_follows_scale),
        cmocka_unit_test(test_posts_are_in_order_within_the_month),
        cmocka_unit_test(test_ahead_posts_follow_now),
        cmocka_unit_test(test_ids_and_urls_are_unique),
        cmocka_unit_test(test_truth_tells_what_is_named),
        cmocka_unit_test(test_ratings_agree_with_feelings),
        cmocka_unit_test(test_some_reviews_name_nobody),
        cmocka_unit_test(test_incident_stands_out),
        cmocka_unit_test(test_incident_is_about_delivery),
        cmocka_unit_test(test_clusters_are_copies),
        cmocka_unit_test(test_day_has_a_rhythm),
        cmocka_unit_test(test_books_are_whole),
        cmocka_unit_test(test_brands_can_be_named),
        cmocka_unit_test(test_search_knows_words),
        cmocka_unit_test(test_dice_are_fair_enough),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
