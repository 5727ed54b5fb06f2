/* Hashtags that are several words without a capital between them: "#worstserviceever". */
#ifndef SENTIMENT_HASHTAG_H
#define SENTIMENT_HASHTAG_H

#include "sentiment/analysis.h"

/* Puts the words of such hashtags in the place of their token. Only where every part is a word of the
 * text's language, and one of them judges or denies: a name is more than its syllables. Of several
 * ways to cut, the one with the fewest words. Tokens have their forms, and no senses yet. */
void hashtags_split(struct analysis *analysis, struct arena *arena);

#endif
