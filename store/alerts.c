#include "store/alerts.h"

#include "base/hash.h"
#include "store/incidents.h"
#include "store/pack.h"
#include "store/snapshot.h"

#include <stdlib.h>

#define OUTBOX_VERSION 1u

enum outbox_part { OUTBOX_WAITING, OUTBOX_FINISHED }; /* first byte of the key */

static const char *const outbox_state_names[] = {"queued", "in flight", "sent",
                                                 "failed", "expired",   "dropped"};
#define OUTBOX_STATE_COUNT (sizeof outbox_state_names / sizeof *outbox_state_names)

const char *outbox_state_name(enum outbox_state state) {
    return (size_t)state < OUTBOX_STATE_COUNT ? outbox_state_names[state] : "unknown";
}

static enum outbox_part outbox_part(enum outbox_state state) {
    return state == OUTBOX_QUEUED || state == OUTBOX_IN_FLIGHT ? OUTBOX_WAITING : OUTBOX_FINISHED;
}

/* --- As bytes --------------------------------------------------------------------------------- */

#define OUTBOX_TEXT_COUNT 6
static void outbox_texts(struct outbox_row *row, struct span *list[OUTBOX_TEXT_COUNT]) {
    list[0] = &row->channel;
    list[1] = &row->recipient;
    list[2] = &row->message_id;
    list[3] = &row->subject;
    list[4] = &row->body;
    list[5] = &row->reply;
}

static struct span outbox_encode(const struct outbox_row *row, struct arena *arena) {
    struct outbox_row copy = *row;
    struct span *texts[OUTBOX_TEXT_COUNT];
    outbox_texts(&copy, texts);
    size_t size = (8 + OUTBOX_TEXT_COUNT) * VARINT_MAX;
    for (size_t i = 0; i < OUTBOX_TEXT_COUNT; i++) {
        size += texts[i]->size;
    }
    struct packer packer = packer_in(arena, size);
    pack_u8(&packer, OUTBOX_VERSION);
    pack_u8(&packer, row->state);
    pack_varint(&packer, row->attempts);
    pack_signed(&packer, row->created_ms);
    pack_signed(&packer, row->due_ms);
    pack_signed(&packer, row->finished_ms);
    pack_varint(&packer, row->incident);
    for (size_t i = 0; i < OUTBOX_TEXT_COUNT; i++) {
        pack_text(&packer, *texts[i]);
    }
    return packer_span(&packer);
}

static bool outbox_decode(struct span value, struct arena *arena, struct outbox_row *row) {
    struct unpacker unpacker = unpacker_make(value);
    unsigned version = unpack_u8(&unpacker);
    unsigned state = unpack_u8(&unpacker);
    row->state = (enum outbox_state)state;
    row->attempts = (uint32_t)unpack_varint(&unpacker);
    row->created_ms = unpack_signed(&unpacker);
    row->due_ms = unpack_signed(&unpacker);
    row->finished_ms = unpack_signed(&unpacker);
    row->incident = unpack_varint(&unpacker);
    struct span *texts[OUTBOX_TEXT_COUNT];
    outbox_texts(row, texts);
    for (size_t i = 0; i < OUTBOX_TEXT_COUNT; i++) {
        *texts[i] = arena_copy(arena, unpack_text(&unpacker));
    }
    return version == OUTBOX_VERSION && state < OUTBOX_STATE_COUNT && unpacker_is_done(&unpacker);
}

/* --- Writing ---------------------------------------------------------------------------------- */

static struct key outbox_key(enum outbox_part part, uint64_t id) {
    struct key key = key_make();
    key_add(&key, part, 1);
    key_add(&key, id, 8);
    return key;
}

/* The row's own id, or the next one. */
static uint64_t id_take(uint64_t id, uint64_t *last) {
    if (id == 0) {
        return ++*last;
    }
    *last = id > *last ? id : *last;
    return id;
}

/* --- Marks ------------------------------------------------------------------------------------ */

static struct key mark_key(struct span name) {
    struct key key = {.bytes = "mark", .size = 4};
    key_add(&key, hash_bytes(name), 8);
    return key;
}

static void mark_put(struct change *change, const struct mark *mark) {
    struct key key = mark_key(mark->name);
    struct packer packer = packer_in(change->arena, 2 * VARINT_MAX + mark->name.size);
    pack_signed(&packer, mark->ms);
    pack_text(&packer, mark->name);
    transaction_put(&change->transaction, TABLE_META, key_span(&key), packer_span(&packer));
}

int64_t snapshot_mark(const struct snapshot *snapshot, struct span name) {
    struct key key = mark_key(name);
    struct span value;
    if (!transaction_get(snapshot->transaction, TABLE_META, key_span(&key), &value)) {
        return DATE_NONE;
    }
    struct unpacker unpacker = unpacker_make(value);
    int64_t ms = unpack_signed(&unpacker);
    bool same = span_equal(unpack_text(&unpacker), name);
    return same && unpacker_is_done(&unpacker) ? ms : DATE_NONE;
}

/* --- All of it -------------------------------------------------------------------------------- */

void alerts_apply(struct change *change, const struct alerts *alerts) {
    struct transaction *transaction = &change->transaction;
    for (size_t i = 0; i < alerts->incident_count; i++) {
        uint64_t id = id_take(alerts->incidents[i].id, &change->counters.last_incident);
        alerts->incident_ids[i] = id;
        incident_put(change, id, &alerts->incidents[i]);
    }
    for (size_t i = 0; i < alerts->row_count; i++) {
        struct outbox_row row = alerts->rows[i];
        uint64_t id = id_take(row.id, &change->counters.last_outbox);
        enum outbox_part part = outbox_part(row.state);
        struct key key = outbox_key(part, id);
        struct key other =
            outbox_key(part == OUTBOX_WAITING ? OUTBOX_FINISHED : OUTBOX_WAITING, id);
        alerts->row_ids[i] = id;
        transaction_delete(transaction, TABLE_OUTBOX, key_span(&other));
        row.body = row.state == OUTBOX_SENT ? SPAN("") : row.body; /* it quotes people */
        transaction_put(transaction, TABLE_OUTBOX, key_span(&key),
                        outbox_encode(&row, change->arena));
    }
    for (size_t i = 0; i < alerts->mark_count; i++) {
        mark_put(change, &alerts->marks[i]);
    }
}

/* --- Forgetting ------------------------------------------------------------------------------- */

/* The next finished row from `id` on that has a body. */
static bool finished_next(struct change *change, uint64_t *id, struct outbox_row *row) {
    struct key first = outbox_key(OUTBOX_FINISHED, *id);
    struct cursor cursor;
    bool found = false;
    cursor_open(&cursor, &change->transaction, TABLE_OUTBOX);
    for (bool more = cursor_seek(&cursor, key_span(&first)); more && !found;
         more = !found && cursor_next(&cursor)) {
        struct unpacker key = unpacker_make(span_from(cursor.key, 1));
        *row = (struct outbox_row){.id = unpack_big(&key, 8)};
        found = outbox_decode(cursor.value, change->arena, row) && row->body.size > 0;
    }
    cursor_close(&cursor);
    *id = row->id + 1;
    return found;
}

void outbox_drop_bodies(struct change *change) {
    struct outbox_row row;
    for (uint64_t id = 0; finished_next(change, &id, &row);) {
        struct key key = outbox_key(OUTBOX_FINISHED, row.id);
        row.body = SPAN("");
        transaction_put(&change->transaction, TABLE_OUTBOX, key_span(&key),
                        outbox_encode(&row, change->arena));
    }
}

/* --- Reading ---------------------------------------------------------------------------------- */

static int outbox_compare(const void *left, const void *right) {
    const struct outbox_row *a = left;
    const struct outbox_row *b = right;
    return (a->id > b->id) - (a->id < b->id);
}

struct outbox_row *snapshot_outbox(const struct snapshot *snapshot, bool waiting_only,
                                   struct arena *arena, size_t *count) {
    struct outbox_row *list = NULL;
    size_t capacity = 0;
    struct cursor cursor;
    cursor_open(&cursor, snapshot->transaction, TABLE_OUTBOX);
    *count = 0;
    for (bool more = cursor_first(&cursor); more; more = cursor_next(&cursor)) {
        struct unpacker key = unpacker_make(cursor.key);
        if (unpack_u8(&key) == OUTBOX_FINISHED && waiting_only) {
            break;
        }
        struct outbox_row row = {.id = unpack_big(&key, 8)};
        if (outbox_decode(cursor.value, arena, &row)) {
            list = arena_grow(arena, list, *count, &capacity, sizeof *list);
            list[(*count)++] = row;
        } else {
            transaction_fail(snapshot->transaction, MDB_CORRUPTED);
        }
    }
    cursor_close(&cursor);
    if (*count > 1) {
        qsort(list, *count, sizeof *list, outbox_compare);
    }
    return list;
}
