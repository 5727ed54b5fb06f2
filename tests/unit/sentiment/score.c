/* The whole answer: reasons that replay, labels, languages, topics, and any bytes at all. */
#include "tests/unit/sentiment/helper.h"

#include <math.h>

static const char *const texts[] = {
    "I LOVE this phone!!! But the battery is not good, and support was slightly rude :(",
    "Me encanta la comida, pero el servicio no fue nada bueno \xF0\x9F\x98\xA1",
    "Das Essen war sehr lecker, leider gefällt mir die Bedienung nicht.",
    "Thanks for nothing, what a waste of money. Would it be better elsewhere?",
    "O atendimento é péssimo, mas a comida é deliciosa",
    "Je n'aime pas du tout, service lamentable",
    "Tutto buonissimo, camerieri gentilissimi, torneremo!",
};

static void reasons_replay_to_the_score(void **state) {
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct sentiment_result result = bench_score(state, "", texts[i]);
        double sum = 0;
        for (size_t j = 0; j < result.reason_count; j++) {
            assert_true(result.reasons[j].target == SENTIMENT_WHOLE);
            assert_true(result.reasons[j].end > result.reasons[j].begin);
            assert_true(result.reasons[j].end <= strlen(texts[i]));
            assert_true(result.reasons[j].entry.size > 0);
            sum += result.reasons[j].contribution;
        }
        assert_true(result.reason_count > 0);
        assert_true(fabs(sentiment_normalise(sum) - result.whole.value) < 1e-6);
    }
}

static void target_reasons_replay_too(void **state) {
    struct bench *bench = *state;
    struct sentiment_place place = {7, 11};
    struct sentiment_target target = {.name = SPAN("Acme"), .places = &place, .place_count = 1};
    struct sentiment_request request = {
        .text = SPAN("I love Acme very much, great app but the food here was bad"),
        .targets = &target,
        .target_count = 1,
        .explain = true};
    struct sentiment_result result;
    sentiment_score(bench->sentiment, &request, bench->arena, &result);
    double sum = 0;
    for (size_t i = 0; i < result.reason_count; i++) {
        sum += result.reasons[i].target == 0 ? result.reasons[i].contribution : 0;
    }
    assert_above(sum, 0);
    assert_true(fabs(sentiment_normalise(sum) - result.targets[0].value) < 1e-6);
}

static void reasons_name_entry_and_rules(void **state) {
    struct sentiment_result result = bench_score(state, "en", "It was not a very good day");
    assert_int_equal(result.reason_count, 1);
    assert_span_equal(result.reasons[0].entry, "good");
    assert_int_equal(result.reasons[0].begin, 18);
    assert_int_equal(result.reasons[0].end, 22);
    assert_non_null(strstr(result.reasons[0].rules.data, "negated by not"));
}

static void no_reasons_unless_asked(void **state) {
    struct bench *bench = *state;
    struct sentiment_request request = {.text = SPAN("so good")};
    struct sentiment_result result;
    sentiment_score(bench->sentiment, &request, bench->arena, &result);
    assert_int_equal(result.reason_count, 0);
    assert_above(result.whole.value, 0);
}

static void unsure_when_evidence_clashes(void **state) {
    struct bench *bench = *state;
    struct sentiment_request request = {
        .text = SPAN("Great food, lovely room, nice view, slow service, dirty table"),
        .genre = GENRE_SOCIAL};
    struct sentiment_result result;
    sentiment_score(bench->sentiment, &request, bench->arena, &result);
    assert_int_equal(result.whole.label, LABEL_UNSURE);
    request.three = true;
    sentiment_score(bench->sentiment, &request, bench->arena, &result);
    assert_int_not_equal(result.whole.label, LABEL_UNSURE);
    assert_above(bench_score(state, "en", "wonderful, I love it, simply the best").whole.confidence,
                 result.whole.confidence);
}

static void languages_are_told(void **state) {
    static const struct {
        const char *language;
        const char *text;
    } rows[] = {
        {"en", "The parcel came with the wrong shoes and nobody answers"},
        {"es", "El paquete llegó tarde y nadie contesta al teléfono"},
        {"pt", "O pacote chegou atrasado e ninguém atende o telefone"},
        {"it", "Il pacco è arrivato tardi e nessuno risponde al telefono"},
        {"de", "Das Paket kam zu spät und niemand geht ans Telefon"},
        {"fr", "Le colis est arrivé en retard et personne ne répond"},
        {"en", "love it"},
        {"es", "me encanta"},
        /* No function word, hardly a word that is listed: the letters tell. */
        {"pt", "Paguei dobrado e ficou devendo"},
        {"it", "Spedizione velocissima"},
        {"de", "Paketverfolgung spinnt wieder"},
        {"fr", "Horaires largement dépassés"},
        {"es", "Envío rapidísimo"},
        {"pt", "Assistindo #novela"},
        /* Nothing but hashtags: names, but better than nothing. */
        {"de", "#ich #warte #noch #immer #hier"},
        {"", "\xD0\x9F\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82 \xD0\xBC\xD0\xB8\xD1\x80"},
        {"", ""},
        {"", "12345 --- 678"},
        {"", "Acme"},
        /* Not ours, and near to one of ours. */
        {"", "Ik ben heel tevreden met deze winkel"},
        /* Letters that could be ours, words that could not. */
        {"", "Jeg er meget skuffet over denne app"},
        {"", "Soha többet nem rendelek innen"},
        {"", "Jag är väldigt nöjd och det var inte dyrt"},
        {"", "Foarte multumit de produs, livrare rapida"},
        {"", "Bardzo dobra obsługa, polecam wszystkim"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sentiment_result result = bench_score(state, "", rows[i].text);
        assert_span_equal(result.language, rows[i].language);
        assert_true(result.language_confidence >= 0 && result.language_confidence <= 1);
    }
    /* Words that two languages share follow what the source claims. */
    assert_span_equal(bench_score(state, "pt-BR", "excelente").language, "pt");
    assert_span_equal(bench_score(state, "es", "excelente").language, "es");
    /* A wrong claim does not stand against the text. */
    assert_span_equal(bench_score(state, "de", rows[0].text).language, "en");
}

static bool has_reason(const struct sentiment_result *result, const char *entry) {
    bool found = false;
    for (size_t i = 0; i < result->reason_count; i++) {
        found = found || span_equal(result->reasons[i].entry, span_of(entry));
    }
    return found;
}

/* A sentence that is surely in another language is read in it; a word or a name is not. */
static void sentences_keep_their_language(void **state) {
    struct sentiment_result result =
        bench_score(state, "",
                    "They were so friendly and the room was nice\nPero la entrega fue muy mala y "
                    "el paquete estaba "
                    "roto.");
    assert_true(has_reason(&result, "roto") && has_reason(&result, "friendly"));
    result = bench_score(state, "",
                         "The food was cold and we waited for an hour. Das Essen war ganz "
                         "schrecklich, und wir kommen nicht mehr.");
    assert_true(has_reason(&result, "schrecklich") && has_reason(&result, "food was cold"));
    /* "fade" is a dull taste in German and French; "rot" is red in German. */
    result = bench_score(state, "", "Das Kleid ist rot und schön, ich bin sehr zufrieden. Rot!");
    assert_false(has_reason(&result, "rot"));
    result = bench_score(state, "", "We flew with them to Paris and it was fine. C'est la vie.");
    assert_span_equal(result.language, "en");
}

static bool has_topic(const struct sentiment_result *result, const char *name, double *value) {
    for (size_t i = 0; i < result->topic_count; i++) {
        if (span_equal(result->topics[i].name, span_of(name))) {
            *value = result->topics[i].score.value;
            return true;
        }
    }
    return false;
}

static void topics_have_their_own_score(void **state) {
    double delivery = 0;
    double quality = 0;
    struct sentiment_result result = bench_score(
        state, "en", "The delivery was terribly late; but the build quality is excellent");
    assert_true(has_topic(&result, "delivery", &delivery));
    assert_true(has_topic(&result, "quality", &quality));
    assert_above(0, delivery);
    assert_above(quality, 0);
    result = bench_score(state, "es", "El envío tardó un mes");
    assert_true(has_topic(&result, "delivery", &delivery));
    /* A word keeps its topic within a phrase. */
    result = bench_score(state, "en", "never received my package");
    assert_true(has_topic(&result, "delivery", &delivery));
    result = bench_score(state, "en", "a waste of money");
    assert_true(has_topic(&result, "price", &delivery));
    size_t count = 0;
    (void)sentiment_topics(((struct bench *)*state)->sentiment, &count);
    assert_in_range(count, 20, 40);
}

static void stage_and_urgency(void **state) {
    assert_int_equal(bench_score(state, "en", "has anyone tried this?").stage, STAGE_INTEREST);
    assert_int_equal(bench_score(state, "en", "I just ordered one").stage, STAGE_PURCHASE);
    assert_int_equal(bench_score(state, "en", "blue sky").stage, STAGE_UNKNOWN);
    assert_true(bench_score(state, "en", "the charger caught fire").urgent);
    assert_true(bench_score(state, "en", "my lawyer will call you").urgent);
    assert_true(bench_score(state, "es", "me doy de baja").urgent);
    assert_false(bench_score(state, "en", "this is bad").urgent);
}

static void any_bytes_are_safe(void **state) {
    struct bench *bench = *state;
    char bytes[4096];
    uint32_t random = 12345;
    struct sentiment_place place = {10, 400};
    struct sentiment_target target = {.name = SPAN("x"), .places = &place, .place_count = 1};
    for (int round = 0; round < 200; round++) {
        for (size_t i = 0; i < sizeof bytes; i++) {
            random = random * 1664525 + 1013904223;
            bytes[i] = (char)(random >> 24);
        }
        struct sentiment_request request = {
            .text = {bytes, sizeof bytes}, .targets = &target, .target_count = 1, .explain = true};
        struct sentiment_result result;
        sentiment_score(bench->sentiment, &request, bench->arena, &result);
        assert_true(result.whole.value >= -1 && result.whole.value <= 1);
        arena_reset(bench->arena);
    }
}

static void score_hostile(struct bench *bench, struct span text) {
    struct sentiment_place places[] = {{0, 4}, {3, 3}, {5, 1U << 30}};
    struct sentiment_target target = {.name = SPAN("x"), .places = places, .place_count = 3};
    struct sentiment_request request = {
        .text = text, .targets = &target, .target_count = 1, .explain = true};
    struct sentiment_result result;
    sentiment_score(bench->sentiment, &request, bench->arena, &result);
    assert_true(result.whole.value >= -1 && result.whole.value <= 1);
    for (size_t i = 0; i < result.reason_count; i++) {
        assert_true(result.reasons[i].begin < result.reasons[i].end);
        assert_true(result.reasons[i].end <= text.size);
    }
    arena_reset(bench->arena);
}

/* Texts that are made to go wrong: each as it is, with its end cut off byte by byte, and repeated until
 * it is longer than anybody reads. */
static void hostile_texts_are_safe(void **state) {
    const struct span hostile[] = {
        SPAN("\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91"
             "\xA7"),                                                 /* joined */
        SPAN("\xE2\x80\x8D\xE2\x80\x8D\xEF\xB8\x8F\xF0\x9F\x8F\xBD"), /* joiners */
        SPAN("good\0bad\0\0awful\0"),
        SPAN("\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D good \xE2\x80\xAE doog "
             "\xD8\xB3\xD9\x8A\xD8\xA1"),
        SPAN("\xC3\xC3\xA9\xE2\x80\xF0\x9F\x98\xED\xA0\x80\xFF\xFE\xC0\x80\xF4\x90\x80"
             "\x80"),
        SPAN("a\xCC\x81\xCC\x81\xCC\x81 \\u2019\\uD83D\\u00 \\u"),
        SPAN("l'l'l'l'dell'd'n't's'c'qu'"),
        SPAN("#aBcDeF1g2H_i_#J@k#@#"),
        SPAN("a.b*c/d:e3.5*f**k*:-)))xD<3"),
        SPAN("soooooooooGOODDDDDDDDDnotttttttttttttt"),
        SPAN("&amp;&#39;&;&&lt"),
        SPAN("not not not but but than than unlike switched from to "),
    };
    struct bench *bench = *state;
    char *long_text = memory_resize(NULL, 1 << 20, 1);
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        for (size_t size = 0; size <= hostile[i].size; size++) {
            char *exact = memory_resize(NULL, size, 1); /* so that a byte beyond is noticed */
            memcpy(exact, hostile[i].data, size);
            score_hostile(bench, (struct span){exact, size});
            free(exact);
        }
        for (size_t at = 0; at < 1 << 20; at++) {
            long_text[at] = hostile[i].data[at % hostile[i].size];
        }
        score_hostile(bench, (struct span){long_text, 1 << 20});
    }
    free(long_text);
}

static void long_texts_are_cut(void **state) {
    struct bench *bench = *state;
    size_t size = 1 << 20;
    char *text = memory_resize(NULL, size, 1);
    for (size_t i = 0; i < size; i++) {
        text[i] = "good "[i % 5];
    }
    struct sentiment_request request = {.text = {text, size}, .explain = false};
    struct sentiment_result result;
    sentiment_score(bench->sentiment, &request, bench->arena, &result);
    assert_above(result.whole.value, 0.9);
    memset(text, 'a', size); /* one word of a megabyte */
    sentiment_score(bench->sentiment, &request, bench->arena, &result);
    assert_true(result.whole.value == 0);
    free(text);
    arena_reset(bench->arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reasons_replay_to_the_score),
        cmocka_unit_test(target_reasons_replay_too),
        cmocka_unit_test(reasons_name_entry_and_rules),
        cmocka_unit_test(no_reasons_unless_asked),
        cmocka_unit_test(unsure_when_evidence_clashes),
        cmocka_unit_test(languages_are_told),
        cmocka_unit_test(sentences_keep_their_language),
        cmocka_unit_test(topics_have_their_own_score),
        cmocka_unit_test(stage_and_urgency),
        cmocka_unit_test(any_bytes_are_safe),
        cmocka_unit_test(hostile_texts_are_safe),
        cmocka_unit_test(long_texts_are_cut),
    };
    return cmocka_run_group_tests(tests, bench_setup, bench_teardown);
}
