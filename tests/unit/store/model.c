/* The store against a naive model of itself: random histories, compared after every step.
 *
 * The model is a list of what was said, recounted from scratch each time. SEEDS=N for more
 * histories, SEED=N for one. */
#include "tests/unit/store/fixture.h"

#define SEEDS_DEFAULT 250
#define STEPS 40
#define POSTS_MAX 400
#define TEXTS 12
#define SOURCES 3
#define FIRST_MS (NOW_MS - 30 * DAY_MS)

static const char *const source_names[SOURCES] = {"forum", "news", "shop"};
static const char *const topic_names[] = {"delivery", "price"};

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
    double scores[FIXTURE_BRANDS];
    int topic; /* -1: none */
    enum { POST_UNKNOWN, POST_LIVE, POST_GONE, POST_PURGED } state;
    uint64_t sequence;
    uint64_t cluster; /* 0 with POST_PURGED: does not count as a story */
};

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
};

static uint64_t pick(struct model *model, uint64_t below) {
    model->random ^= model->random << 13;
    model->random ^= model->random >> 7;
    model->random ^= model->random << 17;
    return model->random % below;
}

/* Short texts and long ones; no two long ones share a shingle. */
static void texts_make(struct model *model) {
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

static int64_t post_time(const struct post *post) {
    struct mention mention = {.fetched_ms = post->fetched_ms};
    mention.item.published_ms = post->published_ms;
    return mention_time_ms(&mention);
}

static bool post_matches(const struct post *post) {
    return post->brands[0] || post->brands[1] || post->brands[2];
}

/* The lowest story with the same long text within the window. */
static uint64_t story_find(const struct model *model, const struct post *post) {
    uint64_t lowest = post->sequence;
    for (size_t i = 0; i < model->count && post->text >= TEXTS / 2; i++) {
        const struct post *other = &model->posts[i];
        int64_t apart = post_time(other) - post_time(post);
        if (other->state == POST_LIVE && other != post && other->text == post->text &&
            (apart < 0 ? -apart : apart) <= 14 * DAY_MS && other->cluster < lowest) {
            lowest = other->cluster;
        }
    }
    return lowest;
}

/* The post leaves its story; true when others stay in it. */
static bool story_leave(struct model *model, struct post *post) {
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

static void model_add(struct model *model, struct post *post) {
    post->sequence = ++model->last_sequence;
    post->state = POST_LIVE;
    post->fetched_ms = model->fixture.now_ms;
    post->cluster = story_find(model, post);
}

static void model_edit(struct model *model, struct post *post, size_t text) {
    bool first = post->cluster == post->sequence;
    post->text = text;
    if (!first) {
        story_leave(model, post);
        post->cluster = post->sequence;
        post->cluster = story_find(model, post);
    }
}

/* --- Steps ------------------------------------------------------------------------------------ */

static struct mention mention_say(struct model *model, const struct post *post) {
    struct arena *arena = model->fixture.arena;
    struct mention mention = {.channel = CHANNEL_FORUM, .fetched_ms = model->fixture.now_ms};
    item_init(&mention.item);
    mention.item.id = arena_print(arena, post->source == 0 ? "%u" : "id-%u", post->id);
    mention.item.url = arena_print(arena, "https://site.example/p/%u", post->url);
    mention.item.title = arena_print(arena, "Post %u", post->url);
    mention.item.text = span_of(model->texts[post->text]);
    mention.item.published_ms = post->published_ms;
    mention.item.rating = post->rating;
    mention.item.engagement.likes = post->likes;
    mention.language = SPAN("en");
    mention.brands = ARENA_ARRAY(arena, struct brand_mention, FIXTURE_BRANDS);
    for (uint32_t i = 0; i < FIXTURE_BRANDS; i++) {
        if (post->brands[i]) {
            double value = post->scores[i];
            mention.brands[mention.brand_count++] = (struct brand_mention){
                .brand = i, .score = {value, 0.5, value < 0 ? LABEL_NEGATIVE : LABEL_POSITIVE}};
        }
    }
    if (post->topic >= 0) {
        mention.topics = ARENA_NEW(arena, struct topic_mention);
        mention.topics[0] =
            (struct topic_mention){span_of(topic_names[post->topic]), {0.25, 0.5, LABEL_POSITIVE}};
        mention.topic_count = 1;
    }
    return mention;
}

static void say(struct model *model, const struct post *post, struct mention mention) {
    char source[32];
    const char *brand = pick(model, 2) == 0 ? "" : "/Acme";
    snprintf(source, sizeof source, "%s%s", source_names[post->source], brand);
    fixture_store(&model->fixture, source, &mention, 1);
}

static void scores_change(struct model *model, struct post *post) {
    for (size_t i = 0; i < FIXTURE_BRANDS; i++) {
        post->scores[i] = (double)((int64_t)pick(model, 20001) - 10000) / 10000;
    }
}

static void step_new(struct model *model) {
    struct post *post = &model->posts[model->count++];
    *post = (struct post){.source = (size_t)pick(model, SOURCES),
                          .id = ++model->next_id,
                          .url = model->next_id,
                          .text = (size_t)pick(model, TEXTS),
                          .rating = pick(model, 3) == 0 ? (double)pick(model, 6) : RATING_NONE,
                          .likes = pick(model, 3) == 0 ? COUNT_NONE : (int64_t)pick(model, 50),
                          .topic = (int)pick(model, 3) - 1};
    post->published_ms =
        pick(model, 8) == 0 ? DATE_NONE : FIRST_MS + (int64_t)pick(model, (uint64_t)(32 * DAY_MS));
    for (size_t i = 0; i < FIXTURE_BRANDS; i++) {
        post->brands[i] = pick(model, 3) == 0;
    }
    scores_change(model, post);
    model_add(model, post);
    say(model, post, mention_say(model, post));
}

static void step_repeat(struct model *model, struct post *post) {
    say(model, post, mention_say(model, post));
}

static void step_edit(struct model *model, struct post *post) {
    if (post->state == POST_LIVE) {
        size_t text = (size_t)pick(model, TEXTS);
        if (text != post->text) {
            for (size_t i = 0; i < FIXTURE_BRANDS; i++) {
                post->brands[i] = pick(model, 3) == 0;
            }
        }
        scores_change(model, post);
        if (text != post->text) {
            model_edit(model, post, text);
        }
        post->likes = (int64_t)pick(model, 50);
    }
    say(model, post, mention_say(model, post));
}

static void step_date(struct model *model, struct post *post) {
    int64_t published_ms = FIRST_MS + (int64_t)pick(model, (uint64_t)(40 * DAY_MS));
    if (post->state == POST_LIVE) {
        post->published_ms = published_ms;
    }
    struct mention mention = mention_say(model, post);
    mention.item.published_ms = published_ms;
    say(model, post, mention);
}

static void step_delete(struct model *model, struct post *post) {
    struct mention mention = mention_say(model, post);
    mention.item.deleted = true;
    if (post->state == POST_LIVE) {
        post->state = POST_GONE;
        story_leave(model, post);
    }
    say(model, post, mention);
}

/* The same post under another id, or none. */
static void step_new_id(struct model *model, struct post *post) {
    struct mention mention;
    if (pick(model, 2) == 0 && post->state == POST_LIVE) {
        post->id = ++model->next_id;
        mention = mention_say(model, post);
    } else {
        mention = mention_say(model, post);
        mention.item.id = SPAN("");
    }
    say(model, post, mention);
}

/* A poll for another brand brings the same post, matched to that brand only. */
static void step_other_brand(struct model *model, struct post *post) {
    struct post other = *post;
    size_t brand = (size_t)pick(model, FIXTURE_BRANDS);
    memset(other.brands, 0, sizeof other.brands);
    other.brands[brand] = true;
    other.scores[brand] = 0.125;
    if (post->state == POST_LIVE) {
        post->brands[brand] = true;
        post->scores[brand] = 0.125;
    }
    say(model, post, mention_say(model, &other));
}

static void step_purge(struct model *model) {
    struct store_term term = fixture_term();
    term.mention_before_ms = FIRST_MS + (int64_t)pick(model, 40) * DAY_MS;
    term.unmatched_only = pick(model, 2) == 0;
    uint64_t expected = 0;
    /* Latest first, as the store does within a slice. */
    for (struct post *post; true; expected++) {
        post = NULL;
        for (size_t i = 0; i < model->count; i++) {
            struct post *other = &model->posts[i];
            bool due = other->state == POST_LIVE && post_time(other) < term.mention_before_ms &&
                       other->fetched_ms < term.mention_before_ms &&
                       !(term.unmatched_only && post_matches(other));
            bool later = post == NULL || post_time(other) > post_time(post) ||
                         (post_time(other) == post_time(post) && other->sequence > post->sequence);
            post = due && later ? other : post;
        }
        if (post == NULL) {
            break;
        }
        bool goes_on = story_leave(model, post);
        post->state = POST_PURGED;
        post->cluster = goes_on ? 0 : post->cluster;
    }
    assert_int_equal(fixture_retain(&model->fixture, term).purged, expected);
}

static void step_reopen(struct model *model) {
    fixture_close(&model->fixture);
    fixture_open(&model->fixture);
}

static void step_take(struct model *model) {
    static void (*const changes[])(struct model *, struct post *) = {
        step_repeat, step_edit, step_date, step_delete, step_new_id, step_other_brand,
    };
    model->fixture.now_ms += (int64_t)pick(model, (uint64_t)DAY_MS);
    uint64_t kind = pick(model, 20);
    if (kind == 0) {
        step_purge(model);
    } else if (kind == 1) {
        step_reopen(model);
    } else if (kind < 10 || model->count == 0) {
        step_new(model);
    } else {
        changes[pick(model, sizeof changes / sizeof *changes)](
            model, &model->posts[pick(model, model->count)]);
    }
}

/* --- Comparing -------------------------------------------------------------------------------- */

#define EXPECT(model, condition)                                                                   \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fail_msg("SEED=%llu, step %d: %s", (unsigned long long)(model)->seed, (model)->step,   \
                     #condition);                                                                  \
        }                                                                                          \
    } while (0)

/* Whether the post stands under the brand (index; -1 any, -2 none), now or before it was purged. */
static bool post_under(const struct post *post, int brand) {
    return brand == -1 || (brand == -2 && !post_matches(post)) ||
           (brand >= 0 && post->brands[brand]);
}

static int post_compare(const void *left, const void *right) {
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

static bool expect_entry(void *context, const struct timeline_entry *entry) {
    struct expected *expected = context;
    struct model *model = expected->model;
    EXPECT(model, expected->at < expected->count);
    const struct post *post = expected->list[expected->at++];
    EXPECT(model, entry->sequence == post->sequence);
    EXPECT(model, entry->time_ms == post_time(post));
    EXPECT(model, entry->cluster == post->cluster);
    EXPECT(model, entry->rating == post->rating);
    EXPECT(model, entry->engagement == (post->likes == COUNT_NONE ? 0 : post->likes));
    EXPECT(model, expected->brand < 0 ||
                      (entry->score == post->scores[expected->brand] &&
                       entry->label == (entry->score < 0 ? LABEL_NEGATIVE : LABEL_POSITIVE)));
    return true;
}

/* The whole of it oldest first, or a part in either order. */
static void compare_timeline(struct model *model, const struct snapshot *snapshot, int brand,
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

static bool filter_passes(const struct filter *filter, const struct post *post) {
    int64_t time_ms = post_time(post);
    bool counted = post->state == POST_LIVE || post->state == POST_PURGED;
    bool negative = filter->brand >= 0 && post->scores[filter->brand] < 0;
    return counted && post_under(post, filter->brand) && time_ms >= filter->since_ms &&
           time_ms < filter->until_ms &&
           (filter->source < 0 || (int)post->source == filter->source) &&
           (filter->topic < 0 || post->topic == filter->topic) &&
           (filter->label == LABEL_COUNT || (filter->label == LABEL_NEGATIVE) == negative);
}

static void compare_point(struct model *model, const struct filter *filter,
                          const struct series_point *point) {
    int64_t units = 0;
    int64_t squares = 0;
    double ratings = 0;
    struct series_point sum = {0};
    for (size_t i = 0; i < model->count; i++) {
        const struct post *post = &model->posts[i];
        if (filter_passes(filter, post)) {
            double score = filter->topic >= 0   ? 0.25
                           : filter->brand >= 0 ? post->scores[filter->brand]
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

static void compare_days(struct model *model, const struct snapshot *snapshot, int brand,
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

static void compare_hours(struct model *model, const struct snapshot *snapshot, int brand,
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

static struct filter member_filter(int brand, enum series_dimension dimension, struct span name) {
    struct filter filter = {brand, DATE_NONE, INT64_MAX, -1, -1, LABEL_COUNT};
    for (int i = 0; i < SOURCES; i++) {
        bool same = dimension == SERIES_SOURCE && span_equal(name, span_of(source_names[i]));
        filter.source = same ? i : filter.source;
    }
    for (int i = 0; i < 2; i++) {
        bool same = dimension == SERIES_TOPIC && span_equal(name, span_of(topic_names[i]));
        filter.topic = same ? i : filter.topic;
    }
    if (dimension == SERIES_LABEL) {
        (void)label_parse(name, &filter.label);
    }
    return filter;
}

static void compare_members(struct model *model, const struct snapshot *snapshot, int brand,
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

static void compare_statistics(struct model *model) {
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

static void compare(struct model *model) {
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
    EXPECT(model, snapshot_check(snapshot, NULL));
    snapshot_close(snapshot);
    compare_statistics(model);
}

static void verify(struct model *model) {
    uint64_t mentions = 0;
    struct error error;
    if (!store_verify(model->fixture.store, &mentions, &error)) {
        fail_msg("SEED=%llu, step %d: %s", (unsigned long long)model->seed, model->step,
                 error.message);
    }
}

static void history_run(uint64_t seed) {
    struct model *model = NEW(struct model);
    model->seed = seed;
    model->random = seed * 0x9E3779B97F4A7C15u + 1;
    texts_make(model);
    fixture_init(&model->fixture);
    fixture_open(&model->fixture);
    for (model->step = 0; model->step < STEPS; model->step++) {
        step_take(model);
        compare(model);
        if (model->step % 10 == 9) {
            verify(model);
        }
    }
    fixture_done(&model->fixture);
    free(model);
}

static void store_is_its_model(void **state) {
    (void)state;
    if (getenv("SEED") != NULL) {
        history_run(strtoull(getenv("SEED"), NULL, 10));
        return;
    }
    uint64_t seeds =
        getenv("SEEDS") ? strtoull(getenv("SEEDS"), NULL, 10) : (uint64_t)SEEDS_DEFAULT;
    for (uint64_t seed = 1; seed <= seeds; seed++) {
        history_run(seed);
    }
    print_message("%llu histories of %d steps\n", (unsigned long long)seeds, STEPS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store_is_its_model),
    };
    return cmocka_run_group_tests_name("store/model", tests, NULL, NULL);
}
