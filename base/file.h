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

/* Makes a file that does not exist yet, readable by its owner alone; ERROR_SYSTEM with code EEXIST
 * when there is one: nothing is overwritten. */
MUST_CHECK bool file_create(const char *path, struct span text, struct error *error);

#endif
