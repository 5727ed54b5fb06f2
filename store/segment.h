/* Segments: sorted runs of the text index, written once.
 *
 * A transaction leaves at most one segment per chunk: the terms that its mentions brought (or took
 * away), sorted, each with its postings. A chunk's segments are merged as they grow in number, so
 * that a whole chunk comes to one: what is written is never rewritten more often than the logarithm
 * of its size.
 *
 *   terms   chunk u32, segment u32, first term -> block: u32 checksum, then entries
 *           chunk u32, 0                       -> directory (store/directory.h)
 *   entry   u8 bytes shared with the term before, u8 bytes that follow, these bytes,
 *           varint size, payload
 *   payload postings of documents that have the term; followed, if there are any, by postings of
 *           those that no longer have it. A later segment overrules an earlier one. Times of
 *           documents are entries of their own shape (store/times.h)
 *
 * A block fills one page of LMDB's for long values; a longer entry has one of its own. */
#ifndef STORE_SEGMENT_H
#define STORE_SEGMENT_H

#include "store/postings.h"
#include "store/transaction.h"

#define TERM_MAX ((size_t)64) /* bytes; longer ones are cut, and then stand for all that begin so */

/* The least of all terms: every document has it. */
#define TERM_DOCUMENTS SPAN("\x01")

/* --- Writing ---------------------------------------------------------------------------------- */

struct segment_writer {
    struct arena *arena; /* blocks wait in it until all are made: what they are made from may be
                            pages of the same transaction */
    struct segment_block *first, *last;
    uint8_t *block; /* under way */
    size_t size;
    uint8_t term[TERM_MAX]; /* the last one added */
    size_t term_size;
};

void segment_writer_init(struct segment_writer *writer, struct arena *arena);
/* Terms ascending, each once. */
void segment_add(struct segment_writer *writer, struct span term, struct span payload);
/* Puts all blocks under the segment's number. */
void segment_store(struct segment_writer *writer, struct transaction *transaction, uint32_t chunk,
                   uint32_t segment);
void segment_delete(struct transaction *transaction, uint32_t chunk, uint32_t segment);

/* --- Reading ---------------------------------------------------------------------------------- */

/* Walks one segment's entries in order of terms. */
struct segment_reader {
    struct cursor cursor;
    uint32_t chunk;
    uint32_t segment;
    struct unpacker block;
    uint8_t term[TERM_MAX];
    size_t term_size;
    struct span payload; /* of the entry it stands on */
};

/* Stands before the first entry. */
void segment_open(struct segment_reader *reader, struct transaction *transaction, uint32_t chunk,
                  uint32_t segment);
/* The same with another segment, for less than opening anew. */
void segment_turn(struct segment_reader *reader, uint32_t chunk, uint32_t segment);
void segment_close(struct segment_reader *reader);
bool segment_next(struct segment_reader *reader);
/* Stands on the first entry whose term is not before `term`; false: there is none. */
bool segment_seek(struct segment_reader *reader, struct span term);
struct span segment_term(const struct segment_reader *reader);

/* A term as it is kept: cut at TERM_MAX. */
struct span term_cut(struct span term);

#endif
