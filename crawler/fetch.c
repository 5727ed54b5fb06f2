/* One fetch's life: judged at every hop, spaced by the governor, on the wire, judged again, told
 * once. The pump in crawler.c calls; every stage ends by returning to it. */
#include "base/date.h"
#include "base/url.h"
#include "crawler/engine.h"
#include "crawler/guard.h"
#include "crawler/rate.h"
#include "crawler/robots_cache.h"

#include <stdlib.h>

static int64_t fetch_now_ms(const struct fetch *fetch) {
    return clock_monotonic_ms(fetch->crawler->clock);
}

/* --- Ending ----------------------------------------------------------------------------------- */

/* Out of everything that could still call on it. */
static void fetch_withdraw(struct fetch *fetch) {
    struct crawler *crawler = fetch->crawler;
    list_take(&fetch->all);
    list_take(&fetch->ready);
    list_take(&fetch->robots);
    governor_leave(crawler->governor, &fetch->ticket);
    crawler->fetch_count -= fetch->is_robots ? 0 : 1;
    crawler_wake(crawler); /* someone may go in its place */
}

static void fetch_release(struct fetch *fetch) {
    transfer_free(fetch->transfer);
    visit_free(fetch->visit);
    arena_free(fetch->arena);
    free(fetch);
}

void fetch_free(struct fetch *fetch) {
    fetch_withdraw(fetch);
    fetch_release(fetch);
}

void fetch_cancel(struct fetch *fetch) {
    if (!fetch->over) {
        fetch_free(fetch);
    }
}

static void fetch_log(const struct fetch *fetch) {
    const struct fetch_result *result = &fetch->result;
    if (log_wants(fetch->crawler->log, LOG_DEBUG)) {
        log_debug(fetch->crawler->log, "fetched", LOG_TEXT("url", fetch->target.shown),
                  LOG_STRING("outcome", fetch_outcome_name(result->outcome)),
                  LOG_STRING("reason", fetch_reason_name(result->reason)),
                  LOG_INT("status", result->response.status),
                  LOG_INT("bytes", result->response.body.size), LOG_INT("hops", fetch->hops),
                  LOG_INT("queued_ms", result->queued_ms),
                  LOG_INT("transfer_ms", result->transfer_ms));
    }
}

static void fetch_finish(struct fetch *fetch, enum fetch_outcome outcome,
                         enum fetch_reason reason) {
    fetch->result.outcome = outcome;
    fetch->result.reason = reason;
    fetch->result.response.url = fetch->target.url;
    if (outcome != FETCH_OK && outcome != FETCH_NOT_MODIFIED) {
        fetch->result.etag = fetch->request.etag; /* nothing was learnt about the content */
        fetch->result.last_modified = fetch->request.last_modified;
    }
    fetch_log(fetch);
    fetch_withdraw(fetch);
    fetch->over = true;
    fetch->on_done(fetch->context, &fetch->result);
    fetch_release(fetch);
}

/* Ends it with an error in the fetch's own words. */
static void fetch_fail(struct fetch *fetch, enum fetch_outcome outcome, enum fetch_reason reason,
                       const char *why) {
    enum error_kind kind = reason == FETCH_REASON_LIMIT ? ERROR_LIMIT
                           : outcome == FETCH_REFUSED   ? ERROR_REFUSED
                                                        : ERROR_NETWORK;
    struct span shown = fetch->target.shown;
    error_set(&fetch->result.error, kind, "%.*s: %s", SPAN_ARG(shown), why);
    fetch->result.error.code = (int)fetch->result.response.status;
    fetch_finish(fetch, outcome, reason);
}

/* --- Hops: may it be asked at all? ------------------------------------------------------------ */

static bool port_is_refused(const struct fetch *fetch) {
    int port = fetch->target.port;
    if (fetch->target.mailbox) {
        return false; /* nobody but the user leads to one */
    }
    if (target_port_is_bad(port)) {
        return true;
    }
    bool usual = port == 80 || port == 443 || port == fetch->first.port;
    return !usual && !fetch->options.allow_private; /* only a redirect gets here */
}

static bool guard_refuses(const struct fetch *fetch) {
    return !fetch->options.allow_private &&
           guard_judge_host(fetch->target.host) == GUARD_HOST_REFUSED;
}

static void enter_governor(struct fetch *fetch, int64_t crawl_delay_ms) {
    const struct fetch_options *options = &fetch->options;
    int64_t spacing_ms = fetch->crawler->options.host_spacing_ms;
    if (options->spacing_ms < 0) {
        spacing_ms = 0;
    } else if (options->spacing_ms > spacing_ms) {
        spacing_ms = options->spacing_ms;
    }
    int64_t delay_ms = crawl_delay_ms < ROBOTS_DELAY_CAP_MS ? crawl_delay_ms : ROBOTS_DELAY_CAP_MS;
    spacing_ms = delay_ms > spacing_ms ? delay_ms : spacing_ms;
    struct span key = target_key(&fetch->target, fetch->arena);
    if (options->governor_key.size > 0 &&
        span_equal(key, target_key(&fetch->first, fetch->arena))) {
        key = options->governor_key;
    }
    bool looks_up = guard_judge_host(fetch->target.host) == GUARD_HOST_NAME;
    fetch->stage = FETCH_WAITING;
    governor_enter(fetch->crawler->governor, &fetch->ticket, key, spacing_ms, looks_up);
}

static void robots_unreachable(struct fetch *fetch, const struct robots_failure *failure) {
    struct error *error = &fetch->result.error;
    *error = failure->error;
    fetch->result.retry_after_ms = failure->retry_after_ms;
    if (failure->reason == FETCH_REASON_STATUS) {
        error_add_context(error, "not fetched, as robots.txt cannot be read (RFC 9309 2.3.1.4)");
        fetch_finish(fetch, FETCH_REFUSED, FETCH_REASON_ROBOTS);
    } else {
        fetch_finish(fetch, failure->outcome, failure->reason);
    }
}

/* True when robots.txt allows the hop; false when it waits or has ended. */
static bool pass_robots(struct fetch *fetch, int64_t *crawl_delay_ms) {
    struct crawler *crawler = fetch->crawler;
    if (!crawler->options.obey_robots || fetch->request.api || fetch->is_robots ||
        fetch->target.mailbox) {
        return true;
    }
    struct robots_view view = robots_cache_ask(crawler->robots, fetch);
    if (view.state == ROBOTS_PENDING) {
        return false;
    }
    if (view.state == ROBOTS_UNREACHABLE) {
        robots_unreachable(fetch, view.failure);
        return false;
    }
    unsigned line = 0;
    if (view.rules != NULL && !robots_permits(view.rules, fetch->target.path, &line)) {
        char why[64];
        snprintf(why, sizeof why, "line %u of its robots.txt forbids it", line);
        fetch_fail(fetch, FETCH_REFUSED, FETCH_REASON_ROBOTS, why);
        return false;
    }
    *crawl_delay_ms = view.rules == NULL ? 0 : robots_crawl_delay_ms(view.rules);
    return true;
}

static void fetch_judge_hop(struct fetch *fetch) {
    int64_t crawl_delay_ms = 0;
    if (port_is_refused(fetch)) {
        fetch_fail(fetch, FETCH_REFUSED, FETCH_REASON_GUARD, "its port is refused");
    } else if (guard_refuses(fetch)) {
        fetch_fail(fetch, FETCH_REFUSED, FETCH_REASON_GUARD,
                   "its address is not public; a source may set allow_private");
    } else if (pass_robots(fetch, &crawl_delay_ms)) {
        enter_governor(fetch, crawl_delay_ms);
    }
}

static bool method_is_known(struct span method) {
    return span_equal(method, SPAN("GET")) || span_equal(method, SPAN("HEAD")) ||
           span_equal(method, SPAN("POST"));
}

static bool request_is_valid(const struct web_request *request) {
    bool valid = method_is_known(request->method);
    for (size_t i = 0; i < request->header_count; i++) {
        valid = valid && transfer_header_is_valid(&request->headers[i]);
    }
    struct web_header etag = {SPAN("If-None-Match"), request->etag};
    struct web_header date = {SPAN("If-Modified-Since"), request->last_modified};
    return valid && transfer_header_is_valid(&etag) && transfer_header_is_valid(&date);
}

/* The first hop; later ones are parsed where the redirect is judged. */
static void fetch_begin(struct fetch *fetch) {
    fetch->method = fetch->request.method;
    fetch->body = fetch->request.body;
    fetch->posted = span_equal(fetch->method, SPAN("POST"));
    if (!target_parse(fetch->request.url, NULL, fetch->arena, &fetch->target,
                      &fetch->result.error)) {
        fetch_finish(fetch, FETCH_REFUSED, FETCH_REASON_LIMIT);
        return;
    }
    fetch->target.shown = fetch->options.hide_path ? fetch->target.origin : fetch->target.shown;
    fetch->first = fetch->target;
    if (fetch->target.mailbox &&
        !imap_place_parse(fetch->target.path, fetch->arena, &fetch->place, &fetch->result.error)) {
        error_add_context(&fetch->result.error, "%.*s", SPAN_ARG(fetch->target.shown));
        fetch_finish(fetch, FETCH_REFUSED, FETCH_REASON_LIMIT);
        return;
    }
    if (!request_is_valid(&fetch->request)) {
        fetch_fail(fetch, FETCH_REFUSED, FETCH_REASON_LIMIT,
                   "the request has another method than GET, HEAD and POST, or a broken header");
        return;
    }
    fetch_judge_hop(fetch);
}

/* --- On the wire ------------------------------------------------------------------------------ */

/* What may follow to another origin: nothing that could hold a key. */
static bool header_may_cross(struct span name) {
    static const char *const harmless[] = {"Accept", "Accept-Language", "User-Agent"};
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) {
        if (span_equal_nocase(name, span_of(harmless[i]))) {
            return true;
        }
    }
    return false;
}

static struct web_header *hop_headers(struct fetch *fetch, size_t *count) {
    const struct web_request *request = &fetch->request;
    struct web_header *headers =
        ARENA_ARRAY(fetch->arena, struct web_header, request->header_count + 2);
    *count = 0;
    for (size_t i = 0; i < request->header_count; i++) {
        struct span name = request->headers[i].name;
        bool about_body = span_starts_with_nocase(name, SPAN("Content-"));
        if ((!fetch->strange || header_may_cross(name)) && (!about_body || fetch->posted)) {
            headers[(*count)++] = request->headers[i];
        }
    }
    if (request->etag.size > 0) {
        headers[(*count)++] = (struct web_header){SPAN("If-None-Match"), request->etag};
    }
    if (request->last_modified.size > 0) {
        headers[(*count)++] =
            (struct web_header){SPAN("If-Modified-Since"), request->last_modified};
    }
    return headers;
}

static void on_settled(void *context) {
    struct fetch *fetch = context;
    if (!fetch->ticket.settled) {
        governor_settle(fetch->crawler->governor, &fetch->ticket);
        crawler_wake(fetch->crawler);
    }
}

static void on_transferred(void *context) {
    struct fetch *fetch = context;
    fetch->stage = FETCH_ANSWERED;
    fetch_wake(fetch);
}

void fetch_go(struct fetch *fetch) {
    struct crawler *crawler = fetch->crawler;
    int64_t now_ms = fetch_now_ms(fetch);
    fetch->result.queued_ms += now_ms - fetch->since_ms;
    fetch->since_ms = now_ms;
    fetch->stage = FETCH_ON_WIRE;
    size_t max_body = fetch->options.max_body;
    max_body = max_body > 0 ? max_body : crawler->options.max_body;
    struct transfer_request request = {
        .target = &fetch->target,
        .method = fetch->method,
        .body = fetch->body,
        .max_body = max_body < LIMIT_BODY ? max_body : LIMIT_BODY,
        .allow_private = fetch->options.allow_private,
        .insecure = fetch->options.insecure,
        .multiplex = fetch->request.api,
        .mailbox = fetch->target.mailbox,
    };
    request.headers = hop_headers(fetch, &request.header_count);
    struct transfer_events events = {on_settled, on_transferred, fetch};
    enum wire_kind kind = fetch->options.allow_private ? WIRE_PRIVATE : WIRE_PUBLIC;
    struct wire *wire = crawler->wires[kind];
    if (request.mailbox) {
        fetch->visit = visit_start(wire, &crawler->setup, &request, &fetch->place, &events);
    } else {
        fetch->transfer = transfer_start(wire, &crawler->setup, &request, &events);
    }
}

void fetch_put_off(struct fetch *fetch, int64_t wait_ms) {
    char length[DATE_TEXT_SIZE];
    char why[96];
    fetch->result.queued_ms += fetch_now_ms(fetch) - fetch->since_ms;
    fetch->result.retry_after_ms = wait_ms;
    snprintf(why, sizeof why, "not asked: its host wants no request for another %s",
             duration_print(wait_ms, length));
    fetch_fail(fetch, FETCH_RETRY_LATER, FETCH_REASON_RATE, why);
}

/* --- Answers ---------------------------------------------------------------------------------- */

static bool status_redirects(unsigned status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static struct span answer_header(const struct fetch *fetch, const char *name) {
    const struct web_response *response = &fetch->result.response;
    return web_header_find(response->headers, response->header_count, name);
}

/* The methods that browsers agree on: 303 always fetches; 301 and 302 turn a POST into a GET; 307
 * and 308 repeat the request, which we do not do across origins, as a body may hold a key. */
static bool redirect_method(struct fetch *fetch, unsigned status) {
    bool repeats = status == 307 || status == 308;
    if (fetch->posted && repeats) {
        return !fetch->strange;
    }
    if (fetch->posted) {
        fetch->method = SPAN("GET");
        fetch->body = (struct span){NULL, 0};
        fetch->posted = false;
    }
    return true;
}

static void fetch_redirect(struct fetch *fetch, struct span location) {
    struct target next;
    struct error error = {0};
    if (fetch->hops >= LIMIT_REDIRECTS) {
        fetch_fail(fetch, FETCH_FAILED, FETCH_REASON_REDIRECT, "it redirects more than 5 times");
        return;
    }
    if (!target_parse(location, &fetch->target, fetch->arena, &next, &error)) {
        fetch->result.error = error;
        error_add_context(&fetch->result.error, "%.*s: redirects to",
                          SPAN_ARG(fetch->target.shown));
        fetch_finish(fetch, FETCH_REFUSED, FETCH_REASON_REDIRECT);
        return;
    }
    fetch->strange = fetch->strange || !span_equal(next.origin, fetch->target.origin);
    if (!redirect_method(fetch, fetch->result.response.status)) {
        fetch_fail(fetch, FETCH_REFUSED, FETCH_REASON_REDIRECT,
                   "it redirects a POST to another origin");
        return;
    }
    transfer_free(fetch->transfer);
    fetch->transfer = NULL;
    fetch->result.response = (struct web_response){0};
    fetch->target = next;
    fetch->hops++;
    fetch->stage = FETCH_AT_HOP;
    fetch_judge_hop(fetch);
}

static void fetch_refuse_status(struct fetch *fetch, unsigned status) {
    char length[DATE_TEXT_SIZE];
    char why[96];
    int64_t wait_ms = fetch->result.retry_after_ms;
    snprintf(why, sizeof why, "HTTP %u%s%s", status, wait_ms > 0 ? ", not before " : "",
             wait_ms > 0 ? duration_print(wait_ms, length) : "");
    if (status == 404 || status == 410) {
        fetch_fail(fetch, FETCH_GONE, FETCH_REASON_STATUS, why);
    } else if (status == 429 || status == 503) {
        fetch_fail(fetch, FETCH_RETRY_LATER, FETCH_REASON_RATE, why);
    } else {
        fetch_fail(fetch, FETCH_FAILED, FETCH_REASON_STATUS, why);
    }
}

/* One that could not be sent back would end every later fetch; one that long, most. */
static struct span validator(const struct fetch *fetch, const char *name) {
    struct web_header header = {span_of(name), answer_header(fetch, name)};
    bool usable = transfer_header_is_valid(&header) && header.value.size <= LIMIT_FIELD;
    return usable ? header.value : (struct span){NULL, 0};
}

/* The new validators, or where a 304 repeats none the ones that were sent. */
static void keep_validators(struct fetch *fetch, bool not_modified) {
    struct fetch_result *result = &fetch->result;
    result->etag = validator(fetch, "ETag");
    result->last_modified = validator(fetch, "Last-Modified");
    if (not_modified && result->etag.size == 0) {
        result->etag = fetch->request.etag;
    }
    if (not_modified && result->last_modified.size == 0) {
        result->last_modified = fetch->request.last_modified;
    }
    int64_t wall_ms = clock_wall_ms(fetch->crawler->clock);
    result->fresh_ms =
        rate_fresh_ms(result->response.headers, result->response.header_count, wall_ms);
}

static void fetch_judge_status(struct fetch *fetch) {
    unsigned status = fetch->result.response.status;
    struct span location = answer_header(fetch, "Location");
    bool conditional = fetch->request.etag.size > 0 || fetch->request.last_modified.size > 0;
    if (status_redirects(status) && location.size > 0 && !fetch->options.stay) {
        fetch_redirect(fetch, location);
    } else if (status == 304 && conditional) {
        keep_validators(fetch, true);
        fetch_finish(fetch, FETCH_NOT_MODIFIED, FETCH_REASON_NONE);
    } else if (status >= 200 && status < 300 && status != 206) {
        keep_validators(fetch, false);
        fetch_finish(fetch, FETCH_OK, FETCH_REASON_NONE);
    } else {
        fetch_refuse_status(fetch, status);
    }
}

static void fetch_judge_answer(struct fetch *fetch) {
    struct fetch_result *result = &fetch->result;
    const struct transfer_answer *answer =
        fetch->visit != NULL ? visit_answer(fetch->visit) : transfer_answer(fetch->transfer);
    int64_t now_ms = fetch_now_ms(fetch);
    result->transfer_ms += now_ms - fetch->since_ms;
    fetch->since_ms = now_ms;
    result->response = (struct web_response){
        .status = answer->status,
        .headers = answer->headers,
        .header_count = answer->header_count,
        .body = answer->body,
    };
    struct governor *governor = fetch->crawler->governor;
    result->retry_after_ms = governor_hear(governor, &fetch->ticket, answer->status,
                                           answer->headers, answer->header_count);
    governor_leave(governor, &fetch->ticket);
    /* A body that breaks off matters where the body is what was asked for. */
    if (answer->reason == FETCH_REASON_NONE || answer->status >= 300) {
        fetch_judge_status(fetch);
        return;
    }
    bool refused = answer->reason == FETCH_REASON_LIMIT || answer->reason == FETCH_REASON_GUARD;
    result->error = answer->error;
    error_add_context(&result->error, "%.*s", SPAN_ARG(fetch->target.shown));
    fetch_finish(fetch, refused ? FETCH_REFUSED : FETCH_FAILED, answer->reason);
}

/* --- Starting --------------------------------------------------------------------------------- */

void fetch_wake(struct fetch *fetch) {
    list_append(&fetch->crawler->ready, &fetch->ready);
    crawler_wake(fetch->crawler);
}

void fetch_advance(struct fetch *fetch) {
    if (fetch->stage == FETCH_ANSWERED) {
        fetch_judge_answer(fetch);
    } else if (fetch->target.url.size == 0) {
        fetch_begin(fetch);
    } else {
        fetch_judge_hop(fetch);
    }
}

static void copy_request(struct fetch *fetch, const struct web_request *request) {
    struct arena *arena = fetch->arena;
    struct web_request *own = &fetch->request;
    *own = *request;
    own->method = request->method.size > 0 ? arena_copy(arena, request->method) : SPAN("GET");
    own->url = arena_copy(arena, request->url);
    own->body = arena_copy(arena, request->body);
    own->etag = arena_copy(arena, request->etag);
    own->last_modified = arena_copy(arena, request->last_modified);
    struct web_header *headers = ARENA_ARRAY(arena, struct web_header, request->header_count);
    for (size_t i = 0; i < request->header_count; i++) {
        headers[i].name = arena_copy(arena, request->headers[i].name);
        headers[i].value = arena_copy(arena, request->headers[i].value);
    }
    own->headers = headers;
}

struct fetch *fetch_start(struct crawler *crawler, const struct web_request *request,
                          const struct fetch_options *options, fetch_callback *on_done,
                          void *context) {
    struct fetch *fetch = NEW(struct fetch);
    *fetch = (struct fetch){
        .crawler = crawler,
        .arena = arena_create(),
        .options = *options,
        .on_done = on_done,
        .context = context,
    };
    list_init(&fetch->all);
    list_init(&fetch->ready);
    list_init(&fetch->robots);
    governor_prepare(&fetch->ticket);
    copy_request(fetch, request);
    fetch->options.governor_key = arena_copy(fetch->arena, options->governor_key);
    fetch->since_ms = fetch_now_ms(fetch);
    list_append(&crawler->fetches, &fetch->all);
    fetch_wake(fetch);
    return fetch;
}

struct fetch *crawler_fetch(struct crawler *crawler, const struct web_request *request,
                            const struct fetch_options *options, fetch_callback *on_done,
                            void *context) {
    crawler->fetch_count++;
    return fetch_start(crawler, request, options, on_done, context);
}
