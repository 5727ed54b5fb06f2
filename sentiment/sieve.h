/* Which forms may teach anything (sentiment_sieve in sentiment.h), asked one by one while a course is
 * fitted. */
#ifndef SENTIMENT_SIEVE_H
#define SENTIMENT_SIEVE_H

#include "sentiment/feature.h"
#include "sentiment/sentiment.h"

struct hashes { /* in order once sieve_order was called */
    uint64_t *list;
    size_t count, capacity;
};

struct sieve {
    struct hashes without; /* words, and families of words, that no form may have */
    struct hashes weak;    /* that make no form by themselves */
    struct hashes names;   /* as without: what the texts write with a capital */
    struct hashes kept;    /* forms; none: all */
    bool numbers;          /* leave out what has digits */
};

void sieve_init(struct sieve *sieve, const struct sentiment_sieve *rules);
void sieve_done(struct sieve *sieve);

/* A word or family that stood so often with a capital, and so often without. */
void sieve_meet(struct sieve *sieve, uint64_t hash, size_t capitals, size_t smalls);

void hashes_add(struct hashes *hashes, uint64_t hash);
void hashes_order(struct hashes *hashes);

bool sieve_passes(const struct sieve *sieve, struct span form, uint64_t hash);

#endif
