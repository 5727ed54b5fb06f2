#include "report/stories.h"

#include <stdlib.h>

static struct story *story_slot(const struct stories *stories, uint64_t cluster) {
    size_t slot = (size_t)(cluster * 0x9E3779B97F4A7C15u);
    while (stories->slots[slot &= stories->capacity - 1].cluster != 0 &&
           stories->slots[slot].cluster != cluster) {
        slot++;
    }
    return &stories->slots[slot];
}

static void stories_grow(struct stories *stories) {
    struct stories larger = {.count = stories->count,
                             .capacity = stories->capacity == 0 ? 1024 : stories->capacity * 2};
    larger.slots = NEW_ARRAY(struct story, larger.capacity);
    for (size_t i = 0; i < stories->capacity; i++) {
        if (stories->slots[i].cluster != 0) {
            *story_slot(&larger, stories->slots[i].cluster) = stories->slots[i];
        }
    }
    free(stories->slots);
    *stories = larger;
}

size_t stories_place(struct stories *stories, const struct timeline_entry *entry, bool *fresh) {
    uint64_t cluster = entry->cluster == 0 ? entry->sequence : entry->cluster;
    if (stories->count * 2 >= stories->capacity) {
        stories_grow(stories);
    }
    struct story *story = story_slot(stories, cluster);
    *fresh = story->cluster == 0;
    if (*fresh) {
        *story = (struct story){cluster, stories->count++};
    }
    return story->number;
}

void stories_done(struct stories *stories) {
    free(stories->slots);
}
