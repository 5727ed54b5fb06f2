/* The governor and what it goes by, with a clock that stands still until told. */
#include "crawler/governor.h"

#include "base/date.h"
#include "base/limits.h"
#include "crawler/crawler.h"
#include "crawler/rate.h"
#include "tests/unit/test.h"

#define START_MS ((int64_t)1795248000000)

struct world {
    struct manual_clock clock;
    struct governor *governor;
    struct governor_ticket tickets[8];
};

static void world_open(struct world *world, size_t concurrency, size_t key_concurrency) {
    struct governor_options options = {concurrency, key_concurrency};
    world->clock = manual_clock_make(START_MS);
    world->governor = governor_create(&options, &world->clock.clock);
    for (size_t i = 0; i < 8; i++) {
        governor_prepare(&world->tickets[i]);
    }
}

static void world_close(struct world *world) {
    for (size_t i = 0; i < 8; i++) {
        governor_leave(world->governor, &world->tickets[i]);
    }
    governor_free(world->governor);
}

static void enter(struct world *world, size_t number, const char *key, int64_t spacing_ms) {
    governor_enter(world->governor, &world->tickets[number], span_of(key), spacing_ms, false);
}

static void expect_go(struct world *world, size_t number) {
    struct governor_ticket *ticket = NULL;
    int64_t wait_ms = 0;
    assert_int_equal(governor_next(world->governor, &ticket, &wait_ms), GOVERNOR_GO);
    assert_ptr_equal(ticket, &world->tickets[number]);
}

static void expect_wait(struct world *world, int64_t expected_ms) {
    struct governor_ticket *ticket = NULL;
    int64_t wait_ms = 0;
    assert_int_equal(governor_next(world->governor, &ticket, &wait_ms), GOVERNOR_WAIT);
    assert_int_equal(wait_ms, expected_ms);
}

static int64_t expect_later(struct world *world, size_t number) {
    struct governor_ticket *ticket = NULL;
    int64_t wait_ms = 0;
    assert_int_equal(governor_next(world->governor, &ticket, &wait_ms), GOVERNOR_LATER);
    assert_ptr_equal(ticket, &world->tickets[number]);
    return wait_ms;
}

static void starts_of_one_key_are_spaced(void **state) {
    (void)state;
    struct world world;
    world_open(&world, 10, 2);
    enter(&world, 0, "a", 1000);
    enter(&world, 1, "a", 1000);
    enter(&world, 2, "b", 1000);
    expect_go(&world, 0);
    expect_go(&world, 2);
    expect_wait(&world, 1000);
    world.clock.now_ms += 999;
    expect_wait(&world, 1);
    world.clock.now_ms += 1;
    expect_go(&world, 1);
    expect_wait(&world, -1);
    enter(&world, 3, "a", 5000); /* its own wish is longer than the last one's */
    expect_wait(&world, -1);     /* two are under way */
    governor_leave(world.governor, &world.tickets[0]);
    expect_wait(&world, 5000);
    enter(&world, 4, "c", -1);
    expect_go(&world, 4);
    world_close(&world);
}

static void a_slow_wish_binds_who_comes_next(void **state) {
    (void)state;
    struct world world;
    world_open(&world, 10, 2);
    enter(&world, 0, "a", 60000); /* say, a Crawl-delay */
    expect_go(&world, 0);
    governor_leave(world.governor, &world.tickets[0]);
    enter(&world, 1, "a", 0);
    expect_wait(&world, 60000);
    world_close(&world);
}

static void concurrency_is_bounded(void **state) {
    (void)state;
    struct world world;
    world_open(&world, 2, 1);
    enter(&world, 0, "a", 0);
    enter(&world, 1, "b", 0);
    enter(&world, 2, "c", 0);
    enter(&world, 3, "a", 0);
    world.clock.now_ms += 1; /* who started last comes last */
    expect_go(&world, 0);
    expect_go(&world, 1);
    expect_wait(&world, -1);
    governor_leave(world.governor, &world.tickets[0]);
    expect_go(&world, 2);
    expect_wait(&world, -1);
    governor_leave(world.governor, &world.tickets[2]);
    expect_go(&world, 3);
    world_close(&world);
}

static void one_name_lookup_at_a_time(void **state) {
    (void)state;
    struct world world;
    world_open(&world, 8, 8);
    for (size_t i = 0; i < 3; i++) {
        governor_enter(world.governor, &world.tickets[i], SPAN("a"), 0, true);
    }
    expect_go(&world, 0);
    expect_wait(&world, -1);
    governor_settle(world.governor, &world.tickets[0]);
    governor_settle(world.governor, &world.tickets[0]);
    expect_go(&world, 1);
    governor_leave(world.governor, &world.tickets[1]); /* over, without ever being settled */
    expect_go(&world, 2);
    world_close(&world);
}

static void who_leaves_is_forgotten(void **state) {
    (void)state;
    struct world world;
    world_open(&world, 8, 1);
    enter(&world, 0, "a", 1000);
    enter(&world, 1, "a", 1000);
    enter(&world, 2, "a", 1000);
    governor_leave(world.governor, &world.tickets[0]);
    governor_leave(world.governor, &world.tickets[0]);
    expect_go(&world, 1);
    governor_leave(world.governor, &world.tickets[2]);
    governor_leave(world.governor, &world.tickets[1]);
    expect_wait(&world, -1);
    world_close(&world);
}

static int64_t turn_away(struct world *world, size_t number, unsigned status,
                         const struct web_header *headers, size_t count) {
    expect_go(world, number);
    int64_t wait_ms =
        governor_hear(world->governor, &world->tickets[number], status, headers, count);
    governor_leave(world->governor, &world->tickets[number]);
    return wait_ms;
}

static void back_off_doubles_to_a_day(void **state) {
    (void)state;
    struct world world;
    world_open(&world, 8, 1);
    int64_t expected_ms = MINUTE_MS;
    for (int i = 0; i < 14; i++) {
        enter(&world, 0, "a", 0);
        int64_t wait_ms = turn_away(&world, 0, i % 2 == 0 ? 429 : 503, NULL, 0);
        assert_true(wait_ms >= expected_ms && wait_ms <= expected_ms + expected_ms / 10);
        enter(&world, 1, "a", 0);
        assert_int_equal(expect_later(&world, 1), wait_ms);
        world.clock.now_ms += wait_ms;
        expected_ms = expected_ms * 2 < DAY_MS ? expected_ms * 2 : DAY_MS;
    }
    world.clock.now_ms += 31 * MINUTE_MS; /* quiet: forgiven */
    enter(&world, 0, "a", 0);
    assert_true(turn_away(&world, 0, 429, NULL, 0) < 2 * MINUTE_MS);
    world_close(&world);
}

static void other_statuses_close_nothing(void **state) {
    (void)state;
    struct world world;
    world_open(&world, 8, 1);
    static const unsigned statuses[] = {200, 304, 403, 404, 500, 502, 0};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        enter(&world, 0, "a", 0);
        assert_int_equal(turn_away(&world, 0, statuses[i], NULL, 0), 0);
    }
    world_close(&world);
}

static void two_turned_away_at_once_count_once(void **state) {
    (void)state;
    struct world world;
    world_open(&world, 8, 2);
    enter(&world, 0, "a", 0);
    enter(&world, 1, "a", 0);
    expect_go(&world, 0);
    expect_go(&world, 1);
    int64_t first_ms = governor_hear(world.governor, &world.tickets[0], 429, NULL, 0);
    assert_int_equal(governor_hear(world.governor, &world.tickets[1], 429, NULL, 0), first_ms);
    governor_leave(world.governor, &world.tickets[0]);
    governor_leave(world.governor, &world.tickets[1]);
    world.clock.now_ms += first_ms;
    enter(&world, 0, "a", 0);
    assert_true(turn_away(&world, 0, 429, NULL, 0) < 3 * MINUTE_MS);
    world_close(&world);
}

static void the_host_says_when(void **state) {
    (void)state;
    struct world world;
    world_open(&world, 8, 1);
    struct web_header headers[] = {{SPAN("retry-after"), SPAN("3")}};
    enter(&world, 0, "a", 0);
    assert_int_equal(turn_away(&world, 0, 503, headers, 1), 3000);
    enter(&world, 0, "a", 0);
    expect_wait(&world, 3000); /* that short is waited for */
    world.clock.now_ms += 3000;
    headers[0].value = SPAN("3600");
    assert_int_equal(turn_away(&world, 0, 429, headers, 1), HOUR_MS);
    enter(&world, 0, "a", 0);
    assert_int_equal(expect_later(&world, 0), HOUR_MS);
    enter(&world, 0, "b", 0);
    expect_go(&world, 0); /* others are free to go */
    world_close(&world);
}

static void those_in_the_queue_are_told(void **state) {
    (void)state;
    struct world world;
    world_open(&world, 1, 1);
    enter(&world, 0, "a", 1000);
    enter(&world, 1, "a", 1000);
    enter(&world, 2, "a", 1000);
    expect_go(&world, 0);
    governor_hear(world.governor, &world.tickets[0], 429, NULL, 0);
    assert_true(expect_later(&world, 1) >= MINUTE_MS); /* at once, not when it is their turn */
    assert_true(expect_later(&world, 2) >= MINUTE_MS);
    expect_wait(&world, -1);
    world_close(&world);
}

static void a_body_may_say_when(void **state) {
    (void)state;
    struct world world;
    world_open(&world, 8, 1);
    governor_close_key(world.governor, SPAN("api"), 10 * SECOND_MS);
    governor_close_key(world.governor, SPAN("api"), 7 * SECOND_MS);
    enter(&world, 0, "api", 0);
    assert_int_equal(expect_later(&world, 0), 10 * SECOND_MS);
    governor_close_key(world.governor, SPAN("api"), 400 * DAY_MS);
    enter(&world, 0, "api", 0);
    assert_int_equal(expect_later(&world, 0), DAY_MS);
    world_close(&world);
}

static void memory_of_keys_is_bounded(void **state) {
    (void)state;
    struct world world;
    world_open(&world, 8, 1);
    for (int i = 0; i < 20000; i++) {
        char key[20];
        snprintf(key, sizeof key, "key-%d", i);
        enter(&world, 0, key, 1000);
        expect_go(&world, 0);
        governor_leave(world.governor, &world.tickets[0]);
        world.clock.now_ms += 10;
    }
    assert_true(governor_key_count(world.governor) <= 1100); /* the others are long clean */
    for (size_t i = 0; i < LIMIT_GOVERNOR_KEYS + 1000; i++) {
        char key[20];
        snprintf(key, sizeof key, "bad-%zu", i);
        governor_close_key(world.governor, span_of(key), DAY_MS);
    }
    assert_true(governor_key_count(world.governor) <= LIMIT_GOVERNOR_KEYS);
    world_close(&world);
}

static void retry_after_is_read(void **state) {
    (void)state;
    static const struct {
        const char *value;
        int64_t ms;
    } rows[] = {
        {"120", 120 * 1000},
        {"0", RATE_SHORTEST_MS},
        {"99999999999999", RATE_LONGEST_MS},
        {"999999999999999999999999999999999999999999999999999999999999999999999", RATE_LONGEST_MS},
        {"Sat, 21 Nov 2026 12:00:30 GMT", 30 * 1000},
        {"Saturday, 21-Nov-26 12:00:30 GMT", 30 * 1000},
        {"Sat Nov 21 12:00:30 2026", 30 * 1000},
        {"Sat, 21 Nov 2020 12:00:30 GMT", RATE_SHORTEST_MS},
        {"Sat, 21 Nov 2037 12:00:30 GMT", RATE_LONGEST_MS},
        {"", -1},
        {"-5", -1},
        {"1.5", -1},
        {"soon", -1},
        {"\xFF", -1},
    };
    int64_t now_ms = 0;
    assert_true(date_parse(SPAN("2026-11-21T12:00:00Z"), &now_ms));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t ms = rate_retry_after_ms(span_of(rows[i].value), now_ms);
        if (ms != rows[i].ms) {
            fail_msg("%s: %lld", rows[i].value, (long long)ms);
        }
    }
}

static void rate_limits_are_read(void **state) {
    (void)state;
    static const struct {
        unsigned status;
        const char *names[2];
        const char *values[2];
        int64_t ms;
    } rows[] = {
        {200, {"X-RateLimit-Remaining", "X-RateLimit-Reset"}, {"0", "30"}, 30000},
        {200, {"X-RateLimit-Remaining", "X-RateLimit-Reset"}, {"1", "30"}, 0},
        {200, {"x-ratelimit-remaining", "x-ratelimit-reset"}, {"0.5", "540"}, 540000},
        {200, {"X-RateLimit-Remaining", "X-RateLimit-Reset"}, {"0", "1795262460"}, 60000},
        {200, {"X-RateLimit-Remaining", "X-RateLimit-Reset"}, {"0", "1795262460000"}, 60000},
        {200,
         {"X-RateLimit-Remaining", "X-RateLimit-Reset"},
         {"0", "2026-11-21T12:01:00.000Z"},
         60000},
        {200, {"x-rate-limit-remaining", "x-rate-limit-reset"}, {"0", "1795262460"}, 60000},
        {200, {"RateLimit-Remaining", "RateLimit-Reset"}, {"0", "60"}, 60000},
        {200, {"RateLimit", ""}, {"\"default\";r=0;t=60", ""}, 60000},
        {200, {"RateLimit", ""}, {"limit=10, remaining=0, reset=60", ""}, 60000},
        {200, {"RateLimit", ""}, {"\"default\";r=5;t=60", ""}, 0},
        {200, {"RateLimit-Remaining", "RateLimit-Reset"}, {"0", "whenever"}, 0},
        {200, {"RateLimit-Remaining", ""}, {"0", ""}, 0},
        {200, {"RateLimit-Remaining", "RateLimit-Reset"}, {"0", "-60"}, RATE_SHORTEST_MS},
        {200, {"RateLimit-Remaining", "RateLimit-Reset"}, {"0", "1e300"}, RATE_LONGEST_MS},
        {200, {"Retry-After", ""}, {"60", ""}, 0},
        {500, {"Retry-After", ""}, {"60", ""}, 0},
        {429, {"Retry-After", ""}, {"60", ""}, 60000},
        {503, {"Retry-After", "RateLimit"}, {"60", "r=0;t=90"}, 90000},
        {429, {"Retry-After", ""}, {"nonsense", ""}, 0},
    };
    int64_t now_ms = 0;
    assert_true(date_parse(SPAN("2026-11-21T12:00:00Z"), &now_ms));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct web_header headers[2];
        for (size_t j = 0; j < 2; j++) {
            headers[j] = (struct web_header){span_of(rows[i].names[j]), span_of(rows[i].values[j])};
        }
        int64_t ms = rate_wait_ms(rows[i].status, headers, 2, now_ms);
        if (ms != rows[i].ms) {
            fail_msg("row %zu: %lld", i, (long long)ms);
        }
    }
}

static void freshness_is_read(void **state) {
    (void)state;
    static const struct {
        const char *names[2];
        const char *values[2];
        int64_t ms;
    } rows[] = {
        {{"Cache-Control", ""}, {"public, max-age=300", ""}, 300000},
        {{"cache-control", "Age"}, {"Max-Age=300", "100"}, 200000},
        {{"Cache-Control", "Age"}, {"max-age=300", "400"}, 0},
        {{"Cache-Control", ""}, {"max-age=300, no-cache", ""}, 0},
        {{"Cache-Control", ""}, {"no-store", ""}, 0},
        {{"Cache-Control", ""}, {"s-maxage=300", ""}, 0},
        {{"Cache-Control", ""}, {"max-age=99999999999", ""}, RATE_LONGEST_MS},
        {{"Cache-Control", "Expires"}, {"max-age=60", "Sat, 21 Nov 2026 13:00:00 GMT"}, 60000},
        {{"Expires", ""}, {"Sat, 21 Nov 2026 12:10:00 GMT", ""}, 600000},
        {{"Expires", "Date"},
         {"Sat, 21 Nov 2026 12:10:00 GMT", "Sat, 21 Nov 2026 12:09:00 GMT"},
         60000},
        {{"Expires", ""}, {"0", ""}, 0},
        {{"Expires", ""}, {"-1", ""}, 0},
        {{"", ""}, {"", ""}, 0},
    };
    int64_t now_ms = 0;
    assert_true(date_parse(SPAN("2026-11-21T12:00:00Z"), &now_ms));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct web_header headers[2];
        for (size_t j = 0; j < 2; j++) {
            headers[j] = (struct web_header){span_of(rows[i].names[j]), span_of(rows[i].values[j])};
        }
        int64_t ms = rate_fresh_ms(headers, 2, now_ms);
        if (ms != rows[i].ms) {
            fail_msg("row %zu: %lld", i, (long long)ms);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_of_one_key_are_spaced),
        cmocka_unit_test(a_slow_wish_binds_who_comes_next),
        cmocka_unit_test(concurrency_is_bounded),
        cmocka_unit_test(one_name_lookup_at_a_time),
        cmocka_unit_test(who_leaves_is_forgotten),
        cmocka_unit_test(back_off_doubles_to_a_day),
        cmocka_unit_test(other_statuses_close_nothing),
        cmocka_unit_test(two_turned_away_at_once_count_once),
        cmocka_unit_test(the_host_says_when),
        cmocka_unit_test(those_in_the_queue_are_told),
        cmocka_unit_test(a_body_may_say_when),
        cmocka_unit_test(memory_of_keys_is_bounded),
        cmocka_unit_test(retry_after_is_read),
        cmocka_unit_test(rate_limits_are_read),
        cmocka_unit_test(freshness_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
