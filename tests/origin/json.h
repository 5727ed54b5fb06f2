/* Writing JSON members. Each ends with a comma, so that members can follow in any order; an object
 * is closed by json_close(), which takes the last comma back. */
#ifndef TESTS_ORIGIN_JSON_H
#define TESTS_ORIGIN_JSON_H

#include "base/buffer.h"

void json_text(struct buffer *out, const char *key, struct span value);
void json_string(struct buffer *out, const char *key, const char *value); /* NULL: null */
void json_number(struct buffer *out, const char *key, int64_t value);
void json_bool(struct buffer *out, const char *key, bool value);
void json_item(struct buffer *out, struct span value); /* text in a list */
void json_raw(struct buffer *out, const char *key, const char *value);

/* `"key":{` or `"key":[`; key NULL: no key. json_close(out, '}') ends it, with a comma after. */
void json_open(struct buffer *out, const char *key, char bracket);
void json_close(struct buffer *out, char bracket);

/* The end of the document: takes the last comma back. */
void json_end(struct buffer *out);

#endif
