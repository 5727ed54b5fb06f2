/* A month of invented mentions in a store of its own, for the tests of what is reported from it.
 * Same seed, same world. */
#ifndef TESTS_UNIT_REPORT_WORLD_H
#define TESTS_UNIT_REPORT_WORLD_H

#include "tests/unit/test.h"

#include "report/report.h"

#include <math.h>
#include <unistd.h>

#define WORLD_END_MS ((int64_t)1782864000000) /* 2026-07-01T00:00:00Z, a Wednesday */

struct world {
    char folder[64];
    struct store *store;
    struct config config;
    struct config_brand brands[2];
    struct config_person people[1];
    uint64_t random;
    uint64_t written;
    int64_t surge_ms; /* when the incident begins; DATE_NONE = none */
    const char *text; /* what every mention says; NULL = as its label */
};

static inline uint64_t world_random(struct world *world) {
    world->random ^= world->random << 13;
    world->random ^= world->random >> 7;
    world->random ^= world->random << 17;
    return world->random;
}

static inline double world_share(struct world *world) {
    return ((double)(world_random(world) >> 11) + 0.5) / 9007199254740992.0;
}

static inline int world_poisson(struct world *world, double mean) {
    double limit = exp(-mean);
    double product = world_share(world);
    int count = 0;
    while (product > limit) {
        product *= world_share(world);
        count++;
    }
    return count;
}

static inline void world_configure(struct world *world) {
    static const struct span rivals[] = {{"Globex", 6}};
    world->brands[0] =
        (struct config_brand){.name = SPAN("Acme"), .own = true, .competitors = {rivals, 1}};
    world->brands[1] = (struct config_brand){.name = SPAN("Globex")};
    world->people[0] = (struct config_person){
        .email = SPAN("ada@example.com"), .name = SPAN("Ada Example"), .alerts = true};
    world->config = (struct config){
        .brands = world->brands, .brand_count = 2, .people = world->people, .person_count = 1};
    world->config.mail.url = SPAN("smtp://127.0.0.1:2525");
    world->config.mail.from = SPAN("earshot@alerts.example.com");
    world->config.alerts.enabled = true;
    world->config.alerts.false_per_week = 0.05;
    world->config.alerts.minimum = 5;
    world->config.alerts.window_ms = 3 * HOUR_MS;
    world->config.alerts.cooldown_ms = 6 * HOUR_MS;
    world->config.serve.listen = SPAN("127.0.0.1:0");
}

static inline void world_open(struct world *world) {
    struct error error = {0};
    const struct store_options options = {.mode = STORE_WRITE, .no_sync = true};
    *world = (struct world){.random = 88172645463325252u, .surge_ms = DATE_NONE};
    snprintf(world->folder, sizeof(world->folder), "/tmp/earshot-report-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    if (!store_open(world->folder, &options, &world->store, &error)) {
        fail_msg("%s", error.message);
    }
    world_configure(world);
}

static inline void world_close(struct world *world) {
    char command[128];
    store_close(world->store);
    snprintf(command, sizeof(command), "rm -rf '%s'", world->folder);
    assert_int_equal(system(command), 0);
}

static inline struct snapshot *world_snapshot(struct world *world) {
    struct snapshot *snapshot = NULL;
    struct error error = {0};
    if (!snapshot_open(world->store, &snapshot, &error)) {
        fail_msg("%s", error.message);
    }
    return snapshot;
}

struct world_batch {
    struct world *world;
    struct arena *arena;
    struct mention *list;
    size_t count;
    size_t capacity;
};

static inline void world_say(struct world_batch *batch, int64_t time_ms, uint32_t brand,
                             enum label label, bool surge) {
    static const char *const texts[] = {
        [LABEL_UNSURE] = "Well, %s is a thing that exists, number %llu",
        [LABEL_NEGATIVE] = "%s let me down again, bad service, ticket %llu",
        [LABEL_NEUTRAL] = "Saw a shop of %s in town, number %llu",
        [LABEL_POSITIVE] = "I love %s, works great, order %llu"};
    static const char *const surge_texts[] = {
        "%s courier lost my parcel, delivery is a disaster, parcel %llu",
        "%s parcel never arrived, courier silent, awful, case %llu"};
    static const double scores[] = {[LABEL_UNSURE] = 0.02,
                                    [LABEL_NEGATIVE] = -0.7,
                                    [LABEL_NEUTRAL] = 0,
                                    [LABEL_POSITIVE] = 0.6};
    struct world *world = batch->world;
    batch->list =
        arena_grow(batch->arena, batch->list, batch->count, &batch->capacity, sizeof(*batch->list));
    struct mention *mention = &batch->list[batch->count++];
    unsigned long long number = (unsigned long long)++world->written;
    const char *name = brand == 0 ? "Acme" : "Globex";
    *mention = (struct mention){.fetched_ms = time_ms + 60000, .language = SPAN("en")};
    item_init(&mention->item);
    mention->item.id = arena_print(batch->arena, "%llu", number);
    mention->item.url = arena_print(batch->arena, "https://forum.example/t/%llu", number);
    mention->item.author = arena_print(batch->arena, "user%llu", number % 997);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    mention->item.text = world->text != NULL ? span_of(world->text)
                         : surge ? arena_print(batch->arena, surge_texts[number % 2], name, number)
                                 : arena_print(batch->arena, texts[label], name, number);
#pragma GCC diagnostic pop
    mention->item.published_ms = time_ms;
    mention->item.rating = label == LABEL_POSITIVE ? 5 : label == LABEL_NEGATIVE ? 1 : RATING_NONE;
    for (size_t i = 0; i < SURVEY_COUNT && number % 4 == 0; i++) { /* one in four was asked */
        const struct survey_scale *scale = &survey_scales[i];
        mention->item.answers[i] =
            scale->worst + (double)(number / 4 % (unsigned)(scale->best - scale->worst + 1));
    }
    mention->source = SPAN("forum");
    mention->channel = CHANNEL_FORUM;
    mention->stage = STAGE_LOYALTY;
    mention->score = (struct score){scores[label], 0.9, label};
    mention->brands = ARENA_NEW(batch->arena, struct brand_mention);
    mention->brand_count = 1;
    mention->brands[0] = (struct brand_mention){brand, mention->score, span_of(name)};
    if (surge || label == LABEL_NEGATIVE) {
        mention->topics = ARENA_NEW(batch->arena, struct topic_mention);
        mention->topic_count = 1;
        mention->topics[0] =
            (struct topic_mention){surge ? SPAN("delivery") : SPAN("support"), mention->score};
    }
}

static inline enum label world_label(struct world *world) {
    double share = world_share(world);
    return share < 0.45   ? LABEL_POSITIVE
           : share < 0.60 ? LABEL_NEGATIVE
           : share < 0.92 ? LABEL_NEUTRAL
                          : LABEL_UNSURE;
}

static inline void world_hour(struct world_batch *batch, int64_t hour_ms, double per_hour) {
    struct world *world = batch->world;
    for (uint32_t brand = 0; brand < 2; brand++) {
        int count = world_poisson(world, per_hour * (brand == 0 ? 1 : 0.5));
        for (int i = 0; i < count; i++) {
            int64_t time_ms = hour_ms + (int64_t)(world_share(world) * (double)HOUR_MS);
            world_say(batch, time_ms, brand, world_label(world), false);
        }
    }
    int64_t since = hour_ms - world->surge_ms;
    if (world->surge_ms != DATE_NONE && since >= 0 && since < 12 * HOUR_MS) {
        int count = world_poisson(world, since < 6 * HOUR_MS ? 12 : 6);
        for (int i = 0; i < count; i++) {
            world_say(batch, hour_ms + i * MINUTE_MS, 0, LABEL_NEGATIVE, true);
        }
    }
}

/* Writes what the batch holds, in one commit. */
static inline void world_write(struct world_batch *batch, int64_t now_ms) {
    static const struct span names[] = {{"Acme", 4}, {"Globex", 6}};
    struct store_result result;
    struct error error = {0};
    const struct store_batch written = {.source = SPAN("forum"),
                                        .mentions = batch->list,
                                        .mention_count = batch->count,
                                        .brand_names = names,
                                        .brand_name_count = 2,
                                        .now_ms = now_ms,
                                        .polled_ok = true};
    if (!store_write(batch->world->store, &written, &result, &error)) {
        fail_msg("%s", error.message);
    }
}

/* Writes the hours of [since, until), one commit an hour, each polled. */
static inline void world_live(struct world *world, int64_t since_ms, int64_t until_ms,
                              double per_hour) {
    static const struct span names[] = {{"Acme", 4}, {"Globex", 6}};
    for (int64_t hour_ms = since_ms; hour_ms < until_ms; hour_ms += HOUR_MS) {
        struct world_batch batch = {.world = world, .arena = arena_create()};
        struct store_result result;
        struct error error = {0};
        struct source_state state;
        world_hour(&batch, hour_ms, per_hour);
        source_state_init(&state);
        state.polls = 1;
        state.polled_ms = state.succeeded_ms = hour_ms + 59 * MINUTE_MS;
        const struct store_batch written = {.source = SPAN("forum"),
                                            .state = &state,
                                            .mentions = batch.list,
                                            .mention_count = batch.count,
                                            .brand_names = names,
                                            .brand_name_count = 2,
                                            .now_ms = hour_ms + 59 * MINUTE_MS,
                                            .polled_ok = true};
        if (!store_write(world->store, &written, &result, &error)) {
            fail_msg("%s", error.message);
        }
        arena_free(batch.arena);
    }
}

#endif
