/* An arena: many small allocations, one free.
 *
 * One arena per document or request: the body, the items, their text and their scores live in it
 * and die together. Memory comes zeroed and aligned for any type, never NULL. Under
 * AddressSanitizer the gaps between allocations are poisoned, so that an overrun between neighbours
 * is caught. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/memory.h"
#include "base/span.h"

#include <stdarg.h>

struct arena; /* opaque */

struct arena *arena_create(void);
void arena_free(struct arena *arena); /* NULL is fine */

/* Forgets all allocations but keeps the largest block for reuse: an arena that is reset for every
 * item of a batch asks the heap for nothing once it has seen the largest. */
void arena_reset(struct arena *arena);

/* Bytes handed out since creation or the last reset. */
size_t arena_used(const struct arena *arena);

/* `size` zeroed bytes. */
void *arena_allocate(struct arena *arena, size_t size);
#define ARENA_NEW(arena, type) ((type *)arena_allocate((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_array((arena), (count), sizeof(type)))
void *arena_array(struct arena *arena, size_t count, size_t size);

/* Room for one more element of an array that lives in the arena: returns `old`, or a copy of twice
 * the capacity. */
void *arena_grow(struct arena *arena, void *old, size_t count, size_t *capacity, size_t size);

/* Copies, always followed by a NUL that the span does not count. */
struct span arena_copy(struct arena *arena, struct span text);
char *arena_copy_string(struct arena *arena, struct span text);
struct span arena_print(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
struct span arena_join(struct arena *arena, const struct span *parts, size_t count, const char *by);

#endif
