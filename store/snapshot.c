/* The door's reading half: views of mentions, timelines and sources. */
#include "store/snapshot.h"

#include "store/internal.h"
#include "store/pack.h"
#include "store/record.h"
#include "store/sources.h"
#include "store/timeline.h"
#include "store/work.h"

#include <stdlib.h>
#include <sys/stat.h>

bool snapshot_open(struct store *store, struct snapshot **snapshot, struct error *error) {
    struct snapshot *opened = NEW(struct snapshot);
    opened->store = store;
    opened->transaction = NEW(struct transaction);
    if (!environment_read(store->environment, opened->transaction, error)) {
        free(opened->transaction);
        free(opened);
        return false;
    }
    *snapshot = opened;
    return true;
}

void snapshot_close(struct snapshot *snapshot) {
    if (snapshot != NULL) {
        environment_read_end(snapshot->store->environment, snapshot->transaction);
        free(snapshot->transaction);
        free(snapshot);
    }
}

bool snapshot_check(const struct snapshot *snapshot, struct error *error) {
    int failure = snapshot->transaction->failure;
    return failure == 0 || error_set_store(error, failure, "reading the store");
}

uint64_t snapshot_id(const struct snapshot *snapshot) {
    return mdb_txn_id(snapshot->transaction->handle);
}

bool snapshot_brand(const struct snapshot *snapshot, struct span name, uint32_t *brand) {
    return name_find(snapshot->transaction, NAME_BRAND, name, brand);
}

struct span snapshot_source_name(const struct snapshot *snapshot, uint32_t source,
                                 struct arena *arena) {
    return name_text(snapshot->transaction, NAME_SOURCE, source, arena);
}

/* --- Mentions --------------------------------------------------------------------------------- */

void snapshot_name_record(const struct snapshot *snapshot, struct record *record,
                          struct arena *arena) {
    struct transaction *transaction = snapshot->transaction;
    struct mention *mention = &record->mention;
    mention->source = name_text(transaction, NAME_SOURCE, record->source, arena);
    for (size_t i = 0; i < mention->brand_count; i++) {
        mention->brands[i].name =
            name_text(transaction, NAME_BRAND, mention->brands[i].brand, arena);
    }
    for (size_t i = 0; i < mention->topic_count; i++) {
        mention->topics[i].name = name_text(transaction, NAME_TOPIC, record->topics[i], arena);
    }
    for (size_t i = 0; mention->work != NULL && i < mention->work->verdict_count; i++) {
        struct work_verdict *verdict = &mention->work->verdicts[i];
        verdict->name = name_text(transaction, NAME_BRAND, verdict->brand, arena);
    }
}

/* A live record as a mention, whole and in `arena`. False: emptied, or damaged. */
static bool mention_read(const struct snapshot *snapshot, struct span value, uint64_t sequence,
                         struct arena *arena, struct mention *mention) {
    struct record record;
    if (!record_decode(value, sequence, environment_squeeze(snapshot->store->environment), arena,
                       &record)) {
        transaction_fail(snapshot->transaction, MDB_CORRUPTED);
        return false;
    }
    if (record.state != RECORD_LIVE) {
        return false;
    }
    record_own(&record, arena);
    snapshot_name_record(snapshot, &record, arena);
    *mention = record.mention;
    return true;
}

bool snapshot_mention(const struct snapshot *snapshot, uint64_t sequence, struct arena *arena,
                      struct mention *mention) {
    struct key key = key_make();
    key_add(&key, sequence, 8);
    struct span value;
    return transaction_get(snapshot->transaction, TABLE_MENTIONS, key_span(&key), &value) &&
           mention_read(snapshot, value, sequence, arena, mention);
}

void snapshot_mentions_from(const struct snapshot *snapshot, uint64_t sequence,
                            mention_visitor *visit, void *context) {
    struct cursor cursor;
    struct arena *arena = arena_create();
    struct key key = key_make();
    key_add(&key, sequence, 8);
    cursor_open(&cursor, snapshot->transaction, TABLE_MENTIONS);
    bool going = true;
    for (bool more = cursor_seek(&cursor, key_span(&key)); more && going;
         more = going && cursor_next(&cursor)) {
        struct unpacker unpacker = unpacker_make(cursor.key);
        struct mention mention;
        arena_reset(arena);
        if (mention_read(snapshot, cursor.value, unpack_big(&unpacker, 8), arena, &mention)) {
            going = visit(context, &mention);
        }
    }
    cursor_close(&cursor);
    arena_free(arena);
}

/* --- Timeline --------------------------------------------------------------------------------- */

static bool timeline_start(struct row_cursor *cursor, uint32_t brand, int64_t since_ms,
                           int64_t until_ms, bool newest_first) {
    if (!newest_first) {
        int64_t since = since_ms == DATE_NONE ? moment_unbias(0) : since_ms;
        return row_cursor_seek(cursor, timeline_key(brand, since, 0));
    }
    struct row_key last = {(uint64_t)brand << 32 | UINT32_MAX, UINT64_MAX};
    return row_cursor_seek_before(cursor,
                                  until_ms == DATE_NONE ? last : timeline_key(brand, until_ms, 0));
}

void snapshot_timeline(const struct snapshot *snapshot, uint32_t brand, int64_t since_ms,
                       int64_t until_ms, bool newest_first, timeline_visitor *visit,
                       void *context) {
    struct row_cursor cursor;
    row_cursor_open(&cursor, snapshot->transaction, TABLE_TIMELINE);
    bool more = timeline_start(&cursor, brand, since_ms, until_ms, newest_first);
    while (more) {
        struct timeline_entry entry;
        uint32_t found = 0;
        if (!timeline_read(cursor.key, cursor.value, &found, &entry)) {
            transaction_fail(snapshot->transaction, MDB_CORRUPTED);
            break;
        }
        bool inside = found == brand && (since_ms == DATE_NONE || entry.time_ms >= since_ms) &&
                      (until_ms == DATE_NONE || entry.time_ms < until_ms);
        if (!inside || !visit(context, &entry)) {
            break;
        }
        more = newest_first ? row_cursor_previous(&cursor) : row_cursor_next(&cursor);
    }
    row_cursor_close(&cursor);
}

/* --- Sources ---------------------------------------------------------------------------------- */

bool snapshot_source(const struct snapshot *snapshot, struct span key, struct arena *arena,
                     struct source_state *state) {
    uint32_t number = 0;
    source_state_init(state);
    return name_find(snapshot->transaction, NAME_POLL, key, &number) &&
           source_get(snapshot->transaction, number, arena, state);
}

struct span snapshot_login(const struct snapshot *snapshot, struct span name, struct arena *arena) {
    return login_get(snapshot->transaction, name, arena);
}

bool snapshot_spending(const struct snapshot *snapshot, struct span account,
                       struct spending *spending) {
    return spending_get(snapshot->transaction, account, spending);
}

struct source_row *snapshot_sources(const struct snapshot *snapshot, struct arena *arena,
                                    size_t *count) {
    struct source_row *list = NULL;
    size_t capacity = 0;
    struct cursor cursor;
    cursor_open(&cursor, snapshot->transaction, TABLE_SOURCES);
    *count = 0;
    for (bool more = cursor_first(&cursor); more; more = cursor_next(&cursor)) {
        struct unpacker unpacker = unpacker_make(cursor.key);
        uint32_t number = (uint32_t)unpack_big(&unpacker, 4);
        struct source_row row;
        if (source_get(snapshot->transaction, number, arena, &row.state)) {
            row.key = name_text(snapshot->transaction, NAME_POLL, number, arena);
            list = arena_grow(arena, list, *count, &capacity, sizeof *list);
            list[(*count)++] = row;
        }
    }
    cursor_close(&cursor);
    return list;
}

/* The scope and number of a source by its key: a poll of its own, or all polls of a name. */
static bool coverage_find(const struct snapshot *snapshot, struct span source,
                          enum coverage_scope *scope, uint32_t *number) {
    *number = 0;
    *scope = COVERAGE_ANY;
    if (span_is_empty(source)) {
        return true;
    }
    bool poll = span_find_byte(source, '/') != SPAN_NOT_FOUND;
    *scope = poll ? COVERAGE_POLL : COVERAGE_SOURCE;
    return name_find(snapshot->transaction, poll ? NAME_POLL : NAME_SOURCE, source, number);
}

double snapshot_coverage(const struct snapshot *snapshot, struct span source, int64_t since_ms,
                         int64_t until_ms) {
    enum coverage_scope scope = COVERAGE_ANY;
    uint32_t number = 0;
    if (until_ms <= since_ms || !coverage_find(snapshot, source, &scope, &number)) {
        return 0;
    }
    int64_t first = date_hour_start(since_ms);
    size_t hours = 0;
    size_t covered = 0;
    int32_t day = INT32_MIN;
    uint32_t bits = 0;
    for (int64_t hour = first; hour < until_ms; hour += HOUR_MS) {
        if (date_day_number(hour) != day) {
            day = date_day_number(hour);
            bits = coverage_hours(snapshot->transaction, scope, number, day);
        }
        hours++;
        covered += bits >> ((hour - date_day_start(hour)) / HOUR_MS) & 1;
    }
    return (double)covered / (double)hours;
}

/* --- Statistics ------------------------------------------------------------------------------- */

static void statistics_file(struct store *store, struct store_statistics *statistics) {
    MDB_env *environment = environment_handle(store->environment);
    MDB_envinfo info;
    MDB_stat pages;
    struct stat file;
    int descriptor = -1;
    mdb_env_info(environment, &info);
    mdb_env_stat(environment, &pages);
    mdb_env_get_fd(environment, &descriptor);
    statistics->bytes_map = info.me_mapsize;
    statistics->bytes_used = (info.me_last_pgno + 1) * pages.ms_psize;
    statistics->bytes_file = fstat(descriptor, &file) == 0 ? (uint64_t)file.st_size : 0;
    statistics->readers = info.me_numreaders;
}

bool store_statistics(struct store *store, struct store_statistics *statistics,
                      struct error *error) {
    struct snapshot *snapshot = NULL;
    *statistics = (struct store_statistics){0};
    if (!snapshot_open(store, &snapshot, error)) {
        return false;
    }
    struct counters counters;
    counters_load(snapshot->transaction, &counters);
    struct cursor cursor;
    cursor_open(&cursor, snapshot->transaction, TABLE_MENTIONS);
    if (cursor_first(&cursor)) {
        struct unpacker unpacker = unpacker_make(cursor.key);
        statistics->first_sequence = unpack_big(&unpacker, 8);
    }
    cursor_close(&cursor);
    statistics->mentions = counters.live;
    statistics->unmatched = counters.unmatched;
    statistics->tombstones = counters.tombstones;
    statistics->purged = counters.purged;
    statistics->clusters = counters.stories;
    statistics->last_sequence = counters.last_sequence;
    statistics->schema = schema_load(snapshot->transaction);
    statistics_file(store, statistics);
    bool read = snapshot_check(snapshot, error);
    snapshot_close(snapshot);
    return read;
}
