/* Taking in what a poll brought: new, changed, the same, or gone. */
#ifndef STORE_MENTIONS_H
#define STORE_MENTIONS_H

#include "store/change.h"
#include "store/identity.h"
#include "store/store.h"

/* Whether the batch can be stored as it is told: indices in range, texts where sizes say so. */
MUST_CHECK bool batch_check(const struct store_batch *batch, struct error *error);

/* What each mention comes to without looking into the store; made before the batch is queued, to
 * leave less to the one writer. */
struct prepared {
    struct fingerprint fingerprint;
    struct identity_hint hint;
    struct span squeezed; /* as in struct record */
    size_t squeezed_size;
};
struct prepared_batch {
    struct arena *arena;
    struct prepared *list;
};
struct prepared_batch *batch_prepare(const struct store_batch *batch, struct squeeze *squeeze);
void prepared_free(struct prepared_batch *prepared); /* NULL is fine */

/* Everything of the batch, within the change; counts into `result`. A failure stays in the change's
 * transaction. */
void batch_apply(struct change *change, const struct store_batch *batch,
                 const struct prepared *prepared, struct store_result *result);

#endif
