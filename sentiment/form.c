#include "sentiment/form.h"

uint64_t form_word_hash(struct span word) {
    uint64_t hash = 0;
    for (size_t at = 0; at < word.size; at += BLOCK_SIZE) {
        char block[BLOCK_SIZE] = {0};
        size_t size = word.size - at < BLOCK_SIZE ? word.size - at : BLOCK_SIZE;
        memcpy(block, word.data + at, size);
        hash = block_hash(hash, block_load(block));
    }
    return hash;
}

uint64_t form_hash(struct span form) {
    struct span word;
    uint64_t hash = span_split(&form, ' ', &word) ? form_word_hash(word) : 0;
    while (form.size > 0 && span_split(&form, ' ', &word)) {
        hash = form_hash_then(hash, form_word_hash(word));
    }
    return hash;
}

/* What stands around a gap: a negation in front, or the target on a side. */
static void uses_around_gap(const struct span words[FORM_WORDS], unsigned uses[FORM_WORDS]) {
    if (span_equal(words[2], SPAN("_"))) {
        uses[0] = FORM_BEFORE;
    } else {
        uses[2] = span_equal(words[0], SPAN("_")) ? FORM_BEHIND : FORM_NEGATED;
    }
}

size_t form_words(struct span form, struct span words[FORM_WORDS], unsigned uses[FORM_WORDS]) {
    size_t count = 0;
    memset(uses, 0, FORM_WORDS * sizeof *uses);
    while (form.size > 0 && count < FORM_WORDS && span_split(&form, ' ', &words[count])) {
        count++;
    }
    if (count == 1) {
        uses[0] = FORM_ALONE;
    } else if (count == 2) {
        uses[0] = FORM_FIRST;
        uses[1] = FORM_SECOND;
    } else if (count == 3) {
        uses_around_gap(words, uses);
    }
    return form.size == 0 ? count : 0;
}
