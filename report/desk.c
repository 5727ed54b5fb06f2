#include "report/desk.h"

#include "base/hash.h"

#include <stdlib.h>

/* Deliveries remembered: what the rate allows while a signature is good. Those that are forgotten are
 * stored once more, which changes nothing: items have ids. */
#define SEEN_MOST ((size_t)LIMIT_HOOK_RATE * 2 * 5 * 60)

#define RETRY_RATE_S 1
#define RETRY_STORE_S 5

struct seen {
    uint64_t hash;
    int64_t until_ms; /* monotonic */
};

struct measure { /* a bucket of deliveries, filled at the rate */
    double left;
    int64_t since_ms;
};

struct desk {
    const struct hooks *hooks;
    struct measure *measures; /* by hook */
    struct seen *seen;        /* a ring */
    size_t seen_next;
};

struct desk *desk_create(const struct hooks *hooks) {
    struct desk *desk = NEW(struct desk);
    size_t count = hooks == NULL ? 0 : hooks->count;
    desk->hooks = hooks;
    desk->measures = NEW_ARRAY(struct measure, count);
    desk->seen = NEW_ARRAY(struct seen, count == 0 ? 0 : SEEN_MOST);
    for (size_t i = 0; i < count; i++) {
        desk->measures[i].left = LIMIT_HOOK_BURST;
    }
    return desk;
}

void desk_free(struct desk *desk) {
    free(desk->measures);
    free(desk->seen);
    free(desk);
}

size_t desk_hook(const struct desk *desk, struct span name) {
    size_t count = desk->hooks == NULL ? 0 : desk->hooks->count;
    size_t found = 0;
    while (found < count && !span_equal(desk->hooks->list[found].name, name)) {
        found++;
    }
    return found;
}

static struct desk_verdict refuse(unsigned status, const char *title, unsigned retry_s) {
    return (struct desk_verdict){.refusal = {status, title}, .retry_s = retry_s};
}

struct desk_verdict desk_judge_head(const struct desk *desk, size_t hook,
                                    const struct webhook_delivery *delivery) {
    if (desk->hooks == NULL) {
        return refuse(503, "this server only reads; deliveries go to earshot run", RETRY_STORE_S);
    }
    if (hook >= desk->hooks->count) {
        return refuse(404, "nothing is delivered here", 0);
    }
    if (!webhook_is_signed(&desk->hooks->list[hook].terms, delivery)) {
        return refuse(401, "a delivery is signed, or has the key as bearer token", 0);
    }
    return (struct desk_verdict){.refusal = {0, ""}};
}

/* --- Measure ---------------------------------------------------------------------------------- */

static bool measure_take(struct measure *measure, int64_t now_ms) {
    double more = (double)(now_ms - measure->since_ms) * LIMIT_HOOK_RATE / 1000;
    measure->left =
        measure->left + more < LIMIT_HOOK_BURST ? measure->left + more : LIMIT_HOOK_BURST;
    measure->since_ms = now_ms;
    if (measure->left < 1) {
        return false;
    }
    measure->left -= 1;
    return true;
}

/* --- Memory ----------------------------------------------------------------------------------- */

static uint64_t seen_hash(size_t hook, struct span id) {
    return hash_combine(hash_bytes(id), hook);
}

static bool is_seen(const struct desk *desk, size_t hook, struct span id, int64_t now_ms) {
    uint64_t hash = seen_hash(hook, id);
    for (size_t i = 0; i < SEEN_MOST && id.size > 0; i++) {
        if (desk->seen[i].hash == hash && desk->seen[i].until_ms > now_ms) {
            return true;
        }
    }
    return false;
}

void desk_remember(struct desk *desk, size_t hook, struct span id, const struct clock *clock) {
    if (id.size > 0) {
        int64_t until_ms = clock_monotonic_ms(clock) + 2 * WEBHOOK_TOLERANCE_MS;
        desk->seen[desk->seen_next] = (struct seen){seen_hash(hook, id), until_ms};
        desk->seen_next = (desk->seen_next + 1) % SEEN_MOST;
    }
}

/* --- Judgement -------------------------------------------------------------------------------- */

struct desk_verdict desk_judge(struct desk *desk, size_t hook,
                               const struct webhook_delivery *delivery, const struct clock *clock,
                               size_t waiting, struct arena *arena) {
    struct desk_verdict verdict = {.refusal = {0, ""}};
    int64_t now_ms = clock_monotonic_ms(clock);
    switch (webhook_verify(&desk->hooks->list[hook].terms, delivery, clock_wall_ms(clock), arena,
                           &verdict.id)) {
    case WEBHOOK_UNSIGNED:
    case WEBHOOK_FORGED:
        return refuse(401, "the signature is not good", 0);
    case WEBHOOK_STALE:
        return refuse(401, "the delivery was signed too long ago, or a clock is wrong", 0);
    case WEBHOOK_GOOD:
        break;
    }
    if (is_seen(desk, hook, verdict.id, now_ms)) {
        return refuse(202, "stored before", 0);
    }
    if (!measure_take(&desk->measures[hook], now_ms)) {
        return refuse(429, "too many deliveries", RETRY_RATE_S);
    }
    if (waiting >= LIMIT_HOOKS_WAITING) {
        return refuse(503, "the store is behind", RETRY_STORE_S);
    }
    return verdict;
}
