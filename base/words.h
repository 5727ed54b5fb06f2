/* Text as words: segmentation, folding, stems. Home of ICU and libstemmer.
 *
 * A word is a run of letters, digits and what belongs inside a word by Unicode's word rules
 * (UAX #29): "don't", "3.5". Also kept whole: hashtags, @names and e-mail/host names are split into
 * their words, with the offsets of the parts. Folding: lower case, accents off, width and
 * compatibility forms unified ("Ésprit" -> "esprit", "ß" -> "ss"); it is what makes matching case-
 * and accent-insensitive. */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include "base/arena.h"
#include "base/span.h"

struct word {
    struct span folded; /* in the arena, or in the text itself where folding changes nothing */
    uint32_t begin;     /* byte offsets in the text */
    uint32_t end;
};

struct words {
    struct word *list;
    size_t count;
};

/* The words of `text` (at most LIMIT_TEXT bytes are looked at; not UTF-8: bytes are skipped).
 * ASCII text takes a fast path that gives the same words. Thread-safe. */
void words_split(struct span text, struct arena *arena, struct words *words);

/* `text` folded, in the arena. */
struct span words_fold(struct span text, struct arena *arena);

/* The Snowball stem of a folded word in a language ("en", "es", "pt", "it", "de", "fr"); the word
 * itself for other languages. A stemmer is for one thread. */
struct stemmer;
struct stemmer *stemmer_create(struct span language);
void stemmer_free(struct stemmer *stemmer);
struct span stemmer_stem(struct stemmer *stemmer, struct span word, struct arena *arena);

#endif
