/* What makes two texts copies of each other. Pure.
 *
 * Words are runs of letters and digits in any script, ASCII letters in lower case; a character of
 * the scripts that write without spaces is a word of its own. Punctuation, spacing and markup
 * leftovers do not count, so that a syndicated copy keeps its fingerprint.
 *
 * SimHash after Charikar (STOC 2002) over shingles of three words; texts are near-duplicates at a
 * Hamming distance of 3 or less of 64 bits (Manku, Jain, Das Sarma, WWW 2007). */
#ifndef STORE_FINGERPRINT_H
#define STORE_FINGERPRINT_H

#include "base/mention.h"

#define SIMHASH_DISTANCE 3

/* Texts below these sizes are said by many people independently ("great app"): no copies. Near
 * copies need more, since one changed word turns several bits of a short text's SimHash. */
#define COPY_WORDS_EXACT ((size_t)8)
#define COPY_WORDS_NEAR ((size_t)16)
/* A headline of so many words names a story; shorter ones recur ("Weekly market report"). */
#define COPY_WORDS_TITLE ((size_t)6)

struct fingerprint {
    uint64_t exact;   /* of all words of the text (of the title where there is no text); 0 = none */
    uint64_t simhash; /* 0 = fewer than COPY_WORDS_NEAR words */
    uint64_t title;   /* of a news headline without its " - Publisher"; 0 = no headline to go by */
    size_t words;
};

struct fingerprint fingerprint_make(struct span title, struct span text, enum channel channel);

#endif
