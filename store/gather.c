#include "store/gather.h"

#include "base/hash.h"
#include "store/terms.h"
#include "store/times.h"

#include <stdlib.h>

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
    uint64_t head; /* its first bytes as a number: most comparisons end with it */
    uint64_t hash;
    struct event last;
    uint32_t count; /* of its postings */
    uint32_t begin; /* of its events, once they are sorted by term */
    bool ascending; /* only added, to ever later documents */
};

/* A mention came at its time, or went. */
struct dated {
    uint16_t document;
    bool add;
    uint32_t place; /* in the order it happened */
    int64_t time_ms;
};

struct gather {
    struct arena *arena;
    uint32_t chunk;
    struct gathered_term *terms;
    size_t term_count;
    size_t term_capacity;
    uint32_t *slots; /* open addressing: index + 1 */
    size_t slot_count;
    struct posting *postings;
    size_t posting_count;
    size_t posting_capacity;
    struct dated *dated;
    size_t dated_count;
    size_t dated_capacity;
    /* Once it has ended. */
    struct event *events; /* the postings, sorted by term */
    size_t next_term;
    size_t next_dated;
    uint64_t *order; /* scratch for one term: document, place, added */
    uint16_t *added;
    uint16_t *removed;
};

/* --- Gathering -------------------------------------------------------------------------------- */

struct gather *gather_begin(uint32_t chunk, struct arena *arena) {
    struct gather *gather = ARENA_NEW(arena, struct gather);
    gather->arena = arena;
    gather->chunk = chunk;
    return gather;
}

uint32_t gather_chunk(const struct gather *gather) {
    return gather->chunk;
}

/* Big-endian, so that it sorts as the bytes do; shorter terms end in zeroes. */
static uint64_t head_of(struct span text) {
    uint64_t head = 0;
    size_t size = text.size < sizeof head ? text.size : sizeof head;
    for (size_t i = 0; i < size; i++) {
        head |= (uint64_t)(unsigned char)text.data[i] << (56 - 8 * i);
    }
    return head;
}

static bool term_is(const struct gathered_term *term, struct span text, uint64_t head,
                    uint64_t hash) {
    return term->hash == hash && term->head == head && term->text.size == text.size &&
           (text.size <= sizeof head || span_equal(term->text, text));
}

static void slots_grow(struct gather *gather) {
    gather->slot_count = gather->slot_count == 0 ? 512 : gather->slot_count * 4;
    gather->slots = ARENA_ARRAY(gather->arena, uint32_t, gather->slot_count);
    for (uint32_t i = 0; i < gather->term_count; i++) {
        size_t slot = gather->terms[i].hash & (gather->slot_count - 1);
        while (gather->slots[slot] != 0) {
            slot = (slot + 1) & (gather->slot_count - 1);
        }
        gather->slots[slot] = i + 1;
    }
}

static struct gathered_term *gather_term(struct gather *gather, struct span text) {
    if (gather->term_count * 2 >= gather->slot_count) {
        slots_grow(gather);
    }
    uint64_t hash = hash_bytes(text);
    uint64_t head = head_of(text);
    size_t slot = hash & (gather->slot_count - 1);
    while (gather->slots[slot] != 0) {
        struct gathered_term *term = &gather->terms[gather->slots[slot] - 1];
        if (term_is(term, text, head, hash)) {
            return term;
        }
        slot = (slot + 1) & (gather->slot_count - 1);
    }
    gather->terms = arena_grow(gather->arena, gather->terms, gather->term_count,
                               &gather->term_capacity, sizeof *gather->terms);
    struct gathered_term *term = &gather->terms[gather->term_count++];
    *term = (struct gathered_term){
        .text = arena_copy(gather->arena, text), .head = head, .hash = hash, .ascending = true};
    gather->slots[slot] = (uint32_t)gather->term_count;
    return term;
}

/* One mention being gathered. */
struct gathering {
    struct gather *gather;
    struct event event;
};

static void posting_add(void *context, struct span text) {
    const struct gathering *gathering = context;
    struct gather *gather = gathering->gather;
    struct event event = gathering->event;
    struct gathered_term *term = gather_term(gather, term_cut(text));
    bool again = term->count > 0 && term->last.document == event.document;
    if (again && term->last.add == event.add) {
        return;
    }
    term->ascending =
        term->ascending && event.add && (term->count == 0 || term->last.document < event.document);
    term->last = event;
    term->count++;
    gather->postings = arena_grow(gather->arena, gather->postings, gather->posting_count,
                                  &gather->posting_capacity, sizeof *gather->postings);
    gather->postings[gather->posting_count++] =
        (struct posting){(uint32_t)(term - gather->terms), event};
}

static void record_add(struct gather *gather, const struct record *record, bool add,
                       struct arena *scratch) {
    uint16_t document = (uint16_t)record->mention.sequence;
    struct gathering gathering = {gather, {document, add}};
    gather->dated = arena_grow(gather->arena, gather->dated, gather->dated_count,
                               &gather->dated_capacity, sizeof *gather->dated);
    gather->dated[gather->dated_count] = (struct dated){
        document, add, (uint32_t)gather->dated_count, mention_time_ms(&record->mention)};
    gather->dated_count++;
    terms_visit(record, scratch, posting_add, &gathering);
    arena_reset(scratch);
}

void gather_put_in(struct gather *gather, const struct record *record, struct arena *scratch) {
    record_add(gather, record, true, scratch);
}

void gather_take_out(struct gather *gather, const struct record *record, struct arena *scratch) {
    record_add(gather, record, false, scratch);
}

/* --- Sorting ---------------------------------------------------------------------------------- */

/* A counting sort: each term's events in the order they happened. */
static void events_sort(struct gather *gather) {
    uint32_t begin = 0;
    gather->events = ARENA_ARRAY(gather->arena, struct event, gather->posting_count);
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
    if (left->head != right->head) {
        return left->head < right->head ? -1 : 1;
    }
    return span_compare(left->text, right->text);
}

static int dated_compare(const void *a, const void *b) {
    const struct dated *left = a;
    const struct dated *right = b;
    if (left->document != right->document) {
        return left->document < right->document ? -1 : 1;
    }
    return (left->place > right->place) - (left->place < right->place);
}

/* Leaves the last time of each mention that is there in the end, unless it had that before. Returns
 * how many mentions there were. */
static size_t dated_collapse(struct gather *gather) {
    struct dated *dated = gather->dated;
    size_t kept = 0;
    size_t mentions = 0;
    if (gather->dated_count > 1) {
        qsort(dated, gather->dated_count, sizeof *dated, dated_compare);
    }
    for (size_t begin = 0, end = 0; begin < gather->dated_count; begin = end, mentions++) {
        while (end < gather->dated_count && dated[end].document == dated[begin].document) {
            end++;
        }
        bool same = !dated[begin].add && dated[begin].time_ms == dated[end - 1].time_ms;
        if (dated[end - 1].add && !same) {
            dated[kept++] = dated[end - 1];
        }
    }
    gather->dated_count = kept;
    return mentions;
}

struct gathered gather_end(struct gather *gather) {
    struct gathered gathered = {.oldest_ms = INT64_MAX, .newest_ms = INT64_MIN};
    gather->order = ARENA_ARRAY(gather->arena, uint64_t, gather->dated_count);
    gather->added = ARENA_ARRAY(gather->arena, uint16_t, gather->dated_count);
    gather->removed = ARENA_ARRAY(gather->arena, uint16_t, gather->dated_count);
    gathered.mentions = dated_collapse(gather);
    for (size_t i = 0; i < gather->dated_count; i++) {
        int64_t time_ms = gather->dated[i].time_ms;
        gathered.oldest_ms = time_ms < gathered.oldest_ms ? time_ms : gathered.oldest_ms;
        gathered.newest_ms = time_ms > gathered.newest_ms ? time_ms : gathered.newest_ms;
    }
    events_sort(gather);
    if (gather->term_count > 1) {
        qsort(gather->terms, gather->term_count, sizeof *gather->terms, term_compare);
    }
    return gathered;
}

/* --- Entries ---------------------------------------------------------------------------------- */

/* What all that happened to one document comes to. */
enum outcome { OUTCOME_NONE, OUTCOME_ADDED, OUTCOME_REMOVED };

static enum outcome outcome_of(bool first_added, bool last_added) {
    if (first_added) { /* it was not there before */
        return last_added ? OUTCOME_ADDED : OUTCOME_NONE;
    }
    return last_added ? OUTCOME_NONE : OUTCOME_REMOVED;
}

static int order_compare(const void *a, const void *b) {
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

/* The documents that got the term and those that lost it, of events in any order. */
static void term_collapse(struct gather *gather, const struct gathered_term *term,
                          size_t *added_count, size_t *removed_count) {
    const struct event *events = gather->events + term->begin;
    uint64_t *order = gather->order;
    for (uint32_t i = 0; i < term->count; i++) {
        order[i] = (uint64_t)events[i].document << 40 | (uint64_t)i << 1 | events[i].add;
    }
    qsort(order, term->count, sizeof *order, order_compare);
    for (size_t begin = 0, end = 0; begin < term->count; begin = end) {
        uint64_t document = order[begin] >> 40;
        while (end < term->count && order[end] >> 40 == document) {
            end++;
        }
        enum outcome outcome = outcome_of((order[begin] & 1) != 0, (order[end - 1] & 1) != 0);
        if (outcome == OUTCOME_ADDED) {
            gather->added[(*added_count)++] = (uint16_t)document;
        } else if (outcome == OUTCOME_REMOVED) {
            gather->removed[(*removed_count)++] = (uint16_t)document;
        }
    }
}

static struct span term_payload(struct gather *gather, const struct gathered_term *term) {
    size_t added = 0;
    size_t removed = 0;
    if (term->ascending) {
        for (; added < term->count; added++) {
            gather->added[added] = gather->events[term->begin + added].document;
        }
    } else {
        term_collapse(gather, term, &added, &removed);
    }
    if (added + removed == 0) {
        return SPAN("");
    }
    struct packer packer =
        packer_in(gather->arena, postings_size_most(added) + postings_size_most(removed));
    postings_pack(&packer, gather->added, added, removed > 0);
    if (removed > 0) {
        postings_pack(&packer, gather->removed, removed, false);
    }
    return packer_span(&packer);
}

/* The times of the next stretch that has any. */
static void times_next(struct gather *gather, struct span *term, struct span *payload) {
    uint16_t list[TIMES_STRETCH];
    int64_t times_ms[TIMES_STRETCH];
    size_t stretch = times_stretch_of(gather->dated[gather->next_dated].document);
    size_t count = 0;
    while (gather->next_dated < gather->dated_count &&
           times_stretch_of(gather->dated[gather->next_dated].document) == stretch) {
        list[count] = gather->dated[gather->next_dated].document;
        times_ms[count++] = gather->dated[gather->next_dated++].time_ms;
    }
    struct times_term name = times_term_make(stretch);
    struct packer packer = packer_in(gather->arena, TIMES_SIZE_MAX);
    times_pack(&packer, list, times_ms, count);
    *term = arena_copy(gather->arena, times_term_span(&name));
    *payload = packer_span(&packer);
}

bool gather_next(struct gather *gather, struct span *term, struct span *payload) {
    struct times_term first = times_term_make(0);
    while (gather->next_term < gather->term_count || gather->next_dated < gather->dated_count) {
        const struct gathered_term *next = &gather->terms[gather->next_term];
        bool terms_left = gather->next_term < gather->term_count;
        if (gather->next_dated < gather->dated_count &&
            (!terms_left || span_compare(next->text, times_term_span(&first)) > 0)) {
            times_next(gather, term, payload);
            return true;
        }
        gather->next_term++;
        *term = next->text;
        *payload = term_payload(gather, next);
        if (payload->size > 0) {
            return true;
        }
    }
    return false;
}
