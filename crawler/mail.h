/* The mailer: a queue of mails and the thread that sends them. */
#ifndef CRAWLER_MAIL_H
#define CRAWLER_MAIL_H

#include "crawler/engine.h"

struct mailer *mailer_create(uv_loop_t *loop);

/* Drops what waits, cuts off what is under way; `on_closed` runs on the loop, then it is freed. */
void mailer_close(struct mailer *mailer, void (*on_closed)(void *context), void *context);

size_t mailer_waiting(const struct mailer *mailer); /* mails whose callback is still to run */

#endif
