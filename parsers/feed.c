#include "parsers/feed.h"

/* Namespaces that carry meaning here. */
enum space {
    CORE = 1 << 0, /* RSS in any of its namespaces or none; Atom in an Atom feed */
    ATOM = 1 << 1,
    DC = 1 << 2,
    TERMS = 1 << 3,
    CONTENT = 1 << 4,
    MEDIA = 1 << 5,
    ITUNES = 1 << 6,
    SLASH = 1 << 7,
    THREAD = 1 << 8,
    WFW = 1 << 9,
    XHTML = 1 << 10,
    APPSTORE = 1 << 11,
    REVIEW = 1 << 12,      /* the RDF review vocabulary, vocab.org/review */
    SYNDICATION = 1 << 13, /* RSS 1.0's module: how often it changes */
    OTHER = 1 << 14,
};

/* By the beginning of the URI, and by prefix for feeds that forgot to declare it. */
static const struct space_row {
    const char *uri;
    const char *prefix;
    enum space space;
} spaces[] = {
    {"http://www.w3.org/2005/atom", "atom", ATOM},
    {"http://purl.org/atom/ns", "atom03", ATOM},
    {"http://purl.org/dc/elements/", "dc", DC},
    {"http://purl.org/dc/terms", "dcterms", TERMS},
    {"http://purl.org/rss/1.0/modules/content", "content", CONTENT},
    {"http://search.yahoo.com/mrss", "media", MEDIA},
    {"http://www.itunes.com/dtds/podcast", "itunes", ITUNES},
    {"http://purl.org/rss/1.0/modules/slash", "slash", SLASH},
    {"http://purl.org/rss/1.0/modules/syndication", "sy", SYNDICATION},
    {"http://purl.org/syndication/thread", "thr", THREAD},
    {"http://wellformedweb.org/commentapi", "wfw", WFW},
    {"http://www.w3.org/1999/xhtml", "xhtml", XHTML},
    {"http://itunes.apple.com/rss", "im", APPSTORE},
    {"http://purl.org/stuff/rev", "rev", REVIEW},
    {"http://www.purl.org/stuff/rev", "-", REVIEW},
    {"http://purl.org/rss/1.0/modules/", "-", OTHER},
    {"http://purl.org/rss/1.0/", "rss", CORE},
    {"http://purl.org/net/rss", "-", CORE},
    {"http://my.netscape.com/", "-", CORE},
    {"http://channel.netscape.com/", "-", CORE},
    {"http://backend.userland.com/rss", "-", CORE},
    {"http://blogs.law.harvard.edu/tech/rss", "-", CORE},
};

enum role {
    ROLE_FIELD,
    ROLE_LINK,
    ROLE_CATEGORY,
    ROLE_AUTHOR, /* a person with parts, or a text: then FEED_AUTHOR */
    ROLE_CONTRIBUTOR,
    ROLE_ENCLOSURE,
    ROLE_SOURCE, /* a part of its own in Atom, a text in RSS */
    ROLE_GROUP,  /* its children count as if they stood here */
};

/* One row per element; sorted by name. `rank`: 0 beats 1. */
static const struct element {
    const char *name;
    unsigned spaces;
    enum role role;
    enum feed_field field;
    unsigned char rank;
} elements[] = {
    {"author", CORE | ATOM, ROLE_AUTHOR, FEED_AUTHOR, 0},
    {"author", DC, ROLE_AUTHOR, FEED_AUTHOR, 1},
    {"author", ITUNES, ROLE_AUTHOR, FEED_AUTHOR, 2},
    {"body", CORE | XHTML, ROLE_FIELD, FEED_CONTENT, 1},
    {"category", CORE | ATOM, ROLE_CATEGORY, 0, 0},
    {"comment", WFW, ROLE_FIELD, FEED_COMMENT_FORM, 0},
    {"commentRSS", WFW, ROLE_FIELD, FEED_COMMENT_FEED, 0},
    {"commentRss", WFW, ROLE_FIELD, FEED_COMMENT_FEED, 0},
    {"comments", CORE, ROLE_FIELD, FEED_COMMENTS, 0},
    {"comments", SLASH, ROLE_FIELD, FEED_REPLIES, 0},
    {"community", MEDIA, ROLE_GROUP, 0, 0},
    {"content", CORE | ATOM, ROLE_FIELD, FEED_CONTENT, 0},
    {"contributor", CORE | ATOM, ROLE_CONTRIBUTOR, 0, 0},
    {"contributor", DC, ROLE_CONTRIBUTOR, 0, 0},
    {"copyright", CORE | ATOM, ROLE_FIELD, FEED_RIGHTS, 0},
    {"created", CORE | ATOM | TERMS, ROLE_FIELD, FEED_CREATED, 0},
    {"creator", DC, ROLE_AUTHOR, FEED_AUTHOR, 1},
    {"date", DC, ROLE_FIELD, FEED_DATE, 0},
    {"description", CORE, ROLE_FIELD, FEED_SUMMARY, 0},
    {"description", DC, ROLE_FIELD, FEED_SUMMARY, 2},
    {"description", MEDIA, ROLE_FIELD, FEED_SUMMARY, 3},
    {"docs", CORE, ROLE_FIELD, FEED_DOCS, 0},
    {"enclosure", CORE, ROLE_ENCLOSURE, 0, 0},
    {"encoded", CONTENT, ROLE_FIELD, FEED_CONTENT, 0},
    {"expirationDate", CORE, ROLE_FIELD, FEED_EXPIRES, 0},
    {"fullitem", CORE, ROLE_FIELD, FEED_CONTENT, 1},
    {"generator", CORE | ATOM, ROLE_FIELD, FEED_GENERATOR, 0},
    {"group", MEDIA, ROLE_GROUP, 0, 0},
    {"guid", CORE, ROLE_FIELD, FEED_ID, 0},
    {"icon", CORE | ATOM, ROLE_FIELD, FEED_ICON, 0},
    {"id", CORE | ATOM, ROLE_FIELD, FEED_ID, 0},
    {"identifier", DC, ROLE_FIELD, FEED_ID, 2},
    {"image", CORE, ROLE_FIELD, FEED_IMAGE, 0},
    {"in-reply-to", THREAD, ROLE_FIELD, FEED_IN_REPLY_TO, 0},
    {"info", CORE | ATOM, ROLE_FIELD, FEED_INFO, 0},
    {"issued", CORE | ATOM | TERMS, ROLE_FIELD, FEED_PUBLISHED, 1},
    {"language", CORE, ROLE_FIELD, FEED_LANGUAGE, 0},
    {"language", DC, ROLE_FIELD, FEED_LANGUAGE, 1},
    {"lastBuildDate", CORE, ROLE_FIELD, FEED_UPDATED, 1},
    {"link", CORE | ATOM, ROLE_LINK, 0, 0},
    {"logo", CORE | ATOM, ROLE_FIELD, FEED_LOGO, 0},
    {"managingEditor", CORE, ROLE_FIELD, FEED_EDITOR, 0},
    {"maxRating", REVIEW, ROLE_FIELD, FEED_STARS_BEST, 0},
    {"minRating", REVIEW, ROLE_FIELD, FEED_STARS_WORST, 0},
    {"modified", CORE | ATOM | TERMS, ROLE_FIELD, FEED_UPDATED, 1},
    {"pubDate", CORE, ROLE_FIELD, FEED_PUBLISHED, 0},
    {"published", CORE | ATOM, ROLE_FIELD, FEED_PUBLISHED, 0},
    {"publisher", DC, ROLE_FIELD, FEED_PUBLISHER, 0},
    {"rating", CORE, ROLE_FIELD, FEED_RATING, 0},
    {"rating", APPSTORE | REVIEW, ROLE_FIELD, FEED_STARS_GIVEN, 0},
    {"reviewer", REVIEW, ROLE_AUTHOR, FEED_AUTHOR, 1},
    {"rights", CORE | ATOM, ROLE_FIELD, FEED_RIGHTS, 0},
    {"rights", DC, ROLE_FIELD, FEED_RIGHTS, 1},
    {"source", CORE | ATOM, ROLE_SOURCE, FEED_SOURCE, 0},
    {"starRating", MEDIA, ROLE_FIELD, FEED_STARS, 0},
    {"statistics", MEDIA, ROLE_FIELD, FEED_STATISTICS, 0},
    {"subject", DC, ROLE_CATEGORY, 0, 0},
    {"subtitle", CORE | ATOM, ROLE_FIELD, FEED_SUMMARY, 0},
    {"subtitle", ITUNES, ROLE_FIELD, FEED_SUMMARY, 5},
    {"summary", CORE | ATOM, ROLE_FIELD, FEED_SUMMARY, 1},
    {"summary", ITUNES, ROLE_FIELD, FEED_SUMMARY, 4},
    {"tagline", CORE | ATOM, ROLE_FIELD, FEED_SUMMARY, 0},
    {"tags", CORE, ROLE_CATEGORY, 0, 0},
    {"text", REVIEW, ROLE_FIELD, FEED_CONTENT, 1},
    {"title", CORE | ATOM, ROLE_FIELD, FEED_TITLE, 0},
    {"title", DC, ROLE_FIELD, FEED_TITLE, 1},
    {"title", ITUNES, ROLE_FIELD, FEED_TITLE, 2},
    {"title", MEDIA, ROLE_FIELD, FEED_TITLE, 3},
    {"total", THREAD, ROLE_FIELD, FEED_REPLIES, 0},
    {"ttl", CORE, ROLE_FIELD, FEED_TTL, 0},
    {"updateFrequency", SYNDICATION, ROLE_FIELD, FEED_UPDATE_FREQUENCY, 0},
    {"updatePeriod", SYNDICATION, ROLE_FIELD, FEED_UPDATE_PERIOD, 0},
    {"updated", CORE | ATOM, ROLE_FIELD, FEED_UPDATED, 0},
    {"valid", TERMS, ROLE_FIELD, FEED_VALID, 0},
    {"voteSum", APPSTORE, ROLE_FIELD, FEED_VOTES, 0},
    {"webMaster", CORE, ROLE_FIELD, FEED_WEBMASTER, 0},
};

#define ELEMENT_COUNT (sizeof elements / sizeof elements[0])

struct reader {
    struct feed *feed;
    struct arena *arena;
    const char *last_space; /* where the namespace classified last lies, and its class */
    enum space last_class;
};

static enum space space_classify(struct reader *reader, const struct xml_node *node) {
    if (node->space.size == 0 && node->prefix.size == 0) {
        return CORE;
    }
    if (node->space.size > 0 && node->space.data == reader->last_space) {
        return reader->last_class;
    }
    enum space space = OTHER;
    for (size_t i = 0; i < sizeof spaces / sizeof spaces[0] && space == OTHER; i++) {
        bool same = node->space.size > 0
                        ? span_starts_with_nocase(node->space, span_of(spaces[i].uri))
                        : span_equal(node->prefix, span_of(spaces[i].prefix));
        if (same) {
            space = spaces[i].space;
            break;
        }
    }
    /* RSS in a namespace nobody has heard of is still RSS: what the root is in is the core. */
    if (space == OTHER && node->space.size > 0 &&
        span_equal(node->space, reader->feed->head.node->space)) {
        space = CORE;
    }
    if (node->space.size > 0) {
        reader->last_space = node->space.data;
        reader->last_class = space;
    }
    return space;
}

/* The first row with that name, found by halves. */
static size_t element_first(struct span name) {
    size_t low = 0;
    size_t high = ELEMENT_COUNT;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (span_compare(span_of(elements[middle].name), name) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static const struct element *element_find(struct reader *reader, const struct xml_node *node) {
    size_t i = element_first(node->name);
    if (i == ELEMENT_COUNT || !span_equal(span_of(elements[i].name), node->name)) {
        return NULL;
    }
    unsigned space = space_classify(reader, node);
    for (; i < ELEMENT_COUNT && span_equal(span_of(elements[i].name), node->name); i++) {
        if ((elements[i].spaces & space) != 0) {
            return &elements[i];
        }
    }
    return NULL;
}

static void nodes_add(struct reader *reader, struct feed_nodes *nodes,
                      const struct xml_node *node) {
    nodes->list =
        arena_grow(reader->arena, nodes->list, nodes->count, &nodes->capacity, sizeof *nodes->list);
    nodes->list[nodes->count++] = node;
}

static void field_set(struct feed_part *part, const struct element *element,
                      const struct xml_node *node) {
    /* Of two dates that should be one the later element counts: it is the one that was added. */
    bool is_date = element->field >= FEED_PUBLISHED && element->field <= FEED_EXPIRES;
    bool better = part->field[element->field] == NULL ||
                  element->rank < part->rank[element->field] ||
                  (is_date && element->rank == part->rank[element->field]);
    if (better && (node->first != NULL || node->attribute_count > 0)) {
        part->field[element->field] = node;
        part->rank[element->field] = element->rank;
    }
}

static void part_read(struct reader *reader, const struct xml_node *node, struct feed_part *part);

static void part_add(struct reader *reader, const struct xml_node *node, struct feed_part *part) {
    const struct element *element = element_find(reader, node);
    if (element == NULL) {
        return;
    }
    switch (element->role) {
    case ROLE_FIELD:
        field_set(part, element, node);
        break;
    case ROLE_LINK:
        nodes_add(reader, &part->links, node);
        break;
    case ROLE_CATEGORY:
        nodes_add(reader, &part->categories, node);
        break;
    case ROLE_AUTHOR:
        nodes_add(reader, &part->authors, node);
        if (!reader->feed->atom || !xml_has_elements(node)) {
            field_set(part, element, node);
        }
        break;
    case ROLE_CONTRIBUTOR:
        nodes_add(reader, &part->contributors, node);
        break;
    case ROLE_ENCLOSURE:
        nodes_add(reader, &part->enclosures, node);
        break;
    case ROLE_SOURCE:
        if (xml_has_elements(node) && part->source == NULL && part->node != node) {
            part->source = ARENA_NEW(reader->arena, struct feed_part);
            part_read(reader, node, part->source);
        } else {
            field_set(part, element, node);
        }
        break;
    case ROLE_GROUP:
        for (const struct xml_node *child = node->first; child != NULL; child = child->next) {
            if (xml_is_element(child)) {
                part_add(reader, child, part);
            }
        }
        break;
    }
}

static bool is_entry(const struct xml_node *node) {
    return span_equal(node->name, SPAN("item")) || span_equal(node->name, SPAN("entry"));
}

/* Fields of a part; entries inside are not its fields. */
static void part_read(struct reader *reader, const struct xml_node *node, struct feed_part *part) {
    part->node = node;
    for (const struct xml_node *child = node->first; child != NULL; child = child->next) {
        if (xml_is_element(child) && !is_entry(child)) {
            part_add(reader, child, part);
        }
    }
}

static size_t entries_count(const struct xml_node *node) {
    size_t count = 0;
    for (const struct xml_node *child = node->first; child != NULL; child = child->next) {
        count += is_entry(child);
    }
    return count;
}

static void entries_read(struct reader *reader, const struct xml_node *node) {
    struct feed *feed = reader->feed;
    for (const struct xml_node *child = node->first; child != NULL; child = child->next) {
        if (is_entry(child) && feed->count < LIMIT_ITEMS) {
            part_read(reader, child, &feed->entries[feed->count++]);
        }
    }
}

static const struct xml_node *child_named(const struct xml_node *node, const char *name) {
    for (const struct xml_node *child = node->first; child != NULL; child = child->next) {
        if (span_equal(child->name, span_of(name))) {
            return child;
        }
    }
    return NULL;
}

/* What kind of feed has this root; false: none. */
static bool root_judge(struct feed *feed, const struct xml_node *root) {
    struct span version = xml_attribute(root, "version");
    feed->kind = "rss";
    feed->version = version;
    if (span_equal(root->name, SPAN("feed"))) {
        feed->atom = true;
        feed->kind = "atom";
        bool old = span_starts_with_nocase(root->space, SPAN("http://purl.org/atom/ns"));
        feed->version = old || version.size > 0 ? version : SPAN("1.0");
        if (old && version.size == 0) {
            feed->version = SPAN("0.3");
        }
        return true;
    }
    if (span_equal_nocase(root->name, SPAN("rss"))) {
        return true;
    }
    if (span_equal(root->name, SPAN("RDF"))) {
        const struct xml_node *channel = child_named(root, "channel");
        struct span space = channel == NULL ? root->space : channel->space;
        bool old = span_find(space, SPAN("netscape.com")) != SPAN_NOT_FOUND;
        feed->version = old ? SPAN("0.9") : SPAN("1.0");
        return true;
    }
    return span_equal(root->name, SPAN("channel"));
}

bool feed_parse(struct span utf8, struct span base, struct arena *arena, struct feed *feed,
                struct error *error) {
    struct xml_node *root = NULL;
    *feed = (struct feed){.base = base};
    if (!xml_parse(utf8, arena, &root, error)) {
        return false;
    }
    if (!root_judge(feed, root)) {
        return error_set(error, ERROR_INPUT, "not a feed: the root element is <%.*s>",
                         SPAN_ARG(span_first_utf8(root->name, 40)));
    }
    const struct xml_node *channel = child_named(root, "channel");
    const struct xml_node *head = channel == NULL ? root : channel;
    struct reader reader = {.feed = feed, .arena = arena};
    size_t count = entries_count(root) + (head == root ? 0 : entries_count(head));
    feed->entries = ARENA_ARRAY(arena, struct feed_part, count);
    feed->head.node = head;
    part_read(&reader, head, &feed->head);
    if (head != root) {
        entries_read(&reader, head);
        /* RSS 1.0 has image and the items beside the channel. */
        const struct xml_node *image = child_named(root, "image");
        feed->head.field[FEED_IMAGE] = image != NULL ? image : feed->head.field[FEED_IMAGE];
    }
    entries_read(&reader, root);
    return true;
}
