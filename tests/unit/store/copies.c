/* What is a copy: fingerprints, and the window in which copies are looked for.
 *
 * The last test measures on real articles, read from ARTICLES (a JSON object of objects with an
 * "articleBody"); without that file it is skipped. */
#include "tests/unit/test.h"

#include "base/limits.h"
#include "store/pack.h"
#include "store/prints.h"

#include <jansson.h>
#include <unistd.h>

#define ARTICLES_DEFAULT "../shared/suites/articles/ground-truth.json"
#define DAY ((int64_t)86400000)

static struct fingerprint of_text(const char *text) {
    return fingerprint_make(SPAN(""), span_of(text), CHANNEL_NEWS);
}

static struct fingerprint of_title(const char *title) {
    return fingerprint_make(span_of(title), SPAN("whatever"), CHANNEL_NEWS);
}

static const char *const story =
    "The kettle maker said on Tuesday that it would take back forty thousand kettles sold since "
    "May because their handle can come off while pouring. Eleven customers had reported burns to "
    "the regulator, which opened an inquiry last week. The company will repair or refund every "
    "one of them, its chief engineer told reporters in front of the plant. Shares fell by four "
    "percent in the morning and recovered later in the day.";

static void spelling_of_the_same_words_does_not_count(void **state) {
    (void)state;
    struct fingerprint plain = of_text("Acme's kettles, again: \"broken\" - says Jo");
    assert_true(plain.exact != 0);
    assert_true(plain.exact ==
                of_text("acme\u2019s  kettles again \u201cBroken\u201d says jo!").exact);
    assert_true(plain.exact != of_text("acme's kettles again broken says al").exact);
    assert_int_equal(of_text("...").exact, 0);
    assert_int_equal(of_text("\u6c34\u58f6\u5f88\u597d").words, 4); /* written without spaces */
    assert_int_equal(of_text("t\u00e9l\u00e9phone cass\u00e9").words, 2);
    assert_int_equal(of_text("\xE4\xBD").words, 1); /* cut in the middle */
}

static void headlines_lose_their_publisher(void **state) {
    (void)state;
    struct fingerprint plain = of_title("Acme takes back forty thousand kettles");
    assert_true(plain.title != 0);
    assert_true(plain.title ==
                of_title("Acme takes back forty thousand kettles - Daily Post").title);
    assert_true(plain.title == of_title("ACME takes back forty thousand kettles | Wire").title);
    assert_true(plain.title != of_title("Acme takes back fifty thousand kettles").title);
    assert_int_equal(of_title("Acme weekly report").title, 0);
    assert_int_equal(
        fingerprint_make(SPAN("Acme takes back forty thousand kettles"), SPAN(""), CHANNEL_FORUM)
            .title,
        0);
}

static void near_copies_are_near(void **state) {
    (void)state;
    char copy[1024];
    struct fingerprint original = of_text(story);
    snprintf(copy, sizeof copy, "SPRINGFIELD (Wire) - %s Reporting by A. Writer.", story);
    struct fingerprint near = of_text(copy);
    assert_true(near.exact != original.exact);
    assert_true(fingerprint_is_near(&original, &near));
    struct fingerprint other =
        of_text("The bakery chain said on Monday that it would open forty new shops until May "
                "because its bread sells so well. Eleven towns had asked for one, and the "
                "company will look at every one of them, its founder told reporters.");
    assert_false(fingerprint_is_near(&original, &other));
    struct fingerprint brief = of_text("Great app, I use it every day");
    assert_false(fingerprint_is_near(&brief, &brief));
}

/* --- The window ------------------------------------------------------------------------------- */

static struct print print_of(uint64_t sequence, uint64_t cluster, const char *text) {
    return (struct print){sequence, cluster, 100 * DAY, of_text(text)};
}

static void window_finds_the_earliest_story(void **state) {
    (void)state;
    struct prints *prints = prints_create();
    struct fingerprint fingerprint = of_text(story);
    struct print print = print_of(7, 3, story);
    prints_add(prints, &print);
    print.sequence = 8;
    print.cluster = 5;
    prints_add(prints, &print);
    assert_int_equal(prints_find(prints, &fingerprint, 100 * DAY), 3);
    assert_int_equal(prints_find(prints, &fingerprint, 114 * DAY), 3);
    assert_int_equal(prints_find(prints, &fingerprint, 86 * DAY), 3);
    assert_int_equal(prints_find(prints, &fingerprint, 114 * DAY + 1), 0);
    prints_drop(prints, 7, &fingerprint);
    assert_int_equal(prints_find(prints, &fingerprint, 100 * DAY), 5);
    prints_free(prints);
}

static void window_takes_back_what_failed(void **state) {
    (void)state;
    struct prints *prints = prints_create();
    struct fingerprint fingerprint = of_text(story);
    struct print print = print_of(1, 1, story);
    prints_add(prints, &print);
    prints_commit(prints);
    prints_drop(prints, 1, &fingerprint);
    print.sequence = 2;
    print.cluster = 2;
    prints_add(prints, &print);
    for (uint64_t i = 3; i < 10000; i++) { /* the ring grows meanwhile */
        char text[64];
        snprintf(text, sizeof text, "one two three four five six seven eight %d", (int)i);
        struct print other = print_of(i, i, text);
        prints_add(prints, &other);
    }
    assert_int_equal(prints_find(prints, &fingerprint, 100 * DAY), 2);
    prints_rollback(prints);
    assert_int_equal(prints_find(prints, &fingerprint, 100 * DAY), 1);
    struct fingerprint gone = of_text("one two three four five six seven eight 9999");
    assert_int_equal(prints_find(prints, &gone, 100 * DAY), 0);
    prints_free(prints);
}

/* A window that was full before a transaction that failed, and again in it. */
static void full_window_forgets_the_oldest_only(void **state) {
    (void)state;
    struct prints *prints = prints_create();
    char text[64];
    for (uint64_t i = 1; i <= LIMIT_PRINTS + 100; i++) {
        snprintf(text, sizeof text, "one two three four five six seven eight %d", (int)i);
        struct print print = print_of(i, i, text);
        prints_add(prints, &print);
        if (i == LIMIT_PRINTS + 50) {
            prints_commit(prints);
        }
    }
    prints_rollback(prints);
    struct fingerprint oldest = of_text("one two three four five six seven eight 50");
    struct fingerprint newest;
    snprintf(text, sizeof text, "one two three four five six seven eight %d",
             (int)LIMIT_PRINTS + 50);
    newest = of_text(text);
    assert_int_equal(prints_find(prints, &oldest, 100 * DAY), 0);
    assert_int_equal(prints_find(prints, &newest, 100 * DAY), LIMIT_PRINTS + 50);
    snprintf(text, sizeof text, "one two three four five six seven eight %d",
             (int)LIMIT_PRINTS + 51);
    newest = of_text(text);
    assert_int_equal(prints_find(prints, &newest, 100 * DAY), 0);
    prints_free(prints);
}

/* --- Bytes ------------------------------------------------------------------------------------ */

static void integers_come_back(void **state) {
    (void)state;
    static const int64_t values[] = {0, 1, -1, 63, -64, 64, 127, 128, -129, INT64_MAX, INT64_MIN};
    uint8_t bytes[256];
    struct packer packer = packer_make(bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        pack_signed(&packer, values[i]);
        pack_varint(&packer, (uint64_t)values[i]);
    }
    pack_text(&packer, SPAN("end"));
    struct unpacker unpacker = unpacker_make(packer_span(&packer));
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        assert_true(unpack_signed(&unpacker) == values[i]);
        assert_true(unpack_varint(&unpacker) == (uint64_t)values[i]);
    }
    assert_span_equal(unpack_text(&unpacker), "end");
    assert_true(unpacker_is_done(&unpacker));
    assert_int_equal(unpack_u8(&unpacker), 0);
    assert_true(unpacker.bad);
    unpacker = unpacker_make((struct span){"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 11});
    unpack_varint(&unpacker);
    assert_true(unpacker.bad);
    unpacker = unpacker_make(SPAN("\x05"
                                  "abc"));
    assert_int_equal(unpack_text(&unpacker).size, 0);
    assert_true(unpacker.bad);
}

static void moments_sort(void **state) {
    (void)state;
    static const int64_t moments[] = {INT64_MIN, -5, 0, 1, 1795000000000, INT64_MAX};
    for (size_t i = 1; i < sizeof moments / sizeof *moments; i++) {
        assert_true(moment_bias(moments[i - 1]) < moment_bias(moments[i]));
        assert_true(moment_bias(moments[i]) <= MOMENT_LAST);
    }
    assert_true(moment_unbias(moment_bias(1795000000000)) == 1795000000000);
    assert_true(day_bias(-1) < day_bias(0) && day_unbias(day_bias(-7)) == -7);
}

/* --- Real articles ---------------------------------------------------------------------------- */

#define ARTICLES_MAX 400

struct articles {
    char *texts[ARTICLES_MAX];
    struct fingerprint prints[ARTICLES_MAX];
    size_t count;
};

/* The text with its every `every`-th word replaced, and something before and behind. */
static void text_edit(const char *text, size_t every, const char *before, const char *behind,
                      char *out) {
    size_t words = 0;
    out += sprintf(out, "%s", before);
    for (; *text != '\0'; text++) {
        *out++ = *text;
        if (*text == ' ' && every > 0 && ++words % every == 0) {
            out += sprintf(out, "else%zu ", words);
            text += strcspn(text + 1, " ");
        }
    }
    sprintf(out, "%s", behind);
}

/* Share of the articles that are still known as copies after an edit, in percent. */
static unsigned recall(const struct articles *articles, size_t every, const char *before,
                       const char *behind, unsigned keep) {
    unsigned found = 0;
    for (size_t i = 0; i < articles->count; i++) {
        size_t size = strlen(articles->texts[i]);
        char *edited = memory_new(size * 3 + 200, 1);
        text_edit(articles->texts[i], every, before, behind, edited);
        edited[strlen(edited) * keep / 100] = '\0';
        struct fingerprint print = of_text(edited);
        found += fingerprint_is_near(&print, &articles->prints[i]);
        free(edited);
    }
    return (unsigned)(found * 100 / articles->count);
}

static void articles_load(struct articles *articles, json_t *root) {
    const char *key;
    json_t *value;
    json_object_foreach(root, key, value) {
        const char *text = json_string_value(json_object_get(value, "articleBody"));
        struct fingerprint print = of_text(text == NULL ? "" : text);
        if (print.words >= 100 && articles->count < ARTICLES_MAX) {
            articles->texts[articles->count] = memory_copy_string(text);
            articles->prints[articles->count++] = print;
        }
    }
}

static void real_articles_are_told_apart(void **state) {
    (void)state;
    const char *path = getenv("ARTICLES") != NULL ? getenv("ARTICLES") : ARTICLES_DEFAULT;
    json_t *root = json_load_file(path, 0, NULL);
    if (root == NULL) {
        print_message("skipped: no articles in %s (ARTICLES=file)\n", path);
        skip();
    }
    struct articles *articles = NEW(struct articles);
    articles_load(articles, root);
    json_decref(root);
    size_t pairs = 0;
    for (size_t i = 0; i < articles->count; i++) {
        for (size_t j = 0; j < i; j++) {
            pairs += fingerprint_is_near(&articles->prints[i], &articles->prints[j]);
        }
    }
    const char *line = "LONDON (Wire) - By Jo Writer and others ";
    unsigned framed = recall(articles, 0, line, " Editing by A. B. All rights reserved.", 100);
    unsigned edited = recall(articles, 50, line, "", 100);
    unsigned cut = recall(articles, 0, "", "", 80);
    unsigned half = recall(articles, 0, "", "", 50);
    print_message("%zu articles: %zu pairs taken for copies; known again: framed %u %%, 2 %% of "
                  "words replaced %u %%, last fifth cut %u %%, half %u %%\n",
                  articles->count, pairs, framed, edited, cut, half);
    assert_int_equal(pairs, 0);
    assert_true(framed >= 98 && edited >= 95 && cut >= 90);
    for (size_t i = 0; i < articles->count; i++) {
        free(articles->texts[i]);
    }
    free(articles);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spelling_of_the_same_words_does_not_count),
        cmocka_unit_test(headlines_lose_their_publisher),
        cmocka_unit_test(near_copies_are_near),
        cmocka_unit_test(window_finds_the_earliest_story),
        cmocka_unit_test(window_takes_back_what_failed),
        cmocka_unit_test(full_window_forgets_the_oldest_only),
        cmocka_unit_test(integers_come_back),
        cmocka_unit_test(moments_sort),
        cmocka_unit_test(real_articles_are_told_apart),
    };
    return cmocka_run_group_tests_name("store/copies", tests, NULL, NULL);
}
