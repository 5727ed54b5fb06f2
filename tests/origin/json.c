#include "tests/origin/json.h"

#include "base/print.h"

#include <inttypes.h>

void json_text(struct buffer *out, const char *key, struct span value) {
    buffer_print(out, "\"%s\":\"", key);
    print_json(out, value);
    buffer_append_string(out, "\",");
}

void json_string(struct buffer *out, const char *key, const char *value) {
    if (value == NULL) {
        json_raw(out, key, "null");
    } else {
        json_text(out, key, span_of(value));
    }
}

void json_number(struct buffer *out, const char *key, int64_t value) {
    buffer_print(out, "\"%s\":%" PRId64 ",", key, value);
}

void json_bool(struct buffer *out, const char *key, bool value) {
    json_raw(out, key, value ? "true" : "false");
}

void json_item(struct buffer *out, struct span value) {
    buffer_append_byte(out, '"');
    print_json(out, value);
    buffer_append_string(out, "\",");
}

void json_raw(struct buffer *out, const char *key, const char *value) {
    buffer_print(out, "\"%s\":%s,", key, value);
}

void json_open(struct buffer *out, const char *key, char bracket) {
    if (key != NULL) {
        buffer_print(out, "\"%s\":", key);
    }
    buffer_append_byte(out, bracket);
}

void json_end(struct buffer *out) {
    if (out->size > 0 && out->data[out->size - 1] == ',') {
        out->size--;
    }
}

void json_close(struct buffer *out, char bracket) {
    json_end(out);
    buffer_append_byte(out, bracket);
    buffer_append_byte(out, ',');
}
