/* One visit to a mailbox on the wire (IMAP): log in, open it for reading only, search, fetch what was
 * found, leave. Nothing is marked as seen, nothing is changed.
 *
 * libcurl connects, secures the connection and logs in; the rest is said here, as libcurl 7.88 fetches
 * with BODY[], which marks what it reads as seen, and loses literals of commands of one's own.
 *
 * The answer's body is what the server said between its "* OK [UIDVALIDITY n]" and the end of the last
 * FETCH: whole untagged replies, for parsers/ to understand. Of a message no more than LIMIT_MESSAGE
 * bytes are asked for, so that attachments are left where they are. When the body is full, or half the
 * time is over, the visit ends with what it has, lowest numbers first. Where the mailbox is
 * another than the address's UIDVALIDITY says, nothing is searched for. */
#ifndef CRAWLER_MAILBOX_H
#define CRAWLER_MAILBOX_H

#include "crawler/imap.h"
#include "crawler/transfer.h"

struct visit; /* opaque */

/* Starts at once; `request` says `mailbox`, its method means nothing, nor do its headers but
 * Authorization. `place` must live as
 * long as the visit. */
struct visit *visit_start(struct wire *wire, const struct transfer_setup *setup,
                          const struct transfer_request *request, const struct imap_place *place,
                          const struct transfer_events *events);

/* The answer, once on_done has run: status 200, or 0 where `reason` says why not. */
const struct transfer_answer *visit_answer(const struct visit *visit);

/* Ends it if it is under way (then on_done does not run). NULL is fine. */
void visit_free(struct visit *visit);

#endif
