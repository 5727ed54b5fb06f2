#include "store/incidents.h"

#include "base/limits.h"
#include "store/pack.h"
#include "store/snapshot.h"

/* 1 had no handling. */
#define INCIDENT_VERSION 2u

/* --- As bytes --------------------------------------------------------------------------------- */

static void pack_real(struct packer *packer, double value) {
    uint64_t bits = 0;
    memcpy(&bits, &value, sizeof bits);
    pack_big(packer, bits, 8);
}

static double unpack_real(struct unpacker *unpacker) {
    uint64_t bits = unpack_big(unpacker, 8);
    double value = 0;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void handling_pack(struct packer *packer, const struct incident_handling *handling) {
    pack_u8(packer, handling->care);
    pack_varint(packer, handling->into);
    pack_signed(packer, handling->time_ms);
    pack_text(packer, handling->who);
    pack_text(packer, handling->note);
}

static bool handling_unpack(struct unpacker *unpacker, struct arena *arena,
                            struct incident_handling *handling) {
    unsigned care = unpack_u8(unpacker);
    handling->care = (enum incident_care)care;
    handling->into = unpack_varint(unpacker);
    handling->time_ms = unpack_signed(unpacker);
    handling->who = arena_copy(arena, unpack_text(unpacker));
    handling->note = arena_copy(arena, unpack_text(unpacker));
    return care <= CARE_MERGED;
}

static struct span incident_encode(const struct incident *incident, struct arena *arena) {
    const struct incident_handling *handling = &incident->handling;
    struct packer packer =
        packer_in(arena, 24 * VARINT_MAX + incident->brand.size + incident->kind.size +
                             incident->headline.size + incident->evidence.size +
                             handling->who.size + handling->note.size);
    pack_u8(&packer, INCIDENT_VERSION);
    pack_u8(&packer, incident->state);
    pack_signed(&packer, incident->started_ms);
    pack_signed(&packer, incident->updated_ms);
    pack_signed(&packer, incident->ended_ms);
    pack_signed(&packer, incident->mailed_ms);
    pack_real(&packer, incident->expected);
    pack_real(&packer, incident->observed);
    pack_real(&packer, incident->peak);
    pack_real(&packer, incident->probability);
    pack_text(&packer, incident->brand);
    pack_text(&packer, incident->kind);
    pack_text(&packer, incident->headline);
    pack_text(&packer, incident->evidence);
    handling_pack(&packer, handling);
    return packer_span(&packer);
}

static bool incident_decode(struct span value, struct arena *arena, struct incident *incident) {
    struct unpacker unpacker = unpacker_make(value);
    unsigned version = unpack_u8(&unpacker);
    unsigned state = unpack_u8(&unpacker);
    incident->state = (enum incident_state)state;
    incident->started_ms = unpack_signed(&unpacker);
    incident->updated_ms = unpack_signed(&unpacker);
    incident->ended_ms = unpack_signed(&unpacker);
    incident->mailed_ms = unpack_signed(&unpacker);
    incident->expected = unpack_real(&unpacker);
    incident->observed = unpack_real(&unpacker);
    incident->peak = unpack_real(&unpacker);
    incident->probability = unpack_real(&unpacker);
    incident->brand = arena_copy(arena, unpack_text(&unpacker));
    incident->kind = arena_copy(arena, unpack_text(&unpacker));
    incident->headline = arena_copy(arena, unpack_text(&unpacker));
    incident->evidence = arena_copy(arena, unpack_text(&unpacker));
    incident->handling = (struct incident_handling){.time_ms = DATE_NONE};
    return version >= 1 && version <= INCIDENT_VERSION && state <= INCIDENT_CLOSED &&
           (version < 2 || handling_unpack(&unpacker, arena, &incident->handling)) &&
           unpacker_is_done(&unpacker);
}

/* --- Reading ---------------------------------------------------------------------------------- */

static struct key incident_key(uint64_t id) {
    struct key key = key_make();
    key_add(&key, id, 8);
    return key;
}

/* False: there is none, or it cannot be read (then the transaction has failed). */
static bool incident_get(struct transaction *transaction, uint64_t id, struct arena *arena,
                         struct incident *incident) {
    struct key key = incident_key(id);
    struct span value;
    if (!transaction_get(transaction, TABLE_INCIDENTS, key_span(&key), &value)) {
        return false;
    }
    *incident = (struct incident){.id = id};
    if (!incident_decode(value, arena, incident)) {
        transaction_fail(transaction, MDB_CORRUPTED);
        return false;
    }
    return true;
}

/* Newest first. */
static struct incident *incident_list(struct transaction *transaction, struct arena *arena,
                                      size_t *count) {
    struct incident *list = NULL;
    size_t capacity = 0;
    struct cursor cursor;
    cursor_open(&cursor, transaction, TABLE_INCIDENTS);
    *count = 0;
    for (bool more = cursor_last(&cursor); more; more = cursor_previous(&cursor)) {
        struct unpacker key = unpacker_make(cursor.key);
        struct incident incident = {.id = unpack_big(&key, 8)};
        if (incident_decode(cursor.value, arena, &incident)) {
            list = arena_grow(arena, list, *count, &capacity, sizeof *list);
            list[(*count)++] = incident;
        } else {
            transaction_fail(transaction, MDB_CORRUPTED);
        }
    }
    cursor_close(&cursor);
    return list;
}

struct incident *snapshot_incidents(const struct snapshot *snapshot, struct arena *arena,
                                    size_t *count) {
    return incident_list(snapshot->transaction, arena, count);
}

bool snapshot_incident(const struct snapshot *snapshot, uint64_t id, struct arena *arena,
                       struct incident *incident) {
    return incident_get(snapshot->transaction, id, arena, incident);
}

/* --- Writing ---------------------------------------------------------------------------------- */

static void incident_write(struct change *change, const struct incident *incident) {
    struct key key = incident_key(incident->id);
    transaction_put(&change->transaction, TABLE_INCIDENTS, key_span(&key),
                    incident_encode(incident, change->arena));
}

void incident_put(struct change *change, uint64_t id, const struct incident *incident) {
    struct incident stored = {.handling = {.time_ms = DATE_NONE}};
    struct incident now = *incident;
    (void)incident_get(&change->transaction, id, change->arena, &stored);
    now.id = id;
    now.handling = stored.handling;
    incident_write(change, &now);
}

/* --- Handling --------------------------------------------------------------------------------- */

static bool find(struct change *change, uint64_t id, struct incident *incident,
                 struct error *error) {
    return incident_get(&change->transaction, id, change->arena, incident) ||
           error_set(error, ERROR_USAGE, "there is no incident %llu", (unsigned long long)id);
}

/* What the incident becomes a part of: never of something that is a part itself, so that nobody has to
 * follow a chain, and none can close. */
static bool find_whole(struct change *change, const struct incident *part, uint64_t *into,
                       struct error *error) {
    struct incident whole;
    if (!find(change, *into, &whole, error)) {
        return false;
    }
    uint64_t root = whole.handling.care == CARE_MERGED ? whole.handling.into : whole.id;
    if (root == part->id) {
        return error_set(error, ERROR_USAGE, "incident %llu cannot be a part of itself%s",
                         (unsigned long long)part->id,
                         root == *into ? "" : ": that other one is a part of it");
    }
    if (!span_equal(whole.brand, part->brand)) {
        return error_set(error, ERROR_USAGE,
                         "incidents %llu and %llu are of different brands: who hears of the one "
                         "need not hear of the other",
                         (unsigned long long)part->id, (unsigned long long)*into);
    }
    *into = root;
    return true;
}

static void parts_move(struct change *change, uint64_t from, uint64_t into) {
    size_t count = 0;
    struct incident *list = incident_list(&change->transaction, change->arena, &count);
    for (size_t i = 0; i < count; i++) {
        if (list[i].handling.care == CARE_MERGED && list[i].handling.into == from) {
            list[i].handling.into = into;
            incident_write(change, &list[i]);
        }
    }
}

static bool handling_stands(const struct incident_handling *stored,
                            const struct incident_handling *wanted) {
    return stored->care == wanted->care && stored->into == wanted->into &&
           (span_is_empty(wanted->note) || span_equal(stored->note, wanted->note));
}

void incident_task_apply(struct change *change, struct incident_task *task) {
    struct incident incident;
    struct incident_handling now = *task->handling;
    bool merges = now.care == CARE_MERGED;
    task->refusal = (struct error){0};
    task->changed = false;
    now.into = merges ? now.into : 0;
    now.who = span_first_utf8(now.who, LIMIT_WORK_NAME);
    now.note = span_first_utf8(now.note, LIMIT_WORK_NOTE);
    if (!find(change, task->id, &incident, &task->refusal) ||
        (merges && !find_whole(change, &incident, &now.into, &task->refusal)) ||
        handling_stands(&incident.handling, &now)) {
        return;
    }
    if (merges) {
        parts_move(change, task->id, now.into);
    }
    incident.handling = now;
    incident_write(change, &incident);
    task->changed = true;
}
