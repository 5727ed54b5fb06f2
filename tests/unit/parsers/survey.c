#include "tests/unit/test.h"

#include "base/buffer.h"
#include "parsers/parsers.h"

struct taken {
    struct arena *arena;
    struct survey_row *rows;
    size_t count, capacity;
    struct error error;
    bool settled;
    char columns[8192]; /* what survey_describe() says */
};

static const struct survey_map *map_of(const char *yaml, struct arena *arena) {
    const struct survey_map *map = NULL;
    struct config_problems problems = {0};
    if (yaml == NULL) {
        return NULL;
    }
    if (!survey_map_parse(span_of(yaml), SPAN("map.yaml"), arena, &map, &problems)) {
        fail_msg("%.*s", SPAN_ARG(problems.list[0].message));
    }
    return map;
}

/* Both passes over the text, in pieces of `piece` bytes. */
static bool pass(struct taken *taken, struct survey *survey, struct span all, size_t piece,
                 bool study) {
    size_t given = 0;
    size_t used = 0;
    bool last = false;
    while (!last) {
        given = given + piece < all.size ? given + piece : all.size;
        last = given == all.size;
        struct span rest = {all.data + used, given - used};
        if (study && !survey_study(survey, &rest, last, &taken->error)) {
            return false;
        }
        struct survey_row row;
        while (!study && survey_next(survey, &rest, last, taken->arena, &row)) {
            taken->rows = arena_grow(taken->arena, taken->rows, taken->count, &taken->capacity,
                                     sizeof *taken->rows);
            taken->rows[taken->count++] = row;
        }
        used = given - rest.size;
    }
    return true;
}

static struct taken take_pieces(struct span csv, const char *map, size_t piece) {
    struct taken taken = {.arena = arena_create()};
    struct survey *survey = survey_create(map_of(map, taken.arena), SPAN("sesame"), taken.arena);
    taken.settled = pass(&taken, survey, csv, piece, true) && survey_settle(survey, &taken.error);
    if (taken.settled) {
        struct buffer out;
        buffer_init(&out, sizeof taken.columns - 1);
        survey_describe(survey, &out);
        snprintf(taken.columns, sizeof taken.columns, "%s", buffer_string(&out));
        buffer_done(&out);
        pass(&taken, survey, csv, piece, false);
    }
    return taken;
}

static struct taken take(const char *csv, const char *map) {
    return take_pieces(span_of(csv), map, strlen(csv) + 1);
}

static void done(struct taken *taken) {
    arena_free(taken->arena);
}

static void assert_near(double actual, double expected) {
    if (actual < expected - 1e-6 || actual > expected + 1e-6) {
        fail_msg("%g is not %g", actual, expected);
    }
}

static void assert_time(int64_t ms, const char *expected) {
    char text[DATE_TEXT_SIZE];
    assert_string_equal(date_print(ms, text), expected);
}

/* The column was taken for that. */
static void assert_column(const struct taken *taken, const char *name, const char *role) {
    const char *line = strstr(taken->columns, name);
    if (line == NULL ||
        strncmp(line + strlen(name) + strspn(line + strlen(name), " "), role, strlen(role)) != 0) {
        fail_msg("%s is no %s in\n%s", name, role, taken->columns);
    }
}

/* --- What exports look like --------------------------------------------------------------------- */

static void typeform(void **state) {
    (void)state;
    struct taken taken =
        take("#,How likely are you to recommend us?,What is the main reason?,Your "
             "email,Start Date (UTC),Submit Date (UTC),Network ID,Tags\n"
             "k3j2h1,10,Best beans in town,ana@example.com,2026-11-20 09:59:00,2026-11-20 "
             "10:01:02,ab12cd,\n"
             "z9y8x7,4,\"Too dear, sorry\",bo@example.com,2026-11-20 12:00:00,2026-11-20 "
             "12:03:00,ff00,\n",
             NULL);
    assert_int_equal(taken.count, 2);
    assert_span_equal(taken.rows[1].item.id, "z9y8x7");
    assert_span_equal(taken.rows[1].item.text, "Too dear, sorry");
    assert_near(taken.rows[1].item.answers[SURVEY_NPS], 4);
    assert_near(taken.rows[1].item.answers[SURVEY_CSAT], ANSWER_NONE);
    assert_time(taken.rows[1].item.published_ms, "2026-11-20T12:03:00Z");
    assert_column(&taken, "Your email", "left out: who");
    assert_int_equal(taken.rows[1].line, 3);
    done(&taken);
}

static void surveymonkey(void **state) {
    (void)state;
    struct taken taken =
        take("Respondent ID,Date Created,Date Modified,IP Address,Email Address,How likely is it "
             "that you would recommend us?,How likely is it that you would recommend us? - "
             "Group,What should change?,,Which did you buy?\n"
             ",,,,,,,Delivery,Open-Ended Response,Response\n"
             "118,11/21/2026 10:02:11 AM,11/21/2026 10:05:00 AM,192.0.2.17,ana@example.com,9,"
             "Promoter,\"Quick courier, thanks\",Kind people,Beans\n"
             "119,11/02/2026 11:00:00 PM,,192.0.2.18,bo@example.com,3,Detractor,\"It came "
             "broken\nand nobody answers bo@example.com.\",,Mugs\n",
             NULL);
    assert_int_equal(taken.count, 2);
    assert_span_equal(taken.rows[0].item.id, "118");
    assert_span_equal(taken.rows[0].item.text, "Quick courier, thanks\nKind people");
    assert_time(taken.rows[0].item.published_ms, "2026-11-21T10:02:11Z");
    assert_time(taken.rows[0].item.updated_ms, "2026-11-21T10:05:00Z");
    assert_time(taken.rows[1].item.published_ms, "2026-11-02T23:00:00Z");
    assert_span_equal(taken.rows[1].item.text, "It came broken\nand nobody answers [...].");
    assert_near(taken.rows[1].item.answers[SURVEY_NPS], 3);
    assert_column(&taken, "Date Created", "time, month first");
    done(&taken);
}

static void delighted(void **state) {
    (void)state;
    struct taken taken = take("Response ID,Person Email,Name,Score,Comment,Responded At,Permalink,"
                              "Locale,Country,Store\n"
                              "9001,ana@example.com,Ana,9,Lovely staff,2026-11-20T10:00:00Z,"
                              "https://survey.example/r/1,en-GB,gb,Harbour\n"
                              "9002,bo@example.com,bo@example.com,0,,2026-11-21T10:00:00Z,x,de,"
                              "Germany,\n",
                              NULL);
    assert_int_equal(taken.count, 2);
    const struct item *item = &taken.rows[0].item;
    assert_span_equal(item->author, "Ana");
    assert_span_equal(item->url, "https://survey.example/r/1");
    assert_span_equal(item->language, "en-GB");
    assert_span_equal(item->country, "GB");
    assert_span_equal(item->title, "Harbour");
    assert_span_equal(item->author_id, "");
    item = &taken.rows[1].item;
    assert_span_equal(item->author, ""); /* an address is no name */
    assert_span_equal(item->url, "");
    assert_span_equal(item->country, "");
    assert_near(item->answers[SURVEY_NPS], 0);
    done(&taken);
}

static void qualtrics(void **state) {
    (void)state;
    struct taken taken = take(
        "StartDate,EndDate,IPAddress,Progress,RecordedDate,ResponseId,UserLanguage,Q1,Q1_NPS_GROUP,"
        "Q2\n"
        "Start Date,End Date,IP Address,Progress,Recorded Date,Response ID,User Language,How "
        "likely "
        "are you to recommend us?,How likely are you to recommend us? - Group,Please tell us why\n"
        "\"{\"\"ImportId\"\":\"\"startDate\"\"}\",\"{\"\"ImportId\"\":\"\"endDate\"\"}\",x,x,x,x,x,"
        "x,x,x\n"
        "2026-11-20 09:00:00,2026-11-20 09:02:00,192.0.2.1,100,2026-11-20 09:02:05,R_1,EN,9,3,It "
        "works\n",
        NULL);
    assert_int_equal(taken.count, 1);
    assert_span_equal(taken.rows[0].item.id, "R_1");
    assert_near(taken.rows[0].item.answers[SURVEY_NPS], 9);
    assert_span_equal(taken.rows[0].item.text, "It works");
    assert_int_equal(taken.rows[0].line, 4);
    assert_column(&taken, "Q1_NPS_GROUP", "left out");
    done(&taken);
}

static void google_forms_in_german(void **state) {
    (void)state;
    struct taken taken = take(
        "Zeitstempel;Wie zufrieden sind Sie?;Wie einfach war die Bestellung?;Was k\xC3\xB6nnen "
        "wir verbessern?;E-Mail-Adresse\n"
        "21.11.2026 09:10:11;Sehr zufrieden;7;Schnellere Lieferung bitte;ana@example.com\n"
        "02.11.2026 10:00:00;unzufrieden;2;Niemand geht ans Telefon;bo@example.com\n"
        "\n"
        "Durchschnitt;;450;;\n",
        NULL);
    assert_int_equal(taken.count, 3);
    assert_near(taken.rows[0].item.answers[SURVEY_CSAT], 5);
    assert_near(taken.rows[0].item.answers[SURVEY_CES], 7);
    assert_near(taken.rows[1].item.answers[SURVEY_CSAT], 2);
    assert_near(taken.rows[1].item.answers[SURVEY_CES], 2);
    assert_time(taken.rows[1].item.published_ms, "2026-11-02T10:00:00Z");
    assert_string_equal(taken.rows[2].left_out, "a sum, not an answer");
    assert_int_equal(taken.rows[2].line, 5);
    done(&taken);
}

/* --- Answers ------------------------------------------------------------------------------------ */

static void answers_in_words_of_six_languages(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double csat;
    } cases[] = {
        {"Very satisfied", 5},
        {"Muy insatisfecho", 1},
        {"Satisfeito", 4},
        {"Neutrale", 3},
        {"Tr\xC3\xA8s satisfait", 5},
        {"sehr unzufrieden", 1},
        {"4/5", 4},
        {"3 stars", 3},
        {"5 - delighted", 5},
        {"\xE2\x98\x85\xE2\x98\x85\xE2\x98\x86\xE2\x98\x86\xE2\x98\x86", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char csv[256];
        snprintf(csv, sizeof csv, "id,CSAT\n1,%s\n", cases[i].text);
        struct taken taken = take(csv, NULL);
        assert_int_equal(taken.count, 1);
        if (taken.rows[0].blemish.size > 0) {
            fail_msg("%.*s", SPAN_ARG(taken.rows[0].blemish));
        }
        assert_near(taken.rows[0].item.answers[SURVEY_CSAT], cases[i].csat);
        done(&taken);
    }
}

static void scales_are_seen_or_told(void **state) {
    (void)state;
    static const struct {
        const char *csv;
        const char *map;
        double csat;
    } cases[] = {
        {"id,csat\n1,4\n2,5\n", NULL, 4},
        {"id,csat\n1,7\n2,5\n", NULL, 5},
        {"id,csat\n1,10\n2,5\n", NULL, 5},
        {"id,csat\n1,75%\n2,20%\n", NULL, 4},
        {"id,csat\n1,75\n2,20\n", NULL, 4},
        {"id,csat\n1,5\n2,4\n", "scales: {csat: 1..7}", 1 + 4 * 4.0 / 6},
        {"id,csat\n1,5\n2,4\n", "scales: {csat: 5..1}", 1},
        {"id,csat\n1,super\n2,meh\n", "columns: {csat: CSAT}\nlabels: {super: 5, meh: 2}", 5},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct taken taken = take(cases[i].csv, cases[i].map);
        if (!taken.settled) {
            fail_msg("%zu: %s", i, taken.error.message);
        }
        assert_near(taken.rows[0].item.answers[SURVEY_CSAT], cases[i].csat);
        done(&taken);
    }
}

static void unreadable_values_are_told_and_the_rest_kept(void **state) {
    (void)state;
    struct taken taken = take("id,date,nps,comment\n"
                              "1,2026-11-20 10:00,9,fine\n"
                              "2,soon,11,\"yes, but\"\n"
                              "3,2026-11-20 10:00\n"
                              "4,2026-11-20 10:00,8,good,more,and more\n"
                              "5,2026-11-21 10:00,7,ok\n"
                              "6,2026-11-21 10:00,,\n"
                              "7,2026-11-21 10:00,6,\"open\n",
                              "columns: {nps: nps}");
    assert_int_equal(taken.count, 7);
    assert_span_equal(taken.rows[0].blemish, "");
    assert_span_equal(taken.rows[1].blemish, "line 3, column \"date\": \"soon\" is no date");
    assert_span_equal(taken.rows[1].item.text, "yes, but");
    assert_near(taken.rows[1].item.answers[SURVEY_NPS], ANSWER_NONE);
    assert_true(taken.rows[1].item.published_ms == DATE_NONE);
    assert_string_equal(taken.rows[2].left_out, "it says nothing");
    assert_span_equal(taken.rows[3].blemish, "line 5: 6 cells, where the head has 4");
    assert_span_equal(taken.rows[3].item.text, "good");
    assert_string_equal(taken.rows[5].left_out, "it says nothing");
    assert_span_equal(taken.rows[6].blemish, "line 8, column 22: a quote that is never closed");
    assert_near(taken.rows[6].item.answers[SURVEY_NPS], 6);
    done(&taken);
}

/* --- Dates -------------------------------------------------------------------------------------- */

static void the_order_of_dates_is_the_columns(void **state) {
    (void)state;
    struct taken taken = take("date,nps\n03/04/2026,9\n21/04/2026,9\n", NULL);
    assert_time(taken.rows[0].item.published_ms, "2026-04-03T00:00:00Z");
    done(&taken);
    taken = take("date,nps\n03/04/2026,9\n03/24/2026,9\n", NULL);
    assert_time(taken.rows[0].item.published_ms, "2026-03-04T00:00:00Z");
    done(&taken);
    taken = take("date,nps\n03/04/2026,9\n04/04/2026,9\n", NULL);
    assert_false(taken.settled);
    assert_non_null(strstr(taken.error.message, "dates: day-first"));
    done(&taken);
    taken = take("date,nps\n21/04/2026,9\n04/21/2026,9\n", NULL);
    assert_false(taken.settled);
    done(&taken);
    taken = take("date,nps\n03.04.2026,9\n04.05.2026,9\n", NULL); /* points decide */
    assert_time(taken.rows[0].item.published_ms, "2026-04-03T00:00:00Z");
    done(&taken);
    taken = take("date,nps\n03/04/2026,9\n04/04/2026,9\n", "dates: month-first");
    assert_time(taken.rows[0].item.published_ms, "2026-03-04T00:00:00Z");
    done(&taken);
    taken = take("date,nps\n04/04/2026,9\n2026-04-05,9\n", NULL); /* nothing to decide */
    assert_time(taken.rows[1].item.published_ms, "2026-04-05T00:00:00Z");
    done(&taken);
}

/* --- Identity ----------------------------------------------------------------------------------- */

static void answers_without_an_id_get_one_that_stays(void **state) {
    (void)state;
    struct taken first = take("time,nps,comment\n2026-11-20 10:00:01,9,fine\n2026-11-20 "
                              "10:00:02,3,bad\n2026-11-20 10:00:02,4,worse\n",
                              NULL);
    struct taken edited =
        take("time,nps,comment\n2026-11-20 10:00:01,9,fine, after all\n2026-11-20 "
             "10:00:02,3,bad\n2026-11-20 10:00:02,4,worse\n",
             NULL);
    assert_int_equal(first.count, 3);
    assert_true(span_equal(first.rows[0].item.id, edited.rows[0].item.id));
    assert_true(span_equal(first.rows[2].item.id, edited.rows[2].item.id));
    assert_false(span_equal(first.rows[1].item.id, first.rows[2].item.id));
    done(&first);
    done(&edited);
    /* A day is no id: what was answered is. */
    first =
        take("date,nps,comment\n2026-11-20,9,fine\n2026-11-20,9,fine\n2026-11-20,3,bad\n", NULL);
    edited = take("date,nps,comment\n2026-11-20,3,bad\n2026-11-20,9,fine\n", NULL);
    assert_true(span_equal(first.rows[2].item.id, edited.rows[0].item.id));
    assert_true(span_equal(first.rows[0].item.id, edited.rows[1].item.id));
    assert_false(span_equal(first.rows[0].item.id, first.rows[1].item.id));
    done(&first);
    done(&edited);
}

static void people_are_told_apart_by_a_keyed_hash_where_wanted(void **state) {
    (void)state;
    struct taken taken = take("id,email,nps\n1,Ana@Example.com,9\n2,bo@example.com,3\n3,"
                              "ana@example.com,8\n",
                              "people: hash");
    const struct span one = taken.rows[0].item.author_id;
    assert_int_equal(one.size, 32);
    assert_true(span_equal(one, taken.rows[2].item.author_id));
    assert_false(span_equal(one, taken.rows[1].item.author_id));
    assert_int_equal(span_find_nocase(one, SPAN("ana")), SPAN_NOT_FOUND);
    /* Without a key everybody could try all addresses. */
    struct error error = {0};
    struct survey *survey =
        survey_create(map_of("people: hash", taken.arena), SPAN(""), taken.arena);
    struct span text = SPAN("id,nps\n1,9\n");
    assert_true(survey_study(survey, &text, true, &error));
    assert_false(survey_settle(survey, &error));
    done(&taken);
}

/* --- Maps --------------------------------------------------------------------------------------- */

static void a_map_decides(void **state) {
    (void)state;
    struct taken taken = take("A,B,C,D,E\nx1,7,hello there,5,Brellin\nx2,6,all is well,4,Tavora\n",
                              "columns: {id: A, ces: '#2', comment: [C], csat: D, brand: e}\n"
                              "ignore: []\n");
    assert_int_equal(taken.count, 2);
    assert_near(taken.rows[0].item.answers[SURVEY_CES], 7);
    assert_near(taken.rows[1].item.answers[SURVEY_CSAT], 4);
    assert_span_equal(taken.rows[1].brand, "Tavora");
    assert_span_equal(taken.rows[1].item.id, "x2");
    done(&taken);
    taken = take("id,comment\n1,one\n", "columns:\n  comment: [coment]\n");
    assert_false(taken.settled);
    assert_string_equal(taken.error.message,
                        "map.yaml:2:13: there is no column \"coment\"; did you mean \"comment\"?");
    done(&taken);
}

static void a_map_tells_its_mistakes_with_their_places(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    const struct survey_map *map = NULL;
    struct config_problems problems = {0};
    const char *yaml = "colums: {id: A}\n"
                       "dates: sideways\n"
                       "columns:\n"
                       "  id: [A, B]\n"
                       "scales: {csat: seven}\n"
                       "labels: {good: very}\n";
    assert_false(survey_map_parse(span_of(yaml), SPAN("map.yaml"), arena, &map, &problems));
    assert_null(map);
    assert_int_equal(problems.count, 5);
    static const unsigned lines[] = {1, 2, 4, 5, 6};
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(problems.list[i].line, lines[i]);
    }
    arena_free(arena);
}

static void what_cannot_be_seen_is_asked_for(void **state) {
    (void)state;
    static const struct {
        const char *csv;
        const char *message;
    } cases[] = {
        {"", "there is nothing in it"},
        {"id,score\n1,3\n2,5\n", "column \"score\" goes from 3 to 5"},
        {"id,colour\n1,red\n2,blue\n", "none of the 2 columns looks like a score or a comment"},
        {"1,ana@example.com,9\n2,bo@example.com,8\n", "line 1: the first row must name"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct taken taken = take(cases[i].csv, NULL);
        assert_false(taken.settled);
        if (strncmp(taken.error.message, cases[i].message, strlen(cases[i].message)) != 0) {
            fail_msg("%s", taken.error.message);
        }
        done(&taken);
    }
}

/* --- Size and hostility ------------------------------------------------------------------------- */

static void pieces_make_no_difference(void **state) {
    (void)state;
    const char *csv = "sep=;\r\nid;date;nps;\"why?\"\r\n1;21/11/2026 10:00;9;\"one\r\ntwo \"\"three"
                      "\"\"\"\r\n2;02/11/2026 10:00;3;caf\xC3\xA9 was cold; twice\r\n";
    struct taken whole = take(csv, NULL);
    assert_int_equal(whole.count, 2);
    assert_span_equal(whole.rows[0].item.text, "one\r\ntwo \"three\"");
    for (size_t piece = 64; piece < strlen(csv); piece++) { /* delimiter and head need a look */
        struct taken taken = take_pieces(span_of(csv), NULL, piece);
        assert_string_equal(taken.columns, whole.columns);
        assert_int_equal(taken.count, 2);
        for (size_t i = 0; i < 2; i++) {
            assert_true(span_equal(taken.rows[i].item.text, whole.rows[i].item.text));
            assert_true(taken.rows[i].item.published_ms == whole.rows[i].item.published_ms);
            assert_int_equal(taken.rows[i].line, whole.rows[i].line);
        }
        done(&taken);
    }
    done(&whole);
}

static void hostile_cells(void **state) {
    (void)state;
    struct buffer out;
    buffer_init(&out, 64 * MIB);
    buffer_append_string(&out, "id,nps,comment\n1,9,\"");
    for (size_t i = 0; i < MIB; i++) {
        buffer_append_byte(&out, i % 70 == 69 ? ' ' : '@');
    }
    buffer_append_string(&out, "\"\n2,8,");
    buffer_append(&out, (struct span){"a\0b\x01", 4});
    buffer_append_string(&out, "\n3,7,");
    for (size_t i = 0; i < 10000; i++) {
        buffer_append_string(&out, "x,");
    }
    buffer_append_string(&out, "\n");
    struct taken taken = take_pieces(buffer_span(&out), NULL, out.size);
    assert_int_equal(taken.count, 3);
    assert_true(taken.rows[0].item.text.size <= LIMIT_TEXT);
    assert_int_equal(span_find_byte(taken.rows[1].item.text, '\0'), SPAN_NOT_FOUND);
    assert_true(taken.rows[2].blemish.size > 0);
    assert_near(taken.rows[2].item.answers[SURVEY_NPS], 7);
    done(&taken);
    buffer_clear(&out);
    for (size_t i = 0; i < 10000; i++) {
        buffer_append_string(&out, i == 77 ? "nps," : "x,");
    }
    buffer_append_string(&out, "y\n");
    for (size_t i = 0; i < 10000; i++) {
        buffer_append_string(&out, i == 77 ? "9," : ",");
    }
    buffer_append_string(&out, "\n");
    taken = take_pieces(buffer_span(&out), NULL, out.size);
    assert_int_equal(taken.count, 1);
    assert_near(taken.rows[0].item.answers[SURVEY_NPS], 9);
    done(&taken);
    buffer_done(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(typeform),
        cmocka_unit_test(surveymonkey),
        cmocka_unit_test(delighted),
        cmocka_unit_test(qualtrics),
        cmocka_unit_test(google_forms_in_german),
        cmocka_unit_test(answers_in_words_of_six_languages),
        cmocka_unit_test(scales_are_seen_or_told),
        cmocka_unit_test(unreadable_values_are_told_and_the_rest_kept),
        cmocka_unit_test(the_order_of_dates_is_the_columns),
        cmocka_unit_test(answers_without_an_id_get_one_that_stays),
        cmocka_unit_test(people_are_told_apart_by_a_keyed_hash_where_wanted),
        cmocka_unit_test(a_map_decides),
        cmocka_unit_test(a_map_tells_its_mistakes_with_their_places),
        cmocka_unit_test(what_cannot_be_seen_is_asked_for),
        cmocka_unit_test(pieces_make_no_difference),
        cmocka_unit_test(hostile_cells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
