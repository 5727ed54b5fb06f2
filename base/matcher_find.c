#include "base/limits.h"
#include "base/matcher.h"
#include "base/print.h"

#include <stdlib.h>
#include <unicode/uchar.h>

/* A word of the text that is an anchor's key. */
struct touch {
    const struct matcher_key *key;
    const struct place *place;
    size_t word;
    bool first; /* of this key in the place: once is enough for terms with '~' */
};

struct literal_touch {
    const struct matcher_literal *literal;
    const struct place *place;
    size_t begin;
};

struct finder {
    const struct matcher *matcher;
    struct arena *arena;
    struct findings *findings;
    uint8_t *candidate;
    struct touch *touches;
    size_t touch_count;
    size_t touch_capacity;
    struct literal_touch *literals;
    size_t literal_count;
    size_t literal_capacity;
    uint8_t *seen; /* by key, words before prefixes: met in this place; NULL when nobody asks */
};

static void findings_add(struct finder *finder, const struct occurrence *found) {
    struct findings *findings = finder->findings;
    findings->list = arena_grow(finder->arena, findings->list, findings->count, &findings->capacity,
                                sizeof *findings->list);
    findings->list[findings->count++] = *found;
    if (finder->candidate[found->query] == 0) {
        finder->candidate[found->query] = 1;
        findings->candidate_count++;
    }
}

/* --- Phrases with '~' ------------------------------------------------------------------------- */

/* Where each word of the phrase was last met, as index plus 1; 0 = not yet. Equal words take turns,
 * so that each has a place of its own. */
struct loose {
    const struct query_form *form;
    size_t latest[LIMIT_QUERY_LOOSE];
    struct range range[LIMIT_QUERY_LOOSE];
};

static bool words_equal(const struct query_word *a, const struct query_word *b) {
    return a->prefix == b->prefix && span_equal(a->folded, b->folded);
}

/* Notes the word of the text at `index`; false when the phrase does not hold it. */
static bool loose_meet(struct loose *loose, const struct place *place, size_t index) {
    bool met = false;
    for (size_t i = 0; i < loose->form->count; i++) {
        const struct query_word *word = &loose->form->words[i];
        struct range range;
        size_t oldest = i; /* among the equal ones */
        bool repeated = false;
        for (size_t j = 0; j < loose->form->count; j++) {
            if (j != i && words_equal(word, &loose->form->words[j])) {
                repeated = repeated || j < i; /* seen to at its first */
                oldest = loose->latest[j] < loose->latest[oldest] ? j : oldest;
            }
        }
        if (!repeated && place_has_word(place, index, word, &range)) {
            loose->latest[oldest] = index + 1;
            loose->range[oldest] = range;
            met = true;
        }
    }
    return met;
}

/* Adds every shortest stretch of the place that holds all words of the phrase, in any order, with
 * at most `slop` others. */
static void find_loose(struct finder *finder, const struct matcher_anchor *anchor,
                       const struct place *place) {
    const struct query_term *term = finder->matcher->queries[anchor->query]->terms[anchor->term];
    struct loose loose = {.form = &term->form[0]};
    size_t count = loose.form->count;
    size_t newest_begin = 0;
    for (size_t index = 0; index < place->words.count; index++) {
        if (!loose_meet(&loose, place, index)) {
            continue;
        }
        size_t first = 0;
        size_t last = 0;
        for (size_t i = 1; i < count; i++) {
            first = loose.latest[i] < loose.latest[first] ? i : first;
            last = loose.latest[i] > loose.latest[last] ? i : last;
        }
        size_t begin = loose.latest[first];
        size_t length = loose.latest[last] - begin + 1;
        if (begin == 0 || begin <= newest_begin || length > count + term->slop) {
            continue;
        }
        newest_begin = begin;
        findings_add(finder, &(struct occurrence){
                                 anchor->query,
                                 anchor->term,
                                 place->number + (uint32_t)(begin - 1),
                                 place->number + (uint32_t)index,
                                 loose.range[first].begin,
                                 loose.range[last].end,
                                 place->in_title,
                             });
    }
}

/* --- Looking the words up --------------------------------------------------------------------- */

static void touch_add(struct finder *finder, const struct place *place, size_t word,
                      const struct matcher_key *key) {
    if (key == NULL) {
        return;
    }
    for (size_t i = finder->touch_count;
         i > 0 && finder->touches[i - 1].word == word && finder->touches[i - 1].place == place;
         i--) {
        if (finder->touches[i - 1].key == key) { /* another run of its parts */
            return;
        }
    }
    bool first = true;
    if (finder->seen != NULL) {
        const struct matcher_table *words = &finder->matcher->words;
        const struct matcher_table *prefixes = &finder->matcher->prefixes;
        bool is_word = key >= words->keys && key < words->keys + words->count;
        size_t index =
            is_word ? (size_t)(key - words->keys) : words->count + (size_t)(key - prefixes->keys);
        first = finder->seen[index] == 0;
        finder->seen[index] = 1;
    }
    finder->touches = arena_grow(finder->arena, finder->touches, finder->touch_count,
                                 &finder->touch_capacity, sizeof *finder->touches);
    finder->touches[finder->touch_count++] = (struct touch){key, place, word, first};
}

static void look_up(struct finder *finder, const struct place *place, size_t word,
                    struct span text) {
    const struct matcher *matcher = finder->matcher;
    if (matcher->words.count > 0) {
        touch_add(finder, place, word, matcher_table_find(&matcher->words, text));
    }
    size_t most = text.size < MATCHER_PREFIX_MAX ? text.size : MATCHER_PREFIX_MAX;
    uint64_t sizes = matcher->prefix_sizes & (UINT64_MAX >> (63 - most));
    while (sizes != 0) {
        size_t size = (size_t)__builtin_ctzll(sizes);
        sizes &= sizes - 1;
        touch_add(finder, place, word,
                  matcher_table_find(&matcher->prefixes, span_first(text, size)));
    }
}

static void look_up_words(struct finder *finder, const struct place *place) {
    if (finder->matcher->has_loose) {
        size_t keys = finder->matcher->words.count + finder->matcher->prefixes.count;
        finder->seen = ARENA_ARRAY(finder->arena, uint8_t, keys);
    }
    for (size_t i = 0; i < place->words.count; i++) {
        struct span folded = place->words.list[i].folded;
        if (span_find_byte(folded, '\'') == SPAN_NOT_FOUND) {
            look_up(finder, place, i, folded);
            continue;
        }
        look_up(finder, place, i, folded);
        struct slice slice = {.first = 0};
        while (slice_next(folded, &slice)) {
            look_up(finder, place, i, slice.text);
        }
    }
}

/* Adds what the anchors [begin, end) of a touch find; `excluded`: those of candidates only. */
static void follow_touch(struct finder *finder, const struct touch *touch, bool excluded) {
    uint32_t begin = excluded ? touch->key->middle : touch->key->begin;
    uint32_t end = excluded ? touch->key->end : touch->key->middle;
    for (uint32_t i = begin; i < end; i++) {
        const struct matcher_anchor *anchor = &finder->matcher->anchors[i];
        const struct query_term *term =
            finder->matcher->queries[anchor->query]->terms[anchor->term];
        if (excluded && finder->candidate[anchor->query] == 0) {
            continue;
        }
        if (term->loose) {
            if (touch->first) {
                find_loose(finder, anchor, touch->place);
            }
            continue;
        }
        struct occurrence found = {.query = anchor->query, .term = anchor->term};
        if (touch->word >= anchor->word && place_has_form(touch->place, touch->word - anchor->word,
                                                          &term->form[anchor->form], &found)) {
            findings_add(finder, &found);
        }
    }
}

/* --- Literals --------------------------------------------------------------------------------- */

static bool rune_is_inside_word(uint32_t rune) {
    return (rune < 0x80 ? byte_is_alpha((char)rune) || byte_is_digit((char)rune)
                        : u_isalnum((UChar32)rune)) ||
           (rune >= 0x80 && (U_GET_GC_MASK((UChar32)rune) & U_GC_M_MASK) != 0);
}

static uint32_t rune_before(struct span text, size_t at) {
    size_t begin = at;
    do {
        begin--;
    } while (begin > 0 && at - begin < 4 && ((unsigned char)text.data[begin] & 0xC0) == 0x80);
    uint32_t rune = 0;
    rune_decode((struct span){text.data + begin, at - begin}, &rune);
    return rune;
}

static uint32_t rune_at(struct span text, size_t at) {
    uint32_t rune = 0;
    rune_decode(span_from(text, at), &rune);
    return rune;
}

/* Whether a word goes on over the place `at`. */
static bool word_goes_on(struct span text, size_t at) {
    return at > 0 && at < text.size && rune_is_inside_word(rune_before(text, at)) &&
           rune_is_inside_word(rune_at(text, at));
}

static void find_literals_at(struct finder *finder, const struct place *place, size_t at) {
    const struct matcher *matcher = finder->matcher;
    unsigned char first = (unsigned char)place->text.data[at];
    struct span rest = span_from(place->text, at);
    for (uint32_t i = matcher->literal_begin[first]; i < matcher->literal_begin[first + 1]; i++) {
        const struct matcher_literal *literal = &matcher->literals[i];
        if (!span_starts_with(rest, literal->bytes) || word_goes_on(place->text, at) ||
            word_goes_on(place->text, at + literal->bytes.size)) {
            continue;
        }
        finder->literals = arena_grow(finder->arena, finder->literals, finder->literal_count,
                                      &finder->literal_capacity, sizeof *finder->literals);
        finder->literals[finder->literal_count++] = (struct literal_touch){literal, place, at};
    }
}

static void find_literals(struct finder *finder, const struct place *place) {
    const struct matcher *matcher = finder->matcher;
    for (size_t at = 0; at < place->text.size && matcher->literal_count > 0; at++) {
        size_t first = (unsigned char)place->text.data[at];
        size_t second = at + 1 < place->text.size ? (unsigned char)place->text.data[at + 1] : 0;
        size_t pair = first << 8 | second;
        if ((matcher->literal_pairs[pair / 64] >> pair % 64 & 1) != 0) {
            find_literals_at(finder, place, at);
        }
    }
}

/* Number of the first word that ends behind `offset`, at most the last one's. */
static uint32_t word_number(const struct place *place, size_t offset) {
    size_t low = 0;
    size_t high = place->words.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (place->words.list[middle].end <= offset) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return place->number + (uint32_t)(low < place->words.count || low == 0 ? low : low - 1);
}

static void follow_literals(struct finder *finder, bool excluded) {
    for (size_t i = 0; i < finder->literal_count; i++) {
        const struct literal_touch *touch = &finder->literals[i];
        const struct matcher_literal *literal = touch->literal;
        bool is_excluded = finder->matcher->queries[literal->query]->terms[literal->term]->excluded;
        if (is_excluded != excluded || (excluded && finder->candidate[literal->query] == 0)) {
            continue;
        }
        size_t end = touch->begin + literal->bytes.size;
        findings_add(finder, &(struct occurrence){
                                 literal->query,
                                 literal->term,
                                 word_number(touch->place, touch->begin),
                                 word_number(touch->place, end - 1),
                                 (uint32_t)touch->begin,
                                 (uint32_t)end,
                                 touch->place->in_title,
                             });
    }
}

/* --- Together --------------------------------------------------------------------------------- */

static int occurrence_order(const void *a, const void *b) {
    const struct occurrence *left = a;
    const struct occurrence *right = b;
    if (left->query != right->query) {
        return left->query < right->query ? -1 : 1;
    }
    if (left->term != right->term) {
        return left->term < right->term ? -1 : 1;
    }
    if (left->first != right->first) {
        return left->first < right->first ? -1 : 1;
    }
    return (left->begin > right->begin) - (left->begin < right->begin);
}

static void place_init(struct place *place, struct span text, uint32_t number,
                       struct arena *arena) {
    place->text = span_first_utf8(text, LIMIT_TEXT);
    place->number = number;
    words_split(place->text, arena, &place->words);
}

void matcher_find(const struct matcher *matcher, const struct mention *mention, struct arena *arena,
                  struct findings *findings) {
    struct finder finder = {.matcher = matcher, .arena = arena, .findings = findings};
    struct place places[2] = {{.in_title = true}, {.in_title = false}};
    place_init(&places[0], mention->item.title, 0, arena);
    uint32_t behind = (uint32_t)places[0].words.count + LIMIT_QUERY_DISTANCE + LIMIT_QUERY_LOOSE;
    place_init(&places[1], mention->item.text, behind, arena);
    *findings = (struct findings){.list = ARENA_NEW(arena, struct occurrence), .capacity = 1};
    finder.candidate = ARENA_ARRAY(arena, uint8_t, matcher->count);
    findings->candidate = finder.candidate;
    for (size_t i = 0; i < matcher->always_count; i++) {
        finder.candidate[matcher->always[i]] = 1;
        findings->candidate_count++;
    }
    for (size_t i = 0; i < 2; i++) {
        look_up_words(&finder, &places[i]);
        find_literals(&finder, &places[i]);
    }
    for (int excluded = 0; excluded < 2; excluded++) {
        for (size_t i = 0; i < finder.touch_count; i++) {
            follow_touch(&finder, &finder.touches[i], excluded == 1);
        }
        follow_literals(&finder, excluded == 1);
    }
    if (findings->count > 1) {
        qsort(findings->list, findings->count, sizeof *findings->list, occurrence_order);
    }
}
