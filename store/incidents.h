/* Incidents as they are kept, and what people said about them: the one is the report's, which writes
 * incidents anew as they grow, the other is people's, and lasts through that. */
#ifndef STORE_INCIDENTS_H
#define STORE_INCIDENTS_H

#include "store/change.h"
#include "store/store.h"

/* Writes the incident under its number; the handling on record stays. */
void incident_put(struct change *change, uint64_t id, const struct incident *incident);

/* One handling of one incident, within the change. */
struct incident_task {
    uint64_t id;
    const struct incident_handling *handling;
    bool changed;
    struct error refusal; /* ERROR_NONE: it was not refused */
};
void incident_task_apply(struct change *change, struct incident_task *task);

#endif
