/* The mentions that speak loudest for and against a brand. */
#include "report/sheet.h"

#include <math.h>

struct candidate {
    struct timeline_entry entry;
    double weight;
};

struct loudest { /* one side */
    bool worst;
    struct candidate *list; /* loudest first, at most `limit` */
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

static void candidate_remove(struct loudest *side, size_t index) {
    memmove(side->list + index, side->list + index + 1,
            (side->count - index - 1) * sizeof(*side->list));
    side->count--;
}

static void candidate_insert(struct loudest *side, const struct candidate *candidate) {
    size_t place = side->count;
    while (place > 0 && side->list[place - 1].weight < candidate->weight) {
        place--;
    }
    if (place == side->limit) {
        return;
    }
    size_t kept = side->count < side->limit ? side->count : side->limit - 1;
    memmove(side->list + place + 1, side->list + place, (kept - place) * sizeof(*side->list));
    side->list[place] = *candidate;
    side->count = kept + 1;
}

static void side_meet(struct loudest *side, const struct timeline_entry *entry) {
    struct candidate candidate = {*entry, entry_weight(entry, side->worst)};
    for (size_t i = 0; i < side->count; i++) {
        if (same_voice(&side->list[i].entry, entry)) {
            if (side->list[i].weight >= candidate.weight) {
                return;
            }
            candidate_remove(side, i);
            break;
        }
    }
    candidate_insert(side, &candidate);
}

struct extreme_walk {
    struct loudest best, worst;
};

static bool extreme_entry(void *context, const struct timeline_entry *entry) {
    struct extreme_walk *walk = context;
    if (entry->kept == KEPT_FACTS) { /* nothing to quote */
        return true;
    }
    if (entry->label == LABEL_POSITIVE) {
        side_meet(&walk->best, entry);
    } else if (entry->label == LABEL_NEGATIVE) {
        side_meet(&walk->worst, entry);
    }
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

/* The candidates as whole mentions. */
static struct sheet_mention *side_read(const struct loudest *side, const struct snapshot *snapshot,
                                       struct arena *arena, size_t *count) {
    struct sheet_mention *list = ARENA_ARRAY(arena, struct sheet_mention, side->limit);
    *count = 0;
    for (size_t i = 0; i < side->count; i++) {
        struct sheet_mention *entry = &list[*count];
        const struct timeline_entry *found = &side->list[i].entry;
        if (snapshot_mention(snapshot, found->sequence, arena, &entry->mention)) {
            entry->score = (struct score){.value = found->score, .label = found->label};
            entry->weight = side->list[i].weight;
            ++*count;
        }
    }
    return list;
}

void mentions_extreme(const struct snapshot *snapshot, const struct subject *subject,
                      struct period period, size_t limit, struct arena *arena,
                      struct extremes *extremes) {
    struct extreme_walk walk = {
        .best = {.list = ARENA_ARRAY(arena, struct candidate, limit), .limit = limit},
        .worst = {
            .worst = true, .list = ARENA_ARRAY(arena, struct candidate, limit), .limit = limit}};
    struct census *census = census_open(snapshot, subject, period.since_ms, period.until_ms);
    census_visit(census, extreme_entry, &walk);
    census_close(census);
    extremes->best = side_read(&walk.best, snapshot, arena, &extremes->best_count);
    extremes->worst = side_read(&walk.worst, snapshot, arena, &extremes->worst_count);
}

struct span mention_words(const struct mention *mention) {
    if (mention->kept == KEPT_FACTS) {
        return SPAN("(its words are no longer kept)");
    }
    return span_is_empty(mention->item.text) ? mention->item.title : mention->item.text;
}

struct span mention_excerpt(const struct mention *mention, struct arena *arena) {
    struct span title = mention->item.title;
    struct span text = mention->item.text;
    if (span_is_empty(text)) {
        return mention_words(mention);
    }
    if (span_is_empty(title) || span_starts_with(text, title)) {
        return text;
    }
    return arena_print(arena, "%.*s: %.*s", SPAN_ARG(title), SPAN_ARG(text));
}

struct span mention_place(const struct mention *mention) {
    return span_is_empty(mention->item.site) ? mention->source : mention->item.site;
}
