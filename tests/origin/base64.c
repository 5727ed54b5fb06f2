#include "tests/origin/base64.h"

struct span base64_decode(struct arena *arena, struct span text) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *out = arena_allocate(arena, text.size + 1);
    size_t size = 0;
    uint32_t bits = 0;
    int count = 0;
    for (size_t i = 0; i < text.size; i++) {
        const char *digit = memchr(digits, text.data[i], sizeof digits - 1);
        if (digit == NULL) {
            break;
        }
        bits = (bits << 6) | (uint32_t)(digit - digits);
        count += 6;
        if (count >= 8) {
            count -= 8;
            out[size++] = (char)((bits >> count) & 0xFF);
        }
    }
    return (struct span){out, size};
}
