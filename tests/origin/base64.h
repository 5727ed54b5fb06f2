/* Base64 (RFC 4648 4), as mail logins use it. */
#ifndef TESTS_ORIGIN_BASE64_H
#define TESTS_ORIGIN_BASE64_H

#include "base/arena.h"

/* The bytes of `text` up to the first character that is no digit. */
struct span base64_decode(struct arena *arena, struct span text);

#endif
