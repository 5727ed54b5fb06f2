#include "sentiment/sieve.h"

#include "base/memory.h"
#include "sentiment/form.h"

#include <stdlib.h>

/* A name stands with a capital so many times as often as without. */
enum { CAPITALS_RATIO = 4 };

void hashes_add(struct hashes *hashes, uint64_t hash) {
    hashes->list =
        memory_grow(hashes->list, hashes->count, &hashes->capacity, sizeof *hashes->list);
    hashes->list[hashes->count++] = hash;
}

static int compare(const void *a, const void *b) {
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;
    return left < right ? -1 : left > right;
}

void hashes_order(struct hashes *hashes) {
    if (hashes->count > 0) {
        qsort(hashes->list, hashes->count, sizeof *hashes->list, compare);
    }
}

static bool hashes_have(const struct hashes *hashes, uint64_t hash) {
    return hashes->count > 0 &&
           bsearch(&hash, hashes->list, hashes->count, sizeof hash, compare) != NULL;
}

/* A line of the list: a word, "~" in front of one that is only weak. */
static void line_read(struct sieve *sieve, struct span line) {
    line = span_trim(line);
    if (line.size == 0 || line.data[0] == '#') {
        return;
    }
    if (line.data[0] == '~') {
        hashes_add(&sieve->weak, form_word_hash(span_from(line, 1)));
        return;
    }
    char family[FAMILY_SIZE];
    size_t size = family_of(line, family);
    hashes_add(&sieve->without, form_word_hash(line));
    if (size > 0) {
        hashes_add(&sieve->without, form_word_hash((struct span){family, size}));
    }
}

void sieve_init(struct sieve *sieve, const struct sentiment_sieve *rules) {
    struct span text = rules->without;
    struct span line;
    *sieve = (struct sieve){.numbers = rules->no_names};
    while (text.size > 0 && span_split(&text, '\n', &line)) {
        line_read(sieve, line);
    }
    hashes_order(&sieve->without);
    hashes_order(&sieve->weak);
}

void sieve_done(struct sieve *sieve) {
    free(sieve->without.list);
    free(sieve->weak.list);
    free(sieve->names.list);
    free(sieve->kept.list);
}

void sieve_meet(struct sieve *sieve, uint64_t hash, size_t capitals, size_t smalls) {
    if (capitals > CAPITALS_RATIO * smalls && !hashes_have(&sieve->weak, hash)) {
        hashes_add(&sieve->names, hash);
    }
}

static bool has_digit(struct span form) {
    for (size_t i = 0; i < form.size; i++) {
        if (byte_is_digit(form.data[i])) {
            return true;
        }
    }
    return false;
}

bool sieve_passes(const struct sieve *sieve, struct span form, uint64_t hash) {
    struct span word;
    bool tells = false;
    if ((sieve->numbers && has_digit(form)) ||
        (sieve->kept.count > 0 && !hashes_have(&sieve->kept, hash))) {
        return false;
    }
    while (form.size > 0 && span_split(&form, ' ', &word)) {
        uint64_t one = form_word_hash(word);
        if (hashes_have(&sieve->without, one) || hashes_have(&sieve->names, one)) {
            return false;
        }
        bool gap = form.size > 0 && span_equal(word, SPAN("..."));
        tells = tells || (!gap && !hashes_have(&sieve->weak, one));
    }
    return tells;
}
