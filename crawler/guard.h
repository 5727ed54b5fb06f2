/* The address guard: which addresses may be connected to. It judges the address that a connection
 * is about to be made to, after name lookup, so that neither a redirect nor a rebinding name
 * server gets round it. */
#ifndef CRAWLER_GUARD_H
#define CRAWLER_GUARD_H

#include "base/span.h"

#include <sys/socket.h>

/* NULL when the address is public; else what it is ("loopback", "private", ...), a constant.
 * Everything that is not IPv4 or IPv6 is refused. */
const char *guard_judge(const struct sockaddr *address);

enum guard_host {
    GUARD_HOST_NAME,    /* a name; its addresses are judged when they are known */
    GUARD_HOST_PUBLIC,  /* an address, public */
    GUARD_HOST_REFUSED, /* an address that is not public, or a number that is no address */
};

/* A host as it stands in a URL, in any spelling that some resolver takes for an address: dotted,
 * hexadecimal, octal, fewer than four parts, trailing dot, IPv6 with or without brackets and zone.
 */
enum guard_host guard_judge_host(struct span host);

#endif
