/* Mastodon: a tag's timeline, and search for statuses. Pages are cut by ids: max_id and since_id
 * give the newest statuses between them, min_id those that follow it at once. */
#include "base/limits.h"
#include "tests/origin/identity.h"
#include "tests/origin/json.h"
#include "tests/origin/markup.h"
#include "tests/origin/state.h"

#include <inttypes.h>

#define HOST "social.example"

static void put_account(struct buffer *out, const struct post *post) {
    json_open(out, "account", '{');
    buffer_print(out, "\"id\":\"%" PRId64 "\",", identity_author_number(post->author));
    json_text(out, "username", post->author);
    json_text(out, "acct", post->author);
    json_text(out, "display_name", post->author);
    json_bool(out, "bot", false);
    buffer_print(out, "\"url\":\"https://" HOST "/@%.*s\",", SPAN_ARG(post->author));
    json_number(out, "followers_count", identity_author_number(post->author) % 4000);
    json_number(out, "statuses_count", identity_author_number(post->author) % 9000);
    json_close(out, '}');
}

static void put_tags(struct buffer *out, struct span text) {
    json_open(out, "tags", '[');
    while (!span_is_empty(text)) {
        size_t hash = span_find_byte(text, '#');
        if (hash == SPAN_NOT_FOUND) {
            break;
        }
        text = span_from(text, hash + 1);
        struct span tag = span_trim(span_first(text, span_find_byte(text, ' ')));
        json_open(out, NULL, '{');
        json_text(out, "name", tag);
        buffer_print(out, "\"url\":\"https://" HOST "/tags/%.*s\"", SPAN_ARG(tag));
        json_close(out, '}');
    }
    json_close(out, ']');
}

/* "...T10:11:12.000Z": milliseconds are always written. */
static void put_moment(struct buffer *out, const char *key, int64_t ms) {
    char moment[DATE_TEXT_SIZE];
    struct span date = span_of(date_print(ms - ms % SECOND_MS, moment));
    buffer_print(out, "\"%s\":\"%.*s.%03dZ\",", key, (int)date.size - 1, date.data,
                 (int)(ms % SECOND_MS));
}

static void put_status(struct buffer *out, const struct post *post, bool edited) {
    struct buffer html;
    buffer_init(&html, LIMIT_DOCUMENT);
    markup_mastodon(&html, post->text, HOST);
    if (edited) {
        buffer_append_string(&html, "<p>" MISCHIEF_EDIT "</p>");
    }
    json_open(out, NULL, '{');
    json_text(out, "id", post->id);
    put_moment(out, "created_at", post->published_ms);
    json_raw(out, "in_reply_to_id", "null");
    json_raw(out, "in_reply_to_account_id", "null");
    json_bool(out, "sensitive", false);
    json_string(out, "spoiler_text", "");
    json_string(out, "visibility", "public");
    /* Some people never set one. */
    json_string(out, "language", post->number % 19 == 0 ? NULL : post->language);
    buffer_print(out, "\"uri\":\"https://" HOST "/users/%.*s/statuses/%" PRId64 "\",",
                 SPAN_ARG(post->author), post->number);
    json_text(out, "url", post->url);
    json_number(out, "replies_count", post->replies);
    json_number(out, "reblogs_count", post->shares);
    json_number(out, "favourites_count", post->likes);
    if (edited) {
        put_moment(out, "edited_at", post->published_ms + HOUR_MS);
    } else {
        json_raw(out, "edited_at", "null");
    }
    json_text(out, "content", buffer_span(&html));
    json_raw(out, "reblog", "null");
    put_account(out, post);
    json_raw(out, "media_attachments", "[]");
    json_raw(out, "mentions", "[]");
    put_tags(out, post->text);
    json_raw(out, "emojis", "[]");
    json_raw(out, "card", "null");
    json_raw(out, "poll", "null");
    json_close(out, '}');
    buffer_done(&html);
}

/* The page that max_id, since_id, min_id and limit cut out of a timeline (newest first). */
static struct selection cut_page(const struct http_request *request,
                                 const struct selection *timeline) {
    int64_t asked = http_parameter_number(request, "limit", 20);
    size_t limit = asked < 1 ? 1 : asked > 40 ? 40 : (size_t)asked;
    int64_t max_id = http_parameter_number(request, "max_id", INT64_MAX);
    int64_t since_id = http_parameter_number(request, "since_id", 0);
    int64_t min_id = http_parameter_number(request, "min_id", 0);
    int64_t least = since_id > min_id ? since_id : min_id;
    size_t begin = 0;
    while (begin < timeline->count && timeline->list[begin]->number >= max_id) {
        begin++;
    }
    size_t end = begin;
    while (end < timeline->count && timeline->list[end]->number > least) {
        end++;
    }
    if (end - begin > limit) {
        begin = min_id > 0 ? end - limit : begin;
        end = begin + limit;
    }
    return (struct selection){timeline->list + begin, end - begin};
}

static void put_links(const struct http_request *request, const struct selection *page,
                      struct http_reply *reply) {
    if (page->count == 0) {
        return;
    }
    struct span base = arena_print(request->arena, "http://%.*s/mastodon%.*s?limit=%" PRId64,
                                   SPAN_ARG(request->host), SPAN_ARG(request->path),
                                   http_parameter_number(request, "limit", 20));
    buffer_print(&reply->headers,
                 "Link: <%.*s&max_id=%" PRId64 ">; rel=\"next\", "
                 "<%.*s&min_id=%" PRId64 ">; rel=\"prev\"\r\n",
                 SPAN_ARG(base), page->list[page->count - 1]->number, SPAN_ARG(base),
                 page->list[0]->number);
}

static void put_statuses(const struct origin *origin, const struct selection *page,
                         struct buffer *out, const char *key) {
    json_open(out, key, '[');
    for (size_t i = 0; i < page->count; i++) {
        put_status(out, page->list[i], origin->mischief.texts);
    }
    json_close(out, ']');
}

/* So many requests in five minutes, counted and told. False: this one is too many. */
static bool allowance_spend(struct origin *origin, struct http_reply *reply) {
    int64_t now = origin_monotonic_ms(origin);
    if (now >= origin->mastodon.window_end_ms) {
        origin->mastodon.used = 0;
        origin->mastodon.window_end_ms = now + MASTODON_WINDOW_MS;
    }
    int64_t quota = origin->options.mastodon_quota;
    int64_t left = quota - ++origin->mastodon.used;
    char moment[DATE_TEXT_SIZE];
    buffer_print(&reply->headers,
                 "X-RateLimit-Limit: %" PRId64 "\r\nX-RateLimit-Remaining: %" PRId64
                 "\r\nX-RateLimit-Reset: %s\r\n",
                 quota, left < 0 ? 0 : left,
                 date_print(origin_now_ms(origin) + origin->mastodon.window_end_ms - now, moment));
    return left >= 0;
}

static void answer_tag(struct origin *origin, const struct http_request *request,
                       struct http_reply *reply) {
    struct span raw = span_from(request->path, strlen("/api/v1/timelines/tag/"));
    struct filter filter = {
        .kind = SITE_MASTODON,
        .product = -1,
        .tag = http_decode(request->arena, raw, false),
    };
    struct selection timeline = origin_select(origin, &filter, request->arena);
    struct selection page = cut_page(request, &timeline);
    put_links(request, &page, reply);
    put_statuses(origin, &page, &reply->body, NULL);
    json_end(&reply->body);
}

static void answer_search(struct origin *origin, const struct http_request *request,
                          struct http_reply *reply) {
    struct filter filter = {
        .kind = SITE_MASTODON,
        .product = -1,
        .query = http_parameter(request, "q"),
    };
    struct selection found = origin_select(origin, &filter, request->arena);
    struct selection page = cut_page(request, &found);
    json_open(&reply->body, NULL, '{');
    json_raw(&reply->body, "accounts", "[]");
    put_statuses(origin, &page, &reply->body, "statuses");
    json_raw(&reply->body, "hashtags", "[]");
    json_close(&reply->body, '}');
    json_end(&reply->body);
}

void mastodon_answer(struct origin *origin, const struct http_request *request,
                     struct http_reply *reply) {
    reply_json(reply);
    if (!allowance_spend(origin, reply)) {
        origin->violations++;
        reply->status = 429;
        buffer_append_string(&reply->body, "{\"error\":\"Too many requests\"}");
    } else if (span_starts_with(request->path, SPAN("/api/v1/timelines/tag/"))) {
        answer_tag(origin, request, reply);
    } else if (span_equal(request->path, SPAN("/api/v2/search"))) {
        answer_search(origin, request, reply);
    } else {
        reply->status = 404;
        buffer_append_string(&reply->body, "{\"error\":\"Record not found\"}");
    }
}
