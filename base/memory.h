/* The heap, with one answer to "out of memory": say so and stop.
 *
 * A process that cannot get a few bytes cannot log, store or mail either; what was committed is
 * safe in the store. Input that is too big is another matter: that is an ordinary error, because
 * every buffer, arena and loop has a ceiling from base/limits.h. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

/* Zeroed memory for `count` objects of `size` bytes; never NULL; free() it. */
void *memory_new(size_t count, size_t size);
#define NEW(type) ((type *)memory_new(1, sizeof(type)))
#define NEW_ARRAY(type, count) ((type *)memory_new((count), sizeof(type)))

/* `old` (or NULL) grown or shrunk to `count` objects of `size` bytes; new bytes are not zeroed. */
void *memory_resize(void *old, size_t count, size_t size);

/* Room for at least one more element: doubles `*capacity` when `count` has reached it. */
void *memory_grow(void *old, size_t count, size_t *capacity, size_t size);

/* A heap copy of a NUL-terminated string; free() it. */
char *memory_copy_string(const char *string);

/* Freed memory stays with the process for what is asked for next, some megabytes of it. A library that
 * takes a large buffer for each text would otherwise have the system map and clear it every time.
 * Called once, at the start of a program. */
void memory_keep_freed(void);

/* Says why on stderr and aborts. For states that only a bug, or no memory, can bring about. */
_Noreturn void fatal(const char *format, ...) PRINTF_LIKE(1, 2);

#endif
