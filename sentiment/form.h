/* How the forms of features (feature.h) are told: by one number, which is made of the hashes of
 * their words, in order, so that a text need not be put together to ask whether anything was learned
 * of it. */
#ifndef SENTIMENT_FORM_H
#define SENTIMENT_FORM_H

#include "base/span.h"
#include "sentiment/block.h"

/* Words of a form, "..." among them; no other has as many. */
enum { FORM_WORDS = 3 };

/* The forms that a word stands in; of a word that stands in none nothing need be asked. */
enum form_use {
    FORM_ALONE = 1 << 0,   /* delayed; also "delay*", which is told like a word */
    FORM_NEGATED = 1 << 1, /* not ... delayed */
    FORM_FIRST = 1 << 2,   /* delayed again */
    FORM_SECOND = 1 << 3,  /* was delayed */
    FORM_BEHIND = 1 << 4,  /* _ ... delayed */
    FORM_BEFORE = 1 << 5,  /* delayed ... _ */
    FORM_ANY = (1 << 6) - 1,
};

/* The form goes on with a word: turned, for "good not" is not "not good". */
static inline uint64_t form_hash_then(uint64_t hash, uint64_t word) {
    return block_hash(hash << 21 | hash >> 43, word);
}

/* Of a word that may have nothing behind it (blocks_hash of the same). */
uint64_t form_word_hash(struct span word);

/* Of a form as people read it. */
uint64_t form_hash(struct span form);

/* Tells the words of a form and what each is there: returns how many, 0 for none that is found in
 * any text. */
size_t form_words(struct span form, struct span words[FORM_WORDS], unsigned uses[FORM_WORDS]);

#endif
