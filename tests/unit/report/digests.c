/* Digests: each comes once, one stands for all that were missed, nothing is sent about nothing, and no
 * data is not called no mentions. */
#include "tests/unit/report/world.h"

#include "report/digest.h"
#include "report/mute.h"

#define DAYS_MS(count) ((int64_t)(count)*DAY_MS)

struct desk {
    struct world world;
    struct config_webhook webhooks[1];
    struct arena *arena;
};

static const struct span daily[] = {{"daily", 5}};
static const struct span all_rhythms[] = {{"daily", 5}, {"weekly", 6}, {"monthly", 7}};

static int setup(void **state) {
    struct desk *desk = calloc(1, sizeof *desk);
    world_open(&desk->world);
    desk->arena = arena_create();
    struct config *config = &desk->world.config;
    config->digest.at = SPAN("08:00");
    config->digest.monthday = 1;
    desk->world.people[0].digests = (struct config_list){daily, 1};
    desk->world.people[0].zone = SPAN("UTC");
    *state = desk;
    return 0;
}

static int teardown(void **state) {
    struct desk *desk = *state;
    world_close(&desk->world);
    arena_free(desk->arena);
    free(desk);
    return 0;
}

static size_t write_all(struct desk *desk, int64_t now_ms) {
    size_t messages = 0;
    struct error error = {0};
    if (!digests_write(desk->world.store, &desk->world.config, NULL, now_ms, &messages, &error)) {
        fail_msg("%s", error.message);
    }
    return messages;
}

static struct outbox_row *outbox(struct desk *desk, size_t *count) {
    struct snapshot *snapshot = world_snapshot(&desk->world);
    struct outbox_row *rows = snapshot_outbox(snapshot, false, desk->arena, count);
    snapshot_close(snapshot);
    return rows;
}

static void assert_holds(struct span text, const char *needle, bool there) {
    if ((span_find(text, span_of(needle)) != SPAN_NOT_FOUND) != there) {
        fail_msg("%s \"%s\" in:\n%.*s", there ? "no" : "a", needle, SPAN_ARG(text));
    }
}

#define EIGHT_MS (WORLD_END_MS + 8 * HOUR_MS)

/* Looked at every hour of a week, in a row and again: seven digests, each under its own id. */
static void each_comes_once(void **state) {
    struct desk *desk = *state;
    world_live(&desk->world, WORLD_END_MS - DAYS_MS(10), WORLD_END_MS, 2);
    size_t sent = 0;
    for (int64_t now_ms = WORLD_END_MS - DAYS_MS(7); now_ms < WORLD_END_MS; now_ms += HOUR_MS) {
        size_t messages = write_all(desk, now_ms);
        sent += messages;
        assert_true(messages == 0 || date_from_ms(now_ms).hour == 8);
        assert_int_equal(write_all(desk, now_ms), 0);
    }
    assert_int_equal(sent, 7);
    size_t count = 0;
    struct outbox_row *rows = outbox(desk, &count);
    assert_int_equal(count, 7);
    for (size_t i = 0; i < count; i++) {
        assert_span_equal(rows[i].recipient, "ada@example.com");
        for (size_t j = 0; j < i; j++) {
            assert_false(span_equal(rows[i].message_id, rows[j].message_id));
        }
    }
    assert_holds(rows[0].body, "Subject: Acme, Tue 23 Jun: ", true);
    assert_holds(rows[0].body, "List-Id: ", true);
}

static void a_time_off_makes_one(void **state) {
    struct desk *desk = *state;
    world_live(&desk->world, WORLD_END_MS - DAYS_MS(10), WORLD_END_MS, 2);
    assert_int_equal(write_all(desk, EIGHT_MS - DAYS_MS(7)),
                     0); /* the first one is still to come */
    assert_int_equal(write_all(desk, EIGHT_MS), 1);
    assert_int_equal(write_all(desk, EIGHT_MS), 0);
    size_t count = 0;
    struct outbox_row *rows = outbox(desk, &count);
    assert_int_equal(count, 1);
    assert_holds(rows[0].body, "Subject: Acme, 24 to 30 Jun: ", true);
    assert_holds(rows[0].body, "earshot was off", true);
    assert_int_equal(write_all(desk, EIGHT_MS + DAY_MS), 1);
    rows = outbox(desk, &count);
    assert_holds(rows[1].body, "earshot was off", false);
}

/* Nothing said and everybody asked: silence. Nobody asked: that is news. */
static void silence_and_no_data_differ(void **state) {
    struct desk *desk = *state;
    world_live(&desk->world, WORLD_END_MS - DAYS_MS(4), WORLD_END_MS - DAYS_MS(3), 2);
    world_live(&desk->world, WORLD_END_MS - DAYS_MS(3), WORLD_END_MS - DAYS_MS(1), 0);
    write_all(desk, EIGHT_MS - DAYS_MS(3));
    assert_int_equal(write_all(desk, EIGHT_MS - DAYS_MS(2)), 0);
    desk->world.config.digest.empty = DIGEST_SEND_EMPTY;
    assert_int_equal(write_all(desk, EIGHT_MS - DAYS_MS(1)), 1);
    desk->world.config.digest.empty = DIGEST_SKIP_EMPTY;
    assert_int_equal(write_all(desk, EIGHT_MS), 1);
    size_t count = 0;
    struct outbox_row *rows = outbox(desk, &count);
    assert_int_equal(count, 2);
    assert_holds(rows[0].subject, ": no mentions", true);
    assert_holds(rows[0].body, "Nobody spoke of it", true);
    assert_holds(rows[1].subject, ": no data", true);
    assert_holds(rows[1].body, "No data: no source was asked", true);
}

static void who_has_had_enough_gets_none(void **state) {
    struct desk *desk = *state;
    struct error error = {0};
    world_live(&desk->world, WORLD_END_MS - DAYS_MS(3), WORLD_END_MS + DAYS_MS(2), 2);
    desk->world.config.serve.base_url = SPAN("https://earshot.example");
    desk->world.config.serve.token.value = SPAN("correct horse");
    write_all(desk, EIGHT_MS - DAY_MS);
    assert_int_equal(write_all(desk, EIGHT_MS), 1);
    size_t count = 0;
    struct outbox_row *rows = outbox(desk, &count);
    assert_holds(rows[0].body, "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", true);
    assert_holds(rows[0].body, "\r\n <https://earshot.example/unsubscribe/daily.", true);
    assert_true(
        mute_set(desk->world.store, "daily", SPAN("ada@example.com"), true, EIGHT_MS, &error));
    assert_int_equal(write_all(desk, EIGHT_MS + DAY_MS), 0);
    assert_true(people_resume(desk->world.store, SPAN("ada@example.com"), EIGHT_MS, &error));
    assert_int_equal(write_all(desk, EIGHT_MS + DAYS_MS(2)), 1);
}

static void what_expired_is_told(void **state) {
    struct desk *desk = *state;
    struct error error = {0};
    world_live(&desk->world, WORLD_END_MS - DAYS_MS(4), WORLD_END_MS, 2);
    write_all(desk, EIGHT_MS - DAYS_MS(1));
    struct outbox_row expired = {.channel = SPAN("mail"),
                                 .recipient = SPAN("ada@example.com"),
                                 .message_id = SPAN("x@example.com"),
                                 .subject = SPAN("Acme: unusual talk since noon"),
                                 .state = OUTBOX_EXPIRED,
                                 .created_ms = WORLD_END_MS - DAYS_MS(2),
                                 .due_ms = WORLD_END_MS,
                                 .finished_ms = WORLD_END_MS - 12 * HOUR_MS};
    assert_true(store_put_alerts(desk->world.store, NULL, 0, &expired, 1, &error));
    assert_int_equal(write_all(desk, EIGHT_MS), 1);
    size_t count = 0;
    struct outbox_row *rows = outbox(desk, &count);
    assert_holds(rows[1].body, "What could not be delivered to you", true);
    assert_holds(rows[1].body, "Acme: unusual talk since noon (29 Jun", true);
    assert_int_equal(write_all(desk, EIGHT_MS + DAY_MS), 1);
    rows = outbox(desk, &count);
    assert_holds(rows[2].body, "unusual talk since noon", false);
}

/* The day of a reader in New York is not that of one in London. */
static void days_are_the_readers(void **state) {
    struct desk *desk = *state;
    world_live(&desk->world, WORLD_END_MS - DAYS_MS(4), WORLD_END_MS + DAY_MS, 2);
    desk->world.people[0].zone = SPAN("America/New_York");
    desk->webhooks[0] = (struct config_webhook){.name = SPAN("room"),
                                                .shape = SHAPE_SLACK,
                                                .zone = SPAN("Asia/Kolkata"),
                                                .digests = {all_rhythms, 3}};
    desk->world.config.webhooks = desk->webhooks;
    desk->world.config.webhook_count = 1;
    write_all(desk, WORLD_END_MS - HOUR_MS);
    assert_int_equal(digests_next_ms(&desk->world.config, WORLD_END_MS),
                     WORLD_END_MS + 2 * HOUR_MS + 30 * MINUTE_MS);
    assert_int_equal(write_all(desk, WORLD_END_MS + 2 * HOUR_MS + 29 * MINUTE_MS), 0);
    assert_int_equal(write_all(desk, WORLD_END_MS + 2 * HOUR_MS + 30 * MINUTE_MS), 2);
    assert_int_equal(write_all(desk, WORLD_END_MS + 11 * HOUR_MS + 59 * MINUTE_MS), 0);
    assert_int_equal(write_all(desk, WORLD_END_MS + 12 * HOUR_MS), 1);
    size_t count = 0;
    struct outbox_row *rows = outbox(desk, &count);
    assert_int_equal(count, 3);
    assert_holds(rows[0].body, "daily digest: Acme, Tue 30 Jun", true);
    assert_holds(rows[1].body, "monthly digest: Acme, Jun 2026", true);
    assert_span_equal(rows[2].recipient, "ada@example.com");
}

/* As many brands as there may be, each with the longest words: the page still is one that is shown. */
static void many_brands_fit(void **state) {
    struct desk *desk = *state;
    static struct config_brand brands[400];
    world_live(&desk->world, WORLD_END_MS - DAYS_MS(2), WORLD_END_MS, 2);
    for (size_t i = 0; i < 400; i++) {
        brands[i] = (struct config_brand){
            .name = i == 0 ? SPAN("Acme") : arena_print(desk->arena, "Brand of words %zu", i),
            .own = true};
    }
    desk->world.config.brands = brands;
    desk->world.config.brand_count = 400;
    write_all(desk, EIGHT_MS - DAY_MS);
    assert_int_equal(write_all(desk, EIGHT_MS), 1);
    size_t count = 0;
    assert_true(outbox(desk, &count)[0].body.size < LIMIT_MAIL);
}

static void it_is_shown_and_sent_on_request(void **state) {
    struct desk *desk = *state;
    struct error error = {0};
    struct buffer out;
    size_t messages = 0;
    world_live(&desk->world, WORLD_END_MS - DAYS_MS(16), WORLD_END_MS + 9 * HOUR_MS, 2);
    struct snapshot *snapshot = world_snapshot(&desk->world);
    struct digest_request request = {
        .brand = SPAN("Acme"), .rhythm = RHYTHM_WEEKLY, .now_ms = EIGHT_MS};
    buffer_init(&out, LIMIT_DOCUMENT);
    assert_true(digest_print(&out, snapshot, &desk->world.config, NULL, &request, false, &error));
    static const char *const parts[] = {
        "Acme, 22 to 28 Jun", "net sentiment", "Trend",  "Mon 22 Jun",
        "Against:",           "In favour:",    "Globex", "Sources"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        assert_holds(buffer_span(&out), parts[i], true);
    }
    buffer_clear(&out);
    request.until_now = true;
    assert_true(digest_print(&out, snapshot, &desk->world.config, NULL, &request, true, &error));
    assert_holds(buffer_span(&out), "29 Jun to 1 Jul", true);
    snapshot_close(snapshot);
    buffer_done(&out);
    request = (struct digest_request){.rhythm = RHYTHM_DAILY, .now_ms = EIGHT_MS};
    assert_true(
        digest_send(desk->world.store, &desk->world.config, NULL, &request, &messages, &error));
    assert_int_equal(messages, 1);
    assert_int_equal(write_all(desk, EIGHT_MS), 0); /* it was sent already */
    request.zone = SPAN("Mars/Olympus");
    assert_false(digest_print(&out, NULL, &desk->world.config, NULL, &request, true, &error));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(each_comes_once),
        TEST(a_time_off_makes_one),
        TEST(silence_and_no_data_differ),
        TEST(what_expired_is_told),
        TEST(days_are_the_readers),
        TEST(many_brands_fit),
        TEST(it_is_shown_and_sent_on_request),
        TEST(who_has_had_enough_gets_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
