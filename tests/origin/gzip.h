/* Compression for a server: a small gzip writer of our own (RFC 1951, RFC 1952), so that what the
 * crawler unpacks was not packed by the library that unpacks it, and so that a bomb can be built by
 * hand. Fixed codes, one match candidate per hash: about three to one on JSON. */
#ifndef TESTS_ORIGIN_GZIP_H
#define TESTS_ORIGIN_GZIP_H

#include "base/buffer.h"

void gzip_compress(struct buffer *out, struct span text);

/* A gzip body that unpacks to `size` zero bytes, packed 1,032 to one. Its checksum is wrong: who
 * reads that far has swallowed the bomb. */
void gzip_bomb(struct buffer *out, size_t size);

#endif
