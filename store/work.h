/* What people did about a mention, as it is kept at the end of its record, where there is anything:
 *
 *   status u8, answered (moment, or 0 = not), assigned, tags,
 *   verdicts: brand, label u8, the machine's score,
 *   changes: moment, who, what
 *
 * It goes where the mention goes: emptied with it, exported with it. The scores of a record that is
 * live are those that verdicts have made of the machine's (base/work.h): what derives from the record
 * counts what people said. */
#ifndef STORE_WORK_H
#define STORE_WORK_H

#include "base/work.h"
#include "store/change.h"
#include "store/pack.h"
#include "store/record.h"

/* Within the limits; NULL stays NULL, and so becomes what says nothing. In place; new lists in
 * `arena`. */
void work_normalise(struct mention *mention, struct arena *arena);

size_t work_measure(const struct work *work);
void work_pack(struct packer *packer, const struct work *work);
struct work *work_unpack(struct unpacker *unpacker, struct arena *arena); /* texts in the bytes */

/* Copies its texts into `arena`. */
void work_own(struct work *work, struct arena *arena);

/* Whether the scores of a record are what its verdicts make of the machine's. */
bool work_is_laid(const struct mention *mention);

/* One edit to one mention, within the change. WORK_REFUSED also where there is no such mention. */
struct work_task {
    uint64_t sequence;
    const struct work_edit *edit;
    enum work_outcome outcome;
    struct error refusal;
};
void work_task_apply(struct change *change, struct work_task *task);

#endif
