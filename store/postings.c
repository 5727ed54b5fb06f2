#include "store/postings.h"

#define BITMAP_SIZE (DOCUMENT_WORDS * 8)

/* --- Bitmaps ---------------------------------------------------------------------------------- */

void documents_clear(struct documents *documents) {
    memset(documents, 0, sizeof *documents);
}

void documents_add(struct documents *documents, uint16_t document) {
    documents->words[document / 64] |= (uint64_t)1 << document % 64;
}

void documents_drop(struct documents *documents, uint16_t document) {
    documents->words[document / 64] &= ~((uint64_t)1 << document % 64);
}

bool documents_are_none(const struct documents *documents) {
    uint64_t any = 0;
    for (size_t i = 0; i < DOCUMENT_WORDS; i++) {
        any |= documents->words[i];
    }
    return any == 0;
}

size_t documents_count(const struct documents *documents) {
    size_t count = 0;
    for (size_t i = 0; i < DOCUMENT_WORDS; i++) {
        count += (size_t)__builtin_popcountll(documents->words[i]);
    }
    return count;
}

void documents_and(struct documents *documents, const struct documents *other) {
    for (size_t i = 0; i < DOCUMENT_WORDS; i++) {
        documents->words[i] &= other->words[i];
    }
}

void documents_and_not(struct documents *documents, const struct documents *other) {
    for (size_t i = 0; i < DOCUMENT_WORDS; i++) {
        documents->words[i] &= ~other->words[i];
    }
}

void documents_or(struct documents *documents, const struct documents *other) {
    for (size_t i = 0; i < DOCUMENT_WORDS; i++) {
        documents->words[i] |= other->words[i];
    }
}

size_t documents_list(const struct documents *documents, uint16_t *list) {
    size_t count = 0;
    for (size_t i = 0; i < DOCUMENT_WORDS; i++) {
        for (uint64_t word = documents->words[i]; word != 0; word &= word - 1) {
            list[count++] = (uint16_t)(i * 64 + (size_t)__builtin_ctzll(word));
        }
    }
    return count;
}

/* --- As bytes --------------------------------------------------------------------------------- */

/* A gap takes a byte at least. */
static bool count_is_dense(uint64_t count) {
    return count > BITMAP_SIZE;
}

size_t postings_size_most(size_t count) {
    return VARINT_MAX * 2 + (count_is_dense(count) ? BITMAP_SIZE : count * 3);
}

/* Low byte first: on most machines a copy. */
static void bitmap_pack(struct packer *packer, const struct documents *documents) {
    uint8_t bytes[BITMAP_SIZE];
    for (size_t i = 0; i < BITMAP_SIZE; i++) {
        bytes[i] = (uint8_t)(documents->words[i / 8] >> i % 8 * 8);
    }
    pack_bytes(packer, bytes, sizeof bytes);
}

void postings_pack(struct packer *packer, const uint16_t *list, size_t count, bool followed) {
    pack_varint(packer, count << 1 | followed);
    if (count_is_dense(count)) {
        struct documents documents;
        documents_clear(&documents);
        for (size_t i = 0; i < count; i++) {
            documents_add(&documents, list[i]);
        }
        bitmap_pack(packer, &documents);
        return;
    }
    unsigned next = 0; /* the least that can come */
    for (size_t i = 0; i < count; i++) {
        pack_varint(packer, list[i] - next);
        next = list[i] + 1u;
    }
}

static void bitmap_unpack(struct unpacker *unpacker, struct documents *documents) {
    struct span bytes = unpack_bytes(unpacker, BITMAP_SIZE);
    const uint8_t *at = (const uint8_t *)bytes.data;
    documents_clear(documents);
    for (size_t i = 0; i < bytes.size / 8; i++, at += 8) {
        for (unsigned byte = 0; byte < 8; byte++) {
            documents->words[i] |= (uint64_t)at[byte] << byte * 8;
        }
    }
}

/* The document that `gap` leads to; a broken one is bad. */
static uint16_t gap_unpack(struct unpacker *unpacker, uint64_t *next) {
    uint64_t document = *next + unpack_varint(unpacker);
    if (document >= CHUNK_SIZE) {
        unpacker->bad = true;
        document = 0;
    }
    *next = document + 1;
    return (uint16_t)document;
}

size_t postings_unpack(struct unpacker *unpacker, uint16_t *list, size_t room) {
    uint64_t count = unpack_varint(unpacker) >> 1;
    if (count > room) {
        unpacker->bad = true;
        return 0;
    }
    if (count_is_dense(count)) {
        struct documents documents;
        bitmap_unpack(unpacker, &documents);
        if (documents_count(&documents) != count) {
            unpacker->bad = true;
            return 0;
        }
        return documents_list(&documents, list);
    }
    uint64_t next = 0;
    for (size_t i = 0; i < count && !unpacker->bad; i++) {
        list[i] = gap_unpack(unpacker, &next);
    }
    return unpacker->bad ? 0 : (size_t)count;
}

bool postings_are_followed(struct span bytes) {
    struct unpacker unpacker = unpacker_make(bytes);
    return (unpack_varint(&unpacker) & 1) != 0;
}

bool postings_apply(struct unpacker *unpacker, struct documents *documents, bool add) {
    uint64_t head = unpack_varint(unpacker);
    uint64_t count = head >> 1;
    if (count_is_dense(count)) {
        struct documents dense;
        bitmap_unpack(unpacker, &dense);
        if (add) {
            documents_or(documents, &dense);
        } else {
            documents_and_not(documents, &dense);
        }
        return (head & 1) != 0;
    }
    uint64_t next = 0;
    for (uint64_t i = 0; i < count && !unpacker->bad; i++) {
        uint16_t document = gap_unpack(unpacker, &next);
        if (add) {
            documents_add(documents, document);
        } else {
            documents_drop(documents, document);
        }
    }
    return (head & 1) != 0;
}
