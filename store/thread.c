/* The company of a mention: its thread, and the copies of its story. */
#include "store/snapshot.h"

#include "store/identity.h"
#include "store/pack.h"
#include "store/record.h"
#include "store/timeline.h"

#include <stdlib.h>

#define PARENTS_MOST 32                 /* levels walked up */
#define REPLIES_WITHIN_MS (30 * DAY_MS) /* of the thread's beginning */
#define LOOK_MOST 200000                /* rows looked at: half a second */

bool snapshot_item(const struct snapshot *snapshot, struct span source, struct span id,
                   uint64_t *sequence) {
    struct arena *arena = arena_create();
    struct record record = {0};
    struct span value;
    struct item item;
    item_init(&item);
    item.id = id;
    struct identity_hint hint = identity_hint_make(&item, source, arena);
    bool found = name_find(snapshot->transaction, NAME_SOURCE, source, &record.source);
    struct identity_key key = identity_make(&hint, &record).id;
    found = found && key.exists && rows_get(snapshot->transaction, TABLE_IDENTITY, key.row, &value);
    *sequence = found ? identity_target(value) : 0;
    arena_free(arena);
    return found;
}

uint64_t *snapshot_story(const struct snapshot *snapshot, uint64_t cluster, struct arena *arena,
                         size_t *count) {
    struct cursor cursor;
    struct key key = key_make();
    uint64_t *list = NULL;
    size_t capacity = 0;
    key_add(&key, cluster, 8);
    cursor_open(&cursor, snapshot->transaction, TABLE_CLUSTERS);
    *count = 0;
    for (bool more = cursor_seek(&cursor, key_span(&key)); more; more = cursor_next(&cursor)) {
        struct unpacker unpacker = unpacker_make(cursor.key);
        if (unpack_big(&unpacker, 8) != cluster) {
            break;
        }
        list = arena_grow(arena, list, *count, &capacity, sizeof *list);
        list[(*count)++] = unpack_big(&unpacker, 8);
    }
    cursor_close(&cursor);
    return list;
}

/* --- Threads ---------------------------------------------------------------------------------- */

struct thread {
    const struct snapshot *snapshot;
    struct arena *arena;
    struct arena *scratch;
    struct span source;
    uint32_t source_number;
    struct span *ids; /* whom an answer would name */
    size_t id_count;
    size_t id_capacity;
    uint64_t *list;
    size_t count;
    size_t capacity;
    size_t most;
    size_t looked;
};

static void thread_know(struct thread *thread, struct span id) {
    if (id.size > 0) {
        thread->ids = arena_grow(thread->arena, thread->ids, thread->id_count, &thread->id_capacity,
                                 sizeof *thread->ids);
        thread->ids[thread->id_count++] = arena_copy(thread->arena, id);
    }
}

static bool thread_has(const struct thread *thread, const struct item *item) {
    for (size_t i = 0; i < thread->id_count; i++) {
        if (span_equal(thread->ids[i], item->parent) || span_equal(thread->ids[i], item->id)) {
            return true;
        }
    }
    return false;
}

static void thread_add(struct thread *thread, const struct mention *mention) {
    thread->list = arena_grow(thread->arena, thread->list, thread->count, &thread->capacity,
                              sizeof *thread->list);
    thread->list[thread->count++] = mention->sequence;
    thread_know(thread, mention->item.id);
}

static bool thread_entry(void *context, const struct timeline_entry *entry) {
    struct thread *thread = context;
    struct mention mention;
    if (++thread->looked > LOOK_MOST || thread->count == thread->most) {
        return false;
    }
    if (entry->source == thread->source_number &&
        snapshot_mention(thread->snapshot, entry->sequence, thread->scratch, &mention) &&
        thread_has(thread, &mention.item)) {
        thread_add(thread, &mention);
    }
    arena_reset(thread->scratch);
    return true;
}

/* Up to the first of the thread that is stored; what its parent is called is known then too. */
static void thread_climb(struct thread *thread, struct mention *mention) {
    uint64_t above = 0;
    thread_know(thread, mention->item.id);
    for (size_t i = 0; i < PARENTS_MOST && mention->item.parent.size > 0; i++) {
        thread_know(thread, mention->item.parent);
        struct mention parent;
        if (!snapshot_item(thread->snapshot, thread->source, mention->item.parent, &above) ||
            !snapshot_mention(thread->snapshot, above, thread->arena, &parent)) {
            break;
        }
        *mention = parent;
    }
}

uint64_t *snapshot_thread(const struct snapshot *snapshot, const struct mention *mention,
                          size_t most, struct arena *arena, size_t *count) {
    struct thread thread = {.snapshot = snapshot,
                            .arena = arena,
                            .scratch = arena_create(),
                            .source = mention->source,
                            .most = most};
    struct mention first = *mention;
    thread_climb(&thread, &first);
    int64_t since_ms = mention_time_ms(&first);
    if (thread.id_count > 0 &&
        name_find(snapshot->transaction, NAME_SOURCE, mention->source, &thread.source_number)) {
        snapshot_timeline(snapshot, BRAND_ANY, since_ms, since_ms + REPLIES_WITHIN_MS, false,
                          thread_entry, &thread);
    }
    arena_free(thread.scratch);
    *count = thread.count;
    return thread.list;
}
