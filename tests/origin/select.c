#include "tests/origin/search.h"
#include "tests/origin/state.h"

static bool place_passes(const struct post *post, const struct filter *filter) {
    if (filter->site != NULL ? post->site != filter->site : post->site->kind != filter->kind) {
        return false;
    }
    if (filter->product >= 0 && post->product != filter->product) {
        return false;
    }
    return filter->country == NULL || strcmp(post->country, filter->country) == 0;
}

static bool post_passes(const struct post *post, const struct filter *filter) {
    if (!place_passes(post, filter) || (filter->incident_hidden && post->incident)) {
        return false;
    }
    if (filter->after_ms != 0 && post->published_ms <= filter->after_ms) {
        return false;
    }
    if (filter->before_ms != 0 && post->published_ms >= filter->before_ms) {
        return false;
    }
    if (!span_is_empty(filter->tag) && !search_has_tag(post->text, filter->tag)) {
        return false;
    }
    return search_matches(filter->query, post->title, post->text, filter->query_prefix);
}

struct selection origin_select(const struct origin *origin, const struct filter *filter,
                               struct arena *arena) {
    const struct world *world = origin->world;
    int64_t now_ms = origin_now_ms(origin);
    struct selection selection = {ARENA_ARRAY(arena, const struct post *, world->count + 1), 0};
    for (size_t i = world->count; i-- > 0;) {
        const struct post *post = &world->posts[i];
        if (post->published_ms <= now_ms && post_passes(post, filter)) {
            selection.list[selection.count++] = post;
        }
    }
    return selection;
}

struct selection selection_page(const struct selection *selection, size_t page, size_t size) {
    size_t begin = page > selection->count / size ? selection->count : page * size;
    size_t left = selection->count - begin;
    return (struct selection){selection->list + begin, left < size ? left : size};
}
