#include "store/prints.h"

#include "base/hash.h"
#include "base/limits.h"
#include "base/memory.h"

#include <stdlib.h>

#define RING_FIRST ((size_t)1 << 12)
#define HEADS_PER_PLACE 2 /* chains are short when there are more heads than entries */

/* Near copies share two neighbouring bins of their sketches in at least one of five places: at 80 %
 * of common shingles with a probability of 99 %, at 5 % of 1 %; then all bins are compared. */
enum chain { CHAIN_BAND, CHAIN_EXACT = 5, CHAIN_TITLE, CHAIN_COUNT };

struct node {
    uint32_t older[CHAIN_COUNT]; /* how many places back the next of each chain is; 0 = none */
    struct print print;
};

struct change_note { /* for taking back: an addition, or what a drop emptied */
    bool dropped;
    uint64_t position;
    uint64_t sequence;
};

struct prints {
    struct node *ring;
    size_t capacity; /* a power of two */
    uint64_t next;   /* positions only grow; place in the ring is position modulo capacity */
    uint64_t *heads; /* position + 1 of the newest in each chain; 0 = none */
    struct change_note *notes;
    size_t note_count;
    size_t note_capacity;
};

static void prints_allocate(struct prints *prints, size_t capacity) {
    prints->capacity = capacity;
    prints->ring = NEW_ARRAY(struct node, capacity);
    prints->heads = NEW_ARRAY(uint64_t, capacity * HEADS_PER_PLACE * CHAIN_COUNT);
}

struct prints *prints_create(void) {
    struct prints *prints = NEW(struct prints);
    prints_allocate(prints, RING_FIRST);
    return prints;
}

void prints_free(struct prints *prints) {
    if (prints != NULL) {
        free(prints->ring);
        free(prints->heads);
        free(prints->notes);
        free(prints);
    }
}

static struct node *node_at(const struct prints *prints, uint64_t position) {
    return &prints->ring[position & (prints->capacity - 1)];
}

/* The oldest position still in the ring. */
static uint64_t prints_tail(const struct prints *prints) {
    return prints->next > prints->capacity ? prints->next - prints->capacity : 0;
}

/* The head of the chain that a fingerprint stands in; NULL: not in this one. */
static uint64_t *chain_head(const struct prints *prints, const struct fingerprint *fingerprint,
                            enum chain chain) {
    uint64_t key = 0;
    bool stands = false;
    if (chain < CHAIN_EXACT) {
        const uint32_t *bins = &fingerprint->sketch[2 * chain];
        key = (uint64_t)bins[0] << 32 | bins[1];
        stands = fingerprint->words >= COPY_WORDS_NEAR;
    } else if (chain == CHAIN_EXACT) {
        key = fingerprint->exact;
        stands = fingerprint->words >= COPY_WORDS_EXACT;
    } else {
        key = fingerprint->title;
        stands = key != 0;
    }
    size_t heads = prints->capacity * HEADS_PER_PLACE;
    key = hash_combine(key, chain) & (heads - 1);
    return stands ? &prints->heads[chain * heads + key] : NULL;
}

/* Makes the entry at a position the newest of its chains. */
static void node_link(struct prints *prints, uint64_t position) {
    struct node *node = node_at(prints, position);
    for (enum chain chain = 0; chain < CHAIN_COUNT; chain++) {
        uint64_t *head = chain_head(prints, &node->print.fingerprint, chain);
        node->older[chain] = 0;
        if (head != NULL) {
            uint64_t distance = *head == 0 ? 0 : position + 1 - *head;
            node->older[chain] = distance < prints->capacity ? (uint32_t)distance : 0;
            *head = position + 1;
        }
    }
}

static void prints_grow(struct prints *prints) {
    struct prints old = *prints;
    prints_allocate(prints, old.capacity * 2);
    for (uint64_t position = prints_tail(&old); position < prints->next; position++) {
        *node_at(prints, position) = *node_at(&old, position);
        node_link(prints, position);
    }
    free(old.ring);
    free(old.heads);
}

static void prints_note(struct prints *prints, struct change_note note) {
    prints->notes = memory_grow(prints->notes, prints->note_count, &prints->note_capacity,
                                sizeof *prints->notes);
    prints->notes[prints->note_count++] = note;
}

void prints_add(struct prints *prints, const struct print *print) {
    if (prints->next == prints->capacity && prints->capacity < LIMIT_PRINTS) {
        prints_grow(prints);
    }
    uint64_t position = prints->next++;
    node_at(prints, position)->print = *print;
    node_link(prints, position);
    prints_note(prints, (struct change_note){.position = position});
}

/* The node at position `link` - 1 when that is still in the ring, else NULL. */
static struct node *node_follow(const struct prints *prints, uint64_t link) {
    return link == 0 || link - 1 < prints_tail(prints) || link > prints->next
               ? NULL
               : node_at(prints, link - 1);
}

/* The link to the next older of a chain; 0 at its end. */
static uint64_t node_older(const struct node *node, enum chain chain, uint64_t link) {
    uint32_t distance = node->older[chain];
    return distance == 0 || distance >= link ? 0 : link - distance;
}

/* The link to the entry of a sequence in a chain; 0 = it is not in it. */
static uint64_t chain_search(const struct prints *prints, const uint64_t *head, enum chain chain,
                             uint64_t sequence) {
    uint64_t link = *head;
    for (const struct node *node; (node = node_follow(prints, link)) != NULL;
         link = node_older(node, chain, link)) {
        if (node->print.sequence == sequence) {
            return link;
        }
    }
    return 0;
}

void prints_drop(struct prints *prints, uint64_t sequence, const struct fingerprint *fingerprint) {
    enum chain chain = 0; /* an entry is in all chains that it stands in: one will do */
    while (chain < CHAIN_COUNT && chain_head(prints, fingerprint, chain) == NULL) {
        chain++;
    }
    if (chain == CHAIN_COUNT) {
        return;
    }
    uint64_t link = chain_search(prints, chain_head(prints, fingerprint, chain), chain, sequence);
    if (link != 0) {
        prints_note(prints, (struct change_note){true, link - 1, sequence});
        node_at(prints, link - 1)->print.sequence = 0;
    }
}

static bool is_copy(const struct print *print, const struct fingerprint *fingerprint,
                    enum chain chain, int64_t time_ms) {
    int64_t apart = print->time_ms > time_ms ? print->time_ms - time_ms : time_ms - print->time_ms;
    if (print->sequence == 0 || apart > COPY_WINDOW_MS) {
        return false;
    }
    const struct fingerprint *other = &print->fingerprint;
    if (chain == CHAIN_EXACT) {
        return other->exact == fingerprint->exact;
    }
    if (chain == CHAIN_TITLE) {
        return other->title == fingerprint->title && apart <= COPY_WINDOW_TITLE_MS;
    }
    return fingerprint_is_near(other, fingerprint);
}

/* The lowest cluster of copies along one chain, or `lowest`. */
static uint64_t chain_lowest(const struct prints *prints, const struct fingerprint *fingerprint,
                             enum chain chain, int64_t time_ms, uint64_t lowest) {
    const uint64_t *head = chain_head(prints, fingerprint, chain);
    uint64_t link = head == NULL ? 0 : *head;
    const struct node *node = NULL;
    for (size_t steps = 0; steps < LIMIT_PRINT_CHAIN; steps++) {
        if ((node = node_follow(prints, link)) == NULL) {
            break;
        }
        uint64_t cluster = node->print.cluster;
        if ((lowest == 0 || cluster < lowest) &&
            is_copy(&node->print, fingerprint, chain, time_ms)) {
            lowest = cluster;
        }
        link = node_older(node, chain, link);
    }
    return lowest;
}

uint64_t prints_find(const struct prints *prints, const struct fingerprint *fingerprint,
                     int64_t time_ms) {
    uint64_t lowest = 0;
    for (enum chain chain = 0; chain < CHAIN_COUNT; chain++) {
        lowest = chain_lowest(prints, fingerprint, chain, time_ms, lowest);
    }
    return lowest;
}

void prints_commit(struct prints *prints) {
    prints->note_count = 0;
}

/* Takes the newest entry back: the heads of its chains are again what they were before it. Where
 * the ring was full it had the place of an older one, which stays lost: the window is shorter,
 * nothing is wrong. */
static void node_unlink(struct prints *prints, uint64_t position) {
    struct node *node = node_at(prints, position);
    for (enum chain chain = 0; chain < CHAIN_COUNT; chain++) {
        uint64_t *head = chain_head(prints, &node->print.fingerprint, chain);
        if (head != NULL) {
            *head = node_older(node, chain, position + 1);
        }
        node->older[chain] = 0;
    }
    node->print.sequence = 0;
    prints->next = position;
}

void prints_rollback(struct prints *prints) {
    while (prints->note_count > 0) {
        const struct change_note *note = &prints->notes[--prints->note_count];
        if (!note->dropped) {
            node_unlink(prints, note->position);
        } else if (node_follow(prints, note->position + 1) != NULL) {
            node_at(prints, note->position)->print.sequence = note->sequence;
        }
    }
}
