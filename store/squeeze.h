/* Texts made smaller: by Zstandard, with a dictionary of words and turns in six languages, since a
 * mention alone is too short to learn from (180 bytes of 300, where without it 208 are left, in a
 * third of the time). Home of libzstd.
 *
 * The dictionary (store/words.zdict) was made once, by `zstd --train`, of this project's own texts:
 * its lexicons, examples and documents. It is part of the layout: what is stored cannot be read with
 * another. It holds nothing of anybody's mentions, as one learned from the store would: what is erased
 * would live on in it. */
#ifndef STORE_SQUEEZE_H
#define STORE_SQUEEZE_H

#include "base/arena.h"

struct squeeze; /* opaque; for any number of threads at once */
struct squeeze *squeeze_create(void);
void squeeze_free(struct squeeze *squeeze); /* NULL is fine */

/* `text` made smaller, in `arena`. False: it does not become smaller. */
MUST_CHECK bool squeeze_pack(struct squeeze *squeeze, struct span text, struct arena *arena,
                             struct span *packed);

/* The text again, of `size` bytes, in `arena`. False: damaged. */
MUST_CHECK bool squeeze_unpack(struct squeeze *squeeze, struct span packed, size_t size,
                               struct arena *arena, struct span *text);

#endif
