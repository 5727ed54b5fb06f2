#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define BUFFER_FIRST ((size_t)256)

void buffer_init(struct buffer *buffer, size_t ceiling) {
    *buffer = (struct buffer){.ceiling = ceiling};
}

void buffer_done(struct buffer *buffer) {
    free(buffer->data);
    *buffer = (struct buffer){.ceiling = buffer->ceiling};
}

void buffer_clear(struct buffer *buffer) {
    buffer->size = 0;
    buffer->overflowed = false;
}

/* Makes room for `more` bytes and the NUL that buffer_string() may add. */
static bool buffer_reserve(struct buffer *buffer, size_t more) {
    if (more > buffer->ceiling || buffer->size > buffer->ceiling - more) {
        buffer->overflowed = true;
        return false;
    }
    size_t needed = buffer->size + more + 1;
    if (needed > buffer->capacity) {
        size_t capacity = buffer->capacity == 0 ? BUFFER_FIRST : buffer->capacity * 2;
        capacity = capacity < needed ? needed : capacity;
        buffer->data = memory_resize(buffer->data, capacity, 1);
        buffer->capacity = capacity;
    }
    return true;
}

bool buffer_append(struct buffer *buffer, struct span text) {
    if (!buffer_reserve(buffer, text.size)) {
        return false;
    }
    if (text.size > 0) {
        memcpy(buffer->data + buffer->size, text.data, text.size);
        buffer->size += text.size;
    }
    return true;
}

bool buffer_append_string(struct buffer *buffer, const char *string) {
    return buffer_append(buffer, span_of(string));
}

bool buffer_append_byte(struct buffer *buffer, char byte) {
    return buffer_append(buffer, (struct span){&byte, 1});
}

bool buffer_print(struct buffer *buffer, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    bool fits = size >= 0 && buffer_reserve(buffer, (size_t)size);
    if (fits) {
        vsnprintf(buffer->data + buffer->size, (size_t)size + 1, format, again);
        buffer->size += (size_t)size;
    }
    va_end(again);
    return fits;
}

bool buffer_append_rune(struct buffer *buffer, uint32_t rune) {
    if (rune > 0x10FFFF || (rune >= 0xD800 && rune <= 0xDFFF)) {
        rune = 0xFFFD;
    }
    char bytes[4];
    size_t size = 0;
    if (rune < 0x80) {
        bytes[size++] = (char)rune;
    } else if (rune < 0x800) {
        bytes[size++] = (char)(0xC0 | (rune >> 6));
        bytes[size++] = (char)(0x80 | (rune & 0x3F));
    } else if (rune < 0x10000) {
        bytes[size++] = (char)(0xE0 | (rune >> 12));
        bytes[size++] = (char)(0x80 | ((rune >> 6) & 0x3F));
        bytes[size++] = (char)(0x80 | (rune & 0x3F));
    } else {
        bytes[size++] = (char)(0xF0 | (rune >> 18));
        bytes[size++] = (char)(0x80 | ((rune >> 12) & 0x3F));
        bytes[size++] = (char)(0x80 | ((rune >> 6) & 0x3F));
        bytes[size++] = (char)(0x80 | (rune & 0x3F));
    }
    return buffer_append(buffer, (struct span){bytes, size});
}

struct span buffer_span(const struct buffer *buffer) {
    return (struct span){buffer->data, buffer->size};
}

const char *buffer_string(struct buffer *buffer) {
    if (buffer->data == NULL) {
        return "";
    }
    buffer->data[buffer->size] = '\0';
    return buffer->data;
}
