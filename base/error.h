/* Errors as values: what went wrong, where, and the way it came up.
 *
 * A fallible function returns bool and takes `struct error *error` last. On false the error is
 * filled; on true it is left alone. Expected outcomes (not modified, not found, try later) are
 * enums of their function, not errors. Context is put in front as an error rises: return
 * error_add_context(error, "item %zu", index); gives "https://example.com/feed: item 7: date not
 * understood". */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "base/memory.h"
#include "base/span.h"

enum error_kind {
    ERROR_NONE,
    ERROR_USAGE,   /* the caller's words: command line, configuration, query */
    ERROR_INPUT,   /* what a source or file sent cannot be understood */
    ERROR_LIMIT,   /* a ceiling from base/limits.h was reached */
    ERROR_NETWORK, /* another machine did not do its part */
    ERROR_REFUSED, /* a rule of ours forbids it: address guard, robots.txt, budget */
    ERROR_STORE,   /* the store is damaged, newer, locked or out of disk */
    ERROR_SYSTEM,  /* the operating system said no */
};

struct error {
    enum error_kind kind;
    int code;          /* an HTTP status, SMTP reply, errno or library code; 0 = none */
    char message[512]; /* one line, no final full stop; cut with "..." when longer */
    unsigned line;     /* 1-based; 0 = none */
    unsigned column;   /* 1-based, in characters; 0 = none */
};

/* Fill the error and return false, so that `return error_set(...)` reads well.
 * `error` may be NULL: the caller does not want to know why. Remote text is safe in arguments:
 * what is not harmless on a terminal becomes "?", line ends and tabs a space. */
bool error_set(struct error *error, enum error_kind kind, const char *format, ...)
    PRINTF_LIKE(3, 4);
bool error_set_at(struct error *error, enum error_kind kind, unsigned line, unsigned column,
                  const char *format, ...) PRINTF_LIKE(5, 6);
bool error_set_errno(struct error *error, int number, const char *format, ...) PRINTF_LIKE(3, 4);

/* Puts "format: " in front of the message. Returns false. */
bool error_add_context(struct error *error, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
