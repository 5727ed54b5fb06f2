/* Any bytes as a page: text, reviews, main text. The text never outgrows what html_to_text() counts
 * on. */
#include "base/charset.h"
#include "parsers/page.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_create();
    struct span body = {(const char *)data, size};
    struct items items = {.arena = arena};
    struct feed_info info = {0};
    struct error error = {0};
    struct span utf8 = charset_to_utf8(body, SPAN("text/html"), arena);
    struct span text = html_to_text(utf8, arena);
    if (!charset_is_utf8(text) || text.size > utf8.size + utf8.size / 2) {
        fatal("html_to_text gave no UTF-8 or too much");
    }
    if (page_items(utf8, SPAN("https://a.example/p"), &items, &info, &error) && items.count == 0) {
        fatal("a page without an item");
    }
    arena_free(arena);
    return 0;
}
