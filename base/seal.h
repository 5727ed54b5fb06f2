/* A text locked with a key, for what must be kept and must not lie about in the clear: AES-256-GCM
 * (NIST SP 800-38D) with a random nonce, under the HMAC-SHA256 of the key. It opens only under the
 * same key and only unchanged. */
#ifndef BASE_SEAL_H
#define BASE_SEAL_H

#include "base/arena.h"

/* The locked text, printable, in `arena`. `key` is any secret, as long as it likes. */
struct span seal_close(struct span text, struct span key, struct arena *arena);

/* False when it was locked with another key, was changed, or is no such text. */
MUST_CHECK bool seal_open(struct span sealed, struct span key, struct arena *arena,
                          struct span *text);

#endif
