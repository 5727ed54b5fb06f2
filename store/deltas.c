/* The changes of one transaction to the series: a hash table of half hours. */
#include "base/hash.h"
#include "store/series.h"

#include <stdlib.h>

struct delta {
    struct row_key key;
    struct counts counts;
};

struct deltas {
    struct rows *rows;
    struct delta *list;
    size_t count;
    size_t capacity;
    uint32_t *slots; /* index + 1 into `list`; 0 = free; twice as many as can be in the list */
    size_t slot_count;
};

/* What stood there and what comes to it. */
static bool counts_combine(struct span old, struct span change, uint8_t *bytes,
                           struct span *value) {
    struct counts sum;
    struct counts more;
    bool read = counts_unpack(old, &sum) && counts_unpack(change, &more);
    counts_add(&sum, &more, 1);
    *value = counts_pack(&sum, bytes);
    return read;
}

struct deltas *deltas_create(enum table table) {
    struct deltas *deltas = NEW(struct deltas);
    deltas->rows = rows_create(table);
    rows_combine_by(deltas->rows, counts_combine);
    return deltas;
}

void deltas_free(struct deltas *deltas) {
    if (deltas != NULL) {
        rows_free(deltas->rows);
        free(deltas->list);
        free(deltas->slots);
        free(deltas);
    }
}

static void deltas_clear(struct deltas *deltas) {
    deltas->count = 0;
    if (deltas->slot_count > 0) {
        memset(deltas->slots, 0, deltas->slot_count * sizeof *deltas->slots);
    }
}

/* Where the key stands, or would. */
static uint32_t *slot_of(const struct deltas *deltas, struct row_key key) {
    size_t slot = hash_combine(key.high, key.low);
    while (deltas->slots[slot &= deltas->slot_count - 1] != 0 &&
           row_key_compare(deltas->list[deltas->slots[slot] - 1].key, key) != 0) {
        slot++;
    }
    return &deltas->slots[slot];
}

static void slots_grow(struct deltas *deltas) {
    free(deltas->slots);
    deltas->slot_count = deltas->slot_count == 0 ? 1024 : deltas->slot_count * 2;
    deltas->slots = NEW_ARRAY(uint32_t, deltas->slot_count);
    for (size_t i = 0; i < deltas->count; i++) {
        *slot_of(deltas, deltas->list[i].key) = (uint32_t)i + 1;
    }
}

void deltas_add_counts(struct deltas *deltas, const struct series_key *key,
                       const struct counts *counts, int sign) {
    if (deltas->count * 2 >= deltas->slot_count) {
        slots_grow(deltas);
    }
    struct row_key row = series_row(key);
    uint32_t *slot = slot_of(deltas, row);
    if (*slot == 0) {
        deltas->list =
            memory_grow(deltas->list, deltas->count, &deltas->capacity, sizeof *deltas->list);
        deltas->list[deltas->count++] = (struct delta){.key = row};
        *slot = (uint32_t)deltas->count;
    }
    counts_add(&deltas->list[*slot - 1].counts, counts, sign);
}

struct signed_deltas {
    struct deltas *deltas;
    int sign;
};

static void deltas_take(void *context, const struct contribution *contribution) {
    const struct signed_deltas *into = context;
    deltas_add_counts(into->deltas, &contribution->key, &contribution->counts, into->sign);
}

void deltas_add(struct deltas *deltas, const struct record *record, int sign) {
    struct signed_deltas into = {deltas, sign};
    series_contributions(record, deltas_take, &into);
}

void deltas_flush(struct deltas *deltas, struct transaction *transaction) {
    uint8_t bytes[ROW_VALUE_MAX];
    for (size_t i = 0; i < deltas->count; i++) {
        struct span change = counts_pack(&deltas->list[i].counts, bytes);
        if (change.size > 0) {
            rows_put(deltas->rows, deltas->list[i].key, change);
        }
    }
    rows_flush(deltas->rows, transaction);
    deltas_clear(deltas);
}
