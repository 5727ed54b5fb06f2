/* Measures of judged texts, against numbers worked out by hand. */
#include "tests/unit/test.h"

#include "report/report.h"

/* Meant and said of ten texts: 4 negative (3 found), 4 neutral (2 found), 2 positive (1 found). */
static const struct {
    enum label meant, said;
} rows[] = {
    {LABEL_NEGATIVE, LABEL_NEGATIVE}, {LABEL_NEGATIVE, LABEL_NEGATIVE},
    {LABEL_NEGATIVE, LABEL_NEGATIVE}, {LABEL_NEGATIVE, LABEL_POSITIVE},
    {LABEL_NEUTRAL, LABEL_NEUTRAL},   {LABEL_NEUTRAL, LABEL_NEUTRAL},
    {LABEL_NEUTRAL, LABEL_NEGATIVE},  {LABEL_NEUTRAL, LABEL_POSITIVE},
    {LABEL_POSITIVE, LABEL_POSITIVE}, {LABEL_POSITIVE, LABEL_NEUTRAL},
};
enum { ROWS = sizeof rows / sizeof *rows };

static const char *print(struct buffer *out, bool learned, enum output_format format) {
    static struct trial_case cases[ROWS];
    static const size_t worst[] = {3};
    for (size_t i = 0; i < ROWS; i++) {
        cases[i] = (struct trial_case){
            .text = SPAN("never\x1b[2J again"),
            .meant = rows[i].meant,
            .lexicon = {.label = rows[i].said, .confidence = i == 3 ? 0.95 : 0.55},
            .learned = {.label = rows[i].meant, .confidence = 1},
        };
    }
    struct trial trial = {.cases = cases,
                          .count = ROWS,
                          .learned = learned,
                          .split = SPAN("as it comes"),
                          .worst = worst,
                          .worst_count = 1};
    struct output_style style = {.format = format, .width = 80};
    buffer_init(out, 1 << 16);
    trial_print(out, &trial, &style);
    return buffer_string(out);
}

static void measures_are_right(void **state) {
    (void)state;
    struct buffer out;
    const char *text = print(&out, false, OUTPUT_JSON);
    /* Accuracy 6/10. F1: negative 2*3/(4+4), neutral 2*2/(4+3), positive 2*1/(2+3). */
    assert_non_null(strstr(text, "\"accuracy\": 0.6"));
    assert_non_null(strstr(text, "\"f1\": 0.75"));
    assert_non_null(strstr(text, "\"f1\": 0.571428"));
    assert_non_null(strstr(text, "\"f1\": 0.4"));
    assert_non_null(strstr(text, "\"macro_f1\": 0.57380"));
    /* Nine said 55 % sure, six of them right; one said 95 %, wrong: (|4.95 - 6| + 0.95) / 10. */
    assert_non_null(strstr(text, "\"calibration_error\": 0.2"));
    assert_null(strstr(text, "\"learned\""));
    buffer_done(&out);
    text = print(&out, true, OUTPUT_JSON);
    assert_non_null(strstr(text, "\"macro_f1\": 1"));
    assert_non_null(strstr(text, "as it comes"));
    buffer_done(&out);
}

static void people_see_tables_and_the_worst(void **state) {
    (void)state;
    struct buffer out;
    const char *text = print(&out, false, OUTPUT_TABLE);
    assert_non_null(strstr(text, "10 labelled texts: 4 negative, 4 neutral, 2 positive"));
    assert_non_null(strstr(text, "meant negative, said positive, 95 % sure"));
    assert_non_null(strstr(text, "50 to 60 %"));
    assert_null(strchr(text, '\x1b'));
    buffer_done(&out);
}

/* Two overlays side by side: what one of them does not list, it leaves to the lexicon. */
static void overlays_are_compared(void **state) {
    (void)state;
    struct sentiment_overlay *before = NULL;
    struct sentiment_overlay *after = NULL;
    struct output_style style = {.format = OUTPUT_CSV};
    struct buffer out;
    buffer_init(&out, 1 << 16);
    assert_true(
        sentiment_overlay_open(SPAN("both\t1\t0\t9\t0.5\nold\t2\t0\t3\t-1\n"), &before, NULL));
    assert_true(
        sentiment_overlay_open(SPAN("both\t1.5\t0\t9\t0.5\nnew\t-2\t0\t3\t0\n"), &after, NULL));
    words_print(&out, before, after, 10, &style);
    const char *text = buffer_string(&out);
    const char *old = strstr(text, "old,2,-1,-3");
    const char *new = strstr(text, "new,0,-2,-2");
    const char *both = strstr(text, "both,1,1.5,0.5");
    assert_true(old != NULL && new != NULL &&both != NULL);
    assert_true(old < new &&new < both);
    buffer_clear(&out);
    words_print(&out, before, NULL, 1, &style);
    assert_non_null(strstr(buffer_string(&out), "old,-1,2,3"));
    assert_null(strstr(buffer_string(&out), "both"));
    buffer_done(&out);
    sentiment_overlay_close(before);
    sentiment_overlay_close(after);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_are_right),
        cmocka_unit_test(people_see_tables_and_the_worst),
        cmocka_unit_test(overlays_are_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
