#include "store/retention.h"

#include "store/clusters.h"
#include "store/internal.h"
#include "store/snapshot.h"
#include "store/sources.h"
#include "store/timeline.h"

#include <stdlib.h>

/* --- Taking away ------------------------------------------------------------------------------ */

bool record_empty(struct change *change, const struct record *record, enum record_state state) {
    struct record stub = {
        .state = state,
        .has_id = record->has_id,
        .exact = record->exact,
        .author = record->author,
        .source = record->source,
    };
    item_init(&stub.mention.item);
    stub.mention.sequence = record->mention.sequence;
    stub.mention.cluster = record->mention.sequence;
    stub.mention.fetched_ms = record->mention.fetched_ms;
    stub.mention.item.published_ms = record->mention.item.published_ms;
    change_take_out(change, record);
    bool goes_on = cluster_leave(change, record);
    change_save(change, &stub);
    return goes_on;
}

/* Empties a live record; the series keep what it contributed. */
static void record_purge(struct change *change, struct record *record) {
    if (record_empty(change, record, RECORD_PURGED)) {
        record->mention.cluster = 0; /* another member counts as the story now */
    }
    deltas_add(change->residue, record, 1);
    deltas_add(change->series, record, 1); /* back in, after emptying took it out */
    change->counters.purged++;
}

/* Takes words from a live record. It is counted as before. */
static void record_age(struct change *change, const struct record *record, enum mention_kept kept) {
    struct record aged = *record;
    record_cut(&aged, kept, change->arena);
    index_take_out(change->index, record);
    index_put_in(change->index, &aged);
    prints_drop(change->prints, record->mention.sequence, &record->fingerprint);
    prints_add_record(change->prints, &aged);
    timeline_put(change->timeline, &aged);
    change_save(change, &aged);
}

static bool is_due(const struct due *due, const struct record *record) {
    const struct mention *mention = &record->mention;
    return record->state == RECORD_LIVE && mention->kept < due->keep &&
           mention_time_ms(mention) < due->before_ms && mention->fetched_ms < due->before_ms &&
           !(due->unmatched_only && mention->brand_count > 0);
}

void dues_apply(struct change *change, struct dues *dues) {
    memset(dues->changed, 0, sizeof dues->changed);
    /* Latest first: the first member of a story then goes after its copies, not before. */
    for (size_t i = dues->count; i > 0; i--) {
        const struct due *due = &dues->list[i - 1];
        struct record record;
        if (!change_load(change, due->sequence, &record)) {
            transaction_fail(&change->transaction, MDB_CORRUPTED);
            return;
        }
        if (!is_due(due, &record)) {
            continue;
        }
        if (due->keep == KEPT_COUNT) {
            record_purge(change, &record);
        } else {
            record_age(change, &record, due->keep);
        }
        dues->changed[due->keep]++;
    }
}

void erase_mentions(struct change *change, struct erase *erase) {
    for (size_t i = erase->count; i > 0; i--) { /* latest first, as above */
        struct record record;
        if (change_load(change, erase->list[i - 1], &record) && record.state == RECORD_LIVE) {
            record_purge(change, &record);
            erase->erased++;
        }
    }
}

/* --- Finding what is due ---------------------------------------------------------------------- */

#define RETAIN_SLICE 1000 /* mentions of one transaction: a few ms between other commits */

struct term { /* of one source, by number; 0 = all that have none of their own */
    uint32_t source;
    int64_t before_ms[KEPT_COUNT + 1]; /* by what may stay; DATE_NONE (the least) = it lasts */
};

struct terms {
    struct term *list; /* by source, each once */
    size_t count;
};

static int term_compare(const void *left, const void *right) {
    const struct term *a = left;
    const struct term *b = right;
    return (a->source > b->source) - (a->source < b->source);
}

static struct term term_make(const struct store_term *given, uint32_t source) {
    return (struct term){
        source,
        {DATE_NONE, given->text_before_ms, given->excerpt_before_ms, given->mention_before_ms}};
}

/* One term for each source; the strictest where there were more. */
static void terms_unite(struct terms *terms) {
    size_t count = 0;
    if (terms->count > 1) {
        qsort(terms->list, terms->count, sizeof *terms->list, term_compare);
    }
    for (size_t i = 0; i < terms->count; i++) {
        const struct term *more = &terms->list[i];
        if (count == 0 || terms->list[count - 1].source != more->source) {
            terms->list[count++] = *more;
            continue;
        }
        struct term *term = &terms->list[count - 1];
        for (size_t j = 0; j <= KEPT_COUNT; j++) {
            bool tighter = more->before_ms[j] > term->before_ms[j];
            term->before_ms[j] = tighter ? more->before_ms[j] : term->before_ms[j];
        }
    }
    terms->count = count;
}

/* The terms by the numbers that sources have here; of sources that brought nothing there are none. */
static struct terms terms_resolve(struct transaction *transaction, const struct store_term *given,
                                  size_t count, bool unmatched_only, struct arena *arena) {
    struct terms terms = {.list = ARENA_ARRAY(arena, struct term, count + 1)};
    for (size_t i = 0; i < count; i++) {
        uint32_t source = 0;
        struct span name = source_key_split(given[i].source).name;
        bool known = name.size == 0 || name_find(transaction, NAME_SOURCE, name, &source);
        if (known && given[i].unmatched_only == unmatched_only) {
            terms.list[terms.count++] = term_make(&given[i], source);
        }
    }
    terms_unite(&terms);
    return terms;
}

static const struct term *term_of(const struct terms *terms, uint32_t source) {
    const struct term wanted = {.source = source};
    const struct term *own =
        bsearch(&wanted, terms->list, terms->count, sizeof wanted, term_compare);
    bool shared = own == NULL && terms->count > 0 && terms->list[0].source == 0;
    return shared ? &terms->list[0] : own;
}

/* What may stay of something of that moment. */
static enum mention_kept term_keep(const struct term *term, int64_t moment_ms) {
    enum mention_kept keep = KEPT_COUNT;
    while (keep > KEPT_WHOLE && moment_ms >= term->before_ms[keep]) {
        keep--;
    }
    return keep;
}

static int64_t terms_latest_ms(const struct terms *terms) {
    int64_t latest_ms = DATE_NONE;
    for (size_t i = 0; i < terms->count; i++) {
        for (size_t j = KEPT_EXCERPT; j <= KEPT_COUNT; j++) {
            int64_t before_ms = terms->list[i].before_ms[j];
            latest_ms = before_ms > latest_ms ? before_ms : latest_ms;
        }
    }
    return latest_ms;
}

struct due_walk {
    const struct snapshot *snapshot;
    const struct terms *terms;
    struct arena *arena; /* of one mention */
    bool unmatched_only;
    struct due list[RETAIN_SLICE];
    size_t count;
    int64_t reached_ms;
};

static bool due_entry(void *context, const struct timeline_entry *entry) {
    struct due_walk *walk = context;
    const struct term *term = term_of(walk->terms, entry->source);
    struct mention mention;
    walk->reached_ms = entry->time_ms;
    if (term == NULL || term_keep(term, entry->time_ms) <= entry->kept) {
        return true;
    }
    arena_reset(walk->arena);
    if (!snapshot_mention(walk->snapshot, entry->sequence, walk->arena, &mention)) {
        return true;
    }
    /* What came late, of a back-fill, has its time from then on. */
    bool late = mention.fetched_ms > entry->time_ms;
    enum mention_kept keep = term_keep(term, late ? mention.fetched_ms : entry->time_ms);
    if (keep > entry->kept) {
        walk->list[walk->count++] =
            (struct due){entry->sequence, keep, term->before_ms[keep], walk->unmatched_only};
    }
    return walk->count < RETAIN_SLICE;
}

/* The next slice, from walk->reached_ms on; `*more`: it may not be the last. */
static bool dues_find(struct store *store, const struct store_term *given, size_t count,
                      struct due_walk *walk, bool *more, struct error *error) {
    struct snapshot *snapshot = NULL;
    struct arena *arena = arena_create();
    bool found = snapshot_open(store, &snapshot, error);
    walk->count = 0;
    if (found) {
        struct terms terms =
            terms_resolve(snapshot->transaction, given, count, walk->unmatched_only, arena);
        int64_t until_ms = terms_latest_ms(&terms);
        walk->snapshot = snapshot;
        walk->terms = &terms;
        walk->arena = arena_create();
        if (until_ms != DATE_NONE) {
            snapshot_timeline(snapshot, walk->unmatched_only ? BRAND_NONE : BRAND_ANY,
                              walk->reached_ms, until_ms, false, due_entry, walk);
        }
        arena_free(walk->arena);
        found = snapshot_check(snapshot, error);
        snapshot_close(snapshot);
    }
    *more = walk->count == RETAIN_SLICE;
    arena_free(arena);
    return found;
}

static void dues_task_apply(struct change *change, void *context) {
    dues_apply(change, context);
}

/* All that is due under the terms of unmatched mentions, or of all. */
static bool retain_walk(struct store *store, const struct store_term *given, size_t count,
                        struct due_walk *walk, struct store_retained *retained,
                        struct error *error) {
    bool more = true;
    while (more) {
        if (!dues_find(store, given, count, walk, &more, error)) {
            return false;
        }
        struct dues dues = {.list = walk->list, .count = walk->count};
        struct task task = {.apply = dues_task_apply, .context = &dues, .weight = walk->count + 1};
        if (walk->count > 0 && !writer_run(store->writer, &task, error)) {
            return false;
        }
        retained->cut += dues.changed[KEPT_EXCERPT];
        retained->bared += dues.changed[KEPT_FACTS];
        retained->purged += dues.changed[KEPT_COUNT];
    }
    return true;
}

bool store_retain(struct store *store, const struct store_term *terms, size_t count,
                  struct store_retained *retained, struct error *error) {
    *retained = (struct store_retained){0};
    if (store->writer == NULL) {
        return error_set(error, ERROR_STORE, "the store was opened for reading only");
    }
    struct due_walk *walk = NEW(struct due_walk);
    bool done = true;
    for (int unmatched_only = 0; unmatched_only < 2 && done; unmatched_only++) {
        walk->unmatched_only = unmatched_only == 1;
        walk->reached_ms = DATE_NONE;
        done = retain_walk(store, terms, count, walk, retained, error);
    }
    free(walk);
    return done;
}
