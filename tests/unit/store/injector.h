/* A disk that fails: the calls by which the store's file is changed stand here in front of the C
 * library's, and one of them, once armed, does what the plan says. For one test program: include it
 * once.
 *
 * A power cut keeps of what was written since the last fdatasync() any subset of the blocks, as disks
 * do: each write is undone block by block, or not, before the process ends. Nothing is really synced,
 * so that a thousand runs take seconds. */
#ifndef TESTS_UNIT_STORE_INJECTOR_H
#define TESTS_UNIT_STORE_INJECTOR_H

#include "tests/unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum injector_call {
    CALL_WRITE, /* write, pwrite, writev */
    CALL_SYNC,  /* fsync, fdatasync, msync */
    CALL_SIZE,  /* ftruncate */
    CALL_MAP,   /* mmap of a file */
    CALL_COUNT,
};

enum injector_action {
    ACTION_NONE,
    ACTION_FAIL,      /* with `code` */
    ACTION_SHORT,     /* half is written, then it fails */
    ACTION_KILL,      /* the process ends before it */
    ACTION_TEAR,      /* half is written, then the process ends */
    ACTION_POWER_CUT, /* the process ends, and with it what was not synced */
};

struct injector_plan {
    enum injector_action action;
    int code;
    unsigned calls;      /* bit per enum injector_call: which ones count */
    unsigned long after; /* how many of them pass */
    unsigned long times; /* and how many fail then */
    uint64_t seed;       /* of what a power cut leaves */
};

#define INJECTOR_BLOCK ((size_t)4096)

struct injector_undo { /* one block as it was before */
    struct injector_undo *next;
    int file;
    off_t at;
    size_t size; /* 0: it was behind the end */
    char bytes[INJECTOR_BLOCK];
};

static struct injector {
    pthread_mutex_t mutex;
    struct injector_plan plan;
    unsigned long met;
    unsigned long failed;
    struct injector_undo *undo; /* latest first, since the last sync */
} injector = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static inline void injector_arm(const struct injector_plan *plan) {
    pthread_mutex_lock(&injector.mutex);
    injector.plan = *plan;
    injector.met = 0;
    injector.failed = 0;
    pthread_mutex_unlock(&injector.mutex);
}

static inline unsigned long injector_failures(void) {
    pthread_mutex_lock(&injector.mutex);
    unsigned long failed = injector.failed;
    pthread_mutex_unlock(&injector.mutex);
    return failed;
}

/* --- Power ------------------------------------------------------------------------------------ */

static inline void undo_forget(void) {
    while (injector.undo != NULL) {
        struct injector_undo *next = injector.undo->next;
        free(injector.undo);
        injector.undo = next;
    }
}

/* Locked. What is about to be overwritten; not through descriptors that sync as they write. */
static inline void undo_note(int file, off_t at, size_t size) {
    int flags = fcntl(file, F_GETFL);
    if (injector.plan.action != ACTION_POWER_CUT || flags < 0 || (flags & O_DSYNC) != 0) {
        return;
    }
    for (off_t block = at / (off_t)INJECTOR_BLOCK * (off_t)INJECTOR_BLOCK; block < at + (off_t)size;
         block += (off_t)INJECTOR_BLOCK) {
        struct injector_undo *undo = calloc(1, sizeof *undo);
        ssize_t kept = pread(file, undo->bytes, INJECTOR_BLOCK, block);
        undo->next = injector.undo;
        undo->file = file;
        undo->at = block;
        undo->size = kept > 0 ? (size_t)kept : 0;
        injector.undo = undo;
    }
}

/* Locked. A block is lost, or all that was written to it is there: what was overwritten twice goes back
 * to its oldest state or stays. */
static inline void power_cut(void) {
    static const char nothing[INJECTOR_BLOCK];
    for (struct injector_undo *undo = injector.undo; undo != NULL; undo = undo->next) {
        uint64_t chance = injector.plan.seed ^ (uint64_t)undo->at * 0x9E3779B97F4A7C15u;
        chance = (chance ^ chance >> 29) * 0xBF58476D1CE4E5B9u;
        if ((chance >> 40 & 1) != 0) {
            bool there = undo->size > 0;
            syscall(SYS_pwrite64, undo->file, there ? undo->bytes : nothing,
                    there ? undo->size : INJECTOR_BLOCK, undo->at);
        }
    }
}

/* --- What becomes of a call -------------------------------------------------------------------- */

/* Whether this one is to go wrong. Locked. */
static inline bool injector_strikes(enum injector_call call) {
    const struct injector_plan *plan = &injector.plan;
    if (plan->action == ACTION_NONE || (plan->calls & 1u << call) == 0) {
        return false;
    }
    unsigned long met = injector.met++;
    bool strikes = met >= plan->after && met - plan->after < plan->times;
    injector.failed += strikes;
    return strikes;
}

static inline void injector_end(void) {
    if (injector.plan.action == ACTION_POWER_CUT) {
        power_cut();
    }
    kill(getpid(), SIGKILL);
}

/* Locked. True: the call is to fail; `*size` may have been halved, and is to be written first. */
static inline bool injector_fails(enum injector_call call, size_t *size) {
    if (!injector_strikes(call)) {
        return false;
    }
    enum injector_action action = injector.plan.action;
    if (action == ACTION_KILL || action == ACTION_POWER_CUT) {
        injector_end();
    }
    bool partly = (action == ACTION_SHORT || action == ACTION_TEAR) && size != NULL;
    if (size != NULL) {
        *size = partly ? *size / 2 : 0;
    }
    return true;
}

static inline ssize_t injected_write(int file, const struct iovec *parts, int count, off_t at) {
    pthread_mutex_lock(&injector.mutex);
    size_t whole = 0;
    for (int i = 0; i < count; i++) {
        whole += parts[i].iov_len;
    }
    size_t size = whole;
    bool fails = injector_fails(CALL_WRITE, &size);
    off_t start = at < 0 ? lseek(file, 0, SEEK_CUR) : at;
    if (start >= 0) {
        undo_note(file, start, size);
    }
    ssize_t written = 0;
    for (int i = 0; i < count && size > 0; i++) {
        size_t part = parts[i].iov_len < size ? parts[i].iov_len : size;
        ssize_t done = at < 0 ? syscall(SYS_write, file, parts[i].iov_base, part)
                              : syscall(SYS_pwrite64, file, parts[i].iov_base, part, at + written);
        written += done > 0 ? done : 0;
        size = done == (ssize_t)part ? size - part : 0;
    }
    if (fails && injector.plan.action == ACTION_TEAR) {
        injector_end();
    }
    int code = fails ? injector.plan.code : errno;
    bool error = fails && injector.plan.action != ACTION_SHORT;
    pthread_mutex_unlock(&injector.mutex);
    errno = code;
    return error || (written == 0 && whole > 0) ? -1 : written;
}

static inline int injected_sync(void) {
    pthread_mutex_lock(&injector.mutex);
    bool fails = injector_fails(CALL_SYNC, NULL);
    int code = injector.plan.code;
    if (!fails) {
        undo_forget();
    }
    pthread_mutex_unlock(&injector.mutex);
    errno = fails ? code : errno;
    return fails ? -1 : 0;
}

/* --- The calls --------------------------------------------------------------------------------- */

ssize_t write(int file, const void *bytes, size_t size) {
    struct iovec part = {(void *)(uintptr_t)bytes, size};
    struct stat about;
    bool regular = fstat(file, &about) == 0 && S_ISREG(about.st_mode);
    return regular ? injected_write(file, &part, 1, -1) : syscall(SYS_write, file, bytes, size);
}

ssize_t pwrite(int file, const void *bytes, size_t size, off_t at) {
    struct iovec part = {(void *)(uintptr_t)bytes, size};
    return injected_write(file, &part, 1, at);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    return injected_write(file, parts, count, -1);
}

int fsync(int file) {
    (void)file;
    return injected_sync();
}

int fdatasync(int file) {
    (void)file;
    return injected_sync();
}

int msync(void *address, size_t size, int flags) {
    (void)address, (void)size, (void)flags;
    return injected_sync();
}

int ftruncate(int file, off_t size) {
    pthread_mutex_lock(&injector.mutex);
    bool fails = injector_fails(CALL_SIZE, NULL);
    int code = injector.plan.code;
    pthread_mutex_unlock(&injector.mutex);
    if (fails) {
        errno = code;
        return -1;
    }
    return (int)syscall(SYS_ftruncate, file, size);
}

void *mmap(void *address, size_t size, int protection, int flags, int file, off_t at) {
    bool fails = false;
    int code = 0;
    if (file >= 0) {
        pthread_mutex_lock(&injector.mutex);
        fails = injector_fails(CALL_MAP, NULL);
        code = injector.plan.code;
        pthread_mutex_unlock(&injector.mutex);
    }
    if (fails) {
        errno = code;
        return MAP_FAILED;
    }
    return (void *)syscall(SYS_mmap, address, size, protection, flags, file, at);
}

#endif
