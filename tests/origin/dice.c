#include "tests/origin/dice.h"

#include <math.h>

struct dice dice_make(uint64_t seed) {
    return (struct dice){seed};
}

/* SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): 64 bits of state, passes BigCrush. */
uint64_t dice_next(struct dice *dice) {
    dice->state += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t mixed = dice->state;
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94D049BB133111EB);
    return mixed ^ (mixed >> 31);
}

size_t dice_roll(struct dice *dice, size_t below) {
    return (size_t)(dice_next(dice) % below);
}

int dice_between(struct dice *dice, int first, int last) {
    return first + (int)dice_roll(dice, (size_t)(last - first) + 1);
}

bool dice_chance(struct dice *dice, int percent) {
    return (int)dice_roll(dice, 100) < percent;
}

double dice_real(struct dice *dice) {
    return (double)(dice_next(dice) >> 11) / (double)(UINT64_C(1) << 53);
}

size_t dice_poisson(struct dice *dice, double mean) {
    size_t events = 0;
    /* e^-mean must not underflow: a sum of Poisson variables is one too. */
    for (; mean > 20; mean -= 20) {
        events += dice_poisson(dice, 20);
    }
    double floor = exp(-mean);
    for (double product = dice_real(dice); product > floor; product *= dice_real(dice)) {
        events++;
    }
    return events;
}

size_t dice_weighted(struct dice *dice, const int *weights, size_t count) {
    int sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += weights[i];
    }
    int left = (int)dice_roll(dice, (size_t)sum);
    size_t chosen = 0;
    while (left >= weights[chosen]) {
        left -= weights[chosen];
        chosen++;
    }
    return chosen;
}
