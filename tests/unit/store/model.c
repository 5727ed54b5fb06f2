/* The store against a naive model of itself: random histories, compared after every step.
 *
 * The model is a list of what was said, recounted from scratch each time. SEEDS=N for more
 * histories, SEED=N for one. */
#include "tests/unit/store/model_compare.h"

#include <sys/wait.h>

#define SEEDS_DEFAULT 100
#define STEPS 40
#define CRASH_STEPS 3

/* --- Steps ------------------------------------------------------------------------------------ */

static struct mention mention_say(struct model *model, const struct post *post) {
    struct arena *arena = model->fixture.arena;
    struct mention mention = {.channel = CHANNEL_FORUM, .fetched_ms = model->fixture.now_ms};
    item_init(&mention.item);
    mention.item.id = arena_print(arena, post->source == 0 ? "%u" : "id-%u", post->id);
    mention.item.url = arena_print(arena, "https://site.example/p/%u", post->url);
    mention.item.title = arena_print(arena, "Post %u", post->url);
    mention.item.text = span_of(model->texts[post->text]);
    if (post->author >= 0) {
        mention.item.author = arena_print(arena, "Author %d", post->author);
    }
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
            (struct topic_mention){span_of(model_topics[post->topic]), {0.25, 0.5, LABEL_POSITIVE}};
        mention.topic_count = 1;
    }
    return mention;
}

static bool post_is_blocked(const struct model *model, const struct post *post) {
    return post->author >= 0 && model->blocked[post->author];
}

static void say(struct model *model, const struct post *post, struct mention mention) {
    char source[32];
    const char *brand = pick(model, 2) == 0 ? "" : "/Acme";
    snprintf(source, sizeof source, "%s%s", model_sources[post->source], brand);
    if (!model->mute) {
        struct store_result result = fixture_store(&model->fixture, source, &mention, 1);
        assert_int_equal(result.blocked, post_is_blocked(model, post));
    }
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
                          .topic = (int)pick(model, 3) - 1,
                          .author = (int)pick(model, AUTHORS + 1) - 1};
    post->published_ms =
        pick(model, 8) == 0 ? DATE_NONE : FIRST_MS + (int64_t)pick(model, (uint64_t)(32 * DAY_MS));
    for (size_t i = 0; i < FIXTURE_BRANDS; i++) {
        post->brands[i] = pick(model, 3) == 0;
    }
    scores_change(model, post);
    if (post_is_blocked(model, post)) {
        model->count--; /* still there to be said, and refused */
    } else {
        model_add(model, post);
    }
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

static void judge(struct model *model, struct post *post, size_t brand, enum label label) {
    struct work_ruling ruling = {
        .brand = fixture_brands[brand], .label = label, .withdrawn = label == LABEL_UNSURE};
    struct work_edit edit = {.who = SPAN("jo"),
                             .now_ms = model->fixture.now_ms,
                             .answered_ms = DATE_NONE,
                             .rulings = &ruling,
                             .ruling_count = 1};
    bool possible = post->state == POST_LIVE && post->brands[brand];
    bool changed = false;
    if (!model->mute) {
        assert_int_equal(store_edit(model->fixture.store, post->sequence, &edit, &changed, NULL),
                         possible);
        assert_int_equal(changed, possible && label != post->verdicts[brand]);
    }
    if (possible) {
        post->verdicts[brand] = label;
    }
}

/* Somebody corrects a score, confirms it, or takes that back; and thinks again. */
static void step_judge(struct model *model, struct post *post) {
    static const enum label labels[] = {LABEL_UNSURE, LABEL_NEGATIVE, LABEL_POSITIVE};
    size_t brand = (size_t)pick(model, FIXTURE_BRANDS);
    for (size_t i = 0; i < FIXTURE_BRANDS && !post->brands[brand]; i++) {
        brand = (brand + 1) % FIXTURE_BRANDS;
    }
    for (uint64_t times = 1 + pick(model, 2); times > 0; times--) {
        judge(model, post, brand, labels[pick(model, 3)]);
    }
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

/* What has had its time goes: words first, at last the post. */
static enum mention_kept post_keep(const struct post *post, const struct store_term *term) {
    const int64_t before_ms[] = {0, term->text_before_ms, term->excerpt_before_ms,
                                 term->mention_before_ms};
    enum mention_kept keep = KEPT_COUNT;
    int64_t time_ms = post_time(post) > post->fetched_ms ? post_time(post) : post->fetched_ms;
    bool theirs =
        term->source.size == 0 || span_equal(term->source, span_of(model_sources[post->source]));
    while (keep > KEPT_WHOLE && (!theirs || time_ms >= before_ms[keep])) {
        keep--;
    }
    return keep;
}

/* The latest of those that go: the store takes them in that order within a slice. */
static struct post *post_latest_due(struct model *model, const struct store_term *term) {
    struct post *latest = NULL;
    for (size_t i = 0; i < model->count; i++) {
        struct post *post = &model->posts[i];
        bool due = post->state == POST_LIVE && post_keep(post, term) == KEPT_COUNT &&
                   !(term->unmatched_only && post_matches(post));
        bool later = latest == NULL || post_time(post) > post_time(latest) ||
                     (post_time(post) == post_time(latest) && post->sequence > latest->sequence);
        latest = due && later ? post : latest;
    }
    return latest;
}

static void post_purge(struct model *model, struct post *post) {
    bool goes_on = story_leave(model, post);
    post->state = POST_PURGED;
    post->cluster = goes_on ? 0 : post->cluster;
}

static int64_t before_pick(struct model *model) {
    int64_t before_ms = FIRST_MS + (int64_t)pick(model, 40) * DAY_MS;
    return pick(model, 2) == 0 ? before_ms : DATE_NONE;
}

static void step_retain(struct model *model) {
    struct store_term term = {.text_before_ms = before_pick(model),
                              .excerpt_before_ms = before_pick(model),
                              .mention_before_ms = before_pick(model),
                              .unmatched_only = pick(model, 3) == 0};
    size_t source = (size_t)pick(model, 2 * SOURCES);
    term.source = source < SOURCES ? span_of(model_sources[source]) : SPAN("");
    struct store_retained expected = {0};
    for (struct post *post; (post = post_latest_due(model, &term)) != NULL; expected.purged++) {
        post_purge(model, post);
    }
    for (size_t i = 0; i < model->count; i++) {
        struct post *post = &model->posts[i];
        enum mention_kept keep = post_keep(post, &term);
        if (post->state == POST_LIVE && keep > post->kept &&
            !(term.unmatched_only && post_matches(post))) {
            post->kept = keep;
            expected.cut += keep == KEPT_EXCERPT;
            expected.bared += keep == KEPT_FACTS;
        }
    }
    if (!model->mute) {
        struct store_retained retained = fixture_retain(&model->fixture, term);
        assert_memory_equal(&retained, &expected, sizeof retained);
    }
}

static struct store_author author_make(struct model *model, int author) {
    return (struct store_author){.name = arena_print(model->fixture.arena, "author %d", author)};
}

static void step_erase(struct model *model) {
    int wanted = (int)pick(model, AUTHORS);
    struct store_author author = author_make(model, wanted);
    uint64_t expected = 0;
    uint64_t erased = 0;
    for (size_t i = model->count; i > 0; i--) { /* latest first */
        struct post *post = &model->posts[i - 1];
        if (post->state == POST_LIVE && post->author == wanted) {
            post_purge(model, post);
            expected++;
        }
    }
    if (!model->mute) {
        assert_true(store_erase(model->fixture.store, &author, &erased, NULL));
        assert_int_equal(erased, expected);
    }
}

static void step_block(struct model *model) {
    int wanted = (int)pick(model, AUTHORS);
    struct store_author author = author_make(model, wanted);
    model->blocked[wanted] = !model->blocked[wanted] && pick(model, 2) == 0;
    if (!model->mute) {
        assert_true(store_block(model->fixture.store, &author, model->blocked[wanted], NULL));
    }
}

static void model_open(struct model *model) {
    fixture_open_with(
        &model->fixture,
        (struct store_options){.mode = STORE_WRITE, .no_sync = true, .author_key = SPAN("a key")});
}

static void step_reopen(struct model *model) {
    if (!model->mute) {
        fixture_close(&model->fixture);
        model_open(model);
    }
}

static void step_compact(struct model *model) {
    uint64_t before = 0;
    uint64_t after = 0;
    struct error error = {0};
    if (!model->mute) {
        fixture_close(&model->fixture);
        if (!store_compact(model->fixture.folder, &before, &after, &error)) {
            fail_msg("SEED=%llu, store_compact: %s", (unsigned long long)model->seed,
                     error.message);
        }
        model_open(model);
    }
}

/* Goes on from a backup, in the place of the store. */
static void step_restore(struct model *model) {
    struct store_manifest manifest;
    char folder[80];
    if (model->mute) {
        return;
    }
    snprintf(folder, sizeof folder, "%s.backup", model->fixture.folder);
    assert_true(store_backup(model->fixture.store, folder, &manifest, NULL));
    fixture_close(&model->fixture);
    folder_remove(model->fixture.folder);
    assert_true(store_restore(folder, model->fixture.folder, false, &manifest, NULL));
    folder_remove(folder);
    model_open(model);
}

static void step_take(struct model *model) {
    static void (*const changes[])(struct model *, struct post *) = {
        step_repeat, step_edit,        step_date,  step_delete,
        step_new_id, step_other_brand, step_judge, step_judge,
    };
    /* The last two wait for the disk. */
    static void (*const acts[])(struct model *) = {
        step_retain, step_retain, step_retain, step_retain, step_retain, step_reopen,  step_reopen,
        step_erase,  step_erase,  step_block,  step_block,  step_block,  step_compact, step_restore,
    };
    model->fixture.now_ms += (int64_t)pick(model, (uint64_t)DAY_MS);
    uint64_t kind = pick(model, 20);
    if (kind < 3) {
        acts[pick(model, sizeof acts / sizeof *acts)](model);
    } else if (kind < 11 || model->count == 0) {
        step_new(model);
    } else {
        struct post *post = &model->posts[pick(model, model->count)];
        void (*change)(struct model *, struct post *) =
            changes[pick(model, sizeof changes / sizeof *changes)];
        (post_is_blocked(model, post) ? step_repeat : change)(model, post);
    }
}

/* A process of its own takes the next steps and ends without closing; the model takes them too. */
static void steps_crash(struct model *model) {
    int status = 0;
    fixture_close(&model->fixture);
    pid_t child = fork();
    if (child == 0) {
        model_open(model);
    }
    model->mute = child != 0;
    for (int i = 0; i < CRASH_STEPS; i++) {
        step_take(model);
    }
    if (child == 0) {
        _exit(0);
    }
    model->mute = false;
    waitpid(child, &status, 0);
    if (status != 0) {
        fail_msg("SEED=%llu, step %d: the process that was to crash ended with %d",
                 (unsigned long long)model->seed, model->step, status);
    }
    model_open(model);
}

/* --- Histories -------------------------------------------------------------------------------- */

static void history_run(uint64_t seed) {
    struct model *model = NEW(struct model);
    model->seed = seed;
    model->random = seed * 0x9E3779B97F4A7C15u + 1;
    texts_make(model);
    fixture_init(&model->fixture);
    model_open(model);
    for (model->step = 0; model->step < STEPS; model->step++) {
        if (pick(model, 20) == 0) {
            steps_crash(model);
        } else {
            step_take(model);
        }
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
