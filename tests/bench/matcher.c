/* What matching costs: texts a second by number of brands.
 *
 *   matcher [TEXTS]     default 50,000
 *
 * Texts of 20 to 80 words in several languages, one word in sixty a brand's name. Each brand has a
 * name, a phrase, a hyphenated and an exact form and two exclusions. A thousand brands should cost
 * little more than one. */
#include "base/query.h"
#include "base/words.h"
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>

static uint64_t random_below(uint64_t below) {
    return random_next() % below;
}

static struct span text_make(struct arena *arena) {
    static const char *const vocabulary[] = {
        "the",     "a",      "of",    "and",     "delivery", "was",    "late",    "but",
        "support", "really", "good",  "bad",     "phone",    "coffee", "price",   "refund",
        "never",   "again",  "it",    "is",      "don't",    "app",    "crashes", "update",
        "love",    "hate",   "très",  "café",    "größe",    "rápido", "qualità", "for",
        "this",    "with",   "order", "arrived", "broken",   "weeks",  "ago",     "thanks"};
    struct buffer buffer;
    buffer_init(&buffer, 64 * (size_t)1024);
    for (uint64_t left = 20 + random_below(60); left > 0; left--) {
        if (random_below(60) == 0) {
            buffer_print(&buffer, "Brand%ux ", (unsigned)random_below(2000));
        } else {
            size_t count = sizeof vocabulary / sizeof vocabulary[0];
            buffer_print(&buffer, "%s%s", vocabulary[random_below(count)],
                         random_below(8) == 0 ? ", " : " ");
        }
    }
    struct span text = arena_copy(arena, buffer_span(&buffer));
    buffer_done(&buffer);
    return text;
}

static const struct query *brand_make(size_t number, struct arena *arena) {
    struct span text = arena_print(arena,
                                   "(brand%zux OR \"brand%zu coffee\" OR brand%zu-co OR "
                                   "`BRAND%zu`) -\"brand%zu toys\" -(free job)",
                                   number, number, number, number, number);
    const struct query *query = NULL;
    struct error error = {0};
    if (!query_parse(text, 0, arena, &query, &error)) {
        fatal("%s", error.message);
    }
    return query;
}

static void bench_words(const struct span *texts, size_t count, size_t bytes) {
    struct arena *arena = arena_create();
    size_t found = 0;
    double begin = seconds_now();
    for (size_t i = 0; i < count; i++) {
        struct words words;
        words_split(texts[i], arena, &words);
        found += words.count;
        arena_reset(arena);
    }
    double seconds = seconds_now() - begin;
    printf("words      %8.0f texts/s  %6.1f MB/s  %5.1f ns/word\n", (double)count / seconds,
           (double)bytes / seconds / 1e6, seconds * 1e9 / (double)found);
    arena_free(arena);
}

static void bench_brands(const struct span *texts, size_t count, size_t brands) {
    struct arena *owner = arena_create();
    const struct query **queries = ARENA_ARRAY(owner, const struct query *, brands);
    for (size_t i = 0; i < brands; i++) {
        queries[i] = brand_make(i, owner);
    }
    double begin = seconds_now();
    struct matcher *matcher = matcher_create(queries, brands);
    double build = seconds_now() - begin;
    struct arena *arena = arena_create();
    size_t matched = 0;
    begin = seconds_now();
    for (size_t i = 0; i < count; i++) {
        struct mention mention = {.fetched_ms = 0};
        struct query_hits hits;
        item_init(&mention.item);
        mention.item.text = texts[i];
        matcher_match(matcher, &mention, arena, &hits);
        matched += hits.query_count;
        arena_reset(arena);
    }
    double seconds = seconds_now() - begin;
    printf("%5zu brands %7.0f texts/s  built in %.1f ms, %zu matches\n", brands,
           (double)count / seconds, build * 1e3, matched);
    arena_free(arena);
    matcher_free(matcher);
    arena_free(owner);
}

int main(int argc, char **argv) {
    int64_t count = 50000;
    if (argc > 1 && (!span_to_int64(span_of(argv[1]), &count) || count < 1)) {
        fprintf(stderr, "usage: matcher [TEXTS]\n");
        return 2;
    }
    struct arena *arena = arena_create();
    struct span *texts = ARENA_ARRAY(arena, struct span, (size_t)count);
    size_t bytes = 0;
    for (int64_t i = 0; i < count; i++) {
        texts[i] = text_make(arena);
        bytes += texts[i].size;
    }
    bench_words(texts, (size_t)count, bytes);
    static const size_t brands[] = {1, 100, 1000, 10000};
    for (size_t i = 0; i < sizeof brands / sizeof brands[0]; i++) {
        bench_brands(texts, (size_t)count, brands[i]);
    }
    arena_free(arena);
    return 0;
}
