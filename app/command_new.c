/* `earshot source new URL`: looks at a site and drafts a source for the user to finish. */
#include "app/app.h"
#include "app/crawling.h"
#include "app/draft.h"
#include "app/refusals.h"

#include "base/buffer.h"
#include "base/print.h"
#include "base/url.h"

/* Questions to one site: the page, what it links to, and the places where sites say what they are. */
#define QUESTIONS_MOST 16

struct scouting {
    struct app *app;
    struct span url; /* of the page that was asked for */
    struct span body;
    struct span content_type;
    struct findings findings;
    struct span queue[QUESTIONS_MOST];
    size_t queued;
    size_t asked;
    bool guessed; /* feeds that no page links to */
    struct error error;
    bool failed;
    struct task task;
    struct config_source source;
    struct recipe_info info;
    uv_loop_t loop;
    struct crawler *crawler;
};

/* --- What to ask ------------------------------------------------------------------------------ */

static void queue_add(struct scouting *scouting, struct span url) {
    for (size_t i = 0; i < scouting->queued; i++) {
        if (span_equal(scouting->queue[i], url)) {
            return;
        }
    }
    if (scouting->queued < QUESTIONS_MOST && url.size > 0) {
        scouting->queue[scouting->queued++] = arena_copy(scouting->app->arena, url);
    }
}

static void queue_place(struct scouting *scouting, const char *path) {
    queue_add(scouting, url_resolve(span_of(path), scouting->url, scouting->app->arena));
}

static const struct finding *find_first(const struct scouting *scouting, enum finding_kind kind,
                                        bool looked_at) {
    for (size_t i = 0; i < scouting->findings.count; i++) {
        const struct finding *finding = &scouting->findings.list[i];
        if (finding->kind == kind && (finding->items > 0 || !looked_at)) {
            return finding;
        }
    }
    return NULL;
}

/* What the answers so far lead to. */
static void queue_findings(struct scouting *scouting) {
    size_t feeds = 0;
    size_t sitemaps = 0;
    for (size_t i = 0; i < scouting->findings.count; i++) {
        const struct finding *finding = &scouting->findings.list[i];
        bool wanted = finding->kind == FINDING_DETAILS ||
                      (finding->kind == FINDING_FEED && feeds++ < 2) ||
                      (finding->kind == FINDING_SITEMAP && sitemaps++ < 2);
        if (wanted && finding->items == 0) {
            queue_add(scouting, finding->url);
        }
    }
}

/* Where feeds commonly lie, when nobody says where. */
static void queue_guesses(struct scouting *scouting) {
    static const char *const places[] = {"/feed", "/rss.xml", "/feed.xml", "/atom.xml",
                                         "/index.xml"};
    if (!scouting->guessed && find_first(scouting, FINDING_FEED, false) == NULL &&
        find_first(scouting, FINDING_REVIEWS, false) == NULL) {
        for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
            queue_place(scouting, places[i]);
        }
    }
    scouting->guessed = true;
}

/* --- Asking ----------------------------------------------------------------------------------- */

/* An answer. Only the page itself has to be there and to be understood. */
static void take_answer(struct scouting *scouting, const struct web_response *response) {
    struct arena *arena = scouting->app->arena;
    struct span type = web_header_find(response->headers, response->header_count, "Content-Type");
    bool first = scouting->asked == 1;
    struct error error;
    if (!discover_document(response->body, type, response->url, scouting->app->now_ms,
                           &scouting->findings, &error) &&
        first) {
        scouting->error = error;
        scouting->failed = true;
        return;
    }
    if (first) {
        scouting->url = arena_copy(arena, response->url);
        scouting->body = arena_copy(arena, response->body);
        scouting->content_type = arena_copy(arena, type);
        queue_place(scouting, "/robots.txt");
        queue_place(scouting, "/.well-known/nodeinfo");
    }
    queue_findings(scouting);
}

static void on_answered(void *context, const struct fetch_result *result);

static void on_closed(void *context) {
    (void)context;
}

static void ask_next(struct scouting *scouting) {
    if (scouting->asked == scouting->queued && !scouting->failed) {
        queue_guesses(scouting);
    }
    if (scouting->asked == scouting->queued || scouting->failed) {
        crawler_close(scouting->crawler, on_closed, scouting);
        return;
    }
    struct web_request request = {.url = scouting->queue[scouting->asked++]};
    struct fetch_options options = crawling_options(&scouting->task);
    if (scouting->app->progress) {
        app_say(scouting->app, "asks %.*s", SPAN_ARG(request.url));
    }
    crawler_fetch(scouting->crawler, &request, &options, on_answered, scouting);
}

static void on_answered(void *context, const struct fetch_result *result) {
    struct scouting *scouting = context;
    if (result->outcome == FETCH_OK) {
        take_answer(scouting, &result->response);
    } else if (scouting->asked == 1) {
        scouting->error = result->error;
        scouting->failed = true;
    }
    ask_next(scouting);
}

static void scout_wire(struct scouting *scouting) {
    struct app *app = scouting->app;
    scouting->source.allow_private = app_given(app, "allow-private");
    scouting->task = (struct task){.key = SPAN("new"),
                                   .source = SPAN("new"),
                                   .config = &scouting->source,
                                   .info = &scouting->info};
    uv_loop_init(&scouting->loop);
    scouting->crawler = crawling_open(&scouting->loop, app->config, &app->clock.clock, app->log);
    queue_add(scouting, scouting->url);
    ask_next(scouting);
    uv_run(&scouting->loop, UV_RUN_DEFAULT);
    uv_loop_close(&scouting->loop);
}

static void scout_file(struct scouting *scouting, const char *path) {
    struct web_response response = {.status = 200, .url = scouting->url};
    scouting->asked = 1;
    if (!app_read_file(scouting->app, path, LIMIT_BODY, &response.body, &scouting->error)) {
        scouting->failed = true;
        return;
    }
    take_answer(scouting, &response);
}

/* --- Telling ---------------------------------------------------------------------------------- */

static void say_findings(const struct scouting *scouting) {
    static const char *const names[] = {
        [FINDING_FEED] = "feed",       [FINDING_REVIEWS] = "reviews", [FINDING_SOFTWARE] = "runs",
        [FINDING_SITEMAP] = "sitemap", [FINDING_BLOCKS] = "blocks",   [FINDING_TEXT] = "text"};
    for (size_t i = 0; i < scouting->findings.count; i++) {
        const struct finding *finding = &scouting->findings.list[i];
        if (finding->kind == FINDING_DETAILS) {
            continue;
        }
        bool place = finding->kind == FINDING_FEED || finding->kind == FINDING_SITEMAP;
        struct span count = finding->items == 0 ? SPAN("")
                                                : arena_print(scouting->app->arena, "%zu of them  ",
                                                              finding->items);
        app_say(scouting->app, "found %-8s %.*s%.*s%s%.*s", names[finding->kind], SPAN_ARG(count),
                SPAN_ARG(place ? finding->url : finding->title),
                place && finding->title.size > 0 ? "  " : "",
                SPAN_ARG(place ? finding->title : SPAN("")));
    }
}

static void say_item(const struct app *app, const struct item *item) {
    char time[DATE_TEXT_SIZE];
    struct span shown = item->title.size > 0 ? item->title : item->text;
    struct buffer line;
    buffer_init(&line, LIMIT_LOG_TEXT);
    print_plain(&line, span_first_utf8(item->author, 24), false);
    buffer_append_string(&line, item->author.size > 0 ? ": " : "");
    print_plain(&line, span_first_utf8(shown, 60), false);
    app_say(app, "  %-20s %s", date_print(item->published_ms, time), buffer_string(&line));
    buffer_done(&line);
}

/* The first items that a drafted recipe brings, by the recipe itself. */
static void say_items(const struct scouting *scouting, struct span recipe_text) {
    struct arena *arena = scouting->app->arena;
    const struct recipe *recipe = NULL;
    struct poll *poll = NULL;
    struct web_request request;
    struct error error = {0};
    struct items items = {.arena = arena};
    struct poll_options options = {
        .url = scouting->url, .now_ms = scouting->app->now_ms, .since_ms = DATE_NONE};
    struct web_header type = {SPAN("Content-Type"), scouting->content_type};
    struct web_response response = {.status = 200,
                                    .url = scouting->url,
                                    .headers = &type,
                                    .header_count = 1,
                                    .body = scouting->body};
    if (!recipe_parse(recipe_text, SPAN("draft"), arena, &recipe, &error) ||
        !poll_begin(recipe, &options, SPAN(""), arena, &poll, &error) ||
        !poll_request(poll, &request) || !poll_response(poll, &response, arena, &items, &error)) {
        app_say(scouting->app, "the draft does not work as it is: %s", error.message);
        return;
    }
    app_say(scouting->app, "it reads %zu items, the first of them:", items.count);
    for (size_t i = 0; i < items.count && i < 3; i++) {
        say_item(scouting->app, &items.list[i]);
    }
}

/* --- Drafting --------------------------------------------------------------------------------- */

static void print_head(struct app *app, struct span url) {
    char day[DATE_TEXT_SIZE];
    buffer_append_string(&app->out, "# ");
    print_plain(&app->out, url, false);
    buffer_print(&app->out, ": a draft of %s, to be finished. It goes into your configuration.\n",
                 date_print_day(app->now_ms, day));
    buffer_append_string(&app->out, "sources:\n");
}

/* Sources by recipes: the first as it is, the others as alternatives. */
static void print_candidates(struct app *app, const struct candidates *candidates,
                             struct span url) {
    print_head(app, url);
    for (size_t i = 0; i < candidates->count; i++) {
        const struct candidate *one = &candidates->list[i];
        if (one->info->refused.size > 0) {
            buffer_print(&app->out, "  # The site's pages may not be polled: %.*s.\n",
                         SPAN_ARG(one->info->refused));
        } else {
            buffer_append_string(&app->out, i == 1 ? "  # Also possible:\n" : "");
            draft_print_source(&app->out, one, url, i > 0, app->arena);
        }
    }
    app_say(app, "try it: %.*s", SPAN_ARG(draft_trial(&candidates->list[0], app->arena)));
}

/* Further ways than the software's own: reviews, feed, sitemap, text. */
#define OTHER_WAYS 4

static void candidates_add(struct candidates *candidates, const char *recipe,
                           const struct finding *finding, struct arena *arena) {
    struct error error;
    struct candidate *one = &candidates->list[candidates->count];
    candidates->count +=
        finding != NULL && candidate_named(span_of(recipe), finding->url, arena, one, &error);
}

/* The recipes for what the site says it runs. */
static bool software_candidates(const struct scouting *scouting, struct candidates *all,
                                struct error *error) {
    struct arena *arena = scouting->app->arena;
    *all = (struct candidates){.list = ARENA_ARRAY(arena, struct candidate, OTHER_WAYS)};
    for (size_t i = 0; i < scouting->findings.count; i++) {
        const struct finding *finding = &scouting->findings.list[i];
        struct candidates known;
        if (finding->kind != FINDING_SOFTWARE) {
            continue;
        }
        if (!candidates_find(scouting->url, finding->title, arena, &known, error)) {
            return false;
        }
        size_t room = all->count + known.count + OTHER_WAYS;
        struct candidate *list = ARENA_ARRAY(arena, struct candidate, room);
        memcpy(list, all->list, all->count * sizeof *list);
        memcpy(list + all->count, known.list, known.count * sizeof *list);
        *all = (struct candidates){list, all->count + known.count};
    }
    return true;
}

/* What the site's software, its reviews and its feeds make possible, best first. */
static bool gather(const struct scouting *scouting, struct candidates *candidates,
                   struct error *error) {
    struct arena *arena = scouting->app->arena;
    const struct finding *reviews = find_first(scouting, FINDING_REVIEWS, true);
    const struct finding *sitemap = find_first(scouting, FINDING_SITEMAP, true);
    const struct finding *text = find_first(scouting, FINDING_TEXT, true);
    bool is_sitemap = sitemap != NULL && span_equal(sitemap->url, scouting->url);
    if (!software_candidates(scouting, candidates, error)) {
        return false;
    }
    candidates_add(candidates, "reviews-page", reviews, arena);
    candidates_add(candidates, "feed", find_first(scouting, FINDING_FEED, true), arena);
    candidates_add(candidates, "sitemap-reviews", reviews != NULL || is_sitemap ? sitemap : NULL,
                   arena);
    if (is_sitemap) {
        candidates_add(candidates, "sitemap-news", sitemap, arena);
    } else if (candidates->count == 0 && find_first(scouting, FINDING_BLOCKS, true) == NULL) {
        candidates_add(candidates, "page", text, arena);
    }
    return true;
}

static enum exit_code print_draft(struct scouting *scouting) {
    struct app *app = scouting->app;
    struct candidates candidates;
    struct error error;
    const struct finding *blocks = find_first(scouting, FINDING_BLOCKS, true);
    if (!gather(scouting, &candidates, &error)) {
        return app_fail_error(app, &error);
    }
    if (candidates.count > 0 && !app_given(app, "blocks")) {
        print_candidates(app, &candidates, scouting->url);
        return EXIT_CODE_OK;
    }
    if (blocks == NULL) {
        return app_fail(app, EXIT_CODE_FAILED,
                        "found no feed, no reviews and nothing that repeats at %.*s; a recipe of "
                        "your own can still read it: parsers/recipes/README.md",
                        SPAN_ARG(scouting->url));
    }
    draft_print_recipe(&app->out, blocks, app->arena);
    say_items(scouting, buffer_span(&app->out));
    app_say(app, "try it: save it as recipes/%.*s.yaml, then earshot source test %.*s --url '%.*s'",
            SPAN_ARG(draft_name(blocks->url, app->arena)),
            SPAN_ARG(draft_name(blocks->url, app->arena)), SPAN_ARG(scouting->url));
    return EXIT_CODE_OK;
}

/* An address that a recipe knows needs no look at the site; one that is refused must not have it. */
static bool known_address(struct app *app, struct span url, enum exit_code *code) {
    struct candidates candidates;
    struct error error;
    if (!candidates_find(url, SPAN(""), app->arena, &candidates, &error) ||
        (candidates.count > 0 && !refusals_allow(&(struct refusals){0}, candidates.list[0].info,
                                                 url, app->arena, &error))) {
        *code = app_fail_error(app, &error);
        return true;
    }
    if (candidates.count > 0) {
        print_candidates(app, &candidates, url);
        *code = EXIT_CODE_OK;
    }
    return candidates.count > 0;
}

enum exit_code command_source_new(struct app *app) {
    enum exit_code code = EXIT_CODE_OK;
    struct span url = url_resolve(app->words[0], SPAN(""), app->arena);
    struct scouting scouting = {.app = app, .url = url, .findings = {.arena = app->arena}};
    const char *file = app_value(app, "file");
    if (url.size == 0) {
        return app_fail(app, EXIT_CODE_USAGE, "\"%.*s\" is no web address: https://... is wanted",
                        SPAN_ARG(app->words[0]));
    }
    bool configured = app_given(app, "config");
    if (!configured) {
        config_default_path(app->arena, &configured);
    }
    if (configured && !app_load_config(app, &code)) {
        return code;
    }
    if (!app_given(app, "blocks") && known_address(app, url, &code)) {
        return code;
    }
    if (file != NULL) {
        scout_file(&scouting, file);
    } else {
        scout_wire(&scouting);
    }
    if (scouting.failed) {
        return app_fail_error(app, &scouting.error);
    }
    say_findings(&scouting);
    return print_draft(&scouting);
}
