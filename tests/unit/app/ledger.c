/* What is spent, what may be, and how what is scarce is spread. */
#include "app/ledger.h"
#include "app/yield.h"
#include "base/config.h"
#include "tests/unit/test.h"

#include <math.h>

#define NOW 1795305600000 /* 2026-11-22T00:00:00Z */

struct books {
    struct arena *arena;
    struct config *config;
    struct assessor *assessor;
    struct tasks tasks;
    struct ledger *ledger;
    struct error error;
    bool joined;
};

static struct books *books_open(const char *sources) {
    struct arena *arena = arena_create();
    struct books *books = ARENA_NEW(arena, struct books);
    struct config_problems problems = {0};
    struct span text =
        arena_print(arena, "data_dir: /tmp/none\nbrands: [Acme, Globex]\nsources:\n%s", sources);
    books->arena = arena;
    if (!config_parse(text, SPAN("test.yaml"), arena, &books->config, &problems)) {
        fail_msg("%.*s", SPAN_ARG(problems.list[0].message));
    }
    assert_true(assessor_create(books->config, 0, &books->assessor, &books->error));
    books->joined =
        tasks_create(books->config, books->assessor, arena, &books->tasks, &books->error);
    if (books->joined) {
        assert_true(ledger_open(&books->tasks, NULL, &books->ledger, &books->error));
    }
    return books;
}

static void books_close(struct books *books) {
    ledger_close(books->ledger);
    assessor_free(books->assessor);
    config_free(books->config);
    arena_free(books->arena);
}

static double spent(struct books *books, size_t account, int64_t now_ms) {
    size_t count = 0;
    const struct ledger_account *accounts = ledger_accounts(books->ledger, now_ms, &count);
    assert_true(account < count);
    return accounts[account].spent;
}

static void sources_of_one_key_share_their_accounts(void **state) {
    (void)state;
    struct books *books =
        books_open("  - {name: a, recipe: youtube-search, key: k1}\n"
                   "  - {name: b, recipe: youtube-comments, key: k1, params: {channel: UC1}}\n"
                   "  - {name: c, recipe: youtube-comments, key: k2, params: {channel: UC1}}\n");
    size_t count = 0;
    const struct ledger_account *accounts = ledger_accounts(books->ledger, NOW, &count);
    assert_int_equal(count, 3);
    assert_span_equal(accounts[0].rule->name, "searches");
    assert_int_equal(accounts[0].tasks, 2); /* one a brand */
    assert_span_equal(accounts[1].rule->name, "units");
    assert_int_equal(accounts[1].tasks, 3); /* with b's */
    assert_int_equal(accounts[2].tasks, 1); /* another key */
    books_close(books);
}

static void nothing_is_asked_that_cannot_be_paid(void **state) {
    (void)state;
    struct books *books =
        books_open("  - {name: n, recipe: newsapi, key: k1, budget: {requests: 2}}\n");
    const struct ledger_account *account = NULL;
    for (int i = 0; i < 2; i++) {
        assert_true(ledger_allows(books->ledger, 0, POLL_ASKS_LISTING, NOW, &account));
        assert_false(ledger_ask(books->ledger, 0, POLL_ASKS_LISTING, NOW));
        ledger_settle(books->ledger, 0, POLL_ASKS_LISTING, 100);
    }
    assert_false(ledger_allows(books->ledger, 1, POLL_ASKS_LISTING, NOW, &account));
    assert_int_equal(account->end_ms, NOW + DAY_MS);
    assert_true(ledger_allows(books->ledger, 1, POLL_ASKS_LOGIN, NOW, &account));
    /* The next day is another account. */
    assert_true(ledger_allows(books->ledger, 1, POLL_ASKS_LISTING, NOW + DAY_MS, &account));
    books_close(books);
}

static void a_request_that_never_went_out_is_given_back(void **state) {
    (void)state;
    struct books *books = books_open("  - {name: n, recipe: newsapi, key: k1}\n");
    assert_false(ledger_ask(books->ledger, 0, POLL_ASKS_LISTING, NOW));
    assert_true(spent(books, 0, NOW) == 1);
    ledger_refund(books->ledger, 0, POLL_ASKS_LISTING);
    assert_true(spent(books, 0, NOW) == 0);
    books_close(books);
}

static void money_is_held_back_for_all_that_may_come(void **state) {
    (void)state;
    struct books *books =
        books_open("  - {name: x, recipe: x-recent, key: k1, budget: {dollars: 0.9}}\n");
    const struct ledger_account *account = NULL;
    assert_true(ledger_allows(books->ledger, 0, POLL_ASKS_LISTING, NOW, &account));
    assert_true(ledger_ask(books->ledger, 0, POLL_ASKS_LISTING, NOW)); /* to be durable first */
    assert_true(fabs(spent(books, 0, NOW) - 0.5) <= 1e-9);
    /* Meanwhile the other brand's poll must not bet the same money. */
    assert_false(ledger_allows(books->ledger, 1, POLL_ASKS_LISTING, NOW, &account));
    ledger_settle(books->ledger, 0, POLL_ASKS_LISTING, 7);
    assert_true(fabs(spent(books, 0, NOW) - 0.035) <= 1e-9);
    assert_true(ledger_allows(books->ledger, 1, POLL_ASKS_LISTING, NOW, &account));
    books_close(books);
}

static void what_is_paid_for_needs_a_bound(void **state) {
    (void)state;
    struct books *books = books_open("  - {name: x, recipe: x-recent, key: k1}\n");
    assert_false(books->joined);
    assert_non_null(strstr(books->error.message, "test.yaml:4: source \"x\""));
    assert_non_null(strstr(books->error.message, "`budget: {dollars: 20}`"));
    books_close(books);
}

static void slips_in_a_budget_are_named_with_their_place(void **state) {
    (void)state;
    struct books *books =
        books_open("  - {name: n, recipe: newsapi, key: k1, budget: {request: 5}}\n");
    assert_false(books->joined);
    assert_non_null(strstr(books->error.message, "test.yaml:4:"));
    assert_non_null(strstr(books->error.message, "did you mean \"requests\"?"));
    assessor_free(books->assessor);
    config_free(books->config);
    arena_free(books->arena);
}

/* Half an account left for a day of 24 hours: 50 requests of two equal polls are 25 each. */
static void what_is_scarce_lasts_until_the_period_ends(void **state) {
    (void)state;
    struct books *books = books_open("  - {name: n, recipe: newsapi, key: k1}\n");
    for (int i = 0; i < 50; i++) {
        assert_false(ledger_ask(books->ledger, 0, POLL_ASKS_LISTING, NOW));
    }
    assert_int_equal(ledger_pace_ms(books->ledger, 0, NOW), DAY_MS / 25);
    assert_int_equal(ledger_pace_ms(books->ledger, 0, NOW + DAY_MS / 2), DAY_MS / 50);
    books_close(books);
}

/* Four times the mentions, twice the requests. */
static void what_is_scarce_goes_where_it_brings_most(void **state) {
    (void)state;
    struct books *books = books_open("  - {name: n, recipe: newsapi, key: k1}\n");
    for (int i = 0; i < 400; i++) {
        ledger_learn(books->ledger, 0, 1, 20, 40 * 25 - 1.0 / 24, 24);
        ledger_learn(books->ledger, 1, 1, 20, 10 * 25 - 1.0 / 24, 24);
    }
    double often = (double)ledger_pace_ms(books->ledger, 0, NOW);
    double seldom = (double)ledger_pace_ms(books->ledger, 1, NOW);
    assert_true(fabs(seldom / often - 2) <= 0.01);
    /* Together they take what there is: 100 a day. */
    assert_true(fabs(DAY_MS / often + DAY_MS / seldom - 100) <= 0.1);
    books_close(books);
}

static void a_source_is_asked_as_often_as_it_brings(void **state) {
    (void)state;
    struct source_state busy;
    struct source_state dead;
    source_state_init(&busy);
    source_state_init(&dead);
    assert_int_equal(yield_interval_ms(&busy), 0);
    for (int hour = 0; hour < 24 * 60; hour++) {
        yield_add(&busy, 12, HOUR_MS);
        yield_add(&dead, 0, HOUR_MS);
    }
    /* Of twelve an hour, something new waits with a chance of a quarter after -ln(3/4) / 12 hours. */
    assert_true(fabs(((double)yield_interval_ms(&busy)) - (0.28768 / 12 * HOUR_MS)) <=
                0.01 * HOUR_MS);
    assert_true(yield_interval_ms(&dead) > 7 * DAY_MS);
    /* It wakes up: what came lately counts most. */
    for (int hour = 0; hour < 48; hour++) {
        yield_add(&dead, 12, HOUR_MS);
    }
    assert_true(yield_interval_ms(&dead) < HOUR_MS);
}

static void a_year_is_no_more_than_what_is_remembered(void **state) {
    (void)state;
    struct source_state source;
    source_state_init(&source);
    yield_add(&source, 365, 365 * DAY_MS);
    assert_int_equal(source.yield_ms, 14 * DAY_MS);
    assert_true(fabs(source.yield_items - 14) <= 1e-6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sources_of_one_key_share_their_accounts),
        cmocka_unit_test(nothing_is_asked_that_cannot_be_paid),
        cmocka_unit_test(a_request_that_never_went_out_is_given_back),
        cmocka_unit_test(money_is_held_back_for_all_that_may_come),
        cmocka_unit_test(what_is_paid_for_needs_a_bound),
        cmocka_unit_test(slips_in_a_budget_are_named_with_their_place),
        cmocka_unit_test(what_is_scarce_lasts_until_the_period_ends),
        cmocka_unit_test(what_is_scarce_goes_where_it_brings_most),
        cmocka_unit_test(a_source_is_asked_as_often_as_it_brings),
        cmocka_unit_test(a_year_is_no_more_than_what_is_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
