#include "store/identity.h"

#include "base/hash.h"
#include "base/url.h"
#include "store/pack.h"

/* Words from which the same words by an unknown author are no coincidence. */
#define CONTENT_WORDS_UNSIGNED 8

/* --- Keys ------------------------------------------------------------------------------------- */

/* The shortest run of digits that counts as somebody's numbering, and the longest that fits. */
#define RUN_LEAST 5
#define RUN_MOST 18
/* Digits that short runs must have together to be taken for a date: "/2026/11/21/". */
#define DATE_DIGITS 6

static uint64_t digits_value(struct span digits) {
    uint64_t value = 0;
    for (size_t i = 0; i < digits.size; i++) {
        value = value * 10 + (uint64_t)(digits.data[i] - '0');
    }
    return value;
}

/* Takes the next run of digits off `rest`. */
static bool digits_next(struct span *rest, struct span *run) {
    while (rest->size > 0 && !byte_is_digit(rest->data[0])) {
        *rest = span_from(*rest, 1);
    }
    size_t size = 0;
    while (size < rest->size && byte_is_digit(rest->data[size])) {
        size++;
    }
    *run = span_first(*rest, size);
    *rest = span_from(*rest, size);
    return size > 0;
}

/* The number in an id or URL that new ones are likely to follow: its longest run of digits, or, of
 * short ones, all of them in a row; 0 = none. */
static uint64_t text_number(struct span text) {
    struct span longest = {NULL, 0};
    struct span run;
    char joined[RUN_MOST];
    size_t size = 0;
    while (digits_next(&text, &run)) {
        longest = run.size >= longest.size && run.size <= RUN_MOST ? run : longest;
        for (size_t i = 0; i < run.size && size < sizeof joined; i++) {
            joined[size++] = run.data[i];
        }
    }
    if (longest.size >= RUN_LEAST) {
        return digits_value(longest);
    }
    return size >= DATE_DIGITS ? digits_value((struct span){joined, size}) : 0;
}

/* An id that is its own number: digits without a leading zero. */
static bool is_number(struct span id) {
    struct span rest = id;
    struct span run;
    return digits_next(&rest, &run) && run.size == id.size && id.size <= RUN_MOST &&
           id.data[0] != '0';
}

static struct identity_part part_make(struct span text, bool url) {
    struct identity_part part = {.hash = hash_bytes(text), .number = text_number(text)};
    if (text.size > 0) {
        part.kind = part.number != 0 ? (url ? KEY_URL_NEAR : KEY_ID_NEAR) : url ? KEY_URL : KEY_ID;
    }
    return part;
}

struct identity_hint identity_hint_make(const struct item *item, struct span source_name,
                                        struct arena *arena) {
    struct identity_hint hint = {0};
    struct span author = item->author_id.size > 0 ? item->author_id : item->author;
    if (author.size > 0) {
        hint.author = hash_bytes_seeded(author, hash_bytes(source_name));
        hint.author = hint.author == 0 ? 1 : hint.author;
    }
    if (is_number(item->id)) {
        hint.id = (struct identity_part){KEY_ID_NUMBER, digits_value(item->id), 0};
    } else {
        hint.id = part_make(item->id, false);
    }
    if (item->url.size > 0) {
        hint.url = part_make(url_canonical(item->url, arena), true);
    }
    return hint;
}

struct row_key identity_row(uint32_t source, const struct identity_part *part) {
    bool near = part->kind == KEY_ID_NEAR || part->kind == KEY_URL_NEAR;
    uint64_t middle = near || part->kind == KEY_ID_NUMBER ? part->number : part->hash;
    uint64_t scope = (uint64_t)source << 4 | (uint64_t)part->kind;
    return (struct row_key){scope << 32 | middle >> 32,
                            middle << 32 | (near ? part->hash & UINT32_MAX : 0)};
}

static struct identity_key part_key(uint32_t source, const struct identity_part *part) {
    return (struct identity_key){.exists = part->kind != KEY_NONE,
                                 .row = identity_row(source, part)};
}

struct identity identity_make(const struct identity_hint *hint, const struct record *record) {
    struct identity_part content = {0};
    if (record->exact != 0) {
        content.kind = KEY_CONTENT;
        content.hash = hash_combine(record->exact, hint->author);
    }
    return (struct identity){part_key(record->source, &hint->id),
                             part_key(record->source, &hint->url),
                             part_key(record->source, &content)};
}

/* --- The same? -------------------------------------------------------------------------------- */

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

static bool key_find(struct change *change, struct identity_key *key, struct record *found) {
    struct span value;
    if (!key->exists) {
        return false;
    }
    key->leads_nowhere = !rows_find(change->identity, &change->transaction, key->row, &value);
    return !key->leads_nowhere && change_load(change, identity_target(value), found);
}

bool identity_find(struct change *change, struct identity *identity, const struct record *incoming,
                   struct record *found) {
    return key_find(change, &identity->id, found) ||
           (key_find(change, &identity->url, found) && same_by_url(found, incoming)) ||
           (key_find(change, &identity->content, found) && same_by_content(found, incoming));
}

/* --- Leading ---------------------------------------------------------------------------------- */

uint64_t identity_target(struct span value) {
    struct unpacker unpacker = unpacker_make(value);
    return value.size > 8 ? 0 : unpack_big(&unpacker, (unsigned)value.size);
}

void identity_lead(struct rows *rows, struct row_key key, uint64_t sequence) {
    struct key value = key_make();
    unsigned width = 1;
    while (width < 8 && sequence >> width * 8 != 0) {
        width++;
    }
    key_add(&value, sequence, width);
    rows_put(rows, key, key_span(&value));
}

/* Lets a key lead to the sequence when it leads nowhere yet. False: it leads elsewhere. */
static bool key_claim(struct change *change, const struct identity_key *key, uint64_t sequence) {
    struct span value;
    if (!key->exists) {
        return false;
    }
    if (!key->leads_nowhere &&
        rows_find(change->identity, &change->transaction, key->row, &value)) {
        return identity_target(value) == sequence;
    }
    identity_lead(change->identity, key->row, sequence);
    return true;
}

void identity_put(struct change *change, const struct identity *identity, uint64_t sequence) {
    key_claim(change, &identity->id, sequence);
    bool own_url = key_claim(change, &identity->url, sequence);
    if (!identity->id.exists || !own_url) {
        key_claim(change, &identity->content, sequence);
    }
}
