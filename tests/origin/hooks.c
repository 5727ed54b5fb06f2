/* A receiver of webhooks: POST /hooks/NAME, kept with what it was signed by, also where a fault spoils
 * the answer: what came, came. */
#include "base/limits.h"
#include "tests/origin/json.h"
#include "tests/origin/state.h"

void hooks_answer(struct origin *origin, const struct http_request *request,
                  struct http_reply *reply) {
    struct buffer *log = &origin->hooks;
    reply->type = "text/plain; charset=utf-8";
    if (!span_equal(request->method, SPAN("POST"))) {
        reply->status = 405;
        return;
    }
    json_open(log, NULL, '{');
    json_text(log, "name", span_from(request->path, 1));
    json_text(log, "id", http_header(request, "webhook-id"));
    json_text(log, "timestamp", http_header(request, "webhook-timestamp"));
    json_text(log, "signature", http_header(request, "webhook-signature"));
    json_text(log, "type", http_header(request, "Content-Type"));
    json_text(log, "body", request->body);
    json_close(log, '}');
    log->data[log->size - 1] = '\n';
    buffer_append_string(&reply->body, "ok");
}
