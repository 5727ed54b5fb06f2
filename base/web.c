#include "base/web.h"

struct span web_header_find(const struct web_header *headers, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++) {
        if (span_equal_nocase(headers[i].name, span_of(name))) {
            return headers[i].value;
        }
    }
    return (struct span){NULL, 0};
}
