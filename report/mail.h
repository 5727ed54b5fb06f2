/* Messages as rows of the outbox: mails to people, posts to webhooks. */
#ifndef REPORT_MAIL_H
#define REPORT_MAIL_H

#include "report/mime.h"
#include "report/notice.h"

/* What is the same for everyone who gets it. */
struct message {
    struct span
        key; /* "incident.0123456789abcdef.open": names it for ever, so that writing the same
                           message again gives the same ids */
    struct span thread; /* the key of its thread's root; empty = none */
    struct span subject;
    struct span list; /* "Acme alerts" */
    const char *kind; /* of mails that a person may have enough of: "alerts", "daily" */
    struct span text; /* of mails */
    struct span html;
    const struct notice *notice; /* for webhooks */
    const struct config *config;
    int64_t now_ms;
    uint64_t incident; /* 0 = none */
};

/* A whole message to one person, in `arena`. */
MUST_CHECK bool mail_make(struct arena *arena, const struct message *message,
                          const struct config_person *person, struct outbox_row *row,
                          struct error *error);

/* The message for one webhook, in its shape. */
void post_make(struct arena *arena, const struct message *message,
               const struct config_webhook *webhook, struct outbox_row *row);

/* A quote as lines of text. */
void text_quote(struct buffer *out, struct arena *arena, const struct notice_quote *quote);

/* Bodies of a mail that is a notice; live in `arena`. */
struct span notice_text(struct arena *arena, const struct notice *notice, struct span footer);
struct span notice_html(struct arena *arena, const struct notice *notice, struct span footer);

/* Key and thread of an incident's messages: they name it for its whole life, whatever number the store
 * gives it. */
struct span incident_message_key(struct arena *arena, const struct incident *incident,
                                 enum incident_step step, int64_t now_ms);
struct span incident_thread(struct arena *arena, const struct incident *incident);

/* Subject of every mail of the incident; does not change while it lives. */
struct span incident_subject(struct arena *arena, const struct incident *incident);

#endif
