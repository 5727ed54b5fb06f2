#include "tests/unit/test.h"

#include "tests/unit/report/simulate.h"

#include "report/events.h"
#include "report/incident.h"
#include "report/reach.h"

#define HOURS (8 * HOURS_WEEK)
#define CHANGED (HOURS - 30)

static const struct event_options options = {
    .signals = {.window = 3, .false_per_week = 0.05, .minimum = 5}, .lookback_ms = 30 * HOUR_MS};

/* A brand of 200 mentions a day in which nothing happens before the last thirty hours. */
static struct history calm(struct arena *arena) {
    const struct simulated_brand brand = {.per_day = 200};
    uint64_t random = 20261122;
    return simulate_history(&brand, HOURS, &random, arena);
}

/* The one event of the history is of that kind; its window as a headline. */
static struct event the_event(const struct history *history, struct arena *arena,
                              const char *kind) {
    size_t count = 0;
    struct event *events = events_find(history, &options, arena, &count);
    assert_int_equal(count, 1);
    assert_string_equal(events[0].lane->signal->kind, kind);
    assert_true(events[0].at.probability < 1e-4);
    assert_true(events[0].started_ms >= MONDAY_MS + (int64_t)(CHANGED - 24) * HOUR_MS);
    return events[0];
}

static void nothing_is_no_event(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    struct history history = calm(arena);
    size_t count = 0;
    (void)events_find(&history, &options, arena, &count);
    assert_int_equal(count, 0);
    arena_free(arena);
}

static void a_larger_negative_share_is_seen_without_more_talk(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    struct history history = calm(arena);
    for (size_t i = CHANGED; i < HOURS; i++) {
        history.negativity[i].sum = history.negativity[i].squares = 0.55 * history.volume[i].count;
    }
    struct event event = the_event(&history, arena, "share");
    assert_true(event.at.expected > 0.15 && event.at.expected < 0.25);
    assert_true(event.at.observed > event.at.high);
    arena_free(arena);
}

static void ratings_that_fall_are_told_in_stars(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    struct history history = calm(arena);
    for (size_t i = CHANGED; i < HOURS; i++) {
        history.rating[i].sum = 0.7 * history.rating[i].total;
        history.rating[i].squares = 0.5 * history.rating[i].total;
    }
    struct event event = the_event(&history, arena, "rating");
    assert_true(event.at.observed < 2 && event.at.expected > 3.5 && event.at.expected < 4.1);
    assert_true(event.at.low < event.at.expected && event.at.expected < event.at.high);
    arena_free(arena);
}

static void a_topic_is_named(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    struct history history = calm(arena);
    history.topics[0].name = SPAN("delivery");
    for (size_t i = CHANGED; i < HOURS; i++) {
        struct share_point *point = &history.topics[0].points[i];
        point->sum = point->squares = 0.3 * point->total;
    }
    struct event event = the_event(&history, arena, "topic");
    assert_span_equal(event.lane->topic, "delivery");
    arena_free(arena);
}

static void one_loud_voice_is_reach(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    struct history history = calm(arena);
    history.reach[CHANGED + 10].count += 5e6;
    struct event event = the_event(&history, arena, "reach");
    assert_true(event.at.observed > 5e6 && event.at.high < 2e6);
    assert_int_equal(event.started_ms, MONDAY_MS + (int64_t)(CHANGED + 10) * HOUR_MS);
    arena_free(arena);
}

static void silence_is_seen_where_everybody_was_asked(void **state) {
    (void)state;
    for (int gap = 0; gap < 2; gap++) {
        struct arena *arena = arena_create();
        struct history history = calm(arena);
        for (size_t i = CHANGED; i < HOURS; i++) {
            history.volume[i] = (struct detector_point){.known = true, .partial = gap == 1};
            history.negative[i].count = history.reach[i].count = 0;
            history.negativity[i] = history.rating[i] = (struct share_point){0};
            for (size_t t = 0; t < history.topic_count; t++) {
                history.topics[t].points[i] = (struct share_point){0};
            }
        }
        history.reach = NULL;
        if (gap == 0) {
            struct event event = the_event(&history, arena, "silence");
            assert_true(event.at.observed < event.at.low);
        } else {
            size_t count = 0;
            (void)events_find(&history, &options, arena, &count);
            assert_int_equal(count, 0);
        }
        arena_free(arena);
    }
}

/* What a day's share says of it does not draw out what its hours saw begin and end. */
static void the_slow_do_not_draw_out_the_fast(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    struct history history = calm(arena);
    for (size_t i = CHANGED; i < CHANGED + 3; i++) {
        history.volume[i].count += 60;
        history.negative[i].count += 60;
        history.negativity[i].total += 60;
        history.negativity[i].sum += 60;
        history.negativity[i].squares += 60;
    }
    struct event event = the_event(&history, arena, "negative");
    assert_in_range(event.last, CHANGED + 2, CHANGED + 5);
    arena_free(arena);
}

static size_t surprises(const struct detector_result *results, size_t first, size_t count) {
    size_t sum = 0;
    for (size_t i = first; i < count; i++) {
        sum += results[i].surprising;
    }
    return sum;
}

/* Days that differ much from one another make the same share no news; few things say little. */
static void shares_know_how_days_differ(void **state) {
    (void)state;
    static const struct {
        double each;    /* things an hour */
        double swings;  /* share on every other day, else 0.1 */
        bool surprises; /* 40 % do */
    } rows[] = {{10, 0.1, true}, {10, 0.5, false}, {0.25, 0.1, false}};
    for (size_t r = 0; r < 3; r++) {
        struct share_point points[720];
        struct detector_result results[720];
        for (size_t i = 0; i < 720; i++) {
            double total = rows[r].each < 1 ? (i % 4 == 0 ? 1 : 0) : rows[r].each;
            double share = i >= 696 ? 0.4 : i / 24 % 2 == 0 ? rows[r].swings : 0.1;
            points[i] = (struct share_point){total, total * share, total * share};
        }
        const struct share_options share = {.false_per_week = 0.05, .minimum = 5};
        shares_run(&share, points, 720, 690, results);
        assert_int_equal(surprises(results, 690, 720) > 0, rows[r].surprises);
    }
}

static void a_short_history_says_nothing(void **state) {
    (void)state;
    struct share_point points[130];
    struct detector_point reach[130];
    struct detector_result results[130];
    for (size_t i = 0; i < 130; i++) {
        points[i] = (struct share_point){5, i < 100 ? 0 : 5, i < 100 ? 0 : 5};
        reach[i] = (struct detector_point){.count = i < 100 ? 10 : 1e7, .known = true};
    }
    const struct share_options share = {.false_per_week = 1, .minimum = 1};
    shares_run(&share, points, 130, 0, results);
    assert_int_equal(surprises(results, 0, SHARES_READY_DAYS * 24), 0);
    assert_true(surprises(results, 0, 130) > 0);
    reach_run(1, reach, 130, 0, results);
    assert_int_equal(surprises(results, 0, 130), 0);
}

/* Improbable is not enough until an hour more says the same; ten times less probable is. */
static void two_stages_confirm(void **state) {
    (void)state;
    static const struct {
        double probability, gain;
        bool before, surprises;
    } rows[] = {{0.005, 3, false, false},
                {0.005, 3, true, true},
                {0.005, -1, true, false},
                {0.0005, -1, false, true},
                {0.02, 3, true, false}};
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct detector_result now = {.probability = rows[r].probability, .gain = rows[r].gain};
        const struct detector_result before = {.suspected = rows[r].before};
        detector_confirm(&now, &before, 0.01, true);
        assert_int_equal(now.surprising, rows[r].surprises);
        detector_confirm(&now, &before, 0.01, false);
        assert_false(now.surprising);
    }
}

static void kinds_are_told_in_words(void **state) {
    (void)state;
    static const struct {
        const char *kind, *topic, *headline;
        double peak, low, high;
    } rows[] = {
        {"volume", "", "Acme: 42 mentions in 1d, normally 5 to 9", 42, 5, 9},
        {"silence", "", "Acme: only 0 mentions in 1d, normally 12 to 40", 0, 12, 40},
        {"share", "", "Acme: 61 % of mentions are negative in 1d, normally 12 % to 30 %", 0.61,
         0.12, 0.3},
        {"topic", "delivery",
         "Acme: 30 % of mentions are of delivery in 1d, normally 1.0 % to 5.0 %", 0.3, 0.01, 0.05},
        {"rating", "", "Acme: ratings average 2.1 stars in 1d, normally 3.9 to 4.5", 2.1, 3.9, 4.5},
        {"reach", "", "Acme: a reach of 5.0 M in 1d, normally 900 to 2.0 M", 5e6, 900, 2e6},
    };
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct arena *arena = arena_create();
        const struct incident incident = {
            .brand = SPAN("Acme"), .kind = span_of(rows[r].kind), .peak = rows[r].peak};
        const struct incident_usual usual = {.window_ms = DAY_MS,
                                             .topic = span_of(rows[r].topic),
                                             .low = rows[r].low,
                                             .high = rows[r].high};
        assert_span_equal(incident_headline(arena, &incident, &usual), rows[r].headline);
        arena_free(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_no_event),
        cmocka_unit_test(a_larger_negative_share_is_seen_without_more_talk),
        cmocka_unit_test(ratings_that_fall_are_told_in_stars),
        cmocka_unit_test(a_topic_is_named),
        cmocka_unit_test(one_loud_voice_is_reach),
        cmocka_unit_test(silence_is_seen_where_everybody_was_asked),
        cmocka_unit_test(the_slow_do_not_draw_out_the_fast),
        cmocka_unit_test(shares_know_how_days_differ),
        cmocka_unit_test(a_short_history_says_nothing),
        cmocka_unit_test(two_stages_confirm),
        cmocka_unit_test(kinds_are_told_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
