#include "crawler/rate.h"

#include "base/date.h"

#include <curl/curl.h>

/* A reset above this is a moment, not a number of seconds to wait: 10^9 s are 31 years. */
#define EPOCH_SECONDS 1e9
#define EPOCH_MILLISECONDS 1e11

static int64_t clamp(double wait_ms) {
    if (wait_ms >= (double)RATE_LONGEST_MS) {
        return RATE_LONGEST_MS;
    }
    return wait_ms <= (double)RATE_SHORTEST_MS ? RATE_SHORTEST_MS : (int64_t)wait_ms;
}

/* RFC 3339 or one of the three HTTP forms. */
static bool parse_moment(struct span value, int64_t *ms) {
    char copy[64];
    if (value.size == 0 || value.size >= sizeof copy) {
        return false;
    }
    if (date_parse(value, ms)) {
        return true;
    }
    memcpy(copy, value.data, value.size);
    copy[value.size] = '\0';
    time_t seconds = curl_getdate(copy, NULL);
    *ms = (int64_t)seconds * SECOND_MS;
    return seconds != -1;
}

static bool is_number(struct span value) {
    for (size_t i = 0; i < value.size; i++) {
        if (!byte_is_digit(value.data[i])) {
            return false;
        }
    }
    return value.size > 0;
}

int64_t rate_retry_after_ms(struct span value, int64_t now_ms) {
    int64_t moment = 0;
    double seconds = 0;
    if (is_number(value)) {
        bool short_enough = span_to_double(value, &seconds);
        return short_enough ? clamp(seconds * 1000) : RATE_LONGEST_MS;
    }
    if (value.size == 0 || !byte_is_alpha(value.data[0]) || !parse_moment(value, &moment)) {
        return -1;
    }
    return clamp((double)moment - (double)now_ms);
}

static bool reset_ms(struct span value, int64_t now_ms, int64_t *wait_ms) {
    double number = 0;
    int64_t moment = 0;
    if (span_to_double(value, &number)) {
        if (number >= EPOCH_MILLISECONDS) {
            number -= (double)now_ms;
        } else if (number >= EPOCH_SECONDS) {
            number = number * 1000 - (double)now_ms;
        } else {
            number *= 1000;
        }
    } else if (parse_moment(value, &moment)) {
        number = (double)moment - (double)now_ms;
    } else {
        return false;
    }
    *wait_ms = clamp(number);
    return true;
}

static const struct {
    const char *remaining;
    const char *reset;
} spellings[] = {
    {"X-RateLimit-Remaining", "X-RateLimit-Reset"},
    {"X-Rate-Limit-Remaining", "X-Rate-Limit-Reset"},
    {"RateLimit-Remaining", "RateLimit-Reset"},
};

/* The value of one parameter of a structured line: `"default";r=0;t=30` or `remaining=0, reset=30`.
 */
static struct span parameter(struct span line, const char *short_name, const char *long_name) {
    for (size_t at = 0; at < line.size;) {
        size_t end = at;
        while (end < line.size && line.data[end] != ';' && line.data[end] != ',') {
            end++;
        }
        struct span part = span_trim((struct span){line.data + at, end - at});
        size_t equals = span_find_byte(part, '=');
        struct span name = span_trim(span_first(part, equals));
        bool wanted = span_equal_nocase(name, span_of(short_name)) ||
                      span_equal_nocase(name, span_of(long_name));
        if (equals != SPAN_NOT_FOUND && wanted) {
            return span_trim(span_from(part, equals + 1));
        }
        at = end + 1;
    }
    return (struct span){NULL, 0};
}

static int64_t used_up_ms(struct span remaining, struct span reset, int64_t now_ms) {
    double left = 0;
    int64_t wait_ms = 0;
    /* Reddit counts in fractions: less than one request is none. */
    if (!span_to_double(remaining, &left) || left >= 1 || !reset_ms(reset, now_ms, &wait_ms)) {
        return 0;
    }
    return wait_ms;
}

int64_t rate_wait_ms(unsigned status, const struct web_header *headers, size_t count,
                     int64_t now_ms) {
    int64_t longest = 0;
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        struct span remaining = web_header_find(headers, count, spellings[i].remaining);
        struct span reset = web_header_find(headers, count, spellings[i].reset);
        int64_t wait_ms = used_up_ms(remaining, reset, now_ms);
        longest = wait_ms > longest ? wait_ms : longest;
    }
    struct span line = web_header_find(headers, count, "RateLimit");
    int64_t wait_ms =
        used_up_ms(parameter(line, "r", "remaining"), parameter(line, "t", "reset"), now_ms);
    longest = wait_ms > longest ? wait_ms : longest;
    if (status == 429 || status == 503) {
        wait_ms = rate_retry_after_ms(web_header_find(headers, count, "Retry-After"), now_ms);
        longest = wait_ms > longest ? wait_ms : longest;
    }
    return longest;
}

static bool cache_control_says(struct span control, const char *name) {
    return span_find_nocase(control, span_of(name)) != SPAN_NOT_FOUND;
}

int64_t rate_fresh_ms(const struct web_header *headers, size_t count, int64_t now_ms) {
    struct span control = web_header_find(headers, count, "Cache-Control");
    double seconds = 0;
    double age = 0;
    double fresh_ms = 0;
    int64_t expires_ms = 0;
    if (cache_control_says(control, "no-store") || cache_control_says(control, "no-cache")) {
        return 0;
    }
    if (span_to_double(parameter(control, "max-age", "max-age"), &seconds)) {
        if (!span_to_double(web_header_find(headers, count, "Age"), &age)) {
            age = 0;
        }
        fresh_ms = (seconds - age) * 1000;
    } else if (parse_moment(web_header_find(headers, count, "Expires"), &expires_ms)) {
        int64_t date_ms = now_ms;
        bool dated = parse_moment(web_header_find(headers, count, "Date"), &date_ms);
        fresh_ms = (double)expires_ms - (double)(dated ? date_ms : now_ms);
    }
    return fresh_ms <= 0 ? 0 : clamp(fresh_ms);
}
