/* Deliveries over HTTP, and how they are shown to come from who holds the secret: one row a scheme.
 *
 * standard  Standard Webhooks (standardwebhooks.com): webhook-id, webhook-timestamp and
 *           webhook-signature over "id.timestamp.body"; secret "whsec_" and base64, or any text
 * hub       X-Hub-Signature-256: sha256=HEX over the body (WebSub, GitHub, Meta)
 * typeform  Typeform-Signature: sha256=BASE64 over the body
 * token     Authorization: Bearer SECRET, from senders that cannot sign */
#ifndef BASE_WEBHOOK_H
#define BASE_WEBHOOK_H

#include "base/arena.h"
#include "base/web.h"

enum webhook_scheme {
    WEBHOOK_STANDARD,
    WEBHOOK_HUB,
    WEBHOOK_TYPEFORM,
    WEBHOOK_TOKEN,
    WEBHOOK_SCHEMES,
};
bool webhook_scheme_parse(struct span name, enum webhook_scheme *scheme);
const char *webhook_scheme_name(enum webhook_scheme scheme);

/* How far a delivery's own time may be from ours: the standard's five minutes. */
#define WEBHOOK_TOLERANCE_MS ((int64_t)5 * 60 * 1000)

struct webhook_delivery {
    const struct web_header *headers;
    size_t header_count;
    struct span body;
};

/* What a receiver goes by. */
struct webhook_terms {
    unsigned schemes; /* of 1u << scheme: those that it takes */
    struct span secret;
};

enum webhook_verdict {
    WEBHOOK_GOOD,
    WEBHOOK_UNSIGNED, /* it shows nothing that the receiver takes */
    WEBHOOK_FORGED,   /* signature or token is another */
    WEBHOOK_STALE,    /* signed well, at another time: a repetition, or a wrong clock */
};

/* Whether the headers show anything that is worth reading the body for. */
bool webhook_is_signed(const struct webhook_terms *terms, const struct webhook_delivery *delivery);

/* `id`: the delivery's own identifier, the same when it is sent again; empty where the scheme has
 * none. Takes as long for a near miss as for a wild guess. */
enum webhook_verdict webhook_verify(const struct webhook_terms *terms,
                                    const struct webhook_delivery *delivery, int64_t now_ms,
                                    struct arena *arena, struct span *id);

/* The value of webhook-signature for a delivery under the standard scheme: "v1,BASE64". */
struct span webhook_sign(struct span secret, struct span id, int64_t time_ms, struct span body,
                         struct arena *arena);

#endif
