/* Base64 and base16 (RFC 4648): what mail, feeds, logins and signatures wrap bytes in. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/arena.h"
#include "base/buffer.h"

void base64_append(struct buffer *out, struct span bytes);     /* section 4, padded */
void base64_append_url(struct buffer *out, struct span bytes); /* section 5, without padding */

/* The bytes of a text in either alphabet; white space is passed over, "=" ends it. An empty span
 * when another character stands in it. */
struct span base64_decode(struct span text, struct arena *arena);

/* Section 8, in lower case: two characters a byte, no NUL behind them. */
void base16_write(char *out, struct span bytes);

#endif
