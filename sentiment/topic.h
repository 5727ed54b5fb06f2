/* Topics, journey stage and urgency of a text. */
#ifndef SENTIMENT_TOPIC_H
#define SENTIMENT_TOPIC_H

#include "sentiment/analysis.h"

void topics_find(const struct analysis *analysis, bool three, struct arena *arena,
                 struct sentiment_result *result);

#endif
