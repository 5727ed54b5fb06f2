/* The governor: the one place that decides when a request may go. It knows no network and no loop,
 * only keys and a clock.
 *
 * A key is a customer of the other side: a registrable domain, an address with its port, or an API
 * account. Requests of one key start at least `spacing` apart, at most `key_concurrency` are under
 * way, the first name lookup of a key is waited for before the next begins, and after a 429 or 503
 * nothing goes to the key until it said so: Retry-After or rate-limit headers, else 60 s, doubling
 * up to a day, with a tenth of jitter, forgiven after 30 quiet minutes. Short waits are waited for;
 * long ones are handed back to the caller as LATER. */
#ifndef CRAWLER_GOVERNOR_H
#define CRAWLER_GOVERNOR_H

#include "base/clock.h"
#include "base/web.h"
#include "crawler/list.h"

struct governor; /* opaque */

struct governor_options {
    size_t concurrency; /* requests under way at once */
    size_t key_concurrency;
};

struct governor *governor_create(const struct governor_options *options, const struct clock *clock);
void governor_free(struct governor *governor); /* all tickets must have left */

/* One request, embedded in the caller's struct, zeroed and then prepared by governor_prepare(). */
struct governor_ticket {
    struct link link;
    struct governor_key *key; /* NULL: not in the governor */
    int64_t spacing_ms;
    bool started;
    bool settled;
};
void governor_prepare(struct governor_ticket *ticket);

/* Queues a request. `looks_up`: its host is a name that must be resolved. */
void governor_enter(struct governor *governor, struct governor_ticket *ticket, struct span key,
                    int64_t spacing_ms, bool looks_up);

/* Its name lookup is over (or was not needed). Any number of times, in any state. */
void governor_settle(struct governor *governor, struct governor_ticket *ticket);

/* It is over, or given up: in any state, any number of times. */
void governor_leave(struct governor *governor, struct governor_ticket *ticket);

enum governor_verdict {
    GOVERNOR_GO,    /* *ticket starts now */
    GOVERNOR_LATER, /* *ticket left the queue: its key is closed for *wait_ms */
    GOVERNOR_WAIT,  /* nobody now; ask again in *wait_ms, or after a leave when that is -1 */
};
enum governor_verdict governor_next(struct governor *governor, struct governor_ticket **ticket,
                                    int64_t *wait_ms);

/* The answer of a started request, before it leaves. Returns how long its key is closed from now in
 * ms; 0 = open. */
int64_t governor_hear(struct governor *governor, struct governor_ticket *ticket, unsigned status,
                      const struct web_header *headers, size_t header_count);

/* Closes a key for so long from now, at least; for what a body says ("backoff"). */
void governor_close_key(struct governor *governor, struct span key, int64_t wait_ms);

size_t governor_key_count(const struct governor *governor);

#endif
