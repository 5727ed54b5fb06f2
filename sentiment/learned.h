/* Overlays that are part of the program (sentiment/learned): what graded and labelled texts that may
 * be learned from taught about a language and genre, for whole texts or for targets. They are files
 * as `earshot lexicon train` writes them, named LANGUAGE.WHATEVER.tsv. Learned about a brand goes
 * before learned about a genre, and the lexicon judges alone where nothing was learned. */
#ifndef SENTIMENT_LEARNED_H
#define SENTIMENT_LEARNED_H

#include "sentiment/overlay.h"

struct learned {
    struct sentiment_overlay *overlays[LANGUAGE_SLOTS][GENRE_COUNT][2]; /* NULL = nothing */
};

MUST_CHECK bool learned_open(struct learned *learned, struct error *error);
void learned_close(struct learned *learned); /* zeros are fine */

static inline const struct sentiment_overlay *
learned_find(const struct learned *learned, enum language language, enum genre genre, bool target) {
    return learned->overlays[language][genre][target];
}

#endif
