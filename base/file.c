#include "base/file.h"

#include "base/buffer.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

bool file_read(const char *path, size_t ceiling, struct arena *arena, struct span *text,
               struct error *error) {
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
    if (file == NULL) {
        return error_set_errno(error, errno, "cannot be opened");
    }
    struct buffer contents;
    buffer_init(&contents, ceiling);
    char piece[16 * KIB];
    size_t size = 0;
    while ((size = fread(piece, 1, sizeof piece, file)) > 0 &&
           buffer_append(&contents, (struct span){piece, size})) {
    }
    int failed = ferror(file) != 0 ? errno : 0;
    if (file != stdin) {
        fclose(file);
    }
    bool whole = !contents.overflowed;
    *text = arena_copy(arena, buffer_span(&contents));
    buffer_done(&contents);
    if (failed != 0) {
        return error_set_errno(error, failed, "cannot be read");
    }
    return whole || error_set(error, ERROR_LIMIT, "larger than %zu KiB", ceiling / KIB);
}

static bool write_all(FILE *file, struct span text, struct error *error) {
    bool written = text.size == 0 || fwrite(text.data, 1, text.size, file) == text.size;
    int failed = written ? 0 : errno;
    if (fclose(file) != 0 && failed == 0) {
        failed = errno;
    }
    return failed == 0 || error_set_errno(error, failed, "cannot be written");
}

bool file_write(const char *path, struct span text, struct error *error) {
    FILE *file = fopen(path, "wbe");
    return file != NULL ? write_all(file, text, error)
                        : error_set_errno(error, errno, "cannot be opened");
}

bool file_create(const char *path, struct span text, struct error *error) {
    int made = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *file = made < 0 ? NULL : fdopen(made, "wb");
    return file != NULL ? write_all(file, text, error)
                        : error_set_errno(error, errno, "cannot be made");
}
