/* Deliveries as they come in over connections: their body is read, they are judged at the desk, handed on
 * to be stored, and answered when that is known. Meanwhile their connection sleeps. */
#ifndef REPORT_RECEIVE_H
#define REPORT_RECEIVE_H

#include "report/report.h"
#include "report/routes.h"

#include <microhttpd.h>

struct receiver; /* opaque */

struct receiver_setup {
    const struct hooks *hooks; /* NULL: none */
    const struct http_policy *policy;
    const struct clock *clock;
    struct log *log;
    void (*on_awake)(void *context); /* a connection is to be gone on with */
    void *context;
};
struct receiver *receiver_create(const struct receiver_setup *setup);
void receiver_free(struct receiver *receiver);

/* A request to a hook, by its head: answered at once, or its body may come. `*delivery` is the
 * connection's from here on, until receiver_let_go(). */
enum MHD_Result receiver_begin(struct receiver *receiver, struct MHD_Connection *connection,
                               const struct http_facts *facts, struct hook_delivery **delivery);

/* A piece of its body; with none left it is whole; again when it is awake. */
enum MHD_Result receiver_go_on(struct receiver *receiver, struct hook_delivery *delivery,
                               const char *data, size_t *size);
bool receiver_is_whole(const struct hook_delivery *delivery);
void receiver_let_go(struct hook_delivery *delivery); /* its connection is gone */

/* Wakes all that sleep, before the daemon is stopped: it must not be while connections sleep. */
void receiver_stop(struct receiver *receiver);

#endif
