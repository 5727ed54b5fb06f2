#include "tests/unit/test.h"

#include "base/date.h"
#include "parsers/dates.h"
#include "parsers/parsers.h"

/* Saturday, 2026-11-21T09:10:11Z */
#define NOW INT64_C(1795252211000)

struct row {
    const char *text;
    const char *expected; /* "" = refused */
};

static void check(const struct row *rows, size_t count, const char *language) {
    for (size_t i = 0; i < count; i++) {
        char shown[DATE_TEXT_SIZE] = "";
        int64_t ms = 0;
        if (date_parse_in(span_of(rows[i].text), NOW, span_of(language), &ms)) {
            date_print(ms, shown);
        }
        if (strcmp(shown, rows[i].expected) != 0) {
            fail_msg("\"%s\": \"%s\" is not \"%s\"", rows[i].text, shown, rows[i].expected);
        }
    }
}
#define CHECK(rows, language) check((rows), sizeof(rows) / sizeof(rows)[0], (language))

static void test_rfc822(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"Sat, 07 Sep 2002 00:00:01 GMT", "2002-09-07T00:00:01Z"},
        {"Sat, 07 Sep 2002 00:00:01 +0200", "2002-09-06T22:00:01Z"},
        {"Sat, 07 Sep 2002 00:00:01 -0130", "2002-09-07T01:30:01Z"},
        {"7 Sep 2002 00:00 GMT", "2002-09-07T00:00:00Z"},
        {"Sat,  7 Sep 02 00:00:01 UT", "2002-09-07T00:00:01Z"},
        {"sat 07 september 2002 0:00:01 z", "2002-09-07T00:00:01Z"},
        {"Sat, 07 Sep 2002 00:00:01 PDT", "2002-09-07T07:00:01Z"},
        {"Sep 7, 2002 5:04:01 PM EST", "2002-09-07T22:04:01Z"},
        {"Sat, 07 Sep 2002 24:00:00 GMT", "2002-09-08T00:00:00Z"},
        {"Sat, 07 Sep 2002 00:00:01 Europe/Madrid", "2002-09-07T00:00:01Z"},
        {"Thu Dec 15 2016 11:11:11 GMT+0100 (CET)", "2016-12-15T10:11:11Z"},
        {"Sat, 31 Feb 2002 00:00:01 GMT", ""},
        {"Sat, 07 Sep 2002 25:00:01 GMT", ""},
        {"Sat, 07 Sep 2002 10:00:61 GMT", ""},
        {"Sat, 07 Sep 2002 10:00:00 +2500", ""},
    };
    CHECK(rows, "");
}

static void test_iso8601(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"2026-02-03T04:05:06.789Z", "2026-02-03T04:05:06.789Z"},
        {"2026-02-03T04:05:06.789123+01:00", "2026-02-03T03:05:06.789Z"},
        {"2026-02-03T04:05+0100", "2026-02-03T03:05:00Z"},
        {"2026-02-03 04:05:06", "2026-02-03T04:05:06Z"},
        {"2026-02-03 04:05:06 UTC", "2026-02-03T04:05:06Z"},
        {"2026-02-03 04:05:06 +0100", "2026-02-03T03:05:06Z"},
        {"20260203T040506Z", "2026-02-03T04:05:06Z"},
        {"20260203T0405Z", "2026-02-03T04:05:00Z"},
        {"20260203", "2026-02-03T00:00:00Z"},
        {"20260203040506", "2026-02-03T04:05:06Z"},
        {"2026-034", "2026-02-03T00:00:00Z"},
        {"2026034", "2026-02-03T00:00:00Z"},
        {"2024-366", "2024-12-31T00:00:00Z"},
        {"2026-366", ""},
        {"2026-W06-2", "2026-02-03T00:00:00Z"},
        {"2026W062", "2026-02-03T00:00:00Z"},
        {"2026-W54", ""},
        {"2026/02/03", "2026-02-03T00:00:00Z"},
        {"-0312", "2003-12-01T00:00:00Z"},
        {"03335", "2003-12-01T00:00:00Z"},
        {"26034", ""}, /* a number: two-digit years were withdrawn in 2004 */
        {"2026-13-01", ""},
        {"2026-02-03T04:05:06Zebra", ""},
    };
    CHECK(rows, "");
}

static void test_epochs(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"1770091506", "2026-02-03T04:05:06Z"},
        {"1770091506.5", "2026-02-03T04:05:06.500Z"},
        {"1770091506789", "2026-02-03T04:05:06.789Z"},
        {"1770091506789123", "2026-02-03T04:05:06.789Z"},
        {"1770091506.0", "2026-02-03T04:05:06Z"},
        {"1770091506.e7", ""},
        {"12", ""},
        {"123456789012", ""},
        {"99999999999999999999", ""},
    };
    CHECK(rows, "");
}

static void test_languages(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"Revisado en Alemania el 27 de enero de 2020", "2020-01-27T00:00:00Z"},
        {"Reviewed in the United States on August 22, 2019", "2019-08-22T00:00:00Z"},
        {"3. März 2026", "2026-03-03T00:00:00Z"},
        {"Dienstag, 3. Februar 2026 um 14:30 Uhr", "2026-02-03T14:30:00Z"},
        {"1er août 2025", "2025-08-01T00:00:00Z"},
        {"le 3 févr. 2026 à 14h30", "2026-02-03T14:30:00Z"},
        {"3 de fevereiro de 2026 às 09:05", "2026-02-03T09:05:00Z"},
        {"mar 3 ago 2025", "2025-08-03T00:00:00Z"},
        {"mar. 3 mars 2026", "2026-03-03T00:00:00Z"},
        {"martedì 3 febbraio 2026, ore 9:05", "2026-02-03T09:05:00Z"},
        {"sábado, 3 de enero de 2026, 9:05 p. m.", "2026-01-03T21:05:00Z"},
        {"2004년 05월 28일 01:31:15", "2004-05-27T16:31:15Z"},
        {"3 March", "2026-03-03T00:00:00Z"},
        {"12 Mar 2014 at 5pm", "2014-03-12T17:00:00Z"},
        {"2026\xE5\xB9\xB4"
         "2\xE6\x9C\x88"
         "3\xE6\x97\xA5",
         "2026-02-03T00:00:00Z"},
        {"24 December", "2025-12-24T00:00:00Z"}, /* not yet this year */
        {"yesterday-ish", ""},
        {"Posted by 3 people", ""},
        {"no date at all", ""},
        {"", ""},
    };
    CHECK(rows, "");
}

static void test_order_of_day_and_month(void **state) {
    (void)state;
    static const struct row english[] = {
        {"03/04/2026", "2026-03-04T00:00:00Z"},          {"13/04/2026", "2026-04-13T00:00:00Z"},
        {"03.04.2026", "2026-04-03T00:00:00Z"},          {"26-Jan-2004", "2004-01-26T00:00:00Z"},
        {"1/2/2006 3:04:05 PM", "2006-01-02T15:04:05Z"},
    };
    static const struct row spanish[] = {
        {"03/04/2026", "2026-04-03T00:00:00Z"},
        {"03/14/2026", "2026-03-14T00:00:00Z"},
        {"03-04-2026", "2026-04-03T00:00:00Z"},
    };
    CHECK(english, "en");
    CHECK(spanish, "es");
}

static void test_relative(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"3 hours ago", "2026-11-21T06:10:11Z"},
        {"an hour ago", "2026-11-21T08:10:11Z"},
        {"a few minutes ago", "2026-11-21T09:07:11Z"},
        {"about 2 days ago", "2026-11-19T09:10:11Z"},
        {"hace 2 días", "2026-11-19T09:10:11Z"},
        {"hace una hora", "2026-11-21T08:10:11Z"},
        {"há 3 dias", "2026-11-18T09:10:11Z"},
        {"3 giorni fa", "2026-11-18T09:10:11Z"},
        {"un'ora fa", "2026-11-21T08:10:11Z"},
        {"vor 3 Stunden", "2026-11-21T06:10:11Z"},
        {"vor einem Monat", "2026-10-21T09:10:11Z"},
        {"il y a 2 jours", "2026-11-19T09:10:11Z"},
        {"il y a un an", "2025-11-21T09:10:11Z"},
        {"9 months ago", "2026-02-21T09:10:11Z"},
        {"2h", "2026-11-21T07:10:11Z"},
        {"just now", "2026-11-21T09:10:11Z"},
        {"yesterday", "2026-11-20T12:00:00Z"},
        {"ayer a las 10:00", "2026-11-20T10:00:00Z"},
        {"gestern um 14:30 Uhr", "2026-11-20T14:30:00Z"},
        {"yesterday at 2:30 PM", "2026-11-20T14:30:00Z"},
        {"today", "2026-11-21T09:10:11Z"},
        {"aujourd'hui", "2026-11-21T09:10:11Z"},
        {"hours ago", ""},
        {"3 apples ago", ""},
    };
    CHECK(rows, "");
}

static void test_relative_needs_now(void **state) {
    (void)state;
    int64_t ms = 0;
    assert_false(date_parse_any(SPAN("3 hours ago"), DATE_NONE, &ms));
    assert_false(date_parse_any(SPAN("3 March"), DATE_NONE, &ms));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc822),
        cmocka_unit_test(test_iso8601),
        cmocka_unit_test(test_epochs),
        cmocka_unit_test(test_languages),
        cmocka_unit_test(test_order_of_day_and_month),
        cmocka_unit_test(test_relative),
        cmocka_unit_test(test_relative_needs_now),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
