/* The crawler's door: the wire. One event loop, every transfer a handle that can be cancelled.
 *
 * A fetch passes the governor (robots.txt, spacing, Retry-After, back-off), the address guard and
 * the ceilings, follows redirects itself (each hop passes all of these again), and ends in exactly
 * one callback. A mailbox is asked the same way. Nothing here knows what is inside a body.
 *
 * All calls belong to the loop's thread. Home of libuv and libcurl. */
#ifndef CRAWLER_CRAWLER_H
#define CRAWLER_CRAWLER_H

#include "base/clock.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/web.h"

#include <uv.h>

struct crawler; /* opaque */

struct crawler_options {
    struct span user_agent; /* "earshot/0.1 (+https://...)"; its product token rules robots.txt */
    int64_t timeout_ms;     /* whole transfer, from its start on the wire */
    int64_t connect_timeout_ms;
    int64_t host_spacing_ms; /* least time between the starts of two requests to one
                                registrable domain (address: to one host and port) */
    size_t max_body;         /* decoded bytes of one body */
    size_t concurrency;      /* transfers on the wire at once */
    size_t host_concurrency; /* of these, to one domain */
    struct span proxy;       /* empty: none, whatever the environment says */
    struct span ca_file;     /* PEM, trusted beside the system's authorities; empty: none */
    bool obey_robots;
};
extern const struct crawler_options crawler_defaults;

/* The process must ignore SIGPIPE: OpenSSL writes to connections that the other side has closed. */
struct crawler *crawler_create(uv_loop_t *loop, const struct crawler_options *options,
                               const struct clock *clock, struct log *log);

/* Cancels what is under way without callbacks and closes all handles; `on_closed` runs on the loop
 * once nothing of the crawler is left on it (then it is freed). */
void crawler_close(struct crawler *crawler, void (*on_closed)(void *context), void *context);

/* --- Fetching --------------------------------------------------------------------------------- */

enum fetch_outcome {
    FETCH_OK,           /* 2xx; the body is as long as its length or chunks announced (a gzip
                           stream cut short inside them passes: libcurl does not say) */
    FETCH_NOT_MODIFIED, /* 304: a success; validators are the refreshed ones */
    FETCH_GONE,         /* 404, 410 */
    FETCH_RETRY_LATER,  /* 429, 503, or our own back-off: not before `retry_after_ms` */
    FETCH_REFUSED,      /* robots.txt (also one that answers 5xx: RFC 9309 2.3.1.4), address guard,
                           a port of another protocol, a scheme, a ceiling, a broken request */
    FETCH_FAILED,       /* everything else: DNS, connect, TLS, time-out, other statuses */
};
const char *fetch_outcome_name(enum fetch_outcome outcome);

/* Why it failed, for health: one word each. */
enum fetch_reason {
    FETCH_REASON_NONE,
    FETCH_REASON_DNS,
    FETCH_REASON_CONNECT,
    FETCH_REASON_TLS,
    FETCH_REASON_TIMEOUT,
    FETCH_REASON_STATUS,
    FETCH_REASON_ROBOTS,
    FETCH_REASON_GUARD,
    FETCH_REASON_LIMIT,
    FETCH_REASON_REDIRECT,
    FETCH_REASON_BODY,
    FETCH_REASON_RATE,
};
const char *fetch_reason_name(enum fetch_reason reason);

struct fetch_result {
    enum fetch_outcome outcome;
    enum fetch_reason reason;
    struct web_response response; /* valid during the callback; body also for failing statuses */
    struct span etag;             /* validators to keep, byte-exact; empty: drop the old ones */
    struct span last_modified;
    int64_t retry_after_ms; /* from now; 0 = none said */
    int64_t fresh_ms;       /* how long it may be kept, by its own word (Cache-Control, Expires);
                               0 = none said */
    int64_t queued_ms;      /* waited for its turn */
    int64_t transfer_ms;    /* on the wire */
    struct error error;     /* FETCH_RETRY_LATER, REFUSED, FAILED: why, with the URL */
};

struct fetch_options {
    bool allow_private;       /* the guard lets all addresses pass, and redirects any port */
    bool insecure;            /* TLS certificates are not checked */
    size_t max_body;          /* 0: the crawler's */
    int64_t spacing_ms;       /* least time between starts, if longer than the crawler's; -1: none
                                 (the test origin) */
    struct span governor_key; /* requests with one key share one budget; empty: by domain */
    bool stay;                /* a redirect is not followed: it is an answer, and a failure */
    bool hide_path; /* who knows the path may use it: errors and logs show the host only */
};

struct fetch; /* a transfer under way, or waiting for its turn */
typedef void fetch_callback(void *context, const struct fetch_result *result);

/* The URL may be a mailbox too, imaps://user:password@host/INBOX;UIDVALIDITY=17?UID%205:9 (RFC 5092,
 * with a search program for a query; all but the path may be left out): the messages found are
 * fetched, nothing is marked as seen. The body is what the server said (RFC 9051), from
 * "* OK [UIDVALIDITY n]" to the last of the FETCH replies, as many as fit; the header
 * "Messages-Left" has the number of those that did not. imap: asks for STARTTLS and, without
 * allow_private, insists. A request header "Authorization: Bearer TOKEN" logs in with the token
 * (XOAUTH2, RFC 7628) in place of a password.
 *
 * `request` and `options` are copied. The callback runs once, later, from the loop; never after
 * fetch_cancel(), never before this returns. */
struct fetch *crawler_fetch(struct crawler *crawler, const struct web_request *request,
                            const struct fetch_options *options, fetch_callback *on_done,
                            void *context);
void fetch_cancel(struct fetch *fetch);

/* No request to a key for so long from now (a day at most): what a body says ("backoff": 10). `key`
 * is a governor_key, or a URL: then the one that URL goes by. */
void crawler_hold(struct crawler *crawler, struct span key, int64_t wait_ms);

size_t crawler_in_flight(const struct crawler *crawler); /* waiting and on the wire; mails too */

/* --- Sending mail ----------------------------------------------------------------------------- */

struct mail_route {
    struct span url;      /* smtp://host:port/, smtps://host/ */
    struct span username; /* empty: no authentication */
    struct span password;
    struct span token;   /* in place of a password (XOAUTH2, RFC 7628); empty: none */
    struct span hello;   /* name said in EHLO */
    struct span ca_file; /* PEM, trusted beside the system's authorities; empty: none */
    bool require_tls;    /* STARTTLS or nothing */
};

enum mail_outcome {
    MAIL_SENT,    /* 250 to the final dot */
    MAIL_LATER,   /* 4xx, or no connection: try again */
    MAIL_REFUSED, /* 5xx: this message to this address will never pass */
    MAIL_UNKNOWN, /* the final dot went out and no answer came: it may have been delivered */
};

struct mail_result {
    enum mail_outcome outcome;
    bool route;        /* MAIL_LATER: the server takes nothing from us now, whatever the message */
    int code;          /* the server's last reply code; 0 = none */
    struct span reply; /* its text, valid during the callback */
    struct error error;
};

struct mail_send; /* a message under way */
typedef void mail_callback(void *context, const struct mail_result *result);

/* Sends one message to one recipient on a connection that is kept for the next. Addresses are
 * checked (no control characters, spaces or <>); `message` must have CRLF line ends only. All are
 * copied. The outcome is judged by the server's reply code, never by the library's. */
struct mail_send *crawler_send_mail(struct crawler *crawler, const struct mail_route *route,
                                    struct span from, struct span to, struct span message,
                                    mail_callback *on_done, void *context);
void mail_cancel(struct mail_send *send);

/* --- Schedule --------------------------------------------------------------------------------- */

/* When which source is polled: deadlines in a heap, O(log n). Times are the clock's monotonic ms.
 */
struct schedule; /* opaque */
struct schedule *schedule_create(void);
void schedule_free(struct schedule *schedule);
void schedule_set(struct schedule *schedule, size_t source, int64_t due_ms); /* moves or adds */
void schedule_remove(struct schedule *schedule, size_t source);
bool schedule_next(const struct schedule *schedule, size_t *source, int64_t *due_ms); /* earliest */

/* --- robots.txt and addresses, for `earshot robots URL` and the suites ------------------------ */

/* Whether `agent` (product token) may fetch `url` by this robots.txt (RFC 9309); `*line` (may be
 * NULL) is the 1-based line of the rule that decided, 0 = none. */
bool robots_allows(struct span robots_txt, struct span agent, struct span url, unsigned *line);

/* Its Crawl-delay in ms, 0 = none. */
int64_t robots_delay_ms(struct span robots_txt, struct span agent);

/* Whether the address guard lets a host through that is written as an address, in any spelling:
 * public addresses only, of those that wrap an IPv4 address (mapped, NAT64, 6to4) none. True for a
 * name: it is judged again by each address it resolves to, just before a connection is made. */
bool guard_allows_address(struct span address);

#endif
