/* Whom to believe beyond the system's authorities: one more file of certificates (PEM), in one file
 * together with the system's, as libcurl takes only one. */
#ifndef CRAWLER_TRUST_H
#define CRAWLER_TRUST_H

#include "base/span.h"

struct trust; /* opaque */

/* `ca_file` is followed by a NUL; empty: the system's authorities alone. */
struct trust *trust_open(struct span ca_file);
void trust_close(struct trust *trust);

/* For CURLOPT_CAINFO, valid until closed; NULL: leave it alone. When `ca_file` cannot be read this is
 * its own path, so that the transfer fails and says so. */
const char *trust_path(const struct trust *trust);

#endif
