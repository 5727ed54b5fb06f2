#include "tests/origin/world.h"

#include "base/limits.h"
#include "base/print.h"
#include "tests/origin/identity.h"
#include "tests/origin/writer.h"

#include <math.h>
#include <stdlib.h>

const char *const world_default_brands[WORLD_BRANDS] = {"Brellin", "Tavora", "Quondale"};

/* Ordinary posts in an average hour at scale 1. */
#define TALK_PER_HOUR 7.0
/* Posts in the incident's worst hour at scale 1: five times what brand 0 usually gets. */
#define INCIDENT_PER_HOUR 17.0
#define INCIDENT_HOURS 48

struct maker {
    struct world *world;
    struct dice dice;
    size_t capacity;
    int64_t begin_ms;
    int64_t end_ms;
    unsigned clusters;
};

const char *polarity_name(enum polarity polarity) {
    static const char *const names[] = {"absent", "negative", "neutral", "positive"};
    return names[polarity];
}

const char *topic_name(enum topic topic) {
    static const char *const names[TOPIC_COUNT] = {"general", "delivery", "price",
                                                   "support", "quality",  "usability"};
    return names[topic];
}

struct span world_tag(const struct world *world, size_t brand, struct arena *arena) {
    struct span name = world->options.brands[brand];
    char *tag = arena_copy_string(arena, name);
    size_t size = 0;
    for (size_t i = 0; i < name.size; i++) {
        if (name.data[i] != ' ') {
            tag[size++] = byte_to_lower(name.data[i]);
        }
    }
    return (struct span){tag, size};
}

/* --- What one post is like -------------------------------------------------------------------- */

static size_t choose_brand(struct maker *maker) {
    static const int shares[WORLD_BRANDS] = {45, 33, 22};
    return dice_weighted(&maker->dice, shares, WORLD_BRANDS);
}

static enum topic choose_topic(struct maker *maker) {
    static const int weights[TOPIC_COUNT] = {
        [TOPIC_GENERAL] = 24, [TOPIC_DELIVERY] = 14, [TOPIC_PRICE] = 15,
        [TOPIC_SUPPORT] = 15, [TOPIC_QUALITY] = 19,  [TOPIC_USABILITY] = 13,
    };
    return (enum topic)dice_weighted(&maker->dice, weights, TOPIC_COUNT);
}

static enum polarity choose_polarity(struct maker *maker, const struct site *site, size_t brand) {
    static const int talk[WORLD_BRANDS][4] = {{0, 31, 31, 38}, {0, 24, 30, 46}, {0, 38, 30, 32}};
    static const int reviews[WORLD_BRANDS][4] = {{0, 34, 8, 58}, {0, 25, 8, 67}, {0, 48, 9, 43}};
    static const int questions[4] = {0, 25, 70, 5};
    const int *weights = site_is_review(site) ? reviews[brand] : talk[brand];
    return (enum polarity)dice_weighted(&maker->dice,
                                        site->kind == SITE_STACK ? questions : weights, 4);
}

/* Stars as people give them: the ends of the scale are crowded. */
static int choose_rating(struct maker *maker, const struct site *site, enum polarity polarity) {
    if (!site_is_review(site)) {
        return 0;
    }
    bool extreme = dice_chance(&maker->dice, 68);
    if (site->kind == SITE_STEAM) { /* thumbs have no middle */
        return polarity == POLARITY_POSITIVE || (polarity == POLARITY_NEUTRAL && extreme) ? 5 : 1;
    }
    switch (polarity) {
    case POLARITY_POSITIVE:
        return extreme ? 5 : 4;
    case POLARITY_NEGATIVE:
        return extreme ? 1 : 2;
    case POLARITY_NEUTRAL:
    case POLARITY_ABSENT:
        break;
    }
    return 3;
}

/* --- One post --------------------------------------------------------------------------------- */

static struct post *add_post(struct maker *maker, const struct site *site, int64_t published_ms) {
    struct world *world = maker->world;
    world->posts = memory_grow(world->posts, world->count, &maker->capacity, sizeof *world->posts);
    struct post *post = &world->posts[world->count++];
    size_t language = 0;
    int weights[9] = {0};
    for (size_t i = 0; i < 9 && site->languages[i].code != NULL; i++) {
        weights[i] = site->languages[i].weight;
    }
    language = dice_weighted(&maker->dice, weights, 9);
    *post = (struct post){
        .site = site,
        /* Only Mastodon tells milliseconds; what no reader can know is not in the truth. */
        .published_ms =
            site->kind == SITE_MASTODON ? published_ms : published_ms - published_ms % SECOND_MS,
        .language = site->languages[language].code,
        .country = site->languages[language].country,
        .product = -1,
        .likes = (int)dice_poisson(&maker->dice, 3),
        .replies = (int)dice_poisson(&maker->dice, 1),
        .shares = (int)dice_poisson(&maker->dice, 1),
    };
    return post;
}

static struct writer writer_for(struct maker *maker, const struct post *post) {
    return (struct writer){
        .dice = &maker->dice,
        .arena = maker->world->arena,
        .book = phrasebook_find(post->language),
    };
}

static void finish_text(const struct writer *writer, struct post *post, struct span text,
                        enum polarity polarity) {
    post->text = writer_roughen(writer, text, polarity, post->site->kind == SITE_MASTODON);
}

static void make_unrelated(struct maker *maker, struct post *post) {
    struct writer writer = writer_for(maker, post);
    writer.other = maker->world->options.brands[choose_brand(maker)];
    bool hides = false;
    struct span text = writer_ramble(&writer, &hides);
    writer.other = (struct span){NULL, 0};
    post->topic = TOPIC_GENERAL;
    finish_text(&writer, post, text, POLARITY_NEUTRAL);
}

static void make_comparison(struct maker *maker, struct post *post) {
    size_t brand = choose_brand(maker);
    size_t other = (brand + 1 + dice_roll(&maker->dice, WORLD_BRANDS - 1)) % WORLD_BRANDS;
    struct writer writer = writer_for(maker, post);
    writer.brand = maker->world->options.brands[brand];
    writer.other = maker->world->options.brands[other];
    struct span text = writer_compare(&writer, &post->brands[brand], &post->brands[other]);
    post->named[brand] = true;
    post->named[other] = true;
    post->topic = TOPIC_GENERAL;
    finish_text(&writer, post, text, POLARITY_NEUTRAL);
}

/* A HN story or a question: their titles name the brand too. HN posts without one are comments. */
static struct span make_title(const struct writer *writer, const struct post *post,
                              enum polarity polarity) {
    if (post->site->kind == SITE_HN && dice_chance(writer->dice, 20)) {
        struct writer_request request = {post->topic, polarity, post->incident, 1};
        return writer_say(writer, &request);
    }
    if (post->site->kind == SITE_STACK) {
        return writer_fill(writer, writer_pick(writer, writer->book->questions));
    }
    if (site_is_review(post->site) && post->site->kind != SITE_STEAM) {
        return writer_title(writer, polarity);
    }
    return (struct span){NULL, 0};
}

static void make_opinion(struct maker *maker, struct post *post, size_t brand) {
    struct writer writer = writer_for(maker, post);
    bool review = site_is_review(post->site);
    bool named = !review || dice_chance(&maker->dice, 75);
    enum polarity polarity =
        post->incident ? POLARITY_NEGATIVE : choose_polarity(maker, post->site, brand);
    post->topic = post->incident ? TOPIC_DELIVERY : choose_topic(maker);
    post->brands[brand] = polarity;
    post->named[brand] = named;
    post->product = review ? (int)brand : -1;
    post->rating = choose_rating(maker, post->site, polarity);
    if (named) {
        writer.brand = maker->world->options.brands[brand];
    }
    struct writer_request request = {
        .topic = post->topic,
        .polarity = polarity,
        .incident = post->incident,
        .most = post->site->kind == SITE_MASTODON ? 2 : 4,
    };
    post->title = make_title(&writer, post, polarity);
    finish_text(&writer, post, writer_say(&writer, &request), polarity);
    if (post->incident) {
        post->likes += (int)dice_poisson(&maker->dice, 12);
        post->shares += (int)dice_poisson(&maker->dice, 6);
    }
}

/* --- News ------------------------------------------------------------------------------------- */

/* What an editor does to a wire story: another headline mark, a place line, a credit, the last
 * paragraph cut. The story stays the same story. */
static struct span edit_copy(struct maker *maker, const struct post *first,
                             const struct site *site) {
    static const char *const places[] = {"(NWS) ", "[NWS] ", "", "NWS / ", NULL};
    struct writer writer = {.dice = &maker->dice, .arena = maker->world->arena};
    struct span body = first->text;
    if (dice_chance(&maker->dice, 30)) {
        size_t cut = body.size;
        while (cut > 0 && body.data[cut - 1] != '\n') {
            cut--;
        }
        body = cut > 2 ? span_trim(span_first(body, cut)) : body;
    }
    const char *credit = dice_chance(&maker->dice, 40) ? site->title : "";
    return arena_print(maker->world->arena, "%s%.*s%s%s", writer_pick(&writer, places),
                       SPAN_ARG(body), *credit == '\0' ? "" : "\n\n", credit);
}

/* Prints the story of posts[index] on other papers of its language within a few hours. */
static void syndicate(struct maker *maker, size_t index, int percent) {
    struct world *world = maker->world;
    unsigned cluster = 0;
    for (size_t i = 0; i < site_count; i++) {
        struct post first = world->posts[index];
        if (!site_is_feed(&sites[i]) || &sites[i] == first.site ||
            strcmp(sites[i].languages[0].code, first.language) != 0 ||
            !dice_chance(&maker->dice, percent)) {
            continue;
        }
        int64_t later = (int64_t)dice_between(&maker->dice, 4, 300) * MINUTE_MS;
        if (first.published_ms + later >= maker->end_ms) {
            continue;
        }
        cluster = cluster == 0 ? ++maker->clusters : cluster;
        struct post *copy = add_post(maker, &sites[i], first.published_ms + later);
        struct post made = first;
        made.site = copy->site;
        made.published_ms = copy->published_ms;
        made.cluster = cluster;
        made.text = edit_copy(maker, &first, &sites[i]);
        *copy = made;
    }
    world->posts[index].cluster = cluster;
}

/* Headline, lead, a few paragraphs that papers fill with, and the rest of the story. */
static void make_article(struct maker *maker, struct post *post, const struct story *story,
                         size_t brand) {
    struct arena *arena = maker->world->arena;
    struct writer writer = writer_for(maker, post);
    writer.brand = maker->world->options.brands[brand];
    struct span template =
        arena_print(arena, "%s\n\n%s\n\n%s\n\n%s", story->title, story->paragraphs[0],
                    story->paragraphs[1], story->paragraphs[2]);
    struct span whole = writer_fill(&writer, template.data);
    size_t end = span_find(whole, SPAN("\n\n"));
    struct span body = span_from(whole, end + 2);
    struct span lead = span_first(body, span_find(body, SPAN("\n\n")));
    const char *picked[4];
    struct span parts[6] = {lead};
    size_t count = 1;
    size_t fillers = writer_pick_many(&writer, writer.book->fillers, picked,
                                      (size_t)dice_between(&maker->dice, 2, 4));
    for (size_t i = 0; i < fillers; i++) {
        parts[count++] = writer_fill(&writer, picked[i]);
    }
    parts[count++] = span_from(body, lead.size + 2);
    post->title = span_first(whole, end);
    post->text = arena_join(arena, parts, count, "\n\n");
    post->topic = story->topic;
    post->brands[brand] = story->polarity;
    post->named[brand] = story->polarity != POLARITY_ABSENT;
}

static void make_news(struct maker *maker, struct post *post) {
    const struct phrasebook *book = phrasebook_find(post->language);
    const struct story *story = &book->stories[dice_roll(&maker->dice, book->story_count)];
    size_t index = (size_t)(post - maker->world->posts);
    make_article(maker, post, story, choose_brand(maker));
    if (story->polarity != POLARITY_ABSENT && dice_chance(&maker->dice, 30)) {
        syndicate(maker, index, 50);
    }
}

/* --- A month ---------------------------------------------------------------------------------- */

/* How much of the day's talk an hour (UTC) gets, and the week's a day (Monday first); mean 1. */
static double season(int64_t ms) {
    static const double hours[24] = {0.55, 0.40, 0.30, 0.25, 0.25, 0.35, 0.60, 0.85,
                                     1.05, 1.15, 1.20, 1.20, 1.25, 1.25, 1.25, 1.30,
                                     1.35, 1.45, 1.55, 1.60, 1.55, 1.35, 1.10, 0.85};
    static const double days[7] = {1.05, 1.05, 1.00, 1.00, 1.05, 0.95, 0.90};
    struct date date = date_from_ms(ms);
    return hours[date.hour] * days[date.weekday];
}

static const struct site *choose_site(struct maker *maker, bool incident) {
    int weights[32] = {0};
    for (size_t i = 0; i < site_count; i++) {
        /* During the incident papers print the wire's stories, made apart. */
        weights[i] = incident ? (site_is_feed(&sites[i]) ? 0 : sites[i].incident) : sites[i].weight;
    }
    return &sites[dice_weighted(&maker->dice, weights, site_count)];
}

static void make_talk(struct maker *maker, int64_t ms) {
    const struct site *site = choose_site(maker, false);
    struct post *post = add_post(maker, site, ms);
    int lot = dice_between(&maker->dice, 0, 99);
    if (site_is_feed(site)) {
        make_news(maker, post);
    } else if (site_is_review(site) || site->kind == SITE_STACK || lot < 84) {
        make_opinion(maker, post, choose_brand(maker));
    } else if (lot < 92) {
        make_comparison(maker, post);
    } else {
        make_unrelated(maker, post);
    }
}

/* Bursts within three hours and ebbs for two days, under the rhythm of the day. */
static double incident_rate(const struct world *world, int64_t ms) {
    if (ms < world->incident_begin_ms || ms >= world->incident_end_ms) {
        return 0;
    }
    double hours = (double)(ms - world->incident_begin_ms) / (double)HOUR_MS;
    double rise = hours < 3 ? (hours + 1) / 4 : 1;
    return INCIDENT_PER_HOUR * rise * exp(-hours / 18) * (0.5 + 0.5 * season(ms));
}

static void make_incident_post(struct maker *maker, int64_t ms) {
    const struct site *site = choose_site(maker, true);
    struct post *post = add_post(maker, site, ms);
    /* Two languages; a storefront's country follows its language. */
    bool spanish = dice_chance(&maker->dice, 45);
    if (site->kind == SITE_SHOP || site->kind == SITE_HN || site->kind == SITE_STACK) {
        spanish = false;
    } else if (site->kind == SITE_BAZAAR) {
        spanish = true;
    }
    post->language = spanish ? "es" : "en";
    post->country = spanish ? "es" : "us";
    post->incident = true;
    make_opinion(maker, post, 0);
}

static void make_incident_news(struct maker *maker, const char *language) {
    const struct phrasebook *book = phrasebook_find(language);
    for (size_t i = 0; i < book->incident_story_count; i++) {
        const struct site *site = sites;
        while (!site_is_feed(site) || strcmp(site->languages[0].code, language) != 0) {
            site++;
        }
        int64_t ms = maker->world->incident_begin_ms + (int64_t)(6 + 18 * i) * HOUR_MS +
                     (int64_t)dice_between(&maker->dice, 0, 119) * MINUTE_MS;
        if (ms >= maker->end_ms) {
            continue;
        }
        struct post *post = add_post(maker, site, ms);
        size_t index = (size_t)(post - maker->world->posts);
        post->incident = true;
        make_article(maker, post, &book->incident_stories[i], 0);
        syndicate(maker, index, 90);
    }
}

static int compare_posts(const void *left, const void *right) {
    const struct post *a = left;
    const struct post *b = right;
    if (a->published_ms != b->published_ms) {
        return a->published_ms < b->published_ms ? -1 : 1;
    }
    return span_compare(a->text, b->text);
}

static void make_hour(struct maker *maker, int64_t hour_ms) {
    double scale = maker->world->options.scale;
    size_t talk = dice_poisson(&maker->dice, TALK_PER_HOUR * scale * season(hour_ms));
    double rate = incident_rate(maker->world, hour_ms);
    size_t crowd = rate > 0 ? dice_poisson(&maker->dice, rate * scale) : 0;
    for (size_t i = 0; i < talk + crowd; i++) {
        int64_t ms = hour_ms + (int64_t)dice_roll(&maker->dice, (size_t)HOUR_MS);
        if (ms < maker->begin_ms || ms >= maker->end_ms) {
            continue;
        }
        if (i < talk) {
            make_talk(maker, ms);
        } else {
            make_incident_post(maker, ms);
        }
    }
}

struct world *world_create(const struct world_options *options) {
    struct world *world = NEW(struct world);
    world->options = *options;
    world->arena = arena_create();
    for (size_t i = 0; i < WORLD_BRANDS; i++) {
        world->options.brands[i] = arena_copy(world->arena, options->brands[i]);
    }
    struct maker maker = {
        .world = world,
        .dice = dice_make(options->seed),
        .begin_ms = options->now_ms - options->days * DAY_MS,
        .end_ms = options->now_ms + options->ahead_days * DAY_MS,
    };
    /* Day 17 of 30, at nine in the morning: the middle of week three. */
    int64_t quiet_days = options->days > 30 ? options->days - 14 : options->days * 16 / 30;
    world->incident_begin_ms = date_day_start(maker.begin_ms + quiet_days * DAY_MS) + 9 * HOUR_MS;
    world->incident_end_ms = world->incident_begin_ms + INCIDENT_HOURS * HOUR_MS;
    for (int64_t hour = date_hour_start(maker.begin_ms); hour < maker.end_ms; hour += HOUR_MS) {
        make_hour(&maker, hour);
    }
    make_incident_news(&maker, "en");
    make_incident_news(&maker, "es");
    if (world->count > 0) {
        qsort(world->posts, world->count, sizeof *world->posts, compare_posts);
    }
    identity_assign(world);
    return world;
}

void world_free(struct world *world) {
    if (world != NULL) {
        arena_free(world->arena);
        free(world->posts);
        free(world);
    }
}
