/* How messages leave: one row a carrier. The outbox does not know what mail or a webhook is; a carrier
 * starts one message and says what became of it. */
#ifndef REPORT_CARRIER_H
#define REPORT_CARRIER_H

#include "report/report.h"

enum attempt_outcome {
    ATTEMPT_SENT,
    ATTEMPT_LATER,   /* not this time */
    ATTEMPT_DOWN,    /* nobody gets through: the route is at fault */
    ATTEMPT_REFUSED, /* this message, for good */
    ATTEMPT_GONE,    /* the receiver, for good: nothing more is sent to it */
};

struct attempt {
    enum attempt_outcome outcome;
    int code;          /* the other side's; 0 = none */
    int64_t wait_ms;   /* not before that long from now, as it asked; 0 = nothing asked */
    struct span reply; /* what it said, or why it failed; valid during the callback */
};

struct sender { /* what a carrier works with; outlives its attempts */
    struct crawler *crawler;
    const struct config *config;
    const struct clock *clock;
    const struct token_source *tokens; /* NULL: no token is needed */
};

struct sending; /* an attempt under way; a carrier's own */
typedef void attempt_callback(void *context, const struct attempt *attempt);

struct carrier {
    const char *name;        /* of rows: "mail", "webhook" */
    const int64_t *waits_ms; /* between attempts, each spread by a tenth; the last repeats */
    size_t wait_count;
    int64_t expiry_ms; /* after its creation a message is worth no attempt */
    /* The callback runs once, later, from the loop; not after cancel. */
    struct sending *(*start)(const struct sender *sender, const struct outbox_row *row,
                             attempt_callback *on_done, void *context);
    void (*cancel)(struct sending *sending);
    /* Whether the configuration still has where the row goes to. */
    bool (*knows)(const struct config *config, const struct outbox_row *row);
};

extern const struct carrier carrier_mail;    /* carrier_mail.c */
extern const struct carrier carrier_webhook; /* carrier_webhook.c */

const struct config_webhook *webhook_find(const struct config *config, struct span name);

#endif
