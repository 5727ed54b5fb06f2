/* Mail as items: what counts as its writer's words, who wrote, and what nobody wrote. */
#include "base/buffer.h"
#include "parsers/message.h"
#include "parsers/message_words.h"
#include "parsers/parsers.h"
#include "tests/unit/test.h"

#define RECEIVED_MS INT64_C(1793700000000) /* 2026-11-03 10:00 UTC */

static struct arena *arena;

static int setup(void **state) {
    (void)state;
    message_library_start();
    arena = arena_create();
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static struct item read_message(const char *text, enum message_kind *kind) {
    struct item item;
    struct error error = {0};
    if (!message_parse(span_of(text), RECEIVED_MS, arena, &item, kind, &error)) {
        fail_msg("%s", error.message);
    }
    return item;
}

#define HEAD                                                                                       \
    "From: Ana Souza <Ana.Souza@Example.com>\r\n"                                                  \
    "Date: Mon, 02 Nov 2026 09:30:00 +0100\r\n"                                                    \
    "Message-ID: <one@example.com>\r\n"                                                            \
    "Subject: My order\r\n"

static void assert_text(const char *message, const char *expected) {
    enum message_kind kind;
    struct item item = read_message(message, &kind);
    assert_int_equal(kind, MESSAGE_PERSONAL);
    assert_span_equal(item.text, expected);
}

/* --- What a message says of itself ------------------------------------------------------------ */

static void test_head(void **state) {
    (void)state;
    enum message_kind kind;
    struct item item = read_message(HEAD "In-Reply-To: <zero@example.com>\r\n"
                                         "References: <a@example.com> <b@example.com>\r\n"
                                         "Content-Language: pt-BR, en\r\n"
                                         "\r\nIt came late.\r\n",
                                    &kind);
    int64_t expected = 0;
    assert_true(date_parse(SPAN("2026-11-02T08:30:00Z"), &expected));
    assert_int_equal(kind, MESSAGE_PERSONAL);
    assert_span_equal(item.id, "one@example.com");
    assert_span_equal(item.parent, "zero@example.com");
    assert_span_equal(item.title, "My order");
    assert_span_equal(item.author, "Ana Souza");
    assert_span_equal(item.language, "pt-BR");
    assert_span_equal(item.text, "It came late.");
    assert_true(item.published_ms == expected);
}

/* The address itself is kept nowhere, and yet one person is one author. */
static void test_address_is_hashed(void **state) {
    (void)state;
    enum message_kind kind;
    struct item one = read_message("From: Ana <ana@example.com>\r\n\r\nx\r\n", &kind);
    struct item two =
        read_message("From: \"ANA@example.com\" <ANA@Example.com>\r\n\r\nx\r\n", &kind);
    struct item other = read_message("From: Ana <ana@example.org>\r\n\r\nx\r\n", &kind);
    assert_true(one.author_id.size > 0);
    assert_true(span_equal(one.author_id, two.author_id));
    assert_false(span_equal(one.author_id, other.author_id));
    assert_int_equal(span_find(one.author_id, SPAN("example")), SPAN_NOT_FOUND);
    assert_span_equal(two.author, "ANA");
}

static void test_thread_from_references(void **state) {
    (void)state;
    enum message_kind kind;
    struct item item =
        read_message(HEAD "References: <a@x>\r\n <b@x>\r\n\r\nAnd now it is broken.\r\n", &kind);
    assert_span_equal(item.parent, "b@x");
}

static void test_time_falls_back(void **state) {
    (void)state;
    enum message_kind kind;
    struct item none = read_message("Subject: x\r\n\r\ny\r\n", &kind);
    struct item ahead =
        read_message("Subject: x\r\nDate: Tue, 03 Nov 2037 09:30:00 +0000\r\n\r\ny\r\n", &kind);
    assert_true(none.published_ms == RECEIVED_MS);
    assert_true(ahead.published_ms == RECEIVED_MS);
}

static void test_encoded_words(void **state) {
    (void)state;
    enum message_kind kind;
    struct item item = read_message(
        "From: =?utf-8?Q?J=C3=BCrgen_M=C3=BCller?= <j@example.com>\r\n"
        "Subject: =?iso-8859-1?Q?R=FCckgabe?= =?utf-8?B?IGRlciBUYXNzZQ==?=\r\n\r\nGut.\r\n",
        &kind);
    assert_span_equal(item.author, "Jürgen Müller");
    assert_span_equal(item.title, "Rückgabe der Tasse");
    item = read_message("From: Andr\xe9 <a@example.com>\r\nSubject: caf\xc3\xa9\r\n\r\nOui.\r\n",
                        &kind);
    assert_span_equal(item.author, "André");
    assert_span_equal(item.title, "café");
}

/* A form on the brand's own site writes for the customer. */
static void test_contact_form(void **state) {
    (void)state;
    enum message_kind kind;
    struct item item = read_message("From: Acme Shop <no-reply@acme.example>\r\n"
                                    "Reply-To: Bea Lang <bea@example.com>\r\n"
                                    "Auto-Submitted: auto-generated\r\n"
                                    "Subject: Contact form\r\n\r\n"
                                    "The kettle leaks.\r\n",
                                    &kind);
    assert_int_equal(kind, MESSAGE_PERSONAL);
    assert_span_equal(item.author, "Bea Lang");
    assert_span_equal(item.text, "The kettle leaks.");
}

static void test_no_message(void **state) {
    (void)state;
    struct item item;
    enum message_kind kind;
    struct error error = {0};
    assert_false(message_parse(SPAN(""), RECEIVED_MS, arena, &item, &kind, &error));
    assert_false(
        message_parse(SPAN("<html>no mail</html>"), RECEIVED_MS, arena, &item, &kind, &error));
    assert_non_null(strstr(error.message, "no mail message"));
}

/* --- What nobody wrote ------------------------------------------------------------------------ */

static void test_kinds(void **state) {
    (void)state;
    static const struct {
        const char *headers;
        enum message_kind kind;
    } cases[] = {
        {"Auto-Submitted: auto-replied\r\n", MESSAGE_AUTOMATIC},
        {"Auto-Submitted: auto-generated\r\n", MESSAGE_AUTOMATIC},
        {"Auto-Submitted: no\r\n", MESSAGE_PERSONAL},
        {"X-Autoreply: yes\r\n", MESSAGE_AUTOMATIC},
        {"Precedence: auto_reply\r\n", MESSAGE_AUTOMATIC},
        {"Return-Path: <>\r\n", MESSAGE_AUTOMATIC},
        {"List-Unsubscribe: <mailto:off@list.example>\r\n", MESSAGE_LIST},
        {"Precedence: bulk\r\n", MESSAGE_LIST},
        {"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n",
         MESSAGE_BOUNCE},
        {"X-Failed-Recipients: a@example.com\r\n", MESSAGE_BOUNCE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum message_kind kind;
        struct span text = arena_print(arena, HEAD "%s\r\nHello\r\n", cases[i].headers);
        read_message(text.data, &kind);
        if (kind != cases[i].kind) {
            fail_msg("%s is %s", cases[i].headers, message_kind_name(kind));
        }
    }
    assert_true(message_subject_is_automatic(SPAN("Automatische Antwort: Ihre Bestellung")));
    assert_true(message_subject_is_automatic(SPAN("Réponse automatique : commande")));
    assert_false(message_subject_is_automatic(SPAN("The automatic door is broken")));
    enum message_kind kind;
    read_message(
        "From: Mail System <MAILER-DAEMON@mx.example>\r\nSubject: Undelivered\r\n\r\nx\r\n", &kind);
    assert_int_equal(kind, MESSAGE_BOUNCE);
}

/* --- MIME ------------------------------------------------------------------------------------- */

static void test_alternative(void **state) {
    (void)state;
    assert_text(HEAD "Content-Type: multipart/alternative; boundary=\"b\"\r\n\r\n"
                     "--b\r\nContent-Type: text/html\r\n\r\n<p>rich</p>\r\n"
                     "--b\r\nContent-Type: text/plain\r\n\r\nplain\r\n--b--\r\n",
                "plain");
    assert_text(HEAD "Content-Type: multipart/alternative; boundary=\"b\"\r\n\r\n"
                     "--b\r\nContent-Type: text/plain\r\n\r\n \r\n"
                     "--b\r\nContent-Type: text/html; charset=utf-8\r\n"
                     "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
                     "<style>p{}</style><p>Nur =C3=A4rger &amp; Frust</p>\r\n--b--\r\n",
                "Nur ärger & Frust");
}

static void test_attachments_are_left_out(void **state) {
    (void)state;
    assert_text(HEAD "Content-Type: multipart/mixed; boundary=m\r\n\r\n"
                     "--m\r\nContent-Type: multipart/related; boundary=r\r\n\r\n"
                     "--r\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                     "U2VlIHRoZSBwaWN0dXJl\r\n"
                     "--r\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                     "iVBORw0KGgo=\r\n--r--\r\n"
                     "--m\r\nContent-Type: text/plain; name=\"log.txt\"\r\n"
                     "Content-Disposition: attachment\r\n\r\nDEBUG 1\r\n--m--\r\n",
                "See the picture");
}

static void test_forwarded_as_attachment(void **state) {
    (void)state;
    assert_text(HEAD "Content-Type: multipart/mixed; boundary=m\r\n\r\n"
                     "--m\r\nContent-Type: message/rfc822\r\n\r\n"
                     "From: c@example.com\r\nSubject: inner\r\n\r\nThe lid broke.\r\n--m--\r\n",
                "The lid broke.");
}

static void test_charsets(void **state) {
    (void)state;
    assert_text(HEAD "Content-Type: text/plain; charset=iso-8859-1\r\n\r\nTsch\xfc\xdf\r\n",
                "Tschüß");
    /* Declared wrongly, or not at all. */
    assert_text(HEAD "Content-Type: text/plain; charset=us-ascii\r\n\r\nTsch\xc3\xbc\xc3\x9f\r\n",
                "Tschüß");
    assert_text(HEAD "Content-Type: text/plain; charset=utf-8\r\n\r\nTsch\xfc\xdf, sagt er\r\n",
                "Tschüß, sagt er");
    assert_text(HEAD
                "Content-Type: text/plain; charset=x-nonsense\r\n\r\nol\xc3\xa1, n\xc3\xa3o\r\n",
                "olá, não");
    assert_text(HEAD "\r\nol\xc3\xa1\r\n", "olá");
}

static void test_flowed(void **state) {
    (void)state;
    assert_text(HEAD
                "Content-Type: text/plain; format=flowed\r\n\r\n"
                "The parcel was left in the rain \r\nand the box fell apart.\r\n\r\n Stuffed.\r\n",
                "The parcel was left in the rain and the box fell apart.\n\nStuffed.");
    assert_text(HEAD "Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\nbro \r\nken\r\n",
                "broken");
}

/* A message that was cut off at the ceiling still says what it says. */
static void test_cut_off(void **state) {
    (void)state;
    assert_text(HEAD "Content-Type: multipart/mixed; boundary=m\r\n\r\n"
                     "--m\r\nContent-Type: text/plain\r\n\r\nIt hums.\r\n"
                     "--m\r\nContent-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                     "AAAAAAA",
                "It hums.");
}

static void test_nested_without_end(void **state) {
    (void)state;
    struct buffer text;
    buffer_init(&text, MIB);
    buffer_append_string(&text, HEAD);
    for (int i = 0; i < 2000; i++) {
        buffer_print(&text, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i);
    }
    enum message_kind kind;
    struct item item = read_message(buffer_string(&text), &kind);
    assert_int_equal(item.text.size, 0);
    buffer_done(&text);
}

/* --- The writer's own words ------------------------------------------------------------------- */

static void assert_words(const char *text, const char *expected) {
    assert_span_equal(message_own_words(span_of(text), arena), expected);
}

static void test_answers_in_six_languages(void **state) {
    (void)state;
    static const char *const attributions[] = {
        "On Mon, 2 Nov 2026 at 10:01, Acme Support <help@acme.example> wrote:",
        "Am 02.11.2026 um 10:01 schrieb Acme Support:",
        "Le lun. 2 nov. 2026 à 10:01, Acme Support <help@acme.example> a écrit :",
        "El lun, 2 nov 2026 a las 10:01, Acme Support (<help@acme.example>) escribió:",
        "Em seg., 2 de nov. de 2026 às 10:01, Acme Support <help@acme.example> escreveu:",
        "Il giorno lun 2 nov 2026 alle ore 10:01 Acme Support <help@acme.example> ha scritto:",
        "On Mon, 2 Nov 2026 at 10:01, Acme Support\n<help@acme.example>\nwrote:",
        "-----Original Message-----",
        "-----Ursprüngliche Nachricht-----",
        "-----Message d'origine-----",
        "-----Mensaje original-----",
        "-----Mensagem original-----",
        "-----Messaggio originale-----",
        "From: Acme Support\nSent: Monday, 2 November 2026\nTo: Ana\nSubject: Re: kettle",
        "Von: Acme Support\nGesendet: Montag, 2. November 2026\nAn: Ana\nBetreff: AW: Kessel",
        "De : Acme Support\nEnvoyé : lundi 2 novembre 2026\nÀ : Ana\nObjet : RE: théière",
        "De: Acme Support\nEnviado: lunes, 2 de noviembre de 2026\nPara: Ana\nAsunto: RE: tetera",
        "De: Acme Support\nEnviada em: segunda-feira\nPara: Ana\nAssunto: RES: chaleira",
        "Da: Acme Support\nInviato: lunedì 2 novembre 2026\nA: Ana\nOggetto: R: bollitore",
        "________________________________\nFrom: Acme\nSent: Monday\nTo: Ana\nSubject: Re: kettle",
    };
    for (size_t i = 0; i < sizeof attributions / sizeof attributions[0]; i++) {
        struct span text = arena_print(
            arena, "It still leaks.\n\n%s\n\nWe are sorry, this is wonderful.\n", attributions[i]);
        struct span own = message_own_words(text, arena);
        if (!span_equal(own, SPAN("It still leaks."))) {
            fail_msg("after \"%s\": \"%.*s\"", attributions[i], SPAN_ARG(own));
        }
    }
}

/* Answers between the quoted lines, and under them. */
static void test_answers_between(void **state) {
    (void)state;
    assert_words("Am 02.11.2026 um 10:01 schrieb Acme:\n> Did it arrive?\n\nYes, broken.\n\n"
                 "> Do you want another?\n> Or money?\nMoney.\n",
                 "Yes, broken.\n\nMoney.");
}

static void test_what_looks_like_a_quotation(void **state) {
    (void)state;
    assert_words("On Monday I wrote to you:\nno answer.", "On Monday I wrote to you:\nno answer.");
    assert_words("From: Berlin\nI flew with you.", "From: Berlin\nI flew with you.");
    assert_words("To: whom it may concern\nIt broke.", "To: whom it may concern\nIt broke.");
}

static void test_forwards(void **state) {
    (void)state;
    assert_words("see below\n\n---------- Forwarded message ---------\nFrom: Ana <a@b.example>\n"
                 "Date: Mon, 2 Nov 2026\nSubject: Review\nTo: <help@acme.example>\n\n"
                 "Best kettle I ever had.\n",
                 "see below\n\nBest kettle I ever had.");
    assert_words("Anfang der weitergeleiteten Nachricht:\n\nVon: Ana\nDatum: 2. November 2026\n"
                 "An: Acme\nBetreff: Kessel\n\nEr leckt.\n",
                 "Er leckt.");
}

static void test_signatures(void **state) {
    (void)state;
    assert_words("It leaks.\n\n-- \nAna Souza\nHappy Homes Ltd, the best in town\n", "It leaks.");
    assert_words("It leaks.\n\nBest regards,\nAna\n\nP.S. The lid too.\n",
                 "It leaks.\n\nP.S. The lid too.");
    assert_words("Er leckt.\n\nMit freundlichen Grüßen\nAnna Groß\nWundervoll GmbH\n", "Er leckt.");
    assert_words("Pierde agua.\n\nUn saludo,\nAna\n\nEnviado desde mi iPhone\n", "Pierde agua.");
    assert_words("Elle fuit.\n\nCordialement\nAna\n", "Elle fuit.");
    assert_words("Perde.\n\nAtenciosamente,\nAna\n\nEnviado do meu iPhone", "Perde.");
    assert_words("Perde acqua.\n\nCordiali saluti\nAna\n", "Perde acqua.");
    assert_words("Sent from my shop, it came broken and nobody there would take it back from me.",
                 "Sent from my shop, it came broken and nobody there would take it back from me.");
    /* Before a long text it is a greeting of another kind. */
    assert_words(
        "Cheers\nThis is a long line that nobody would write under a letter, as it tells a "
        "whole story of what went wrong with the kettle.\n",
        "This is a long line that nobody would write under a letter, as it tells a whole "
        "story of what went wrong with the kettle.");
}

static void test_html_quotations(void **state) {
    (void)state;
    assert_text(HEAD "Content-Type: text/html\r\n\r\n"
                     "<div>Still leaks.</div><blockquote type=\"cite\"><div>We love <blockquote>x"
                     "</blockquote> you</div></blockquote><p>Refund me.</p>\r\n",
                "Still leaks.\nRefund me.");
    assert_text(HEAD
                "Content-Type: text/html\r\n\r\n<blockquote>as they say</blockquote>I agree.\r\n",
                "as they say\nI agree.");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_head),
        cmocka_unit_test(test_address_is_hashed),
        cmocka_unit_test(test_thread_from_references),
        cmocka_unit_test(test_time_falls_back),
        cmocka_unit_test(test_encoded_words),
        cmocka_unit_test(test_contact_form),
        cmocka_unit_test(test_no_message),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_alternative),
        cmocka_unit_test(test_attachments_are_left_out),
        cmocka_unit_test(test_forwarded_as_attachment),
        cmocka_unit_test(test_charsets),
        cmocka_unit_test(test_flowed),
        cmocka_unit_test(test_cut_off),
        cmocka_unit_test(test_nested_without_end),
        cmocka_unit_test(test_answers_in_six_languages),
        cmocka_unit_test(test_answers_between),
        cmocka_unit_test(test_what_looks_like_a_quotation),
        cmocka_unit_test(test_forwards),
        cmocka_unit_test(test_signatures),
        cmocka_unit_test(test_html_quotations),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
