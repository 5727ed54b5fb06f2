#include "base/webhook.h"

#include "base/base64.h"
#include "base/limits.h"
#include "base/sign.h"

#include <inttypes.h>

#define ID_MOST ((size_t)256)

/* --- What is signed --------------------------------------------------------------------------- */

static struct span header(const struct webhook_delivery *delivery, const char *name) {
    return span_trim(web_header_find(delivery->headers, delivery->header_count, name));
}

/* "whsec_" stands before the key's bytes as base64; what has no such mark is the key itself. */
static struct span standard_key(struct span secret, struct arena *arena) {
    static const struct span mark = {"whsec_", 6};
    struct span key = span_starts_with(secret, mark)
                          ? base64_decode(span_from(secret, mark.size), arena)
                          : secret;
    return key.size > 0 ? key : secret;
}

static struct span mac_base64(struct span key, struct span text, struct arena *arena) {
    unsigned char mac[SIGN_HMAC_SIZE];
    struct buffer out;
    sign_hmac(key, text, mac);
    buffer_init(&out, KIB);
    base64_append(&out, (struct span){(const char *)mac, sizeof mac});
    struct span encoded = arena_copy(arena, buffer_span(&out));
    buffer_done(&out);
    return encoded;
}

static struct span mac_hex(struct span key, struct span text, struct arena *arena) {
    unsigned char mac[SIGN_HMAC_SIZE];
    char *hex = arena_allocate(arena, 2 * sizeof mac + 1);
    sign_hmac(key, text, mac);
    base16_write(hex, (struct span){(const char *)mac, sizeof mac});
    return (struct span){hex, 2 * sizeof mac};
}

static struct span standard_signature(struct span secret, struct span id, struct span time,
                                      struct span body, struct arena *arena) {
    struct span parts[] = {id, time, body};
    struct span text = arena_join(arena, parts, 3, ".");
    struct span mac = mac_base64(standard_key(secret, arena), text, arena);
    return arena_print(arena, "v1,%.*s", SPAN_ARG(mac));
}

struct span webhook_sign(struct span secret, struct span id, int64_t time_ms, struct span body,
                         struct arena *arena) {
    struct span time = arena_print(arena, "%" PRId64, time_ms / 1000);
    return standard_signature(secret, id, time, body, arena);
}

/* --- Schemes ---------------------------------------------------------------------------------- */

struct check {
    const struct webhook_terms *terms;
    const struct webhook_delivery *delivery;
    int64_t now_ms;
    struct arena *arena;
    struct span id;
};

/* Several signatures, each good on its own, while a secret is changed: "v1,... v1,...". */
static enum webhook_verdict check_standard(struct check *check) {
    struct span id = header(check->delivery, "webhook-id");
    struct span time = header(check->delivery, "webhook-timestamp");
    struct span rest = header(check->delivery, "webhook-signature");
    struct span one;
    int64_t time_s = 0;
    bool good = false;
    if (id.size == 0 || id.size > ID_MOST || !span_to_int64(time, &time_s)) {
        return WEBHOOK_FORGED;
    }
    struct span wanted =
        standard_signature(check->terms->secret, id, time, check->delivery->body, check->arena);
    while (rest.size > 0 && span_split(&rest, ' ', &one)) {
        good = sign_equal(one, wanted) || good;
    }
    if (!good) {
        return WEBHOOK_FORGED;
    }
    int64_t now_s = check->now_ms / 1000;
    bool near = time_s >= now_s - WEBHOOK_TOLERANCE_MS / 1000 &&
                time_s <= now_s + WEBHOOK_TOLERANCE_MS / 1000;
    check->id = id;
    return near ? WEBHOOK_GOOD : WEBHOOK_STALE;
}

static enum webhook_verdict check_body(const struct check *check, const char *name,
                                       struct span mac) {
    struct span wanted = arena_print(check->arena, "sha256=%.*s", SPAN_ARG(mac));
    return sign_equal(header(check->delivery, name), wanted) ? WEBHOOK_GOOD : WEBHOOK_FORGED;
}

static enum webhook_verdict check_hub(struct check *check) {
    return check_body(check, "X-Hub-Signature-256",
                      mac_hex(check->terms->secret, check->delivery->body, check->arena));
}

static enum webhook_verdict check_typeform(struct check *check) {
    return check_body(check, "Typeform-Signature",
                      mac_base64(check->terms->secret, check->delivery->body, check->arena));
}

static enum webhook_verdict check_token(struct check *check) {
    struct span given = header(check->delivery, "Authorization");
    struct span scheme = SPAN("Bearer ");
    bool bearer = span_starts_with_nocase(given, scheme);
    given = span_trim(span_from(given, scheme.size));
    return bearer && sign_equal(given, check->terms->secret) ? WEBHOOK_GOOD : WEBHOOK_FORGED;
}

static const struct scheme {
    const char *name;
    const char *header; /* by which a delivery shows that it goes by this scheme */
    enum webhook_verdict (*check)(struct check *check);
} schemes[] = {
    [WEBHOOK_STANDARD] = {"standard", "webhook-signature", check_standard},
    [WEBHOOK_HUB] = {"hub", "X-Hub-Signature-256", check_hub},
    [WEBHOOK_TYPEFORM] = {"typeform", "Typeform-Signature", check_typeform},
    [WEBHOOK_TOKEN] = {"token", "Authorization", check_token},
};

bool webhook_scheme_parse(struct span name, enum webhook_scheme *scheme) {
    for (size_t i = 0; i < WEBHOOK_SCHEMES; i++) {
        if (span_equal(name, span_of(schemes[i].name))) {
            *scheme = (enum webhook_scheme)i;
            return true;
        }
    }
    return false;
}

const char *webhook_scheme_name(enum webhook_scheme scheme) {
    return schemes[scheme].name;
}

/* The first scheme that is taken and shown, or NULL: a signature counts before a token. */
static const struct scheme *scheme_shown(const struct webhook_terms *terms,
                                         const struct webhook_delivery *delivery) {
    for (size_t i = 0; i < WEBHOOK_SCHEMES && terms->secret.size > 0; i++) {
        if ((terms->schemes >> i & 1u) != 0 && header(delivery, schemes[i].header).size > 0) {
            return &schemes[i];
        }
    }
    return NULL;
}

bool webhook_is_signed(const struct webhook_terms *terms, const struct webhook_delivery *delivery) {
    return scheme_shown(terms, delivery) != NULL;
}

enum webhook_verdict webhook_verify(const struct webhook_terms *terms,
                                    const struct webhook_delivery *delivery, int64_t now_ms,
                                    struct arena *arena, struct span *id) {
    const struct scheme *scheme = scheme_shown(terms, delivery);
    struct check check = {terms, delivery, now_ms, arena, {NULL, 0}};
    enum webhook_verdict verdict = scheme == NULL ? WEBHOOK_UNSIGNED : scheme->check(&check);
    *id = check.id;
    return verdict;
}
