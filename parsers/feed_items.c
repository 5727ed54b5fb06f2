#include "base/url.h"
#include "parsers/feed.h"
#include "parsers/numbers.h"

/* A feed's entries as items: of several fields that could serve, the best that is there. */

struct maker {
    const struct feed *feed;
    struct items *items;
    struct arena *arena;
    struct span language; /* of the feed as a whole */
};

static struct span text_of(struct maker *maker, const struct xml_node *node) {
    struct feed_value value = feed_value(maker->feed, node, maker->arena);
    if (value.markup) {
        return html_to_text(value.text, maker->arena);
    }
    return span_first_utf8(value.text, LIMIT_TEXT);
}

static struct span title_of(struct maker *maker, const struct feed_part *part) {
    struct span title = text_of(maker, part->field[FEED_TITLE]);
    return span_first_utf8(title, LIMIT_TITLE);
}

/* "2003-12-31T10:14:55Z" of the first of those fields that has a date. */
static int64_t date_of(struct maker *maker, const struct feed_part *part,
                       const enum feed_field *fields, size_t count) {
    int64_t ms = DATE_NONE;
    for (size_t i = 0; i < count; i++) {
        const struct xml_node *node = part->field[fields[i]];
        if (node != NULL && date_parse_any(xml_text(node, maker->arena), DATE_NONE, &ms)) {
            return ms;
        }
    }
    return DATE_NONE;
}

static bool is_page_link(const struct xml_node *link) {
    struct span rel = xml_attribute(link, "rel");
    return rel.size == 0 || span_equal_nocase(rel, SPAN("alternate"));
}

/* The page of a part: a link that leads to one, of type HTML rather than another. */
static struct span page_of(struct maker *maker, const struct feed_part *part) {
    struct span found = {0};
    for (size_t i = 0; i < part->links.count; i++) {
        const struct xml_node *link = part->links.list[i];
        struct span type = xml_attribute(link, "type");
        bool html = type.size == 0 || span_find_nocase(type, SPAN("html")) != SPAN_NOT_FOUND;
        if (is_page_link(link) && (found.size == 0 || (html && type.size > 0))) {
            struct span href = feed_link_href(maker->feed, link, maker->arena);
            found = href.size > 0 ? href : found;
            if (html && found.size > 0) {
                return found;
            }
        }
    }
    return found;
}

static bool is_http(struct span url) {
    return span_starts_with_nocase(url, SPAN("http://")) ||
           span_starts_with_nocase(url, SPAN("https://"));
}

static struct span entry_url(struct maker *maker, const struct feed_part *part, struct span id) {
    struct span url = page_of(maker, part);
    if (url.size > 0) {
        return url;
    }
    const struct xml_node *guid = part->field[FEED_ID];
    bool permanent =
        guid != NULL && !span_equal_nocase(xml_attribute(guid, "isPermaLink"), SPAN("false"));
    return permanent && is_http(id) ? id : (struct span){0};
}

static void author_set(struct maker *maker, const struct feed_part *part, struct item *item) {
    struct feed_person person = {0};
    if (part->field[FEED_AUTHOR] != NULL) {
        person = feed_person_split(text_of(maker, part->field[FEED_AUTHOR]));
    } else if (part->authors.count > 0) {
        person = feed_person(maker->feed, part->authors.list[0], maker->arena);
    }
    item->author = person.name.size > 0 ? person.name : person.email;
    item->author_id = person.url.size > 0 ? person.url : person.email;
}

static struct span language_of(struct maker *maker, const struct feed_part *part) {
    const struct xml_node *text =
        part->field[FEED_CONTENT] != NULL ? part->field[FEED_CONTENT] : part->field[FEED_SUMMARY];
    struct span language = text == NULL ? (struct span){0} : feed_language(text, maker->arena);
    if (language.size == 0 && part->field[FEED_LANGUAGE] != NULL) {
        language = feed_text(maker->feed, part, FEED_LANGUAGE, maker->arena);
    }
    return language.size > 0 ? language : maker->language;
}

static struct span host_of(struct span address, struct arena *arena) {
    struct url url;
    return url_parse(address, NULL, arena, &url) ? url.host : (struct span){0};
}

/* Aggregators name the paper they quote. */
static struct span site_of(struct maker *maker, const struct feed_part *part) {
    if (part->source != NULL) {
        struct span page = page_of(maker, part->source);
        struct span host = page.size > 0 ? host_of(page, maker->arena) : page;
        return host.size > 0 ? host : title_of(maker, part->source);
    }
    const struct xml_node *source = part->field[FEED_SOURCE];
    if (source == NULL) {
        return (struct span){0};
    }
    struct span host = host_of(xml_attribute(source, "url"), maker->arena);
    return host.size > 0 ? host : text_of(maker, source);
}

static void count_set(struct span text, int64_t *count) {
    int64_t number = 0;
    if (*count == COUNT_NONE && span_to_int64(span_trim(text), &number) && number >= 0) {
        *count = number;
    }
}

static struct span attribute_of(const struct xml_node *node, const char *name) {
    return node == NULL ? (struct span){0} : xml_attribute(node, name);
}

/* How many answered, watched, liked. */
static void engagement_set(struct maker *maker, const struct feed_part *part, struct item *item) {
    struct engagement *engagement = &item->engagement;
    count_set(feed_text(maker->feed, part, FEED_REPLIES, maker->arena), &engagement->replies);
    for (size_t i = 0; i < part->links.count; i++) {
        const struct xml_node *link = part->links.list[i];
        for (size_t a = 0;
             a < link->attribute_count && span_equal(xml_attribute(link, "rel"), SPAN("replies"));
             a++) {
            if (span_equal(link->attributes[a].name, SPAN("count"))) { /* thr:count, RFC 4685 */
                count_set(link->attributes[a].value, &engagement->replies);
            }
        }
    }
    count_set(attribute_of(part->field[FEED_STATISTICS], "views"), &engagement->views);
    count_set(attribute_of(part->field[FEED_STARS], "count"), &engagement->likes);
    count_set(feed_text(maker->feed, part, FEED_VOTES, maker->arena), &engagement->likes);
}

static double number_of(struct maker *maker, const struct feed_part *part, enum feed_field field,
                        double otherwise) {
    double number = otherwise;
    struct span text = feed_text(maker->feed, part, field, maker->arena);
    return number_read_first(text, &number) ? number : otherwise;
}

static double rating_of(struct maker *maker, const struct feed_part *part) {
    double value = number_of(maker, part, FEED_STARS_GIVEN, RATING_NONE);
    return value < 0 ? RATING_NONE
                     : rating_normalise(value, number_of(maker, part, FEED_STARS_WORST, 1),
                                        number_of(maker, part, FEED_STARS_BEST, 5));
}

static void dates_set(struct maker *maker, const struct feed_part *part, struct item *item) {
    static const enum feed_field published[] = {FEED_PUBLISHED, FEED_CREATED, FEED_DATE,
                                                FEED_UPDATED};
    static const enum feed_field updated[] = {FEED_UPDATED};
    item->published_ms = date_of(maker, part, published, sizeof published / sizeof published[0]);
    item->updated_ms = date_of(maker, part, updated, 1);
    if (item->updated_ms == item->published_ms) {
        item->updated_ms = DATE_NONE;
    }
}

static void entry_add(struct maker *maker, const struct feed_part *part) {
    struct item *item = items_add(maker->items);
    struct span id = feed_id(maker->feed, part, maker->arena);
    item->url = entry_url(maker, part, id);
    item->id = id.size > 0 ? id : item->url;
    item->title = title_of(maker, part);
    item->text = text_of(maker, part->field[FEED_CONTENT]);
    if (item->text.size == 0) {
        item->text = text_of(maker, part->field[FEED_SUMMARY]);
    }
    author_set(maker, part, item);
    item->language = language_of(maker, part);
    item->site = site_of(maker, part);
    dates_set(maker, part, item);
    engagement_set(maker, part, item);
    item->rating = rating_of(maker, part);
    if (part->field[FEED_IN_REPLY_TO] != NULL) {
        item->parent = xml_attribute(part->field[FEED_IN_REPLY_TO], "ref");
    }
}

static struct span link_with(struct maker *maker, const struct feed_part *part, const char *rel) {
    for (size_t i = 0; i < part->links.count; i++) {
        if (span_equal_nocase(xml_attribute(part->links.list[i], "rel"), span_of(rel))) {
            return feed_link_href(maker->feed, part->links.list[i], maker->arena);
        }
    }
    return (struct span){0};
}

/* The syndication module of RSS 1.0 (web.resource.org/rss/1.0/modules/syndication): 0 = not said. */
static int64_t update_ms(struct maker *maker) {
    static const struct {
        const char *name;
        int64_t ms;
    } periods[] = {{"hourly", HOUR_MS},
                   {"daily", DAY_MS},
                   {"weekly", 7 * DAY_MS},
                   {"monthly", 30 * DAY_MS},
                   {"yearly", 365 * DAY_MS}};
    const struct feed_part *head = &maker->feed->head;
    struct span period = feed_text(maker->feed, head, FEED_UPDATE_PERIOD, maker->arena);
    struct span said = feed_text(maker->feed, head, FEED_UPDATE_FREQUENCY, maker->arena);
    int64_t frequency = 1;
    if (!span_to_int64(said, &frequency) || frequency < 1) {
        frequency = 1;
    }
    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++) {
        if (span_equal_nocase(span_trim(period), span_of(periods[i].name))) {
            return periods[i].ms / frequency;
        }
    }
    return 0;
}

static void info_fill(struct maker *maker, struct feed_info *info) {
    const struct feed *feed = maker->feed;
    int64_t minutes = 0;
    *info = (struct feed_info){
        .title = title_of(maker, &feed->head),
        .url = page_of(maker, &feed->head),
        .language = maker->language,
        .next_url = link_with(maker, &feed->head, "next"),
        .format = arena_print(maker->arena, "%s %.*s", feed->kind, SPAN_ARG(feed->version)),
    };
    info->format = span_trim(info->format);
    /* A ttl beyond a year is a mistake, not a wish. */
    if (span_to_int64(feed_text(feed, &feed->head, FEED_TTL, maker->arena), &minutes) &&
        minutes > 0 && minutes <= 366 * 24 * 60) {
        info->ttl_ms = minutes * MINUTE_MS;
    } else {
        info->ttl_ms = update_ms(maker);
    }
}

void feed_items(const struct feed *feed, struct items *items, struct feed_info *info) {
    struct maker maker = {.feed = feed, .items = items, .arena = items->arena};
    maker.language = feed_text(feed, &feed->head, FEED_LANGUAGE, maker.arena);
    if (maker.language.size == 0) {
        maker.language = feed_language(feed->head.node, maker.arena);
    }
    for (size_t i = 0; i < feed->count && items->count < LIMIT_ITEMS; i++) {
        entry_add(&maker, &feed->entries[i]);
    }
    if (info != NULL) {
        info_fill(&maker, info);
    }
}
