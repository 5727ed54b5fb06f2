/* The changes of one transaction to the series: a hash table of hours, written in key order. */
#include "store/series.h"

#include "base/hash.h"

#include <stdlib.h>

struct delta {
    struct series_key key;
    int hour;
    struct key bytes; /* the key as it sorts */
    struct counts counts;
};

struct deltas {
    struct delta *list;
    size_t count;
    size_t capacity;
    uint32_t *slots; /* index + 1 into `list`; 0 = free; twice as many as can be in the list */
    size_t slot_count;
};

struct deltas *deltas_create(void) {
    return NEW(struct deltas);
}

void deltas_free(struct deltas *deltas) {
    if (deltas != NULL) {
        free(deltas->list);
        free(deltas->slots);
        free(deltas);
    }
}

void deltas_clear(struct deltas *deltas) {
    deltas->count = 0;
    if (deltas->slot_count > 0) {
        memset(deltas->slots, 0, deltas->slot_count * sizeof *deltas->slots);
    }
}

static uint64_t delta_hash(const struct series_key *key, int hour) {
    uint64_t high = (uint64_t)key->brand << 32 | key->member;
    uint64_t low =
        (uint64_t)(uint32_t)key->day << 32 | (uint64_t)key->dimension << 8 | (uint64_t)hour;
    return hash_combine(high, low);
}

static bool delta_is(const struct delta *delta, const struct series_key *key, int hour) {
    return delta->hour == hour && delta->key.brand == key->brand &&
           delta->key.member == key->member && delta->key.day == key->day &&
           delta->key.dimension == key->dimension;
}

static void slots_grow(struct deltas *deltas) {
    free(deltas->slots);
    deltas->slot_count = deltas->slot_count == 0 ? 1024 : deltas->slot_count * 2;
    deltas->slots = NEW_ARRAY(uint32_t, deltas->slot_count);
    for (size_t i = 0; i < deltas->count; i++) {
        size_t slot = delta_hash(&deltas->list[i].key, deltas->list[i].hour);
        while (deltas->slots[slot &= deltas->slot_count - 1] != 0) {
            slot++;
        }
        deltas->slots[slot] = (uint32_t)i + 1;
    }
}

static struct delta *deltas_find(struct deltas *deltas, const struct series_key *key, int hour) {
    if (deltas->count * 2 >= deltas->slot_count) {
        slots_grow(deltas);
    }
    size_t slot = delta_hash(key, hour);
    while (deltas->slots[slot &= deltas->slot_count - 1] != 0) {
        struct delta *delta = &deltas->list[deltas->slots[slot] - 1];
        if (delta_is(delta, key, hour)) {
            return delta;
        }
        slot++;
    }
    deltas->list =
        memory_grow(deltas->list, deltas->count, &deltas->capacity, sizeof *deltas->list);
    deltas->list[deltas->count] =
        (struct delta){.key = *key, .hour = hour, .bytes = series_key_make(key)};
    deltas->slots[slot] = (uint32_t)deltas->count + 1;
    return &deltas->list[deltas->count++];
}

struct signed_deltas {
    struct deltas *deltas;
    int sign;
};

static void deltas_take(void *context, const struct contribution *contribution) {
    const struct signed_deltas *into = context;
    struct delta *delta = deltas_find(into->deltas, &contribution->key, contribution->hour);
    counts_add(&delta->counts, &contribution->counts, into->sign);
}

void deltas_add(struct deltas *deltas, const struct record *record, int sign) {
    struct signed_deltas into = {deltas, sign};
    series_contributions(record, deltas_take, &into);
}

/* In the order of the keys in the table. */
static int delta_compare(const void *left, const void *right) {
    const struct delta *a = left;
    const struct delta *b = right;
    int order = memcmp(a->bytes.bytes, b->bytes.bytes, a->bytes.size);
    return order != 0 ? order : a->hour - b->hour;
}

static bool counts_are_zero(const struct counts *counts) {
    for (size_t i = 0; i < COUNT_COUNT; i++) {
        if (counts->of[i] != 0) {
            return false;
        }
    }
    return true;
}

static void pack_counts(struct packer *packer, const struct counts *counts) {
    unsigned present = 0;
    for (unsigned i = 0; i < COUNT_COUNT; i++) {
        present |= counts->of[i] != 0 ? 1u << i : 0;
    }
    pack_big(packer, present, 2);
    for (size_t i = 0; i < COUNT_COUNT; i++) {
        if (counts->of[i] != 0) {
            pack_signed(packer, counts->of[i]);
        }
    }
}

static void series_day_write(struct transaction *transaction, enum table table,
                             const struct series_key *series_key, const struct series_day *day) {
    uint8_t bytes[3 + (DAY_HOURS + 1) * (2 + (COUNT_COUNT + 1) * VARINT_MAX)];
    struct packer packer = packer_make(bytes, sizeof bytes);
    struct counts total = {{0}};
    unsigned hours = 0;
    for (unsigned hour = 0; hour < DAY_HOURS; hour++) {
        if (!counts_are_zero(&day->hours[hour])) {
            hours |= 1u << hour;
            counts_add(&total, &day->hours[hour], 1);
        }
    }
    struct key key = series_key_make(series_key);
    if (hours == 0) {
        transaction_delete(transaction, table, key_span(&key));
        return;
    }
    pack_big(&packer, hours, 3);
    if ((hours & (hours - 1)) != 0) {
        pack_counts(&packer, &total);
    }
    for (unsigned hour = 0; hour < DAY_HOURS; hour++) {
        if ((hours >> hour & 1) != 0) {
            pack_counts(&packer, &day->hours[hour]);
        }
    }
    transaction_put(transaction, table, key_span(&key), packer_span(&packer));
}

/* Applies the deltas [begin, end), all of one day value. */
static void series_day_update(struct transaction *transaction, enum table table,
                              const struct delta *begin, const struct delta *end) {
    struct key key = series_key_make(&begin->key);
    struct series_day day = {0};
    struct span value;
    if (transaction_get(transaction, table, key_span(&key), &value) &&
        !series_day_read(value, &day)) {
        transaction_fail(transaction, MDB_CORRUPTED);
    }
    bool changed = false;
    for (const struct delta *delta = begin; delta < end; delta++) {
        changed = changed || !counts_are_zero(&delta->counts);
        counts_add(&day.hours[delta->hour], &delta->counts, 1);
    }
    if (changed) {
        series_day_write(transaction, table, &begin->key, &day);
    }
}

void deltas_flush(struct deltas *deltas, struct transaction *transaction, enum table table) {
    if (deltas->count > 1) {
        qsort(deltas->list, deltas->count, sizeof *deltas->list, delta_compare);
    }
    for (size_t begin = 0, end = 0; begin < deltas->count; begin = end) {
        const struct series_key *key = &deltas->list[begin].key;
        while (end < deltas->count && delta_is(&deltas->list[end], key, deltas->list[end].hour)) {
            end++;
        }
        series_day_update(transaction, table, deltas->list + begin, deltas->list + end);
    }
    deltas_clear(deltas);
}
