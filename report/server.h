/* The server with limits of one's own, for tests. */
#ifndef REPORT_SERVER_H
#define REPORT_SERVER_H

#include "report/report.h"

struct server_limits {
    unsigned connections;
    unsigned connections_per_address;
    uint64_t request_ms; /* a request must be whole after this; one kept open must ask again */
    uint64_t answer_ms;  /* an answer must be taken after this */
};
extern const struct server_limits server_limits_default;

struct server_setup {
    uv_loop_t *loop;
    struct store *store;
    const struct config *config;
    const struct hooks *hooks;
    const struct clock *clock;
    struct log *log;
    struct server_limits limits;
};
MUST_CHECK bool server_start_limited(const struct server_setup *setup, struct server **server,
                                     struct error *error);

#endif
