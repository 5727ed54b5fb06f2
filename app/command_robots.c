/* `earshot robots URL`: whether a robots.txt lets us fetch a page, and which line decided. */
#include "app/app.h"
#include "app/crawling.h"

#include "base/print.h"
#include "base/url.h"

#define LONGEST_RULE 120 /* bytes of a line that are shown */

/* One robots.txt, from the site itself. */
struct robots_visit {
    struct app *app;
    uv_loop_t loop;
    struct crawler *crawler;
    struct span text;
    unsigned status; /* 0: no answer */
    struct error error;
};

static struct span agent_of(const struct app *app) {
    const char *agent = app_value(app, "agent");
    return agent != NULL ? span_of(agent) : SPAN("earshot");
}

static struct span line_of(struct span text, unsigned number) {
    struct span line = {0};
    for (unsigned i = 0; i < number && text.size > 0; i++) {
        size_t end = 0;
        while (end < text.size && text.data[end] != '\n' && text.data[end] != '\r') {
            end++;
        }
        line = span_first(text, end);
        bool pair = end + 1 < text.size && text.data[end] == '\r' && text.data[end + 1] == '\n';
        text = span_from(text, end < text.size ? end + 1 + pair : end);
    }
    return span_trim(line);
}

/* The verdict by the rules, with what decided. */
static bool print_verdict(struct app *app, struct span text) {
    struct buffer *out = &app->out;
    unsigned line = 0;
    char delay[DATE_TEXT_SIZE];
    bool allowed = robots_allows(text, agent_of(app), app->words[0], &line);
    buffer_append_string(out, allowed ? "allowed" : "disallowed");
    if (line > 0) {
        buffer_print(out, " by line %u: ", line);
        print_plain(out, span_first_utf8(line_of(text, line), LONGEST_RULE), false);
    } else {
        buffer_append_string(out, ": no line speaks of it");
    }
    buffer_append_string(out, "\n");
    int64_t delay_ms = robots_delay_ms(text, agent_of(app));
    if (delay_ms > 0) {
        buffer_print(out, "crawl-delay %s between two requests\n", duration_print(delay_ms, delay));
    }
    return allowed;
}

/* --- Asking the site -------------------------------------------------------------------------- */

static void on_closed(void *context) {
    (void)context;
}

static void on_fetched(void *context, const struct fetch_result *result) {
    struct robots_visit *visit = context;
    visit->status = result->response.status;
    visit->text = arena_copy(visit->app->arena, result->response.body);
    visit->error = result->error;
    crawler_close(visit->crawler, on_closed, visit);
}

/* http://host:port/robots.txt of a page; empty: it is no http(s) URL. */
static struct span robots_address(struct span page, struct arena *arena) {
    struct span address = url_resolve(SPAN("/robots.txt"), page, arena);
    return span_starts_with(address, SPAN("http")) ? address : (struct span){0};
}

static void visit_site(struct robots_visit *visit, struct span address) {
    struct app *app = visit->app;
    struct web_request request = {.url = address, .method = SPAN("GET"), .api = true};
    struct fetch_options options = {.allow_private = app_given(app, "allow-private"),
                                    .max_body = LIMIT_ROBOTS};
    uv_loop_init(&visit->loop);
    visit->crawler = crawling_open(&visit->loop, app->config, &app->clock.clock, app->log);
    crawler_fetch(visit->crawler, &request, &options, on_fetched, visit);
    uv_run(&visit->loop, UV_RUN_DEFAULT);
    uv_loop_close(&visit->loop);
}

/* What there is in place of rules means something too (RFC 9309 2.3.1.3, 2.3.1.4). */
static bool judge_answer(struct robots_visit *visit, struct span address) {
    struct app *app = visit->app;
    struct buffer *out = &app->out;
    unsigned status = visit->status;
    bool judged = status >= 200 && status < 500 && status != 429;
    print_plain(out, judged ? address : span_of(visit->error.message), false);
    if (status >= 200 && status < 300) {
        buffer_print(out, ": %u, %zu bytes\n", status, visit->text.size);
        return print_verdict(app, visit->text);
    }
    if (judged) {
        buffer_print(out, ": %u\nallowed: there is no robots.txt\n", status);
        return true;
    }
    buffer_append_string(out, "\ndisallowed: as long as it cannot be read, nothing is allowed\n");
    return false;
}

static bool robots_of_site(struct app *app, enum exit_code *code) {
    struct robots_visit visit = {.app = app};
    struct span address = robots_address(app->words[0], app->arena);
    if (address.size == 0) {
        *code =
            app_fail(app, EXIT_CODE_USAGE, "%.*s is no address of a page", SPAN_ARG(app->words[0]));
        return false;
    }
    visit_site(&visit, address);
    return judge_answer(&visit, address);
}

static bool robots_of_file(struct app *app, const char *file, enum exit_code *code) {
    struct error error;
    struct span text;
    if (!app_read_file(app, file, LIMIT_ROBOTS, &text, &error)) {
        *code = app_fail_error(app, &error);
        return false;
    }
    return print_verdict(app, text);
}

enum exit_code command_robots(struct app *app) {
    enum exit_code code = EXIT_CODE_FAILED;
    const char *file = app_value(app, "file");
    bool allowed = file != NULL ? robots_of_file(app, file, &code) : robots_of_site(app, &code);
    return allowed ? EXIT_CODE_OK : code;
}
