/* One logger: events with fields, on stderr, as logfmt or JSON lines.
 *
 *     log_warning(log, "source_failed", LOG_TEXT("source", name), LOG_INT("status", 503));
 *     2026-11-21T09:10:11.120Z warning source_failed source=hackernews status=503
 *
 * An event has one fixed name (snake_case) and no prose. Values may come from anywhere: control
 * characters, quotes and bidirectional overrides are escaped, so no remote text can forge a line
 * or move a cursor. Long texts are cut, and a field that no longer fits into the line is left out. Safe from any thread. Only app and crawler log; the other rooms return errors.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/clock.h"
#include "base/error.h"
#include "base/span.h"

#include <stdio.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR, LOG_SILENT };
enum log_format { LOG_LOGFMT, LOG_JSON };

struct log; /* opaque */

/* Writes events of at least `least` to `stream` (stderr). NULL wherever a log is asked for =
 * silent. */
struct log *log_create(FILE *stream, enum log_format format, enum log_level least,
                       const struct clock *clock);
void log_free(struct log *log);
bool log_wants(const struct log *log, enum log_level level);

struct log_field {
    const char *key;
    enum { LOG_FIELD_TEXT, LOG_FIELD_INT, LOG_FIELD_REAL } type;
    struct span text;
    int64_t integer;
    double real;
};
#define LOG_TEXT(name, value)                                                                      \
    ((struct log_field){.key = (name), .type = LOG_FIELD_TEXT, .text = (value)})
#define LOG_STRING(name, value) LOG_TEXT(name, span_of(value))
#define LOG_INT(name, value)                                                                       \
    ((struct log_field){.key = (name), .type = LOG_FIELD_INT, .integer = (int64_t)(value)})
#define LOG_REAL(name, value)                                                                      \
    ((struct log_field){.key = (name), .type = LOG_FIELD_REAL, .real = (value)})
#define LOG_ERROR_TEXT(error) LOG_STRING("error", (error)->message)

void log_event(struct log *log, enum log_level level, const char *event,
               const struct log_field *fields, size_t count);

#define LOG_EVENT(log, level, ...) LOG_EVENT_(log, level, __VA_ARGS__, LOG_FIELDS_END)
#define LOG_FIELDS_END ((struct log_field){.key = NULL})
#define LOG_EVENT_(log, level, event, ...)                                                         \
    log_event((log), (level), (event), (const struct log_field[]){__VA_ARGS__},                    \
              sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field) - 1)
#define log_debug(log, ...) LOG_EVENT(log, LOG_DEBUG, __VA_ARGS__)
#define log_info(log, ...) LOG_EVENT(log, LOG_INFO, __VA_ARGS__)
#define log_warning(log, ...) LOG_EVENT(log, LOG_WARNING, __VA_ARGS__)
#define log_error(log, ...) LOG_EVENT(log, LOG_ERROR, __VA_ARGS__)

#endif
