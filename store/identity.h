/* Which stored mention an item is: native id, else canonical URL, else content.
 *
 *   identity   source u32, kind u8, u64 -> sequence u64
 *     '#'  the id, where it is a number: sources count upwards, so new ones go to the right edge
 *     'i'  hash of the id
 *     'u'  hash of the canonical URL
 *     'c'  hash of author and words; kept where id or URL is missing, or the URL is another's
 *
 * No date in the key: an item that comes back under another date must be found, and a day in the
 * key would need one probe per day of the store's life for every item that is new. What a random
 * hash costs in pages touched is paid back by group commits (tests/bench/store.c) and by ids that
 * are numbers, which most sources have.
 *
 * A source's mistakes. An id that is found decides. A URL or content that is found is only believed
 * when author and words, title or date agree: reviews of one product share their page's URL, and
 * "great app" is said by many. Keys stay when an item's id or URL changes: they are its aliases. */
#ifndef STORE_IDENTITY_H
#define STORE_IDENTITY_H

#include "store/change.h"

/* The keys of one item; 0 bytes = it has no such key. */
struct identity {
    struct key id;
    struct key url;
    struct key content;
};

/* From a normalised record (source, exact, author set). URL scratch lies in `arena`. */
struct identity identity_make(const struct record *record, struct arena *arena);

/* The record, of any state, that is the same item. */
bool identity_find(struct change *change, const struct identity *identity,
                   const struct record *incoming, struct record *found);

/* Makes the keys lead to the sequence, as far as they lead nowhere yet. */
void identity_put(struct change *change, const struct identity *identity, uint64_t sequence);

/* Hash of the author within a source; 0 = unknown. */
uint64_t author_hash(uint32_t source, const struct item *item);

#endif
