/* The mail sink, spoken to as a client would, and as none should. */
#include "tests/unit/origin/harness.h"

#include "tests/origin/smtp_script.h"

#include <jansson.h>

struct sink {
    char folder[64];
    struct harness *harness;
};

static struct sink *sink_start(const char *script) {
    struct sink *sink = NEW(struct sink);
    snprintf(sink->folder, sizeof sink->folder, "/tmp/origin-mail-XXXXXX");
    assert_non_null(mkdtemp(sink->folder));
    struct smtp_options options = {.mailbox = sink->folder, .script = span_of(script)};
    sink->harness = harness_start(NULL, &options);
    return sink;
}

static void sink_stop(struct sink *sink) {
    harness_stop(sink->harness);
    char path[128];
    for (int i = 1; i < 10; i++) {
        snprintf(path, sizeof path, "%s/%04d.eml", sink->folder, i);
        unlink(path);
        snprintf(path, sizeof path, "%s/%04d.json", sink->folder, i);
        unlink(path);
    }
    assert_int_equal(rmdir(sink->folder), 0);
    free(sink);
}

/* Everything the sink says to `lines`, sent at once, until it closes. */
static struct buffer converse(struct sink *sink, const char *lines) {
    struct buffer heard;
    buffer_init(&heard, LIMIT_MAIL);
    int descriptor = wire_connect(sink->harness->port);
    wire_say(descriptor, lines);
    wire_read(descriptor, &heard, SIZE_MAX);
    close(descriptor);
    return heard;
}

/* The sink's reply codes in order: "220 250 354"; continuation lines left out. */
static void expect_codes(struct sink *sink, const char *lines, const char *codes) {
    struct buffer heard = converse(sink, lines);
    struct buffer said;
    buffer_init(&said, LIMIT_MAIL);
    struct span rest = buffer_span(&heard);
    struct span line;
    while (rest.data != NULL && span_split(&rest, '\n', &line)) {
        if (line.size > 3 && line.data[3] == ' ') {
            buffer_print(&said, "%s%.*s", said.size > 0 ? " " : "", 3, line.data);
        }
    }
    assert_string_equal(buffer_string(&said), codes);
    buffer_done(&heard);
    buffer_done(&said);
}

static struct span read_mail(struct sink *sink, int number, const char *ending, char *bytes,
                             size_t most) {
    char path[128];
    snprintf(path, sizeof path, "%s/%04d.%s", sink->folder, number, ending);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return (struct span){NULL, 0};
    }
    size_t size = fread(bytes, 1, most, file);
    fclose(file);
    return (struct span){bytes, size};
}

static size_t count_mails(struct sink *sink) {
    char bytes[16];
    int number = 0;
    while (read_mail(sink, number + 1, "json", bytes, sizeof bytes).data != NULL) {
        number++;
    }
    return (size_t)number;
}

#define OPEN "EHLO client.example\r\nMAIL FROM:<a@x.example> SIZE=10\r\nRCPT TO:<b@y.example>\r\n"

static void test_keeps_a_message(void **state) {
    (void)state;
    struct sink *sink = sink_start("");
    expect_codes(sink,
                 OPEN "RCPT TO:<c@y.example>\r\nDATA\r\n"
                      "Subject: one\r\n\r\n..dot\r\n.\xc3\xa9\r\nend\r\n.\r\nQUIT\r\n",
                 "220 250 250 250 250 354 250 221");
    char bytes[4096];
    assert_span_equal(read_mail(sink, 1, "eml", bytes, sizeof bytes),
                      "Subject: one\r\n\r\n.dot\r\n\xc3\xa9\r\nend\r\n");
    struct span text = read_mail(sink, 1, "json", bytes, sizeof bytes);
    json_t *envelope = json_loadb(text.data, text.size, 0, NULL);
    const char *from = NULL;
    const char *hello = NULL;
    json_t *to = NULL;
    int bare = 1;
    int longest = 0;
    assert_int_equal(json_unpack(envelope, "{s:s, s:s, s:o, s:b, s:i}", "from", &from, "hello",
                                 &hello, "to", &to, "bare_lf", &bare, "longest_line", &longest),
                     0);
    assert_string_equal(from, "a@x.example");
    assert_string_equal(hello, "client.example");
    assert_int_equal(json_array_size(to), 2);
    assert_string_equal(json_string_value(json_array_get(to, 1)), "c@y.example");
    assert_int_equal(bare, 0);
    assert_int_equal(longest, 12);
    json_decref(envelope);
    sink_stop(sink);
}

static void test_second_message_on_one_connection(void **state) {
    (void)state;
    struct sink *sink = sink_start("");
    expect_codes(sink,
                 OPEN "DATA\r\none\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<d@y.example>\r\nDATA\r\ntwo\r\n"
                      ".\r\nNOOP\r\nVRFY x\r\nRSET\r\nQUIT\r\n",
                 "220 250 250 250 354 250 250 250 354 250 250 252 250 221");
    char bytes[64];
    assert_int_equal(count_mails(sink), 2);
    assert_span_equal(read_mail(sink, 2, "eml", bytes, sizeof bytes), "two\r\n");
    sink_stop(sink);
}

static void test_insists_on_order(void **state) {
    (void)state;
    struct sink *sink = sink_start("");
    expect_codes(sink,
                 "MAIL FROM:<a@x>\r\nHELO c\r\nRCPT TO:<b@y>\r\nDATA\r\nMAIL a@x\r\nMAIL "
                 "FROM:<a@x>\r\nRCPT TO:<>\r\nHELP\r\nAUTH CRAM-MD5\r\nQUIT\r\n",
                 "220 503 250 503 503 501 250 501 500 504 221");
    assert_int_equal(count_mails(sink), 0);
    sink_stop(sink);
}

static void test_knows_who_logs_in(void **state) {
    (void)state;
    struct sink *sink = sink_start("");
    expect_codes(sink,
                 "EHLO c\r\nAUTH PLAIN AGFubmEAc2VjcmV0\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\n"
                 "DATA\r\nx\r\n.\r\nQUIT\r\n",
                 "220 250 235 250 250 354 250 221");
    expect_codes(sink,
                 "EHLO c\r\nAUTH LOGIN\r\nYmVydA==\r\nc2VjcmV0\r\nMAIL FROM:<a@x>\r\n"
                 "RCPT TO:<b@y>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n",
                 "220 250 334 334 235 250 250 354 250 221");
    char bytes[1024];
    assert_true(span_holds(read_mail(sink, 1, "json", bytes, sizeof bytes), "\"user\":\"anna\""));
    assert_true(span_holds(read_mail(sink, 2, "json", bytes, sizeof bytes), "\"user\":\"bert\""));
    sink_stop(sink);
}

/* A dot between lone line feeds ends nothing. */
static void test_is_not_smuggled_into(void **state) {
    (void)state;
    struct sink *sink = sink_start("");
    expect_codes(sink, OPEN "DATA\r\none\n.\nMAIL FROM:<evil@x>\n.\r\nstill\r\n.\r\nQUIT\r\n",
                 "220 250 250 250 354 250 221");
    char bytes[1024];
    assert_int_equal(count_mails(sink), 1);
    assert_span_equal(read_mail(sink, 1, "eml", bytes, sizeof bytes),
                      "one\n.\nMAIL FROM:<evil@x>\n.\r\nstill\r\n");
    assert_true(span_holds(read_mail(sink, 1, "json", bytes, sizeof bytes), "\"bare_lf\":true"));
    sink_stop(sink);
}

static void test_too_big_is_refused(void **state) {
    (void)state;
    struct sink *sink = sink_start("");
    struct buffer lines;
    buffer_init(&lines, 4 * MIB);
    buffer_append_string(&lines, OPEN "DATA\r\n");
    while (lines.size < LIMIT_MAIL + 100) {
        buffer_append_string(&lines, "0123456789012345678901234567890123456789012345678\r\n");
    }
    buffer_append_string(&lines, ".\r\nQUIT\r\n");
    expect_codes(sink, buffer_string(&lines), "220 250 250 250 354 552 221");
    assert_int_equal(count_mails(sink), 0);
    buffer_done(&lines);
    sink_stop(sink);
}

static void test_script_refuses(void **state) {
    (void)state;
    struct sink *sink = sink_start("# what goes wrong\n"
                                   "RCPT 550 to bob@\n"
                                   "RCPT 451 first 2\n"
                                   "DOT 452 after 1 first 1\n"
                                   "NOOP 421\n");
    expect_codes(sink,
                 "EHLO c\r\nMAIL FROM:<a@x>\r\nRCPT TO:<bob@y>\r\nRCPT TO:<c@y>\r\n"
                 "RCPT TO:<c@y>\r\nRCPT TO:<c@y>\r\nRCPT TO:<bob@y>\r\nDATA\r\nx\r\n.\r\n"
                 "MAIL FROM:<a@x>\r\nRCPT TO:<c@y>\r\nDATA\r\ny\r\n.\r\nNOOP\r\n",
                 "220 250 250 550 451 451 250 550 354 250 250 250 354 452 421");
    assert_int_equal(count_mails(sink), 1);
    sink_stop(sink);
}

static void test_script_drops_after_the_dot(void **state) {
    (void)state;
    struct sink *sink = sink_start("drop-after-dot 1\n");
    expect_codes(sink, OPEN "DATA\r\none\r\n.\r\nQUIT\r\n", "220 250 250 250 354");
    assert_int_equal(count_mails(sink), 1);
    expect_codes(sink, OPEN "DATA\r\ntwo\r\n.\r\nQUIT\r\n", "220 250 250 250 354 250 221");
    assert_int_equal(count_mails(sink), 2);
    sink_stop(sink);
}

static void test_script_drops_and_refuses_connections(void **state) {
    (void)state;
    struct sink *sink = sink_start("CONNECT 421 first 1\ndrop MAIL first 1\nDATA 554 first 1\n");
    expect_codes(sink, "", "421");
    expect_codes(sink, OPEN, "220 250");
    expect_codes(sink, OPEN "DATA\r\nQUIT\r\n", "220 250 250 250 554 221");
    assert_int_equal(count_mails(sink), 0);
    sink_stop(sink);
}

/* Stalls after keeping the message: the client hears nothing more, the connection stays. */
static void test_script_stalls(void **state) {
    (void)state;
    struct sink *sink = sink_start("stall DOT first 1\n");
    struct buffer heard;
    buffer_init(&heard, LIMIT_MAIL);
    int descriptor = wire_connect(sink->harness->port);
    wire_say(descriptor, OPEN "DATA\r\none\r\n.\r\nQUIT\r\n");
    wire_read_until(descriptor, &heard, "354 End with a dot\r\n");
    expect_codes(sink, OPEN "DATA\r\ntwo\r\n.\r\nQUIT\r\n", "220 250 250 250 354 250 221");
    assert_int_equal(count_mails(sink), 2);
    char byte = 0;
    assert_int_equal(recv(descriptor, &byte, 1, MSG_DONTWAIT), -1);
    close(descriptor);
    buffer_done(&heard);
    sink_stop(sink);
}

static void test_scripts_are_checked(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "RCPT",         "RCPT 42",         "SING 250", "RCPT 451 twice", "RCPT 451 first 0",
        "drop NOWHERE", "drop-after-dot x"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct script script;
        struct error error;
        assert_false(script_parse(&script, span_of(wrong[i]), &error));
        assert_int_equal(error.line, 1);
        script_done(&script);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keeps_a_message),
        cmocka_unit_test(test_second_message_on_one_connection),
        cmocka_unit_test(test_insists_on_order),
        cmocka_unit_test(test_knows_who_logs_in),
        cmocka_unit_test(test_is_not_smuggled_into),
        cmocka_unit_test(test_too_big_is_refused),
        cmocka_unit_test(test_script_refuses),
        cmocka_unit_test(test_script_drops_after_the_dot),
        cmocka_unit_test(test_script_drops_and_refuses_connections),
        cmocka_unit_test(test_script_stalls),
        cmocka_unit_test(test_scripts_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
