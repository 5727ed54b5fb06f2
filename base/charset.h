/* Character sets: bytes of any charset as UTF-8. ICU's converters do the work.
 *
 * Names are taken as the web means them (encoding.spec.whatwg.org): "iso-8859-1" and "us-ascii" are
 * windows-1252, "gb2312" is GB 18030, "ks_c_5601-1987" is windows-949, and so on. */
#ifndef BASE_CHARSET_H
#define BASE_CHARSET_H

#include "base/arena.h"

/* How `text` stands as UTF-8: valid sequences of two bytes and more, and bytes that fit none. */
struct charset_fit {
    size_t multibyte;
    size_t invalid;
};
struct charset_fit charset_fit_utf8(struct span text);
bool charset_is_utf8(struct span text);

/* `bytes` as UTF-8 in `arena`; what cannot be converted becomes U+FFFD. False when no charset goes
 * by `name` or the result would be beyond LIMIT_DOCUMENT. */
MUST_CHECK bool charset_convert(struct span bytes, struct span name, struct arena *arena,
                                struct span *utf8);

/* Whether a charset goes by `name`. */
bool charset_known(struct span name);

/* The charset that `bytes` most look like, as a name for charset_convert(); "windows-1252" when
 * nothing speaks for another. */
struct span charset_guess(struct span bytes, struct arena *arena);

#endif
