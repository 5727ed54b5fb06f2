/* Which words are new: in how many texts each word stands now, and in how many it stood before. */
#ifndef REPORT_VOCABULARY_H
#define REPORT_VOCABULARY_H

#include "base/arena.h"
#include "report/evidence.h"

enum vocabulary_side { VOCABULARY_BEFORE, VOCABULARY_NOW };

struct vocabulary_entry {
    uint64_t hash; /* 0 = empty place */
    struct span word;
    uint64_t texts[2]; /* by side */
    uint64_t last;     /* number of the last text counted, so that each counts once */
};

struct vocabulary {
    struct arena *arena;
    struct vocabulary_entry *slots;
    size_t capacity; /* a power of two */
    size_t count;
    uint64_t texts[2]; /* by side */
    uint64_t read;
};

struct vocabulary vocabulary_make(struct arena *arena);

/* Counts each word of the text once. Words of fewer than three letters and numbers are left out. */
void vocabulary_add(struct vocabulary *vocabulary, struct span title, struct span text,
                    enum vocabulary_side side);

/* The words that stand out now, most telling first: log odds against before with the whole as
 * prior, in standard deviations (Monroe, Colaresi & Quinn 2008), at least two deviations and three
 * texts. In the vocabulary's arena. */
struct evidence_word *vocabulary_news(const struct vocabulary *vocabulary, size_t limit,
                                      size_t *count);

#endif
