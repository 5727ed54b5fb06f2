/* What an IMAP server said when a mailbox was visited (crawler/crawler.h), as items. */
#ifndef PARSERS_MAILBOX_H
#define PARSERS_MAILBOX_H

#include "parsers/poll_state.h"

/* One message of a FETCH reply (RFC 9051 7.5.2). */
struct mailbox_message {
    uint32_t uid;
    int64_t received_ms; /* INTERNALDATE; DATE_NONE = not said */
    struct span bytes;
};

/* Takes the first reply off `rest`, with its literals; false when none is left. */
bool mailbox_reply(struct span *rest, struct span *reply);

/* The message in a reply; false when there is none in it: a change of flags, another reply. */
bool mailbox_message(struct span reply, struct mailbox_message *message);

/* A poll of `format: mailbox`: asks for what came after the last message known, oldest first. The
 * mailbox's UIDVALIDITY and the number of that message are the cursor. */
struct span mailbox_request_url(struct poll *poll, struct span url);
MUST_CHECK bool mailbox_take(struct poll *poll, const struct web_response *response,
                             struct items *items, struct error *error);

#endif
