#include "sentiment/overlay.h"

#include <math.h>
#include <stdlib.h>

/* Valence that is one natural logarithm of odds. */
const double overlay_valence_per_log = 2;

enum { REASONS_MOST = 12 };

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

void overlay_sort(struct sentiment_overlay *overlay) {
    if (overlay->count > 0) {
        qsort(overlay->rows, overlay->count, sizeof *overlay->rows, compare_hash);
    }
}

const struct overlay_row *overlay_find(const struct sentiment_overlay *overlay, uint64_t hash) {
    struct overlay_row key = {.hash = hash};
    return overlay->count == 0
               ? NULL
               : bsearch(&key, overlay->rows, overlay->count, sizeof key, compare_hash);
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
    for (size_t i = 0; i < features->count; i++) {
        const struct overlay_row *row = overlay_find(overlay, features->list[i].hash);
        double weights[CLASS_COUNT];
        if (row != NULL) {
            overlay_weigh(row, weights);
            for (int class = 0; class < CLASS_COUNT; class ++) {
                sums[class] += weights[class];
            }
        }
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

/* A feature that the overlay knows. */
struct known {
    const struct feature *feature;
    const struct overlay_row *row;
};

static int compare_loudness(const void *a, const void *b) {
    const struct known *left = a;
    const struct known *right = b;
    double difference = overlay_loudness(right->row) - overlay_loudness(left->row);
    if (difference != 0) {
        return difference > 0 ? 1 : -1;
    }
    return span_compare(left->row->form, right->row->form);
}

static struct sentiment_reason reason_make(const struct known *known, size_t target,
                                           struct arena *arena) {
    const struct overlay_row *row = known->row;
    const char *pull = row->plain > 0   ? "; speaks for neutral"
                       : row->plain < 0 ? "; speaks against neutral"
                                        : "";
    return (struct sentiment_reason){
        .target = target,
        .begin = known->feature->begin,
        .end = known->feature->end,
        .entry = row->form,
        .valence = row->valence,
        .rules = arena_print(arena, "learned from %u texts%s", row->texts, pull),
        .contribution = row->valence - row->was,
    };
}

void overlay_explain(const struct sentiment_overlay *overlay, const struct features *features,
                     size_t target, struct reasons *reasons) {
    struct known *known = ARENA_ARRAY(reasons->arena, struct known, features->count);
    size_t count = 0;
    for (size_t i = 0; i < features->count; i++) {
        known[count].feature = &features->list[i];
        known[count].row = overlay_find(overlay, features->list[i].hash);
        count += known[count].row != NULL;
    }
    if (count > 0) {
        qsort(known, count, sizeof *known, compare_loudness);
    }
    for (size_t i = 0; i < count && i < REASONS_MOST; i++) {
        reasons_append(reasons, reason_make(&known[i], target, reasons->arena));
    }
}
