/* Scoring in one line, for the tests of the sentiment room. */
#ifndef TESTS_UNIT_SENTIMENT_HELPER_H
#define TESTS_UNIT_SENTIMENT_HELPER_H

#include "tests/unit/test.h"

#include "sentiment/sentiment.h"

struct bench { /* what a group of tests shares */
    struct sentiment *sentiment;
    struct arena *arena;
};

static inline int bench_setup(void **state) {
    struct bench *bench = NEW(struct bench);
    struct error error = {0};
    if (!sentiment_open(&bench->sentiment, &error)) {
        print_error("%s (line %u)\n", error.message, error.line);
        return -1;
    }
    bench->arena = arena_create();
    *state = bench;
    return 0;
}

static inline int bench_teardown(void **state) {
    struct bench *bench = *state;
    sentiment_close(bench->sentiment);
    arena_free(bench->arena);
    free(bench);
    return 0;
}

static inline struct sentiment_result bench_score(void **state, const char *language,
                                                  const char *text) {
    struct bench *bench = *state;
    struct sentiment_request request = {.text = span_of(text),
                                        .language_hint = span_of(language),
                                        .genre = GENRE_SOCIAL,
                                        .explain = true};
    struct sentiment_result result;
    sentiment_score(bench->sentiment, &request, bench->arena, &result);
    return result;
}

/* The whole text's score in a language. */
static inline double value_of(void **state, const char *language, const char *text) {
    return bench_score(state, language, text).whole.value;
}

/* The score towards every place where `name` stands. */
static inline struct score target_of(void **state, const char *language, const char *text,
                                     const char *name) {
    struct bench *bench = *state;
    struct sentiment_place places[8];
    struct sentiment_target target = {.name = span_of(name), .places = places};
    struct span whole = span_of(text);
    for (size_t at = 0; target.place_count < 8; at++) {
        size_t found = span_find(span_from(whole, at), target.name);
        if (found == SPAN_NOT_FOUND) {
            break;
        }
        at += found;
        places[target.place_count++] =
            (struct sentiment_place){(uint32_t)at, (uint32_t)(at + target.name.size)};
    }
    struct sentiment_request request = {.text = whole,
                                        .language_hint = span_of(language),
                                        .genre = GENRE_SOCIAL,
                                        .targets = &target,
                                        .target_count = 1,
                                        .three = true};
    struct sentiment_result result;
    sentiment_score(bench->sentiment, &request, bench->arena, &result);
    return result.targets[0];
}

#define assert_above(a, b)                                                                         \
    do {                                                                                           \
        double above_ = (a);                                                                       \
        double below_ = (b);                                                                       \
        if (!(above_ > below_)) {                                                                  \
            fail_msg("%f is not above %f", above_, below_);                                        \
        }                                                                                          \
    } while (0)

#endif
