/* URLs by the WHATWG URL Standard (url.spec.whatwg.org), for http and https and for resolving
 * references against them; host names through ICU's UTS #46. Other schemes are parsed as the
 * standard says too, but for file:, whose drive letters and empty hosts nobody here needs. */
#ifndef BASE_URL_H
#define BASE_URL_H

#include "base/arena.h"
#include "base/buffer.h"

struct url {
    struct span scheme;   /* "https" */
    struct span username; /* percent-encoded */
    struct span password;
    struct span host; /* serialised: lower case, ASCII; IPv6 in []; data NULL = no "//" at all */
    int port;         /* explicit or the scheme's default; -1 = none */
    bool default_port;
    struct span path;     /* begins with "/" for http(s); of mailto: and such all of it */
    struct span query;    /* without "?"; data NULL = no query, as opposed to an empty one */
    struct span fragment; /* without "#"; data NULL = none */
};

/* Parses `text`, relative to `base` when given (NULL: must be absolute). Text lives in `arena`.
 * False when the standard says failure, or `text` is longer than LIMIT_URL. */
MUST_CHECK bool url_parse(struct span text, const struct url *base, struct arena *arena,
                          struct url *url);
struct span url_print(const struct url *url, struct arena *arena); /* the href */

/* `reference` against `base` as an absolute http(s) URL without fragment; empty span when it is
 * none. */
struct span url_resolve(struct span reference, struct span base, struct arena *arena);

/* One form for what is the same page, for identity: scheme https, no "www." or
 * "m."/"mobile."/"amp." host prefix, no fragment, no default port, tracking parameters (utm_*,
 * fbclid, gclid, ref, ...) gone, parameters sorted, duplicate and trailing slashes gone, AMP
 * suffixes gone. For comparing only, never for fetching. Empty span when `text` is no http(s) URL.
 */
struct span url_canonical(struct span text, struct arena *arena);

/* The registrable domain ("example.co.uk" of "a.b.example.co.uk") by the Public Suffix List
 * (libpsl); the host itself for addresses and unknown suffixes. */
struct span url_registrable_domain(struct span host, struct arena *arena);

/* application/x-www-form-urlencoded value encoding; for building query strings. */
void url_encode_value(struct buffer *out, struct span value);

/* The decoded value of the query's first parameter of that name; empty span = none. */
struct span url_parameter(struct span text, struct span name, struct arena *arena);

/* What may be shown to people and logs: user info and the values of parameters named like secrets
 * (key, token, secret, password, signature, ...) replaced by "***". */
struct span url_redacted(struct span text, struct arena *arena);

#endif
