#include "store/upgrade.h"

#include "store/index.h"
#include "store/meta.h"
#include "store/pack.h"
#include "store/record.h"

/* One transaction of a step; `*next` is the step's own. Returns whether the step is done. */
typedef bool upgrade_step(struct transaction *transaction, uint64_t *next);

/* --- 1 to 2: the text index ------------------------------------------------------------------- */

/* Indexes the live mentions of the chunk that the cursor stands in. */
static bool chunk_gather(struct cursor *cursor, struct index_changes *changes, uint32_t chunk) {
    struct arena *arena = arena_create();
    bool more = true;
    while (more && chunk_of(key_number(cursor->key)) == chunk) {
        struct record record;
        if (!record_decode(cursor->value, key_number(cursor->key), arena, &record)) {
            transaction_fail(cursor->transaction, MDB_CORRUPTED);
        } else if (record.state == RECORD_LIVE) {
            index_put_in(changes, &record);
        }
        arena_reset(arena);
        more = cursor_next(cursor);
    }
    arena_free(arena);
    return more;
}

/* The next chunk that has no index yet. */
static bool upgrade_index(struct transaction *transaction, uint64_t *next) {
    struct index_changes *changes = index_changes_create();
    struct key key = key_make();
    struct cursor cursor;
    bool more = true;
    key_add(&key, *next, 8);
    cursor_open(&cursor, transaction, TABLE_MENTIONS);
    if (cursor_seek(&cursor, key_span(&key))) {
        struct directory directory;
        uint32_t chunk = chunk_of(key_number(cursor.key));
        directory_load(transaction, chunk, &directory);
        *next = chunk_sequence(chunk + 1, 0);
        if (directory.count == 0) {
            more = chunk_gather(&cursor, changes, chunk);
        }
    } else {
        more = false;
    }
    cursor_close(&cursor);
    index_flush(changes, transaction);
    index_changes_free(changes);
    return !more;
}

/* --- The way forward -------------------------------------------------------------------------- */

static upgrade_step *const steps[SCHEMA_VERSION] = {
    [1] = upgrade_index, /* from layout 1 to layout 2 */
};

/* One transaction; the last of a step notes the new layout. */
static int step_once(struct environment *environment, uint32_t *schema, uint64_t *next) {
    struct transaction transaction;
    int code = environment_write(environment, &transaction);
    if (code != 0) {
        return code;
    }
    uint64_t at = *next;
    bool done = steps[*schema](&transaction, &at);
    if (done) {
        schema_save(&transaction, *schema + 1);
    }
    code = transaction_commit(&transaction);
    if (code == 0) {
        *next = done ? 0 : at;
        *schema += done;
    }
    return code;
}

bool environment_upgrade(struct environment *environment, struct error *error) {
    uint32_t schema = environment_schema(environment);
    uint64_t next = 0;
    int code = 0;
    while (code == 0 && schema < SCHEMA_VERSION) {
        code = step_once(environment, &schema, &next);
        if (code == MDB_MAP_FULL && environment_grow(environment)) {
            code = 0;
        }
    }
    return code == 0 || error_set_store(error, code, "bringing the store forward to this layout");
}
