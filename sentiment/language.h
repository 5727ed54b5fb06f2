/* Which language a text is in: function words, vocabulary and letters of our six first, CLD2 where
 * they do not tell. */
#ifndef SENTIMENT_LANGUAGE_H
#define SENTIMENT_LANGUAGE_H

#include "sentiment/lexicon.h"
#include "sentiment/token.h"

/* `hint` is what the source claims, or empty; it counts as a few words. LANGUAGE_ANY: unknown or
 * not one of ours. `confidence` is 0..1. Tokens carry their forms. */
enum language language_detect(const struct lexicon *lexicon, const struct tokens *tokens,
                              struct span hint, struct arena *arena, double *confidence);

#endif
