/* A URL taken apart for asking: what is sent, where to, and the keys that spacing and robots.txt go
 * by. Judged and contacted in one form: the URL as the URL standard serialises it, which libcurl
 * reads the same way (ASCII host, plain IPv4, no white space). */
#ifndef CRAWLER_TARGET_H
#define CRAWLER_TARGET_H

#include "base/arena.h"
#include "base/error.h"
#include "base/url.h"

struct target {
    struct span url;    /* absolute, percent-encoded, without user info and fragment; NUL follows */
    struct span shown;  /* the same as people and logs may see it: without secrets; NUL follows */
    struct span origin; /* "https://example.com:443" */
    struct span host;   /* lower case, ASCII; IPv6 in [] */
    struct span path;   /* with query, as sent; begins with "/" */
    struct span username; /* decoded user info, NUL follows; empty = none */
    struct span password;
    int port;
    bool secure;      /* https */
    bool mailbox;     /* imap or imaps */
    struct url parts; /* the base of its redirects */
};

/* `text` as a target, relative to `base` unless NULL; text lives in `arena`. An error when it is no
 * http or https URL (without base: nor a mailbox, imap or imaps), or too long; the error names it. User info of a relative reference is
 * inherited within one origin only, and user info that a reference itself carries is dropped: a
 * redirect must not make us log in somewhere. */
MUST_CHECK bool target_parse(struct span text, const struct target *base, struct arena *arena,
                             struct target *target, struct error *error);

/* The key that requests to this target are spaced by: its registrable domain, or for an address
 * its host and port. */
struct span target_key(const struct target *target, struct arena *arena);

/* Ports that speak other protocols: a request there could be made to say something in them (the
 * Fetch standard's list of bad ports). */
bool target_port_is_bad(int port);

#endif
