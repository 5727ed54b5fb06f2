#include "store/sketches.h"

#include "store/pack.h"
#include "store/timeline.h"

#include <stdlib.h>

enum sketch_kind { SKETCH_AUTHORS, SKETCH_STORIES, SKETCH_KINDS }; /* stored: append only */

struct sketch_key {
    int32_t day;
    uint32_t brand;
    enum sketch_kind kind;
};

struct sketch_event { /* one came, or went */
    struct sketch_key key;
    uint32_t hash;
    int32_t sign;
};

struct sketches {
    struct sketch_event *list;
    size_t count;
    size_t capacity;
    uint32_t *hashes; /* scratch of one sketch */
    size_t hash_count;
    size_t hash_capacity;
};

struct sketches *sketches_create(void) {
    return NEW(struct sketches);
}

void sketches_free(struct sketches *sketches) {
    if (sketches != NULL) {
        free(sketches->list);
        free(sketches->hashes);
        free(sketches);
    }
}

static struct key sketch_key_bytes(const struct sketch_key *key) {
    struct key bytes = key_make();
    key_add(&bytes, day_bias(key->day), 4);
    key_add(&bytes, key->brand, 4);
    key_add(&bytes, key->kind, 1);
    return bytes;
}

/* --- Gathering -------------------------------------------------------------------------------- */

static void event_add(struct sketches *sketches, struct sketch_key key, uint64_t value, int sign) {
    sketches->list =
        memory_grow(sketches->list, sketches->count, &sketches->capacity, sizeof *sketches->list);
    sketches->list[sketches->count++] = (struct sketch_event){key, sketch_hash(value), sign};
}

void sketches_add(struct sketches *sketches, const struct record *record, int sign) {
    const struct mention *mention = &record->mention;
    struct sketch_key key = {
        .day = date_day_number(moment_unbias(moment_bias(mention_time_ms(mention))))};
    for (size_t i = 0; i < mention->brand_count; i++) {
        key.brand = mention->brands[i].brand;
        key.kind = SKETCH_STORIES;
        event_add(sketches, key, mention->cluster, sign);
        key.kind = SKETCH_AUTHORS;
        if (record->author != 0) {
            event_add(sketches, key, record->author, sign);
        }
    }
}

/* --- One sketch ------------------------------------------------------------------------------- */

static void hash_add(struct sketches *sketches, uint32_t hash) {
    sketches->hashes = memory_grow(sketches->hashes, sketches->hash_count, &sketches->hash_capacity,
                                   sizeof *sketches->hashes);
    sketches->hashes[sketches->hash_count++] = hash;
}

static int hash_compare(const void *a, const void *b) {
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

/* The gathered hashes as a sketch, each once; empty where there are none. */
static struct span hashes_sketch(struct sketches *sketches, uint8_t *bytes) {
    size_t kept = 0;
    if (sketches->hash_count > 1) {
        qsort(sketches->hashes, sketches->hash_count, sizeof *sketches->hashes, hash_compare);
    }
    for (size_t i = 0; i < sketches->hash_count; i++) {
        if (kept == 0 || sketches->hashes[kept - 1] != sketches->hashes[i]) {
            sketches->hashes[kept++] = sketches->hashes[i];
        }
    }
    sketches->hash_count = 0;
    return sketch_encode(sketches->hashes, kept, bytes);
}

struct sketch_taking {
    struct sketches *sketches;
    struct transaction *transaction;
    enum sketch_kind kind;
};

static bool row_take(void *context, struct row_key key, struct span value) {
    const struct sketch_taking *taking = context;
    struct timeline_entry entry;
    uint32_t brand = 0;
    if (!timeline_read(key, value, &brand, &entry)) {
        transaction_fail(taking->transaction, MDB_CORRUPTED);
        return false;
    }
    uint64_t one = taking->kind == SKETCH_AUTHORS ? entry.author : entry.cluster;
    if (one != 0) {
        hash_add(taking->sketches, sketch_hash(one));
    }
    return true;
}

/* The brand's day as the timeline has it. */
static struct span day_sketch(struct sketches *sketches, struct transaction *transaction,
                              const struct sketch_key *key, uint8_t *bytes) {
    struct sketch_taking taking = {sketches, transaction, key->kind};
    int64_t day_ms = key->day * DAY_MS;
    struct cursor cursor;
    struct row_key next;
    cursor_open(&cursor, transaction, TABLE_TIMELINE);
    rows_visit(&cursor, timeline_key(key->brand, day_ms, 0),
               timeline_key(key->brand, day_ms + DAY_MS - 1, SEQUENCE_LAST), row_take, &taking,
               &next);
    cursor_close(&cursor);
    return hashes_sketch(sketches, bytes);
}

/* --- Writing ---------------------------------------------------------------------------------- */

static int event_compare(const void *a, const void *b) {
    const struct sketch_event *left = a;
    const struct sketch_event *right = b;
    if (left->key.day != right->key.day) {
        return left->key.day < right->key.day ? -1 : 1;
    }
    if (left->key.brand != right->key.brand) {
        return left->key.brand < right->key.brand ? -1 : 1;
    }
    if (left->key.kind != right->key.kind) {
        return left->key.kind < right->key.kind ? -1 : 1;
    }
    return hash_compare(&left->hash, &right->hash);
}

static bool same_sketch(const struct sketch_key *a, const struct sketch_key *b) {
    return a->day == b->day && a->brand == b->brand && a->kind == b->kind;
}

/* Gathers the hashes that came. False: one of them went. */
static bool events_net(struct sketches *sketches, const struct sketch_event *begin,
                       const struct sketch_event *end) {
    for (const struct sketch_event *event = begin; event < end;) {
        uint32_t hash = event->hash;
        int32_t net = 0;
        for (; event < end && event->hash == hash; event++) {
            net += event->sign;
        }
        if (net < 0) {
            sketches->hash_count = 0;
            return false;
        }
        if (net > 0) {
            hash_add(sketches, hash);
        }
    }
    return true;
}

/* The events [begin, end) are of one sketch. */
static void sketch_update(struct sketches *sketches, struct transaction *transaction,
                          const struct sketch_event *begin, const struct sketch_event *end) {
    struct key key = sketch_key_bytes(&begin->key);
    uint8_t bytes[SKETCH_SIZE];
    struct span old = SPAN("");
    struct span sketch;
    if (!events_net(sketches, begin, end)) {
        sketch = day_sketch(sketches, transaction, &begin->key, bytes);
    } else if (sketches->hash_count == 0) {
        return;
    } else {
        transaction_get(transaction, TABLE_SKETCHES, key_span(&key), &old);
        size_t count = sketches->hash_count;
        sketches->hash_count = 0;
        if (!sketch_extend(old, sketches->hashes, count, bytes, &sketch)) {
            transaction_fail(transaction, MDB_CORRUPTED);
        }
    }
    if (sketch.size > 0) {
        transaction_put(transaction, TABLE_SKETCHES, key_span(&key), sketch);
    } else {
        transaction_delete(transaction, TABLE_SKETCHES, key_span(&key));
    }
}

void sketches_flush(struct sketches *sketches, struct transaction *transaction) {
    const struct sketch_event *list = sketches->list;
    if (sketches->count > 1) {
        qsort(sketches->list, sketches->count, sizeof *sketches->list, event_compare);
    }
    for (size_t begin = 0, end = 0; begin < sketches->count; begin = end) {
        while (end < sketches->count && same_sketch(&list[end].key, &list[begin].key)) {
            end++;
        }
        sketch_update(sketches, transaction, list + begin, list + end);
    }
    sketches->count = 0;
}

/* --- Reading ---------------------------------------------------------------------------------- */

static struct sketch_key sketch_key_read(struct span bytes) {
    struct unpacker unpacker = unpacker_make(bytes);
    struct sketch_key key = {.day = day_unbias((uint32_t)unpack_big(&unpacker, 4))};
    key.brand = (uint32_t)unpack_big(&unpacker, 4);
    key.kind = (enum sketch_kind)unpack_u8(&unpacker);
    return key;
}

/* The brand's sketches of a day; moves on to the next day that has any. */
static bool day_merge(struct cursor *cursor, uint32_t brand, int32_t *day,
                      struct distinct *distinct) {
    struct key bytes = sketch_key_bytes(&(struct sketch_key){.day = *day, .brand = brand});
    struct sketch_key found = {0};
    bool more = cursor_seek(cursor, key_span(&bytes));
    for (; more; more = cursor_next(cursor)) {
        found = sketch_key_read(cursor->key);
        if (found.day != *day || found.brand != brand) {
            break;
        }
        bool authors = found.kind == SKETCH_AUTHORS;
        if (!sketch_merge(authors ? &distinct->authors : &distinct->stories, cursor->value)) {
            transaction_fail(cursor->transaction, MDB_CORRUPTED);
        }
    }
    *day = more && found.day > *day ? found.day : *day + 1;
    return more;
}

void sketches_merge(struct transaction *transaction, uint32_t brand, int32_t first, int32_t end,
                    struct distinct *distinct) {
    struct cursor cursor;
    cursor_open(&cursor, transaction, TABLE_SKETCHES);
    for (int32_t day = first; day < end && day_merge(&cursor, brand, &day, distinct);) {
    }
    cursor_close(&cursor);
}

/* --- Deriving --------------------------------------------------------------------------------- */

static void day_derive(struct sketches *sketches, struct transaction *transaction, uint32_t brand,
                       int32_t day, sketch_visitor *visit, void *context) {
    for (unsigned kind = 0; kind < SKETCH_KINDS; kind++) {
        struct sketch_key key = {day, brand, (enum sketch_kind)kind};
        struct key bytes = sketch_key_bytes(&key);
        uint8_t memory[SKETCH_SIZE];
        struct span sketch = day_sketch(sketches, transaction, &key, memory);
        if (sketch.size > 0) {
            visit(context, key_span(&bytes), sketch);
        }
    }
}

static bool row_stop(void *context, struct row_key key, struct span value) {
    (void)context, (void)key, (void)value;
    return false;
}

void sketches_derive(struct transaction *transaction, sketch_visitor *visit, void *context) {
    struct sketches *sketches = sketches_create();
    struct row_key last = timeline_key(BRAND_NONE, moment_unbias(0), 0);
    struct row_key at = {0, 0};
    struct cursor cursor;
    cursor_open(&cursor, transaction, TABLE_TIMELINE);
    while (rows_visit(&cursor, at, last, row_stop, NULL, &at) && row_key_compare(at, last) < 0) {
        uint32_t brand = row_key_scope(at);
        int32_t day = date_day_number(timeline_key_time_ms(at));
        day_derive(sketches, transaction, brand, day, visit, context);
        at = timeline_key(brand, (day + 1) * DAY_MS, 0);
    }
    cursor_close(&cursor);
    sketches_free(sketches);
}
