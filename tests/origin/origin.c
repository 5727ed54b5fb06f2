#include "tests/origin/origin.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/print.h"
#include "tests/origin/gzip.h"
#include "tests/origin/json.h"
#include "tests/origin/request.h"
#include "tests/origin/state.h"

#include <inttypes.h>
#include <stdlib.h>

/* --- Time ------------------------------------------------------------------------------------- */

int64_t origin_monotonic_ms(const struct origin *origin) {
    (void)origin;
    return clock_monotonic_ms(&system_clock);
}

int64_t origin_now_ms(const struct origin *origin) {
    double passed = (double)(origin_monotonic_ms(origin) - origin->started_ms);
    return origin->start_now_ms + (int64_t)(passed * origin->options.speed);
}

/* What was asked to wait until later waits less by the time that is jumped over. */
void origin_set_now(struct origin *origin, int64_t now_ms) {
    int64_t jump_ms = now_ms - origin_now_ms(origin);
    if (jump_ms > 0) {
        origin->stack.backoff_until_ms -= jump_ms;
        origin->mastodon.window_end_ms -= jump_ms;
        for (size_t i = 0; i < origin->faults.count; i++) {
            origin->faults.list[i].quiet_until_ms -= jump_ms;
        }
    }
    origin->started_ms = origin_monotonic_ms(origin);
    origin->start_now_ms = now_ms;
}

/* --- Routes ----------------------------------------------------------------------------------- */

void reply_not_found(struct http_reply *reply) {
    reply->status = 404;
    reply->type = "text/plain; charset=utf-8";
    buffer_append_string(&reply->body, "not found\n");
}

void reply_json(struct http_reply *reply) {
    reply->type = "application/json; charset=utf-8";
}

static answer robots_answer, sitemap_answer, index_answer;

static const struct route {
    const char *prefix; /* of the path; it is taken off */
    const char *host;   /* for this Host the prefix may be left out; NULL: never */
    answer *answer;
} routes[] = {
    {"/hn", "hn.algolia.com", hn_answer},
    {"/mastodon", "social.example", mastodon_answer},
    {"/stackexchange", "api.stackexchange.com", stack_answer},
    {"/appstore", "itunes.apple.com", appstore_answer},
    {"/steam", "store.steampowered.com", steam_answer},
    {"/shop", "shop.example", shop_answer},
    {"/bazaar", "bazar.example", bazaar_answer},
    {"/club", NULL, club_answer},
    {"/feeds", NULL, feeds_answer},
    {"/hooks", NULL, hooks_answer},
    {"/control", NULL, control_answer},
    {"/robots.txt", NULL, robots_answer},
    {"/sitemap.xml", NULL, sitemap_answer},
};
#define ROUTE_COUNT (sizeof routes / sizeof routes[0])

static void robots_answer(struct origin *origin, const struct http_request *request,
                          struct http_reply *reply) {
    reply->type = "text/plain; charset=utf-8";
    buffer_append_string(&reply->body, "# What robots may read here\n"
                                       "User-agent: *\n"
                                       "Disallow: /shop/basket\n"
                                       "Disallow: /bazaar/cesta\n"
                                       "Disallow: /*?sort=\n"
                                       "Allow: /\n");
    if (origin->options.crawl_delay > 0) {
        buffer_print(&reply->body, "Crawl-delay: %" PRId64 "\n", origin->options.crawl_delay);
    }
    buffer_print(&reply->body,
                 "\nUser-agent: greedybot\nDisallow: /\n\nSitemap: http://%.*s/sitemap.xml\n",
                 SPAN_ARG(request->host));
}

static void sitemap_answer(struct origin *origin, const struct http_request *request,
                           struct http_reply *reply) {
    char day[DATE_TEXT_SIZE];
    date_print_day(origin_now_ms(origin), day);
    reply->type = "application/xml";
    buffer_append_string(&reply->body,
                         "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                         "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    for (size_t i = 0; i < 2 * WORLD_BRANDS; i++) {
        struct span tag = world_tag(origin->world, i / 2, request->arena);
        buffer_print(
            &reply->body,
            "<url><loc>http://%.*s/%s/p/%.*s-controller</loc><lastmod>%s</lastmod></url>\n",
            SPAN_ARG(request->host), i % 2 == 0 ? "shop" : "bazaar", SPAN_ARG(tag), day);
    }
    buffer_append_string(&reply->body, "</urlset>\n");
}

static void index_answer(struct origin *origin, const struct http_request *request,
                         struct http_reply *reply) {
    (void)request;
    reply->type = "text/plain; charset=utf-8";
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        buffer_print(&reply->body, "%s\n", routes[i].prefix);
    }
    for (size_t i = 0; i < site_count; i++) {
        if (site_is_feed(&sites[i])) {
            buffer_print(&reply->body, "%s\t%s\t%s\n", sites[i].path, sites[i].title,
                         sites[i].languages[0].code);
        }
    }
    buffer_print(&reply->body, "%zu posts\n", origin->world->count);
}

/* Whether `path` lies below `prefix`: "/hn" holds "/hn" and "/hn/x", not "/hnx". */
static bool path_below(struct span path, struct span prefix) {
    return span_starts_with(path, prefix) &&
           (path.size == prefix.size || path.data[prefix.size] == '/');
}

/* The route of a request; the path gets the prefix that its Host stands for. */
static const struct route *route_find(struct http_request *request) {
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        if (path_below(request->path, span_of(routes[i].prefix))) {
            return &routes[i];
        }
    }
    struct span host = span_first(request->host, span_find_byte(request->host, ':'));
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        if (routes[i].host != NULL && span_equal_nocase(host, span_of(routes[i].host))) {
            request->path =
                arena_print(request->arena, "%s%.*s", routes[i].prefix, SPAN_ARG(request->path));
            return &routes[i];
        }
    }
    return NULL;
}

/* --- Finishing an answer ---------------------------------------------------------------------- */

static bool accepts_gzip(const struct http_request *request) {
    struct span accepted = http_header(request, "Accept-Encoding");
    return span_find_nocase(accepted, SPAN("gzip")) != SPAN_NOT_FOUND;
}

static void compress(struct http_reply *reply) {
    struct buffer packed;
    buffer_init(&packed, LIMIT_DOCUMENT);
    gzip_compress(&packed, buffer_span(&reply->body));
    buffer_done(&reply->body);
    reply->body = packed;
    reply->compressed = true;
    buffer_append_string(&reply->headers, "Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n");
}

/* The newest post at the time of the answer: what it was made from cannot be younger. */
static int64_t last_modified_ms(const struct origin *origin) {
    int64_t now_ms = origin_now_ms(origin);
    for (size_t i = origin->world->count; i-- > 0;) {
        if (origin->world->posts[i].published_ms <= now_ms) {
            return origin->world->posts[i].published_ms;
        }
    }
    return now_ms;
}

static struct span http_date(struct arena *arena, int64_t ms) {
    char moment[DATE_TEXT_SIZE];
    struct span date = span_of(date_print_rfc5322(ms, moment));
    return arena_print(arena, "%.*s GMT", SPAN_ARG(span_first(date, span_find(date, SPAN(" +")))));
}

/* ETag of what is said, Last-Modified, and 304 for who has it already. RFC 9110 13.2.2: a given
 * If-None-Match decides alone. */
static void validate(const struct origin *origin, const struct http_request *request,
                     struct http_reply *reply) {
    struct span etag =
        arena_print(request->arena, "\"%016" PRIx64 "%s\"", hash_bytes(buffer_span(&reply->body)),
                    accepts_gzip(request) ? "-gzip" : "");
    struct span modified = http_date(request->arena, last_modified_ms(origin));
    buffer_print(&reply->headers, "ETag: %.*s\r\nLast-Modified: %.*s\r\n", SPAN_ARG(etag),
                 SPAN_ARG(modified));
    struct span known = http_header(request, "If-None-Match");
    bool same = span_is_empty(known)
                    ? span_equal(http_header(request, "If-Modified-Since"), modified)
                    : span_find(known, etag) != SPAN_NOT_FOUND;
    if (same) {
        reply->status = 304;
        reply->type = NULL;
        buffer_clear(&reply->body);
    }
}

/* A page that a reader may keep: feeds and pages of shops, not the answers of searches. */
static bool is_document(const struct route *route) {
    return route != NULL && (route->answer == feeds_answer || route->answer == shop_answer ||
                             route->answer == bazaar_answer || route->answer == robots_answer ||
                             route->answer == sitemap_answer || route->answer == appstore_answer);
}

static void finish(const struct origin *origin, const struct http_request *request,
                   const struct route *route, struct http_reply *reply) {
    if (reply->status == 200 && is_document(route)) {
        validate(origin, request, reply);
    }
    /* Stack Exchange compresses whether asked to or not. */
    bool wanted = accepts_gzip(request) || (route != NULL && route->answer == stack_answer);
    if (reply->body.size > 200 && !reply->compressed && wanted) {
        compress(reply);
    }
}

/* Whether a fault's Retry-After is still running for this request: then it came too early. */
static bool came_too_early(const struct origin *origin, const struct http_request *request) {
    int64_t now_ms = origin_monotonic_ms(origin);
    for (size_t i = 0; i < origin->faults.count; i++) {
        const struct fault *fault = &origin->faults.list[i];
        if (now_ms < fault->quiet_until_ms && span_starts_with(request->path, fault->prefix)) {
            return true;
        }
    }
    return false;
}

static void log_request(struct origin *origin, const struct http_request *request,
                        const struct http_reply *reply, const struct fault *fault) {
    struct buffer *log = &origin->log;
    char moment[DATE_TEXT_SIZE];
    json_open(log, NULL, '{');
    json_number(log, "n", origin->requests);
    json_number(log, "ms", origin_monotonic_ms(origin) - origin->born_ms);
    json_string(log, "time", date_print(clock_wall_ms(&system_clock), moment));
    json_text(log, "method", request->method);
    json_text(log, "host", request->host);
    json_text(log, "path", request->path);
    json_text(log, "query", request->query);
    json_number(log, "status", reply->reset || reply->stall ? 0 : reply->status);
    json_number(log, "bytes", (int64_t)reply->body.size);
    json_text(log, "user_agent", http_header(request, "User-Agent"));
    json_text(log, "accept_encoding", http_header(request, "Accept-Encoding"));
    json_text(log, "if_none_match", http_header(request, "If-None-Match"));
    json_text(log, "if_modified_since", http_header(request, "If-Modified-Since"));
    json_bool(log, "authorized", !span_is_empty(http_header(request, "Authorization")));
    json_text(log, "fault", fault == NULL ? SPAN("") : fault->spec);
    json_close(log, '}');
    log->data[log->size - 1] = '\n';
}

static void give_content(struct origin *origin, const struct http_request *request,
                         const struct route *route, struct http_reply *reply) {
    struct http_request inner = *request;
    inner.path = span_from(request->path, route == NULL ? 0 : strlen(route->prefix));
    buffer_print(&reply->headers, "Date: %.*s\r\n",
                 SPAN_ARG(http_date(request->arena, origin_now_ms(origin))));
    if (route != NULL) {
        route->answer(origin, &inner, reply);
    } else if (span_equal(request->path, SPAN("/"))) {
        index_answer(origin, &inner, reply);
    } else {
        files_answer(origin, &inner, reply);
    }
    if (reply->body.overflowed) {
        reply->status = 500;
        reply->type = "text/plain";
        buffer_clear(&reply->body);
        buffer_append_string(&reply->body, "more than one document holds\n");
    }
}

/* Content, fault in the content or finish, fault in the delivery. */
static void give_spoilt(struct origin *origin, const struct http_request *request,
                        const struct route *route, struct http_reply *reply) {
    origin->requests++;
    origin->violations += came_too_early(origin, request) ? 1 : 0;
    struct fault *fault = faults_choose(&origin->faults, request);
    give_content(origin, request, route, reply);
    if (fault == NULL) {
        finish(origin, request, route, reply);
    } else {
        fault->date_ms = origin_now_ms(origin);
        fault->quiet_until_ms = origin_monotonic_ms(origin) + fault->retry * SECOND_MS;
        if (fault->kind->late) {
            finish(origin, request, route, reply);
        }
        fault->kind->apply(fault, request, reply);
    }
    /* A full log keeps its beginning; the count of requests goes on. */
    if (origin->log.size + REQUEST_CEILING < LIMIT_DOCUMENT) {
        log_request(origin, request, reply, fault);
    }
}

static void answer_request(void *context, const struct http_request *asked,
                           struct http_reply *reply) {
    struct origin *origin = context;
    struct http_request request = *asked;
    const struct route *route = route_find(&request);
    if (route != NULL && route->answer == control_answer) {
        give_content(origin, &request, route, reply);
        finish(origin, &request, route, reply);
    } else {
        give_spoilt(origin, &request, route, reply);
    }
}

/* --- Life ------------------------------------------------------------------------------------- */

bool origin_start(uv_loop_t *loop, const struct origin_options *options, struct origin **origin,
                  struct error *error) {
    struct origin *made = NEW(struct origin);
    made->options = *options;
    made->world = world_create(&options->world);
    faults_init(&made->faults);
    buffer_init(&made->log, LIMIT_DOCUMENT);
    buffer_init(&made->hooks, LIMIT_DOCUMENT);
    made->born_ms = origin_monotonic_ms(made);
    origin_set_now(made, options->world.now_ms);
    if (!http_start(loop, options->port, answer_request, made, &made->server, error)) {
        origin_close(made);
        return false;
    }
    *origin = made;
    return true;
}

int origin_port(const struct origin *origin) {
    return http_port(origin->server);
}

const struct world *origin_world(const struct origin *origin) {
    return origin->world;
}

struct faults *origin_faults(struct origin *origin) {
    return &origin->faults;
}

void origin_close(struct origin *origin) {
    if (origin == NULL) {
        return;
    }
    http_close(origin->server);
    faults_done(&origin->faults);
    buffer_done(&origin->log);
    buffer_done(&origin->hooks);
    world_free(origin->world);
    free(origin);
}
