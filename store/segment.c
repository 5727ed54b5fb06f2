#include "store/segment.h"

#include "base/hash.h"

/* What LMDB puts on one page of its own for a long value: 4,096 bytes less the page's head. */
#define BLOCK_SIZE ((size_t)4080)
#define CHECKSUM_SIZE ((size_t)4)
#define ENTRY_HEAD_MAX (2 + TERM_MAX + VARINT_MAX)

struct segment_block {
    struct segment_block *next;
    struct span bytes;
    uint8_t term[TERM_MAX]; /* its first */
    size_t term_size;
};

struct span term_cut(struct span term) {
    return span_first(term, TERM_MAX);
}

/* --- Keys ------------------------------------------------------------------------------------- */

struct block_key {
    uint8_t bytes[8 + TERM_MAX];
    size_t size;
};

static struct block_key block_key(uint32_t chunk, uint32_t segment, struct span term) {
    struct block_key key;
    struct packer packer = packer_make(key.bytes, sizeof key.bytes);
    pack_big(&packer, chunk, 4);
    pack_big(&packer, segment, 4);
    pack_bytes(&packer, term.data, term.size);
    key.size = packer_span(&packer).size;
    return key;
}

static struct span block_key_span(const struct block_key *key) {
    return (struct span){(const char *)key->bytes, key->size};
}

static bool key_is_of(struct span key, uint32_t chunk, uint32_t segment) {
    return key.size > 8 && key_number(key) == ((uint64_t)chunk << 32 | segment);
}

static uint32_t block_checksum(struct span entries) {
    return (uint32_t)hash_bytes(entries);
}

/* --- Writing ---------------------------------------------------------------------------------- */

void segment_writer_init(struct segment_writer *writer, struct arena *arena) {
    *writer = (struct segment_writer){.arena = arena};
}

static void block_begin(struct segment_writer *writer, struct span term, size_t room) {
    struct segment_block *block = ARENA_NEW(writer->arena, struct segment_block);
    writer->block = arena_allocate(writer->arena, room);
    writer->size = CHECKSUM_SIZE;
    memcpy(block->term, term.data, term.size);
    block->term_size = term.size;
    if (writer->last == NULL) {
        writer->first = block;
    } else {
        writer->last->next = block;
    }
    writer->last = block;
}

static void block_end(struct segment_writer *writer) {
    if (writer->last == NULL) {
        return;
    }
    struct span bytes = {(const char *)writer->block, writer->size};
    struct packer packer = packer_make(writer->block, CHECKSUM_SIZE);
    pack_big(&packer, block_checksum(span_from(bytes, CHECKSUM_SIZE)), CHECKSUM_SIZE);
    writer->last->bytes = bytes;
}

static size_t bytes_shared(const struct segment_writer *writer, struct span term) {
    size_t most = term.size < writer->term_size ? term.size : writer->term_size;
    size_t shared = 0;
    while (shared < most && (uint8_t)term.data[shared] == writer->term[shared]) {
        shared++;
    }
    return shared;
}

void segment_add(struct segment_writer *writer, struct span term, struct span payload) {
    uint8_t head[ENTRY_HEAD_MAX];
    size_t shared = bytes_shared(writer, term);
    size_t most = ENTRY_HEAD_MAX + payload.size;
    if (writer->last == NULL || writer->size + most > BLOCK_SIZE) {
        block_end(writer);
        size_t alone = CHECKSUM_SIZE + most;
        block_begin(writer, term, alone > BLOCK_SIZE ? alone : BLOCK_SIZE);
        shared = 0;
    }
    struct packer packer = packer_make(head, sizeof head);
    pack_u8(&packer, (unsigned)shared);
    pack_u8(&packer, (unsigned)(term.size - shared));
    pack_bytes(&packer, term.data + shared, term.size - shared);
    pack_varint(&packer, payload.size);
    size_t size = packer_span(&packer).size;
    memcpy(writer->block + writer->size, head, size);
    memcpy(writer->block + writer->size + size, payload.data, payload.size);
    writer->size += size + payload.size;
    memcpy(writer->term, term.data, term.size);
    writer->term_size = term.size;
}

void segment_store(struct segment_writer *writer, struct transaction *transaction, uint32_t chunk,
                   uint32_t segment) {
    block_end(writer);
    for (const struct segment_block *block = writer->first; block != NULL; block = block->next) {
        struct span term = {(const char *)block->term, block->term_size};
        struct block_key key = block_key(chunk, segment, term);
        transaction_put(transaction, TABLE_TERMS, block_key_span(&key), block->bytes);
    }
}

void segment_delete(struct transaction *transaction, uint32_t chunk, uint32_t segment) {
    struct block_key first = block_key(chunk, segment, TERM_DOCUMENTS);
    struct cursor cursor;
    cursor_open(&cursor, transaction, TABLE_TERMS);
    bool more = cursor_seek(&cursor, block_key_span(&first));
    while (more && key_is_of(cursor.key, chunk, segment)) {
        cursor_delete(&cursor);
        more = cursor_next(&cursor);
    }
    cursor_close(&cursor);
}

/* --- Reading ---------------------------------------------------------------------------------- */

void segment_open(struct segment_reader *reader, struct transaction *transaction, uint32_t chunk,
                  uint32_t segment) {
    *reader = (struct segment_reader){.chunk = chunk, .segment = segment};
    cursor_open(&reader->cursor, transaction, TABLE_TERMS);
}

void segment_turn(struct segment_reader *reader, uint32_t chunk, uint32_t segment) {
    reader->chunk = chunk;
    reader->segment = segment;
    reader->block = (struct unpacker){0}; /* not begun */
    reader->term_size = 0;
}

void segment_close(struct segment_reader *reader) {
    cursor_close(&reader->cursor);
}

struct span segment_term(const struct segment_reader *reader) {
    return (struct span){(const char *)reader->term, reader->term_size};
}

static void reader_fail(struct segment_reader *reader) {
    transaction_fail(reader->cursor.transaction, MDB_CORRUPTED);
    reader->block = unpacker_make(SPAN(""));
}

/* The block under the cursor, if it is one of this segment. */
static bool block_enter(struct segment_reader *reader, bool found) {
    reader->term_size = 0;
    reader->block = unpacker_make(SPAN(""));
    if (!found || !key_is_of(reader->cursor.key, reader->chunk, reader->segment)) {
        return false;
    }
    struct span entries = span_from(reader->cursor.value, CHECKSUM_SIZE);
    reader->block = unpacker_make(reader->cursor.value);
    if ((uint32_t)unpack_big(&reader->block, CHECKSUM_SIZE) != block_checksum(entries)) {
        reader_fail(reader);
        return false;
    }
    return true;
}

/* The next entry of the block; false at its end. */
static bool entry_read(struct segment_reader *reader) {
    struct unpacker *block = &reader->block;
    if (block->at == block->end) {
        return false;
    }
    size_t shared = unpack_u8(block);
    size_t added = unpack_u8(block);
    bool fits = shared <= reader->term_size && shared + added <= TERM_MAX &&
                (size_t)(block->end - block->at) >= added;
    if (!fits || block->bad) {
        reader_fail(reader);
        return false;
    }
    memcpy(reader->term + shared, block->at, added);
    reader->term_size = shared + added;
    block->at += added;
    reader->payload = unpack_text(block);
    if (block->bad) {
        reader_fail(reader);
        return false;
    }
    return true;
}

bool segment_next(struct segment_reader *reader) {
    if (reader->block.at == NULL) { /* not begun */
        return segment_seek(reader, TERM_DOCUMENTS);
    }
    return entry_read(reader) ||
           (block_enter(reader, cursor_next(&reader->cursor)) && entry_read(reader));
}

bool segment_seek(struct segment_reader *reader, struct span term) {
    struct block_key key = block_key(reader->chunk, reader->segment, term_cut(term));
    struct cursor *cursor = &reader->cursor;
    bool found = cursor_seek(cursor, block_key_span(&key));
    /* The term may stand in the block before the first that begins behind it. */
    if (!found || !span_equal(cursor->key, block_key_span(&key))) {
        bool before = found ? cursor_previous(cursor) : cursor_last(cursor);
        if (!before || !key_is_of(cursor->key, reader->chunk, reader->segment)) {
            found = cursor_seek(cursor, block_key_span(&key));
        } else {
            found = true;
        }
    }
    if (!block_enter(reader, found)) {
        return false;
    }
    while (entry_read(reader) || (block_enter(reader, cursor_next(cursor)) && entry_read(reader))) {
        if (span_compare(segment_term(reader), term) >= 0) {
            return true;
        }
    }
    return false;
}
