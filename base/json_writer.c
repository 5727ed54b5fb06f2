#include "base/json_writer.h"

#include "base/date.h"
#include "base/print.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct json_writer json_writer_make(struct buffer *out, bool pretty) {
    return (struct json_writer){.out = out, .pretty = pretty};
}

static void json_line(struct json_writer *json) {
    if (!json->pretty) {
        return;
    }
    buffer_append_byte(json->out, '\n');
    for (unsigned i = 0; i < json->depth; i++) {
        buffer_append_string(json->out, "  ");
    }
}

static void json_before(struct json_writer *json, const char *key) {
    if (json->comma) {
        buffer_append_byte(json->out, ',');
    }
    if (json->depth > 0) {
        json_line(json);
    }
    json->comma = true;
    if (key != NULL) {
        buffer_append_byte(json->out, '"');
        print_json(json->out, span_of(key));
        buffer_append_string(json->out, json->pretty ? "\": " : "\":");
    }
}

static void json_open(struct json_writer *json, const char *key, char bracket) {
    json_before(json, key);
    buffer_append_byte(json->out, bracket);
    json->depth++;
    json->comma = false;
}

static void json_close(struct json_writer *json, char bracket) {
    json->depth--;
    if (json->comma) {
        json_line(json);
    }
    buffer_append_byte(json->out, bracket);
    json->comma = true;
}

void json_object_begin(struct json_writer *json, const char *key) {
    json_open(json, key, '{');
}

void json_object_end(struct json_writer *json) {
    json_close(json, '}');
}

void json_array_begin(struct json_writer *json, const char *key) {
    json_open(json, key, '[');
}

void json_array_end(struct json_writer *json) {
    json_close(json, ']');
}

void json_put_text(struct json_writer *json, const char *key, struct span text) {
    json_before(json, key);
    buffer_append_byte(json->out, '"');
    print_json(json->out, text);
    buffer_append_byte(json->out, '"');
}

void json_put_text_if(struct json_writer *json, const char *key, struct span text) {
    if (!span_is_empty(text)) {
        json_put_text(json, key, text);
    }
}

void json_put_string(struct json_writer *json, const char *key, const char *string) {
    json_put_text(json, key, span_of(string));
}

void json_put_int(struct json_writer *json, const char *key, int64_t value) {
    json_before(json, key);
    buffer_print(json->out, "%" PRId64, value);
}

void json_put_count(struct json_writer *json, const char *key, uint64_t value) {
    json_before(json, key);
    buffer_print(json->out, "%" PRIu64, value);
}

/* Fifteen digits print 0.1 as 0.1; seventeen where fifteen do not read back as the same value. */
void json_put_real(struct json_writer *json, const char *key, double value) {
    json_before(json, key);
    if (!isfinite(value)) {
        buffer_append_string(json->out, "null");
        return;
    }
    char text[40];
    double back = 0;
    snprintf(text, sizeof(text), "%.15g", value);
    if (!span_to_double(span_of(text), &back) || back < value || back > value) {
        snprintf(text, sizeof(text), "%.17g", value);
    }
    buffer_append_string(json->out, text);
}

/* Without printf, which takes longer than scoring a tweet does. */
void json_put_score(struct json_writer *json, const char *key, double value) {
    int64_t millionths = llround(value * 1e6);
    uint64_t left = (uint64_t)llabs(millionths);
    char text[32];
    size_t at = sizeof text;
    bool shown = false; /* a decimal that is not 0 */
    for (int decimal = 0; decimal < 6; decimal++, left /= 10) {
        shown = shown || left % 10 != 0;
        if (shown) {
            text[--at] = (char)('0' + left % 10);
        }
    }
    if (shown) {
        text[--at] = '.';
    }
    do {
        text[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (millionths < 0) {
        text[--at] = '-';
    }
    json_before(json, key);
    buffer_append(json->out, (struct span){text + at, sizeof text - at});
}

void json_put_bool(struct json_writer *json, const char *key, bool value) {
    json_before(json, key);
    buffer_append_string(json->out, value ? "true" : "false");
}

void json_put_null(struct json_writer *json, const char *key) {
    json_before(json, key);
    buffer_append_string(json->out, "null");
}

void json_put_time(struct json_writer *json, const char *key, int64_t ms) {
    char text[DATE_TEXT_SIZE];
    if (ms == DATE_NONE) {
        json_put_null(json, key);
        return;
    }
    json_put_string(json, key, date_print(ms, text));
}
