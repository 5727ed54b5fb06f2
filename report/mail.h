/* The mails earshot writes, as text and HTML. HTML is tables with inline styles, no images: bars
 * are table cells; every colour pair reads in light and dark. */
#ifndef REPORT_MAIL_H
#define REPORT_MAIL_H

#include "report/evidence.h"
#include "report/mime.h"

enum mail_reason { /* why this mail, now */
                   MAIL_OPENED,
                   MAIL_GREW,
                   MAIL_CLOSED
};

struct mail_incident {
    enum mail_reason reason;
    const struct incident *incident;
    const struct evidence *evidence;
    const struct config *config;
    size_t sources_good; /* for the footer: what the numbers rest on */
    size_t source_count;
    int64_t now_ms;
};

/* Subject of every mail of the incident; does not change while it lives. */
struct span mail_subject(struct arena *arena, const struct incident *incident);

/* Bodies; live in `arena`. */
struct span mail_text(struct arena *arena, const struct mail_incident *mail);
struct span mail_html(struct arena *arena, const struct mail_incident *mail);

/* A whole message to one person. `row` gets recipient, message id, subject and body (in `arena`):
 * the message id is made of the incident, the reason and the recipient, so that writing the same
 * mail again gives the same id. */
MUST_CHECK bool mail_make(struct arena *arena, const struct mail_incident *mail,
                          const struct config_person *person, struct outbox_row *row,
                          struct error *error);

/* One message about sources that went silent. */
MUST_CHECK bool mail_make_sources(struct arena *arena, const struct incident *incidents,
                                  size_t count, const struct config *config, int64_t now_ms,
                                  const struct config_person *person, struct outbox_row *row,
                                  struct error *error);

#endif
