#include "base/log.h"

#include "base/buffer.h"
#include "base/date.h"
#include "base/limits.h"
#include "base/print.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>

struct log {
    FILE *stream;
    enum log_format format;
    enum log_level least;
    const struct clock *clock;
    pthread_mutex_t mutex; /* one line is written whole */
};

static const char *const level_names[] = {"debug", "info", "warning", "error", "silent"};

struct log *log_create(FILE *stream, enum log_format format, enum log_level least,
                       const struct clock *clock) {
    struct log *log = NEW(struct log);
    *log = (struct log){.stream = stream, .format = format, .least = least, .clock = clock};
    pthread_mutex_init(&log->mutex, NULL);
    return log;
}

void log_free(struct log *log) {
    if (log != NULL) {
        pthread_mutex_destroy(&log->mutex);
        free(log);
    }
}

bool log_wants(const struct log *log, enum log_level level) {
    return log != NULL && level >= log->least;
}

/* JSON has no infinity. */
static void print_real(struct buffer *line, double real) {
    if (isfinite(real)) {
        buffer_print(line, "%.6g", real);
    } else {
        buffer_append_string(line, "null");
    }
}

static void print_logfmt_field(struct buffer *line, const struct log_field *field) {
    buffer_print(line, " %s=", field->key);
    if (field->type == LOG_FIELD_INT) {
        buffer_print(line, "%lld", (long long)field->integer);
    } else if (field->type == LOG_FIELD_REAL) {
        print_real(line, field->real);
    } else {
        print_logfmt(line, span_first_utf8(field->text, LIMIT_LOG_TEXT));
    }
}

static void print_json_field(struct buffer *line, const struct log_field *field) {
    buffer_print(line, ",\"%s\":", field->key);
    if (field->type == LOG_FIELD_INT) {
        buffer_print(line, "%lld", (long long)field->integer);
    } else if (field->type == LOG_FIELD_REAL) {
        print_real(line, field->real);
    } else {
        buffer_append_byte(line, '"');
        print_json(line, span_first_utf8(field->text, LIMIT_LOG_TEXT));
        buffer_append_byte(line, '"');
    }
}

void log_event(struct log *log, enum log_level level, const char *event,
               const struct log_field *fields, size_t count) {
    if (!log_wants(log, level)) {
        return;
    }
    char time[DATE_TEXT_SIZE];
    date_print(clock_wall_ms(log->clock), time);
    struct buffer line;
    buffer_init(&line, LIMIT_LOG_LINE - 1); /* and the closing brace */
    bool json = log->format == LOG_JSON;
    buffer_print(&line, json ? "{\"time\":\"%s\",\"level\":\"%s\",\"event\":\"%s\"" : "%s %s %s",
                 time, level_names[level], event);
    for (size_t i = 0; i < count; i++) {
        size_t before = line.size;
        (json ? print_json_field : print_logfmt_field)(&line, &fields[i]);
        if (line.overflowed) { /* half a field would spoil the line */
            line.size = before;
            line.overflowed = false;
        }
    }
    line.ceiling++;
    buffer_append_string(&line, json ? "}" : "");
    pthread_mutex_lock(&log->mutex);
    fprintf(log->stream, "%s\n", buffer_string(&line));
    fflush(log->stream);
    pthread_mutex_unlock(&log->mutex);
    buffer_done(&line);
}
