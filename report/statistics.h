/* The statistics behind the numbers: intervals for KPIs, tails of count models for surges, robust
 * means. Pure; no state. Intervals are two-sided 95 %. */
#ifndef REPORT_STATISTICS_H
#define REPORT_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STATISTICS_Z95 1.959963984540054

struct interval {
    double low;
    double high;
};

/* Wilson's score interval of a share (Wilson 1927): covers well at small n and extreme shares,
 * where the textbook interval does not (Agresti & Coull 1998). `n` > 0 may be an effective size. */
struct interval statistics_wilson(double share, double n);

/* Newcombe's hybrid score interval of the difference a - b of two independent shares (Newcombe
 * 1998, method 10). */
struct interval statistics_newcombe(double share_a, double n_a, double share_b, double n_b);

/* Interval of a net share p+ - p- by the normal approximation of the difference of two shares of
 * one multinomial: variance (p+ + p- - (p+ - p-)^2) / n, with one half-observation added to each
 * side so that a unanimous small sample does not look certain. Within [-1, 1]. */
struct interval statistics_net(double positive_share, double negative_share, double n);

/* Interval of a mean from its sums, Student's t. n >= 2. */
struct interval statistics_mean(double sum, double sum_squares, double n);

/* Interval of a quantile by order statistics: the ranks between which it lies with 95 % by the binomial
 * distribution, whatever the values are distributed like (Conover 1999, 3.2). `sorted` ascends, n >= 1;
 * below n = 6 (for a median) the ends of the sample, which then say less. */
struct interval statistics_quantile_interval(const double *sorted, size_t n, double q);

/* Interval of the difference b - a of two independent estimates from the interval of each, which may
 * lean to one side (MOVER: Zou & Donner 2008). */
struct interval statistics_difference(double a, struct interval of_a, double b,
                                      struct interval of_b);

/* P(X >= observed). The negative binomial has the given mean and variance; a variance not above
 * the mean makes it Poisson. Exact (incomplete gamma and beta functions), accurate far into the
 * tail; mean <= 0 gives 0 for observed > 0. */
double statistics_poisson_tail(double observed, double mean);
double statistics_count_tail(double observed, double mean, double variance);

/* P(X <= observed) of the same. */
double statistics_count_floor(double observed, double mean, double variance);

/* P(X >= hits) where each of `total` things is a hit with a chance that is itself drawn, once for
 * all of them, from Beta(a, b): the beta-binomial (Skellam 1948), summed term by term from `hits` on.
 * Exact for whole numbers; between them it runs smoothly. */
double statistics_share_tail(double hits, double total, double a, double b);

/* P(T >= t) of Student's t (Abramowitz & Stegun 26.7.1 and 26.5.27). */
double statistics_t_tail(double t, double degrees);

/* P(Z >= z) of the standard normal. */
double statistics_normal_tail(double z);

/* Quantile of Student's t for a two-sided 95 % interval (Cornish-Fisher; exact to 1 % from 3
 * degrees of freedom on). */
double statistics_t95(double degrees);

/* Regularised incomplete functions: lower gamma P(a, x), beta I_x(a, b). */
double statistics_gamma_p(double a, double x);
double statistics_beta_i(double a, double b, double x);

/* Sort `values` in place. The trimmed mean leaves out the share `trim` of the largest and as many
 * of the smallest. 0 for no values. */
double statistics_median(double *values, size_t count);
double statistics_trimmed_mean(double *values, size_t count, double trim);

/* The value that the share `q` (0..1) of all lies below, between neighbours by linear
 * interpolation; 0 for no values. Reorders `values`; linear time. */
double statistics_quantile(double *values, size_t count, double q);

#endif
