/* `earshot source ...`: what is polled, and what one source would bring. */
#include "app/app.h"
#include "app/crawling.h"
#include "app/explain.h"
#include "app/refusals.h"
#include "app/tasks.h"

#include "base/print.h"
#include "base/url.h"
#include "parsers/parsers.h"

#include <stdlib.h>

enum exit_code command_source_list(struct app *app) {
    struct snapshot *snapshot = NULL;
    enum exit_code code = EXIT_CODE_OK;
    if (app_open_snapshot(app, &snapshot, &code)) {
        sources_print(&app->out, snapshot, &app->style, app->now_ms);
        snapshot_close(snapshot);
    }
    return code;
}

/* --- Testing one source ----------------------------------------------------------------------- */

/* What a test has gathered: how many items had which field. */
struct field_count {
    const char *name;
    size_t found;
};
enum {
    FIELD_ID,
    FIELD_URL,
    FIELD_TITLE,
    FIELD_TEXT,
    FIELD_AUTHOR,
    FIELD_TIME,
    FIELD_RATING,
    FIELD_LANGUAGE,
    FIELD_LIKES,
    FIELD_REPLIES,
    FIELD_PARENT,
    FIELD_COUNT
};

#define TEST_REQUESTS 3

struct source_test {
    struct app *app;
    const struct task *task;
    struct poll *poll;
    struct web_request request;
    struct items items; /* of all pages */
    size_t requests;
    struct span address; /* to be fetched as the listing's, or empty */
    bool single;         /* this was it: its next pages are not asked for */
    struct error error;
    bool failed;
    uv_loop_t loop;
    struct crawler *crawler;
};

static void count_fields(const struct items *items, struct field_count *fields) {
    static const char *const names[FIELD_COUNT] = {"id",     "url",     "title",  "text",
                                                   "author", "time",    "rating", "language",
                                                   "likes",  "replies", "parent"};
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        fields[i] = (struct field_count){names[i], 0};
    }
    for (size_t i = 0; i < items->count; i++) {
        const struct item *item = &items->list[i];
        bool has[FIELD_COUNT] = {
            [FIELD_ID] = item->id.size > 0,
            [FIELD_URL] = item->url.size > 0,
            [FIELD_TITLE] = item->title.size > 0,
            [FIELD_TEXT] = item->text.size > 0,
            [FIELD_AUTHOR] = item->author.size > 0,
            [FIELD_TIME] = item->published_ms != DATE_NONE,
            [FIELD_RATING] = item->rating >= 0,
            [FIELD_LANGUAGE] = item->language.size > 0,
            [FIELD_LIKES] = item->engagement.likes != COUNT_NONE,
            [FIELD_REPLIES] = item->engagement.replies != COUNT_NONE,
            [FIELD_PARENT] = item->parent.size > 0,
        };
        for (size_t f = 0; f < FIELD_COUNT; f++) {
            fields[f].found += has[f];
        }
    }
}

static void print_item(struct buffer *out, const struct item *item) {
    char time[DATE_TEXT_SIZE];
    struct span shown = item->title.size > 0 ? item->title : item->text;
    buffer_print(out, "  %-20s ", date_print(item->published_ms, time));
    if (item->rating >= 0) {
        buffer_print(out, "%.1f stars  ", item->rating);
    }
    print_plain(out, span_first_utf8(item->author, 24), false);
    buffer_append_string(out, item->author.size > 0 ? ": " : "");
    print_plain(out, span_first_utf8(shown, 90), false);
    buffer_append_string(out, shown.size > 90 ? "...\n" : "\n");
}

static void print_test(struct source_test *test) {
    struct buffer *out = &test->app->out;
    const struct poll_report *report = poll_report(test->poll);
    struct field_count fields[FIELD_COUNT];
    count_fields(&test->items, fields);
    buffer_print(out, "items    %zu on %zu page%s", test->items.count, report->pages,
                 report->pages == 1 ? "" : "s");
    if (report->follow_ups > 0) {
        buffer_print(out, " and %zu follow-up%s", report->follow_ups,
                     report->follow_ups == 1 ? "" : "s");
    }
    if (report->old_items > 0) {
        buffer_print(out, ", %zu more were older than the period", report->old_items);
    }
    if (report->left_out > 0) {
        buffer_print(out, ", %zu more no person wrote", report->left_out);
    }
    buffer_append_string(out, "\nfields  ");
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        buffer_print(out, " %s %zu", fields[i].name, fields[i].found);
    }
    buffer_append_string(out, "\n");
    if (report->missing.size > 0) {
        buffer_append_string(out, "missing  ");
        print_plain(out, report->missing, false);
        buffer_append_string(out, "\n");
    }
    if (report->blemishes > 0) {
        buffer_print(out, "unread   %zu, the first: ", report->blemishes);
        print_plain(out, report->first_blemish, false);
        buffer_append_string(out, "\n");
    }
    size_t most = app_given(test->app, "all") ? test->items.count : 5;
    for (size_t i = 0; i < test->items.count && i < most; i++) {
        print_item(out, &test->items.list[i]);
    }
    if (test->items.count > most) {
        buffer_print(out, "  ... and %zu more (--all shows them)\n", test->items.count - most);
    }
}

static void print_request(struct source_test *test) {
    struct buffer *out = &test->app->out;
    struct span method = test->request.method.size > 0 ? test->request.method : SPAN("GET");
    struct span shown = url_redacted(test->request.url, test->app->arena);
    buffer_print(out, "asks     %.*s ", SPAN_ARG(method));
    print_plain(out, shown, false);
    buffer_append_string(out, "\n");
    if (test->request.body.size > 0) {
        buffer_append_string(out, "body     ");
        print_plain(out,
                    test->request.secret ? SPAN("(what logs in: not shown)") : test->request.body,
                    false);
        buffer_append_string(out, "\n");
    }
}

/* Understands one answer; false ends the test. `fetched`: how it was got, or NULL. */
static bool take_response(struct source_test *test, const struct web_response *response,
                          const struct fetch_result *fetched) {
    int64_t before = clock_monotonic_ms(&system_clock);
    if (!poll_response(test->poll, response, test->app->arena, &test->items, &test->error)) {
        test->failed = true;
        return false;
    }
    struct buffer *out = &test->app->out;
    buffer_print(out, "answer   %u, %zu bytes", response->status, response->body.size);
    if (fetched != NULL) {
        buffer_print(out, "; waited %lld ms, on the wire %lld ms", (long long)fetched->queued_ms,
                     (long long)fetched->transfer_ms);
    }
    buffer_print(out, "; parsed in %lld ms\n",
                 (long long)(clock_monotonic_ms(&system_clock) - before));
    return true;
}

static bool test_file(struct source_test *test, const char *path) {
    struct span body;
    if (!app_read_file(test->app, path, LIMIT_BODY, &body, &test->error)) {
        test->failed = true;
        return false;
    }
    struct web_response response = {.status = 200, .url = test->request.url, .body = body};
    return take_response(test, &response, NULL);
}

static void on_fetched(void *context, const struct fetch_result *result);

static void fetch_page(struct source_test *test) {
    struct fetch_options options = crawling_options(test->task);
    if (test->address.size > 0 && poll_asks_top(test->poll)) {
        test->request.url = test->address;
        test->single = true;
    }
    print_request(test);
    test->request.api |= test->task->info->api;
    crawler_fetch(test->crawler, &test->request, &options, on_fetched, test);
}

static void on_closed(void *context) {
    (void)context;
}

/* Understands what came of a request; false ends the test. */
static bool take_result(struct source_test *test, const struct fetch_result *result) {
    if (result->outcome == FETCH_OK) {
        return take_response(test, &result->response, result);
    }
    unsigned status = result->reason == FETCH_REASON_STATUS ? result->response.status : 0;
    test->error = result->error;
    if (status > 0 && poll_refused(test->poll, &result->response, &test->error)) {
        buffer_print(&test->app->out, "answer   %u: once more, with another token\n", status);
        return true;
    }
    if (poll_unanswered(test->poll, status, &test->items)) {
        buffer_print(&test->app->out, "answer   %u\n", status);
        return true;
    }
    test->failed = true;
    return false;
}

static void on_fetched(void *context, const struct fetch_result *result) {
    struct source_test *test = context;
    test->requests += test->request.secret ? 0 : 1;
    if (take_result(test, result) && !test->single && test->requests < TEST_REQUESTS &&
        poll_request(test->poll, &test->request)) {
        fetch_page(test);
    } else {
        crawler_close(test->crawler, on_closed, test);
    }
}

static void test_wire(struct source_test *test) {
    uv_loop_init(&test->loop);
    test->crawler =
        crawling_open(&test->loop, test->app->config, &test->app->clock.clock, test->app->log);
    fetch_page(test);
    uv_run(&test->loop, UV_RUN_DEFAULT);
    uv_loop_close(&test->loop);
}

/* A recipe that is not configured, with what the command line says about it. */
static bool recipe_task(struct app *app, struct task *task, struct error *error) {
    task->brand = TASK_ALL_BRANDS;
    struct config_source *source = ARENA_NEW(app->arena, struct config_source);
    struct web_header *params = ARENA_ARRAY(app->arena, struct web_header, APP_OPTIONS_MAX);
    for (size_t i = 0; i < app->given_count; i++) {
        struct span rest = span_of(app->given[i].value);
        struct span name;
        if (strcmp(app->given[i].name, "param") == 0 && span_split(&rest, '=', &name)) {
            params[task->param_count++] = (struct web_header){name, rest};
        }
    }
    source->url = span_of(app_value(app, "url"));
    source->since_ms = 3650 * DAY_MS;
    source->follow = true;
    source->allow_private = app_given(app, "allow-private");
    task->config = source;
    task->params = params;
    task->query = span_of(app_value(app, "query"));
    if (!task_recipe(app->config, app->words[0], app->arena, &task->recipe, error)) {
        return false;
    }
    task->info = recipe_info(task->recipe);
    return true;
}

static const struct task *configured_task(struct app *app, const struct tasks *tasks) {
    for (size_t i = 0; i < tasks->count; i++) {
        if (task_is_named(&tasks->list[i], app->words[0])) {
            return &tasks->list[i];
        }
    }
    return NULL;
}

static bool find_task(struct app *app, struct assessor **assessor, struct task *task,
                      struct error *error) {
    bool exists = app_given(app, "config");
    if (!exists) {
        config_default_path(app->arena, &exists);
    }
    enum exit_code code = EXIT_CODE_OK;
    struct tasks tasks = {0};
    if (exists && !app_load_config(app, &code)) {
        return error_set(error, ERROR_USAGE, "the configuration must be put right first");
    }
    if (exists && (!assessor_create(app->config, app->now_ms, assessor, error) ||
                   !tasks_create(app->config, *assessor, app->arena, &tasks, error))) {
        return false;
    }
    const struct task *found = configured_task(app, &tasks);
    if (found != NULL) {
        *task = *found;
        return true;
    }
    return recipe_task(app, task, error);
}

/* For an answer that is at hand, or an address as it is, what a request would be made of does not
 * matter. */
static void fill_needs(struct app *app, const struct recipe_info *info,
                       struct poll_options *options) {
    struct web_header *params =
        ARENA_ARRAY(app->arena, struct web_header, options->param_count + info->param_count);
    size_t count = options->param_count;
    for (size_t i = 0; i < count; i++) {
        params[i] = options->params[i];
    }
    for (size_t i = 0; i < info->param_count; i++) {
        struct span name = info->params[i].name;
        bool given = web_header_find(params, count, arena_copy_string(app->arena, name)).size > 0;
        if (!given && info->params[i].default_value.data == NULL) {
            params[count++] = (struct web_header){name, name};
        }
    }
    options->params = params;
    options->param_count = count;
    options->since_ms = DATE_NONE; /* a recorded answer may be of any age */
    options->saved = true;
    options->url = options->url.size > 0 ? options->url : SPAN("https://example.invalid/");
    options->query = options->query.size > 0 ? options->query : SPAN("query");
}

static bool test_options(struct source_test *test, struct poll_options *options,
                         struct error *error) {
    struct app *app = test->app;
    const struct task *task = test->task;
    const char *since = app_value(app, "since");
    struct span url = span_of(app_value(app, "url"));
    *options = task_poll_options(task);
    options->now_ms = app->now_ms;
    options->since_ms = app->now_ms - task->config->since_ms;
    options->url = url.size > 0 ? url : options->url;
    test->address = task->info->needs_url ? (struct span){NULL, 0} : url;
    bool configured = task->key.size > 0;
    if (app_given(app, "file") || (test->address.size > 0 && !configured)) {
        fill_needs(app, task->info, options);
    }
    return since == NULL || date_parse_since(span_of(since), app->now_ms, &options->since_ms) ||
           error_set(error, ERROR_USAGE, "--since %s is no time", since);
}

/* Whether the source is one that is asked at all; a saved answer can always be tried. */
static bool task_is_asked(const struct app *app, const struct recipe_info *info, struct span url,
                          struct error *error) {
    struct refusals refusals;
    if (info->hooks != 0) {
        return error_set(error, ERROR_USAGE,
                         "%.*s is not asked: it is delivered to /hook/NAME of earshot run; --file "
                         "tries a saved delivery",
                         SPAN_ARG(info->name));
    }
    return refusals_load(app->arena, &refusals, error) &&
           refusals_allow(&refusals, info, url, app->arena, error);
}

static bool test_begin(struct source_test *test, struct error *error) {
    struct poll_options options;
    struct app *app = test->app;
    if (!test_options(test, &options, error) ||
        (!app_given(app, "file") && !task_is_asked(app, test->task->info, options.url, error)) ||
        !poll_begin(test->task->recipe, &options, SPAN(""), app->arena, &test->poll, error)) {
        return false;
    }
    if (!poll_request(test->poll, &test->request)) {
        return error_set(error, ERROR_USAGE, "the recipe asks for nothing");
    }
    return true;
}

static void test_run(struct source_test *test) {
    const char *file = app_value(test->app, "file");
    if (file == NULL) {
        test_wire(test);
        return;
    }
    if (test->request.url.size > 0) { /* a saved page is not asked for */
        print_request(test);
    }
    test_file(test, file);
}

enum exit_code command_source_test(struct app *app) {
    struct error error;
    struct assessor *assessor = NULL;
    struct task task = {0};
    struct source_test test = {.app = app, .task = &task, .items = {.arena = app->arena}};
    bool ready = find_task(app, &assessor, &task, &error);
    if (ready && app_given(app, "explain")) {
        ready = source_explain(app, assessor, &task, &error);
        assessor_free(assessor);
        return ready ? EXIT_CODE_OK : app_fail_error(app, &error);
    }
    ready = ready && test_begin(&test, &error);
    assessor_free(assessor);
    if (!ready) {
        return app_fail_error(app, &error);
    }
    test_run(&test);
    print_test(&test);
    return test.failed ? app_fail_error(app, &test.error) : EXIT_CODE_OK;
}
