/* Deliveries: what shows that they come from who holds the secret. */
#include "base/webhook.h"

#include "base/date.h"
#include "tests/unit/test.h"

#define SENT_MS INT64_C(1614265330000)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

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

static enum webhook_verdict verify(unsigned schemes, const char *secret, const char *body,
                                   const struct web_header *headers, size_t count, int64_t now_ms,
                                   struct span *id) {
    const struct webhook_terms terms = {schemes, span_of(secret)};
    const struct webhook_delivery delivery = {headers, count, span_of(body)};
    return webhook_verify(&terms, &delivery, now_ms, arena, id);
}

#define STANDARD (1u << WEBHOOK_STANDARD)
#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define SIGNATURE "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
#define BODY "{\"test\": 2432232314}"

/* The example that the standard's own libraries are tested with. */
static void test_standard(void **state) {
    (void)state;
    struct web_header headers[] = {{SPAN("Webhook-Id"), SPAN("msg_p5jXN8AQM9LWM0D4loKWxJek")},
                                   {SPAN("webhook-timestamp"), SPAN("1614265330")},
                                   {SPAN("webhook-signature"), SPAN(SIGNATURE)}};
    struct span id;
    assert_int_equal(verify(STANDARD, SECRET, BODY, headers, 3, SENT_MS, &id), WEBHOOK_GOOD);
    assert_span_equal(id, "msg_p5jXN8AQM9LWM0D4loKWxJek");
    assert_int_equal(verify(STANDARD, SECRET, BODY " ", headers, 3, SENT_MS, &id), WEBHOOK_FORGED);
    assert_int_equal(verify(STANDARD, "whsec_AAAA", BODY, headers, 3, SENT_MS, &id),
                     WEBHOOK_FORGED);
    assert_int_equal(verify(STANDARD, "", BODY, headers, 3, SENT_MS, &id), WEBHOOK_UNSIGNED);
    assert_int_equal(verify(STANDARD, SECRET, BODY, headers, 2, SENT_MS, &id), WEBHOOK_UNSIGNED);
    assert_int_equal(verify(1u << WEBHOOK_HUB, SECRET, BODY, headers, 3, SENT_MS, &id),
                     WEBHOOK_UNSIGNED);
    headers[2].value = SPAN("v2,x v1,bm90aGluZw== " SIGNATURE);
    assert_int_equal(verify(STANDARD, SECRET, BODY, headers, 3, SENT_MS, &id), WEBHOOK_GOOD);
    headers[2].value = SPAN(SIGNATURE " v1,bm90aGluZw==");
    assert_int_equal(verify(STANDARD, SECRET, BODY, headers, 3, SENT_MS, &id), WEBHOOK_GOOD);
    headers[0].value = SPAN("msg_another");
    assert_int_equal(verify(STANDARD, SECRET, BODY, headers, 3, SENT_MS, &id), WEBHOOK_FORGED);
}

static void test_standard_time(void **state) {
    (void)state;
    static const struct {
        int64_t now_ms;
        enum webhook_verdict verdict;
    } cases[] = {
        {SENT_MS + WEBHOOK_TOLERANCE_MS, WEBHOOK_GOOD},
        {SENT_MS + WEBHOOK_TOLERANCE_MS + SECOND_MS, WEBHOOK_STALE},
        {SENT_MS - WEBHOOK_TOLERANCE_MS, WEBHOOK_GOOD},
        {SENT_MS - WEBHOOK_TOLERANCE_MS - SECOND_MS, WEBHOOK_STALE},
    };
    struct web_header headers[] = {{SPAN("webhook-id"), SPAN("msg_p5jXN8AQM9LWM0D4loKWxJek")},
                                   {SPAN("webhook-timestamp"), SPAN("1614265330")},
                                   {SPAN("webhook-signature"), SPAN(SIGNATURE)}};
    struct span id;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(verify(STANDARD, SECRET, BODY, headers, 3, cases[i].now_ms, &id),
                         cases[i].verdict);
    }
    static const char *const times[] = {"", "x", "9223372036854775807", "-1614265330", "1e9"};
    for (size_t i = 0; i < COUNT(times); i++) {
        headers[1].value = span_of(times[i]);
        headers[2].value = webhook_sign(SPAN(SECRET), headers[0].value, SENT_MS, SPAN(BODY), arena);
        assert_int_equal(verify(STANDARD, SECRET, BODY, headers, 3, SENT_MS, &id), WEBHOOK_FORGED);
    }
}

/* What we sign ourselves, with a secret that is just a text. */
static void test_own_signature(void **state) {
    (void)state;
    struct web_header headers[] = {
        {SPAN("webhook-id"), SPAN("one")},
        {SPAN("webhook-timestamp"), SPAN("1614265330")},
        {SPAN("webhook-signature"),
         webhook_sign(SPAN("just text"), SPAN("one"), SENT_MS, SPAN("{}"), arena)}};
    struct span id;
    assert_int_equal(verify(STANDARD, "just text", "{}", headers, 3, SENT_MS, &id), WEBHOOK_GOOD);
}

/* The example of GitHub's documentation; the same in Typeform's form. */
static void test_body_schemes(void **state) {
    (void)state;
    static const struct {
        enum webhook_scheme scheme;
        const char *header;
        const char *value;
        enum webhook_verdict verdict;
    } cases[] = {
        {WEBHOOK_HUB, "x-hub-signature-256",
         "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17", WEBHOOK_GOOD},
        {WEBHOOK_HUB, "x-hub-signature-256",
         "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17", WEBHOOK_FORGED},
        {WEBHOOK_HUB, "x-hub-signature-256", "sha256=", WEBHOOK_FORGED},
        {WEBHOOK_TYPEFORM, "Typeform-Signature",
         "sha256=dXEH6g6yUJ/CESIczphLijdXC211hsIsRvQ3nIsEPhc=", WEBHOOK_GOOD},
        {WEBHOOK_TYPEFORM, "Typeform-Signature",
         "sha256=dXEH6g6yUJ/CESIczphLijdXC211hsIsRvQ3nIsEPhd=", WEBHOOK_FORGED},
        {WEBHOOK_TOKEN, "Authorization", "Bearer It's a Secret to Everybody", WEBHOOK_GOOD},
        {WEBHOOK_TOKEN, "Authorization", "bearer  It's a Secret to Everybody ", WEBHOOK_GOOD},
        {WEBHOOK_TOKEN, "Authorization", "Bearer It's a Secret to Nobody", WEBHOOK_FORGED},
        {WEBHOOK_TOKEN, "Authorization", "Basic It's a Secret to Everybody", WEBHOOK_FORGED},
        {WEBHOOK_TOKEN, "Authorization", "Bearer ", WEBHOOK_FORGED},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct web_header header = {span_of(cases[i].header), span_of(cases[i].value)};
        struct span id;
        enum webhook_verdict got = verify(1u << cases[i].scheme, "It's a Secret to Everybody",
                                          "Hello, World!", &header, 1, SENT_MS, &id);
        if (got != cases[i].verdict) {
            fail_msg("case %zu: %d", i, (int)got);
        }
        assert_int_equal(id.size, 0);
    }
}

/* Who shows a signature is judged by it, whatever token comes with it. */
static void test_signature_before_token(void **state) {
    (void)state;
    struct web_header headers[] = {{SPAN("X-Hub-Signature-256"), SPAN("sha256=00")},
                                   {SPAN("Authorization"), SPAN("Bearer right")}};
    struct span id;
    unsigned both = 1u << WEBHOOK_HUB | 1u << WEBHOOK_TOKEN;
    assert_int_equal(verify(both, "right", "", headers, 2, SENT_MS, &id), WEBHOOK_FORGED);
    assert_int_equal(verify(both, "right", "", headers + 1, 1, SENT_MS, &id), WEBHOOK_GOOD);
}

static void test_names(void **state) {
    (void)state;
    for (size_t i = 0; i < WEBHOOK_SCHEMES; i++) {
        enum webhook_scheme scheme;
        assert_true(
            webhook_scheme_parse(span_of(webhook_scheme_name((enum webhook_scheme)i)), &scheme));
        assert_int_equal(scheme, i);
    }
    enum webhook_scheme scheme;
    assert_false(webhook_scheme_parse(SPAN("none"), &scheme));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_standard),
        cmocka_unit_test(test_standard_time),
        cmocka_unit_test(test_own_signature),
        cmocka_unit_test(test_body_schemes),
        cmocka_unit_test(test_signature_before_token),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
