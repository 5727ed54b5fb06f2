/* Chance that can be repeated: one seed gives one sequence, on every machine and compiler. */
#ifndef TESTS_ORIGIN_DICE_H
#define TESTS_ORIGIN_DICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dice {
    uint64_t state;
};

struct dice dice_make(uint64_t seed);
uint64_t dice_next(struct dice *dice);

/* 0..below-1; `below` must not be 0. */
size_t dice_roll(struct dice *dice, size_t below);
/* first..last, both included. */
int dice_between(struct dice *dice, int first, int last);
bool dice_chance(struct dice *dice, int percent);
double dice_real(struct dice *dice); /* 0 <= x < 1 */

/* How many events happen where `mean` are expected (Poisson, by Knuth's product method). */
size_t dice_poisson(struct dice *dice, double mean);

/* Index into `weights`, each as probable as its weight; the sum must not be 0. */
size_t dice_weighted(struct dice *dice, const int *weights, size_t count);

#endif
