/* Deliveries at the desk: whose they are, whether they come again, how many may come. */
#include "report/desk.h"

#include "base/date.h"
#include "tests/unit/test.h"

#define NOW_MS INT64_C(1795252211000)
#define KEY "0123456789abcdef"

static const struct hook hooks_list[] = {
    {{"shop", 4}, {1u << WEBHOOK_STANDARD, {KEY, 16}}},
    {{"forum", 5}, {1u << WEBHOOK_STANDARD | 1u << WEBHOOK_TOKEN, {KEY, 16}}},
};
static const struct hooks hooks = {.list = hooks_list, .count = 2};

struct counter {
    struct desk *desk;
    struct manual_clock clock;
    struct arena *arena;
    size_t waiting;
};

static int setup(void **state) {
    struct counter *counter = calloc(1, sizeof *counter);
    counter->desk = desk_create(&hooks);
    counter->clock = manual_clock_make(NOW_MS);
    counter->arena = arena_create();
    *state = counter;
    return 0;
}

static int teardown(void **state) {
    struct counter *counter = *state;
    desk_free(counter->desk);
    arena_free(counter->arena);
    free(counter);
    return 0;
}

static struct desk_verdict judge(struct counter *counter, size_t hook, const char *id) {
    struct span body = SPAN("{}");
    struct span time =
        arena_print(counter->arena, "%lld", (long long)(counter->clock.now_ms / SECOND_MS));
    const struct web_header headers[] = {
        {SPAN("webhook-id"), span_of(id)},
        {SPAN("webhook-timestamp"), time},
        {SPAN("webhook-signature"),
         webhook_sign(SPAN(KEY), span_of(id), counter->clock.now_ms, body, counter->arena)}};
    const struct webhook_delivery delivery = {headers, 3, body};
    struct desk_verdict head = desk_judge_head(counter->desk, hook, &delivery);
    return head.refusal.status != 0
               ? head
               : desk_judge(counter->desk, hook, &delivery, &counter->clock.clock, counter->waiting,
                            counter->arena);
}

static void test_names(void **state) {
    struct counter *counter = *state;
    assert_int_equal(desk_hook(counter->desk, SPAN("forum")), 1);
    assert_int_equal(desk_hook(counter->desk, SPAN("Forum")), 2);
    assert_int_equal(desk_hook(counter->desk, SPAN("")), 2);
    assert_int_equal(judge(counter, 2, "a").refusal.status, 404);
}

static void test_reader_takes_nothing(void **state) {
    struct counter *counter = *state;
    desk_free(counter->desk);
    counter->desk = desk_create(NULL);
    struct desk_verdict verdict = judge(counter, desk_hook(counter->desk, SPAN("shop")), "a");
    assert_int_equal(verdict.refusal.status, 503);
    assert_true(verdict.retry_s > 0);
}

static void test_head(void **state) {
    struct counter *counter = *state;
    const struct web_header token = {SPAN("Authorization"), SPAN("Bearer x")};
    const struct webhook_delivery delivery = {&token, 1, SPAN("")};
    /* Worth reading only where a token is taken. */
    assert_int_equal(desk_judge_head(counter->desk, 0, &delivery).refusal.status, 401);
    assert_int_equal(desk_judge_head(counter->desk, 1, &delivery).refusal.status, 0);
    assert_int_equal(
        desk_judge(counter->desk, 1, &delivery, &counter->clock.clock, 0, counter->arena)
            .refusal.status,
        401);
}

/* Known once it is stored, and not before: what failed is to come again. */
static void test_again(void **state) {
    struct counter *counter = *state;
    assert_int_equal(judge(counter, 0, "one").refusal.status, 0);
    assert_int_equal(judge(counter, 0, "one").refusal.status, 0);
    desk_remember(counter->desk, 0, SPAN("one"), &counter->clock.clock);
    assert_int_equal(judge(counter, 0, "one").refusal.status, 202);
    assert_int_equal(judge(counter, 0, "two").refusal.status, 0);
    assert_int_equal(judge(counter, 1, "one").refusal.status, 0); /* another sender's */
    counter->clock.now_ms += 2 * WEBHOOK_TOLERANCE_MS;
    assert_int_equal(judge(counter, 0, "one").refusal.status, 0);
}

static void test_without_id(void **state) {
    struct counter *counter = *state;
    const struct web_header token = {SPAN("Authorization"), SPAN("Bearer " KEY)};
    const struct webhook_delivery delivery = {&token, 1, SPAN("{}")};
    desk_remember(counter->desk, 1, SPAN(""), &counter->clock.clock);
    struct desk_verdict verdict =
        desk_judge(counter->desk, 1, &delivery, &counter->clock.clock, 0, counter->arena);
    assert_int_equal(verdict.refusal.status, 0);
    assert_int_equal(verdict.id.size, 0);
}

static void test_rate(void **state) {
    struct counter *counter = *state;
    for (int i = 0; i < LIMIT_HOOK_BURST; i++) {
        assert_int_equal(judge(counter, 0, "a").refusal.status, 0);
    }
    struct desk_verdict verdict = judge(counter, 0, "a");
    assert_int_equal(verdict.refusal.status, 429);
    assert_true(verdict.retry_s > 0);
    assert_int_equal(judge(counter, 1, "a").refusal.status, 0); /* others are not hindered */
    counter->clock.now_ms += verdict.retry_s * SECOND_MS;
    for (unsigned i = 0; i < verdict.retry_s * LIMIT_HOOK_RATE; i++) {
        assert_int_equal(judge(counter, 0, "a").refusal.status, 0);
    }
    assert_int_equal(judge(counter, 0, "a").refusal.status, 429);
}

static void test_forged_ones_use_up_nothing(void **state) {
    struct counter *counter = *state;
    const struct web_header token = {SPAN("Authorization"), SPAN("Bearer guess")};
    const struct webhook_delivery delivery = {&token, 1, SPAN("{}")};
    for (int i = 0; i < 2 * LIMIT_HOOK_BURST; i++) {
        assert_int_equal(
            desk_judge(counter->desk, 1, &delivery, &counter->clock.clock, 0, counter->arena)
                .refusal.status,
            401);
    }
    assert_int_equal(judge(counter, 1, "a").refusal.status, 0);
}

static void test_store_is_behind(void **state) {
    struct counter *counter = *state;
    counter->waiting = LIMIT_HOOKS_WAITING;
    struct desk_verdict verdict = judge(counter, 0, "a");
    assert_int_equal(verdict.refusal.status, 503);
    assert_true(verdict.retry_s > 0);
    counter->waiting--;
    assert_int_equal(judge(counter, 0, "a").refusal.status, 0);
}

int main(void) {
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_names),
        TEST(test_reader_takes_nothing),
        TEST(test_head),
        TEST(test_again),
        TEST(test_without_id),
        TEST(test_rate),
        TEST(test_forged_ones_use_up_nothing),
        TEST(test_store_is_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
