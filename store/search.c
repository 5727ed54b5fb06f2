/* Searching: chunk by chunk, youngest mentions first.
 *
 * A chunk's answer is a bitmap, made of its terms' bitmaps. Chunks are visited by the time of their
 * youngest mention; what has been found is handed out as soon as no chunk that is left can hold
 * anything younger. Sequences are given in order of arrival, so this is nearly the order of the
 * chunks, and the newest fifty of a common word come from the last one alone. */
#include "store/search.h"
#include "store/index.h"
#include "store/merge.h"
#include "store/plan.h"
#include "store/snapshot.h"
#include "store/terms.h"
#include "store/times.h"

#include <stdlib.h>

struct searched_chunk {
    uint32_t chunk;
    struct directory directory;
};

struct found {
    int64_t time_ms;
    uint64_t sequence;
};

struct search {
    struct transaction *transaction;
    struct arena *arena;
    struct arena *scratch;
    const struct plan *plan;
    int64_t since_ms;              /* INT64_MIN = open */
    int64_t until_ms;              /* INT64_MAX = open */
    struct searched_chunk *chunks; /* those that reach into the time asked for, youngest first */
    size_t chunk_count;
    size_t next_chunk;
    struct found *found; /* sorted, oldest first: handed out from the end */
    size_t found_count;
    size_t found_capacity;
    struct segment_reader reader;
    /* Of the chunk at hand. */
    const struct searched_chunk *all_of; /* whose documents `all` are; NULL = not read yet */
    struct documents all;
    struct documents matches;
    int64_t *times_ms; /* by document */
    uint16_t *list;
};

/* --- Opening ---------------------------------------------------------------------------------- */

static int chunk_compare(const void *a, const void *b) {
    const struct searched_chunk *left = a;
    const struct searched_chunk *right = b;
    int64_t left_ms = left->directory.newest_ms;
    int64_t right_ms = right->directory.newest_ms;
    return (left_ms < right_ms) - (left_ms > right_ms);
}

static void chunks_collect(struct search *search) {
    size_t capacity = 0;
    uint32_t chunk = UINT32_MAX;
    while (directory_before(search->transaction, chunk, &chunk)) {
        struct searched_chunk found = {.chunk = chunk};
        directory_load(search->transaction, chunk, &found.directory);
        if (found.directory.newest_ms >= search->since_ms &&
            found.directory.oldest_ms < search->until_ms) {
            search->chunks =
                memory_grow(search->chunks, search->chunk_count, &capacity, sizeof found);
            search->chunks[search->chunk_count++] = found;
        }
    }
    if (search->chunk_count > 1) {
        qsort(search->chunks, search->chunk_count, sizeof *search->chunks, chunk_compare);
    }
}

/* Of all time, and without a plan yet. */
static struct search *search_create(const struct snapshot *snapshot) {
    struct search *search = NEW(struct search);
    search->transaction = snapshot->transaction;
    search->arena = arena_create();
    search->scratch = arena_create();
    search->since_ms = INT64_MIN;
    search->until_ms = INT64_MAX;
    search->times_ms = NEW_ARRAY(int64_t, CHUNK_SIZE);
    search->list = NEW_ARRAY(uint16_t, CHUNK_SIZE);
    segment_open(&search->reader, search->transaction, 0, 0);
    return search;
}

static void window_narrow(struct search *search, int64_t since_ms, int64_t until_ms) {
    if (since_ms != DATE_NONE && since_ms > search->since_ms) {
        search->since_ms = since_ms;
    }
    if (until_ms != DATE_NONE && until_ms < search->until_ms) {
        search->until_ms = until_ms;
    }
}

struct search *search_open(const struct snapshot *snapshot, const struct query *query,
                           int64_t since_ms, int64_t until_ms) {
    struct search *search = search_create(snapshot);
    int64_t first_ms = DATE_NONE;
    int64_t end_ms = DATE_NONE;
    query_window(query, &first_ms, &end_ms);
    window_narrow(search, since_ms, until_ms);
    window_narrow(search, first_ms, end_ms);
    search->plan = plan_make(query, search->transaction, search->arena);
    chunks_collect(search);
    return search;
}

struct search *search_open_term(const struct snapshot *snapshot, struct span term) {
    struct search *search = search_create(snapshot);
    struct plan *plan = ARENA_NEW(search->arena, struct plan);
    *plan = (struct plan){.kind = PLAN_TERM, .term = arena_copy(search->arena, term_cut(term))};
    search->plan = plan;
    chunks_collect(search);
    return search;
}

void search_close(struct search *search) {
    if (search == NULL) {
        return;
    }
    segment_close(&search->reader);
    arena_free(search->arena);
    arena_free(search->scratch);
    free(search->chunks);
    free(search->found);
    free(search->times_ms);
    free(search->list);
    free(search);
}

bool search_is_exact(const struct search *search) {
    return search->plan->exact;
}

void search_print(struct buffer *out, const struct search *search) {
    plan_print(out, search->plan);
    buffer_append_string(out, search->plan->exact ? "" : ", then the text of each");
}

/* --- One chunk -------------------------------------------------------------------------------- */

static void payload_apply(struct search *search, struct span payload, struct documents *out) {
    struct unpacker unpacker = unpacker_make(payload);
    if (postings_apply(&unpacker, out, true)) {
        postings_apply(&unpacker, out, false);
    }
    if (unpacker.bad) {
        transaction_fail(search->transaction, MDB_CORRUPTED);
    }
}

/* The segments' words on one term, oldest first. */
static void term_evaluate(struct search *search, const struct searched_chunk *at, struct span term,
                          struct documents *out) {
    for (size_t i = 0; i < at->directory.count; i++) {
        segment_turn(&search->reader, at->chunk, at->directory.list[i].segment);
        if (segment_seek(&search->reader, term) &&
            span_equal(segment_term(&search->reader), term)) {
            payload_apply(search, search->reader.payload, out);
        }
    }
}

/* All terms that begin so. Of several segments they are merged first: a document that one of them
 * has left may have another. */
static void prefix_evaluate(struct search *search, const struct searched_chunk *at,
                            struct span prefix, struct documents *out) {
    struct merge *merge =
        merge_open(search->transaction, at->chunk, &at->directory, 0, prefix, search->scratch);
    struct span term;
    struct span payload;
    while (merge_next(merge, &term, &payload) && span_starts_with(term, prefix)) {
        payload_apply(search, payload, out);
    }
    merge_close(merge);
    arena_reset(search->scratch);
}

/* Every document of the chunk. */
static const struct documents *all_documents(struct search *search,
                                             const struct searched_chunk *at) {
    if (search->all_of != at) {
        index_documents(search->transaction, at->chunk, &at->directory, &search->all);
        search->all_of = at;
    }
    return &search->all;
}

static void plan_evaluate(struct search *search, const struct searched_chunk *at,
                          const struct plan *plan, struct documents *out);

/* First what must be there, as that is read from the terms alone; then what must not. */
static void and_evaluate(struct search *search, const struct searched_chunk *at,
                         const struct plan *plan, struct documents *out) {
    struct documents child;
    bool begun = false;
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan *operand = plan->children[i];
        if (operand->kind == PLAN_NOT || operand->kind == PLAN_ALL) {
            continue;
        }
        plan_evaluate(search, at, operand, begun ? &child : out);
        if (begun) {
            documents_and(out, &child);
        }
        begun = true;
        if (documents_are_none(out)) {
            return;
        }
    }
    if (!begun) {
        *out = *all_documents(search, at);
    }
    for (size_t i = 0; i < plan->count; i++) {
        if (plan->children[i]->kind == PLAN_NOT) {
            plan_evaluate(search, at, plan->children[i]->children[0], &child);
            documents_and_not(out, &child);
        }
    }
}

static void or_evaluate(struct search *search, const struct searched_chunk *at,
                        const struct plan *plan, struct documents *out) {
    struct documents child;
    for (size_t i = 0; i < plan->count; i++) {
        plan_evaluate(search, at, plan->children[i], &child);
        documents_or(out, &child);
    }
}

static void not_evaluate(struct search *search, const struct searched_chunk *at,
                         const struct plan *plan, struct documents *out) {
    struct documents child;
    plan_evaluate(search, at, plan->children[0], &child);
    *out = *all_documents(search, at);
    documents_and_not(out, &child);
}

static void plan_evaluate(struct search *search, const struct searched_chunk *at,
                          const struct plan *plan, struct documents *out) {
    documents_clear(out);
    switch (plan->kind) {
    case PLAN_TERM:
        if (plan->prefix) {
            prefix_evaluate(search, at, plan->term, out);
        } else {
            term_evaluate(search, at, plan->term, out);
        }
        break;
    case PLAN_AND:
        and_evaluate(search, at, plan, out);
        break;
    case PLAN_OR:
        or_evaluate(search, at, plan, out);
        break;
    case PLAN_NOT:
        not_evaluate(search, at, plan, out);
        break;
    case PLAN_ALL:
    default:
        *out = *all_documents(search, at);
        break;
    }
}

static bool chunk_lies_within(const struct searched_chunk *at, int64_t since_ms, int64_t until_ms) {
    return at->directory.oldest_ms >= since_ms && at->directory.newest_ms < until_ms;
}

/* Reads the times of the listed documents, in whole stretches. */
static void times_read(struct search *search, const struct searched_chunk *at, size_t count) {
    size_t next = 0;
    for (size_t i = 0; i < count; i++) {
        size_t stretch = times_stretch_of(search->list[i]);
        if (stretch >= next) {
            index_times(search->transaction, at->chunk, &at->directory, stretch, stretch,
                        search->times_ms);
            next = stretch + 1;
        }
    }
}

/* Lists the documents that lie in the time asked for; their times are read where that decides, or
 * where they are wanted. */
static size_t window_list(struct search *search, const struct searched_chunk *at,
                          const struct documents *documents, bool timed) {
    bool within = chunk_lies_within(at, search->since_ms, search->until_ms);
    size_t count = documents_list(documents, search->list);
    if (timed || !within) {
        times_read(search, at, count);
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t time_ms = search->times_ms[search->list[i]];
        if (within || (time_ms >= search->since_ms && time_ms < search->until_ms)) {
            search->list[kept++] = search->list[i];
        }
    }
    return kept;
}

/* --- Handing out ------------------------------------------------------------------------------ */

static int found_compare(const void *a, const void *b) {
    const struct found *left = a;
    const struct found *right = b;
    if (left->time_ms != right->time_ms) {
        return left->time_ms < right->time_ms ? -1 : 1;
    }
    return (left->sequence > right->sequence) - (left->sequence < right->sequence);
}

static void chunk_collect(struct search *search, const struct searched_chunk *at) {
    plan_evaluate(search, at, search->plan, &search->matches);
    size_t count = window_list(search, at, &search->matches, true);
    for (size_t i = 0; i < count; i++) {
        search->found = memory_grow(search->found, search->found_count, &search->found_capacity,
                                    sizeof *search->found);
        search->found[search->found_count++] = (struct found){
            search->times_ms[search->list[i]], chunk_sequence(at->chunk, search->list[i])};
    }
    if (search->found_count > 1) {
        qsort(search->found, search->found_count, sizeof *search->found, found_compare);
    }
}

/* Whether what is found last is younger than all that is left. */
static bool found_is_next(const struct search *search) {
    return search->found_count > 0 && (search->next_chunk == search->chunk_count ||
                                       search->found[search->found_count - 1].time_ms >
                                           search->chunks[search->next_chunk].directory.newest_ms);
}

bool search_next(struct search *search, uint64_t *sequence, int64_t *time_ms) {
    while (!found_is_next(search) && search->next_chunk < search->chunk_count) {
        chunk_collect(search, &search->chunks[search->next_chunk]);
        search->next_chunk++;
    }
    if (search->found_count == 0) {
        return false;
    }
    search->found_count--;
    *sequence = search->found[search->found_count].sequence;
    *time_ms = search->found[search->found_count].time_ms;
    return true;
}

/* --- Counting --------------------------------------------------------------------------------- */

size_t stretch_of(const int64_t *times_ms, size_t count, int64_t time_ms) {
    size_t low = 0;
    size_t high = count + 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (times_ms[middle] <= time_ms) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low == 0 ? count : low - 1;
}

/* The chunk's matches by how they feel. */
static void feelings_evaluate(struct search *search, const struct searched_chunk *at,
                              struct documents *labels) {
    for (size_t label = 0; label < LABEL_COUNT; label++) {
        documents_clear(&labels[label]);
        term_evaluate(search, at, term_of_number(TERM_FEELING, label, search->scratch),
                      &labels[label]);
        documents_and(&labels[label], &search->matches);
    }
    arena_reset(search->scratch);
}

/* Each of the chunk's matches by its own time. */
static void chunk_count_each(struct search *search, const struct searched_chunk *at,
                             const struct documents *labels, const int64_t *times_ms, size_t count,
                             struct search_count *counts) {
    for (size_t label = 0; label < LABEL_COUNT; label++) {
        size_t found = window_list(search, at, &labels[label], true);
        for (size_t i = 0; i < found; i++) {
            size_t stretch = stretch_of(times_ms, count, search->times_ms[search->list[i]]);
            if (stretch < count) {
                counts[stretch].mentions++;
                counts[stretch].labels[label]++;
            }
        }
    }
}

static void chunk_count_all(const struct documents *labels, struct search_count *count) {
    for (size_t label = 0; label < LABEL_COUNT; label++) {
        size_t found = documents_count(&labels[label]);
        count->mentions += found;
        count->labels[label] += found;
    }
}

void search_count(struct search *search, const int64_t *times_ms, size_t count,
                  struct search_count *counts) {
    struct documents *labels = NEW_ARRAY(struct documents, LABEL_COUNT);
    memset(counts, 0, count * sizeof *counts);
    for (size_t i = 0; i < search->chunk_count; i++) {
        const struct searched_chunk *at = &search->chunks[i];
        size_t stretch = stretch_of(times_ms, count, at->directory.oldest_ms);
        plan_evaluate(search, at, search->plan, &search->matches);
        feelings_evaluate(search, at, labels);
        if (stretch < count && chunk_lies_within(at, search->since_ms, search->until_ms) &&
            chunk_lies_within(at, times_ms[stretch], times_ms[stretch + 1])) {
            chunk_count_all(labels, &counts[stretch]);
        } else {
            chunk_count_each(search, at, labels, times_ms, count, counts);
        }
    }
    free(labels);
}

uint64_t search_total(struct search *search) {
    uint64_t total = 0;
    for (size_t i = 0; i < search->chunk_count; i++) {
        const struct searched_chunk *at = &search->chunks[i];
        const struct documents *all = all_documents(search, at);
        total += chunk_lies_within(at, search->since_ms, search->until_ms)
                     ? documents_count(all)
                     : window_list(search, at, all, false);
    }
    return total;
}
