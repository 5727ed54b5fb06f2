#include "store/upgrade.h"

#include "store/identity.h"
#include "store/index.h"
#include "store/meta.h"
#include "store/pack.h"
#include "store/record.h"
#include "store/series.h"
#include "store/sketches.h"
#include "store/timeline.h"

/* One transaction of a step; `*next` is the step's own. Returns whether the step is done. */
typedef bool upgrade_step(struct transaction *transaction, uint64_t *next);

/* --- 1 to 2: the text index ------------------------------------------------------------------- */

/* Indexes the live mentions of the chunk that the cursor stands in. */
static bool chunk_gather(struct cursor *cursor, struct index_changes *changes, uint32_t chunk) {
    struct arena *arena = arena_create();
    bool more = true;
    while (more && chunk_of(key_number(cursor->key)) == chunk) {
        struct record record;
        if (!record_decode(cursor->value, key_number(cursor->key), NULL, arena, &record)) {
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

/* --- 2 to 3: timeline, identity and series in blocks --------------------------------------------------- */

#define ROWS_SLICE 50000 /* mentions, or rows, in one transaction */

/* The timeline and series of the next mentions, anew. */
static bool upgrade_timeline(struct transaction *transaction, uint64_t *next) {
    struct deltas *series = deltas_create(TABLE_SERIES);
    struct rows *rows = rows_create(TABLE_TIMELINE);
    struct arena *arena = arena_create();
    struct key key = key_make();
    struct cursor cursor;
    key_add(&key, *next, 8);
    cursor_open(&cursor, transaction, TABLE_MENTIONS);
    bool more = cursor_seek(&cursor, key_span(&key));
    for (size_t i = 0; i < ROWS_SLICE && more; i++, more = cursor_next(&cursor)) {
        struct record record;
        *next = key_number(cursor.key) + 1;
        if (!record_decode(cursor.value, *next - 1, NULL, arena, &record)) {
            transaction_fail(transaction, MDB_CORRUPTED);
        } else if (record.state == RECORD_LIVE) {
            timeline_put(rows, &record);
            deltas_add(series, &record, 1);
        }
        arena_reset(arena);
    }
    cursor_close(&cursor);
    deltas_flush(series, transaction);
    deltas_free(series);
    rows_flush(rows, transaction);
    rows_free(rows);
    arena_free(arena);
    return !more;
}

/* A key of layout 2: source u32, one of these letters, u64, and u32 where both are needed. */
static struct row_key identity_row_before(struct span key) {
    static const char letters[] = {
        [KEY_ID_NUMBER] = '#', [KEY_CONTENT] = 'C', [KEY_ID] = 'I',
        [KEY_URL] = 'U',       [KEY_ID_NEAR] = 'i', [KEY_URL_NEAR] = 'u',
    };
    struct unpacker unpacker = unpacker_make(key);
    struct identity_part part = {0};
    uint32_t source = (uint32_t)unpack_big(&unpacker, 4);
    char letter = (char)unpack_u8(&unpacker);
    for (size_t i = KEY_NONE + 1; i < sizeof letters; i++) {
        part.kind = letters[i] == letter ? (enum identity_kind)i : part.kind;
    }
    part.number = unpack_big(&unpacker, 8);
    part.hash = unpacker_is_done(&unpacker) ? part.number : unpack_big(&unpacker, 4);
    return identity_row(source, &part);
}

/* Moves the next rows of a former table of identities; true: it is empty. */
static bool upgrade_identity(struct transaction *transaction, struct transaction *former) {
    struct rows *rows = rows_create(TABLE_IDENTITY);
    struct cursor cursor;
    cursor_open(&cursor, former, TABLE_IDENTITY);
    bool more = cursor_first(&cursor);
    for (size_t i = 0; i < ROWS_SLICE && more; i++) {
        identity_lead(rows, identity_row_before(cursor.key), key_number(cursor.value));
        cursor_delete(&cursor);
        more = cursor_next(&cursor);
    }
    cursor_close(&cursor);
    rows_flush(rows, transaction);
    rows_free(rows);
    return !more;
}

static void former_open(struct transaction *former, const char *name, MDB_dbi *table) {
    transaction_fail(former, mdb_dbi_open(former->handle, name, 0, table));
}

static void sketch_put(void *context, struct span key, struct span sketch) {
    transaction_put(context, TABLE_SKETCHES, key, sketch);
}

static bool upgrade_rows(struct transaction *transaction, uint64_t *next) {
    MDB_dbi tables[TABLE_COUNT] = {0};
    struct transaction former = {.handle = transaction->handle, .tables = tables};
    former_open(&former, "timeline", &tables[TABLE_TIMELINE]);
    former_open(&former, "identity", &tables[TABLE_IDENTITY]);
    former_open(&former, "series", &tables[TABLE_SERIES]);
    former_open(&former, "residue", &tables[TABLE_RESIDUE]);
    if (*next == 0) { /* also where a killed upgrade is begun again */
        upgrade_series(transaction, &former);
    }
    bool dated = upgrade_timeline(transaction, next);
    bool moved = upgrade_identity(transaction, &former);
    if (dated && moved && former.failure == 0) {
        sketches_derive(transaction, sketch_put, transaction);
        transaction_fail(&former, mdb_drop(former.handle, tables[TABLE_TIMELINE], 1));
        transaction_fail(&former, mdb_drop(former.handle, tables[TABLE_IDENTITY], 1));
        transaction_fail(&former, mdb_drop(former.handle, tables[TABLE_SERIES], 1));
        transaction_fail(&former, mdb_drop(former.handle, tables[TABLE_RESIDUE], 1));
    }
    transaction_fail(transaction, former.failure);
    return dated && moved;
}

/* --- The way forward -------------------------------------------------------------------------- */

static upgrade_step *const steps[SCHEMA_VERSION] = {
    [1] = upgrade_index, /* from layout 1 to layout 2 */
    [2] = upgrade_rows,
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
