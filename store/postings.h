/* Postings: which documents of a chunk hold a term.
 *
 * The index counts mentions in chunks of CHUNK_SIZE sequences; within one, a document is the low 16
 * bits of its sequence. A list is kept as gaps between ascending documents (a byte or two each), or
 * as a plain bitmap where that is shorter; to work with, it is a bitmap of 8 KiB: AND, OR and NOT
 * of whole chunks are a thousand machine words each. (Roaring bitmaps choose between the same two
 * per 65,536; with chunks of that size there is nothing left for their upper level to do, and gaps
 * take half the room of their 16-bit arrays.) */
#ifndef STORE_POSTINGS_H
#define STORE_POSTINGS_H

#include "store/pack.h"

#define CHUNK_BITS 16
#define CHUNK_SIZE ((size_t)1 << CHUNK_BITS)
#define DOCUMENT_WORDS (CHUNK_SIZE / 64)

/* The documents of a chunk, one bit each. */
struct documents {
    uint64_t words[DOCUMENT_WORDS];
};

void documents_clear(struct documents *documents);
void documents_add(struct documents *documents, uint16_t document);
void documents_drop(struct documents *documents, uint16_t document);
bool documents_are_none(const struct documents *documents);
size_t documents_count(const struct documents *documents);
void documents_and(struct documents *documents, const struct documents *other);
void documents_and_not(struct documents *documents, const struct documents *other);
void documents_or(struct documents *documents, const struct documents *other);
/* Their numbers, ascending, into `list` (room for CHUNK_SIZE); returns how many. */
size_t documents_list(const struct documents *documents, uint16_t *list);

/* --- As bytes --------------------------------------------------------------------------------- */

/* At most so many bytes for `count` documents. */
size_t postings_size_most(size_t count);
/* `list` ascending, without doubles. `followed`: a mark that something comes behind the list. */
void postings_pack(struct packer *packer, const uint16_t *list, size_t count, bool followed);

/* Reads what postings_pack() wrote. What cannot be read makes the unpacker bad. */
size_t postings_unpack(struct unpacker *unpacker, uint16_t *list, size_t room);
/* Adds to, or takes out of, `documents`; says whether the list is followed. */
bool postings_apply(struct unpacker *unpacker, struct documents *documents, bool add);
bool postings_are_followed(struct span bytes);

#endif
