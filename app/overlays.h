/* What was learned about words, in files: see `earshot lexicon train`. */
#ifndef APP_OVERLAYS_H
#define APP_OVERLAYS_H

#include "sentiment/sentiment.h"

/* Opens the overlay in a file; the error names file and line. */
MUST_CHECK bool overlay_load(const char *path, struct sentiment_overlay **overlay,
                             struct error *error);

#endif
