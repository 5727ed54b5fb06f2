/* A hash table from text to entries that the caller embeds in its own structs and owns. */
#ifndef CRAWLER_TABLE_H
#define CRAWLER_TABLE_H

#include "base/hash.h"
#include "base/memory.h"

struct table_entry {
    struct table_entry *next; /* in its slot */
    uint64_t hash;
    struct span key; /* must live as long as the entry is in the table */
};

struct table {
    struct table_entry **slots;
    size_t slot_count; /* a power of two, or 0 before the first entry */
    size_t count;
};

void table_done(struct table *table); /* frees the slots; the entries are the caller's */
struct table_entry *table_find(const struct table *table, struct span key); /* NULL: not there */

/* Puts an entry in; its key must not be there yet. */
void table_insert(struct table *table, struct span key, struct table_entry *entry);
void table_remove(struct table *table, struct table_entry *entry);

/* Every entry once, in no order; starts with `entry` NULL, ends with NULL. Only the entry returned
 * last may be removed on the way, after its successor was asked for. */
struct table_entry *table_next(const struct table *table, const struct table_entry *entry);

#endif
