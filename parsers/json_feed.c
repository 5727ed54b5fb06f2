#include "parsers/json_feed.h"

#include "base/url.h"

/* How the two dialects name what an item has. */
struct member_names {
    const char *id, *url, *other_url, *html, *text, *summary, *published, *updated;
};
static const struct member_names json_feed_names = {
    "id",           "url",     "external_url",   "content_html",
    "content_text", "summary", "date_published", "date_modified"};
static const struct member_names rss_names = {"guid", "link",        "source",  "content:encoded",
                                              "",     "description", "pubDate", ""};

struct maker {
    const struct member_names *names;
    struct items *items;
    struct arena *arena;
    struct span base;
    struct span language;
    const json_t *authors; /* of the feed: they hold for items that name none */
};

/* A value with attributes beside it is an object with a "#value" in RSS written as JSON. */
static struct span member(const json_t *object, const char *name, struct arena *arena) {
    const json_t *value = json_object_get(object, name);
    const json_t *inner = json_object_get(value, "#value");
    return span_trim(json_scalar(inner != NULL ? inner : value, arena));
}

/* The part that holds title and items: the whole in JSON Feed. */
static const json_t *channel_of(const json_t *root) {
    const json_t *channel = json_object_get(json_object_get(root, "rss"), "channel");
    return channel != NULL ? channel : root;
}

bool json_feed_is(const json_t *root) {
    struct span version = json_span(json_object_get(root, "version"));
    if (span_find(version, SPAN("jsonfeed.org/version/")) != SPAN_NOT_FOUND ||
        channel_of(root) != root) {
        return true;
    }
    const json_t *first = json_array_get(json_object_get(root, "items"), 0);
    return json_object_get(root, "title") != NULL &&
           (json_object_get(first, "content_html") != NULL ||
            json_object_get(first, "content_text") != NULL);
}

/* 1.1 has `authors`, 1.0 `author`; the first one with a name counts. */
static void author_set(struct maker *maker, const json_t *holder, struct item *item) {
    const json_t *authors = json_object_get(holder, "authors");
    const json_t *author = json_object_get(holder, "author");
    size_t index = 0;
    json_t *one = NULL;
    json_array_foreach(authors, index, one) {
        author = member(one, "name", maker->arena).size > 0 ? one : author;
        if (author == one) {
            break;
        }
    }
    item->author = json_is_string(author) ? json_scalar(author, maker->arena)
                                          : member(author, "name", maker->arena);
    item->author_id = member(author, "url", maker->arena);
}

static struct span address(struct maker *maker, const json_t *object, const char *name) {
    struct span text = member(object, name, maker->arena);
    if (text.size == 0 || span_starts_with_nocase(text, SPAN("http://")) ||
        span_starts_with_nocase(text, SPAN("https://")) || maker->base.size == 0) {
        return text;
    }
    return url_resolve(text, maker->base, maker->arena);
}

static int64_t date_of(struct maker *maker, const json_t *object, const char *name) {
    int64_t ms = DATE_NONE;
    struct span text = member(object, name, maker->arena);
    return date_parse_any(text, DATE_NONE, &ms) ? ms : DATE_NONE;
}

static struct span text_of(struct maker *maker, const json_t *object) {
    struct span html = json_span(json_object_get(object, maker->names->html));
    struct span text = html.size > 0 ? html_to_text(html, maker->arena) : html;
    if (text.size == 0) {
        text = member(object, maker->names->text, maker->arena);
    }
    if (text.size > 0) {
        return text;
    }
    struct span summary = member(object, maker->names->summary, maker->arena);
    return maker->names == &rss_names ? html_to_text(summary, maker->arena) : summary;
}

static void entry_add(struct maker *maker, const json_t *object) {
    struct item *item = items_add(maker->items);
    item->id = member(object, maker->names->id, maker->arena);
    item->url = address(maker, object, maker->names->url);
    if (item->url.size == 0) {
        item->url = address(maker, object, maker->names->other_url);
    }
    if (item->id.size == 0) {
        item->id = item->url;
    }
    item->title = html_to_text(member(object, "title", maker->arena), maker->arena);
    item->text = span_first_utf8(text_of(maker, object), LIMIT_TEXT);
    author_set(maker, object, item);
    if (item->author.size == 0) {
        author_set(maker, maker->authors, item);
    }
    item->language = member(object, "language", maker->arena);
    if (item->language.size == 0) {
        item->language = maker->language;
    }
    item->published_ms = date_of(maker, object, maker->names->published);
    item->updated_ms = date_of(maker, object, maker->names->updated);
    if (item->published_ms == DATE_NONE) {
        item->published_ms = item->updated_ms;
    }
    if (item->updated_ms == item->published_ms) {
        item->updated_ms = DATE_NONE;
    }
}

static struct span version_of(const json_t *root, struct arena *arena) {
    const json_t *rss = json_object_get(root, "rss");
    struct span version = json_span(json_object_get(rss != NULL ? rss : root, "version"));
    size_t at = span_find(version, SPAN("version/"));
    struct span number = at == SPAN_NOT_FOUND ? (struct span){0} : span_from(version, at + 8);
    if (rss != NULL) {
        return span_trim(
            arena_print(arena, "rss %.*s, as json", SPAN_ARG(span_first_utf8(version, 8))));
    }
    return span_trim(arena_print(arena, "json feed %.*s", SPAN_ARG(span_first_utf8(number, 8))));
}

static void entries_add(struct maker *maker, const json_t *entries) {
    size_t index = 0;
    json_t *entry = NULL;
    if (json_is_object(entries)) {
        entry_add(maker, entries); /* one item is no list in RSS written as JSON */
    }
    json_array_foreach(entries, index, entry) {
        if (json_is_object(entry) && maker->items->count < LIMIT_ITEMS) {
            entry_add(maker, entry);
        }
    }
}

void json_feed_items(const json_t *root, struct span base, struct items *items,
                     struct feed_info *info) {
    const json_t *channel = channel_of(root);
    bool rss = channel != root;
    struct maker maker = {.names = rss ? &rss_names : &json_feed_names,
                          .items = items,
                          .arena = items->arena,
                          .base = base,
                          .authors = root};
    maker.language = member(channel, "language", maker.arena);
    entries_add(&maker, json_object_get(channel, rss ? "item" : "items"));
    if (info != NULL) {
        *info = (struct feed_info){
            .title = member(channel, "title", maker.arena),
            .url = address(&maker, channel, rss ? "link" : "home_page_url"),
            .language = maker.language,
            .next_url = address(&maker, channel, "next_url"),
            .format = version_of(root, maker.arena),
        };
    }
}
