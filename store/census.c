/* Counting what is said about a subject: a brand by its timeline and series, a query by what it
 * finds. */
#include "store/census.h"

#include "base/query_tree.h"
#include "store/internal.h"
#include "store/search.h"
#include "store/series.h"
#include "store/sources.h"
#include "store/tally.h"
#include "store/timeline.h"

#include <stdlib.h>

/* Whose scores count: where the query demands a brand (whose name is folded there), towards that
 * one. */
static uint32_t subject_brand(const struct census *census, const struct subject *subject) {
    struct transaction *transaction = census->snapshot->transaction;
    if (subject->brand != BRAND_ANY || subject->query == NULL || subject->query->brand.size == 0) {
        return subject->brand;
    }
    uint32_t found = BRAND_ANY;
    uint32_t brand = 1;
    struct span name = name_text(transaction, NAME_BRAND, brand, census->scratch);
    while (name.size > 0 && found == BRAND_ANY) {
        if (span_equal(words_fold(name, census->scratch), subject->query->brand)) {
            found = brand;
        }
        name = name_text(transaction, NAME_BRAND, ++brand, census->scratch);
    }
    return found;
}

struct census *census_open(const struct snapshot *snapshot, const struct subject *subject,
                           int64_t since_ms, int64_t until_ms) {
    struct census *census = NEW(struct census);
    census->snapshot = snapshot;
    census->subject = *subject;
    census->since_ms = since_ms == DATE_NONE ? moment_unbias(0) : since_ms;
    census->until_ms = until_ms == DATE_NONE ? moment_unbias(MOMENT_LAST) : until_ms;
    census->matcher = subject->query == NULL ? NULL : matcher_create(&subject->query, 1);
    census->scratch = arena_create();
    census->subject.brand = subject_brand(census, subject);
    return census;
}

void census_close(struct census *census) {
    if (census != NULL) {
        matcher_free(census->matcher);
        arena_free(census->scratch);
        free(census);
    }
}

/* --- What a query finds ----------------------------------------------------------------------- */

bool census_score(const struct census *census, const struct mention *mention, struct score *score) {
    bool any = census->subject.brand == BRAND_ANY;
    bool asked = census->subject.query != NULL;
    if (any || census->subject.brand == BRAND_NONE) {
        *score = asked ? *mention_feeling(mention) : mention->score;
        return any || mention->brand_count == 0;
    }
    for (size_t i = 0; i < mention->brand_count; i++) {
        if (mention->brands[i].brand == census->subject.brand) {
            *score = mention->brands[i].score;
            return true;
        }
    }
    return false;
}

bool census_record(const struct census *census, uint64_t sequence, struct record *record) {
    struct key key = key_make();
    struct span value;
    key_add(&key, sequence, 8);
    if (!transaction_get(census->snapshot->transaction, TABLE_MENTIONS, key_span(&key), &value) ||
        !record_decode(value, sequence, environment_squeeze(census->snapshot->store->environment),
                       census->scratch, record)) {
        transaction_fail(census->snapshot->transaction, MDB_CORRUPTED);
        return false;
    }
    return record->state == RECORD_LIVE;
}

static bool record_matches(const struct census *census, struct record *record) {
    struct query_hits hits = {0};
    snapshot_name_record(census->snapshot, record, census->scratch);
    matcher_match(census->matcher, &record->mention, census->scratch, &hits);
    return hits.query_count > 0;
}

/* Newest first, until it returns false; the record is valid during its visit. */
typedef bool finding_visitor(void *context, const struct record *record, const struct score *score);

static void records_visit(const struct census *census, struct search *search,
                          finding_visitor *visit, void *context) {
    bool exact = search_is_exact(search);
    bool going = true;
    uint64_t sequence = 0;
    int64_t time_ms = 0;
    while (going && search_next(search, &sequence, &time_ms)) {
        struct record record;
        struct score score;
        if (census_record(census, sequence, &record) &&
            census_score(census, &record.mention, &score) &&
            (exact || record_matches(census, &record))) {
            going = visit(context, &record, &score);
        }
        arena_reset(census->scratch);
    }
}

static void findings_visit(const struct census *census, finding_visitor *visit, void *context) {
    struct search *search =
        search_open(census->snapshot, census->subject.query, census->since_ms, census->until_ms);
    records_visit(census, search, visit, context);
    search_close(search);
}

/* Of an exact search the timeline says all that is counted: no record is read. What does not stand in
 * the brand's is not of the brand. */
static void entries_visit(const struct census *census, struct search *search,
                          timeline_visitor *visit, void *context) {
    struct transaction *transaction = census->snapshot->transaction;
    struct row_finder finder;
    bool going = true;
    uint64_t sequence = 0;
    int64_t time_ms = 0;
    row_finder_open(&finder, transaction, TABLE_TIMELINE);
    while (going && search_next(search, &sequence, &time_ms)) {
        struct row_key key = timeline_key(census->subject.brand, time_ms, sequence);
        struct timeline_entry entry;
        struct span value;
        uint32_t brand = 0;
        if (!row_finder_find(&finder, key, &value)) {
            continue;
        }
        if (timeline_read(key, value, &brand, &entry)) {
            going = visit(context, &entry);
        } else {
            transaction_fail(transaction, MDB_CORRUPTED);
        }
    }
    row_finder_close(&finder);
}

struct visiting {
    timeline_visitor *visit;
    void *context;
};

static bool finding_show(void *context, const struct record *record, const struct score *score) {
    const struct visiting *visiting = context;
    struct timeline_entry entry = timeline_entry_of(record, score);
    return visiting->visit(visiting->context, &entry);
}

void census_visit(struct census *census, timeline_visitor *visit, void *context) {
    if (census->subject.query == NULL) {
        snapshot_timeline(census->snapshot, census->subject.brand, census->since_ms,
                          census->until_ms, true, visit, context);
        return;
    }
    struct search *search =
        search_open(census->snapshot, census->subject.query, census->since_ms, census->until_ms);
    if (search_is_exact(search)) {
        entries_visit(census, search, visit, context);
    } else {
        records_visit(census, search, finding_show, &(struct visiting){visit, context});
    }
    search_close(search);
}

/* --- Coverage --------------------------------------------------------------------------------- */

/* Whether somebody asked for what is counted: for whatever brand, for all brands, or for this one. */
static bool census_is_covered(const struct census *census, int64_t since_ms, int64_t until_ms) {
    struct transaction *transaction = census->snapshot->transaction;
    uint32_t brand = census->subject.brand;
    if (until_ms <= since_ms) {
        return false;
    }
    if (brand == BRAND_ANY || brand == BRAND_NONE) {
        return coverage_any(transaction, COVERAGE_ANY, 0, since_ms, until_ms);
    }
    return coverage_any(transaction, COVERAGE_BRAND, 0, since_ms, until_ms) ||
           coverage_any(transaction, COVERAGE_BRAND, brand, since_ms, until_ms);
}

/* --- Over time -------------------------------------------------------------------------------- */

struct trending {
    const struct stretches *stretches;
    struct tally *tallies;
};

static void counts_place(void *context, size_t stretch, uint32_t member,
                         const struct counts *counts) {
    struct counts *sums = context;
    (void)member;
    counts_add(&sums[stretch], counts, 1);
}

static void brand_trend(const struct census *census, const struct trending *trending) {
    size_t count = trending->stretches->count;
    struct counts *sums = NEW_ARRAY(struct counts, count);
    brand_count(census, SERIES_ALL, 0, trending->stretches, counts_place, sums);
    for (size_t i = 0; i < count; i++) {
        tally_add_counts(&trending->tallies[i], &sums[i]);
    }
    free(sums);
}

static bool entry_place(void *context, const struct timeline_entry *entry) {
    const struct trending *trending = context;
    const struct stretches *stretches = trending->stretches;
    size_t at = stretch_of(stretches->times_ms, stretches->count, entry->time_ms);
    if (at < stretches->count) {
        tally_add(&trending->tallies[at], entry);
    }
    return true;
}

void census_count(struct census *census, const int64_t *times_ms, size_t count,
                  struct tally *tallies) {
    struct stretches stretches = {times_ms, count};
    struct trending trending = {&stretches, tallies};
    for (size_t i = 0; i < count; i++) {
        tallies[i] =
            (struct tally){.covered = census_is_covered(census, times_ms[i], times_ms[i + 1])};
    }
    if (census->subject.query == NULL) {
        brand_trend(census, &trending);
    } else {
        census_visit(census, entry_place, &trending);
    }
}

/* --- Totals ----------------------------------------------------------------------------------- */

struct totalling {
    struct tally *tally;
    struct distinct distinct;
};

static bool entry_total(void *context, const struct timeline_entry *entry) {
    struct totalling *totalling = context;
    tally_add(totalling->tally, entry);
    distinct_add(&totalling->distinct, entry);
    return true;
}

void census_total(struct census *census, struct tally *tally) {
    const int64_t ends_ms[] = {census->since_ms, census->until_ms};
    struct totalling totalling = {.tally = tally};
    if (census->subject.query == NULL) {
        census_count(census, ends_ms, 1, tally);
        brand_distinct(census, tally);
        return;
    }
    *tally = (struct tally){.covered = census_is_covered(census, ends_ms[0], ends_ms[1])};
    census_visit(census, entry_total, &totalling);
    distinct_end(&totalling.distinct, tally);
}

/* --- Members ---------------------------------------------------------------------------------- */

struct membership { /* found so far, in order of their numbers */
    struct arena *arena;
    enum series_dimension dimension;
    struct member {
        uint32_t number;
        struct tally tally;
    } * list;
    size_t count;
    size_t capacity;
};

static struct tally *member_find(struct membership *members, uint32_t number) {
    size_t low = 0;
    size_t high = members->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (members->list[middle].number < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == members->count || members->list[low].number != number) {
        members->list = arena_grow(members->arena, members->list, members->count,
                                   &members->capacity, sizeof *members->list);
        memmove(members->list + low + 1, members->list + low,
                (members->count++ - low) * sizeof *members->list);
        members->list[low] = (struct member){.number = number};
    }
    return &members->list[low].tally;
}

static bool finding_place(void *context, const struct record *record, const struct score *score) {
    struct membership *members = context;
    uint32_t numbers[SERIES_MEMBERS_MOST];
    size_t count = series_members(record, members->dimension, score, numbers);
    for (size_t i = 0; i < count; i++) {
        bool own = members->dimension == SERIES_TOPIC;
        struct timeline_entry entry =
            timeline_entry_of(record, own ? series_topic_score(record, numbers[i]) : score);
        tally_add(member_find(members, numbers[i]), &entry);
    }
    return true;
}

static int member_compare(const void *left, const void *right) {
    const struct tally_member *a = left;
    const struct tally_member *b = right;
    if (a->tally.mentions != b->tally.mentions) {
        return a->tally.mentions < b->tally.mentions ? 1 : -1;
    }
    return span_compare(a->name, b->name);
}

static void counts_member(void *context, size_t stretch, uint32_t member,
                          const struct counts *counts) {
    (void)stretch;
    tally_add_counts(member_find(context, member), counts);
}

struct tally_member *census_members(struct census *census, enum series_dimension dimension,
                                    struct arena *arena, size_t *count) {
    struct membership members = {.arena = arena, .dimension = dimension};
    if (census->subject.query == NULL) {
        const int64_t ends_ms[] = {census->since_ms, census->until_ms};
        brand_count(census, dimension, SERIES_EVERY, &(struct stretches){ends_ms, 1}, counts_member,
                    &members);
    } else {
        findings_visit(census, finding_place, &members);
    }
    struct tally_member *list = ARENA_ARRAY(arena, struct tally_member, members.count + 1);
    *count = 0;
    for (size_t i = 0; i < members.count; i++) {
        if (members.list[i].tally.mentions > 0) {
            struct tally_member *member = &list[(*count)++];
            member->name = series_member_name(census->snapshot->transaction, dimension,
                                              members.list[i].number, arena);
            member->tally = members.list[i].tally;
        }
    }
    if (*count > 1) {
        qsort(list, *count, sizeof *list, member_compare);
    }
    return list;
}
