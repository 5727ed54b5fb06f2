#include "base/memory.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT_FREE = 4 << 20, MAPPED_FROM = 1 << 20 };

void memory_keep_freed(void) {
    (void)mallopt(M_TRIM_THRESHOLD, KEPT_FREE);
    (void)mallopt(M_MMAP_THRESHOLD, MAPPED_FROM);
}

void fatal(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("earshot: fatal: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    abort();
}

void *memory_new(size_t count, size_t size) {
    void *memory = calloc(count == 0 ? 1 : count, size);
    if (memory == NULL) {
        fatal("out of memory (%zu objects of %zu bytes)", count, size);
    }
    return memory;
}

void *memory_resize(void *old, size_t count, size_t size) {
    size_t bytes = 0;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        fatal("out of memory (%zu objects of %zu bytes)", count, size);
    }
    void *memory = realloc(old, bytes == 0 ? 1 : bytes);
    if (memory == NULL) {
        fatal("out of memory (%zu bytes)", bytes);
    }
    return memory;
}

void *memory_grow(void *old, size_t count, size_t *capacity, size_t size) {
    if (count < *capacity) {
        return old;
    }
    *capacity = *capacity == 0 ? 8 : *capacity * 2;
    return memory_resize(old, *capacity, size);
}

char *memory_copy_string(const char *string) {
    size_t size = strlen(string) + 1;
    return memcpy(memory_resize(NULL, size, 1), string, size);
}
