#include "store/block.h"

#include "base/hash.h"

#define CHECKSUM_SIZE ((size_t)4)
#define HEAD_SIZE (CHECKSUM_SIZE + 5)
#define SIZES_DIFFER 0xFFu

struct row_key row_key_read(struct span bytes) {
    struct unpacker unpacker = unpacker_make(bytes);
    struct row_key key;
    key.high = unpack_big(&unpacker, 8);
    key.low = unpack_big(&unpacker, 8);
    return key;
}

struct key row_key_bytes(struct row_key key) {
    struct key bytes = key_make();
    key_add(&bytes, key.high, 8);
    key_add(&bytes, key.low, 8);
    return bytes;
}

static uint32_t checksum(struct span bytes) {
    return (uint32_t)hash_bytes(span_from(bytes, CHECKSUM_SIZE));
}

/* --- Keys ------------------------------------------------------------------------------------- */

static unsigned bytes_set(uint64_t number) {
    unsigned mask = 0;
    for (unsigned i = 0; number != 0; i++, number >>= 8) {
        mask |= (number & 0xFF) != 0 ? 1u << i : 0;
    }
    return mask;
}

static unsigned keys_difference(struct row_key a, struct row_key b) {
    return bytes_set(a.high ^ b.high) << 8 | bytes_set(a.low ^ b.low);
}

static void block_mask(struct block *block, unsigned mask) {
    block->mask = mask;
    block->key_size = 0;
    for (unsigned place = ROW_KEY_SIZE; place > 0; place--) {
        if ((mask >> (place - 1) & 1) != 0) {
            block->places[block->key_size++] = (uint8_t)(place - 1);
        }
    }
}

struct row_key block_key(const struct block *block, size_t row) {
    struct row_key key = block->first;
    const uint8_t *at = block->keys + row * block->key_size;
    for (size_t i = 0; i < block->key_size; i++) {
        unsigned place = block->places[i];
        uint64_t *half = place < 8 ? &key.low : &key.high;
        unsigned shift = place % 8 * 8;
        *half = (*half & ~((uint64_t)0xFF << shift)) | (uint64_t)at[i] << shift;
    }
    return key;
}

static void key_put(const struct block *block, struct row_key key, uint8_t *at) {
    for (size_t i = 0; i < block->key_size; i++) {
        unsigned place = block->places[i];
        at[i] = (uint8_t)((place < 8 ? key.low : key.high) >> place % 8 * 8);
    }
}

/* --- Reading ---------------------------------------------------------------------------------- */

static size_t sizes_sum(const uint8_t *sizes, size_t count) {
    size_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += sizes[i];
    }
    return sum;
}

/* Where a row's value begins. */
static size_t value_begin(const struct block *block, size_t row) {
    return block->sizes == NULL ? row * block->value_size : sizes_sum(block->sizes, row);
}

bool block_open(struct block *block, struct span key, struct span bytes) {
    struct unpacker unpacker = unpacker_make(bytes);
    uint32_t sum = (uint32_t)unpack_big(&unpacker, CHECKSUM_SIZE);
    return bytes.size >= HEAD_SIZE && sum == checksum(bytes) &&
           block_open_unchecked(block, key, bytes);
}

bool block_open_unchecked(struct block *block, struct span key, struct span bytes) {
    struct unpacker unpacker = unpacker_make(span_from(bytes, CHECKSUM_SIZE));
    *block = (struct block){.first = row_key_read(key), .end = unpacker.end};
    block->count = (size_t)unpack_big(&unpacker, 2);
    block_mask(block, (unsigned)unpack_big(&unpacker, 2));
    unsigned size = unpack_u8(&unpacker);
    block->keys = unpacker.at;
    block->value_size = size;
    size_t width = block->key_size + (size == SIZES_DIFFER ? 1 : size);
    size_t left = (size_t)(unpacker.end - unpacker.at);
    if (key.size != ROW_KEY_SIZE || bytes.size < HEAD_SIZE || bytes.size > BLOCK_MOST ||
        block->count == 0 || block->count > BLOCK_ROWS_MOST || block->count * width > left ||
        (size > ROW_VALUE_MAX && size != SIZES_DIFFER)) {
        return false;
    }
    block->values = block->keys + block->count * block->key_size;
    if (size == SIZES_DIFFER) {
        block->sizes = block->values;
        block->values += block->count;
    }
    return value_begin(block, block->count) == (size_t)(block->end - block->values);
}

/* Whether a row has a lesser key. Where all other bytes are those of the block, the packed ones tell
 * alone. */
static bool row_is_before(const struct block *block, size_t row, struct row_key key,
                          const uint8_t *packed) {
    return packed != NULL ? memcmp(block->keys + row * block->key_size, packed, block->key_size) < 0
                          : row_key_compare(block_key(block, row), key) < 0;
}

size_t block_rows_before(const struct block *block, struct row_key key) {
    uint8_t packed[ROW_KEY_SIZE];
    bool alike = (keys_difference(block->first, key) & ~block->mask) == 0;
    size_t low = 0;
    size_t high = block->count;
    key_put(block, key, packed);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (row_is_before(block, middle, key, alike ? packed : NULL)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

struct span block_value(const struct block *block, size_t row) {
    return (struct span){(const char *)block->values + value_begin(block, row),
                         block->sizes == NULL ? block->value_size : block->sizes[row]};
}

struct block_walk block_walk_from(const struct block *block, struct row_key key) {
    size_t row = block_rows_before(block, key);
    return (struct block_walk){.block = block, .next = row, .value = value_begin(block, row)};
}

bool block_walk_next(struct block_walk *walk) {
    const struct block *block = walk->block;
    if (walk->next == block->count) {
        return false;
    }
    size_t size = block->sizes == NULL ? block->value_size : block->sizes[walk->next];
    walk->row.key = block_key(block, walk->next++);
    walk->row.value = (struct span){(const char *)block->values + walk->value, size};
    walk->value += size;
    return true;
}

bool block_rows(const struct block *block, struct row *rows) {
    struct block_walk walk = {.block = block};
    for (size_t i = 0; block_walk_next(&walk); i++) {
        rows[i] = walk.row;
        if (i > 0 && row_key_compare(rows[i - 1].key, rows[i].key) >= 0) {
            return false;
        }
    }
    return true;
}

/* --- Writing ---------------------------------------------------------------------------------- */

struct measure { /* of rows taken one after the other */
    size_t count;
    unsigned mask;
    bool sizes_differ;
    size_t values;
};

static void measure_add(struct measure *measure, const struct row *rows) {
    const struct row *row = &rows[measure->count];
    measure->mask |= keys_difference(rows[0].key, row->key);
    measure->sizes_differ = measure->sizes_differ || row->value.size != rows[0].value.size ||
                            row->value.size == SIZES_DIFFER;
    measure->values += row->value.size;
    measure->count++;
}

static size_t measure_bytes(const struct measure *measure) {
    size_t width = (size_t)__builtin_popcount(measure->mask) + (measure->sizes_differ ? 1 : 0);
    return HEAD_SIZE + measure->count * width + measure->values;
}

size_t block_fit(const struct row *rows, size_t count, size_t most) {
    struct measure measure = {0};
    while (measure.count < count && measure.count < BLOCK_ROWS_MOST) {
        measure_add(&measure, rows);
        if (measure_bytes(&measure) > most && measure.count > 1) {
            return measure.count - 1;
        }
    }
    return measure.count;
}

size_t block_measure(const struct row *rows, size_t count) {
    struct measure measure = {0};
    while (measure.count < count) {
        measure_add(&measure, rows);
    }
    return measure_bytes(&measure);
}

/* The head, once the rest is in its place. */
static struct span block_finish(uint8_t *bytes, size_t size, const struct block *block) {
    struct packer packer = packer_make(bytes + CHECKSUM_SIZE, HEAD_SIZE - CHECKSUM_SIZE);
    pack_big(&packer, block->count, 2);
    pack_big(&packer, block->mask, 2);
    pack_u8(&packer, block->sizes != NULL ? SIZES_DIFFER : (unsigned)block->value_size);
    struct span made = {(const char *)bytes, size};
    packer = packer_make(bytes, CHECKSUM_SIZE);
    pack_big(&packer, checksum(made), CHECKSUM_SIZE);
    return made;
}

struct span block_make(const struct row *rows, size_t count, uint8_t *bytes) {
    struct measure measure = {0};
    while (measure.count < count) {
        measure_add(&measure, rows);
    }
    struct block block = {.count = count, .value_size = rows[0].value.size};
    block_mask(&block, measure.mask);
    uint8_t *at = bytes + HEAD_SIZE;
    for (size_t i = 0; i < count; i++, at += block.key_size) {
        key_put(&block, rows[i].key, at);
    }
    block.sizes = measure.sizes_differ ? at : NULL;
    for (size_t i = 0; i < count && measure.sizes_differ; i++) {
        *at++ = (uint8_t)rows[i].value.size;
    }
    for (size_t i = 0; i < count; i++) {
        memcpy(at, rows[i].value.data, rows[i].value.size);
        at += rows[i].value.size;
    }
    return block_finish(bytes, (size_t)(at - bytes), &block);
}

/* --- Changing as it is ------------------------------------------------------------------------ */

/* Whether the block's head will do with the change made. */
static bool change_conforms(const struct block *block, const struct row_change *change) {
    const struct row *row = &change->row;
    return (keys_difference(block->first, row->key) & ~block->mask) == 0 &&
           row_key_compare(row->key, block->first) > 0 &&
           (change->drop || block->sizes != NULL || row->value.size == block->value_size);
}

struct splice { /* the three parts of a block, being put together anew */
    const struct block *block;
    size_t row;   /* of the old block, that comes next */
    size_t value; /* its value's place */
    uint8_t *keys;
    uint8_t *sizes;
    uint8_t *values;
    size_t count;
};

/* Old rows up to `end`, or past them. */
static void splice_keep(struct splice *splice, size_t end, bool keep) {
    const struct block *block = splice->block;
    size_t count = end - splice->row;
    size_t size = block->sizes == NULL ? count * block->value_size
                                       : sizes_sum(block->sizes + splice->row, count);
    if (keep && count > 0) {
        memcpy(splice->keys, block->keys + splice->row * block->key_size, count * block->key_size);
        splice->keys += count * block->key_size;
        memcpy(splice->values, block->values + splice->value, size);
        splice->values += size;
        splice->count += count;
        if (block->sizes != NULL) {
            memcpy(splice->sizes, block->sizes + splice->row, count);
            splice->sizes += count;
        }
    }
    splice->row = end;
    splice->value += size;
}

static void splice_add(struct splice *splice, const struct row *row) {
    key_put(splice->block, row->key, splice->keys);
    splice->keys += splice->block->key_size;
    memcpy(splice->values, row->value.data, row->value.size);
    splice->values += row->value.size;
    if (splice->block->sizes != NULL) {
        *splice->sizes++ = (uint8_t)row->value.size;
    }
    splice->count++;
}

static void splice_change(struct splice *splice, const struct row_change *change) {
    const struct block *block = splice->block;
    size_t at = block_rows_before(block, change->row.key);
    splice_keep(splice, at, true);
    if (at < block->count && row_key_compare(block_key(block, at), change->row.key) == 0) {
        splice_keep(splice, at + 1, false);
    }
    if (!change->drop) {
        splice_add(splice, &change->row);
    }
}

bool block_change(const struct block *block, const struct row_change *changes, size_t count,
                  uint8_t *bytes, struct span *changed) {
    /* Each part in room of its own, then moved together. */
    uint8_t *sizes = bytes + BLOCK_MOST;
    uint8_t *values = bytes + 2 * BLOCK_MOST;
    size_t size = (size_t)(block->end - block->keys) + HEAD_SIZE;
    for (size_t i = 0; i < count; i++) {
        if (!change_conforms(block, &changes[i])) {
            return false;
        }
        size += changes[i].drop ? 0 : block->key_size + 1 + changes[i].row.value.size;
    }
    if (size > BLOCK_MOST || block->count + count > BLOCK_ROWS_MOST) {
        return false;
    }
    struct splice splice = {
        .block = block, .keys = bytes + HEAD_SIZE, .sizes = sizes, .values = values};
    for (size_t i = 0; i < count; i++) {
        splice_change(&splice, &changes[i]);
    }
    splice_keep(&splice, block->count, true);
    struct block made = *block;
    made.count = splice.count;
    uint8_t *at = splice.keys;
    memcpy(at, sizes, (size_t)(splice.sizes - sizes));
    at += splice.sizes - sizes;
    memcpy(at, values, (size_t)(splice.values - values));
    at += splice.values - values;
    *changed = block_finish(bytes, (size_t)(at - bytes), &made);
    return true;
}
