#include "store/pack.h"

#include "base/memory.h"

struct packer packer_make(void *memory, size_t size) {
    uint8_t *begin = memory;
    return (struct packer){begin, begin, begin + size};
}

struct packer packer_in(struct arena *arena, size_t size) {
    return packer_make(arena_allocate(arena, size), size);
}

struct span packer_span(const struct packer *packer) {
    return (struct span){(const char *)packer->begin, (size_t)(packer->at - packer->begin)};
}

static void packer_need(const struct packer *packer, size_t size) {
    if ((size_t)(packer->end - packer->at) < size) {
        fatal("a record is longer than was measured");
    }
}

void pack_bytes(struct packer *packer, const void *bytes, size_t size) {
    packer_need(packer, size);
    if (size > 0) {
        memcpy(packer->at, bytes, size);
    }
    packer->at += size;
}

void pack_u8(struct packer *packer, unsigned value) {
    packer_need(packer, 1);
    *packer->at++ = (uint8_t)value;
}

void pack_big(struct packer *packer, uint64_t value, unsigned bytes) {
    packer_need(packer, bytes);
    for (unsigned i = bytes; i > 0; i--) {
        *packer->at++ = (uint8_t)(value >> ((i - 1) * 8));
    }
}

void pack_varint(struct packer *packer, uint64_t value) {
    packer_need(packer, VARINT_MAX);
    while (value >= 0x80) {
        *packer->at++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *packer->at++ = (uint8_t)value;
}

void pack_signed(struct packer *packer, int64_t value) {
    pack_varint(packer, ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0));
}

void pack_text(struct packer *packer, struct span text) {
    pack_varint(packer, text.size);
    pack_bytes(packer, text.data, text.size);
}

struct unpacker unpacker_make(struct span bytes) {
    const uint8_t *begin = (const uint8_t *)bytes.data;
    return (struct unpacker){begin, bytes.size == 0 ? begin : begin + bytes.size, false};
}

/* True when `size` bytes are there; else everything that follows is bad too. */
static bool unpacker_has(struct unpacker *unpacker, uint64_t size) {
    if ((uint64_t)(unpacker->end - unpacker->at) < size) {
        unpacker->at = unpacker->end;
        unpacker->bad = true;
        return false;
    }
    return true;
}

uint8_t unpack_u8(struct unpacker *unpacker) {
    return unpacker_has(unpacker, 1) ? *unpacker->at++ : 0;
}

uint64_t unpack_big(struct unpacker *unpacker, unsigned bytes) {
    uint64_t value = 0;
    if (unpacker_has(unpacker, bytes)) {
        for (unsigned i = 0; i < bytes; i++) {
            value = value << 8 | *unpacker->at++;
        }
    }
    return value;
}

uint64_t unpack_varint(struct unpacker *unpacker) {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t byte = unpack_u8(unpacker);
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) {
            return value;
        }
    }
    unpacker->bad = true;
    return 0;
}

int64_t unpack_signed(struct unpacker *unpacker) {
    uint64_t value = unpack_varint(unpacker);
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

struct span unpack_bytes(struct unpacker *unpacker, size_t size) {
    if (!unpacker_has(unpacker, size)) {
        return (struct span){"", 0};
    }
    struct span bytes = {(const char *)unpacker->at, size};
    unpacker->at += size;
    return bytes;
}

struct span unpack_text(struct unpacker *unpacker) {
    return unpack_bytes(unpacker, (size_t)unpack_varint(unpacker));
}

bool unpacker_is_done(const struct unpacker *unpacker) {
    return !unpacker->bad && unpacker->at == unpacker->end;
}

struct key key_make(void) {
    struct key key;
    key.size = 0;
    return key;
}

void key_add(struct key *key, uint64_t value, unsigned bytes) {
    struct packer packer = packer_make(key->bytes + key->size, sizeof key->bytes - key->size);
    pack_big(&packer, value, bytes);
    key->size += bytes;
}

struct span key_span(const struct key *key) {
    return (struct span){(const char *)key->bytes, key->size};
}

uint64_t key_number(struct span key) {
    struct unpacker unpacker = unpacker_make(key);
    return unpack_big(&unpacker, 8);
}

#define MOMENT_BIAS ((int64_t)1 << 47)

bool moment_is_sound(int64_t ms) {
    return ms >= -MOMENT_BIAS && ms < MOMENT_BIAS;
}

uint64_t moment_bias(int64_t ms) {
    if (ms < -MOMENT_BIAS) {
        return 0;
    }
    return (uint64_t)((ms >= MOMENT_BIAS ? MOMENT_BIAS - 1 : ms) + MOMENT_BIAS);
}

int64_t moment_unbias(uint64_t biased) {
    return (int64_t)biased - MOMENT_BIAS;
}

uint32_t day_bias(int32_t day) {
    return (uint32_t)day ^ 0x80000000u;
}

int32_t day_unbias(uint32_t biased) {
    return (int32_t)(biased ^ 0x80000000u);
}
