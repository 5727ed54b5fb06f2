/* What an answer says about when to ask again: Retry-After (RFC 9110 10.2.3), and the many
 * spellings of rate-limit headers. */
#ifndef CRAWLER_RATE_H
#define CRAWLER_RATE_H

#include "base/web.h"

/* Nothing a server says holds us off for longer, or for less, than this. */
#define RATE_LONGEST_MS (24 * 3600 * (int64_t)1000)
#define RATE_SHORTEST_MS ((int64_t)1000)

/* Milliseconds from `now_ms` (wall clock) until the next request is welcome, clamped; 0 when the
 * answer says nothing, or that there is quota left. Retry-After counts on 429 and 503 only;
 * X-RateLimit-*, X-Rate-Limit-*, RateLimit-* and the one-line RateLimit count on every status once
 * "remaining" is used up: reset as seconds, epoch seconds or milliseconds, or a date. */
int64_t rate_wait_ms(unsigned status, const struct web_header *headers, size_t count,
                     int64_t now_ms);

/* How long an answer may be kept before asking again (RFC 9111 4.2): Cache-Control max-age less Age,
 * else Expires less Date (or `now_ms`). 0 when it says nothing, no-store, no-cache or the past; at
 * most RATE_LONGEST_MS. */
int64_t rate_fresh_ms(const struct web_header *headers, size_t count, int64_t now_ms);

/* One Retry-After value: seconds or an HTTP date; -1 when it is neither. Not clamped below 0. */
int64_t rate_retry_after_ms(struct span value, int64_t now_ms);

#endif
