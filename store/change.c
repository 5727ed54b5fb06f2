#include "store/change.h"

#include "store/pack.h"
#include "store/timeline.h"

bool change_load(struct change *change, uint64_t sequence, struct record *record) {
    struct key key = key_make();
    key_add(&key, sequence, 8);
    struct span value;
    if (!transaction_get(&change->transaction, TABLE_MENTIONS, key_span(&key), &value)) {
        return false;
    }
    /* A copy, because the next put may move the page this lies on. */
    value = arena_copy(change->arena, value);
    if (!record_decode(value, sequence, change->squeeze, change->arena, record)) {
        transaction_fail(&change->transaction, MDB_CORRUPTED);
        return false;
    }
    if (record->state == RECORD_LIVE) {
        record_fingerprint(record);
    }
    return true;
}

void change_save(struct change *change, const struct record *record) {
    struct key key = key_make();
    key_add(&key, record->mention.sequence, 8);
    struct span value = record_encode(record, change->squeeze, change->arena);
    if (record->mention.sequence > change->counters.last_sequence) {
        change->counters.last_sequence = record->mention.sequence;
        transaction_append(&change->transaction, TABLE_MENTIONS, key_span(&key), value);
    } else {
        transaction_put(&change->transaction, TABLE_MENTIONS, key_span(&key), value);
    }
}

void prints_add_record(struct prints *prints, const struct record *record) {
    const struct mention *mention = &record->mention;
    struct print print = {mention->sequence, mention->cluster, mention_time_ms(mention),
                          record->fingerprint};
    prints_add(prints, &print);
}

void change_put_in(struct change *change, const struct record *record) {
    timeline_put(change->timeline, record);
    deltas_add(change->series, record, 1);
    sketches_add(change->sketches, record, 1);
    index_put_in(change->index, record);
    prints_add_record(change->prints, record);
    change->counters.live++;
    change->counters.unmatched += record->mention.brand_count == 0;
}

void change_take_out(struct change *change, const struct record *record) {
    timeline_drop(change->timeline, record);
    deltas_add(change->series, record, -1);
    sketches_add(change->sketches, record, -1);
    index_take_out(change->index, record);
    prints_drop(change->prints, record->mention.sequence, &record->fingerprint);
    change->counters.live--;
    change->counters.unmatched -= record->mention.brand_count == 0;
}

void change_rejudge(struct change *change, const struct record *before, const struct record *now) {
    timeline_put(change->timeline, now); /* under the same keys */
    deltas_add(change->series, before, -1);
    deltas_add(change->series, now, 1);
    index_take_out(change->index, before);
    index_put_in(change->index, now);
}
