/* Incidents, and the outbox of what must be delivered. Rows that wait stand before rows that are
 * finished, so that looking for work does not read years of sent mail. */
#ifndef STORE_ALERTS_H
#define STORE_ALERTS_H

#include "store/change.h"
#include "store/store.h"

/* Writes the rows; ids of new ones (id 0) go to `incident_ids` and `row_ids`, so that the same call
 * can be made again in another transaction. */
struct alerts {
    const struct incident *incidents;
    size_t incident_count;
    const struct outbox_row *rows;
    size_t row_count;
    uint64_t *incident_ids;
    uint64_t *row_ids;
    const struct mark *marks;
    size_t mark_count;
};
void alerts_apply(struct change *change, const struct alerts *alerts);

/* Empties the bodies of all messages that are finished: they quote people. */
void outbox_drop_bodies(struct change *change);

#endif
