#include "store/prints.h"

#include "base/limits.h"
#include "base/memory.h"

#include <stdlib.h>

#define CHAIN_HEADS ((size_t)1 << 16)
#define RING_FIRST ((size_t)1 << 12)

enum chain { CHAIN_BAND, CHAIN_EXACT = 4, CHAIN_TITLE, CHAIN_COUNT };

struct node {
    struct print print;
    uint64_t older[CHAIN_COUNT]; /* position + 1 of the next older in each chain; 0 = none */
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
    uint64_t *heads; /* CHAIN_COUNT tables of CHAIN_HEADS: position + 1 of the newest */
    struct change_note *notes;
    size_t note_count;
    size_t note_capacity;
};

struct prints *prints_create(void) {
    struct prints *prints = NEW(struct prints);
    prints->capacity = RING_FIRST;
    prints->ring = NEW_ARRAY(struct node, prints->capacity);
    prints->heads = NEW_ARRAY(uint64_t, CHAIN_COUNT * CHAIN_HEADS);
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

void prints_clear(struct prints *prints) {
    memset(prints->heads, 0, CHAIN_COUNT * CHAIN_HEADS * sizeof *prints->heads);
    prints->next = 0;
    prints->note_count = 0;
}

static struct node *node_at(const struct prints *prints, uint64_t position) {
    return &prints->ring[position & (prints->capacity - 1)];
}

/* The oldest position still in the ring. */
static uint64_t prints_tail(const struct prints *prints) {
    return prints->next > prints->capacity ? prints->next - prints->capacity : 0;
}

/* Which chains an entry stands in, and under which head. False: not in this one. */
static bool chain_head(const struct fingerprint *fingerprint, enum chain chain, size_t *head) {
    uint64_t key = 0;
    if (chain < CHAIN_EXACT) {
        key = fingerprint->simhash >> (16 * (unsigned)chain);
    } else if (chain == CHAIN_EXACT) {
        key = fingerprint->exact ^ fingerprint->exact >> 32;
    } else {
        key = fingerprint->title ^ fingerprint->title >> 32;
    }
    *head = (size_t)chain * CHAIN_HEADS + (size_t)(key & (CHAIN_HEADS - 1));
    return chain < CHAIN_EXACT    ? fingerprint->simhash != 0
           : chain == CHAIN_EXACT ? fingerprint->words >= COPY_WORDS_EXACT
                                  : fingerprint->title != 0;
}

static void prints_grow(struct prints *prints) {
    struct node *ring = NEW_ARRAY(struct node, prints->capacity * 2);
    for (uint64_t position = prints_tail(prints); position < prints->next; position++) {
        ring[position & (prints->capacity * 2 - 1)] = *node_at(prints, position);
    }
    free(prints->ring);
    prints->ring = ring;
    prints->capacity *= 2;
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
    struct node *node = node_at(prints, position);
    node->print = *print;
    for (enum chain chain = 0; chain < CHAIN_COUNT; chain++) {
        size_t head = 0;
        node->older[chain] = 0;
        if (chain_head(&print->fingerprint, chain, &head)) {
            node->older[chain] = prints->heads[head];
            prints->heads[head] = position + 1;
        }
    }
    prints_note(prints, (struct change_note){.position = position});
}

/* The node at position `link` - 1 when that is still in the ring, else NULL. */
static struct node *node_follow(const struct prints *prints, uint64_t link) {
    return link == 0 || link - 1 < prints_tail(prints) || link > prints->next
               ? NULL
               : node_at(prints, link - 1);
}

void prints_drop(struct prints *prints, uint64_t sequence, const struct fingerprint *fingerprint) {
    for (enum chain chain = 0; chain < CHAIN_COUNT; chain++) {
        size_t head = 0;
        if (!chain_head(fingerprint, chain, &head)) {
            continue;
        }
        uint64_t link = prints->heads[head];
        for (struct node *node; (node = node_follow(prints, link)) != NULL;
             link = node->older[chain]) {
            if (node->print.sequence == sequence) {
                prints_note(prints, (struct change_note){true, link - 1, sequence});
                node->print.sequence = 0;
                return;
            }
        }
        return; /* not in the first of its chains: not there at all */
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
    return __builtin_popcountll(other->simhash ^ fingerprint->simhash) <= SIMHASH_DISTANCE;
}

uint64_t prints_find(const struct prints *prints, const struct fingerprint *fingerprint,
                     int64_t time_ms) {
    uint64_t lowest = 0;
    for (enum chain chain = 0; chain < CHAIN_COUNT; chain++) {
        size_t head = 0;
        if (!chain_head(fingerprint, chain, &head)) {
            continue;
        }
        uint64_t link = prints->heads[head];
        const struct node *node = NULL;
        for (size_t steps = 0; steps < LIMIT_PRINT_CHAIN; steps++) {
            if ((node = node_follow(prints, link)) == NULL) {
                break;
            }
            if (is_copy(&node->print, fingerprint, chain, time_ms) &&
                (lowest == 0 || node->print.cluster < lowest)) {
                lowest = node->print.cluster;
            }
            link = node->older[chain];
        }
    }
    return lowest;
}

void prints_commit(struct prints *prints) {
    prints->note_count = 0;
}

/* Newest first, so that the head of every chain is again what it was. What a full ring has
 * overwritten stays lost: the window is shorter, nothing is wrong. */
void prints_rollback(struct prints *prints) {
    while (prints->note_count > 0) {
        const struct change_note *note = &prints->notes[--prints->note_count];
        struct node *node = node_follow(prints, note->position + 1);
        if (node == NULL) {
            continue;
        }
        if (note->dropped) {
            node->print.sequence = note->sequence;
            continue;
        }
        for (enum chain chain = 0; chain < CHAIN_COUNT; chain++) {
            size_t head = 0;
            if (chain_head(&node->print.fingerprint, chain, &head)) {
                prints->heads[head] = node->older[chain];
            }
            node->older[chain] = 0;
        }
        node->print.sequence =
            0; /* where the ring was full, this place is an older entry's again */
        prints->next = note->position;
    }
}
