#include "report/routes.h"

#include "base/hash.h"
#include "base/json_writer.h"
#include "base/print.h"
#include "report/feed.h"
#include "report/html.h"
#include "report/mute.h"

#include <inttypes.h>
#include <stdio.h>

#define PAGE_PERIOD_MS (30 * DAY_MS)

/* Sources that were silent for so long make the service not ready. */
#define READY_MS (6 * HOUR_MS)

void route_problem(struct route_answer *answer, unsigned status, const char *title) {
    route_problem_detail(answer, status, title, (struct span){NULL, 0});
}

void route_problem_detail(struct route_answer *answer, unsigned status, const char *title,
                          struct span detail) {
    buffer_clear(&answer->body);
    answer->status = status;
    answer->type = "application/problem+json";
    answer->etag[0] = '\0';
    struct json_writer json = json_writer_make(&answer->body, false);
    json_object_begin(&json, NULL);
    json_put_string(&json, "type", "about:blank");
    json_put_string(&json, "title", title);
    json_put_count(&json, "status", status);
    if (detail.size > 0) {
        json_put_text(&json, "detail", detail);
    }
    json_object_end(&json);
    buffer_append_byte(&answer->body, '\n');
}

/* The answer is the same as long as the store, the question and `salt` (the hour, where the answer
 * depends on the time) are. True when the reader has it already. */
static bool answer_is_known(const struct route_request *request, struct route_answer *answer,
                            uint64_t snapshot, int64_t salt) {
    uint64_t hash = hash_bytes(request->path);
    hash = hash_combine(hash, hash_bytes(request->before));
    hash = hash_combine(hash, hash_bytes(request->limit));
    hash = hash_combine(hash, (uint64_t)salt);
    snprintf(answer->etag, sizeof(answer->etag), "\"%" PRIu64 "-%016" PRIx64 "\"", snapshot, hash);
    if (!http_etag_matches(request->if_none_match, span_of(answer->etag))) {
        return false;
    }
    answer->status = 304;
    return true;
}

static bool open_store(const struct route_request *request, struct route_answer *answer,
                       struct snapshot **snapshot) {
    struct error error = {0};
    if (snapshot_open(request->store, snapshot, &error)) {
        return true;
    }
    route_problem(answer, 503, "the store cannot be read now");
    return false;
}

static void answer_feed(const struct route_request *request, struct route_answer *answer) {
    struct snapshot *snapshot = NULL;
    struct error error = {0};
    struct span brand = http_feed_brand(request->path);
    uint64_t before = 0;
    uint64_t limit = FEED_ITEMS;
    bool understood =
        (span_is_empty(request->before) || http_parse_sequence(request->before, &before)) &&
        (span_is_empty(request->limit) || http_parse_sequence(request->limit, &limit));
    if (!understood || limit == 0 || limit > FEED_ITEMS_MAX) {
        route_problem(answer, 400, "before and limit are whole numbers; limit is 1 to 1000");
        return;
    }
    if (!open_store(request, answer, &snapshot)) {
        return;
    }
    answer->type = "application/feed+json; charset=utf-8";
    if (!answer_is_known(request, answer, snapshot_id(snapshot), 0) &&
        !feed_print(&answer->body, snapshot, request->config, brand, before, (size_t)limit,
                    &error)) {
        bool unknown = error.kind == ERROR_USAGE;
        route_problem(answer, unknown ? 404 : 500,
                      unknown ? "no such brand" : "the feed cannot be written");
    }
    snapshot_close(snapshot);
}

static void answer_page(const struct route_request *request, struct route_answer *answer) {
    struct snapshot *snapshot = NULL;
    struct error error = {0};
    if (!open_store(request, answer, &snapshot)) {
        return;
    }
    int64_t until_ms = date_hour_start(request->now_ms) + HOUR_MS;
    const struct report_request report = {.period = {until_ms - PAGE_PERIOD_MS, until_ms}};
    const struct output_style style = {.format = OUTPUT_HTML, .unicode = true};
    answer->type = "text/html; charset=utf-8";
    if (!answer_is_known(request, answer, snapshot_id(snapshot), until_ms) &&
        !report_print(&answer->body, snapshot, request->config, &report, &style, &error)) {
        route_problem(answer, 500, "the report cannot be written");
    }
    snapshot_close(snapshot);
}

static void answer_health(const struct route_request *request, struct route_answer *answer) {
    (void)request;
    answer->type = "text/plain; charset=utf-8";
    buffer_append_string(&answer->body, "ok\n");
}

static int64_t last_answer(const struct snapshot *snapshot, struct arena *arena, size_t *failing) {
    size_t count = 0;
    int64_t last_ms = DATE_NONE;
    struct source_row *rows = snapshot_sources(snapshot, arena, &count);
    *failing = 0;
    for (size_t i = 0; i < count; i++) {
        *failing += rows[i].state.failures > 0 ? 1 : 0;
        last_ms = rows[i].state.succeeded_ms > last_ms ? rows[i].state.succeeded_ms : last_ms;
    }
    return last_ms;
}

/* Ready: the store can be read and some source answered lately. */
static void answer_ready(const struct route_request *request, struct route_answer *answer) {
    struct snapshot *snapshot = NULL;
    if (!open_store(request, answer, &snapshot)) {
        return;
    }
    struct arena *arena = arena_create();
    size_t failing = 0;
    size_t waiting = 0;
    int64_t last_ms = last_answer(snapshot, arena, &failing);
    (void)snapshot_outbox(snapshot, true, arena, &waiting);
    bool ready = last_ms != DATE_NONE && request->now_ms - last_ms <= READY_MS;
    answer->type = "application/json";
    answer->status = ready ? 200 : 503;
    struct json_writer json = json_writer_make(&answer->body, false);
    json_object_begin(&json, NULL);
    json_put_bool(&json, "ready", ready);
    json_put_time(&json, "last_answer", last_ms);
    json_put_count(&json, "sources_failing", failing);
    json_put_count(&json, "outbox_waiting", waiting);
    json_put_count(&json, "snapshot", snapshot_id(snapshot));
    json_object_end(&json);
    buffer_append_byte(&answer->body, '\n');
    snapshot_close(snapshot);
    arena_free(arena);
}

/* --- Unsubscribing ---------------------------------------------------------------------------- */

static void unsubscribe_page(struct route_answer *answer, const char *kind, struct span email,
                             bool done) {
    struct buffer *out = &answer->body;
    answer->type = "text/html; charset=utf-8";
    answer->has_form = true;
    html_page_begin(out, SPAN("earshot"));
    buffer_append_string(out, "<section><h2>");
    buffer_print(out, "No more %s mails to ", strcmp(kind, MUTE_ALERTS) == 0 ? "alert" : kind);
    print_html(out, email);
    buffer_append_string(out,
                         done ? ".</h2><p>Whoever runs earshot can turn them on again.</p>"
                              : "?</h2><form method=\"post\"><button>Stop them</button></form>");
    buffer_append_string(out, "</section>");
    html_page_end(out);
}

/* What looks at links (scanners, previews) gets a question; only a POST is an answer. */
static void answer_unsubscribe(const struct route_request *request, struct route_answer *answer) {
    struct arena *arena = arena_create();
    const char *kind = NULL;
    struct span email = {NULL, 0};
    struct error error;
    struct span link = span_from(request->path, strlen("/unsubscribe/"));
    if (!mute_read(arena, request->config, link, &kind, &email)) {
        route_problem(answer, 404, "this link is not, or no longer, good");
    } else if (request->posted &&
               !mute_set(request->store, kind, email, true, request->now_ms, &error)) {
        route_problem(answer, 503, "this cannot be noted now; the daemon can (earshot run)");
    } else {
        unsubscribe_page(answer, kind, email, request->posted);
    }
    arena_free(arena);
}

static const struct route routes[] = {
    {"/", false, false, answer_page},
    {"/feed/", false, false, answer_feed},
    {"/healthz", true, false, answer_health},
    {"/readyz", true, false, answer_ready},
    {"/unsubscribe/", true, true, answer_unsubscribe},
};

const struct route *route_find(struct span path) {
    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        struct span own = span_of(routes[i].path);
        bool prefix = own.size > 1 && own.data[own.size - 1] == '/';
        if (span_equal(path, own) || (prefix && span_starts_with(path, own))) {
            return &routes[i];
        }
    }
    return NULL;
}
