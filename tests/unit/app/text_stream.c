#include "tests/unit/test.h"

#include "app/text_stream.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/limits.h"

#include <unistd.h>

struct fixture {
    char path[64];
    struct buffer text; /* all of it, as it came */
    size_t pieces;
    struct error error;
};

static int set_up(void **state) {
    struct fixture *fixture = NEW(struct fixture);
    snprintf(fixture->path, sizeof fixture->path, "/tmp/earshot-stream-XXXXXX");
    int descriptor = mkstemp(fixture->path);
    assert_true(descriptor >= 0);
    close(descriptor);
    buffer_init(&fixture->text, 64 * MIB);
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    unlink(fixture->path);
    buffer_done(&fixture->text);
    free(fixture);
    return 0;
}

/* Reads the file as a reader of lines would: what has no end yet is left for the next piece. */
static bool read_all(struct fixture *fixture, struct span bytes, struct span charset) {
    struct text_stream *stream = NULL;
    struct span text = SPAN("");
    bool last = false;
    assert_true(file_write(fixture->path, bytes, &fixture->error));
    buffer_clear(&fixture->text);
    fixture->pieces = 0;
    bool sound = text_stream_open(fixture->path, charset, &stream, &fixture->error);
    while (sound && !last) {
        sound = text_stream_next(stream, text, &text, &last, &fixture->error);
        size_t whole = text.size;
        while (!last && whole > 0 && text.data[whole - 1] != '\n') {
            whole--;
        }
        buffer_append(&fixture->text, span_first(text, last ? text.size : whole));
        text = span_from(text, last ? text.size : whole);
        fixture->pieces++;
    }
    uint64_t read = 0;
    uint64_t total = 0;
    if (sound) {
        text_stream_progress(stream, &read, &total);
        assert_int_equal(read, bytes.size);
        assert_int_equal(total, bytes.size);
    }
    text_stream_close(stream);
    return sound;
}

static void charsets_are_seen(void **state) {
    struct fixture *fixture = *state;
    const struct {
        struct span bytes;
        const char *charset;
        const char *text;
    } cases[] = {
        {SPAN("caf\xC3\xA9\n"), "", "caf\xC3\xA9\n"},
        {SPAN("\xEF\xBB\xBF"
              "caf\xC3\xA9\n"),
         "", "caf\xC3\xA9\n"},
        {SPAN("Das Caf\xE9 ist sch\xF6n, die Stra\xDF"
              "e auch\n"),
         "",
         "Das Caf\xC3\xA9 ist sch\xC3\xB6n, die Stra\xC3\x9F"
         "e auch\n"},
        {SPAN("\xFF\xFE"
              "c\0a\0f\0\xE9\0\r\0\n\0x\0"),
         "", "caf\xC3\xA9\r\nx"},
        {SPAN("\xFE\xFF"
              "\0c\0a\0f\0\xE9\0\n"),
         "", "caf\xC3\xA9\n"},
        {SPAN("\xA4\n"), "iso-8859-15", "\xE2\x82\xAC\n"},
        {SPAN(""), "", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(read_all(fixture, cases[i].bytes, span_of(cases[i].charset)));
        assert_span_equal(buffer_span(&fixture->text), cases[i].text);
    }
    assert_false(read_all(fixture, SPAN("a"), SPAN("klingon")));
    assert_int_equal(fixture->error.kind, ERROR_USAGE);
}

/* Characters and lines lie across the ends of pieces. */
static void long_files_come_in_pieces(void **state) {
    struct fixture *fixture = *state;
    struct buffer utf8;
    struct buffer utf16;
    buffer_init(&utf8, 32 * MIB);
    buffer_init(&utf16, 32 * MIB);
    buffer_append(&utf16, SPAN("\xFF\xFE"));
    for (size_t i = 0; i < 300000; i++) {
        buffer_append(&utf8, SPAN("\xC3\xA9tage 7\n"));
        buffer_append(&utf16, SPAN("\xE9\0t\0a\0g\0e\0 \0007\0\n\0"));
    }
    assert_true(read_all(fixture, buffer_span(&utf8), SPAN("")));
    assert_true(fixture->pieces > 2);
    assert_true(span_equal(buffer_span(&fixture->text), buffer_span(&utf8)));
    assert_true(read_all(fixture, buffer_span(&utf16), SPAN("")));
    assert_true(fixture->pieces > 4);
    assert_true(span_equal(buffer_span(&fixture->text), buffer_span(&utf8)));
    buffer_done(&utf8);
    buffer_done(&utf16);
}

static void what_cannot_be_read_is_told(void **state) {
    struct fixture *fixture = *state;
    struct text_stream *stream = NULL;
    assert_false(text_stream_open("/nowhere/at/all", SPAN(""), &stream, &fixture->error));
    assert_false(text_stream_open("/tmp", SPAN(""), &stream, &fixture->error));
    struct buffer endless;
    buffer_init(&endless, 32 * MIB);
    for (size_t i = 0; i < 20 * MIB; i++) {
        buffer_append_byte(&endless, 'x');
    }
    assert_false(read_all(fixture, buffer_span(&endless), SPAN("")));
    assert_int_equal(fixture->error.kind, ERROR_LIMIT);
    buffer_done(&endless);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(charsets_are_seen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(long_files_come_in_pieces, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_is_told, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
