/* The calls below /control: see origin.h. */
#include "base/limits.h"
#include "tests/origin/json.h"
#include "tests/origin/state.h"

static void refuse(struct http_reply *reply, const char *why) {
    reply->status = 400;
    buffer_print(&reply->body, "%s\n", why);
}

static void log_get(struct origin *origin, const struct http_request *request,
                    struct http_reply *reply) {
    (void)request;
    reply->type = "application/x-ndjson";
    buffer_append(&reply->body, buffer_span(&origin->log));
}

static void log_delete(struct origin *origin, const struct http_request *request,
                       struct http_reply *reply) {
    (void)request;
    (void)reply;
    buffer_clear(&origin->log);
}

static void hooks_get(struct origin *origin, const struct http_request *request,
                      struct http_reply *reply) {
    (void)request;
    reply->type = "application/x-ndjson";
    buffer_append(&reply->body, buffer_span(&origin->hooks));
}

static void truth_get(struct origin *origin, const struct http_request *request,
                      struct http_reply *reply) {
    bool published = http_has_parameter(request, "published");
    int64_t now_ms = origin_now_ms(origin);
    reply->type = "application/x-ndjson";
    for (size_t i = 0; i < origin->world->count; i++) {
        const struct post *post = &origin->world->posts[i];
        if (!published || post->published_ms <= now_ms) {
            world_print_post(&reply->body, origin->world, post);
        }
    }
}

static void stats_get(struct origin *origin, const struct http_request *request,
                      struct http_reply *reply) {
    (void)request;
    struct buffer *out = &reply->body;
    int64_t now_ms = origin_now_ms(origin);
    char moment[DATE_TEXT_SIZE];
    int64_t published = 0;
    while (published < (int64_t)origin->world->count &&
           origin->world->posts[published].published_ms <= now_ms) {
        published++;
    }
    reply_json(reply);
    json_open(out, NULL, '{');
    json_string(out, "now", date_print(now_ms, moment));
    json_number(out, "now_ms", now_ms);
    json_number(out, "posts", (int64_t)origin->world->count);
    json_number(out, "published", published);
    json_number(out, "requests", origin->requests);
    json_number(out, "violations", origin->violations);
    json_close(out, '}');
    json_end(out);
}

static void time_post(struct origin *origin, const struct http_request *request,
                      struct http_reply *reply) {
    struct span now = http_parameter(request, "now");
    struct span advance = http_parameter(request, "advance");
    struct span speed = http_parameter(request, "speed");
    int64_t ms = 0;
    if (!span_is_empty(speed)) {
        double factor = 0;
        if (!span_to_double(speed, &factor) || factor < 0) {
            refuse(reply, "speed=FACTOR");
            return;
        }
        origin_set_now(origin, origin_now_ms(origin));
        origin->options.speed = factor;
    } else if (!span_is_empty(advance) && duration_parse(advance, &ms)) {
        origin_set_now(origin, origin_now_ms(origin) + ms);
    } else if (!span_is_empty(now) && (span_to_int64(now, &ms) || date_parse(now, &ms))) {
        origin_set_now(origin, ms);
    } else {
        refuse(reply, "now=MOMENT, advance=LENGTH or speed=FACTOR");
        return;
    }
    stats_get(origin, request, reply);
}

static void mischief_post(struct origin *origin, const struct http_request *request,
                          struct http_reply *reply) {
    (void)reply;
    origin->mischief = (struct mischief){
        .ids = http_parameter_number(request, "ids", 0) != 0,
        .dates = http_parameter_number(request, "dates", 0) != 0,
        .texts = http_parameter_number(request, "texts", 0) != 0,
    };
}

static void faults_get(struct origin *origin, const struct http_request *request,
                       struct http_reply *reply) {
    (void)request;
    faults_print(&reply->body, &origin->faults);
}

static void faults_post(struct origin *origin, const struct http_request *request,
                        struct http_reply *reply) {
    struct span rest =
        http_has_parameter(request, "add") ? http_parameter(request, "add") : request->body;
    struct span line;
    struct error error;
    while (rest.data != NULL && span_split(&rest, '\n', &line)) {
        if (!span_is_empty(span_trim(line)) && !faults_add(&origin->faults, line, &error)) {
            refuse(reply, error.message);
            return;
        }
    }
    faults_print(&reply->body, &origin->faults);
}

static void faults_delete(struct origin *origin, const struct http_request *request,
                          struct http_reply *reply) {
    (void)request;
    (void)reply;
    faults_clear(&origin->faults);
}

static const struct {
    const char *method;
    const char *path;
    answer *answer;
} calls[] = {
    {"GET", "/log", log_get},
    {"DELETE", "/log", log_delete},
    {"GET", "/hooks", hooks_get},
    {"GET", "/truth", truth_get},
    {"GET", "/stats", stats_get},
    {"POST", "/time", time_post},
    {"POST", "/mischief", mischief_post},
    {"GET", "/faults", faults_get},
    {"POST", "/faults", faults_post},
    {"DELETE", "/faults", faults_delete},
};

void control_answer(struct origin *origin, const struct http_request *request,
                    struct http_reply *reply) {
    reply->type = "text/plain; charset=utf-8";
    bool known = false;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        if (!span_equal(request->path, span_of(calls[i].path))) {
            continue;
        }
        known = true;
        if (span_equal(request->method, span_of(calls[i].method))) {
            calls[i].answer(origin, request, reply);
            return;
        }
    }
    reply->status = known ? 405 : 404;
}
