#include "report/mute.h"

#include "base/base64.h"
#include "base/sign.h"

#define KEY_BYTES ((size_t)16) /* of the signature: 128 bits */
#define PATH "/unsubscribe/"

static const char *kind_find(struct span name) {
    for (size_t i = 0; i < RHYTHM_COUNT; i++) {
        if (span_equal(name, span_of(config_rhythms[i]))) {
            return config_rhythms[i];
        }
    }
    return span_equal(name, SPAN(MUTE_ALERTS)) ? MUTE_ALERTS : NULL;
}

static struct span hex(struct arena *arena, struct span bytes) {
    char *text = arena_allocate(arena, 2 * bytes.size + 1);
    base16_write(text, bytes);
    return (struct span){text, 2 * bytes.size};
}

static struct span key_of(struct arena *arena, const struct config *config, const char *kind,
                          struct span email) {
    unsigned char mac[SIGN_HMAC_SIZE];
    sign_hmac(config->serve.token.value,
              arena_print(arena, "unsubscribe %s %.*s", kind, SPAN_ARG(email)), mac);
    return hex(arena, (struct span){(const char *)mac, KEY_BYTES});
}

struct span mute_link(struct arena *arena, const struct config *config, const char *kind,
                      struct span email) {
    struct span base = config->serve.base_url;
    if (!span_starts_with_nocase(base, SPAN("https://")) || config->serve.token.value.size == 0) {
        return SPAN("");
    }
    while (span_ends_with(base, SPAN("/"))) {
        base.size--;
    }
    return arena_print(arena, "%.*s" PATH "%s.%.*s.%.*s", SPAN_ARG(base), kind,
                       SPAN_ARG(hex(arena, email)), SPAN_ARG(key_of(arena, config, kind, email)));
}

bool mute_read(struct arena *arena, const struct config *config, struct span path,
               const char **kind, struct span *email) {
    struct span parts[3] = {{"", 0}, {"", 0}, {"", 0}};
    struct span rest = path;
    for (size_t i = 0; i < 3 && span_split(&rest, '.', &parts[i]); i++) {
    }
    *kind = kind_find(parts[0]);
    for (size_t i = 0; *kind != NULL && i < config->person_count; i++) {
        *email = config->people[i].email;
        if (span_equal(hex(arena, *email), parts[1]) && config->serve.token.value.size > 0) {
            return sign_equal(parts[2], key_of(arena, config, *kind, *email));
        }
    }
    return false;
}

static struct span mark_name(struct arena *arena, const char *kind, struct span email) {
    return arena_print(arena, "muted %s %.*s", kind, SPAN_ARG(email));
}

bool mute_is_set(const struct snapshot *snapshot, const char *kind, struct span email) {
    struct arena *arena = arena_create();
    bool set = snapshot_mark(snapshot, mark_name(arena, kind, email)) != DATE_NONE;
    arena_free(arena);
    return set;
}

bool mute_set(struct store *store, const char *kind, struct span email, bool muted, int64_t now_ms,
              struct error *error) {
    struct arena *arena = arena_create();
    const struct mark mark = {mark_name(arena, kind, email), muted ? now_ms : DATE_NONE};
    bool stored = store_put_messages(store, NULL, 0, &mark, 1, error);
    arena_free(arena);
    return stored;
}
