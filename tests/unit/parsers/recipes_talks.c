/* Every file of tests/unit/parsers/talks is one poll of one built-in recipe, as it would go over
 * the wire; tests/scenarios/talks.py plays the same files over TCP. Lines say what is given:
 * "recipe NAME", "param NAME=VALUE", "url URL", "query TEXT", "key TEXT", "cursor JSON";
 * "< Name: value" is a header of the next answer, whose body stands between "<<<" and ">>>";
 * "status N" gives it an HTTP status; "again DURATION" begins the next poll, so long after the last
 * one, from its cursor. What must come of it stands in lines with ">" (the request) and "=" (items
 * and end); the whole of these lines is compared. Now is 2026-11-21T09:10:11Z; 30 days are asked
 * for. */
#include "base/file.h"
#include "tests/unit/test.h"

#include "base/base64.h"
#include "base/buffer.h"
#include "base/print.h"
#include "parsers/parsers.h"

#include <dirent.h>
#include <unistd.h>

#define NOW INT64_C(1795252211000)
#define TALKS "tests/unit/parsers/talks"
#define TALK_MOST ((size_t)1 << 20)
#define PARAMS_MOST 10

struct talk {
    struct arena *arena;
    struct span recipe;
    struct poll_options options;
    struct web_header params[PARAMS_MOST];
    struct web_header headers[PARAMS_MOST];
    size_t header_count;
    struct span cursor;
    unsigned status;
    struct poll *poll;
    struct buffer wanted;
    struct buffer got;
    bool over;
};

/* --- What came of it -------------------------------------------------------------------------- */

static void put_text(struct talk *talk, const char *name, struct span text) {
    if (text.size == 0) {
        return;
    }
    buffer_print(&talk->got, "= %s ", name);
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '\n') {
            buffer_append_string(&talk->got, "\\n");
        } else {
            buffer_append_byte(&talk->got, text.data[i]);
        }
    }
    buffer_append_byte(&talk->got, '\n');
}

static void put_count(struct talk *talk, const char *name, int64_t count) {
    if (count != COUNT_NONE) {
        buffer_print(&talk->got, "= %s %lld\n", name, (long long)count);
    }
}

static void put_item(struct talk *talk, const struct item *item) {
    char time[DATE_TEXT_SIZE];
    buffer_append_string(&talk->got, "= item\n");
    put_text(talk, "id", item->id);
    put_text(talk, "url", item->url);
    put_text(talk, "title", item->title);
    put_text(talk, "text", item->text);
    put_text(talk, "author", item->author);
    put_text(talk, "author_id", item->author_id);
    put_text(talk, "language", item->language);
    put_text(talk, "country", item->country);
    put_text(talk, "parent", item->parent);
    put_text(talk, "site", item->site);
    put_text(talk, "published", span_of(date_print(item->published_ms, time)));
    put_text(talk, "updated", span_of(date_print(item->updated_ms, time)));
    if (item->rating >= 0) {
        buffer_print(&talk->got, "= rating %.2f\n", item->rating);
    }
    for (size_t i = 0; i < SURVEY_COUNT; i++) {
        if (item->answers[i] >= 0) {
            buffer_print(&talk->got, "= %s %.2f\n", survey_scales[i].name, item->answers[i]);
        }
    }
    put_count(talk, "likes", item->engagement.likes);
    put_count(talk, "replies", item->engagement.replies);
    put_count(talk, "shares", item->engagement.shares);
    put_count(talk, "views", item->engagement.views);
    put_count(talk, "followers", item->engagement.followers);
    if (item->deleted) {
        buffer_append_string(&talk->got, "= deleted\n");
    }
}

/* A JSON Web Token looks otherwise each time: "JWT", and what it says. */
static void put_signed(struct talk *talk, struct span text) {
    static const char digits[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    size_t start = span_find(text, SPAN("eyJ"));
    struct span token = span_from(text, start);
    size_t size = token.size == 0 ? 0 : strspn(token.data, digits);
    buffer_print(&talk->got, "%.*s%s%.*s\n", SPAN_ARG(span_first(text, start)),
                 size > 0 ? "JWT" : "", SPAN_ARG(span_from(token, size)));
    struct span rest = span_first(token, size);
    struct span part;
    for (size_t i = 0; i < 2 && size > 0 && span_split(&rest, '.', &part); i++) {
        put_text(talk, "signed", base64_decode(part, talk->arena));
    }
}

static void put_request(struct talk *talk, const struct web_request *request) {
    struct span method = request->method.size > 0 ? request->method : SPAN("GET");
    if (request->url.size == 0) {
        buffer_append_string(&talk->got, "> delivered\n");
        return;
    }
    buffer_print(&talk->got, "> %.*s %.*s\n", SPAN_ARG(method), SPAN_ARG(request->url));
    for (size_t i = 0; i < request->header_count; i++) {
        buffer_print(&talk->got, "> %.*s: ", SPAN_ARG(request->headers[i].name));
        put_signed(talk, request->headers[i].value);
    }
    if (request->body.size > 0) {
        buffer_append_string(&talk->got, "> ");
        put_signed(talk, request->body);
    }
}

/* Without the line in the recipe, which changes with any edit. */
static struct span without_line(struct span message) {
    size_t at = span_find(message, SPAN(": "));
    return at == SPAN_NOT_FOUND ? message : span_from(message, at + 2);
}

static void put_end(struct talk *talk) {
    struct web_request request;
    const struct poll_report *report = poll_report(talk->poll);
    if (!talk->over && poll_request(talk->poll, &request)) {
        put_request(talk, &request);
    } else if (!talk->over) {
        buffer_append_string(&talk->got, report->complete ? "= complete\n" : "= to be continued\n");
    }
    put_text(talk, "missing", without_line(report->missing));
    put_text(talk, "unread", without_line(report->first_blemish));
    if (report->left_out > 0) {
        buffer_print(&talk->got, "= left out %zu\n", report->left_out);
    }
    if (report->old_items > 0) {
        buffer_print(&talk->got, "= older %zu\n", report->old_items);
    }
}

/* --- Playing ---------------------------------------------------------------------------------- */

static void talk_start(struct talk *talk) {
    const struct recipe *recipe = NULL;
    struct error error = {0};
    if (!recipe_builtin(talk->recipe, talk->arena, &recipe, &error) ||
        !poll_begin(recipe, &talk->options, talk->cursor, talk->arena, &talk->poll, &error)) {
        fail_msg("%.*s: %s", SPAN_ARG(talk->recipe), error.message);
    }
}

static void talk_answer(struct talk *talk, struct span body) {
    struct web_request request;
    struct error error = {0};
    if (talk->poll == NULL) {
        talk_start(talk);
    }
    if (!poll_request(talk->poll, &request)) {
        put_text(talk, "unasked", span_first(body, 40));
        return;
    }
    put_request(talk, &request);
    struct web_response response = {.status = talk->status,
                                    .url = request.url,
                                    .headers = talk->headers,
                                    .header_count = talk->header_count,
                                    .body = body};
    struct items items = {.arena = talk->arena};
    if (talk->status >= 400 && poll_refused(talk->poll, &response, &error)) {
        buffer_append_string(&talk->got, "= another token is wanted\n");
    } else if (talk->status >= 400) {
        talk->over = !poll_unanswered(talk->poll, talk->status, &items);
        put_text(talk, "unanswered", talk->over ? SPAN("the poll is over") : SPAN("goes on"));
    } else if (!poll_response(talk->poll, &response, talk->arena, &items, &error)) {
        put_text(talk, "error", span_of(error.message));
        talk->over = true;
    } else if (request.secret) {
        buffer_append_string(&talk->got, "= logged in\n");
    }
    for (size_t i = 0; i < items.count; i++) {
        put_item(talk, &items.list[i]);
    }
    struct span login = poll_login(talk->poll);
    talk->options.login = login.data != NULL ? login : talk->options.login;
    talk->header_count = 0;
    talk->status = 200;
}

/* What a poll leaves behind is all that the next one knows. */
static void talk_again(struct talk *talk, struct span after) {
    int64_t pause_ms = 0;
    assert_true(duration_parse(after, &pause_ms));
    put_end(talk);
    talk->cursor = poll_cursor(talk->poll);
    talk->options.now_ms += pause_ms;
    talk->poll = NULL;
    talk->over = false;
}

static struct span lines_of(struct span text, struct arena *arena) {
    char *out = arena_copy_string(arena, text);
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        bool ends = text.data[i] == '\\' && i + 1 < text.size && text.data[i + 1] == 'n';
        out[size++] = ends ? '\n' : text.data[i];
        i += ends;
    }
    return (struct span){out, size};
}

/* In a value "\n" is a line's end, unless it is JSON. */
static void param_take(struct talk *talk, struct span value) {
    size_t equals = span_find_byte(value, '=');
    assert_true(equals != SPAN_NOT_FOUND && talk->options.param_count < PARAMS_MOST);
    struct span text = span_from(value, equals + 1);
    talk->params[talk->options.param_count++] =
        (struct web_header){span_first(value, equals),
                            span_starts_with(text, SPAN("{")) ? text : lines_of(text, talk->arena)};
}

static void header_take(struct talk *talk, struct span value) {
    size_t colon = span_find_byte(value, ':');
    assert_true(colon != SPAN_NOT_FOUND && talk->header_count < PARAMS_MOST);
    talk->headers[talk->header_count++] =
        (struct web_header){span_first(value, colon), span_trim(span_from(value, colon + 1))};
}

static void line_take(struct talk *talk, struct span line) {
    size_t space = span_find_byte(line, ' ');
    struct span word = span_first(line, space);
    struct span value = space == SPAN_NOT_FOUND ? (struct span){0} : span_from(line, space + 1);
    const struct {
        const char *name;
        struct span *target;
    } givens[] = {{"recipe", &talk->recipe},
                  {"url", &talk->options.url},
                  {"query", &talk->options.query},
                  {"key", &talk->options.key},
                  {"cursor", &talk->cursor}};
    for (size_t i = 0; i < sizeof givens / sizeof givens[0]; i++) {
        if (span_equal(word, span_of(givens[i].name))) {
            *givens[i].target = value;
            return;
        }
    }
    int64_t status = 0;
    if (span_equal(word, SPAN("again"))) {
        talk_again(talk, value);
    } else if (span_equal(word, SPAN("status"))) {
        assert_true(span_to_int64(value, &status) && status >= 400 && status < 600);
        talk->status = (unsigned)status;
    } else if (span_equal(word, SPAN("param"))) {
        param_take(talk, value);
    } else if (span_equal(word, SPAN("<"))) {
        header_take(talk, value);
    } else if (span_equal(word, SPAN(">")) || span_equal(word, SPAN("="))) {
        buffer_append(&talk->wanted, line);
        buffer_append_byte(&talk->wanted, '\n');
    } else if (line.size > 0 && !span_equal(word, SPAN("#"))) {
        fail_msg("what is \"%.*s\"?", SPAN_ARG(line));
    }
}

static void talk_play(struct talk *talk, struct span script) {
    struct span line;
    const char *body = NULL;
    while (span_split(&script, '\n', &line)) {
        if (body == NULL && span_equal(line, SPAN("<<<"))) {
            body = line.data + line.size + 1;
        } else if (body != NULL && span_equal(line, SPAN(">>>"))) {
            talk_answer(talk, (struct span){body, (size_t)(line.data - body)});
            body = NULL;
        } else if (body == NULL) {
            line_take(talk, line);
        }
    }
    assert_null(body);
    assert_non_null(talk->poll);
    put_end(talk);
}

static size_t talk_check(const char *path) {
    struct talk talk = {.arena = arena_create(), .status = 200};
    talk.options =
        (struct poll_options){.params = talk.params, .now_ms = NOW, .since_ms = NOW - 30 * DAY_MS};
    buffer_init(&talk.wanted, TALK_MOST);
    buffer_init(&talk.got, TALK_MOST);
    struct span text = {NULL, 0};
    assert_true(file_read(path, TALK_MOST, talk.arena, &text, NULL));
    talk_play(&talk, text);
    bool same = span_equal(buffer_span(&talk.wanted), buffer_span(&talk.got));
    if (!same) {
        struct span got = buffer_span(&talk.got);
        printf("%s gives:\n%.*s", path, SPAN_ARG(got));
    }
    buffer_done(&talk.wanted);
    buffer_done(&talk.got);
    arena_free(talk.arena);
    return same ? 0 : 1;
}

/* --- Tests ------------------------------------------------------------------------------------ */

static void test_talks(void **state) {
    (void)state;
    size_t talks = 0;
    size_t wrong = 0;
    DIR *folder = opendir(TALKS);
    assert_non_null(folder);
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        char path[512];
        if (span_ends_with(span_of(entry->d_name), SPAN(".talk"))) {
            snprintf(path, sizeof path, TALKS "/%s", entry->d_name);
            wrong += talk_check(path);
            talks++;
        }
    }
    closedir(folder);
    assert_true(talks > 0);
    assert_int_equal(wrong, 0);
}

/* A recipe without a talk is one that nobody has seen work. */
static void test_every_recipe_has_a_talk(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    size_t count = 0;
    const struct span *names = recipe_builtin_names(arena, &count);
    for (size_t i = 0; i < count; i++) {
        assert_true(i == 0 || span_compare(names[i - 1], names[i]) < 0);
        const struct recipe *recipe = NULL;
        struct error error = {0};
        assert_true(recipe_builtin(names[i], arena, &recipe, &error));
        bool refused = recipe_info(recipe)->refused.size > 0; /* nobody may talk to it */
        char path[512];
        snprintf(path, sizeof path, TALKS "/%.*s.talk", SPAN_ARG(names[i]));
        if (!refused && access(path, R_OK) != 0) {
            fail_msg("%s is missing", path);
        }
    }
    arena_free(arena);
}

/* A recipe names its address as a parameter, so that a test, a mirror or another server of the same
 * kind can stand in for the site, and it says under which terms it asks. */
static void test_every_recipe_can_be_pointed_elsewhere(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    size_t count = 0;
    const struct span *names = recipe_builtin_names(arena, &count);
    for (size_t i = 0; i < count; i++) {
        const struct recipe *recipe = NULL;
        struct error error = {0};
        assert_true(recipe_builtin(names[i], arena, &recipe, &error));
        const struct recipe_info *info = recipe_info(recipe);
        bool general = info->needs_url || info->hooks != 0;
        bool pointed = general || info->refused.size > 0;
        for (size_t p = 0; p < info->param_count; p++) {
            pointed = pointed || span_equal(info->params[p].name, SPAN("base"));
            assert_true(info->params[p].help.size > 0);
        }
        if (!pointed || (info->terms.size == 0 && !general)) {
            fail_msg("%.*s has no \"base\" or no \"terms\"", SPAN_ARG(names[i]));
        }
    }
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_talks),
        cmocka_unit_test(test_every_recipe_has_a_talk),
        cmocka_unit_test(test_every_recipe_can_be_pointed_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
