#include "report/statistics.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

/* Terms of a continued fraction or series: both converge in about sqrt(max(a, b)) steps. */
#define STEPS_MAX 100000
#define TINY 1e-300

static double clamp(double value, double low, double high) {
    return value < low ? low : value > high ? high : value;
}

struct interval statistics_wilson(double share, double n) {
    if (n <= 0) {
        return (struct interval){0, 1};
    }
    double z2 = STATISTICS_Z95 * STATISTICS_Z95;
    double centre = (share + z2 / (2 * n)) / (1 + z2 / n);
    double half = STATISTICS_Z95 * sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n);
    return (struct interval){clamp(centre - half, 0, 1), clamp(centre + half, 0, 1)};
}

struct interval statistics_newcombe(double share_a, double n_a, double share_b, double n_b) {
    struct interval a = statistics_wilson(share_a, n_a);
    struct interval b = statistics_wilson(share_b, n_b);
    double difference = share_a - share_b;
    double down = hypot(share_a - a.low, b.high - share_b);
    double up = hypot(a.high - share_a, share_b - b.low);
    return (struct interval){difference - down, difference + up};
}

struct interval statistics_net(double positive_share, double negative_share, double n) {
    if (n <= 0) {
        return (struct interval){-1, 1};
    }
    double net = positive_share - negative_share;
    double size = n + 1;
    double positive = (positive_share * n + 0.5) / size;
    double negative = (negative_share * n + 0.5) / size;
    double centre = positive - negative;
    double half = statistics_t95(n) * sqrt((positive + negative - centre * centre) / size);
    return (struct interval){clamp(fmin(net, centre - half), -1, 1),
                             clamp(fmax(net, centre + half), -1, 1)};
}

struct interval statistics_mean(double sum, double sum_squares, double n) {
    double mean = sum / n;
    double variance = fmax(0, (sum_squares - sum * mean) / (n - 1));
    double half = statistics_t95(n - 1) * sqrt(variance / n);
    return (struct interval){mean - half, mean + half};
}

double statistics_t95(double degrees) {
    double z = STATISTICS_Z95;
    if (degrees < 1) {
        degrees = 1;
    }
    if (degrees < 3) {
        return degrees < 2 ? 12.706 : 4.303;
    }
    double z3 = z * z * z;
    double z5 = z3 * z * z;
    double z7 = z5 * z * z;
    double g1 = (z3 + z) / 4;
    double g2 = (5 * z5 + 16 * z3 + 3 * z) / 96;
    double g3 = (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / 384;
    return z + g1 / degrees + g2 / (degrees * degrees) + g3 / (degrees * degrees * degrees);
}

double statistics_normal_tail(double z) {
    return 0.5 * erfc(z / sqrt(2.0));
}

/* Series of the lower gamma function; for x < a + 1 (Abramowitz & Stegun 6.5.29). */
static double gamma_series(double a, double x) {
    double term = 1 / a;
    double sum = term;
    for (int i = 1; i < STEPS_MAX && term > sum * DBL_EPSILON; i++) {
        term *= x / (a + i);
        sum += term;
    }
    return sum * exp(-x + a * log(x) - lgamma(a));
}

/* Continued fraction of the upper gamma function by Lentz's method; for x >= a + 1. */
static double gamma_fraction(double a, double x) {
    double b = x + 1 - a;
    double c = 1 / TINY;
    double d = 1 / b;
    double h = d;
    for (int i = 1; i < STEPS_MAX; i++) {
        double an = -(double)i * (i - a);
        b += 2;
        d = an * d + b;
        d = fabs(d) < TINY ? TINY : d;
        c = b + an / c;
        c = fabs(c) < TINY ? TINY : c;
        d = 1 / d;
        double factor = d * c;
        h *= factor;
        if (fabs(factor - 1) < DBL_EPSILON) {
            break;
        }
    }
    return h * exp(-x + a * log(x) - lgamma(a));
}

double statistics_gamma_p(double a, double x) {
    if (x <= 0) {
        return 0;
    }
    return x < a + 1 ? gamma_series(a, x) : 1 - gamma_fraction(a, x);
}

/* One half step of the continued fraction of the beta function (Lentz). */
static double beta_step(double term, double *c, double *d) {
    *d = 1 + term * *d;
    *d = fabs(*d) < TINY ? TINY : *d;
    *c = 1 + term / *c;
    *c = fabs(*c) < TINY ? TINY : *c;
    *d = 1 / *d;
    return *d * *c;
}

/* Abramowitz & Stegun 26.5.8. */
static double beta_fraction(double a, double b, double x) {
    double c = 1;
    double d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < TINY ? TINY : d);
    double h = d;
    for (int m = 1; m < STEPS_MAX; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        h *= beta_step(even, &c, &d);
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        double factor = beta_step(odd, &c, &d);
        h *= factor;
        if (fabs(factor - 1) < DBL_EPSILON) {
            break;
        }
    }
    return h;
}

double statistics_beta_i(double a, double b, double x) {
    if (x <= 0) {
        return 0;
    }
    if (x >= 1) {
        return 1;
    }
    double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
    if (x < (a + 1) / (a + b + 2)) {
        return front * beta_fraction(a, b, x) / a;
    }
    return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double statistics_poisson_tail(double observed, double mean) {
    if (observed <= 0) {
        return 1;
    }
    return mean <= 0 ? 0 : clamp(statistics_gamma_p(observed, mean), 0, 1);
}

double statistics_count_tail(double observed, double mean, double variance) {
    if (observed <= 0) {
        return 1;
    }
    if (mean <= 0) {
        return 0;
    }
    if (variance <= mean * (1 + 1e-6)) {
        return statistics_poisson_tail(observed, mean);
    }
    double size = mean * mean / (variance - mean);
    return clamp(statistics_beta_i(observed, size, mean / (mean + size)), 0, 1);
}

double statistics_count_floor(double observed, double mean, double variance) {
    if (observed < 0 || mean <= 0) {
        return observed < 0 ? 0 : 1;
    }
    if (variance <= mean * (1 + 1e-6)) {
        double a = observed + 1;
        return mean < a + 1 ? 1 - gamma_series(a, mean) : gamma_fraction(a, mean);
    }
    double size = mean * mean / (variance - mean);
    return clamp(statistics_beta_i(size, observed + 1, size / (mean + size)), 0, 1);
}

/* From beyond the mean on, where terms only fall. */
static double share_sum(double hits, double total, double a, double b) {
    double misses = total - hits;
    double term =
        exp(lgamma(total + 1) - lgamma(hits + 1) - lgamma(misses + 1) + lgamma(hits + a) +
            lgamma(misses + b) - lgamma(total + a + b) + lgamma(a + b) - lgamma(a) - lgamma(b));
    double sum = 0;
    for (double k = hits; k <= total && term > sum * DBL_EPSILON; k++) {
        sum += term;
        term *= (total - k) / (k + 1) * (k + a) / fmax(total - k - 1 + b, TINY);
    }
    return clamp(sum, 0, 1);
}

double statistics_share_tail(double hits, double total, double a, double b) {
    if (hits <= 0) {
        return 1;
    }
    if (hits > total) {
        return 0;
    }
    return hits >= total * a / (a + b) ? share_sum(hits, total, a, b)
                                       : 1 - share_sum(total - hits + 1, total, b, a);
}

double statistics_t_tail(double t, double degrees) {
    double outside = statistics_beta_i(degrees / 2, 0.5, degrees / (degrees + t * t)) / 2;
    return t >= 0 ? outside : 1 - outside;
}

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

double statistics_median(double *values, size_t count) {
    if (count == 0) {
        return 0;
    }
    qsort(values, count, sizeof(*values), compare_doubles);
    double upper = values[count / 2];
    return count % 2 == 1 ? upper : (values[count / 2 - 1] + upper) / 2;
}

double statistics_trimmed_mean(double *values, size_t count, double trim) {
    if (count == 0) {
        return 0;
    }
    qsort(values, count, sizeof(*values), compare_doubles);
    size_t cut = (size_t)((double)count * trim);
    cut = 2 * cut >= count ? (count - 1) / 2 : cut;
    double sum = 0;
    for (size_t i = cut; i < count - cut; i++) {
        sum += values[i];
    }
    return sum / (double)(count - 2 * cut);
}

/* Moves the value of rank `rank` to its place, smaller ones before it (Hoare's selection). */
static double select_rank(double *values, size_t count, size_t rank) {
    size_t low = 0;
    size_t high = count - 1;
    while (low < high) {
        double pivot = values[low + (high - low) / 2];
        size_t i = low;
        size_t j = high;
        while (i <= j) {
            while (values[i] < pivot) {
                i++;
            }
            while (values[j] > pivot) {
                j--;
            }
            if (i <= j) {
                double moved = values[i];
                values[i++] = values[j];
                values[j] = moved;
                j -= j > 0 ? 1 : 0;
            }
        }
        if (rank <= j) {
            high = j;
        } else if (rank >= i) {
            low = i;
        } else {
            break;
        }
    }
    return values[rank];
}

double statistics_quantile(double *values, size_t count, double q) {
    if (count == 0) {
        return 0;
    }
    double place = clamp(q, 0, 1) * (double)(count - 1);
    size_t rank = (size_t)place;
    double lower = select_rank(values, count, rank);
    if (rank + 1 == count) {
        return lower;
    }
    double upper = values[rank + 1];
    for (size_t i = rank + 2; i < count; i++) {
        upper = fmin(upper, values[i]);
    }
    return lower + (upper - lower) * (place - (double)rank);
}

/* P(X <= k) of the binomial. */
static double binomial_below(double k, double n, double q) {
    return k < 0 ? 0 : k >= n ? 1 : statistics_beta_i(n - k, k + 1, 1 - q);
}

/* The least count that the binomial stays at or below with more than `level`. */
static size_t binomial_rank(double level, size_t n, double q) {
    size_t low = 0;
    size_t high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (binomial_below((double)middle, (double)n, q) > level) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

struct interval statistics_quantile_interval(const double *sorted, size_t n, double q) {
    size_t low = binomial_rank(0.025, n, q);
    size_t high = binomial_rank(0.975, n, q);
    return (struct interval){sorted[low > 0 ? low - 1 : 0], sorted[high < n ? high : n - 1]};
}

struct interval statistics_difference(double a, struct interval of_a, double b,
                                      struct interval of_b) {
    double difference = b - a;
    return (struct interval){difference - hypot(b - of_b.low, of_a.high - a),
                             difference + hypot(of_b.high - b, a - of_a.low)};
}
