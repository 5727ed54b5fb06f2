/* JSON by jansson, with its ceilings and its tolerance for what real servers send.
 *
 * Depth and values are limited (base/limits.h). Half surrogates, which jansson refuses a document
 * for, become U+FFFD; integers that may not fit 64 bits become strings; a byte-order mark is passed over. */
#ifndef PARSERS_JSON_H
#define PARSERS_JSON_H

#include "base/arena.h"
#include "base/error.h"

#include <jansson.h>

/* The caller's: json_decref() it. The error has line and column. */
MUST_CHECK bool json_parse(struct span text, json_t **root, struct error *error);

/* The same for JSON as it stands in pages: comments, trailing commas, control characters inside
 * strings, missing ends; several values behind each other become one array. */
MUST_CHECK bool json_parse_damaged(struct span text, struct arena *arena, json_t **root,
                                   struct error *error);

/* One value a line ("JSON Lines"), as an array; empty lines are passed over. */
MUST_CHECK bool json_parse_lines(struct span text, json_t **root, struct error *error);

/* `text` with that damage mended, in `arena`. */
struct span json_mend(struct span text, struct arena *arena);

/* A string's bytes; an empty span for anything else. Lives as long as the value. */
struct span json_span(const json_t *value);

/* A scalar as text, in `arena`: strings as they are, numbers as JSON has them, true and false;
 * empty for null, arrays and objects. */
struct span json_scalar(const json_t *value, struct arena *arena);

/* A short rendering of any value for error messages, cut at 80 bytes. */
struct span json_excerpt(const json_t *value, struct arena *arena);

#endif
