/* What is kept, and for how long: words go before mentions, numbers stay; whatever comes again. */
#include "tests/unit/store/fixture.h"

static const char *const article = "Acme takes back forty thousand kettles because their handles "
                                   "come off while pouring and eleven "
                                   "people were burnt";

static int setup(void **state) {
    struct fixture *fixture = NEW(struct fixture);
    fixture_init(fixture);
    fixture_open(fixture);
    *state = fixture;
    return 0;
}

static int teardown(void **state) {
    fixture_done(*state);
    free(*state);
    return 0;
}

static struct mention mention_of(struct fixture *fixture, uint64_t sequence) {
    struct mention mention;
    struct snapshot *snapshot = fixture_snapshot(fixture);
    assert_true(snapshot_mention(snapshot, sequence, fixture->arena, &mention));
    snapshot_close(snapshot);
    return mention;
}

/* What Acme's mentions come to, whatever is left of them. */
static struct series_point acme_total(struct fixture *fixture) {
    size_t count = 0;
    uint32_t brand = fixture_brand(fixture, "Acme");
    struct snapshot *snapshot = fixture_snapshot(fixture);
    struct series_member *members =
        snapshot_members(snapshot, brand, SERIES_ALL, DATE_NONE, DATE_NONE, fixture->arena, &count);
    struct series_point total = count > 0 ? members[0].total : (struct series_point){0};
    snapshot_close(snapshot);
    return total;
}

static struct mention review_make(struct fixture *fixture) {
    struct mention mention = fixture_mention(fixture, "1", article, 0, -0.4);
    mention.item.title = SPAN("Burnt by a kettle");
    mention.item.author = SPAN("Jo Doe");
    mention.item.url = SPAN("https://forum.example/t/1");
    mention.item.rating = 1.5;
    return mention;
}

static void words_go_before_the_mention(void **state) {
    struct fixture *fixture = *state;
    struct mention review = review_make(fixture);
    fixture_store(fixture, "forum", &review, 1);
    struct series_point before = acme_total(fixture);
    struct store_term term = fixture_term();

    term.text_before_ms = fixture->now_ms + 1;
    assert_int_equal(fixture_retain(fixture, term).cut, 1);
    fixture_verify(fixture);
    struct mention read = mention_of(fixture, 1);
    assert_int_equal(read.kept, KEPT_EXCERPT);
    assert_span_equal(read.item.title, "Burnt by a kettle");
    assert_span_equal(read.item.text, "Acme takes back forty thousand kettles because their…");
    assert_int_equal(fixture_matches(fixture, "kettles"), 1);
    assert_int_equal(fixture_matches(fixture, "eleven"), 0);

    term.excerpt_before_ms = fixture->now_ms + 1;
    assert_int_equal(fixture_retain(fixture, term).bared, 1);
    fixture_verify(fixture);
    read = mention_of(fixture, 1);
    assert_int_equal(read.kept, KEPT_FACTS);
    assert_int_equal(read.item.title.size + read.item.text.size, 0);
    assert_span_equal(read.item.url, "https://forum.example/t/1");
    assert_span_equal(read.item.author, "Jo Doe");
    assert_true(read.item.rating == 1.5 && read.brands[0].score.value == -0.4);
    assert_int_equal(fixture_matches(fixture, "kettles"), 0);
    assert_int_equal(fixture_matches(fixture, "source:forum lang:en"), 1);
    assert_int_equal(fixture_timeline_count(fixture, BRAND_ANY), 1);

    term.mention_before_ms = fixture->now_ms + 1;
    assert_int_equal(fixture_retain(fixture, term).purged, 1);
    fixture_verify(fixture);
    assert_int_equal(fixture_timeline_count(fixture, BRAND_ANY), 0);
    struct series_point after = acme_total(fixture);
    assert_int_equal(after.mentions, before.mentions);
    assert_int_equal(after.negative, 1);
    assert_true(after.sum == before.sum && after.sum_squares == before.sum_squares);
    assert_true(after.ratings == 1 && after.rating_sum == before.rating_sum);
    assert_int_equal(after.reach, before.reach);
    assert_int_equal(after.stories, 1);
    struct store_retained nothing = fixture_retain(fixture, term);
    assert_int_equal(nothing.cut + nothing.bared + nothing.purged, 0);
}

/* At once, where terms are short or nobody looked for long: the last of them counts. */
static void overdue_words_go_in_one_step(void **state) {
    struct fixture *fixture = *state;
    struct mention review = review_make(fixture);
    fixture_store(fixture, "forum", &review, 1);
    struct store_term term = fixture_term();
    term.text_before_ms = fixture->now_ms + 1;
    term.excerpt_before_ms = fixture->now_ms + 1;
    struct store_retained retained = fixture_retain(fixture, term);
    assert_int_equal(retained.cut, 0);
    assert_int_equal(retained.bared, 1);
    fixture_verify(fixture);
}

/* What a back-fill brings is old, but has not been kept for long. */
static void time_to_be_kept_begins_with_fetching(void **state) {
    struct fixture *fixture = *state;
    struct mention review = review_make(fixture);
    review.item.published_ms = fixture->now_ms - 300 * DAY_MS;
    fixture_store(fixture, "forum", &review, 1);
    struct store_term term = fixture_term();
    term.text_before_ms = fixture->now_ms;
    assert_int_equal(fixture_retain(fixture, term).cut, 0);
    term.text_before_ms++;
    assert_int_equal(fixture_retain(fixture, term).cut, 1);
}

static void what_comes_again_is_cut_again(void **state) {
    struct fixture *fixture = *state;
    struct mention review = review_make(fixture);
    fixture_store(fixture, "forum", &review, 1);
    struct store_term term = fixture_term();
    term.text_before_ms = fixture->now_ms + 1;
    fixture_retain(fixture, term);
    assert_int_equal(fixture_store(fixture, "forum", &review, 1).unchanged, 1);

    review.item.engagement.likes = 5;
    assert_int_equal(fixture_store(fixture, "forum", &review, 1).updated, 1);
    fixture_verify(fixture);
    struct mention read = mention_of(fixture, 1);
    assert_int_equal(read.item.engagement.likes, 5);
    assert_span_equal(read.item.text, "Acme takes back forty thousand kettles because their…");

    review.item.text = SPAN("Acme sent a new kettle within a day and said sorry");
    review.brands[0].score.value = 0.6;
    assert_int_equal(fixture_store(fixture, "forum", &review, 1).updated, 1);
    fixture_verify(fixture);
    read = mention_of(fixture, 1);
    assert_span_equal(read.item.text, "Acme sent a new kettle…");
    assert_true(read.brands[0].score.value == 0.6);
    assert_true(acme_total(fixture).sum == 0.6);

    term.excerpt_before_ms = fixture->now_ms + 1;
    fixture_retain(fixture, term);
    assert_int_equal(fixture_store(fixture, "forum", &review, 1).unchanged, 1);
    assert_int_equal(mention_of(fixture, 1).item.text.size, 0);
    fixture_verify(fixture);
}

/* By its words, which are gone: a hash of them is kept. */
static void what_was_cut_is_known_by_its_words(void **state) {
    struct fixture *fixture = *state;
    struct mention review = fixture_mention(fixture, "", article, 0, -0.4);
    fixture_store(fixture, "forum", &review, 1);
    struct store_term term = fixture_term();
    term.excerpt_before_ms = fixture->now_ms + 1;
    assert_int_equal(fixture_retain(fixture, term).bared, 1);
    assert_int_equal(fixture_store(fixture, "forum", &review, 1).unchanged, 1);
    fixture_verify(fixture);
}

/* Of what is whole here, an old export with less of it takes nothing away. */
static void what_comes_cut_takes_nothing_away(void **state) {
    struct fixture *fixture = *state;
    struct mention review = review_make(fixture);
    struct mention cut = review;
    cut.item.text = SPAN("Acme takes…");
    cut.kept = KEPT_EXCERPT;
    fixture_store(fixture, "forum", &cut, 1);
    assert_int_equal(mention_of(fixture, 1).kept, KEPT_EXCERPT);
    assert_span_equal(mention_of(fixture, 1).item.text, "Acme takes…");
    review.item.id = cut.item.id = SPAN("2");
    review.item.url = cut.item.url = SPAN("https://forum.example/t/2");
    fixture_store(fixture, "forum", &review, 1);
    assert_int_equal(fixture_store(fixture, "forum", &cut, 1).unchanged, 1);
    assert_int_equal(mention_of(fixture, 2).kept, KEPT_WHOLE);
    assert_span_equal(mention_of(fixture, 2).item.text, article);
    fixture_verify(fixture);
}

/* An export of two copies without words, and of one that is whole, comes into a store with mentions of
 * its own: it stays one story. */
static void stories_outlive_their_words(void **state) {
    struct fixture *fixture = *state;
    struct mention mentions[4];
    for (size_t i = 0; i < 4; i++) {
        char id[2] = {(char)('1' + i), '\0'};
        mentions[i] = fixture_mention(fixture, id, i < 3 ? "" : article, 0, -0.4);
        mentions[i].kept = i < 3 ? KEPT_FACTS : KEPT_WHOLE;
        mentions[i].sequence = 70 + i;
        mentions[i].cluster = i == 1 ? 71 : 70;
    }
    struct mention own = fixture_mention(fixture, "own", "Acme opens early", 0, 0.1);
    fixture_store(fixture, "forum", &own, 1);
    struct store_batch batch = fixture_batch(fixture, "forum", mentions, 4);
    struct store_result result;
    batch.stories = store_stories_create();
    assert_true(store_write(fixture->store, &batch, &result, NULL));
    store_stories_free(batch.stories);
    assert_int_equal(result.added, 4);
    assert_int_equal(fixture_cluster(fixture, 2), 2);
    assert_int_equal(fixture_cluster(fixture, 3), 3);
    assert_int_equal(fixture_cluster(fixture, 4), 2);
    assert_int_equal(fixture_cluster(fixture, 5), 2);
    fixture_verify(fixture);
}

static void half_a_short_text_is_left_at_most(void **state) {
    struct fixture *fixture = *state;
    static const char *const texts[][2] = {
        {"", ""}, {"Acme", "Ac…"}, {"Acme rocks", "Acme…"}, {"äöüß", "äö…"}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char id[2] = {(char)('1' + i), '\0'};
        struct mention post = fixture_mention(fixture, id, texts[i][0], 0, 0.1);
        post.item.rating = 4;
        fixture_store(fixture, "forum", &post, 1);
    }
    struct store_term term = fixture_term();
    term.text_before_ms = fixture->now_ms + 1;
    assert_int_equal(fixture_retain(fixture, term).cut, sizeof texts / sizeof *texts);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_span_equal(mention_of(fixture, i + 1).item.text, texts[i][1]);
    }
    fixture_verify(fixture);
}

static void an_author_without_words_can_be_forgotten(void **state) {
    struct fixture *fixture = *state;
    struct mention review = review_make(fixture);
    struct store_author author = {.name = SPAN("jo doe")};
    uint64_t erased = 0;
    fixture_store(fixture, "forum", &review, 1);
    struct store_term term = fixture_term();
    term.excerpt_before_ms = fixture->now_ms + 1;
    fixture_retain(fixture, term);
    assert_true(store_erase(fixture->store, &author, &erased, NULL));
    assert_int_equal(erased, 1);
    fixture_verify(fixture);
}

static void purge_keeps_numbers_and_identity(void **state) {
    struct fixture *fixture = *state;
    struct mention mentions[3] = {
        fixture_mention(fixture, "1", article, 0, -0.4),
        fixture_mention(fixture, "2", article, 0, -0.4),
        fixture_mention(fixture, "3", "nothing of ours", -1, 0.2),
    };
    mentions[1].item.published_ms += 2 * DAY_MS;
    mentions[1].fetched_ms += 2 * DAY_MS;
    fixture_store(fixture, "forum", mentions, 3);
    assert_int_equal(fixture_cluster(fixture, 2), 1);
    struct store_term term = fixture_term();
    term.mention_before_ms = fixture->now_ms + 1;
    term.unmatched_only = true;
    assert_int_equal(fixture_retain(fixture, term).purged, 1);
    fixture_verify(fixture);
    term.unmatched_only = false;
    assert_int_equal(fixture_retain(fixture, term).purged, 1);
    fixture_verify(fixture);
    assert_int_equal(fixture_cluster(fixture, 2), 2);
    assert_int_equal(fixture_store(fixture, "forum", mentions, 3).added, 0);
    assert_int_equal(acme_total(fixture).mentions, 2);
    assert_int_equal(acme_total(fixture).stories, 1);
    assert_int_equal(fixture_timeline_count(fixture, BRAND_ANY), 1);
}

static void a_source_has_terms_of_its_own(void **state) {
    struct fixture *fixture = *state;
    struct mention ours[2] = {fixture_mention(fixture, "1", "Acme opens early", 0, 0.1),
                              fixture_mention(fixture, "2", "Acme closes late", 0, 0.1)};
    struct mention theirs = fixture_mention(fixture, "3", "Acme at the seaside", 0, 0.3);
    fixture_store(fixture, "forum/Acme", ours, 2);
    fixture_store(fixture, "paper", &theirs, 1);
    struct store_term terms[3] = {fixture_term(), fixture_term(), fixture_term()};
    struct store_retained retained;
    terms[0].source = SPAN("nobody");
    terms[0].mention_before_ms = fixture->now_ms + 1;
    terms[1].source = SPAN("forum/Acme");
    terms[2].text_before_ms = fixture->now_ms + 1;
    assert_true(store_retain(fixture->store, terms, 3, &retained, NULL));
    assert_int_equal(retained.cut, 1); /* the forum's own last, and the paper's are all's */
    assert_int_equal(mention_of(fixture, 3).kept, KEPT_EXCERPT);
    terms[1].mention_before_ms = fixture->now_ms + 1;
    assert_true(store_retain(fixture->store, terms, 3, &retained, NULL));
    assert_int_equal(retained.purged, 2);
    assert_int_equal(fixture_timeline_count(fixture, BRAND_ANY), 1);
    fixture_verify(fixture);
}

/* More than one transaction takes, and many of one moment. */
static void many_are_taken_in_slices(void **state) {
    struct fixture *fixture = *state;
    static struct mention mentions[2500];
    for (size_t i = 0; i < 2500; i++) {
        char id[16];
        snprintf(id, sizeof id, "%zu", i + 10000);
        mentions[i] = fixture_mention(fixture, id, "Acme again and again", 0, 0.1);
    }
    fixture_store(fixture, "forum", mentions, 2500);
    struct store_term term = fixture_term();
    term.text_before_ms = fixture->now_ms + 1;
    assert_int_equal(fixture_retain(fixture, term).cut, 2500);
    term.mention_before_ms = fixture->now_ms + 1;
    assert_int_equal(fixture_retain(fixture, term).purged, 2500);
    fixture_verify(fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(words_go_before_the_mention),
        TEST(overdue_words_go_in_one_step),
        TEST(time_to_be_kept_begins_with_fetching),
        TEST(what_comes_again_is_cut_again),
        TEST(what_was_cut_is_known_by_its_words),
        TEST(what_comes_cut_takes_nothing_away),
        TEST(stories_outlive_their_words),
        TEST(half_a_short_text_is_left_at_most),
        TEST(an_author_without_words_can_be_forgotten),
        TEST(purge_keeps_numbers_and_identity),
        TEST(a_source_has_terms_of_its_own),
        TEST(many_are_taken_in_slices),
    };
    return cmocka_run_group_tests_name("store/retention", tests, NULL, NULL);
}
