#include "store/directory.h"

#include "store/pack.h"

static struct key directory_key(uint32_t chunk) {
    struct key key = key_make();
    key_add(&key, chunk, 4);
    key_add(&key, 0, 4);
    return key;
}

void directory_load(struct transaction *transaction, uint32_t chunk, struct directory *directory) {
    *directory = (struct directory){.oldest_ms = INT64_MAX, .newest_ms = INT64_MIN};
    struct key key = directory_key(chunk);
    struct span value;
    if (!transaction_get(transaction, TABLE_TERMS, key_span(&key), &value)) {
        return;
    }
    struct unpacker unpacker = unpacker_make(value);
    directory->oldest_ms = moment_unbias(unpack_big(&unpacker, 6));
    directory->newest_ms = moment_unbias(unpack_big(&unpacker, 6));
    directory->last_segment = (uint32_t)unpack_varint(&unpacker);
    uint64_t count = unpack_varint(&unpacker);
    for (uint64_t i = 0; i < count && i < DIRECTORY_MOST; i++) {
        directory->list[i].segment = (uint32_t)unpack_varint(&unpacker);
        directory->list[i].documents = (uint32_t)unpack_varint(&unpacker);
        directory->count++;
    }
    if (!unpacker_is_done(&unpacker)) {
        transaction_fail(transaction, MDB_CORRUPTED);
        directory->count = 0;
    }
}

void directory_save(struct transaction *transaction, uint32_t chunk,
                    const struct directory *directory) {
    uint8_t bytes[12 + VARINT_MAX * (2 + 2 * DIRECTORY_MOST)];
    struct packer packer = packer_make(bytes, sizeof bytes);
    pack_big(&packer, moment_bias(directory->oldest_ms), 6);
    pack_big(&packer, moment_bias(directory->newest_ms), 6);
    pack_varint(&packer, directory->last_segment);
    pack_varint(&packer, directory->count);
    for (size_t i = 0; i < directory->count; i++) {
        pack_varint(&packer, directory->list[i].segment);
        pack_varint(&packer, directory->list[i].documents);
    }
    struct key key = directory_key(chunk);
    transaction_put(transaction, TABLE_TERMS, key_span(&key), packer_span(&packer));
}

void directory_add(struct directory *directory, size_t documents, int64_t oldest_ms,
                   int64_t newest_ms) {
    directory->list[directory->count].segment = ++directory->last_segment;
    directory->list[directory->count].documents = (uint32_t)documents;
    directory->count++;
    directory->oldest_ms = oldest_ms < directory->oldest_ms ? oldest_ms : directory->oldest_ms;
    directory->newest_ms = newest_ms > directory->newest_ms ? newest_ms : directory->newest_ms;
}

bool directory_before(struct transaction *transaction, uint32_t chunk, uint32_t *before) {
    struct key key = directory_key(chunk);
    struct cursor cursor;
    cursor_open(&cursor, transaction, TABLE_TERMS);
    bool found = cursor_seek_before(&cursor, key_span(&key));
    if (found) {
        struct unpacker unpacker = unpacker_make(cursor.key);
        *before = (uint32_t)unpack_big(&unpacker, 4);
    }
    cursor_close(&cursor);
    return found;
}
