#include "base/buffer.h"
#include "parsers/discover.h"
#include "parsers/discover_groups.h"
#include "parsers/numbers.h"

/* --- Which elements are the items ------------------------------------------------------------- */

/* Fewer are no list; elements looked at on one page; groups whose insides are looked at. */
#define BLOCKS_LEAST 3
#define NODES_MOST 60000
#define FAVOURITES 8

/* Letters of its own that a block has on average: less is a menu. */
#define LETTERS_LEAST 15

static const char *const item_words[] = {"review",  "comment",     "post",   "entry",  "item",
                                         "topic",   "message",     "thread", "answer", "story",
                                         "opinion", "testimonial", "reply",  NULL};

static bool stands_aside(const xmlNode *node) {
    for (; node != NULL; node = node->parent) {
        if (dom_is(node, "nav") || dom_is(node, "footer") || dom_is(node, "header") ||
            dom_is(node, "head")) {
            return true;
        }
    }
    return false;
}

/* How well a group would do as the items, by its text alone; 0 = not at all. */
static double group_weight(const struct group *group) {
    size_t linked = 0;
    size_t letters = 0;
    size_t members = group->count < MEMBERS_MOST ? group->count : MEMBERS_MOST;
    if (group->count < BLOCKS_LEAST || group->by == GROUP_PROPERTY ||
        stands_aside(group->members[0])) {
        return 0;
    }
    for (size_t i = 0; i < members; i++) {
        letters += node_letters(group->members[i], &linked);
    }
    double own = (double)(letters - linked) + (double)linked / 4;
    bool telling = group_is_named(group, item_words) || span_equal(group->tag, SPAN("article"));
    if (own < LETTERS_LEAST * (double)members || span_equal(group->tag, SPAN("p")) ||
        span_equal(group->tag, SPAN("a")) || span_equal(group->tag, SPAN("span"))) {
        return 0;
    }
    double many = members < 25 ? (double)members : 25;
    return own * many * (telling ? 2 : 1);
}

struct favourite {
    const struct group *group;
    double weight;
};

/* The heaviest groups, heaviest first. */
static size_t favourites_pick(const struct groups *groups, struct favourite list[FAVOURITES]) {
    size_t count = 0;
    for (size_t i = 0; i < groups->count; i++) {
        struct favourite one = {groups->list[i], group_weight(groups->list[i])};
        size_t at = count < FAVOURITES ? count : FAVOURITES;
        if (one.weight <= 0 || (at == FAVOURITES && list[at - 1].weight >= one.weight)) {
            continue;
        }
        at = at == FAVOURITES ? at - 1 : at;
        for (; at > 0 && list[at - 1].weight < one.weight; at--) {
            list[at] = list[at - 1];
        }
        list[at] = one;
        count += count < FAVOURITES;
    }
    return count;
}

/* --- What stands where in them ---------------------------------------------------------------- */

struct inside {
    const struct group *items;
    size_t members;
    struct groups *groups; /* of the items' insides */
    /* What has been told so far; NULL = not there. */
    const struct group *published;
    const struct group *rating;
    const struct group *title;
    const struct group *author;
    const struct group *text;
    int64_t now_ms;
    struct arena *arena;
};

/* A place that at least six of ten items have. */
static bool is_common(const struct inside *inside, const struct group *group) {
    return group->count * 10 >= inside->members * 6;
}

static struct span member_text(const struct inside *inside, const struct group *group, size_t i) {
    return span_trim(dom_text(group->members[i], inside->arena));
}

static size_t shown_members(const struct group *group) {
    return group->count < MEMBERS_MOST ? group->count : MEMBERS_MOST;
}

/* How good a group is as some field, 0 = not at all. */
typedef double judge(const struct inside *inside, const struct group *group);

static const struct group *best_group(const struct inside *inside, judge *worth_of) {
    const struct group *best = NULL;
    double most = 0;
    for (size_t i = 0; i < inside->groups->count; i++) {
        const struct group *group = inside->groups->list[i];
        double worth = is_common(inside, group) ? worth_of(inside, group) : 0;
        if (worth > most) {
            most = worth;
            best = group;
        }
    }
    return best;
}

/* Share of the members that `holds` holds for. */
static double share_of(const struct inside *inside, const struct group *group,
                       bool (*holds)(const struct inside *inside, const xmlNode *node)) {
    size_t members = shown_members(group);
    size_t count = 0;
    for (size_t i = 0; i < members; i++) {
        count += holds(inside, group->members[i]);
    }
    return members == 0 ? 0 : (double)count / (double)members;
}

static bool reads_as_date(const struct inside *inside, const xmlNode *node) {
    int64_t ms = 0;
    struct span text = dom_attribute(node, "datetime");
    text = text.size > 0 ? text : span_trim(dom_text(node, inside->arena));
    return text.size > 0 && text.size <= 60 && date_parse_any(text, inside->now_ms, &ms);
}

static bool has_datetime(const struct inside *inside, const xmlNode *node) {
    (void)inside;
    return dom_attribute(node, "datetime").size > 0;
}

static double judge_date(const struct inside *inside, const struct group *group) {
    static const char *const words[] = {"date", "time", "publish", "ago", "created", NULL};
    double share = share_of(inside, group, reads_as_date);
    if (share < 0.6) {
        return 0;
    }
    return share + share_of(inside, group, has_datetime) * 2 +
           (group_is_named(group, words) ? 1 : 0);
}

static bool is_short(const struct inside *inside, const xmlNode *node) {
    struct span text = span_trim(dom_text(node, inside->arena));
    return text.size >= 2 && text.size <= 60 && span_find_byte(text, '\n') == SPAN_NOT_FOUND;
}

static double judge_author(const struct inside *inside, const struct group *group) {
    static const char *const sure[] = {"author", "username", "nickname", "reviewer",
                                       "byline", "poster",   NULL};
    static const char *const maybe[] = {"user", "name", "creator", "nick", "member", "by", NULL};
    double named = group_is_named(group, sure) ? 2 : (group_is_named(group, maybe) ? 1 : 0);
    double share = share_of(inside, group, is_short);
    bool dates = share_of(inside, group, reads_as_date) > 0.5;
    bool other = group == inside->title || group == inside->published;
    return named == 0 || share < 0.6 || dates || other ? 0 : named + share;
}

/* Where a rating says its number: an attribute, else the text. */
static const char *const rating_places[] = {
    "content",           "data-rating", "data-score", "data-value",
    "data-rating-value", "aria-label",  "title",      NULL};

static bool rating_number(const struct inside *inside, const xmlNode *node, const char *attribute,
                          double *number) {
    struct span text = attribute == NULL ? span_trim(dom_text(node, inside->arena))
                                         : dom_attribute(node, attribute);
    return text.size > 0 && text.size <= 60 && number_read_first(text, number) && *number <= 100;
}

/* The attribute that most members have a number in; NULL: their text, `*share` of them. */
static const char *rating_place(const struct inside *inside, const struct group *group,
                                double *share, double *best) {
    for (size_t p = 0; p < sizeof rating_places / sizeof rating_places[0]; p++) {
        size_t count = 0;
        double most = 0;
        for (size_t i = 0; i < shown_members(group); i++) {
            double number = 0;
            if (rating_number(inside, group->members[i], rating_places[p], &number)) {
                count++;
                most = number > most ? number : most;
            }
        }
        *share = (double)count / (double)shown_members(group);
        *best = most <= 5 ? 5 : (most <= 10 ? 10 : 100);
        if (*share >= 0.6) {
            return rating_places[p];
        }
    }
    return NULL;
}

static double judge_rating(const struct inside *inside, const struct group *group) {
    static const char *const words[] = {"rating", "stars",  "ratingvalue", "score",
                                        "note",   "stelle", "estrellas",   NULL};
    double share = 0;
    double best = 0;
    if (!group_is_named(group, words)) {
        return 0;
    }
    rating_place(inside, group, &share, &best);
    return share < 0.6 ? 0 : share + (group->by == GROUP_PROPERTY ? 1 : 0);
}

static double judge_title(const struct inside *inside, const struct group *group) {
    static const char *const words[] = {"title", "subject", "headline", NULL};
    bool heading = group->by == GROUP_TAG && group->tag.data[0] == 'h';
    bool named = group_is_named(group, words);
    double size = 0;
    for (size_t i = 0; i < shown_members(group); i++) {
        size += (double)member_text(inside, group, i).size;
    }
    size /= (double)shown_members(group);
    bool fits = size >= 4 && size <= 200;
    return !fits || (!heading && !named) ? 0 : (heading ? 1 : 0) + (named ? 0.8 : 0) + size / 1000;
}

static bool holds_member_of(const xmlNode *node, const struct group *group) {
    for (size_t i = 0; group != NULL && i < shown_members(group); i++) {
        if (group->members[i] == node || node_is_inside(group->members[i], node)) {
            return true;
        }
    }
    return false;
}

static double judge_text(const struct inside *inside, const struct group *group) {
    static const char *const words[] = {"body",        "content", "text",    "message",
                                        "description", "comment", "excerpt", NULL};
    double letters = 0;
    const struct group *others[] = {inside->published, inside->rating, inside->title,
                                    inside->author};
    for (size_t i = 0; i < shown_members(group); i++) {
        for (size_t o = 0; o < sizeof others / sizeof others[0]; o++) {
            if (holds_member_of(group->members[i], others[o])) {
                return 0;
            }
        }
        size_t linked = 0;
        size_t own = node_letters(group->members[i], &linked);
        letters += (double)(own - linked);
    }
    letters /= (double)inside->members;
    return letters < LETTERS_LEAST / 2.0 ? 0 : letters * (group_is_named(group, words) ? 1.3 : 1);
}

/* --- Fields as XPaths ------------------------------------------------------------------------- */

static struct span place_of(const struct inside *inside, const struct group *group,
                            const char *attribute) {
    if (group == NULL) {
        return (struct span){0};
    }
    struct span xpath = group_xpath(group, inside->arena);
    return attribute == NULL
               ? arena_print(inside->arena, ".//%.*s", SPAN_ARG(xpath))
               : arena_print(inside->arena, ".//%.*s/@%s", SPAN_ARG(xpath), attribute);
}

/* Whether an attribute tells the members apart. */
static bool attribute_is_unique(const struct inside *inside, const char *name) {
    for (size_t i = 0; i < inside->members; i++) {
        struct span value = dom_attribute(inside->items->members[i], name);
        for (size_t j = 0; j < i; j++) {
            if (span_equal(value, dom_attribute(inside->items->members[j], name))) {
                return false;
            }
        }
        if (value.size == 0) {
            return false;
        }
    }
    return true;
}

static struct span find_id(const struct inside *inside) {
    static const char *const names[] = {
        "id", "data-id", "data-review-id", "data-comment-id", "data-post-id", "data-topic-id"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (attribute_is_unique(inside, names[i])) {
            return arena_print(inside->arena, "@%s", names[i]);
        }
    }
    return (struct span){0};
}

/* The link of the title, or around the time: both lead to the item itself. */
static struct span find_url(const struct inside *inside) {
    const struct group *holders[] = {inside->title, inside->published};
    static const char *const forms[] = {"%.*s//a/@href", "%.*s/ancestor-or-self::a[1]/@href"};
    for (size_t i = 0; i < 4; i++) {
        struct span place = place_of(inside, holders[i / 2], NULL);
        const char *tail = forms[i % 2] + strlen("%.*s");
        struct span xpath = arena_print(inside->arena, "%.*s%s", SPAN_ARG(place), tail);
        if (place.size > 0 &&
            xpath_select(inside->items->members[0], xpath, inside->arena).count > 0) {
            return xpath;
        }
    }
    return (struct span){0};
}

static struct span find_rating(const struct inside *inside, double *best) {
    double share = 0;
    *best = 5;
    const char *attribute =
        inside->rating == NULL ? NULL : rating_place(inside, inside->rating, &share, best);
    return place_of(inside, inside->rating, attribute);
}

static struct span find_next(xmlDoc *document, struct arena *arena) {
    static const char *const places[] = {"//link[@rel='next']/@href", "//a[@rel='next']/@href",
                                         "//a[contains(@class, 'next')]/@href",
                                         "//*[contains(@class, 'next')]/a/@href"};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        xmlNode *root = xmlDocGetRootElement(document);
        if (xpath_select(root, span_of(places[i]), arena).count > 0) {
            return span_of(places[i]);
        }
    }
    return (struct span){0};
}

/* --- The whole -------------------------------------------------------------------------------- */

/* Looks into the items of a group: which of their parts is what. */
static struct inside look_inside(const struct group *items, int64_t now_ms, struct arena *arena) {
    struct inside inside = {.items = items,
                            .members = shown_members(items),
                            .groups = groups_create(arena),
                            .now_ms = now_ms,
                            .arena = arena};
    for (size_t i = 0; i < inside.members; i++) {
        const xmlNode *top = items->members[i];
        for (xmlNode *node = dom_next(top, top, false); node != NULL;
             node = dom_next(node, top, false)) {
            if (node->type == XML_ELEMENT_NODE) {
                groups_add(inside.groups, node, i + 1);
            }
        }
    }
    inside.published = best_group(&inside, judge_date);
    inside.rating = best_group(&inside, judge_rating);
    inside.title = best_group(&inside, judge_title);
    inside.author = best_group(&inside, judge_author);
    inside.text = best_group(&inside, judge_text);
    return inside;
}

/* A list whose items have an author, a date or a rating is one that people wrote; others are
 * teasers. */
static double inside_worth(const struct inside *inside) {
    if (inside->published == NULL && inside->author == NULL && inside->rating == NULL) {
        return 0;
    }
    return (inside->published != NULL ? 2 : 0) + (inside->author != NULL ? 1 : 0) +
           (inside->rating != NULL ? 1 : 0) + (inside->title != NULL ? 0.5 : 0) +
           (inside->text != NULL ? 0.5 : 0);
}

static void blocks_fill(xmlDoc *document, const struct inside *inside, struct blocks *blocks) {
    struct arena *arena = inside->arena;
    struct span items = group_xpath(inside->items, arena);
    bool dated =
        inside->published != NULL && share_of(inside, inside->published, has_datetime) > 0.6;
    blocks->items = arena_print(arena, "//%.*s", SPAN_ARG(items));
    blocks->count = inside->items->count;
    blocks->id = find_id(inside);
    blocks->url = find_url(inside);
    blocks->title = place_of(inside, inside->title, NULL);
    blocks->text = inside->text == NULL ? SPAN(".") : place_of(inside, inside->text, NULL);
    blocks->paragraphs = inside->text != NULL && span_equal(inside->text->tag, SPAN("p"));
    blocks->author = place_of(inside, inside->author, NULL);
    blocks->published = place_of(inside, inside->published, dated ? "datetime" : NULL);
    blocks->rating = find_rating(inside, &blocks->rating_best);
    blocks->next = find_next(document, arena);
}

bool blocks_find(xmlDoc *document, int64_t now_ms, struct arena *arena, struct blocks *blocks) {
    *blocks = (struct blocks){0};
    struct groups *groups = groups_create(arena);
    xmlNode *root = xmlDocGetRootElement(document);
    size_t looked = 0;
    for (xmlNode *node = root; node != NULL && looked < NODES_MOST;
         node = dom_next(node, root, false)) {
        if (node->type == XML_ELEMENT_NODE) {
            groups_add(groups, node, 0);
            looked++;
        }
    }
    struct favourite list[FAVOURITES];
    size_t count = favourites_pick(groups, list);
    double most = 0;
    for (size_t i = 0; i < count; i++) {
        struct inside inside = look_inside(list[i].group, now_ms, arena);
        double worth = list[i].weight * inside_worth(&inside);
        if (worth > most) {
            most = worth;
            blocks_fill(document, &inside, blocks);
        }
    }
    return most > 0;
}

static void print_place(struct buffer *out, const char *name, struct span place,
                        const char *comment) {
    if (place.size > 0) {
        buffer_print(out, "  %s: \"%.*s\"%s%s\n", name, SPAN_ARG(place),
                     comment[0] == '\0' ? "" : "   # ", comment);
    }
}

static void print_text_place(struct buffer *out, const struct blocks *blocks) {
    if (blocks->paragraphs) {
        buffer_print(out, "  text: {place: \"%.*s\", every: true}\n", SPAN_ARG(blocks->text));
    } else {
        buffer_print(out, "  text: {place: \"%.*s\", type: html}%s\n", SPAN_ARG(blocks->text),
                     span_equal(blocks->text, SPAN(".")) ? "   # all of the block" : "");
    }
}

struct span blocks_recipe(const struct blocks *blocks, struct arena *arena) {
    struct buffer out;
    buffer_init(&out, LIMIT_CONFIG);
    buffer_print(&out, "format: html\nrequest:\n  url: \"{url|raw}\"\n\nitems: \"%.*s\"\nitem:\n",
                 SPAN_ARG(blocks->items));
    print_place(&out, "id", blocks->id, "check that it stays the same when the list grows");
    if (blocks->url.size > 0) {
        buffer_print(&out, "  url: {place: \"%.*s\", type: url}\n", SPAN_ARG(blocks->url));
    }
    print_place(&out, "title", blocks->title, "");
    print_text_place(&out, blocks);
    print_place(&out, "author", blocks->author, "");
    print_place(&out, "published", blocks->published, "");
    if (blocks->rating.size > 0) {
        buffer_print(&out, "  rating: {place: \"%.*s\", best: %g}   # check the scale\n",
                     SPAN_ARG(blocks->rating), blocks->rating_best);
    }
    if (blocks->next.size > 0) {
        buffer_print(&out, "\npaging: {kind: next, next: \"%.*s\"}\n", SPAN_ARG(blocks->next));
    }
    buffer_print(&out, "\nexpect: [%s%stitle | text]\n",
                 blocks->published.size > 0 ? "published, " : "",
                 blocks->rating.size > 0 ? "rating, " : "");
    struct span text = arena_copy(arena, buffer_span(&out));
    buffer_done(&out);
    return text;
}
