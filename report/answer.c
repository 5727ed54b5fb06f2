#include "report/answer.h"

#include <stdio.h>

static void response_header(struct MHD_Response *response, const char *name, const char *value) {
    (void)MHD_add_response_header(response, name, value);
}

enum MHD_Result answer_send(struct MHD_Connection *connection, struct route_answer *answer) {
    struct MHD_Response *response = MHD_create_response_from_buffer(
        answer->body.size, answer->body.data, MHD_RESPMEM_MUST_COPY);
    buffer_done(&answer->body);
    if (response == NULL) {
        return MHD_NO;
    }
    response_header(response, "Content-Type", answer->type);
    response_header(response, "Cache-Control", "no-cache, private");
    response_header(response, "X-Content-Type-Options", "nosniff");
    response_header(response, "Referrer-Policy", "no-referrer");
    response_header(response, "Content-Security-Policy",
                    answer->has_form
                        ? "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
                          "form-action 'self'; frame-ancestors 'none'"
                        : "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
                          "form-action 'none'; frame-ancestors 'none'");
    response_header(response, "Vary", "Authorization");
    if (answer->etag[0] != '\0') {
        response_header(response, "ETag", answer->etag);
    }
    if (answer->status == 401) {
        response_header(response, "WWW-Authenticate", "Bearer realm=\"earshot\"");
    }
    if (answer->status == 405) {
        response_header(response, "Allow", answer->allow == NULL ? "GET, HEAD" : answer->allow);
    }
    if (answer->retry_s > 0) {
        char seconds[16];
        snprintf(seconds, sizeof seconds, "%u", answer->retry_s);
        response_header(response, "Retry-After", seconds);
    }
    if (answer->status == 400) {
        /* What follows on this connection may be the rest of an unclear request. */
        response_header(response, "Connection", "close");
    }
    enum MHD_Result queued = MHD_queue_response(connection, answer->status, response);
    MHD_destroy_response(response);
    return queued;
}
