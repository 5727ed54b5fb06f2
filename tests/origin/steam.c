/* Steam's reviews of one app: /appreviews/APPID?json=1. The cursor must be encoded by who sends it
 * back; pages may be short before the end; at the end the cursor stays and the page is empty. What
 * Steam takes for a review bomb is hidden unless filter_offtopic_activity=0. */
#include "base/limits.h"
#include "tests/origin/identity.h"
#include "tests/origin/json.h"
#include "tests/origin/state.h"

#include <inttypes.h>

/* Steam's own names of languages. */
static const struct {
    const char *code;
    const char *name;
} languages[] = {{"en", "english"}, {"es", "spanish"}, {"pt", "brazilian"},
                 {"it", "italian"}, {"de", "german"},  {"fr", "french"}};

static const char *language_name(const char *code) {
    for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++) {
        if (strcmp(languages[i].code, code) == 0) {
            return languages[i].name;
        }
    }
    return "english";
}

/* Base64 with its awkward letters: a cursor holds the number of the last review seen. */
static struct span cursor_print(struct arena *arena, int64_t number) {
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char text[24] = "AoJ4+/";
    size_t size = 6;
    for (int shift = 42; shift >= 0; shift -= 6) {
        text[size++] = letters[(number >> shift) & 63];
    }
    return arena_print(arena, "%.*s==", (int)size, text);
}

static bool cursor_parse(struct span cursor, int64_t *number) {
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (cursor.size != 16 || !span_starts_with(cursor, SPAN("AoJ4+/"))) {
        return false;
    }
    *number = 0;
    for (size_t i = 6; i < 14; i++) {
        const char *letter = strchr(letters, cursor.data[i]);
        if (letter == NULL || *letter == '\0') {
            return false;
        }
        *number = *number * 64 + (letter - letters);
    }
    return true;
}

/* Some people mark things up: [b], [list]. */
static void put_review_text(struct buffer *out, const struct post *post) {
    bool bold = post->number % 4 == 0;
    struct buffer text;
    buffer_init(&text, LIMIT_DOCUMENT);
    buffer_append_string(&text, bold ? "[b]" : "");
    buffer_append(&text, post->text);
    buffer_append_string(&text, bold ? "[/b]" : "");
    json_text(out, "review", buffer_span(&text));
    buffer_done(&text);
}

static void put_review(struct buffer *out, const struct post *post) {
    int64_t author = identity_author_number(post->author);
    json_open(out, NULL, '{');
    json_text(out, "recommendationid", post->id);
    json_open(out, "author", '{');
    buffer_print(out, "\"steamid\":\"%" PRId64 "\",", INT64_C(76561197960265728) + author);
    json_number(out, "num_games_owned", author % 400);
    json_number(out, "num_reviews", author % 30);
    json_number(out, "playtime_forever", author % 60000);
    json_number(out, "playtime_at_review", author % 20000);
    json_close(out, '}');
    json_string(out, "language", language_name(post->language));
    put_review_text(out, post);
    json_number(out, "timestamp_created", post->published_ms / SECOND_MS);
    json_number(out, "timestamp_updated", post->published_ms / SECOND_MS);
    json_bool(out, "voted_up", post->rating > 3);
    json_number(out, "votes_up", post->likes);
    json_number(out, "votes_funny", post->shares);
    /* A string or a number, as there. */
    json_raw(out, "weighted_vote_score", post->likes > 2 ? "\"0.523809552192687988\"" : "0");
    json_number(out, "comment_count", post->replies);
    json_bool(out, "steam_purchase", true);
    json_bool(out, "received_for_free", false);
    json_bool(out, "written_during_early_access", false);
    json_close(out, '}');
}

static void put_summary(struct buffer *out, const struct selection *all, size_t shown, bool first) {
    int64_t positive = 0;
    for (size_t i = 0; i < all->count; i++) {
        positive += all->list[i]->rating > 3 ? 1 : 0;
    }
    json_open(out, "query_summary", '{');
    json_number(out, "num_reviews", (int64_t)shown);
    if (first) {
        json_number(out, "review_score", 6);
        json_string(out, "review_score_desc", "Mostly Positive");
        json_number(out, "total_positive", positive);
        json_number(out, "total_negative", (int64_t)all->count - positive);
        json_number(out, "total_reviews", (int64_t)all->count);
    }
    json_close(out, '}');
}

/* Keeps what `language` and `review_type` ask for. */
static void narrow(const struct http_request *request, struct selection *all) {
    struct span language = http_parameter(request, "language");
    struct span type = http_parameter(request, "review_type");
    bool any = span_is_empty(language) || span_equal(language, SPAN("all"));
    size_t kept = 0;
    for (size_t i = 0; i < all->count; i++) {
        const struct post *post = all->list[i];
        bool up = post->rating > 3;
        if ((any || span_equal(language, span_of(language_name(post->language)))) &&
            !(span_equal(type, SPAN("positive")) && !up) &&
            !(span_equal(type, SPAN("negative")) && up)) {
            all->list[kept++] = post;
        }
    }
    all->count = kept;
}

static void put_answer(const struct http_request *request, const struct selection *all,
                       struct buffer *out) {
    struct span cursor = http_parameter(request, "cursor");
    bool first = span_is_empty(cursor) || span_equal(cursor, SPAN("*"));
    int64_t last = INT64_MAX;
    if (!first && !cursor_parse(cursor, &last)) {
        buffer_append_string(out, "{\"success\":2}");
        return;
    }
    int64_t asked = http_parameter_number(request, "num_per_page", 20);
    size_t size = asked < 1 ? 1 : asked > 100 ? 100 : (size_t)asked;
    size_t begin = 0;
    while (begin < all->count && all->list[begin]->number >= last) {
        begin++;
    }
    struct selection page = {all->list + begin, all->count - begin};
    size = page.count > size && last % 3 == 0 ? size - size / 8 : size; /* a short page */
    page.count = page.count < size ? page.count : size;
    if (page.count > 0) {
        cursor = cursor_print(request->arena, page.list[page.count - 1]->number);
    }
    json_open(out, NULL, '{');
    json_number(out, "success", 1);
    put_summary(out, all, page.count, first);
    json_open(out, "reviews", '[');
    for (size_t i = 0; i < page.count; i++) {
        put_review(out, page.list[i]);
    }
    json_close(out, ']');
    json_text(out, "cursor", cursor);
    json_close(out, '}');
    json_end(out);
}

void steam_answer(struct origin *origin, const struct http_request *request,
                  struct http_reply *reply) {
    int64_t app = 0;
    if (!span_starts_with(request->path, SPAN("/appreviews/")) ||
        !span_to_int64(span_from(request->path, strlen("/appreviews/")), &app)) {
        reply_not_found(reply);
        return;
    }
    reply_json(reply);
    int64_t brand = (app - WORLD_STEAM_APP(0)) / 10;
    struct selection all = {NULL, 0};
    if (brand >= 0 && brand < WORLD_BRANDS && app == WORLD_STEAM_APP(brand)) {
        struct filter filter = {
            .kind = SITE_STEAM,
            .product = (int)brand,
            .incident_hidden =
                !span_equal(http_parameter(request, "filter_offtopic_activity"), SPAN("0")),
        };
        all = origin_select(origin, &filter, request->arena);
    }
    narrow(request, &all);
    put_answer(request, &all, &reply->body);
}
