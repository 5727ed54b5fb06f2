/* Whether the store says what the model says. For tests/unit/store/model.c. */
#ifndef TESTS_UNIT_STORE_MODEL_COMPARE_H
#define TESTS_UNIT_STORE_MODEL_COMPARE_H

#include "tests/unit/store/model.h"

#define EXPECT(model, condition)                                                                   \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fail_msg("SEED=%llu, step %d: %s", (unsigned long long)(model)->seed, (model)->step,   \
                     #condition);                                                                  \
        }                                                                                          \
    } while (0)

/* Whether the post stands under the brand (index; -1 any, -2 none), now or before it was purged. */
static inline bool post_under(const struct post *post, int brand) {
    return brand == -1 || (brand == -2 && !post_matches(post)) ||
           (brand >= 0 && post->brands[brand]);
}

static inline int post_compare(const void *left, const void *right) {
    const struct post *a = *(const struct post *const *)left;
    const struct post *b = *(const struct post *const *)right;
    int64_t apart = post_time(a) - post_time(b);
    return apart != 0 ? (apart > 0) - (apart < 0) : (a->sequence > b->sequence) * 2 - 1;
}

struct expected { /* live posts under a brand, oldest first */
    struct model *model;
    const struct post *list[POSTS_MAX];
    size_t count;
    size_t at;
    int brand;
};

static inline bool expect_entry(void *context, const struct timeline_entry *entry) {
    struct expected *expected = context;
    struct model *model = expected->model;
    EXPECT(model, expected->at < expected->count);
    const struct post *post = expected->list[expected->at++];
    EXPECT(model, entry->sequence == post->sequence);
    EXPECT(model, entry->time_ms == post_time(post));
    EXPECT(model, entry->cluster == post->cluster);
    EXPECT(model, entry->kept == post->kept);
    EXPECT(model, entry->rating == post->rating);
    EXPECT(model, entry->engagement == (post->likes == COUNT_NONE ? 0 : post->likes));
    EXPECT(model, expected->brand < 0 ||
                      (entry->score == post_score(post, expected->brand) &&
                       entry->label == (entry->score < 0 ? LABEL_NEGATIVE : LABEL_POSITIVE)));
    return true;
}

/* The whole of it oldest first, or a part in either order. */
static inline void compare_timeline(struct model *model, const struct snapshot *snapshot, int brand,
                                    uint32_t number, bool part) {
    bool newest_first = part && pick(model, 2) == 0;
    struct expected expected = {.model = model, .brand = brand};
    int64_t since_ms = FIRST_MS + (int64_t)pick(model, 20) * DAY_MS;
    int64_t until_ms = since_ms + (int64_t)pick(model, 20) * DAY_MS;
    for (size_t i = 0; i < model->count; i++) {
        const struct post *post = &model->posts[i];
        bool inside = post_time(post) >= since_ms && post_time(post) < until_ms;
        if (post->state == POST_LIVE && post_under(post, brand) && (inside || !part)) {
            expected.list[expected.count++] = post;
        }
    }
    qsort(expected.list, expected.count, sizeof *expected.list, post_compare);
    for (size_t i = 0; newest_first && i < expected.count / 2; i++) {
        const struct post *swapped = expected.list[i];
        expected.list[i] = expected.list[expected.count - 1 - i];
        expected.list[expected.count - 1 - i] = swapped;
    }
    snapshot_timeline(snapshot, number, part ? since_ms : DATE_NONE, part ? until_ms : DATE_NONE,
                      newest_first, expect_entry, &expected);
    EXPECT(model, expected.at == expected.count);
}

/* The counters of posts under a brand in [since, until), of one source, label or topic. */
struct filter {
    int brand;
    int64_t since_ms, until_ms;
    int source, topic; /* -1: all */
    enum label label;  /* LABEL_COUNT: all */
};

static inline bool filter_passes(const struct filter *filter, const struct post *post) {
    int64_t time_ms = post_time(post);
    bool counted = post->state == POST_LIVE || post->state == POST_PURGED;
    bool negative = filter->brand >= 0 && post_score(post, filter->brand) < 0;
    return counted && post_under(post, filter->brand) && time_ms >= filter->since_ms &&
           time_ms < filter->until_ms &&
           (filter->source < 0 || (int)post->source == filter->source) &&
           (filter->topic < 0 || post->topic == filter->topic) &&
           (filter->label == LABEL_COUNT || (filter->label == LABEL_NEGATIVE) == negative);
}

static inline void compare_point(struct model *model, const struct filter *filter,
                                 const struct series_point *point) {
    int64_t units = 0;
    int64_t squares = 0;
    double ratings = 0;
    struct series_point sum = {0};
    for (size_t i = 0; i < model->count; i++) {
        const struct post *post = &model->posts[i];
        if (filter_passes(filter, post)) {
            double score = filter->topic >= 0   ? 0.25
                           : filter->brand >= 0 ? post_score(post, filter->brand)
                                                : 0;
            int64_t unit = (int64_t)(score * 10000 + (score < 0 ? -0.5 : 0.5));
            sum.mentions++;
            sum.negative += filter->brand >= 0 && score < 0;
            units += unit;
            squares += unit * unit;
            sum.ratings += post->rating >= 0;
            ratings += post->rating >= 0 ? post->rating : 0;
            sum.engagement += post->likes == COUNT_NONE ? 0 : (uint64_t)post->likes;
            sum.stories += post->cluster == post->sequence;
        }
    }
    EXPECT(model, point->mentions == sum.mentions);
    EXPECT(model, point->negative == sum.negative);
    EXPECT(model, (int64_t)(point->sum * 10000 + (point->sum < 0 ? -0.5 : 0.5)) == units);
    EXPECT(model, (int64_t)(point->sum_squares * 1e8 + 0.5) == squares);
    EXPECT(model, point->ratings == sum.ratings);
    EXPECT(model, point->rating_sum == ratings);
    EXPECT(model, point->engagement == sum.engagement);
    EXPECT(model, point->reach == sum.engagement + sum.mentions);
    EXPECT(model, point->stories == sum.stories);
}

static inline void compare_days(struct model *model, const struct snapshot *snapshot, int brand,
                                uint32_t number) {
    size_t count = 0;
    int64_t until_ms = model->fixture.now_ms + 2 * DAY_MS;
    int64_t since_ms = date_day_start(FIRST_MS);
    struct series_point *days = snapshot_series(snapshot, number, SERIES_ALL, SPAN(""), SERIES_DAY,
                                                since_ms, until_ms, model->fixture.arena, &count);
    uint64_t seen = 0;
    for (size_t i = 0; i < count; i++) {
        struct filter filter = {brand, days[i].time_ms, days[i].time_ms + DAY_MS, -1,
                                -1,    LABEL_COUNT};
        compare_point(model, &filter, &days[i]);
        seen += days[i].mentions;
    }
    struct filter all = {brand, since_ms, INT64_MAX, -1, -1, LABEL_COUNT};
    for (size_t i = 0; i < model->count; i++) {
        seen -= filter_passes(&all, &model->posts[i]);
    }
    EXPECT(model, seen == 0);
}

static inline void compare_hours(struct model *model, const struct snapshot *snapshot, int brand,
                                 uint32_t number) {
    size_t count = 0;
    int64_t day_ms = date_day_start(FIRST_MS) + (int64_t)pick(model, 32) * DAY_MS;
    struct series_point *hours =
        snapshot_series(snapshot, number, SERIES_ALL, SPAN(""), SERIES_HOUR, day_ms,
                        day_ms + DAY_MS, model->fixture.arena, &count);
    for (size_t i = 0; i < count; i++) {
        struct filter filter = {brand, hours[i].time_ms, hours[i].time_ms + HOUR_MS, -1,
                                -1,    LABEL_COUNT};
        compare_point(model, &filter, &hours[i]);
    }
}

static inline struct filter member_filter(int brand, enum series_dimension dimension,
                                          struct span name) {
    struct filter filter = {brand, DATE_NONE, INT64_MAX, -1, -1, LABEL_COUNT};
    for (int i = 0; i < SOURCES; i++) {
        bool same = dimension == SERIES_SOURCE && span_equal(name, span_of(model_sources[i]));
        filter.source = same ? i : filter.source;
    }
    for (int i = 0; i < 2; i++) {
        bool same = dimension == SERIES_TOPIC && span_equal(name, span_of(model_topics[i]));
        filter.topic = same ? i : filter.topic;
    }
    if (dimension == SERIES_LABEL) {
        (void)label_parse(name, &filter.label);
    }
    return filter;
}

static inline void compare_members(struct model *model, const struct snapshot *snapshot, int brand,
                                   uint32_t number) {
    static const enum series_dimension dimensions[] = {SERIES_SOURCE, SERIES_TOPIC, SERIES_LABEL};
    for (size_t i = 0; i < 3; i++) {
        size_t count = 0;
        struct series_member *members = snapshot_members(snapshot, number, dimensions[i], DATE_NONE,
                                                         DATE_NONE, model->fixture.arena, &count);
        for (size_t j = 0; j < count; j++) {
            struct filter filter = member_filter(brand, dimensions[i], members[j].name);
            compare_point(model, &filter, &members[j].total);
        }
    }
}

static inline void compare_statistics(struct model *model) {
    struct store_statistics statistics;
    uint64_t live = 0;
    uint64_t unmatched = 0;
    uint64_t gone = 0;
    uint64_t stories = 0;
    for (size_t i = 0; i < model->count; i++) {
        const struct post *post = &model->posts[i];
        live += post->state == POST_LIVE;
        unmatched += post->state == POST_LIVE && !post_matches(post);
        gone += post->state == POST_GONE;
        stories += post->state == POST_LIVE && post->cluster == post->sequence;
    }
    assert_true(store_statistics(model->fixture.store, &statistics, NULL));
    EXPECT(model, statistics.mentions == live);
    EXPECT(model, statistics.unmatched == unmatched);
    EXPECT(model, statistics.tombstones == gone);
    EXPECT(model, statistics.clusters == stories);
    EXPECT(model, statistics.last_sequence == model->last_sequence);
}

/* The first words of a text, as the store cuts it: no more than half of it. */
static inline struct span text_begin(const char *text, struct arena *arena) {
    size_t size = strlen(text) / 2;
    while (size > 0 && text[size - 1] != ' ') {
        size--;
    }
    return arena_print(arena, "%.*s\xE2\x80\xA6", (int)size - 1, text);
}

/* A post that is there says what is left of it; one that is gone is gone. */
static inline void compare_post(struct model *model, const struct snapshot *snapshot,
                                const struct post *post) {
    struct arena *arena = model->fixture.arena;
    struct mention mention;
    bool there = snapshot_mention(snapshot, post->sequence, arena, &mention);
    EXPECT(model, there == (post->state == POST_LIVE));
    if (!there) {
        return;
    }
    const char *text = model->texts[post->text];
    struct span expected = post->kept == KEPT_WHOLE     ? span_of(text)
                           : post->kept == KEPT_EXCERPT ? text_begin(text, arena)
                                                        : SPAN("");
    EXPECT(model, mention.kept == post->kept);
    EXPECT(model, span_equal(mention.item.text, expected));
    EXPECT(model, (mention.item.title.size == 0) == (post->kept == KEPT_FACTS));
    EXPECT(model, (mention.item.author.size == 0) == (post->author < 0));
}

static inline void compare_posts(struct model *model, const struct snapshot *snapshot) {
    for (int i = 0; i < 5 && model->count > 0; i++) {
        compare_post(model, snapshot, &model->posts[pick(model, model->count)]);
    }
}

static inline void compare(struct model *model) {
    struct snapshot *snapshot = fixture_snapshot(&model->fixture);
    for (int part = 0; part < 2; part++) {
        compare_timeline(model, snapshot, -1, BRAND_ANY, part);
        compare_timeline(model, snapshot, -2, BRAND_NONE, part);
    }
    compare_days(model, snapshot, -1, BRAND_ANY);
    compare_days(model, snapshot, -2, BRAND_NONE);
    for (int brand = 0; brand < (int)FIXTURE_BRANDS; brand++) {
        uint32_t number = 0;
        if (snapshot_brand(snapshot, fixture_brands[brand], &number)) {
            compare_timeline(model, snapshot, brand, number, false);
            compare_timeline(model, snapshot, brand, number, true);
            compare_days(model, snapshot, brand, number);
            compare_hours(model, snapshot, brand, number);
            compare_members(model, snapshot, brand, number);
        }
    }
    compare_posts(model, snapshot);
    EXPECT(model, snapshot_check(snapshot, NULL));
    snapshot_close(snapshot);
    compare_statistics(model);
}

static inline void verify(struct model *model) {
    uint64_t mentions = 0;
    struct error error;
    if (!store_verify(model->fixture.store, &mentions, &error)) {
        fail_msg("SEED=%llu, step %d: %s", (unsigned long long)model->seed, model->step,
                 error.message);
    }
}

#endif
