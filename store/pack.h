/* Values and keys as bytes: written into room that was measured before, read without ever passing
 * the end. Integers of keys are big-endian (they sort); of values, varints (7 bits a byte, low
 * first) and zigzag for signed ones. */
#ifndef STORE_PACK_H
#define STORE_PACK_H

#include "base/arena.h"
#include "base/span.h"

/* --- Writing: the caller has measured; beyond the end is a bug and stops the program ---------- */

struct packer {
    uint8_t *begin;
    uint8_t *at;
    uint8_t *end;
};

#define VARINT_MAX ((size_t)10) /* bytes of the longest */

struct packer packer_make(void *memory, size_t size);
struct packer packer_in(struct arena *arena, size_t size);
struct span packer_span(const struct packer *packer);
void pack_bytes(struct packer *packer, const void *bytes, size_t size);
void pack_u8(struct packer *packer, unsigned value);
void pack_big(struct packer *packer, uint64_t value, unsigned bytes); /* big-endian, low bytes */
void pack_varint(struct packer *packer, uint64_t value);
void pack_signed(struct packer *packer, int64_t value);  /* zigzag varint */
void pack_text(struct packer *packer, struct span text); /* size as varint, bytes */

/* --- Reading: past the end, everything is 0 or empty and `bad` is set ------------------------- */

struct unpacker {
    const uint8_t *at;
    const uint8_t *end;
    bool bad;
};

struct unpacker unpacker_make(struct span bytes);
uint8_t unpack_u8(struct unpacker *unpacker);
uint64_t unpack_big(struct unpacker *unpacker, unsigned bytes);
uint64_t unpack_varint(struct unpacker *unpacker);
int64_t unpack_signed(struct unpacker *unpacker);
struct span unpack_text(struct unpacker *unpacker); /* points into the bytes read */
struct span unpack_bytes(struct unpacker *unpacker, size_t size);
bool unpacker_is_done(const struct unpacker *unpacker); /* all read, none missing */

/* --- Keys ------------------------------------------------------------------------------------- */

/* A key under construction: `struct key key = key_make(); key_add(&key, brand, 4); ...` */
struct key {
    uint8_t bytes[32];
    size_t size;
};
struct key key_make(void);
void key_add(struct key *key, uint64_t value, unsigned bytes);
struct span key_span(const struct key *key);
uint64_t key_number(struct span key); /* the first 8 bytes of a key or value read back */

bool moment_is_sound(int64_t ms); /* within 48 bits: the years 2490 BC to 6429 */
#define MOMENT_LAST (((uint64_t)1 << 48) - 1)
uint64_t moment_bias(int64_t ms); /* to 48 bits that sort */
int64_t moment_unbias(uint64_t biased);
uint32_t day_bias(int32_t day);
int32_t day_unbias(uint32_t biased);

#endif
