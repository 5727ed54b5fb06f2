#include "report/evidence.h"

#include "report/sheet.h"
#include "report/vocabulary.h"

#include <math.h>
#include <stdlib.h>

/* Texts read to find the new words: more add nothing to their ranking. */
#define TEXTS_NOW 1000
#define TEXTS_BEFORE 3000
#define BEFORE_MS (14 * DAY_MS)

/* Hours drawn before the incident: how quiet it was. */
#define LEAD_MS DAY_MS
#define HOURS_MAX 240

struct evidence_walk {
    const struct snapshot *snapshot;
    struct arena *arena; /* of one text */
    struct vocabulary *vocabulary;
    enum vocabulary_side side;
    size_t left;
    struct evidence *evidence; /* NULL: words only */
};

static void read_words(struct evidence_walk *walk, uint64_t sequence) {
    struct mention mention;
    if (walk->left == 0) {
        return;
    }
    walk->left--;
    if (snapshot_mention(walk->snapshot, sequence, walk->arena, &mention)) {
        vocabulary_add(walk->vocabulary, mention.item.title, mention.item.text, walk->side);
    }
    arena_reset(walk->arena);
}

static bool entry_now(void *context, const struct timeline_entry *entry) {
    struct evidence_walk *walk = context;
    struct evidence *evidence = walk->evidence;
    if (evidence->mentions == 0) {
        evidence->first_ms = entry->time_ms;
        evidence->first_source =
            snapshot_source_name(walk->snapshot, entry->source, walk->vocabulary->arena);
    }
    evidence->mentions++;
    evidence->negative += entry->label == LABEL_NEGATIVE;
    evidence->stories += entry->cluster == 0 || entry->cluster == entry->sequence;
    evidence->reach += entry->reach > 0 ? entry->reach : 0;
    read_words(walk, entry->sequence);
    return true;
}

static bool entry_before(void *context, const struct timeline_entry *entry) {
    struct evidence_walk *walk = context;
    read_words(walk, entry->sequence);
    return walk->left > 0;
}

static void collect_words(const struct snapshot *snapshot, uint32_t brand, struct arena *arena,
                          struct evidence *evidence) {
    struct arena *scratch = arena_create();
    struct vocabulary vocabulary = vocabulary_make(arena);
    struct evidence_walk walk = {.snapshot = snapshot,
                                 .arena = scratch,
                                 .vocabulary = &vocabulary,
                                 .side = VOCABULARY_NOW,
                                 .left = TEXTS_NOW,
                                 .evidence = evidence};
    snapshot_timeline(snapshot, brand, evidence->period.since_ms, evidence->period.until_ms, false,
                      entry_now, &walk);
    walk.side = VOCABULARY_BEFORE;
    walk.left = TEXTS_BEFORE;
    snapshot_timeline(snapshot, brand, evidence->period.since_ms - BEFORE_MS,
                      evidence->period.since_ms, true, entry_before, &walk);
    evidence->words = vocabulary_news(&vocabulary, EVIDENCE_WORDS, &evidence->word_count);
    arena_free(scratch);
}

static struct evidence_source *collect_members(const struct snapshot *snapshot, uint32_t brand,
                                               enum series_dimension dimension,
                                               struct period period, struct arena *arena,
                                               size_t *count) {
    struct series_member *members = snapshot_members(snapshot, brand, dimension, period.since_ms,
                                                     period.until_ms, arena, count);
    *count = *count > EVIDENCE_SOURCES ? EVIDENCE_SOURCES : *count;
    struct evidence_source *list = ARENA_ARRAY(arena, struct evidence_source, *count + 1);
    for (size_t i = 0; i < *count; i++) {
        list[i] = (struct evidence_source){members[i].name, members[i].total.mentions};
    }
    return list;
}

static void collect_hours(const struct snapshot *snapshot, uint32_t brand, struct arena *arena,
                          struct evidence *evidence) {
    int64_t since_ms = date_hour_start(evidence->period.since_ms) - LEAD_MS;
    int64_t until_ms = evidence->period.until_ms;
    if (until_ms - since_ms > HOURS_MAX * HOUR_MS) {
        until_ms = since_ms + HOURS_MAX * HOUR_MS;
    }
    struct series_point *points =
        snapshot_series(snapshot, brand, SERIES_ALL, (struct span){0}, SERIES_HOUR, since_ms,
                        until_ms, arena, &evidence->hour_count);
    evidence->hours = ARENA_ARRAY(arena, double, evidence->hour_count + 1);
    bool *known = series_known(snapshot, points, evidence->hour_count, until_ms, arena);
    for (size_t i = 0; i < evidence->hour_count; i++) {
        evidence->hours[i] = known[i] ? (double)points[i].mentions : NAN;
    }
}

void evidence_collect(const struct snapshot *snapshot, const struct incident *incident,
                      int64_t now_ms, struct arena *arena, struct evidence *evidence) {
    int64_t end_ms = incident->ended_ms == DATE_NONE ? now_ms : incident->ended_ms;
    *evidence = (struct evidence){.period = {incident->started_ms, end_ms}, .first_ms = DATE_NONE};
    evidence->coverage =
        snapshot_coverage(snapshot, (struct span){0}, incident->started_ms, end_ms);
    uint32_t brand = 0;
    if (!snapshot_brand(snapshot, incident->brand, &brand)) {
        return;
    }
    collect_words(snapshot, brand, arena, evidence);
    evidence->sources = collect_members(snapshot, brand, SERIES_SOURCE, evidence->period, arena,
                                        &evidence->source_count);
    evidence->topics = collect_members(snapshot, brand, SERIES_TOPIC, evidence->period, arena,
                                       &evidence->topic_count);
    struct extremes extremes = {0};
    mentions_extreme(snapshot, &(struct subject){.brand = brand}, evidence->period,
                     EVIDENCE_MENTIONS, arena, &extremes);
    evidence->worst = extremes.worst;
    evidence->worst_count = extremes.worst_count;
    collect_hours(snapshot, brand, arena, evidence);
}

static void print_members(struct json_writer *json, const char *key,
                          const struct evidence_source *list, size_t count) {
    json_array_begin(json, key);
    for (size_t i = 0; i < count; i++) {
        json_object_begin(json, NULL);
        json_put_text(json, "name", list[i].name);
        json_put_count(json, "mentions", list[i].mentions);
        json_object_end(json);
    }
    json_array_end(json);
}

/* By number: what the mentions say stays where it can be erased. */
static void print_worst(struct json_writer *json, const struct evidence *evidence) {
    json_array_begin(json, "worst");
    for (size_t i = 0; i < evidence->worst_count; i++) {
        const struct mention *mention = &evidence->worst[i].mention;
        json_object_begin(json, NULL);
        json_put_count(json, "sequence", mention->sequence);
        json_put_text(json, "source", mention->source);
        json_put_real(json, "score", evidence->worst[i].score.value);
        json_object_end(json);
    }
    json_array_end(json);
}

void evidence_print_json(struct json_writer *json, const char *key,
                         const struct evidence *evidence) {
    json_object_begin(json, key);
    json_put_count(json, "mentions", evidence->mentions);
    json_put_count(json, "negative", evidence->negative);
    json_put_count(json, "stories", evidence->stories);
    json_put_int(json, "reach", evidence->reach);
    json_put_real(json, "coverage", evidence->coverage);
    json_put_text(json, "first_source", evidence->first_source);
    json_put_time(json, "first_time", evidence->first_ms);
    json_array_begin(json, "new_words");
    for (size_t i = 0; i < evidence->word_count; i++) {
        json_object_begin(json, NULL);
        json_put_text(json, "word", evidence->words[i].word);
        json_put_count(json, "now", evidence->words[i].now);
        json_put_count(json, "before", evidence->words[i].before);
        json_object_end(json);
    }
    json_array_end(json);
    print_members(json, "sources", evidence->sources, evidence->source_count);
    print_members(json, "topics", evidence->topics, evidence->topic_count);
    print_worst(json, evidence);
    json_array_begin(json, "hours");
    for (size_t i = 0; i < evidence->hour_count; i++) {
        json_put_real(json, NULL, evidence->hours[i]);
    }
    json_array_end(json);
    json_object_end(json);
}
