#include "report/contrast.h"

#include <math.h>
#include <stdlib.h>

#define SEED 0x5EED0FEA12507u
#define SAME 1e-9 /* what summing in another order may change */

struct group { /* some units added up */
    struct tally tally;
    uint64_t family;
    double units;
};

struct contrasting {
    const struct contrast_request *request;
    struct contrast *contrasts;
    struct group all;      /* of both groups */
    struct group sides[2]; /* as they are */
    double rating_prior;   /* of both: neither is drawn to itself */
    size_t *single;        /* units that are in one group only */
    size_t single_count;
    size_t first_count; /* of them in the first */
    size_t *both;
    size_t both_count;
    uint64_t random;
};

/* --- Groups ----------------------------------------------------------------------------------- */

static void group_add(struct group *group, const struct contrast_unit *unit, size_t side) {
    tally_pool(&group->tally, &unit->side[side]);
    group->family += unit->family[side];
    group->units++;
}

static struct group group_without(const struct group *all, const struct group *part) {
    struct group rest = *all;
    tally_take(&rest.tally, &part->tally);
    rest.family -= part->family;
    rest.units -= part->units;
    return rest;
}

static struct kpi group_kpi(const struct contrasting *contrasting, const struct group *group,
                            size_t id) {
    bool daily = contrasting->request->daily;
    struct kpi_input input = {.brand = &group->tally,
                              .family_mentions = group->family,
                              .has_family = daily && group->family > group->tally.mentions,
                              .rating_prior = contrasting->rating_prior,
                              .coverage = 1};
    struct kpi kpi = kpi_from(&kpi_definitions[id], &input);
    if (daily && kpi_is_sum(&kpi) && kpi.known) {
        kpi.value /= group->units;
        kpi.low = kpi.high = kpi.value;
    }
    kpi.known = kpi.known && group->units > 0;
    return kpi;
}

/* --- Intervals -------------------------------------------------------------------------------- */

struct spreads { /* running mean and sum of squares of a KPI with each unit left out (Welford) */
    double n, mean, squares;
};

static void spreads_add(struct spreads *spreads, double value) {
    double before = value - spreads->mean;
    spreads->n++;
    spreads->mean += before / spreads->n;
    spreads->squares += before * (value - spreads->mean);
}

static void leave_one_out(const struct contrasting *contrasting, size_t side,
                          struct spreads *spreads) {
    for (size_t i = 0; i < contrasting->request->count; i++) {
        const struct contrast_unit *unit = &contrasting->request->units[i];
        struct group one = {.units = 0};
        if (!unit->on[side]) {
            continue;
        }
        group_add(&one, unit, side);
        struct group rest = group_without(&contrasting->sides[side], &one);
        for (size_t k = 0; k < KPI_COUNT; k++) {
            struct kpi kpi = group_kpi(contrasting, &rest, k);
            spreads_add(&spreads[k],
                        kpi.known ? kpi.value : contrasting->contrasts[k].sides[side].value);
        }
    }
}

/* A unanimous few leave the jackknife nothing to see: below this part of its own width, the KPI's
 * interval stays. */
#define WIDTH_LEAST 0.8

/* Keeps the KPI's interval to the sides it leans to, as wide as the units say. */
static void widen(struct kpi *kpi, const struct spreads *spreads) {
    if (!kpi->known || spreads->n < 2) {
        return;
    }
    double error = sqrt((spreads->n - 1) / spreads->n * spreads->squares);
    double half = statistics_t95(spreads->n - 1) * error;
    double own = (kpi->high - kpi->low) / 2;
    double scale = fmax(WIDTH_LEAST, half / own);
    kpi->low = own > 0 ? kpi->value - (kpi->value - kpi->low) * scale : kpi->value - half;
    kpi->high = own > 0 ? kpi->value + (kpi->high - kpi->value) * scale : kpi->value + half;
}

static void sides_estimate(struct contrasting *contrasting) {
    for (size_t side = 0; side < 2; side++) {
        struct spreads spreads[KPI_COUNT] = {{0, 0, 0}};
        for (size_t k = 0; k < KPI_COUNT; k++) {
            contrasting->contrasts[k].sides[side] =
                group_kpi(contrasting, &contrasting->sides[side], k);
        }
        leave_one_out(contrasting, side, spreads);
        for (size_t k = 0; k < KPI_COUNT; k++) {
            widen(&contrasting->contrasts[k].sides[side], &spreads[k]);
        }
    }
}

/* --- Shuffles --------------------------------------------------------------------------------- */

/* SplitMix64 (Steele, Lea & Flood 2014). */
static uint64_t random_next(uint64_t *state) {
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static const struct contrast_unit *unit_own(const struct contrasting *contrasting, size_t index,
                                            size_t *side) {
    const struct contrast_unit *unit = &contrasting->request->units[index];
    *side = unit->on[0] ? 0 : 1;
    return unit;
}

/* Draws who stands in the first group: as many of the single ones as there were. */
static struct group first_drawn(struct contrasting *contrasting) {
    struct group first = {.units = 0};
    size_t *single = contrasting->single;
    for (size_t i = 0; i < contrasting->first_count; i++) {
        uint64_t left = contrasting->single_count - i;
        size_t chosen = i + (size_t)(random_next(&contrasting->random) % left);
        size_t index = single[chosen];
        size_t side = 0;
        single[chosen] = single[i];
        single[i] = index;
        const struct contrast_unit *unit = unit_own(contrasting, index, &side);
        group_add(&first, unit, side);
    }
    for (size_t i = 0; i < contrasting->both_count; i++) {
        const struct contrast_unit *unit = &contrasting->request->units[contrasting->both[i]];
        group_add(&first, unit, random_next(&contrasting->random) >> 63);
    }
    return first;
}

/* Whether a shuffle has anything to say of it. */
static bool is_shuffled(const struct contrasting *contrasting, const struct contrast *contrast) {
    return contrast->known && (contrasting->request->daily || !kpi_is_sum(&contrast->sides[0]));
}

/* Counts for every KPI that is still open whether the shuffled groups differ as much. */
static size_t shuffle_once(struct contrasting *contrasting) {
    size_t open = 0;
    struct group first = first_drawn(contrasting);
    struct group second = group_without(&contrasting->all, &first);
    for (size_t k = 0; k < KPI_COUNT; k++) {
        struct contrast *contrast = &contrasting->contrasts[k];
        if (!is_shuffled(contrasting, contrast) || contrast->hits == CONTRAST_HITS) {
            continue;
        }
        struct kpi a = group_kpi(contrasting, &first, k);
        struct kpi b = group_kpi(contrasting, &second, k);
        bool large =
            !a.known || !b.known ||
            fabs(b.value - a.value) >= fabs(contrast->difference) * (1 - SAME) - SAME * SAME;
        contrast->shuffles++;
        contrast->hits += large;
        open += contrast->hits < CONTRAST_HITS;
    }
    return open;
}

static double chance(const struct contrast *contrast) {
    double shuffles = (double)contrast->shuffles;
    if (contrast->shuffles == 0) {
        return NAN;
    }
    return contrast->hits == CONTRAST_HITS ? CONTRAST_HITS / shuffles
                                           : ((double)contrast->hits + 1) / (shuffles + 1);
}

static void units_sort(struct contrasting *contrasting) {
    for (size_t i = 0; i < contrasting->request->count; i++) {
        const struct contrast_unit *unit = &contrasting->request->units[i];
        if (unit->on[0] && unit->on[1]) {
            contrasting->both[contrasting->both_count++] = i;
        } else {
            contrasting->single[contrasting->single_count++] = i;
            contrasting->first_count += unit->on[0];
        }
        for (size_t side = 0; side < 2; side++) {
            if (unit->on[side]) {
                group_add(&contrasting->sides[side], unit, side);
                group_add(&contrasting->all, unit, side);
            }
        }
    }
    const struct tally *tally = &contrasting->all.tally;
    contrasting->rating_prior = tally->ratings > 0 ? tally->rating_sum / (double)tally->ratings : 0;
}

void contrast_compute(const struct contrast_request *request, struct contrast *contrasts) {
    struct contrasting contrasting = {.request = request,
                                      .contrasts = contrasts,
                                      .single = NEW_ARRAY(size_t, request->count),
                                      .both = NEW_ARRAY(size_t, request->count),
                                      .random = SEED};
    units_sort(&contrasting);
    sides_estimate(&contrasting);
    for (size_t k = 0; k < KPI_COUNT; k++) {
        struct contrast *contrast = &contrasts[k];
        const struct kpi *a = &contrast->sides[0];
        const struct kpi *b = &contrast->sides[1];
        contrast->known = a->known && b->known;
        contrast->difference = b->value - a->value;
        contrast->interval = statistics_difference(a->value, (struct interval){a->low, a->high},
                                                   b->value, (struct interval){b->low, b->high});
        contrast->hits = contrast->shuffles = 0;
    }
    size_t open = KPI_COUNT;
    for (size_t i = 0; i < request->shuffles && open > 0; i++) {
        open = shuffle_once(&contrasting);
    }
    for (size_t k = 0; k < KPI_COUNT; k++) {
        contrasts[k].p = chance(&contrasts[k]);
    }
    free(contrasting.single);
    free(contrasting.both);
}
