/* Which language a text is in. Function words and vocabulary of our six tell most; where they do not,
 * three letters in a row, learned from that vocabulary. Where the letters are strange too, or words
 * of a seventh language stand there, CLD2 is asked whether the text is for us at all. */
#ifndef SENTIMENT_LANGUAGE_H
#define SENTIMENT_LANGUAGE_H

#include "sentiment/lexicon.h"
#include "sentiment/token.h"

/* `hint` is what the source claims, or empty; it counts as a few words. LANGUAGE_ANY: unknown or
 * not one of ours. `confidence` is 0..1. Tokens carry their forms. */
enum language language_detect(const struct lexicon *lexicon, const struct tokens *tokens,
                              struct span hint, struct arena *arena, double *confidence,
                              bool *rival);

/* "Great product! Muy recomendable.": the language of every token where some sentences are surely in
 * another one than the text, else NULL. Asked where there is a rival: words enough of another
 * language for one sentence, which few texts have. */
const uint8_t *language_segments(const struct lexicon *lexicon, const struct tokens *tokens,
                                 enum language main, struct arena *arena);

#endif
