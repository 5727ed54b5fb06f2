/* An answer on its way out, with the headers that every one has. */
#ifndef REPORT_ANSWER_H
#define REPORT_ANSWER_H

#include "report/routes.h"

#include <microhttpd.h>

/* The bytes go to the library, which frees them once they are sent; the answer's buffer is done. */
enum MHD_Result answer_send(struct MHD_Connection *connection, struct route_answer *answer);

#endif
