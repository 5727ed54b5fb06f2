/* Any bytes as an archive: it ends, within its ceilings, and the same bytes give the same text. */
#include "parsers/unpack.h"
#include "base/limits.h"
#include "base/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_create();
    struct span bytes = {(const char *)data, size};
    struct span first = {0};
    struct span second = {0};
    struct error error = {0};
    bool read = unpack(bytes, arena, &first, &error);
    if (read != unpack(bytes, arena, &second, &error) || (read && !span_equal(first, second))) {
        fatal("the same bytes were unpacked otherwise");
    }
    if (read && (first.size > LIMIT_BODY ||
                 (first.size > MIB && first.size / LIMIT_INFLATE_RATIO > size))) {
        fatal("a ceiling was passed");
    }
    arena_free(arena);
    return 0;
}
