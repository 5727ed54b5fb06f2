/* What servers say about when to come again: the first line is a header's value, the second
 * another's. */
#include "crawler/rate.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const names[][2] = {
        {"X-RateLimit-Remaining", "X-RateLimit-Reset"},
        {"RateLimit", "Retry-After"},
        {"Cache-Control", "Age"},
        {"Expires", "Date"},
    };
    const int64_t now_ms = 1795262400000;
    struct span rest = {(const char *)data, size};
    struct span first = rest;
    span_split(&rest, '\n', &first);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct web_header headers[] = {{span_of(names[i][0]), first}, {span_of(names[i][1]), rest}};
        int64_t wait_ms = rate_wait_ms(429, headers, 2, now_ms);
        int64_t fresh_ms = rate_fresh_ms(headers, 2, now_ms);
        if (wait_ms < 0 || wait_ms > RATE_LONGEST_MS || fresh_ms < 0 ||
            fresh_ms > RATE_LONGEST_MS) {
            abort();
        }
    }
    return 0;
}
