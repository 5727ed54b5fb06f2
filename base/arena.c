#include "base/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISONS 1
#endif
#endif

#ifdef ARENA_POISONS
#include <sanitizer/asan_interface.h>
#define POISON(address, size) __asan_poison_memory_region((address), (size))
#define UNPOISON(address, size) __asan_unpoison_memory_region((address), (size))
#define ARENA_GAP ((size_t)16) /* a poisoned stripe behind every allocation */
#else
#define POISON(address, size) ((void)(address), (void)(size))
#define UNPOISON(address, size) ((void)(address), (void)(size))
#define ARENA_GAP ((size_t)0)
#endif

/* Blocks double from 4 KiB (a small item fits) to 1 MiB (a large page needs few of them). */
#define ARENA_BLOCK_FIRST ((size_t)4096)
#define ARENA_BLOCK_MAX ((size_t)1 << 20)
#define ARENA_ALIGN alignof(max_align_t)

struct block {
    struct block *next; /* older */
    size_t size;        /* bytes in data */
    size_t used;
    alignas(max_align_t) char data[];
};

struct arena {
    struct block *newest;
    size_t used;
};

static struct block *block_create(size_t room, struct block *next) {
    size_t size = ARENA_GAP + room; /* a stripe before the first allocation too */
    struct block *block = memory_resize(NULL, sizeof *block + size, 1);
    block->next = next;
    block->size = size;
    block->used = ARENA_GAP;
    POISON(block->data, size);
    return block;
}

static void block_free(struct block *block) {
    UNPOISON(block->data, block->size);
    free(block);
}

struct arena *arena_create(void) {
    struct arena *arena = NEW(struct arena);
    arena->newest = block_create(ARENA_BLOCK_FIRST, NULL);
    return arena;
}

void arena_reset(struct arena *arena) {
    /* The newest is the largest. One made for a giant is not kept: giants are rare. */
    struct block *kept = arena->newest;
    if (kept->size > ARENA_GAP + ARENA_BLOCK_MAX && kept->next != NULL) {
        kept = kept->next;
        block_free(arena->newest);
    }
    while (kept->next != NULL) {
        struct block *next = kept->next->next;
        block_free(kept->next);
        kept->next = next;
    }
    arena->newest = kept;
    POISON(arena->newest->data, arena->newest->size);
    arena->newest->used = ARENA_GAP;
    arena->used = 0;
}

void arena_free(struct arena *arena) {
    if (arena == NULL) {
        return;
    }
    arena_reset(arena);
    block_free(arena->newest);
    free(arena);
}

size_t arena_used(const struct arena *arena) {
    return arena->used;
}

void *arena_allocate(struct arena *arena, size_t size) {
    size_t room = (size + ARENA_GAP + ARENA_ALIGN - 1) & ~(ARENA_ALIGN - 1);
    if (room < size) {
        fatal("out of memory (%zu bytes)", size);
    }
    struct block *block = arena->newest;
    if (block->size - block->used < room) {
        size_t next = block->size * 2 > ARENA_BLOCK_MAX ? ARENA_BLOCK_MAX : block->size * 2;
        block = block_create(room > next ? room : next, block);
        arena->newest = block;
    }
    void *memory = block->data + block->used;
    block->used += room;
    arena->used += room;
    UNPOISON(memory, size);
    return size == 0 ? memory : memset(memory, 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size) {
    size_t bytes = 0;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        fatal("out of memory (%zu objects of %zu bytes)", count, size);
    }
    return arena_allocate(arena, bytes);
}

void *arena_grow(struct arena *arena, void *old, size_t count, size_t *capacity, size_t size) {
    if (count < *capacity) {
        return old;
    }
    *capacity = *capacity == 0 ? 8 : *capacity * 2;
    void *grown = arena_array(arena, *capacity, size);
    return count == 0 ? grown : memcpy(grown, old, count * size);
}

char *arena_copy_string(struct arena *arena, struct span text) {
    char *copy = arena_allocate(arena, text.size + 1);
    if (text.size > 0) {
        memcpy(copy, text.data, text.size);
    }
    return copy;
}

struct span arena_copy(struct arena *arena, struct span text) {
    return (struct span){arena_copy_string(arena, text), text.size};
}

struct span arena_print(struct arena *arena, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size < 0) {
        fatal("format \"%s\" cannot be printed", format);
    }
    char *text = arena_allocate(arena, (size_t)size + 1);
    vsnprintf(text, (size_t)size + 1, format, again);
    va_end(again);
    return (struct span){text, (size_t)size};
}

struct span arena_join(struct arena *arena, const struct span *parts, size_t count,
                       const char *by) {
    struct span separator = span_of(by);
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        size += parts[i].size + (i > 0 ? separator.size : 0);
    }
    char *text = arena_allocate(arena, size + 1);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && separator.size > 0) {
            memcpy(text + at, separator.data, separator.size);
            at += separator.size;
        }
        if (parts[i].size > 0) {
            memcpy(text + at, parts[i].data, parts[i].size);
            at += parts[i].size;
        }
    }
    return (struct span){text, size};
}
