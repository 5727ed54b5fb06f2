#include "app/targets.h"

#include "base/query.h"

struct sentiment_target target_named(struct span text, struct span name, struct arena *arena) {
    struct sentiment_target target = {.name = name};
    const struct query *query = NULL;
    if (!query_from_lists(&name, 1, NULL, 0, NULL, 0, arena, &query, NULL)) {
        return target;
    }
    struct matcher *matcher = matcher_create(&query, 1);
    struct mention mention = {.item = {.text = text}};
    struct query_hits hits;
    matcher_match(matcher, &mention, arena, &hits);
    struct sentiment_place *places = ARENA_ARRAY(arena, struct sentiment_place, hits.count);
    for (size_t i = 0; i < hits.count; i++) {
        places[i] = (struct sentiment_place){hits.list[i].begin, hits.list[i].end};
    }
    target.places = places;
    target.place_count = hits.count;
    matcher_free(matcher);
    return target;
}

struct sentiment_target target_at(struct span text, struct span name, struct span offset,
                                  struct arena *arena) {
    int64_t at = 0;
    bool inside = span_to_int64(offset, &at) && at >= 0 && (uint64_t)at + name.size <= text.size;
    bool here = inside && span_starts_with(span_from(text, (size_t)at), name);
    struct sentiment_target target =
        here ? (struct sentiment_target){.name = name} : target_named(text, name, arena);
    if (inside && target.place_count == 0) {
        struct sentiment_place *place = ARENA_NEW(arena, struct sentiment_place);
        *place = (struct sentiment_place){(uint32_t)at, (uint32_t)((size_t)at + name.size)};
        target.places = place;
        target.place_count = 1;
    }
    return target;
}
