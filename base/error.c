#include "base/error.h"

#include "base/print.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Makes a message fit for one line of a log or terminal, whatever a remote server put in it. What
 * is replaced never grows. */
static void message_clean(char *message) {
    struct span rest = span_of(message);
    char *to = message;
    while (rest.size > 0) {
        uint32_t rune = 0;
        size_t size = rune_decode(rest, &rune);
        bool is_space = rune == '\n' || rune == '\r' || rune == '\t';
        bool is_bad = !rune_is_harmless(rune) || (size == 1 && rune >= 0x80);
        if (is_space || is_bad) {
            *to++ = is_space ? ' ' : '?';
        } else {
            memmove(to, rest.data, size);
            to += size;
        }
        rest = span_from(rest, size);
    }
    *to = '\0';
}

/* Where a cut fell inside a UTF-8 character, takes its first part off. */
static void message_cut(char *message, size_t capacity) {
    struct span kept = span_first_utf8((struct span){message, capacity}, capacity - 4);
    memcpy(message + kept.size, "...", 4);
}

PRINTF_LIKE(2, 0)
static void message_print(struct error *error, const char *format, va_list arguments) {
    int size = vsnprintf(error->message, sizeof error->message, format, arguments);
    if (size >= (int)sizeof error->message) {
        message_cut(error->message, sizeof error->message);
    }
    message_clean(error->message);
}

bool error_set(struct error *error, enum error_kind kind, const char *format, ...) {
    if (error != NULL) {
        *error = (struct error){.kind = kind};
        va_list arguments;
        va_start(arguments, format);
        message_print(error, format, arguments);
        va_end(arguments);
    }
    return false;
}

bool error_set_at(struct error *error, enum error_kind kind, unsigned line, unsigned column,
                  const char *format, ...) {
    if (error != NULL) {
        *error = (struct error){.kind = kind, .line = line, .column = column};
        va_list arguments;
        va_start(arguments, format);
        message_print(error, format, arguments);
        va_end(arguments);
    }
    return false;
}

bool error_set_errno(struct error *error, int number, const char *format, ...) {
    if (error != NULL) {
        *error = (struct error){.kind = ERROR_SYSTEM, .code = number};
        va_list arguments;
        va_start(arguments, format);
        message_print(error, format, arguments);
        va_end(arguments);
        size_t used = strlen(error->message);
        snprintf(error->message + used, sizeof error->message - used, ": %s", strerror(number));
    }
    return false;
}

bool error_add_context(struct error *error, const char *format, ...) {
    if (error != NULL) {
        char below[sizeof error->message];
        memcpy(below, error->message, sizeof below);
        va_list arguments;
        va_start(arguments, format);
        int size = vsnprintf(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
        size_t used = size < 0 ? 0 : (size_t)size;
        if (used + 2 + strlen(below) >= sizeof error->message) {
            size_t half = sizeof error->message / 2;
            used = span_first_utf8(span_of(error->message), used < half ? used : half).size;
        }
        size = snprintf(error->message + used, sizeof error->message - used, ": %s", below);
        if (size >= (int)(sizeof error->message - used)) {
            message_cut(error->message, sizeof error->message);
        }
        message_clean(error->message);
    }
    return false;
}
