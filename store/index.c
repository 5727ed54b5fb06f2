#include "store/index.h"

#include "store/gather.h"
#include "store/merge.h"
#include "store/times.h"

#include <stdlib.h>

/* So many segments of one size come to one of the next. */
#define MERGE_COUNT 8

/* --- Gathering -------------------------------------------------------------------------------- */

struct chunk_changes {
    struct chunk_changes *next;
    struct gather *gather;
};

struct index_changes {
    struct arena *arena;
    struct arena *scratch;       /* of one mention */
    struct chunk_changes *first; /* by chunk */
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
    struct chunk_changes **link = &changes->first;
    while (*link != NULL && gather_chunk((*link)->gather) < chunk) {
        link = &(*link)->next;
    }
    if (*link == NULL || gather_chunk((*link)->gather) != chunk) {
        struct chunk_changes *made = ARENA_NEW(changes->arena, struct chunk_changes);
        made->next = *link;
        made->gather = gather_begin(chunk, changes->arena);
        *link = made;
    }
    return (*link)->gather;
}

void index_put_in(struct index_changes *changes, const struct record *record) {
    struct gather *gather = gather_of(changes, chunk_of(record->mention.sequence));
    gather_put_in(gather, record, changes->scratch);
}

void index_take_out(struct index_changes *changes, const struct record *record) {
    struct gather *gather = gather_of(changes, chunk_of(record->mention.sequence));
    gather_take_out(gather, record, changes->scratch);
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
    struct merge *merge = merge_open(transaction, chunk, directory, first, TERM_DOCUMENTS, arena);
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

bool index_merge_before(struct transaction *transaction, uint32_t *chunk) {
    struct directory directory;
    if (!directory_before(transaction, *chunk, chunk)) {
        return false;
    }
    directory_load(transaction, *chunk, &directory);
    if (directory.count > 1) {
        struct arena *arena = arena_create();
        segments_merge(transaction, *chunk, &directory, 0, arena);
        directory_save(transaction, *chunk, &directory);
        arena_free(arena);
    }
    return true;
}

/* --- Writing ---------------------------------------------------------------------------------- */

static void gather_flush(struct gather *gather, struct transaction *transaction,
                         struct arena *arena) {
    uint32_t chunk = gather_chunk(gather);
    struct segment_writer writer;
    struct directory directory;
    struct span term;
    struct span payload;
    directory_load(transaction, chunk, &directory);
    if (directory.count == 0) { /* a chunk that begins leaves the one before it whole */
        uint32_t before = chunk;
        index_merge_before(transaction, &before);
    }
    struct gathered gathered = gather_end(gather);
    segment_writer_init(&writer, arena);
    while (gather_next(gather, &term, &payload)) {
        segment_add(&writer, term, payload);
    }
    if (writer.first == NULL) {
        return;
    }
    directory_add(&directory, gathered.mentions, gathered.oldest_ms, gathered.newest_ms);
    segment_store(&writer, transaction, chunk, directory.last_segment);
    chunk_settle(transaction, chunk, &directory, arena);
    directory_save(transaction, chunk, &directory);
}

void index_flush(struct index_changes *changes, struct transaction *transaction) {
    for (struct chunk_changes *at = changes->first; at != NULL && transaction->failure == 0;
         at = at->next) {
        gather_flush(at->gather, transaction, changes->arena);
    }
    index_changes_clear(changes);
}

/* --- Reading ---------------------------------------------------------------------------------- */

/* Calls `apply` with each entry of the chunk from `first` to `last`, oldest segment first. */
static void entries_walk(struct transaction *transaction, uint32_t chunk,
                         const struct directory *directory, struct span first, struct span last,
                         void (*apply)(void *context, struct unpacker *unpacker), void *context) {
    for (size_t i = 0; i < directory->count; i++) {
        struct segment_reader reader;
        segment_open(&reader, transaction, chunk, directory->list[i].segment);
        for (bool more = segment_seek(&reader, first);
             more && span_compare(segment_term(&reader), last) <= 0; more = segment_next(&reader)) {
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
    if (postings_apply(unpacker, context, true)) {
        postings_apply(unpacker, context, false);
    }
}

void index_documents(struct transaction *transaction, uint32_t chunk,
                     const struct directory *directory, struct documents *documents) {
    documents_clear(documents);
    entries_walk(transaction, chunk, directory, TERM_DOCUMENTS, TERM_DOCUMENTS, documents_apply,
                 documents);
}

static void times_apply(void *context, struct unpacker *unpacker) {
    uint16_t list[TIMES_STRETCH];
    times_unpack(unpacker, list, context);
}

void index_times(struct transaction *transaction, uint32_t chunk, const struct directory *directory,
                 size_t first, size_t last, int64_t *times_ms) {
    struct times_term first_term = times_term_make(first);
    struct times_term last_term = times_term_make(last);
    entries_walk(transaction, chunk, directory, times_term_span(&first_term),
                 times_term_span(&last_term), times_apply, times_ms);
}

/* --- Verifying -------------------------------------------------------------------------------- */

static bool gather_agrees(struct gather *gather, struct merge *merge) {
    struct span term;
    struct span payload;
    struct span stored_term;
    struct span stored;
    gather_end(gather);
    while (gather_next(gather, &term, &payload)) {
        if (!merge_next(merge, &stored_term, &stored) || !span_equal(stored_term, term) ||
            !span_equal(stored, payload)) {
            return false;
        }
    }
    return !merge_next(merge, &stored_term, &stored);
}

bool index_agrees(struct index_changes *expected, struct transaction *transaction, uint32_t chunk) {
    struct directory directory;
    directory_load(transaction, chunk, &directory);
    struct merge *merge =
        merge_open(transaction, chunk, &directory, 0, TERM_DOCUMENTS, expected->arena);
    bool agrees = gather_agrees(gather_of(expected, chunk), merge);
    merge_close(merge);
    index_changes_clear(expected);
    return agrees;
}
