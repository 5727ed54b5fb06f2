/* Which charset a document is in, and that each is read: the same sentences, turned into each charset
 * by iconv, must come out as they were. Rules: RFC 7303 3 (byte-order mark, then the HTTP header,
 * then the XML declaration), html.spec.whatwg.org 13.2.3 (<meta>), then what the bytes look like. */
#include "tests/unit/test.h"

#include "parsers/parsers.h"

#include <iconv.h>

static const struct sentence {
    const char *charset; /* as iconv and the web name it */
    const char *text;
} sentences[] = {
    {"Shift_JIS", "新しい金床は重いですが、とても良いです。配達は二日でした。カタカナもあります。"},
    {"EUC-JP", "新しい金床は重いですが、とても良いです。配達は二日でした。カタカナもあります。"},
    {"ISO-2022-JP", "新しい金床は重いですが、とても良いです。配達は二日でした。"},
    {"GB18030", "新的铁砧很重，但是质量非常好。两天之内就送到了，包装也很完整，值得推荐给大家。"},
    {"Big5", "新的鐵砧很重，但是品質非常好。兩天之內就送到了，包裝也很完整，值得推薦給大家。"},
    {"EUC-KR", "새 모루는 무겁지만 품질이 아주 좋습니다. 배송은 이틀 걸렸고 포장도 깔끔했습니다."},
    {"windows-1251",
     "Новая наковальня тяжёлая, но качество очень хорошее. Доставка заняла два дня."},
    {"KOI8-R", "Новая наковальня тяжелая, но качество очень хорошее. Доставка заняла два дня."},
    {"windows-1252",
     "L’enclume est lourde – mais très bien conçue. À recommander à tous, même là-bas."},
    {"ISO-8859-1",
     "Der Amboß ist schön schwer, die Lieferung kam früh. Für größere Stücke geeignet."},
    {"windows-1250",
     "Kowadło jest ciężkie, ale jakość bardzo dobra. Dostawa zajęła dwa dni, polecam żonie."},
    {"ISO-8859-2", "Kovadlina je těžká, ale její kvalita je velmi dobrá. Doručení trvalo dva dny, "
                   "žádný škrábanec."},
    {"windows-1253",
     "Το νέο αμόνι είναι βαρύ, αλλά η ποιότητα είναι πολύ καλή. Ήρθε σε δύο ημέρες."},
    {"windows-1254",
     "Yeni örs ağır ama kalitesi çok iyi. Kargo iki günde geldi, paketleme özenliydi, şahane."},
    {"UTF-16LE", "Amboß, наковальня, 金床"},
    {"UTF-16BE", "Amboß, наковальня, 金床"},
};
#define SENTENCE_COUNT (sizeof sentences / sizeof sentences[0])

static struct span turned(struct arena *arena, struct span text, const char *charset) {
    size_t room = text.size * 4 + 16;
    char *out = ARENA_ARRAY(arena, char, room);
    char *in = arena_copy_string(arena, text);
    char *at = out;
    size_t left = text.size;
    iconv_t turn = iconv_open(charset, "UTF-8");
    assert_true(turn != (iconv_t)-1);
    assert_int_not_equal(iconv(turn, &in, &left, &at, &room), (size_t)-1);
    assert_int_not_equal(iconv(turn, NULL, NULL, &at, &room), (size_t)-1); /* back to ASCII */
    iconv_close(turn);
    return (struct span){out, (size_t)(at - out)};
}

static void must_title(struct span document, struct span type, struct span title,
                       const char *what) {
    struct arena *arena = arena_create();
    struct items items = {.arena = arena};
    struct error error = {0};
    bool read =
        document_parse(document, type, SPAN("https://a.example/"), arena, &items, NULL, &error);
    if (!read || items.count != 1 || !span_equal(items.list[0].title, title)) {
        fail_msg("%s: \"%.*s\" %s", what,
                 SPAN_ARG(items.count == 0 ? SPAN("nothing") : items.list[0].title), error.message);
    }
    arena_free(arena);
}

#define FEED "<rss version='2.0'><channel><item><title>%s</title></item></channel></rss>"

/* What says which charset it is, alone. */
static void test_each_charset_by_each_carrier(void **state) {
    (void)state;
    for (size_t i = 0; i < SENTENCE_COUNT; i++) {
        struct arena *arena = arena_create();
        const char *charset = sentences[i].charset;
        struct span title = span_of(sentences[i].text);
        struct span feed = arena_print(arena, FEED, title.data);
        struct span type = arena_print(arena, "application/rss+xml; charset=\"%s\"", charset);
        must_title(turned(arena, feed, charset), type, title, charset);

        struct span declared =
            arena_print(arena, "<?xml version=\"1.0\" encoding=\"%s\"?>" FEED, charset, title.data);
        must_title(turned(arena, declared, charset), SPAN("text/xml"), title, charset);

        struct span page =
            arena_print(arena,
                        "<html><head><meta http-equiv='Content-Type' content='text/html; "
                        "charset=%s'><title>%s</title></head><body><p>%s</p></body></html>",
                        charset, title.data, title.data);
        must_title(turned(arena, page, charset), SPAN("text/html"), title, charset);
        arena_free(arena);
    }
}

/* Nobody says. */
static void test_each_charset_by_its_looks(void **state) {
    (void)state;
    for (size_t i = 0; i < SENTENCE_COUNT; i++) {
        if (strcmp(sentences[i].charset, "ISO-2022-JP") == 0) {
            continue; /* looks like ASCII; to take it for more has been used to smuggle scripts */
        }
        struct arena *arena = arena_create();
        struct span title = span_of(sentences[i].text);
        struct span feed = arena_print(arena, FEED, title.data);
        must_title(turned(arena, feed, sentences[i].charset), SPAN("application/rss+xml"), title,
                   sentences[i].charset);
        arena_free(arena);
    }
}

/* Two that contradict each other: the first that counts. */
static void test_who_is_believed(void **state) {
    (void)state;
    static const struct {
        const char *what;
        const char *body;
        const char *type;
        const char *title;
    } rows[] = {
        {"mark before header",
         "\xEF\xBB\xBF<rss><channel><item><title>\xD0\xB9</title></item></channel></rss>",
         "text/xml; charset=windows-1251", "й"},
        {"mark before declaration",
         "\xEF\xBB\xBF<?xml version='1.0' "
         "encoding='koi8-r'?><rss><channel><item><title>\xD0\xB9</title>"
         "</item></channel></rss>",
         "", "й"},
        {"header before declaration",
         "<?xml version='1.0' "
         "encoding='koi8-r'?><rss><channel><item><title>\xE9</title></item></channel>"
         "</rss>",
         "application/xml; charset=windows-1251", "й"},
        {"header before meta",
         "<html><head><meta charset='koi8-r'><title>\xE9</title></head><body>x</body></html>",
         "text/html; charset=windows-1251", "й"},
        {"declaration where the header is silent",
         "<?xml version='1.0' "
         "encoding='windows-1251'?><rss><channel><item><title>\xE9</title></item>"
         "</channel></rss>",
         "text/xml", "й"}, /* not US-ASCII, as RFC 3023 had it */
        {"a name that nobody knows",
         "<?xml version='1.0' "
         "encoding='x-made-up'?><rss><channel><item><title>\xE9t\xE9</title></item>"
         "</channel></rss>",
         "", "été"},
        {"a header nobody knows, a declaration that is right",
         "<?xml version='1.0' "
         "encoding='windows-1251'?><rss><channel><item><title>\xE9</title></item>"
         "</channel></rss>",
         "text/xml; charset=none", "й"},
        {"said to be UTF-8 and is not",
         "<?xml version='1.0' encoding='utf-8'?><rss><channel><item><title>\xE9t\xE9, "
         "d\xE9j\xE0</title>"
         "</item></channel></rss>",
         "application/xml; charset=utf-8", "été, déjà"},
        {"UTF-8 with one broken byte",
         "<rss><channel><item><title>\xC3\xA9t\xC3\xA9 d\xC3\xA9j\xC3\xA0 "
         "\xE9</title></item></channel></rss>",
         "", "été déjà \xEF\xBF\xBD"},
        {"latin1 means windows-1252",
         "<rss><channel><item><title>\x93x\x94 \x80</title></item></channel></rss>",
         "text/xml; charset=ISO-8859-1", "“x” €"},
        {"charset in quotes and capitals",
         "<rss><channel><item><title>\xE9</title></item></channel></rss>",
         "Application/RSS+XML ; Charset='WINDOWS-1251'", "й"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        must_title(span_of(rows[i].body), span_of(rows[i].type), span_of(rows[i].title),
                   rows[i].what);
    }
}

/* Somebody took UTF-8 for windows-1252 on its way here, and encoded it once more. */
static void test_what_was_encoded_twice(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"L'Ã©tÃ© Ã\xC2\xA0 la plage, dâ€™accord", "L'été à la plage, d’accord"},
        {"ÐœÐ¾Ñ\xC2\x81"
         "ÐºÐ²Ð° ðŸ˜€",
         "Москва 😀"},
        {"é\xC2\xA0» dÃ©jÃ\xC2\xA0", "é » dÃ©jÃ"}, /* one character that is not */
        {"«\xC2\xA0voilà\xC2\xA0»", "« voilà »"},
        {"dÃ©j", "dÃ©j"}, /* one alone may be meant */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *arena = arena_create();
        must_title(arena_print(arena, FEED, rows[i][0]), SPAN("text/xml; charset=utf-8"),
                   span_of(rows[i][1]), rows[i][0]);
        arena_free(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_charset_by_each_carrier),
        cmocka_unit_test(test_each_charset_by_its_looks),
        cmocka_unit_test(test_who_is_believed),
        cmocka_unit_test(test_what_was_encoded_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
