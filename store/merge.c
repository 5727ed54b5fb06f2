#include "store/merge.h"

struct merge {
    struct transaction *transaction;
    struct segment_reader readers[DIRECTORY_MOST];
    bool more[DIRECTORY_MOST]; /* the reader stands on an entry */
    size_t count;
    bool whole; /* the oldest segment takes part */
    uint8_t term[TERM_MAX];
    size_t term_size;
    /* Of the entry at hand. */
    struct documents there;
    struct documents gone;
    int64_t *times; /* by document, for TERM_TIMES */
    uint16_t *list;
    uint8_t *bytes;
    size_t room;
};

/* Room for the largest entry there can be: all documents with a time each. */
#define PAYLOAD_MAX (2 * VARINT_MAX + CHUNK_SIZE * (VARINT_MAX + 3))

struct merge *merge_open(struct transaction *transaction, uint32_t chunk,
                         const struct directory *directory, size_t first, struct span from,
                         struct arena *arena) {
    struct merge *merge = ARENA_NEW(arena, struct merge);
    merge->transaction = transaction;
    merge->whole = first == 0;
    merge->times = ARENA_ARRAY(arena, int64_t, CHUNK_SIZE);
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

/* The readers that stand on the least term; the last of them in `*last`. */
static size_t merge_least(const struct merge *merge, bool *least, size_t *last) {
    size_t count = 0;
    for (size_t i = 0; i < merge->count; i++) {
        int order = -1;
        if (!merge->more[i]) {
            continue;
        }
        if (count > 0) {
            order = span_compare(segment_term(&merge->readers[i]),
                                 segment_term(&merge->readers[*last]));
        }
        if (order < 0) {
            memset(least, 0, i);
            count = 0;
        }
        least[i] = order <= 0;
        if (order <= 0) {
            *last = i;
            count++;
        }
    }
    return count;
}

/* One segment's word on the entry at hand. */
static void entry_apply(struct merge *merge, struct span payload, bool timed) {
    struct unpacker unpacker = unpacker_make(payload);
    size_t count = postings_unpack(&unpacker, merge->list);
    for (size_t i = 0; i < count; i++) {
        size_t word = merge->list[i] / 64;
        uint64_t bit = (uint64_t)1 << merge->list[i] % 64;
        merge->there.words[word] |= bit;
        merge->gone.words[word] &= ~bit;
    }
    if (postings_are_followed(payload)) {
        struct unpacker again = unpacker;
        postings_apply(&again, &merge->there, false);
        postings_apply(&unpacker, &merge->gone, true);
    }
    int64_t time = 0;
    for (size_t i = 0; i < count && timed; i++) {
        time += unpack_signed(&unpacker);
        merge->times[merge->list[i]] = time;
    }
    if (!unpacker_is_done(&unpacker)) {
        transaction_fail(merge->transaction, MDB_CORRUPTED);
    }
}

static struct span entry_pack(struct merge *merge, bool timed) {
    struct packer packer = packer_make(merge->bytes, PAYLOAD_MAX);
    if (merge->whole) {
        documents_clear(&merge->gone);
    }
    bool followed = timed || !documents_are_none(&merge->gone);
    size_t count = documents_list(&merge->there, merge->list);
    postings_pack(&packer, merge->list, count, followed);
    if (followed) {
        postings_pack(&packer, merge->list, documents_list(&merge->gone, merge->list), false);
    }
    count = timed ? documents_list(&merge->there, merge->list) : 0;
    int64_t before = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t time = merge->times[merge->list[i]];
        pack_signed(&packer, time - before);
        before = time;
    }
    return packer_span(&packer);
}

/* Makes the entry of the least term from those readers that stand on it, and moves them on. False:
 * nothing is left of it. */
static bool entry_make(struct merge *merge, const bool *least, size_t last, bool alone,
                       struct span *payload) {
    bool timed = merge->term_size == 1 && merge->term[0] == (uint8_t)TERM_TIMES.data[0];
    *payload = merge->readers[last].payload;
    bool as_is = alone && !timed && !(merge->whole && postings_are_followed(*payload));
    documents_clear(&merge->there);
    documents_clear(&merge->gone);
    for (size_t i = 0; i <= last; i++) {
        if (merge->more[i] && least[i]) {
            if (!as_is) {
                entry_apply(merge, merge->readers[i].payload, timed);
            }
            merge->more[i] = segment_next(&merge->readers[i]);
        }
    }
    if (!as_is) {
        *payload = entry_pack(merge, timed);
    }
    return as_is || !documents_are_none(&merge->there) || !documents_are_none(&merge->gone);
}

bool merge_next(struct merge *merge, struct span *term, struct span *payload) {
    while (merge->transaction->failure == 0) {
        bool least[DIRECTORY_MOST] = {false};
        size_t last = 0;
        size_t count = merge_least(merge, least, &last);
        if (count == 0) {
            return false;
        }
        struct span at = segment_term(&merge->readers[last]);
        memcpy(merge->term, at.data, at.size);
        merge->term_size = at.size;
        *term = (struct span){(const char *)merge->term, at.size};
        if (entry_make(merge, least, last, count == 1, payload)) {
            return true;
        }
    }
    return false;
}
