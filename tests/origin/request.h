/* Reading one HTTP/1.1 request out of the bytes of a connection. */
#ifndef TESTS_ORIGIN_REQUEST_H
#define TESTS_ORIGIN_REQUEST_H

#include "base/limits.h"
#include "tests/origin/http.h"

/* Head and body of one request: a control call may carry a list of faults. */
#define REQUEST_CEILING (256 * KIB)

#define REQUEST_WHOLE 0
#define REQUEST_PARTIAL 1

/* Fills `request` (text copied into its arena), how many bytes it took, and whether the connection
 * ends with it. REQUEST_PARTIAL: more must come. Else the status to refuse it with. */
int request_parse(struct span input, struct http_request *request, size_t *used, bool *close);

#endif
