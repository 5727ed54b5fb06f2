/* Stack Exchange API 2.3: /2.3/search/advanced. Always compressed; asks for a pause ("backoff")
 * every now and then and refuses who does not keep it. */
#include "base/limits.h"
#include "base/print.h"
#include "tests/origin/identity.h"
#include "tests/origin/json.h"
#include "tests/origin/markup.h"
#include "tests/origin/state.h"

#include <inttypes.h>

#define BACKOFF_EVERY 10
#define BACKOFF_SECONDS 1
#define PAGES_WITHOUT_KEY 25

static void refuse(struct http_reply *reply, int id, const char *name, const char *message) {
    reply->status = 400;
    json_open(&reply->body, NULL, '{');
    json_number(&reply->body, "error_id", id);
    json_string(&reply->body, "error_message", message);
    json_string(&reply->body, "error_name", name);
    json_close(&reply->body, '}');
    json_end(&reply->body);
}

/* Of a deleted account only the name is left. */
static void put_owner(struct buffer *out, const struct post *post) {
    int64_t number = identity_author_number(post->author);
    json_open(out, "owner", '{');
    json_text(out, "display_name", post->author);
    if (number % 17 == 0) {
        json_string(out, "user_type", "does_not_exist");
    } else {
        json_number(out, "account_id", number / 7);
        json_number(out, "reputation", number % 12000 + 1);
        json_number(out, "user_id", number);
        json_string(out, "user_type", "registered");
        buffer_print(out, "\"link\":\"https://%s/users/%" PRId64 "/%.*s\"", post->site->host,
                     number, SPAN_ARG(post->author));
    }
    json_close(out, '}');
}

static void put_question(struct buffer *out, const struct post *post, bool with_body) {
    struct buffer html;
    buffer_init(&html, LIMIT_DOCUMENT);
    print_html(&html, post->title);
    json_open(out, NULL, '{');
    json_raw(out, "tags", "[\"usb\",\"drivers\",\"input-device\"]");
    put_owner(out, post);
    json_bool(out, "is_answered", post->replies > 1);
    json_number(out, "view_count", 40 + post->likes * 17);
    json_number(out, "answer_count", post->replies);
    json_number(out, "score", post->likes - 2);
    json_number(out, "last_activity_date", post->published_ms / SECOND_MS + 600);
    json_number(out, "creation_date", post->published_ms / SECOND_MS);
    json_number(out, "question_id", post->number);
    json_string(out, "content_license", "CC BY-SA 4.0");
    json_text(out, "link", post->url);
    json_text(out, "title", buffer_span(&html));
    if (with_body) {
        buffer_clear(&html);
        markup_html(&html, post->text);
        json_text(out, "body", buffer_span(&html));
    }
    json_close(out, '}');
    buffer_done(&html);
}

static void put_page(struct origin *origin, const struct http_request *request,
                     const struct selection *found, struct buffer *out) {
    int64_t asked = http_parameter_number(request, "pagesize", 30);
    size_t size = asked < 1 ? 1 : asked > 100 ? 100 : (size_t)asked;
    size_t page = (size_t)http_parameter_number(request, "page", 1);
    struct selection items = selection_page(found, page - 1, size);
    bool with_body = span_find(http_parameter(request, "filter"), SPAN("body")) != SPAN_NOT_FOUND;
    json_open(out, NULL, '{');
    json_open(out, "items", '[');
    for (size_t i = 0; i < items.count; i++) {
        put_question(out, items.list[i], with_body);
    }
    json_close(out, ']');
    json_bool(out, "has_more", page * size < found->count);
    if (origin->stack.used % BACKOFF_EVERY == 0) {
        json_number(out, "backoff", BACKOFF_SECONDS);
        origin->stack.backoff_until_ms = origin_monotonic_ms(origin) + BACKOFF_SECONDS * SECOND_MS;
    }
    json_number(out, "quota_max", STACK_QUOTA);
    json_number(out, "quota_remaining", STACK_QUOTA - origin->stack.used);
    json_close(out, '}');
    json_end(out);
}

/* What the API refuses, in its order; false: it has been refused. */
static bool check(struct origin *origin, const struct http_request *request,
                  struct http_reply *reply) {
    int64_t page = http_parameter_number(request, "page", 1);
    if (origin_monotonic_ms(origin) < origin->stack.backoff_until_ms ||
        origin->stack.used >= STACK_QUOTA) {
        origin->violations++;
        refuse(reply, 502, "throttle_violation",
               "too many requests from this IP, more requests available in 1 seconds");
        return false;
    }
    if (span_is_empty(http_parameter(request, "site"))) {
        refuse(reply, 400, "bad_parameter", "site is required");
        return false;
    }
    if (page < 1) {
        refuse(reply, 400, "bad_parameter", "page");
        return false;
    }
    if (page > PAGES_WITHOUT_KEY && span_is_empty(http_parameter(request, "key"))) {
        refuse(reply, 403, "access_denied", "page above 25 requires access token or app key");
        return false;
    }
    return true;
}

/* What is said about questions: nothing, in this world. */
static bool is_about_questions(struct span path) {
    return span_starts_with(path, SPAN("/2.3/questions/")) &&
           (span_ends_with(path, SPAN("/answers")) || span_ends_with(path, SPAN("/comments")));
}

void stack_answer(struct origin *origin, const struct http_request *request,
                  struct http_reply *reply) {
    bool about = is_about_questions(request->path);
    reply_json(reply);
    if (!about && !span_equal(request->path, SPAN("/2.3/search/advanced"))) {
        reply->status = 404;
        refuse(reply, 404, "no_method", "no method found with this name");
        return;
    }
    if (!check(origin, request, reply)) {
        return;
    }
    origin->stack.used++;
    if (about) {
        struct selection none = {0};
        put_page(origin, request, &none, &reply->body);
        return;
    }
    int64_t from = http_parameter_number(request, "fromdate", 0);
    int64_t to = http_parameter_number(request, "todate", 0);
    struct filter filter = {
        .kind = SITE_STACK,
        .product = -1,
        .query = http_parameter(request, "q"),
        .after_ms = from > 0 ? from * SECOND_MS - 1 : 0,
        .before_ms = to > 0 ? (to + 1) * SECOND_MS : 0,
    };
    struct selection found = origin_select(origin, &filter, request->arena);
    if (span_equal(http_parameter(request, "order"), SPAN("asc"))) {
        for (size_t i = 0; i < found.count / 2; i++) {
            const struct post *kept = found.list[i];
            found.list[i] = found.list[found.count - 1 - i];
            found.list[found.count - 1 - i] = kept;
        }
    }
    put_page(origin, request, &found, &reply->body);
}
