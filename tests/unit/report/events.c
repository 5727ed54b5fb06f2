#include "tests/unit/test.h"

#include "report/events.h"
#include "report/vocabulary.h"

#define HOURS ((size_t)30 * 24)
#define START_MS ((int64_t)1767571200000) /* 2026-01-05T00:00:00Z */

static const struct event_options options = {
    .signals = {.window = 3, .false_per_week = 0.1, .minimum = 5}, .lookback_ms = 20 * DAY_MS};

/* Two mentions an hour, every tenth of them negative. */
static struct history quiet(struct arena *arena) {
    struct history history = {.start_ms = START_MS,
                              .count = HOURS,
                              .volume = ARENA_ARRAY(arena, struct detector_point, HOURS),
                              .negative = ARENA_ARRAY(arena, struct detector_point, HOURS)};
    for (size_t i = 0; i < HOURS; i++) {
        history.volume[i] = (struct detector_point){.count = (double)(1 + i % 3), .known = true};
        history.negative[i] = (struct detector_point){.count = i % 5 == 0 ? 1 : 0, .known = true};
    }
    return history;
}

static void surge(struct history *history, size_t hour, double volume, double negative) {
    for (size_t i = hour; i < hour + 4; i++) {
        history->volume[i].count += volume;
        history->negative[i].count += negative;
    }
}

static void quiet_is_no_event(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    struct history history = quiet(arena);
    size_t count = 0;
    (void)events_find(&history, &options, arena, &count);
    assert_int_equal(count, 0);
    arena_free(arena);
}

static void what_lies_close_is_one_event(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    struct history history = quiet(arena);
    size_t count = 0;
    surge(&history, 500, 20, 15);
    surge(&history, 515, 30, 25);
    surge(&history, 600, 20, 15);
    struct event *events = events_find(&history, &options, arena, &count);
    assert_int_equal(count, 2);
    assert_int_equal(events[0].started_ms, START_MS + 500 * HOUR_MS);
    assert_int_equal(events[0].state, INCIDENT_CLOSED);
    assert_true(events[0].ended_ms >= START_MS + 519 * HOUR_MS &&
                events[0].ended_ms <= START_MS + 522 * HOUR_MS);
    assert_true(events[0].at.observed >= 75 && events[0].at.observed <= 80);
    assert_string_equal(events[0].lane->signal->kind, "negative");
    assert_int_equal(events[1].started_ms, START_MS + 600 * HOUR_MS);
    double before = event_distance_until(&events[0], &history, START_MS + 510 * HOUR_MS);
    assert_true(before >= 40 && before <= 50);
    arena_free(arena);
}

/* More talk brings more negative talk; that alone does not make it a negative event. */
static void a_louder_crowd_is_not_an_angrier_one(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    struct history history = quiet(arena);
    size_t count = 0;
    surge(&history, 500, 60, 5);
    struct event *events = events_find(&history, &options, arena, &count);
    assert_int_equal(count, 1);
    assert_string_equal(events[0].lane->signal->kind, "volume");
    arena_free(arena);
}

static void states_follow_from_the_last_loud_hour(void **state) {
    (void)state;
    static const struct {
        size_t ago;
        enum incident_state state;
    } rows[] = {{5, INCIDENT_OPEN}, {14, INCIDENT_CALM}, {60, INCIDENT_CLOSED}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct arena *arena = arena_create();
        struct history history = quiet(arena);
        size_t count = 0;
        surge(&history, HOURS - rows[i].ago, 20, 15);
        struct event *events = events_find(&history, &options, arena, &count);
        assert_int_equal(count, 1);
        assert_int_equal(events[0].state, rows[i].state);
        assert_int_equal(events[0].ended_ms == DATE_NONE, rows[i].state != INCIDENT_CLOSED);
        arena_free(arena);
    }
}

static void new_words_count_once_a_text(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    struct vocabulary vocabulary = vocabulary_make(arena);
    for (int i = 0; i < 40; i++) {
        vocabulary_add(&vocabulary, SPAN(""), SPAN("the shop is nice"), VOCABULARY_BEFORE);
    }
    for (int i = 0; i < 10; i++) {
        vocabulary_add(&vocabulary, SPAN("Parcel"),
                       SPAN("the parcel PARCEL parcel is lost, 123 4.5 ok"), VOCABULARY_NOW);
    }
    vocabulary_add(&vocabulary, SPAN(""), SPAN("zebra zebra zebra"), VOCABULARY_NOW);
    size_t count = 0;
    struct evidence_word *words = vocabulary_news(&vocabulary, 5, &count);
    assert_int_equal(count, 2);
    assert_true(span_equal(words[0].word, SPAN("lost")) ||
                span_equal(words[0].word, SPAN("parcel")));
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(words[i].now, 10);
        assert_int_equal(words[i].before, 0);
    }
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quiet_is_no_event),
        cmocka_unit_test(what_lies_close_is_one_event),
        cmocka_unit_test(a_louder_crowd_is_not_an_angrier_one),
        cmocka_unit_test(states_follow_from_the_last_loud_hour),
        cmocka_unit_test(new_words_count_once_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
