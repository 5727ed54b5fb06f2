/* Text as words: segmentation, folding. Home of ICU.
 *
 * Segmentation is UAX #29's with three changes that running text from the web asks for:
 *   - '.', ':' and '_' never join letters: "it.Acme", "_acme_", "acme.com", "@acme_help" hold the
 *     word "acme". A point still belongs inside a number: "3.5".
 *   - no dictionaries: scripts without spaces (Han, Hiragana, Thai, Lao, Khmer, Burmese) are one
 *     word per character, so that a name is found wherever it stands.
 *   - a word holds a letter or a digit; everything else (punctuation, symbols, emoji) lies between
 *     words and is found by their offsets.
 * Apostrophes stay inside words: "don't", "l'acme", "acme's". The matcher looks into these.
 *
 * Folding: lower case, accents off, width and compatibility forms unified ("Ésprit" -> "esprit",
 * "ß" -> "ss", "ø" -> "o", "’" -> "'"): NFKC case folding, then the diacritics of Latin, Greek,
 * Cyrillic and whatever else uses the common ones stripped. Folding twice changes nothing. It is
 * what makes matching case- and accent-insensitive. */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include "base/arena.h"
#include "base/span.h"

struct word {
    struct span folded; /* in the arena, or in the text itself where folding changes nothing; may be
                           empty for a word of nothing but invisible characters */
    uint32_t begin;     /* byte offsets in the text */
    uint32_t end;
};

struct words {
    struct word *list;
    size_t count;
};

/* The words of `text` (at most LIMIT_TEXT bytes are looked at; bytes that are not UTF-8 end a word
 * and are skipped). Latin text takes fast paths that give the same words. Thread-safe. */
void words_split(struct span text, struct arena *arena, struct words *words);

/* `text` folded, in the arena or, where folding changes nothing, `text` itself. */
struct span words_fold(struct span text, struct arena *arena);

#endif
