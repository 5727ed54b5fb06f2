/* Any bytes as a feed: what comes out keeps the item's promises, and mending settles. */
#include "parsers/feed.h"
#include "base/charset.h"
#include "parsers/document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(struct span text, size_t limit) {
    if (text.size > limit || !charset_is_utf8(text) ||
        (text.size > 0 && memchr(text.data, '\0', text.size) != NULL)) {
        fatal("an item's text is too long, no UTF-8, or holds a NUL");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_create();
    struct span body = {(const char *)data, size};
    struct items items = {.arena = arena};
    struct feed_info info = {0};
    struct error error = {0};
    struct feed feed;
    struct span utf8 = charset_to_utf8(body, (struct span){0}, arena);
    if (!charset_is_utf8(utf8)) {
        fatal("charset_to_utf8 gave no UTF-8");
    }
    if (feed_parse(utf8, SPAN("https://a.example/feed"), arena, &feed, &error)) {
        feed_items(&feed, &items, &info);
        items_finish(&items, 0);
    }
    for (size_t i = 0; i < items.count; i++) {
        check_text(items.list[i].id, LIMIT_FIELD);
        check_text(items.list[i].title, LIMIT_TITLE);
        check_text(items.list[i].text, LIMIT_TEXT);
        check_text(items.list[i].author, LIMIT_FIELD);
        check_text(items.list[i].url, LIMIT_URL);
    }
    arena_free(arena);
    return 0;
}
