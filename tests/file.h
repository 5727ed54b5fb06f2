/* Files for tests and benchmarks: what cannot be read is empty. */
#ifndef TESTS_FILE_H
#define TESTS_FILE_H

#include "base/file.h"
#include "base/limits.h"

static inline struct span test_file(const char *path, struct arena *arena) {
    struct span text = {NULL, 0};
    return file_read(path, LIMIT_DOCUMENT, arena, &text, NULL) ? text : (struct span){NULL, 0};
}

#endif
