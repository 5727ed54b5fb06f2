#include "parsers/reviews.h"

#include "base/hash.h"
#include "base/url.h"
#include "parsers/numbers.h"

#include <inttypes.h>

/* --- From microdata's form to JSON-LD's ------------------------------------------------------- */

static json_t *thing_from_item(const json_t *item) {
    const char *name = NULL;
    json_t *values = NULL;
    json_t *thing = json_object();
    json_object_set(thing, "@type", json_object_get(item, "type"));
    json_object_set(thing, "@id", json_object_get(item, "id"));
    json_object_set(thing, "name", json_object_get(item, "value"));
    json_object_foreach(json_object_get(item, "properties"), name, values) {
        json_t *list = json_array();
        size_t index = 0;
        json_t *value = NULL;
        json_array_foreach(values, index, value) {
            json_array_append_new(list, json_is_object(value) ? thing_from_item(value)
                                                              : json_incref(value));
        }
        json_object_set_new(thing, name, list);
    }
    return thing;
}

json_t *things_from_items(const json_t *items) {
    json_t *things = json_array();
    size_t index = 0;
    json_t *item = NULL;
    json_array_foreach(items, index, item) {
        json_array_append_new(things, thing_from_item(item));
    }
    return things;
}

/* --- Looking things up ------------------------------------------------------------------------ */

static const json_t *first_of(const json_t *value) {
    return json_is_array(value) ? json_array_get(value, 0) : value;
}

/* "Review" of "Review", "http://schema.org/Review", ["Product", "schema:Review"]. */
static bool type_is(const json_t *type, const char *name) {
    size_t index = 0;
    json_t *one = NULL;
    if (json_is_array(type)) {
        json_array_foreach(type, index, one) {
            if (type_is(one, name)) {
                return true;
            }
        }
        return false;
    }
    struct span text = json_span(type);
    size_t cut = text.size;
    while (cut > 0 && strchr("/#:", text.data[cut - 1]) == NULL) {
        cut--;
    }
    return span_equal(span_from(text, cut), span_of(name));
}

static bool is_a(const json_t *thing, const char *const *types) {
    const json_t *type = json_object_get(thing, "@type");
    for (; *types != NULL; types++) {
        if (type_is(type, *types)) {
            return true;
        }
    }
    return false;
}

const json_t *thing_find(const json_t *things, const char *const *types) {
    size_t index = 0;
    json_t *one = NULL;
    const char *key = NULL;
    if (json_is_object(things)) {
        if (is_a(things, types)) {
            return things;
        }
        json_object_foreach((json_t *)(uintptr_t)things, key, one) {
            const json_t *found = thing_find(one, types);
            if (found != NULL) {
                return found;
            }
        }
    }
    json_array_foreach(things, index, one) {
        const json_t *found = thing_find(one, types);
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

struct span thing_text(const json_t *thing, const char *name, struct arena *arena) {
    const json_t *value = first_of(json_object_get(thing, name));
    if (json_is_object(value)) {
        const json_t *inner = json_object_get(value, "@value");
        return inner != NULL ? json_scalar(inner, arena)
                             : json_scalar(first_of(json_object_get(value, "name")), arena);
    }
    return span_trim(json_scalar(value, arena));
}

/* --- Reviews ---------------------------------------------------------------------------------- */

struct collector {
    struct items *items;
    struct arena *arena;
    struct span base;
    json_t *by_id; /* things by @id, for those that are only named elsewhere */
    size_t from;   /* index of the first item of this page */
};

/* The thing itself for {"@id": "..."}. */
static const json_t *resolved(const struct collector *collector, const json_t *value) {
    value = first_of(value);
    if (json_is_object(value) && json_object_size(value) == 1) {
        const char *id = json_string_value(json_object_get(value, "@id"));
        const json_t *thing = id == NULL ? NULL : json_object_get(collector->by_id, id);
        return thing != NULL ? thing : value;
    }
    return value;
}

/* The scale is the rating's own; the page's other ratings may have others. Google's defaults: best
 * 5, worst 1. */
static double rating_of(const struct collector *collector, const json_t *review) {
    const json_t *rating = resolved(collector, json_object_get(review, "reviewRating"));
    double value = 0;
    double best = 5;
    double worst = 1;
    if (!json_is_object(rating)) {
        rating = json_object_get(review, "ratingValue") != NULL ? review : rating;
    }
    struct span text = json_is_object(rating) ? thing_text(rating, "ratingValue", collector->arena)
                                              : json_scalar(rating, collector->arena);
    struct span best_text = thing_text(rating, "bestRating", collector->arena);
    struct span worst_text = thing_text(rating, "worstRating", collector->arena);
    if (!number_read_first(text, &value)) {
        return RATING_NONE;
    }
    if (!number_read_first(best_text, &best) && span_ends_with(text, SPAN("%"))) {
        best = 100;
        worst = 0;
    }
    /* A value below the scale says where the scale really begins. */
    if (!number_read_first(worst_text, &worst) && value < worst) {
        worst = 0;
    }
    return rating_normalise(value, worst, best);
}

static struct span any_text(const struct collector *collector, const json_t *thing,
                            const char *const *names) {
    struct span text = {0};
    for (; *names != NULL && text.size == 0; names++) {
        text = thing_text(thing, *names, collector->arena);
    }
    return text;
}
#define ANY_TEXT(collector, thing, ...)                                                            \
    any_text((collector), (thing), (const char *const[]){__VA_ARGS__, NULL})

static struct span plain(const struct collector *collector, struct span text) {
    bool markup =
        span_find_byte(text, '<') != SPAN_NOT_FOUND || span_find_byte(text, '&') != SPAN_NOT_FOUND;
    return markup ? html_to_text(text, collector->arena) : text;
}

static int64_t date_of(struct span text) {
    int64_t ms = DATE_NONE;
    return date_parse_any(text, DATE_NONE, &ms) ? ms : DATE_NONE;
}

static int64_t count_of(const struct collector *collector, const json_t *review, const char *name) {
    double count = 0;
    bool said = number_read_first(thing_text(review, name, collector->arena), &count);
    return said && count >= 0 && count < 1e15 ? (int64_t)count : COUNT_NONE;
}

static struct span address_of(const struct collector *collector, struct span reference) {
    struct url base;
    struct url url;
    if (reference.size == 0) {
        return reference;
    }
    bool has_base = url_parse(collector->base, NULL, collector->arena, &base);
    return url_parse(reference, has_base ? &base : NULL, collector->arena, &url)
               ? url_print(&url, collector->arena)
               : (struct span){0};
}

/* Without an id of its own a review is known by who said what when. */
static struct span own_id(const struct collector *collector, const struct item *item) {
    uint64_t hash = hash_bytes(item->text);
    hash = hash_combine(hash, hash_bytes(item->author));
    hash = hash_combine(hash, hash_bytes(item->title));
    hash = hash_combine(hash, (uint64_t)item->published_ms);
    return arena_print(collector->arena, "review-%016" PRIx64, hash);
}

static bool is_double(const struct collector *collector, const struct item *item) {
    const struct items *items = collector->items;
    for (size_t i = collector->from; i + 1 < items->count; i++) {
        if (span_equal(items->list[i].id, item->id) ||
            (item->text.size > 0 && span_equal(items->list[i].text, item->text) &&
             span_equal(items->list[i].author, item->author))) {
            return true;
        }
    }
    return false;
}

static struct span publisher_name(const struct collector *collector, const json_t *review) {
    const json_t *publisher = resolved(collector, json_object_get(review, "publisher"));
    return json_is_object(publisher) ? thing_text(publisher, "name", collector->arena)
                                     : json_scalar(publisher, collector->arena);
}

/* What a critic or the publisher itself says. Markets state themselves as publisher of what their
 * customers write, too: those are persons, or the review is one of many. */
static bool is_editorial(const struct collector *collector, const json_t *review,
                         const json_t *author) {
    static const char *const critics[] = {"CriticReview", "MediaReview", NULL};
    static const char *const houses[] = {"Organization", "NewsMediaOrganization", "Corporation",
                                         NULL};
    struct span publisher = publisher_name(collector, review);
    struct span name = json_is_object(author) ? thing_text(author, "name", collector->arena)
                                              : json_scalar(author, collector->arena);
    bool house = json_is_object(author) && is_a(author, houses);
    return is_a(review, critics) || (house && publisher.size > 0 && span_equal(publisher, name));
}

static void review_add(struct collector *collector, const json_t *review) {
    struct arena *arena = collector->arena;
    struct item *item = items_add(collector->items);
    const json_t *author = resolved(collector, json_object_get(review, "author"));
    item->site = plain(collector, publisher_name(collector, review));
    item->channel = is_editorial(collector, review, author) ? CHANNEL_NEWS : CHANNEL_UNKNOWN;
    item->title = plain(collector, ANY_TEXT(collector, review, "name", "headline"));
    item->text = plain(collector, ANY_TEXT(collector, review, "reviewBody", "description", "text"));
    item->author = plain(collector, json_is_object(author) ? thing_text(author, "name", arena)
                                                           : json_scalar(author, arena));
    item->author_id = ANY_TEXT(collector, author, "@id", "url");
    item->published_ms =
        date_of(ANY_TEXT(collector, review, "datePublished", "dateCreated", "dateModified"));
    item->language = thing_text(review, "inLanguage", arena);
    /* A magazine's review is not a customer's. */
    item->site = plain(collector, thing_text(review, "publisher", arena));
    item->engagement.likes = count_of(collector, review, "upvoteCount");
    item->engagement.replies = count_of(collector, review, "commentCount");
    item->rating = rating_of(collector, review);
    item->url = address_of(collector, ANY_TEXT(collector, review, "url", "@id"));
    item->id = address_of(collector, ANY_TEXT(collector, review, "@id", "url"));
    if (item->id.size == 0 || span_equal(item->id, collector->base)) {
        item->id = own_id(collector, item);
    }
    if (item->url.size == 0) {
        item->url = collector->base;
    }
    bool empty = item->text.size == 0 && item->title.size == 0 && item->rating < 0;
    if (empty || is_double(collector, item)) {
        collector->items->count--;
    }
}

static const char *const review_types[] = {"Review",         "UserReview",  "CriticReview",
                                           "EmployerReview", "MediaReview", NULL};

/* Depth is that of the JSON: LIMIT_DEPTH. */
static void collect(struct collector *collector, const json_t *value) {
    size_t index = 0;
    json_t *one = NULL;
    const char *key = NULL;
    if (json_is_object(value)) {
        bool named_only = json_object_size(value) <= 2 && json_object_get(value, "@id") != NULL;
        if (!named_only && is_a(value, review_types) && collector->items->count < LIMIT_ITEMS) {
            review_add(collector, value);
        }
        json_object_foreach((json_t *)(uintptr_t)value, key, one) {
            collect(collector, one);
        }
    }
    json_array_foreach(value, index, one) {
        collect(collector, one);
    }
}

static void index_ids(json_t *by_id, json_t *value) {
    size_t index = 0;
    json_t *one = NULL;
    const char *key = NULL;
    if (json_is_object(value)) {
        const char *id = json_string_value(json_object_get(value, "@id"));
        if (id != NULL && json_object_size(value) > 1) {
            json_object_set(by_id, id, value);
        }
        json_object_foreach(value, key, one) {
            index_ids(by_id, one);
        }
    }
    json_array_foreach(value, index, one) {
        index_ids(by_id, one);
    }
}

void reviews_append(json_t *things, struct span base, bool article, struct items *items) {
    struct collector collector = {.items = items,
                                  .arena = items->arena,
                                  .base = base,
                                  .by_id = json_object(),
                                  .from = items->count};
    index_ids(collector.by_id, things);
    collect(&collector, things);
    json_decref(collector.by_id);
    bool alone = items->count == collector.from + 1;
    if (alone && article && items->list[collector.from].site.size > 0) {
        items->list[collector.from].channel = CHANNEL_NEWS;
    }
}
