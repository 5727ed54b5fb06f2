/* Any bytes, the first line of which names a content type: always UTF-8 comes out. */
#include "base/charset.h"
#include "parsers/document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_create();
    struct span text = {(const char *)data, size};
    size_t line = span_find_byte(text, '\n');
    struct span type = span_first(text, line);
    struct span body = line == SPAN_NOT_FOUND ? text : span_from(text, line + 1);
    struct span utf8 = charset_to_utf8(body, type, arena);
    if (!charset_is_utf8(utf8)) {
        fatal("no UTF-8");
    }
    document_sniff(utf8, type);
    arena_free(arena);
    return 0;
}
