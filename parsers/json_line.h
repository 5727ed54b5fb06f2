/* Plain lines of JSON, read without a tree: one object of strings, integers, true, false and null,
 * which nearly every line of a batch is. */
#ifndef PARSERS_JSON_LINE_H
#define PARSERS_JSON_LINE_H

#include "base/arena.h"

/* The named members as json_members() gives them, the last where a name stands twice. False for
 * whatever is not certainly such a line, be it richer JSON or none: json_parse() decides then. */
MUST_CHECK bool json_line_members(struct span line, const char *const *names, size_t count,
                                  struct arena *arena, struct span *values);

#endif
