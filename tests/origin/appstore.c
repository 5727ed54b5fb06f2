/* The App Store's customer reviews: /CC/rss/customerreviews/page=N/id=ID/sortby=mostrecent/json or
 * xml. Ten pages of fifty and not one more; `entry` is missing past the end and no list when it is
 * alone; links to the next page say xml even in JSON. */
#include "base/limits.h"
#include "tests/origin/identity.h"
#include "tests/origin/json.h"
#include "tests/origin/markup.h"
#include "tests/origin/state.h"

#include <inttypes.h>

#define PAGE_SIZE 50
#define PAGE_MOST 10

struct listing {
    const char *country;
    int64_t app;
    int64_t page;
    bool xml;
    struct selection entries;
};

static void put_label(struct buffer *out, const char *key, struct span value) {
    json_open(out, key, '{');
    json_text(out, "label", value);
    json_close(out, '}');
}

static void put_label_number(struct buffer *out, const char *key, int64_t value) {
    buffer_print(out, "\"%s\":{\"label\":\"%" PRId64 "\"},", key, value);
}

/* "2026-11-03T02:11:12-07:00": Cupertino's summer time, the year round. */
static void put_updated(struct buffer *out, int64_t ms) {
    char moment[DATE_TEXT_SIZE];
    struct span date = span_of(date_print(ms - ms % SECOND_MS - 7 * HOUR_MS, moment));
    buffer_print(out, "%.*s-07:00", (int)date.size - 1, date.data);
}

static void put_link(struct buffer *out, const char *relation, const struct listing *listing,
                     int64_t page) {
    json_open(out, NULL, '{');
    json_open(out, "attributes", '{');
    json_string(out, "rel", relation);
    buffer_print(out,
                 "\"href\":\"https://itunes.apple.com/%s/rss/customerreviews/page=%" PRId64
                 "/id=%" PRId64 "/sortby=mostrecent/xml?urlDesc=/customerreviews/id=%" PRId64
                 "/json\"",
                 listing->country, page, listing->app, listing->app);
    json_close(out, '}');
    json_close(out, '}');
}

static void put_json_entry(struct buffer *out, const struct post *post) {
    json_open(out, NULL, '{');
    json_open(out, "author", '{');
    buffer_print(out, "\"uri\":{\"label\":\"https://itunes.apple.com/%s/reviews/id%" PRId64 "\"},",
                 post->country, identity_author_number(post->author));
    put_label(out, "name", post->author);
    json_string(out, "label", "");
    json_close(out, '}');
    buffer_append_string(out, "\"updated\":{\"label\":\"");
    put_updated(out, post->published_ms);
    buffer_append_string(out, "\"},");
    put_label_number(out, "im:rating", post->rating);
    put_label(out, "im:version", SPAN("4.2.1"));
    put_label(out, "id", post->id);
    put_label(out, "title", post->title);
    json_open(out, "content", '{');
    json_text(out, "label", post->text);
    json_raw(out, "attributes", "{\"type\":\"text\"}");
    json_close(out, '}');
    json_open(out, "link", '{');
    json_open(out, "attributes", '{');
    json_string(out, "rel", "related");
    json_text(out, "href", post->url);
    json_close(out, '}');
    json_close(out, '}');
    put_label_number(out, "im:voteSum", post->likes / 2);
    put_label_number(out, "im:voteCount", post->likes);
    json_raw(out, "im:contentType",
             "{\"attributes\":{\"term\":\"Application\",\"label\":\"Application\"}}");
    json_close(out, '}');
}

static void put_json(const struct listing *listing, struct buffer *out) {
    json_open(out, NULL, '{');
    json_open(out, "feed", '{');
    json_raw(out, "author", "{\"name\":{\"label\":\"iTunes Store\"}}");
    if (listing->entries.count == 1) {
        buffer_append_string(out, "\"entry\":");
        put_json_entry(out, listing->entries.list[0]);
    } else if (listing->entries.count > 1) {
        json_open(out, "entry", '[');
        for (size_t i = 0; i < listing->entries.count; i++) {
            put_json_entry(out, listing->entries.list[i]);
        }
        json_close(out, ']');
    }
    put_label(out, "title", SPAN("iTunes Store: Customer Reviews"));
    json_open(out, "link", '[');
    put_link(out, "self", listing, listing->page);
    put_link(out, "first", listing, 1);
    put_link(out, "next", listing, listing->page < PAGE_MOST ? listing->page + 1 : listing->page);
    json_close(out, ']');
    json_close(out, '}');
    json_close(out, '}');
    json_end(out);
}

static void put_xml_entry(struct buffer *out, const struct post *post) {
    buffer_append_string(out, "<entry><updated>");
    put_updated(out, post->published_ms);
    buffer_print(out, "</updated><id>%" PRId64 "</id><title>", post->number);
    markup_xml(out, post->title);
    buffer_append_string(out, "</title><content type=\"text\">");
    markup_xml(out, post->text);
    buffer_print(out,
                 "</content><im:contentType term=\"Application\" label=\"Application\"/>"
                 "<im:voteSum>%d</im:voteSum><im:voteCount>%d</im:voteCount>"
                 "<im:rating>%d</im:rating><im:version>4.2.1</im:version><author><name>",
                 post->likes / 2, post->likes, post->rating);
    markup_xml(out, post->author);
    buffer_print(out, "</name><uri>https://itunes.apple.com/%s/reviews/id%" PRId64 "</uri>",
                 post->country, identity_author_number(post->author));
    buffer_append_string(out, "</author><link rel=\"related\" href=\"");
    markup_xml(out, post->url);
    buffer_append_string(out, "\"/><content type=\"html\">");
    markup_escaped_html(out, post->text);
    buffer_append_string(out, "</content></entry>\n");
}

static void put_xml(const struct listing *listing, struct buffer *out) {
    buffer_append_string(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                              "<feed xmlns:im=\"http://itunes.apple.com/rss\" "
                              "xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">\n");
    buffer_print(out,
                 "<id>https://itunes.apple.com/%s/rss/customerreviews/page=%" PRId64 "/id=%" PRId64
                 "/sortby=mostrecent/xml</id>\n",
                 listing->country, listing->page, listing->app);
    buffer_append_string(out, "<title>iTunes Store: Customer Reviews</title>\n"
                              "<author><name>iTunes Store</name></author>\n");
    for (size_t i = 0; i < listing->entries.count; i++) {
        put_xml_entry(out, listing->entries.list[i]);
    }
    buffer_append_string(out, "</feed>\n");
}

/* The parts of the path come in any order, as there. False: this is no listing. */
static bool read_path(const struct http_request *request, struct listing *listing) {
    struct span rest = span_from(request->path, 1);
    struct span part;
    if (!span_split(&rest, '/', &part) || part.size != 2) {
        return false;
    }
    listing->country = arena_copy_string(request->arena, part);
    if (!span_starts_with(rest, SPAN("rss/customerreviews/"))) {
        return false;
    }
    rest = span_from(rest, strlen("rss/customerreviews/"));
    bool ended = false;
    while (span_split(&rest, '/', &part)) {
        if (span_starts_with(part, SPAN("page="))) {
            ended = !span_to_int64(span_from(part, 5), &listing->page);
        } else if (span_starts_with(part, SPAN("id="))) {
            ended = !span_to_int64(span_from(part, 3), &listing->app);
        }
        listing->xml = span_equal(part, SPAN("xml"));
        if (ended) {
            return false;
        }
    }
    return listing->app != 0 && listing->page >= 1;
}

void appstore_answer(struct origin *origin, const struct http_request *request,
                     struct http_reply *reply) {
    struct listing listing = {.page = 1};
    if (!read_path(request, &listing)) {
        reply_not_found(reply);
        return;
    }
    if (listing.page > PAGE_MOST) {
        reply->type = "text/plain";
        buffer_append_string(&reply->body, "CustomerReviews RSS page depth is limited to 10");
        return;
    }
    int64_t product = listing.app - WORLD_APPSTORE_APP(0);
    if (product >= 0 && product < WORLD_BRANDS) {
        struct filter filter = {
            .kind = SITE_APPSTORE, .product = (int)product, .country = listing.country};
        struct selection all = origin_select(origin, &filter, request->arena);
        listing.entries = selection_page(&all, (size_t)listing.page - 1, PAGE_SIZE);
    }
    if (listing.xml) {
        reply->type = "text/xml; charset=UTF-8";
        put_xml(&listing, &reply->body);
    } else {
        reply->type = "text/javascript; charset=utf-8";
        put_json(&listing, &reply->body);
    }
}
