#include "store/folder.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

char *folder_path(const char *folder, const char *name) {
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = memory_new(size, 1);
    snprintf(path, size, "%s/%s", folder, name);
    return path;
}

bool folder_make(const char *folder, struct error *error) {
    char *path = memory_copy_string(folder);
    bool made = true;
    for (char *at = path + 1; made && *at != '\0'; at++) {
        if (*at == '/') {
            *at = '\0';
            made = mkdir(path, 0700) == 0 || errno == EEXIST || errno == EROFS || errno == EACCES;
            *at = '/';
        }
    }
    made = made && (mkdir(path, 0700) == 0 || errno == EEXIST);
    if (!made) {
        error_set_errno(error, errno, "folder %s cannot be made", folder);
    }
    free(path);
    return made;
}

/* The name is in the folder's own pages, which have to be on the disk too. */
bool folder_rename(const char *folder, const char *from, const char *to, struct error *error) {
    char *old = folder_path(folder, from);
    char *new = folder_path(folder, to);
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool renamed = rename(old, new) == 0 && descriptor >= 0 && fsync(descriptor) == 0;
    if (!renamed) {
        error_set_errno(error, errno, "%s cannot become %s", old, to);
    }
    if (descriptor >= 0) {
        close(descriptor);
    }
    free(old);
    free(new);
    return renamed;
}

/* --- Who may write ---------------------------------------------------------------------------- */

static bool lock_refuse(const char *folder, int lock, struct error *error) {
    char holder[300] = "";
    ssize_t size = pread(lock, holder, sizeof holder - 1, 0);
    holder[size > 0 ? size : 0] = '\0';
    holder[strcspn(holder, "\n")] = '\0';
    return error_set(error, ERROR_STORE, "the store in %s is being written by %s; stop it first",
                     folder, holder[0] != '\0' ? holder : "another process");
}

/* Names the holder. A courtesy for whoever is refused: the lock holds without it, on a full disk
 * too. */
static void lock_sign(int lock) {
    char host[200] = "";
    char text[300];
    gethostname(host, sizeof host - 1);
    int size = snprintf(text, sizeof text, "process %ld on host %s\n", (long)getpid(), host);
    ssize_t written = ftruncate(lock, 0) == 0 ? pwrite(lock, text, (size_t)size, 0) : 0;
    (void)written;
}

/* LMDB would let two writers take turns, but each would look for copies in a memory of its own. The
 * lock ends with the process, however that ends. */
static bool lock_take(const char *folder, const char *name, int operation, int *lock,
                      struct error *error) {
    char *path = folder_path(folder, name);
    int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    free(path);
    if (descriptor < 0) {
        return error_set_errno(error, errno, "the store in %s cannot be locked", folder);
    }
    if (flock(descriptor, operation | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) {
            lock_refuse(folder, descriptor, error);
        } else {
            error_set_errno(error, errno, "the store in %s cannot be locked", folder);
        }
        close(descriptor);
        return false;
    }
    lock_sign(descriptor);
    *lock = descriptor;
    return true;
}

bool folder_lock(const char *folder, int *lock, struct error *error) {
    return folder_make(folder, error) && lock_take(folder, "writer.lock", LOCK_EX, lock, error);
}

bool folder_lock_edits(const char *folder, bool alone, int *lock, struct error *error) {
    return lock_take(folder, "edit.lock", alone ? LOCK_EX : LOCK_SH, lock, error);
}
