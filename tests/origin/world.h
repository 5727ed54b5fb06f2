/* The world: what three competing brands' public said in a month, invented, with the truth known.
 *
 * One seed, one `now` and one size give one world, byte for byte. It holds ordinary talk (an hour
 * of day and a day of week shape it), comparisons of two brands in one post, neutral posts, posts
 * that name no brand or hide its name inside another word, stories that several news sites print
 * alike (a cluster), and one incident: in week three brand 0 fails to deliver, in English and
 * Spanish, on every kind of site. A world of more than 30 days has more of an ordinary past. */
#ifndef TESTS_ORIGIN_WORLD_H
#define TESTS_ORIGIN_WORLD_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/date.h"
#include "base/error.h"

#include <stdio.h>

#define WORLD_BRANDS 3

/* The brands' names when none are given; nobody's, as far as we know. */
extern const char *const world_default_brands[WORLD_BRANDS];

enum polarity { POLARITY_ABSENT, POLARITY_NEGATIVE, POLARITY_NEUTRAL, POLARITY_POSITIVE };
const char *polarity_name(enum polarity polarity); /* "negative", ...; "absent" */

enum topic {
    TOPIC_GENERAL,
    TOPIC_DELIVERY,
    TOPIC_PRICE,
    TOPIC_SUPPORT,
    TOPIC_QUALITY,
    TOPIC_USABILITY,
    TOPIC_COUNT,
};
const char *topic_name(enum topic topic); /* "delivery", ... */

enum site_kind {
    SITE_HN,
    SITE_MASTODON,
    SITE_STACK,
    SITE_APPSTORE,
    SITE_STEAM,
    SITE_SHOP,   /* review pages with JSON-LD */
    SITE_BAZAAR, /* review pages with microdata, scale 1..10 */
    SITE_RSS2,
    SITE_RSS2_LATIN1, /* the same in ISO-8859-1 */
    SITE_RSS1,
    SITE_ATOM,
    SITE_JSONFEED,
};

struct site {
    const char *name; /* the source in the truth: "hn", "harbor-gazette" */
    enum site_kind kind;
    const char *title; /* as shown to people */
    const char *host;  /* where its links point */
    const char *path;  /* feeds: the path they are served at */
    int weight;        /* its share of ordinary talk */
    int incident;      /* its share of talk during the incident */
    struct {
        const char *code; /* "en"; NULL ends the list */
        const char *country;
        int weight;
    } languages[9];
};
extern const struct site sites[];
extern const size_t site_count;
bool site_is_feed(const struct site *site);
bool site_is_review(const struct site *site);

struct post {
    const struct site *site;
    int64_t published_ms;
    int64_t number;       /* native id as a number; grows with published_ms within a site */
    int64_t thread;       /* HN: the story a comment belongs to; 0 = it is a story itself */
    struct span id;       /* native id as the wire format has it */
    struct span url;      /* where people read it */
    struct span title;    /* empty where the kind of site has none */
    struct span text;     /* plain UTF-8, paragraphs divided by an empty line */
    struct span author;   /* handle */
    const char *language; /* "en" */
    const char *country;  /* "us": the storefront of a review */
    enum polarity brands[WORLD_BRANDS]; /* POLARITY_ABSENT: not spoken of */
    bool named[WORLD_BRANDS];           /* its name stands in title or text */
    enum topic topic;
    unsigned cluster; /* copies of one story share it; 0 = a post of its own */
    int product;      /* whose product page or app a review stands under; -1 = none */
    int rating;       /* 1..5; 0 = none. Steam: 5 thumb up, 1 thumb down */
    int likes;
    int replies;
    int shares;
    bool incident;
};

struct world_options {
    uint64_t seed;
    int64_t now_ms; /* the month ends here */
    int days;       /* and began so many days before */
    int ahead_days; /* posts are also made for the days after `now`, to be followed */
    double scale;   /* 1: about five thousand posts in 30 days */
    struct span brands[WORLD_BRANDS];
};

struct world {
    struct world_options options;
    struct post *posts; /* sorted by published_ms, oldest first */
    size_t count;
    int64_t incident_begin_ms;
    int64_t incident_end_ms;
    struct arena *arena; /* owns all text */
};

/* The brands' numbers in the app stores. */
#define WORLD_APPSTORE_APP(brand) (INT64_C(1510001001) + (brand))
#define WORLD_STEAM_APP(brand) (INT64_C(710010) + INT64_C(10) * (brand))

struct world *world_create(const struct world_options *options);
void world_free(struct world *world);

/* A brand's name in lower case without spaces: hashtags, page names. */
struct span world_tag(const struct world *world, size_t brand, struct arena *arena);

/* What was said: one JSON object a line, oldest first (its keys are its documentation). `published
 * > now` are the posts that are not served yet. */
void world_print_post(struct buffer *out, const struct world *world, const struct post *post);
MUST_CHECK bool world_write_truth(const struct world *world, FILE *stream, struct error *error);

#endif
