#include "base/secret.h"

#include "base/limits.h"
#include "base/suggest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

bool secret_is_acceptable(struct span value, struct error *error) {
    if (value.size == 0) {
        return error_set(error, ERROR_USAGE, "it is empty");
    }
    if (value.size > LIMIT_SECRET) {
        return error_set(error, ERROR_LIMIT, "it is longer than %zu bytes", LIMIT_SECRET);
    }
    bool has_lines =
        span_starts_with(value, SPAN("-----BEGIN ")) || span_starts_with(value, SPAN("{"));
    for (size_t i = 0; i < value.size; i++) {
        bool is_space = has_lines && byte_is_space(value.data[i]);
        if ((unsigned char)value.data[i] < 0x20 && !is_space) {
            return error_set(error, ERROR_USAGE, "it is more than one line of text");
        }
    }
    return true;
}

static bool read_all(int file, char *bytes, size_t capacity, size_t *size, struct error *error) {
    *size = 0;
    for (ssize_t taken = 1; taken != 0 && *size < capacity;) {
        taken = read(file, bytes + *size, capacity - *size);
        if (taken < 0 && errno != EINTR) {
            return error_set_errno(error, errno, "cannot be read");
        }
        *size += taken > 0 ? (size_t)taken : 0;
    }
    return true;
}

static bool check_file(int file, bool private_only, struct error *error) {
    struct stat status;
    if (fstat(file, &status) != 0) {
        return error_set_errno(error, errno, "cannot be read");
    }
    if (!S_ISREG(status.st_mode)) {
        return error_set(error, ERROR_USAGE, "is not a plain file");
    }
    if (private_only && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return error_set(error, ERROR_REFUSED,
                         "others than its owner have access (mode %04o); run chmod 600 on it",
                         (unsigned)(status.st_mode & 07777));
    }
    return true;
}

static bool read_secret(int file, bool private_only, struct arena *arena, struct span *value,
                        struct error *error) {
    char bytes[LIMIT_SECRET + 3]; /* a line end, and one to see that there is more */
    size_t size = 0;
    if (!check_file(file, private_only, error) ||
        !read_all(file, bytes, sizeof bytes, &size, error)) {
        return false;
    }
    struct span text = {bytes, size};
    if (span_ends_with(text, SPAN("\n"))) {
        text.size -= span_ends_with(text, SPAN("\r\n")) ? 2 : 1;
    }
    if (!secret_is_acceptable(text, error)) {
        return false;
    }
    *value = arena_copy(arena, text);
    return true;
}

static bool open_and_read(const char *path, bool private_only, struct arena *arena,
                          struct span *value, struct error *error) {
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (file < 0) {
        return error_set_errno(error, errno, "cannot be opened");
    }
    bool done = read_secret(file, private_only, arena, value, error);
    close(file);
    return done;
}

bool secret_read_file(struct span path, struct arena *arena, struct span *value,
                      struct error *error) {
    return open_and_read(arena_copy_string(arena, path), true, arena, value, error) ||
           error_add_context(error, "%.*s", SPAN_ARG(path));
}

static bool part_is_secret(struct span part) {
    static const char *const words[] = {"key",    "apikey", "token", "secret",    "password",
                                        "passwd", "pass",   "auth",  "signature", "credentials"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        struct span word = span_of(words[i]);
        size_t mistakes = word.size >= 8 ? 2 : word.size >= 5 ? 1 : 0;
        if (suggest_distance(part, word) <= mistakes) {
            return true;
        }
    }
    return false;
}

bool secret_is_named(struct span name) {
    bool secret = false;
    bool file = false;
    size_t begin = 0;
    for (size_t i = 0; i <= name.size; i++) {
        if (i == name.size || name.data[i] == '_' || name.data[i] == '-' || name.data[i] == '.') {
            struct span part = span_from(span_first(name, i), begin);
            secret = secret || part_is_secret(part);
            file = span_equal_nocase(part, SPAN("file"));
            begin = i + 1;
        }
    }
    return secret && !file;
}

struct span secret_variable(struct span name, struct arena *arena) {
    struct span variable = arena_print(arena, "EARSHOT_%.*s", SPAN_ARG(name));
    char *bytes = arena_copy_string(arena, variable);
    for (size_t i = 0; i < variable.size; i++) {
        bool kept = byte_is_alpha(bytes[i]) || byte_is_digit(bytes[i]);
        bool lower = bytes[i] >= 'a' && bytes[i] <= 'z';
        bytes[i] = !kept ? '_' : lower ? (char)(bytes[i] - 'a' + 'A') : bytes[i];
    }
    return (struct span){bytes, variable.size};
}

/* A name from the configuration must not lead out of the folder. */
static char *credential_path(const char *folder, struct span name, struct arena *arena) {
    struct span path = arena_print(arena, "%s/%.*s", folder, SPAN_ARG(name));
    char *bytes = arena_copy_string(arena, path);
    for (size_t i = strlen(folder) + 1; i < path.size; i++) {
        bytes[i] = bytes[i] == '/' ? '_' : bytes[i];
    }
    return bytes;
}

enum secret_found secret_find(struct span name, struct arena *arena, struct span *value,
                              struct error *error) {
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    if (folder != NULL && folder[0] != '\0') {
        const char *path = credential_path(folder, name, arena);
        struct error problem = {0};
        if (open_and_read(path, false, arena, value, &problem)) {
            return SECRET_FOUND;
        }
        if (problem.code != ENOENT) {
            error_set(error, problem.kind, "%s: %s", path, problem.message);
            return SECRET_UNREADABLE;
        }
    }
    struct span variable = secret_variable(name, arena);
    const char *text = getenv(variable.data);
    if (text == NULL || text[0] == '\0') {
        return SECRET_NOT_GIVEN;
    }
    struct error problem = {0};
    if (!secret_is_acceptable(span_of(text), &problem)) {
        error_set(error, problem.kind, "$%s: %s", variable.data, problem.message);
        return SECRET_UNREADABLE;
    }
    *value = arena_copy(arena, span_of(text));
    return SECRET_FOUND;
}
