/* A growing byte buffer with a ceiling from birth.
 *
 * An append that would pass the ceiling changes nothing but the `overflowed` flag, which stays set:
 * write many pieces, ask once at the end. */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include "base/memory.h"
#include "base/span.h"

struct buffer {
    char *data; /* NULL until the first append */
    size_t size;
    size_t capacity;
    size_t ceiling; /* most bytes it may hold */
    bool overflowed;
};

void buffer_init(struct buffer *buffer, size_t ceiling);
void buffer_done(struct buffer *buffer);  /* frees; the buffer may be initialised again */
void buffer_clear(struct buffer *buffer); /* empties, keeps the memory, clears `overflowed` */

/* False, and `overflowed`, when the ceiling forbids it. */
bool buffer_append(struct buffer *buffer, struct span text);
bool buffer_append_string(struct buffer *buffer, const char *string);
bool buffer_append_byte(struct buffer *buffer, char byte);
bool buffer_print(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);

/* Appends the UTF-8 form of a code point; surrogates and values above U+10FFFF become U+FFFD. */
bool buffer_append_rune(struct buffer *buffer, uint32_t rune);

/* What it holds; valid until the next change. */
struct span buffer_span(const struct buffer *buffer);

/* The same as a NUL-terminated string (never NULL), valid until the next change. */
const char *buffer_string(struct buffer *buffer);

#endif
