#include "base/base64.h"

static void append(struct buffer *out, struct span bytes, const char *last_digits, bool padded) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    for (size_t i = 0; i < bytes.size; i += 3) {
        uint32_t group = 0;
        size_t size = bytes.size - i < 3 ? bytes.size - i : 3;
        for (size_t j = 0; j < 3; j++) {
            group = group << 8 | (j < size ? (unsigned char)bytes.data[i + j] : 0);
        }
        for (size_t j = 0; j < 4 && (j <= size || padded); j++) {
            size_t digit = group >> (18 - 6 * j) & 63;
            char c = digit < 62 ? digits[digit] : last_digits[digit - 62];
            buffer_append_byte(out, j <= size ? c : '=');
        }
    }
}

void base64_append(struct buffer *out, struct span bytes) {
    append(out, bytes, "+/", true);
}

void base64_append_url(struct buffer *out, struct span bytes) {
    append(out, bytes, "-_", false);
}

static int digit_value(char c) {
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (byte_is_digit(c)) {
        return c - '0' + 52;
    }
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

struct span base64_decode(struct span text, struct arena *arena) {
    char *out = arena_allocate(arena, text.size / 4 * 3 + 4);
    size_t size = 0;
    uint32_t bits = 0;
    size_t digits = 0;
    for (size_t i = 0; i < text.size && text.data[i] != '='; i++) {
        int digit = digit_value(text.data[i]);
        if (digit < 0 && !byte_is_space(text.data[i])) {
            return (struct span){0};
        }
        if (digit >= 0) {
            bits = bits << 6 | (uint32_t)digit;
            digits++;
            if (digits % 4 != 1) {
                out[size++] = (char)(bits >> (6 - 2 * ((digits - 1) % 4)));
            }
        }
    }
    return (struct span){out, size};
}

void base16_write(char *out, struct span bytes) {
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.size; i++) {
        unsigned char byte = (unsigned char)bytes.data[i];
        out[2 * i] = digits[byte >> 4];
        out[2 * i + 1] = digits[byte & 15];
    }
}
