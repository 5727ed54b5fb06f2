#include "report/tally.h"

#include <stdlib.h>

/* Distinct clusters in an open-addressing table; 0 marks an empty place (sequences start at 1). */
struct cluster_set {
    uint64_t *slots;
    size_t capacity; /* a power of two */
    size_t count;
};

static size_t cluster_slot(const struct cluster_set *set, uint64_t cluster) {
    size_t slot = (size_t)(cluster * 0x9E3779B97F4A7C15u) & (set->capacity - 1);
    while (set->slots[slot] != 0 && set->slots[slot] != cluster) {
        slot = (slot + 1) & (set->capacity - 1);
    }
    return slot;
}

static void cluster_set_grow(struct cluster_set *set) {
    struct cluster_set larger = {.capacity = set->capacity == 0 ? 256 : set->capacity * 2};
    larger.slots = NEW_ARRAY(uint64_t, larger.capacity);
    for (size_t i = 0; i < set->capacity; i++) {
        if (set->slots[i] != 0) {
            larger.slots[cluster_slot(&larger, set->slots[i])] = set->slots[i];
        }
    }
    larger.count = set->count;
    free(set->slots);
    *set = larger;
}

static void cluster_set_add(struct cluster_set *set, uint64_t cluster) {
    if (set->count * 2 >= set->capacity) {
        cluster_set_grow(set);
    }
    size_t slot = cluster_slot(set, cluster);
    set->count += set->slots[slot] == 0;
    set->slots[slot] = cluster;
}

struct tally_walk {
    struct tally *tally;
    struct cluster_set *clusters; /* NULL: not wanted */
};

/* Classes as their inventors drew them: Reichheld 2003 for promoters and detractors. */
static void tally_answers(struct tally *tally, const double *answers) {
    for (size_t i = 0; i < SURVEY_COUNT; i++) {
        if (answers[i] >= 0) {
            tally->answers[i]++;
            tally->answer_sums[i] += answers[i];
            tally->answer_squares[i] += answers[i] * answers[i];
        }
    }
    tally->promoters += answers[SURVEY_NPS] >= 9;
    tally->detractors += answers[SURVEY_NPS] >= 0 && answers[SURVEY_NPS] < 7;
    tally->satisfied += answers[SURVEY_CSAT] >= 4;
}

static bool tally_entry(void *context, const struct timeline_entry *entry) {
    struct tally_walk *walk = context;
    struct tally *tally = walk->tally;
    tally->mentions++;
    if (entry->label < LABEL_COUNT) {
        tally->labels[entry->label]++;
    }
    if (entry->rating >= 0) {
        tally->ratings++;
        tally->rating_sum += entry->rating;
        tally->rating_squares += entry->rating * entry->rating;
    }
    tally_answers(tally, entry->answers);
    tally->reach += entry->reach > 0 ? (uint64_t)entry->reach : 0;
    tally->engagement += entry->engagement > 0 ? (uint64_t)entry->engagement : 0;
    if (walk->clusters != NULL) {
        cluster_set_add(walk->clusters, entry->cluster == 0 ? entry->sequence : entry->cluster);
    }
    return true;
}

static void tally_walk(const struct snapshot *snapshot, struct span brand, struct period period,
                       struct tally_walk *walk) {
    uint32_t number = 0;
    *walk->tally = (struct tally){0};
    if (snapshot_brand(snapshot, brand, &number)) {
        snapshot_timeline(snapshot, number, period.since_ms, period.until_ms, false, tally_entry,
                          walk);
    }
}

void tally_brand(const struct snapshot *snapshot, struct span brand, struct period period,
                 struct tally *tally) {
    struct cluster_set clusters = {0};
    struct tally_walk walk = {tally, &clusters};
    tally_walk(snapshot, brand, period, &walk);
    tally->stories = clusters.count;
    free(clusters.slots);
}

void tally_brand_counts(const struct snapshot *snapshot, struct span brand, struct period period,
                        struct tally *tally) {
    struct tally_walk walk = {tally, NULL};
    tally_walk(snapshot, brand, period, &walk);
}

uint64_t tally_judged(const struct tally *tally) {
    return tally->labels[LABEL_POSITIVE] + tally->labels[LABEL_NEGATIVE] +
           tally->labels[LABEL_NEUTRAL];
}

struct period period_before(struct period period) {
    return (struct period){period.since_ms - (period.until_ms - period.since_ms), period.since_ms};
}

const struct config_brand *brand_find(const struct config *config, struct span name) {
    for (size_t i = 0; i < config->brand_count; i++) {
        if (span_equal(config->brands[i].name, name)) {
            return &config->brands[i];
        }
    }
    return NULL;
}

static bool list_has(const struct config_list *list, struct span name) {
    for (size_t i = 0; i < list->count; i++) {
        if (span_equal(list->list[i], name)) {
            return true;
        }
    }
    return false;
}

/* The brand whose list of competitors speaks for `brand`: itself, or who names it. */
static const struct config_brand *family_head(const struct config *config, struct span brand) {
    const struct config_brand *self = brand_find(config, brand);
    if (self != NULL && self->competitors.count > 0) {
        return self;
    }
    for (size_t i = 0; i < config->brand_count; i++) {
        if (list_has(&config->brands[i].competitors, brand)) {
            return &config->brands[i];
        }
    }
    return self;
}

size_t brand_family(const struct config *config, struct span brand, const struct span **names,
                    struct arena *arena) {
    const struct config_brand *head = family_head(config, brand);
    size_t others = head == NULL ? 0 : head->competitors.count + 1;
    struct span *list = ARENA_ARRAY(arena, struct span, others + 1);
    size_t count = 0;
    list[count++] = brand;
    if (head != NULL && !span_equal(head->name, brand)) {
        list[count++] = head->name;
    }
    for (size_t i = 0; head != NULL && i < head->competitors.count; i++) {
        if (!span_equal(head->competitors.list[i], brand)) {
            list[count++] = head->competitors.list[i];
        }
    }
    *names = list;
    return count;
}
