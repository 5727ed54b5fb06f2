/* robots.txt: the input up to its first NUL is the file, the rest the URL. */
#include "crawler/crawler.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span input = {(const char *)data, size};
    size_t end = span_find_byte(input, '\0');
    struct span robots = span_first(input, end);
    struct span url = end == SPAN_NOT_FOUND ? SPAN("http://example.com/a/b.html?c=%41")
                                            : span_from(input, end + 1);
    unsigned line = 0;
    robots_allows(robots, SPAN("earshot"), url, &line);
    robots_delay_ms(robots, SPAN("earshot"));
    guard_allows_address(span_first(url, 200));
    return 0;
}
