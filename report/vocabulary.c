#include "report/vocabulary.h"

#include "base/hash.h"
#include "base/words.h"

#include <math.h>
#include <stdlib.h>

/* Distinct words kept; ten thousand texts hold about fifty thousand. */
#define WORDS_MAX ((size_t)200 * 1000)
#define TEXTS_LEAST 3
#define DEVIATIONS_LEAST 2.0

struct vocabulary vocabulary_make(struct arena *arena) {
    struct vocabulary vocabulary = {.arena = arena, .capacity = 1024};
    vocabulary.slots = ARENA_ARRAY(arena, struct vocabulary_entry, vocabulary.capacity);
    return vocabulary;
}

static struct vocabulary_entry *find_slot(struct vocabulary_entry *slots, size_t capacity,
                                          uint64_t hash) {
    size_t slot = (size_t)hash & (capacity - 1);
    while (slots[slot].hash != 0 && slots[slot].hash != hash) {
        slot = (slot + 1) & (capacity - 1);
    }
    return &slots[slot];
}

static void grow(struct vocabulary *vocabulary) {
    size_t capacity = vocabulary->capacity * 2;
    struct vocabulary_entry *slots =
        ARENA_ARRAY(vocabulary->arena, struct vocabulary_entry, capacity);
    for (size_t i = 0; i < vocabulary->capacity; i++) {
        if (vocabulary->slots[i].hash != 0) {
            *find_slot(slots, capacity, vocabulary->slots[i].hash) = vocabulary->slots[i];
        }
    }
    vocabulary->slots = slots;
    vocabulary->capacity = capacity;
}

static bool word_tells(struct span word) {
    bool digits = true;
    for (size_t i = 0; i < word.size; i++) {
        digits = digits && (byte_is_digit(word.data[i]) || word.data[i] == '.');
    }
    return word.size >= 3 && word.size <= 40 && !digits;
}

static void add_word(struct vocabulary *vocabulary, struct span word, enum vocabulary_side side) {
    uint64_t hash = hash_bytes(word) | 1;
    struct vocabulary_entry *entry = find_slot(vocabulary->slots, vocabulary->capacity, hash);
    if (entry->hash == 0) {
        if (vocabulary->count >= WORDS_MAX) {
            return;
        }
        *entry =
            (struct vocabulary_entry){.hash = hash, .word = arena_copy(vocabulary->arena, word)};
        vocabulary->count++;
    }
    if (entry->last != vocabulary->read) {
        entry->last = vocabulary->read;
        entry->texts[side]++;
    }
    if (vocabulary->count * 2 > vocabulary->capacity) {
        grow(vocabulary);
    }
}

void vocabulary_add(struct vocabulary *vocabulary, struct span title, struct span text,
                    enum vocabulary_side side) {
    struct arena *scratch = arena_create();
    const struct span parts[] = {title, text};
    vocabulary->read++;
    vocabulary->texts[side]++;
    for (size_t p = 0; p < 2; p++) {
        struct words words = {0};
        words_split(parts[p], scratch, &words);
        for (size_t i = 0; i < words.count; i++) {
            if (word_tells(words.list[i].folded)) {
                add_word(vocabulary, words.list[i].folded, side);
            }
        }
    }
    arena_free(scratch);
}

/* Deviations by which the word's odds now lie above its odds before. */
static double word_deviations(const struct vocabulary *vocabulary,
                              const struct vocabulary_entry *entry) {
    double now = (double)entry->texts[VOCABULARY_NOW];
    double before = (double)entry->texts[VOCABULARY_BEFORE];
    double texts_now = (double)vocabulary->texts[VOCABULARY_NOW];
    double texts_before = (double)vocabulary->texts[VOCABULARY_BEFORE];
    double prior = 0.5 + 5 * (now + before) / (texts_now + texts_before);
    double odds_now = log((now + prior) / (texts_now - now + 5));
    double odds_before = log((before + prior) / (texts_before - before + 5));
    return (odds_now - odds_before) / sqrt(1 / (now + prior) + 1 / (before + prior));
}

struct ranked {
    double deviations;
    const struct vocabulary_entry *entry;
};

static int compare_ranked(const void *a, const void *b) {
    const struct ranked *x = a;
    const struct ranked *y = b;
    if (x->deviations < y->deviations || x->deviations > y->deviations) {
        return x->deviations < y->deviations ? 1 : -1;
    }
    return span_compare(x->entry->word, y->entry->word);
}

struct evidence_word *vocabulary_news(const struct vocabulary *vocabulary, size_t limit,
                                      size_t *count) {
    struct ranked *ranked = ARENA_ARRAY(vocabulary->arena, struct ranked, vocabulary->count + 1);
    size_t found = 0;
    for (size_t i = 0; i < vocabulary->capacity; i++) {
        const struct vocabulary_entry *entry = &vocabulary->slots[i];
        if (entry->hash != 0 && entry->texts[VOCABULARY_NOW] >= TEXTS_LEAST) {
            double deviations = word_deviations(vocabulary, entry);
            if (deviations >= DEVIATIONS_LEAST) {
                ranked[found++] = (struct ranked){deviations, entry};
            }
        }
    }
    qsort(ranked, found, sizeof(*ranked), compare_ranked);
    *count = found < limit ? found : limit;
    struct evidence_word *words = ARENA_ARRAY(vocabulary->arena, struct evidence_word, limit);
    for (size_t i = 0; i < *count; i++) {
        words[i] =
            (struct evidence_word){ranked[i].entry->word, ranked[i].entry->texts[VOCABULARY_NOW],
                                   ranked[i].entry->texts[VOCABULARY_BEFORE]};
    }
    return words;
}
