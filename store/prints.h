/* The fingerprints of what was stored lately, in memory: where a new text looks for its original.
 *
 * Derived: the writer fills it from the newest records when it starts. A ring with hash chains
 * through it, newest first, as compressors find earlier matches: adding is a few stores, and the
 * additions of a transaction that fails are taken back in reverse order. Kept out of LMDB because
 * five bands of random keys per mention would write five pages per mention. */
#ifndef STORE_PRINTS_H
#define STORE_PRINTS_H

#include "base/date.h"
#include "store/fingerprint.h"

/* Copies appear within days; a text that comes back later is a new event. */
#define COPY_WINDOW_MS (14 * DAY_MS)
#define COPY_WINDOW_TITLE_MS (3 * DAY_MS)

struct print {
    uint64_t sequence; /* 0 = dropped */
    uint64_t cluster;
    int64_t time_ms;
    struct fingerprint fingerprint;
};

struct prints; /* opaque */
struct prints *prints_create(void);
void prints_free(struct prints *prints);

void prints_add(struct prints *prints, const struct print *print);

/* Forgets the entry of this sequence and fingerprint, if it is still there. */
void prints_drop(struct prints *prints, uint64_t sequence, const struct fingerprint *fingerprint);

/* The lowest cluster with a copy of this text within the window around `time_ms`; 0 = none. */
uint64_t prints_find(const struct prints *prints, const struct fingerprint *fingerprint,
                     int64_t time_ms);

/* What was added and dropped since the last of these stays, or is taken back. */
void prints_commit(struct prints *prints);
void prints_rollback(struct prints *prints);

#endif
