#include "store/identity.h"

#include "base/hash.h"
#include "base/url.h"
#include "store/pack.h"

/* Words from which the same words by an unknown author are no coincidence. */
#define CONTENT_WORDS_UNSIGNED 8

uint64_t author_hash(uint32_t source, const struct item *item) {
    struct span author = item->author_id.size > 0 ? item->author_id : item->author;
    if (span_is_empty(author)) {
        return 0;
    }
    uint64_t hash = hash_bytes_seeded(author, source);
    return hash == 0 ? 1 : hash;
}

static struct key identity_key(uint32_t source, char kind, uint64_t value) {
    struct key key = key_make();
    key_add(&key, source, 4);
    key_add(&key, (uint8_t)kind, 1);
    key_add(&key, value, 8);
    return key;
}

/* An id that is its own number: digits without a leading zero. */
static bool id_number(struct span id, uint64_t *number) {
    if (id.size == 0 || id.size > 18 || id.data[0] == '0') {
        return false;
    }
    *number = 0;
    for (size_t i = 0; i < id.size; i++) {
        if (!byte_is_digit(id.data[i])) {
            return false;
        }
        *number = *number * 10 + (uint64_t)(id.data[i] - '0');
    }
    return true;
}

struct identity identity_make(const struct record *record, struct arena *arena) {
    const struct item *item = &record->mention.item;
    struct identity identity = {key_make(), key_make(), key_make()};
    uint64_t number = 0;
    if (id_number(item->id, &number)) {
        identity.id = identity_key(record->source, '#', number);
    } else if (item->id.size > 0) {
        identity.id = identity_key(record->source, 'i', hash_bytes(item->id));
    }
    struct span url = span_is_empty(item->url) ? item->url : url_canonical(item->url, arena);
    if (url.size > 0) {
        identity.url = identity_key(record->source, 'u', hash_bytes(url));
    }
    if (record->exact != 0) {
        identity.content =
            identity_key(record->source, 'c', hash_combine(record->exact, record->author));
    }
    return identity;
}

static bool authors_agree(const struct record *a, const struct record *b) {
    return a->author == b->author || a->author == 0 || b->author == 0;
}

static bool published_equal(const struct record *a, const struct record *b) {
    int64_t published = a->mention.item.published_ms;
    return published != DATE_NONE && published == b->mention.item.published_ms;
}

static bool titles_equal(const struct record *a, const struct record *b) {
    struct span title = a->mention.item.title;
    return title.size > 0 && span_equal(title, b->mention.item.title);
}

static bool words_equal(const struct record *a, const struct record *b) {
    return a->exact != 0 && a->exact == b->exact;
}

/* Two items at one URL: the same one? */
static bool same_by_url(const struct record *stored, const struct record *incoming) {
    if (!authors_agree(stored, incoming)) {
        return false;
    }
    bool signed_alike = stored->author != 0 && stored->author == incoming->author;
    if (words_equal(stored, incoming) || (signed_alike && published_equal(stored, incoming))) {
        return true;
    }
    if (stored->has_id && incoming->has_id) {
        return false;
    }
    /* A bare date is shared by all reviews of a day. */
    bool exact_time = incoming->mention.item.published_ms % DAY_MS != 0;
    return titles_equal(stored, incoming) || (exact_time && published_equal(stored, incoming));
}

/* Two items with the same author and words: the same one? Few words by nobody in particular are no
 * proof, unless nothing but them could tell the items apart and the time is the same too. */
static bool same_by_content(const struct record *stored, const struct record *incoming) {
    bool telling = incoming->author != 0 || incoming->fingerprint.words >= CONTENT_WORDS_UNSIGNED;
    if (stored->has_id && incoming->has_id) {
        return telling && published_equal(stored, incoming);
    }
    return telling || published_equal(stored, incoming);
}

static bool key_find(struct change *change, const struct key *key, struct record *found) {
    struct span value;
    if (key->size == 0 ||
        !transaction_get(&change->transaction, TABLE_IDENTITY, key_span(key), &value)) {
        return false;
    }
    struct unpacker unpacker = unpacker_make(value);
    return change_load(change, unpack_big(&unpacker, 8), found);
}

bool identity_find(struct change *change, const struct identity *identity,
                   const struct record *incoming, struct record *found) {
    return key_find(change, &identity->id, found) ||
           (key_find(change, &identity->url, found) && same_by_url(found, incoming)) ||
           (key_find(change, &identity->content, found) && same_by_content(found, incoming));
}

/* Lets a key lead to the sequence when it leads nowhere yet. False: it leads elsewhere. */
static bool key_claim(struct change *change, const struct key *key, uint64_t sequence) {
    struct span value;
    if (transaction_get(&change->transaction, TABLE_IDENTITY, key_span(key), &value)) {
        struct unpacker unpacker = unpacker_make(value);
        return unpack_big(&unpacker, 8) == sequence;
    }
    struct key number = key_make();
    key_add(&number, sequence, 8);
    transaction_put(&change->transaction, TABLE_IDENTITY, key_span(key), key_span(&number));
    return true;
}

void identity_put(struct change *change, const struct identity *identity, uint64_t sequence) {
    if (identity->id.size > 0) {
        key_claim(change, &identity->id, sequence);
    }
    bool own_url = identity->url.size > 0 && key_claim(change, &identity->url, sequence);
    if (identity->content.size > 0 && (identity->id.size == 0 || !own_url)) {
        key_claim(change, &identity->content, sequence);
    }
}
