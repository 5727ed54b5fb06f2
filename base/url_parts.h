/* Parts of the URL parser, behind base/url.h: percent-encoding and hosts. */
#ifndef BASE_URL_PARTS_H
#define BASE_URL_PARTS_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/span.h"

/* Percent-encode sets: the ASCII characters that each encodes besides the controls; everything
 * beyond ASCII is always encoded. */
#define URL_SET_CONTROL ""
#define URL_SET_FRAGMENT " \"<>`"
#define URL_SET_QUERY " \"#<>"
#define URL_SET_SPECIAL_QUERY " \"#<>'"
#define URL_SET_PATH " \"#<>?^`{}"
#define URL_SET_USERINFO " \"#<>?^`{}/:;=@[\\]|"

/* `text` encoded: itself where nothing is to do, else in the arena. Bytes that are not UTF-8 are
 * encoded as U+FFFD. */
struct span url_percent_encode(struct span text, const char *set, struct arena *arena);
void url_percent_encode_to(struct buffer *out, struct span text, const char *set);

/* %XX decoded: `text` itself where there is none, else in the arena. */
struct span url_percent_decode(struct span text, struct arena *arena);

/* Value of two hexadecimal digits after a '%' at `at`, or -1. */
int url_percent_byte(struct span text, size_t at);

/* The host parser: an address, a domain in its ASCII form or, for schemes that are not special, an
 * opaque host. False = failure. */
MUST_CHECK bool url_host_parse(struct span text, bool special, struct arena *arena,
                               struct span *host);

/* Whether a serialised host is an IPv4 or IPv6 address. */
bool url_host_is_address(struct span host);

#endif
