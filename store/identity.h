/* Which stored mention an item is: native id, else canonical URL, else content.
 *
 *   identity   source u28, kind u4, u64, u32 -> sequence, its low bytes as far as needed
 *     KEY_ID_NUMBER   the id, where it is a number; 0
 *     KEY_CONTENT     hash of author and words; 0. Kept where id or URL is missing, or the URL is
 *                     another's
 *     KEY_ID, KEY_URL hash of an id or canonical URL without a number to go by; 0
 *     KEY_ID_NEAR, KEY_URL_NEAR
 *                     a number in the id or URL; a hash of the whole
 *
 * Keys sort by the number that ids and addresses carry anyway ("item?id=41837", "/2026/11/21/..."):
 * sources count upwards, so what is new meets at a few pages, where bare hashes would touch a page
 * each and cost three times the writing. No date of ours is in the key: an item that comes back
 * under another date must be found, and a day in the key would need one probe per day of the
 * store's life for every item that is new.
 *
 * A source's mistakes. An id that is found decides. A URL or content that is found is only believed
 * when author and words, title or date agree: reviews of one product share their page's URL, and
 * "great app" is said by many. Keys stay when an item's id or URL changes: they are its aliases. */
#ifndef STORE_IDENTITY_H
#define STORE_IDENTITY_H

#include "store/change.h"

enum identity_kind { /* stored: append only, at most 15 */
                     KEY_NONE,
                     KEY_ID_NUMBER,
                     KEY_CONTENT,
                     KEY_ID,
                     KEY_URL,
                     KEY_ID_NEAR,
                     KEY_URL_NEAR,
};

/* What an id or a URL comes to. */
struct identity_part {
    enum identity_kind kind; /* KEY_NONE: there is none */
    uint64_t number;
    uint64_t hash;
};

/* What can be said of an item without the store: pure, for any thread. */
struct identity_hint {
    struct identity_part id;
    struct identity_part url;
    uint64_t author; /* hash; 0 = unknown */
};
struct identity_hint identity_hint_make(const struct item *item, struct span source_name,
                                        struct arena *arena);

/* The keys of one item. */
struct identity_key {
    bool exists;
    bool leads_nowhere; /* it was looked for in this change, in vain */
    struct row_key row;
};
struct identity {
    struct identity_key id;
    struct identity_key url;
    struct identity_key content;
};
struct identity identity_make(const struct identity_hint *hint, const struct record *record);

/* The record, of any state, that is the same item. */
bool identity_find(struct change *change, struct identity *identity, const struct record *incoming,
                   struct record *found);

/* The row of a key in the table, and back. */
struct row_key identity_row(uint32_t source, const struct identity_part *part);
uint64_t identity_target(struct span value); /* the sequence it leads to */

/* Makes a key lead to the sequence. */
void identity_lead(struct rows *rows, struct row_key key, uint64_t sequence);

/* Makes the keys lead to the sequence, as far as they lead nowhere yet. */
void identity_put(struct change *change, const struct identity *identity, uint64_t sequence);

#endif
