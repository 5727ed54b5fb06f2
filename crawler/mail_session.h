/* SMTP transactions, one after the other on a kept connection. Blocking: libcurl 7.88 waits inside
 * for the answer to the final dot, which may take minutes, and when a transfer is taken from it
 * half-way it ends the message as if it were whole. So a session has a thread of its own, and is
 * given up by cutting its connection. */
#ifndef CRAWLER_MAIL_SESSION_H
#define CRAWLER_MAIL_SESSION_H

#include "base/arena.h"
#include "crawler/crawler.h"

struct mail_letter {
    struct mail_route route; /* all text followed by a NUL */
    struct span from;
    struct span to;
    struct span message;
};

/* NULL when it may be sent, else what is wrong with it: a constant. */
const char *mail_letter_problem(const struct mail_letter *letter);

struct mail_session; /* opaque */

struct mail_session *mail_session_create(void);
void mail_session_free(struct mail_session *session); /* says QUIT, does not wait for the reply */

/* Sends a letter without problems; text of `result` in `arena`. */
void mail_session_send(struct mail_session *session, const struct mail_letter *letter,
                       struct arena *arena, struct mail_result *result);

/* From another thread: the transaction under way, or else the next one, ends now and without a
 * final dot. mail_session_clear() takes it back. */
void mail_session_abort(struct mail_session *session);
void mail_session_clear(struct mail_session *session);

#endif
