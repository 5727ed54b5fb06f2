/* Single characters: decoding, letters, lower case, accents. The part of Unicode that six western
 * languages and emoji need, in a few comparisons each. */
#ifndef SENTIMENT_RUNES_H
#define SENTIMENT_RUNES_H

#include "base/span.h"

/* The character at `offset`, and its size in bytes (>= 1). Not UTF-8: U+FFFD, one byte. The escape
 * \u2019, which scraped texts carry when JSON was decoded once too little, is the character it
 * names. */
uint32_t runes_decode(struct span text, size_t offset, size_t *size);

bool rune_is_letter(uint32_t rune); /* letters and marks of any script; digits are not */
bool rune_is_upper(uint32_t rune);  /* Latin, Greek, Cyrillic */
uint32_t rune_lower(uint32_t rune);
bool rune_is_emoji(uint32_t rune);
bool rune_is_joiner(uint32_t rune);  /* skin tones, variation selectors, ZWJ, keycap, tags */
bool rune_is_ignored(uint32_t rune); /* soft hyphen, zero width: nothing */

/* A letter and the combining accent behind it as one letter; 0 when there is none. */
uint32_t rune_compose(uint32_t letter, uint32_t accent);

/* The plain ASCII letter under an accent of Latin-1 or Latin Extended-A; 0 when it has none. */
char rune_plain(uint32_t rune);

/* Writes UTF-8 to `out` (room for 4); returns the size. */
size_t runes_encode(uint32_t rune, char *out);

#endif
