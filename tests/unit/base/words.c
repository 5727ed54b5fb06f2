#include "tests/unit/test.h"

#include "base/buffer.h"
#include "base/fold.h"
#include "base/limits.h"
#include "base/print.h"
#include "base/words.h"

#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/utext.h>

/* The folded words of `text` with a '|' between them. */
static struct span joined(const char *text, struct arena *arena) {
    struct words words;
    words_split(span_of(text), arena, &words);
    struct span *parts = ARENA_ARRAY(arena, struct span, words.count + 1);
    for (size_t i = 0; i < words.count; i++) {
        parts[i] = words.list[i].folded;
    }
    return arena_join(arena, parts, words.count, "|");
}

static void test_split(void **state) {
    (void)state;
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"", ""},
        {"  \n\t!?", ""},
        {"Hello, World!", "hello|world"},
        {"don't stop", "don't|stop"},
        {"don’t stop", "don't|stop"},
        {"'quoted' dogs'", "quoted|dogs"},
        {"l'Acme d’Acme Acme's", "l'acme|d'acme|acme's"},
        {"costs 3.5 or 1,000.25 euros.", "costs|3.5|or|1,000.25|euros"},
        {"it.Acme is a:b", "it|acme|is|a|b"},
        {"_acme_ foo_bar", "acme|foo|bar"},
        {"a：b 3．5", "a|b|3.5"},
        {"www.Example.com/path?x=1", "www|example|com|path|x|1"},
        {"mail bob@example.co.uk", "mail|bob|example|co|uk"},
        {"#AcmeFail @acme_help", "acmefail|acme|help"},
        {"iPhone15 5kg a-b", "iphone15|5kg|a|b"},
        {"Ésprit Straße ŒUVRE Ørsted Łódź ıI", "esprit|strasse|oeuvre|orsted|lodz|ii"},
        {"E\xCC\x81sprit", "esprit"},
        {"ac\xC2\xADme", "acme"},
        {"ＡＣＭＥ", "acme"},
        {"paral·lel", "paral·lel"},
        {"Ελλάδα Ёлка", "ελλαδα|елка"},
        {"任天堂です", "任|天|堂|で|す"},
        {"アップル ｱｯﾌﾟﾙ", "アップル|アップル"},
        {"한국어", "한국어"},
        {"สวย", "ส|ว|ย"},
        {"good 👍🏽 one", "good|one"},
        {"a\xFF"
         "b \xC3",
         "a|b"},
        {"rock'n'roll", "rock'n'roll"},
        {"5'10 o'clock", "5'10|o'clock"},
        {"צה\"ל ג' x", "צה\"ל|ג'|x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        assert_span_equal(joined(cases[i].text, arena), cases[i].words);
        arena_free(arena);
    }
}

static void test_offsets(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    struct words words;
    words_split(SPAN("¡Olé, Straße!"), arena, &words);
    assert_int_equal(words.count, 2);
    assert_int_equal(words.list[0].begin, 2);
    assert_int_equal(words.list[0].end, 6);
    assert_int_equal(words.list[1].begin, 8);
    assert_int_equal(words.list[1].end, 15);
    assert_span_equal(words.list[1].folded, "strasse");
    arena_free(arena);
}

static void test_limit(void **state) {
    (void)state;
    size_t size = LIMIT_TEXT + 100;
    char *text = malloc(size);
    memset(text, 'x', size);
    for (size_t i = 7; i < size; i += 8) {
        text[i] = ' ';
    }
    struct arena *arena = arena_create();
    struct words words;
    words_split((struct span){text, size}, arena, &words);
    assert_int_equal(words.count, LIMIT_TEXT / 8);
    arena_free(arena);
    free(text);
}

/* Longer than what folding keeps at hand, and growing eighteenfold in it. */
static void test_fold_long(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    struct buffer text;
    buffer_init(&text, 64 * KIB);
    for (int i = 0; i < 500; i++) {
        buffer_append_string(&text, i < 400 ? "Ω" : "\xEF\xB7\xBA"); /* U+FDFA */
    }
    struct span folded = words_fold(buffer_span(&text), arena);
    assert_true(span_starts_with(folded, SPAN("ωω")));
    assert_int_equal(folded.size, 400 * 2 + 100 * 33);
    buffer_done(&text);
    arena_free(arena);
}

static void test_fold(void **state) {
    (void)state;
    static const struct {
        const char *text, *folded;
    } cases[] = {
        {"", ""},
        {"plain", "plain"},
        {"CoCa-Cola", "coca-cola"},
        {"ÀÉÎÕÜ ñ Ç", "aeiou n c"},
        {"ẞ ŉ Ĳ Ŀ", "ss 'n ij l·"},
        {"ﬁne ① ℌ Å", "fine 1 h a"},
        {"हिन्दी", "हिन्दी"},
        {"がぎ", "がぎ"},
        {"مُحَمَّد", "محمد"},
        {"й ё", "и е"},
        {"한글", "한글"},
        {"bad \xFF", "bad \xEF\xBF\xBD"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        struct span folded = words_fold(span_of(cases[i].text), arena);
        assert_span_equal(folded, cases[i].folded);
        assert_span_equal(words_fold(folded, arena), cases[i].folded);
        arena_free(arena);
    }
}

/* --- Against ICU ------------------------------------------------------------------------------ */

static uint32_t next_random(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

static bool rune_is_taken(uint32_t rune) {
    return strchr("._:@", (int)rune) != NULL || /* ours differ, on purpose */
           u_getIntPropertyValue((UChar32)rune, UCHAR_WORD_BREAK) == U_WB_EXTENDNUMLET;
}

/* ASCII only, or with letters, marks and signs of scripts that have spaces. */
static struct span random_text(uint64_t *state, bool ascii, struct arena *arena) {
    static const uint32_t others[] = {0xE9,   0xDF,    0x153,  0x17F,  0x301,  0x3B1,  0x442,
                                      0x5D0,  0x5D1,   0x627,  0x644,  0x30A2, 0x30C3, 0x30FC,
                                      0xB7,   0x2019,  0x2018, 0xAD,   0x915,  0x94D,  0x93F,
                                      0xAC00, 0x1F44D, 0x2014, 0xFF10, 0x661,  0x5F4,  0x37E,
                                      0x20AC, 0xA0,    0x1E9E, 0x130,  0x200C, 0xFF21};
    struct buffer buffer;
    buffer_init(&buffer, KIB);
    size_t count = next_random(state) % 24;
    for (size_t i = 0; i < count; i++) {
        uint32_t rune = 1 + next_random(state) % 127;
        uint32_t kind = next_random(state) % 4;
        if (kind == 0) {
            rune = (uint32_t)(unsigned char)"aZ5'\",;- b9"[next_random(state) % 11];
        } else if (kind <= 2 && !ascii) {
            rune = others[next_random(state) % (sizeof others / sizeof others[0])];
        }
        buffer_append_rune(&buffer, rune_is_taken(rune) ? 'x' : rune);
    }
    struct span text = arena_copy(arena, buffer_span(&buffer));
    buffer_done(&buffer);
    return text;
}

static bool segment_is_word(struct span text, int32_t begin, int32_t end) {
    while (begin < end) {
        uint32_t rune = 0;
        begin += (int32_t)rune_decode(span_from(text, (size_t)begin), &rune);
        if (u_isalnum((UChar32)rune)) {
            return true;
        }
    }
    return false;
}

/* Compares words_split with ICU's break iterator word by word. */
static void check_text(UBreakIterator *iterator, struct span text, struct arena *arena) {
    struct words words;
    words_split(text, arena, &words);
    UErrorCode status = U_ZERO_ERROR;
    UText *utext = utext_openUTF8(NULL, text.data, (int64_t)text.size, &status);
    ubrk_setUText(iterator, utext, &status);
    assert_true(U_SUCCESS(status));
    size_t index = 0;
    int32_t begin = ubrk_first(iterator);
    for (int32_t end = ubrk_next(iterator); end != UBRK_DONE; end = ubrk_next(iterator)) {
        if (segment_is_word(text, begin, end)) {
            if (index >= words.count || words.list[index].begin != (uint32_t)begin ||
                words.list[index].end != (uint32_t)end) {
                fail_msg("\"%.*s\": word %zu should be %d..%d", SPAN_ARG(text), index, begin, end);
            }
            struct span slice = {text.data + begin, (size_t)(end - begin)};
            assert_true(span_equal(words.list[index].folded, fold_by_icu(slice, arena)));
            index++;
        }
        begin = end;
    }
    assert_int_equal(index, words.count);
    utext_close(utext);
}

static void test_same_as_icu(void **state) {
    (void)state;
    UErrorCode status = U_ZERO_ERROR;
    UBreakIterator *iterator = ubrk_open(UBRK_WORD, "", NULL, 0, &status);
    assert_true(U_SUCCESS(status));
    struct arena *arena = arena_create();
    uint64_t seed = 1;
    for (int i = 0; i < 40000; i++) {
        check_text(iterator, random_text(&seed, i % 2 == 0, arena), arena);
        arena_reset(arena);
    }
    arena_free(arena);
    ubrk_close(iterator);
}

/* Every character folds the same by table and by ICU, and folding is idempotent. */
static void test_fold_every_rune(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    struct buffer buffer;
    buffer_init(&buffer, 8);
    for (uint32_t rune = 1; rune < 0x20000; rune++) {
        buffer_clear(&buffer);
        buffer_append_rune(&buffer, rune);
        struct span folded = words_fold(buffer_span(&buffer), arena);
        if (!span_equal(folded, fold_by_icu(buffer_span(&buffer), arena))) {
            fail_msg("U+%04X: table and ICU differ", (unsigned)rune);
        }
        if (!span_equal(folded, words_fold(folded, arena))) {
            fail_msg("U+%04X: folding twice differs", (unsigned)rune);
        }
        arena_reset(arena);
    }
    buffer_done(&buffer);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_split),           cmocka_unit_test(test_offsets),
        cmocka_unit_test(test_limit),           cmocka_unit_test(test_fold),
        cmocka_unit_test(test_fold_long),       cmocka_unit_test(test_same_as_icu),
        cmocka_unit_test(test_fold_every_rune),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
