#include "base/config_parts.h"

#include "base/limits.h"
#include "base/url.h"
#include "base/zone.h"

#define SHOWN(text) SPAN_ARG(span_first_utf8((text), 80))

static struct span without_brackets(struct span host) {
    bool bracketed = span_starts_with(host, SPAN("[")) && span_ends_with(host, SPAN("]"));
    return bracketed ? span_from(span_first(host, host.size - 1), 1) : host;
}

bool config_split_address(struct span text, struct span *host, int64_t *port) {
    size_t colon = text.size;
    while (colon > 0 && text.data[colon - 1] != ':') {
        colon--;
    }
    if (colon < 2 || !span_to_int64(span_from(text, colon), port) || *port < 0 || *port > 65535) {
        return false;
    }
    *host = span_first(text, colon - 1);
    bool bracketed = host->data[0] == '[';
    *host = without_brackets(*host);
    return host->size > 0 && (bracketed || span_find_byte(*host, ':') == SPAN_NOT_FOUND);
}

struct span config_url_host(struct span text, struct arena *arena) {
    struct url url;
    return url_parse(text, NULL, arena, &url) ? without_brackets(url.host) : SPAN("");
}

bool config_is_loopback(struct span host) {
    bool numeric = true;
    for (size_t i = 0; i < host.size; i++) {
        numeric = numeric && (byte_is_digit(host.data[i]) || host.data[i] == '.');
    }
    return span_equal_nocase(host, SPAN("localhost")) || span_equal(host, SPAN("::1")) ||
           (numeric && span_starts_with(host, SPAN("127.")));
}

static bool has_space(struct span text) {
    for (size_t i = 0; i < text.size; i++) {
        if ((unsigned char)text.data[i] <= ' ') {
            return true;
        }
    }
    return false;
}

bool config_check_web_url(struct span text, struct error *error) {
    struct arena *arena = arena_create();
    struct url url;
    bool good = !has_space(text) && text.size <= LIMIT_URL && url_parse(text, NULL, arena, &url) &&
                (span_equal(url.scheme, SPAN("http")) || span_equal(url.scheme, SPAN("https")));
    if (!good) {
        error_set(error, ERROR_USAGE, "\"%.*s\" is not a web address; write https://host/path",
                  SHOWN(url_redacted(text, arena)));
    }
    arena_free(arena);
    return good;
}

bool config_check_source_url(struct span text, struct error *error) {
    struct arena *arena = arena_create();
    struct url url;
    bool mailbox = !has_space(text) && url_parse(text, NULL, arena, &url) && url.host.size > 0 &&
                   (span_equal(url.scheme, SPAN("imap")) || span_equal(url.scheme, SPAN("imaps")));
    if (mailbox && url.username.size + url.password.size > 0) {
        mailbox = false;
        error_set(error, ERROR_USAGE,
                  "user and password do not belong into the address; use params: {username: ...} "
                  "and key_file");
    } else if (!mailbox) {
        mailbox = config_check_web_url(text, error);
    }
    arena_free(arena);
    return mailbox;
}

bool config_check_mail_url(struct span text, struct error *error) {
    struct arena *arena = arena_create();
    struct url url;
    bool good = !has_space(text) && url_parse(text, NULL, arena, &url) && url.host.size > 0 &&
                (span_equal(url.scheme, SPAN("smtp")) || span_equal(url.scheme, SPAN("smtps")));
    if (!good) {
        error_set(error, ERROR_USAGE,
                  "\"%.*s\" is not a mail server; write smtp://host:587 or smtps://host",
                  SHOWN(url_redacted(text, arena)));
    } else if (url.username.size + url.password.size > 0) {
        good = error_set(error, ERROR_USAGE,
                         "user and password do not belong into the address; use username and "
                         "password_file");
    }
    arena_free(arena);
    return good;
}

/* An address of the plain kind: local@domain, as every mail server takes it. */
bool config_check_email(struct span text, struct error *error) {
    size_t at = span_find_byte(text, '@');
    bool plain = at != SPAN_NOT_FOUND && at > 0 && at <= 64 && text.size <= 254;
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        plain = plain && c > ' ' && c < 0x7F && strchr("\"(),:;<>[\\]", (int)c) == NULL &&
                (c != '@' || i == at);
    }
    struct span domain = plain ? span_from(text, at + 1) : SPAN("");
    if (domain.size == 0 || span_find(domain, SPAN("..")) != SPAN_NOT_FOUND ||
        span_starts_with(domain, SPAN(".")) || span_ends_with(domain, SPAN("."))) {
        return error_set(error, ERROR_USAGE, "\"%.*s\" is not a mail address; write name@host",
                         SHOWN(text));
    }
    return true;
}

/* The shape of BCP 47: letters, then parts of letters and digits, two to eight each. */
bool config_check_language(struct span text, struct error *error) {
    struct span rest = text;
    struct span part;
    bool first = true;
    bool good = true;
    while (span_split(&rest, '-', &part)) {
        good = good && part.size >= (first ? 2 : 1) && part.size <= (first ? 3 : 8);
        for (size_t i = 0; i < part.size; i++) {
            good = good && (byte_is_alpha(part.data[i]) || (!first && byte_is_digit(part.data[i])));
        }
        first = false;
    }
    return good || error_set(error, ERROR_USAGE,
                             "\"%.*s\" is not a language; write en, de or pt-BR", SHOWN(text));
}

bool config_check_country(struct span text, struct error *error) {
    if (text.size != 2 || !byte_is_alpha(text.data[0]) || !byte_is_alpha(text.data[1])) {
        return error_set(error, ERROR_USAGE,
                         "\"%.*s\" is not a country; write its two letters: ES, US", SHOWN(text));
    }
    return true;
}

bool config_check_zone(struct span text, struct error *error) {
    return zone_is_known(text) ||
           error_set(error, ERROR_USAGE, "\"%.*s\" is no time zone; write it like Europe/Madrid",
                     SHOWN(text));
}

bool config_parse_time_of_day(struct span text, int64_t *ms) {
    struct span hour = span_first(text, 2);
    struct span minute = span_from(text, 3);
    int64_t hours = 0;
    int64_t minutes = 0;
    bool shaped = text.size == 5 && text.data[2] == ':' && byte_is_digit(text.data[0]) &&
                  byte_is_digit(text.data[3]) && span_to_int64(hour, &hours) &&
                  span_to_int64(minute, &minutes);
    *ms = hours * HOUR_MS + minutes * MINUTE_MS;
    return shaped && hours < 24 && minutes < 60;
}

bool config_check_time_of_day(struct span text, struct error *error) {
    int64_t ms = 0;
    return config_parse_time_of_day(text, &ms) ||
           error_set(error, ERROR_USAGE, "\"%.*s\" is no time of day; write 08:00 or 17:30",
                     SHOWN(text));
}

bool config_parse_hours(struct span text, struct config_hours *hours) {
    size_t dash = span_find_byte(text, '-');
    return dash != SPAN_NOT_FOUND &&
           config_parse_time_of_day(span_trim(span_first(text, dash)), &hours->from_ms) &&
           config_parse_time_of_day(span_trim(span_from(text, dash + 1)), &hours->until_ms) &&
           hours->from_ms != hours->until_ms;
}

bool config_check_hours(struct span text, struct error *error) {
    struct config_hours hours;
    return config_parse_hours(text, &hours) ||
           error_set(error, ERROR_USAGE, "\"%.*s\" are no hours; write 22:00-07:00", SHOWN(text));
}

const char *const config_rhythms[RHYTHM_COUNT] = {"daily", "weekly", "monthly"};

bool config_check_rhythm(struct span text, struct error *error) {
    for (size_t i = 0; i < RHYTHM_COUNT; i++) {
        if (span_equal(text, span_of(config_rhythms[i]))) {
            return true;
        }
    }
    return error_set(error, ERROR_USAGE, "\"%.*s\" is no rhythm; write daily, weekly or monthly",
                     SHOWN(text));
}

bool config_has_rhythm(const struct config_list *digests, enum rhythm rhythm) {
    for (size_t i = 0; i < digests->count; i++) {
        if (span_equal(digests->list[i], span_of(config_rhythms[rhythm]))) {
            return true;
        }
    }
    return false;
}

bool config_check_listen(struct span text, struct error *error) {
    struct span host;
    int64_t port = 0;
    if (has_space(text) || !config_split_address(text, &host, &port)) {
        return error_set(error, ERROR_USAGE,
                         "\"%.*s\" is not an address to listen on; write 127.0.0.1:8765",
                         SHOWN(text));
    }
    return true;
}
