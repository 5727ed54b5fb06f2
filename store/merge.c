#include "store/merge.h"

#include "store/times.h"

struct merge {
    struct transaction *transaction;
    struct segment_reader readers[DIRECTORY_MOST];
    bool more[DIRECTORY_MOST]; /* the reader stands on an entry */
    size_t count;
    bool whole; /* the oldest segment takes part */
    uint8_t term[TERM_MAX];
    size_t term_size;
    struct documents alive; /* of the whole, as its first term says */
    /* Of the entry at hand. */
    bool least[DIRECTORY_MOST]; /* the reader stands on its term */
    size_t last;                /* such reader */
    uint16_t *list;
    int64_t *times_ms; /* by document */
    uint8_t *bytes;
};

/* Room for the largest entry there can be: all documents, there and gone; or a stretch of times. */
#define PAYLOAD_MAX (4 * VARINT_MAX + 2 * DOCUMENT_WORDS * 8 * 3 + TIMES_SIZE_MAX)

struct merge *merge_open(struct transaction *transaction, uint32_t chunk,
                         const struct directory *directory, size_t first, struct span from,
                         struct arena *arena) {
    struct merge *merge = ARENA_NEW(arena, struct merge);
    merge->transaction = transaction;
    merge->whole = first == 0;
    merge->times_ms = ARENA_ARRAY(arena, int64_t, CHUNK_SIZE);
    merge->list = ARENA_ARRAY(arena, uint16_t, CHUNK_SIZE);
    merge->bytes = arena_allocate(arena, PAYLOAD_MAX);
    for (size_t i = first; i < directory->count; i++) {
        struct segment_reader *reader = &merge->readers[merge->count];
        segment_open(reader, transaction, chunk, directory->list[i].segment);
        merge->more[merge->count++] = segment_seek(reader, from);
    }
    return merge;
}

void merge_close(struct merge *merge) {
    for (size_t i = 0; i < merge->count; i++) {
        segment_close(&merge->readers[i]);
    }
}

/* --- One entry -------------------------------------------------------------------------------- */

/* Finds the readers that stand on the least term; returns how many. */
static size_t merge_least(struct merge *merge) {
    size_t count = 0;
    memset(merge->least, 0, sizeof merge->least);
    for (size_t i = 0; i < merge->count; i++) {
        int order = -1;
        if (!merge->more[i]) {
            continue;
        }
        if (count > 0) {
            order = span_compare(segment_term(&merge->readers[i]),
                                 segment_term(&merge->readers[merge->last]));
        }
        if (order < 0) {
            memset(merge->least, 0, i);
            count = 0;
        }
        if (order <= 0) {
            merge->least[i] = true;
            merge->last = i;
            count++;
        }
    }
    return count;
}

static void merge_fail(struct merge *merge) {
    transaction_fail(merge->transaction, MDB_CORRUPTED);
}

/* The usual case: nothing went away, and later segments speak of later documents. */
static bool entry_chain(struct merge *merge, struct span *payload) {
    size_t count = 0;
    for (size_t i = 0; i <= merge->last; i++) {
        const struct segment_reader *reader = &merge->readers[i];
        if (!merge->least[i]) {
            continue;
        }
        struct unpacker unpacker = unpacker_make(reader->payload);
        size_t more = postings_unpack(&unpacker, merge->list + count, CHUNK_SIZE - count);
        bool follows = count == 0 || more == 0 || merge->list[count] > merge->list[count - 1];
        if (!follows || !unpacker_is_done(&unpacker)) {
            return false;
        }
        count += more;
    }
    struct packer packer = packer_make(merge->bytes, PAYLOAD_MAX);
    postings_pack(&packer, merge->list, count, false);
    *payload = packer_span(&packer);
    return true;
}

static bool documents_pack(struct merge *merge, const struct documents *there,
                           const struct documents *gone, struct span *payload) {
    struct packer packer = packer_make(merge->bytes, PAYLOAD_MAX);
    bool followed = !merge->whole && !documents_are_none(gone);
    size_t count = documents_list(there, merge->list);
    postings_pack(&packer, merge->list, count, followed);
    if (followed) {
        postings_pack(&packer, merge->list, documents_list(gone, merge->list), false);
    }
    *payload = packer_span(&packer);
    return count > 0 || followed;
}

/* Each segment's word in turn. False: nothing is left. */
static bool entry_replay(struct merge *merge, struct span *payload) {
    struct documents there;
    struct documents gone;
    documents_clear(&there);
    documents_clear(&gone);
    for (size_t i = 0; i <= merge->last; i++) {
        if (!merge->least[i]) {
            continue;
        }
        struct unpacker unpacker = unpacker_make(merge->readers[i].payload);
        struct unpacker again = unpacker;
        bool followed = postings_apply(&unpacker, &there, true);
        postings_apply(&again, &gone, false);
        if (followed) {
            postings_apply(&unpacker, &there, false);
            postings_apply(&again, &gone, true);
        }
        if (!unpacker_is_done(&unpacker)) {
            merge_fail(merge);
        }
    }
    return documents_pack(merge, &there, &gone, payload);
}

/* The last time that was said of each document; of the whole, of those only that are alive. */
static bool times_replay(struct merge *merge, struct span *payload) {
    struct documents known;
    uint16_t list[TIMES_STRETCH];
    int64_t times_ms[TIMES_STRETCH];
    documents_clear(&known);
    for (size_t i = 0; i <= merge->last; i++) {
        if (!merge->least[i]) {
            continue;
        }
        struct unpacker unpacker = unpacker_make(merge->readers[i].payload);
        size_t count = times_unpack(&unpacker, list, merge->times_ms);
        for (size_t j = 0; j < count; j++) {
            documents_add(&known, list[j]);
        }
        if (!unpacker_is_done(&unpacker)) {
            merge_fail(merge);
        }
    }
    if (merge->whole) {
        documents_and(&known, &merge->alive);
    }
    size_t count = documents_list(&known, merge->list);
    if (count == 0 || count > TIMES_STRETCH) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        times_ms[i] = merge->times_ms[merge->list[i]];
    }
    struct packer packer = packer_make(merge->bytes, PAYLOAD_MAX);
    times_pack(&packer, merge->list, times_ms, count);
    *payload = packer_span(&packer);
    return true;
}

/* False: nothing is left of the term. */
static bool entry_make(struct merge *merge, size_t count, struct span *payload) {
    struct span term = {(const char *)merge->term, merge->term_size};
    *payload = merge->readers[merge->last].payload;
    if (term_is_times(term)) {
        return (count == 1 && !merge->whole) || times_replay(merge, payload);
    }
    bool as_is = count == 1 && !(merge->whole && postings_are_followed(*payload));
    bool left = as_is || entry_chain(merge, payload) || entry_replay(merge, payload);
    if (merge->whole && span_equal(term, TERM_DOCUMENTS)) {
        struct unpacker unpacker = unpacker_make(*payload);
        postings_apply(&unpacker, &merge->alive, true);
    }
    return left;
}

bool merge_next(struct merge *merge, struct span *term, struct span *payload) {
    while (merge->transaction->failure == 0) {
        size_t count = merge_least(merge);
        if (count == 0) {
            return false;
        }
        struct span least = segment_term(&merge->readers[merge->last]);
        memcpy(merge->term, least.data, least.size);
        merge->term_size = least.size;
        *term = (struct span){(const char *)merge->term, least.size};
        bool left = entry_make(merge, count, payload);
        for (size_t i = 0; i <= merge->last; i++) {
            if (merge->least[i]) {
                merge->more[i] = segment_next(&merge->readers[i]);
            }
        }
        if (left) {
            return true;
        }
    }
    return false;
}
