/* A file of any length and charset, read in pieces as UTF-8.
 *
 * The charset is what a byte-order mark says, else what it is told, else what its bytes look like;
 * pieces are cut at the ends of lines. Holds a few pieces in memory, never the file. */
#ifndef APP_TEXT_STREAM_H
#define APP_TEXT_STREAM_H

#include "base/arena.h"
#include "base/error.h"

struct text_stream;

/* `path` "-" is standard input. `charset`: "" = as it looks; a name nobody knows is an error. */
MUST_CHECK bool text_stream_open(const char *path, struct span charset, struct text_stream **stream,
                                 struct error *error);
void text_stream_close(struct text_stream *stream); /* NULL is fine */

/* What was left of the last text (a part of its end), followed by the next piece. Valid until the
 * next call. `last`: nothing comes behind it. */
MUST_CHECK bool text_stream_next(struct text_stream *stream, struct span left, struct span *text,
                                 bool *last, struct error *error);

/* Bytes read of all, for progress; `total` 0 where nobody knows. */
void text_stream_progress(const struct text_stream *stream, uint64_t *read, uint64_t *total);

#endif
