/* Text as tokens. */
#include "tests/unit/test.h"

#include "sentiment/emoticon.h"
#include "sentiment/token.h"

/* The tokens as one string: folded words, marks as they are, each followed by a blank. */
static void assert_tokens(const char *text, const char *expected) {
    struct arena *arena = arena_create();
    struct tokens tokens;
    char joined[512] = "";
    tokens_split(span_of(text), arena, &tokens);
    for (size_t i = 0; i < tokens.count; i++) {
        const struct token *token = &tokens.list[i];
        char one[128];
        if (token->kind == TOKEN_MARK) {
            (void)snprintf(one, sizeof one, "%c ", token->mark);
        } else if (token->kind == TOKEN_NAME) {
            (void)snprintf(one, sizeof one, "@ ");
        } else {
            (void)snprintf(one, sizeof one, "%.*s ", SPAN_ARG(token->folded));
        }
        strncat(joined, one, sizeof joined - strlen(joined) - 1);
        assert_true(token->end > token->begin && token->end <= strlen(text));
        assert_true(i == 0 || token->begin >= tokens.list[i - 1].end);
    }
    assert_string_equal(joined, expected);
    arena_free(arena);
}

static void words_are_folded(void **state) {
    (void)state;
    assert_tokens("The Best CAF\xC3\x89", "the best caf\xC3\xA9 ");
    assert_tokens("don't, won\xE2\x80\x99t", "don't , won't ");
    assert_tokens("cafe\xCC\x81", "caf\xC3\xA9 "); /* combining accent */
    assert_tokens("it\\u2019s", "it's ");
    assert_tokens("well-made 10/10 3.5 24/7", "well - made 10/10 3.5 24/7 ");
    assert_tokens("sh*t f**k", "sh*t f**k ");
}

/* Eight letters fill a block; what is told of a word must not depend on where its blocks end. */
static void long_words_are_folded_like_short_ones(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    for (size_t size = 1; size < 40; size++) {
        char text[64] = "";
        for (size_t i = 0; i < size; i++) {
            text[i] = (char)('A' + i % 26);
        }
        for (size_t run = 0; run + 3 <= size; run++) {
            char with[64];
            memcpy(with, text, sizeof with);
            memcpy(with + run, "qQq", 3);
            strcat(with, " end of it");
            struct tokens tokens;
            tokens_split(span_of(with), arena, &tokens);
            assert_int_equal(tokens.list[0].folded.size, size);
            assert_int_equal(tokens.list[0].folded.data[run + 1], 'q');
            assert_true((tokens.list[0].flags & TOKEN_ELONGATED) != 0);
            assert_true((tokens.list[0].flags & TOKEN_CAPITALS) == 0);
        }
        struct tokens tokens;
        strcat(text, " end of it");
        tokens_split(span_of(text), arena, &tokens);
        assert_int_equal(tokens.list[0].end, size);
        assert_int_equal((tokens.list[0].flags & TOKEN_CAPITALS) != 0, size >= 3);
        assert_true((tokens.list[0].flags & TOKEN_ELONGATED) == 0);
        for (size_t i = size; i % 8 != 0; i++) {
            assert_int_equal(tokens.list[0].folded.data[i], 0);
        }
        arena_reset(arena);
    }
    arena_free(arena);
}

static void elisions_are_split(void **state) {
    (void)state;
    assert_tokens("l'h\xC3\xB4tel n'est", "l' h\xC3\xB4tel n' est ");
    assert_tokens("dell'albergo", "dell' albergo ");
    assert_tokens("I'm y'all", "i'm y'all ");
}

static void names_are_not_words(void **state) {
    (void)state;
    assert_tokens("@bob see https://a.example/b?c. ok", "@ see @ ok ");
    assert_tokens("www.example.com x", "@ x ");
    assert_tokens("a@ b", "a   b ");
}

static void hashtags_are_split(void **state) {
    (void)state;
    assert_tokens("#WorstServiceEver", "worst service ever ");
    assert_tokens("#snow_day2024!", "snow day 2024 ! ");
    assert_tokens("#FAIL #1", "fail   1 ");
}

static void marks_are_counted(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    struct tokens tokens;
    tokens_split(SPAN("wow!!! ok..."), arena, &tokens);
    assert_int_equal(tokens.count, 4);
    assert_int_equal(tokens.words, 2);
    assert_int_equal(tokens.list[1].repeats, 3);
    assert_int_equal(tokens.list[3].mark, '.');
    arena_free(arena);
}

static void shouting_and_stretching_are_seen(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    struct tokens tokens;
    tokens_split(SPAN("GREAT Great sooo OK"), arena, &tokens);
    assert_true((tokens.list[0].flags & TOKEN_CAPITALS) != 0);
    assert_true((tokens.list[1].flags & TOKEN_CAPITALS) == 0);
    assert_true((tokens.list[2].flags & TOKEN_ELONGATED) != 0);
    assert_true((tokens.list[3].flags & TOKEN_CAPITALS) == 0); /* two letters may be a name */
    arena_free(arena);
}

static void emoji_are_one_token(void **state) {
    (void)state;
    /* Family of three joined; the same face three times; thumb with a skin tone. */
    assert_tokens("\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7",
                  "\xF0\x9F\x91\xA8 ");
    assert_tokens("\xF0\x9F\x98\x82\xF0\x9F\x98\x82\xF0\x9F\x98\x82", "\xF0\x9F\x98\x82 ");
    assert_tokens("\xF0\x9F\x91\x8D\xF0\x9F\x8F\xBDok", "\xF0\x9F\x91\x8D ok ");
}

static void emoticons_are_told_from_marks(void **state) {
    (void)state;
    char key[EMOTICON_SIZE];
    assert_int_equal(emoticon_match(SPAN(":-)))"), ' ', key), 5);
    assert_string_equal(key, ":)");
    assert_int_equal(emoticon_match(SPAN(":'("), ' ', key), 3);
    assert_string_equal(key, ":'(");
    assert_int_equal(emoticon_match(SPAN("<3"), ' ', key), 2);
    assert_int_equal(emoticon_match(SPAN(":("), 'd', key), 2); /* "bad:(" */
    assert_int_equal(emoticon_match(SPAN(":3"), '4', key), 0); /* "4:3" */
    assert_int_equal(emoticon_match(SPAN(":Dogs"), ' ', key), 0);
    assert_int_equal(emoticon_match(SPAN(":"), ' ', key), 0);
    assert_int_equal(emoticon_match(SPAN(":-"), ' ', key), 0);
}

/* The look at two bytes must not miss a face that the whole look finds. */
static void no_emoticon_is_missed(void **state) {
    (void)state;
    size_t found = 0;
    for (char first = ' '; first <= '~'; first++) {
        for (char second = ' '; second <= '~'; second++) {
            for (char third = ' '; third <= '~'; third++) {
                char text[] = {first, second, third, ' '};
                char key[EMOTICON_SIZE];
                if (emoticon_match((struct span){text, sizeof text}, ' ', key) > 0) {
                    assert_true(emoticon_begins(first, second));
                    found++;
                }
            }
        }
    }
    assert_true(found > 500);
    assert_false(emoticon_begins('o', 'n'));
    assert_false(emoticon_begins('.', ' '));
}

static void broken_utf8_is_marks(void **state) {
    (void)state;
    assert_tokens("a\xFF\xFE"
                  "b",
                  "a   b ");
    assert_tokens("\xC3", "  ");
    assert_tokens("x\xE2\x80", "x   ");
}

static void accents_come_off(void **state) {
    (void)state;
    char plain[64];
    size_t size = token_without_accents(SPAN("sch\xC3\xB6ne Stra\xC3\x9F"), true, plain);
    assert_span_equal(((struct span){plain, size}), "schoene Strass");
    size = token_without_accents(SPAN("perd\xC3\xB3n \xC3\xB1"), false, plain);
    assert_span_equal(((struct span){plain, size}), "perdon n");
    size = token_shorten(SPAN("sooo goooood"), 2, plain);
    assert_span_equal(((struct span){plain, size}), "soo good");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_folded),
        cmocka_unit_test(long_words_are_folded_like_short_ones),
        cmocka_unit_test(elisions_are_split),
        cmocka_unit_test(names_are_not_words),
        cmocka_unit_test(hashtags_are_split),
        cmocka_unit_test(marks_are_counted),
        cmocka_unit_test(shouting_and_stretching_are_seen),
        cmocka_unit_test(emoji_are_one_token),
        cmocka_unit_test(emoticons_are_told_from_marks),
        cmocka_unit_test(no_emoticon_is_missed),
        cmocka_unit_test(broken_utf8_is_marks),
        cmocka_unit_test(accents_come_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
