#include "sentiment/overlay.h"

#include <math.h>
#include <stdlib.h>

/* Valence that is one natural logarithm of odds. */
const double overlay_valence_per_log = 2;

enum { REASONS_MOST = 12 };

/* Rows fainter than this are no reason to anybody. */
static const double faint = 0.15;

static const enum label class_labels[CLASS_COUNT] = {LABEL_NEGATIVE, LABEL_NEUTRAL, LABEL_POSITIVE};

struct sentiment_overlay *overlay_create(void) {
    struct sentiment_overlay *overlay = NEW(struct sentiment_overlay);
    overlay->arena = arena_create();
    return overlay;
}

void sentiment_overlay_close(struct sentiment_overlay *overlay) {
    if (overlay != NULL) {
        arena_free(overlay->arena);
        free(overlay);
    }
}

static int compare_hash(const void *a, const void *b) {
    const struct overlay_row *left = a;
    const struct overlay_row *right = b;
    return left->hash < right->hash ? -1 : left->hash > right->hash;
}

/* Tables are at most half full, and probed one slot after the other. */
static size_t table_slots(size_t count) {
    size_t slots = 2;
    while (slots < 2 * count) {
        slots *= 2;
    }
    return slots;
}

static void rows_index(struct sentiment_overlay *overlay) {
    size_t slots = table_slots(overlay->count);
    overlay->index = ARENA_ARRAY(overlay->arena, struct overlay_slot, slots);
    overlay->index_mask = slots - 1;
    for (size_t i = 0; i < overlay->count; i++) {
        uint64_t hash = overlay->rows[i].hash;
        size_t slot = hash & overlay->index_mask;
        while (overlay->index[slot].row != 0) {
            slot = (slot + 1) & overlay->index_mask;
        }
        overlay->index[slot] =
            (struct overlay_slot){.tag = (uint32_t)(hash >> 32), .row = (uint32_t)i + 1};
    }
}

static void word_index(struct sentiment_overlay *overlay, struct span word, unsigned uses) {
    uint64_t hash = form_word_hash(word);
    uint32_t *slot = &overlay->words[overlay_word_slot(overlay, hash)];
    *slot = ((uint32_t)hash & ~(uint32_t)FORM_ANY) | (*slot & FORM_ANY) | uses;
}

static void words_index(struct sentiment_overlay *overlay) {
    size_t slots = table_slots(overlay->count * (FORM_WORDS - 1));
    overlay->words = ARENA_ARRAY(overlay->arena, uint32_t, slots);
    overlay->words_mask = slots - 1;
    for (size_t i = 0; i < overlay->count; i++) {
        struct span words[FORM_WORDS];
        unsigned uses[FORM_WORDS];
        size_t count = form_words(overlay->rows[i].form, words, uses);
        for (size_t j = 0; j < count; j++) {
            if (uses[j] != 0) {
                word_index(overlay, words[j], uses[j]);
            }
        }
    }
}

void overlay_index(struct sentiment_overlay *overlay) {
    if (overlay->count > 0) {
        qsort(overlay->rows, overlay->count, sizeof *overlay->rows, compare_hash);
    }
    rows_index(overlay);
    words_index(overlay);
}

bool overlay_meet(const struct sentiment_overlay *overlay, uint64_t hash, uint64_t *seen,
                  const struct overlay_row **row) {
    for (size_t slot = hash & overlay->index_mask; overlay->index[slot].row != 0;
         slot = (slot + 1) & overlay->index_mask) {
        uint32_t number = overlay->index[slot].row - 1;
        if (overlay->index[slot].tag == (uint32_t)(hash >> 32) &&
            overlay->rows[number].hash == hash) {
            bool met = (seen[number / 64] >> number % 64 & 1) != 0;
            seen[number / 64] |= UINT64_C(1) << number % 64;
            *row = &overlay->rows[number];
            return !met;
        }
    }
    return false;
}

void overlay_weigh(const struct overlay_row *row, double weights[CLASS_COUNT]) {
    double turn = (row->valence - row->was) / overlay_valence_per_log;
    double plain = row->plain / overlay_valence_per_log;
    weights[CLASS_NEGATIVE] = -turn - plain / 3;
    weights[CLASS_NEUTRAL] = 2 * plain / 3;
    weights[CLASS_POSITIVE] = turn - plain / 3;
}

/* --- Scoring ---------------------------------------------------------------------------------- */

static void sum_up(const struct sentiment_overlay *overlay, const struct features *features,
                   double sums[CLASS_COUNT]) {
    for (int class = 0; class < CLASS_COUNT; class ++) {
        sums[class] = 0;
        for (int i = 0; i < GROUND_COUNT; i++) {
            sums[class] += overlay->ground[class][i] * features->ground[i];
        }
    }
    struct overlay_row all = {0};
    for (size_t i = 0; i < features->count; i++) {
        const struct overlay_row *row = features->list[i].row;
        all.valence += row->valence - row->was;
        all.plain += row->plain;
    }
    double weights[CLASS_COUNT];
    overlay_weigh(&all, weights);
    for (int class = 0; class < CLASS_COUNT; class ++) {
        sums[class] += weights[class];
    }
}

static void softmax(const double sums[CLASS_COUNT], double shares[CLASS_COUNT]) {
    double largest = fmax(sums[0], fmax(sums[1], sums[2]));
    double all = 0;
    for (int i = 0; i < CLASS_COUNT; i++) {
        shares[i] = exp(sums[i] - largest);
        all += shares[i];
    }
    for (int i = 0; i < CLASS_COUNT; i++) {
        shares[i] /= all;
    }
}

struct score overlay_score(const struct sentiment_overlay *overlay, const struct features *features,
                           const struct settings *settings, bool three) {
    double sums[CLASS_COUNT];
    double plain[CLASS_COUNT];
    double tilted[CLASS_COUNT];
    sum_up(overlay, features, sums);
    softmax(sums, plain);
    for (int i = 0; i < CLASS_COUNT; i++) {
        sums[i] += overlay->tilt[i];
    }
    softmax(sums, tilted);
    int best = CLASS_NEGATIVE;
    for (int i = 1; i < CLASS_COUNT; i++) {
        best = tilted[i] > tilted[best] ? i : best;
    }
    struct score score = {.value = tilted[CLASS_POSITIVE] - tilted[CLASS_NEGATIVE],
                          .confidence = plain[best],
                          .label = class_labels[best]};
    if (!three && score.confidence < settings->unsure_below) {
        score.label = LABEL_UNSURE;
    }
    return score;
}

double overlay_loudness(const struct overlay_row *row) {
    return fmax(fabs(row->valence - row->was), fabs(row->plain));
}

static int compare_loudness(const void *a, const void *b) {
    const struct overlay_row *left = ((const struct feature *)a)->row;
    const struct overlay_row *right = ((const struct feature *)b)->row;
    double difference = overlay_loudness(right) - overlay_loudness(left);
    if (difference != 0) {
        return difference > 0 ? 1 : -1;
    }
    return span_compare(left->form, right->form);
}

static struct sentiment_reason reason_make(const struct feature *feature, size_t target,
                                           struct arena *arena) {
    const struct overlay_row *row = feature->row;
    const char *pull = row->plain > 0   ? "; speaks for neutral"
                       : row->plain < 0 ? "; speaks against neutral"
                                        : "";
    return (struct sentiment_reason){
        .target = target,
        .begin = feature->begin,
        .end = feature->end,
        .entry = row->form,
        .valence = row->valence,
        .rules = arena_print(arena, "learned from %u texts%s", row->texts, pull),
        .contribution = row->valence - row->was,
    };
}

void overlay_explain(const struct features *features, size_t target, struct reasons *reasons) {
    struct feature *loudest = ARENA_ARRAY(reasons->arena, struct feature, features->count);
    if (features->count > 0) {
        memcpy(loudest, features->list, features->count * sizeof *loudest);
        qsort(loudest, features->count, sizeof *loudest, compare_loudness);
    }
    for (size_t i = 0; i < features->count && i < REASONS_MOST; i++) {
        if (overlay_loudness(loudest[i].row) < faint) {
            break;
        }
        reasons_append(reasons, reason_make(&loudest[i], target, reasons->arena));
    }
}
