/* Hacker News Search by Algolia: /api/v1/search_by_date. At most 1,000 hits of one query can be
 * paged through; who wants more moves `created_at_i`. And the site's own /v0/item/N.json: null where
 * there is no such item. */
#include "base/limits.h"
#include "tests/origin/json.h"
#include "tests/origin/markup.h"
#include "tests/origin/state.h"

#include <inttypes.h>

#define HITS_MOST 1000

/* "created_at_i>N" and the like, joined by commas. Bounds become exclusive milliseconds. */
static void read_numeric(struct span filters, struct filter *filter) {
    struct span part;
    while (span_split(&filters, ',', &part)) {
        part = span_trim(part);
        int64_t number = 0;
        if (!span_starts_with(part, SPAN("created_at_i"))) {
            continue;
        }
        struct span test = span_from(part, strlen("created_at_i"));
        bool or_equal = test.size > 1 && test.data[1] == '=';
        if (!span_to_int64(span_from(test, or_equal ? 2 : 1), &number)) {
            continue;
        }
        if (test.data[0] == '>') {
            filter->after_ms = number * SECOND_MS + (or_equal ? -1 : SECOND_MS - 1);
        } else if (test.data[0] == '<') {
            filter->before_ms = number * SECOND_MS + (or_equal ? SECOND_MS : 0);
        }
    }
}

/* Tags: "story", "comment", "(story,comment)", "comment,author_x"; only the kinds matter here. */
static bool tags_allow(struct span tags, const struct post *post) {
    bool asks = span_find(tags, SPAN("story")) != SPAN_NOT_FOUND ||
                span_find(tags, SPAN("comment")) != SPAN_NOT_FOUND;
    struct span kind = post->thread == 0 ? SPAN("story") : SPAN("comment");
    return !asks || span_find(tags, kind) != SPAN_NOT_FOUND;
}

static void put_story(struct buffer *out, const struct post *post, struct span html) {
    json_text(out, "title", post->title);
    json_text(out, "story_text", html);
    json_number(out, "points", post->likes + 1);
    json_number(out, "num_comments", post->replies);
    json_number(out, "story_id", post->number);
    json_raw(out, "children", "[]");
}

static void put_comment(struct buffer *out, const struct post *post, struct span html) {
    json_text(out, "comment_text", html);
    json_raw(out, "points", "null");
    json_raw(out, "num_comments", "null");
    json_number(out, "parent_id", post->thread + 1);
    json_number(out, "story_id", post->thread);
    json_string(out, "story_title", "Ask HN: What is on your desk this month?");
    json_raw(out, "story_url", "null");
}

/* A second copy of the author beside the hit's own members, for nobody's use. */
static void put_highlight(struct buffer *out, const struct post *post) {
    json_open(out, "_highlightResult", '{');
    json_open(out, "author", '{');
    json_raw(out, "matchedWords", "[]");
    json_string(out, "matchLevel", "none");
    json_text(out, "value", post->author);
    json_close(out, '}');
    json_close(out, '}');
}

static void put_hit(struct buffer *out, const struct post *post) {
    char moment[DATE_TEXT_SIZE];
    struct buffer html;
    buffer_init(&html, LIMIT_DOCUMENT);
    markup_hn(&html, post->text);
    bool story = post->thread == 0;
    json_open(out, NULL, '{');
    put_highlight(out, post);
    json_open(out, "_tags", '[');
    buffer_print(out, "\"%s\",\"author_%.*s\",\"story_%" PRId64 "\"", story ? "story" : "comment",
                 SPAN_ARG(post->author), story ? post->number : post->thread);
    json_close(out, ']');
    json_text(out, "author", post->author);
    json_string(out, "created_at", date_print(post->published_ms, moment));
    json_number(out, "created_at_i", post->published_ms / SECOND_MS);
    json_text(out, "objectID", post->id);
    json_string(out, "updated_at", date_print(post->published_ms + MINUTE_MS, moment));
    if (story) {
        put_story(out, post, buffer_span(&html));
    } else {
        put_comment(out, post, buffer_span(&html));
    }
    json_close(out, '}');
    buffer_done(&html);
}

static void put_answer(const struct http_request *request, const struct selection *found,
                       struct buffer *out) {
    int64_t asked = http_parameter_number(request, "hitsPerPage", 20);
    size_t size = asked < 1 ? 1 : asked > HITS_MOST ? HITS_MOST : (size_t)asked;
    int64_t page = http_parameter_number(request, "page", 0);
    struct selection reachable = selection_page(found, 0, HITS_MOST);
    struct selection hits = selection_page(&reachable, page < 0 ? 0 : (size_t)page, size);
    json_open(out, NULL, '{');
    json_raw(out, "exhaustiveNbHits", "true");
    json_open(out, "hits", '[');
    for (size_t i = 0; i < hits.count; i++) {
        put_hit(out, hits.list[i]);
    }
    json_close(out, ']');
    json_number(out, "hitsPerPage", (int64_t)size);
    json_number(out, "nbHits", (int64_t)found->count);
    json_number(out, "nbPages", (int64_t)((reachable.count + size - 1) / size));
    json_number(out, "page", page);
    json_text(out, "query", http_parameter(request, "query"));
    json_number(out, "processingTimeMS", 4);
    json_close(out, '}');
    json_end(out);
}

static const struct post *post_find(const struct origin *origin, struct span id,
                                    struct arena *arena) {
    struct filter filter = {.kind = SITE_HN, .product = -1};
    struct selection all = origin_select(origin, &filter, arena);
    for (size_t i = 0; i < all.count; i++) {
        if (span_equal(all.list[i]->id, id)) {
            return all.list[i];
        }
    }
    return NULL;
}

static void item_answer(const struct origin *origin, const struct http_request *request,
                        struct span id, struct http_reply *reply) {
    const struct post *post = post_find(origin, id, request->arena);
    reply_json(reply);
    if (post == NULL) {
        buffer_append_string(&reply->body, "null");
        return;
    }
    json_open(&reply->body, NULL, '{');
    json_text(&reply->body, "by", post->author);
    json_number(&reply->body, "id", post->number);
    json_number(&reply->body, "time", post->published_ms / SECOND_MS);
    if (post->thread == 0) {
        json_number(&reply->body, "score", post->likes + 1);
        json_number(&reply->body, "descendants", post->replies);
    } else {
        json_number(&reply->body, "parent", post->thread + 1);
    }
    json_string(&reply->body, "type", post->thread == 0 ? "story" : "comment");
    json_close(&reply->body, '}');
    json_end(&reply->body);
}

void hn_answer(struct origin *origin, const struct http_request *request,
               struct http_reply *reply) {
    struct span item = SPAN("/v0/item/");
    if (span_starts_with(request->path, item) && span_ends_with(request->path, SPAN(".json"))) {
        struct span id = span_from(request->path, item.size);
        item_answer(origin, request, span_first(id, id.size - 5), reply);
        return;
    }
    if (!span_equal(request->path, SPAN("/api/v1/search_by_date"))) {
        reply_not_found(reply);
        return;
    }
    struct filter filter = {
        .kind = SITE_HN,
        .product = -1,
        .query = http_parameter(request, "query"),
        .query_prefix = true,
    };
    read_numeric(http_parameter(request, "numericFilters"), &filter);
    struct selection found = origin_select(origin, &filter, request->arena);
    struct span tags = http_parameter(request, "tags");
    size_t kept = 0;
    for (size_t i = 0; i < found.count; i++) {
        if (tags_allow(tags, found.list[i])) {
            found.list[kept++] = found.list[i];
        }
    }
    found.count = kept;
    reply_json(reply);
    put_answer(request, &found, &reply->body);
}
