/* When the documents of a chunk were published, in entries of the index that can be read one at a
 * time: one for each stretch of 1,024 documents.
 *
 *   term     0x01, 't', u8 stretch
 *   payload  postings of the documents, then u8 width, u48 earliest moment, and for each document
 *            `width` bytes: its time since then in ms, low byte first */
#ifndef STORE_TIMES_H
#define STORE_TIMES_H

#include "store/postings.h"

#define TIMES_STRETCH ((size_t)1024)

struct times_term {
    char bytes[3];
};
struct times_term times_term_make(size_t stretch);
struct span times_term_span(const struct times_term *term);
bool term_is_times(struct span term);
static inline size_t times_stretch_of(uint16_t document) {
    return document / TIMES_STRETCH;
}

/* Room that times_pack() needs. */
#define TIMES_SIZE_MAX (2 * VARINT_MAX + TIMES_STRETCH * (3 + 8) + 7)

/* `list` ascending, of one stretch, each with its time. */
void times_pack(struct packer *packer, const uint16_t *list, const int64_t *times_ms, size_t count);

/* Sets the times of the documents the payload knows, in `times_ms` (by document, room for
 * CHUNK_SIZE). Their numbers go into `list` (room for TIMES_STRETCH); returns how many. */
size_t times_unpack(struct unpacker *unpacker, uint16_t *list, int64_t *times_ms);

#endif
