/* Any bytes under any content type (the first line): the format is found, the document is read as it,
 * and read again it gives the same. */
#include "parsers/document.h"
#include "base/charset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_once(struct span body, struct span type, struct items *items) {
    struct feed_info info = {0};
    struct error error = {0};
    return document_parse(body, type, SPAN("https://a.example/x"), items->arena, items, &info,
                          &error);
}

static bool equal(const struct item *a, const struct item *b) {
    return span_equal(a->id, b->id) && span_equal(a->text, b->text) &&
           span_equal(a->title, b->title) && a->published_ms == b->published_ms;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span body = {(const char *)data, size};
    struct span type = span_first(body, span_find_byte(body, '\n'));
    body = span_from(body, type.size < size ? type.size + 1 : size);
    struct items first = {.arena = arena_create()};
    struct items second = {.arena = arena_create()};
    bool read = read_once(body, type, &first);
    if (read != read_once(body, type, &second) || first.count != second.count) {
        fatal("the same bytes were read otherwise");
    }
    for (size_t i = 0; i < first.count; i++) {
        if (!charset_is_utf8(first.list[i].text) || !equal(&first.list[i], &second.list[i])) {
            fatal("an item is no UTF-8, or another the second time");
        }
    }
    arena_free(first.arena);
    arena_free(second.arena);
    return 0;
}
