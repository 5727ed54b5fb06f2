/* Whole small files: configurations, recipes, recorded answers. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/arena.h"
#include "base/error.h"

/* The contents of the file at `path` ("-": standard input), in `arena`, followed by a NUL.
 * ERROR_SYSTEM (code: errno) when it cannot be read, ERROR_LIMIT when it is larger than `ceiling`
 * bytes; the message does not name the file. */
MUST_CHECK bool file_read(const char *path, size_t ceiling, struct arena *arena, struct span *text,
                          struct error *error);

/* Writes a file anew. */
MUST_CHECK bool file_write(const char *path, struct span text, struct error *error);

#endif
