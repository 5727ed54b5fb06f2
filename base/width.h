/* How many columns of a terminal text takes: for carets, tables and bars. */
#ifndef BASE_WIDTH_H
#define BASE_WIDTH_H

#include "base/span.h"

/* 0 for what combines with the character before it or shows nothing, 2 for East Asian wide
 * characters and emoji (UAX #11), 1 for all others. */
size_t rune_columns(uint32_t rune);

/* Of valid UTF-8 without control characters (print_plain() gives that). */
size_t text_columns(struct span text);

/* The longest prefix that takes at most `columns`. */
struct span text_first_columns(struct span text, size_t columns);

#endif
