#include "tests/unit/store/fixture.h"

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

/* A source that is asked again for its numbers alone does not take back what the words said. */
static void new_numbers_keep_the_judgement(void **state) {
    struct fixture *fixture = *state;
    struct mention mention = fixture_mention(fixture, "42", "Acme never delivered", 0, -0.71234);
    struct topic_mention topic = {SPAN("delivery"), {-0.5, 0.8, LABEL_NEGATIVE}};
    mention.topics = &topic;
    mention.topic_count = 1;
    mention.stage = STAGE_PURCHASE;
    fixture_store(fixture, "forum", &mention, 1);
    struct mention numbers = {.fetched_ms = fixture->now_ms};
    item_init(&numbers.item);
    numbers.item.id = SPAN("42");
    numbers.item.engagement.likes = 9;
    struct store_result result = fixture_store(fixture, "forum", &numbers, 1);
    assert_int_equal(result.updated, 1);
    struct snapshot *snapshot = fixture_snapshot(fixture);
    struct mention read;
    assert_true(snapshot_mention(snapshot, 1, fixture->arena, &read));
    assert_span_equal(read.item.text, "Acme never delivered");
    assert_int_equal(read.item.engagement.likes, 9);
    assert_int_equal(read.brand_count, 1);
    assert_true(read.brands[0].score.value == -0.7123);
    assert_int_equal(read.topic_count, 1);
    assert_int_equal(read.stage, STAGE_PURCHASE);
    snapshot_close(snapshot);
}

static void mention_comes_back_whole(void **state) {
    struct fixture *fixture = *state;
    struct mention mention = fixture_mention(fixture, "42", "Acme never delivered", 0, -0.71234);
    mention.item.title = SPAN("Where is it?");
    mention.item.url = SPAN("https://forum.example/t/42");
    mention.item.author = SPAN("jo");
    mention.item.rating = 1.5;
    mention.item.answers[SURVEY_NPS] = 0;
    mention.item.answers[SURVEY_CES] = 5.3334;
    mention.item.answers[SURVEY_CSAT] = 7; /* not on its scale: none */
    mention.item.country = SPAN("ES");
    mention.item.engagement.likes = 7;
    mention.stage = STAGE_PURCHASE;
    struct topic_mention topic = {SPAN("delivery"), {-0.5, 0.8, LABEL_NEGATIVE}};
    mention.topics = &topic;
    mention.topic_count = 1;
    struct store_result result = fixture_store(fixture, "forum", &mention, 1);
    assert_int_equal(result.added, 1);
    assert_int_equal(result.last_sequence, 1);

    struct snapshot *snapshot = fixture_snapshot(fixture);
    struct mention read;
    assert_true(snapshot_mention(snapshot, 1, fixture->arena, &read));
    assert_span_equal(read.item.title, "Where is it?");
    assert_span_equal(read.item.text, "Acme never delivered");
    assert_span_equal(read.item.url, "https://forum.example/t/42");
    assert_span_equal(read.item.author, "jo");
    assert_span_equal(read.source, "forum");
    assert_span_equal(read.brands[0].name, "Acme");
    assert_span_equal(read.topics[0].name, "delivery");
    assert_true(read.brands[0].score.value == -0.7123);
    assert_true(read.item.rating == 1.5);
    assert_true(read.item.answers[SURVEY_NPS] == 0);
    assert_true(read.item.answers[SURVEY_CES] == 5.333);
    assert_true(read.item.answers[SURVEY_CSAT] == ANSWER_NONE);
    assert_int_equal(read.item.engagement.likes, 7);
    assert_true(read.item.engagement.replies == COUNT_NONE);
    assert_true(read.item.published_ms == fixture->now_ms - HOUR_MS);
    assert_int_equal(read.cluster, 1);
    assert_false(snapshot_mention(snapshot, 2, fixture->arena, &read));
    snapshot_close(snapshot);
    fixture_verify(fixture);
}

static void same_item_again_is_unchanged(void **state) {
    struct fixture *fixture = *state;
    struct mention mention = fixture_mention(fixture, "42", "Acme is fine", 0, 0.4);
    fixture_store(fixture, "forum", &mention, 1);
    fixture->now_ms += HOUR_MS;
    mention.fetched_ms += HOUR_MS;
    struct store_result result = fixture_store(fixture, "forum", &mention, 1);
    assert_int_equal(result.added, 0);
    assert_int_equal(result.unchanged, 1);
    assert_int_equal(fixture_timeline_count(fixture, BRAND_ANY), 1);
    fixture_verify(fixture);
}

static void edit_and_new_date_update(void **state) {
    struct fixture *fixture = *state;
    struct mention mention = fixture_mention(fixture, "42", "Acme is fine", 0, 0.4);
    fixture_store(fixture, "forum", &mention, 1);
    mention = fixture_mention(fixture, "42", "Acme was fine, Globex is better", 1, 0.6);
    mention.item.published_ms -= 5 * DAY_MS;
    struct store_result result = fixture_store(fixture, "forum", &mention, 1);
    assert_int_equal(result.updated, 1);
    assert_int_equal(result.added, 0);
    assert_int_equal(fixture_timeline_count(fixture, fixture_brand(fixture, "Acme")), 0);
    assert_int_equal(fixture_timeline_count(fixture, fixture_brand(fixture, "Globex")), 1);
    assert_int_equal(fixture_timeline_count(fixture, BRAND_ANY), 1);
    fixture_verify(fixture);
}

/* A source that says less than before takes nothing back. */
static void what_is_left_out_is_kept(void **state) {
    struct fixture *fixture = *state;
    struct mention mention = fixture_mention(fixture, "42", "Acme is fine", 0, 0.4);
    mention.item.url = SPAN("https://forum.example/42");
    mention.item.title = SPAN("Acme");
    mention.item.author = SPAN("jo");
    mention.item.country = SPAN("ES");
    mention.item.rating = 4;
    mention.item.engagement.likes = 5;
    mention.item.updated_ms = fixture->now_ms;
    fixture_store(fixture, "forum", &mention, 1);
    struct mention less = fixture_mention(fixture, "42", "", 0, 0.4);
    less.item.published_ms = DATE_NONE;
    less.item.engagement.views = 70;
    fixture_store(fixture, "forum", &less, 1);
    struct snapshot *snapshot = fixture_snapshot(fixture);
    struct mention read;
    assert_true(snapshot_mention(snapshot, 1, fixture->arena, &read));
    assert_span_equal(read.item.url, "https://forum.example/42");
    assert_span_equal(read.item.title, "Acme");
    assert_span_equal(read.item.text, "Acme is fine");
    assert_span_equal(read.item.author, "jo");
    assert_span_equal(read.item.country, "ES");
    assert_true(read.item.rating == 4);
    assert_int_equal(read.item.engagement.likes, 5);
    assert_int_equal(read.item.engagement.views, 70);
    assert_true(read.item.published_ms == mention.item.published_ms);
    assert_true(read.item.updated_ms == mention.item.updated_ms);
    snapshot_close(snapshot);
    fixture_verify(fixture);
}

static void polls_for_two_brands_bring_one_mention(void **state) {
    struct fixture *fixture = *state;
    struct mention acme = fixture_mention(fixture, "42", "Acme or Globex?", 0, 0.1);
    struct mention globex = fixture_mention(fixture, "42", "Acme or Globex?", 1, -0.1);
    fixture_store(fixture, "hackernews/Acme", &acme, 1);
    struct store_result result = fixture_store(fixture, "hackernews/Globex", &globex, 1);
    assert_int_equal(result.updated, 1);
    assert_int_equal(fixture_timeline_count(fixture, BRAND_ANY), 1);
    assert_int_equal(fixture_timeline_count(fixture, fixture_brand(fixture, "Acme")), 1);
    assert_int_equal(fixture_timeline_count(fixture, fixture_brand(fixture, "Globex")), 1);
    result = fixture_store(fixture, "mastodon", &acme, 1);
    assert_int_equal(result.added, 1); /* another source, another item */
    fixture_verify(fixture);
}

static void deleted_stays_deleted(void **state) {
    struct fixture *fixture = *state;
    struct mention mention = fixture_mention(fixture, "42", "Acme is fine", 0, 0.4);
    fixture_store(fixture, "forum", &mention, 1);
    mention.item.deleted = true;
    struct store_result result = fixture_store(fixture, "forum", &mention, 1);
    assert_int_equal(result.removed, 1);
    mention.item.deleted = false;
    result = fixture_store(fixture, "forum", &mention, 1);
    assert_int_equal(result.unchanged, 1);
    assert_int_equal(fixture_timeline_count(fixture, BRAND_ANY), 0);
    struct store_statistics statistics;
    assert_true(store_statistics(fixture->store, &statistics, NULL));
    assert_int_equal(statistics.mentions, 0);
    assert_int_equal(statistics.tombstones, 1);
    assert_int_equal(statistics.clusters, 0);
    fixture_verify(fixture);
}

/* --- Identity --------------------------------------------------------------------------------- */

static void changed_id_is_found_by_url(void **state) {
    struct fixture *fixture = *state;
    const char *text = "Acme opens a new roastery next to the old harbour this spring";
    struct mention mention = fixture_mention(fixture, "guid-1", text, 0, 0.4);
    mention.item.url = SPAN("https://news.example/acme?utm_source=feed");
    fixture_store(fixture, "news", &mention, 1);
    mention.item.id = SPAN("guid-2");
    mention.item.url = SPAN("http://news.example/acme/#top");
    struct store_result result = fixture_store(fixture, "news", &mention, 1);
    assert_int_equal(result.added, 0);
    mention.item.url = SPAN("");
    result = fixture_store(fixture, "news", &mention, 1); /* the new id is known by now */
    assert_int_equal(result.added, 0);
    assert_int_equal(fixture_timeline_count(fixture, BRAND_ANY), 1);
    fixture_verify(fixture);
}

static void reviews_that_share_a_page_are_many(void **state) {
    struct fixture *fixture = *state;
    for (int i = 0; i < 5; i++) {
        char id[16];
        char text[64];
        snprintf(id, sizeof id, "r%d", i);
        snprintf(text, sizeof text, "Opinion number %d about Acme", i);
        struct mention mention = fixture_mention(fixture, id, text, 0, 0.4);
        mention.item.url = SPAN("https://shop.example/acme");
        mention.item.author = arena_print(fixture->arena, "buyer %d", i);
        mention.item.published_ms = date_day_start(fixture->now_ms);
        assert_int_equal(fixture_store(fixture, "shop", &mention, 1).added, 1);
        mention.item.id = SPAN(""); /* the same without its id: found by URL or words */
        assert_int_equal(fixture_store(fixture, "shop", &mention, 1).added, 0);
    }
    assert_int_equal(fixture_timeline_count(fixture, BRAND_ANY), 5);
    fixture_verify(fixture);
}

/* One address, one moment, two people: two mentions, whatever else is missing. */
static void authors_tell_items_of_one_page_apart(void **state) {
    struct fixture *fixture = *state;
    struct mention mention = fixture_mention(fixture, "1", "Acme is fine", 0, 0.4);
    mention.item.url = SPAN("https://shop.example/acme");
    mention.item.title = SPAN("Acme");
    mention.item.author = SPAN("jo");
    fixture_store(fixture, "shop", &mention, 1);
    mention.item.id = SPAN("");
    mention.item.author = SPAN("al");
    mention.item.text = SPAN("Acme is not fine at all");
    assert_int_equal(fixture_store(fixture, "shop", &mention, 1).added, 1);
    mention.item.author = SPAN("jo");
    assert_int_equal(fixture_store(fixture, "shop", &mention, 1).updated, 1);
    fixture_verify(fixture);
}

static void item_without_id_or_url_is_known_by_its_words(void **state) {
    struct fixture *fixture = *state;
    struct mention mention = fixture_mention(fixture, "", "Acme broke after two weeks", 0, -0.4);
    mention.item.author = SPAN("jo");
    fixture_store(fixture, "survey", &mention, 1);
    mention.item.published_ms += 3 * DAY_MS; /* re-dated */
    assert_int_equal(fixture_store(fixture, "survey", &mention, 1).updated, 1);
    mention.item.author = SPAN("al");
    assert_int_equal(fixture_store(fixture, "survey", &mention, 1).added, 1);
    struct mention brief = fixture_mention(fixture, "", "Great app", 0, 0.8);
    assert_int_equal(fixture_store(fixture, "survey", &brief, 1).added, 1);
    assert_int_equal(fixture_store(fixture, "survey", &brief, 1).added, 0);
    brief.item.published_ms += DAY_MS; /* somebody else says it too */
    assert_int_equal(fixture_store(fixture, "survey", &brief, 1).added, 1);
    fixture_verify(fixture);
}

/* --- Copies ----------------------------------------------------------------------------------- */

static const char *const article =
    "Acme said on Tuesday that it will recall forty thousand kettles sold since May because the "
    "handle can come off while pouring, after eleven customers reported burns to the regulator";

static void copies_join_their_original(void **state) {
    struct fixture *fixture = *state;
    struct mention original = fixture_mention(fixture, "1", article, 0, -0.4);
    struct mention other = fixture_mention(fixture, "2",
                                           "Acme kettles are great, I use mine daily "
                                           "and would buy it again at once",
                                           0, 0.8);
    fixture_store(fixture, "wire", &original, 1);
    fixture_store(fixture, "blog", &other, 1);
    struct mention copy = fixture_mention(fixture, "a", article, 0, -0.4);
    copy.item.text = arena_print(fixture->arena, "  %s. ", article);
    fixture_store(fixture, "paper", &copy, 1);
    assert_int_equal(fixture_cluster(fixture, 3), 1);
    assert_int_equal(fixture_cluster(fixture, 2), 2);
    fixture_close(fixture); /* the window of copies comes back from the records */
    fixture_open(fixture);
    copy.item.id = SPAN("b");
    copy.item.published_ms += 1;
    fixture_store(fixture, "paper", &copy, 1);
    assert_int_equal(fixture_cluster(fixture, 4), 1);
    copy.item.id = SPAN("c"); /* far later it is another story */
    copy.item.published_ms += 20 * DAY_MS;
    copy.fetched_ms += 20 * DAY_MS;
    fixture_store(fixture, "paper", &copy, 1);
    assert_int_equal(fixture_cluster(fixture, 5), 5);
    struct store_statistics statistics;
    assert_true(store_statistics(fixture->store, &statistics, NULL));
    assert_int_equal(statistics.clusters, 3);
    fixture_verify(fixture);
}

static void short_texts_are_no_copies(void **state) {
    struct fixture *fixture = *state;
    struct mention one = fixture_mention(fixture, "1", "Great app", 0, 0.8);
    struct mention two = fixture_mention(fixture, "2", "Great app", 0, 0.8);
    fixture_store(fixture, "store", &one, 1);
    fixture_store(fixture, "store", &two, 1);
    assert_int_equal(fixture_cluster(fixture, 2), 2);
}

static void story_outlives_its_first_member(void **state) {
    struct fixture *fixture = *state;
    struct mention mention = fixture_mention(fixture, "1", article, 0, -0.4);
    fixture_store(fixture, "wire", &mention, 1);
    mention.item.id = SPAN("2");
    fixture_store(fixture, "paper", &mention, 1);
    mention.item.id = SPAN("3");
    mention.item.published_ms += 1;
    fixture_store(fixture, "paper", &mention, 1);
    fixture_verify(fixture);
    mention.item.id = SPAN("1");
    mention.item.deleted = true;
    fixture_store(fixture, "wire", &mention, 1);
    assert_int_equal(fixture_cluster(fixture, 2), 2);
    assert_int_equal(fixture_cluster(fixture, 3), 2);
    fixture_verify(fixture);
    mention.item.id = SPAN("2");
    fixture_store(fixture, "paper", &mention, 1);
    assert_int_equal(fixture_cluster(fixture, 3), 3);
    fixture_verify(fixture);
    mention.item.id = SPAN("4");
    mention.item.deleted = false;
    fixture_store(fixture, "blog", &mention, 1);
    assert_int_equal(fixture_cluster(fixture, 4), 3);
    mention = fixture_mention(fixture, "4", "Acme: we have taken this article down for now", 0, 0);
    fixture_store(fixture, "blog", &mention, 1); /* edited: no copy any more */
    assert_int_equal(fixture_cluster(fixture, 4), 4);
    fixture_verify(fixture);
}

/* --- Series ----------------------------------------------------------------------------------- */

static void series_counts_by_hour_and_day(void **state) {
    struct fixture *fixture = *state;
    int64_t day = date_day_start(fixture->now_ms) - DAY_MS;
    struct mention mentions[4];
    for (int i = 0; i < 4; i++) {
        char id[2] = {(char)('a' + i), '\0'};
        mentions[i] = fixture_mention(fixture, id, "Acme", 0, i == 3 ? -0.5 : 0.5);
        mentions[i].item.published_ms = day + (i / 2) * 3 * HOUR_MS;
        mentions[i].item.rating = i;
        mentions[i].item.engagement.likes = 10;
    }
    fixture_store(fixture, "forum", mentions, 4);
    struct snapshot *snapshot = fixture_snapshot(fixture);
    uint32_t brand = 0;
    size_t count = 0;
    assert_true(snapshot_brand(snapshot, SPAN("Acme"), &brand));
    struct series_point *hours = snapshot_series(snapshot, brand, SERIES_ALL, SPAN(""), SERIES_HOUR,
                                                 day, day + DAY_MS, fixture->arena, &count);
    assert_int_equal(count, 24);
    assert_int_equal(hours[0].mentions, 2);
    assert_true(hours[0].covered);
    assert_int_equal(hours[1].mentions, 0);
    assert_false(hours[1].covered); /* nobody asked: no data, not zero */
    assert_int_equal(hours[3].mentions, 2);
    assert_int_equal(hours[3].negative, 1);
    struct series_point *days =
        snapshot_series(snapshot, brand, SERIES_SOURCE, SPAN("forum"), SERIES_DAY, day,
                        day + 2 * DAY_MS, fixture->arena, &count);
    assert_int_equal(count, 2);
    assert_int_equal(days[0].mentions, 4);
    assert_int_equal(days[0].positive, 3);
    assert_true(days[0].sum == 1.0);
    assert_true(days[0].sum_squares == 1.0);
    assert_true(days[0].rating_sum == 6.0);
    assert_int_equal(days[0].engagement, 40);
    assert_int_equal(days[0].reach, 44);
    assert_int_equal(days[0].stories, 4);
    assert_int_equal(days[1].mentions, 0);
    assert_true(days[1].covered); /* asked today, and nothing */
    struct series_member *members = snapshot_members(snapshot, brand, SERIES_LABEL, DATE_NONE,
                                                     DATE_NONE, fixture->arena, &count);
    assert_int_equal(count, 2);
    assert_span_equal(members[0].name, "positive");
    assert_int_equal(members[0].total.mentions, 3);
    members = snapshot_members(snapshot, brand, SERIES_LANGUAGE, day, day + HOUR_MS, fixture->arena,
                               &count);
    assert_int_equal(count, 1);
    assert_span_equal(members[0].name, "en");
    assert_int_equal(members[0].total.mentions, 2);
    members = snapshot_members(snapshot, brand, SERIES_LANGUAGE, day - DAY_MS, day, fixture->arena,
                               &count);
    assert_int_equal(count, 0);
    snapshot_close(snapshot);
}

static void coverage_tells_silence_from_absence(void **state) {
    struct fixture *fixture = *state;
    struct store_batch batch = fixture_batch(fixture, "forum/Acme", NULL, 0);
    batch.covered_since_ms = batch.now_ms - 5 * HOUR_MS;
    struct store_result result;
    struct error error;
    assert_true(store_write(fixture->store, &batch, &result, &error));
    struct snapshot *snapshot = fixture_snapshot(fixture);
    int64_t hour = date_hour_start(fixture->now_ms);
    assert_true(
        snapshot_coverage(snapshot, SPAN("forum/Acme"), hour - 5 * HOUR_MS, hour + HOUR_MS) == 1.0);
    assert_true(snapshot_coverage(snapshot, SPAN("forum"), hour - 11 * HOUR_MS, hour + HOUR_MS) ==
                0.5);
    assert_true(snapshot_coverage(snapshot, SPAN(""), hour, hour + HOUR_MS) == 1.0);
    assert_true(snapshot_coverage(snapshot, SPAN("forum/Globex"), hour, hour + HOUR_MS) == 0.0);
    uint32_t brand = 0;
    size_t count = 0;
    assert_true(snapshot_brand(snapshot, SPAN("Acme"), &brand));
    struct series_point *points =
        snapshot_series(snapshot, brand, SERIES_ALL, SPAN(""), SERIES_HOUR, hour - 6 * HOUR_MS,
                        hour + HOUR_MS, fixture->arena, &count);
    assert_int_equal(count, 7);
    assert_false(points[0].covered);
    assert_true(points[1].covered);
    assert_true(points[6].covered);
    struct series_point *all =
        snapshot_series(snapshot, BRAND_ANY, SERIES_ALL, SPAN(""), SERIES_HOUR, hour,
                        hour + HOUR_MS, fixture->arena, &count);
    assert_true(all[0].covered);
    snapshot_close(snapshot);
    struct mention mention = fixture_mention(fixture, "1", "Globex", 1, 0.1);
    batch = fixture_batch(fixture, "other/Globex", &mention, 1);
    mention.item.published_ms -= 30 * DAY_MS;
    batch.now_ms -= 30 * DAY_MS;
    assert_true(store_write(fixture->store, &batch, &result, &error));
    snapshot = fixture_snapshot(fixture);
    assert_true(snapshot_brand(snapshot, SPAN("Globex"), &brand));
    points = snapshot_series(snapshot, brand, SERIES_ALL, SPAN(""), SERIES_HOUR, hour,
                             hour + HOUR_MS, fixture->arena, &count);
    assert_false(points[0].covered); /* only Acme was asked for */
    snapshot_close(snapshot);
    batch = fixture_batch(fixture, "feed", NULL, 0); /* a source for all brands */
    assert_true(store_write(fixture->store, &batch, &result, &error));
    snapshot = fixture_snapshot(fixture);
    points = snapshot_series(snapshot, brand, SERIES_ALL, SPAN(""), SERIES_HOUR, hour,
                             hour + HOUR_MS, fixture->arena, &count);
    assert_true(points[0].covered);
    snapshot_close(snapshot);
}

/* --- Sources, alerts, purging ----------------------------------------------------------------- */

static void source_state_moves_with_its_mentions(void **state) {
    struct fixture *fixture = *state;
    struct mention mention = fixture_mention(fixture, "1", "Acme", 0, 0.1);
    struct store_batch batch = fixture_batch(fixture, "forum", &mention, 1);
    struct source_state kept;
    source_state_init(&kept);
    kept.cursor = SPAN("page=2");
    kept.etag = SPAN("W/\"abc\"");
    kept.failures = 3;
    kept.reason = SPAN("status");
    kept.polls = 9;
    kept.requests = 31;
    kept.yield_items = 2.5;
    kept.yield_ms = 36 * HOUR_MS;
    batch.state = &kept;
    struct store_result result;
    struct error error;
    assert_true(store_write(fixture->store, &batch, &result, &error));
    struct snapshot *snapshot = fixture_snapshot(fixture);
    struct source_state read;
    assert_true(snapshot_source(snapshot, SPAN("forum"), fixture->arena, &read));
    assert_span_equal(read.cursor, "page=2");
    assert_span_equal(read.etag, "W/\"abc\"");
    assert_span_equal(read.reason, "status");
    assert_int_equal(read.failures, 3);
    assert_int_equal(read.polls, 9);
    assert_int_equal(read.requests, 31);
    assert_true(read.yield_items == 2.5);
    assert_int_equal(read.yield_ms, 36 * HOUR_MS);
    assert_int_equal(read.mentions, 1);
    assert_true(read.polled_ms == DATE_NONE);
    assert_false(snapshot_source(snapshot, SPAN("other"), fixture->arena, &read));
    size_t count = 0;
    struct source_row *rows = snapshot_sources(snapshot, fixture->arena, &count);
    assert_int_equal(count, 1);
    assert_span_equal(rows[0].key, "forum");
    snapshot_close(snapshot);

    mention.item.id = SPAN("2");
    mention.item.published_ms++;
    assert_true(store_write(fixture->store, &batch, &result, &error));
    snapshot = fixture_snapshot(fixture);
    assert_true(snapshot_source(snapshot, SPAN("forum"), fixture->arena, &read));
    assert_int_equal(read.mentions, 2);
    snapshot_close(snapshot);

    uint32_t wrong = 99;
    struct brand_mention none = {.brand = wrong};
    mention.brands = &none;
    kept.cursor = SPAN("page=3");
    assert_false(store_write(fixture->store, &batch, &result, &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    snapshot = fixture_snapshot(fixture);
    assert_true(snapshot_source(snapshot, SPAN("forum"), fixture->arena, &read));
    assert_span_equal(read.cursor, "page=2");
    snapshot_close(snapshot);
}

static struct span kept_login(struct fixture *fixture, const char *name) {
    struct snapshot *snapshot = fixture_snapshot(fixture);
    struct span login = snapshot_login(snapshot, span_of(name), fixture->arena);
    snapshot_close(snapshot);
    return login;
}

/* What is spent moves with what was bought, account by account. */
static void spendings_move_with_their_batch(void **state) {
    struct fixture *fixture = *state;
    struct mention mention = fixture_mention(fixture, "1", "Acme", 0, 0.1);
    struct store_batch batch = fixture_batch(fixture, "forum", &mention, 1);
    struct spending spendings[] = {{SPAN("x dollars 1"), 86400000, 12.345678},
                                   {SPAN("x searches 1"), 3600000, 7}};
    struct store_result result;
    struct spending read;
    struct error error;
    batch.spendings = spendings;
    batch.spending_count = 2;
    assert_true(store_write(fixture->store, &batch, &result, &error));
    spendings[1].spent = 8;
    batch.spendings = &spendings[1];
    batch.spending_count = 1;
    assert_true(store_write(fixture->store, &batch, &result, &error));
    batch.spendings = spendings;
    struct brand_mention none = {.brand = 99};
    mention.brands = &none;
    mention.brand_count = 1;
    assert_false(store_write(fixture->store, &batch, &result, &error));
    struct snapshot *snapshot = fixture_snapshot(fixture);
    assert_true(snapshot_spending(snapshot, SPAN("x dollars 1"), &read));
    assert_true(read.spent == 12.345678);
    assert_int_equal(read.begin_ms, 86400000);
    assert_true(snapshot_spending(snapshot, SPAN("x searches 1"), &read));
    assert_true(read.spent == 8);
    assert_false(snapshot_spending(snapshot, SPAN("x units 1"), &read));
    snapshot_close(snapshot);
}

/* One login serves all that is asked under one name, outlives the program, and is no source. */
static void logins_are_kept_until_forgotten(void **state) {
    struct fixture *fixture = *state;
    struct store_batch batch = fixture_batch(fixture, "reddit/Acme", NULL, 0);
    struct store_result result;
    batch.login_name = SPAN("reddit");
    batch.login = SPAN("first");
    assert_true(store_write(fixture->store, &batch, &result, NULL));
    batch.login_name = SPAN("reddit/other");
    batch.login = SPAN("second");
    assert_true(store_write(fixture->store, &batch, &result, NULL));
    batch.login = (struct span){NULL, 0}; /* unchanged */
    assert_true(store_write(fixture->store, &batch, &result, NULL));
    fixture_close(fixture);
    fixture_open(fixture);
    assert_span_equal(kept_login(fixture, "reddit"), "first");
    assert_span_equal(kept_login(fixture, "reddit/other"), "second");
    assert_span_equal(kept_login(fixture, "reddit/Acme"), "");
    batch.login = SPAN("");
    assert_true(store_write(fixture->store, &batch, &result, NULL));
    assert_true(store_write(fixture->store, &batch, &result, NULL)); /* there is nothing left */
    assert_span_equal(kept_login(fixture, "reddit/other"), "");
    assert_span_equal(kept_login(fixture, "reddit"), "first");
    size_t count = 0;
    struct snapshot *snapshot = fixture_snapshot(fixture);
    snapshot_sources(snapshot, fixture->arena, &count);
    snapshot_close(snapshot);
    assert_int_equal(count, 0);
    fixture_verify(fixture);
}

static void alerts_and_outbox_are_kept(void **state) {
    struct fixture *fixture = *state;
    struct incident incident = {.brand = SPAN("Acme"),
                                .kind = SPAN("volume"),
                                .started_ms = fixture->now_ms,
                                .ended_ms = DATE_NONE,
                                .mailed_ms = DATE_NONE,
                                .expected = 3.25,
                                .headline = SPAN("Acme is spoken of ten times as much")};
    struct outbox_row rows[2] = {
        {.channel = SPAN("mail"), .recipient = SPAN("ann@team.example"), .body = SPAN("Hello")},
        {.channel = SPAN("mail"),
         .recipient = SPAN("bob@team.example"),
         .body = SPAN("Hello too")}};
    assert_true(store_put_alerts(fixture->store, &incident, 1, rows, 2, NULL));
    assert_int_equal(incident.id, 1);
    assert_int_equal(rows[1].id, 2);
    rows[0].state = OUTBOX_SENT;
    rows[0].reply = SPAN("250 taken");
    assert_true(store_put_alerts(fixture->store, NULL, 0, rows, 1, NULL));
    incident.state = INCIDENT_CLOSED;
    assert_true(store_put_alerts(fixture->store, &incident, 1, NULL, 0, NULL));
    struct snapshot *snapshot = fixture_snapshot(fixture);
    size_t count = 0;
    struct outbox_row *read = snapshot_outbox(snapshot, true, fixture->arena, &count);
    assert_int_equal(count, 1);
    assert_span_equal(read[0].recipient, "bob@team.example");
    assert_span_equal(read[0].body, "Hello too");
    read = snapshot_outbox(snapshot, false, fixture->arena, &count);
    assert_int_equal(count, 2);
    assert_int_equal(read[0].id, 1);
    assert_span_equal(read[0].body, ""); /* sent: nobody is quoted for ever */
    assert_span_equal(read[0].reply, "250 taken");
    struct incident *incidents = snapshot_incidents(snapshot, fixture->arena, &count);
    assert_int_equal(count, 1);
    assert_int_equal(incidents[0].state, INCIDENT_CLOSED);
    assert_true(incidents[0].expected == 3.25);
    assert_span_equal(incidents[0].kind, "volume");
    snapshot_close(snapshot);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(new_numbers_keep_the_judgement),
        TEST(mention_comes_back_whole),
        TEST(same_item_again_is_unchanged),
        TEST(edit_and_new_date_update),
        TEST(what_is_left_out_is_kept),
        TEST(polls_for_two_brands_bring_one_mention),
        TEST(deleted_stays_deleted),
        TEST(changed_id_is_found_by_url),
        TEST(reviews_that_share_a_page_are_many),
        TEST(authors_tell_items_of_one_page_apart),
        TEST(item_without_id_or_url_is_known_by_its_words),
        TEST(copies_join_their_original),
        TEST(short_texts_are_no_copies),
        TEST(story_outlives_its_first_member),
        TEST(series_counts_by_hour_and_day),
        TEST(coverage_tells_silence_from_absence),
        TEST(source_state_moves_with_its_mentions),
        TEST(spendings_move_with_their_batch),
        TEST(logins_are_kept_until_forgotten),
        TEST(alerts_and_outbox_are_kept),
    };
    return cmocka_run_group_tests_name("store/write", tests, NULL, NULL);
}
