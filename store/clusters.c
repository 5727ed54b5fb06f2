#include "store/clusters.h"

#include "store/pack.h"

static struct key member_key(uint64_t cluster, uint64_t sequence) {
    struct key key = key_make();
    key_add(&key, cluster, 8);
    key_add(&key, sequence, 8);
    return key;
}

static void member_put(struct change *change, uint64_t cluster, const struct record *record) {
    struct key key = member_key(cluster, record->mention.sequence);
    struct key value = key_make();
    key_add(&value, moment_bias(mention_time_ms(&record->mention)), 6);
    transaction_put(&change->transaction, TABLE_CLUSTERS, key_span(&key), key_span(&value));
}

static bool member_is(struct change *change, uint64_t cluster, uint64_t sequence) {
    struct key key = member_key(cluster, sequence);
    struct span value;
    return transaction_get(&change->transaction, TABLE_CLUSTERS, key_span(&key), &value);
}

static void member_delete(struct change *change, uint64_t cluster, uint64_t sequence) {
    struct key key = member_key(cluster, sequence);
    transaction_delete(&change->transaction, TABLE_CLUSTERS, key_span(&key));
}

/* Into the story of that number; into its own, where there is none before it. */
static void cluster_enter(struct change *change, struct record *record, uint64_t cluster) {
    struct mention *mention = &record->mention;
    struct record first;
    if (cluster == 0 || cluster >= mention->sequence || !change_load(change, cluster, &first)) {
        mention->cluster = mention->sequence;
        change->counters.stories++;
        return;
    }
    mention->cluster = cluster;
    if (!member_is(change, cluster, cluster)) {
        member_put(change, cluster, &first);
    }
    member_put(change, cluster, record);
}

void cluster_join(struct change *change, struct record *record) {
    cluster_enter(
        change, record,
        prints_find(change->prints, &record->fingerprint, mention_time_ms(&record->mention)));
}

void cluster_join_known(struct change *change, struct record *record, uint64_t member) {
    struct record known;
    bool live = member != 0 && change_load(change, member, &known) && known.state == RECORD_LIVE;
    cluster_enter(change, record, live ? known.mention.cluster : 0);
}

/* The members left, in order of arrival; `*count` of them in the change's arena. */
static uint64_t *members(struct change *change, uint64_t cluster, size_t *count) {
    struct cursor cursor;
    cursor_open(&cursor, &change->transaction, TABLE_CLUSTERS);
    struct key key = member_key(cluster, 0);
    uint64_t *list = NULL;
    size_t capacity = 0;
    *count = 0;
    for (bool more = cursor_seek(&cursor, key_span(&key)); more; more = cursor_next(&cursor)) {
        struct unpacker unpacker = unpacker_make(cursor.key);
        if (unpack_big(&unpacker, 8) != cluster) {
            break;
        }
        list = arena_grow(change->arena, list, *count, &capacity, sizeof *list);
        list[(*count)++] = unpack_big(&unpacker, 8);
    }
    cursor_close(&cursor);
    return list;
}

/* Gives the members another number: that of the first of them. */
static void cluster_renumber(struct change *change, uint64_t old, const uint64_t *list,
                             size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct record record;
        member_delete(change, old, list[i]);
        if (!change_load(change, list[i], &record)) {
            transaction_fail(&change->transaction, MDB_CORRUPTED);
            return;
        }
        change_take_out(change, &record);
        record.mention.cluster = list[0];
        change_put_in(change, &record);
        change_save(change, &record);
        if (count > 1) {
            member_put(change, list[0], &record);
        }
    }
}

bool cluster_leave(struct change *change, const struct record *record) {
    uint64_t cluster = record->mention.cluster;
    uint64_t sequence = record->mention.sequence;
    if (!member_is(change, cluster, sequence)) {
        change->counters.stories--; /* it was alone */
        return false;
    }
    member_delete(change, cluster, sequence);
    size_t count = 0;
    const uint64_t *list = members(change, cluster, &count);
    if (cluster == sequence) {
        cluster_renumber(change, cluster, list, count);
    } else if (count == 1) {
        member_delete(change, cluster, list[0]); /* alone again: without rows */
    }
    return count > 0;
}

void cluster_touch(struct change *change, const struct record *record) {
    uint64_t cluster = record->mention.cluster;
    if (member_is(change, cluster, record->mention.sequence)) {
        member_put(change, cluster, record);
    }
}
