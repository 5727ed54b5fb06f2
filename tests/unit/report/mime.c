#include "tests/unit/test.h"

#include "report/mime.h"
#include "tests/unit/report/hostile.h"

#include "base/limits.h"

static struct mime_message sample(void) {
    return (struct mime_message){.date_ms = 1782864000000,
                                 .from_name = SPAN("earshot"),
                                 .from = SPAN("earshot@alerts.example.com"),
                                 .to_name = SPAN("Ada Example"),
                                 .to = SPAN("ada@example.com"),
                                 .subject = SPAN("Acme: unusual talk"),
                                 .message_id = SPAN("incident.1@alerts.example.com"),
                                 .thread = SPAN("incident.0@alerts.example.com"),
                                 .list_name = SPAN("Acme alerts"),
                                 .list_id = SPAN("acme.alerts.example.com"),
                                 .unsubscribe = SPAN("mailto:earshot@alerts.example.com?subject=x"),
                                 .text = SPAN("plain = text\n"),
                                 .html = SPAN("<p>html</p>\n")};
}

static struct span make(const struct mime_message *message, struct buffer *out) {
    struct error error = {0};
    buffer_init(out, LIMIT_MAIL);
    if (!mime_print(out, message, &error)) {
        fail_msg("%s", error.message);
    }
    return buffer_span(out);
}

/* Every LF behind a CR and the other way round, ASCII only, no line over 78. */
static void assert_wire_form(struct span mail) {
    size_t column = 0;
    for (size_t i = 0; i < mail.size; i++) {
        unsigned char byte = (unsigned char)mail.data[i];
        if (byte == '\n') {
            assert_true(i > 0 && mail.data[i - 1] == '\r');
            column = 0;
            continue;
        }
        assert_true(byte != '\r' || (i + 1 < mail.size && mail.data[i + 1] == '\n'));
        assert_true(byte < 127 && (byte >= 32 || byte == '\r' || byte == '\t'));
        column++;
        if (column > 79) {
            fail_msg("a line is too long near: %.*s", 90, mail.data + i - 79);
        }
    }
}

static struct span head_of(struct span mail) {
    size_t end = span_find(mail, SPAN("\r\n\r\n"));
    assert_true(end != SPAN_NOT_FOUND);
    return span_first(mail, end + 2);
}

/* Lines of the head that begin a header, that is, not with a space. */
static size_t count_headers(struct span head) {
    size_t count = 0;
    struct span line;
    while (head.size > 0 && span_split(&head, '\n', &line)) {
        count += line.size > 1 && line.data[0] != ' ' && line.data[0] != '\t';
    }
    return count;
}

static int hex(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c - 'A' + 10;
}

/* The first part of that type, decoded; CRLF as LF. */
static void decode_part(struct span mail, const char *type, struct buffer *out) {
    size_t place = span_find(mail, span_of(type));
    assert_true(place != SPAN_NOT_FOUND);
    struct span rest = span_from(mail, place);
    rest = span_from(rest, span_find(rest, SPAN("\r\n\r\n")) + 4);
    size_t end = span_find(rest, SPAN("\r\n--=_"));
    rest = end == SPAN_NOT_FOUND ? rest : span_first(rest, end + 2);
    buffer_init(out, LIMIT_MAIL);
    for (size_t i = 0; i < rest.size; i++) {
        if (rest.data[i] == '=' && rest.data[i + 1] == '\r') {
            i += 2;
        } else if (rest.data[i] == '=') {
            buffer_append_byte(out, (char)(hex(rest.data[i + 1]) * 16 + hex(rest.data[i + 2])));
            i += 2;
        } else if (rest.data[i] != '\r') {
            buffer_append_byte(out, rest.data[i]);
        }
    }
}

static void a_message_is_well_formed(void **state) {
    (void)state;
    struct buffer out;
    struct mime_message message = sample();
    struct span mail = make(&message, &out);
    assert_wire_form(mail);
    struct span head = head_of(mail);
    assert_true(span_starts_with(head, SPAN("Date: Wed, 01 Jul 2026 00:00:00 +0000\r\n")));
    static const char *const lines[] = {
        "\r\nFrom: \"earshot\"\r\n <earshot@alerts.example.com>\r\n",
        "\r\nTo: \"Ada Example\"\r\n <ada@example.com>\r\n",
        "\r\nSubject: Acme: unusual talk\r\n",
        "\r\nMessage-ID: <incident.1@alerts.example.com>\r\n",
        "\r\nReferences: <incident.0@alerts.example.com>\r\n",
        "\r\nAuto-Submitted: auto-generated\r\n",
        "\r\nList-Id: \"Acme alerts\"\r\n <acme.alerts.example.com>\r\n",
        "\r\nList-Unsubscribe:\r\n <mailto:earshot@alerts.example.com?subject=x>\r\n",
        "\r\nMIME-Version: 1.0\r\n",
        "\r\nContent-Type: multipart/alternative;\r\n boundary="};
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        if (span_find(head, span_of(lines[i])) == SPAN_NOT_FOUND) {
            fail_msg("no %s in %.*s", lines[i], SPAN_ARG(head));
        }
    }
    assert_int_equal(count_headers(head), 13);
    struct buffer again;
    assert_true(span_equal(make(&message, &again), mail));
    buffer_done(&again);
    buffer_done(&out);
}

static void bodies_survive_the_encoding(void **state) {
    (void)state;
    static const char *const texts[] = {
        "plain\n",
        "Stra\xC3\x9F"
        "e = 100 % \xE2\x96\x88\xE2\x96\x81 \xF0\x9F\x98\xA1\n",
        "trailing space \nand tab\t\n.\n..\nFrom here\n--=_0000\n",
        "one very long line that goes on and on, with equal signs = = = = = = = = = = = = and "
        "goes on until it has to be broken softly, which nobody must see afterwards at all\n",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct mime_message message = sample();
        struct buffer out;
        struct buffer decoded;
        message.text = span_of(texts[i]);
        message.html = span_of(texts[i]);
        struct span mail = make(&message, &out);
        assert_wire_form(mail);
        decode_part(mail, "Content-Type: text/plain", &decoded);
        assert_span_equal(buffer_span(&decoded), texts[i]);
        buffer_done(&decoded);
        decode_part(mail, "Content-Type: text/html", &decoded);
        assert_span_equal(buffer_span(&decoded), texts[i]);
        buffer_done(&decoded);
        assert_true(span_find(mail, SPAN("\r\n.")) == SPAN_NOT_FOUND);
        buffer_done(&out);
    }
}

static void no_text_becomes_a_header(void **state) {
    (void)state;
    for (size_t i = 0; i < HOSTILE_COUNT; i++) {
        struct mime_message message = sample();
        struct buffer out;
        message.subject = message.to_name = message.from_name = message.list_name = message.text =
            message.html = span_of(hostile_texts[i]);
        struct span mail = make(&message, &out);
        assert_wire_form(mail);
        assert_int_equal(count_headers(head_of(mail)), 13);
        assert_true(span_find_nocase(head_of(mail), SPAN("\nbcc")) == SPAN_NOT_FOUND);
        buffer_done(&out);
    }
}

static void long_subjects_are_folded_and_encoded(void **state) {
    (void)state;
    struct mime_message message = sample();
    struct buffer out;
    message.subject =
        SPAN("a subject of so many words that one line of seventy-six characters is not enough");
    assert_wire_form(make(&message, &out));
    buffer_done(&out);
    message.subject = SPAN("\xC3\x9C"
                           "bel: \xF0\x9F\x98\xA1\xF0\x9F\x98\xA1\xF0\x9F\x98\xA1 sehr lange "
                           "Betreffzeile mit Umlauten \xC3\xA4\xC3\xB6\xC3\xBC und noch mehr");
    struct span mail = make(&message, &out);
    assert_wire_form(mail);
    assert_true(span_find(mail, SPAN("Subject: =?UTF-8?B?")) != SPAN_NOT_FOUND);
    assert_true(span_find(mail, SPAN("?=\r\n =?UTF-8?B?")) != SPAN_NOT_FOUND);
    buffer_done(&out);
}

static void addresses_are_checked(void **state) {
    (void)state;
    static const char *const good[] = {"a@b", "ada.l+x@mail.example.com", "x@[127.0.0.1"};
    static const char *const bad[] = {"",      "a",       "@b",       "a@",         "a b@c",
                                      "a@b@c", "<a@b>",   "a@b\r\nX", "\xC3\xA4@b", "a,b@c",
                                      "a@b;c", "\"a\"@b", "a@b\t"};
    assert_true(mime_address_is_valid(span_of(good[0])));
    assert_true(mime_address_is_valid(span_of(good[1])));
    assert_false(mime_address_is_valid(span_of(good[2])));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(mime_address_is_valid(span_of(bad[i])));
    }
    struct mime_message message = sample();
    struct error error = {0};
    struct buffer out;
    buffer_init(&out, LIMIT_MAIL);
    message.to = SPAN("ada@example.com\r\nRCPT TO:<eve@example.com>");
    assert_false(mime_print(&out, &message, &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    buffer_done(&out);
}

static void too_much_html_is_refused(void **state) {
    (void)state;
    struct mime_message message = sample();
    struct error error = {0};
    struct buffer out;
    char *html = malloc(LIMIT_MAIL_HTML);
    memset(html, 'x', LIMIT_MAIL_HTML);
    buffer_init(&out, LIMIT_MAIL);
    message.html = (struct span){html, LIMIT_MAIL_HTML};
    assert_false(mime_print(&out, &message, &error));
    assert_int_equal(error.kind, ERROR_LIMIT);
    buffer_done(&out);
    free(html);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_is_well_formed),
        cmocka_unit_test(bodies_survive_the_encoding),
        cmocka_unit_test(no_text_becomes_a_header),
        cmocka_unit_test(long_subjects_are_folded_and_encoded),
        cmocka_unit_test(addresses_are_checked),
        cmocka_unit_test(too_much_html_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
