/* Bringing an older layout forward, at the first opening for writing. */
#ifndef STORE_UPGRADE_H
#define STORE_UPGRADE_H

#include "store/environment.h"

/* Does nothing to an environment of today's layout. In steps that are durable each: what a killed
 * upgrade has done stays done, and the next opening goes on with it. */
MUST_CHECK bool environment_upgrade(struct environment *environment, struct error *error);

/* Begins the series of layout 3 anew, with what purged mentions left in that of layout 2. */
void upgrade_series(struct transaction *transaction, struct transaction *former);

#endif
