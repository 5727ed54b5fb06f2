/* Writes JSON: commas, quotes and escapes in one place. Numbers that are not finite become null. */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include "base/buffer.h"

struct json_writer {
    struct buffer *out;
    bool comma;  /* something stands before on this level */
    bool pretty; /* one member a line, two spaces a level */
    unsigned depth;
};
struct json_writer json_writer_make(struct buffer *out, bool pretty);

/* Inside an object every value has a key; in an array and at the root key is NULL. */
void json_object_begin(struct json_writer *json, const char *key);
void json_object_end(struct json_writer *json);
void json_array_begin(struct json_writer *json, const char *key);
void json_array_end(struct json_writer *json);

void json_text(struct json_writer *json, const char *key, struct span text);
void json_string(struct json_writer *json, const char *key, const char *string);
void json_int(struct json_writer *json, const char *key, int64_t value);
void json_count(struct json_writer *json, const char *key, uint64_t value);
void json_real(struct json_writer *json, const char *key, double value);
void json_bool(struct json_writer *json, const char *key, bool value);
void json_null(struct json_writer *json, const char *key);
void json_time(struct json_writer *json, const char *key, int64_t ms); /* null for DATE_NONE */
void json_raw(struct json_writer *json, const char *key, struct span document); /* trusted JSON */

/* The same, left out where there is nothing to say. */
void json_text_if(struct json_writer *json, const char *key, struct span text);

#endif
