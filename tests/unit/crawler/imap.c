/* IMAP as bytes: where a reply ends, what it says, how a mailbox is named. */
#include "crawler/imap.h"
#include "tests/unit/test.h"

static struct arena *arena;

static int setup(void **state) {
    (void)state;
    arena = arena_create();
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static void test_reply_ends(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t size; /* of the first reply */
    } cases[] = {
        {"* OK ready\r\nE1 OK\r\n", 12},
        {"* OK rea", 0},
        {"", 0},
        {"* 1 FETCH (BODY[] {4}\r\nA\r\nB)\r\nE1 OK\r\n", 30},
        {"* 1 FETCH (BODY[] {4}\r\nA\r\n", 0},
        {"* 1 FETCH (BODY[] {4}\r\nA\r\nB", 0},
        /* What a message holds is no reply, whatever it looks like. */
        {"* 1 FETCH (BODY[] {11}\r\nE1 OK {3}\r\n UID 4)\r\n", 44},
        {"* 1 FETCH (A ~{2+}\r\nab B {1}\r\nc)\r\n* X", 34},
        {"* 1 FETCH (BODY[] {x}\r\n", 23},
        {"* OK {99999999999999999999}\r\n", 29},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t size = imap_reply_size(span_of(cases[i].text), 1000);
        if (size != cases[i].size) {
            fail_msg("%s: %zu, not %zu", cases[i].text, size, cases[i].size);
        }
    }
}

static void test_reply_ceiling(void **state) {
    (void)state;
    assert_true(imap_reply_size(SPAN("* 1 FETCH (BODY[] {101}\r\n"), 100) == SPAN_NOT_FOUND);
    assert_true(imap_reply_size(SPAN("* 1 FETCH (BODY[] {99}\r\n"), 100) == SPAN_NOT_FOUND);
    assert_true(imap_reply_size(SPAN("0123456789"), 9) == SPAN_NOT_FOUND);
}

static void test_status(void **state) {
    (void)state;
    assert_int_equal(imap_reply_status(SPAN("E2 OK done\r\n"), SPAN("E2")), IMAP_OK);
    assert_int_equal(imap_reply_status(SPAN("E2 no\r\n"), SPAN("E2")), IMAP_NO);
    assert_int_equal(imap_reply_status(SPAN("E2 BAD what\r\n"), SPAN("E2")), IMAP_BAD);
    assert_int_equal(imap_reply_status(SPAN("E2 HM\r\n"), SPAN("E2")), IMAP_BAD);
    assert_int_equal(imap_reply_status(SPAN("E21 OK\r\n"), SPAN("E2")), IMAP_UNTAGGED);
    assert_int_equal(imap_reply_status(SPAN("* BYE full\r\n"), SPAN("E2")), IMAP_BYE);
    assert_int_equal(imap_reply_status(SPAN("* OK [X] y\r\n"), SPAN("E2")), IMAP_UNTAGGED);
    assert_span_equal(imap_reply_words(SPAN("E2 NO [NONEXISTENT] no such folder\r\n")),
                      "no such folder");
    assert_int_equal(imap_reply_validity(SPAN("* OK [UIDVALIDITY 3857529045] valid\r\n")),
                     3857529045U);
    assert_int_equal(imap_reply_validity(SPAN("* OK [UIDVALIDITY 99999999999] valid\r\n")), 0);
    assert_int_equal(imap_reply_validity(SPAN("* OK [UIDNEXT 7]\r\n")), 0);
}

static void test_found(void **state) {
    (void)state;
    struct imap_uids uids = {0};
    imap_reply_found(SPAN("* SEARCH 9 2 3 x 0 99999999999 4\r\n"), arena, &uids);
    imap_reply_found(SPAN("* SEARCH\r\n"), arena, &uids);
    imap_reply_found(SPAN("* SEARCHES 8\r\n"), arena, &uids);
    imap_reply_found(SPAN("* 5 EXISTS\r\n"), arena, &uids);
    assert_int_equal(uids.count, 4);
    assert_span_equal(imap_uid_set(uids.list, uids.count, arena), "2:4,9");
    assert_span_equal(imap_uid_set(uids.list, 1, arena), "2");
}

static void test_names(void **state) {
    (void)state;
    assert_span_equal(imap_mailbox_name(SPAN("INBOX"), arena), "\"INBOX\"");
    assert_span_equal(imap_mailbox_name(SPAN("a\"b\\c"), arena), "\"a\\\"b\\\\c\"");
    assert_span_equal(imap_mailbox_name(SPAN("R&D"), arena), "\"R&-D\"");
    /* The example of RFC 3501 5.1.3. */
    assert_span_equal(imap_mailbox_name(SPAN("~peter/mail/台北/日本語"), arena),
                      "\"~peter/mail/&U,BTFw-/&ZeVnLIqe-\"");
    assert_span_equal(imap_mailbox_name(SPAN("Köln"), arena), "\"K&APY-ln\"");
    assert_span_equal(imap_mailbox_name(SPAN("😀"), arena), "\"&2D3eAA-\"");
}

static void test_places(void **state) {
    (void)state;
    struct imap_place place;
    struct error error = {0};
    assert_true(
        imap_place_parse(SPAN("/Help/K%C3%B6ln;UIDVALIDITY=17?UID%205:9"), arena, &place, &error));
    assert_span_equal(place.mailbox, "Help/Köln");
    assert_int_equal(place.validity, 17);
    assert_span_equal(place.search, "UID 5:9");
    assert_true(imap_place_parse(SPAN("/INBOX"), arena, &place, &error));
    assert_span_equal(place.mailbox, "INBOX");
    assert_int_equal(place.validity, 0);
    assert_span_equal(place.search, "ALL");
    assert_false(imap_place_parse(SPAN("/"), arena, &place, &error));
    assert_false(
        imap_place_parse(SPAN("/INBOX?ALL%0D%0AE9%20DELETE%20INBOX"), arena, &place, &error));
    assert_false(imap_place_parse(SPAN("/IN%0ABOX"), arena, &place, &error));
    assert_false(imap_place_parse(SPAN("/INBOX?TEXT%20{9}"), arena, &place, &error));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reply_ends), cmocka_unit_test(test_reply_ceiling),
        cmocka_unit_test(test_status),     cmocka_unit_test(test_found),
        cmocka_unit_test(test_names),      cmocka_unit_test(test_places),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
