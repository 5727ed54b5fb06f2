/* Numbers as pages write them. */
#ifndef PARSERS_NUMBERS_H
#define PARSERS_NUMBERS_H

#include "base/span.h"

/* "1,234", "1.234", "3.4K", "2 Mio": digits with marks between thousands, or a fraction before a
 * letter that multiplies. Below zero counts as zero. */
bool number_read_count(struct span text, int64_t *count);

/* The first number in a text, with a decimal point or comma: "4,5 von 5" is 4.5. Not below zero. */
bool number_read_first(struct span text, double *number);

#endif
