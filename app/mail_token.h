/* The token that logs in at the mail server, got as a source's recipe says: its login is gone through up
 * to the request that would carry the token, and what is kept of it is the source's own. */
#ifndef APP_MAIL_TOKEN_H
#define APP_MAIL_TOKEN_H

#include "app/tasks.h"
#include "crawler/crawler.h"
#include "report/report.h"

#include <uv.h>

struct mail_token; /* opaque */

struct mail_token_parts { /* borrowed; they outlive it */
    uv_loop_t *loop;
    const struct task *task;
    struct store *store;
    struct crawler *crawler;
    const struct clock *clock;
};
struct mail_token *mail_token_open(const struct mail_token_parts *parts);

/* Frees it once the loop has run its close callback; nothing is asked of it any more. */
void mail_token_close(struct mail_token *token);

const struct token_source *mail_token_source(const struct mail_token *token);

#endif
