/* Pages that a person has saved, of sites that may not be polled. */
#include "tests/unit/test.h"

#include "parsers/parsers.h"

#define NOW INT64_C(1795252211000) /* 2026-11-21T09:10:11Z */

static struct items read_saved(const char *name, const char *page, struct arena *arena) {
    const struct recipe *recipe = NULL;
    struct poll *poll = NULL;
    struct error error = {0};
    struct items items = {.arena = arena};
    struct web_request request;
    struct poll_options options = {.now_ms = NOW, .since_ms = DATE_NONE};
    struct web_response response = {.status = 200, .body = span_of(page)};
    if (!recipe_builtin(span_of(name), arena, &recipe, &error) ||
        !poll_begin(recipe, &options, SPAN(""), arena, &poll, &error)) {
        fail_msg("%s", error.message);
    }
    assert_true(poll_request(poll, &request));
    assert_int_equal(request.url.size, 0);
    if (!poll_response(poll, &response, arena, &items, &error)) {
        fail_msg("%s", error.message);
    }
    assert_int_equal(poll_report(poll)->blemishes, 0);
    return items;
}

static const char amazon[] =
    "<html><head></head><body><link rel='canonical' href='https://www.amazon.es/dp/B000000001'>"
    "<div id='RAAA' data-hook='review'><span class='a-profile-name'>Marta</span>"
    "<a data-hook='review-title' href='/gp/customer-reviews/RAAA/ref=x'>"
    "<i data-hook='review-star-rating'><span class='a-icon-alt'>4,0 de 5 estrellas</span></i>"
    "<span class='a-letter-space'></span> <span>Hierve deprisa</span></a>"
    "<span data-hook='review-date'>Revisado en Espa\xC3\xB1"
    "a el 25 de agosto de 2025</span>"
    "<span data-hook='review-body'><div data-hook='review-collapsed'><span>Pesa poco.<br>Y cuesta "
    "poco.</span></div><a>Leer m\xC3\xA1s</a></span>"
    "<span data-hook='helpful-vote-statement'>A 60 personas les ha parecido "
    "\xC3\xBAtil</span></div>"
    "<div id='RBBB' data-hook='review'><span class='a-profile-name'>Jens</span>"
    "<i data-hook='cmps-review-star-rating'><span class='a-icon-alt'>2,0 de 5 estrellas</span></i>"
    "<span data-hook='review-title'><span class='cr-original-review-content'>Zu laut</span>"
    "<span class='cr-translated-review-content aok-hidden'>Ruidoso</span></span>"
    "<span data-hook='review-date'>Revisado en Alemania el 27 de enero de 2026</span>"
    "<span data-hook='review-body'><span class='cr-original-review-content'>Brummt.</span>"
    "<span class='cr-translated-review-content'>Zumba.</span></span></div></body></html>";

static void a_product_page_has_its_reviews_and_those_of_other_countries(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    struct items items = read_saved("amazon-page", amazon, arena);
    assert_int_equal(items.count, 2);
    const struct item *own = &items.list[0];
    assert_span_equal(own->id, "RAAA");
    assert_span_equal(own->url, "https://www.amazon.es/gp/customer-reviews/RAAA/ref=x");
    assert_span_equal(own->title, "Hierve deprisa");
    assert_span_equal(own->text, "Pesa poco.\nY cuesta poco.");
    assert_span_equal(own->author, "Marta");
    assert_span_equal(own->country, "ES");
    assert_int_equal(own->published_ms, INT64_C(1756080000000));
    assert_true(own->rating == 4);
    assert_int_equal(own->engagement.likes, 60);
    const struct item *foreign = &items.list[1];
    assert_span_equal(foreign->title, "Zu laut");
    assert_span_equal(foreign->text, "Brummt.");
    assert_span_equal(foreign->country, "DE");
    assert_true(foreign->rating == 2);
    assert_int_equal(foreign->engagement.likes, COUNT_NONE);
    arena_free(arena);
}

static void sentences_of_all_shops_give_country_and_day(void **state) {
    (void)state;
    static const struct {
        const char *sentence;
        const char *country;
    } rows[] = {
        {"Reviewed in the United States on March 3, 2026", "US"},
        {"Reviewed in Canada on March 3, 2026", "CA"},
        {"Rezension aus Deutschland vom 3. M\xC3\xA4rz 2026", "DE"},
        {"Comment\xC3\xA9 en France le 3 mars 2026", "FR"},
        {"Avis laiss\xC3\xA9 au Royaume-Uni le 3 mars 2026", "GB"},
        {"Recensito in Italia il 3 marzo 2026", "IT"},
        {"Avaliado no Brasil em 3 de mar\xC3\xA7o de 2026", "BR"},
        {"Calificado en M\xC3\xA9xico el 3 de marzo de 2026", "MX"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *arena = arena_create();
        struct span page = arena_print(
            arena, "<div id=R1 data-hook=review><b data-hook=review-date>%s</b>Good</div>",
            rows[i].sentence);
        struct items items = read_saved("amazon-page", arena_copy_string(arena, page), arena);
        assert_int_equal(items.count, 1);
        assert_span_equal(items.list[0].country, rows[i].country);
        if (items.list[0].published_ms != INT64_C(1772496000000)) {
            fail_msg("%s: not understood", rows[i].sentence);
        }
        arena_free(arena);
    }
}

static void pages_that_state_reviews_are_read(void **state) {
    (void)state;
    static const char *const names[] = {"trustpilot-page", "g2-page", "capterra-page",
                                        "tripadvisor-page", "yelp-page"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct arena *arena = arena_create();
        struct items items = read_saved(
            names[i],
            "<script type='application/ld+json'>{\"@type\":\"Review\",\"author\":\"Ana\","
            "\"reviewBody\":\"Works.\",\"reviewRating\":{\"ratingValue\":4}}</script>",
            arena);
        assert_int_equal(items.count, 1);
        assert_span_equal(items.list[0].author, "Ana");
        arena_free(arena);
    }
}

static void what_reads_nothing_says_so(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    const struct recipe *recipe = NULL;
    struct poll *poll = NULL;
    struct error error = {0};
    struct poll_options options = {.now_ms = NOW};
    assert_true(recipe_builtin(SPAN("quora"), arena, &recipe, &error));
    assert_false(poll_begin(recipe, &options, SPAN(""), arena, &poll, &error));
    assert_non_null(strstr(error.message, "quora: nothing is read of it. Quora's terms"));
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_product_page_has_its_reviews_and_those_of_other_countries),
        cmocka_unit_test(sentences_of_all_shops_give_country_and_day),
        cmocka_unit_test(pages_that_state_reviews_are_read),
        cmocka_unit_test(what_reads_nothing_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
