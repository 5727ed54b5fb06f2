/* How a poll comes by its token: asked for, kept, renewed, refused. */
#include "tests/unit/test.h"

#include "base/base64.h"
#include "base/limits.h"
#include "parsers/parsers.h"

#define NOW INT64_C(1795252211000)

#define PAGES                                                                                      \
    "format: json\n"                                                                               \
    "request:\n"                                                                                   \
    "  url: \"https://api.example/list[?cursor={cursor}]\"\n"                                      \
    "  headers: {Authorization: \"Bearer {token|raw}\"}\n"                                         \
    "items: list\n"                                                                                \
    "item: {id: id, published: at}\n"                                                              \
    "paging: {kind: cursor, next: next}\n"
#define HEAD "name: test\ntitle: Test\n"

/* RFC 6749 4.4: the program itself. */
static const char client[] =
    HEAD "params:\n"
         "  client_id: {help: who}\n"
         "  client_secret: {help: word, secret: true}\n"
         "  shop: {help: which, default: one}\n"
         "login:\n"
         "  request:\n"
         "    method: POST\n"
         "    url: https://login.example/token\n"
         "    headers: {Authorization: \"Basic {client_id:client_secret|base64}\"}\n"
         "    body: grant_type=client_credentials\n"
         "  token: access_token\n"
         "  lifetime: expires_in\n" PAGES;

/* RFC 6749 6, with tokens that are good for one use. */
static const char refresh[] = HEAD "params:\n"
                                   "  refresh_token: {help: word, secret: true}\n"
                                   "login:\n"
                                   "  request:\n"
                                   "    method: POST\n"
                                   "    url: https://login.example/token\n"
                                   "    body: refresh_token={refresh_token}\n"
                                   "  token: access_token\n"
                                   "  refresh_token: refresh_token\n"
                                   "  lifetime: expires_in\n" PAGES;

static const char session[] =
    HEAD "params:\n"
         "  name: {help: who}\n"
         "  app_password: {help: word, secret: true}\n"
         "login:\n"
         "  request: {method: POST, url: \"https://login.example/new\", body: "
         "\"{name}:{app_password}\"}\n"
         "  refresh: {method: POST, url: \"https://login.example/again\", headers: "
         "{Authorization: \"Bearer {refresh_token|raw}\"}}\n"
         "  token: access\n"
         "  refresh_token: refresh\n"
         "  lifetime: 1h\n"
         "  ended: \"error = ExpiredToken\"\n" PAGES;

static const char given[] = HEAD "params:\n"
                                 "  token: {help: word, secret: true}\n"
                                 "login:\n"
                                 "  request: {url: \"https://login.example/renew?token={token}\"}\n"
                                 "  token: token\n"
                                 "  lifetime: 7d\n" PAGES;

static const char private_key[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgUx/cSOKKDTeTr2JB\n"
    "2hXHEqTIbMvAQPdpLbRa0fD227ehRANCAASnSH4peev8wSUhDiGOuRBwoswc7bc8\n"
    "sxDHwmG7jXv+BEbxhI3bIpY6a3kjgQqBeZdJjdI7ydYSsNIDLdcKsIhE\n"
    "-----END PRIVATE KEY-----\n";

static const char signs[] =
    HEAD "params:\n"
         "  issuer: {help: who}\n"
         "  private_key: {help: key, secret: true}\n"
         "login:\n"
         "  jwt: {algorithm: ES256, key: \"{private_key|raw}\", header: {kid: \"k\\\"1\"}, claims: "
         "{iss: \"{issuer|raw}\"}, lifetime: 20m}\n" PAGES;

/* --- A source, polled again and again --------------------------------------------------------- */

struct source {
    struct arena *arena;
    const struct recipe *recipe;
    struct web_header params[4];
    size_t param_count;
    struct span key;
    int64_t now_ms;
    struct span kept; /* as the store would */
    struct poll *poll;
    struct web_request request;
    struct error error;
};

static struct source source_make(const char *yaml) {
    struct source source = {.arena = arena_create(), .now_ms = NOW};
    if (!recipe_parse(span_of(yaml), SPAN("test.yaml"), source.arena, &source.recipe,
                      &source.error)) {
        fail_msg("%s", source.error.message);
    }
    return source;
}

static void source_give(struct source *source, const char *name, const char *value) {
    source->params[source->param_count++] = (struct web_header){span_of(name), span_of(value)};
}

static struct source client_make(void) {
    struct source source = source_make(client);
    source_give(&source, "client_id", "acme");
    source_give(&source, "client_secret", "s3cret");
    return source;
}

static bool poll_again(struct source *source) {
    struct poll_options options = {.params = source->params,
                                   .param_count = source->param_count,
                                   .key = source->key,
                                   .login = source->kept,
                                   .now_ms = source->now_ms,
                                   .since_ms = NOW - DAY_MS};
    return poll_begin(source->recipe, &options, SPAN(""), source->arena, &source->poll,
                      &source->error);
}

/* "POST https://login.example/token Basic YWNt..." */
static struct span next_request(struct source *source) {
    struct web_request *request = &source->request;
    poll_clock(source->poll, source->now_ms);
    if (!poll_request(source->poll, request)) {
        return SPAN("nothing");
    }
    struct span method = request->method.size > 0 ? request->method : SPAN("GET");
    struct span key = web_header_find(request->headers, request->header_count, "Authorization");
    struct span asked =
        arena_print(source->arena, "%.*s %.*s", SPAN_ARG(method), SPAN_ARG(request->url));
    const struct span more[] = {key, request->body};
    for (size_t i = 0; i < 2; i++) {
        asked = more[i].size == 0
                    ? asked
                    : arena_print(source->arena, "%.*s %.*s", SPAN_ARG(asked), SPAN_ARG(more[i]));
    }
    return asked;
}
#define assert_asks(source, wanted) assert_span_equal(next_request(source), wanted)

/* False: the poll is over, by the error. */
static bool answer(struct source *source, unsigned status, const char *body) {
    struct items items = {.arena = source->arena};
    struct web_response response = {
        .status = status, .url = source->request.url, .body = span_of(body)};
    error_set(&source->error, ERROR_NETWORK, "HTTP %u", status);
    bool goes_on = status >= 300 ? poll_refused(source->poll, &response, &source->error)
                                 : poll_response(source->poll, &response, source->arena, &items,
                                                 &source->error);
    struct span login = poll_login(source->poll);
    source->kept = login.data != NULL ? login : source->kept;
    return goes_on;
}

#define ASKS_TOKEN                                                                                 \
    "POST https://login.example/token Basic YWNtZTpzM2NyZXQ= grant_type=client_credentials"
#define LIST "{\"list\":[]}"

/* --- Tokens live and end ---------------------------------------------------------------------- */

static void a_token_is_kept_until_shortly_before_it_ends(void **state) {
    (void)state;
    struct source source = client_make();
    assert_true(poll_again(&source));
    assert_asks(&source, ASKS_TOKEN);
    assert_true(source.request.secret && source.request.api);
    assert_false(poll_asks_top(source.poll)); /* no validators go with it */
    assert_true(answer(&source, 200, "{\"access_token\":\"one\",\"expires_in\":3600}"));
    assert_true(span_find(source.kept, SPAN("one")) == SPAN_NOT_FOUND); /* sealed */
    assert_asks(&source, "GET https://api.example/list Bearer one");
    assert_false(source.request.secret);
    assert_true(poll_asks_top(source.poll));
    assert_true(answer(&source, 200, LIST));
    assert_asks(&source, "nothing");
    assert_null(poll_login(source.poll).data); /* nothing new to keep */

    source.now_ms += 58 * MINUTE_MS; /* another poll, or another run */
    assert_true(poll_again(&source));
    assert_asks(&source, "GET https://api.example/list Bearer one");
    source.now_ms += 2 * MINUTE_MS;
    assert_true(poll_again(&source));
    assert_asks(&source, ASKS_TOKEN);
    arena_free(source.arena);
}

static void a_token_may_end_between_two_pages(void **state) {
    (void)state;
    struct source source = client_make();
    assert_true(poll_again(&source));
    assert_asks(&source, ASKS_TOKEN);
    assert_true(answer(&source, 200, "{\"access_token\":\"one\",\"expires_in\":\"600\"}"));
    assert_asks(&source, "GET https://api.example/list Bearer one");
    assert_true(answer(&source, 200, "{\"list\":[{\"id\":1}],\"next\":\"c2\"}"));
    source.now_ms += 10 * MINUTE_MS;
    assert_asks(&source, ASKS_TOKEN);
    assert_true(answer(&source, 200, "{\"access_token\":\"two\",\"expires_in\":600}"));
    assert_asks(&source, "GET https://api.example/list?cursor=c2 Bearer two");
    assert_true(answer(&source, 200, LIST));
    assert_int_equal(poll_report(source.poll)->pages, 2);
    assert_true(poll_report(source.poll)->complete);
    arena_free(source.arena);
}

/* However short it lives, a token is used before another is asked for. */
static void lifetimes_that_make_no_sense(void **state) {
    (void)state;
    static const struct {
        const char *said;
        int64_t good_ms; /* still used then */
        int64_t ended_ms;
    } cases[] = {
        {"1", 0, SECOND_MS},
        {"0", 50 * MINUTE_MS, HOUR_MS},
        {"-5", 50 * MINUTE_MS, HOUR_MS},
        {"null", 50 * MINUTE_MS, HOUR_MS},
        {"\"soon\"", 50 * MINUTE_MS, HOUR_MS},
        {"{}", 50 * MINUTE_MS, HOUR_MS},
        {"1e300", 365 * DAY_MS, 366 * DAY_MS},
        {"99999999999999999999", 365 * DAY_MS, 366 * DAY_MS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct source source = client_make();
        assert_true(poll_again(&source));
        assert_asks(&source, ASKS_TOKEN);
        struct span body = arena_print(source.arena, "{\"access_token\":\"one\",\"expires_in\":%s}",
                                       cases[i].said);
        assert_true(answer(&source, 200, body.data));
        assert_asks(&source, "GET https://api.example/list Bearer one");
        assert_true(answer(&source, 200, LIST));
        source.now_ms = NOW + cases[i].good_ms;
        assert_true(poll_again(&source));
        assert_asks(&source, "GET https://api.example/list Bearer one");
        source.now_ms = NOW + cases[i].ended_ms;
        assert_true(poll_again(&source));
        assert_asks(&source, ASKS_TOKEN);
        arena_free(source.arena);
    }
}

/* --- Refusals --------------------------------------------------------------------------------- */

static void a_refused_token_is_renewed_once(void **state) {
    (void)state;
    struct source source = client_make();
    assert_true(poll_again(&source));
    assert_asks(&source, ASKS_TOKEN);
    assert_true(answer(&source, 200, "{\"access_token\":\"one\"}"));
    assert_asks(&source, "GET https://api.example/list Bearer one");
    assert_true(answer(&source, 200, "{\"list\":[{\"id\":1}],\"next\":\"c2\"}"));
    assert_asks(&source, "GET https://api.example/list?cursor=c2 Bearer one");
    assert_true(answer(&source, 401, "{}"));
    assert_asks(&source, ASKS_TOKEN);
    assert_true(answer(&source, 200, "{\"access_token\":\"two\"}"));
    assert_asks(&source, "GET https://api.example/list?cursor=c2 Bearer two");
    assert_false(answer(&source, 401, "{\"error\":{\"message\":\"No such scope\"}}"));
    assert_string_equal(source.error.message,
                        "the site refuses the token it has just given (HTTP 401: No such scope): "
                        "check whether client_id and client_secret may ask for this");
    assert_int_equal(source.error.code, 401);
    arena_free(source.arena);
}

static void refused_credentials_are_named(void **state) {
    (void)state;
    static const struct {
        unsigned status;
        const char *body, *error;
    } cases[] = {
        {401, "{\"error\":\"invalid_client\",\"error_description\":\"Unknown app\"}",
         "the site refused the credentials (HTTP 401: Unknown app): check client_id and "
         "client_secret"},
        {400, "{\"error\":\"invalid_grant\"}",
         "the site refused the credentials (HTTP 400: invalid_grant): check client_id and "
         "client_secret"},
        {403, "<html>",
         "the site refused the credentials (HTTP 403): check client_id and client_secret"},
        {401, "{\"message\":\"no app acme with s3cret\"}", /* it repeats what it was given */
         "the site refused the credentials (HTTP 401): check client_id and client_secret"},
        {500, "{\"error\":\"down\"}", "HTTP 500: the site says: down"}, /* nobody's fault */
        {404, "", "HTTP 404"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct source source = client_make();
        assert_true(poll_again(&source));
        assert_asks(&source, ASKS_TOKEN);
        assert_false(answer(&source, cases[i].status, cases[i].body));
        assert_string_equal(source.error.message, cases[i].error);
        arena_free(source.arena);
    }
}

/* Whatever polls the source has, an account must not be closed for trying too often. */
static void refused_credentials_are_left_alone_for_a_while(void **state) {
    (void)state;
    struct source source = client_make();
    assert_true(poll_again(&source));
    assert_asks(&source, ASKS_TOKEN);
    assert_false(answer(&source, 401, "{}"));
    source.now_ms += 14 * MINUTE_MS;
    assert_false(poll_again(&source));
    assert_string_equal(source.error.message,
                        "the site refused the credentials (HTTP 401): check client_id and "
                        "client_secret; with these, not before 2026-11-21T09:25:11Z");
    assert_int_equal(source.error.kind, ERROR_NETWORK);
    source.params[1].value = SPAN("another");
    assert_true(poll_again(&source)); /* that was the mistake, perhaps */
    source.params[1].value = SPAN("s3cret");
    source.now_ms += MINUTE_MS;
    assert_true(poll_again(&source));
    assert_asks(&source, ASKS_TOKEN);
    assert_true(answer(&source, 200, "{\"access_token\":\"one\"}"));
    source.now_ms -= MINUTE_MS;
    assert_true(poll_again(&source));
    assert_asks(&source, "GET https://api.example/list Bearer one");
    arena_free(source.arena);
}

static void other_errors_say_what_the_site_says(void **state) {
    (void)state;
    struct source source = client_make();
    assert_true(poll_again(&source));
    assert_asks(&source, ASKS_TOKEN);
    assert_true(answer(&source, 200, "{\"access_token\":\"one\"}"));
    assert_asks(&source, "GET https://api.example/list Bearer one");
    assert_false(answer(&source, 403, "{\"error\":{\"message\":\"quota\\u001b[1m exceeded\"}}"));
    assert_string_equal(source.error.message, "HTTP 403: the site says: quota?[1m exceeded");
    arena_free(source.arena);
}

static void a_refused_key_is_named(void **state) {
    (void)state;
    struct source source =
        source_make(HEAD "format: json\n"
                         "request: {url: \"https://api.example/\", headers: {Key: \"{key|raw}\"}}\n"
                         "items: list\nitem: {id: id}\n");
    source.key = SPAN("k3y");
    assert_true(poll_again(&source));
    assert_asks(&source, "GET https://api.example/");
    assert_false(answer(&source, 401, ""));
    assert_string_equal(source.error.message,
                        "the site refused the credentials (HTTP 401): check key");
    arena_free(source.arena);
}

static void tokens_that_are_none(void **state) {
    (void)state;
    static const char *const bodies[] = {
        "{}",
        "[]",
        "{\"access_token\":\"\"}",
        "{\"access_token\":null}",
        "{\"access_token\":{\"a\":1}}",
        "{\"access_token\":\"a\\r\\nHost: evil.example\"}",
        "{\"access_token\":\"\\u0000\"}",
        "{\"access_token\":\"caf\\u00e9\"}",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct source source = client_make();
        assert_true(poll_again(&source));
        assert_asks(&source, ASKS_TOKEN);
        assert_false(answer(&source, 200, bodies[i]));
        assert_string_equal(source.error.message,
                            "test: the answer to the login has no token at \"access_token\"");
        assert_asks(&source, "nothing");
        assert_int_equal(source.kept.size, 0);
        arena_free(source.arena);
    }
    struct source source = client_make();
    char *huge = arena_allocate(source.arena, LIMIT_SECRET + 100);
    snprintf(huge, LIMIT_SECRET + 100, "{\"access_token\":\"%0*d\"}", (int)LIMIT_SECRET + 1, 0);
    assert_true(poll_again(&source));
    assert_asks(&source, ASKS_TOKEN);
    assert_false(answer(&source, 200, huge));
    assert_true(poll_again(&source));
    assert_asks(&source, ASKS_TOKEN);
    assert_false(answer(&source, 200, "<html>Sign in</html>"));
    assert_true(
        span_starts_with(span_of(source.error.message), SPAN("test: the answer to the login")));
    arena_free(source.arena);
}

/* A login that fails while an item is followed is not that item's fault, and 404 does not mean that it
 * is gone. */
static void a_failed_login_is_no_fault_of_a_follow_up(void **state) {
    (void)state;
    struct source source = source_make(
        HEAD
        "params:\n"
        "  app_secret: {help: word, secret: true}\n"
        "login:\n"
        "  request: {url: \"https://login.example/token\", headers: {Key: \"{app_secret|raw}\"}}\n"
        "  token: access_token\n"
        "  lifetime: expires_in\n" PAGES "follow:\n"
        "  check: {gone: deleted, watch: 1d, request: {url: \"https://api.example/one/{id}\"}, "
        "items: list}\n");
    source_give(&source, "app_secret", "s3cret");
    assert_true(poll_again(&source));
    assert_asks(&source, "GET https://login.example/token");
    assert_true(answer(&source, 200, "{\"access_token\":\"one\",\"expires_in\":600}"));
    assert_asks(&source, "GET https://api.example/list Bearer one");
    assert_true(
        answer(&source, 200, "{\"list\":[{\"id\":\"7\",\"at\":\"2026-11-21T09:00:00Z\"}]}"));
    source.now_ms += 10 * MINUTE_MS;
    assert_asks(&source, "GET https://login.example/token");
    assert_false(answer(&source, 404, ""));
    struct items items = {.arena = source.arena};
    assert_false(poll_unanswered(source.poll, 404, &items));
    assert_int_equal(items.count, 0);
    arena_free(source.arena);
}

/* --- Refresh tokens --------------------------------------------------------------------------- */

static void a_refresh_token_is_replaced_by_the_next(void **state) {
    (void)state;
    struct source source = source_make(refresh);
    source_give(&source, "refresh_token", "first/1");
    assert_true(poll_again(&source));
    assert_asks(&source, "POST https://login.example/token refresh_token=first%2F1");
    assert_true(
        answer(&source, 200,
               "{\"access_token\":\"one\",\"refresh_token\":\"second\",\"expires_in\":600}"));
    assert_asks(&source, "GET https://api.example/list Bearer one");
    source.now_ms += HOUR_MS; /* the program was restarted */
    assert_true(poll_again(&source));
    assert_asks(&source, "POST https://login.example/token refresh_token=second");
    assert_true(answer(&source, 200, "{\"access_token\":\"two\",\"expires_in\":600}"));
    source.now_ms += HOUR_MS;
    assert_true(poll_again(&source));
    assert_asks(&source, "POST https://login.example/token refresh_token=second"); /* still good */
    assert_true(answer(&source, 400, "{\"error\":\"invalid_grant\"}"));            /* no longer */
    assert_asks(&source, "POST https://login.example/token refresh_token=first%2F1");
    assert_false(answer(&source, 400, "{\"error\":\"invalid_grant\"}"));
    assert_string_equal(source.error.message, "the site refused the credentials (HTTP 400: "
                                              "invalid_grant): check refresh_token");
    source.now_ms += HOUR_MS;
    assert_true(poll_again(&source)); /* what was refused is not shown again */
    assert_asks(&source, "POST https://login.example/token refresh_token=first%2F1");
    arena_free(source.arena);
}

static void other_credentials_begin_anew(void **state) {
    (void)state;
    struct source source = source_make(refresh);
    source_give(&source, "refresh_token", "first");
    assert_true(poll_again(&source));
    assert_asks(&source, "POST https://login.example/token refresh_token=first");
    assert_true(answer(&source, 200, "{\"access_token\":\"one\",\"refresh_token\":\"second\"}"));
    source.params[0].value = SPAN("another");
    assert_true(poll_again(&source));
    assert_asks(&source, "POST https://login.example/token refresh_token=another");
    source.kept = SPAN("no such thing");
    assert_true(poll_again(&source));
    assert_asks(&source, "POST https://login.example/token refresh_token=another");
    arena_free(source.arena);
}

/* A token of one site is never shown to another. */
static void another_site_begins_anew(void **state) {
    (void)state;
    struct source source = source_make(
        HEAD "params:\n"
             "  auth: {help: where, default: \"https://login.example\"}\n"
             "  app_secret: {help: word, secret: true}\n"
             "login:\n"
             "  request: {url: \"{auth|raw}/token\", headers: {Key: \"{app_secret|raw}\"}}\n"
             "  token: access_token\n" PAGES);
    source_give(&source, "app_secret", "s3cret");
    assert_true(poll_again(&source));
    assert_asks(&source, "GET https://login.example/token");
    assert_true(answer(&source, 200, "{\"access_token\":\"one\"}"));
    assert_true(poll_again(&source));
    assert_asks(&source, "GET https://api.example/list Bearer one");
    source_give(&source, "auth", "https://evil.example");
    assert_true(poll_again(&source));
    assert_asks(&source, "GET https://evil.example/token");
    assert_false(answer(&source, 401, "")); /* where it is asked is no credential */
    assert_string_equal(source.error.message,
                        "the site refused the credentials (HTTP 401): check app_secret");
    arena_free(source.arena);
}

/* What is asked, but for the credentials, has no say. */
static void other_parameters_keep_the_token(void **state) {
    (void)state;
    struct source source = client_make();
    assert_true(poll_again(&source));
    assert_asks(&source, ASKS_TOKEN);
    assert_true(answer(&source, 200, "{\"access_token\":\"one\"}"));
    source_give(&source, "shop", "two");
    assert_true(poll_again(&source));
    assert_asks(&source, "GET https://api.example/list Bearer one");
    arena_free(source.arena);
}

static void a_session_is_prolonged(void **state) {
    (void)state;
    struct source source = source_make(session);
    source_give(&source, "name", "eva");
    source_give(&source, "app_password", "w0rd");
    assert_true(poll_again(&source));
    assert_asks(&source, "POST https://login.example/new eva:w0rd");
    assert_true(answer(&source, 200, "{\"access\":\"a1\",\"refresh\":\"r1\"}"));
    assert_asks(&source, "GET https://api.example/list Bearer a1");
    assert_true(answer(&source, 200, LIST));
    assert_true(poll_again(&source));
    assert_asks(&source, "GET https://api.example/list Bearer a1");
    assert_true(answer(&source, 400, "{\"error\":\"ExpiredToken\"}")); /* said in its own way */
    assert_asks(&source, "POST https://login.example/again Bearer r1");
    assert_true(answer(&source, 200, "{\"access\":\"a2\",\"refresh\":\"r2\"}"));
    assert_asks(&source, "GET https://api.example/list Bearer a2");
    assert_true(answer(&source, 200, LIST));
    source.now_ms += DAY_MS;
    assert_true(poll_again(&source));
    assert_asks(&source, "POST https://login.example/again Bearer r2");
    assert_true(answer(&source, 401, "{}"));
    assert_asks(&source, "POST https://login.example/new eva:w0rd");
    assert_false(answer(&source, 401, "{\"message\":\"Invalid identifier or password\"}"));
    assert_string_equal(source.error.message,
                        "the site refused the credentials (HTTP 401: Invalid identifier or "
                        "password): check name and app_password");
    arena_free(source.arena);
}

static void a_given_token_is_renewed_in_time(void **state) {
    (void)state;
    struct source source = source_make(given);
    source_give(&source, "token", "long1");
    assert_true(poll_again(&source));
    assert_asks(&source, "GET https://api.example/list Bearer long1");
    assert_true(answer(&source, 200, LIST));
    source.now_ms += 6 * DAY_MS; /* counted from its first use, over restarts */
    assert_true(poll_again(&source));
    assert_asks(&source, "GET https://api.example/list Bearer long1");
    source.now_ms += DAY_MS;
    assert_true(poll_again(&source));
    assert_asks(&source, "GET https://login.example/renew?token=long1");
    assert_true(answer(&source, 200, "{\"token\":\"long2\"}"));
    assert_asks(&source, "GET https://api.example/list Bearer long2");
    assert_true(answer(&source, 200, LIST));
    source.now_ms += 7 * DAY_MS;
    assert_true(poll_again(&source));
    assert_asks(&source, "GET https://login.example/renew?token=long2");
    assert_true(answer(&source, 400, "{}")); /* perhaps the first is good still */
    assert_asks(&source, "GET https://login.example/renew?token=long1");
    assert_false(answer(&source, 400, "{}"));
    assert_string_equal(source.error.message,
                        "the site refused the credentials (HTTP 400): check token");
    arena_free(source.arena);
}

/* --- Signed tokens ---------------------------------------------------------------------------- */

static struct span signed_part(struct source *source, size_t index) {
    struct span rest = next_request(source);
    struct span part = {0};
    rest = span_from(rest, span_find(rest, SPAN("Bearer ")) + 7);
    for (size_t i = 0; i <= index; i++) {
        assert_true(span_split(&rest, '.', &part));
    }
    return base64_decode(part, source->arena);
}

static void a_token_is_signed_for_each_poll(void **state) {
    (void)state;
    struct source source = source_make(signs);
    source_give(&source, "issuer", "ac\"me");
    source_give(&source, "private_key", private_key);
    assert_true(poll_again(&source));
    assert_span_equal(signed_part(&source, 0),
                      "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"k\\\"1\"}");
    assert_span_equal(signed_part(&source, 1),
                      "{\"iss\":\"ac\\\"me\",\"iat\":1795252211,\"exp\":1795253411}");
    assert_int_equal(signed_part(&source, 2).size, 64);
    assert_true(answer(&source, 200, "{\"list\":[{\"id\":1}],\"next\":\"c2\"}"));
    assert_int_equal(source.kept.size, 0); /* it costs nothing to make another */
    source.now_ms += 20 * MINUTE_MS;
    assert_span_equal(signed_part(&source, 1),
                      "{\"iss\":\"ac\\\"me\",\"iat\":1795253411,\"exp\":1795254611}");
    assert_false(answer(&source, 401, "{}"));
    assert_string_equal(source.error.message, "the site refused the credentials (HTTP 401): check "
                                              "issuer and private_key");
    arena_free(source.arena);
}

static void a_key_that_cannot_sign_is_told_at_once(void **state) {
    (void)state;
    struct source source = source_make(signs);
    source_give(&source, "issuer", "acme");
    source_give(&source, "private_key", "hunter2");
    assert_false(poll_again(&source));
    assert_string_equal(source.error.message,
                        "recipe test: private_key: this is no private key in PEM form "
                        "(\"-----BEGIN PRIVATE KEY-----\")");
    arena_free(source.arena);
}

/* Who has an answer at hand need not log in. */
static void saved_answers_need_no_login(void **state) {
    (void)state;
    struct source source = source_make(signs);
    source_give(&source, "issuer", "acme");
    struct poll_options options = {.params = source.params,
                                   .param_count = 1,
                                   .saved = true,
                                   .now_ms = NOW,
                                   .since_ms = DATE_NONE};
    assert_true(
        poll_begin(source.recipe, &options, SPAN(""), source.arena, &source.poll, &source.error));
    assert_asks(&source, "GET https://api.example/list Bearer ");
    arena_free(source.arena);
}

/* --- Recipes that make no sense --------------------------------------------------------------- */

static void mistakes_in_recipes(void **state) {
    (void)state;
    static const struct {
        const char *login, *error;
    } cases[] = {
        {"login: {token: access_token}\n" PAGES,
         "test.yaml:3:8: a login needs \"request: url:\", or \"jwt\""},
        {"login: {request: {url: \"https://a.example\"}}\n" PAGES,
         "test.yaml:3:8: \"token\" is missing: where the answer has it"},
        {"login: {jwt: {algorithm: HS256}}\n" PAGES,
         "test.yaml:3:26: unknown algorithm \"HS256\"; there are ES256 and RS256"},
        {"login: {jwt: {algorithm: none}}\n" PAGES,
         "test.yaml:3:26: unknown algorithm \"none\"; there are ES256 and RS256"},
        {"login: {jwt: {algorithm: ES256, key: \"{a}\"}}\n" PAGES,
         "test.yaml:3:14: a signed token needs \"key\" and \"lifetime\""},
        {"login: {jwt: {algorithm: ES256, key: \"x{a}\", lifetime: 1m}}\n" PAGES,
         "test.yaml:3:38: one variable is wanted here"},
        {"login: {jwt: {key: \"{a}\", lifetime: 1m}, token: a}\n" PAGES,
         "test.yaml:3:8: there is no answer to have a \"token\" without \"request\""},
        {"login: {request: {url: \"https://a.example\"}, token: a, refresh: {url: "
         "\"https://a.example\"}}\n" PAGES,
         "test.yaml:3:8: \"refresh\" needs \"refresh_token\""},
        {"login: {request: {url: \"https://a.example\"}, token: a, tokn: b}\n" PAGES,
         "test.yaml:3:56: unknown key \"tokn\""},
        {PAGES, "test.yaml:5:3: {token} comes from a \"login\", and there is none"},
        {"login: {request: {url: \"https://a.example\"}, token: a}\n"
         "format: json\nrequest: {url: \"https://a.example\"}\nitems: a\nitem: {id: id}\n",
         "test.yaml:3:8: no request uses {token}"},
        {"params: {token: {help: a, secret: true}}\n"
         "login: {request: {url: \"https://a.example\"}, token: a}\n" PAGES,
         "test.yaml:4:8: a token that the user gives needs a \"lifetime\" like 7d, after which it "
         "is "
         "renewed"},
        {"params: {word: {help: a, secret: true}}\n"
         "login: {request: {url: \"https://a.example\"}, token: a}\n" PAGES,
         "test.yaml:3:9: the name of \"word\" must tell that it is secret, so that it is shown "
         "nowhere: ..._key, _token, _secret, _password"},
    };
    struct arena *arena = arena_create();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct recipe *recipe = NULL;
        struct error error = {0};
        struct span yaml = arena_print(arena, "%s%s", HEAD, cases[i].login);
        assert_false(recipe_parse(yaml, SPAN("test.yaml"), arena, &recipe, &error));
        assert_string_equal(error.message, cases[i].error);
    }
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_kept_until_shortly_before_it_ends),
        cmocka_unit_test(a_token_may_end_between_two_pages),
        cmocka_unit_test(lifetimes_that_make_no_sense),
        cmocka_unit_test(a_refused_token_is_renewed_once),
        cmocka_unit_test(refused_credentials_are_named),
        cmocka_unit_test(refused_credentials_are_left_alone_for_a_while),
        cmocka_unit_test(other_errors_say_what_the_site_says),
        cmocka_unit_test(a_refused_key_is_named),
        cmocka_unit_test(tokens_that_are_none),
        cmocka_unit_test(a_failed_login_is_no_fault_of_a_follow_up),
        cmocka_unit_test(a_refresh_token_is_replaced_by_the_next),
        cmocka_unit_test(other_credentials_begin_anew),
        cmocka_unit_test(another_site_begins_anew),
        cmocka_unit_test(other_parameters_keep_the_token),
        cmocka_unit_test(a_session_is_prolonged),
        cmocka_unit_test(a_given_token_is_renewed_in_time),
        cmocka_unit_test(a_token_is_signed_for_each_poll),
        cmocka_unit_test(a_key_that_cannot_sign_is_told_at_once),
        cmocka_unit_test(saved_answers_need_no_login),
        cmocka_unit_test(mistakes_in_recipes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
