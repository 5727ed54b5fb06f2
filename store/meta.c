#include "store/meta.h"

#include "base/hash.h"
#include "store/pack.h"

static const struct span counters_key = {"counters", 8};
static const struct span schema_key = {"schema", 6};

/* The counters in the order they are stored. */
#define COUNTERS_MAX (8 + NAME_KIND_COUNT)
static size_t counters_list(struct counters *counters, uint64_t *list[COUNTERS_MAX]) {
    size_t count = 0;
    list[count++] = &counters->last_sequence;
    list[count++] = &counters->live;
    list[count++] = &counters->unmatched;
    list[count++] = &counters->tombstones;
    list[count++] = &counters->purged;
    list[count++] = &counters->stories;
    list[count++] = &counters->last_incident;
    list[count++] = &counters->last_outbox;
    for (size_t i = 0; i < NAME_KIND_COUNT; i++) {
        list[count++] = &counters->last_name[i];
    }
    return count;
}

void counters_load(struct transaction *transaction, struct counters *counters) {
    *counters = (struct counters){0};
    struct span value;
    if (!transaction_get(transaction, TABLE_META, counters_key, &value)) {
        return;
    }
    uint64_t *list[COUNTERS_MAX];
    size_t count = counters_list(counters, list);
    struct unpacker unpacker = unpacker_make(value);
    for (size_t i = 0; i < count; i++) {
        *list[i] = unpack_varint(&unpacker);
    }
    if (!unpacker_is_done(&unpacker)) {
        transaction_fail(transaction, MDB_CORRUPTED);
    }
}

void counters_save(struct transaction *transaction, const struct counters *counters) {
    struct counters copy = *counters;
    uint64_t *list[COUNTERS_MAX];
    size_t count = counters_list(&copy, list);
    uint8_t bytes[COUNTERS_MAX * VARINT_MAX];
    struct packer packer = packer_make(bytes, sizeof bytes);
    for (size_t i = 0; i < count; i++) {
        pack_varint(&packer, *list[i]);
    }
    transaction_put(transaction, TABLE_META, counters_key, packer_span(&packer));
}

uint32_t schema_load(struct transaction *transaction) {
    struct span value;
    if (!transaction_get(transaction, TABLE_META, schema_key, &value)) {
        return 0;
    }
    struct unpacker unpacker = unpacker_make(value);
    return (uint32_t)unpack_big(&unpacker, 4);
}

void schema_save(struct transaction *transaction, uint32_t schema) {
    struct key value = key_make();
    key_add(&value, schema, 4);
    transaction_put(transaction, TABLE_META, schema_key, key_span(&value));
}

/* 'n', kind, text; a long text is cut and ends in its hash. */
struct name_key {
    uint8_t bytes[2 + NAME_KEY_MAX + 8];
    size_t size;
};

static struct name_key name_key(enum name_kind kind, struct span text) {
    struct name_key key;
    struct packer packer = packer_make(key.bytes, sizeof key.bytes);
    pack_u8(&packer, 'n');
    pack_u8(&packer, kind);
    pack_bytes(&packer, text.data, span_first(text, NAME_KEY_MAX).size);
    if (text.size > NAME_KEY_MAX) {
        pack_big(&packer, hash_bytes(text), 8);
    }
    key.size = packer_span(&packer).size;
    return key;
}

static struct key number_key(enum name_kind kind, uint32_t number) {
    struct key key = key_make();
    key_add(&key, 'r', 1);
    key_add(&key, kind, 1);
    key_add(&key, number, 4);
    return key;
}

bool name_find(struct transaction *transaction, enum name_kind kind, struct span text,
               uint32_t *number) {
    struct name_key key = name_key(kind, text);
    struct span value;
    if (!transaction_get(transaction, TABLE_NAMES, (struct span){(const char *)key.bytes, key.size},
                         &value)) {
        return false;
    }
    struct unpacker unpacker = unpacker_make(value);
    *number = (uint32_t)unpack_big(&unpacker, 4);
    return !unpacker.bad;
}

uint32_t name_number(struct transaction *transaction, struct counters *counters,
                     enum name_kind kind, struct span text) {
    uint32_t number = 0;
    if (span_is_empty(text) || name_find(transaction, kind, text, &number)) {
        return number;
    }
    number = (uint32_t)++counters->last_name[kind];
    struct name_key key = name_key(kind, text);
    struct key value = key_make();
    key_add(&value, number, 4);
    transaction_put(transaction, TABLE_NAMES, (struct span){(const char *)key.bytes, key.size},
                    key_span(&value));
    struct key reverse = number_key(kind, number);
    transaction_put(transaction, TABLE_NAMES, key_span(&reverse), text);
    return number;
}

struct span name_text(struct transaction *transaction, enum name_kind kind, uint32_t number,
                      struct arena *arena) {
    struct key key = number_key(kind, number);
    struct span value;
    if (!transaction_get(transaction, TABLE_NAMES, key_span(&key), &value)) {
        return SPAN("");
    }
    return arena_copy(arena, value);
}
