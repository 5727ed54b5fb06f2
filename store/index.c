#include "store/index.h"

#include "base/hash.h"
#include "store/merge.h"
#include "store/terms.h"

#include <stdlib.h>

/* So many segments of one size come to one of the next. */
#define MERGE_COUNT 8

/* --- Gathering -------------------------------------------------------------------------------- */

/* A term came to a document, or went from it. */
struct event {
    uint16_t document;
    bool add;
};

struct posting { /* in the order it happened */
    uint32_t term;
    struct event event;
};

struct gathered_term {
    struct span text;
    uint64_t hash;
    struct event last;
    uint32_t count; /* of its postings */
    uint32_t begin; /* of its events, once they are sorted by term */
    bool ascending; /* only added, to ever later documents */
};

struct document_time {
    uint16_t document;
    bool add;
    uint32_t place; /* in the order it happened */
    int64_t time_ms;
};

/* The changes of one chunk. */
struct gather {
    struct gather *next;
    uint32_t chunk;
    struct gathered_term *terms;
    size_t term_count;
    size_t term_capacity;
    uint32_t *slots; /* open addressing: index + 1 */
    size_t slot_count;
    struct posting *postings;
    size_t posting_count;
    size_t posting_capacity;
    struct event *events; /* the same, sorted by term */
    struct document_time *times;
    size_t time_count;
    size_t time_capacity;
};

struct index_changes {
    struct arena *arena;
    struct arena *scratch; /* of one mention */
    struct gather *first;  /* by chunk */
};

struct index_changes *index_changes_create(void) {
    struct index_changes *changes = NEW(struct index_changes);
    changes->arena = arena_create();
    changes->scratch = arena_create();
    return changes;
}

void index_changes_free(struct index_changes *changes) {
    if (changes != NULL) {
        arena_free(changes->arena);
        arena_free(changes->scratch);
        free(changes);
    }
}

void index_changes_clear(struct index_changes *changes) {
    arena_reset(changes->arena);
    changes->first = NULL;
}

static struct gather *gather_of(struct index_changes *changes, uint32_t chunk) {
    struct gather **link = &changes->first;
    while (*link != NULL && (*link)->chunk < chunk) {
        link = &(*link)->next;
    }
    if (*link == NULL || (*link)->chunk != chunk) {
        struct gather *gather = ARENA_NEW(changes->arena, struct gather);
        gather->next = *link;
        gather->chunk = chunk;
        *link = gather;
    }
    return *link;
}

static void slots_grow(struct gather *gather, struct arena *arena) {
    gather->slot_count = gather->slot_count == 0 ? 512 : gather->slot_count * 4;
    gather->slots = ARENA_ARRAY(arena, uint32_t, gather->slot_count);
    for (uint32_t i = 0; i < gather->term_count; i++) {
        size_t slot = gather->terms[i].hash & (gather->slot_count - 1);
        while (gather->slots[slot] != 0) {
            slot = (slot + 1) & (gather->slot_count - 1);
        }
        gather->slots[slot] = i + 1;
    }
}

static struct gathered_term *gather_term(struct gather *gather, struct span text,
                                         struct arena *arena) {
    if (gather->term_count * 2 >= gather->slot_count) {
        slots_grow(gather, arena);
    }
    uint64_t hash = hash_bytes(text);
    size_t slot = hash & (gather->slot_count - 1);
    while (gather->slots[slot] != 0) {
        struct gathered_term *term = &gather->terms[gather->slots[slot] - 1];
        if (term->hash == hash && span_equal(term->text, text)) {
            return term;
        }
        slot = (slot + 1) & (gather->slot_count - 1);
    }
    gather->terms = arena_grow(arena, gather->terms, gather->term_count, &gather->term_capacity,
                               sizeof *gather->terms);
    struct gathered_term *term = &gather->terms[gather->term_count++];
    *term =
        (struct gathered_term){.text = arena_copy(arena, text), .hash = hash, .ascending = true};
    gather->slots[slot] = (uint32_t)gather->term_count;
    return term;
}

/* One mention being gathered. */
struct gathering {
    struct gather *gather;
    struct arena *arena;
    struct event event;
};

static void gather_posting(void *context, struct span text) {
    const struct gathering *gathering = context;
    struct gather *gather = gathering->gather;
    struct gathered_term *term = gather_term(gather, term_cut(text), gathering->arena);
    struct event event = gathering->event;
    bool again = term->count > 0 && term->last.document == event.document;
    if (again && term->last.add == event.add) {
        return;
    }
    term->ascending =
        term->ascending && event.add && (term->count == 0 || term->last.document < event.document);
    term->last = event;
    term->count++;
    gather->postings = arena_grow(gathering->arena, gather->postings, gather->posting_count,
                                  &gather->posting_capacity, sizeof *gather->postings);
    gather->postings[gather->posting_count++] =
        (struct posting){(uint32_t)(term - gather->terms), event};
}

static void changes_add(struct index_changes *changes, const struct record *record, bool add) {
    uint64_t sequence = record->mention.sequence;
    struct gather *gather = gather_of(changes, chunk_of(sequence));
    struct gathering gathering = {gather, changes->arena, {(uint16_t)sequence, add}};
    gather->times = arena_grow(changes->arena, gather->times, gather->time_count,
                               &gather->time_capacity, sizeof *gather->times);
    gather->times[gather->time_count] = (struct document_time){
        (uint16_t)sequence, add, (uint32_t)gather->time_count, mention_time_ms(&record->mention)};
    gather->time_count++;
    terms_visit(record, changes->scratch, gather_posting, &gathering);
    arena_reset(changes->scratch);
}

void index_put_in(struct index_changes *changes, const struct record *record) {
    changes_add(changes, record, true);
}

void index_take_out(struct index_changes *changes, const struct record *record) {
    changes_add(changes, record, false);
}

/* --- A segment of what has gathered ----------------------------------------------------------- */

/* What all that happened to one document comes to. */
enum outcome { OUTCOME_NONE, OUTCOME_ADDED, OUTCOME_REMOVED };

static enum outcome outcome_of(bool first_added, bool last_added) {
    if (first_added) { /* it was not there before */
        return last_added ? OUTCOME_ADDED : OUTCOME_NONE;
    }
    return last_added ? OUTCOME_NONE : OUTCOME_REMOVED;
}

/* Scratch for one term's postings. */
struct sheet {
    uint64_t *order; /* document, place in time, added: to be sorted */
    uint16_t *added;
    uint16_t *removed;
    size_t added_count;
    size_t removed_count;
};

static int order_compare(const void *a, const void *b) {
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

static void sheet_collapse(struct sheet *sheet, size_t count) {
    if (count > 1) {
        qsort(sheet->order, count, sizeof *sheet->order, order_compare);
    }
    for (size_t begin = 0, end = 0; begin < count; begin = end) {
        uint64_t document = sheet->order[begin] >> 40;
        while (end < count && sheet->order[end] >> 40 == document) {
            end++;
        }
        enum outcome outcome =
            outcome_of((sheet->order[begin] & 1) != 0, (sheet->order[end - 1] & 1) != 0);
        if (outcome == OUTCOME_ADDED) {
            sheet->added[sheet->added_count++] = (uint16_t)document;
        } else if (outcome == OUTCOME_REMOVED) {
            sheet->removed[sheet->removed_count++] = (uint16_t)document;
        }
    }
}

static void sheet_fill(struct sheet *sheet, const struct gather *gather,
                       const struct gathered_term *term) {
    const struct event *events = gather->events + term->begin;
    sheet->added_count = 0;
    sheet->removed_count = 0;
    for (uint32_t i = 0; i < term->count; i++) {
        if (term->ascending) {
            sheet->added[sheet->added_count++] = events[i].document;
        } else {
            sheet->order[i] = (uint64_t)events[i].document << 40 | (uint64_t)i << 1 | events[i].add;
        }
    }
    if (!term->ascending) {
        sheet_collapse(sheet, term->count);
    }
}

static struct span sheet_pack(const struct sheet *sheet, struct arena *arena) {
    struct packer packer = packer_in(arena, postings_size_most(sheet->added_count) +
                                                postings_size_most(sheet->removed_count));
    bool followed = sheet->removed_count > 0;
    postings_pack(&packer, sheet->added, sheet->added_count, followed);
    if (followed) {
        postings_pack(&packer, sheet->removed, sheet->removed_count, false);
    }
    return packer_span(&packer);
}

static int time_compare(const void *a, const void *b) {
    const struct document_time *left = a;
    const struct document_time *right = b;
    if (left->document != right->document) {
        return left->document < right->document ? -1 : 1;
    }
    return (left->place > right->place) - (left->place < right->place);
}

/* Brings the times in order of documents and leaves what all that happened to each comes to: put
 * in, at its last time, or taken out. */
static size_t times_collapse(struct gather *gather) {
    struct document_time *times = gather->times;
    size_t count = 0;
    qsort(times, gather->time_count, sizeof *times, time_compare);
    for (size_t begin = 0, end = 0; begin < gather->time_count; begin = end) {
        while (end < gather->time_count && times[end].document == times[begin].document) {
            end++;
        }
        if (times[end - 1].add || !times[begin].add) {
            times[count++] = times[end - 1];
        }
    }
    return count;
}

static struct span times_pack(const struct gather *gather, size_t count, struct arena *arena) {
    uint16_t *added = ARENA_ARRAY(arena, uint16_t, count + 1);
    uint16_t *removed = ARENA_ARRAY(arena, uint16_t, count + 1);
    size_t added_count = 0;
    size_t removed_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (gather->times[i].add) {
            added[added_count++] = gather->times[i].document;
        } else {
            removed[removed_count++] = gather->times[i].document;
        }
    }
    struct packer packer =
        packer_in(arena, postings_size_most(added_count) + postings_size_most(removed_count) +
                             (added_count + 1) * VARINT_MAX);
    postings_pack(&packer, added, added_count, true);
    postings_pack(&packer, removed, removed_count, false);
    int64_t before = 0;
    for (size_t i = 0; i < count; i++) {
        if (gather->times[i].add) {
            pack_signed(&packer, gather->times[i].time_ms - before);
            before = gather->times[i].time_ms;
        }
    }
    return packer_span(&packer);
}

/* A counting sort: each term's events in the order they happened. */
static void events_sort(struct gather *gather, struct arena *arena) {
    uint32_t begin = 0;
    gather->events = ARENA_ARRAY(arena, struct event, gather->posting_count);
    for (size_t i = 0; i < gather->term_count; i++) {
        gather->terms[i].begin = begin;
        begin += gather->terms[i].count;
        gather->terms[i].count = 0;
    }
    for (size_t i = 0; i < gather->posting_count; i++) {
        struct gathered_term *term = &gather->terms[gather->postings[i].term];
        gather->events[term->begin + term->count++] = gather->postings[i].event;
    }
}

static int term_compare(const void *a, const void *b) {
    const struct gathered_term *left = a;
    const struct gathered_term *right = b;
    return span_compare(left->text, right->text);
}

/* Brings terms, and the events of each, into order. Ends the gathering. */
static void gather_sort(struct gather *gather, struct arena *arena) {
    events_sort(gather, arena);
    if (gather->term_count > 1) {
        qsort(gather->terms, gather->term_count, sizeof *gather->terms, term_compare);
    }
}

/* The entries of a segment of what has gathered. False: it comes to nothing. */
static bool gather_write(struct gather *gather, struct segment_writer *writer, struct arena *arena,
                         struct directory *directory) {
    size_t count = times_collapse(gather);
    if (count == 0) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        int64_t time_ms = gather->times[i].time_ms;
        directory->oldest_ms = time_ms < directory->oldest_ms ? time_ms : directory->oldest_ms;
        directory->newest_ms = time_ms > directory->newest_ms ? time_ms : directory->newest_ms;
    }
    segment_writer_init(writer, arena);
    segment_add(writer, TERM_TIMES, times_pack(gather, count, arena));
    struct sheet sheet = {
        .order = ARENA_ARRAY(arena, uint64_t, gather->time_count * 2),
        .added = ARENA_ARRAY(arena, uint16_t, gather->time_count),
        .removed = ARENA_ARRAY(arena, uint16_t, gather->time_count),
    };
    gather_sort(gather, arena);
    for (size_t i = 0; i < gather->term_count; i++) {
        sheet_fill(&sheet, gather, &gather->terms[i]);
        if (sheet.added_count + sheet.removed_count > 0) {
            segment_add(writer, gather->terms[i].text, sheet_pack(&sheet, arena));
        }
    }
    directory->list[directory->count].segment = ++directory->last_segment;
    directory->list[directory->count].documents = (uint32_t)count;
    directory->count++;
    return true;
}

/* --- Merging ---------------------------------------------------------------------------------- */

/* Makes the directory's segments from `first` on one. */
static void segments_merge(struct transaction *transaction, uint32_t chunk,
                           struct directory *directory, size_t first, struct arena *arena) {
    struct segment_writer writer;
    struct span term;
    struct span payload;
    uint64_t documents = 0;
    segment_writer_init(&writer, arena);
    struct merge *merge = merge_open(transaction, chunk, directory, first, TERM_TIMES, arena);
    while (merge_next(merge, &term, &payload)) {
        segment_add(&writer, term, payload);
    }
    merge_close(merge);
    for (size_t i = first; i < directory->count; i++) {
        documents += directory->list[i].documents;
        segment_delete(transaction, chunk, directory->list[i].segment);
    }
    directory->count = first + 1;
    directory->list[first].segment = ++directory->last_segment;
    directory->list[first].documents = (uint32_t)(documents < CHUNK_SIZE ? documents : CHUNK_SIZE);
    segment_store(&writer, transaction, chunk, directory->last_segment);
}

static unsigned size_class(uint32_t documents) {
    unsigned class = 0;
    for (; documents >= MERGE_COUNT; documents /= MERGE_COUNT) {
        class ++;
    }
    return class;
}

/* The first of the youngest segments that are to be merged: as many as MERGE_COUNT, none larger
 * than the youngest's class or the class above; the count of all where none are. */
static size_t merge_begin(const struct directory *directory) {
    unsigned class = size_class(directory->list[directory->count - 1].documents);
    size_t first = directory->count;
    while (first > 0 && size_class(directory->list[first - 1].documents) <= class) {
        first--;
    }
    return directory->count - first >= MERGE_COUNT ? first : directory->count;
}

static void chunk_settle(struct transaction *transaction, uint32_t chunk,
                         struct directory *directory, struct arena *arena) {
    size_t first = merge_begin(directory);
    while (first < directory->count && transaction->failure == 0) {
        segments_merge(transaction, chunk, directory, first, arena);
        first = merge_begin(directory);
    }
}

/* A chunk that begins leaves the one before it whole. */
static void chunk_finish_before(struct transaction *transaction, uint32_t chunk,
                                struct arena *arena) {
    uint32_t before = 0;
    struct directory directory;
    if (!directory_before(transaction, chunk, &before)) {
        return;
    }
    directory_load(transaction, before, &directory);
    if (directory.count > 1) {
        segments_merge(transaction, before, &directory, 0, arena);
        directory_save(transaction, before, &directory);
    }
}

static void gather_flush(struct gather *gather, struct transaction *transaction,
                         struct arena *arena) {
    struct segment_writer writer;
    struct directory directory;
    directory_load(transaction, gather->chunk, &directory);
    if (directory.count == 0) {
        chunk_finish_before(transaction, gather->chunk, arena);
    }
    if (gather_write(gather, &writer, arena, &directory)) {
        segment_store(&writer, transaction, gather->chunk, directory.last_segment);
        chunk_settle(transaction, gather->chunk, &directory, arena);
        directory_save(transaction, gather->chunk, &directory);
    }
}

void index_flush(struct index_changes *changes, struct transaction *transaction) {
    for (struct gather *gather = changes->first; gather != NULL && transaction->failure == 0;
         gather = gather->next) {
        gather_flush(gather, transaction, changes->arena);
    }
    index_changes_clear(changes);
}

/* --- Reading and verifying -------------------------------------------------------------------- */

/* Calls `apply` with each segment's entry of documents and times, oldest first. */
static void times_walk(struct transaction *transaction, uint32_t chunk,
                       const struct directory *directory,
                       void (*apply)(void *context, struct unpacker *unpacker), void *context) {
    for (size_t i = 0; i < directory->count; i++) {
        struct segment_reader reader;
        segment_open(&reader, transaction, chunk, directory->list[i].segment);
        if (segment_next(&reader) && span_equal(segment_term(&reader), TERM_TIMES)) {
            struct unpacker unpacker = unpacker_make(reader.payload);
            apply(context, &unpacker);
            if (unpacker.bad) {
                transaction_fail(transaction, MDB_CORRUPTED);
            }
        }
        segment_close(&reader);
    }
}

static void documents_apply(void *context, struct unpacker *unpacker) {
    postings_apply(unpacker, context, true);
    postings_apply(unpacker, context, false);
}

void index_documents(struct transaction *transaction, uint32_t chunk,
                     const struct directory *directory, struct documents *documents) {
    documents_clear(documents);
    times_walk(transaction, chunk, directory, documents_apply, documents);
}

struct times_reading {
    uint16_t *list;
    int64_t *times_ms;
};

static void times_apply(void *context, struct unpacker *unpacker) {
    struct times_reading *reading = context;
    struct documents gone;
    size_t count = postings_unpack(unpacker, reading->list);
    postings_apply(unpacker, &gone, false);
    int64_t time_ms = 0;
    for (size_t i = 0; i < count; i++) {
        time_ms += unpack_signed(unpacker);
        reading->times_ms[reading->list[i]] = time_ms;
    }
}

void index_times(struct transaction *transaction, uint32_t chunk,
                 const struct directory *directory, int64_t *times_ms) {
    struct times_reading reading = {NEW_ARRAY(uint16_t, CHUNK_SIZE), times_ms};
    times_walk(transaction, chunk, directory, times_apply, &reading);
    free(reading.list);
}

/* Whether the merge's next entry is this one. */
static bool entry_agrees(struct merge *merge, struct span term, struct span payload) {
    struct span stored_term;
    struct span stored;
    return merge_next(merge, &stored_term, &stored) && span_equal(stored_term, term) &&
           span_equal(stored, payload);
}

static bool gather_agrees(struct gather *gather, struct merge *merge, struct arena *arena) {
    size_t count = times_collapse(gather);
    if (!entry_agrees(merge, TERM_TIMES, times_pack(gather, count, arena))) {
        return false;
    }
    struct sheet sheet = {.added = ARENA_ARRAY(arena, uint16_t, gather->time_count)};
    gather_sort(gather, arena);
    for (size_t i = 0; i < gather->term_count; i++) {
        sheet_fill(&sheet, gather, &gather->terms[i]);
        if (!entry_agrees(merge, gather->terms[i].text, sheet_pack(&sheet, arena))) {
            return false;
        }
    }
    struct span term;
    struct span payload;
    return !merge_next(merge, &term, &payload);
}

bool index_agrees(struct index_changes *expected, struct transaction *transaction, uint32_t chunk) {
    struct directory directory;
    directory_load(transaction, chunk, &directory);
    struct gather *gather = gather_of(expected, chunk);
    struct merge *merge =
        merge_open(transaction, chunk, &directory, 0, TERM_TIMES, expected->arena);
    bool agrees = gather->time_count == 0 ? !merge_next(merge, &(struct span){0}, &(struct span){0})
                                          : gather_agrees(gather, merge, expected->arena);
    merge_close(merge);
    index_changes_clear(expected);
    return agrees;
}
