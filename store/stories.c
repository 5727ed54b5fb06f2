#include "store/stories.h"

#include "base/hash.h"
#include "base/memory.h"

#include <stdlib.h>

struct slot {
    uint64_t there; /* 0 = free */
    uint64_t here;
};

struct store_stories {
    struct slot *slots;
    size_t capacity; /* a power of two */
    size_t count;
};

struct store_stories *store_stories_create(void) {
    struct store_stories *stories = NEW(struct store_stories);
    stories->capacity = 1024;
    stories->slots = NEW_ARRAY(struct slot, stories->capacity);
    return stories;
}

void store_stories_free(struct store_stories *stories) {
    if (stories != NULL) {
        free(stories->slots);
        free(stories);
    }
}

/* Where the number stands, or could. */
static struct slot *slot_of(const struct store_stories *stories, uint64_t there) {
    size_t at = hash_combine(there, 0);
    while (stories->slots[at &= stories->capacity - 1].there != 0 &&
           stories->slots[at].there != there) {
        at++;
    }
    return &stories->slots[at];
}

static void stories_grow(struct store_stories *stories) {
    struct store_stories old = *stories;
    stories->capacity *= 2;
    stories->slots = NEW_ARRAY(struct slot, stories->capacity);
    for (size_t i = 0; i < old.capacity; i++) {
        if (old.slots[i].there != 0) {
            *slot_of(stories, old.slots[i].there) = old.slots[i];
        }
    }
    free(old.slots);
}

void stories_note(struct store_stories *stories, uint64_t there, uint64_t here) {
    if (stories->count * 2 >= stories->capacity) {
        stories_grow(stories);
    }
    struct slot *slot = slot_of(stories, there);
    stories->count += slot->there == 0 && there != 0;
    *slot = there == 0 ? *slot : (struct slot){there, here};
}

uint64_t stories_find(const struct store_stories *stories, uint64_t there) {
    return there == 0 ? 0 : slot_of(stories, there)->here;
}
