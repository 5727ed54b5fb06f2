/* One crawler on a loop of its own, and what its fetches came to. */
#ifndef TESTS_UNIT_CRAWLER_CLIENT_H
#define TESTS_UNIT_CRAWLER_CLIENT_H

#include "base/arena.h"
#include "crawler/crawler.h"
#include "tests/unit/crawler/server.h"

struct answer {
    bool done;
    int times;
    enum fetch_outcome outcome;
    enum fetch_reason reason;
    unsigned status;
    size_t header_count;
    struct span url;
    struct span body;
    struct span etag;
    struct span last_modified;
    struct span content_type;
    int64_t retry_after_ms;
    int64_t fresh_ms;
    int64_t queued_ms;
    struct error error;
    struct arena *arena;
};

struct client {
    uv_loop_t loop;
    struct arena *arena;
    struct crawler *crawler;
    struct web_peer server;
    struct fetch_options options;
    FILE *log_file; /* all that was logged */
    struct log *log;
    bool closed;
};

static inline struct crawler_options client_options(void) {
    struct crawler_options options = crawler_defaults;
    options.user_agent = SPAN("earshot-test/1.0 (+https://example.com/bot)");
    options.host_spacing_ms = 0;
    options.host_concurrency = 16;
    options.obey_robots = false;
    options.timeout_ms = 5000;
    options.connect_timeout_ms = 2000;
    return options;
}

static inline void client_open_at(struct client *client, const struct web_peer_route *routes,
                                  const struct crawler_options *options,
                                  const struct clock *clock) {
    *client = (struct client){.options = {.allow_private = true}};
    signal(SIGPIPE, SIG_IGN);
    web_peer_start(&client->server, routes);
    uv_loop_init(&client->loop);
    client->arena = arena_create();
    client->log_file = tmpfile();
    client->log = log_create(client->log_file, LOG_LOGFMT, LOG_DEBUG, clock);
    client->crawler = crawler_create(&client->loop, options, clock, client->log);
}

static inline void client_open_with(struct client *client, const struct web_peer_route *routes,
                                    const struct crawler_options *options) {
    client_open_at(client, routes, options, &system_clock);
}

static inline void client_open(struct client *client, const struct web_peer_route *routes) {
    struct crawler_options options = client_options();
    client_open_with(client, routes, &options);
}

static inline void client_free(struct client *client) {
    web_peer_stop(&client->server);
    arena_free(client->arena);
    log_free(client->log);
    fclose(client->log_file);
}

/* Whether a line of the log holds this. */
static inline bool client_has_logged(struct client *client, const char *text) {
    char line[4096];
    bool found = false;
    rewind(client->log_file);
    while (fgets(line, sizeof line, client->log_file) != NULL) {
        found = found || strstr(line, text) != NULL;
    }
    return found;
}

static inline void client_on_closed(void *context) {
    *(bool *)context = true;
}

/* Closes the crawler; the loop must come to an end by itself. */
static inline void client_close(struct client *client) {
    crawler_close(client->crawler, client_on_closed, &client->closed);
    assert_int_equal(uv_run(&client->loop, UV_RUN_DEFAULT), 0);
    assert_true(client->closed);
    assert_int_equal(uv_loop_close(&client->loop), 0);
    client_free(client);
}

static inline void client_end_loop(uv_timer_t *timer) {
    uv_close((uv_handle_t *)timer, NULL);
    uv_stop(timer->loop);
}

/* Lets the loop run for a while. */
static inline void client_run_for(struct client *client, uint64_t ms) {
    uv_timer_t timer;
    uv_timer_init(&client->loop, &timer);
    uv_timer_start(&timer, client_end_loop, ms, 0);
    uv_run(&client->loop, UV_RUN_DEFAULT);
    uv_run(&client->loop, UV_RUN_NOWAIT);
}

static inline struct span client_url(struct client *client, const char *path) {
    return arena_print(client->arena, "http://127.0.0.1:%d%s", client->server.port, path);
}

static inline void answer_keep(void *context, const struct fetch_result *result) {
    struct answer *answer = context;
    struct arena *arena = answer->arena;
    *answer = (struct answer){
        .done = true,
        .times = answer->times + 1,
        .arena = arena,
        .outcome = result->outcome,
        .reason = result->reason,
        .status = result->response.status,
        .header_count = result->response.header_count,
        .url = arena_copy(arena, result->response.url),
        .body = arena_copy(arena, result->response.body),
        .etag = arena_copy(arena, result->etag),
        .last_modified = arena_copy(arena, result->last_modified),
        .content_type =
            arena_copy(arena, web_header_find(result->response.headers,
                                              result->response.header_count, "content-type")),
        .retry_after_ms = result->retry_after_ms,
        .fresh_ms = result->fresh_ms,
        .queued_ms = result->queued_ms,
        .error = result->error,
    };
}

static inline struct fetch *client_start(struct client *client, const struct web_request *request,
                                         struct answer *answer) {
    *answer = (struct answer){.arena = client->arena};
    return crawler_fetch(client->crawler, request, &client->options, answer_keep, answer);
}

/* One fetch to its end; the loop has nothing left to do then. */
static inline struct answer client_ask(struct client *client, const struct web_request *request) {
    struct answer answer;
    client_start(client, request, &answer);
    assert_false(answer.done);
    uv_run(&client->loop, UV_RUN_DEFAULT);
    assert_int_equal(answer.times, 1);
    assert_int_equal(crawler_in_flight(client->crawler), 0);
    return answer;
}

static inline struct answer client_get(struct client *client, const char *path) {
    struct web_request request = {.url = client_url(client, path)};
    return client_ask(client, &request);
}

#define assert_outcome(given, expected, why)                                                       \
    do {                                                                                           \
        struct answer answer_ = (given);                                                           \
        if (answer_.outcome != (expected) || answer_.reason != (why)) {                            \
            fail_msg("%s/%s, not %s/%s: %s", fetch_outcome_name(answer_.outcome),                  \
                     fetch_reason_name(answer_.reason), fetch_outcome_name(expected),              \
                     fetch_reason_name(why), answer_.error.message);                               \
        }                                                                                          \
    } while (0)

#endif
