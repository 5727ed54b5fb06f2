/* Outgoing webhooks, signed and repeated as Standard Webhooks say (standardwebhooks.com, "Operational
 * considerations"): the same webhook-id at every attempt, a new timestamp and signature. */
#include "report/carrier.h"

#include <inttypes.h>
#include <stdlib.h>

static const int64_t waits_ms[] = {5 * SECOND_MS, 5 * MINUTE_MS, 30 * MINUTE_MS,
                                   2 * HOUR_MS,   5 * HOUR_MS,   10 * HOUR_MS,
                                   14 * HOUR_MS,  20 * HOUR_MS,  24 * HOUR_MS};
/* The sum of these: there is no attempt after it. */
#define EXPIRY_MS (76 * HOUR_MS)

#define ANSWER_MOST (64 * KIB) /* of an answer that nobody needs */
#define REPLY_MOST ((size_t)200)

struct sending {
    struct fetch *fetch;
    struct arena *arena;
    attempt_callback *on_done;
    void *context;
};

const struct config_webhook *webhook_find(const struct config *config, struct span name) {
    for (size_t i = 0; i < config->webhook_count; i++) {
        if (span_equal(config->webhooks[i].name, name)) {
            return &config->webhooks[i];
        }
    }
    return NULL;
}

/* A message that is malformed or too large stays so; everything else may be mended over there. */
static enum attempt_outcome outcome_of(const struct fetch_result *result) {
    unsigned status = result->response.status;
    bool answered = result->reason == FETCH_REASON_STATUS || result->reason == FETCH_REASON_RATE;
    if (result->outcome == FETCH_OK) {
        return ATTEMPT_SENT;
    }
    if (result->outcome == FETCH_REFUSED) {
        return ATTEMPT_REFUSED;
    }
    if (!answered || status == 0 || status == 408 || status == 429 || status >= 500) {
        return ATTEMPT_DOWN;
    }
    if (status == 410) {
        return ATTEMPT_GONE;
    }
    return status == 400 || status == 413 || status == 422 ? ATTEMPT_REFUSED : ATTEMPT_LATER;
}

/* "https://hooks.example:443: HTTP 400: invalid_blocks" */
static struct span reply_of(struct arena *arena, const struct fetch_result *result) {
    struct span said = span_trim(span_first_utf8(result->response.body, REPLY_MOST));
    if (result->outcome == FETCH_OK) {
        return arena_print(arena, "HTTP %u", result->response.status);
    }
    said = span_starts_with(said, SPAN("<")) ? SPAN("") : said; /* a page for browsers */
    bool moved = result->response.status >= 300 && result->response.status < 400;
    return arena_print(arena, "%s%s%s%.*s", result->error.message,
                       moved ? ", a redirect: those are not followed; give its new address" : "",
                       said.size > 0 ? ": " : "", SPAN_ARG(said));
}

static void on_fetched(void *context, const struct fetch_result *result) {
    struct sending *sending = context;
    const struct attempt attempt = {
        .outcome = outcome_of(result),
        .code = (int)result->response.status,
        .wait_ms = result->retry_after_ms,
        .reply = reply_of(sending->arena, result),
    };
    sending->on_done(sending->context, &attempt);
    arena_free(sending->arena);
    free(sending);
}

#define HEADERS 4
static void set_headers(struct sending *sending, const struct config_webhook *webhook,
                        const struct outbox_row *row, int64_t now_ms, struct web_header *headers,
                        size_t *count) {
    struct arena *arena = sending->arena;
    headers[0] = (struct web_header){SPAN("Content-Type"), SPAN("application/json")};
    headers[1] = (struct web_header){SPAN("webhook-id"), row->message_id};
    headers[2] = (struct web_header){SPAN("webhook-timestamp"),
                                     arena_print(arena, "%" PRId64, now_ms / 1000)};
    *count = 3;
    if (webhook->secret.value.size > 0) {
        headers[(*count)++] = (struct web_header){
            SPAN("webhook-signature"),
            webhook_sign(webhook->secret.value, row->message_id, now_ms, row->body, arena)};
    }
}

static struct sending *webhook_start(const struct sender *sender, const struct outbox_row *row,
                                     attempt_callback *on_done, void *context) {
    const struct config_webhook *webhook = webhook_find(sender->config, row->recipient);
    struct sending *sending = NEW(struct sending);
    *sending = (struct sending){.arena = arena_create(), .on_done = on_done, .context = context};
    struct web_header headers[HEADERS];
    struct web_request request = {.method = SPAN("POST"),
                                  .url = webhook->url.value,
                                  .headers = headers,
                                  .body = row->body,
                                  .secret = true,
                                  .api = true};
    set_headers(sending, webhook, row, clock_wall_ms(sender->clock), headers,
                &request.header_count);
    const struct fetch_options options = {
        .allow_private = webhook->allow_private,
        .max_body = ANSWER_MOST,
        .spacing_ms = webhook->allow_private ? -1 : 0,
        .governor_key = arena_print(sending->arena, "webhook %.*s", SPAN_ARG(webhook->name)),
        .stay = true,
        .hide_path = true,
    };
    sending->fetch = crawler_fetch(sender->crawler, &request, &options, on_fetched, sending);
    return sending;
}

static void webhook_stop(struct sending *sending) {
    fetch_cancel(sending->fetch);
    arena_free(sending->arena);
    free(sending);
}

static bool webhook_knows(const struct config *config, const struct outbox_row *row) {
    const struct config_webhook *webhook = webhook_find(config, row->recipient);
    return webhook != NULL && webhook->url.value.size > 0;
}

const struct carrier carrier_webhook = {
    .name = "webhook",
    .waits_ms = waits_ms,
    .wait_count = sizeof waits_ms / sizeof waits_ms[0],
    .expiry_ms = EXPIRY_MS,
    .start = webhook_start,
    .cancel = webhook_stop,
    .knows = webhook_knows,
};
