/* The mentions that speak loudest for and against a brand. */
#include "report/sheet.h"

#include <math.h>

struct candidate {
    struct timeline_entry entry;
    double weight;
};

struct extreme_walk {
    bool worst;
    struct candidate *list; /* best first, at most `limit` */
    size_t limit;
    size_t count;
};

/* How strongly it feels, a little more where more people hear it: a thousand views double a
 * feeling's weight. */
static double entry_weight(const struct timeline_entry *entry, bool worst) {
    double feeling = worst ? -entry->score : entry->score;
    double reach = entry->reach > 0 ? (double)entry->reach : 0;
    return feeling * (1 + log10(1 + reach) / 3);
}

static bool same_voice(const struct timeline_entry *a, const struct timeline_entry *b) {
    return (a->cluster != 0 && a->cluster == b->cluster) ||
           (a->author != 0 && a->author == b->author);
}

static void candidate_remove(struct extreme_walk *walk, size_t index) {
    memmove(walk->list + index, walk->list + index + 1,
            (walk->count - index - 1) * sizeof(*walk->list));
    walk->count--;
}

static void candidate_insert(struct extreme_walk *walk, const struct candidate *candidate) {
    size_t place = walk->count;
    while (place > 0 && walk->list[place - 1].weight < candidate->weight) {
        place--;
    }
    if (place == walk->limit) {
        return;
    }
    size_t kept = walk->count < walk->limit ? walk->count : walk->limit - 1;
    memmove(walk->list + place + 1, walk->list + place, (kept - place) * sizeof(*walk->list));
    walk->list[place] = *candidate;
    walk->count = kept + 1;
}

static bool extreme_entry(void *context, const struct timeline_entry *entry) {
    struct extreme_walk *walk = context;
    enum label wanted = walk->worst ? LABEL_NEGATIVE : LABEL_POSITIVE;
    if (entry->label != wanted) {
        return true;
    }
    struct candidate candidate = {*entry, entry_weight(entry, walk->worst)};
    for (size_t i = 0; i < walk->count; i++) {
        if (same_voice(&walk->list[i].entry, entry)) {
            if (walk->list[i].weight >= candidate.weight) {
                return true;
            }
            candidate_remove(walk, i);
            break;
        }
    }
    candidate_insert(walk, &candidate);
    return true;
}

struct score mention_score_of(const struct mention *mention, struct span brand) {
    for (size_t i = 0; i < mention->brand_count; i++) {
        if (span_equal(mention->brands[i].name, brand)) {
            return mention->brands[i].score;
        }
    }
    return mention->score;
}

static struct score score_by_number(const struct mention *mention, uint32_t brand) {
    for (size_t i = 0; i < mention->brand_count; i++) {
        if (mention->brands[i].brand == brand) {
            return mention->brands[i].score;
        }
    }
    return mention->score;
}

struct sheet_mention *mentions_extreme(const struct snapshot *snapshot, uint32_t brand,
                                       struct period period, bool worst, size_t limit,
                                       struct arena *arena, size_t *count) {
    struct extreme_walk walk = {
        .worst = worst, .list = ARENA_ARRAY(arena, struct candidate, limit), .limit = limit};
    snapshot_timeline(snapshot, brand, period.since_ms, period.until_ms, true, extreme_entry,
                      &walk);
    struct sheet_mention *list = ARENA_ARRAY(arena, struct sheet_mention, limit);
    *count = 0;
    for (size_t i = 0; i < walk.count; i++) {
        struct sheet_mention *entry = &list[*count];
        if (snapshot_mention(snapshot, walk.list[i].entry.sequence, arena, &entry->mention)) {
            entry->score = score_by_number(&entry->mention, brand);
            entry->weight = walk.list[i].weight;
            ++*count;
        }
    }
    return list;
}

struct span mention_excerpt(const struct mention *mention, struct arena *arena) {
    struct span title = mention->item.title;
    struct span text = mention->item.text;
    if (span_is_empty(title) || span_starts_with(text, title)) {
        return text;
    }
    if (span_is_empty(text)) {
        return title;
    }
    return arena_print(arena, "%.*s: %.*s", SPAN_ARG(title), SPAN_ARG(text));
}

struct span mention_place(const struct mention *mention) {
    return span_is_empty(mention->item.site) ? mention->source : mention->item.site;
}
