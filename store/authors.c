#include "store/authors.h"

#include "base/sign.h"
#include "base/words.h"
#include "store/search.h"
#include "store/snapshot.h"
#include "store/terms.h"

#include <stdlib.h>

struct author_mark {
    unsigned char bytes[SIGN_HMAC_SIZE];
};

static struct author_mark mark_make(struct change *change, struct span source, struct span name) {
    struct author_mark mark;
    struct arena *arena = change->arena;
    const struct span parts[] = {source, SPAN("\0"), words_fold(name, arena)};
    sign_hmac(change->author_key, arena_join(arena, parts, 3, ""), mark.bytes);
    return mark;
}

static struct span mark_span(const struct author_mark *mark) {
    return (struct span){(const char *)mark->bytes, sizeof mark->bytes};
}

void author_block(struct change *change, const struct store_author *author, bool blocked) {
    struct author_mark mark = mark_make(change, author->source, author->name);
    if (blocked) {
        transaction_put(&change->transaction, TABLE_BLOCKED, mark_span(&mark), SPAN(""));
    } else {
        transaction_delete(&change->transaction, TABLE_BLOCKED, mark_span(&mark));
    }
}

static bool name_is_blocked(struct change *change, struct span source, struct span name) {
    if (name.size == 0 || change->author_key.size == 0) {
        return false;
    }
    struct author_mark here = mark_make(change, source, name);
    struct author_mark anywhere = mark_make(change, SPAN(""), name);
    struct span value;
    return transaction_get(&change->transaction, TABLE_BLOCKED, mark_span(&here), &value) ||
           transaction_get(&change->transaction, TABLE_BLOCKED, mark_span(&anywhere), &value);
}

bool author_is_blocked(struct change *change, const struct item *item, struct span source_name) {
    return name_is_blocked(change, source_name, item->author) ||
           name_is_blocked(change, source_name, item->author_id);
}

/* --- What somebody has written ---------------------------------------------------------------- */

static bool author_is(const struct mention *mention, struct span folded, struct arena *arena) {
    return span_equal(words_fold(mention->item.author, arena), folded) ||
           span_equal(words_fold(mention->item.author_id, arena), folded);
}

static int sequence_compare(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left;
    uint64_t b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

uint64_t *snapshot_author(const struct snapshot *snapshot, const struct store_author *author,
                          struct arena *arena, size_t *count) {
    struct arena *scratch = arena_create();
    struct span folded = words_fold(author->name, arena);
    struct span term = term_of_text(TERM_AUTHOR_NAME, folded, arena);
    struct search *search = search_open_term(snapshot, term);
    uint64_t *list = NULL;
    size_t capacity = 0;
    uint64_t sequence = 0;
    int64_t time_ms = 0;
    *count = 0;
    while (search_next(search, &sequence, &time_ms)) {
        struct mention mention;
        arena_reset(scratch);
        bool theirs = snapshot_mention(snapshot, sequence, scratch, &mention) &&
                      author_is(&mention, folded, scratch) &&
                      (author->source.size == 0 || span_equal(mention.source, author->source));
        if (theirs) {
            list = arena_grow(arena, list, *count, &capacity, sizeof *list);
            list[(*count)++] = sequence;
        }
    }
    search_close(search);
    arena_free(scratch);
    if (*count > 1) { /* found newest first */
        qsort(list, *count, sizeof *list, sequence_compare);
    }
    return list;
}
