/* base/log: what a line looks like, that nothing forges one, and threads. */
#include "base/log.h"
#include "base/limits.h"
#include "tests/unit/test.h"

#include <jansson.h>
#include <math.h>
#include <pthread.h>

/* A log into memory, with a clock that stands still. */
struct fixture {
    struct manual_clock clock;
    char *text;
    size_t size;
    FILE *stream;
    struct log *log;
};

static void fixture_open(struct fixture *fixture, enum log_format format, enum log_level least) {
    *fixture = (struct fixture){.clock = manual_clock_make(1795252211120)};
    fixture->stream = open_memstream(&fixture->text, &fixture->size);
    assert_non_null(fixture->stream);
    fixture->log = log_create(fixture->stream, format, least, &fixture->clock.clock);
}

static void fixture_close(struct fixture *fixture) {
    log_free(fixture->log);
    fclose(fixture->stream);
    free(fixture->text);
}

static void test_logfmt(void **state) {
    (void)state;
    struct fixture f;
    fixture_open(&f, LOG_LOGFMT, LOG_DEBUG);
    log_info(f.log, "started");
    log_warning(f.log, "source_failed", LOG_STRING("source", "hackernews"), LOG_INT("status", 503),
                LOG_REAL("seconds", 0.25));
    log_error(f.log, "odd", LOG_STRING("text", "two words"), LOG_STRING("none", NULL),
              LOG_INT("least", INT64_MIN), LOG_REAL("bad", NAN));
    log_debug(f.log, "quiet", LOG_TEXT("a", SPAN("x=\"y\"\n")));
    assert_string_equal(f.text, "2026-11-21T09:10:11.120Z info started\n"
                                "2026-11-21T09:10:11.120Z warning source_failed source=hackernews "
                                "status=503 seconds=0.25\n"
                                "2026-11-21T09:10:11.120Z error odd text=\"two words\" none=\"\" "
                                "least=-9223372036854775808 bad=null\n"
                                "2026-11-21T09:10:11.120Z debug quiet a=\"x=\\\"y\\\"\\n\"\n");
    fixture_close(&f);
}

static void test_json(void **state) {
    (void)state;
    struct fixture f;
    fixture_open(&f, LOG_JSON, LOG_INFO);
    struct error error = {0};
    error_set(&error, ERROR_INPUT, "a \"quoted\" thing");
    log_info(f.log, "started");
    log_error(f.log, "failed", LOG_ERROR_TEXT(&error), LOG_INT("n", -3), LOG_REAL("r", INFINITY));
    assert_string_equal(
        f.text, "{\"time\":\"2026-11-21T09:10:11.120Z\",\"level\":\"info\",\"event\":\"started\"}\n"
                "{\"time\":\"2026-11-21T09:10:11.120Z\",\"level\":\"error\",\"event\":\"failed\","
                "\"error\":\"a \\\"quoted\\\" thing\",\"n\":-3,\"r\":null}\n");
    fixture_close(&f);
}

static void test_levels(void **state) {
    (void)state;
    struct fixture f;
    fixture_open(&f, LOG_LOGFMT, LOG_WARNING);
    assert_false(log_wants(f.log, LOG_INFO));
    assert_true(log_wants(f.log, LOG_WARNING));
    assert_false(log_wants(NULL, LOG_ERROR));
    log_debug(f.log, "no");
    log_info(f.log, "no");
    log_info(NULL, "no", LOG_INT("a", 1));
    fflush(f.stream);
    assert_int_equal(f.size, 0);
    log_warning(f.log, "yes");
    assert_non_null(strstr(f.text, "warning yes\n"));
    fixture_close(&f);
    fixture_open(&f, LOG_LOGFMT, LOG_SILENT);
    log_error(f.log, "no");
    fflush(f.stream);
    assert_int_equal(f.size, 0);
    fixture_close(&f);
    log_free(NULL);
}

static const struct span attacks[] = {
    {"x\n2026-11-21T09:10:11.120Z error forged", 40},
    {"x\r\nforged", 9},
    {"\" level=error \"", 15},
    {"\x1B[2J\x1B]0;title\x07", 14},
    {"\xE2\x80\xAE\xC2\x85\xE2\x80\xA8", 8},
    {"\xFF\xFE\x80", 3},
    {"a\0b", 3},
    {"\\", 1},
    {"\",\"level\":\"debug", 16},
};

static void test_no_value_forges_a_line(void **state) {
    (void)state;
    for (int format = LOG_LOGFMT; format <= LOG_JSON; format++) {
        for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
            struct fixture f;
            fixture_open(&f, (enum log_format)format, LOG_DEBUG);
            log_info(f.log, "event", LOG_TEXT("value", attacks[i]), LOG_INT("last", 7));
            assert_int_equal(span_find_byte(span_of(f.text), '\n'), f.size - 1);
            assert_int_equal(strlen(f.text), f.size);
            for (size_t k = 0; k + 1 < f.size; k++) {
                assert_true((unsigned char)f.text[k] >= 0x20);
            }
            assert_null(strstr(f.text, "\xE2\x80\xAE"));
            assert_non_null(strstr(f.text, format == LOG_JSON ? "\"last\":7}" : " last=7\n"));
            if (format == LOG_JSON) {
                json_t *line = json_loads(f.text, JSON_ALLOW_NUL, NULL);
                assert_non_null(line);
                assert_string_equal(json_string_value(json_object_get(line, "level")), "info");
                json_decref(line);
            }
            fixture_close(&f);
        }
    }
}

/* Texts are cut, and what does not fit is left out whole: a line is always a line. */
static void test_long_lines(void **state) {
    (void)state;
    static char text[8 * LIMIT_LOG_TEXT];
    static const char *const pieces[] = {"a", "\n", "\"", "\xE6\x97\xA5", "\x1B"};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        size_t size = strlen(pieces[i]);
        for (size_t k = 0; k + size <= sizeof text; k += size) {
            memcpy(text + k, pieces[i], size);
        }
        struct span value = {text, sizeof text};
        struct fixture f;
        fixture_open(&f, LOG_JSON, LOG_DEBUG);
        log_info(f.log, "event", LOG_TEXT("a", value), LOG_TEXT("b", value), LOG_TEXT("c", value),
                 LOG_TEXT("d", value), LOG_TEXT("e", value), LOG_TEXT("f", value),
                 LOG_TEXT("g", value), LOG_TEXT("h", value), LOG_TEXT("i", value),
                 LOG_INT("last", 7));
        assert_true(f.size <= LIMIT_LOG_LINE + 1);
        json_t *line = json_loads(f.text, 0, NULL);
        assert_non_null(line);
        assert_non_null(json_object_get(line, "a"));
        assert_null(json_object_get(line, "i"));
        assert_int_equal(json_integer_value(json_object_get(line, "last")), 7);
        json_decref(line);
        fixture_close(&f);
    }
}

static void *write_lines(void *argument) {
    struct log *log = argument;
    for (int i = 0; i < 500; i++) {
        log_info(log, "event", LOG_STRING("text", "some words that take a while"),
                 LOG_INT("number", i));
    }
    return NULL;
}

static void test_threads(void **state) {
    (void)state;
    struct fixture f;
    fixture_open(&f, LOG_LOGFMT, LOG_DEBUG);
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, write_lines, f.log), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
    struct span rest = {f.text, f.size};
    struct span line;
    size_t lines = 0;
    while (span_split(&rest, '\n', &line)) {
        if (line.size > 0) {
            assert_true(span_starts_with(line, SPAN("2026-11-21T09:10:11.120Z info event text=")));
            lines++;
        }
    }
    assert_int_equal(lines, 2000);
    fixture_close(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_logfmt),     cmocka_unit_test(test_json),
        cmocka_unit_test(test_levels),     cmocka_unit_test(test_no_value_forges_a_line),
        cmocka_unit_test(test_long_lines), cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
