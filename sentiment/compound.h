/* Words that are put together: "Bahnstreik", "Oberleitungsstörung". Nobody can list them; their last
 * part says what they are. */
#ifndef SENTIMENT_COMPOUND_H
#define SENTIMENT_COMPOUND_H

#include "sentiment/analysis.h"

/* Gives words that are not listed the form of the longest `tail` of the text's language that they end
 * in. The language has tails; tokens have their forms, and no senses yet. */
void compounds_find(struct analysis *analysis);

#endif
