/* JSON Feed 1.1 (jsonfeed.org/version/1.1) of a brand's mentions, with the extension `_earshot`. */
#include "report/feed.h"

#include "base/json_writer.h"
#include "report/sheet.h"

#include <math.h>
#include <stdlib.h>

struct feed_walk {
    uint64_t before; /* 0 = no bound */
    uint64_t *sequences;
    size_t limit;
    size_t count;
};

/* Keeps the largest sequences as a heap with the smallest on top: by order of arrival, so that a
 * post that came late is not missed by who read this far. */
static void heap_sink(uint64_t *heap, size_t count) {
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= count) {
            return;
        }
        child += child + 1 < count && heap[child + 1] < heap[child];
        if (heap[at] <= heap[child]) {
            return;
        }
        uint64_t moved = heap[at];
        heap[at] = heap[child];
        heap[child] = moved;
        at = child;
    }
}

static void heap_rise(uint64_t *heap, size_t at) {
    while (at > 0 && heap[at] < heap[(at - 1) / 2]) {
        uint64_t moved = heap[at];
        heap[at] = heap[(at - 1) / 2];
        heap[(at - 1) / 2] = moved;
        at = (at - 1) / 2;
    }
}

static bool feed_entry(void *context, const struct timeline_entry *entry) {
    struct feed_walk *walk = context;
    if (walk->before != 0 && entry->sequence >= walk->before) {
        return true;
    }
    if (walk->count < walk->limit) {
        walk->sequences[walk->count] = entry->sequence;
        heap_rise(walk->sequences, walk->count);
        walk->count++;
    } else if (walk->limit > 0 && entry->sequence > walk->sequences[0]) {
        walk->sequences[0] = entry->sequence;
        heap_sink(walk->sequences, walk->count);
    }
    return true;
}

static int compare_newest(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;
    return (x < y) - (x > y);
}

struct span server_base_url(const struct config *config, struct arena *arena) {
    struct span base = config->serve.base_url;
    if (span_is_empty(base)) {
        return arena_print(arena, "http://%.*s", SPAN_ARG(config->serve.listen));
    }
    return span_ends_with(base, SPAN("/")) ? span_first(base, base.size - 1) : base;
}

struct span feed_url(const struct config *config, struct span brand, uint64_t before,
                     struct arena *arena) {
    struct buffer name;
    buffer_init(&name, LIMIT_URL);
    for (size_t i = 0; i < brand.size; i++) {
        char c = brand.data[i];
        bool plain = byte_is_alpha(c) || byte_is_digit(c) || strchr("-._~", c) != NULL;
        if (plain && c != '\0') {
            buffer_append_byte(&name, c);
        } else {
            buffer_print(&name, "%%%02X", (unsigned char)c);
        }
    }
    struct span base = server_base_url(config, arena);
    struct span url = arena_print(arena, "%.*s/feed/%s.json", SPAN_ARG(base), buffer_string(&name));
    buffer_done(&name);
    return before == 0
               ? url
               : arena_print(arena, "%.*s?before=%llu", SPAN_ARG(url), (unsigned long long)before);
}

static void print_extension(struct json_writer *json, const struct mention *mention,
                            struct span brand, struct arena *arena) {
    struct score score = mention_score_of(mention, brand);
    json_object_begin(json, "_earshot");
    json_put_count(json, "sequence", mention->sequence);
    json_put_count(json, "cluster", mention->cluster);
    json_put_text(json, "source", mention->source);
    json_put_string(json, "channel", channel_name(mention->channel));
    json_put_string(json, "stage", stage_name(mention->stage));
    json_put_string(json, "kept", mention_kept_name(mention->kept));
    json_put_text_if(json, "country", mention->item.country);
    json_put_text_if(json, "site", mention->item.site);
    json_object_begin(json, "sentiment");
    json_put_real(json, "value", score.value);
    json_put_string(json, "label", label_name(score.label));
    json_put_real(json, "confidence", score.confidence);
    json_object_end(json);
    json_put_real(json, "rating", mention->item.rating >= 0 ? mention->item.rating : NAN);
    json_put_int(json, "reach", mention_reach(mention));
    json_put_int(json, "engagement", mention_engagement(mention));
    json_object_begin(json, "topics");
    for (size_t i = 0; i < mention->topic_count; i++) {
        const char *name = arena_copy_string(arena, mention->topics[i].name);
        json_put_real(json, name, mention->topics[i].score.value);
    }
    json_object_end(json);
    json_object_end(json);
}

static bool url_is_web(struct span url) {
    return span_starts_with_nocase(url, SPAN("https://")) ||
           span_starts_with_nocase(url, SPAN("http://"));
}

static void print_item(struct json_writer *json, const struct mention *mention, struct span brand,
                       struct arena *arena) {
    const struct item *item = &mention->item;
    json_object_begin(json, NULL);
    json_put_text(json, "id", arena_print(arena, "%llu", (unsigned long long)mention->sequence));
    if (url_is_web(item->url)) {
        json_put_text(json, "url", item->url);
    }
    json_put_text_if(json, "title", item->title);
    json_put_text(json, "content_text", mention_words(mention));
    json_put_time(json, "date_published", mention_time_ms(mention));
    if (item->updated_ms != DATE_NONE) {
        json_put_time(json, "date_modified", item->updated_ms);
    }
    if (!span_is_empty(item->author)) {
        json_array_begin(json, "authors");
        json_object_begin(json, NULL);
        json_put_text(json, "name", item->author);
        json_object_end(json);
        json_array_end(json);
    }
    json_put_text_if(json, "language", mention->language);
    json_array_begin(json, "tags");
    for (size_t i = 0; i < mention->topic_count; i++) {
        json_put_text(json, NULL, mention->topics[i].name);
    }
    json_array_end(json);
    print_extension(json, mention, brand, arena);
    json_object_end(json);
}

struct feed_page {
    const struct config *config;
    struct span brand;
    uint64_t before; /* as asked */
    uint64_t next;   /* 0: this is the last page */
};

static void print_head(struct json_writer *json, const struct feed_page *page,
                       struct arena *arena) {
    struct span base = server_base_url(page->config, arena);
    json_put_string(json, "version", "https://jsonfeed.org/version/1.1");
    json_put_text(json, "title", arena_print(arena, "Mentions of %.*s", SPAN_ARG(page->brand)));
    json_put_text(json, "home_page_url", arena_print(arena, "%.*s/", SPAN_ARG(base)));
    json_put_text(json, "feed_url", feed_url(page->config, page->brand, page->before, arena));
    json_put_string(json, "description",
                    "What people say, newest first in the order it was found, with how it feels.");
    if (page->next != 0) {
        json_put_text(json, "next_url", feed_url(page->config, page->brand, page->next, arena));
    }
}

bool feed_print(struct buffer *out, const struct snapshot *snapshot, const struct config *config,
                struct span brand, uint64_t before, size_t limit, struct error *error) {
    uint32_t number = 0;
    limit = limit > FEED_ITEMS_MAX ? FEED_ITEMS_MAX : limit;
    if (brand_find(config, brand) == NULL) {
        return error_set(error, ERROR_USAGE, "no brand \"%.*s\" in the configuration",
                         SPAN_ARG(brand));
    }
    struct arena *arena = arena_create();
    struct feed_walk walk = {
        .before = before, .sequences = ARENA_ARRAY(arena, uint64_t, limit + 1), .limit = limit + 1};
    if (snapshot_brand(snapshot, brand, &number)) {
        snapshot_timeline(snapshot, number, DATE_NONE, DATE_NONE, true, feed_entry, &walk);
    }
    qsort(walk.sequences, walk.count, sizeof(*walk.sequences), compare_newest);
    /* One more than asked for tells whether there is a next page. */
    size_t shown = walk.count > limit ? limit : walk.count;
    uint64_t next = walk.count > limit && limit > 0 ? walk.sequences[limit - 1] : 0;
    struct json_writer json = json_writer_make(out, false);
    json_object_begin(&json, NULL);
    const struct feed_page page = {config, brand, before, next};
    print_head(&json, &page, arena);
    json_array_begin(&json, "items");
    for (size_t i = 0; i < shown; i++) {
        struct mention mention;
        if (snapshot_mention(snapshot, walk.sequences[i], arena, &mention)) {
            print_item(&json, &mention, brand, arena);
        }
    }
    json_array_end(&json);
    json_object_end(&json);
    buffer_append_byte(out, '\n');
    arena_free(arena);
    if (out->overflowed) {
        return error_set(error, ERROR_LIMIT, "the feed passes its ceiling of %zu bytes",
                         out->ceiling);
    }
    return true;
}
