/* The store as a naive model knows it: a list of what was said, and the few rules by which posts make
 * stories. For tests/unit/store/model.c. */
#ifndef TESTS_UNIT_STORE_MODEL_H
#define TESTS_UNIT_STORE_MODEL_H

#include "tests/unit/store/fixture.h"

#define POSTS_MAX 400
#define TEXTS 12
#define SOURCES 3
#define AUTHORS 6
#define FIRST_MS (NOW_MS - 30 * DAY_MS)

static const char *const model_sources[SOURCES] = {"forum", "news", "shop"};
static const char *const model_topics[] = {"delivery", "price"};

/* A post as the model knows it: what the source says now, and what the store must have made of it. */
struct post {
    size_t source;
    unsigned id;          /* the source's; changes when the source makes mistakes */
    unsigned url;         /* its own */
    size_t text;          /* index; the later half is long enough to be copied */
    int64_t published_ms; /* DATE_NONE: not said */
    int64_t fetched_ms;   /* when first met */
    double rating;
    int64_t likes;
    bool brands[FIXTURE_BRANDS];
    double scores[FIXTURE_BRANDS];       /* the machine's */
    enum label verdicts[FIXTURE_BRANDS]; /* what people said; unsure: nothing */
    int topic;                           /* -1: none */
    enum { POST_UNKNOWN, POST_LIVE, POST_GONE, POST_PURGED } state;
    uint64_t sequence;
    uint64_t cluster; /* 0 with POST_PURGED: does not count as a story */
    enum mention_kept kept;
    int author; /* -1: unknown */
};

/* What counts: a verdict that corrects is worth half, one that confirms what the machine said. */
static inline double post_score(const struct post *post, int brand) {
    enum label verdict = post->verdicts[brand];
    enum label machine = post->scores[brand] < 0 ? LABEL_NEGATIVE : LABEL_POSITIVE;
    bool corrected = verdict != LABEL_UNSURE && verdict != machine;
    return !corrected ? post->scores[brand] : verdict == LABEL_NEGATIVE ? -0.5 : 0.5;
}

struct model {
    struct fixture fixture;
    uint64_t random;
    char texts[TEXTS][256];
    struct post posts[POSTS_MAX];
    size_t count;
    unsigned next_id;
    uint64_t last_sequence;
    uint64_t seed;
    int step;
    bool blocked[AUTHORS];
    bool mute; /* another process does it: only the model changes */
};

static inline uint64_t pick(struct model *model, uint64_t below) {
    model->random ^= model->random << 13;
    model->random ^= model->random >> 7;
    model->random ^= model->random << 17;
    return model->random % below;
}

/* Short texts and long ones; no two long ones share a shingle. */
static inline void texts_make(struct model *model) {
    for (size_t i = 0; i < TEXTS; i++) {
        size_t words = i < TEXTS / 2 ? 3 : 24;
        size_t at = 0;
        for (size_t j = 0; j < words; j++) {
            at += (size_t)snprintf(model->texts[i] + at, sizeof model->texts[i] - at, "w%zx%zx ", i,
                                   j + (size_t)pick(model, 16) * 64);
        }
    }
}

/* --- What the store must do ------------------------------------------------------------------- */

static inline int64_t post_time(const struct post *post) {
    struct mention mention = {.fetched_ms = post->fetched_ms};
    mention.item.published_ms = post->published_ms;
    return mention_time_ms(&mention);
}

static inline bool post_matches(const struct post *post) {
    return post->brands[0] || post->brands[1] || post->brands[2];
}

/* The lowest story with the same long text within the window; of an excerpt, with the same excerpt. */
static inline uint64_t story_find(const struct model *model, const struct post *post) {
    uint64_t lowest = post->sequence;
    bool long_enough = post->text >= TEXTS / 2 && post->kept != KEPT_FACTS;
    for (size_t i = 0; i < model->count && long_enough; i++) {
        const struct post *other = &model->posts[i];
        int64_t apart = post_time(other) - post_time(post);
        if (other->state == POST_LIVE && other != post && other->text == post->text &&
            other->kept == post->kept && (apart < 0 ? -apart : apart) <= 14 * DAY_MS &&
            other->cluster < lowest) {
            lowest = other->cluster;
        }
    }
    return lowest;
}

/* The post leaves its story; true when others stay in it. */
static inline bool story_leave(struct model *model, struct post *post) {
    struct post *next = NULL;
    for (size_t i = 0; i < model->count; i++) {
        struct post *other = &model->posts[i];
        if (other->state == POST_LIVE && other != post && other->cluster == post->cluster &&
            (next == NULL || other->sequence < next->sequence)) {
            next = other;
        }
    }
    if (next != NULL && post->cluster == post->sequence) {
        for (size_t i = 0; i < model->count; i++) {
            struct post *other = &model->posts[i];
            if (other->state == POST_LIVE && other != post && other->cluster == post->cluster) {
                other->cluster = next->sequence;
            }
        }
    }
    return next != NULL;
}

static inline void model_add(struct model *model, struct post *post) {
    post->sequence = ++model->last_sequence;
    post->state = POST_LIVE;
    post->fetched_ms = model->fixture.now_ms;
    post->cluster = story_find(model, post);
}

static inline void model_edit(struct model *model, struct post *post, size_t text) {
    bool first = post->cluster == post->sequence;
    post->text = text;
    if (!first) {
        story_leave(model, post);
        post->cluster = post->sequence;
        post->cluster = story_find(model, post);
    }
}

#endif
