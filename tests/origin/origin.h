/* The test origin's door: the far end of everything earshot talks to, in one process.
 *
 * It serves a world (world.h) in its sources' wire formats over HTTP on a loopback port, spoils
 * answers on demand (faults.h), keeps a log of what it was asked, and can be a mail sink (smtp.h).
 * One port serves all sources, each below its own prefix:
 *
 *     /hn/api/v1/search_by_date, /hn/v0/item/N.json also for Host: hn.algolia.com, at /
 *     /mastodon/api/v1/timelines/tag/TAG            social.example
 *     /stackexchange/2.3/search/advanced, .../questions/IDS/answers|comments
 *                                                   api.stackexchange.com
 *     /appstore/CC/rss/customerreviews/page=N/id=ID/sortby=mostrecent/json|xml
 *                                                   itunes.apple.com
 *     /steam/appreviews/APPID                       store.steampowered.com
 *     /shop/p/BRAND-controller, /bazaar/p/...       shop.example, bazar.example
 *     /club/token, /club/hn/...                     OAuth 2 before Hacker News' search (club.c)
 *     /hooks/NAME                                   takes webhooks (hooks.c)
 *     /feeds/NAME                                   the papers' feeds (sites.c)
 *     /robots.txt, /sitemap.xml, /                  the list of all this
 *     anything else                                 a file of that path below `files`
 *     /control/...                                  for tests, see below
 *
 * Time: posts published after the origin's present are not served yet. The present stands still,
 * runs, or runs faster (`speed`), and can be set.
 *
 * What tests may ask of the origin itself (plain text or JSON lines; 400 says why):
 *
 *     GET    /control/log             one JSON object a request served: n, ms (since the start),
 *                                     time, method, host, path, query, status, validators, fault
 *     DELETE /control/log             forgets it
 *     GET    /control/hooks           what was posted to /hooks: name, id, timestamp, signature, type, body
 *     GET    /control/truth           what was said, as --truth writes it; ?published=1: until now
 *     GET    /control/stats           {"now","now_ms","posts","published","requests","violations"};
 *                                     a violation is a request before a Retry-After, a backoff or a
 *                                     rate limit had passed
 *     POST   /control/time?now=T      the present becomes T (RFC 3339 or milliseconds); what it
 *                                     leaps over counts as waited
 *     POST   /control/time?advance=D  moves it on by "1h30m"
 *     POST   /control/time?speed=X    from here on it passes X times as fast
 *     POST   /control/mischief?ids=1&dates=1&texts=1
 *                                     feeds give other guids, later dates, edited texts (texts on
 *                                     Mastodon too) from here on; what is 0 or left out stops
 *     GET    /control/faults          the faults in force: spec, requests seen, requests spoilt
 *     POST   /control/faults          adds those in the body, one a line, or ?add=SPEC
 *     DELETE /control/faults          heals all */
#ifndef TESTS_ORIGIN_ORIGIN_H
#define TESTS_ORIGIN_ORIGIN_H

#include "tests/origin/faults.h"
#include "tests/origin/world.h"

#include <uv.h>

struct origin; /* opaque */

struct origin_options {
    struct world_options world; /* its now_ms is the present at the start */
    double speed;               /* world seconds per second; 0: time stands still */
    int port;                   /* 0: any */
    int64_t feed_items;         /* most items of one feed document */
    int64_t crawl_delay;        /* said in robots.txt, seconds; 0: not said */
    int64_t mastodon_quota;     /* requests in five minutes; Mastodon's own default is 300 */
    const char *files;          /* a folder whose files are served, too; NULL: none */
};

MUST_CHECK bool origin_start(uv_loop_t *loop, const struct origin_options *options,
                             struct origin **origin, struct error *error);
int origin_port(const struct origin *origin);
const struct world *origin_world(const struct origin *origin);
struct faults *origin_faults(struct origin *origin);

/* Closes its sockets and frees it; run the loop once more for the close callbacks. */
void origin_close(struct origin *origin);

#endif
