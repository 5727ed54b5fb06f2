#include "store/fingerprint.h"

#define HASH_BASIS 0xcbf29ce484222325u /* FNV-1a, 64 bits: one multiplication a byte is enough */
#define HASH_PRIME 0x00000100000001b3u
#define MIX_A 0x9e3779b97f4a7c15u
#define MIX_B 0xc2b2ae3d27d4eb4fu
#define MIX_C 0x165667b19e3779f9u

#define BIN_EMPTY UINT32_MAX

static uint64_t mix(uint64_t hash) {
    hash ^= hash >> 32;
    hash *= MIX_B;
    hash ^= hash >> 29;
    hash *= MIX_C;
    return hash ^ hash >> 32;
}

/* Reads words off a text. */
struct reader {
    const uint8_t *at;
    const uint8_t *end;
};

static struct reader reader_make(struct span text) {
    const uint8_t *begin = (const uint8_t *)text.data;
    return (struct reader){begin, text.size == 0 ? begin : begin + text.size};
}

static bool is_word_byte(uint8_t byte) {
    return byte >= 0x80 || byte_is_alpha((char)byte) || byte_is_digit((char)byte);
}

/* Bytes of the character at `at` when it is a word of its own: U+3000 and above (Chinese, Japanese,
 * Korean; emoji). Else 0. */
static size_t lone_size(const struct reader *reader) {
    size_t size = *reader->at >= 0xF0 ? 4 : *reader->at >= 0xE3 ? 3 : 0;
    return size <= (size_t)(reader->end - reader->at) ? size : 0;
}

/* General punctuation (U+2000..206F: dashes, quotes, ellipsis) and Latin-1 signs (U+00A0..00BF)
 * separate words like their ASCII cousins: publishers exchange them freely. 0 = other. */
static size_t separator_size(const struct reader *reader) {
    size_t left = (size_t)(reader->end - reader->at);
    if (left >= 3 && reader->at[0] == 0xE2 && (reader->at[1] == 0x80 || reader->at[1] == 0x81)) {
        return 3;
    }
    return left >= 2 && reader->at[0] == 0xC2 ? 2 : 0;
}

static void reader_skip(struct reader *reader) {
    while (reader->at < reader->end) {
        size_t size = is_word_byte(*reader->at) ? separator_size(reader) : 1;
        if (size == 0) {
            return;
        }
        reader->at += size;
    }
}

/* The hash of the next word; false at the end. */
static bool reader_next(struct reader *reader, uint64_t *word) {
    reader_skip(reader);
    if (reader->at == reader->end) {
        return false;
    }
    uint64_t hash = HASH_BASIS;
    size_t lone = lone_size(reader);
    for (size_t i = 0; i < lone; i++) {
        hash = (hash ^ *reader->at++) * HASH_PRIME;
    }
    while (lone == 0 && reader->at < reader->end && is_word_byte(*reader->at) &&
           lone_size(reader) == 0 && separator_size(reader) == 0) {
        hash = (hash ^ (uint8_t)byte_to_lower((char)*reader->at++)) * HASH_PRIME;
    }
    *word = mix(hash);
    return true;
}

static void sketch_add(uint32_t sketch[SKETCH_BINS], uint64_t shingle) {
    uint32_t *bin = &sketch[shingle >> 60];
    uint32_t value = (uint32_t)shingle;
    *bin = value < *bin ? value : *bin;
}

/* Fills what stayed empty from the next bin that did not, told apart by the distance. */
static void sketch_densify(uint32_t sketch[SKETCH_BINS]) {
    uint32_t sparse[SKETCH_BINS];
    memcpy(sparse, sketch, sizeof sparse);
    for (size_t i = 0; i < SKETCH_BINS; i++) {
        size_t distance = 0;
        while (distance < SKETCH_BINS && sparse[(i + distance) % SKETCH_BINS] == BIN_EMPTY) {
            distance++;
        }
        sketch[i] = sparse[(i + distance) % SKETCH_BINS] + (uint32_t)distance * (uint32_t)MIX_A;
    }
}

static uint64_t never_zero(uint64_t hash) {
    return hash == 0 ? 1 : hash;
}

static uint64_t words_hash(struct span text, size_t *count) {
    struct reader reader = reader_make(text);
    uint64_t hash = 0;
    uint64_t word = 0;
    *count = 0;
    while (reader_next(&reader, &word)) {
        hash = mix(hash * MIX_A + word);
        ++*count;
    }
    return *count == 0 ? 0 : never_zero(hash);
}

static void fingerprint_text(struct span text, struct fingerprint *fingerprint) {
    struct reader reader = reader_make(text);
    uint32_t sketch[SKETCH_BINS];
    uint64_t all = 0;
    uint64_t word = 0;
    uint64_t last[2] = {0, 0};
    memset(sketch, 0xFF, sizeof sketch);
    while (reader_next(&reader, &word)) {
        all = mix(all * MIX_A + word);
        fingerprint->words++;
        if (fingerprint->words >= 3) {
            sketch_add(sketch, mix(last[0] * MIX_A + last[1] * MIX_B + word * MIX_C));
        }
        last[0] = last[1];
        last[1] = word;
    }
    fingerprint->exact = fingerprint->words == 0 ? 0 : never_zero(all);
    if (fingerprint->words >= COPY_WORDS_NEAR) {
        sketch_densify(sketch);
        memcpy(fingerprint->sketch, sketch, sizeof sketch);
    }
}

/* "Acme recalls kettles - Daily Post": the publisher is no part of the headline. */
static struct span headline(struct span title) {
    for (size_t i = title.size; i > 2; i--) {
        const char *at = title.data + i - 3;
        if (at[0] == ' ' && at[2] == ' ' && (at[1] == '-' || at[1] == '|')) {
            return span_first(title, i - 3);
        }
    }
    return title;
}

struct fingerprint fingerprint_make(struct span title, struct span text, enum channel channel) {
    struct fingerprint fingerprint = {0};
    fingerprint_text(text, &fingerprint);
    if (fingerprint.words == 0) {
        fingerprint_text(title, &fingerprint);
    }
    if (channel == CHANNEL_NEWS) {
        size_t words = 0;
        uint64_t hash = words_hash(headline(title), &words);
        fingerprint.title = words >= COPY_WORDS_TITLE ? hash : 0;
    }
    return fingerprint;
}

bool fingerprint_is_near(const struct fingerprint *a, const struct fingerprint *b) {
    size_t equal = 0;
    for (size_t i = 0; i < SKETCH_BINS; i++) {
        equal += a->sketch[i] == b->sketch[i];
    }
    return a->words >= COPY_WORDS_NEAR && b->words >= COPY_WORDS_NEAR && equal >= SKETCH_EQUAL;
}
