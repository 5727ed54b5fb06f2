/* Writes JSON: commas, quotes and escapes in one place. Numbers that are not finite become null. */
#ifndef BASE_JSON_WRITER_H
#define BASE_JSON_WRITER_H

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

void json_put_text(struct json_writer *json, const char *key, struct span text);
void json_put_string(struct json_writer *json, const char *key, const char *string);
void json_put_int(struct json_writer *json, const char *key, int64_t value);
void json_put_count(struct json_writer *json, const char *key, uint64_t value);
void json_put_real(struct json_writer *json, const char *key, double value);
/* A share or a score, to six decimals; within +-1e9. */
void json_put_score(struct json_writer *json, const char *key, double value);
void json_put_bool(struct json_writer *json, const char *key, bool value);
void json_put_null(struct json_writer *json, const char *key);
void json_put_time(struct json_writer *json, const char *key, int64_t ms); /* null for DATE_NONE */

/* The same, left out where there is nothing to say. */
void json_put_text_if(struct json_writer *json, const char *key, struct span text);

#endif
