/* Lines with columns, as data files have them, as JSON, so that recipes read them by paths:
 *
 *     {"lines": [{"all": "150383 297a16b4 http://...", "c1": "150383", "c2": "297a16b4", "c3": "http://..."}]}
 *
 * Columns are parted by tabs where a line has any, else by spaces. Nothing is quoted (IANA
 * text/tab-separated-values); empty columns are not there. */
#ifndef PARSERS_LINES_H
#define PARSERS_LINES_H

#include "parsers/json.h"

/* The caller's: json_decref() it. At most LIMIT_ITEMS lines, LIMIT_LINE_COLUMNS in each. */
MUST_CHECK bool lines_parse(struct span utf8, json_t **root, struct error *error);

#endif
