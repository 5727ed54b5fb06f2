/* Everything derived, recounted from the records.
 *
 * Series are compared in constant memory: every counter is multiplied by a weight that is a hash of
 * its place, and the products of mentions plus residue minus series are summed per brand and day,
 * modulo 2^64. The sum is zero when all counters agree; that it is zero by chance has a probability
 * of 2^-64. */
#include "store/store.h"

#include "base/hash.h"
#include "store/change.h"
#include "store/identity.h"
#include "store/internal.h"
#include "store/pack.h"
#include "store/snapshot.h"
#include "store/sources.h"
#include "store/timeline.h"
#include "store/work.h"

#include <stdlib.h>

#define BUCKETS ((size_t)1 << 18)

struct bucket {
    uint64_t sum;
    uint32_t brand; /* somebody who was counted here, to name in the error */
    int32_t day;
};

struct recount {
    struct snapshot *snapshot;
    struct transaction *transaction;
    struct arena *arena; /* of one record */
    struct squeeze *squeeze;
    struct bucket *buckets;
    struct counters counters;    /* recounted */
    struct index_changes *index; /* of the chunk being counted */
    uint64_t timeline_rows;
    uint64_t cluster_rows;
    struct error *error;
    bool failed;
};

static void recount_fail(struct recount *recount, const char *what, uint64_t sequence) {
    if (!recount->failed) {
        recount->failed = true;
        error_set(recount->error, ERROR_STORE, "mention %llu: %s", (unsigned long long)sequence,
                  what);
    }
}

/* --- Series ----------------------------------------------------------------------------------- */

static void bucket_add(struct recount *recount, const struct series_key *key,
                       const struct counts *counts, uint64_t sign) {
    struct row_key row = series_row(key);
    uint64_t place = hash_combine(row.high, row.low);
    uint64_t home = hash_combine(key->brand, (uint64_t)(uint32_t)key->day);
    struct bucket *bucket = &recount->buckets[home & (BUCKETS - 1)];
    bucket->brand = key->brand;
    bucket->day = key->day;
    for (size_t i = 0; i < COUNT_COUNT; i++) {
        if (counts->of[i] != 0) {
            bucket->sum += sign * hash_combine(place, i) * (uint64_t)counts->of[i];
        }
    }
}

static void recount_contribution(void *context, const struct contribution *contribution) {
    bucket_add(context, &contribution->key, &contribution->counts, 1);
}

static void recount_series(struct recount *recount, enum table table, uint64_t sign) {
    struct row_cursor cursor;
    row_cursor_open(&cursor, recount->transaction, table);
    for (bool more = row_cursor_seek(&cursor, (struct row_key){0, 0}); more && !recount->failed;
         more = row_cursor_next(&cursor)) {
        struct series_key key = series_row_key(cursor.key);
        struct counts counts;
        if (cursor.value.size == 0 || key.half > DAY_WHOLE ||
            !counts_unpack(cursor.value, &counts)) {
            recount->failed = true;
            error_set(recount->error, ERROR_STORE, "a value of the %s cannot be read",
                      table_names[table]);
            break;
        }
        bucket_add(recount, &key, &counts, sign);
    }
    row_cursor_close(&cursor);
}

static void recount_buckets(struct recount *recount) {
    for (size_t i = 0; i < BUCKETS && !recount->failed; i++) {
        const struct bucket *bucket = &recount->buckets[i];
        if (bucket->sum != 0) {
            char day[DATE_TEXT_SIZE];
            struct span name =
                name_text(recount->transaction, NAME_BRAND, bucket->brand, recount->arena);
            recount->failed = true;
            error_set(recount->error, ERROR_STORE,
                      "the series of %.*s on %s are not what its "
                      "mentions add up to",
                      SPAN_ARG(name.size > 0 ? name : SPAN("all mentions")),
                      date_print_day((int64_t)bucket->day * DAY_MS, day));
        }
    }
}

/* --- Mentions --------------------------------------------------------------------------------- */

static void recount_row(void *context, struct row_key key, struct span value) {
    struct recount *recount = context;
    struct span stored;
    recount->timeline_rows++;
    if (!rows_get(recount->transaction, TABLE_TIMELINE, key, &stored) ||
        !span_equal(stored, value)) {
        recount_fail(recount, "its timeline row is missing or different", key.low << 16 >> 16);
    }
}

/* Where an identity key leads; 0 = nowhere. */
static uint64_t key_target(struct recount *recount, const struct identity_key *key) {
    struct span value;
    return key->exists && rows_get(recount->transaction, TABLE_IDENTITY, key->row, &value)
               ? identity_target(value)
               : 0;
}

/* The record can be found by all it may be found by. */
static void recount_keys(struct recount *recount, const struct record *record) {
    uint64_t sequence = record->mention.sequence;
    struct span source =
        name_text(recount->transaction, NAME_SOURCE, record->source, recount->arena);
    struct identity_hint hint = identity_hint_make(&record->mention.item, source, recount->arena);
    struct identity identity = identity_make(&hint, record);
    uint64_t by_url = key_target(recount, &identity.url);
    bool by_content = !identity.id.exists || by_url != sequence;
    if (identity.id.exists && key_target(recount, &identity.id) != sequence) {
        recount_fail(recount, "its id does not lead to it", sequence);
    }
    if (identity.url.exists && by_url == 0) {
        recount_fail(recount, "its URL leads nowhere", sequence);
    }
    if (by_content && identity.content.exists && key_target(recount, &identity.content) == 0) {
        recount_fail(recount, "its words lead nowhere", sequence);
    }
}

static void recount_cluster(struct recount *recount, const struct mention *mention) {
    uint64_t cluster = mention->cluster;
    struct key key = key_make();
    key_add(&key, cluster, 8);
    key_add(&key, mention->sequence, 8);
    struct key time = key_make();
    key_add(&time, moment_bias(mention_time_ms(mention)), 6);
    struct span value;
    bool listed = transaction_get(recount->transaction, TABLE_CLUSTERS, key_span(&key), &value);
    recount->cluster_rows += listed;
    recount->counters.stories += cluster == mention->sequence;
    if (listed && !span_equal(value, key_span(&time))) {
        recount_fail(recount, "its time in its story is another", mention->sequence);
    }
    if (!listed && cluster != mention->sequence) {
        recount_fail(recount, "its story does not list it", mention->sequence);
    }
}

static void recount_live(struct recount *recount, const struct record *record) {
    const struct mention *mention = &record->mention;
    recount->counters.live++;
    recount->counters.unmatched += mention->brand_count == 0;
    series_contributions(record, recount_contribution, recount);
    timeline_rows(record, recount_row, recount);
    recount_cluster(recount, mention);
    recount_keys(recount, record);
    if (!work_is_laid(mention)) {
        recount_fail(recount, "its score is not what people said of it", mention->sequence);
    }
}

/* --- The text index ---------------------------------------------------------------------------- */

static void recount_chunk(struct recount *recount, uint32_t chunk) {
    if (!recount->failed && !index_agrees(recount->index, recount->transaction, chunk)) {
        recount->failed = true;
        error_set(recount->error, ERROR_STORE,
                  "the text index of mentions %llu to %llu is not what they say",
                  (unsigned long long)chunk_sequence(chunk, 0),
                  (unsigned long long)chunk_sequence(chunk, UINT16_MAX));
    }
}

static void recount_mentions(struct recount *recount) {
    struct cursor cursor;
    uint32_t chunk = 0;
    cursor_open(&cursor, recount->transaction, TABLE_MENTIONS);
    for (bool more = cursor_first(&cursor); more && !recount->failed; more = cursor_next(&cursor)) {
        struct unpacker unpacker = unpacker_make(cursor.key);
        uint64_t sequence = unpack_big(&unpacker, 8);
        struct record record;
        for (; chunk < chunk_of(sequence) && !recount->failed; chunk++) {
            recount_chunk(recount, chunk);
        }
        arena_reset(recount->arena);
        if (!record_decode(cursor.value, sequence, recount->squeeze, recount->arena, &record)) {
            recount_fail(recount, "its record is damaged", sequence);
            break;
        }
        recount->counters.last_sequence = sequence;
        recount->counters.tombstones += record.state == RECORD_TOMBSTONE;
        recount->counters.purged += record.state == RECORD_PURGED;
        if (record.state == RECORD_LIVE) {
            recount_live(recount, &record);
            index_put_in(recount->index, &record);
        }
    }
    cursor_close(&cursor);
    recount_chunk(recount, chunk);
}

/* --- What leads to mentions, and the rest ----------------------------------------------------- */

/* Every identity key leads to a record. */
static void recount_identity(struct recount *recount) {
    struct row_cursor cursor;
    row_cursor_open(&cursor, recount->transaction, TABLE_IDENTITY);
    for (bool more = row_cursor_seek(&cursor, (struct row_key){0, 0}); more && !recount->failed;
         more = row_cursor_next(&cursor)) {
        struct span value;
        struct key key = key_make();
        key_add(&key, identity_target(cursor.value), 8);
        if (!transaction_get(recount->transaction, TABLE_MENTIONS, key_span(&key), &value)) {
            recount_fail(recount, "an identity leads to it, but it is not there",
                         identity_target(cursor.value));
        }
    }
    row_cursor_close(&cursor);
}

/* Rows there are; each was found from its mention. */
static uint64_t timeline_count(struct recount *recount) {
    struct row_cursor cursor;
    uint64_t count = 0;
    row_cursor_open(&cursor, recount->transaction, TABLE_TIMELINE);
    for (bool more = row_cursor_seek(&cursor, (struct row_key){0, 0}); more;
         more = row_cursor_next(&cursor)) {
        count++;
    }
    row_cursor_close(&cursor);
    return count;
}

/* Every story listed has two members at least, and its first one's number. */
static void recount_stories(struct recount *recount) {
    struct cursor cursor;
    uint64_t story = 0;
    size_t size = 2;
    cursor_open(&cursor, recount->transaction, TABLE_CLUSTERS);
    for (bool more = cursor_first(&cursor); more && !recount->failed; more = cursor_next(&cursor)) {
        struct unpacker unpacker = unpacker_make(cursor.key);
        uint64_t cluster = unpack_big(&unpacker, 8);
        uint64_t sequence = unpack_big(&unpacker, 8);
        if (cluster != story && (size < 2 || cluster != sequence)) {
            recount_fail(recount, "its story lacks its first member, or members", sequence);
        }
        size = cluster == story ? size + 1 : 1;
        story = cluster;
    }
    if (size < 2) {
        recount_fail(recount, "it is listed as a story of its own", story);
    }
    cursor_close(&cursor);
}

static void recount_rest(struct recount *recount) {
    size_t count = 0;
    arena_reset(recount->arena);
    snapshot_sources(recount->snapshot, recount->arena, &count);
    snapshot_incidents(recount->snapshot, recount->arena, &count);
    snapshot_outbox(recount->snapshot, false, recount->arena, &count);
}

static void recount_number(struct recount *recount, const char *what, uint64_t kept,
                           uint64_t counted) {
    if (kept != counted && !recount->failed) {
        recount->failed = true;
        error_set(recount->error, ERROR_STORE, "%s: %llu are noted, %llu counted", what,
                  (unsigned long long)kept, (unsigned long long)counted);
    }
}

static void recount_numbers(struct recount *recount) {
    struct counters kept;
    const struct counters *counted = &recount->counters;
    counters_load(recount->transaction, &kept);
    recount_number(recount, "timeline rows", timeline_count(recount), recount->timeline_rows);
    recount_number(recount, "members of stories",
                   transaction_entries(recount->transaction, TABLE_CLUSTERS),
                   recount->cluster_rows);
    recount_number(recount, "mentions", kept.live, counted->live);
    recount_number(recount, "unmatched mentions", kept.unmatched, counted->unmatched);
    recount_number(recount, "tombstones", kept.tombstones, counted->tombstones);
    recount_number(recount, "purged mentions", kept.purged, counted->purged);
    recount_number(recount, "stories", kept.stories, counted->stories);
    recount_number(recount, "last sequence", kept.last_sequence, counted->last_sequence);
}

/* --- Sketches --------------------------------------------------------------------------------- */

struct sketch_recount {
    struct recount *recount;
    uint64_t rows;
};

static void recount_sketch(void *context, struct span key, struct span sketch) {
    struct sketch_recount *counting = context;
    struct recount *recount = counting->recount;
    struct span stored;
    counting->rows++;
    if (!recount->failed && (!transaction_get(recount->transaction, TABLE_SKETCHES, key, &stored) ||
                             !span_equal(stored, sketch))) {
        struct unpacker unpacker = unpacker_make(key);
        char day[DATE_TEXT_SIZE];
        int64_t day_ms = day_unbias((uint32_t)unpack_big(&unpacker, 4)) * DAY_MS;
        struct span name = name_text(recount->transaction, NAME_BRAND,
                                     (uint32_t)unpack_big(&unpacker, 4), recount->arena);
        recount->failed = true;
        error_set(recount->error, ERROR_STORE,
                  "who spoke of %.*s on %s is not who its mentions are by", SPAN_ARG(name),
                  date_print_day(day_ms, day));
    }
}

static void recount_sketches(struct recount *recount) {
    struct sketch_recount counting = {recount, 0};
    sketches_derive(recount->transaction, recount_sketch, &counting);
    recount_number(recount, "days of authors and stories",
                   transaction_entries(recount->transaction, TABLE_SKETCHES), counting.rows);
}

static bool recount_all(struct recount *recount) {
    recount_mentions(recount);
    recount_series(recount, TABLE_RESIDUE, 1);
    recount_series(recount, TABLE_SERIES, UINT64_MAX);
    recount_buckets(recount);
    recount_numbers(recount);
    recount_identity(recount);
    recount_stories(recount);
    recount_sketches(recount);
    recount_rest(recount);
    return !recount->failed && snapshot_check(recount->snapshot, recount->error);
}

bool store_verify(struct store *store, uint64_t *mentions, struct error *error) {
    struct recount recount = {.error = error};
    *mentions = 0;
    if (!environment_check(store->environment, true, error) ||
        !snapshot_open(store, &recount.snapshot, error)) {
        return false;
    }
    recount.transaction = recount.snapshot->transaction;
    recount.arena = arena_create();
    recount.squeeze = environment_squeeze(store->environment);
    recount.buckets = NEW_ARRAY(struct bucket, BUCKETS);
    recount.index = index_changes_create();
    bool agrees = recount_all(&recount);
    *mentions = recount.counters.live;
    free(recount.buckets);
    index_changes_free(recount.index);
    arena_free(recount.arena);
    snapshot_close(recount.snapshot);
    return agrees;
}
