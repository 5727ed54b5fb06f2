#include "crawler/table.h"

#include <stdlib.h>

void table_done(struct table *table) {
    free(table->slots);
    *table = (struct table){0};
}

static struct table_entry **table_slot(const struct table *table, uint64_t hash) {
    return &table->slots[hash & (table->slot_count - 1)];
}

struct table_entry *table_find(const struct table *table, struct span key) {
    if (table->count == 0) {
        return NULL;
    }
    uint64_t hash = hash_bytes(key);
    struct table_entry *entry = *table_slot(table, hash);
    while (entry != NULL && (entry->hash != hash || !span_equal(entry->key, key))) {
        entry = entry->next;
    }
    return entry;
}

static void table_grow(struct table *table) {
    struct table old = *table;
    table->slot_count = old.slot_count == 0 ? 64 : old.slot_count * 2;
    table->slots = NEW_ARRAY(struct table_entry *, table->slot_count);
    for (size_t i = 0; i < old.slot_count; i++) {
        struct table_entry *entry = old.slots[i];
        while (entry != NULL) {
            struct table_entry *next = entry->next;
            struct table_entry **slot = table_slot(table, entry->hash);
            entry->next = *slot;
            *slot = entry;
            entry = next;
        }
    }
    free(old.slots);
}

void table_insert(struct table *table, struct span key, struct table_entry *entry) {
    if (table->count >= table->slot_count) {
        table_grow(table);
    }
    entry->key = key;
    entry->hash = hash_bytes(key);
    struct table_entry **slot = table_slot(table, entry->hash);
    entry->next = *slot;
    *slot = entry;
    table->count++;
}

void table_remove(struct table *table, struct table_entry *entry) {
    struct table_entry **at = table_slot(table, entry->hash);
    while (*at != entry) {
        at = &(*at)->next;
    }
    *at = entry->next;
    table->count--;
}

struct table_entry *table_next(const struct table *table, const struct table_entry *entry) {
    if (entry != NULL && entry->next != NULL) {
        return entry->next;
    }
    size_t slot = entry == NULL ? 0 : (size_t)(entry->hash & (table->slot_count - 1)) + 1;
    while (slot < table->slot_count && table->slots[slot] == NULL) {
        slot++;
    }
    return slot < table->slot_count ? table->slots[slot] : NULL;
}
