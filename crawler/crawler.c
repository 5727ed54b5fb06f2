#include "crawler/crawler.h"

#include "crawler/engine.h"
#include "crawler/mail.h"
#include "crawler/robots_cache.h"

#include <stdlib.h>

const struct crawler_options crawler_defaults = {
    .user_agent = {"earshot/0.1", sizeof "earshot/0.1" - 1},
    .timeout_ms = 30 * 1000,
    .connect_timeout_ms = 10 * 1000,
    .host_spacing_ms = 1000,
    .max_body = 10 * MIB,
    .concurrency = 64,
    .host_concurrency = 2,
    .obey_robots = true,
};

static const char *const outcome_names[] = {
    [FETCH_OK] = "ok",           [FETCH_NOT_MODIFIED] = "not_modified",
    [FETCH_GONE] = "gone",       [FETCH_RETRY_LATER] = "retry_later",
    [FETCH_REFUSED] = "refused", [FETCH_FAILED] = "failed",
};

const char *fetch_outcome_name(enum fetch_outcome outcome) {
    return outcome_names[outcome];
}

static const char *const reason_names[] = {
    [FETCH_REASON_NONE] = "none",       [FETCH_REASON_DNS] = "dns",
    [FETCH_REASON_CONNECT] = "connect", [FETCH_REASON_TLS] = "tls",
    [FETCH_REASON_TIMEOUT] = "timeout", [FETCH_REASON_STATUS] = "status",
    [FETCH_REASON_ROBOTS] = "robots",   [FETCH_REASON_GUARD] = "guard",
    [FETCH_REASON_LIMIT] = "limit",     [FETCH_REASON_REDIRECT] = "redirect",
    [FETCH_REASON_BODY] = "body",       [FETCH_REASON_RATE] = "rate",
};

const char *fetch_reason_name(enum fetch_reason reason) {
    return reason_names[reason];
}

/* --- The pump --------------------------------------------------------------------------------- */

/* Everything that may have to act does so from here: on the loop, outside of libcurl, and one at a
 * time, so that a callback may start, cancel or close what it likes. */
static void pump_ready(struct crawler *crawler) {
    while (!crawler->closing && !list_is_empty(&crawler->ready)) {
        struct fetch *fetch = LIST_MEMBER(crawler->ready.next, struct fetch, ready);
        list_take(&fetch->ready);
        fetch_advance(fetch);
    }
}

/* False when the governor has nothing for now; `*wait_ms` until it will, -1: not by waiting. */
static bool pump_governor(struct crawler *crawler, int64_t *wait_ms) {
    struct governor_ticket *ticket = NULL;
    enum governor_verdict verdict = governor_next(crawler->governor, &ticket, wait_ms);
    if (verdict == GOVERNOR_WAIT) {
        return false;
    }
    struct fetch *fetch = LIST_MEMBER(ticket, struct fetch, ticket);
    if (verdict == GOVERNOR_GO) {
        fetch_go(fetch);
    } else {
        fetch_put_off(fetch, *wait_ms);
    }
    return true;
}

static void on_pump(uv_timer_t *timer) {
    struct crawler *crawler = timer->data;
    int64_t wait_ms = -1;
    do {
        pump_ready(crawler);
    } while (!crawler->closing && pump_governor(crawler, &wait_ms));
    if (!crawler->closing && wait_ms >= 0) {
        uv_timer_start(&crawler->pump, on_pump, (uint64_t)wait_ms, 0);
    }
}

void crawler_wake(struct crawler *crawler) {
    if (!crawler->closing) {
        uv_timer_start(&crawler->pump, on_pump, 0, 0);
    }
}

/* --- Life ------------------------------------------------------------------------------------- */

static struct span agent_token(struct span user_agent) {
    size_t size = 0;
    while (size < user_agent.size &&
           (byte_is_alpha(user_agent.data[size]) || user_agent.data[size] == '-' ||
            user_agent.data[size] == '_')) {
        size++;
    }
    return span_first(user_agent, size);
}

static void copy_options(struct crawler *crawler, const struct crawler_options *options) {
    struct arena *arena = crawler->arena;
    struct crawler_options *own = &crawler->options;
    *own = *options;
    own->user_agent = arena_copy(arena, options->user_agent);
    own->proxy = arena_copy(arena, options->proxy);
    own->ca_file = arena_copy(arena, options->ca_file);
    crawler->trust = trust_open(own->ca_file);
    own->concurrency = options->concurrency > 0 ? options->concurrency : 1;
    own->host_concurrency = options->host_concurrency > 0 ? options->host_concurrency : 1;
    crawler->setup = (struct transfer_setup){
        .user_agent = own->user_agent.data,
        .proxy = own->proxy.data,
        .ca_file = trust_path(crawler->trust),
        .timeout_ms = own->timeout_ms,
        .connect_timeout_ms = own->connect_timeout_ms,
    };
    crawler->agent = agent_token(own->user_agent);
}

struct crawler *crawler_create(uv_loop_t *loop, const struct crawler_options *options,
                               const struct clock *clock, struct log *log) {
    struct crawler *crawler = NEW(struct crawler);
    *crawler = (struct crawler){
        .loop = loop, .clock = clock, .log = log, .arena = arena_create(), .open_parts = 1};
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || uv_timer_init(loop, &crawler->pump)) {
        fatal("libcurl or libuv could not be started");
    }
    crawler->pump.data = crawler;
    copy_options(crawler, options);
    list_init(&crawler->fetches);
    list_init(&crawler->ready);
    struct governor_options limits = {.concurrency = crawler->options.concurrency,
                                      .key_concurrency = crawler->options.host_concurrency};
    crawler->governor = governor_create(&limits, clock);
    crawler->robots = robots_cache_create(crawler);
    crawler->mailer = mailer_create(loop);
    crawler->open_parts++;
    for (size_t i = 0; i < WIRE_COUNT; i++) {
        crawler->wires[i] = wire_create(loop, crawler->options.concurrency);
        crawler->open_parts++;
    }
    return crawler;
}

static void on_part_closed(void *context) {
    struct crawler *crawler = context;
    if (--crawler->open_parts > 0) {
        return;
    }
    void (*on_closed)(void *) = crawler->on_closed;
    void *closed_context = crawler->closed_context;
    trust_close(crawler->trust);
    arena_free(crawler->arena);
    free(crawler);
    curl_global_cleanup();
    on_closed(closed_context);
}

static void on_pump_closed(uv_handle_t *handle) {
    on_part_closed(handle->data);
}

void crawler_close(struct crawler *crawler, void (*on_closed)(void *context), void *context) {
    crawler->closing = true;
    crawler->on_closed = on_closed;
    crawler->closed_context = context;
    while (!list_is_empty(&crawler->fetches)) {
        fetch_free(LIST_MEMBER(crawler->fetches.next, struct fetch, all));
    }
    robots_cache_free(crawler->robots);
    governor_free(crawler->governor);
    for (size_t i = 0; i < WIRE_COUNT; i++) {
        wire_close(crawler->wires[i], on_part_closed, crawler);
    }
    mailer_close(crawler->mailer, on_part_closed, crawler);
    uv_close((uv_handle_t *)&crawler->pump, on_pump_closed);
}

void crawler_hold(struct crawler *crawler, struct span key, int64_t wait_ms) {
    struct arena *arena = arena_create();
    struct target target;
    if (target_parse(key, NULL, arena, &target, NULL)) {
        key = target_key(&target, arena);
    }
    governor_close_key(crawler->governor, key, wait_ms);
    crawler_wake(crawler); /* who waits for it is told */
    arena_free(arena);
}

size_t crawler_in_flight(const struct crawler *crawler) {
    return crawler->fetch_count + mailer_waiting(crawler->mailer);
}
