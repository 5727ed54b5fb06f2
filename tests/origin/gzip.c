#include "tests/origin/gzip.h"

#include <stdlib.h>

struct bits {
    struct buffer *out;
    uint32_t pending;
    unsigned count;
};

/* The low `count` bits of `value`, lowest first. */
static void bits_put(struct bits *bits, uint32_t value, unsigned count) {
    bits->pending |= value << bits->count;
    bits->count += count;
    while (bits->count >= 8) {
        buffer_append_byte(bits->out, (char)(bits->pending & 0xFF));
        bits->pending >>= 8;
        bits->count -= 8;
    }
}

static void bits_flush(struct bits *bits) {
    if (bits->count > 0) {
        bits_put(bits, 0, 8 - bits->count);
    }
}

/* Huffman codes go highest bit first. */
static void bits_put_code(struct bits *bits, uint32_t code, unsigned count) {
    uint32_t turned = 0;
    for (unsigned i = 0; i < count; i++) {
        turned |= ((code >> i) & 1) << (count - 1 - i);
    }
    bits_put(bits, turned, count);
}

/* The fixed literal and length codes, RFC 1951 3.2.6. */
static void put_symbol(struct bits *bits, uint32_t symbol) {
    if (symbol < 144) {
        bits_put_code(bits, 0x30 + symbol, 8);
    } else if (symbol < 256) {
        bits_put_code(bits, 0x190 + symbol - 144, 9);
    } else if (symbol < 280) {
        bits_put_code(bits, symbol - 256, 7);
    } else {
        bits_put_code(bits, 0xC0 + symbol - 280, 8);
    }
}

/* RFC 1951 3.2.5: codes of lengths (from symbol 257) and of distances. */
struct range {
    uint16_t first;
    uint8_t extra;
};
static const struct range lengths[] = {
    {3, 0},  {4, 0},  {5, 0},  {6, 0},   {7, 0},   {8, 0},   {9, 0},   {10, 0},  {11, 1},  {13, 1},
    {15, 1}, {17, 1}, {19, 2}, {23, 2},  {27, 2},  {31, 2},  {35, 3},  {43, 3},  {51, 3},  {59, 3},
    {67, 4}, {83, 4}, {99, 4}, {115, 4}, {131, 5}, {163, 5}, {195, 5}, {227, 5}, {258, 0},
};
static const struct range distances[] = {
    {1, 0},     {2, 0},     {3, 0},     {4, 0},      {5, 1},      {7, 1},
    {9, 2},     {13, 2},    {17, 3},    {25, 3},     {33, 4},     {49, 4},
    {65, 5},    {97, 5},    {129, 6},   {193, 6},    {257, 7},    {385, 7},
    {513, 8},   {769, 8},   {1025, 9},  {1537, 9},   {2049, 10},  {3073, 10},
    {4097, 11}, {6145, 11}, {8193, 12}, {12289, 12}, {16385, 13}, {24577, 13},
};

static size_t range_find(const struct range *ranges, size_t count, size_t value) {
    size_t found = count - 1;
    while (ranges[found].first > value) {
        found--;
    }
    return found;
}

static void put_match(struct bits *bits, size_t length, size_t distance) {
    size_t code = range_find(lengths, sizeof lengths / sizeof lengths[0], length);
    put_symbol(bits, (uint32_t)(257 + code));
    bits_put(bits, (uint32_t)(length - lengths[code].first), lengths[code].extra);
    code = range_find(distances, sizeof distances / sizeof distances[0], distance);
    bits_put_code(bits, (uint32_t)code, 5);
    bits_put(bits, (uint32_t)(distance - distances[code].first), distances[code].extra);
}

#define HASH_BITS 14
#define MATCH_LEAST 4
#define MATCH_MOST 258
#define WINDOW 32768

static uint32_t hash_four(const char *data) {
    uint32_t value;
    memcpy(&value, data, sizeof value);
    return (value * UINT32_C(2654435761)) >> (32 - HASH_BITS);
}

static size_t match_length(struct span text, size_t earlier, size_t at) {
    size_t length = 0;
    while (length < MATCH_MOST && at + length < text.size &&
           text.data[earlier + length] == text.data[at + length]) {
        length++;
    }
    return length;
}

static void deflate_fixed(struct bits *bits, struct span text) {
    size_t *seen = NEW_ARRAY(size_t, (size_t)1 << HASH_BITS); /* position + 1; 0 = none */
    bits_put(bits, 1, 1);                                     /* the last block */
    bits_put(bits, 1, 2);                                     /* fixed codes */
    size_t at = 0;
    while (at < text.size) {
        size_t length = 0;
        size_t distance = 0;
        if (text.size - at >= MATCH_LEAST) {
            size_t *slot = &seen[hash_four(text.data + at)];
            if (*slot != 0 && at - (*slot - 1) <= WINDOW) {
                distance = at - (*slot - 1);
                length = match_length(text, *slot - 1, at);
            }
            *slot = at + 1;
        }
        if (length >= MATCH_LEAST) {
            put_match(bits, length, distance);
            at += length;
        } else {
            put_symbol(bits, (unsigned char)text.data[at]);
            at++;
        }
    }
    put_symbol(bits, 256);
    free(seen);
}

static uint32_t crc32_of(struct span text) {
    static const uint32_t nibbles[16] = {0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC,
                                         0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
                                         0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C,
                                         0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C};
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < text.size; i++) {
        crc ^= (unsigned char)text.data[i];
        crc = (crc >> 4) ^ nibbles[crc & 15];
        crc = (crc >> 4) ^ nibbles[crc & 15];
    }
    return ~crc;
}

static void put_header(struct buffer *out) {
    static const char header[10] = {0x1F, (char)0x8B, 8, 0, 0, 0, 0, 0, 0, (char)0xFF};
    buffer_append(out, (struct span){header, sizeof header});
}

static void put_little_endian(struct buffer *out, uint32_t value) {
    for (int i = 0; i < 4; i++) {
        buffer_append_byte(out, (char)((value >> (8 * i)) & 0xFF));
    }
}

void gzip_compress(struct buffer *out, struct span text) {
    put_header(out);
    struct bits bits = {.out = out};
    deflate_fixed(&bits, text);
    bits_flush(&bits);
    put_little_endian(out, crc32_of(text));
    put_little_endian(out, (uint32_t)text.size);
}

/* One dynamic block (RFC 1951 3.2.7) in which "258 bytes, from one byte ago" takes two bits, both
 * zero. Code lengths: literal 0 and end of block 2, length 258 1, distance one 1. */
void gzip_bomb(struct buffer *out, size_t size) {
    static const struct {
        uint8_t value, count;
    } head[] = {
        {1, 1}, {2, 2},   {29, 5}, {0, 5},   {14, 4}, /* last; dynamic; 286, 1 and 18 codes */
        {0, 3}, {0, 3},   {1, 3},  {0, 3},   {0, 3},  {0, 3}, {0, 3}, {0, 3}, {0, 3}, {0, 3},
        {0, 3}, {0, 3},   {0, 3},  {0, 3},   {0, 3},  {2, 3}, {0, 3}, {2, 3}, /* lengths 18, 2, 1 */
        {3, 2},                              /* literal 0: length 2 */
        {0, 1}, {127, 7}, {0, 1},  {106, 7}, /* 138 + 117 codes without length */
        {3, 2},                              /* end of block: 2 */
        {0, 1}, {17, 7},                     /* 28 without */
        {1, 2},                              /* length 258: 1 */
        {1, 2},                              /* distance 1: 1 */
        {1, 2},                              /* the literal 0 (code 10) */
    };
    put_header(out);
    struct bits bits = {.out = out};
    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++) {
        bits_put(&bits, head[i].value, head[i].count);
    }
    for (size_t made = 1; made + MATCH_MOST <= size; made += MATCH_MOST) {
        bits_put(&bits, 0, 2);
    }
    bits_put(&bits, 3, 2);
    bits_flush(&bits);
    put_little_endian(out, 0);
    put_little_endian(out, (uint32_t)size);
}
