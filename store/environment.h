/* The LMDB environment: its folder, its map, who may write. One per path and process, opened after
 * any fork.
 *
 * The map may only change its size while no transaction of this process is open: growing waits
 * until every snapshot is closed and lets no new one begin meanwhile. */
#ifndef STORE_ENVIRONMENT_H
#define STORE_ENVIRONMENT_H

#include "store/squeeze.h"
#include "store/store.h"
#include "store/transaction.h"

struct environment; /* opaque */

MUST_CHECK bool environment_open(const char *folder, const struct store_options *options,
                                 struct environment **environment, struct error *error);
void environment_close(struct environment *environment);

/* Begins and ends a reading transaction; copes with a map that another process has grown, and with
 * reader slots of dead processes. */
MUST_CHECK bool environment_read(struct environment *environment, struct transaction *transaction,
                                 struct error *error);
void environment_read_end(struct environment *environment, struct transaction *transaction);

/* Begins a writing transaction: writer thread only. The LMDB code; 0 = begun. What LMDB has given up
 * is opened anew first: after a failed write, begin and abort one, so that readers can go on. */
MUST_CHECK int environment_write(struct environment *environment, struct transaction *transaction);

/* Doubles the map. False when snapshots stayed open, or address space is used up. */
MUST_CHECK bool environment_grow(struct environment *environment);

/* Whether the file is what LMDB takes it for (store/pages.h). */
MUST_CHECK bool environment_check(struct environment *environment, bool deep, struct error *error);

/* Frees the slots of readers that died. */
void environment_reap(struct environment *environment);

/* The layout it had when it was opened. */
uint32_t environment_schema(const struct environment *environment);

/* What texts are made smaller with. */
struct squeeze *environment_squeeze(const struct environment *environment);

MDB_env *environment_handle(const struct environment *environment);

#endif
