#include "base/matcher.h"

#include "base/hash.h"
#include "base/limits.h"

#include <stdlib.h>

/* An anchor on its way into the tables. */
struct entry {
    struct span key;
    bool prefix;
    bool excluded;
    struct matcher_anchor anchor;
};

struct builder {
    struct matcher *matcher;
    struct span *words; /* all whole words of all forms, sorted: how common is each? */
    size_t word_count;
    size_t word_capacity;
    struct entry *entries;
    size_t entry_count;
    size_t entry_capacity;
    size_t literal_capacity;
};

/* --- Choosing anchors ------------------------------------------------------------------------- */

static int span_order(const void *a, const void *b) {
    return span_compare(*(const struct span *)a, *(const struct span *)b);
}

/* How many of the sorted words come before `word` or, where `after`, up to it. */
static size_t words_before(const struct builder *builder, struct span word, bool after) {
    size_t low = 0;
    size_t high = builder->word_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = span_compare(builder->words[middle], word);
        if (order < 0 || (after && order == 0)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool form_has_dot(const struct query_form *form) {
    for (size_t i = 1; i < form->count; i++) {
        if (form->words[i].gap == GAP_DOT) {
            return true;
        }
    }
    return false;
}

/* The rarest whole word, the longest of equals; where there are only beginnings, the longest. */
static size_t form_anchor(const struct builder *builder, const struct query_form *form) {
    if (form_has_dot(form)) { /* a "dot" in the text shifts the words behind it */
        return 0;
    }
    size_t best = 0;
    size_t best_uses = SIZE_MAX;
    for (size_t i = 0; i < form->count; i++) {
        const struct query_word *word = &form->words[i];
        size_t uses = SIZE_MAX;
        if (!word->prefix) {
            uses = words_before(builder, word->folded, true) -
                   words_before(builder, word->folded, false);
        }
        bool longer = word->folded.size > form->words[best].folded.size;
        if (uses < best_uses || (uses == best_uses && longer)) {
            best = i;
            best_uses = uses;
        }
    }
    return best;
}

/* --- Collecting ------------------------------------------------------------------------------- */

static void collect_words(struct builder *builder, const struct query_term *term) {
    for (size_t f = 0; f < term->form_count; f++) {
        for (size_t i = 0; i < term->form[f].count; i++) {
            if (!term->form[f].words[i].prefix) {
                builder->words = memory_grow(builder->words, builder->word_count,
                                             &builder->word_capacity, sizeof *builder->words);
                builder->words[builder->word_count++] = term->form[f].words[i].folded;
            }
        }
    }
}

static void collect_entries(struct builder *builder, const struct query_term *term, size_t query,
                            size_t index) {
    struct matcher *matcher = builder->matcher;
    matcher->has_loose = matcher->has_loose || term->loose;
    for (size_t f = 0; f < term->form_count; f++) {
        size_t word = form_anchor(builder, &term->form[f]);
        const struct query_word *anchor = &term->form[f].words[word];
        struct span key = anchor->folded;
        if (anchor->prefix) {
            key = span_first(key, MATCHER_PREFIX_MAX);
            matcher->prefix_sizes |= (uint64_t)1 << key.size;
        }
        builder->entries = memory_grow(builder->entries, builder->entry_count,
                                       &builder->entry_capacity, sizeof *builder->entries);
        builder->entries[builder->entry_count++] = (struct entry){
            key,
            anchor->prefix,
            term->excluded,
            {(uint32_t)query, (uint32_t)index, (uint32_t)word, (uint8_t)f},
        };
    }
}

static void collect_literal(struct builder *builder, const struct query_term *term, size_t query,
                            size_t index) {
    struct matcher *matcher = builder->matcher;
    matcher->literals = arena_grow(matcher->arena, matcher->literals, matcher->literal_count,
                                   &builder->literal_capacity, sizeof *matcher->literals);
    matcher->literals[matcher->literal_count++] =
        (struct matcher_literal){term->text, (uint32_t)query, (uint32_t)index};
    size_t first = (unsigned char)term->text.data[0];
    for (size_t second = 0; second < 256; second++) {
        if (term->text.size == 1 || (unsigned char)term->text.data[1] == second) {
            size_t pair = first << 8 | second;
            matcher->literal_pairs[pair / 64] |= (uint64_t)1 << pair % 64;
        }
    }
}

/* --- Tables ----------------------------------------------------------------------------------- */

static int entry_order(const void *a, const void *b) {
    const struct entry *left = a;
    const struct entry *right = b;
    int order = span_compare(left->key, right->key);
    if (order == 0) {
        order = (int)left->excluded - (int)right->excluded;
    }
    if (order == 0) {
        order =
            (left->anchor.query > right->anchor.query) - (left->anchor.query < right->anchor.query);
    }
    return order;
}

static void table_add(struct matcher_table *table, uint32_t index) {
    size_t slot = table->keys[index].hash & table->mask;
    while (table->slots[slot] != 0) {
        slot = (slot + 1) & table->mask;
    }
    table->slots[slot] = index + 1;
}

const struct matcher_key *matcher_table_find(const struct matcher_table *table, struct span text) {
    uint64_t hash = hash_bytes(text);
    for (size_t slot = hash & table->mask; table->slots[slot] != 0;
         slot = (slot + 1) & table->mask) {
        const struct matcher_key *key = &table->keys[table->slots[slot] - 1];
        if (key->hash == hash && span_equal(key->text, text)) {
            return key;
        }
    }
    return NULL;
}

/* The table of the entries of one kind, which are sorted. */
static void table_build(struct matcher *matcher, struct matcher_table *table,
                        const struct builder *builder, bool prefix) {
    size_t capacity = 0;
    for (size_t i = 0; i < builder->entry_count; i++) {
        const struct entry *entry = &builder->entries[i];
        if (entry->prefix != prefix) {
            continue;
        }
        struct matcher_key *key = table->count == 0 ? NULL : &table->keys[table->count - 1];
        uint32_t at = (uint32_t)matcher->anchor_count;
        if (key == NULL || !span_equal(key->text, entry->key)) {
            table->keys = arena_grow(matcher->arena, table->keys, table->count, &capacity,
                                     sizeof *table->keys);
            key = &table->keys[table->count++];
            *key = (struct matcher_key){entry->key, hash_bytes(entry->key), at, at, at};
        }
        matcher->anchors[matcher->anchor_count++] = entry->anchor;
        key->end++;
        key->middle += entry->excluded ? 0 : 1;
    }
    size_t slots = 16;
    while (slots < table->count * 2) {
        slots *= 2;
    }
    table->slots = ARENA_ARRAY(matcher->arena, uint32_t, slots);
    table->mask = slots - 1;
    for (uint32_t i = 0; i < table->count; i++) {
        table_add(table, i);
    }
}

static int literal_order(const void *a, const void *b) {
    return span_compare(((const struct matcher_literal *)a)->bytes,
                        ((const struct matcher_literal *)b)->bytes);
}

static void literals_build(struct matcher *matcher) {
    if (matcher->literal_count > 1) {
        qsort(matcher->literals, matcher->literal_count, sizeof *matcher->literals, literal_order);
    }
    size_t index = 0;
    for (size_t byte = 0; byte <= 256; byte++) {
        while (index < matcher->literal_count &&
               (unsigned char)matcher->literals[index].bytes.data[0] < byte) {
            index++;
        }
        matcher->literal_begin[byte] = (uint32_t)index;
    }
}

/* --- Together --------------------------------------------------------------------------------- */

/* Whether the node can be true where none of the words it looks for stands in the text. */
static bool node_matches_without_words(const struct query_node *node) {
    bool all = node->kind == QUERY_AND;
    switch (node->kind) {
    case QUERY_AND:
    case QUERY_OR:
        for (size_t i = 0; i < node->count; i++) {
            if (node_matches_without_words(node->children[i]) != all) {
                return !all;
            }
        }
        return all;
    case QUERY_NOT:
    case QUERY_FIELD:
        return true;
    case QUERY_NEAR:
    case QUERY_TERM:
    default:
        return false;
    }
}

/* Calls for each term of each query, exact ones apart. */
static void collect_all(struct builder *builder) {
    struct matcher *matcher = builder->matcher;
    for (size_t q = 0; q < matcher->count; q++) {
        for (size_t t = 0; t < matcher->queries[q]->term_count; t++) {
            collect_words(builder, matcher->queries[q]->terms[t]);
        }
    }
    if (builder->word_count > 1) {
        qsort(builder->words, builder->word_count, sizeof *builder->words, span_order);
    }
    for (size_t q = 0; q < matcher->count; q++) {
        const struct query *query = matcher->queries[q];
        for (size_t t = 0; t < query->term_count; t++) {
            if (query->terms[t]->exact) {
                collect_literal(builder, query->terms[t], q, t);
            } else {
                collect_entries(builder, query->terms[t], q, t);
            }
        }
        if (node_matches_without_words(query->root)) {
            matcher->always[matcher->always_count++] = (uint32_t)q;
        }
    }
}

struct matcher *matcher_create(const struct query *const *queries, size_t count) {
    struct arena *arena = arena_create();
    struct matcher *matcher = ARENA_NEW(arena, struct matcher);
    const struct query **copy = ARENA_ARRAY(arena, const struct query *, count);
    if (count > 0) {
        memcpy(copy, queries, count * sizeof(struct query *));
    }
    matcher->arena = arena;
    matcher->queries = copy;
    matcher->count = count;
    matcher->always = ARENA_ARRAY(arena, uint32_t, count);
    struct builder builder = {.matcher = matcher};
    collect_all(&builder);
    if (builder.entry_count > 1) {
        qsort(builder.entries, builder.entry_count, sizeof *builder.entries, entry_order);
    }
    matcher->anchors = ARENA_ARRAY(arena, struct matcher_anchor, builder.entry_count);
    table_build(matcher, &matcher->words, &builder, false);
    table_build(matcher, &matcher->prefixes, &builder, true);
    literals_build(matcher);
    free(builder.words);
    free(builder.entries);
    return matcher;
}

void matcher_free(struct matcher *matcher) {
    if (matcher != NULL) {
        arena_free(matcher->arena);
    }
}
