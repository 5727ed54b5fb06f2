/* base/config: what is read, what is refused and how it is said, secrets, printing. */
#include "base/config.h"
#include "base/config_parts.h"
#include "base/limits.h"
#include "base/secret.h"
#include "tests/unit/test.h"

#include <sys/stat.h>
#include <unistd.h>

static int setup(void **state) {
    unsetenv("CREDENTIALS_DIRECTORY");
    unsetenv("EARSHOT_MAIL_PASSWORD");
    unsetenv("EARSHOT_SERVE_TOKEN");
    unsetenv("STATE_DIRECTORY");
    unsetenv("XDG_DATA_HOME");
    setenv("HOME", "/home/jo", 1);
    *state = arena_create();
    return 0;
}

static int teardown(void **state) {
    arena_free(*state);
    return 0;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

/* What config_parse() and config_print_problems() say, in the arena. */
static const char *said(struct arena *arena, struct span text) {
    struct config *config = NULL;
    struct config_problems problems = {0};
    struct buffer out;
    buffer_init(&out, LIMIT_DOCUMENT);
    bool ok = config_parse(text, SPAN("e.yaml"), arena, &config, &problems);
    assert_int_equal(ok, problems.count == 0);
    assert_int_equal(ok, config != NULL);
    config_free(config);
    config_print_problems(&out, SPAN("e.yaml"), text, &problems);
    const char *string = arena_copy_string(arena, buffer_span(&out));
    buffer_done(&out);
    return string;
}

static struct config *read_config(struct arena *arena, const char *text) {
    struct config *config = NULL;
    struct config_problems problems = {0};
    if (!config_parse(span_of(text), SPAN("/etc/earshot/e.yaml"), arena, &config, &problems)) {
        fail_msg("%u:%u: %s", problems.list[0].line, problems.list[0].column,
                 problems.list[0].message.data);
    }
    return config;
}

static const char *printed(struct arena *arena, const struct config *config) {
    struct buffer out;
    buffer_init(&out, LIMIT_DOCUMENT);
    config_print(&out, config);
    const char *text = arena_copy_string(arena, buffer_span(&out));
    assert_false(out.overflowed);
    buffer_done(&out);
    return text;
}

/* --- Values ----------------------------------------------------------------------------------- */

static void test_least_of_all(void **state) {
    struct config *config = read_config(*state, "brands: [Acme]\n");
    assert_int_equal(config->brand_count, 1);
    assert_span_equal(config->brands[0].name, "Acme");
    assert_int_equal(config->brands[0].any.count, 1);
    assert_span_equal(config->brands[0].any.list[0], "Acme");
    assert_true(config->brands[0].own);
    assert_int_equal(config->brands[0].line, 1);
    assert_span_equal(config->data_dir, "/home/jo/.local/share/earshot");
    assert_span_equal(config->file, "/etc/earshot/e.yaml");
    assert_int_equal(config->source_count, 0);
    assert_int_equal(config->crawler.timeout_ms, MINUTE_MS);
    assert_int_equal(config->crawler.connect_timeout_ms, 10 * SECOND_MS);
    assert_int_equal(config->crawler.host_spacing_ms, 2 * SECOND_MS);
    assert_int_equal(config->crawler.max_body, 10 * MIB);
    assert_int_equal(config->crawler.concurrency, 16);
    assert_true(config->crawler.robots);
    assert_true(config->mail.require_tls);
    assert_span_equal(config->mail.from_name, "earshot");
    assert_true(config->alerts.enabled);
    assert_true(config->alerts.false_per_week > 0.24 && config->alerts.false_per_week < 0.26);
    assert_int_equal(config->alerts.minimum, 5);
    assert_int_equal(config->alerts.window_ms, 6 * HOUR_MS);
    assert_int_equal(config->alerts.cooldown_ms, 6 * HOUR_MS);
    assert_span_equal(config->serve.listen, "127.0.0.1:8765");
    assert_int_equal(config->retain.mentions_ms, 730 * DAY_MS);
    assert_int_equal(config->retain.unmatched_ms, 7 * DAY_MS);
    config_free(config);
}

static const char everything[] = "data_dir: /srv/earshot\n"
                                 "crawler:\n"
                                 "  contact: https://acme.example/bot\n"
                                 "  timeout: 1m30s\n"
                                 "  connect_timeout: 500ms\n"
                                 "  host_spacing: 0\n"
                                 "  max_body: 512 kib\n"
                                 "  concurrency: 3\n"
                                 "  proxy: http://127.0.0.1:3128\n"
                                 "  ca_file: extra.pem\n"
                                 "  robots: off\n"
                                 "brands:\n"
                                 "  - name: Acme\n"
                                 "    query: |\n"
                                 "      acme OR\n"
                                 "      \"acme coffee\"\n"
                                 "    competitors: Globex\n"
                                 "  - name: Globex\n"
                                 "    any: [globex, \"globex: corp\"]\n"
                                 "    all: soap\n"
                                 "    none: [a, b, c]\n"
                                 "  - {name: Initech, own: no}\n"
                                 "sources:\n"
                                 "  - hackernews\n"
                                 "  - name: shop\n"
                                 "    recipe: steam\n"
                                 "    params: {app: 007, country: no}\n"
                                 "    brands: [acme, Globex]\n"
                                 "    about: ACME\n"
                                 "    channel: review\n"
                                 "    language: pt-BR\n"
                                 "    country: no\n"
                                 "    interval: 1h\n"
                                 "    since: 2w\n"
                                 "    enabled: False\n"
                                 "    allow_private: true\n"
                                 "    insecure: on\n"
                                 "    key: sesame\n"
                                 "  - feed: https://www.blog.example/rss\n"
                                 "  - url: https://blog.example/other\n"
                                 "people:\n"
                                 "  - email: jo@acme.example\n"
                                 "    name: Jo\n"
                                 "    brands: Acme\n"
                                 "mail:\n"
                                 "  url: smtp://localhost:2525\n"
                                 "  from: earshot@acme.example\n"
                                 "  username: earshot\n"
                                 "  password: 'open: sesame #2'\n"
                                 "alerts:\n"
                                 "  false_per_week: .5\n"
                                 "  window: 1d\n"
                                 "serve:\n"
                                 "  listen: \"[::]:80\"\n"
                                 "  token: let-me-in\n"
                                 "  base_url: https://ear.acme.example/\n"
                                 "retain:\n"
                                 "  mentions: 0\n";

static void test_everything(void **state) {
    struct config *config = read_config(*state, everything);
    assert_span_equal(config->data_dir, "/srv/earshot");
    assert_int_equal(config->crawler.timeout_ms, 90 * SECOND_MS);
    assert_int_equal(config->crawler.connect_timeout_ms, 500);
    assert_int_equal(config->crawler.host_spacing_ms, 0);
    assert_int_equal(config->crawler.max_body, 512 * KIB);
    assert_span_equal(config->crawler.ca_file, "/etc/earshot/extra.pem");
    assert_false(config->crawler.robots);
    assert_span_equal(config->brands[0].query, "acme OR\n\"acme coffee\"\n");
    assert_int_equal(config->brands[0].any.count, 0);
    assert_int_equal(config->brands[0].competitors.count, 1);
    assert_span_equal(config->brands[1].any.list[1], "globex: corp");
    assert_span_equal(config->brands[1].all.list[0], "soap");
    assert_int_equal(config->brands[1].none.count, 3);
    assert_true(config->brands[0].own);
    assert_false(config->brands[1].own);
    assert_false(config->brands[2].own);
    assert_int_equal(config->brands[2].line, 22);
    assert_int_equal(config->source_count, 4);
    assert_span_equal(config->sources[0].name, "hackernews");
    assert_span_equal(config->sources[0].recipe, "hackernews");
    const struct config_source *shop = &config->sources[1];
    assert_int_equal(shop->param_count, 2);
    assert_span_equal(shop->params[0].value, "007");
    assert_span_equal(shop->params[1].value, "no");
    assert_int_equal(shop->brands.count, 2);
    assert_span_equal(shop->brands.list[0], "Acme");
    assert_int_equal(shop->about.count, 1);
    assert_span_equal(shop->about.list[0], "Acme");
    assert_int_equal(shop->channel, CHANNEL_REVIEW);
    assert_span_equal(shop->language, "pt-BR");
    assert_span_equal(shop->country, "NO");
    assert_int_equal(shop->interval_ms, HOUR_MS);
    assert_int_equal(shop->since_ms, 14 * DAY_MS);
    assert_false(shop->enabled);
    assert_true(shop->allow_private);
    assert_true(shop->insecure);
    assert_span_equal(shop->key.value, "sesame");
    assert_int_equal(shop->line, 25);
    assert_span_equal(config->sources[2].name, "blog.example");
    assert_span_equal(config->sources[2].recipe, "feed");
    assert_span_equal(config->sources[2].url, "https://www.blog.example/rss");
    assert_int_equal(config->sources[2].interval_ms, 0);
    assert_int_equal(config->sources[2].channel, CHANNEL_UNKNOWN);
    assert_span_equal(config->sources[3].name, "blog.example-2");
    assert_true(config->people[0].alerts);
    assert_false(config->mail.require_tls);
    assert_span_equal(config->mail.password.value, "open: sesame #2");
    assert_true(config->alerts.false_per_week < 0.51);
    assert_span_equal(config->serve.token.value, "let-me-in");
    assert_int_equal(config->retain.mentions_ms, 0);
    config_free(config);
}

static void test_a_blank_option_is_its_default(void **state) {
    struct config *config = read_config(*state, "brands: [A]\ncrawler:\nmail:\n  url:\n"
                                                "alerts:\n  window:\n  enabled:\nsources:\n");
    assert_int_equal(config->alerts.window_ms, 6 * HOUR_MS);
    assert_true(config->alerts.enabled);
    config_free(config);
}

static void test_none_alone_still_looks_for_the_name(void **state) {
    struct config *config = read_config(*state, "brands:\n  - {name: Acme, none: [brick]}\n"
                                                "  - {name: B, all: [b, soap]}\n");
    assert_span_equal(config->brands[0].any.list[0], "Acme");
    assert_int_equal(config->brands[1].any.count, 0);
    config_free(config);
}

static void test_who_is_ours(void **state) {
    static const struct {
        const char *text;
        bool own[3];
    } rows[] = {
        {"brands: [A, B, C]", {true, true, true}},
        {"brands: [{name: A, competitors: [B]}, B, C]", {true, false, true}},
        {"brands: [{name: A, competitors: [B]}, {name: B, own: true}, C]", {true, true, true}},
        {"brands: [{name: A, competitors: [B]}, {name: B, competitors: [A, C]}, C]",
         {true, false, false}},
        {"brands: [{name: A, own: false}, {name: B, competitors: C}, C]", {false, true, false}},
        {"brands: [{name: A, own: no}, {name: B, own: no}, {name: C, own: no}]",
         {false, false, false}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct config *config = read_config(*state, rows[i].text);
        for (size_t brand = 0; brand < 3; brand++) {
            assert_int_equal(config->brands[brand].own, rows[i].own[brand]);
        }
        config_free(config);
    }
}

static void test_nameless_sources_are_numbered(void **state) {
    struct config *config =
        read_config(*state, "brands: [A]\nsources:\n  - steam\n  - steam\n  - name: steam-2\n"
                            "    recipe: steam\n  - steam\n  - {name: STEAM-3, recipe: x}\n");
    assert_span_equal(config->sources[0].name, "steam");
    assert_span_equal(config->sources[1].name, "steam-4");
    assert_span_equal(config->sources[3].name, "steam-5");
    config_free(config);
}

static void test_folders_come_from_the_environment(void **state) {
    setenv("XDG_DATA_HOME", "/data", 1);
    struct config *config = read_config(*state, "brands: [A]\n");
    assert_span_equal(config->data_dir, "/data/earshot");
    config_free(config);
    setenv("STATE_DIRECTORY", "/var/lib/earshot", 1);
    config = read_config(*state, "brands: [A]\n");
    assert_span_equal(config->data_dir, "/var/lib/earshot");
    config_free(config);
    config = read_config(*state, "brands: [A]\ndata_dir: ~/here\n");
    assert_span_equal(config->data_dir, "/home/jo/here");
    config_free(config);
}

/* --- Problems --------------------------------------------------------------------------------- */

static void test_problems_as_they_are_shown(void **state) {
    static const struct {
        const char *text;
        const char *said;
    } rows[] = {
        {"brands: [A]\nmale: {}\n", "e.yaml:2:1: error: unknown option \"male\"; did you mean "
                                    "\"mail\"?\n  male: {}\n  ^\n"},
        {"brands: [A]\nsources:\n  - steam:\n",
         "e.yaml:3:5: error: this source needs \"recipe\", or the \"url\" of a feed\n"
         "    - steam:\n      ^\n"
         "e.yaml:3:5: error: unknown option \"steam\"; source has name, recipe, url, feed, params, "
         "budget, brands, about, map, channel, language, country, interval, interval_longest, "
         "since, retain, retain_text, retain_excerpt, enabled, follow, allow_private, insecure, "
         "key\n    - steam:\n      ^\n"},
        {"brands: [A]\nsources:\n  - {recipe: x, intervall: 5m}\n",
         "e.yaml:3:17: error: unknown option \"intervall\"; did you mean \"interval\"?\n"
         "    - {recipe: x, intervall: 5m}\n                  ^\n"},
        {"brands: [A]\nsources:\n  - {name: \"日本語\", channel: newz}\n",
         "e.yaml:3:5: error: this source needs \"recipe\", or the \"url\" of a feed\n"
         "    - {name: \"日本語\", channel: newz}\n      ^\n"
         "e.yaml:3:28: error: channel: \"newz\" is not one of review, social, forum, news, video, "
         "survey, support; did you mean \"news\"?\n"
         "    - {name: \"日本語\", channel: newz}\n                                ^\n"},
        {"brands:\t[A]\nserve: {\tlisten:\t\"x\"}\n",
         "e.yaml:2:18: error: listen: \"x\" is not an address to listen on; write "
         "127.0.0.1:8765\n  serve: { listen: \"x\"}\n                   ^\n"},
        {"brands: [e\xCC\x81\xF0\x9F\x98\x80, {name: {}}]\n",
         "e.yaml:1:22: error: name: takes one value, not options\n"
         "  brands: [e\xCC\x81\xF0\x9F\x98\x80, {name: {}}]\n                       ^\n"},
        {"", "e.yaml:1:1: error: this configuration needs \"brands\"\n"},
        {"brands: []\n", "e.yaml:1:9: error: brands: name at least one\n"
                         "  brands: []\n          ^\n"},
        {"- a\n", "e.yaml:1:1: error: configuration: options (name: value) should stand here, not "
                  "a list\n  - a\n  ^\n"},
        {"brands: Acme\n", "e.yaml:1:9: error: brands: takes a list: begin each brand with \"- "
                           "\"\n  brands: Acme\n          ^\n"},
        {"brands: [A]\nbrands: [B]\n", "e.yaml:2:1: error: \"brands\" stands here twice, first in "
                                       "line 1\n  brands: [B]\n  ^\n"},
        {"brands: [A, [B]]\r\n", "e.yaml:1:13: error: brand: options (name: value) should stand "
                                 "here, not a list\n  brands: [A, [B]]\n              ^\n"},
        {"brands: [*a]\n", "e.yaml:1:10: error: aliases are not accepted; write the value out, or "
                           "quote a text that begins with \"*\"\n  brands: [*a]\n           ^\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(said(*state, span_of(rows[i].text)), rows[i].said);
    }
}

/* One wrong value each, where it stands and a part of what is said. */
static void test_wrong_values(void **state) {
    static const struct {
        const char *text;
        unsigned line, column;
        const char *part;
    } rows[] = {
        {"crawler: {timeout: 15}", 1, 20, "timeout: 15 needs a unit: 15s, 15m, 15h or 15d"},
        {"crawler: {timeout: soon}", 1, 20, "\"soon\" is not a length of time"},
        {"crawler: {timeout: 1y}", 1, 20, "write 30s, 15m, 12h, 7d or 1h30m"},
        {"crawler: {timeout: 10ms}", 1, 20, "10ms is too little: at least 1s"},
        {"crawler: {timeout: 11m}", 1, 20, "11m is too much: at most 10m"},
        {"crawler: {timeout: 0}", 1, 20, "0 is too little: at least 1s"},
        {"crawler: {timeout: \"\"}", 1, 20, "\"\" is not a length of time"},
        {"crawler: {timeout: 99999999999999999999d}", 1, 20, "is not a length of time"},
        {"crawler: {timeout: [1m]}", 1, 20, "timeout: takes one value, not a list"},
        {"crawler: {max_body: 33MiB}", 1, 21, "33MiB is too much: at most 32MiB"},
        {"crawler: {max_body: 1}", 1, 21, "1 is too little: at least 1KiB"},
        {"crawler: {max_body: 10 megs}", 1, 21, "\"10 megs\" is not a size"},
        {"crawler: {max_body: 9999999999999 GiB}", 1, 21, "is not a size"},
        {"crawler: {concurrency: 2.5}", 1, 24, "\"2.5\" is not a whole number"},
        {"crawler: {concurrency: 1000}", 1, 24, "1000 is too much: at most 256"},
        {"crawler: {robots: maybe}", 1, 19, "\"maybe\" is neither true nor false"},
        {"crawler: {proxy: socks}", 1, 18, "\"socks\" is not a web address"},
        {"crawler: [timeout]", 1, 10, "crawler: options (name: value) should stand here"},
        {"crawler: yes", 1, 10, "crawler: options (name: value) should stand here, not one value"},
        {"alerts: {false_per_week: few}", 1, 26, "\"few\" is not a number"},
        {"alerts: {false_per_week: -1}", 1, 26, "-1 is too little: at least 0.01"},
        {"alerts: {false_per_week: nan}", 1, 26, "\"nan\" is not a number"},
        {"serve: {listen: 8765}", 1, 17, "is not an address to listen on"},
        {"serve: {listen: \"h:99999\"}", 1, 17, "is not an address to listen on"},
        {"serve: {listen: \"::1:80\"}", 1, 17, "is not an address to listen on"},
        {"serve: {listen: \"0.0.0.0:80\"}", 1, 17, "so readers need a token"},
        {"serve: {listen: \"128.0.0.1:80\"}", 1, 17, "so readers need a token"},
        {"serve: {listen: \"127.0.0.1.evil.example:80\"}", 1, 17, "so readers need a token"},
        {"serve: {token: \"\\u0001\"}", 1, 16, "token: it is more than one line"},
        {"serve: {token: \"\"}", 1, 16, "token: it is empty"},
        {"serve: {token: [a]}", 1, 16, "token: takes one text, not a list"},
        {"serve: {token_file: [a]}", 1, 21, "token_file: takes one path"},
        {"serve: {token: a, token_file: b}", 1, 31, "token and token_file are both given"},
        {"serve: {base_url: example.com}", 1, 19, "is not a web address"},
        {"sources: [{url: \"ftp://a/\"}]", 1, 17, "is not a web address"},
        {"sources: [{url: \"https:///\"}]", 1, 17, "is not a web address"},
        {"sources: [{url: \"https://a b/\"}]", 1, 17, "is not a web address"},
        {"sources: [{feed: \"http://a/\", url: \"http://a/\"}]", 1, 18, "keep one"},
        {"sources: [{feed: \"http://a/\", recipe: steam}]", 1, 18, "short for recipe: feed"},
        {"sources: [{recipe: x, params: [a]}]", 1, 31, "takes names and values"},
        {"sources: [{recipe: x, params: {a: [b]}}]", 1, 35, "a text should stand here"},
        {"sources: [{recipe: x, brands: B}]", 1, 31, "brands: no brand is called \"B\""},
        {"sources: [{recipe: x, about: [A, Bb]}]", 1, 34, "about: no brand is called \"Bb\""},
        {"sources: [{recipe: x, brands: {}}]", 1, 31, "takes texts, [a, b] or one, not options"},
        {"sources: [{recipe: x, brands: [A, ]}, {recipe: \"a\\nb\"}]", 1, 48, "must be one line"},
        {"sources: [{recipe: x, country: Spain}]", 1, 32, "write its two letters"},
        {"sources: [{recipe: x, language: e}]", 1, 33, "is not a language"},
        {"sources: [{recipe: x, language: en_US}]", 1, 33, "is not a language"},
        {"sources: [{recipe: x, name: n}, {recipe: y, name: N}]", 1, 51,
         "name: \"N\" is there already, in line 1"},
        {"people: [a@b.example]", 1, 9, "people: are to get mail, but no mail server is set"},
        {"people: [a b]", 1, 10, "\"a b\" is not a mail address"},
        {"people: [\"a@b@c\"]", 1, 10, "is not a mail address"},
        {"people: [\"a@b..c\"]", 1, 10, "is not a mail address"},
        {"people: [\"@b\"]", 1, 10, "is not a mail address"},
        {"people: [\"a@\"]", 1, 10, "is not a mail address"},
        {"people: [\"a\\r\\nBcc: x@b\"]", 1, 10, "must be one line"},
        {"people: [{name: Jo}]", 1, 10, "this person needs \"email\""},
        {"mail: {url: \"smtp://h\"}", 1, 13, "url: needs \"from\" beside it"},
        {"mail: {from: a@b}", 1, 14, "from: needs \"url\" beside it"},
        {"mail: {url: \"http://h\", from: a@b}", 1, 13, "is not a mail server"},
        {"mail: {url: \"smtp://h:port\", from: a@b}", 1, 13, "is not a mail server"},
        {"mail: {url: \"smtp://\", from: a@b}", 1, 13, "is not a mail server"},
        {"mail: {url: \"smtp://h\", from: a@b, username: u}", 1, 46, "username: needs a password"},
        {"mail: {url: \"smtp://h\", from: a@b, username: u, login: x}", 1, 56,
         "login: no source is called \"x\""},
        {"sources: [{name: x, recipe: y}]\nmail: {url: \"smtp://h\", from: a@b, login: x}", 2, 43,
         "login: needs \"username\""},
        {"zone: Mars", 1, 7, "\"Mars\" is no time zone"},
        {"digest: {at: 8}", 1, 14, "\"8\" is no time of day"},
        {"digest: {at: \"24:00\"}", 1, 14, "is no time of day"},
        {"webhooks: [{name: a}]", 1, 12, "this webhook needs an address"},
        {"webhooks: [{name: a, url: x}]", 1, 27, "url: it is not a web address"},
        {"webhooks: [{name: a, url: \"http://x/y\"}]", 1, 27, "url: must be https"},
        {"webhooks: [{name: a, url: \"https://x\", digests: [hourly]}]", 1, 50,
         "\"hourly\" is no rhythm"},
        {"retain: {mentions: forever}", 1, 20, "is not a length of time"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct config *config = NULL;
        struct config_problems problems = {0};
        struct span text = arena_print(*state, "%s\nbrands: [A]\n", rows[i].text);
        assert_false(config_parse(text, SPAN("e.yaml"), *state, &config, &problems));
        bool found = false;
        for (size_t k = 0; k < problems.count; k++) {
            found = found || (problems.list[k].line == rows[i].line &&
                              problems.list[k].column == rows[i].column &&
                              strstr(problems.list[k].message.data, rows[i].part) != NULL);
        }
        if (!found) {
            fail_msg("%s says\n%s", rows[i].text, said(*state, text));
        }
    }
}

static void test_wrong_brands(void **state) {
    static const struct {
        const char *text;
        const char *part;
    } rows[] = {
        {"brands: [A, a]\n", ":1:13: error: name: \"a\" is there already, in line 1"},
        {"brands: [{query: x}]\n", ":1:10: error: this brand needs \"name\""},
        {"brands: [{name: \"\"}]\n", ":1:10: error: this brand needs \"name\""},
        {"brands: [{name: A, query: a, none: b}]\n", ":1:27: error: query: is one way"},
        {"brands: [{name: A, competitors: [Bc, A]}, Bd]\n",
         ":1:34: error: competitors: no brand is called \"Bc\"; did you mean \"Bd\"?"},
        {"brands: [{name: A, competitors: [B, A]}, B]\n",
         ":1:37: error: competitors: a brand cannot compete with itself"},
        {"brands: [{name: A, competitors: [B, b]}, B]\n",
         ":1:37: error: competitors: \"b\" stands here twice"},
        {"brands: [{name: A, any: [a, '']}]\n", ":1:29: error: any: an entry is empty"},
        {"brands:\n  - {name: A, query: 'acme OR (x'}\n",
         "e.yaml:2:31: error: query: this '(' is never closed\n"
         "    - {name: A, query: 'acme OR (x'}\n                                ^\n"},
        {"brands:\n  - name: A\n    query: \"日本 AND sorce:steam\"\n",
         ":3:20: error: query: unknown field \"sorce\"; did you mean \"source\"?\n"},
        {"brands:\n  - name: A\n    query: |\n      acme OR\n      beta (x\n",
         "e.yaml:5:12: error: query: this '(' is never closed\n        beta (x\n"
         "             ^\n"},
        {"brands: [{name: A, query: -acme}]\n", ":1:27: error: query: nothing to find here"},
        {"brands: [{name: A, any: [ok, '...']}]\n", ":1:30: error: any: "},
        {"brands: [{name: A, all: ok, none: '?'}]\n", ":1:35: error: none: "},
        {"brands: ['!!!']\n", ":1:10: error: name: "},
        {"brands: [{name: '!!!', none: x}]\n", ":1:17: error: name: "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *text = said(*state, span_of(rows[i].text));
        if (strstr(text, rows[i].part) == NULL) {
            fail_msg("%s says\n%s", rows[i].text, text);
        }
    }
}

static void test_all_problems_at_once_in_order(void **state) {
    struct config *config = NULL;
    struct config_problems problems = {0};
    assert_false(config_parse(SPAN("serve: {listen: x}\nbrands: [A, A]\ncrawler: {timeout: x}\n"
                                   "sources: [{}]\nfoo: 1\n"),
                              SPAN("e.yaml"), *state, &config, &problems));
    assert_int_equal(problems.count, 5);
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(problems.list[i].line, i + 1);
    }
}

static void test_problems_have_a_ceiling(void **state) {
    struct buffer text;
    buffer_init(&text, LIMIT_CONFIG);
    for (int i = 0; i < 1000; i++) {
        buffer_print(&text, "option%d: x\n", i);
    }
    struct config *config = NULL;
    struct config_problems problems = {0};
    assert_false(config_parse(buffer_span(&text), SPAN("e"), *state, &config, &problems));
    assert_int_equal(problems.count, LIMIT_CONFIG_ERRORS + 1);
    assert_span_equal(problems.list[LIMIT_CONFIG_ERRORS].message, "and more; mend these first");
    buffer_done(&text);
}

static void test_a_long_line_is_shown_around_the_caret(void **state) {
    struct buffer text;
    buffer_init(&text, LIMIT_CONFIG);
    buffer_append_string(&text, "brands: [");
    for (int i = 0; i < 2000; i++) {
        buffer_print(&text, "brand%d, ", i);
    }
    buffer_append_string(&text, "{nome: X}, tail]\n");
    const char *out = said(*state, buffer_span(&text));
    const char *caret_line = strstr(out, "{nome: X}, tail]\n");
    assert_non_null(caret_line);
    const char *line = caret_line;
    while (line[-1] != '\n') {
        line--;
    }
    assert_true(strncmp(line, "  ...", 5) == 0);
    size_t column = (size_t)(caret_line - line);
    const char *caret = strchr(caret_line, '\n') + 1;
    assert_int_equal(strspn(caret, " "), column);
    assert_int_equal(caret[column], '^');
    buffer_done(&text);
}

static void test_too_many(void **state) {
    struct buffer text;
    buffer_init(&text, LIMIT_CONFIG);
    buffer_append_string(&text, "brands: [");
    for (size_t i = 0; i <= LIMIT_BRANDS; i++) {
        buffer_print(&text, "b%zu,", i);
    }
    buffer_append_string(&text, "]\n");
    const char *out = said(*state, buffer_span(&text));
    assert_non_null(strstr(out, "brands: 10001 entries: at most 10000"));
    buffer_done(&text);
}

/* Nothing is looked for on behalf of problems that are not shown. */
static void test_thousands_of_unknown_brands(void **state) {
    struct buffer text;
    buffer_init(&text, LIMIT_CONFIG);
    buffer_append_string(&text, "brands:\n");
    for (size_t i = 0; i < LIMIT_BRANDS; i++) {
        buffer_print(&text, "- {name: brand%zu, competitors: [brant%zu, brent%zu]}\n", i, i, i);
    }
    assert_false(text.overflowed);
    assert_non_null(strstr(said(*state, buffer_span(&text)), "no brand is called \"brant0\""));
    buffer_done(&text);
}

/* As many brands and sources as may be, all naming each other: the checks must not be quadratic. */
static void test_the_largest_configuration(void **state) {
    struct buffer text;
    buffer_init(&text, LIMIT_CONFIG);
    buffer_append_string(&text, "brands:\n");
    for (size_t i = 0; i < LIMIT_BRANDS; i++) {
        buffer_print(&text, "- {name: b%zu, competitors: [b%zu]}\n", i, (i + 1) % LIMIT_BRANDS);
    }
    buffer_append_string(&text, "sources:\n");
    for (size_t i = 0; i < LIMIT_SOURCES; i++) {
        buffer_print(&text, "- feed: http://h/%zu\n", i);
    }
    assert_false(text.overflowed);
    struct config *config = read_config(*state, buffer_string(&text));
    assert_int_equal(config->source_count, LIMIT_SOURCES);
    assert_span_equal(config->sources[LIMIT_SOURCES - 1].name, "h-20000");
    config_free(config);
    buffer_done(&text);
}

/* --- Secrets ---------------------------------------------------------------------------------- */

struct folder {
    char path[64];
    struct arena *arena;
};

static struct folder folder_create(struct arena *arena) {
    struct folder folder = {.path = "/tmp/earshot-config-XXXXXX", .arena = arena};
    assert_non_null(mkdtemp(folder.path));
    return folder;
}

static const char *folder_write(const struct folder *folder, const char *name, struct span text,
                                mode_t mode) {
    struct span path = arena_print(folder->arena, "%s/%s", folder->path, name);
    FILE *file = fopen(path.data, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text.data, 1, text.size, file), text.size);
    fclose(file);
    assert_int_equal(chmod(path.data, mode), 0);
    return path.data;
}

static void folder_remove(const struct folder *folder) {
    struct span command = arena_print(folder->arena, "rm -r '%s'", folder->path);
    assert_int_equal(system(command.data), 0);
}

static void test_a_secret_from_a_file(void **state) {
    struct folder folder = folder_create(*state);
    static const struct {
        struct span contents;
        const char *value; /* NULL: refused, */
        const char *part;  /* saying this */
    } rows[] = {
        {{"s3cret", 6}, "s3cret", NULL},
        {{"s3cret\n", 7}, "s3cret", NULL},
        {{"s3cret\r\n", 8}, "s3cret", NULL},
        {{" s3cret ", 8}, " s3cret ", NULL},
        {{"s3cret\n\n", 8}, NULL, "more than one line"},
        {{"s3\ncret\n", 8}, NULL, "more than one line"},
        {{"s3\0cret", 7}, NULL, "more than one line"},
        {{"", 0}, NULL, "it is empty"},
        {{"\n", 1}, NULL, "it is empty"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *path = folder_write(&folder, "password", rows[i].contents, 0600);
        struct error error = {0};
        struct span value = {0};
        bool read = secret_read_file(span_of(path), *state, &value, &error);
        assert_int_equal(read, rows[i].value != NULL);
        if (read) {
            assert_span_equal(value, rows[i].value);
        } else {
            assert_non_null(strstr(error.message, rows[i].part));
            assert_null(strstr(error.message, "cret\n"));
        }
    }
    folder_remove(&folder);
}

static void test_a_secret_that_is_too_long(void **state) {
    struct folder folder = folder_create(*state);
    char *bytes = arena_allocate(*state, LIMIT_SECRET + 10);
    memset(bytes, 'x', LIMIT_SECRET + 10);
    bytes[LIMIT_SECRET] = '\n';
    struct span value = {0};
    struct error error = {0};
    const char *path = folder_write(&folder, "a", (struct span){bytes, LIMIT_SECRET + 1}, 0400);
    assert_true(secret_read_file(span_of(path), *state, &value, &error));
    assert_int_equal(value.size, LIMIT_SECRET);
    bytes[LIMIT_SECRET] = 'x';
    path = folder_write(&folder, "b", (struct span){bytes, LIMIT_SECRET + 10}, 0600);
    assert_false(secret_read_file(span_of(path), *state, &value, &error));
    assert_int_equal(error.kind, ERROR_LIMIT);
    folder_remove(&folder);
}

static void test_a_secret_that_others_may_read_is_refused(void **state) {
    struct folder folder = folder_create(*state);
    static const mode_t modes[] = {0644, 0640, 0604, 0660, 0601};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        const char *path = folder_write(&folder, "password", SPAN("s3cret\n"), modes[i]);
        struct span value = {0};
        struct error error = {0};
        assert_false(secret_read_file(span_of(path), *state, &value, &error));
        assert_int_equal(error.kind, ERROR_REFUSED);
        assert_non_null(strstr(error.message, "chmod 600"));
    }
    struct span value = {0};
    struct error error = {0};
    assert_false(secret_read_file(span_of(folder.path), *state, &value, &error));
    assert_non_null(strstr(error.message, "not a plain file"));
    struct span fifo = arena_print(*state, "%s/fifo", folder.path);
    assert_int_equal(mkfifo(fifo.data, 0600), 0);
    assert_false(secret_read_file(fifo, *state, &value, &error)); /* and does not wait */
    assert_non_null(strstr(error.message, "not a plain file"));
    folder_remove(&folder);
}

static const char mail[] = "brands: [A]\nmail: {url: \"smtp://h\", from: a@b, username: u%s}\n"
                           "serve: {listen: \"0.0.0.0:80\"}\n";

static struct span mail_text(struct arena *arena, const char *more) {
    return arena_print(arena, mail, more);
}

static void test_secrets_in_their_order(void **state) {
    struct folder folder = folder_create(*state);
    struct span file = arena_print(*state, "%s/earshot.yaml", folder.path);
    struct config *config = NULL;
    struct config_problems problems = {0};
    setenv("EARSHOT_MAIL_PASSWORD", "from-environment", 1);
    setenv("EARSHOT_SERVE_TOKEN", "token", 1);
    struct span text = mail_text(*state, "");
    assert_true(config_parse(text, file, *state, &config, &problems));
    assert_span_equal(config->mail.password.value, "from-environment");
    config_free(config);
    folder_write(&folder, "mail.password", SPAN("from-credentials\n"), 0440);
    setenv("CREDENTIALS_DIRECTORY", folder.path, 1);
    assert_true(config_parse(text, file, *state, &config, &problems));
    assert_span_equal(config->mail.password.value, "from-credentials");
    assert_span_equal(config->serve.token.value, "token");
    config_free(config);
    folder_write(&folder, "pw", SPAN("from-file\n"), 0600);
    assert_true(
        config_parse(mail_text(*state, ", password_file: pw"), file, *state, &config, &problems));
    assert_span_equal(config->mail.password.value, "from-file");
    config_free(config);
    folder_write(&folder, "mail.password", SPAN("two\nlines"), 0400);
    assert_false(config_parse(text, file, *state, &config, &problems));
    assert_int_equal(problems.list[0].line, 0);
    assert_non_null(strstr(problems.list[0].message.data, "mail.password: it is more than one"));
    folder_remove(&folder);
}

static void test_secrets_of_sources(void **state) {
    struct folder folder = folder_create(*state);
    setenv("CREDENTIALS_DIRECTORY", folder.path, 1);
    setenv("EARSHOT_SOURCES_MY_SHOP_2_KEY", "k1", 1);
    folder_write(&folder, "sources..._etc_shop.key", SPAN("k2"), 0400);
    struct config *config =
        read_config(*state, "brands: [A]\nsources:\n  - {name: my shop-2, recipe: steam}\n"
                            "  - {name: ../etc/shop, recipe: steam}\n  - other\n");
    assert_span_equal(config->sources[0].key.value, "k1");
    assert_span_equal(config->sources[1].key.value, "k2");
    assert_span_equal(config->sources[2].key.value, "");
    config_free(config);
    unsetenv("EARSHOT_SOURCES_MY_SHOP_2_KEY");
    folder_remove(&folder);
}

/* Whatever is wrong around it, the secret is in no message. */
static void test_no_message_tells_a_secret(void **state) {
    static const char *const texts[] = {
        "serve: {token: hunter2, token_file: x}\n",
        "serve: {tokn: hunter2}\n",
        "serve: {token: \"hunter2\\n\"}\n",
        "serve:\n  token: |\n    hunter2\n    x\n",
        "serve:\n  token:\n    [hunter2]\n",
        "mail: {pasword: hunter2}\n",
        "webhooks: [{name: a, url: \"http://h.example/hunter2\"}]\n",
        "webhooks:\n  - {name: a, url: \"https://h.example/hunter2?x=hunter2\", shape: x}\n",
        "webhooks:\n  - name: a\n    shape: x\n    url: https://u:hunter2@h.example\n",
        "mail: {'password' : hunter2, x: y}\n",
        "mail: {\"password\": hunter2, url: x}\n",
        "mail: {x: y, password: [hunter2]}\n",
        "mail: {url: \"smtp://user:hunter2@host\"}\n",
        "mail: {url: \"user:hunter2@host\"}\n",
        "mail: {url: \"smtp://user:hunter2@host:x\"}\n",
        "crawler: {proxy: \"http://user:hunter2@host:x/\"}\n",
        "sources: [{url: \"ftp://host/?api_key=hunter2\"}]\n",
        "sources: [{url: \"http://h/?api_key=hunter2\", feed: x}]\n",
        "sources: [{recipe: x, key: hunter2, params: []}]\n",
        "sources: [{recipe: x, params: {api_key: hunter2}, y: z}]\n",
        "serve: {token: hunter2\n",
        "serve: {token: *hunter2}\n",
        "serve: {token: !x hunter2}\n",
        "serve: {token: hunter2, token: hunter2}\n",
        "serve:\n  token: hunter2\n token: x\n",
        "serve:\n  token: 'hunter2\n",
        "serve:\n  token: 'a\n   hunter2\n  : x\n",
        "serve:\n  token: |\n     a\n\n    hunter2\n  x: y\n",
        "serve:\n  token: |\n     a\n   hunter2\n",
        "serve:\n  token: |\n     a\n hunter2\n",
        "serve: {token:\n  [a,\n  *hunter2]}\n",
        "serve:\n  - token: >\n\n      hunter2\n   - [\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const char *out = said(*state, span_of(texts[i]));
        assert_true(out[0] != '\0');
        if (strstr(out, "hunter2") != NULL) {
            fail_msg("%s", out);
        }
    }
}

static void test_names_of_secrets(void **state) {
    (void)state;
    static const char *const secret[] = {"password", "api_key",       "KEY",     "access-token",
                                         "pasword",  "client_secret", "passwrd", "apikey",
                                         "tokn",     "x.auth"};
    static const char *const harmless[] = {"keyword", "monkey",   "token_file", "name",
                                           "query",   "site",     "",           "author",
                                           "passage", "instance", "any"};
    for (size_t i = 0; i < sizeof secret / sizeof secret[0]; i++) {
        if (!secret_is_named(span_of(secret[i]))) {
            fail_msg("%s", secret[i]);
        }
    }
    for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++) {
        if (secret_is_named(span_of(harmless[i]))) {
            fail_msg("%s", harmless[i]);
        }
    }
}

/* --- Printing --------------------------------------------------------------------------------- */

static void test_what_is_printed_reads_back_the_same(void **state) {
    struct config *config = read_config(*state, everything);
    const char *first = printed(*state, config);
    config_free(config);
    config = read_config(*state, first);
    assert_string_equal(printed(*state, config), first);
    assert_span_equal(config->brands[0].query, "acme OR\n\"acme coffee\"\n");
    assert_int_equal(config->crawler.host_spacing_ms, 0);
    assert_int_equal(config->retain.mentions_ms, 0);
    assert_span_equal(config->sources[1].country, "NO");
    config_free(config);
}

static void test_what_is_printed_has_no_secrets(void **state) {
    struct span text = arena_print(
        *state, "%s  - {feed: 'https://x.example/?token=hunter2&a=b'}\n",
        "brands: [A]\nmail: {url: 'smtp://h', from: a@b, username: u, password: hunter2}\n"
        "serve: {token: hunter2}\nsources:\n"
        "  - {recipe: x, key: hunter2, params: {api_key: hunter2, at: "
        "'http://u:hunter2@h/'}}\n  - {feed: 'http://u:hunter2@h/'}\n");
    struct config *config = read_config(*state, text.data);
    const char *out = printed(*state, config);
    assert_null(strstr(out, "hunter2"));
    assert_non_null(strstr(out, "  password: \"***\""));
    assert_non_null(strstr(out, "    key: \"***\""));
    config_free(config);
}

static void test_only_addresses_are_redacted(void **state) {
    struct config *config =
        read_config(*state, "brands: [{name: 'a: see http://u:p@h/', any: ['x http://u:p@h/']}]\n"
                            "crawler: {proxy: 'http://u:hunter2@h/', contact: "
                            "'http://u:hunter2@h/'}\n");
    const char *out = printed(*state, config);
    assert_non_null(strstr(out, "name: \"a: see http://u:p@h/\""));
    assert_non_null(strstr(out, "any: [x http://u:p@h/]"));
    assert_non_null(strstr(out, "proxy: http://***@h/ "));
    assert_null(strstr(out, "hunter2"));
    config_free(config);
}

/* Names that YAML would take for something else must come back as they were. */
static void test_scalars_survive(void **state) {
    static const char *const texts[] = {"a",
                                        "",
                                        " a",
                                        "a ",
                                        "a: b",
                                        "a #b",
                                        "#a",
                                        "- a",
                                        "-a",
                                        "*",
                                        "&a",
                                        "!a",
                                        "%a",
                                        "@a",
                                        "`a",
                                        "[a",
                                        "{a}",
                                        "a]",
                                        "a,b",
                                        "'a'",
                                        "\"a\"",
                                        "a\nb",
                                        "a\tb",
                                        "a\\b",
                                        "~",
                                        "null",
                                        "007",
                                        "1:2",
                                        "a:",
                                        "?a",
                                        "? a",
                                        "|",
                                        ">",
                                        "日本",
                                        "é",
                                        "<<",
                                        "---",
                                        "...",
                                        "=",
                                        "a\"b'c",
                                        "A&B",
                                        "C++",
                                        "x - y",
                                        "http://a",
                                        "a:b",
                                        "a : b",
                                        "a#b",
                                        "a\xC2\xA0",
                                        "yes",
                                        "\xE2\x80\xA8",
                                        "\xF0\x9F\x98\x80",
                                        "(a)",
                                        "*a*"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct buffer out;
        buffer_init(&out, LIMIT_CONFIG);
        buffer_append_string(&out, "a: ");
        schema_print_scalar(&out, span_of(texts[i]));
        buffer_append_string(&out, "  # comment\nb: [");
        schema_print_scalar(&out, span_of(texts[i]));
        buffer_append_string(&out, ", {k: ");
        schema_print_scalar(&out, span_of(texts[i]));
        buffer_append_string(&out, "}]\n");
        struct yaml_node *root = NULL;
        struct error error = {0};
        if (!yaml_parse(buffer_span(&out), *state, &root, &error)) {
            fail_msg("%s gives %s", buffer_string(&out), error.message);
        }
        assert_span_equal(yaml_get(root, "a")->scalar, texts[i]);
        assert_span_equal(yaml_get(root, "b")->list[0]->scalar, texts[i]);
        assert_span_equal(yaml_get(yaml_get(root, "b")->list[1], "k")->scalar, texts[i]);
        buffer_done(&out);
    }
}

static struct span example(struct arena *arena, struct span brand, const struct span *others,
                           size_t count) {
    struct buffer out;
    buffer_init(&out, LIMIT_CONFIG);
    config_print_example(&out, brand, others, count);
    struct span text = arena_copy(arena, buffer_span(&out));
    buffer_done(&out);
    return text;
}

static void test_the_example_parses(void **state) {
    static const struct span others[] = {{"Globex", 6}, {"Initech, Inc.", 13}};
    struct span text = example(*state, SPAN("Acme"), others, 2);
    struct config *config = read_config(*state, text.data);
    assert_int_equal(config->brand_count, 3);
    assert_true(config->brands[0].own);
    assert_false(config->brands[1].own);
    assert_span_equal(config->brands[2].name, "Initech, Inc.");
    assert_int_equal(config->brands[0].competitors.count, 2);
    assert_int_equal(config->source_count, 4);
    assert_span_equal(config->sources[3].name, "google-news");
    assert_span_equal(config->sources[3].recipe, "feed");
    for (size_t i = 0; i < config->source_count; i++) {
        assert_true(config->sources[i].enabled);
    }
    config_free(config);
}

static void test_the_example_takes_any_name(void **state) {
    static const char *const names[] = {"C&A",        "\"quoted\"", "a: b",  "#hash",
                                        "日本ビール", "- x -",      "don't", "a/b?c=d#e"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct span text = example(*state, span_of(names[i]), NULL, 0);
        struct config *config = read_config(*state, text.data);
        assert_span_equal(config->brands[0].name, names[i]);
        assert_int_equal(config->source_count, 4);
        config_free(config);
    }
}

/* Where the "#" of a commented-out option stands ("#name: x", "#  name: x", "  #- name: x"), or
 * SPAN_NOT_FOUND; "# name: x" is prose. */
static size_t option_sign(struct span line) {
    size_t sign = span_find_byte(line, '#');
    if (sign == SPAN_NOT_FOUND || span_trim(span_first(line, sign)).size > 0) {
        return SPAN_NOT_FOUND;
    }
    size_t at = sign + 1;
    while (at < line.size && (line.data[at] == ' ' || line.data[at] == '-')) {
        at++;
    }
    bool prose = at == sign + 2 && line.data[sign + 1] == ' ';
    while (at < line.size && (byte_is_alpha(line.data[at]) || line.data[at] == '_')) {
        at++;
    }
    return !prose && at < line.size && line.data[at] == ':' ? sign : SPAN_NOT_FOUND;
}

/* Every option that the example shows commented out is one, at a value that is accepted. */
static void test_the_example_without_its_comment_signs(void **state) {
    struct span rest = example(*state, SPAN("Acme"), NULL, 0);
    struct buffer text;
    buffer_init(&text, LIMIT_CONFIG);
    struct span line;
    size_t options = 0;
    while (span_split(&rest, '\n', &line)) {
        size_t sign = option_sign(line);
        options += sign != SPAN_NOT_FOUND ? 1 : 0;
        buffer_append(&text, span_first(line, sign));
        buffer_append(&text, sign != SPAN_NOT_FOUND ? span_from(line, sign + 1) : SPAN(""));
        buffer_append_byte(&text, '\n');
    }
    assert_true(options > 30);
    struct config *config = NULL;
    struct config_problems problems = {0};
    /* mail has no server in the example, so its reader must be told */
    assert_false(config_parse(buffer_span(&text), SPAN("e"), *state, &config, &problems));
    assert_int_equal(problems.count, 1);
    if (strstr(problems.list[0].message.data, "no mail server is set") == NULL) {
        fail_msg("%s", said(*state, buffer_span(&text)));
    }
    buffer_done(&text);
}

static void test_the_options_are_listed_in_every_form(void **state) {
    static const char *const parts[] = {
        "crawler.timeout\n    one whole transfer\n    duration 1s..10m; default: 1m\n",
        (".It Ic crawler.timeout : Ar \"duration\"\nOne whole transfer.\nValues:\n1s..10m.\n"
         "Default:\n1m.\n"),
        "| `crawler.timeout` | duration 1s..10m | 1m | one whole transfer |\n"};
    for (enum config_help form = CONFIG_HELP_PLAIN; form <= CONFIG_HELP_MARKDOWN; form++) {
        struct buffer out;
        buffer_init(&out, LIMIT_DOCUMENT);
        config_print_options(&out, form);
        struct span text = arena_copy(*state, buffer_span(&out));
        if (strstr(text.data, parts[form]) == NULL) {
            fail_msg("%s", text.data);
        }
        assert_non_null(strstr(text.data, "sources[].channel"));
        assert_non_null(strstr(text.data, "data_dir"));
        buffer_done(&out);
    }
}

/* --- Files ------------------------------------------------------------------------------------ */

static void test_loading(void **state) {
    struct folder folder = folder_create(*state);
    struct config *config = NULL;
    struct config_problems problems = {0};
    const char *path = folder_write(&folder, "e.yaml", SPAN("brands: [A]\ndata_dir: d\n"), 0644);
    assert_true(config_load(path, *state, &config, &problems));
    struct span data = arena_print(*state, "%s/d", folder.path);
    assert_span_equal(config->data_dir, data.data);
    config_free(config);
    assert_false(config_load("/nonexistent/e.yaml", *state, &config, &problems));
    assert_null(config);
    assert_int_equal(problems.count, 1);
    assert_int_equal(problems.list[0].line, 0);
    assert_span_equal(problems.list[0].message, "cannot be opened: No such file or directory");
    assert_false(config_load(folder.path, *state, &config, &problems));
    assert_non_null(strstr(problems.list[0].message.data, "cannot be"));
    char *large = arena_allocate(*state, LIMIT_CONFIG + 1);
    memset(large, '#', LIMIT_CONFIG + 1);
    path = folder_write(&folder, "l.yaml", (struct span){large, LIMIT_CONFIG + 1}, 0644);
    assert_false(config_load(path, *state, &config, &problems));
    assert_span_equal(problems.list[0].message, "larger than 1024 KiB");
    struct buffer out;
    buffer_init(&out, LIMIT_DOCUMENT);
    config_print_problems(&out, SPAN("l.yaml"), SPAN(""), &problems);
    assert_span_equal(buffer_span(&out), "l.yaml: error: larger than 1024 KiB\n");
    buffer_done(&out);
    folder_remove(&folder);
}

static void test_where_the_file_is_looked_for(void **state) {
    struct folder folder = folder_create(*state);
    bool exists = true;
    setenv("HOME", folder.path, 1);
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("EARSHOT_CONFIG");
    struct span home = arena_print(*state, "%s/.config/earshot/earshot.yaml", folder.path);
    if (access("/etc/earshot/earshot.yaml", F_OK) != 0) {
        assert_span_equal(config_default_path(*state, &exists), home.data);
        assert_false(exists);
    }
    setenv("XDG_CONFIG_HOME", folder.path, 1);
    struct span folder_path = arena_print(*state, "%s/earshot", folder.path);
    assert_int_equal(mkdir(folder_path.data, 0700), 0);
    folder_write(&folder, "earshot/earshot.yaml", SPAN(""), 0644);
    struct span xdg = arena_print(*state, "%s/earshot/earshot.yaml", folder.path);
    assert_span_equal(config_default_path(*state, &exists), xdg.data);
    assert_true(exists);
    setenv("EARSHOT_CONFIG", "/nonexistent.yaml", 1);
    assert_span_equal(config_default_path(*state, &exists), "/nonexistent.yaml");
    assert_false(exists);
    unsetenv("EARSHOT_CONFIG");
    unsetenv("XDG_CONFIG_HOME");
    folder_remove(&folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_least_of_all),
        TEST(test_everything),
        TEST(test_a_blank_option_is_its_default),
        TEST(test_none_alone_still_looks_for_the_name),
        TEST(test_who_is_ours),
        TEST(test_nameless_sources_are_numbered),
        TEST(test_folders_come_from_the_environment),
        TEST(test_problems_as_they_are_shown),
        TEST(test_wrong_values),
        TEST(test_wrong_brands),
        TEST(test_all_problems_at_once_in_order),
        TEST(test_problems_have_a_ceiling),
        TEST(test_a_long_line_is_shown_around_the_caret),
        TEST(test_too_many),
        TEST(test_thousands_of_unknown_brands),
        TEST(test_the_largest_configuration),
        TEST(test_a_secret_from_a_file),
        TEST(test_a_secret_that_is_too_long),
        TEST(test_a_secret_that_others_may_read_is_refused),
        TEST(test_secrets_in_their_order),
        TEST(test_secrets_of_sources),
        TEST(test_no_message_tells_a_secret),
        TEST(test_names_of_secrets),
        TEST(test_what_is_printed_reads_back_the_same),
        TEST(test_what_is_printed_has_no_secrets),
        TEST(test_only_addresses_are_redacted),
        TEST(test_scalars_survive),
        TEST(test_the_example_parses),
        TEST(test_the_example_takes_any_name),
        TEST(test_the_example_without_its_comment_signs),
        TEST(test_the_options_are_listed_in_every_form),
        TEST(test_loading),
        TEST(test_where_the_file_is_looked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
