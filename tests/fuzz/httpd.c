/* The rules a request meets before anything is looked up for it. */
#include "base/webhook.h"
#include "report/http.h"
#include "report/routes.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct span next_line(struct span *rest) {
    struct span line = {0};
    if (rest->size > 0) {
        (void)span_split(rest, '\n', &line);
    }
    return line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const struct span hosts[] = {SPAN("localhost"), SPAN("[::1]")};
    struct span rest = {(const char *)data, size};
    struct http_facts facts = {0};
    facts.method = next_line(&rest);
    facts.target = next_line(&rest);
    facts.host = next_line(&rest);
    facts.authorization = next_line(&rest);
    struct span flags = next_line(&rest);
    struct span etags = next_line(&rest);
    for (size_t i = 0; i < flags.size; i++) {
        facts.host_count += flags.data[i] == 'h';
        facts.length_count += flags.data[i] == 'l';
        facts.has_body = facts.has_body || flags.data[i] == 'b';
        facts.has_coding = facts.has_coding || flags.data[i] == 't';
        facts.has_upgrade = facts.has_upgrade || flags.data[i] == 'u';
    }
    const struct http_policy guarded = {hosts, 2, SPAN("token")};
    struct http_refusal refusal = http_judge(&facts, &guarded, false);
    bool clear = facts.host_count == 1 && facts.length_count <= 1 && !facts.has_coding &&
                 !facts.has_body && !facts.has_upgrade;
    /* Nothing unclear and nobody without the token passes. */
    if (refusal.status == 0 &&
        (!clear || span_find(facts.authorization, SPAN("token")) == SPAN_NOT_FOUND)) {
        abort();
    }
    struct http_refusal posted = http_judge_delivery(&facts, &guarded, 10);
    bool sized = facts.length_count == 1 && !facts.has_coding && !facts.has_upgrade;
    if (posted.status == 0 && (!sized || facts.host_count != 1)) {
        abort();
    }
    /* Nobody guesses a signature. */
    const struct web_header headers[] = {{SPAN("webhook-id"), facts.target},
                                         {SPAN("webhook-timestamp"), facts.host},
                                         {SPAN("webhook-signature"), etags},
                                         {SPAN("Authorization"), facts.authorization}};
    const struct webhook_terms terms = {(1u << WEBHOOK_SCHEMES) - 1, SPAN("whsec_c2VjcmV0")};
    const struct webhook_delivery delivery = {headers, 4, flags};
    struct arena *arena = arena_create();
    struct span id;
    enum webhook_verdict verdict = webhook_verify(&terms, &delivery, 0, arena, &id);
    if (verdict == WEBHOOK_GOOD || verdict == WEBHOOK_STALE) {
        abort();
    }
    arena_free(arena);
    uint64_t sequence = 0;
    (void)http_parse_sequence(facts.target, &sequence);
    (void)http_feed_brand(facts.target);
    (void)http_etag_matches(etags, SPAN("\"1-0123456789abcdef\""));
    return 0;
}
