#include "crawler/target.h"

#include "base/limits.h"
#include "base/url.h"
#include "base/url_parts.h"
#include "crawler/guard.h"

/* fetch.spec.whatwg.org, "bad port", sorted. */
static const int bad_ports[] = {
    1,    7,    9,    11,   13,   15,   17,   19,   20,   21,   22,   23,    25,   37,
    42,   43,   53,   69,   77,   79,   87,   95,   101,  102,  103,  104,   109,  110,
    111,  113,  115,  117,  119,  123,  135,  137,  139,  143,  161,  179,   389,  427,
    465,  512,  513,  514,  515,  526,  530,  531,  532,  540,  548,  554,   556,  563,
    587,  601,  636,  989,  990,  993,  995,  1719, 1720, 1723, 2049, 3659,  4045, 4190,
    5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
};

bool target_port_is_bad(int port) {
    for (size_t i = 0; i < sizeof bad_ports / sizeof *bad_ports; i++) {
        if (bad_ports[i] == port) {
            return true;
        }
    }
    return port == 0;
}

static int hex_digit(char c) {
    const char *digits = "0123456789abcdef";
    const char *at = c == '\0' ? NULL : strchr(digits, byte_to_lower(c));
    return at == NULL ? -1 : (int)(at - digits);
}

/* User info as it was meant; empty when a NUL hides in it. */
static struct span percent_decoded(struct span text, struct arena *arena) {
    char *decoded = arena_allocate(arena, text.size + 1);
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        int high = i + 2 < text.size && text.data[i] == '%' ? hex_digit(text.data[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(text.data[i + 2]) : -1;
        decoded[size++] = low >= 0 ? (char)(high * 16 + low) : text.data[i];
        i += low >= 0 ? 2 : 0;
    }
    struct span result = {decoded, size};
    return span_find_byte(result, '\0') == SPAN_NOT_FOUND ? result : (struct span){NULL, 0};
}

static void set_credentials(struct target *target, const struct target *base, struct url *url,
                            struct arena *arena) {
    if (base == NULL) {
        target->username = percent_decoded(url->username, arena);
        target->password = percent_decoded(url->password, arena);
    } else if (span_equal(base->origin, target->origin)) {
        target->username = base->username;
        target->password = base->password;
    }
    url->username = (struct span){NULL, 0};
    url->password = (struct span){NULL, 0};
}

/* The host and port of a mailbox, as the URL standard gives them to the web's schemes only. */
static bool set_mailbox(struct target *target, struct url *url, struct arena *arena) {
    bool secure = span_equal(url->scheme, SPAN("imaps"));
    target->mailbox = secure || span_equal(url->scheme, SPAN("imap"));
    if (!target->mailbox || url->host.size == 0 ||
        !url_host_parse(url->host, true, arena, &url->host)) {
        return false;
    }
    target->port = url->port > 0 ? url->port : secure ? 993 : 143;
    return true;
}

bool target_parse(struct span text, const struct target *base, struct arena *arena,
                  struct target *target, struct error *error) {
    struct url *url = &target->parts;
    *target = (struct target){0};
    if (text.size > LIMIT_URL) {
        return error_set(error, ERROR_LIMIT, "a URL of %zu bytes, %zu are allowed", text.size,
                         (size_t)LIMIT_URL);
    }
    bool good = url_parse(text, base == NULL ? NULL : &base->parts, arena, url);
    bool web =
        good && (span_equal(url->scheme, SPAN("http")) || span_equal(url->scheme, SPAN("https")));
    bool mailbox = good && !web && base == NULL && set_mailbox(target, url, arena);
    if (!web && !mailbox) {
        struct span shown = url_redacted(text, arena);
        return error_set(error, ERROR_REFUSED, "%.*s: not an http or https URL", SPAN_ARG(shown));
    }
    url->fragment = (struct span){NULL, 0};
    target->host = url->host;
    target->port = mailbox ? target->port : url->port;
    target->secure = span_equal(url->scheme, SPAN("https"));
    target->origin = arena_print(arena, "%.*s://%.*s:%d", SPAN_ARG(url->scheme),
                                 SPAN_ARG(url->host), target->port);
    target->path = url->query.data == NULL
                       ? url->path
                       : arena_print(arena, "%.*s?%.*s", SPAN_ARG(url->path), SPAN_ARG(url->query));
    set_credentials(target, base, url, arena);
    target->url = arena_copy(arena, url_print(url, arena));
    target->shown = arena_copy(arena, url_redacted(target->url, arena));
    if (target->url.size > LIMIT_URL) {
        return error_set(error, ERROR_LIMIT, "%.*s: longer than %zu bytes",
                         SPAN_ARG(span_first_utf8(target->shown, 80)), (size_t)LIMIT_URL);
    }
    return true;
}

struct span target_key(const struct target *target, struct arena *arena) {
    if (guard_judge_host(target->host) != GUARD_HOST_NAME) {
        return arena_print(arena, "%.*s:%d", SPAN_ARG(target->host), target->port);
    }
    return url_registrable_domain(target->host, arena);
}
