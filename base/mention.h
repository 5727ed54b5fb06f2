/* The mention: one thing that somebody published, and what it says about which brands.
 *
 * Its life: a parser finds an `item`; the matcher finds which brands it speaks of; sentiment scores
 * it; the store keeps it. Each step adds to the same struct; all text lives in the arena of the
 * document (or, read back, of the query). */
#ifndef BASE_MENTION_H
#define BASE_MENTION_H

#include "base/arena.h"
#include "base/date.h"
#include "base/limits.h"
#include "base/span.h"

/* What kind of place the item was published in. Numbers are stored: append only. */
enum channel {
    CHANNEL_UNKNOWN,
    CHANNEL_REVIEW,  /* ratings and reviews: stores, shops, places */
    CHANNEL_SOCIAL,  /* short posts: Mastodon, Bluesky, X */
    CHANNEL_FORUM,   /* threads and questions: Hacker News, Stack Exchange, Discourse */
    CHANNEL_NEWS,    /* edited articles and blogs */
    CHANNEL_VIDEO,   /* videos and their comments */
    CHANNEL_SURVEY,  /* answers to the brand's own questions */
    CHANNEL_SUPPORT, /* what customers write to the brand: mailbox, web form */
    CHANNEL_COUNT,
};
const char *channel_name(enum channel channel); /* "review", ...; "unknown" */
bool channel_parse(struct span name, enum channel *channel);

/* Where on the customer's way the text stands. Numbers are stored: append only. */
enum stage {
    STAGE_UNKNOWN,
    STAGE_AWARENESS,     /* heard of it */
    STAGE_INTEREST,      /* asks about it */
    STAGE_CONSIDERATION, /* compares */
    STAGE_PURCHASE,      /* orders, pays, receives */
    STAGE_LOYALTY,       /* uses, renews, recommends, leaves */
    STAGE_COUNT,
};
const char *stage_name(enum stage stage);
bool stage_parse(struct span name, enum stage *stage);

/* How a text feels. Numbers are stored: append only. */
enum label {
    LABEL_UNSURE, /* evidence conflicts or is too thin to say */
    LABEL_NEGATIVE,
    LABEL_NEUTRAL,
    LABEL_POSITIVE,
    LABEL_COUNT,
};
const char *label_name(enum label label); /* "unsure", "negative", "neutral", "positive" */
bool label_parse(struct span name, enum label *label);

/* What is left of a mention's words: they go before the mention does (`retain:`). Numbers are stored:
 * append only. */
enum mention_kept {
    KEPT_WHOLE,
    KEPT_EXCERPT, /* the title, and how the text begins */
    KEPT_FACTS,   /* no words: who, when, where, and how it felt */
    KEPT_COUNT,
};
const char *mention_kept_name(enum mention_kept kept); /* "whole", "excerpt", "facts" */
bool mention_kept_parse(struct span name, enum mention_kept *kept);

/* What a brand asks its own customers. Numbers are stored: append only. */
enum survey_question {
    SURVEY_NPS,  /* how likely they are to recommend: 0..10 */
    SURVEY_CSAT, /* how satisfied they are: 1..5 */
    SURVEY_CES,  /* how easy it was made for them: 1..7 */
    SURVEY_COUNT,
};
struct survey_scale {
    const char *name; /* "nps", "csat", "ces" */
    double worst;
    double best;
};
extern const struct survey_scale survey_scales[SURVEY_COUNT];
#define ANSWER_NONE (-1.0)

/* An answer given on worst..best (worst above best: the other way round) on the question's own
 * scale; ANSWER_NONE when outside. Seven steps on five keep their top two at 4 and above. */
double survey_normalise(enum survey_question question, double answer, double worst, double best);

struct score {
    double value;      /* -1 (all bad) .. 1 (all good); 0 = nothing said or balanced */
    double confidence; /* 0..1: how probable the label is to be what a reader would say */
    enum label label;
};

#define COUNT_NONE INT64_MIN /* the source does not say; differs from 0 */

struct engagement { /* each COUNT_NONE or >= 0 */
    int64_t likes;
    int64_t replies;
    int64_t shares;
    int64_t views;
    int64_t followers; /* of the author */
};

/* What a parser finds. Empty spans and *_NONE where the source does not say. Plain UTF-8, valid. */
struct item {
    struct span id;  /* the source's own identifier, unique within the source */
    struct span url; /* absolute, of the item itself */
    struct span title;
    struct span text;      /* plain text; markup gone, paragraphs as line feeds */
    struct span author;    /* name or handle as shown */
    struct span author_id; /* stable key of the author where the source has one */
    struct span language;  /* BCP 47 as the source claims it: "en", "pt-BR" */
    struct span country;   /* ISO 3166 alpha-2, upper case */
    struct span parent;    /* id of what it answers, or of its thread */
    struct span site;      /* host or publisher where that differs from the source: "heise.de" */
    int64_t published_ms;  /* DATE_NONE when unknown */
    int64_t updated_ms;    /* DATE_NONE when never or unknown */
    double rating;         /* normalised to 0..5; negative = none (RATING_NONE) */
    double answers[SURVEY_COUNT]; /* each on its scale; negative = none (ANSWER_NONE) */
    struct engagement engagement;
    bool deleted;         /* the source says it is gone: honour it */
    enum channel channel; /* where this one is of another kind than its source; else unknown */
};
#define RATING_NONE (-1.0)
void item_init(struct item *item); /* everything "not said" */

/* Places `rating` given on the scale worst..best on 0..5; RATING_NONE when outside or no scale. */
double rating_normalise(double rating, double worst, double best);

struct work; /* base/work.h */

/* A growing list of items, living in an arena. */
struct items {
    struct arena *arena;
    struct item *list;
    size_t count;
    size_t capacity;
};
struct item *items_add(struct items *items); /* initialised; valid until the next add */

struct brand_mention {
    uint32_t brand;     /* index into the configuration's brands; see store_brand() */
    struct score score; /* towards this brand */
    struct span name;   /* the brand's name */
};

struct topic_mention {
    struct span name; /* "delivery" */
    struct score score;
};

struct mention {
    uint64_t sequence; /* given by the store in order of arrival; 0 = not stored yet */
    uint64_t cluster;  /* sequence of the first copy of the same story; own sequence when alone */
    struct item item;
    struct span source; /* name of the configured source that brought it */
    enum channel channel;
    enum stage stage;
    int64_t fetched_ms;
    struct span language; /* as detected: "en", ..., "" unknown */
    struct score score;   /* of the whole text */
    struct brand_mention *brands;
    size_t brand_count; /* 0: kept as unmatched */
    struct topic_mention *topics;
    size_t topic_count;
    struct work *work; /* what people did about it (base/work.h); NULL = nothing */
    enum mention_kept kept;
};

/* When it counts: published, or fetched where the source gives no date; never later than fetched
 * plus one day (a wrong clock of theirs must not fill our future). */
int64_t mention_time_ms(const struct mention *mention);

/* How it feels where nobody asks about a brand: towards the first it was kept for, else as a whole. */
const struct score *mention_feeling(const struct mention *mention);

/* Reach: how many people may have seen it: views, else followers, else 1 + engagement. */
int64_t mention_reach(const struct mention *mention);
int64_t mention_engagement(const struct mention *mention); /* likes + replies + shares said */

#endif
