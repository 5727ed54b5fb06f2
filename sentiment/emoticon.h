/* Faces made of punctuation. Recognised by how they are built (eyes, nose, mouth), so that variants
 * fall together; what they mean stands in the lexicon. */
#ifndef SENTIMENT_EMOTICON_H
#define SENTIMENT_EMOTICON_H

#include "base/span.h"

enum { EMOTICON_SIZE = 8 };

/* May one begin with these two bytes? Says no to nearly all that is none, at the cost of a look. */
bool emoticon_begins(char first, char second);

/* The size of the emoticon that `text` begins with, 0 for none. `before` is the byte in front of
 * it. `key` becomes its plain form: without nose, repeated mouths once (":-)))" is ":)"). */
size_t emoticon_match(struct span text, char before, char key[EMOTICON_SIZE]);

#endif
