/* One mention as it is kept: a head that every state has, and a body while it is live.
 *
 *   u8 version, u32 checksum of the sequence and all that follows, u8 state, flags,
 *   u64 exact, u64 author, source, sequence - cluster, fetched, published, updated
 *   live only: channel, stage, language, score, rating, engagement, answers, brands, topics, texts,
 *   what people did about it (store/work.h)
 *
 * Texts are squeezed together (store/squeeze.h) where that makes them smaller: their size, then the
 * size and bytes of what they come to.
 *
 * Scores are kept in 1/10,000, ratings and answers in 1/1,000: sums over them are sums of whole numbers, so
 * that taking a mention out of a counter leaves exactly what was there before it came. */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include "base/error.h"
#include "base/mention.h"
#include "store/fingerprint.h"
#include "store/pack.h"
#include "store/squeeze.h"

#define SCORE_UNITS 10000
#define RATING_UNITS 1000
#define ANSWER_UNITS 1000

enum record_state { /* stored: append only */
                    RECORD_LIVE,
                    RECORD_TOMBSTONE, /* deleted upstream: never taken in again */
                    RECORD_PURGED,    /* its time to be kept was over: never taken in again */
};

struct record {
    enum record_state state;
    bool has_id;     /* the source gave an id */
    uint64_t exact;  /* hash of the words it came with; 0 = none (store/fingerprint.h) */
    uint64_t author; /* hash within the source; 0 = unknown */
    uint32_t source; /* number */
    uint32_t topics[LIMIT_MENTION_TOPICS]; /* numbers of mention.topics */
    struct fingerprint fingerprint;        /* of the words that are left; not stored, live only */
    struct span
        squeezed; /* the texts as they will be stored, where that was made before, with their
                             size; data NULL: not, or they were changed since */
    size_t squeezed_size;
    /* `brands[].brand` are store numbers. Not live: only sequence, cluster, fetched_ms,
     * item.published_ms and item.updated_ms. Names (source, brands, topics) are empty. */
    struct mention mention;
};

/* Makes the mention what can be stored: texts cut at their limits, counts and scores brought into
 * their ranges and units, brands sorted by number and each once. In place; lists are the
 * record's own (in `arena`). */
void record_normalise(struct record *record, struct arena *arena);

/* The texts of an item alone, cut at their limits. */
void item_normalise(struct item *item);

/* Takes away what words are not to be kept any more; what is left lies in `arena`. Nothing where no
 * more than that was left. */
void record_cut(struct record *record, enum mention_kept kept, struct arena *arena);

/* The bytes of a normalised record, in `arena`. Without `squeeze` texts are left as they are: to
 * compare. */
struct span record_encode(const struct record *record, struct squeeze *squeeze,
                          struct arena *arena);

/* Makes `squeezed` of an item that is normalised; in `arena`. */
void record_squeeze(struct record *record, struct squeeze *squeeze, struct arena *arena);

/* Reads what record_encode() made. Text points into `bytes` or lies in `arena`, as lists do. `squeeze`
 * may be NULL where nothing was squeezed: before layout 3. False: not readable (checksum, version,
 * shape). */
MUST_CHECK bool record_decode(struct span bytes, uint64_t sequence, struct squeeze *squeeze,
                              struct arena *arena, struct record *record);

/* Takes the fingerprint of what the mention says now; `exact` only while it is whole. */
void record_fingerprint(struct record *record);

/* Copies every text of the mention into `arena`, so that it outlives the transaction. */
void record_own(struct record *record, struct arena *arena);

int64_t score_units(double score);
void score_normalise(struct score *score); /* into its range and units */
void pack_score(struct packer *packer, const struct score *score);
struct score unpack_score(struct unpacker *unpacker);
int64_t rating_units(double rating); /* of a rating that is one */
int64_t answer_units(double answer); /* of an answer to a survey that is one */

#endif
